"""Signs that mean little in a letter of the sender's own, and a good deal in one that is not.

Forms left unfilled, answers dictated, protocols to be followed, words about programs.
"""

import re

from desktop.understanding.hostile.misspellings import as_meant

MAX_SCANNED = 12_000
EPSILON = 1e-9

_QUOTED_WORD = r"[\"'“‘`]{1,3}[\w ${}.]{1,40}[\"'”’`.]{1,4}"
_ADDRESS = r"[\w.+-]{1,40}\s?(?:@|\(at\)|\[at\])\s?[\w-]{1,40}\.\w{2,10}"
_CUES: tuple[tuple[float, tuple[str, ...]], ...] = (
    (0.5, (  # a form that nobody filled in
        (r"\[(?:your|my|the|recipient|sender|company|name|first name|date|topic|position|title|insert|project|client"
        r"|ihr|votre|nom|su)\b[^\]\n]{0,30}\]"), r"\$\s?[xyz]{1,3}\b", r"\b[xyz]% ", r"\{\{?\w{1,20}\}?\}",
    )),
    (0.4, (
        (r"^\W{0,3}(?:best|regards|thanks|sincerely|(?:kind|best|warm) (?:regards|wishes)|thank you),?\s{1,4}"
        r"\[[^\]\n]{3,30}\]"),
    )),
    (0.5, (  # an answer dictated
        rf"\b(?:with|by|reply|replying|using|saying|word|words|text|body|contain\w*)\b.{{0,24}}{_QUOTED_WORD}",
    )),
    (0.4, (
        (rf"\b(?:e-?mail|mail|send|reply|respond|write|forward|rsvp|notify|inform|contact|confirm\w*)\b.{{0,60}}"
        rf"{_ADDRESS}"),
    )),
    (0.5, (rf"\b(?:e-?mail|send|mail|message|text|forward|reply|answer|respond)(?: with)? {_QUOTED_WORD}",)),
    (0.5, (
        r"\b(?:body|content|text) of (?:the|your|an?|this) (?:e-?mail|message|reply|mail|note)\b", r"\bas the body\b",
    )),
    (0.5, (
        r"\bonly (?:contain|include|consist|state)\b",
        r"\b(?:precise|exact) (?:profit |budget )?(?:figure|number|value|word|wording|format|text)\b",
    )),
    (0.5, (
        r"\bfollow (?:this|these|the) (?:\w+ )?(?:protocols?|instructions?|procedures?|steps|directives?)\b",
        r"\b(?:protocol|procedure) must\b",
    )),
    (0.5, (  # words about programs
        r"\b(?:assistants?|chatbots?|language models?|llms?|prompts?|ai (?:system|agent|model)s?)\b",
    )),
    (0.4, (r"\bsummar(?:y|ies|i[sz]\w*)\b", r"\brecap\w*\b")),
    (0.4, (r"\w\.\w{3,20}\(", r"\b\w{2,20}\(\w[\w ,=\"']{1,60}\)")),
    (0.2, (r"\b(?:api|json|tools?|functions?|commands?|automat\w+)\b",)),
    (0.3, (  # a show of urgency, and the one word it is about
        r"\b(?:immediate|urgent) (?:action|attention|response)\b", r"\baction required\b", r"^\W{0,3}urgent\b",
    )),
    (0.3, (r"\bconfirmation\b(?:(?s:.){1,900})\bconfirmation\b",)),
    (0.4, (  # what mail programs do not write
        r"={6,}", r"\*\*[^*\n]{2,60}\*\*", r"\\r\\n", r"im_(?:start|end)", r"\$\$", r"</\w{2,}",
    )),
    (0.4, (  # another mail's greeting, subject or header in the middle of a line or of the text
        r"\w[.:]? {1,3}(?:dear|hi|hello|hey) (?:team|all|everyone|colleagues?|folks|sir|customer|user|\[)\b",
        r"^\W{0,4}(?:dear|hi|hello) \[",
    )),
    (0.3, (r"[.!?] {1,3}subject ?:", r"\bsubject:.{3,120}\n\W{0,4}(?:hi|hello|dear)\b")),
    (0.5, (r"\bfrom: .{2,60}<[^<>\n]{3,60}>.{0,10}\bsent: ",)),
)  # fmt: skip
_COMPILED = tuple((weight, re.compile("|".join(patterns), re.MULTILINE)) for weight, patterns in _CUES)


def weak_cues(text: str) -> frozenset[int]:
    """Return which cues a text has, by their numbers."""
    lowered = as_meant(text[:MAX_SCANNED].lower())
    return frozenset(number for number, (_, pattern) in enumerate(_COMPILED) if pattern.search(lowered))


def weight_of(cues: frozenset[int]) -> float:
    """Return the weight of some cues; 0.9 and more is a text no guest writes, 1 and more hardly anybody's letter."""
    return sum(_COMPILED[number][0] for number in cues) + EPSILON


def weak_score(text: str) -> float:
    """Return the weight of the cues of a text."""
    return weight_of(weak_cues(text))
