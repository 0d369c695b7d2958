"""Which of the three languages we have rules for a text is written in."""

import re

ENGLISH, GERMAN, FRENCH = "en", "de", "fr"
MAX_WORDS = 1500
SURE_SHARE = 0.12

_STOPWORDS = {
    ENGLISH: "the and to of you we is for in that it on with this be have our your are as at not from can would will "
    "if "
    "please could i me my was has do any there let thanks hi dear regards",
    GERMAN: "der die das und ich wir sie ist nicht ein eine zu den mit für auf von im dem es bitte uns ihr ihre "
    "ihnen wird "
    "haben hat sind auch bei noch oder aber wenn dass zum zur wie mir kann können freundlichen grüßen hallo sehr einen "
    "fuer koennen gruessen vielen dank am aus nach",
    FRENCH: "le la les de des et un une nous vous je est pour dans que qui en sur pas ce cette avec au aux du par "
    "votre "
    "notre vos nos bonjour merci cordialement avons avez il elle sont plus mais ne se si être pouvez pourriez serait",
}
_SETS = {language: frozenset(text.split()) for language, text in _STOPWORDS.items()}
_WORD = re.compile(r"[^\W\d_]+")


def language_of(text: str) -> tuple[str, bool]:
    """Return en, de or fr by counting common words (en when nothing speaks for another), and whether that is sure."""
    words = [match[0].lower() for match in _WORD.finditer(text[:20_000])][:MAX_WORDS]
    counts = {language: sum(word in known for word in words) for language, known in _SETS.items()}
    best = max(counts, key=lambda language: (counts[language], language == ENGLISH))
    chosen = best if counts[best] > counts[ENGLISH] else ENGLISH
    return chosen, counts[chosen] >= SURE_SHARE * len(words)
