"""What gives a person away by its form: addresses, numbers, keys. Each finder returns places of one kind in a text.

Where a form is in doubt it counts as private: hiding too much costs a worse answer, hiding too little cannot be taken
back. Every pattern has bounded repeats, so that no text can hold it up.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

LONGEST_LOCAL = 64
LEAST_DIGITS, LEAST_GROUPED = 7, 6
CARD_DIGITS = (12, 19)


class Private(StrEnum):
    """What a hidden stretch is; the placeholder says so. In the order in which they win over one another."""

    KEY = "KEY"
    EMAIL = "EMAIL"
    LINK = "LINK"
    IBAN = "IBAN"
    CARD = "CARD"
    ID = "ID"
    DEVICE = "DEVICE"
    PHONE = "PHONE"
    STREET = "STREET"
    NAME = "NAME"
    WORD = "WORD"


@dataclass(frozen=True, slots=True)
class Place:
    """[start, end) of a text and what stands there."""

    start: int
    end: int
    kind: Private


_CAPITAL = r"[^\W\d_a-zß-öø-ÿ][\w'’.-]{0,30}"
_KEY = re.compile(
    r"-----BEGIN [A-Z ]{3,40}-----[\s\S]{1,8000}?(?:-----END [A-Z ]{3,40}-----|\Z)"
    r"|\b(?:sk|pk|rk|ghp|gho|ghs|glpat|xox[abprs]|hf|npm|pypi|AKIA|ASIA|AIza|ya29)[-_.]?[A-Za-z0-9_.-]{12,400}"
    r"|\beyJ[A-Za-z0-9_-]{5,2000}\.[A-Za-z0-9_-]{5,4000}(?:\.[A-Za-z0-9_-]{0,2000})?"
)
_SECRET = re.compile(
    r"(?i)\b(?:pass(?:word|wort|code|phrase|wd)?|pwd|kennwort|zugangsdaten|geheimzahl|pin|tan|otp|mot de passe"
    r"|contrase(?:ñ|n)a|clave|wachtwoord|senha|has[łl]o|parola|api[ -]?key|access[ -]?key|secret|token|code)\b"
    r"(?: (?:is|ist|est|es|lautet|word"
    r"|for [\w ]{1,30} is))?\s{0,3}[:=]?\s{1,3}[\"'“„]?(?P<value>[^\s\"'“”„,;]{4,120})"
)
_LONG_TOKEN = re.compile(r"(?<![\w/+=-])[A-Za-z0-9_+/=-]{24,2000}(?![\w/+=-])")
_LOCAL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}\Z")
_DOMAIN = re.compile(r"(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}|\[[0-9a-fA-F:.]{3,45}\]")
_LINK = re.compile(
    r"(?i)\b(?:https?|ftp)://[^\s<>\"]{1,2000}|\bwww\.[^\s<>\"/]{1,200}/[^\s<>\"]{1,2000}"
    r"|\b(?:[a-z0-9-]{1,40}\.){1,4}[a-z]{2,12}/(?:in|u|user|users|profile|people)/[^\s<>\"]{1,200}"
)
_IBAN = re.compile(r"\b[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]){11,30}\b")
_ID = re.compile(
    r"\b\d{3}[ -]\d{2}[ -]\d{4}\b"  # United States
    r"|\b(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b"  # United Kingdom
    r"|\b[XYZ]?-?\d{7,8}-?[A-HJ-NP-TV-Z]\b"  # Spain
    r"|\b[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]\b"  # Italy
    r"|\b[12] ?\d{2} ?(?:0[1-9]|1[0-2]) ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3}(?: ?\d{2})?\b"  # France
    r"|\b\d{3}\.\d{3}\.\d{3}-\d{2}\b"  # Brazil
    r"|\b(?:19|20)?\d{6}[-+]\d{4}\b"  # Sweden, Denmark
    r"|\b[2-9]\d{3} \d{4} \d{4}\b"  # India
)
_NAMED_ID = re.compile(
    r"(?i)\b(?:ssn|social security|passport|reisepass|personalausweis|ausweis|pasaporte|passeport|licen[cs]e"
    r"|driver'?s|"
    r"f[üu]hrerschein|national id|identity card|id card|tax id|steuer-?id|steuernummer|tin|dni|nie|nif|cpf|bsn"
    r"|pesel|"
    r"insurance n\w{0,6}|versicherungsnummer|account|konto\w{0,6}|cuenta|compte|rekening|routing|sort code|bic"
    r"|swift)\b"
    r"(?: (?:number|no\.?|nummer|nr\.?|num[ée]ro|n[úu]mero|id|card|code|is|ist|est|es)){0,3}\s{0,2}[:#.]?\s{0,2}"
    r"(?P<value>[A-Z0-9]{1,4}[-A-Z0-9 /]{3,24}[A-Z0-9])\b"
)
_DEVICE = re.compile(
    r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}\b(?!\.?\d)|\b(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b"
    r"|(?<![\w:])(?:[0-9A-Fa-f]{1,4}:){4,7}[0-9A-Fa-f]{1,4}(?![\w:])"
)
_DIGITS = re.compile(
    r"(?<![\w.])(?<!\d,)(?:\+|\(\+?|00)?\d(?:[ ./()\u00a0\u2011–-]{0,3}\d){5,22}(?:\s?(?:x|ext\.?"
    r"|-)\s?\d{1,6})?(?!\w)"
)
_DATE = re.compile(
    r"(?:19|20)\d{2}[-./ ]\d{1,2}[-./ ]\d{1,2}(?:[ -].{0,11})?|\d{1,2}[-./ ]\d{1,2}[-./ ](?:19|20)\d{2}(?: .{0,6})?"
    r"|(?:19|20)\d{2} ?[-–/] ?(?:19|20)\d{2}|(?:19|20)\d{2} \d{1,2}"
)
_AMOUNT = re.compile(r"\d{1,3}(?:\.\d{3}){1,4}(?:[,.]\d{1,2})?|\d{1,9}\.\d{1,2}")
_MONEY_BEFORE = re.compile(r"(?i)(?:[$€£¥₹]|\b(?:eur|usd|gbp|chf|jpy|inr|cad|aud|pln|sek|nok|dkk))\s?$")
_MONEY_AFTER = re.compile(r"(?i)\s?(?:[$€£¥₹%]|(?:eur|usd|gbp|chf|jpy|inr|cad|aud|pln|sek|nok|dkk|euros?|dollars?)\b)")
_STREET_WORD = (
    r"street|str|st|road|rd|avenue|ave?|boulevard|blvd|drive|dr|lane|ln|way|court|ct|square|sq|plaza|parkway|pkwy"
    r"|highway|hwy|place|pl|terrace|crescent|close|row|circle|cir|loop|trail|pike|gardens|grove|walk|mews|quay|hill"
)
_TAIL = (  # what follows a street: a flat, a post code, a town
    r"(?:[,\n >]{1,4}(?:Apt|Suite|Ste|Unit|Flat|Floor|#)\.? ?#?\w{1,6})?"
    rf"(?:[,\n >]{{1,4}}{_CAPITAL}(?:[,\n >]{{1,4}}{_CAPITAL}){{0,4}}[,\n >]{{1,4}}\d{{4,6}}\b)?"
    rf"(?:[,\n ]{{1,3}}(?:[A-Z]{{1,2}}-)?\d{{4,6}}(?:-\d{{3,4}})?(?: {_CAPITAL}){{1,3}})?"
    rf"(?:[,\n ]{{1,3}}{_CAPITAL}(?: {_CAPITAL}){{0,2}}[,\n ]{{1,3}}[A-Z]{{2}}[,\n ]{{1,3}}\d{{5}}(?:-\d{{4}})?)?"
    r"(?:[,\n ]{1,3}[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})?"
)
_JOINING = r"(?:(?:de|du|des|la|le|les|del|los|las|da|do|dos|di|della|dei) |[ld]['’]){0,3}"
_STREETS = (
    rf"\b\d{{1,6}}[A-Za-z]?,? (?:{_CAPITAL} ){{1,4}}(?i:{_STREET_WORD})\b\.?",
    (
        r"\b[^\W\d_][\w.-]{1,40}(?:stra(?:ß|ss)e|str\.|gasse|weg|platz|allee|ring|damm|ufer|chaussee|straat|laan|plein"
        r"|gracht|kade|gatan|v[äa]gen|gade|vej|veien|katu|tie|utca) \d{1,4}(?: ?[a-zA-Z]\b)?"
    ),
    rf"\b{_CAPITAL} (?:Stra(?:ß|ss)e|Str\.|Weg|Platz|Allee|Gasse|Ring|Markt|Damm) \d{{1,4}}(?: ?[a-zA-Z]\b)?",
    (
        r"\b(?i:rue|avenue|av\.|bd\.?|boulevard|place|chemin|route|quai|all[ée]e|cours|calle|c/|avenida|avda?\.|plaza|paseo"
        rf"|carretera|rua|travessa|largo|pra[çc]a|via|viale|piazza|corso|strada|ul\.|al\.) {_JOINING}"
        rf"{_CAPITAL}(?: {_JOINING}{_CAPITAL}){{0,3}},? ?\d{{1,5}}\b"
    ),
    (
        r"\b\d{1,4}(?: ?bis| ?ter)?,? (?i:rue|avenue|boulevard|place|chemin|route|quai|all[ée]e|impasse|cours) "
        r"[^\n,;.]{2,50}"
    ),
    r"\b(?i:p\.? ?o\.? ?box|postfach|apartado|bo[iî]te postale) \d{1,8}\b",
    rf"\b\d{{1,5}} {_CAPITAL}(?: {_CAPITAL}){{0,3}} (?!(?:19|20)\d\d\b)\d{{1,5}}\b(?!:)",
    r"\b(?:Apt|Suite|Ste|Unit|Flat|Apartment)\.? ?#? ?\d{1,5}[A-Za-z]?\b",
)
_STREET = re.compile("|".join(rf"(?:{form}){_TAIL}" for form in _STREETS))
_ADDRESS_TOLD = re.compile(
    r"(?i)\b(?:address|adresse|anschrift|direcci[óo]n|indirizzo|endere[çc]o|adres)(?: is| ist| est| es)?:? {1,5}"
    r"(?P<value>[^\n?!;]{0,80}?\d[^\n?!;]{0,80})"
)
_TOWN = re.compile(
    rf"\b{_CAPITAL}(?: {_CAPITAL}){{0,2}},? [A-Z]{{2}},? \d{{5}}(?:-\d{{4}})?\b"
    r"|\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b"
)


def places(text: str) -> Iterator[Place]:
    """Yield what a text gives away by its form; places may overlap."""
    yield from _matches(_KEY, text, Private.KEY)
    yield from _values(_SECRET, text, Private.KEY, _is_secret)
    yield from (place for place in _matches(_LONG_TOKEN, text, Private.KEY) if _is_token(text[place.start : place.end]))
    yield from _addresses(text)
    yield from _matches(_LINK, text, Private.LINK)
    yield from (place for place in _matches(_IBAN, text, Private.IBAN) if _digits(text, place) >= 8)
    yield from _matches(_ID, text, Private.ID)
    yield from _values(_NAMED_ID, text, Private.ID, _has_digits)
    yield from _matches(_DEVICE, text, Private.DEVICE)
    yield from _numbers(text)
    yield from _matches(_STREET, text, Private.STREET)
    yield from _values(_ADDRESS_TOLD, text, Private.STREET, _is_not_mail)
    yield from _matches(_TOWN, text, Private.STREET)


def _matches(pattern: re.Pattern[str], text: str, kind: Private) -> Iterator[Place]:
    return (Place(found.start(), found.end(), kind) for found in pattern.finditer(text))


def _values(pattern: re.Pattern[str], text: str, kind: Private, fits: Callable[[str], bool]) -> Iterator[Place]:
    """Yield only the `value` of each match: the word that announces it stays."""
    for found in pattern.finditer(text):
        if fits(found["value"]):
            yield Place(found.start("value"), found.end("value"), kind)


def _is_secret(value: str) -> bool:
    """Whether a word after “password” is one: plain lower-case words are how the sentence goes on."""
    return not (value.rstrip(".!?)").isalpha() and value[1:].islower())


def _has_digits(value: str) -> bool:
    return sum(letter.isdigit() for letter in value) >= 4


def _is_not_mail(value: str) -> bool:
    return "@" not in value and "/" not in value[:8]


def _is_token(text: str) -> bool:
    kinds = (any(c.isdigit() for c in text), any(c.isupper() for c in text), any(c.islower() for c in text))
    return kinds[0] and (kinds[1] or kinds[2])


def _digits(text: str, place: Place) -> int:
    return sum(letter.isdigit() for letter in text[place.start : place.end])


def _addresses(text: str) -> Iterator[Place]:
    """Yield e-mail addresses, found from their @ outwards: a pattern from the left takes square time on long words."""
    at = text.find("@")
    while at >= 0:
        local = _LOCAL.search(text, max(0, at - LONGEST_LOCAL), at)
        domain = _DOMAIN.match(text, at + 1)
        if local and domain:
            yield Place(local.start(), domain.end(), Private.EMAIL)
        at = text.find("@", at + 1)


def _numbers(text: str) -> Iterator[Place]:
    """Yield telephone and card numbers and other long ones; no dates, years and amounts of money."""
    for found in _DIGITS.finditer(text):
        written, count = found[0], sum(letter.isdigit() for letter in found[0])
        if _DATE.fullmatch(written) or (_AMOUNT.fullmatch(written) and not written.startswith("0")):
            continue
        if _MONEY_BEFORE.search(text, max(0, found.start() - 5), found.start()) or _MONEY_AFTER.match(
            text, found.end()
        ):
            continue
        if count < (LEAST_DIGITS if written.isdecimal() else LEAST_GROUPED):
            continue
        kind = Private.CARD if CARD_DIGITS[0] <= count <= CARD_DIGITS[1] and _has_luhn(written) else Private.PHONE
        yield Place(found.start(), found.end(), kind)


def _has_luhn(written: str) -> bool:
    """Whether the digits have the check digit of ISO/IEC 7812-1."""
    digits = [int(letter) for letter in reversed(written) if letter.isdecimal()]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
