"""What the quoted mails around the contact's say of them: their signature there, and what others write of them."""

import re
from collections.abc import Iterator

from desktop.understanding.candidates.signed import Signed
from desktop.understanding.contacts.contact import author_in, is_same
from desktop.understanding.document import Document
from desktop.understanding.lexicon.names import tokens_of
from desktop.understanding.lexicon.words import words
from desktop.understanding.signature.fields import read_signature
from desktop.understanding.zones.cleaning import Block, TextLine

MAX_BLOCKS = 12
MAX_LINES = 200

_NAME = re.compile(r"(?<!\w)[A-ZÀ-ÞŠŽ][^\W\d_]{1,30}(?:['’]s)?")
_NO_NAMES = words("phone tel cell mobile direct office number his her call fax home work the")


def earlier_signed(document: Document) -> Iterator[Signed]:
    """Yield what the contact signed the quoted mails of theirs with, parsed."""
    author = document.author
    name = author.name.text if author.name else ""
    address = author.address.text if author.address else ""
    for lines in document.earlier_signatures:
        fields = read_signature([line.text for line in lines], person=name, mail_address=address)
        yield Signed(fields, lines, is_marked=True)


def own_words(document: Document) -> Iterator[tuple[TextLine, ...]]:
    """Yield what the contact wrote in earlier mails that are quoted, from the top down."""
    yield from (block.body[:MAX_LINES] for block in _other_blocks(document) if _is_theirs(document, block))


def other_words(document: Document) -> Iterator[tuple[TextLine, ...]]:
    """Yield what others wrote in the mail, from the top down."""
    yield from (block.body[:MAX_LINES] for block in _other_blocks(document) if not _is_theirs(document, block))


def _other_blocks(document: Document) -> Iterator[Block]:
    shown = {line.start for line in (*document.body, *document.signature)}
    for block in document.anatomy.blocks[:MAX_BLOCKS]:
        if not any(line.start in shown for line in block.lines):
            yield block


def _is_theirs(document: Document, block: Block) -> bool:
    return block.author is not None and is_same(author_in(document.text, *block.author), document.author)


def names_contact(document: Document, text: str) -> bool:
    """Whether a text names the contact, and nobody after them: "Joe's number is" of Joseph Field."""
    known = tokens_of(document.author.name.text) if document.author.name else frozenset()
    named = [re.sub(r"['’]s$", "", word.lower()) for word in _NAME.findall(text)]
    named = [word for word in named if word not in _NO_NAMES]
    return bool(named) and any(_is_form_of(named[-1], word) for word in known)


def _is_form_of(word: str, name: str) -> bool:
    return len(word) >= 2 and (word == name or (min(len(word), len(name)) >= 3 and word[:3] == name[:3]))
