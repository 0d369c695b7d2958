"""The people a text speaks of: who brings them in, and which numbers and addresses are theirs.

A person is found by a phrase that brings them in (`mention_cues.py`), by standing just before a number or an address,
by an address that is made of their name, by the organisation named beside them where details follow, or behind the
label for the name in a filled-in form. Names of the writer, of the rep and of companies are left out.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from desktop.understanding.contacts.affiliations import affiliations, without_owner
from desktop.understanding.contacts.contact import ADDRESS, Organisation, is_address
from desktop.understanding.contacts.forms import SAYS_NAME, form_names, in_one, visitor_names
from desktop.understanding.contacts.mention_cues import (
    FULL_NAME,
    HONORIFIC_BEFORE,
    TITLED_NAME,
    Cue,
    brought_in,
    lower,
    pattern_of,
)
from desktop.understanding.contacts.owners import Owner, owner_of
from desktop.understanding.contacts.protagonists import is_firm, last_named, protagonists
from desktop.understanding.contacts.shares import shares_of
from desktop.understanding.contacts.speech import Known, Speech
from desktop.understanding.lexicon.company_names import domain_label, ends_with_legal_form, likeness, organisation_words
from desktop.understanding.lexicon.names import (
    fits_address,
    is_same_person,
    lead_of,
    name_in_address,
    name_of,
    tail_of,
    tokens_of,
)
from desktop.understanding.lexicon.persons import personhood
from desktop.understanding.lexicon.regions import places
from desktop.understanding.zones.passages import Passage

FIRM = -0.3
MAX_PEOPLE = 40
MAX_HITS = 200
_WEAK = frozenset({Cue.ASKED_FOR, Cue.CALLED, Cue.RECOMMENDED, Cue.PUT_FORWARD})

NUMBER = re.compile(r"(?<![\w/.,+#-])(?:\+|\(|00)?\d[\d()/. \xa0-]{6,22}\d(?![\w@]|[.,]\d)")
_DATE = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d\d-\d\d|\d{1,2}:\d\d")
_NEAR = 250
NO_PERSON = -0.5
_LETTER_WORDS = frozenset({"A", "I"})  # words of English; an initial has its full stop
_HEAD_END = re.compile(r"[,|(·:]| [-–—] ")
_POSSESSIVE = re.compile(r"(?i)\b(?:[mds]ein|unse?r|eue?r|ihr)(?:e[mnrs]?)?\s$")
_AT = re.compile(
    r"(?i)\b(?:at|from|of|with|von|vom|bei|beim|chez|de|der|del|des|du|van|bij|di|da|della|do|presso|near|in|en|på|hos|från"
    r"|fra|z|ze|w|of the|of das)\s$|\($"
)


def collected(speech: Speech, passages: Sequence[Passage]) -> list[Known]:
    """Return the people, each once."""
    known: list[Known] = []
    for first, last, cue in islice(_named(speech, passages), MAX_HITS):
        start = without_owner(speech.text, first, last)
        start += lead_of(speech.text[start:last])
        start = _without_noun(speech.text, start, last)
        end = start + tail_of(speech.text[start:last])
        end -= 2 * speech.text[start:end].endswith(("'s", "’s"))
        if cue is Cue.FORM and in_one(speech.text[first:last]) != speech.text[first:last]:
            start, end = first, last
        name = name_of(" ".join(in_one(speech.text[start:end]).split()), is_labelled=cue is Cue.FORM)
        if name is None or not _may_be_person(speech, name, cue) or len(known) >= MAX_PEOPLE:
            continue
        if cue is not Cue.FORM and (is_firm(speech.text, start, end) or not _is_likely(speech.text[start:end], name)):
            continue
        place = _fullest(speech.text, passages, name, start, end)
        name = name_of(" ".join(in_one(speech.text[slice(*place)]).split())) or name
        same = next((one for one in known if _is_same(one.name, name)), None)
        if same is None:
            has_honorific = bool(HONORIFIC_BEFORE.search(speech.text, max(0, start - 12), start))
            same = Known(name, *place, has_honorific=has_honorific)
            known.append(same)
        elif len(name) > len(same.name):
            same.name, same.start, same.end = name, *place
        if cue is not None:
            same.cues.add(cue)
    firms = [place for one in known for place in affiliations(speech.text, one.start, one.end)]
    known = [one for one in known if not any(low <= one.start < one.end <= high for low, high in firms)]
    return [one for one in known if " " in one.name or one.has_honorific or one.cues - _WEAK]


def _without_noun(text: str, start: int, end: int) -> int:
    """Return where a name begins behind a German noun that a possessive stands before: "mein Bruder Jan Poe"."""
    words = text[start:end].split(" ")
    if len(words) > 2 and _POSSESSIVE.search(text, max(0, start - 10), start):
        return start + len(words[0]) + 1
    return start


def _named(speech: Speech, passages: Sequence[Passage]) -> Iterator[tuple[int, int, Cue | None]]:
    text = speech.text
    lowered = speech.lowered
    has_card = any(pattern_of("card below").search(lowered, passage.start, passage.end) for passage in passages)
    for passage in passages:
        for start, end, cue in brought_in(text, lowered, passage.start, passage.end, speech.language):
            if not _is_signed(speech, start) or (cue is Cue.REPRESENTED and not _is_reached_by(text, end)):
                yield *_on_one_line(text, start, end), cue
        yield from ((*place, None) for place in _before_details(speech, passage, has_card=has_card))
        yield from ((*match.span("name"), None) for match in TITLED_NAME.finditer(text, passage.start, passage.end))
        yield from ((*place, None) for place in _given_details(speech, passage))
        places = protagonists(speech, passage)
        yield from ((*place, None) for place in places if not _is_signed(speech, place[0]))
    yield from _filled_in(speech, passages)


def _before_details(speech: Speech, passage: Passage, *, has_card: bool) -> Iterator[tuple[int, int]]:
    """Yield the names just before a number or an address; in the signature only where a card is announced."""
    for start, _ in details_in(speech.text, passage):
        if not has_card and _is_signed(speech, start):
            continue
        for match in list(FULL_NAME.finditer(speech.text, max(passage.start, start - 200), start))[-6:]:
            if _heads_details(speech, match, start) and not _follows_name(speech.text, match.start("name")):
                yield match.span("name")


def _filled_in(speech: Speech, passages: Sequence[Passage]) -> Iterator[tuple[int, int, Cue]]:
    """Yield the names in a form, of a chat's visitor, and what a program's mail quotes: "my name is …"."""
    filled_in = form_names(speech.lines, least_details=1 if speech.is_unattended else 2)
    yield from ((start, end, Cue.FORM) for start, end in filled_in)
    yield from ((start, end, Cue.FORM) for start, end in islice(visitor_names(speech.lines), 1))
    for passage in passages if speech.is_unattended else ():
        said = SAYS_NAME.search(speech.text, passage.start, passage.end)
        if said:
            yield *said.span("name"), Cue.FORM


def _given_details(speech: Speech, passage: Passage) -> Iterator[tuple[int, int]]:
    """Yield the full names that an address of the passage is made of, or whose organisation and details follow."""
    text = speech.text
    details = list(islice(details_in(text, passage), MAX_PEOPLE))
    matches = (ADDRESS.match(text, start, passage.end) for start, is_mail in details if is_mail)
    addresses = [match[0] for match in matches if match]
    for match in FULL_NAME.finditer(text, passage.start, passage.end) if details else ():
        if _is_signed(speech, match.start()):
            continue
        is_near = any(0 < start - match.end() <= _NEAR for start, _ in details)
        if _AT.search(text, max(0, match.start() - 12), match.start()):
            continue
        spells = any((spelled := name_in_address(one)) and is_same_person(spelled, match["name"]) for one in addresses)
        if spells or (is_near and next(affiliations(text, *match.span("name")), None)):
            yield match.span("name")


def _is_reached_by(text: str, end: int) -> bool:
    """Whether a number stands right behind a name: `Secretary: Ms Poe, ext. 12` says how to reach the writer's desk."""
    return bool(re.match(r"[^\n]{0,12}\d{2}|\s?:", text[end : end + 20]))


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


def _may_be_person(speech: Speech, name: str, cue: Cue | None) -> bool:
    words = tokens_of(name)
    if not words or _LETTER_WORDS & set(name.split()) or ends_with_legal_form(name) or organisation_words(name):
        return False
    if words <= speech.reader_words:
        return False
    if cue is Cue.FORM and speech.writer.address and not fits_address(name, speech.writer.address.text):
        return True  # a form's program may write under the name of whoever filled it in
    if words <= speech.writer_words:
        return False
    writer = tokens_of(speech.writer.name.text) if speech.writer.name else frozenset()
    if writer and writer <= words:
        return False
    address = speech.writer.address.text if speech.writer.address else ""
    label = domain_label(address)
    is_label = bool(label) and len(words) <= 2 and likeness(name, label) >= 0.9
    return not is_label and personhood(name, address) > FIRM


def _is_likely(text: str, name: str) -> bool:
    """Whether a name may be a person's; in capitals throughout it must be a known one."""
    likely = personhood(name)
    return likely > 0.0 if text.isupper() and " " in text else likely > NO_PERSON


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
    taken_up: set[int] = set()
    for passage in passages:
        for start, is_mail in details_in(speech.text, passage):
            owner = owner_of(speech.text, start, passage.start, people=people, writer=speech.writer_words)
            if owner == Owner.UNKNOWN and not _is_signed(speech, start):
                owner = last_named(speech.text, start, passage.start, people)
                taken_up.add(owner)
            if is_mail:
                _give_address(speech, known, start, passage.end, owner)
            elif owner >= 0:
                known[owner].has_number = True
            elif owner < 0 and speech.is_unattended and len(known) == 1:
                known[0].has_number = True
    cards = _places_of(speech, passages, "card below")
    calls = _places_of(speech, passages, "call them")
    is_referral = bool(pattern_of("referral heads").search(lower(speech.heads[:300])))
    for one in known:
        one.has_card = any(0 <= one.start - at <= 400 or 0 <= at - one.end <= 400 for at in cards)
        one.is_to_be_called = is_referral or any(0 <= at - one.end <= 400 for at in calls)
        _place(speech, one)
    shares = shares_of(
        speech.text, speech.lowered, _unsigned(speech, passages), people, language=speech.language
    )  # fmt: skip
    for index, (one, share) in enumerate(zip(known, shares, strict=True)):
        one.share = share.with_one_more() if index in taken_up else share


def _place(speech: Speech, one: Known) -> None:
    """Note where a person is said to be, or has an address: at another organisation than the rep's or the writer's."""
    writer = speech.writer.address.text if speech.writer.address else ""
    if one.address:
        address = speech.text[slice(*one.address)]
        one.is_outside = not speech.organisation.has(address)
        theirs = Organisation(frozenset({writer.lower()}))
        one.is_elsewhere = one.is_outside and bool(domain_label(writer)) and not theirs.has(address)
        return
    own = {domain_label(address) for address in speech.organisation.own} - {""}
    for start, end in affiliations(speech.text, one.start, one.end):
        where = speech.text[start:end]
        if not any(likeness(where, label) > 0.6 for label in own):
            one.is_outside = True
            one.is_elsewhere = likeness(where, domain_label(writer)) <= 0.6 and not _signs_with(speech, where)


def _signs_with(speech: Speech, where: str) -> bool:
    """Whether the writer's signature names an organisation."""
    return any(where.casefold() in line.text.casefold() for line in speech.signature[:12])


def _unsigned(speech: Speech, passages: Sequence[Passage]) -> list[Passage]:
    """Return the passages up to the signature's first line."""
    first = speech.signature[0].start if speech.signature else len(speech.text)
    return [Passage(one.start, min(one.end, first)) for one in passages if one.start < first]


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
