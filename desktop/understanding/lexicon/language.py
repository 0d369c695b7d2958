"""Which language a text is written in, by its commonest words and the letters only some languages have."""

import re

ENGLISH, GERMAN, FRENCH, SPANISH, ITALIAN, DUTCH = "en", "de", "fr", "es", "it", "nl"
MAX_READ = 20_000
MAX_WORDS = 1500
SURE_SHARE = 0.12
SURE_LEAD = 1.25
LETTER_WEIGHT = 0.6
MAX_SHORT_FORM = 3

_STOPWORDS = {
    ENGLISH: "the and to of you we is for in that it on with this be have our your are as at not from can would will "
    "if please could i me my was has do any there let thanks hi dear regards what they their been when which should "
    "about just an but or by all so up out he she his her them us no yes want how "
    "monday tuesday wednesday thursday friday saturday sunday january february march july october december",
    GERMAN: "der die das und ich wir sie ist nicht ein eine zu den mit für auf von im dem es bitte uns ihr ihre "
    "ihnen wird haben hat sind auch bei noch oder aber wenn dass zum zur wie mir kann können freundlichen grüßen "
    "hallo sehr einen fuer koennen gruessen vielen dank am aus nach als nur werden unser unsere mich war wäre gerne "
    "ihren ihrem ihrer dann schon heute morgen liebe geehrte geehrter um dies diese",
    FRENCH: "le la les de des et un une nous vous je est pour dans que qui en sur pas ce cette avec au aux du par "
    "votre notre vos nos bonjour merci cordialement avons avez il elle sont plus mais ne se si être pouvez pourriez "
    "serait c'est j'ai suis très bien on ou ces fait été madame monsieur afin ainsi",
    SPANISH: "el la los las de del y que en un una por para con no se su sus lo le les es al como más pero nos este "
    "esta si ya muy me mi hola gracias saludos buenos días estimado estimada está hay ser favor usted ustedes nuestro "
    "nuestra he ha hemos cuando sin tiene puede todo cordial buen",
    ITALIAN: "il lo la i gli le di e che un una per con non si è in del della dei delle al alla da dal sono ho "
    "abbiamo mi ci vi ma come più anche nel nella questo questa buongiorno grazie saluti gentile cordiali ha se o "
    "vostra vostro nostra nostro essere può potete siamo molto su",
    DUTCH: "de het een en van in is dat op te voor met niet zijn er aan ook als om wij we u uw ik je jullie heb "
    "hebben kan kunt graag bedankt groet groeten vriendelijke beste geachte wordt worden bij nog maar naar dit die "
    "ons onze deze over wel zou dan geen mij al hebt zal door hierbij",
    "pt": "o os as de do da dos das e que em um uma por para com não se seu sua no na nos nas ao à é são mais mas "
    "como muito obrigado obrigada olá bom dia atenciosamente nós você vocês estamos temos está este esta já pelo pela "
    "também eu segue prezado prezada",
    "pl": "i w z na do nie się jest że to o po dla od za jak co tak czy ale proszę dziękuję dzień dobry pozdrawiam "
    "państwa pan pani nas nam będzie mam mamy oraz przez przy można jeśli są był tym tego ten",
    "sv": "och i att det som en på är av för med till den har inte om ett men vi jag ni er kan ska från så hej tack "
    "vänliga hälsningar mig oss vår vårt hos vid eller när också skulle efter mycket bara",
    "da": "og i at det som en på er af for med til den har ikke om et men vi jeg kan skal fra så hej tak venlig "
    "hilsen mig os vores hos ved eller når også skulle efter meget bare jer blev være hvis",
    "no": "og i at det som en på er av for med til den har ikke om et men vi jeg dere kan skal fra så hei takk "
    "vennlig hilsen meg oss vår vårt hos ved eller når også skulle etter mye bare ble være hvis noen",
    "fi": "ja on ei että se en ole olen oli myös mutta kun niin jos tai mitä voi kiitos hei terveisin ystävällisin "
    "teidän meidän minä me te ovat hän tämä siitä sekä vielä kuin ollut olisi voitte jotta",
    "tr": "ve bir bu için ile de da çok ne var yok olarak daha gibi ama biz siz ben merhaba teşekkürler teşekkür "
    "ederim saygılarımla iyi günler lütfen olan değil mi sizin bizim kadar sonra en ya",
}  # fmt: skip
_LETTERS = {
    GERMAN: "äöüß", FRENCH: "àâçèéêëîïôùûœ", SPANISH: "ñ¿¡áéíóú", ITALIAN: "àèìòù", DUTCH: "ĳ", "pt": "ãõçáéíóúâêô",
    "pl": "ąćęłńśźż", "sv": "åäö", "da": "æøå", "no": "æøå", "fi": "äö", "tr": "ığşçöü",
}  # fmt: skip
_SETS = {language: frozenset(text.split()) for language, text in _STOPWORDS.items()}
_HOW_MANY = {word: sum(word in known for known in _SETS.values()) for known in _SETS.values() for word in known}
_CLOCK = re.compile(r"(?i)\d\s?[ap]\.?m\b")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def _is_short_form(word: str) -> bool:
    return 1 < len(word) <= MAX_SHORT_FORM and word.isupper()


def language_of(text: str) -> tuple[str, bool]:
    """Return the language as an ISO 639-1 code (`en` when nothing speaks for another), and whether that is sure.

    A word that several languages share counts for each by its part; a letter of few languages counts like a fraction
    of a word. Hours ("10 am") and short forms in capitals ("EST") are no words. It is sure when common words make up
    SURE_SHARE of the text and lead by SURE_LEAD over the second.
    """
    text = _CLOCK.sub(" ", text[:MAX_READ])
    found = [match[0] for match in _WORD.finditer(text)][:MAX_WORDS]
    is_loud = text.isupper()
    words = [word.lower().replace("’", "'") for word in found if is_loud or not _is_short_form(word)]
    known = [word for word in words if word in _HOW_MANY]
    counts = {
        language: sum(1.0 / _HOW_MANY[word] ** 0.5 for word in known if word in own) for language, own in _SETS.items()
    }
    for language, letters in _LETTERS.items():
        if counts[language]:
            marked = sum(any(letter in word for letter in letters) for word in words)
            counts[language] += LETTER_WEIGHT * marked / len(letters) ** 0.5
    ranked = sorted(counts, key=lambda language: (counts[language], language == ENGLISH), reverse=True)
    best = ranked[0] if counts[ranked[0]] else ENGLISH
    hits = sum(word in _SETS[best] for word in known)
    second = counts[next(language for language in ranked if language != best)]
    return best, hits >= SURE_SHARE * len(words) and (not words or counts[best] >= SURE_LEAD * second)


def common_words(language: str) -> frozenset[str]:
    """Return the commonest words of a language, in lower case; none where it is not known here."""
    return _SETS.get(language, frozenset())
