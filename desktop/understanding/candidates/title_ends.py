"""Where a job title ends in running text: before the company, before what else the person does, says or wants."""

import re

from desktop.understanding.lexicon.company_names import ends_with_legal_form
from desktop.understanding.lexicon.function_words import area_strength, is_work_word, names_unit, plain_word, tokens
from desktop.understanding.lexicon.words import words

_ENDS = re.compile(
    r"(?i)\s+(?:at|for|with|here|who|and (?:i|we|my|he|she|wants?|would|has|have|is|needs?|will|can|looks?)"
    r"|to (?:get|see|ask)|bei(?:m)?|im|in (?:der|dem|a|an|the|our|my|charge)|und (?:ich|wir)|hier|chez"
    r"|et (?:je|nous)|et j|en charge|que|y (?:me|le|les)|presso|bij|na|w|that|but|aber|mais"
    r"|de la (?:société|maison|empresa)|de l['’]entreprise|der (?:firma|gesellschaft)|of the (?:company|firm)"
    r"|della (?:ditta|società)|dell['’]azienda|van (?:het bedrijf|de firma)"
    r"|of(?= an? (?:[\w-]{1,20} ){0,3}(?:firm|company|business|shop|store|agency|practice|chain|manufacturer|supplier"
    r"|distributor|start-?up|charity|school|hotel)\b))\b"
)
_OF_COMPANY = re.compile(
    r"\s+(?:of|der|von|vom|de|du|di|del|della|van|at|à|chez|bei|beim|presso|hos|på|en|da|do|na|w|u)\s+(?:the |der "
    r"|dem |la "
    r"|los )?(?=[A-ZÀ-ÞŠŽİŞŁ])"
)
_COMPANY_FOLLOWS = re.compile(
    r"[^,.;:\n]{2,40}?\s(?:over )?(?:at|bei|beim|chez|presso|hos)\s[A-ZÀ-Þ]"
)  # "of Sales at Acme"
_OPEN_END = re.compile(
    r"(?i)\s+(?:to|of|for|at|and|und|et|der|des|die|das|de|du|di|del|della|van|von|y|e|in|on|with|from|by|as|the|a|an"
    r"|im|bei|für|avec|chez|en|con|da|do|em|com|og|och|och|ja|ve|i|&|[+/,–-])\s*$"
)
_OF_WORDS = words(
    "of for the a an our their de des du d la le les l del della dello dei delle di da do dos das el los las der die "
    "das dem den van von vom zur zum fur pour para per till til for av af our your unsere unserer"
)
_AND_WORDS = words("and und et y e en i ve og och ja & + / sowie")
_STOPS = words(
    "over there here in on at with from by who which that now so since because if when while into during across but "
    "as to just again today until said says told also still based out up working looking responsible "
    "bei im am auf mit seit aus da dort hier heute wo weil als "
    "chez dans sur avec depuis qui que ici "
    "con desde hasta que aqui "
    "presso da dove che qui "
    "bij op met sinds die hier "
    "em no na nos nas com desde aqui "
    "pa i hos med fra fran "
    "w na z od jest olarak "
)
_TOKEN = re.compile(r"\S+")


def title_end(text: str, low: int) -> int:
    """Return where the title that begins at `low` ends: before "at Acme", "of Acme", "and would like"."""
    high = len(text)
    for pattern in (_ENDS, _OF_COMPANY):
        for match in pattern.finditer(text, low):
            rest = text[match.end() : high]
            is_for = match[0].strip().lower() in ("for", "für", "pour", "para")
            if is_for and names_unit((text[low : match.start()].split() or [""])[-1]):
                continue
            if match[0].strip() in ("im", "in der") and _is_area(plain_word(rest.partition(" ")[2] or rest)):
                continue
            is_area = pattern is _OF_COMPANY and (
                (area_strength(rest) >= 0.5 and not ends_with_legal_form(rest))
                or bool(_COMPANY_FOLLOWS.match(text, match.end()))
            )
            if low < match.start() < high and not is_area:
                high = match.start()
                break
    high = _before_more(text, low, high)
    while (open_end := _OPEN_END.search(text, low, high)) is not None:
        high = open_end.start()
    return high


def without_open_end(text: str) -> str:
    """Return a title without the "of" or "and" that it was cut off behind."""
    while (open_end := _OPEN_END.search(text)) is not None:
        text = text[: open_end.start()]
    return text


def is_open(text: str) -> bool:
    """Whether a text ends in "of", "to" or the like: what it says is somebody else's."""
    return bool(_OPEN_END.search(text))


def _before_more(text: str, low: int, high: int) -> int:
    """Return where the words of the title end, once one of them names the job.

    "And" goes on where an area or another job follows; "in" and the like do where an area does.
    """
    has_head = False
    found = [(match.start(), match[0]) for match in _TOKEN.finditer(text, low, high)]
    for place, (start, token) in enumerate(found):
        word = plain_word(token.strip(".,;:()\"'’")) or token
        following = [plain_word(other.strip(".,;:()")) for _, other in found[place + 1 : place + 4]]
        if has_head and word in _AND_WORDS and not any(map(_is_work, following[:2])):
            return start
        if has_head and word in _STOPS and word not in _AND_WORDS and not any(map(_is_area, following)):
            return start
        has_head = has_head or (word not in _OF_WORDS and is_work_word(word, is_job=True))
    return high


def _is_work(word: str) -> bool:
    return is_work_word(word)


def _is_area(word: str) -> bool:
    return bool(tokens(word)) and area_strength(word) >= 0.5
