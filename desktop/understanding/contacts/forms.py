"""Names in what somebody filled in: web forms, phone notes, chats with a visitor who says who they are."""

import re
from collections.abc import Iterator, Sequence

from desktop.understanding.contacts.mention_cues import FULL_NAME, TITLES_BEFORE, label_of
from desktop.understanding.lexicon.names import name_of
from desktop.understanding.zones.cleaning import TextLine

MAX_FORM_LINES = 300

_LABELLED = re.compile(r"[\s*•-]{0,6}([^\W\d_][^:\t\n]{0,30}?)\s?(?::|\t)\s*(\S.{0,80})")
_PARTED = re.compile(r"([^\n:]{1,60})\n\s{0,20}([^\W\d_][^:\t\n]{0,30}?)\s?(?::|\t)\s*(\S[^\n]{0,80})")
_BEFORE_DETAILS = re.compile(r"[,(;|/–—]| - ")
_SAID = re.compile(
    r"[\s\[(]{0,4}(?:\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?: ?[ap]m)?[\])]{0,2})?[\s>*-]{0,4}"
    r"([^\W\d_]{3,15})(?: ?#?\d{1,6})? ?: {1,4}(\S.{0,200})"
)
_ONESELF = (
    r"(?:(?i:my name is|my name's|this is|i am|i'm|i’m|it's|it’s|ich bin|mein name ist|ich heiße|hier ist|je suis"
    r"|je m['’]appelle|mon nom est|soy|me llamo|mi nombre es|sono|mi chiamo|ik ben|mijn naam is|sou"
    r"|chamo-me|jestem|nazywam się|ben|adım) )"
)
_NAMES_ONESELF = re.compile(f"{_ONESELF}?")
SAYS_NAME = re.compile(rf"(?<!\w){_ONESELF}(?:(?i:herr|frau|mr|mrs|ms|dr)\.? )?{FULL_NAME.pattern}")

_RULE = re.compile(r"\s{0,8}[-_=*—–]{3,80}\s{0,8}")
_BOX = re.compile(r"\s{0,8}(?:[☐☑☒✓✔✅]|\[[ xX]?\])")


def filled_in(lines: Sequence[TextLine]) -> tuple[TextLine, ...]:
    """Return the lines of a form that somebody wrote: no boxes to tick, and nothing below a rule at its end."""
    rule = next((place for place, line in enumerate(lines) if place and _RULE.fullmatch(line.text)), len(lines))
    return tuple(line for line in lines[:rule] if not _BOX.match(line.text))


def form_names(lines: Sequence[TextLine], *, least_details: int) -> Iterator[tuple[int, int]]:
    """Yield where names stand after a label for them, where the lines hold `least_details` labels for other details."""
    found: list[tuple[int, int]] = []
    details = 0
    pieces = [piece for line in lines[:MAX_FORM_LINES] for piece in _pieces(line)]
    for index, (start, text) in enumerate(pieces):
        parted = _parted(pieces[index : index + 2])
        if parted is not None:
            found.append(parted)
            details += 1
            continue
        match = _LABELLED.match(text[:200])
        label = (match[1] if match else text[:60]).strip(" :*.")
        if label_of("detail label").fullmatch(label):
            details += 1
        elif not label_of("name label").fullmatch(label):
            continue
        elif match:
            found.append(_named_in(start + match.start(2), match[2]))
        elif index + 1 < len(pieces):
            found.append((pieces[index + 1][0], pieces[index + 1][0] + len(pieces[index + 1][1])))
    if details >= least_details:
        yield from found


def _parted(pieces: Sequence[tuple[int, str]]) -> tuple[int, int] | None:
    """Return where a name stands whose two parts have labels of their own: `First name: Ann`, `Last name: Poe`."""
    matches = [_LABELLED.match(text[:200]) for _, text in pieces]
    if len(matches) < 2 or not (matches[0] and matches[1]):
        return None
    labels = [match[1].strip(" :*.") for match in matches if match]
    for first, last in ((0, 1), (1, 0)):
        if label_of("first name label").fullmatch(labels[first]) and label_of("last name label").fullmatch(
            labels[last]
        ):
            return pieces[0][0] + matches[0].start(2), pieces[1][0] + matches[1].end(2)
    return None


def in_one(text: str) -> str:
    """Return a name without the label between its two parts, first name first."""
    parts = _PARTED.fullmatch(text[:300])
    if parts is None:
        return text
    first, label, last = (part.strip() for part in parts.groups())
    is_turned = bool(label_of("first name label").fullmatch(label.strip(" :*.")))
    return f"{last} {first}" if is_turned else f"{first} {last}"


def _named_in(start: int, value: str) -> tuple[int, int]:
    """Return where the name stands in what follows its label: `Ms Ann Poe, Poe Farms (owner)`."""
    head = _BEFORE_DETAILS.split(value, maxsplit=1)[0].rstrip()
    titled = TITLES_BEFORE.match(head)
    shift = titled.end() if titled else 0
    if not shift and " " not in head and name_of(value) is not None:  # `Poe, Ann`
        return start, start + len(value)
    return start + shift, start + len(head)


def visitor_names(lines: Sequence[TextLine]) -> Iterator[tuple[int, int]]:
    """Yield where the visitor of a chat names themselves: `Visitor: Ann Poe, Poe Farms`."""
    said = [(line, match) for line in lines[:MAX_FORM_LINES] if (match := _SAID.match(line.text[:300]))]
    said = [(line, match) for line, match in said if label_of("visitor").fullmatch(match[1])]
    for line, match in said if len(said) > 1 else ():
        lead = _NAMES_ONESELF.match(match[2])
        text = match[2][lead.end() if lead else 0 :]
        named = FULL_NAME.match(text)
        rest = text[named.end() :].lstrip()[:1] if named else ""
        if named and (not rest or rest in ",.;(!–-"):
            start = line.start + match.end(2) - len(text)
            yield start + named.start("name"), start + named.end("name")


def _pieces(line: TextLine) -> Iterator[tuple[int, str]]:
    """Yield the filled pieces of a line between bars, with where they begin."""
    at = 0
    for piece in line.text[:500].split("|"):
        text = piece.strip()
        if text:
            yield line.start + at + piece.index(text), text
        at += len(piece) + 1
