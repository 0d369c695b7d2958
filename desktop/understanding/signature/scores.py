"""How much a piece of a signature looks like a name, a position, an organisation, a department or an address.

The scores are set by hand, in the manner of log-odds: 0 says nothing, 4 all but decides. `STEPS` does the same for what
follows what: a signature usually goes name, position, organisation, address, numbers.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from desktop.understanding.lexicon.company_names import ends_with_legal_form, likeness, organisation_words
from desktop.understanding.lexicon.function_words import area_strength, names_unit, title_strength, without_accents
from desktop.understanding.lexicon.postal_addresses import address_strength, is_office_code, names_region
from desktop.understanding.lexicon.words import words
from desktop.understanding.signature.pieces import Joint, Piece


class Sort(StrEnum):
    """What a piece of a signature is."""

    NAME = "name"
    POSITION = "position"
    ORGANISATION = "organisation"
    DEPARTMENT = "department"
    ADDRESS = "address"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Hints:
    """What is known besides the signature: the writer's name and the label of their domain, or empty."""

    person: frozenset[str] = frozenset()
    domain: str = ""


_PARTICLES = words("van de der den von zu zur vom da di del della dos du la le el al bin ibn ter ten y und st")
CREDENTIALS = words(
    "dr prof professor a/prof mr mrs ms miss mx sir herr frau hr fr mag ing lic dipl dipl-ing dipl-kfm mba phd ph.d "
    "msc bsc ba ma llm llb jd pe p.e esq cfa cpa md m.d rn rph fcca acca aca cisa cism cissp cipp/e pmp fhea frics "
    "mrics ceng madame monsieur mme mlle m med jr sr ii iii iv rer nat pol h.c hc dott dott.ssa ir drs mgr inz dds "
    "dvm do np msn shrm-cp gphr leed ap cisco mcse itil fca ra stb univ habil bc bba meng mphil"
)
_CLOSING = re.compile(
    r"(?i)(?:(?:with |many |very )?(?:kind(?:est)?|best|warm(?:est)?) (?:regards|wishes)|regards|best"
    r"|thanks.{0,30}|cheers"
    r"|thank you.{0,30}|sincerely.{0,10}|yours \w+|respectfully.{0,10}|mit .{4,20} gr(?:ü|ue)(?:ß|ss)en?"
    r"|\w+ gr(?:ü|ue)(?:ß|ss)e.{0,20}"
    r"|gru(?:ß|ss)|lg|vg|mfg|glg|(?:bien )?cordialement|bien à .{2,5}|\w+ salutations|salutations.{0,15}"
    r"|merci.{0,20}|(?:un )?saludos?.{0,14}"
    r"|atentamente|cordiali saluti|distinti saluti|met vriendelijke groet(?:en)?|groet(?:en|jes)?"
    r"|med vänlig hälsning.{0,6}"
    r"|mvh|(?:med )?venlig hilsen|pozdrawiam|z poważaniem|saygılarımla|iyi çalışmalar|atenciosamente|abraços?"
    r"|sent (?:from|via) .{1,40}|von meinem .{1,40}|envoyé .{1,40}|enviado .{1,40}|inviato .{1,40}|(?:get"
    r"|télécharge[rz]|obtener|obtenir|hol(?:e|en) sie sich|ottieni|download) outlook .{1,20}"
    r"|\*?please note.{0,60}|(?:she/her|he/him|they/them).{0,20})"
)  # fmt: skip
_TOKEN = re.compile(r"[^\W\d_](?:[^\W\d_]|['’.-])*")
_SENTENCE = re.compile(
    r"[!?]$|\.(?i:docx?|xlsx?|pdf|pptx?|jpe?g|gif|png|zip|txt|rtf)\)?$|(?<!& )\b\w{2,}\.$|[.!?] [A-Z]|\b(?:I|you"
    r"|we|your"
    r"|our|us|is|are|was|will|please|have|has|ist|sind|wir|sie|ihre?|nous|vous)\b"
)
_SMALL = words("of and the for de des du der die das et und e y i da do di del la le les van von für in am an zum zur")
_NOT_NAMES = words(
    "team support info office service services department sales hotline group company limited the best kind regards "
    "thanks thank cheers hello dear sent please note street road avenue strasse phone tel mobile fax email web www "
    "north south east west northern southern eastern western international national customer security public note "
    "attachment attached file subject registered phone view unsubscribe praxis hotel cafe bank"
)


def scores(piece: Piece, hints: Hints, previous: str) -> dict[Sort, float]:
    """Return what speaks for each Sort of `piece`; `previous` is the text of the piece before it."""
    text = " ".join(piece.text.split())
    if piece.label:
        forced = _sort_of_label(piece.label)
        return {sort: (4.0 if sort is forced else 0.0) for sort in Sort}
    has_letters = any(char.isalpha() for char in text)
    if _CLOSING.fullmatch(text) or not (has_letters or address_strength(text)):
        return {sort: (5.0 if sort is Sort.OTHER else 0.0) for sort in Sort}
    title, area = title_of(text), area_strength(text)
    alike = likeness(text, hints.domain)
    return {
        Sort.NAME: _name(piece, text, title, hints),
        Sort.POSITION: _position(piece, text, title, area),
        Sort.ORGANISATION: _organisation(piece, text, title, area, alike),
        Sort.DEPARTMENT: _department(piece, text, title, area),
        Sort.ADDRESS: 4.0 * address_strength(text) + 0.8 * piece.coded - (1.0 if title > 0.7 else 0.0),
        Sort.OTHER: _other(piece, text, alike, previous),
    }


def title_of(text: str) -> float:
    """Return 0 to 1: how much a piece is a title; a name with a form of address ("Professor Jo Field") is none."""
    first, _, rest = text.partition(" ")
    first = without_accents(first).strip(".")
    is_name = person_shape(rest) == 1.0 and title_strength(rest) < 0.7 and not area_strength(rest)
    is_name = is_name and (first in CREDENTIALS - _RANKS or first in _DIGNITIES)
    return 0.0 if is_name else title_strength(text)


_RANKS = words("sr jr ii iii iv ap do")
_DIGNITIES = words("dean senator governor judge captain mayor pastor sheriff ambassador coach commissioner justice")


def _sort_of_label(label: str) -> Sort:
    for sort, pattern in _LABELS.items():
        if pattern.fullmatch(label):
            return sort
    return Sort.OTHER


_LABELS: Mapping[Sort, re.Pattern[str]] = {
    Sort.NAME: re.compile(r"(?i)(?:full |contact )?name|nom|nombre|nome|naam|ansprechpartner"),
    Sort.POSITION: re.compile(
        r"(?i)(?:job )?title|position|role|function|funktion|fonction|poste|cargo|puesto|functie"
    ),
    Sort.ORGANISATION: re.compile(
        r"(?i)company|organi[sz]ation|employer|firma|unternehmen|société|empresa|azienda|bedrijf"
    ),
    Sort.DEPARTMENT: re.compile(r"(?i)dep(?:artmen)?t|abteilung|service|departamento|afdeling|division"),
    Sort.ADDRESS: re.compile(
        r"(?i)(?:(?:office|mailing|postal|street|registered|visiting) )?address|adresse?|anschrift|dirección"
        r"|indirizzo|adres|(?:head|regional|registered|main) office|standort|sitz|siège|hauptsitz|besuchsadresse"
    ),
}


_ASIDE = re.compile(r"\s*\([^()]{0,30}\)")
_NICKNAME = re.compile(r"\s['\"“„«‘][^\s'\"“”«»’]{1,20}['\"“”«»’]\s")
_DEGREE = re.compile(
    r"(?i)(?:m\.?sc|b\.?sc|b\.?a|m\.?a|ph\.?d|mba|llm|llb|b\.?eng|m\.?eng|diploma|bachelor|master)\.?\s\S"
)


def person_shape(text: str) -> float:
    """Return 0 to 1: how much a text has the shape of a person's name."""
    text = _NICKNAME.sub(" ", _ASIDE.sub("", text))
    found = [word for word in text.replace(",", " ").split() if without_accents(word).strip(".") not in CREDENTIALS]
    if not 1 <= len(found) <= 5 or any(char.isdigit() for char in text):
        return 0.0
    for word in found:
        plain = without_accents(word).strip(".")
        if plain in _NOT_NAMES or not _TOKEN.fullmatch(word):
            return 0.0
        is_small = not word[0].isupper() and plain not in _PARTICLES
        if is_small or (word.endswith(".") and len(word) > 4):
            return 0.0
    full = [word for word in found if len(word.strip(".")) > 1]
    if not full:
        return 0.0
    if len(found) == 1:
        return 0.4
    return 1.0 if len(found) <= 4 else 0.7


def _is_person(text: str) -> bool:
    return person_shape(text) == 1.0 and not title_strength(text)


def _name(piece: Piece, text: str, title: float, hints: Hints) -> float:
    tokens = frozenset(re.findall(r"[a-z]{2,}", without_accents(text)))
    shape = person_shape(text) or (0.8 if tokens and tokens <= hints.person and len(text) <= 40 else 0.0)
    if not shape:
        return -4.0
    score = 1.6 * shape + (1.0 if piece.row == 0 else 0.2 if piece.row == 1 else -0.4 * min(piece.row, 4))
    shared = len(tokens & hints.person)
    score += 2.6 if shared >= 2 else 1.6 if shared else 0.0
    score -= 3.0 * (ends_with_legal_form(text) and not shared) + 1.4 * organisation_words(text) + 2.5 * title
    score -= 1.5 * piece.below + (1.2 if piece.joint in (Joint.LIGHT, Joint.DASH) else 0.0)
    return score - (1.0 if len(text) <= 5 and text.isupper() else 0.0)


def _position(piece: Piece, text: str, title: float, area: float) -> float:
    score = 4.2 * title if title else 1.2 * area - 1.2
    if piece.joint in (Joint.LIGHT, Joint.DASH) and names_region(text):
        score += 1.2
    score -= 1.5 * ends_with_legal_form(text) + (1.5 if _SENTENCE.search(text) and not title > 0.8 else 0.0)
    return score - (0.6 if piece.below else 0.0)


def _department(piece: Piece, text: str, title: float, area: float) -> float:
    if not area:
        return 1.0 if piece.joint in (Joint.LIGHT, Joint.DASH) and names_region(text) else -2.0
    is_cut = piece.joint in (Joint.LIGHT, Joint.DASH)
    if area < 0.5 and not is_cut and (_is_small(text) or not names_unit(text)):
        return -2.0
    return 2.4 * area * (title < 0.5) + (0.8 if names_unit(text) and not title else 0.0)


def _is_small(text: str) -> bool:
    """Whether at least half of the words begin with a small letter, as in slogans and sentences."""
    found = text.split()
    return 2 * sum(1 for word in found if word[0].islower() and word not in _SMALL) >= len(found)


def _organisation(piece: Piece, text: str, title: float, area: float, alike: float) -> float:
    found = text.split()
    score = 0.6 if text[:1].isupper() or text[:1].isdigit() else -0.6
    score -= 2.5 if _is_small(text) and not alike else 0.0
    if ends_with_legal_form(text):
        score += 4.0
    score += min(2.4, 1.3 * organisation_words(text)) + 3.2 * alike
    lead = found[0]
    if len(found) <= 2 and (lead.isupper() or re.search(r"[a-zà-ÿ][A-Z]", text)) and len(lead) > 1:
        score += 0.6
    score += 0.9 if re.search(r"\w (?:&|\+) \w", text) and not title else 0.0
    score -= 2.4 * max(0.0, title - 0.3) + 1.5 * (area > 0.6) + (1.0 if re.search(r"\d", text) else 0.0)
    score -= (2.0 if len(found) > 8 and not alike else 0.0) + (
        2.5 if _SENTENCE.search(text) and not ends_with_legal_form(text) else 0.0
    )
    score -= 2.5 if piece.coded and not ends_with_legal_form(text) else 0.0
    return score - (0.8 if piece.below else 0.0)


def _other(piece: Piece, text: str, alike: float, previous: str) -> float:
    score = 0.7 + (1.5 if _SENTENCE.search(text) else 0.0)
    score += 2.0 if len(text.split()) > 8 and title_strength(text) <= 0.4 else 0.0
    score += 1.2 * is_office_code(text) + 1.5 * piece.prose + (2.5 if _DEGREE.match(text) else 0.0)
    plain = [without_accents(word).strip(".,") for word in text.split()]
    if all(word in CREDENTIALS for word in plain):
        score += 4.0
    elif piece.joint is Joint.LIGHT and text.isupper() and len(text) <= 6 and not alike and _is_person(previous):
        score += 1.5
    return score + (0.8 if piece.below else 0.0) + (0.6 if text[:1].islower() else 0.0)


def _table(*rows: tuple[float, ...]) -> dict[Sort, dict[Sort, float]]:
    """Return the rows as before → after → score, both in the order of Sort."""
    return {before: dict(zip(Sort, row, strict=True)) for before, row in zip(Sort, rows, strict=True)}


START: Mapping[Sort, float] = dict(zip(Sort, (0.9, 0.0, 0.2, -0.4, -0.2, 0.0), strict=True))
_DOWN = _table(  # name, position, organisation, department, address, other
    (-1.0, 1.0, 0.9, 0.5, 0.0, 0.0),
    (-1.5, 0.1, 1.1, 0.9, 0.1, 0.0),
    (-0.8, -0.5, -0.4, 0.6, 0.9, 0.3),
    (-1.5, -0.3, 0.9, 0.3, 0.5, 0.0),
    (-2.5, -1.5, -0.8, -1.0, 1.2, 0.0),
    (0.2, 0.0, 0.0, 0.0, 0.0, 0.2),
)
_LIGHTLY: Mapping[tuple[Sort, Sort], float] = {
    (Sort.NAME, Sort.NAME): -1.0,
    (Sort.NAME, Sort.ORGANISATION): -0.4,
    (Sort.NAME, Sort.POSITION): 0.8,
    (Sort.POSITION, Sort.POSITION): 1.0,
    (Sort.POSITION, Sort.ORGANISATION): 0.7,
    (Sort.POSITION, Sort.DEPARTMENT): 0.6,
    (Sort.ORGANISATION, Sort.ORGANISATION): 0.6,
    (Sort.ORGANISATION, Sort.ADDRESS): 0.8,
    (Sort.ADDRESS, Sort.ADDRESS): 1.6,
}


def step(before: Sort, after: Sort, joint: Joint) -> float:
    """Return what speaks for `after` coming next when a piece was `before`."""
    if (
        joint is Joint.DASH
        and before is after
        and before in (Sort.POSITION, Sort.ORGANISATION, Sort.DEPARTMENT, Sort.ADDRESS)
    ):
        return 3.2
    if joint in (Joint.LIGHT, Joint.DASH) and (before, after) in _LIGHTLY:
        return _LIGHTLY[before, after]
    return _DOWN[before][after]
