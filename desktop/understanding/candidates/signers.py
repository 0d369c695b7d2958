"""Who signs a mail: the name below its last words of farewell, beside them, or alone at its end.

A signature need not be marked, nor have more than a first name. Two may sign together ("Jan & Moira", "Ann and Bob
Poe"): then the first of them is taken, and the words of both are its evidence.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from desktop.understanding.lexicon.company_names import ends_with_legal_form
from desktop.understanding.lexicon.farewells import is_farewell, leads_to_name
from desktop.understanding.lexicon.function_words import area_strength, names_unit, title_strength
from desktop.understanding.lexicon.names import PARTICLES, TRADES, folded, name_of, tokens_of
from desktop.understanding.lexicon.persons import is_given_name, personhood
from desktop.understanding.lexicon.sign_offs import DEVICE
from desktop.understanding.zones.cleaning import TextLine

MAX_LINES = 18
MAX_READ = 120
MAX_FAREWELL = 48
MAX_LINE = 110
MAX_DETAIL = 72
MAX_BELOW = 3
MAX_NAME_WORDS = 4
MAX_ALONE = 7
PROSE = 7
LEAST_SINGLE = 3
ORGANISATION = -0.3
ALONE = 0.8
SURE = 0.4
MAX_PIECES = 3
MAX_LEAD = 16
MAX_LEADING = 4

_NUMBER_BEHIND = re.compile(r"[\s,:–-]{0,3}\+?\(?\d[\d ()/.-]{4,20}$")
_ABBREVIATED = re.compile(r"[A-ZÀ-Þ][a-zß-ÿ]{2,6}\.\s(?=[A-ZÀ-Þ])")
_STARTS = re.compile(
    r"(?<=[.!?…;])\s{1,3}(?=\S)|\s(?=(?i:thnx|thanks|thx|tks|cheers|danke|lg|vg|mfg|merci|gracias|grazie|groetjes|mvh"
    r"|obrigad[oa]|pozdrawiam)\s[^\s.,!?]{2,20}\s{0,3}$)"
)
_WORD = re.compile(r"\S+")
_LEAD = re.compile(
    r"[\s,~*_|•:/–—-]{0,6}(?:(?i:yours?|vom|von der|ihre?|eure?|deine?|votre|ton|ta|tu|su|vostr[oa]|jouw|din|from|by"
    r"|von)\s(?=[A-ZÀ-Þ]))?"
)
_TRAIL = re.compile(r"(?:\s{1,3}(?i:x{1,4}|xo|xoxo)|[^\w.)'’]{1,8}|\s?[:;]-?[)D(])$")
_BEHIND = re.compile(r",\s|:\s|\s[|–—-]\s|\s?[|·•]\s?|\s?\(|\t|\s{3}|\s/\s")
_OF = re.compile(r"\s(?:from|at|@|vom|von der|von|bei|beim|chez|de chez|van|fra|från|de la|del|della|dalla|da|w|z)\s")
_DESK_ENDS = (
    "ningen", "tjänst", "teamet", "kontoret", "gruppen", "abteilung", "leitung", "verwaltung", "service", "team",
    "dienst", "afdeling", "administratie", "department",
)  # fmt: skip
_TWO = re.compile(r"\s?[&+/]\s?|\s(?:and|und|et|y|e|en|i|ve|og|och|a|és|și)\s")
_FAMILY = re.compile(r"(?i)(?:the |your |ihre )?(?:fam(?:ily|ilie|ille|iglia|ilia|ília)?\.?|rodzina|familjen) (?=\S)")


@dataclass(frozen=True, slots=True)
class Signer:
    """A name that signs: characters [start, end) of the text, and 0 to 1, how sure it is that somebody signs so."""

    start: int
    end: int
    name: str
    strength: float


@dataclass(frozen=True, slots=True)
class Known:
    """What the header shows, lower case: `words` of display name and address, `firm` of these what is no person's."""

    words: frozenset[str] = frozenset()
    firm: frozenset[str] = frozenset()


def find_signer(lines: Sequence[TextLine], known: Known) -> Signer | None:
    """Return who signs these lines of one writer, or None.

    A name of words that the header shows may be written small; one that only repeats a firm's is no person's.
    """
    filled = [line for line in lines if line.text.strip()][-MAX_LINES:]
    while filled and DEVICE.fullmatch(filled[-1].text[:MAX_LINE]):
        filled.pop()
    for place in range(len(filled) - 1, -1, -1):
        line = filled[place]
        if len(line.text) > 3 * MAX_LINE:
            continue
        behind = _farewell(_bare(line.text), known)
        if behind is None:
            continue
        below = _below(filled[place + 1 : place + 1 + MAX_BELOW], known)
        beside = _read(line, behind, known, 0.9) if behind < len(_bare(line.text)) else None
        found = below if below and (beside is None or below.strength >= beside.strength) else beside or below
        if found is not None:
            return found
    return _alone(filled, known) or _in_last_line(filled, known) or _in_midst(lines, known)


def _in_midst(lines: Sequence[TextLine], known: Known) -> Signer | None:
    """Return the full name below the last farewell that fills a line, where other text follows the signature."""
    filled = [line for line in lines[-MAX_READ:] if line.text.strip()][:-MAX_LINES]
    for place in range(len(filled) - 2, -1, -1):
        if len(filled[place].text) <= MAX_FAREWELL and is_farewell(filled[place].text):
            found = _read(filled[place + 1], 0, known, 0.8)
            if found and " " in found.name:
                return found
    return None


def _in_last_line(filled: Sequence[TextLine], known: Known) -> Signer | None:
    """Return a given name, perhaps with a surname, that follows the last sentence on its line, a number behind it."""
    for line in filled[-1:]:
        text = line.text.rstrip()[: 4 * MAX_LINE]
        for end in list(_STARTS.finditer(text))[-2:]:
            rest = _NUMBER_BEHIND.sub("", _BEHIND.split(text[end.end() :])[0]).strip(" .!")
            first = line.start + end.end()
            name = _name(rest, known)
            is_one = rest == text[end.end() :].strip() and " " not in rest
            if name and (is_one or (len(rest.split()) <= MAX_NAME_WORDS and is_given_name(name.partition(" ")[0]))):
                return Signer(first, first + len(rest), name, ALONE * _quality(name, known))
    return None


def _farewell(text: str, known: Known) -> int | None:
    """Return where what follows words of farewell begins, the length of the text where nothing does, None without."""
    starts = [0, *(match.end() for match in list(_STARTS.finditer(text))[-2:])]
    for first in reversed(starts):
        if len(text) - first > MAX_LINE:
            continue
        if is_farewell(text[first:]) and not _ends_with_name(text, first):
            return len(text)
        ends = [len(text), *(cut.start() for cut in list(_BEHIND.finditer(text, first))[-2:])]
        for end in ends:
            at = _name_behind(text, first, end, known)
            if at is not None:
                return at
    return None


def _name_behind(text: str, first: int, end: int, known: Known) -> int | None:
    """Return where a name of a few words begins that words of farewell lead to, the fewest words first."""
    found = list(_WORD.finditer(text, first, end))
    for count in range(1, min(MAX_NAME_WORDS, len(found) - 1) + 1):
        word = found[-count]
        is_begun = word[0][:1].isupper() or is_given_name(word[0])
        if is_begun and leads_to_name(text[first : word.start()]) and _name(text[word.start() : end], known):
            return word.start()
    return None


def _ends_with_name(text: str, first: int) -> bool:
    """Whether a given name ends words of farewell that go on ("Thanks and greetings Ann")."""
    last = text[first:].split()[-1:]
    return bool(last) and last[0][:1].isupper() and is_given_name(last[0]) and len(text[first:].split()) > 1


def _below(lines: Sequence[TextLine], known: Known) -> Signer | None:
    for line in lines:
        if _is_prose(line.text):
            return None
        found = _read(line, 0, known, 1.0)
        if found is not None:
            return found
    return None


def _alone(filled: Sequence[TextLine], known: Known) -> Signer | None:
    """Return who signs without known words of farewell: a name in the short lines at the end.

    It stands below an empty line, a sentence or a few words that may be a farewell; the first sure name counts, else
    the first that may be one.
    """
    first = len(filled)
    while first > max(1, len(filled) - MAX_ALONE) and not _is_prose(filled[first - 1].text):
        first -= 1
    unsure: Signer | None = None
    for place in range(first, len(filled)):
        line, above = filled[place], filled[place - 1]
        is_apart = line.start > above.end + 1 + 2 * line.depth
        if not is_apart and not _may_lead(filled, place - 1):
            continue
        found = _read(line, 0, known, ALONE)
        if found is None:
            continue
        if is_given_name(found.name.partition(" ")[0]) or tokens_of(found.name) & known.words:
            return found
        is_end = place + 1 == len(filled) or (is_apart and filled[place + 1].start > line.end + 1)
        unsure = unsure or (found if " " in found.name or is_end else None)
    return unsure


def _may_lead(filled: Sequence[TextLine], place: int) -> bool:
    """Whether a line ends a sentence, or is a few words below one that a name may follow."""
    text = filled[place].text.strip()
    if text.endswith((".", "!", "?")):
        return True
    above = filled[place - 1] if place else filled[place]
    is_apart = filled[place].start > above.end + 1 or above.text.rstrip().endswith((".", "!", "?", ",", ":", ")"))
    is_brief = len(text.split()) <= MAX_LEADING + 2 * text.endswith(",") and not any(char.isdigit() for char in text)
    return is_apart and is_brief and not text.istitle()


def _is_prose(text: str) -> bool:
    return len(text) > MAX_LINE or (len(text.split()) > PROSE and text.rstrip().endswith((".", "?", "!", ",", ":")))


def _read(line: TextLine, behind: int, known: Known, strength: float) -> Signer | None:
    """Return the name that a line, or what follows its farewell, begins with."""
    if len(line.text) - behind > MAX_LINE:
        return None
    text = _bare(line.text)
    lead = _LEAD.match(text, behind)
    start = lead.end() if lead else behind
    whole = len(text)
    for _ in range(MAX_PIECES):
        cut = _BEHIND.search(text, start + 1)
        end = cut.start() if cut else whole
        if cut and ends_with_legal_form(text[start:whole].strip()):
            return None
        found = _read_piece(text, start, end, known)
        if found is not None and (start <= behind + MAX_LEAD or _is_sure(found[2])):
            first, last, name, share = found
            return Signer(line.start + first, line.start + last, name, strength * share)
        if cut is None:
            return None
        start = cut.end()
    return None


def _bare(text: str) -> str:
    """Return a line without kisses and smiles at its end."""
    return _TRAIL.sub("", _TRAIL.sub("", text.rstrip()))


def _is_sure(name: str) -> bool:
    return " " in name and personhood(name) >= SURE


def _read_piece(text: str, start: int, end: int, known: Known) -> tuple[int, int, str, float] | None:
    """Return where the name in a piece of a line is, the name, and how sure it is one."""
    family = _FAMILY.match(text, start, end)
    if family:
        name = name_of(text[family.end() : end])
        return (start, end, name, 0.6) if name and _is_one(name) else None
    two = _TWO.search(text, start + 1, end)
    is_pair = two is not None and is_given_name(text[two.end() : end].partition(" ")[0])
    if two and (is_pair or not _is_person(name_of(text[start:end]), text[start:end], known)):
        both = _both(text[start : two.start()], text[two.end() : end], known)
        if both:
            return start, end, both, 0.8
        if is_given_name(text[start : two.start()]):
            end = two.start()
    name = _name(text[start:end], known)
    of = _OF.search(text, start + 1, end) if name is None or personhood(name) < 0 else None
    if of and is_given_name(text[start : of.start()].partition(" ")[0]):
        end = of.start()
        name = _name(text[start:end], known)
    return (start, end, name, _quality(name, known)) if name else None


def _both(first: str, second: str, known: Known) -> str | None:
    """Return the first of two who sign together; a surname they share is given behind the second only."""
    one, other = _name(first, known), _name(second, known)
    if not one or not other or not (is_given_name(one.split()[0]) or is_given_name(other.split()[0])):
        return None
    return f"{one} {other.split()[-1]}" if " " not in one and " " in other else one


def _name(text: str, known: Known) -> str | None:
    title = _ABBREVIATED.match(text)
    if title and is_given_name(text[title.end() :].partition(" ")[0]):
        text = text[title.end() :]
    name = name_of(text)
    if name is None and text.islower() and len(text.split()) <= 3:
        first = folded(text.split(maxsplit=1)[0]) if text.strip() else ""
        name = name_of(text.title()) if is_given_name(first) or first in known.words else None
    return name if _is_person(name, text, known) else None


def _is_person(name: str | None, text: str, known: Known) -> bool:
    if not name or not may_be_person(name) or len(name.split()) > MAX_NAME_WORDS + 2:
        return False
    if personhood(name) <= ORGANISATION:
        return False
    if tokens_of(name) <= known.firm and personhood(text) < SURE:
        return False
    return " " in name or _is_one(name) or bool(tokens_of(name) & known.words)


def _is_one(name: str) -> bool:
    """Whether a single word may be a name: written large, then small, and no abbreviation."""
    return (
        (len(name) >= LEAST_SINGLE or is_given_name(name))
        and name.count("-") <= 1
        and not name.isupper()
        and name[:1].isupper()
    )


def _quality(name: str, known: Known) -> float:
    fits = bool(tokens_of(name) & known.words)
    if " " in name:
        return 1.0 if fits or personhood(name) > 0.3 else 0.85
    return 0.85 if fits else 0.75 if is_given_name(name) else 0.6


def may_be_person(name: str) -> bool:
    """Whether nothing in a name says that it is a firm's, a title or a department's, or words of farewell."""
    found = [word for word in name.split() if word.lower() not in PARTICLES]
    bare = " ".join(found[:-1] if found and found[-1].lower() in TRADES else found)
    return not (
        is_farewell(name)
        or (" " not in name and name.lower().endswith(_DESK_ENDS))
        or personhood(name) <= ORGANISATION
        or ends_with_legal_form(name)
        or title_strength(bare) > 0.3
        or names_unit(name)
        or area_strength(name) >= 0.8
    )
