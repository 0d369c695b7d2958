"""Mails as the network reads them: tokens by the engine's own hand, questions by the product's own prompt.

A shard is one NumPy file that a run can stop after and go on from; the same seed gives the same shard. For each mail
there is a head (what stands before the questions) and its questions, each with the place of its answer.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from desktop.domain.evidence import Candidate, FactKind, Intent, Sentiment
from desktop.domain.ports import Question
from desktop.inference.prompts import SelectPrompt, labels_for
from desktop.inference.text_engine import Engine
from desktop.inference.wire import Piece
from desktop.understanding.candidates import find_candidates
from desktop.understanding.document import Document, open_document, source_text
from desktop.understanding.questions import (
    document_text,
    is_open,
    label_questions,
    options_by_kind,
    question_about,
)
from resources.models.crm_mini.gold import right_ones
from resources.models.crm_mini.grammar import Split
from resources.models.crm_mini.letter import MOOD, WHY, Letter, write_letter

TEMPLATE = "mini"
LIMIT = 1 << 16
SETTLED_RATE = 0.1
ALONE_RATE = 0.5
DROP_RIGHT_RATE = 0.06
FEW_RATE, FEW = 0.5, 3
TELLS_WHY, TELLS_MOOD = 1, 2
NOT_ASKED = frozenset({FactKind.QUESTION, FactKind.FAX})


@dataclass
class Rows:
    """Token rows of many mails, one after the other.

    `part` is 0 for the head and counts the questions of a mail from 1. An answer is (token place, how many labels,
    bit mask of the right ones); an option is (token place of its label, whether it is right). `marks` has for each
    token the sum of what it tells: TELLS_WHY, TELLS_MOOD.
    """

    tokens: list[int] = field(default_factory=list)
    parts: list[int] = field(default_factory=list)
    marks: list[int] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    answers: list[tuple[int, int, int, int]] = field(default_factory=list)
    options: list[tuple[int, int]] = field(default_factory=list)

    def save(self, path: Path) -> None:
        """Write one shard so that nobody ever sees half of it."""
        half = path.with_suffix(".part.npz")
        np.savez_compressed(
            half,
            tokens=np.array(self.tokens, np.uint16),
            parts=np.array(self.parts, np.uint8),
            marks=np.array(self.marks, np.uint8),
            starts=np.array([*self.starts, len(self.tokens)], np.int64),
            answers=np.array(self.answers, np.int64).reshape(-1, 4),
            options=np.array(self.options, np.int64).reshape(-1, 2),
        )
        half.replace(path)


@dataclass(frozen=True, slots=True)
class Posed:
    """One question with its right answers, by index."""

    question: Question
    right: tuple[int, ...]


KINDS = ("intent", "sentiment", *(kind.value for kind in FactKind))


class Encoder:
    """Turns mails into rows, with the tokens that the engine itself would read."""

    def __init__(self, engine: Engine, prompt: SelectPrompt, lengths: Sequence[int] = ()) -> None:
        """`lengths` are the bytes of every token of the vocabulary; needed only where sentences tell something."""
        self._engine = engine
        self._lengths = lengths
        self._prompt = prompt

    def add(self, rows: Rows, document: str, posed: Sequence[Posed], telling: Sequence[tuple[str, int]] = ()) -> None:
        """Append one mail and its questions to the rows; `telling` are sentences of it and what they tell."""
        order = self._prompt.build(TEMPLATE, document, [each.question for each in posed], limit=LIMIT)
        begin = self._engine.tokens_of(order.before)
        words = self._engine.plain_tokens(order.document)
        head = [*begin, *words]
        marks = [*([0] * len(begin)), *self._marks(order.document, words, telling)]
        rows.starts.append(len(rows.tokens))
        rows.tokens += [*head, *self._engine.tokens_of(order.after)]
        rows.parts += [0] * (len(rows.tokens) - rows.starts[-1])
        rows.marks += marks
        for number, (each, asked) in enumerate(zip(posed, order.questions, strict=True), 1):
            start = len(rows.tokens)
            self._add_question(rows, asked.pieces, each)
            rows.parts += [number] * (len(rows.tokens) - start)
            mask = sum(1 << index for index in each.right)
            kind = KINDS.index(each.question.name)
            rows.answers.append((len(rows.tokens) - 1, len(each.question.options), mask, kind))
        rows.marks += [0] * (len(rows.tokens) - len(rows.marks))

    def _marks(self, document: str, words: Sequence[int], telling: Sequence[tuple[str, int]]) -> list[int]:
        """Return what each token tells; sentences are found again by their words, line breaks apart."""
        if not telling:
            return [0] * len(words)
        ends = np.cumsum([self._lengths[word] for word in words])
        found = np.zeros(len(words), np.uint8)
        flat = document.replace("\n", " ")
        for sentence, mark in telling:
            start = flat.find(sentence)
            if start >= 0 and sentence:
                first, last = (len(flat[:place].encode()) for place in (start, start + len(sentence)))
                found[np.searchsorted(ends, first, "right") : np.searchsorted(ends, last) + 1] |= mark
        return [int(mark) for mark in found]

    def _add_question(self, rows: Rows, pieces: Sequence[Piece], each: Posed) -> None:
        option = -1
        for piece in pieces:
            rows.tokens += self._engine.tokens_of([piece])
            if piece.special and piece.text == "<|is|>":
                option += 1
                # the label follows: what is known there decides whether this option is the answer
                rows.options.append((len(rows.tokens), int(option in each.right)))


def telling_of(letter: Letter) -> list[tuple[str, int]]:
    """Return the sentences that tell a label, as a document shows them, and which."""
    return [
        (" ".join(source_text(letter.message, span.part)[span.start : span.end].split()), mark)
        for name, mark in ((WHY, TELLS_WHY), (MOOD, TELLS_MOOD))
        for span in letter.truth.spans.get(name, ())
    ]


def posed_about(letter: Letter, chance: random.Random) -> tuple[Document, list[Posed]]:
    """Return the questions about an invented mail; their candidates are what our rules find in it."""
    document = open_document(letter.message, letter.own_addresses)
    posed = []
    for kind, found in options_by_kind(find_candidates(document)).items():
        rate = SETTLED_RATE if not is_open(kind, found) else ALONE_RATE if len(found) == 1 else 1.0
        if kind in NOT_ASKED or chance.random() > rate:
            continue
        candidates = list(found)
        chance.shuffle(candidates)
        right = right_ones(kind, candidates, letter)
        if len(candidates) > FEW and chance.random() < FEW_RATE:
            kept = _few(right, chance)
            candidates, right = [candidates[place] for place in kept], tuple(right[place] for place in kept)
        if any(right) and len(candidates) > 1 and chance.random() < DROP_RIGHT_RATE:
            candidates = [c for c, is_right in zip(candidates, right, strict=True) if not is_right]
            right = (False,) * len(candidates)
        if candidates:
            posed.append(_about(kind, candidates, right, document))
    intent, sentiment = label_questions()
    posed.append(Posed(intent, (list(Intent).index(letter.truth.intent),)))
    posed.append(Posed(sentiment, (list(Sentiment).index(letter.truth.sentiment),)))
    return document, posed


def _few(right: Sequence[bool], chance: random.Random) -> list[int]:
    """Return which candidates to keep: FEW of them in their order, a right one among them if there is one."""
    kept = chance.sample(range(len(right)), FEW)
    if any(right) and not any(right[place] for place in kept):
        kept[0] = chance.choice([place for place, is_right in enumerate(right) if is_right])
    return sorted(kept)


def _about(kind: FactKind, candidates: Sequence[Candidate], right: Sequence[bool], document: Document) -> Posed:
    answers = tuple(index for index, is_right in enumerate(right) if is_right) or (len(candidates),)
    return Posed(question_about(kind, candidates, document), answers)


def letters(seed: int, split: Split, asides: Sequence[str]) -> Iterator[tuple[Letter, random.Random]]:
    """Yield mails without end, the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311  (mails, not secrets)
    while True:
        yield write_letter(chance, split, asides), chance


def write_shard(path: Path, encoder: Encoder, seed: int, *, mails: int, split: Split, asides: Sequence[str]) -> None:
    """Write one shard of so many mails unless it is there already."""
    if path.exists():
        return
    rows = Rows()
    for (letter, chance), _ in zip(letters(seed, split, asides), range(mails), strict=False):
        document, posed = posed_about(letter, chance)
        encoder.add(rows, document_text(document), posed, telling_of(letter))
    rows.save(path)


def label_tokens(engine: Engine) -> list[list[int]]:
    """Return for each number of labels (from 0) the token of each; every label must be one token."""
    found: list[list[int]] = [[]]
    for count in range(1, 27):
        tokens = [engine.plain_tokens(label) for label in labels_for(count)]
        if any(len(way) != 1 for way in tokens):
            raise ValueError("a label is not one token")
        found.append([way[0] for way in tokens])
    return found
