"""Hides what gives people away before any text leaves this machine: the scrubber of remote models.

Addresses, numbers, keys, streets and names become placeholders ([NAME_1], [EMAIL_2]) that are the same everywhere in
one request, so that an option still matches the line it stands in. What returns of a choice is an index; only into a
text that was written about a mail are its words put back.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from desktop.domain.evidence import FactKind
from desktop.domain.ports import Question
from desktop.inference.private_names import likely_names, parts_of, told_names
from desktop.inference.private_patterns import Place, Private, places
from desktop.inference.private_words import NO_MAILBOX_NAMES

KINDS = {
    FactKind.PERSON.value: Private.NAME,
    FactKind.EMAIL.value: Private.EMAIL,
    FactKind.PHONE.value: Private.PHONE,
    FactKind.MOBILE.value: Private.PHONE,
    FactKind.FAX.value: Private.PHONE,
}
NONE = "none"
MOST_KNOWN = 400
_ORDER = {kind: place for place, kind in enumerate(Private)}
_LOCAL_WORD = re.compile(r"[^\W\d_]{3,30}")
_PLACEHOLDER = re.compile(r"\[?\b([A-Z]{2,12}_\d{1,4}[a-h]?)\b\]?")
_WORD = re.compile(r"[^\W_](?:[^\W_]|['’-]){0,60}")


@dataclass(slots=True)
class _Placeholders:
    """One request's placeholders, by what they stand for."""

    known: dict[tuple[Private, str], str] = field(default_factory=dict)
    counts: dict[Private, int] = field(default_factory=dict)
    originals: dict[str, str] = field(default_factory=dict)  # by placeholder without brackets

    def of(self, kind: Private, text: str) -> str:
        plain = _plain(kind, text)
        found = self.known.get((kind, plain))
        if found is None:
            number = self.counts[kind] = self.counts.get(kind, 0) + 1
            found = self.known[kind, plain] = f"[{kind.value}_{number}]"
            self.originals[found[1:-1]] = text
        return found

    def name(self, text: str) -> None:
        """Number a name, and its words after it: of NAME_1, NAME_1a is the first."""
        whole = self.of(Private.NAME, text)[:-1]
        parts = parts_of(text)
        if len(parts) > 1:
            for letter, part in zip("abcdefgh", parts, strict=False):
                found = self.known.setdefault((Private.NAME, part.casefold()), f"{whole}{letter}]")
                self.originals.setdefault(found[1:-1], part)


@dataclass(frozen=True, slots=True)
class Hidden:
    """A document with placeholders, and what each stands for."""

    text: str
    originals: Mapping[str, str]

    def put_back(self, written: str) -> str:
        """Return a text about the document with the document's own words for its placeholders."""
        return _PLACEHOLDER.sub(lambda found: self.originals.get(found[1], found[0]), written)


class Scrubber:
    """Hides what is private.

    `also` are words and phrases to hide besides, `is_wide` hides every capitalised word within a sentence; neither
    can make it hide less.
    """

    def __init__(self, also: Iterable[str] = (), *, is_wide: bool = False) -> None:
        self._also = tuple(dict.fromkeys(word.strip() for word in also if word.strip()))[:MOST_KNOWN]
        self._is_wide = is_wide

    def hide(self, document: str, people: Sequence[str] = ()) -> Hidden:
        """Return a document with placeholders; `people` are names known to stand in it, besides those found here."""
        placeholders = _Placeholders()
        asked = Question(FactKind.PERSON.value, "", tuple(people))
        names = self._names([document], [asked], set())
        for name in names:
            placeholders.name(name)
        known = _Known(names, self._also, placeholders)
        hidden = _replaced(document, [*places(document), *known.places(document)], placeholders)
        return Hidden(hidden, placeholders.originals)

    def scrub(self, document: str, questions: Sequence[Question]) -> tuple[str, tuple[Question, ...]]:
        """Return both with placeholders. A question's own text is ours and stays; its options keep their order."""
        placeholders = _Placeholders()
        kept = {option.casefold() for q in questions if q.contexts and q.name not in KINDS for option in q.options}
        texts = [document, *(context for q in questions for context in q.contexts)]
        names = self._names(texts, questions, kept)
        for name in names:
            placeholders.name(name)
        known = _Known(names, self._also, placeholders)

        def hide(text: str, kind: Private | None = None) -> str:
            if kind is not None and text.casefold() != NONE:
                return placeholders.of(kind, text)
            return _replaced(text, [*places(text), *known.places(text)], placeholders)

        def hide_all(question: Question) -> Question:
            if not question.contexts:
                return question  # labels of ours
            kind = KINDS.get(question.name)
            options = tuple(hide(option, kind) for option in question.options)
            return replace(question, options=options, contexts=tuple(hide(context) for context in question.contexts))

        return hide(document), tuple(hide_all(question) for question in questions)

    def _names(self, texts: Sequence[str], questions: Sequence[Question], kept: set[str]) -> list[str]:
        """Return every name there is, the longest first; `kept` are options that only look like one."""
        sure = [o for q in questions if KINDS.get(q.name) is Private.NAME for o in q.options if o.casefold() != NONE]
        found = dict.fromkeys(sure)
        for text in texts:
            found.update((_name_at(text, place), None) for place in told_names(text))
            likely = (_name_at(text, place) for place in likely_names(text, is_wide=self._is_wide))
            found.update((name, None) for name in likely if name.casefold() not in kept)
            found.update(dict.fromkeys(_named_in_addresses(text)))
        return sorted(found, key=lambda name: (-len(name), name))[:MOST_KNOWN]


class _Known:
    """Finds names, their words and what the rep wants hidden, wherever they stand."""

    def __init__(self, names: Sequence[str], also: Sequence[str], placeholders: _Placeholders) -> None:
        self._kinds = {name.casefold(): Private.NAME for name in names}
        self._kinds |= {part.casefold(): Private.NAME for name in names for part in parts_of(name)}
        self._kinds |= {word.casefold(): Private.WORD for word in also}
        self._written = {part for name in names for part in (name, *parts_of(name))}
        self._words = {form for form in self._kinds if _WORD.fullmatch(form)}
        longer = sorted((form for form in self._kinds if form not in self._words), key=len, reverse=True)
        joined = "|".join(r"\s+".join(map(re.escape, form.split())) for form in longer)
        self._longer = re.compile(rf"(?i)(?<!\w)(?:{joined})(?!\w)") if longer else None
        self._placeholders = placeholders

    def places(self, text: str) -> list[Place]:
        found = []
        if self._longer is not None:
            found += [self._place(match) for match in self._longer.finditer(text)]
        for match in _WORD.finditer(text):
            word = match[0]
            kind = self._kinds.get(word.casefold())
            bare = re.split("['’]s$", word)[0] if kind is None else word
            kind = kind or self._kinds.get(bare.casefold())
            if kind is Private.WORD or (kind is Private.NAME and self._is_meant(bare)):
                found.append(Place(match.start(), match.start() + len(bare), kind))
        return found

    def _is_meant(self, word: str) -> bool:
        """Whether a word is the name it sounds like: “will” and “mark” are not, unless somebody writes himself so."""
        return word[0].isupper() or len(word) > 4 or not word.isascii() or word in self._written

    def _place(self, match: re.Match[str]) -> Place:
        return Place(match.start(), match.end(), self._kinds.get(" ".join(match[0].casefold().split()), Private.NAME))


def _name_at(text: str, place: Place) -> str:
    return text[place.start : place.end].strip(" .,")


def _named_in_addresses(text: str) -> list[str]:
    """Return the words before the @ of addresses that stand, with a capital, in the text too."""
    wanted = {
        word.casefold()
        for place in places(text)
        if place.kind is Private.EMAIL
        for word in _LOCAL_WORD.findall(text[place.start : place.end].partition("@")[0])
    } - NO_MAILBOX_NAMES
    return [word for word in _LOCAL_WORD.findall(text) if wanted and word[0].isupper() and word.casefold() in wanted]


def _replaced(text: str, found: Iterable[Place], placeholders: _Placeholders) -> str:
    """Put placeholders into a text; of two that overlap the surer kind wins and takes in the other."""
    pieces, at = [], 0
    for place in _merged(sorted(found, key=lambda p: (p.start, -p.end))):
        pieces += [text[at : place.start], placeholders.of(place.kind, text[place.start : place.end])]
        at = place.end
    return "".join([*pieces, text[at:]])


def _merged(found: Sequence[Place]) -> list[Place]:
    merged: list[Place] = []
    for place in found:
        if merged and place.start < merged[-1].end:
            last = merged[-1]
            kind = min(last.kind, place.kind, key=_ORDER.__getitem__)
            merged[-1] = Place(last.start, max(last.end, place.end), kind)
        else:
            merged.append(place)
    return merged


def _plain(kind: Private, text: str) -> str:
    """Return what two ways of writing the same have in common."""
    if kind in (Private.PHONE, Private.CARD, Private.ID, Private.IBAN):
        return "".join(letter for letter in text if letter.isalnum()).casefold() or text
    return " ".join(text.casefold().split())
