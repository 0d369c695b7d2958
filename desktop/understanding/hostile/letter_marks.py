"""Marks of letters in a text's lines: greetings, headers, numbers, sentences as against lines of a signature."""

import re
from collections.abc import Iterator, Sequence

from desktop.understanding.hostile.text_lines import Line
from desktop.understanding.lexicon.sign_offs import SIGN_OFF
from desktop.understanding.lexicon.words import words

SHORT_LINE = 45
NAME_LINE = 70
MIN_WORD = 4
MAX_LINES = 2000
MAX_NAMED = 9
MIN_SHOUTED, SHOUTED = 12, 0.8
MAX_GREETING = 5  # words of a greeting that stands behind a title

GREETING = re.compile(
    r"[\W_]{0,4}(?:dear|hello|hi|hey|hallo|good (?:morning|afternoon|evening|day)|greetings|to whom it may concern"
    r"|team|all|everyone"
    r"|colleagues|sehr geehrte[rs]?|liebe[rs]?|guten (?:tag|morgen)|grüezi|moin|bonjour|bonsoir|cher|chère|chers"
    r"|madame|monsieur|hola"
    r"|estimad[oa]s?|buen(?:os|as) (?:días|tardes)|ciao|buongiorno|gentile|egregio|beste|geachte|goedemorgen|olá"
    r"|prezad[oa]s?"
    r"|caro|cara|hej|hei|kära|dzień dobry|szanown\w+|уважаем\w+|здравствуйте|привет|добрый "
    r"день)\b[^.!?\n]{0,50}[,!:.–-]?\W{0,3}",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"[\W_]{0,4}(?:dear|hello|hi|hey|hallo|good \w+|greetings|sehr|liebe|bonjour|cher|hola|estimad)\b", re.IGNORECASE
)
# "Confirmation needed. Dear team," is a subject and a greeting in one line; so is "Body: Dear team,".
_LAST_SENTENCE = re.compile(r"[.!?:\]]\W{1,3}(\w[^.!?:\n]{1,50}[,!:.–-]?\W{0,3})$")
SUBJECT_LINE = re.compile(r"(?:.{3,160}[.!?] )?\W{0,4}(?:subject|betreff|objet|asunto|oggetto)\s?:? ?\S", re.IGNORECASE)
QUOTES = re.compile(
    r"\W{0,3}-{3,}(?=.{0,9}\w).{3,60}-{2,}\s*$|\W{0,3}(?:on|am|le|el|op|il)\b.{5,160}:\s*$", re.IGNORECASE
)
HEADER = re.compile(
    r"\W{0,3}(?:from|sent|to|cc|date|subject|von|gesendet|an|datum|betreff|de|envoyé|à|objet|para|asunto|da|a"
    r"|oggetto)\s?:",
    re.IGNORECASE,
)
_FROM = re.compile(r"\W{0,3}(?:from|von|de|da|van|fra|från|od)\s?:.{2,120}", re.IGNORECASE)
_DAYS = words(
    "From Von Mon Tue Wed Thu Fri Sat Sun Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec Monday Tuesday Wednesday "
    "Thursday Friday"
)
NUMBER = re.compile(r"\+?\d[\d ()./-]{6,}\d|@|\bwww\.")
SENTENCE_ENDS = re.compile(r"[.!?:;>\])}\"'”»]\s*$")
_MARKER = re.compile(r"[ \t]{0,8}([*|•·>]{1,3}|<[/!]?\w)")
_NAME = re.compile(r"\b[A-Z][a-z]{2,20} [A-Z][a-z]{2,20}\b")
_CONNECTING = words("of and for the de du la des der die und für del y e van di von et en")
_SENTENCE = re.compile(r"(?:\S{1,40} ){2,30}[^\W\d_]{5,30}[.!?]")
_INSIDE = re.compile(r"[^\W\d_]{4,}[.!?] +\S")  # two sentences on a line
FIRST_WORD = re.compile(r"[\W_]{0,4}([^\W\d_]{2,20})\s?[,!–-]")
WORDS = re.compile(r"[^\W\d_]+")


_ITEM = re.compile(r"[\W_]{0,6}(\d{1,2})[.)]")


def item_number(text: str) -> int:
    """Return the number that a line begins with as an item of a list, else 0."""
    match = _ITEM.match(text)
    return int(match[1]) if match else 0


def opens_letter(text: str) -> bool:
    """Whether a line greets somebody, or ends with a greeting behind a title, and says nothing else."""
    text = text.strip()
    if _OPENING.match(text) and GREETING.fullmatch(text):
        return True
    last = _LAST_SENTENCE.search(text[-90:]) if len(text) <= 240 else None
    return bool(last and last[1].count(" ") < MAX_GREETING and _OPENING.match(last[1]) and GREETING.fullmatch(last[1]))


def closes_letter(text: str) -> bool:
    """Whether a line is how people end a letter."""
    text = text.strip()
    return 0 < len(text) <= SHORT_LINE and bool(SIGN_OFF.fullmatch(text))


def closes_in_one_line(text: str) -> bool:
    """Whether a line closes a letter and names who writes it: "Best regards, Ann Lee, Head of Sales"."""
    head, comma, name = text.strip().partition(",")
    found = WORDS.findall(name)
    is_named = 0 < len(found) <= MAX_NAMED and all(word[0].isupper() or word in _CONNECTING for word in found)
    return bool(comma) and is_named and closes_letter(head)


def is_shouted(text: str) -> bool:
    """Whether a text is written in capitals."""
    capitals = sum(char.isupper() for char in text)
    return capitals >= MIN_SHOUTED and capitals >= SHOUTED * sum(char.isalpha() for char in text)


def is_prose(text: str) -> bool:
    """Whether a line reads on like a sentence, and is no line of a signature."""
    found = WORDS.findall(text)
    return len(text) > 110 or (len(found) >= 6 and sum(word.islower() for word in found) >= 0.45 * len(found))


def is_said(text: str) -> bool:
    """Whether a line is prose, or a title and more, or greets: anything but a line of a signature."""
    if is_prose(text) or opens_letter(text):
        return True
    return not NUMBER.search(text) and bool(_INSIDE.search(text) or _SENTENCE.fullmatch(text.strip()))


def content_words(text: str) -> Iterator[str]:
    """Yield the beginnings of the words that say what a text is about."""
    for word in WORDS.findall(text.lower()):
        if len(word) >= MIN_WORD and word not in _COMMON:
            yield word[:7]


def names_in(text: str) -> Iterator[str]:
    """Yield the names of two words in a text: "Project Amber"."""
    for match in _NAME.finditer(text):
        if _COMMON.isdisjoint(match[0].lower().split()):
            yield match[0]


def marker_of(text: str) -> str:
    """Return the bullet, bar or tag that a line begins with, else ""."""
    match = _MARKER.match(text)
    return match[1] if match else ""


def is_wrapped(text: str, before: str) -> bool:
    """Whether a short line reads on into or from its neighbour `before`, as prose broken narrowly does."""
    found = WORDS.findall(text)
    small = [word for word in found if word.islower() and word not in _CONNECTING]
    return bool(found) and not NUMBER.search(text) and 2 * len(small) >= len(found) and len(before) <= NAME_LINE


def quoted_names(lines: Sequence[Line]) -> Iterator[str]:
    """Yield the words of the names in headers and introductions of quoted mails."""
    for line in lines[:MAX_LINES]:
        match = _FROM.match(line.text[:300]) or QUOTES.match(line.text[:300])
        if match and not line.text.lstrip().startswith("-"):
            name = re.sub(r"\S{1,80}@\S{1,80}", " ", match[0])
            yield from (
                word.lower()
                for word in WORDS.findall(name)[:12]
                if len(word) > 2 and word[0].isupper() and word not in _DAYS
            )


_COMMON = words(
    "this that these those with from have will would could should your yours ours their there here where when what "
    "which been being were they them than then also just only into onto over under about after before please thank "
    "thanks regards best kind dear hello team email mail message know need more most some such each very much many "
    "make made take time like well good able let's subject body und oder aber nicht eine einen einem einer dass "
    "sich auch noch bitte danke vielen dank haben sind wird werden können ihre ihnen unser unsere nous vous "
    "pour avec dans votre notre cette mais plus être avoir merci para como pero esta este usted gracias hope finds"
)
