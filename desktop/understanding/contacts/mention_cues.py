"""The words with which mails bring in somebody else: introductions, hand-overs, calls that came in, requests to call.

`resources/understanding/people.json` lists the phrases by language. In a phrase a blank stands for any one gap between
words, and case does not matter; `{name}` stands for the person, whose name begins with a capital, and the other words
in braces for the parts of _PARTS.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from re import Pattern

from desktop.system import resources

NAME_REACH = 170
MAX_GATES = 200

_HONORIFICS = (
    r"mrs?|ms|mx|miss|dr|prof|professor|doctor|herrn?|frau|fr|hr|hrn|m|mme|mlle|monsieur|madame|ma[iî]tre|se[ñn]ora?"
    r"|sra?|srta|lic|dott(?:\.?ssa)?|dottoressa|sig(?:\.?ra|nora?)?|avv|rag|geom|mevrouw|mevr|meneer|de heer|dhr|ing"
    r"|eng\.?[ªa]?|dipl\.?-?\w{2,8}|mag|arch|inż|mgr|say[ıi]n|herra|fru|rouva|ir|drs|univ"
)
_LOWER_HONORIFICS = r"do[nñ]a?|dona|pani?|pana|panem|panią"  # "Don" and "Pan" are names
_TITLED = rf"(?:(?i:{_HONORIFICS})|{_LOWER_HONORIFICS})\.?(?:\s{{1,3}}|(?<=\.))"
_HONORIFIC = rf"(?:(?:[oa]|der|die|den|dem|il|la|el|le|de)\s|l['’])?(?:{_TITLED}){{0,3}}"
HONORIFIC_BEFORE = re.compile(rf"(?<!\w)(?:(?i:{_HONORIFICS})|{_LOWER_HONORIFICS})\.?\s{{1,3}}$")
_WORD = r"(?:(?![CDJLMNST]['’][a-zà-ÿ])[A-ZÀ-ÞŠŽŁİŚŻŹĆČŞÇŐ](?:[\w'’]|-(?!-)){1,30}|[A-ZÀ-ÞŠŽŁİŚŻŹĆČŞÇŐ]\.?(?=\s))"
_NICKNAME = r"(?:[ \xa0](?:\"[\w.-]{2,20}\"|[“„][\w.-]{2,20}[”“]|‘[\w.-]{2,20}’|'[\w.-]{2,20}'|\([A-Z][\w.-]{1,20}\)))?"
_PARTICLE = r"(?:(?:van|der|de|den|la|von|da|di|del|dos|bin|ibn|al|el|ten|ter|zu|du|mac|ap|af|av)\s{1,3}){0,3}"
_LATER = rf"(?:(?:de la|de los|de las|del|y|e)\s)?{_WORD}"
NAME = rf"{_HONORIFIC}(?P<name>{_WORD}(?:{_NICKNAME}\s{{1,2}}{_PARTICLE}{_WORD})?(?:\s{{1,2}}{_LATER}){{0,2}})"
_NO_NAME = r"(?!(?:Via|From|Call|See|Ask|Tell|With|Dear|Hi|Hello|Please|And|But|The|If|When|Per [A-Z]\w+ v[ao]n)\s)"
FULL_NAME = re.compile(
    rf"(?<![\w@.]){_NO_NAME}(?P<name>{_WORD}{_NICKNAME}[ \xa0]{_PARTICLE}{_WORD}(?:[ \xa0]{_LATER}){{0,2}})(?![\w@])"
)
TITLED_NAME = re.compile(
    rf"(?<![\w@.])(?:{_TITLED}){{1,3}}"
    rf"(?P<name>{_WORD}{_NICKNAME}[ \xa0]{_PARTICLE}{_WORD}(?:[ \xa0]{_LATER}){{0,2}})(?![\w@])"
)
TITLES_BEFORE = re.compile(rf"(?:{_TITLED}){{0,3}}")
_COLON = r":\s{1,12}"  # the name stands on a line of its own below
_IS = (
    r"(?:(?i:is|will be|are|wird|ist|est|sera|es|será|è|sarà|wordt|é|jest|będzie|är|blir|er)"
    rf"(?:\s{{1,3}}(?:(?!\w{{0,20}}[A-ZÀ-Þ])[^\W\d_]{{2,12}}\s{{1,3}}){{0,3}}|{_COLON})|(?<=\w){_COLON})"
)
_ROLE = (
    r"(?i:(?:point of |main |day-to-day )?contact|successor|replacement|account manager|ansprechpartner(?:in)?"
    r"|nachfolger(?:in)?|interlocut\w{1,8}|successeure?|remplaçante?|contacto|sucesora?|contatto|referente|contactpersoon|opvolger"
    r"|kontakt(?:person)?|successora?|sucessora?|responsável|następ\w{2,4}|opiekun\w{0,4}|efterträdare|efterfølger)"
)
_FROM = r"from|of|at|with|over at|von|vom|bei|beim|de|del|chez|van|di|della|da|do|z|ze|från|fra"
_PARTS = {
    "{name}": NAME,
    "{company}": rf"(?:\s?\([^()\n]{{2,90}}\))?(?:,?\s{{1,2}}(?i:{_FROM})\s{{1,2}}[^.,;!?]{{2,60}}?,?)?",
    "{copy}": r"[,(]{0,2}\s{0,2}(?:(?i:is|ist|est|está|è|who is|whom i have)\s)?",
    "{more}": r"\s?[^.\n]{0,50}?[\s:]",
    "{be}": _IS,
    "{have}": r"(?:(?i:has|have|had|just|keeps|kept|also|hat|hatte|a|ha|heeft|is|was)\s){0,2}",
    "{your}": (
        r"(?i:your|my|our|the|ihre?|meine?|unsere?|votre|mon|ma|notre|su|tu|mi|il (?:vostro|mio)|uw|mijn|o seu|a sua"
        r"|twój|państwa|din|ert|jeres)\s{1,3}"
    ),
    "{new}": r"(?i:new |neue[rn]? |nouve\w{1,5} |nuev[oa] |nuov[oa] |nieuwe |nov[oa] |now[ya] |ny |nya |nye )",
    "{role}": _ROLE,
    "{for}": r"(?:\s(?i:person|at|for|für|bei|pour|para|per|voor|do|ds|för|til)[^.\n]{0,40}?)?",
}


_OPENING = re.compile(r"^(?:\{company\}|\{have\}|\{copy\}|\{be\}|\{more\}|,\?|\s)+")


class Cue(StrEnum):
    """How a person is brought in; values are the names of the lists of phrases."""

    INTRODUCED = "introduced"
    HANDED_OVER = "handed over to"
    CALLED = "called"
    RECOMMENDED = "recommended"
    REPRESENTED = "represented"
    ASKED_FOR = "asked for"
    PUT_FORWARD = "put forward"
    FORM = "form"


WEIGHT = {
    Cue.INTRODUCED: 2.0,
    Cue.HANDED_OVER: 3.0,
    Cue.CALLED: 1.5,
    Cue.RECOMMENDED: 1.5,
    Cue.REPRESENTED: 2.0,
    Cue.ASKED_FOR: 0.5,
    Cue.PUT_FORWARD: 2.0,
    Cue.FORM: 2.0,
}


@dataclass(frozen=True, slots=True)
class _Finder:
    """Patterns that bring in a person, and a gate: only where that matches in the lower-case text are they tried.

    Looking for capitals and small letters at once is slow, so the phrases' own words are looked for first. `reach` is
    how far before the gate a name may begin, 0 where the phrase stands before the name.
    """

    cue: Cue
    gate: Pattern[str]
    patterns: tuple[Pattern[str], ...]
    reach: int

    def hits(self, text: str, lowered: str, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield [start, end) of the names between `start` and `end`."""
        at = start
        for _ in range(MAX_GATES):
            gate = self.gate.search(lowered, at, end)
            if gate is None:
                return
            at = gate.start() + 1
            first = max(start, gate.start() - self.reach)
            for pattern in self.patterns:
                match = (
                    pattern.search(text, first, min(end, gate.end() + 80))
                    if self.reach
                    else pattern.match(text, first, min(end, first + 400))
                )
                if match:
                    yield match.span("name")


def brought_in(text: str, lowered: str, start: int, end: int, language: str) -> Iterator[tuple[int, int, Cue]]:
    """Yield where people are named with a phrase that brings them in, and how; `lowered` is the text in lower case.

    The phrases are those of English and of `language`, or of every language where that is empty.
    """
    for finder in _finders(language):
        for first, last in finder.hits(text, lowered, start, end):
            yield first, last, finder.cue


def lower(text: str) -> str:
    """Return text in lower case, every character at its place."""
    return text.replace("İ", "i").lower()  # the only letter whose small form is longer


@cache
def _finders(language: str) -> tuple[_Finder, ...]:
    found = []
    for cue in Cue:
        listed = [(*phrase.partition("{name}"), phrase) for phrase in _phrases(cue.value, language)]
        is_before = [
            before.endswith((" ", "’]")) and not after and _is_simple(before) for before, _, after, _ in listed
        ]
        simple = [row[0].rstrip(" ") for row, is_simple in zip(listed, is_before, strict=True) if is_simple]
        if simple:
            gate = re.compile(rf"(?<!\w)(?:{'|'.join(map(_plain_gaps, simple))})(?:\s|:\s|(?<=['’]))")
            full = re.compile(rf"(?:{'|'.join(map(_gaps, simple))})(?:\s{{1,3}}|{_COLON}|(?<=['’])){NAME}")
            found.append(_Finder(cue, gate, (full,), 0))
        others = [row for row, is_simple in zip(listed, is_before, strict=True) if row[0] and not is_simple]
        if others:
            leads = [_plain_gaps(_lead(before)) for before, *_ in others]
            gate = re.compile(rf"(?<!\w)(?:{'|'.join(leads)})")
            fulls = tuple(re.compile(rf"{_gaps(phrase)}(?!\w)") for *_, phrase in others)
            found.append(_Finder(cue, gate, fulls, 0))
        behind = [row for row in listed if not row[0]]
        if behind:
            leads = [_plain_gaps(_lead(_OPENING.sub("", after))) for _, _, after, _ in behind]
            gate = re.compile(rf"(?<![^\W])(?:{'|'.join(leads)})")
            fulls = tuple(re.compile(rf"(?<!\w){_gaps(phrase)}(?!\w)") for *_, phrase in _merged(behind))
            found.append(_Finder(cue, gate, fulls, NAME_REACH))
    return tuple(found)


def _merged(rows: Sequence[tuple[str, str, str, str]]) -> list[tuple[str, str, str, str]]:
    """Join the phrases that begin alike and hold no further parts into one."""
    head = "{company} "
    joined = [after.removeprefix(head) for _, _, after, _ in rows if after.startswith(head)]
    joined = [after for after in joined if _is_simple(after.removeprefix("{have}"))]
    plain = [after for after in joined if _is_simple(after)]
    having = [after.removeprefix("{have}") for after in joined if not _is_simple(after)]
    rest = [row for row in rows if row[2].removeprefix(head) not in joined]
    if plain:
        rest.append(("", "{name}", "", f"{{name}}{head}(?:{'|'.join(plain)})"))
    if having:
        rest.append(("", "{name}", "", f"{{name}}{head}{{have}}(?:{'|'.join(having)})"))
    return rest


def _lead(phrase: str) -> str:
    """Return what a phrase begins with, up to the first part that may be anything."""
    lead = re.split(r"\{(?:more|for|company|be)\}", phrase, maxsplit=1)[0].rstrip(" ")
    return lead if lead and lead.count("(") == lead.count(")") else phrase.rstrip(" ")


@cache
def pattern_of(group: str, language: str = "") -> Pattern[str]:
    """Return what matches any phrase of a list in a text in lower case.

    The phrases are those of every language, or with a `language` its own and the English ones.
    """
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(_plain_gaps, _phrases(group, language)))})(?!\w)")


@cache
def label_of(group: str) -> Pattern[str]:
    """Return what matches a label whole: its words, perhaps "(optional)" and a star behind them."""
    return re.compile(rf"(?i)(?:{'|'.join(_phrases(group))})(?: ?\([^()]{{1,20}}\))? ?\*?")


def _is_simple(phrase: str) -> bool:
    return not re.search(r"\{[a-z]", phrase)


@cache
def _listed() -> Mapping[str, Mapping[str, Sequence[str]]]:
    return json.loads(resources.path("understanding", "people.json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def _phrases(group: str, language: str = "") -> Sequence[str]:
    lists = _listed().get(group, {})
    wanted = [phrases for code, phrases in lists.items() if not language or code in ("en", language)]
    return tuple(dict.fromkeys(phrase for phrases in wanted for phrase in phrases))


def _gaps(phrase: str) -> str:
    """Turn a phrase into a pattern: its own words without regard to case, then the parts in braces."""
    pieces = re.split(r"(\{[a-z]+\}\??)", phrase)
    made = []
    for piece in pieces:
        part = _PARTS.get(piece.removesuffix("?"))
        if part is not None:
            made.append(f"(?:{part})?" if piece.endswith("?") else part)
        elif piece:
            made.append(_closed(piece))
    return "".join(made)


def _plain_gaps(phrase: str) -> str:
    """Turn a phrase into a pattern for a text in lower case."""
    pieces = re.split(r"(\{[a-z]+\}\??)", phrase)
    made = []
    for piece in pieces:
        part = _PARTS.get(piece.removesuffix("?"))
        if part is not None:
            plain = part.replace("(?i:", "(?:")
            made.append(f"(?:{plain})?" if piece.endswith("?") else plain)
        else:
            made.append(piece.replace(" ", r"\s{1,3}"))
    return "".join(made)


def _closed(piece: str) -> str:
    """Close a piece of a phrase against what stands beside it; an unfinished group, as before a part, stays open."""
    spaced = piece.replace(" ", r"\s{1,3}")
    opens = spaced.count("(") - spaced.count(r"\(") - (spaced.count(")") - spaced.count(r"\)"))
    return rf"(?i:{spaced})" if opens == 0 else spaced
