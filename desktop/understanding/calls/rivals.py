"""Whom else they talk to or buy from, as it is said: "X, they came in in July", "fed up with X", "thirty one for X".

Speech recognition writes a strange name in several ways; the last or longest form stands for them all.
"""

import re
from collections.abc import Iterator

from desktop.domain.evidence import Candidate, FactKind, Party
from desktop.understanding.calls.names import LONG_NAME, Named, backwards, is_first_name, name_at, same_person, written
from desktop.understanding.calls.pieces import Piece
from desktop.understanding.calls.transcript import Transcript
from desktop.understanding.candidates.competitors import find_competitors as find_written
from desktop.understanding.lexicon.cues import folded
from desktop.understanding.lexicon.words import phrases

OFFERED, USED, COMPARED, ANSWERED, READ = (
    "said to have made an offer",
    "said to be used today",
    "named in a comparison",
    "answers who else",
    "named as in a mail",
)
MAX_RIVALS = 12
ANSWER_TURNS = 2
_ARTICLE = (
    r"(?i:\b(?:d(?:ie|er|as|en|em|es)|ein(?:e[nmr]?)?|kein(?:e[nmr]?)?|(?:unse?r|ihr|mein|sein|eu)(?:e[nmrs]?)?|zu[mr]"
    r"|[bv][eo][im]|i[nm]s?|zwei|alle|viele))\s"
)

_FILLED = r"(?:(?:uh|um|er|erm|äh|ähm|euh|eh),? )*"
_THEY = phrases(
    r"[,.?]? (?:they(?:'ve| have|'d)? (?:been in|came in|come in|pitched|quoted|offered|wanted|showed|undercut|want"
    r"|are at|'re at)|(?:have |has |had )?(?:quoted|pitched|offered|undercut|came in at|come in at)\b|die liegen"
    r"|(?:liegen|liegt) bei (?=\w*(?:zig|zehn|tausend|hundert|\d))|haben (?:uns )?(?:angeboten|geboten)"
    r"|ils (?:proposent|sont à|nous ont)|nos (?:ofrecen|han ofrecido))"
)
_USED = phrases(
    r"\b(?:fed up with|sick of|unhappy with|currently (?:with|using|on)|moving (?:away )?from|switching from|the old"
    r"|at the moment (?:with|on)|(?:you|we|they)(?:'re| are) (?:with|on)|unzufrieden mit|bisher (?:bei|mit)"
    rf"|aktuell (?:bei|mit)|derzeit (?:bei|mit)|mécontents? de|aujourd'hui chez|descontentos con) {_FILLED}{LONG_NAME}"
)
_OFFER = phrases(
    r"\b(?:quote|offer|proposal|price|bid|vergleichsangebot|angebot|offerte|devis|offre"
    rf"|oferta)\b[^.?!]{{0,45}}?,? (?:from|by|von|vom|de chez|chez|de)(?: der| dem| the| la)?,? {_FILLED}{LONG_NAME}"
)
_COMPARED = phrases(
    r"\b(?:talking to|looking at|spoke to|speaking with|compared to|versus|against|cheaper than|better than"
    rf"|instead of|verglichen mit|im vergleich zu|par rapport à) {_FILLED}{LONG_NAME}"
)
_GOES_ON = phrases(r"\s*$|,| (?:at|for|à|pour|bei|für|über|die|they|that|which|qui|por|y|and|und|et)\b")
_FOR = phrases(
    r"\b(?:hundred|thousand|grand|k|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty"
    rf"|ninety)(?: \w{{3,5}})?) for {LONG_NAME}$"
)
_CUES = ((_OFFER, 0.68, OFFERED), (_COMPARED, 0.6, COMPARED), (_USED, 0.64, USED), (_FOR, 0.68, OFFERED))
_WHO_ELSE = phrases(
    r"\b(?:any(?:body|one)? else|some(?:body|one) else|who else|other (?:vendors|suppliers|offers|quotes|options)"
    r"|competitors?|alternatives?|elsewhere|noch jemand\w*|andere (?:anbieter|angebote)|mitbewerber\w*|vergleich\w*"
    r"|wettbewerb\w*|d'autres (?:offres|fournisseurs)|otras (?:ofertas|opciones)|otros proveedores)\b"
)
_ANSWER = phrases(
    r"\b(?:there's|there is|it's|we had|we have|yeah|called|with|from|namely|da ist|mit|von(?: der)?|il y a|c'est|hay"
    rf"|está),? {_FILLED}{LONG_NAME}"
)


def find_rivals(transcript: Transcript) -> Iterator[Candidate]:
    """Yield other suppliers, each once."""
    known = [*transcript.names, *transcript.mentioned]
    found: list[Named] = []
    asked_at = -10
    for piece in transcript.pieces:
        if transcript.is_left_out(piece.start, piece.end):
            continue
        for named in _in_piece(transcript, piece, is_answer=0 <= piece.turn - asked_at <= ANSWER_TURNS):
            is_known = any(same_person(named.value, other.value) for other in known)
            if not is_known and not _takes_article(transcript, named.value):
                _add(found, named)
        if _WHO_ELSE.search(transcript.text, piece.start, piece.end):
            asked_at = piece.turn
    taken = {_squeezed(named.value) for named in found}
    for candidate in find_written(transcript.whole):
        is_known = any(same_person(candidate.value, other.value) for other in known)
        if _squeezed(candidate.value) not in taken and not is_known and transcript.is_cased:
            span = candidate.evidence.span
            found.append(Named(span.start, span.end, candidate.value, FactKind.COMPETITOR, Party.OTHER, 0.45, READ))
    for named in found[:MAX_RIVALS]:
        evidence = transcript.cite(named.start, named.end)
        yield Candidate(FactKind.COMPETITOR, evidence, named.value, named.score, named.why)


def _in_piece(transcript: Transcript, piece: Piece, *, is_answer: bool) -> Iterator[Named]:
    text, cased, (start, end) = transcript.text, transcript.is_cased, (piece.start, piece.end)
    for match in _THEY.finditer(text, start, min(len(text), end + 25)):
        yield from _named(text, backwards(text, start, match.start(), cased=cased), 0.72, OFFERED)
    for pattern, score, why in _CUES:
        for match in pattern.finditer(text, start, end):
            place = name_at(text, *match.span("name"), cased=cased, most=2 if cased else 1)
            is_whole = place is not None and place[1] == match.end("name")
            goes_on = place is not None and (is_whole or _GOES_ON.match(text, place[1], end))
            if cased or pattern is _USED or (pattern is _FOR and is_whole) or (pattern is _OFFER and goes_on):
                yield from _named(text, place, score, why)
    for match in _ANSWER.finditer(text, start, end) if is_answer and cased else ():
        yield from _named(text, name_at(text, *match.span("name"), cased=cased, most=2), 0.6, ANSWERED)


def _named(text: str, place: tuple[int, int] | None, score: float, why: str) -> Iterator[Named]:
    if place is None or is_first_name(text[slice(*place)]) or place[1] - place[0] < 3:
        return
    yield Named(*place, written(text[slice(*place)]), FactKind.COMPETITOR, Party.OTHER, score, why)


def _add(found: list[Named], named: Named) -> None:
    """Keep one form of a name that is heard in several: the longest without a gap, else the last."""
    for place, other in enumerate(found):
        one, two = _squeezed(other.value), _squeezed(named.value)
        if one.startswith(two) or two.startswith(one):
            best = max((other, named), key=lambda form: (len(_squeezed(form.value)), -form.value.count(" ")))
            score = max(other.score, named.score)
            found[place] = Named(best.start, best.end, best.value, best.kind, best.party, score, best.why)
            return
    found.append(named)


def _takes_article(transcript: Transcript, name: str) -> bool:
    """Whether a German noun is no name: it stands with an article or a possessive somewhere in the call."""
    if transcript.language != "de" or " " in name:
        return False
    return re.search(rf"{_ARTICLE}{re.escape(name)}\b", transcript.text) is not None


def _squeezed(text: str) -> str:
    return re.sub(r"[^\w]", "", folded(text))
