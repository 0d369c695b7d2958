"""From a call to a Reading: the same kinds of Facts as of a mail, each with the words that were said.

No calibrator was fitted on calls. So a Confidence is what the rules think of it, and nothing that was only heard is in
the sure band: speech recognition mishears, and a figure said is not a figure written. What the telephone or the
calendar knows of who was on the line is no hearsay. A model is asked why the call was made and how the contact feels.
"""

from collections.abc import Iterator

from desktop.domain.errors import Rejected
from desktop.domain.evidence import (
    SURE_FROM,
    Candidate,
    ComputedBy,
    Fact,
    FactKind,
    Intent,
    Label,
    Part,
    Party,
    Reading,
)
from desktop.domain.interactions import Call
from desktop.domain.ports import LanguageModel
from desktop.understanding import RULES_VERSION
from desktop.understanding.calls.amounts import find_amounts
from desktop.understanding.calls.commitments import find_commitments
from desktop.understanding.calls.corrections import without_corrected
from desktop.understanding.calls.days import find_days
from desktop.understanding.calls.heard import is_heard
from desktop.understanding.calls.people import find_people
from desktop.understanding.calls.products import find_products
from desktop.understanding.calls.quantities import find_quantities
from desktop.understanding.calls.rivals import find_rivals
from desktop.understanding.calls.summary import summary_of
from desktop.understanding.calls.transcript import Transcript, read_transcript
from desktop.understanding.candidates.addresses import find_addresses
from desktop.understanding.candidates.questions import find_questions
from desktop.understanding.conclusions.intent import intent_by_rules
from desktop.understanding.conclusions.sentiment import sentiment_by_rules
from desktop.understanding.confidence.calibrator import Calibrators, shipped
from desktop.understanding.confidence.families import Family
from desktop.understanding.first_look import FirstLook
from desktop.understanding.questions import QUESTIONS_VERSION
from desktop.understanding.reading import QUARANTINED, label_of
from desktop.understanding.selection import NO_SELECTION, ask_model

HEARD_AT_MOST = SURE_FROM - 0.03
LEAST = 0.25
REPORTS = 0.6
CORRECTABLE = (FactKind.AMOUNT, FactKind.QUANTITY, FactKind.DATE)
MAX_OF_KIND = 16
AT_THE_END = 3
PRIVATE = "Something in this call was said to be private; it was left out."
CUT = "Only the first part of this long call was read."
AIMED_AT_SOFTWARE = "Part of this call speaks to software instead of to you; it was not followed."
DICTATED = "A note you dictated: the contact is whom you met."


def read_call(call: Call, model: LanguageModel | None, *, job: str, calibrators: Calibrators | None = None) -> Reading:
    """Understand one call. Errors and what `calibrators` mean are as for `read_message`."""
    transcript = read_transcript(call)
    known = calibrators or shipped()
    message = call.as_message()
    facts = tuple(fact for fact in _facts(transcript) if is_heard(message, fact))
    intent = _why(transcript)
    mood = sentiment_by_rules(transcript.mood_side, intent[1])
    notes = _notes(transcript)
    look = FirstLook({}, {}, {}, intent, mood, frozenset({Family.INTENT.value, Family.SENTIMENT.value}))
    try:
        selection = ask_model(model, transcript.whole, look, known, job=job)
    except Rejected:
        selection = NO_SELECTION
        notes.append(QUARANTINED)
    choices, calibrator = selection.choices, known.of(selection.model_hash)
    return Reading(
        facts=tuple(sorted(facts, key=lambda fact: (fact.evidence.span.part.value, fact.evidence.span.start))),
        intent=label_of(transcript.whole, Family.INTENT, intent, choices.get("intent"), calibrator),
        sentiment=label_of(transcript.mood_side, Family.SENTIMENT, mood, choices.get("sentiment"), calibrator),
        language=transcript.language,
        summary=summary_of(transcript, facts),
        zones=transcript.zones,
        computed_by=ComputedBy(selection.model_hash, QUESTIONS_VERSION if choices else "", RULES_VERSION),
        notes=tuple(notes),
    )


def _why(transcript: Transcript) -> tuple[Label, dict[Intent, float]]:
    """Return why the call was made and the share of every label; who dictates a note tells how things stand."""
    label, shares = intent_by_rules(transcript.whole)
    if not transcript.is_dictated:
        return label, shares
    shares = {intent: (1 - REPORTS) * share for intent, share in shares.items()}
    shares[Intent.STATUS_UPDATE] += REPORTS
    return Label(Intent.STATUS_UPDATE.value, shares[Intent.STATUS_UPDATE]), shares


def _notes(transcript: Transcript) -> list[str]:
    said = (
        (transcript.is_dictated, DICTATED),
        (transcript.private, PRIVATE),
        (transcript.aimed, AIMED_AT_SOFTWARE),
        (transcript.was_cut, CUT),
    )
    return [note for holds, note in said if holds]


def _facts(transcript: Transcript) -> Iterator[Fact]:
    """Yield of each kind the likeliest few, one for each value."""
    best: dict[tuple[FactKind, str], Candidate] = {}
    for candidate in _standing(transcript):
        span = candidate.evidence.span
        if span.part is Part.BODY and transcript.is_left_out(span.start, span.end):
            continue
        key = (candidate.kind, candidate.value.casefold())
        if key not in best or candidate.rule_score > best[key].rule_score:
            best[key] = candidate
    for kind in FactKind:
        ranked = sorted((one for one in best.values() if one.kind is kind), key=_order)
        yield from (_fact(transcript, one) for one in ranked[:MAX_OF_KIND] if one.rule_score >= LEAST)


def _standing(transcript: Transcript) -> Iterator[Candidate]:
    """Yield the candidates; figures and days that were put right at once are left out."""
    figures: dict[FactKind, list[Candidate]] = {kind: [] for kind in CORRECTABLE}
    for candidate in _candidates(transcript):
        if candidate.kind in CORRECTABLE and candidate.evidence.span.part is Part.BODY:
            figures[candidate.kind].append(candidate)
        else:
            yield candidate
    for found in figures.values():
        yield from without_corrected(transcript.call, transcript.text, found)


def _order(candidate: Candidate) -> tuple[float, int]:
    return -candidate.rule_score, candidate.evidence.span.start


def _candidates(transcript: Transcript) -> Iterator[Candidate]:
    yield from find_people(transcript)
    yield from (one for one in find_addresses(transcript.whole) if one.evidence.span.part is Part.SENDER)
    yield from find_amounts(transcript)
    yield from find_quantities(transcript)
    yield from find_days(transcript)
    yield from find_rivals(transcript)
    yield from find_products(transcript)
    yield from find_commitments(transcript)
    yield from _open_questions(transcript)


def _open_questions(transcript: Transcript) -> Iterator[Candidate]:
    """Yield what the contact asks in the last turns: what is asked earlier is mostly answered on the spot."""
    theirs = [piece.turn for piece in transcript.pieces if piece.side is Party.CONTACT]
    late = sorted(set(theirs))[-AT_THE_END:]
    for candidate in find_questions(transcript.contact_side):
        if transcript.call.turn_at(candidate.evidence.span.start) in late:
            yield candidate


def _fact(transcript: Transcript, candidate: Candidate) -> Fact:
    span = candidate.evidence.span
    is_heard_only = span.part is Part.BODY
    evidence = transcript.cite(span.start, span.end) if is_heard_only else candidate.evidence
    return Fact(
        kind=candidate.kind,
        value=candidate.value,
        evidence=evidence,
        confidence=round(min(candidate.rule_score, HEARD_AT_MOST) if is_heard_only else candidate.rule_score, 4),
        reason=candidate.why,
        owner=candidate.owner,
        due=candidate.due,
    )
