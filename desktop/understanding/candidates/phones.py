"""The contact's telephone numbers, with what they are for. A fax number is never offered."""

import re
from collections.abc import Iterator

import phonenumbers

from desktop.domain.evidence import Candidate, FactKind
from desktop.understanding.cleaning import TextLine
from desktop.understanding.document import Document

_RUN = re.compile(r"(?<![\w/.,-])(?:\+|\(\+|00|\(0|0|\(\d|\d)(?:[\d()/.\xa0 \u2010-\u2015-]{5,26})\d(?![\w@])")
_DATE_LIKE = re.compile(r"\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d{4}-\d{2}-\d{2}|\d{1,2}[.:]\d{2}\s*[-–]|\d+[.,]\d{2}$")
_FAX = re.compile(r"(?i)(?:\b(?:tele)?fax|\bfacsimile|\bf|\btélécopie)\b[^\d,;|/·•]{0,30}$")
_MOBILE = re.compile(
    r"(?i)(?:\b(?:mobile?|mob|cell(?:ular)?|handy|mobil(?:telefon)?|portable|gsm|m|c|natel|whatsapp"
    r"|port)\b|📱)[^\d,;|/·•]{0,20}$"
)
_OFFICE = re.compile(
    r"(?i)(?:\b(?:tel|telefon|telephone|téléphone|tél|phone|ph|office|direct(?: line)?|durchwahl|dw|zentrale|work|t"
    r"|o|p|d|landline|line"
    r"|standard|fon|fixe|büro)\b|[☎📞])[^\d,;|·•]{0,24}$"
)
_CALLED = re.compile(
    r"(?i)\b(?:call|ring|reach|text|dial|number|nummer|numéro|erreich\w*|joindre|joignable|anruf\w*|appel\w*"
    r"|phone)\b[^\d]{0,60}$"
)
_NO_PHONE = re.compile(
    r"(?i)\b(?:id|iban|bic|vat|ust|hr[ab]|siret|siren|order|po|invoice|rechnung|auftrag|bestell|ref|reference|no"
    r"|nr|n°|ticket|case|account|konto"
    r"|meeting|passcode|pin|contract|vertrag|quote|angebot|devis|facture|commande|serial|part|item|#|plz|zip|unit"
    r"|suite)\b[^\d,;|]{0,16}$"
)
_MOBILE_PREFIXES = {44: ("7",), 33: ("6", "7"), 49: ("15", "16", "17"), 43: ("6",), 41: ("7",)}
_DIAL_IN = re.compile(r"(?i)dial[ -]?in|einwahl|conference bridge|passcode|meeting id")
_OLD = re.compile(r"(?i)\b(?:old|previous|former|no longer|alte|bisherige|ancien\w*)\b.{0,40}$")
_NEW = re.compile(r"(?i)\b(?:new|neue?|nouve\w+|changed to|now)\b.{0,50}$")


def find_phones(document: Document) -> Iterator[Candidate]:
    """Yield telephone numbers as PHONE or MOBILE candidates, values in E.164."""
    for lines, is_signature in ((document.signature, True), (document.body, False)):
        for line in lines:
            if len(line.text) < 3000:
                yield from _in_line(document, line, is_signature=is_signature)


def _in_line(document: Document, line: TextLine, *, is_signature: bool) -> Iterator[Candidate]:
    if _DIAL_IN.search(line.text):
        return
    previous = 0
    for match in _RUN.finditer(line.text):
        digits = sum(char.isdigit() for char in match[0])
        before = line.text[previous : match.start()][-60:]
        previous = match.end()
        if not 7 <= digits <= 16 or _DATE_LIKE.search(match[0]) or _FAX.search(before):
            continue
        number = _parsed(match[0], document.region)
        if number is None:
            continue
        score = _score(before, match[0], is_signature=is_signature)
        if score <= 0:
            continue
        kind = _kind(before, number)
        start = line.start + match.start()
        value = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        why = "in the signature" if is_signature else "written in the mail"
        yield Candidate(kind, document.cite(start, start + len(match[0])), value, score, why)


def _parsed(text: str, region: str) -> phonenumbers.PhoneNumber | None:
    plain = text.replace("(0)", " ") if text.lstrip("(").startswith(("+", "00")) else text
    if plain.startswith("00") and region != "US":
        plain = "+" + plain[2:]
    try:
        number = phonenumbers.parse(plain, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    if region == "US" and not plain.lstrip("(").startswith("+"):
        return number if phonenumbers.is_valid_number(number) else None
    is_marked = plain.lstrip("(").startswith(("+", "0", "("))
    return number if is_marked or phonenumbers.is_valid_number(number) else None


def _kind(before: str, number: phonenumbers.PhoneNumber) -> FactKind:
    mobile, office = _MOBILE.search(before), _OFFICE.search(before)
    if mobile and (not office or mobile.start() >= office.start()):
        return FactKind.MOBILE
    if office:
        return FactKind.PHONE
    is_mobile = phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE
    prefix = _MOBILE_PREFIXES.get(number.country_code or 0, ())
    return FactKind.MOBILE if is_mobile or str(number.national_number).startswith(prefix) else FactKind.PHONE


def _score(before: str, number: str, *, is_signature: bool) -> float:
    labelled = bool(_MOBILE.search(before) or _OFFICE.search(before))
    if not labelled and _NO_PHONE.search(before):
        return 0.0
    has_shape = number.startswith(("+", "(", "0")) or number.count("-") == 2
    if not labelled and not has_shape:
        return 0.0
    score = 0.8 if is_signature else 0.4
    score += 0.1 if labelled else 0.0
    if not is_signature:
        score += 0.2 if _CALLED.search(before) else 0.0
        score += 0.3 if _NEW.search(before) else 0.0
    return score * 0.3 if _OLD.search(before) else min(score, 0.92)
