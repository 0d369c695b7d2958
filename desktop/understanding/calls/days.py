"""Days said in a call: those the rules for mails find, less what only sounds like a date in speech."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from desktop.domain.evidence import Candidate, Part
from desktop.understanding.calls.transcript import Transcript
from desktop.understanding.candidates.dates import DUE, PASSED, find_dates
from desktop.understanding.candidates.moment_types import year_before
from desktop.understanding.lexicon.words import phrases

_NOW = re.compile(
    r"(?i)(?:today|tonight|now|heute|jetzt|aujourd'hui|hoy|oggi|vandaag|yesterday|gestern|hier|ayer|(?:last|this"
    r"|letztes|dieses|cette|este|l'an) (?:year|jahr|année|año|dernier))$"
)
_WHEN = phrases(
    r"\b(?:when (?:did|was|were|had)|how long ago|since when|wann (?:hat|haben|ist|sind|war|waren|wurde)|seit wann"
    r"|quand (?:est|a|ont)|depuis quand|cuándo (?:fue|se fue|empezó)|desde cuándo)\b"
)


def find_days(transcript: Transcript) -> Iterator[Candidate]:
    """Yield days as ISO dates; the answer to "when did he leave" is a day gone by."""
    for candidate in find_dates(transcript.whole):
        span = candidate.evidence.span
        if span.part is not Part.BODY or (candidate.why != DUE and _NOW.match(candidate.evidence.text)):
            continue
        if transcript.is_in_number(span.start, span.end):
            continue
        if _answers_when(transcript, span.start) and candidate.value > transcript.call.started_at.date().isoformat():
            value = year_before(date.fromisoformat(candidate.value)).isoformat()
            yield replace(candidate, value=value, why=PASSED, rule_score=min(candidate.rule_score, 0.44))
        else:
            yield candidate


def _answers_when(transcript: Transcript, place: int) -> bool:
    turn = transcript.call.turn_at(place)
    return turn > 0 and bool(_WHEN.search(transcript.call.turns[turn - 1].text[-400:]))
