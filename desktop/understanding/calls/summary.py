"""What stands for the call: some of its own pieces, who said them left as they were, never a new sentence."""

from collections.abc import Sequence

from desktop.domain.evidence import Fact, FactKind
from desktop.understanding.calls.transcript import Transcript

MAX_SUMMARY = 900
MAX_CHOSEN = 9
LEAST_WORDS = 5
LONG = 40
GAP = " … "

_WORTH = {
    FactKind.ASK: 0.6, FactKind.PROMISE: 0.9, FactKind.PRODUCT: 0.4, FactKind.AMOUNT: 0.8, FactKind.DATE: 0.5,
    FactKind.QUANTITY: 0.3, FactKind.COMPETITOR: 0.6, FactKind.MENTIONED: 0.4,
}  # fmt: skip
_SAID_ALREADY = 0.35


def summary_of(transcript: Transcript, facts: Sequence[Fact]) -> str:
    """Return at most MAX_SUMMARY characters: what holds most that is not said in a piece chosen before."""
    places = [
        (piece.start, piece.end)
        for piece in transcript.pieces
        if len(transcript.text[piece.start : piece.end].split()) >= LEAST_WORDS
        and not transcript.is_left_out(piece.start, piece.end)
    ]
    chosen: list[tuple[int, int]] = []
    told: set[tuple[FactKind, str]] = set()
    room = MAX_SUMMARY
    while places and len(chosen) < MAX_CHOSEN:
        best = max(places, key=lambda place: (_worth(transcript, place, facts, told), -place[0]))
        places.remove(best)
        if chosen and _worth(transcript, best, facts, told) <= 0:
            break
        if best[1] - best[0] + len(GAP) > room:
            continue
        chosen.append(best)
        room -= best[1] - best[0] + len(GAP)
        told |= {(fact.kind, fact.value) for fact in facts if best[0] <= fact.evidence.span.start < best[1]}
    return GAP.join(" ".join(transcript.call.text[start:end].split()) for start, end in sorted(chosen))


def _worth(
    transcript: Transcript, place: tuple[int, int], facts: Sequence[Fact], told: set[tuple[FactKind, str]]
) -> float:  # fmt: skip
    start, end = place
    inside = [fact for fact in facts if start <= fact.evidence.span.start < end]
    worth = sum(
        _WORTH.get(fact.kind, 0.0) * fact.confidence * (_SAID_ALREADY if (fact.kind, fact.value) in told else 1.0)
        for fact in inside
    )
    return worth - 0.3 * (len(transcript.text[start:end].split()) > LONG)
