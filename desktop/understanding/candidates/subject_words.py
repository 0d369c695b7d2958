"""Which words of a sentence say what it is about: their stems, to be compared with those of the subject line."""

import re

from desktop.understanding.lexicon.cues import folded
from desktop.understanding.lexicon.words import words

STEM = 5  # letters that the forms of a word share, roughly, in every language we read

_WORD = re.compile(r"[^\W\d_]{4,40}")


def stems_of(text: str) -> frozenset[str]:
    """Return the stems of the words of four letters and more, the commonest words left out."""
    return frozenset(word[:STEM] for word in _WORD.findall(folded(text))) - _COMMON


_COMMON = frozenset(
    word[:STEM]
    for word in words(
        "this that with from have your will would please they them their there which what when about also been were"
        " into more some could should dear kind best regards thank thanks hello haben sind eine einen einer nicht bitte"
        " auch noch oder aber wird werden beste grüße vous nous votre pour dans avec plus merci bonjour para como está"
        " pero esta este gracias saludos della delle sono anche come saluti grazie niet voor zijn naar hebben graag"
    )
)
