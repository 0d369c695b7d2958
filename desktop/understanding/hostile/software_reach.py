"""How far a text that speaks to software reaches in a mail: the lines before and behind it that belong to it.

Such texts come wrapped up in harmless ones: a letter to nobody ("Dear Team, …"), a report, a signature. What stands
between two paragraphs that speak to software goes with them. Above and below, the mail's own fixtures end their reach:
the sender's name and numbers, a greeting to the people it went to. Between those and the text, a paragraph goes with
the side it shares more words with.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from desktop.understanding.hostile.software import Line, aimed_lines, paragraphs_of, split_lines
from desktop.understanding.lexicon.sign_offs import SEPARATOR, SIGN_OFF
from desktop.understanding.lexicon.words import words

SHORT_LINE = 45
NAME_LINE = 70
MAX_REACH = 60
MAX_OPEN = 12
MAX_GAP = 60
MIN_WORD = 4
MAX_LINES = 2000
FOREIGN = 4.0
BEARING = 0.8  # a paragraph that shares nothing with either side stays with the mail

_GREETING = re.compile(
    r"[\W_]{0,4}(?:dear|hello|hi|hey|hallo|good (?:morning|afternoon|evening|day)|greetings|to whom it may concern"
    r"|team|all|everyone"
    r"|colleagues|sehr geehrte[rs]?|liebe[rs]?|guten (?:tag|morgen)|grüezi|moin|bonjour|bonsoir|cher|chère|chers"
    r"|madame|monsieur|hola"
    r"|estimad[oa]s?|buen(?:os|as) (?:días|tardes)|ciao|buongiorno|gentile|egregio|beste|geachte|goedemorgen|olá"
    r"|prezad[oa]s?"
    r"|caro|cara|hej|hei|kära|dzień dobry|szanown\w+|уважаем\w+|здравствуйте|привет|добрый "
    r"день)\b[^.!?\n]{0,50}[,!:.–-]?\s*",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"[\W_]{0,4}(?:dear|hello|hi|hey|hallo|good \w+|greetings|sehr|liebe|bonjour|cher|hola|estimad)\b", re.IGNORECASE
)
_QUOTES = re.compile(r"\W{0,3}-{3,}.{3,60}-{2,}\s*$|\W{0,3}(?:on|am|le|el|op|il)\b.{5,160}:\s*$", re.IGNORECASE)
_HEADER = re.compile(
    r"\W{0,3}(?:from|sent|to|cc|date|subject|von|gesendet|an|datum|betreff|de|envoyé|à|objet|para|asunto|da|a"
    r"|oggetto)\s?:",
    re.IGNORECASE,
)
_FROM = re.compile(r"\W{0,3}(?:from|von|de|da|van|fra|från|od)\s?:.{2,120}", re.IGNORECASE)
_DAYS = words(
    "From Von Mon Tue Wed Thu Fri Sat Sun Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec Monday Tuesday Wednesday "
    "Thursday Friday"
)
_NUMBER = re.compile(r"\+?\d[\d ()./-]{6,}\d|@|\bwww\.")
_ENDS = re.compile(r"[.!?:;>\])}\"'”»]\s*$")
_OPENED = re.compile(r"<!--|<(?:span|div|p|font|td)\b[^<>]{0,200}>", re.IGNORECASE)
_CLOSED = re.compile(r"-->|</(?:span|div|p|font|td)\b", re.IGNORECASE)
_FIRST_WORD = re.compile(r"[\W_]{0,4}([^\W\d_]{2,20})\s?[,!–-]")
_WORDS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class People:
    """The words of the sender's name and address, and those of the people the mail went to, in small letters."""

    senders: frozenset[str] = frozenset()
    readers: frozenset[str] = frozenset()


def aimed_reach(text: str, people: People) -> tuple[tuple[int, int], ...]:
    """Return [start, end) of the lines to be left out, in order, adjoining ones joined."""
    lines = split_lines(text)
    paragraphs = list(paragraphs_of(lines))
    hits = {number: hit for number, one in enumerate(paragraphs) if (hit := aimed_lines(lines, one))}
    if not hits:
        return ()
    for number in sorted(hits):
        after = number + 1  # "Note to AI assistants:" is about what comes next
        while after < min(len(paragraphs), number + MAX_OPEN) and _is_open(
            lines, paragraphs[number:after], hits[after - 1]
        ):
            hits.setdefault(after, set(paragraphs[after]))
            after += 1
    aimed_at = {index for number in hits for index in paragraphs[number]}
    quoted = frozenset(_quoted_names([line for index, line in enumerate(lines) if index not in aimed_at]))
    mail = _Mail(lines, paragraphs, People(people.senders | quoted, people.readers | people.senders | quoted))
    aimed: dict[int, set[int]] = {}
    for first, last in _clusters(mail, sorted(hits)):
        aimed |= mail.cluster({number: hits[number] for number in range(first, last + 1) if number in hits})
    return tuple(_joined(lines, sorted(index for indexes in aimed.values() for index in indexes)))


def _clusters(mail: "_Mail", numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and last of the paragraphs that belong together: none of the mail's own stands between them."""
    first = last = numbers[0]
    for number in numbers[1:]:
        if number - last > MAX_GAP or any(mail.is_fixed(other) for other in range(last + 1, number)):
            yield first, last
            first = number
        last = number
    yield first, last


class _Mail:
    """The mail's lines and paragraphs, and what of them is its own."""

    def __init__(self, lines: Sequence[Line], paragraphs: Sequence[range], people: People) -> None:
        self._lines = lines
        self._paragraphs = paragraphs
        self._senders = people.senders
        self._readers = people.readers

    def cluster(self, hits: Mapping[int, set[int]]) -> dict[int, set[int]]:
        """Return the lines, by paragraph, that go with these paragraphs, whose lines hit are given."""
        first, last = min(hits), max(hits)
        core = self._words(range(first, last + 1))
        is_glued = any(self._is_fixture(index) for index in self._paragraphs[first] if index < min(hits[first]))
        above: dict[int, set[int]] = {}
        if not is_glued:
            above = self._reach(core, range(first - 1, max(-1, first - 1 - MAX_REACH), -1))
        is_inside = is_glued or self._is_inside(first, above)
        found = {number: set(self._paragraphs[number]) for number in range(first, last + 1)}
        for number in {first, last}:
            found[number] = self._spread(self._paragraphs[number], hits[number], is_inside=is_inside, is_glued=is_glued)
        below = self._reach(core, range(last + 1, min(len(self._paragraphs), last + 1 + MAX_REACH)))
        if is_inside and below:
            self._leave_details(below[max(below)])
        return above | found | below

    def _is_inside(self, first: int, above: Mapping[int, set[int]]) -> bool:
        """Whether the text stands inside the sender's signature: right behind a line of it, or before its numbers."""
        if any(self.is_fixed(number) for number in above):
            return True
        nearest = next(
            (number for number in range(first - 1, max(-1, first - MAX_REACH), -1) if self.is_fixed(number)), None
        )
        if nearest is None or not self._is_signature(nearest):
            return False
        return not any(_NUMBER.search(self._lines[index].text) for index in self._paragraphs[nearest])

    def _leave_details(self, chosen: set[int]) -> None:
        """Take a number at the end out again: that of the signature that the text stands in."""
        if _NUMBER.search(self._lines[max(chosen)].text) and not _is_prose(self._lines[max(chosen)].text):
            chosen.discard(max(chosen))

    def is_fixed(self, number: int) -> bool:
        """Whether the sender's name, a greeting to the mail's readers or another mail's header is in a paragraph."""
        paragraph = self._paragraphs[number]
        texts = [self._lines[index].text for index in paragraph]
        return (
            any(self._is_fixture(index) or self._is_closing(index) for index in paragraph)
            or any(_QUOTES.match(text) for text in texts)
            or sum(bool(_HEADER.match(text)) for text in texts) >= 3
        )

    def _spread(self, paragraph: range, hit: set[int], *, is_inside: bool, is_glued: bool) -> set[int]:
        """Return the lines that go with those hit: the whole paragraph, or as far as sentences reach beside its own.

        `is_inside` says that the text stands inside a signature: then numbers behind it are the signature's, and all
        details where it is glued to the signature's first lines.
        """

        def is_own(index: int) -> bool:
            text = self._lines[index].text
            is_detail = (is_glued and index == paragraph[-1]) or (is_inside and bool(_NUMBER.search(text)))
            details = is_detail and index > max(hit) and not _is_prose(text)
            return details or self._is_fixture(index) or self._is_closing(index)

        if not any(is_own(index) for index in paragraph if index not in hit):
            return set(paragraph)
        found = {index for index in range(min(hit), max(hit) + 1) if index in hit or not self._is_fixture(index)}
        last = max(hit)
        while last + 1 in paragraph and not _ENDS.search(self._lines[last].text) and not is_own(last + 1):
            last += 1  # a sentence goes on in the next line
            found.add(last)
        for step, first in ((-1, min(hit) - 1), (1, last + 1)):
            index = first
            while index in paragraph and not is_own(index) and _is_prose(self._lines[index].text):
                found.add(index)
                index += step
        return found

    def _reach(self, core: frozenset[str], numbers: range) -> dict[int, set[int]]:
        """Return the lines, by paragraph, that belong to the text rather than to the mail, going away from the text."""
        towards: list[int] = []
        fixed: int | None = None
        for number in numbers:
            if self._depth(number) != self._depth(numbers[0]):
                break
            if self.is_fixed(number):
                fixed = number
                break
            towards.append(number)
        is_above = numbers.step < 0
        is_outside = self._is_outside(towards, fixed, is_above=is_above)
        is_below_name = is_outside and is_above and fixed is not None
        count = self._alien(core, towards, is_closed=fixed is not None and not is_above)
        edge = self._edge(fixed, is_above=is_above) if fixed is not None else set()
        is_loose = is_below_name and not edge
        taken = towards[: self._outmost(towards) if is_loose else len(towards) if is_outside else count]
        found = {number: set(self._paragraphs[number]) for number in taken}
        return found | ({fixed: edge} if fixed is not None and edge and len(taken) == len(towards) else {})

    def _edge(self, number: int, *, is_above: bool) -> set[int]:
        """Return what stands at the text's side of a paragraph of the mail's own, from a sentence on, if one does.

        Above the text that is what follows the signature; below it, what comes before a greeting to the readers.
        """
        paragraph = self._paragraphs[number]
        is_end = self._is_fixture if is_above else self._greets
        fixtures = [index for index in paragraph if is_end(index)]
        if not fixtures:
            return set()
        beyond = range(max(fixtures) + 1, paragraph.stop) if is_above else range(paragraph.start, min(fixtures))
        prose = [index for index in beyond if _is_prose(self._lines[index].text)]
        if not prose:
            return set()
        return set(range(min(prose), paragraph.stop) if is_above else range(paragraph.start, max(prose) + 1))

    def _is_outside(self, towards: Sequence[int], fixed: int | None, *, is_above: bool) -> bool:
        """Whether these paragraphs stand above the mail's greeting, or below the sender's signature."""
        if not towards:
            return False
        if fixed is not None:
            return self._is_signature(fixed) if is_above else self._is_greeting(fixed)
        first, last = min(towards), max(towards)
        count = len(self._paragraphs)
        if is_above and first == 0:
            return any(self._is_greeting(number) for number in range(last + 1, min(count, last + 1 + MAX_REACH)))
        if not is_above and last == count - 1:
            return any(self._is_signature(number) for number in range(max(0, first - MAX_REACH), first))
        return False

    def _outmost(self, towards: Sequence[int]) -> int:
        """Return how many of the paragraphs, nearest first, reach to the last one with sentences."""
        prose = [
            place for place, number in enumerate(towards)
            if any(_is_prose(self._lines[index].text) for index in self._paragraphs[number])
        ]  # fmt: skip
        return prose[-1] + 1 if prose else 0

    def _alien(self, core: frozenset[str], towards: Sequence[int], *, is_closed: bool) -> int:
        """Return how many of the paragraphs, nearest first, share more with the text than with what lies beyond them.

        A greeting to others, or a closing by others where the sender's own comes later (`is_closed`), weighs much.
        """
        best, total, count = 0.0, 0.0, 0
        known = set(core)
        for place, number in enumerate(towards):
            own = self._words([number])
            beyond = self._words(towards[place + 1 : place + 6])
            total += (len(own & known) - len(own & beyond)) / (1 + len(own)) ** 0.5 - BEARING
            total += FOREIGN * (self._closes(number) if is_closed else self._is_foreign(number))
            known |= own
            if total > best:
                best, count = total, place + 1
        return count

    def _words(self, numbers: Sequence[int]) -> frozenset[str]:
        """Return the words of some paragraphs that say what they are about."""
        texts = (self._lines[index].text for number in numbers for index in self._paragraphs[number])
        return frozenset(word for text in texts for word in _content(text))

    def _depth(self, number: int) -> int:
        return self._lines[self._paragraphs[number].start].depth

    def _is_greeting(self, number: int) -> bool:
        """Whether a paragraph greets the mail's readers."""
        return self._greets(self._paragraphs[number].start)

    def _is_signature(self, number: int) -> bool:
        """Whether the sender signs in a paragraph: the name stands below a closing or a row of dashes."""
        paragraph = self._paragraphs[number]
        for index in paragraph:
            text = self._lines[index].text.strip()
            said = {word.lower() for word in _WORDS.findall(text)}
            if len(text) > NAME_LINE or not self._senders & said:
                continue
            above = [self._lines[other].text.strip() for other in range(max(0, index - 4), index)]
            if any(
                0 < len(one) <= SHORT_LINE and (SIGN_OFF.fullmatch(one) or SEPARATOR.fullmatch(one)) for one in above
            ):
                return True
            return index == paragraph.start and said <= self._senders
        return False

    def _is_foreign(self, number: int) -> bool:
        """Whether a paragraph opens a letter that is not this mail: a greeting to others, not at the mail's head."""
        texts = [self._lines[index].text.strip() for index in self._paragraphs[number][:4]]
        return number > 0 and any(_OPENING.match(text) and _GREETING.fullmatch(text) for text in texts)

    def _closes(self, number: int) -> bool:
        """Whether a paragraph closes a letter."""
        texts = [self._lines[index].text.strip() for index in self._paragraphs[number]]
        return any(0 < len(text) <= SHORT_LINE and SIGN_OFF.fullmatch(text) for text in texts)

    def _is_fixture(self, index: int) -> bool:
        """Whether the sender's name stands on a short line, or a greeting to the mail's readers."""
        text = self._lines[index].text.strip()
        found = frozenset(word.lower() for word in _WORDS.findall(text)) if len(text) <= NAME_LINE else frozenset()
        return bool(self._senders & found) or self._greets(index)

    def _greets(self, index: int) -> bool:
        """Whether a line begins with a greeting to the mail's readers: "Dear Ann", "Ann, …"."""
        text = self._lines[index].text.strip()[:NAME_LINE]
        first = _FIRST_WORD.match(text)
        if first and first[1].lower() in self._readers:
            return True
        return bool(_GREETING.match(text) and self._readers & {word.lower() for word in _WORDS.findall(text)[:6]})

    def _is_closing(self, index: int) -> bool:
        """Whether a line closes the sender's letter: the sender's name follows."""
        text = self._lines[index].text.strip()
        if len(text) > SHORT_LINE or not text or not SIGN_OFF.fullmatch(text):
            return False
        after = [
            other for other in range(index + 1, min(len(self._lines), index + 5)) if not self._lines[other].is_blank
        ]
        return bool(after) and self._is_fixture(after[0]) and not self._greets(after[0])


def _quoted_names(lines: Sequence[Line]) -> Iterator[str]:
    """Yield the words of the names in headers and introductions of quoted mails."""
    for line in lines[:MAX_LINES]:
        match = _FROM.match(line.text[:300]) or _QUOTES.match(line.text[:300])
        if match and not line.text.lstrip().startswith("-"):
            name = re.sub(r"\S{1,80}@\S{1,80}", " ", match[0])
            yield from (
                word.lower()
                for word in _WORDS.findall(name)[:12]
                if len(word) > 2 and word[0].isupper() and word not in _DAYS
            )


def _is_open(lines: Sequence[Line], paragraphs: Sequence[range], hit: set[int]) -> bool:
    """Whether the last of some paragraphs ends with a colon, or all of them within a tag or comment opened in them."""
    said = " ".join(lines[index].text for one in paragraphs for index in one)
    paragraph = paragraphs[-1]
    if _OPENED.search(said) and not _CLOSED.search(said):
        return True
    return max(hit) == paragraph[-1] and lines[paragraph[-1]].text.rstrip(" \t*_-").endswith(":")


def _is_prose(text: str) -> bool:
    """Whether a line reads on like a sentence, and is no line of a signature."""
    found = _WORDS.findall(text)
    return len(text) > 110 or (len(found) >= 6 and sum(word.islower() for word in found) >= 0.45 * len(found))


def _content(text: str) -> Iterator[str]:
    for word in _WORDS.findall(text.lower()):
        if len(word) >= MIN_WORD and word not in _COMMON:
            yield word[:7]


_COMMON = words(
    "this that these those with from have will would could should your yours ours their there here where when what "
    "which been being were they them than then also just only into onto over under about after before please thank "
    "thanks regards best kind dear hello team email mail message know need more most some such each very much many "
    "make made take time like well good able let's subject body und oder aber nicht eine einen einem einer dass "
    "sich auch noch bitte danke vielen dank haben sind wird werden können ihre ihnen unser unsere nous vous "
    "pour avec dans votre notre cette mais plus être avoir merci para como pero esta este usted gracias hope finds"
)


def _joined(lines: Sequence[Line], chosen: Sequence[int]) -> Iterator[tuple[int, int]]:
    start = last = -2
    for index in chosen:
        if start >= 0 and all(lines[other].is_blank for other in range(last + 1, index)):
            last = index
            continue
        if start >= 0:
            yield lines[start].start, lines[last].end
        start = last = index
    if start >= 0:
        yield lines[start].start, lines[last].end
