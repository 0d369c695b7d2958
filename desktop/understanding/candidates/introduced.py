"""What is said right beside a person's name: "Jo Field, buyer at Acme", "our buyer, Jo Field", "Jo Field (Acme)".

Only the pieces are found here; whether one is a title or a company is for those who ask.
"""

import re
from collections.abc import Iterator

from desktop.understanding.lexicon.names import tokens_of

MAX_BEHIND = 180
MAX_BEFORE = 80
MAX_NAMED = 6
MAX_PIECES = 3

_END = re.compile(r"(?<![A-ZÀ-Þ])(?<!\b[A-Z][a-z])(?<!\b[A-Z][a-z]{2})[.!?](?:\s|$)|\n\s*\n|\n(?=[^\n]{1,20}: )")
_CUT = re.compile(r",\s+|\s[-–—|/]\s|\s?\(|\)|;\s|:\s|\n")
_BEGINS = re.compile(
    r"\s*(?:,|\(|[-–—|/:]\s|\n|(?i:(?:is|ist|est|es|è|jest|är|er|from|of|at|with|von|vom|bei|aus|chez|de|du|del|della"
    r"|di|da|do|van|bij|od|z|ze|fra|från)\s))"
)
_LEAD = re.compile(
    r"(?i)(?:(?:who|which|that|qui|que|che|der|die|das|wo)\s(?:is|ist|est|es|è|works?|arbeitet)\s|and |und |et |y |e )?"
    r"(?:(?:from|of|at|with|for|von der|von|vom|bei der|beim|bei|aus|chez|de la|de l['’]|de|du|del|della|dello|di|da|do"
    r"|van de|van|bij|fra|från|hos|od|ze?|is|ist|est|es|è|jest|är|er|now|also)\s)?"
    r"(?:(?:the|our|a|an|my|their|der|die|das|dem|unser\w{0,2}|mein\w{0,2}|le|la|les|notre|mon|ma|el|los"
    r"|nuestr[oa]|il|lo"
    r"|het|onze|mijn|o|den|det|vår|nasz|nasza)\s|l['’])?"
)
_HONORIFIC = (
    r"(?:(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Sir|Herr|Herrn|Frau|Hr|Fr|Mag|Ing|Dipl|Madame|Monsieur|Mme|Mlle|M|Don|Do[ñn]a|don"
    r"|do[ñn]a|Sr|Sra|Srta|Señora?|Sig|Sig\.ra|Dott|Dott\.ssa|dr|mgr|inż|pan|pani|Pan|Pani|Bay|Bayan|meneer|mevrouw)"
    r"\.?[ \u00a0]){0,3}"
)
_FIRST_NAMES = r"(?:['\"“„‘]?[A-ZÀ-ÞŠŽİŞŁ][\w.'\"“”’-]{0,25}[ \u00a0]){0,3}"
_NAME_BEGINS = re.compile(
    r"(?:,|\s(?:is|ist|est|es|è|jest|är|er)|:"
    rf"|\s[-–—])?[ \u00a0\n]{{1,2}}{_HONORIFIC}(?P<first>{_FIRST_NAMES})\Z"
)
_JOINT = r"(?:,|\s(?:is|ist|est|es|è|jest|är|er)|:|\s[-–—])?"
_ARTICLE = re.compile(
    r"(?i)(?:^|.*\b)(?:our|my|the|their|his|her|a|an|unser\w{0,2}|mein\w{0,2}|der|die|das|dem|den|le|la|les|notre"
    r"|mon|ma"
    r"|leur|son|sa|el|los|las|nuestr[oa]|su|mi|il|lo|nostr[oa]|mio|mia|het|de|onze|mijn|hun|o|os|nosso|nossa"
    r"|nasz\w{0,2}"
    r"|vår|vores|vår[at])\s+|.*\bl['’]"
)


def behind(text: str, start: int, end: int, surname: str) -> Iterator[tuple[int, int]]:
    """Yield [start, end) of the pieces that stand behind a name, up to the end of the sentence or line group."""
    for match in list(re.finditer(rf"\b{re.escape(surname)}(?!\w)['\"“”’]?", text[start:end]))[:MAX_NAMED]:
        low = start + match.end()
        if not _BEGINS.match(text, low):
            continue
        stop = _END.search(text, low, min(end, low + MAX_BEHIND))
        high = stop.start() if stop else min(end, low + MAX_BEHIND)
        count = 0
        for first, last in _between(text, low, high):
            lead = _LEAD.match(text, first, last)
            begin = lead.end() if lead else first
            if text[begin:last].strip(" .\t"):
                count += 1
                yield begin, last
            if count >= MAX_PIECES:
                break


def before(text: str, start: int, end: int, surname: str, names: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Yield [start, end) of what stands right before a name, behind its article: "our buyer, Jo Field".

    `names` are the words of the whole name: another capitalised word before the surname makes it something else.
    """
    for match in list(re.finditer(rf"\b{re.escape(surname)}(?!\w)", text[start:end]))[:MAX_NAMED]:
        low = max(start, start + match.start() - MAX_BEFORE)
        whole = _NAME_BEGINS.search(text, low, start + match.start())
        if whole is None or not tokens_of(whole["first"]) <= names:
            continue
        clause = max((cut.end() for cut in re.finditer(r"[,.;:!?\n(]\s?", text[low : whole.start()])), default=0)
        first = low + clause
        article = _ARTICLE.match(text, first, whole.start())
        first = article.end() if article else first
        if first < whole.start():
            yield first, whole.start()


def _between(text: str, low: int, high: int) -> Iterator[tuple[int, int]]:
    first = low
    for cut in _CUT.finditer(text, low, high):
        if cut.start() > first:
            yield first, cut.start()
        first = cut.end()
    if high > first:
        yield first, high
