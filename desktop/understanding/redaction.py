"""A mail without the lines that speak to software, and the way back from places in it to places in the mail itself.

The rules and the model read what is left as if those lines had never been there. So they can change nothing that is
concluded from the rest: not its zones, not whose signature it is, not what is asked.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from desktop.domain.evidence import Evidence, Fact, Label, Part, Reading, Span, Zone, ZonedLine
from desktop.domain.interactions import EmailMessage, Participant, Role
from desktop.understanding.document import source_text
from desktop.understanding.hostile.own_lines import People
from desktop.understanding.hostile.software import is_aimed_at_software
from desktop.understanding.hostile.software_reach import aimed_reach
from desktop.understanding.lexicon.words import words

_SENTENCE_END = re.compile(r"[.!?;](?:\s|$)")
_NO_NAMES = words(
    "info sales team support office mail contact service admin the and of for hello no reply noreply "
    "on behalf via by at in im der die von van de la du le des der from"
)
_NO_FIRMS = words("gmail yahoo hotmail outlook live mail email mailbox proton protonmail icloud online web post")
MAX_SUBJECT, MAX_NAME, LEAST_SENTENCE = 200, 80, 12
MIN_FIRM = 3
MAX_KNOWN = 20
_TWO_WORDS = re.compile(r"[^\W\d_]{2,30},? [^\W\d_]{3,30}")  # "Lee, Anna" is a whole name, "Anna B" is not
_BLANK_LINE = re.compile(r"[ \t>]*")


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is left of one source text: stretches [start, end) of it, and where each begins in what is left."""

    ranges: tuple[tuple[int, int], ...]
    starts: tuple[int, ...]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Return where in the source [start, end) of what is left stands; it ends where the source leaves off."""
        index = max(0, bisect_right(self.starts, start) - 1)
        first, last = self.ranges[index]
        moved = first + start - self.starts[index]
        return moved, min(last, moved + end - start)


@dataclass(frozen=True, slots=True)
class Redacted:
    """`message` is the mail as it is to be read; `has_left_out` says whether anything is missing from it."""

    source: EmailMessage
    message: EmailMessage
    kept: dict[Part, _Kept]

    @property
    def has_left_out(self) -> bool:
        """Whether anything was left out."""
        return bool(self.kept)

    def restored(self, reading: Reading) -> Reading:
        """Return the Reading with places in the mail itself. What was left out is zoned as a disclaimer is."""
        if not self.kept:
            return reading
        facts = (self._fact(fact) for fact in reading.facts)
        return replace(
            reading,
            facts=tuple(fact for fact in facts if fact is not None),
            intent=self._label(reading.intent),
            sentiment=self._label(reading.sentiment),
            zones=self._zones(reading.zones),
        )

    def _evidence(self, evidence: Evidence) -> Evidence:
        kept = self.kept.get(evidence.span.part)
        if kept is None:
            return evidence
        start, end = kept.place(evidence.span.start, evidence.span.end)
        source = source_text(self.source, evidence.span.part)
        return Evidence(Span(evidence.span.part, start, end), source[start:end])

    def _fact(self, fact: Fact) -> Fact | None:
        """Return the Fact with its place in the mail; None where its words stand on both sides of a gap."""
        evidence = self._evidence(fact.evidence)
        return replace(fact, evidence=evidence) if evidence.text == fact.evidence.text else None

    def _label(self, label: Label) -> Label:
        return replace(label, evidence=self._evidence(label.evidence)) if label.evidence else label

    def _zones(self, zones: Sequence[ZonedLine]) -> tuple[ZonedLine, ...]:
        kept = self.kept.get(Part.BODY)
        if kept is None:
            return tuple(zones)
        known = {kept.place(line.start, line.start)[0]: line.zone for line in zones}
        found, start = [], 0
        for line in self.source.text.split("\n"):
            end = start + len(line)
            found.append(ZonedLine(start, end, known.get(start, Zone.DISCLAIMER)))
            start = end + 1
        return tuple(found)


def redact(message: EmailMessage) -> Redacted:
    """Leave out of body, subject and the sender's name what speaks to software."""
    kept: dict[Part, _Kept] = {}
    sender = message.sender
    text, ranges = _body(message.text, aimed_reach(message.text, _people(message), message.subject[:MAX_SUBJECT]))
    if ranges is not None:
        kept[Part.BODY] = ranges
    subject, in_subject = _line(message.subject, MAX_SUBJECT)
    if in_subject is not None:
        kept[Part.SUBJECT] = in_subject
    people = message.participants
    if sender is not None and sender.name:
        name, in_name = _line(sender.name, MAX_NAME)
        if in_name is not None:
            kept[Part.SENDER] = _sender(sender, name, in_name)
            people = tuple(replace(one, name=name) if one is sender else one for one in people)
    people = tuple(
        replace(one, name="") if one.role is not Role.FROM and one.name and is_aimed_at_software(one.name) else one
        for one in people
    )
    if not kept and people == message.participants:
        return Redacted(message, message, {})
    return Redacted(message, replace(message, text=text, subject=subject, participants=people), kept)


def _domain(address: str) -> list[str]:
    """Return the words of an address's domain without its ending: those of a firm everybody in it shares."""
    return re.findall(r"[^\W\d_]{2,}", address[:120].rpartition(".")[0].rpartition("@")[2].lower())


def _people(message: EmailMessage) -> People:
    senders: set[str] = set()
    readers: set[str] = set()
    firm: set[str] = set()
    for one in message.participants[:60]:
        found = re.findall(r"[^\W\d_]{2,}", f"{one.name[:80]} {one.address[:120].rpartition('.')[0]}".lower())
        if one.role is Role.FROM:
            firm.update(word for word in _domain(one.address) if len(word) > MIN_FIRM)
            found = found[: len(found) - len(_domain(one.address))]
        (senders if one.role is Role.FROM else readers).update(found[:8])
    return People(
        frozenset(senders - _NO_NAMES), frozenset(readers - _NO_NAMES), frozenset(firm - _NO_FIRMS), _known(message)
    )  # fmt: skip


def _known(message: EmailMessage) -> frozenset[str]:
    """Return the addresses of the mail's people, or `@domain` of those whose domain is a firm's."""
    found = set()
    for one in message.participants[:MAX_KNOWN]:
        name, at, domain = one.address[:120].lower().rpartition("@")
        if name and at and "." in domain:
            found.add(f"@{domain}" if _NO_FIRMS.isdisjoint(_domain(f"@{domain}")) else f"{name}@{domain}")
    return frozenset(found)


def _body(text: str, aimed: Sequence[tuple[int, int]]) -> tuple[str, _Kept | None]:
    """Cut whole lines, with the blank lines on one side of them."""
    if not aimed:
        return text, None
    ranges, start = [], 0
    for first, last in aimed:
        end = min(len(text), last + 1)
        if _is_above_blank(text, first):
            end = _after_blanks(text, end)
        ranges.append((start, first))
        start = max(start, end)
    ranges.append((start, len(text)))
    ranges = [(first, last) for first, last in ranges if last > first] or [(0, 0)]
    if ranges[-1][1] < len(text):  # the end was cut: so are the line breaks above it
        first, last = ranges[-1]
        ranges[-1] = (first, first + len(text[first:last].rstrip("\n")))
    return _joined(text, ranges)


def _is_above_blank(text: str, first: int) -> bool:
    """Whether the line above `first` is blank, or there is none."""
    if first == 0:
        return True
    above = text[text.rfind("\n", 0, first - 1) + 1 : first - 1]
    return bool(_BLANK_LINE.fullmatch(above))


def _after_blanks(text: str, at: int) -> int:
    while at < len(text):
        end = text.find("\n", at)
        line = text[at : end if end >= 0 else len(text)]
        if not _BLANK_LINE.fullmatch(line):
            return at
        at = end + 1 if end >= 0 else len(text)
    return at


def _line(text: str, longest: int) -> tuple[str, _Kept | None]:
    """Keep the first sentence of a subject or name in which another speaks to software; nothing if it does so itself.

    The same is done with one that is too long to be what it says it is.
    """
    is_long = len(text) > longest
    if not text or not (is_long or is_aimed_at_software(text)):
        return text, None
    end = 0
    for match in _SENTENCE_END.finditer(text):
        if is_aimed_at_software(text[: match.start()]):
            break
        end = match.start()
        if end >= LEAST_SENTENCE or _TWO_WORDS.fullmatch(text[:end]):
            break
    if not end:
        return "", _Kept(((0, 0),), (0,))
    return _joined(text, [(0, end)])


def _sender(sender: Participant, name: str, in_name: _Kept) -> _Kept:
    """Return what is kept of `name <address>`."""
    skipped = 0 if name else 2  # without a name the address stands alone
    rest = (len(sender.name) + skipped, len(sender.name) + 3 + len(sender.address) - skipped // 2)
    ranges = [*(pair for pair in in_name.ranges if pair[1] > pair[0]), rest]
    return _joined(f"{sender.name} <{sender.address}>", ranges)[1]


def _joined(text: str, ranges: Sequence[tuple[int, int]]) -> tuple[str, _Kept]:
    starts, at = [], 0
    for first, last in ranges:
        starts.append(at)
        at += last - first
    return "".join(text[first:last] for first, last in ranges), _Kept(tuple(ranges), tuple(starts))
