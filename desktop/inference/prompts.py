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
from desktop.domain.ports import Brief, Question
from desktop.inference.wire import MOST_WRITTEN, Asked, Choose, Piece, Write
from desktop.inference.write_words import WriteWords

LONGEST_QUESTION = 600
LONGEST_OPTION = 200
HEAD_SHARE = 2 / 3
LEFT_OUT = "[...]"
MOST_OPTIONS = 26 * 26
WRITE_WORDS = "write.json"

_NOT_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
_SPACE = re.compile(r"\s+")
_SLOT = re.compile(r"\{(name|question|option|context|label)\}")


class Template(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One format: what stands before and after the document, how a question, its options and a label are put.

    `question` stands before the options, `answer` after them. Options that carry their context are put with
    `option` (the context cut to `context` characters), options that are labels of ours with `closed`. `longest` is
    how much of the document is shown (0: what fits), in characters.
    """

    before: tuple[Piece, ...]
    after: tuple[Piece, ...]
    question: tuple[Piece, ...]
    option: tuple[Piece, ...]
    closed: tuple[Piece, ...]
    answer: tuple[Piece, ...]
    label: str
    context: int = LONGEST_OPTION
    longest: int = 0
    is_numbered: bool = True


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: str
    templates: dict[str, Template]


class SelectPrompt:
    """The prompt for choosing among options, and for writing where `writing` says in which words.

    `version` changes whenever a word of the file for choosing does: calibrators hold for one version.
    """

    def __init__(self, raw: bytes, writing: WriteWords | None = None) -> None:
        try:
            words = msgspec.json.decode(raw, type=_File)
        except msgspec.DecodeError as error:
            sentence = "Dealside's own prompt file is damaged. Install Dealside again."
            raise Defect(sentence, detail=str(error)) from error
        self.version = f"{words.version}-{hashlib.sha256(raw).hexdigest()[:8]}"
        self._templates = words.templates
        self._writing = writing

    @property
    def names(self) -> frozenset[str]:
        """The templates there are."""
        return frozenset(self._templates)

    @property
    def writers(self) -> frozenset[str]:
        """The templates in which a model can be asked to write."""
        return self.names & self._writing.names if self._writing else frozenset()

    def build_text(self, template: str, document: str, brief: Brief, *, limit: int) -> Write:
        """Return the order for a text; the document is shown as in `build`.

        Raises Defect for an unknown template or instruction.
        """
        words = self._words_of(template)
        if self._writing is None:
            raise Defect("Dealside cannot ask this model to write.", detail=f"{brief.name} in {template}")
        return Write(
            before=words.before,
            document=_document(words, document, limit),
            after=words.after,
            pieces=_joined(self._writing.pieces(template, brief)),
            most_tokens=max(1, min(brief.most_tokens, MOST_WRITTEN)),
        )

    def _words_of(self, template: str) -> Template:
        words = self._templates.get(template)
        if words is None:
            raise Defect("Dealside does not know this model's format. Choose another model.", detail=template)
        return words

    def build(self, template: str, document: str, questions: Sequence[Question], *, limit: int) -> Choose:
        """Return the order for these questions; of a document over `limit` characters, its head and tail.

        Raises Defect for an unknown template, a question without options, or one with more than MOST_OPTIONS.
        """
        words = self._words_of(template)
        return Choose(
            before=words.before,
            document=_document(words, document, limit),
            after=words.after,
            questions=tuple(self._ask(words, question) for question in questions),
        )

    def _ask(self, words: Template, question: Question) -> Asked:
        labels = labels_for(len(question.options))
        said = {"name": question.name, "question": one_line(question.text, LONGEST_QUESTION)}
        pieces = [*_filled(words.question, said)]
        contexts = question.contexts or ("",) * len(question.options)
        form = words.option if question.contexts else words.closed
        for label, option, context in zip(labels, question.options, contexts, strict=True):
            plain = one_line(option, LONGEST_OPTION)
            slots = {"label": label, "option": plain, "context": _cut_around(context, words.context) or plain}
            pieces += _filled(form, slots)
        pieces += _filled(words.answer, said)
        return Asked(_joined(pieces), tuple(_fill(words.label, {"label": label}) for label in labels))


def _document(words: Template, document: str, limit: int) -> str:
    limit = min(limit, words.longest) if words.longest else limit
    if words.is_numbered:
        return number_lines(document, limit=limit)
    return clean(_head_and_tail(document, limit))


def _head_and_tail(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    head = int(limit * HEAD_SHARE)
    return f"{text[:head]}\n{LEFT_OUT}\n{text[len(text) - limit + head :]}"


def _cut_around(context: str, limit: int) -> str:
    """Return a context as one line of about `limit` characters, cut evenly on both sides of what is marked."""
    text = one_line(context, 4 * LONGEST_OPTION)
    opens, closes = text.find("«"), text.find("»")
    if len(text) <= limit or closes < opens or opens < 0:
        return text[: limit + LONGEST_OPTION]
    place, colon, _ = text[:opens].partition(": ")
    room = max(0, limit - (closes - opens)) // 2
    start = max(len(place) + len(colon), opens - room)
    return f"{place}{colon}{text[start : closes + 1 + room]}"


def read_prompt(path: Path) -> SelectPrompt:
    """Read the prompt file and the words for writing beside it; raise Defect when one is missing or damaged."""
    try:
        return SelectPrompt(path.read_bytes(), WriteWords(path.with_name(WRITE_WORDS).read_bytes()))
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


def _filled(form: Sequence[Piece], slots: Mapping[str, str]) -> Iterator[Piece]:
    for piece in form:
        yield piece if piece.special else Piece(_fill(piece.text, slots), special=False)


def _joined(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Return the pieces, adjoining plain ones as one, so that they tokenise as one text."""
    found: list[Piece] = []
    for piece in pieces:
        if found and not piece.special and not found[-1].special:
            found[-1] = Piece(found[-1].text + piece.text, special=False)
        else:
            found.append(piece)
    return tuple(found)


def _fill(pattern: str, slots: Mapping[str, str]) -> str:
    # One pass: what a mail puts into one slot is not searched for another.
    return _SLOT.sub(lambda found: slots.get(found[1], found[0]), pattern)
