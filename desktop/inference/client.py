"""The LanguageModel port over an engine child that may be lost at any moment.

The child is started with the first question and ended by its supervision when nobody has asked for a while. What the
port promises is kept here: a pause after a crash, no fourth try for a mail that takes the engine down, and a model that
cannot be loaded is given up instead of being tried for ever.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from desktop.domain.errors import DealsideError, Rejected, Temporary
from desktop.domain.ports import Brief, Choice, Clock, LanguageModel, ModelState, ModelStatus, Question, Usage
from desktop.inference import wire
from desktop.inference.answer_cache import AnswerCache, key_of, keys_of
from desktop.inference.engine_link import USUAL, Answers, Child, EngineLimits, EngineLink, Refusal, Setback, Wanted
from desktop.inference.models import MINI_PURPOSE, ModelCard, stamp_of, verified
from desktop.inference.prompts import SelectPrompt
from desktop.inference.recovery import Backoff, Strikes
from desktop.inference.wire import FailureCode

CHANCES = 3
CHARACTERS_PER_TOKEN = 8  # no more of a document is sent than could ever fit
RULES_READ_ON = "Rules alone read your mail."
BASIC_READING = "Basic reading: rules decide, helped by Dealside's own small model where that proved right."
WRITES_NOTHING = "This language model writes nothing."
STANDS_IN = "The small model that is asked so far knows nothing: rules alone decide."
STARTS_AGAIN = "The language model stopped and starts again shortly."
CANNOT_START = "The language model cannot be started on this computer."
SENTENCES = {
    FailureCode.NO_ENGINE: "The language engine does not fit this computer. Install Dealside again.",
    FailureCode.WRONG_VERSION: "The language engine has the wrong version. Install Dealside again.",
    FailureCode.NO_MEMORY: "There is not enough memory for the language model. Choose a smaller one.",
    FailureCode.BAD_MODEL: "The language model file is damaged. Install it again or choose another.",
}

logger = logging.getLogger("dealside.inference")
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Kept:
    """What outlives a request: answers, in memory; in a folder, what a slow model makes of the prompt's opening."""

    answers: AnswerCache | None = None
    state_folder: Path | None = None


NOTHING = Kept()


class LlamaClient(LanguageModel):
    """One model file behind one engine child. One lane asks; any thread may cancel or look at the status."""

    def __init__(
        self,
        card: ModelCard,
        prompt: SelectPrompt,
        *,
        clock: Clock,
        start: Callable[[], Child],
        limits: EngineLimits = USUAL,
        kept: Kept = NOTHING,
    ) -> None:
        self._card = card
        self._known = kept.answers
        self._state_folder = kept.state_folder
        self._measured: dict[str, wire.Measured] = {}
        self._prompt = prompt
        self._clock = clock
        self._link = EngineLink(start, limits)
        self._verified: ModelCard | None = None
        self._stamp: tuple[int, int, int] | None = None
        self._has_checked_tensors = False
        self._is_loading = False
        self._is_busy = False
        self._failure = ""
        self._load_crashes = self._failed_texts = 0
        self._backoff = Backoff()
        self._strikes = Strikes(CHANCES)

    def status(self) -> ModelStatus:
        """Return the state at once; READY also when the engine rests until it is asked."""
        state, sentence = self._state()
        card = self._verified or self._card
        return ModelStatus(
            state,
            sentence,
            model_hash=card.sha256,
            model_name=card.name,
            trust=card.trust,
            can_write=self._can_write(),
        )

    def choose(self, document: str, questions: Sequence[Question], *, job: str) -> tuple[Choice, ...]:
        """Answer `questions` in order. Raises Temporary, Cancelled, Rejected, or Defect for questions that cannot be.

        Rejected means for this job, or when `status` says FAILED for every one: go on with the rules.
        """
        if not questions:
            return ()
        limit = self._card.context * CHARACTERS_PER_TOKEN
        order = self._prompt.build(self._card.template, document, questions, limit=limit)
        with self._turn():
            self._refuse(job)
            try:
                answers = self._answers(order, job)
            finally:
                self.last_usage = self._link.usage
        self._strikes.clear(job)
        self._backoff.succeeded()
        return tuple(Choice(question.name, found) for question, found in zip(questions, answers, strict=True))

    def write(self, document: str, brief: Brief, *, job: str) -> str:
        """Write as `brief` asks. Raises Temporary, Cancelled, or Rejected, also when this model may not write.

        A model that failed CHANCES times in a row over it is not asked to write again; it goes on choosing.
        """
        self.last_usage = Usage()
        if not self._can_write():
            raise Rejected(WRITES_NOTHING)
        limit = self._card.context * CHARACTERS_PER_TOKEN
        order = self._prompt.build_text(self._card.template, document, brief, limit=limit)
        with self._turn():
            self._refuse(job)
            try:
                text = self._text(order, job)
            finally:
                self.last_usage = self._link.usage
        self._backoff.succeeded()
        return text

    def cancel(self) -> None:
        """Stop the running request soon."""
        self._link.cancel()

    def close(self) -> None:
        """End the engine child and forget what was answered; the next question would start another."""
        self._link.cancel()
        self._link.close()
        if self._known is not None:
            self._known.clear()

    def _state(self) -> tuple[ModelState, str]:
        if self._failure:
            return ModelState.FAILED, self._failure
        if self._is_loading:
            return ModelState.LOADING, "The language model is being checked and loaded."
        if self._backoff.remaining(self._clock.now()) > 0:
            return ModelState.BACKOFF, STARTS_AGAIN
        if self._card.trust == 0.0 or self._card.purpose == MINI_PURPOSE:
            return ModelState.READY, BASIC_READING if self._card.trust else STANDS_IN
        if self._link.is_alive:
            return ModelState.READY, "The language model is ready."
        return ModelState.READY, "The language model starts with the next mail."

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if self._is_busy:
            raise Temporary("The language model is busy with another mail.", retry_after=1.0)
        self._is_busy = True
        self._link.begin()
        try:
            yield
        finally:
            self._is_busy = self._is_loading = False

    def _refuse(self, job: str) -> None:
        if self._failure:
            raise Rejected(self._failure)
        if self._strikes.is_out(job):
            raise _quarantined(job)
        wait = self._backoff.remaining(self._clock.now())
        if wait > 0:
            raise Temporary(STARTS_AGAIN, retry_after=wait)

    def _answers(self, order: wire.Choose, job: str) -> Answers:
        try:
            return self._ask(order) if self._known is None else self._ask_new(order, self._known)
        except Refusal as refusal:
            raise self._refused(refusal, job) from refusal
        except Setback as setback:
            raise self._job_setback(job, str(setback)) from setback

    def _can_write(self) -> bool:
        is_able = self._card.may_write and self._card.template in self._prompt.writers
        return is_able and self._failed_texts < CHANCES and not self._failure

    def _text(self, order: wire.Write, job: str) -> str:
        try:
            text = self._text_once(order)
        except Refusal as refusal:
            self._failed_texts += refusal.retryable
            raise self._refused(refusal, f"{job}, writing") from refusal
        except Setback as setback:
            self._failed_texts += 1
            raise self._job_setback(f"{job}, writing", str(setback)) from setback
        self._failed_texts = 0
        return text

    def _text_once(self, order: wire.Write) -> str:
        """Return what is written; the engine is not even started when it was written before."""
        known = self._known
        if known is None:
            return self._with_engine(lambda: self._link.write(order))
        key = key_of(self._hash_of_file(), order)
        text = known.text(key)
        if text is None:
            text = self._with_engine(lambda: self._link.write(order))
            known.put(key, text)
        return text

    def _ask_new(self, order: wire.Choose, known: AnswerCache) -> Answers:
        """Ask only what was not answered before; the engine is not even started when that is nothing."""
        keys = keys_of(self._hash_of_file(), order)
        found = [known.get(key) for key in keys]
        new = tuple(asked for asked, answer in zip(order.questions, found, strict=True) if answer is None)
        fresh = iter(self._ask(msgspec.structs.replace(order, questions=new)) if new else ())
        answers = tuple(answer if answer is not None else next(fresh) for answer in found)
        for key, answer in zip(keys, answers, strict=True):
            known.put(key, answer)
        return answers

    def _hash_of_file(self) -> str:
        card = self._verified if self._link.is_alive else None  # a file that was replaced is not the one that runs
        self._is_loading = card is None
        found = (card or self._verify()).sha256
        self._is_loading = False
        return found

    def _ask(self, order: wire.Choose) -> Answers:
        return self._with_engine(lambda: self._link.ask(order))

    def _with_engine(self, asked: Callable[[], Found]) -> Found:
        self._make_ready()
        try:
            return asked()
        except Setback as setback:
            if not setback.is_idle:
                raise
        self._make_ready()  # it was put to rest in the very moment we asked
        return asked()

    def _make_ready(self) -> None:
        if self._link.is_alive:
            return
        self._is_loading = True
        card = self._verify()
        wanted = Wanted(
            context=card.context,
            check_tensors=not self._has_checked_tensors,
            measured=self._measured.get(card.sha256),
            model_hash=card.sha256,
            state_folder=self._state_folder,
        )
        try:
            self._link.load(card.path, wanted)
        except Refusal as refusal:
            sentence = SENTENCES.get(refusal.code, CANNOT_START)
            if not refusal.retryable:
                raise self._give_up(sentence, str(refusal)) from refusal
            raise self._load_setback(str(refusal), sentence) from refusal
        except Setback as setback:
            raise self._load_setback(str(setback)) from setback
        self._has_checked_tensors = True
        self._load_crashes = 0
        self._is_loading = False
        if self._link.measured is not None:
            self._measured[card.sha256] = self._link.measured

    def _verify(self) -> ModelCard:
        try:
            stamp = stamp_of(self._card.path)
            if self._verified is not None and stamp == self._stamp:
                return self._verified
            self._verified = verified(self._card, should_stop=lambda: self._link.is_cancelled)
        except Rejected as error:
            raise self._give_up(error.sentence, error.detail) from error
        self._stamp = stamp
        self._has_checked_tensors = False
        return self._verified

    def _load_setback(self, detail: str, sentence: str = CANNOT_START) -> DealsideError:
        self._load_crashes += 1
        self._backoff.failed(self._clock.now())
        logger.warning("the engine did not start (%d of %d): %s", self._load_crashes, CHANCES, detail)
        if self._load_crashes >= CHANCES:
            return self._give_up(sentence, detail)
        wait = self._backoff.remaining(self._clock.now())
        return Temporary("The language model did not start and is tried again.", detail=detail, retry_after=wait)

    def _give_up(self, sentence: str, detail: str) -> Rejected:
        self._link.close()
        self._failure = f"{sentence} {RULES_READ_ON}"
        logger.error("the model is given up: %s (%s)", sentence, detail)
        return Rejected(self._failure, detail=detail)

    def _job_setback(self, job: str, detail: str) -> DealsideError:
        if not self._link.is_alive:
            self._backoff.failed(self._clock.now())
        logger.warning("the engine was lost or late over job %s: %s", job, detail)
        if self._strikes.add(job):
            return _quarantined(job)
        wait = self._backoff.remaining(self._clock.now())
        sentence = "The language model stopped over this mail and is tried again."
        return Temporary(sentence, detail=detail, retry_after=wait or None)

    def _refused(self, refusal: Refusal, job: str) -> DealsideError:
        if refusal.code is FailureCode.BAD_MODEL:
            return self._give_up(SENTENCES[refusal.code], str(refusal))
        if refusal.retryable:
            return self._job_setback(job, str(refusal))
        sentence = "The language model cannot read this mail, so rules alone read it."
        return Rejected(sentence, detail=str(refusal))


class NoModel(LanguageModel):
    """Stands where no model is installed."""

    sentence = "No model is installed: rules alone read your mail."

    def status(self) -> ModelStatus:
        """Return ABSENT."""
        return ModelStatus(ModelState.ABSENT, self.sentence)

    def choose(self, document: str, questions: Sequence[Question], *, job: str) -> tuple[Choice, ...]:  # noqa: ARG002
        """Raise Rejected: there is nobody to ask."""
        raise Rejected(self.sentence)

    def cancel(self) -> None:
        """Nothing runs."""

    def close(self) -> None:
        """Nothing is open."""


def _quarantined(job: str) -> Rejected:
    sentence = "The language model stopped over this mail repeatedly, so rules alone read it."
    return Rejected(sentence, detail=f"job {job} is quarantined")
