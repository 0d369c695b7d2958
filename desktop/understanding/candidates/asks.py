"""What the mail asks for: questions and requests, a sentence each."""

from collections.abc import Iterator

from desktop.domain.evidence import Candidate, FactKind
from desktop.understanding.document import Document
from desktop.understanding.words import phrases

_STRONG = phrases(
    r"\b(?:(?:can|could|would|will) you|please|kindly|let (?:me|us) know|send (?:me|us|over)"
    r"|get back to (?:me|us)|i(?:'d| would) (?:like|appreciate|need)"
    r"|we(?:'d| would) (?:like|appreciate|need)|i need|we need|i want|we want|waiting for your"
    r"|look(?:ing)? forward to (?:your|hearing)|call me|confirm"
    r"|bitte|könnten sie|koennten sie|können sie|koennen sie|kannst du|würden sie|schicken sie|senden sie"
    r"|melden sie sich|geben sie (?:mir|uns)|wir bitten|ich bitte"
    r"|wir erwarten|ich erwarte|fordere? sie|merci de|pouvez-vous|pourriez-vous|veuillez|je vous prie"
    r"|nous souhait\w+|je souhait\w+|envoyez|confirmer|rappelez"
    r"|nous vous demandons|pourrais-tu|peux-tu|j'aimerais|nous aimerions)\b"
)
_COURTESY = phrases(
    r"^(?:if you have any (?:other )?questions|please (?:do not|don't) hesitate|hope (?:you|this)|how are you"
    r"|please (?:find|see) (?:attached|enclosed)|thank"
    r"|bei (?:rück)?fragen|anbei|vielen dank|n'hésitez pas|veuillez (?:agréer|trouver)|je vous prie d'agréer"
    r"|comment allez|wie geht|please note|bitte beachten"
    r"|please consider)"
)
MAX_ASK = 300


def find_asks(document: Document) -> Iterator[Candidate]:
    """Yield the sentences that ask for something, the clearest first by score."""
    count = 0
    for start, end in document.sentences():
        evidence = document.cite(start, end)
        text = evidence.text
        words = text.split()
        if len(words) < 4 or len(text) > MAX_ASK or _COURTESY.search(text):
            continue
        is_question = text.rstrip("\"')”").endswith("?")
        is_request = bool(_STRONG.search(text))
        if not is_question and not is_request:
            continue
        score = 0.5 + 0.18 * is_request + 0.14 * is_question - 0.02 * min(count, 5)
        yield Candidate(FactKind.ASK, evidence, " ".join(words), score, "asks for something")
        count += 1
        if count >= 20:
            return
