"""Where the writer's own words end and the signature and the disclaimer begin."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from desktop.domain.evidence import Zone

MAX_SIGNATURE = 16
MAX_SHORT = 72
MAX_LINE = 500

_SEPARATOR = re.compile(r"\s*(?:--|-- |[-–—_=*]{3,}|- -)\s*")
_SIGN_OFF = re.compile(
    r"\s*(?:(?:with |many |very )?(?:kind(?:est)?|best|warm(?:est)?|sincere) regards|regards|best(?: wishes)?"
    r"|all the best"
    r"|(?:many |with )?thanks(?: (?:again|so much|very much|in advance|a lot|and (?:kind |best )?regards))?"
    r"|thank you(?: (?:again|very much"
    r"|so much|in advance))?|cheers|sincerely(?: yours)?|yours (?:sincerely|faithfully|truly)|cordially|take care"
    r"|thx|rgds|br|kr"
    r"|mit (?:freundlichen|besten|herzlichen|vielen|freundlichem|bestem|kollegialen) (?:grü(?:ß|ss)en?|gru(?:ß"
    r"|ss)|gruessen)"
    r"|(?:viele|beste|freundliche|liebe|herzliche|schöne|sonnige) (?:grü(?:ß|ss)e|gruesse)(?: aus \w+)?"
    r"|(?:gru(?:ß|ss)|lg|vg|mfg|glg)"
    r"|besten dank(?: und (?:freundliche|beste) grü(?:ß|ss)e)?|vielen dank(?: (?:und|im voraus).{0,40})?"
    r"|danke(?: (?:und|im voraus).{0,40})?|hochachtungsvoll"
    r"|(?:bien )?cordialement|bien à (?:vous|toi)|(?:meilleures|sincères|cordiales) salutations"
    r"|salutations(?: distinguées)?|merci(?: (?:d'avance"
    r"|beaucoup|et .{0,40}))?|(?:bonne|belle) (?:journée|fin de journée)|(?:je vous prie d'agréer"
    r"|veuillez agréer).{0,140}|bises|amicalement"
    r"|un saludo|saludos(?: cordiales)?|cordiali saluti|met vriendelijke groet(?:en)?)\s*[,.!]{0,3}\s*",
    re.IGNORECASE,
)
_DEVICE = re.compile(
    r"\s*(?:sent (?:from|via) my \w+.{0,40}|sent from (?:mobile|outlook|mail) .{0,40}|get outlook for \w+"
    r"|von meinem \w+ gesendet.{0,30}|gesendet von (?:meinem )?\w+.{0,30}|envoyé (?:de|depuis) mon \w+.{0,30}"
    r"|enviado desde mi \w+.{0,20}|inviato da \w+.{0,20}|sent on the move.{0,40})\s*",
    re.IGNORECASE,
)
_DISCLAIMER = re.compile(
    r"(?i)\b(?:confidential(?:ity)?\b.{0,60}(?:notice|note|information|intended|privileged|e-?mail|:)"
    r"|intended (?:only|solely|exclusively) for"
    r"|(?:this|the) (?:e-?mail|message|communication)\b.{0,60}\b(?:confidential|intended|privileged|property of"
    r"|and any (?:attach|files))"
    r"|if you (?:are not the|have received this).{0,40}(?:recipient|e-?mail|error|message)|disclaimer\s?:|virus-free"
    r"|please consider the environment|think before (?:you )?print|registered (?:in|office|address).{0,60}(?:no\b"
    r"|number|\d)"
    r"|diese (?:e-?mail|nachricht|mitteilung).{0,60}(?:vertraulich|ausschlie|bestimmt|anhäng)"
    r"|vertrauliche.{0,30}informationen"
    r"|nicht der (?:richtige|vorgesehene|beabsichtigte) (?:adressat|empfänger)|amtsgericht .{2,40}\bhr[ab]\b"
    r"|denken sie an die umwelt"
    r"|ce (?:message|courriel|mail|courrier).{0,60}(?:confidentiel|destin|pièces jointes)"
    r"|si vous n'êtes pas le destinataire"
    r"|pensez à l'environnement|avis de confidentialité)"
)
_CONTACT_LINE = re.compile(
    r"(?i)(?:\+|\b0)[\d (][\d ()./-]{6,}\d|\(\d{3}\) ?\d{3}-\d{4}|\b\d{3}[-.]\d{3}[-.]\d{4}\b|[\w.+-]+@[\w-]+\.\w"
    r"|www\.|https?://"
)
_POSTSCRIPT = re.compile(r"(?i)\s*(?:p\.? ?s\.?|n\.? ?b\.?)\s?[:.]?\s+\S")
_LOWER_WORD = re.compile(r"\b[a-zà-ÿ]+\b")
_SENTENCE = re.compile(r"\w{2,} \w+ \w+ \w+ .*[.?!]$|\?$")


@dataclass(frozen=True, slots=True)
class Shape:
    """First line of the signature and of the disclaimer, by index; the number of lines when there is none.

    A postscript under the signature is the writer's own words again: `postscript` is [start, end).
    """

    signature: int
    disclaimer: int
    count: int
    postscript: tuple[int, int] = (0, 0)

    def zone_of(self, index: int) -> Zone:
        """Return what the line at `index` is."""
        if self.postscript[0] <= index < self.postscript[1]:
            return Zone.NEW
        if index >= self.disclaimer:
            return Zone.DISCLAIMER
        return Zone.SIGNATURE if index >= self.signature else Zone.NEW


def find_signature(lines: Sequence[str]) -> Shape:
    """Find the signature and the disclaimer at the end of one person's lines."""
    count = len(lines)
    lines = [line if len(line) <= MAX_LINE else line[:MAX_LINE] for line in lines]
    disclaimer = _disclaimer_start(lines)
    filled = [index for index in range(disclaimer) if lines[index].strip()]
    tail = filled[-MAX_SIGNATURE - 8 :]
    start = _marked_start(lines, tail)
    if start is None:
        start = _contact_start(lines, tail)
    if start is None:
        start = disclaimer
    return Shape(start, disclaimer, count, _postscript(lines, start, disclaimer))


def _disclaimer_start(lines: Sequence[str]) -> int:
    """Return where the disclaimers at the end begin: the first such line that only short text follows."""
    for index, line in enumerate(lines):
        if _DISCLAIMER.search(line) and index >= min(2, len(lines) - 1):
            start = index
            while start and _SEPARATOR.fullmatch(lines[start - 1]):
                start -= 1
            return start or len(lines)
    return len(lines)


def _marked_start(lines: Sequence[str], tail: Sequence[int]) -> int | None:
    """Return the first separator, sign-off or device line that only a signature can follow."""
    for place, index in enumerate(tail):
        line = lines[index]
        if len(line) > 160:
            continue
        if _SEPARATOR.fullmatch(line) and place and _is_signature([lines[i] for i in tail[place + 1 :]]):
            return index
        if _DEVICE.fullmatch(line):
            return index
        if _SIGN_OFF.fullmatch(line) and _is_signature([lines[i] for i in tail[place + 1 :]]):
            return index
    return None


def _is_signature(lines: Sequence[str]) -> bool:
    """Whether these filled lines may be a signature: few, and the first of them short and no sentence."""
    if len(lines) > MAX_SIGNATURE:
        return False
    return not any(len(line) > MAX_SHORT * 2 or _is_sentence(line) for line in lines[:2])


def _is_sentence(line: str) -> bool:
    return bool(_SENTENCE.search(line.strip())) and not _CONTACT_LINE.search(line)


def _contact_start(lines: Sequence[str], tail: Sequence[int]) -> int | None:
    """Find a signature without sign-off: short lines at the end that hold a telephone number or an address."""
    start: int | None = None
    has_contact = False
    previous: int | None = None
    for index in reversed(tail[-12:]):
        line = lines[index].strip()
        if previous is not None and previous - index > 2:
            break
        is_contact = bool(_CONTACT_LINE.search(line)) and len(line) <= 120
        is_prose = line.endswith((",", ":", "?", ".")) and len(_LOWER_WORD.findall(line)) > 2
        if not is_contact and (len(line) > MAX_SHORT or is_prose):
            break
        if line.endswith((",", "!")) and len(line.split()) <= 4 and not is_contact:
            break
        has_contact = has_contact or is_contact
        start, previous = index, index
    return start if has_contact and start is not None and start != tail[0] else None


def _postscript(lines: Sequence[str], start: int, end: int) -> tuple[int, int]:
    for index in range(start, end):
        if _POSTSCRIPT.match(lines[index]):
            stop = index
            while stop < end and lines[stop].strip():
                stop += 1
            return index, stop
    return 0, 0
