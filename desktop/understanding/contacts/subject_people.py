"""Somebody named in full in the subject alone: "Resume - Ann Poe" above a text that only says "she".

The body must speak of one person throughout and name nobody else in full; else the subject's name is a mere matter.
"""

import re
from collections.abc import Sequence

from desktop.understanding.contacts.mention_cues import FULL_NAME, pattern_of
from desktop.understanding.contacts.speech import Speech
from desktop.understanding.lexicon.names import lead_of, name_of, tail_of
from desktop.understanding.lexicon.persons import personhood
from desktop.understanding.zones.passages import Passage, sentences_of

MAX_SUBJECT = 200
MAX_SENTENCES = 40
LEAST_SENTENCES = 2
LEAST_PART = 0.4

_WORD = re.compile(r"[^\W\d_]{2,}")
_ANSWER = re.compile(r"(?i)\s*(?:re|aw|antw|sv|odp)\s*:")


def named_in_subject(speech: Speech, passages: Sequence[Passage]) -> tuple[int, int] | None:
    """Return [start, end) of the subject where somebody is named who is put forward, or None."""
    head = speech.heads[:MAX_SUBJECT]
    if _ANSWER.match(head) or not pattern_of("put forward heads").search(head.lower()):
        return None
    for match in FULL_NAME.finditer(head):
        start, end = match.span("name")
        start += lead_of(head[start:end])
        end = start + tail_of(head[start:end])
        name = name_of(head[start:end])
        if name and " " in name and personhood(name) > 0.0:
            return (start, end) if _is_about_one(speech, passages) else None
    return None


def _is_about_one(speech: Speech, passages: Sequence[Passage]) -> bool:
    """Whether many sentences say "he" or "she"."""
    places = [place for passage in passages for place in sentences_of(speech.text, passage)][:MAX_SENTENCES]
    places = [place for place in places if len(_WORD.findall(speech.text[slice(*place)])) > LEAST_SENTENCES]
    third = pattern_of("third person", speech.language)
    count = sum(1 for start, end in places if third.search(speech.lowered, start, end))
    return count >= LEAST_SENTENCES and count >= LEAST_PART * len(places)
