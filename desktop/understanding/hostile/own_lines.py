"""What of a mail is surely the sender's own: the name, a greeting to its readers, the firm, other mails' headers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from desktop.understanding.hostile.letter_marks import (
    FIRST_WORD,
    GREETING,
    HEADER,
    NAME_LINE,
    QUOTES,
    SHORT_LINE,
    WORDS,
    closes_letter,
    opens_letter,
)
from desktop.understanding.hostile.text_lines import Line
from desktop.understanding.lexicon.sign_offs import SEPARATOR, SIGN_OFF

_QUOTATION = ("'", '"', "“", "‘", "«", "„", "(")


@dataclass(frozen=True, slots=True)
class People:
    """The words of the sender's name and address, of the people the mail went to, and of the sender's own domain.

    All are in small letters. `addresses` are those people's addresses, or `@domain` where the domain is a firm's.
    """

    senders: frozenset[str] = frozenset()
    readers: frozenset[str] = frozenset()
    firm: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()


class OwnLines:
    """A mail's lines and paragraphs, and which of them are its own."""

    def __init__(self, lines: Sequence[Line], paragraphs: Sequence[range], people: People) -> None:
        self.lines = lines
        self.paragraphs = paragraphs
        self._senders = people.senders
        self._readers = people.readers
        self._firm = people.firm
        self._addresses = people.addresses

    def text(self, index: int) -> str:
        """Return a line without blanks around it."""
        return self.lines[index].text.strip()

    def said(self, numbers: Iterable[int]) -> str:
        """Return the text of some paragraphs."""
        return "\n".join(self.lines[index].text for number in numbers for index in self.paragraphs[number])

    def is_fixed(self, number: int) -> bool:
        """Whether the sender's name, a greeting to the mail's readers or another mail's header is in a paragraph."""
        paragraph = self.paragraphs[number]
        texts = [self.lines[index].text for index in paragraph]
        return (
            any(self.is_fixture(index) or self.is_closing(index) for index in paragraph)
            or any(QUOTES.match(text) for text in texts)
            or sum(bool(HEADER.match(text)) for text in texts) >= 3
        )

    def is_greeting(self, number: int) -> bool:
        """Whether a paragraph greets the mail's readers."""
        return self.greets(self.paragraphs[number].start)

    def is_signature(self, number: int) -> bool:
        """Whether the sender signs in a paragraph: the name stands below a closing or a row of dashes."""
        paragraph = self.paragraphs[number]
        for index in paragraph:
            text = self.text(index)
            said = {word.lower() for word in WORDS.findall(text)}
            if len(text) > NAME_LINE or not self._senders & said:
                continue
            above = [self.text(other) for other in range(max(0, index - 4), index)]
            if any(
                0 < len(one) <= SHORT_LINE and (SIGN_OFF.fullmatch(one) or SEPARATOR.fullmatch(one)) for one in above
            ):
                return True
            return index == paragraph.start and said <= self._senders
        return False

    def is_foreign(self, number: int) -> bool:
        """Whether a paragraph opens a letter that is not this mail: a greeting to others, not at the mail's head."""
        return any(self.is_foreign_greeting(index) for index in self.paragraphs[number][:4])

    def is_foreign_greeting(self, index: int) -> bool:
        """Whether a line greets somebody who is none of the mail's readers."""
        return opens_letter(self.lines[index].text) and not self.greets(index)

    def is_own(self, index: int) -> bool:
        """Whether a line is a fixture of the mail, or closes it, or introduces another mail."""
        return self.is_fixture(index) or self.is_closing(index) or bool(QUOTES.match(self.lines[index].text))

    def closes(self, number: int) -> bool:
        """Whether a paragraph closes a letter."""
        return any(closes_letter(self.lines[index].text) for index in self.paragraphs[number])

    def is_fixture(self, index: int) -> bool:
        """Whether the sender's name stands on a short line, or a greeting to the mail's readers."""
        text = self.text(index)
        found = frozenset(word.lower() for word in WORDS.findall(text)) if len(text) <= NAME_LINE else frozenset()
        return bool(self._senders & found) or self.greets(index)

    def is_firm(self, index: int) -> bool:
        """Whether a short line names the sender's firm, as the sender's address has it."""
        text = self.text(index)
        return len(text) <= NAME_LINE and any(word.lower() in self._firm for word in WORDS.findall(text))

    def has_foreign_address(self, index: int) -> bool:
        """Whether a line has an address of somebody the mail is not between."""
        text = self.lines[index].text.lower()
        return "@" in text and not any(address in text for address in self._addresses)

    def greets(self, index: int) -> bool:
        """Whether a line begins with a greeting to the mail's readers: "Dear Ann", "Ann, …"."""
        text = self.text(index)[:NAME_LINE]
        if text[:1] in _QUOTATION:  # somebody writes about greetings
            return False
        first = FIRST_WORD.match(text)
        if first and first[1].lower() in self._readers:
            return True
        return bool(GREETING.match(text) and self._readers & {word.lower() for word in WORDS.findall(text)[:6]})

    def is_closing(self, index: int) -> bool:
        """Whether a line closes the sender's letter: the sender's name follows."""
        if not closes_letter(self.lines[index].text):
            return False
        after = [other for other in range(index + 1, min(len(self.lines), index + 5)) if not self.lines[other].is_blank]
        return bool(after) and self.is_fixture(after[0]) and not self.greets(after[0])
