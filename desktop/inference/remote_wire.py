"""What an OpenAI-compatible server is sent, and what its answer says about the labels it may choose among.

Servers differ in what they take. `Offer` says what one of them was found to take: how many alternatives it tells the
probability of, and how it is held to the labels. No answer is put back into words: only labels are looked for.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from desktop.domain.ports import Usage
from desktop.inference.prompts import labels_for
from desktop.inference.wire import Choose, Piece, Write

MOST_TOKENS = 3  # a label and the blank that may stand before it
ANSWERED_WITHOUT_PROBABILITY = 0.6
ALTERNATIVES = (300, 20, 5, 0)
CHARACTERS_PER_TOKEN = 3
TRIAL, UNLIKELY = "Answer with the label alone.\n1) yes\n2) no\nAnswer:", "QX"
THOUGHT = "</think>"
CHAT = "chat"
CHAT_WORDS = "chatml"  # the pieces of this template that are plain words make a chat message

_MARK = re.compile(r"\[(/?[A-Za-z_]{1,30})\]")
_LABEL = re.compile(r"(?s)\W{0,5}([^\W_]{1,2})(?:\W{0,5}|[).:].*)\Z")
Guide = Callable[[Sequence[str]], dict[str, Any]]


def _no_guide(_labels: Sequence[str]) -> dict[str, Any]:
    return {}


GUIDES: Mapping[str, Guide] = {
    "guided_choice": lambda labels: {"guided_choice": list(labels)},  # vLLM until 0.11
    "structured_outputs": lambda labels: {"structured_outputs": {"choice": list(labels)}},  # vLLM since
    "grammar": lambda labels: {  # llama-server, llama_cpp.server
        "grammar": "root ::= " + " | ".join(f'"{label}"' for label in labels)
    },
    "": _no_guide,
}


@dataclass(frozen=True, slots=True)
class Offer:
    """What a server takes: `alternatives` whose probability it tells (0: none), and the name of its guide or ""."""

    alternatives: int = 0
    guide: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """One answer: its text, the probabilities of what could have stood first, and its price."""

    text: str
    alternatives: Mapping[str, float]
    usage: Usage


class _Listed(msgspec.Struct):
    token: str
    logprob: float


class _Token(msgspec.Struct):
    token: str
    logprob: float
    top_logprobs: list[_Listed] = []


class _Message(msgspec.Struct):
    content: str | None = None


class _Logprobs(msgspec.Struct):
    content: list[_Token] | None = None
    tokens: list[str] | None = None
    top_logprobs: list[dict[str, float] | None] | None = None


class _Choice(msgspec.Struct):
    text: str | None = None
    message: _Message | None = None
    logprobs: _Logprobs | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int = 0
    completion_tokens: int = 0


class _Answer(msgspec.Struct):
    choices: list[_Choice]
    usage: _Usage | None = None


class _Model(msgspec.Struct):
    id: str


class _Models(msgspec.Struct):
    data: list[_Model]


def without_marks(text: str) -> str:
    """Return hostile text in which nothing can be read as a control token, whatever the server's tokeniser."""
    return _MARK.sub(r"(\1)", text.replace("<", "(").replace(">", ")"))


def path_of(form: str) -> str:
    """Return where a request of this form goes, below the server's address."""
    return "/chat/completions" if form == CHAT else "/completions"


def requests(model: str, form: str, order: Choose, offer: Offer) -> list[bytes]:
    """Return one request for each question of an order; all begin with the same words, for the server's cache."""
    opening = "".join((*_words(order.before, form), order.document, *_words(order.after, form)))
    return [
        request(model, form, opening + "".join(_words(asked.pieces, form)), _labels(asked.labels, form), offer)
        for asked in order.questions
    ]


def request(model: str, form: str, prompt: str, labels: Sequence[str], offer: Offer) -> bytes:
    """Return one request for one of `labels`."""
    said: dict[str, Any] = {"model": model, "temperature": 0, "max_tokens": MOST_TOKENS}
    if form == CHAT:
        said["messages"] = [{"role": "user", "content": prompt}]
        if offer.alternatives:
            said |= {"logprobs": True, "top_logprobs": offer.alternatives}
    else:
        said["prompt"] = prompt
        if offer.alternatives:
            said["logprobs"] = offer.alternatives
    return msgspec.json.encode(said | GUIDES[offer.guide](labels))


def request_text(model: str, form: str, order: Write) -> bytes:
    """Return the request for a text; it begins with the same words as the questions about the document."""
    prompt = "".join(
        (*_words(order.before, form), order.document, *_words(order.after, form), *_words(order.pieces, form))
    )
    said: dict[str, Any] = {"model": model, "temperature": 0, "max_tokens": order.most_tokens}
    if form == CHAT:
        return msgspec.json.encode(said | {"messages": [{"role": "user", "content": prompt}]})
    return msgspec.json.encode(said | {"prompt": prompt, "stop": ["\n\n"]})


def said_in(text: str) -> str:
    """Return the first paragraph of an answer, without what a model thought aloud before it."""
    return re.split(r"\n[ \t\r]*\n", text.rpartition(THOUGHT)[2].strip(), maxsplit=1)[0].strip()


def trial(offer: Offer) -> tuple[str, list[str]]:
    """Return a tiny prompt and its labels; with a guide the only label is one that nobody would answer unguided."""
    return TRIAL, [UNLIKELY] if offer.guide else [*labels_for(2)]


def read_answer(body: bytes, sent: bytes) -> Told:
    """Return what an answer says; raises ValueError when it is none. What its price is unsaid is estimated."""
    answer = msgspec.json.decode(body, type=_Answer)
    if not answer.choices:
        raise ValueError("no choices")
    choice = answer.choices[0]
    text = (choice.message.content if choice.message else choice.text) or ""
    written = max(1, len(text) // CHARACTERS_PER_TOKEN)
    told = answer.usage or _Usage(len(sent) // CHARACTERS_PER_TOKEN, written)
    usage = Usage(max(0, told.prompt_tokens), max(0, told.completion_tokens))
    return Told(text, _alternatives(choice.logprobs), usage)


def read_models(body: bytes) -> tuple[str, ...]:
    """Return the names of the models a server has; raises ValueError when it does not say."""
    return tuple(model.id for model in msgspec.json.decode(body, type=_Models).data)


def chances(told: Told, labels: Sequence[str]) -> tuple[float, ...] | None:
    """Return the probability of each label, summing to 1; None when the answer names none of them.

    Of labels the server does not list, no more is known than that each is less likely than the last it lists, and all
    together no more than what is left: the smaller of both is what they get. Without probabilities the answered label
    gets a modest one, so that nothing can be concluded from it alone.
    """
    plain = [label.strip() for label in labels]
    masses = [told.alternatives.get(label, 0.0) for label in plain]
    if any(masses):
        missing = masses.count(0.0)
        left = max(0.0, 1.0 - sum(told.alternatives.values()))
        least = min(told.alternatives.values())
        masses = [mass or min(least, left / missing) for mass in masses]
        return tuple(mass / sum(masses) for mass in masses)
    found = _LABEL.match(told.text)
    if found is None or found[1] not in plain:
        return None
    if len(plain) == 1:
        return (1.0,)
    rest = (1.0 - ANSWERED_WITHOUT_PROBABILITY) / (len(plain) - 1)
    return tuple(ANSWERED_WITHOUT_PROBABILITY if label == found[1] else rest for label in plain)


def _labels(labels: Sequence[str], form: str) -> list[str]:
    return [label.strip() if form == CHAT else label for label in labels]


def _words(pieces: Sequence[Piece], form: str) -> list[str]:
    return [piece.text for piece in pieces if not (piece.special and form == CHAT)]


def _alternatives(told: _Logprobs | None) -> dict[str, float]:
    """Return the probability of each token, without blanks, at the first place that holds more than a blank."""
    if told is None:
        return {}
    rows: list[tuple[str, list[tuple[str, float]]]] = []
    if told.content:
        rows = [(one.token, [(x.token, x.logprob) for x in one.top_logprobs]) for one in told.content]
    elif told.tokens and told.top_logprobs:
        rows = [(token, [*(top or {}).items()]) for token, top in zip(told.tokens, told.top_logprobs, strict=False)]
    found: dict[str, float] = {}
    for token, listed in rows[:MOST_TOKENS]:
        if not token.strip():
            continue
        for text, logprob in listed:
            if math.isfinite(logprob):
                found[text.strip()] = found.get(text.strip(), 0.0) + math.exp(min(0.0, logprob))
        break
    found.pop("", None)
    return found
