"""People a mail speaks of without any phrase that brings them in: a full name, and words that only a person gets.

"Jim Poe of Acme is coming on Tuesday. He would like to see the plant." A name counts as a person's where a pronoun
takes it up, a title or an organisation stands beside it, an honorific before it, or a word that says whose friend,
client or colleague they are.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from desktop.understanding.contacts.affiliations import affiliations
from desktop.understanding.contacts.mention_cues import FULL_NAME, HONORIFIC_BEFORE, label_of, pattern_of
from desktop.understanding.contacts.owners import Person
from desktop.understanding.contacts.speech import Speech
from desktop.understanding.lexicon.company_names import LEGAL
from desktop.understanding.lexicon.function_words import is_function_word, plain_word, title_strength
from desktop.understanding.lexicon.names import lead_of, name_of
from desktop.understanding.lexicon.persons import personhood
from desktop.understanding.lexicon.regions import places
from desktop.understanding.zones.passages import Passage

MAX_NAMES = 30
MAX_BESIDE = 60
MAX_CODE = 4
SURE_NAME = 0.5
REACH = 260
SURE_TITLE = 0.6
FAR = 700
SHORT = 1_200
LEAST_WORDS = 3

_TITLE_BEHIND = re.compile(
    r"(?:\s{0,2}[,(–-]{1,2}\s{0,2}|\s(?:is|ist|est|es|è|é|är|er|jest)\s)(?:(?:who|qui|que|che|die|der|som|która|który)\s\w{2,12}\s)?"
    r"(?:(?:the|our|their|a|an|der|die|unser\w{0,2}|le|la|notre|el|nuestr[oa]|il|lo|nostr[oa]|de|het|onze|o|nosso|nossa|vår)\s)?"
    r"([^\W\d_][^,.;:()@\d\n]{2,60})"
)
_WHAT_THEY_DO = re.compile(r",?\s(?:who|qui|que|che|die|der|som|która|który)\s\w")
_NOUN_BEFORE = re.compile(r"([^\W\d_][\w’'-]{2,24})(?:,|\s)\s{0,2}$")
_NEXT_LINE = re.compile(r"\n[ \t>]*\n")
_SENTENCE_END = re.compile(r"[.!?]\s|\n[ \t>]*\n")
_BESIDE = re.compile(
    r",?\s{0,2}(?:\(|(?:[^\W\d_A-ZÀ-Þ][\w’'-]{0,14}\s{1,2}){0,4}?"
    r"(?:of|at|from|with|for|von|vom|bei|beim|der|die|das|de|du|des|del|della|di|da|do|van|bij|z|ze|w|hos|på|från|fra)\s{1,2}"
    r"(?:(?:the|der|dem|la|le|les|el|los|het|o|a)\s)?(?:[^\W\d_A-ZÀ-Þ][\w’'-]{2,14}\s)?)?"
)
_AT = re.compile(
    r"(?:\b(?:at|near|in|bei|beim|chez|presso|bij|hos)\s{1,2}"
    r"|\b(?:of|from|with|van|von|vom|der|de|du|del|di|da|do|z|från|fra)\s{1,2}(?:the\s|la\s|het\s)?[a-zà-ÿ][\w’'-]{3,14}\s{1,2})$"
)
_LABEL_BEFORE = re.compile(r"(?:^|\n)[ \t>*•-]{0,6}((?:[A-ZÀ-Þ]|z\.)[^\s:]{0,20}(?: [^\s:]{1,14}){0,2}):[ \t]{0,4}$")
_ATTENTION = re.compile(
    r"(?i)att(?:entio)?n\.?|fao|c/o|z\. ?hd\.?|zu händen|à l['’]attention d.{0,4}|a la atención d."
    r"|alla c\.? ?a\.?|t\.?a\.?v\.?|a/c"
)
_NAMES_TOO = frozenset(
    {"will", "may", "mark", "pat", "don", "an", "so", "van", "jo", "al", "guy", "bill", "grace", "hope"}
)
_FIRM_BEHIND = re.compile(rf",?\s{{0,2}}(?:&\s|{LEGAL}(?!\w))")
_WORD = re.compile(r"[^\W\d_]{2,}")
_FAREWELL_LINE = re.compile(r"\n[^\n]{1,60},\s{0,2}\n")


def protagonists(speech: Speech, passage: Passage) -> Iterator[tuple[int, int]]:
    """Yield [start, end) of the full names in a passage that are surely people's."""
    text = speech.text
    last = passage.start - 2 * MAX_BESIDE
    for match in islice(FULL_NAME.finditer(text, passage.start, passage.end), MAX_NAMES):
        start, end = match.span("name")
        start += lead_of(text[start:end])
        name = name_of(" ".join(text[start:end].split()))
        if not name or " " not in name or is_firm(text, start, end) or not _may_be_name(text, start, name):
            continue
        is_beside = start - last <= MAX_BESIDE and _BESIDE.fullmatch(text, last, start)
        if not is_beside and _is_persons(speech, start, end, passage.end, personhood(name)):
            last = end
            yield start, end


def _may_be_name(text: str, start: int, name: str) -> bool:
    """Whether capitalised words may be a name: no label before them, no word of the language first, no code last."""
    first, last = name.split(maxsplit=1)[0], name.rsplit(maxsplit=1)[-1]
    is_word = is_function_word(plain_word(first)) and first.lower() not in _NAMES_TOO
    is_code = last.isupper() and len(last) <= MAX_CODE
    label = _LABEL_BEFORE.search(text, max(0, start - 40), start)
    return first[0].isupper() and not is_word and not is_code and (not label or _is_for_somebody(label[1]))


def _is_for_somebody(label: str) -> bool:
    """Whether a label says that a person's name follows: "Attn", "Contact person"."""
    return bool(_ATTENTION.fullmatch(label) or label_of("name label").fullmatch(label))


def is_firm(text: str, start: int, end: int) -> bool:
    """Whether a capitalised name is a place's or goes on as a firm's: "Poe Brothers & Co.", "Ann Poe, Inc."."""
    return text[start:end].rsplit(maxsplit=1)[-1] in places() or bool(_FIRM_BEHIND.match(text, end, end + 30))


def _is_persons(speech: Speech, start: int, end: int, limit: int, likely: float) -> bool:
    """Whether what stands around a name says that it is a person's; `likely` is what the name itself says."""
    text = speech.text
    if likely < 0.0:
        return False
    relation = pattern_of("relation before", speech.language)
    if (
        HONORIFIC_BEFORE.search(text, max(0, start - 12), start)
        or _has_title(text, start, end)
        or _LABEL_BEFORE.search(text, max(0, start - 40), start)
        or _WHAT_THEY_DO.match(text, end, end + 20)
        or _is_titled_later(text, text[start:end].rsplit(maxsplit=1)[-1], end, limit)
        or (likely >= SURE_NAME and limit - start <= SHORT)
        or relation.search(speech.lowered, max(0, start - 60), start)
    ):
        return True
    if likely < SURE_NAME and _AT.search(text, max(0, start - 40), start):
        return False
    is_placed = next(affiliations(text, start, end), None) is not None
    return _is_taken_up(speech, end, limit) + is_placed > (likely <= 0.0)


def _is_taken_up(speech: Speech, end: int, limit: int) -> bool:
    """Whether "he" or "she" follows, in the same sentence or the next before another name."""
    high = min(limit, end + REACH)
    sentence = _SENTENCE_END.search(speech.text, end, high)
    stop = FULL_NAME.search(speech.text, sentence.end(), high) if sentence else None
    third = pattern_of("third person", speech.language)
    return bool(third.search(speech.lowered, end, stop.end() if stop else high))


def _is_titled_later(text: str, surname: str, start: int, limit: int) -> bool:
    """Whether the surname stands behind a form of address further on: "Ms Poe"."""
    at = text.find(surname, start, min(limit, start + FAR))
    return at > 0 and bool(HONORIFIC_BEFORE.search(text, max(start, at - 12), at))


def _has_title(text: str, start: int, end: int) -> bool:
    behind = _TITLE_BEHIND.match(text, end)
    if behind and title_strength(" ".join(behind[1].split()[:5])) >= SURE_TITLE:
        return True
    before = _NOUN_BEFORE.search(text, max(0, start - 30), start)
    return before is not None and title_strength(before[1]) >= SURE_TITLE


def last_named(text: str, at: int, floor: int, people: Sequence[Person]) -> int:
    """Return the index of the one person spoken of before a number that nobody near it owns, or -1.

    The number must stand in a line of words and no farewell between; `floor` is where the passage begins.
    """
    start = max(floor, at - FAR)
    line = text[max(text.rfind("\n", start, at) + 1, start) : at]
    if len(_WORD.findall(line)) < LEAST_WORDS:
        return -1
    places_of = [(index, match.end()) for match in _WORD.finditer(text, start, at)
                 for index, person in enumerate(people) if match[0].casefold() in person.tokens]  # fmt: skip
    named = {index for index, _ in places_of}
    if len(named) != 1 or _FAREWELL_LINE.search(text, places_of[-1][1], at):
        return -1
    return places_of[-1][0]
