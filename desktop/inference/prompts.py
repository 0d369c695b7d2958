"""Builds what the engine reads: a numbered document and closed questions, in the model's own format.

The words live in `resources/prompts/select.json`, one template per family of models; the template that a model file
brings along is never used. Mail text and options go into plain pieces only, where the name of a control token is
nothing but letters.
"""

import hashlib
import re
import string
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from desktop.domain.errors import Defect
from desktop.domain.ports import Question
from desktop.inference.wire import Asked, Choose, Piece

LONGEST_QUESTION = 600
LONGEST_OPTION = 200
HEAD_SHARE = 2 / 3
LEFT_OUT = "[...]"
MOST_OPTIONS = 26 * 26

_NOT_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
_SPACE = re.compile(r"\s+")
_SLOT = re.compile(r"\{(question|options|option|label)\}")


class Template(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One format: what stands before and after the document, how a question and a label are put."""

    before: tuple[Piece, ...]
    after: tuple[Piece, ...]
    question: tuple[Piece, ...]
    label: str


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: str
    option: str
    templates: dict[str, Template]


class SelectPrompt:
    """The prompt for choosing among options. `version` changes whenever a word of the file does."""

    def __init__(self, raw: bytes) -> None:
        try:
            words = msgspec.json.decode(raw, type=_File)
        except msgspec.DecodeError as error:
            sentence = "Dealside's own prompt file is damaged. Install Dealside again."
            raise Defect(sentence, detail=str(error)) from error
        self.version = f"{words.version}-{hashlib.sha256(raw).hexdigest()[:8]}"
        self._option = words.option
        self._templates = words.templates

    @property
    def names(self) -> frozenset[str]:
        """The templates there are."""
        return frozenset(self._templates)

    def build(self, template: str, document: str, questions: Sequence[Question], *, limit: int) -> Choose:
        """Return the order for these questions; of a document over `limit` characters, its head and tail.

        Raises Defect for an unknown template, a question without options, or one with more than MOST_OPTIONS.
        """
        words = self._templates.get(template)
        if words is None:
            raise Defect("Dealside does not know this model's format. Choose another model.", detail=template)
        return Choose(
            before=words.before,
            document=number_lines(document, limit=limit),
            after=words.after,
            questions=tuple(self._ask(words, question) for question in questions),
        )

    def _ask(self, words: Template, question: Question) -> Asked:
        labels = labels_for(len(question.options))
        lines = (
            _fill(self._option, {"label": label, "option": one_line(option, LONGEST_OPTION)})
            for label, option in zip(labels, question.options, strict=True)
        )
        slots = {"question": one_line(question.text, LONGEST_QUESTION), "options": "\n".join(lines)}
        pieces = tuple(
            piece if piece.special else Piece(_fill(piece.text, slots), special=False) for piece in words.question
        )
        return Asked(pieces, tuple(_fill(words.label, {"label": label}) for label in labels))


def read_prompt(path: Path) -> SelectPrompt:
    """Read the prompt file; raise Defect when it is missing or damaged."""
    try:
        return SelectPrompt(path.read_bytes())
    except OSError as error:
        sentence = "A file of Dealside's own is missing. Install Dealside again."
        raise Defect(sentence, detail=f"{path.name}: {type(error).__name__}") from error


def labels_for(count: int) -> tuple[str, ...]:
    """Return `count` labels of equal length, so that none is the beginning of another; raise Defect when impossible."""
    if not 0 < count <= MOST_OPTIONS:
        raise Defect("Dealside asked its model a question that has no answer.", detail=f"{count} options")
    if count <= 9:
        return tuple(string.digits[1 : count + 1])
    letters = string.ascii_uppercase
    if count <= len(letters):
        return tuple(letters[:count])
    pairs = (first + second for first in letters for second in letters)
    return tuple(pair for pair, _ in zip(pairs, range(count), strict=False))


def one_line(text: str, limit: int) -> str:
    """Return the text as one line of at most `limit` characters."""
    line = _SPACE.sub(" ", clean(text[: 4 * limit])).strip()
    return line if len(line) <= limit else line[: limit - 1] + "…"


def clean(text: str) -> str:
    """Return the text without what is no text: control characters, half surrogates, marks."""
    return _NOT_TEXT.sub(" ", text.replace("\r\n", "\n").encode("utf-8", "replace").decode())


def number_lines(text: str, *, limit: int) -> str:
    """Return the lines that hold something, each with its number from 1; the middle goes when it is too long."""
    return clean("\n".join(_numbered(text, limit)))


def _numbered(text: str, limit: int) -> Iterator[str]:
    if len(text) <= limit:
        yield from _with_numbers(text, 1)
        return
    head = int(limit * HEAD_SHARE)
    tail = len(text) - (limit - head)
    yield from _with_numbers(text[:head], 1)
    yield LEFT_OUT
    yield from _with_numbers(text[tail:], text.count("\n", 0, tail) + 1)


def _with_numbers(text: str, first: int) -> Iterator[str]:
    for number, line in enumerate(text.split("\n"), first):
        if line.strip():
            yield f"{number}: {line.rstrip()}"


def _fill(pattern: str, slots: Mapping[str, str]) -> str:
    # One pass: what a mail puts into one slot is not searched for another.
    return _SLOT.sub(lambda found: slots.get(found[1], found[0]), pattern)
