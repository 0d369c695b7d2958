"""Telephone and fax numbers, mail addresses and links in a signature, with what they are labelled as.

A label stands before its number ("Fx: …") or behind it ("… (fax)"); one line keeps to one of the two. Numbers are not
checked against any country's plan here: a signature says itself what they are.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

MAX_TEXT = 20_000
MAX_MARKS = 200
MIN_DIGITS = 4


class MarkKind(StrEnum):
    """What a mark is; JUNK stands for pictures and the like that say nothing."""

    PHONE = "phone"
    MOBILE = "mobile"
    FAX = "fax"
    MAIL = "mail"
    LINK = "link"
    JUNK = "junk"


@dataclass(frozen=True, slots=True)
class Mark:
    """Characters [start, end) of the signature that are a number, an address or a link."""

    kind: MarkKind
    start: int
    end: int


_JUNK = re.compile(r"\[cid:[^\]\n]{0,200}\]|<<[^>\n]{0,120}>>|\[https?:[^\]\n]{0,300}\]|<https?:[^>\n]{0,300}>")
_MAIL = re.compile(
    r"(?:mailto:)?(?P<mail>[\w!#$%&'*+/=?^{|}~-]{1,40}(?:\.[\w!#$%&'*+/=?^{|}~-]{1,40}){0,6}"
    r"@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6})"
)
_LINK = re.compile(
    r"(?i)(?:https?://|www\.)[^\s<>|]{2,300}|(?<![\w.@-])[a-z][\w-]{1,40}(?:\.[a-z][\w-]{1,40}){0,3}"
    r"\.(?:com|org|net|de|at|ch|fr|it|es|pt|nl|be|eu|pl|uk|io|info|biz|edu|gov|example|test)(?:/[^\s<>"
    r"|]{0,200})?(?![\w@.-])"
)  # fmt: skip
_NUMBER = re.compile(
    r"(?<![\w@/.-])(?:\(\d{2,4}\) {0,3}\n[ >]{0,6}\d[\d .-]{4,12}\d"
    r"|(?:\+ ?\d|\(\+?\d|\d)[\d()/. \xa0\u2010-\u2015-]{2,28}\d)(?![\w@])"
)
_APART = re.compile(r"\s{3,}|\s+/+\s+|\s+[\u2010-\u2015-]\s+(?=[+(0]\d)")
_TAIL = re.compile(r"([+(\d][^/\n]{7,24}\d)/(\d{1,4})")
_NOT_A_NUMBER = re.compile(
    r"\d{5}-\d{4}|\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d{4}-\d{2}-\d{2}|\d{1,2}[.:]\d{2} ?[-–] ?\d{1,2}[.:]\d{2}"
    r"|\d{4} ?[-–/] ?\d{4}|\d{5} \d{1,4}"
)
_PHONE_WORDS = (
    r"t[eé]l[eé]?(?:ph?one|fono?|foon|efon)?|phones?|telephones?|ph|phn|office|off|direct(?:o|e)?"
    r"|(?:direct )?line|voice"
    r"|work|wk|home|main|desk|general|standard|accueil|switchboard|zentrale|durchwahl|dw|fon|festnetz|büro"
    r"|kontakt|fixe|fijo|t(?:e?l)?fno|tel[eé]?f|tph|tln|ofc|dd|dl"
    r"|conmutador|centralita|centralino|landline|toll[- ]?free|bureau|puh|tlf|tfn|vx|centrale|hotline|pbx"
    r"|reception|anmeldung"
    r"|[tpodhwbv]"
)  # fmt: skip
_MOBILE_WORDS = (
    r"mobiles?|mob|cell(?:ular|phone| phone)?|cel|celular|wireless|handy|mobil(?:telefon|nummer)?|mobiel"
    r"|m[oó]vil|portable"
    r"|cell ?phone|truck|zap|matkapuhelin"
    r"|gsm|natel|cep|kom|kom[oó]rka|telem[oó]vel|tlm|pager|beeper|whatsapp|port|car|[mc]"
)
_FAX_WORDS = r"(?:tele)?fax|facsimile|t[eé]l[eé]copieu?r?|t[eé]l[eé]copie|fx|faks|telefaks|f"
_LABEL_WORDS = rf"(?P<fax>{_FAX_WORDS})|(?P<mobile>{_MOBILE_WORDS})|(?P<phone>{_PHONE_WORDS})"
_LABELS_BEFORE = re.compile(rf"(?i)(?<![^\s|,;(/·•:☎📞&]){'(?:' + _LABEL_WORDS + ')'}(?![^\W_])(?!['’])")
_LABEL_BEHIND = re.compile(rf"(?i)[\s,.–-]{{0,4}}[(\[]?\s?(?:{_LABEL_WORDS})(?![^\W_])(?!\s?[:.]?\s?[+(\d])")
_NO_PHONE = re.compile(
    r"(?i)\b(?:id|iban|bic|blz|vat|ust|uid|hr[ab]|fn|siret|siren|rcs|kvk|btw|nip|regon|krs|ico|dic|abn|acn"
    r"|cricos|ein|p\.? ?iva"
    r"|reg(?:istered|istration|ister)?|company|order|account|konto|invoice|lic(?:ence|ense)?|matr|bar|ref|gln"
    r"|duns|meeting"
    r"|passcode|pin|code)\b[^\d\n]{0,30}$"
)  # fmt: skip
_PLACE = re.compile(
    r"(?i)(?:\b(?:box|postfach|postbus|bp|suite|ste|room|rm|unit|floor|flr?|apt|building|bldg|level|street|st"
    r"|road|rd|avenue|ave)"
    r"|#)[.,:]{0,2}\s{0,3}#?\(?$"
)


def find_marks(text: str) -> list[Mark]:
    """Return what `text`, a signature, holds of numbers, addresses and links, in order and without overlap."""
    text = text[:MAX_TEXT]
    marks = [Mark(MarkKind.JUNK, *match.span()) for match in _JUNK.finditer(text)]
    marks += [
        Mark(MarkKind.MAIL, *match.span("mail")) for match in _MAIL.finditer(text) if _is_free(marks, *match.span())
    ]
    marks += [Mark(MarkKind.LINK, *match.span()) for match in _LINK.finditer(text) if _is_free(marks, *match.span())]
    numbers = [span for span in _numbers(text) if _is_free(marks, *span)]
    marks += _labelled(text, numbers[:MAX_MARKS])
    return sorted(marks[:MAX_MARKS], key=lambda mark: mark.start)


def _is_free(marks: list[Mark], start: int, end: int) -> bool:
    return not any(mark.start < end and start < mark.end for mark in marks[:MAX_MARKS])


def _numbers(text: str) -> Iterator[tuple[int, int]]:
    for match in _NUMBER.finditer(text):
        for start, end in _apart(text, *match.span()):
            tail = _TAIL.fullmatch(text, start, end)
            if tail:
                yield _bracketed(text, start, tail.end(1))
                yield tail.span(2)
            elif sum(char.isdigit() for char in text[start:end]) >= MIN_DIGITS:
                yield _bracketed(text, start, end)


def _apart(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the numbers in a run of digits: those on one line may be divided by gaps, strokes and dashes."""
    cuts = [] if "\n" in text[start:end] else list(_APART.finditer(text, start, end))
    for cut in cuts:
        yield start, cut.start()
        start = cut.end()
    yield start, end


def _bracketed(text: str, start: int, end: int) -> tuple[int, int]:
    """Leave out a bracket that is opened or closed outside."""
    if text[start] == "(" and ")" not in text[start:end]:
        start += 1
    return start, end


def _labelled(text: str, numbers: list[tuple[int, int]]) -> Iterator[Mark]:
    """Yield a Mark for each number; `behind` tells how the labels of the current line stand."""
    line_start = -1
    behind = False
    previous = 0
    for place, (start, end) in enumerate(numbers):
        first = text.rfind("\n", 0, start) + 1
        before = text[max(first, previous, start - 60) : start]
        following = numbers[place + 1][0] if place + 1 < len(numbers) else len(text)
        after = text[end : min(end + 24, following)].partition("\n")[0]
        label_before, label_behind = _kind_before(before), _kind_behind(after)
        if first != line_start:
            line_start, behind = first, label_before is None and label_behind is not None
            if behind and "\n" not in text[end:following] and following < len(text):
                behind = not leans_forward(text[end:following], is_usual=not _is_trailed(text, numbers[place + 1 :]))
        if not behind and following < len(text) and "\n" not in text[end:following]:
            label_behind = None
        kind = (label_behind or label_before) if behind else (label_before or label_behind)
        previous = end
        is_tail = start > 0 and text[start - 1] == "/" and end - start <= 4
        if is_tail or _is_number(
            text[start:end], before, kind_before=label_before is not None, kind_behind=label_behind is not None
        ):
            yield Mark(kind or MarkKind.PHONE, start, end)


def _is_trailed(text: str, numbers: list[tuple[int, int]]) -> bool:
    """Whether a label stands behind the last of these numbers that is on the first one's line."""
    stop = text.find("\n", numbers[0][0])
    last = max(end for start, end in numbers if stop < 0 or start < stop)
    return _kind_behind(text[last : last + 24].partition("\n")[0]) is not None


def leans_forward(gap: str, *, is_usual: bool) -> bool:
    """Whether the label in the gap between two numbers belongs to the second; `is_usual` where nothing tells."""
    if _AT_SECOND.search(gap):
        return True
    if _AT_FIRST.search(gap):
        return False
    lead, trail = len(gap) - len(gap.lstrip()), len(gap) - len(gap.rstrip())
    return lead > trail if lead != trail else is_usual


_AT_SECOND = re.compile(r"[:#]\s*$|^\s*[,;|/·•–-]\s*[^\s(\[,;|/·•–-][^,;|/·•–-]*$")
_AT_FIRST = re.compile(r"^\s*[(\[]|[,;|/·•–-]\s*$")


def _kind_before(text: str) -> MarkKind | None:
    found = None
    for match in _LABELS_BEFORE.finditer(text):
        found = match
    if found is None or len(text) - found.end() > 34:
        return None
    return _kind_of(found)


def _kind_behind(text: str) -> MarkKind | None:
    found = _LABEL_BEHIND.match(text)
    return _kind_of(found) if found else None


def _kind_of(match: re.Match[str]) -> MarkKind:
    if match["fax"]:
        return MarkKind.FAX
    return MarkKind.MOBILE if match["mobile"] else MarkKind.PHONE


def _is_number(text: str, before: str, *, kind_before: bool, kind_behind: bool) -> bool:
    digits = sum(char.isdigit() for char in text)
    if digits > 17 or _NOT_A_NUMBER.fullmatch(text) or _PLACE.search(before):
        return False
    if kind_before and not _NO_PHONE.search(before[-12:]):
        return digits >= MIN_DIGITS
    if _NO_PHONE.search(before):
        return False
    if kind_behind and digits >= 6:
        return True
    groups = len(re.findall(r"\d+", text))
    has_shape = groups >= 2 or text.startswith(("+", "0", "("))
    return (digits >= 7 and has_shape) or bool(_SHORT.fullmatch(text))


_SHORT = re.compile(r"\d-\d{4}")


def is_label(text: str) -> bool:
    """Whether a piece of text only labels a number or an address."""
    return bool(_ONLY_LABEL.fullmatch(text))


def without_label(text: str) -> tuple[int, int]:
    """Return [start, end) of what is left of `text` without the labels of numbers at either end."""
    end = len(text)
    while match := _LABEL_AT_END.search(text, max(0, end - 60), end):
        end = match.start()
    start = 0
    while match := _LABEL_AT_START.match(text, start, end):
        start = match.end()
    return start, end


_OTHER_LABEL = (
    r"e-?mail(?: address| id)?|e:?mail|mail|correo|courriel|web(?:site|seite|page)?|internet|homepage|url|site"
    r"|net|www"
    r"|[ewi]"
)
_ANY_LABEL = rf"(?:{_FAX_WORDS}|{_MOBILE_WORDS}|{_PHONE_WORDS}|{_OTHER_LABEL})"
_NUMBER_WORD = r"(?: ?(?:no|nr|nº|n°|num|number|nummer|line|transmission no|ext(?:ension)?)\b)?"
_AROUND = r"[\s.:;,/|()\[\]*#&=·•☎📞📱✉–—-]"
_ONLY_LABEL = re.compile(rf"(?i){_AROUND}{{0,8}}(?:{_ANY_LABEL}{_NUMBER_WORD}(?![^\W_]){_AROUND}{{0,8}}){{0,4}}")
_LABEL_AT_END = re.compile(rf"(?i)(?<![^\W_]){_ANY_LABEL}{_NUMBER_WORD}{_AROUND}{{0,8}}$")
_LABEL_AT_START = re.compile(rf"(?i){_AROUND}{{0,4}}{_ANY_LABEL}(?![^\W_])[\s.:;,)\]]{{0,8}}")
