"""Days the mail names, resolved against the day it was written; those for a next step score highest."""

import re
from collections.abc import Iterator
from datetime import timedelta

from desktop.domain.evidence import Candidate, FactKind
from desktop.understanding.candidates.moments import Today, find_moments
from desktop.understanding.document import Document
from desktop.understanding.regions import MONTH_FIRST
from desktop.understanding.words import phrases

_DEADLINE = phrases(
    r"\b(?:by|until|before|due|deadline|latest|no later than|bis|spätestens|spaetestens|vor dem|frist|termin"
    r"|avant|d['’]ici|au plus tard|échéance|jusqu['’]au|pour le)\b[^.!?]{0,25}$"
)
_MEETING = phrases(
    r"\b(?:meet\w*|call|demo|visit|speak|talk|schedul\w*|available|suit\w*|works?|free|start\w*|go live"
    r"|deliver\w*|treffen|besprech\w*|telefon\w*|besuch\w*|passt"
    r"|starten|liefer\w*|einführ\w*|rendez-vous|réunion|rencontr\w*|appel\w*|disponib\w*|livr\w*|démarr\w*"
    r"|decid\w*|decision|entscheid\w*|décision)\b"
)
_PAST = phrases(
    r"\b(?:since|last|was|were|sent|received|delivered|arrived|ordered|ago|spoke|met|seit|letzte\w*|war"
    r"|wurde\w*|kam|erhalten|geliefert|bestellt|gesendet|gesprochen"
    r"|depuis|dernier|dernière|était|reçu|livré|commandé|envoyé)\b[^.!?]{0,45}$"
)
_BIRTH = re.compile(r"(?i)\b(?:copyright|©|founded|gegründet|since|established|version)\s*$")
MAX_DATES = 30


def find_dates(document: Document) -> Iterator[Candidate]:
    """Yield days, values as ISO dates."""
    sent = document.message.sent_at.date()
    today = Today(sent, document.region in MONTH_FIRST and document.language == "en")
    count = 0
    for start, end in document.sentences():
        for moment in find_moments(document.text, start, end=end, today=today):
            count += 1
            if count > MAX_DATES:
                return
            before, around = document.text[start : moment.start], document.text[start:end]
            score = 0.62 * moment.sharpness
            score += 0.2 if _DEADLINE.search(before) else 0.0
            score += 0.1 if _MEETING.search(around) else 0.0
            speaks_of_past = bool(_PAST.search(before)) or bool(_BIRTH.search(before))
            day = moment.day
            if moment.is_weekday and speaks_of_past and day > sent:
                day -= timedelta(days=7)
            is_past = day < sent or speaks_of_past
            score -= 0.35 if is_past else 0.0
            why = "a day that has passed" if day < sent else "a day named in the text"
            value = day.isoformat()
            yield Candidate(FactKind.DATE, document.cite(moment.start, moment.end), value, max(0.05, score), why)
