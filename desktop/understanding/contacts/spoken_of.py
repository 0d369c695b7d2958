"""The people a text speaks of: who brings them in, and which numbers and addresses are theirs.

A person is found by a phrase that brings them in (`mention_cues.py`), by standing just before a number or an address,
or behind the label for the name in a filled-in form. Names of the writer, of the rep and of companies are left out.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from desktop.understanding.contacts.contact import ADDRESS, Author, Organisation, is_address
from desktop.understanding.contacts.mention_cues import (
    FULL_NAME,
    HONORIFIC_BEFORE,
    TITLED_NAME,
    TITLES_BEFORE,
    Cue,
    brought_in,
    label_of,
    lower,
    pattern_of,
)
from desktop.understanding.contacts.owners import Owner, Person, owner_of
from desktop.understanding.lexicon.company_names import domain_label, ends_with_legal_form, likeness, organisation_words
from desktop.understanding.lexicon.names import fits_address, name_of, tokens_of
from desktop.understanding.lexicon.regions import places
from desktop.understanding.zones.cleaning import TextLine
from desktop.understanding.zones.passages import Passage

MAX_READ = 8_000
MAX_PEOPLE = 40
MAX_HITS = 200
_WEAK = frozenset({Cue.ASKED_FOR, Cue.CALLED, Cue.RECOMMENDED})

NUMBER = re.compile(r"(?<![\w/.,+-])(?:\+|\(|00)?\d[\d()/. \xa0-]{6,22}\d(?![\w@]|[.,]\d)")
_DATE = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d\d-\d\d|\d{1,2}:\d\d")
_OF_COMPANY = re.compile(
    r",?\s{1,2}(?:from|of|at|with|von|vom|bei|beim|de|del|des|du|chez|van|di|della?|da|do|z|från|fra)\s{1,2}"
    r"(?:the\s|der\s|la\s|l['’])?([A-ZÀ-Þ][^.,;\n]{1,50})"
)
_LABELLED = re.compile(r"[\s*•-]{0,6}([^\W\d_][^:\t\n]{0,30}?)\s?(?::|\t)\s*(\S.{0,80})")
_BEFORE_DETAILS = re.compile(r"[,(;|/–—]| - ")
_SAID = re.compile(
    r"[\s\[(]{0,4}(?:\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?: ?[ap]m)?[\])]{0,2})?[\s>*-]{0,4}"
    r"([^\W\d_]{3,15})(?: ?#?\d{1,6})? ?: {1,4}(\S.{0,200})"
)
_NAMES_ONESELF = re.compile(
    r"(?:(?i:my name is|my name's|this is|i am|i'm|i’m|it's|it’s|ich bin|mein name ist|ich heiße|hier ist|je suis"
    r"|je m['’]appelle|mon nom est|soy|me llamo|mi nombre es|sono|mi chiamo|ik ben|mijn naam is|sou"
    r"|chamo-me|jestem|nazywam się|ben|adım) )?"
)
_HEAD_END = re.compile(r"[,|(·:]| [-–—] ")
_AT = re.compile(r"(?i)\b(?:at|from|of|with|von|bei|chez|de|der|van|di|near|in)\s$|\($")


@dataclass(slots=True)
class Known:
    """A person: where they are named fullest, how they are brought in, what the text gives of theirs.

    `has_card` says that the text announces details close to the name, `is_to_be_called` that it tells to get in touch
    with "him" or "her". `is_outside` says that they are said to be, or have an address, outside the rep's organisation.
    """

    name: str
    start: int
    end: int
    cues: set[Cue] = field(default_factory=set)
    has_number: bool = False
    address: tuple[int, int] | None = None
    has_card: bool = False
    is_to_be_called: bool = False
    has_honorific: bool = False
    is_outside: bool = False

    @property
    def tokens(self) -> frozenset[str]:
        """The words of the name, lower case, initials left out."""
        return frozenset(word.casefold().strip(".") for word in self.name.split() if len(word.strip(".")) > 1)

    def person(self) -> Person:
        """Return what `owner_of` needs to know of them."""
        return Person(self.tokens, self.start, self.end)


@dataclass(frozen=True, slots=True)
class Speech:
    """What is looked through for people: one writer's lines, and what is known of writer and reader.

    `heads` is the subject; `copied` are the addresses of outsiders who got the mail too; `reader_words` are the words
    of the rep's names and addresses, lower case; `is_unattended` says that a program sent it; `language`
    is empty when it is not sure; `lowered` is the text in lower case, character for character.
    """

    text: str
    heads: str
    lines: tuple[TextLine, ...]
    signature: tuple[TextLine, ...]
    writer: Author
    organisation: Organisation
    reader_words: frozenset[str]
    copied: frozenset[str]
    is_unattended: bool
    language: str = ""
    lowered: str = ""

    @property
    def writer_words(self) -> frozenset[str]:
        """The words of the writer's name and address, lower case."""
        words = tokens_of(self.writer.name.text) if self.writer.name else frozenset()
        address = self.writer.address.text if self.writer.address else ""
        return words | tokens_of(address.partition("@")[0])


def bounded(passages: Sequence[Passage]) -> tuple[Passage, ...]:
    """Return the passages, together no longer than MAX_READ characters."""
    kept: list[Passage] = []
    room = MAX_READ
    for passage in passages[:200]:
        end = min(passage.end, passage.start + room)
        if end <= passage.start:
            break
        kept.append(Passage(passage.start, end))
        room -= end - passage.start
    return tuple(kept)


def collected(speech: Speech, passages: Sequence[Passage]) -> list[Known]:
    """Return the people, each once."""
    known: list[Known] = []
    for start, end, cue in islice(_named(speech, passages), MAX_HITS):
        name = name_of(" ".join(speech.text[start:end].split()))
        if name is None or not _may_be_person(speech, name) or len(known) >= MAX_PEOPLE:
            continue
        place = _fullest(speech.text, passages, name, start, end)
        name = name_of(" ".join(speech.text[slice(*place)].split())) or name
        same = next((one for one in known if _is_same(one.name, name)), None)
        if same is None:
            has_honorific = bool(HONORIFIC_BEFORE.search(speech.text, max(0, start - 12), start))
            same = Known(name, *place, has_honorific=has_honorific)
            known.append(same)
        elif len(name) > len(same.name):
            same.name, same.start, same.end = name, *place
        if cue is not None:
            same.cues.add(cue)
    return [one for one in known if " " in one.name or one.has_honorific or one.cues - _WEAK]


def _named(speech: Speech, passages: Sequence[Passage]) -> Iterator[tuple[int, int, Cue | None]]:
    text = speech.text
    lowered = speech.lowered
    has_card = any(pattern_of("card below").search(lowered, passage.start, passage.end) for passage in passages)
    for passage in passages:
        for start, end, cue in brought_in(text, lowered, passage.start, passage.end, speech.language):
            if not (cue is Cue.RECOMMENDED and _is_signed(speech, start)):
                yield *_on_one_line(text, start, end), cue
        for start, _ in details_in(text, passage):
            if not has_card and _is_signed(speech, start):
                continue
            for match in list(FULL_NAME.finditer(text, max(passage.start, start - 200), start))[-3:]:
                if _heads_details(speech, match, start) and not _follows_name(text, match.start("name")):
                    yield *match.span("name"), None
        yield from ((*match.span("name"), None) for match in TITLED_NAME.finditer(text, passage.start, passage.end))
    yield from ((start, end, Cue.FORM) for start, end in _form_names(speech))
    yield from ((start, end, Cue.FORM) for start, end in islice(_visitor_names(speech), 1))


def _is_signed(speech: Speech, at: int) -> bool:
    return any(line.start <= at < line.end for line in speech.signature)


def _follows_name(text: str, start: int) -> bool:
    """Whether a name stands right behind a person's: then it is that person's company, as in `Ann Poe, Poe Farms`."""
    first = max(text.rfind("\n", max(0, start - 90), start) + 1, start - 90)
    head = text[first:start].rstrip()
    if not head.endswith((",", "|", "-", "–", "/", "(")):
        return False
    named = list(FULL_NAME.finditer(head))[-1:]
    return bool(named) and not head[named[0].end() :].strip(" ,|-–/(") and bool(name_of(named[0]["name"]))


def _heads_details(speech: Speech, match: re.Match[str], detail: int) -> bool:
    """Whether a name is just before a detail, or begins the first line of the few that lead to it."""
    text = speech.text
    between = text[match.end() : detail]
    if match["name"].split()[-1] in places():
        return False
    if _AT.search(text, max(0, match.start() - 12), match.start()):
        return False
    if "\n" not in between:
        return len(between) <= 45
    first = text.rfind("\n", 0, match.start()) + 1
    rest = text[match.end() : text.find("\n", match.end())].strip()
    if text[first : match.start()].strip(" >*-•\t") or len(rest) > 50 or (rest and rest[0] not in ",|-–—/·:(;<"):
        return False
    if re.search(r"\n[ \t>]*\n", between):
        return False
    above = text[:first].rstrip("\n").rpartition("\n\n")[2][-300:] if not text[:first].endswith("\n\n") else ""
    heads = [_HEAD_END.split(line, maxsplit=1)[0][:60] for line in above.split("\n")]
    return not any(tokens_of(head) and (tokens_of(head) <= speech.writer_words or name_of(head)) for head in heads)


def _on_one_line(text: str, start: int, end: int) -> tuple[int, int]:
    """Cut a name at a line break after which a line of its own begins."""
    at = text.find("\n", start, end)
    is_card = at > 0 and (text[end : end + 1] in ("\n", "", ",") or text.rfind("\n", 0, start) == start - 1)
    return (start, at) if is_card else (start, end)


def _form_names(speech: Speech) -> Iterator[tuple[int, int]]:
    """Yield what stands after a label for the name, in lines that look like a filled-in form."""
    found: list[tuple[int, int]] = []
    details = 0
    pieces = [piece for line in speech.lines[:300] for piece in _pieces(line)]
    for index, (start, text) in enumerate(pieces):
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
    if details >= (1 if speech.is_unattended else 2):
        yield from found


def _named_in(start: int, value: str) -> tuple[int, int]:
    """Return where the name stands in what follows its label: `Ms Ann Poe, Poe Farms (owner)`."""
    head = _BEFORE_DETAILS.split(value, maxsplit=1)[0].rstrip()
    titled = TITLES_BEFORE.match(head)
    shift = titled.end() if titled else 0
    if not shift and " " not in head and name_of(value) is not None:  # `Poe, Ann`
        return start, start + len(value)
    return start + shift, start + len(head)


def _visitor_names(speech: Speech) -> Iterator[tuple[int, int]]:
    """Yield where the visitor of a chat names themselves: `Visitor: Ann Poe, Poe Farms`."""
    said = [(line, match) for line in speech.lines[:300] if (match := _SAID.match(line.text[:300]))]
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


def _may_be_person(speech: Speech, name: str) -> bool:
    words = tokens_of(name)
    if not words or ends_with_legal_form(name) or organisation_words(name):
        return False
    if words <= speech.reader_words or words <= speech.writer_words:
        return False
    writer = tokens_of(speech.writer.name.text) if speech.writer.name else frozenset()
    if writer and writer <= words:
        return False
    label = domain_label(speech.writer.address.text) if speech.writer.address else ""
    return not (label and len(words) <= 2 and likeness(name, label) >= 0.9)


def _is_same(one: str, other: str) -> bool:
    first, second = tokens_of(one), tokens_of(other)
    return first <= second or second <= first


def _fullest(text: str, passages: Sequence[Passage], name: str, start: int, end: int) -> tuple[int, int]:
    """Return where a person named by one word is named in full, if anywhere."""
    if " " in name:
        return start, end
    for passage in passages:
        for match in FULL_NAME.finditer(text, passage.start, passage.end):
            full = name_of(match["name"])
            if full and " " in full and name.casefold() in (word.casefold() for word in full.split()):
                return match.span("name")
    return start, end


def details_in(text: str, passage: Passage) -> Iterator[tuple[int, bool]]:
    """Yield where telephone numbers and addresses begin, and whether it is an address."""
    for match in NUMBER.finditer(text, passage.start, passage.end):
        if 7 <= sum(char.isdigit() for char in match[0]) <= 15 and not _DATE.search(match[0]):
            yield match.start(), False
    for match in ADDRESS.finditer(text, passage.start, passage.end):
        yield match.start(), True


def find_details(speech: Speech, passages: Sequence[Passage], known: list[Known]) -> None:
    """Note on each person which details are theirs."""
    people = [one.person() for one in known]
    for passage in passages:
        for start, is_mail in details_in(speech.text, passage):
            owner = owner_of(speech.text, start, passage.start, people=people, writer=speech.writer_words)
            if is_mail:
                _give_address(speech, known, start, passage.end, owner)
            elif owner >= 0:
                known[owner].has_number = True
            elif owner == Owner.WRITER and speech.is_unattended and len(known) == 1:
                known[0].has_number = True
    cards = _places_of(speech, passages, "card below")
    calls = _places_of(speech, passages, "call them")
    is_referral = bool(pattern_of("referral heads").search(lower(speech.heads[:300])))
    for one in known:
        one.has_card = any(0 <= one.start - at <= 400 or 0 <= at - one.end <= 400 for at in cards)
        one.is_to_be_called = is_referral or any(0 <= at - one.end <= 400 for at in calls)
        following = _OF_COMPANY.match(speech.text, one.end)
        own = {domain_label(address) for address in speech.organisation.own} - {""}
        one.is_outside = bool(following and not any(likeness(following[1], label) > 0.6 for label in own))
        if one.address:
            one.is_outside = not speech.organisation.has(speech.text[slice(*one.address)])


def _places_of(speech: Speech, passages: Sequence[Passage], group: str) -> list[int]:
    """Return where phrases of a list end."""
    return [
        match.end()
        for passage in passages
        for match in islice(pattern_of(group).finditer(speech.lowered, passage.start, passage.end), MAX_HITS)
    ]


def _give_address(speech: Speech, known: list[Known], start: int, limit: int, owner: int) -> None:
    match = ADDRESS.match(speech.text, start, limit)
    if not match or not is_address(match[0]):
        return
    value = match[0].rstrip(".")
    if speech.writer.address and value.lower() == speech.writer.address.text.lower():
        return
    fitting = [one for one in known if fits_address(one.name, value)]
    chosen = fitting[0] if len(fitting) >= 1 else (known[owner] if owner >= 0 else None)
    if chosen is not None and (chosen.address is None or fitting):
        chosen.address = (start, start + len(value))
