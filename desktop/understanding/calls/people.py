"""The contact, their firm and their numbers, and who else is spoken of: from the line, or as they are said."""

from collections.abc import Iterator

from desktop.domain.evidence import Candidate, Evidence, FactKind, Party
from desktop.understanding.calls.names import Named, same_person
from desktop.understanding.calls.said_numbers import international
from desktop.understanding.calls.spelled_out import Spelled
from desktop.understanding.calls.transcript import Transcript
from desktop.understanding.lexicon.names import name_of, tokens_of

ON_THE_LINE, OWN = "the name that is known of who was on the line", "given as their own"
OWN_ADDRESS, OWN_NUMBER = 0.72, 0.74
CALLER = "called from it"
KNOWN = 0.9
OF_NO_PLAN = 0.1


def find_people(transcript: Transcript) -> Iterator[Candidate]:
    """Yield names, firm and numbers of the contact, and the names of those who are only spoken of."""
    yield from _from_line(transcript)
    best: dict[FactKind, list[Named]] = {FactKind.PERSON: [], FactKind.COMPANY: []}
    for named in transcript.names:
        if named.party is Party.CONTACT:
            best[named.kind].append(named)
    for kind, found in best.items():
        for named in found:
            fuller = [other for other in found if other is not named and _is_fuller(other, named)]
            if not fuller:
                yield _candidate(transcript, named, kind)
    for named in transcript.mentioned:
        yield _candidate(transcript, named, FactKind.MENTIONED)
    for spelled in transcript.spelled:
        yield from _spelled(transcript, spelled)


def _is_fuller(one: Named, other: Named) -> bool:
    return same_person(one.value, other.value) and len(one.value.split()) > len(other.value.split())


def _candidate(transcript: Transcript, named: Named, kind: FactKind) -> Candidate:
    evidence = transcript.cite(named.start, named.end)
    return Candidate(kind, evidence, named.value, round(named.score, 4), named.why)


def _from_line(transcript: Transcript) -> Iterator[Candidate]:
    """Yield the name of the other side as telephone or calendar know it, and the number they called from."""
    author = transcript.whole.author
    name = name_of(author.name.text, is_header=True) if author.name else None
    if name and author.name:
        yield Candidate(FactKind.PERSON, author.name, name, KNOWN, ON_THE_LINE)
    if author.address and author.address.text.lstrip("+").replace(" ", "").isdigit():
        yield _number(author.address, transcript.regions, (author.address.text,), KNOWN, CALLER)


def _spelled(transcript: Transcript, spelled: Spelled) -> Iterator[Candidate]:
    """Yield an address or a number that the contact gives as theirs; those of others are nobody's in the CRM."""
    side = next((piece.side for piece in transcript.pieces if piece.turn == spelled.turn), Party.OTHER)
    is_theirs = side is Party.CONTACT or transcript.is_dictated
    if not is_theirs or not spelled.is_own:
        return
    evidence = transcript.cite(spelled.start, spelled.end)
    if spelled.kind is FactKind.EMAIL:
        owners = (named for named in transcript.mentioned)
        local = tokens_of(spelled.value.partition("@")[0])
        if not any(tokens_of(named.value) & local for named in owners):
            yield Candidate(FactKind.EMAIL, evidence, spelled.value, OWN_ADDRESS, OWN)
    else:
        yield _number(evidence, transcript.regions, spelled.readings, OWN_NUMBER, OWN)


def _number(
    evidence: Evidence, regions: tuple[str, ...], readings: tuple[str, ...], score: float, why: str
) -> Candidate:
    """Return the number as E.164 where it is one in a country the call points to, else its digits."""
    known = [found for digits in readings for found in [international(digits, regions)] if found is not None]
    for value, is_valid, is_mobile in sorted(known, key=lambda found: not found[1]):
        kind = FactKind.MOBILE if is_mobile else FactKind.PHONE
        return Candidate(kind, evidence, value, score if is_valid else score - OF_NO_PLAN, why)
    return Candidate(FactKind.PHONE, evidence, readings[0], score - OF_NO_PLAN, why)
