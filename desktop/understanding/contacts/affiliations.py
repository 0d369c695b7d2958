"""Where somebody is said to be: the organisation named right beside a person's name, before or behind it."""

import re
from collections.abc import Iterator
from itertools import islice

from desktop.understanding.lexicon.calendar_words import MONTHS
from desktop.understanding.lexicon.company_names import organisation_words
from desktop.understanding.lexicon.regions import places

REACH = 90
MAX_FOUND = 40
SHORT = 2

_CAPITAL = r"[A-ZÀ-ÞŠŽİŞŁ](?:[\w&+-]|['’](?!s\b|n?[dt][ae]n\b)|\.(?=\w)){0,40}"
_JOINING = r"(?:(?:&|\+|of|de|du|des|del|della|di|van|y|e|et|und|and|for)\s){0,2}"
_NO_TITLES = r"(?!(?:Mr|Mrs|Ms|Miss|Dr|Prof|Herrn?|Frau|Mme|Sra?|Sig)\b)"  # "works for Mr. Poe at Acme"
_RUN = rf"(?P<where>{_NO_TITLES}{_CAPITAL}(?:\s{_JOINING}{_CAPITAL}){{0,6}})"
_ARTICLE = r"(?:(?:the|der|dem|den|die|la|le|les|el|los|las|il|lo|het|de|o|a)\s|l['’])?"
_BEHIND = re.compile(
    rf"(?:[^.!?;:\n\d@]|(?<=\b[DM][rs])\.){{0,{REACH}}}?[\s,(](?:from|of|at|with|over at|for"
    rf"|von|vom|bei|beim|aus|de|del|en|chez|du|des|van"
    rf"|bij|uit|di|della|da|do|na|presso|z|ze|w|från|hos|på|fra|i|runs|owns|betreibt|führt|besitzt|tient|dirige|gère"
    rf"|gestisce|gere|tem|runt)\s{{1,2}}{_ARTICLE}{_RUN}"
)
_BEFORE = re.compile(
    rf"(?<!\w)(?:from|of|at|with|von|vom|bei|beim|de|del|chez|van|bij|di|da|presso|z|från|fra)\s{_ARTICLE}{_RUN},?\s"
    r"(?:(?:Mr|Mrs|Ms|Dr|Herr|Frau|M|Mme|Sra?|Sig)\.?\s)?$"
)
_AT = re.compile(rf"(?<!\w)(?:at|from|with|bei|beim|chez|en|presso|bij|hos|w)\s{_ARTICLE}{_RUN}")
_ELIDED = re.compile(rf"[^.!?;:\n\d@]{{0,{REACH}}}?[\s,(](?:d|dell|dall|all)['’]{_RUN}")
_BRACKETED = re.compile(rf"\s?\({_ARTICLE}{_RUN}\)")
_OF_WHOLE = re.compile(rf"\s(?:at|bei|beim|chez|presso|bij|hos)\s{_ARTICLE}{_RUN}")  # "with Legal at Acme"
_OWNED = re.compile(rf"{_RUN}(?:['’]s|['’]n?[dt][ae]n)\s(?:[^\W\d_][\w-]*,?\s){{0,4}}$")
_OWNER = re.compile(r"\w{2}(?:['’](?:s|n?[dt][ae]n)|s[iıuü]nd[ae]n|l[ae]r[iı]nd[ae]n)\s{1,3}(?=\w)")
_DAYS = re.compile(
    r"(?i)(?:mon|tues?|wednes|thurs?|fri|satur|sun)day|(?:mon|diens|donners|frei|sams)tag|mittwoch|lundi|mardi|mercredi"
    r"|jeudi|vendredi|lunes|martes|miércoles|jueves|viernes|lunedì|martedì|mercoledì|giovedì|venerdì|i|you|your|q[1-4]"
)


def affiliations(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield [start, end) of the names of organisations beside the person's name at [start, end)."""
    for pattern in (_BRACKETED, _BEHIND, _ELIDED):
        match = pattern.match(text, end, end + 2 * REACH)
        if match and is_organisation(match["where"]):
            whole = _OF_WHOLE.match(text, match.end(), match.end() + REACH)
            yield (whole or match).span("where")
    first = max(0, start - REACH, text.rfind("\n\n", 0, start))
    owned = _OWNED.search(text, first, start)
    if owned and is_organisation(owned["where"]):
        yield owned.span("where")


def named_before(text: str, start: int) -> Iterator[tuple[int, int]]:
    """Yield [start, end) of what stands with its comma before a name: "the fellow from Acme, Jo Field"."""
    before = _BEFORE.search(text, max(0, start - REACH), start)
    if before and "," in text[before.end("where") : start] and is_organisation(before["where"]):
        yield before.span("where")


def organisations_in(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield [start, end) of names of two words or more that people are said to be at: "at Acme Foods"."""
    for match in islice(_AT.finditer(text, start, end), MAX_FOUND):
        name = match["where"]
        says_where = match[0][:2] in ("at", "be", "ch", "pr", "ho") or organisation_words(name) > 0 or "&" in name
        if " " in name and says_where and is_organisation(name):
            yield match.span("where")


def without_owner(text: str, start: int, end: int) -> int:
    """Return where a name begins behind a genitive or the like that was read as part of it: "Acme's Ann Poe"."""
    return max((owner.end() for owner in _OWNER.finditer(text, start, end)), default=start)


def is_organisation(text: str) -> bool:
    """Whether capitalised words may name an organisation: they are no day, no month and no well-known place."""
    first = text.split(maxsplit=1)[0]
    return len(text) > SHORT and not (_DAYS.fullmatch(first) or first.lower() in MONTHS or text in places())
