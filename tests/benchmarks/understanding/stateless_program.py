"""Asks one model both ways about the same mails and writes the figures: `MODEL.gguf DATA COUNT`."""

import json
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean, median
from typing import Any

import llama_cpp

from desktop.domain.evidence import Intent, Sentiment
from desktop.domain.ports import Choice, LanguageModel, ModelState, ModelStatus, Question
from desktop.inference import wire
from desktop.inference.models import ModelCard, read_card
from desktop.inference.prompts import read_prompt
from desktop.inference.stop_flag import StopFlag
from desktop.inference.text_engine import Engine
from desktop.system import resources
from desktop.understanding.candidates import find_candidates
from desktop.understanding.confidence.calibrator import Calibrators
from desktop.understanding.document import open_document
from desktop.understanding.questions import document_text, options_by_kind
from desktop.understanding.reading import read_message
from tests.benchmarks.understanding.corpus import CrmMail, crm_mails
from tests.benchmarks.understanding.fields import GOLD
from tests.benchmarks.understanding.invented import invented
from tests.benchmarks.understanding.normal import squeezed
from tests.benchmarks.understanding.readers import client
from tests.benchmarks.understanding.speed import one_core, sample_of

LONGEST_TEXT = 80
MOST_ANSWER = 700
SYSTEM = (
    "Read the email and answer as JSON: the contact's name, company, e-mail, telephone and job title, the amount of "
    "money, the date something has to happen, the topic, what has to be done next, the intent and the sentiment. "
    "Copy from the email; null for what is not there."
)
_TEXTS = (*GOLD, "topic", "next_action")


@dataclass(slots=True)
class Counter:
    """What native code was given to decode: tokens, and at how many places an answer was asked for."""

    tokens: int = 0
    answers: int = 0
    _decode: Any = field(default=llama_cpp.llama_decode)

    def install(self) -> None:
        """Count every call of `llama_decode` from now on."""
        llama_cpp.llama_decode = self._counted

    def _counted(self, context: Any, batch: Any) -> int:
        self.tokens += batch.n_tokens
        self.answers += sum(bool(batch.logits[place]) for place in range(batch.n_tokens))
        return self._decode(context, batch)


class InProcess(LanguageModel):
    """The product's engine without its child process, so that what it decodes can be counted."""

    def __init__(self, card: ModelCard) -> None:
        order = wire.Load(path=str(card.path), n_ctx=card.context, n_threads=1)
        self._card = card
        self._prompt = read_prompt(resources.path("prompts", "select.json"))
        self._engine = Engine(order, StopFlag(), _ignored)
        self.questions = 0
        self.unshared = 0

    def status(self) -> ModelStatus:
        return ModelStatus(ModelState.READY, "", model_hash=self._card.sha256, trust=self._card.trust)

    def choose(self, document: str, questions: Sequence[Question], *, job: str) -> tuple[Choice, ...]:
        del job
        order = self._prompt.build(self._card.template, document, questions, limit=self._card.context * 8)
        engine = self._engine
        once = len(engine.tokens_of([*order.before, *order.after])) + len(engine.plain_tokens(order.document))
        self.questions += len(questions)
        self.unshared += sum(once + len(engine.tokens_of(asked.pieces)) for asked in order.questions)
        answers = engine.choose(order, _ignored).answers
        return tuple(Choice(question.name, found) for question, found in zip(questions, answers, strict=True))

    def cancel(self) -> None:
        """Nothing to stop."""

    def close(self) -> None:
        """The process ends soon."""


def _ignored(_share: float) -> None:
    """Nobody watches."""


class JsonWay:
    """A chat completion with a JSON schema, nothing kept from one mail to the next."""

    def __init__(self, card: ModelCard) -> None:
        self._llm = llama_cpp.Llama(
            str(card.path), n_ctx=card.context, n_threads=1, n_threads_batch=1, verbose=False, seed=7
        )
        self._format = {"type": "json_object", "schema": schema()}

    def ask(self, document: str) -> tuple[dict[str, Any] | None, dict[str, int]]:
        """Return the answer (None when it is no JSON object) and the tokens used."""
        self._llm.reset()
        said = self._llm.create_chat_completion(
            messages=self._messages(document), response_format=self._format, temperature=0.0, max_tokens=MOST_ANSWER
        )
        return _read(said["choices"][0]["message"]["content"]), said["usage"]

    def prompt_ms(self, count: int) -> float:
        """Return how long `count` prompt tokens take by themselves."""
        self._llm.reset()
        tokens = (self._llm.tokenize(b"Read the mail. " * count, add_bos=False) or [1])[:count]
        start = time.perf_counter()
        self._llm.eval(tokens)
        return (time.perf_counter() - start) * 1000

    def length_of(self, text: str) -> int:
        """Return how many tokens a text has."""
        return len(self._llm.tokenize(text.encode(), add_bos=False))

    def _messages(self, document: str) -> list[dict[str, str]]:
        room = self._llm.n_ctx() - MOST_ANSWER - self.length_of(SYSTEM) - 100
        tokens = self._llm.tokenize(document.encode(), add_bos=False)[:room]
        text = self._llm.detokenize(tokens).decode("utf-8", "ignore")
        return [{"role": "system", "content": SYSTEM}, {"role": "user", "content": text}]


def _read(text: str) -> dict[str, Any] | None:
    """Read an answer; raw control characters in a text, which the grammar lets through, are forgiven."""
    try:
        answer = json.loads(text, strict=False)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None


def schema() -> dict[str, Any]:
    """Return the JSON schema: the seven fields and two free texts of bounded length, two closed lists."""
    text = {"anyOf": [{"type": "string", "maxLength": LONGEST_TEXT}, {"type": "null"}]}
    closed = {
        name: {"enum": [one.value for one in kind]} for name, kind in (("intent", Intent), ("sentiment", Sentiment))
    }
    properties = {**dict.fromkeys(_TEXTS, text), **closed}
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def right_record(mail: CrmMail) -> str:
    """Return the right answer as JSON."""
    keys = {
        **GOLD,
        "topic": "interest_or_topic",
        "next_action": "next_action",
        "intent": "intent",
        "sentiment": "sentiment",
    }
    return json.dumps({name: mail.gold.get(key) for name, key in keys.items()}, ensure_ascii=False)


def made_up(answer: dict[str, Any] | None, mail: CrmMail) -> int:
    """Return how many of the seven fields hold what does not stand in the mail, blanks and case aside."""
    sender = mail.message.sender
    shown = f"{sender.name} {sender.address}" if sender else ""
    source = squeezed(f"{mail.message.subject}\n{mail.message.text}\n{shown}")
    values = [answer.get(name) for name in GOLD] if answer else []
    return sum(
        1 for value in values if isinstance(value, str) and re.search(r"\w", value) and squeezed(value) not in source
    )


@dataclass(slots=True)
class Times:
    """Milliseconds a mail."""

    ours: list[float] = field(default_factory=list)
    rules: list[float] = field(default_factory=list)
    other: list[float] = field(default_factory=list)
    prompt: list[float] = field(default_factory=list)
    right_length: list[float] = field(default_factory=list)
    everything: list[float] = field(default_factory=list)


def main() -> int:
    card = read_card(Path(sys.argv[1]))
    mails = sample_of(crm_mails(Path(sys.argv[2])), int(sys.argv[3]))
    documents = [document_text(open_document(mail.message, mail.own_addresses)) for mail in mails]
    with one_core():
        figures = timed_both(card, mails, documents)
    figures["ours"] |= counted(card, mails)
    ours, other = figures["ours"], figures["other"]
    figures["ratios"]["decoded_tokens_vs_stateless"] = round(ours["decoded_tokens"] / other["decoded_tokens"], 4)
    print(json.dumps(_rounded(figures)))
    return 0


def _rounded(figures: dict) -> dict:
    return {
        key: _rounded(value) if isinstance(value, dict) else round(value, 4) if isinstance(value, float) else value
        for key, value in figures.items()
    }


def timed_both(card: ModelCard, mails: Sequence[CrmMail], documents: Sequence[str]) -> dict:
    """Ask both ways, mail by mail."""
    ours, thorough, other = client(card), client(card), JsonWay(card)  # two, since a client keeps its answers
    read_message(mails[0].message, ours, own_addresses=mails[0].own_addresses, job="warm up")
    _ask_everything(mails[0], thorough)
    other.ask(documents[0][:200])
    times = Times()
    usage, right, invalid, other_made_up, our_made_up = [], [], 0, 0, 0
    for mail, document in zip(mails, documents, strict=True):
        start = time.perf_counter()
        read_message(mail.message, None, own_addresses=mail.own_addresses, job=mail.id)
        middle = time.perf_counter()
        reading = read_message(mail.message, ours, own_addresses=mail.own_addresses, job=mail.id)
        end = time.perf_counter()
        _ask_everything(mail, thorough)
        asked = time.perf_counter()
        answer, used = other.ask(document)
        spent = (time.perf_counter() - asked) * 1000
        prompt = other.prompt_ms(used["prompt_tokens"])
        usage.append(used)
        right.append(other.length_of(right_record(mail)))
        times.rules.append((middle - start) * 1000)
        times.ours.append((end - middle) * 1000)
        times.everything.append((asked - end) * 1000)
        times.other.append(spent)
        times.prompt.append(prompt)
        each = max(0.0, spent - prompt) / max(1, used["completion_tokens"])
        times.right_length.append(min(spent, prompt + each * right[-1]))
        invalid += answer is None
        other_made_up += made_up(answer, mail)
        our_made_up += len(invented(mail.message, reading))
    ours.close()
    thorough.close()
    return {
        "model": card.path.name,
        "mails": len(mails),
        "ours": {
            "ms": median(times.ours),
            "rules_ms": median(times.rules),
            "everything_ms": median(times.everything),
            "model_ms": median(a - b for a, b in zip(times.ours, times.rules, strict=True)),
            "invented": our_made_up,
        },
        "other": {
            "ms": median(times.other),
            "prompt_ms": median(times.prompt),
            "answer_ms": median(a - b for a, b in zip(times.other, times.prompt, strict=True)),
            "decoded_tokens": mean(used["completion_tokens"] for used in usage),
            "prompt_tokens": mean(used["prompt_tokens"] for used in usage),
            "right_tokens": mean(right),
            "invented": other_made_up,
            "invalid": invalid,
        },
        "ratios": {
            "time_vs_stateless": round(median(_ratios(times.ours, times.other)), 4),
            "time_vs_stateless_everything_asked": round(median(_ratios(times.everything, times.other)), 4),
            "time_vs_stateless_right_length": round(median(_ratios(times.ours, times.right_length)), 4),
        },
    }


def _ask_everything(mail: CrmMail, model: LanguageModel) -> None:
    """Read a mail as with a model that nobody measured: all that the rules leave unsure is asked."""
    read_message(mail.message, model, own_addresses=mail.own_addresses, job=mail.id, calibrators=Calibrators())


def _ratios(ours: Sequence[float], other: Sequence[float]) -> list[float]:
    return [a / b for a, b in zip(ours, other, strict=True)]


def counted(card: ModelCard, mails: Sequence[CrmMail]) -> dict:
    """Read the mails once more, untimed, and count what our way decodes, in the mean of the mails."""
    model = InProcess(card)
    counter = Counter()
    counter.install()
    possible = 0
    for mail in mails:
        document = open_document(mail.message, mail.own_addresses)
        possible += len(options_by_kind(find_candidates(document))) + 2
        read_message(mail.message, model, own_addresses=mail.own_addresses, job=mail.id)
    count = len(mails)
    return {
        "decoded_tokens": counter.answers / count,
        "prompt_tokens": counter.tokens / count,
        "prompt_tokens_unshared": model.unshared / count,
        "questions": model.questions / count,
        "questions_possible": possible / count,
    }


if __name__ == "__main__":
    sys.exit(main())
