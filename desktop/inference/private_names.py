"""Where people's names are likely to stand: headers, greetings, signatures, forms of address, and words in a row.

No list of names is kept, so a name in an unusual place is missed, most of all a lone first name within a sentence.
"""

import re
from collections.abc import Iterable, Iterator

from desktop.inference.private_patterns import Place, Private
from desktop.inference.private_words import NO_NAMES, NO_PERSONS, TITLES

LONGEST_NAME = 70
LEAST_PART = 3

_WORD = r"[^\W\d_a-zß-öø-ÿ](?:[^\W\d_]|['’-]){0,30}"
_INITIAL = r"[A-Z]\."
_LINK_WORD = r"(?:van|von|de|der|den|del|della|di|da|dos|du|la|le|bin|ibn|al|el|zu|ter|ten|y)"
_NAME = rf"(?:{_WORD}|{_INITIAL})(?:[ \u00a0](?:{_LINK_WORD} ){{0,2}}(?:{_WORD}|{_INITIAL})){{0,3}}"
_RUN = re.compile(rf"(?<![\w.@’'-]){_WORD}(?: (?:{_INITIAL} )?(?:{_LINK_WORD} ){{0,2}}{_WORD}){{1,3}}(?![\w@])")
_SINGLE = re.compile(rf"(?<=[a-zß-öø-ÿ,] ){_WORD}(?![\w@])")
_HEADER = re.compile(
    r"(?im)^[> ]{0,6}(?:from|to|cc|sender|reply-to|von|an|de|para|da|van|aan|à|contact|name)[ ]?: ?"
    r"(?P<value>[^\n]{1,400})"
)
_HONORIFIC = re.compile(
    r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Madam|Herrn?|Frau|Fr|Hr|M|Mme|Mlle|Monsieur|Madame|Sr|Sra|Srta"
    r"|Señora?"
    rf"|Don|Doña|Sig|Signora?|Dott|Dhr|Mevr|Mw|Meneer|Mevrouw|Pan|Pani)\b\.? (?:Dr\.? |Prof\.? )?(?P<value>{_NAME})"
)
_GREETING = re.compile(
    r"(?im)^[> ]{0,6}(?:dear|hi|hello|hey|hallo|liebe[rs]?|guten (?:tag|morgen|abend)|moin|servus|gr(?:ü|ue)(?:ß"
    r"|ss) gott"
    r"|sehr geehrte[rs]?|bonjour|bonsoir|salut|ch[eè]re?|hola|estimad[oa]s?|querid[oa]|buen[oa]s? (?:d[ií]as?"
    r"|tardes)"
    r"|ciao|gentile|car[oa]|salve|buongiorno|beste|geachte|dag|ol[áa]|prezad[oa]|cze[śs][ćc]|hej|k[äa]ra?|kjære"
    r"|good "
    r"(?:morning|afternoon|evening)|thanks|thank you|danke|merci|gracias),? "
    r"(?P<value>[^\W\d_][^\n,:;!?<>()\[\]@/]{1,50})"
)
_INTRODUCED = re.compile(
    r"(?i:\b(?:my name is|my name's|name is|i am|i'm|this is|call me|ich bin|mein name ist|ich hei(?:ß|ss)e"
    r"|hier ist|je suis"
    r"|je m'appelle|mon nom est|soy|me llamo|mi nombre es|sono|mi chiamo|ik ben|mijn naam is|eu sou|meu nome é"
    r"|name[ds]?|called|speak (?:to|with)|talk to|spoke (?:to|with)|ask for|reach out to|contact|introduce|meet|met"
    r"|cc'?d"
    r"|colleagues?|boss|wife|husband|assistant|partner|daughter|son|brother|sister|friend|attention|attn|behalf of"
    r"|regards|cheers|sincerely|gr(?:ü|ue)(?:ß|ss)en?|cordialement|saludos|saluti|groeten?)\b[,:]?)\s{1,3}(?:our "
    r"|my )?"
    rf"(?P<value>{_NAME})"
)
_SPEAKS = re.compile(
    rf"(?P<value>{_NAME})(?:'s|’s)? (?:wrote|writes|said|says|asked|called|mentioned|told|gave|had given|shouted"
    rf"|schrieb|sagte|a écrit|escribió|will|"
    r"can|would|has|is|was|and I|from|of|at)\b"
)
_OWNED = re.compile(rf"(?<![\w.@’'-])(?P<value>{_WORD})(?:'s|’s)\b")
_ADDRESSED = re.compile(rf"(?m)(?:^[> ]{{0,6}}|[.!?] )(?P<value>{_WORD})(?=, [a-zß-öø-ÿ])")
_PAIR = re.compile(rf"(?<![\w.@’'-])(?P<value>{_WORD}) (?:and|und|et|y|e|en|&) {_WORD}\b(?! of| for)")
_HONORED = re.compile(r"(?i)\b(?:mr|mrs|ms|dr|prof|herr|frau|mme|mlle)\.? (?P<value>[^\W\d_]{2,30})")
_OWN_LINE = re.compile(rf"(?m)^[> ]{{0,6}}[-–— ]{{0,4}}(?P<value>{_NAME})[,.]?[ ]{{0,3}}$")
_COLON = re.compile(rf"(?m)^[> \"]{{0,6}}(?P<value>{_NAME}) ?:(?! ?\d)")
_TELLING = (_HONORIFIC, _HONORED, _INTRODUCED)
_HINTS = (_ADDRESSED, _PAIR, _SPEAKS, _OWN_LINE, _COLON, _OWNED)
_PART = re.compile(r"[^\W\d_]{3,30}")
_OUT_OF_HEADER = re.compile(r"<[^<>]{0,320}>|[^\s@<>,]{1,64}@[^\s<>,]{1,255}|[\"'()\[\]«»]")


def told_names(text: str) -> Iterator[Place]:
    """Yield where a text says that somebody's name follows: a header, a greeting, a form of address."""
    for found in _HEADER.finditer(text):
        yield from _in_header(text, found.start("value"), found.end("value"))
    for found in _GREETING.finditer(text):
        yield from _greeted(text, found.start("value"), found.end("value"))
    yield from _after(_TELLING, text)


def likely_names(text: str, *, is_wide: bool) -> Iterator[Place]:
    """Yield what looks like a name where it stands; with `is_wide` every capitalised word within a sentence."""
    yield from _after(_HINTS, text)
    for found in _RUN.finditer(text):
        yield from _trimmed(text, found.start(), found.end(), least=1 if is_wide else 2)
    if is_wide:
        for found in _SINGLE.finditer(text):
            yield from _trimmed(text, found.start(), found.end())


def _after(cues: Iterable[re.Pattern[str]], text: str) -> Iterator[Place]:
    for cue in cues:
        for found in cue.finditer(text):
            yield from _trimmed(text, found.start("value"), found.end("value"))


def parts_of(name: str) -> tuple[str, ...]:
    """Return the words of a name that may stand for it alone."""
    return tuple(part for part in _PART.findall(name) if part.lower() not in NO_NAMES | NO_PERSONS)


def _in_header(text: str, start: int, end: int) -> Iterator[Place]:
    line = _OUT_OF_HEADER.sub(lambda found: "," * len(found[0]), text[start:end])
    for piece in re.finditer(r"[^,;:|]{2,70}", line):
        shown = piece[0].strip()
        begin = start + piece.start() + piece[0].index(shown) if shown else 0
        if shown and parts_of(shown) and not any(letter.isdigit() for letter in shown):
            yield Place(begin, begin + len(shown), Private.NAME)


def _greeted(text: str, start: int, end: int) -> Iterator[Place]:
    """Yield up to three words after a greeting, also in small letters: many write “hi anna”."""
    for word in list(re.finditer(r"[^\W\d_](?:[^\W\d_]|['’-]){1,30}", text[start:end]))[:3]:
        if word[0].lower() in NO_NAMES | NO_PERSONS:
            if word[0].lower() in TITLES:
                continue
            return
        yield Place(start + word.start(), start + word.end(), Private.NAME)


def _trimmed(text: str, start: int, end: int, *, least: int = 1) -> Iterator[Place]:
    """Yield the words between those that no name has; nothing when one of them is a word of titles or firms."""
    words = list(re.finditer(r"\S+", text[start:end]))
    plain = [word[0].strip(".,'’-").lower() for word in words]
    if any(word in NO_PERSONS for word in plain):
        return
    run: list[re.Match[str]] = []
    for word, bare in [*zip(words, plain, strict=True), (None, "")]:
        if word is not None and bare not in NO_NAMES:
            run.append(word)
            continue
        if len(run) >= least and any(len(one[0]) >= LEAST_PART for one in run):
            yield Place(start + run[0].start(), start + run[-1].end(), Private.NAME)
        run = []
