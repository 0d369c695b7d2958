"""What the newest words leave open: a brief mail that asks and promises nothing stands on the mail under it.

"I send the attachment again" leaves open what the writer asked before; "OK, thank you" what the other side undertook
to do; and when the rep answered with courtesies only, what the contact asked or promised still stands.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from desktop.domain.evidence import Candidate, Party
from desktop.understanding.candidates.asks import find_asks
from desktop.understanding.candidates.clauses import clauses_of, has_answered
from desktop.understanding.candidates.promises import find_promises
from desktop.understanding.contacts.contact import author_in, is_same
from desktop.understanding.document import AuthorOrigin, Document
from desktop.understanding.lexicon.cues import compiled, cues_of, pattern_of
from desktop.understanding.zones.cleaning import Block
from desktop.understanding.zones.passages import passages_of

MOST_WORDS = 50
MAX_BLOCKS = 3
MAX_LINES = 300
STILL_OPEN = 0.7
_LOOKS_FORWARD = compiled(
    r"(?<!\w)(?:look\w* forward|freu\w+ (?:mich|uns)|au plaisir|hasta (?:pronto|luego)|a presto|tot (?:dan|ziens|gauw))"
)
_OTHER_SIDE = {Party.REP: Party.CONTACT, Party.CONTACT: Party.REP}


def find_left_open(document: Document) -> Iterator[Candidate]:
    """Yield the asks and promises of the mail under a brief one that has none."""
    newest = document.anatomy.own
    if sum(len(line.text.split()) for line in newest.body[:MAX_LINES]) > MOST_WORDS:
        return
    if _declines(document):
        return
    if has_answered(document):
        if not _is_courteous(document):
            return
        below = replace(document, author=replace(document.author, origin=AuthorOrigin.SENDER))
        yield from _lowered([*find_asks(below), *find_promises(below)])
        return
    if document.author.origin is not AuthorOrigin.SENDER and document.writer.origin is not AuthorOrigin.SENDER:
        return
    for block in document.anatomy.blocks[1 : MAX_BLOCKS + 1]:
        below = replace(document, passages=passages_of(block.body[:MAX_LINES]))
        if _is_writers(document, block):
            found = [*find_asks(below), *find_promises(below)]
        else:
            found = [_of_other_side(promise) for promise in find_promises(below)]
        if found:
            yield from _lowered(found)
            return


def _newest(document: Document) -> list[str]:
    return [clause.searched for clause in clauses_of(document) if clause.is_newest]


def _declines(document: Document) -> bool:
    declines = cues_of("intents", "decline", document.language)[0].pattern
    return any(declines.search(text) for text in _newest(document))


def _is_courteous(document: Document) -> bool:
    """Whether the rep's answer thanks, greets or looks forward."""
    regards = pattern_of("actions", "regards", document.language)
    return any(regards.search(text) or _LOOKS_FORWARD.search(text) for text in _newest(document))


def _is_writers(document: Document, block: Block) -> bool:
    return block.author is not None and is_same(author_in(document.text, *block.author), document.writer)


def _of_other_side(promise: Candidate) -> Candidate:
    owner = _OTHER_SIDE.get(promise.owner, promise.owner) if promise.owner else None
    return replace(promise, owner=owner)


def _lowered(found: Iterable[Candidate]) -> Iterator[Candidate]:
    return (replace(one, rule_score=round(one.rule_score * STILL_OPEN, 4)) for one in found)
