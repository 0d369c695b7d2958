"""The sentence above quoted text: "On Monday, Jo Field wrote:", in one to four lines.

Rather than one pattern for each language, a sentence counts that ends like an introduction (a verb of writing, a
colon) and holds what an introduction holds: a date, a time, an address. So a language whose verb is not in the list
is still understood when a date and an address are there.
"""

import re
from collections.abc import Sequence

from desktop.understanding.zones import quoting
from desktop.understanding.zones.headers import Place, QuotedHeader, TextLine

MAX_LINES = 4
MAX_TEXT = 500

# What each of the verbs has in it, in small letters: looking for these is far quicker than for the verbs.
_STEMS = (
    "wrote", "writes", "schrieb", "geschrieben", "écrit", "escribi", "escrev", "scritto", "schreef", "geschreven",
    "skrev", "kirjoitti", "napisa", "pisze", "napsal", "napísal", "написа", "пише", "írta", "scris", "yazd", "έγραψε",
    "写道", "作成しました", "작성",
)  # fmt: skip
_DIGIT = re.compile(r"\d")
_VERB = re.compile(rf"(?<![\w/-])(?:{quoting.VERB})(?![\w/-])", re.IGNORECASE)
_START = re.compile(
    r"[\s*\"'(\[-]{0,8}(?:(?:On|Am|Le|El|Il|Op|Em|Na|Dnia|W dniu|Den|Dne|Dňa|Ve středu|Pe|La|Στις|В|At)\s[^\n]{0,60}\d"
    r"|[^\W\d]{1,12}[.,]{0,2}\s{1,3}(?:[^\W\d]{0,9}\.?,?\s{1,2})?\d{1,4}[\s./,]"
    r"|\d{1,4}[-./年]\s?\d|\d{1,2}[:.h]\d\d|\d{1,2}\.?\s[^\W\d]{3,12}\.?,?\s\d{4})",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"<?(?:mailto:)?[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}\s?>?")
_DATE = re.compile(r"\b(?:19|20)\d\d\b|\b\d{1,4}[-./]\d{1,2}[-./]\d{1,4}\b|\d\d?[:.h]\d\d|\d{1,4}年")
_YEAR_OR_CLOCK = re.compile(r"(?:19|20)\d\d|\d{1,2}[:.h]\d\d(?:[:.]\d\d)?|[-./]\d\d\b|日")
_END = re.compile(r"[:：]\s*[-*]{0,6}$|-{2,}$")
_LEAD = re.compile(
    r"[\s,.;:()\"'*\[-]*(?:(?:[AaPp]\.?[Mm]\b\.?|uhr|hat|h|kl|klo|um|à|a|las|às|alle|ore|at|o|г\.?|в|от|пользователь|użytkownik"
    r"|uživatel|od|(?:GMT|UTC)[+-]?\d{0,4}|MESZ|MEZ|HNEC|HAEC|[A-Z]{2,4}T|CET|CEST|[+-]\d{4}|(?:E|C|M|P)[SD]T)(?![\w@.])[\s,.;:()\"'*\[-]*)*",
    re.IGNORECASE,
)


def verbs_in(text: str) -> tuple[str, ...]:
    """Return the stems of the verbs of writing that stand in a mail, for `may_be_introduction`."""
    lowered = text.lower()
    return tuple(stem for stem in _STEMS if stem in lowered)


def may_be_introduction(text: str, verbs: Sequence[str]) -> bool:
    """Whether a line can begin an introduction: it has a digit, an address or one of the mail's `verbs`.

    Says no of most lines, quickly; a yes means nothing.
    """
    if "@" in text or _DIGIT.search(text):
        return True
    return bool(verbs) and any(stem in text.lower() for stem in verbs)


def find_introduction(lines: Sequence[TextLine], at: int) -> QuotedHeader | None:
    """Return the introduction that begins at line `at`, or None."""
    first = lines[at].text
    if len(first) <= MAX_TEXT and lines[at].depth > 1 and first.rstrip().endswith(">>"):
        enclosed = quoting.ENCLOSED.fullmatch(first)
        if enclosed:
            start = lines[at].start
            author = (start + enclosed.start("author"), start + enclosed.end("author"))
            return QuotedHeader(
                at + 1,
                author=author,
                sent=(start + enclosed.start("sent"), start + enclosed.end("sent")),
                is_enclosed=True,
            )
    if len(first) > MAX_TEXT or not _may_begin(first):
        return None
    joined = ""
    for last in range(at, min(at + MAX_LINES, len(lines))):
        text = lines[last].text.strip()
        if text == ":" and lines[last].depth == lines[at].depth + 1 and joined.rfind("<") > joined.rfind(">"):
            text = ">:"
        elif not text or lines[last].depth != lines[at].depth:
            return None
        joined = f"{joined} {text}".strip()
        if len(joined) > MAX_TEXT:
            return None
        if _may_end(joined) and _is_introduction(joined, lines, at, last):
            return _read(lines, at, last)
    return None


def _may_begin(text: str) -> bool:
    return "@" in text or bool(_START.match(text)) or _has_verb(text)


def _has_verb(text: str) -> bool:
    return bool(verbs_in(text)) and bool(_VERB.search(text))


def _may_end(joined: str) -> bool:
    return bool(_END.search(joined)) or bool(_VERB.search(joined[-16:]))


def _is_introduction(joined: str, lines: Sequence[TextLine], at: int, last: int) -> bool:
    bare = joined.rstrip(":： -*")
    verb = _VERB.search(joined)
    is_short_behind = verb is not None and len(bare) - verb.end() <= 150
    has_date = bool(_DATE.search(joined))
    has_address = bool(_ADDRESS.search(joined))
    has_colon = bool(_END.search(joined))
    if has_address and has_date and has_colon and bare.endswith((">", ")", "]")):
        return True
    if not verb or not is_short_behind:
        return False
    below = _depth_below(lines, last)
    if has_colon and below > lines[at].depth:
        return has_date or has_address or len(joined) <= 100
    ends_with_verb = verb.end() >= len(bare) - 1 or bool(_VERB.search(bare[-16:]))
    if has_colon and _DATE.search(joined, verb.end()) and len(joined) <= 160:
        return True
    if has_colon:
        return (has_date or has_address) and (ends_with_verb or has_address or bool(_START.match(joined)))
    return has_date and has_address and ends_with_verb and not _has_text(lines, last + 1)


def _depth_below(lines: Sequence[TextLine], last: int) -> int:
    for line in lines[last + 1 : last + 4]:
        if line.text.strip() or line.depth:
            return line.depth
    return 0


def _has_text(lines: Sequence[TextLine], index: int) -> bool:
    return index < len(lines) and bool(lines[index].text.strip()) and not lines[index].depth


def _read(lines: Sequence[TextLine], at: int, last: int) -> QuotedHeader:
    """Return where the introduction names the author and the date. Both lie on lines `at` to `last`."""
    for index in range(at, last + 1):
        line = lines[index]
        found = _ADDRESS.search(line.text)
        if found and not line.text[: found.start()].strip() and index > at:
            start, _ = _author(lines[index - 1], len(lines[index - 1].text))
            return QuotedHeader(last + 1, author=(start, line.start + found.end()), sent=_sent(lines[at]))
        if found and found.start() > 0:
            return QuotedHeader(last + 1, author=_author(line, found.end()), sent=_sent(lines[at]))
    whole = (lines[at].start, lines[last].end)
    is_one_line = at == last and not any("@" in line.text for line in lines[at : last + 1])
    if not is_one_line:
        return QuotedHeader(last + 1, author=whole, sent=_sent(lines[at]))
    verb = _VERB.search(lines[at].text)
    end = verb.start() if verb and verb.start() > 8 else len(lines[at].text.rstrip(" :*-"))
    return QuotedHeader(last + 1, author=_author(lines[at], end), sent=_sent(lines[at]))


def _author(line: TextLine, end: int) -> Place:
    """Return the name before `end`: what follows the last date, time or verb before it."""
    text = line.text[:end]
    address = _ADDRESS.search(text)
    limit = address.start() if address else end
    start = 0
    for pattern in (_YEAR_OR_CLOCK, _VERB):
        for match in pattern.finditer(text, 0, limit):
            start = max(start, match.end())
    lead = _LEAD.match(text, start)
    start = lead.end() if lead and start else start
    if not text[start:limit].strip(" ,\"'<(["):
        start = limit
    while start < end and text[start] in " ,":
        start += 1
    return line.start + start, line.start + max(start, len(text.rstrip()))


def _sent(line: TextLine) -> Place | None:
    found = list(_YEAR_OR_CLOCK.finditer(line.text[:200]))
    if not found:
        return None
    start = len(line.text) - len(line.text.lstrip(" -*\"'"))
    return line.start + start, line.start + max(found[-1].end(), start)
