"""The LanguageModel port over a server that speaks the OpenAI protocol: vLLM, TensorRT-LLM, llama-server and others.

Nothing is sent that has not been through the scrubber. What the server can do is found out with two or three tiny
questions before the first mail. A server that refuses us is left alone for a while, and rules carry the job; a mail
that fails again and again is not sent a fourth time.
"""

import hashlib
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus

from desktop.domain.errors import Cancelled, DealsideError, Rejected, Temporary, UserActionNeeded
from desktop.domain.ports import (
    Brief,
    Choice,
    Clock,
    LanguageModel,
    ModelServer,
    ModelState,
    ModelStatus,
    Question,
    ServerAnswer,
    Usage,
)
from desktop.inference.answer_cache import AnswerCache, key_of, keys_of
from desktop.inference.prompts import SelectPrompt
from desktop.inference.recovery import Backoff, Strikes
from desktop.inference.remote_wire import (
    ALTERNATIVES,
    CHAT,
    CHAT_WORDS,
    GUIDES,
    Offer,
    Told,
    chances,
    path_of,
    read_answer,
    read_models,
    request,
    request_text,
    requests,
    said_in,
    trial,
    without_marks,
)
from desktop.inference.scrubbing import NONE, Scrubber

LONGEST_DOCUMENT = 16_000
ANSWER_SECONDS = 120.0
LOOK_SECONDS = 30.0
CHANCES = 3
LEFT_ALONE = timedelta(minutes=10)
NONE_OF_THEM = 0.6
RULES_READ_ON = "Rules alone read your mail."
NOT_THIS_MAIL = "The model server failed over this mail repeatedly, so rules alone read it."
_UNREACHED = frozenset({"ConnectError", "ConnectTimeout"})
_BUSY = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
_TOO_LONG = frozenset({HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY})

logger = logging.getLogger("dealside.inference")


@dataclass(frozen=True, slots=True)
class RemoteCard:
    """Which model of which server. `form` is CHAT, or the template in which a bare completion is asked for.

    `may_write` says whether the rep lets it write.
    """

    address: str
    model: str
    form: str = CHAT
    may_write: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What a look at a server showed: the names of its models (empty when it does not say) and what it takes."""

    models: tuple[str, ...]
    offer: Offer


class RemoteModel(LanguageModel):
    """One model of one server, asked by one lane; any thread may cancel or look at the status."""

    def __init__(
        self, card: RemoteCard, server: ModelServer, prompt: SelectPrompt, scrubber: Scrubber, clock: Clock
    ) -> None:
        self._card = card
        self._server = server
        self._prompt = prompt
        self._scrubber = scrubber
        self._clock = clock
        self._offer: Offer | None = None
        self._answers = AnswerCache()
        self._backoff = Backoff()
        self._strikes = Strikes(CHANCES)
        self._failure = ""
        self._failed_at: datetime | None = None
        self._failed_texts = 0
        self._is_cancelled = self._is_busy = False

    def status(self) -> ModelStatus:
        """Return the state at once. The hash stands for the server, the model and the form of the questions."""
        state, sentence = self._state()
        return ModelStatus(
            state, sentence, model_hash=self._hash(), model_name=self._card.model, can_write=self._can_write()
        )

    def choose(self, document: str, questions: Sequence[Question], *, job: str) -> tuple[Choice, ...]:
        """Answer `questions` in order, one request each. Raises Temporary, Cancelled or Rejected.

        An answer that is none of the labels counts as `none`, where that can be chosen, else as no opinion.
        """
        self.last_usage = Usage()
        if not questions:
            return ()
        with self._turn(job):
            answers = self._ask_all(document, questions)
        self._strikes.clear(job)
        return answers

    def write(self, document: str, brief: Brief, *, job: str) -> str:
        """Return what the server writes, its placeholders put back. Raises Temporary, Cancelled or Rejected.

        A model that failed CHANCES times in a row over it is not asked to write again; it goes on choosing.
        """
        self.last_usage = Usage()
        if not self._can_write():
            raise Rejected("This language model writes nothing.")
        with self._turn(job):
            try:
                text = self._written(document, brief)
            except Temporary:
                self._failed_texts += 1
                raise
        self._failed_texts = 0
        return text

    def look(self) -> Found:
        """Ask the server for its models and try what it takes; raises UserActionNeeded, Temporary or Rejected."""
        self._is_cancelled = False
        if self._card.form != CHAT and self._card.form not in self._prompt.names:
            names = ", ".join((CHAT, *sorted(self._prompt.names)))
            raise Rejected(f"There is no form “{self._card.form[:40]}”: there are {names}.")
        answer = self._server.ask("/models", deadline=LOOK_SECONDS, should_stop=self._should_stop)
        models: tuple[str, ...] = ()
        if answer.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            raise self._refusal(answer)
        if answer.status == HTTPStatus.OK:
            try:
                models = read_models(answer.body)
            except ValueError as error:
                raise _no_server(str(error)) from error
        if models and self._card.model not in models:
            names = ", ".join(models[:8])
            raise UserActionNeeded(f"The server has no model “{self._card.model}”. It has: {names[:300]}.")
        self._offer = self._find_offer()
        return Found(models, self._offer)

    def cancel(self) -> None:
        """Stop the running request soon."""
        self._is_cancelled = True

    def close(self) -> None:
        """Let go of the connection and forget what was answered."""
        self._is_cancelled = True
        self._server.close()
        self._answers.clear()

    # --- asking -----------------------------------------------------------------------------------------------------

    @contextmanager
    def _turn(self, job: str) -> Iterator[None]:
        """Let one request at a time go out, unless the server or this mail is left alone."""
        if self._is_busy:
            raise Temporary("The language model is busy with another mail.", retry_after=1.0)
        self._refuse(job)
        self._is_busy, self._is_cancelled = True, False
        try:
            yield
        except DealsideError as error:
            raise self._setback(error, job) from error
        finally:
            self._is_busy = False
        self._backoff.succeeded()

    def _written(self, document: str, brief: Brief) -> str:
        people = [without_marks(name) for name in brief.people]
        hidden = self._scrubber.hide(without_marks(document[:LONGEST_DOCUMENT]), people)
        order = self._prompt.build_text(self._template, hidden.text, brief, limit=LONGEST_DOCUMENT)
        key = key_of(self._hash(), order)
        text = self._answers.text(key)
        if text is None:
            text = self._tell(request_text(self._card.model, self._card.form, order)).text
            self._answers.put(key, text)
        return hidden.put_back(said_in(text))

    def _can_write(self) -> bool:
        is_able = self._card.may_write and self._template in self._prompt.writers
        return is_able and self._failed_texts < CHANCES

    @property
    def _template(self) -> str:
        return CHAT_WORDS if self._card.form == CHAT else self._card.form

    def _ask_all(self, document: str, questions: Sequence[Question]) -> tuple[Choice, ...]:
        offer = self._offer or self._find_offer()
        self._offer = offer
        hidden, asked = self._scrubber.scrub(*_plain(document, questions))
        order = self._prompt.build(self._template, hidden, asked, limit=LONGEST_DOCUMENT)
        keys = keys_of(self._hash(), order)
        bodies = requests(self._card.model, self._card.form, order, offer)
        found = []
        for question, key, body, labels in zip(
            questions, keys, bodies, (q.labels for q in order.questions), strict=True
        ):
            answer = self._answers.get(key)
            if answer is None:
                answer = chances(self._tell(body), labels) or _no_opinion(question)
                self._answers.put(key, answer)
            found.append(Choice(question.name, answer))
        return tuple(found)

    def _tell(self, body: bytes) -> Told:
        answer = self._send(body, ANSWER_SECONDS)
        if answer.status != HTTPStatus.OK:
            raise self._refusal(answer)
        return self._read(answer, body)

    def _send(self, body: bytes, deadline: float) -> ServerAnswer:
        if self._is_cancelled:
            raise Cancelled("Stopped.")
        return self._server.ask(path_of(self._card.form), body, deadline=deadline, should_stop=self._should_stop)

    def _read(self, answer: ServerAnswer, sent: bytes) -> Told:
        try:
            told = read_answer(answer.body, sent)
        except ValueError as error:
            raise _no_server(type(error).__name__) from error
        spent = self.last_usage
        self.last_usage = Usage(
            spent.prompt_tokens + told.usage.prompt_tokens, spent.decoded_tokens + told.usage.decoded_tokens
        )
        return told

    def _find_offer(self) -> Offer:
        """Try the best first: many alternatives with their probabilities, then fewer; then which guide is heeded."""
        offer = next((one for one in map(Offer, ALTERNATIVES) if self._takes(one)), None)
        if offer is None:
            raise UserActionNeeded(
                "The server does not answer the simplest question. Check the model's name and the address.",
            )
        guided = (replace(offer, guide=name) for name in GUIDES if name)
        found = next((one for one in guided if self._takes(one)), offer)
        logger.info("the model server tells %d alternatives; guide: %s", found.alternatives, found.guide or "none")
        return found

    def _takes(self, offer: Offer) -> bool:
        prompt, labels = trial(offer)
        body = request(self._card.model, self._card.form, prompt, labels, offer)
        answer = self._send(body, LOOK_SECONDS)
        if answer.status in _TOO_LONG:
            return False  # it does not know the parameter
        if answer.status != HTTPStatus.OK:
            if offer.guide and answer.status == HTTPStatus.INTERNAL_SERVER_ERROR:
                return False
            raise self._refusal(answer)
        told = self._read(answer, body)
        if offer.guide:
            return told.text.strip() == labels[0]
        return bool(told.alternatives) or not offer.alternatives

    # --- failing ----------------------------------------------------------------------------------------------------

    def _state(self) -> tuple[ModelState, str]:
        if self._is_left_alone():
            return ModelState.FAILED, f"{self._failure} {RULES_READ_ON}"
        if self._backoff.remaining(self._clock.now()) > 0:
            return ModelState.BACKOFF, "The model server did not answer and is asked again shortly."
        where = f"Mail is read by {self._card.model} on another machine, names and numbers hidden."
        if self._offer is not None and not self._offer.alternatives:
            where += " It gives no probabilities, so its answers count for little."
        return ModelState.READY, where

    def _is_left_alone(self) -> bool:
        return self._failed_at is not None and self._clock.now() - self._failed_at < LEFT_ALONE

    def _refuse(self, job: str) -> None:
        if self._is_left_alone():
            raise Rejected(f"{self._failure} {RULES_READ_ON}")
        if self._strikes.is_out(job):
            raise Rejected(NOT_THIS_MAIL, detail=f"job {job} is quarantined")
        wait = self._backoff.remaining(self._clock.now())
        if wait > 0:
            raise Temporary("The model server did not answer and is asked again shortly.", retry_after=wait)

    def _setback(self, error: DealsideError, job: str) -> DealsideError:
        """Return what to raise: what only the rep can mend becomes FAILED, and the rules go on."""
        if isinstance(error, UserActionNeeded):
            self._failure, self._failed_at = error.sentence, self._clock.now()
            logger.error("the model server is left alone for a while: %s", error)
            return Rejected(f"{self._failure} {RULES_READ_ON}", detail=error.detail)
        if not isinstance(error, Temporary):
            return error
        if error.retry_after is None:
            self._backoff.failed(self._clock.now())
            error.retry_after = self._backoff.remaining(self._clock.now())
            if error.detail not in _UNREACHED and self._strikes.add(job):
                logger.warning("job %s is not sent to the model server again: %s", job, error.detail)
                return Rejected(NOT_THIS_MAIL, detail=f"job {job} is quarantined")
        return error

    def _refusal(self, answer: ServerAnswer) -> DealsideError:
        status = answer.status
        detail = f"status {status}"
        if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            sentence = "The model server does not accept the key. Enter it again: dealside models remote."
            return UserActionNeeded(sentence, detail=detail)
        if status == HTTPStatus.NOT_FOUND:
            sentence = "The model server knows no such address or model. Check both: dealside models remote."
            return UserActionNeeded(sentence, detail=detail)
        if status == HTTPStatus.PAYMENT_REQUIRED:
            return UserActionNeeded("The account at the model server has no credit left.", detail=detail)
        if status in _TOO_LONG:
            return Rejected("The model server cannot read this mail, so rules alone read it.", detail=detail)
        if status in _BUSY:
            wait = 30.0 if answer.retry_after is None else answer.retry_after
            return Temporary("The model server is busy and is asked again later.", detail=detail, retry_after=wait)
        return Temporary("The model server failed and is asked again later.", detail=detail)

    def _should_stop(self) -> bool:
        return self._is_cancelled

    def _hash(self) -> str:
        tells = "" if self._offer is None or self._offer.alternatives else "no probabilities"
        words = "\n".join((self._card.address, self._card.model, self._card.form, self._prompt.version, tells))
        return hashlib.sha256(words.encode()).hexdigest()


def _plain(document: str, questions: Sequence[Question]) -> tuple[str, tuple[Question, ...]]:
    """Return both bounded and without anything that a server could take for a control token."""
    shown = tuple(
        replace(
            question,
            options=tuple(map(without_marks, question.options)),
            contexts=tuple(map(without_marks, question.contexts)),
        )
        for question in questions
    )
    return without_marks(document[:LONGEST_DOCUMENT]), shown


def _no_opinion(question: Question) -> tuple[float, ...]:
    logger.info("question %s: the server's answer is none of the labels", question.name)
    count = len(question.options)
    if NONE not in question.options or count == 1:
        return (1.0 / count,) * count
    rest = (1.0 - NONE_OF_THEM) / (count - 1)
    return tuple(NONE_OF_THEM if option == NONE else rest for option in question.options)


def _no_server(detail: str) -> Temporary:
    return Temporary("What answered is no model server, or it is broken; it is asked again later.", detail=detail)
