"""Whom the rep greets: of somebody who neither signs nor is named in a header this is all that is known."""

import re
from collections.abc import Iterator, Sequence

from desktop.domain.evidence import ContactScope
from desktop.understanding.contacts.contact import Organisation, author_in
from desktop.understanding.document import Document
from desktop.understanding.lexicon.names import name_of, tokens_of
from desktop.understanding.lexicon.persons import personhood
from desktop.understanding.zones.cleaning import Block, TextLine

MAX_LINE = 70
MAX_BLOCKS = 3
FIRST_LINES = 2

_GREETING = re.compile(
    r"\s*(?i:dear|hi(?: there)?|hello|hey|good (?:morning|afternoon|evening)|morning|afternoon|hallo|liebe[rs]?"
    r"|sehr geehrte[rs]?|guten (?:tag|morgen|abend)|moin|servus|grüezi|grüß gott|bonjour|bonsoir|salut|ch[eè]re?|hola"
    r"|buen[oa]s (?:días|tardes)|estimad[oa]|querid[oa]|buongiorno|buonasera|ciao|salve|gentile|car[oa]|egregio"
    r"|olá|oi|bom dia|boa tarde|prezad[oa]|beste|geachte|dag|goedemorgen|goedemiddag|hej|hei|hejsan|kära|kære|moi"
    r"|merhaba|selam|sayın|kedves|tisztelt|szia|ahoj|dobrý den|cześć)"
    r"\s{1,2}(?P<name>[^,!:;.–\n]{2,50}?)\s*(?:[,!:;.–]|$)"
)


def greeted(document: Document) -> Iterator[tuple[int, int, str]]:
    """Yield [start, end) and the name of whom the rep greets above or below the contact's own words."""
    for lines in _rep_lines(document):
        for line in [line for line in lines if line.text.strip()][:FIRST_LINES]:
            match = _GREETING.match(line.text[:MAX_LINE])
            name = name_of(match["name"]) if match else None
            if match and name and personhood(match["name"]) > 0 and not tokens_of(name) <= document.own_names:
                start = line.start + match.start("name")
                yield start, start + len(match["name"]), name
                return


def _rep_lines(document: Document) -> Iterator[Sequence[TextLine]]:
    """Yield the lines that the rep wrote to the contact: what the contact answers, or the answer to the contact."""
    if document.scope is ContactScope.QUOTED_SENDER:
        yield document.anatomy.own.lines
    elif document.scope is ContactScope.SENDER:
        own = Organisation(document.own_addresses)
        yield from (
            block.lines for block in document.anatomy.blocks[1 : 1 + MAX_BLOCKS] if _is_own(document, block, own)
        )


def _is_own(document: Document, block: Block, own: Organisation) -> bool:
    if block.author is None:
        return False
    author = author_in(document.text, *block.author)
    if author.address:
        return own.is_own(author.address.text)
    return bool(author.name) and len(tokens_of(author.name.text if author.name else "") & document.own_names) > 1
