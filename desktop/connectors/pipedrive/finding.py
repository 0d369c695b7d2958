"""Looking for Records in a Pipedrive company: by what a field holds, by words, and whom they can belong to.

The search takes one value a call (20 of the day's tokens) and tells ids; the records are then read a hundred a call.
It compares whole texts without regard to case, so a telephone number is found as it is stored in the international
form, and not where it was typed with blanks. Its index may lag by seconds. Activities have no search.
"""

from collections.abc import Mapping, Sequence
from functools import partial

from desktop.connectors import fieldmap
from desktop.connectors.pipedrive.company import Company
from desktop.connectors.pipedrive.keys import SEARCH_EVERY
from desktop.connectors.pipedrive.line import PipedriveLine
from desktop.connectors.tables.pipedrive import ENTITIES, is_id
from desktop.domain.ids import RecordId
from desktop.domain.records import RecordKind, RecordRef, RecordSnapshot
from desktop.domain.rights import Owner

_K = RecordKind
_WITHIN: Mapping[tuple[RecordKind, str], str] = {
    (_K.ACCOUNT, "name"): "name",
    (_K.ACCOUNT, "phone"): "custom_fields",
    (_K.CONTACT, "email"): "email",
    (_K.CONTACT, "phone"): "phone",
    (_K.OPPORTUNITY, "name"): "title",
}
_SEARCHED = frozenset({_K.ACCOUNT, _K.CONTACT, _K.OPPORTUNITY})
_LONGEST = 500
_SHORTEST_WORDS = 2
_MOST = 100


def find(
    company: Company, kind: RecordKind, field: str, values: Sequence[str]
) -> dict[str, tuple[RecordSnapshot, ...]]:
    """Return, for each of `values`, the Records whose `field` holds it; see CrmConnector."""
    within = _WITHIN.get((kind, field))
    if within is None:
        return {}
    wanted = {value: " ".join(value.split()) for value in dict.fromkeys(values)}
    terms = [term for term in dict.fromkeys(wanted.values()) if 0 < len(term) <= _LONGEST]
    looks = company.on(
        lambda line: company.crew.each(line, [partial(_ids, kind, within, term) for term in terms], every=SEARCH_EVERY)
    )
    ids = {term: look.got for term, look in zip(terms, looks, strict=True)}
    records = read_many(company, [RecordRef(kind, RecordId(one)) for own in ids.values() for one in own])
    found: dict[str, tuple[RecordSnapshot, ...]] = {}
    for value, term in wanted.items():
        refs = [RecordRef(kind, RecordId(one)) for one in ids.get(term, ())]
        same = [records[ref] for ref in refs if ref in records and _holds(records[ref], field, value)]
        found[value] = tuple(same)
    return found


def search(company: Company, kind: RecordKind, words: str, limit: int) -> tuple[RecordSnapshot, ...]:
    """Return Records that Pipedrive's own search finds for `words`, in its order; see CrmConnector."""
    term = " ".join(words.split())[:_LONGEST]
    if kind not in _SEARCHED or len(term) < _SHORTEST_WORDS or limit < 1:
        return ()
    most = min(limit, _MOST)
    refs = [RecordRef(kind, RecordId(one)) for one in company.on(lambda line: line.worded(ENTITIES[kind], term, most))]
    records = read_many(company, refs[:most])
    return tuple(records[ref] for ref in refs[:most] if ref in records)


def read_many(company: Company, refs: Sequence[RecordRef]) -> dict[RecordRef, RecordSnapshot]:
    """Return those of `refs` that are there; raise where it could not be looked."""
    looks = {ref: look.got for ref, look in company.rows(refs).items()}
    return {ref: company.snapshot(ref.kind, row) for ref, row in looks.items() if row is not None}


def owners(company: Company) -> tuple[Owner, ...]:
    """Return the company's users, those who left among them; 20 of the day's tokens."""
    found: dict[str, Owner] = {}
    for row in company.on(lambda line: line.listed("users")):
        owner_id, email = str(row.get("id")), str(row.get("email") or "")
        if is_id(owner_id):
            is_active = bool(row.get("active_flag", True)) and not row.get("is_deleted")
            found[owner_id] = Owner(owner_id, str(row.get("name") or email or owner_id), email, is_active=is_active)
    return tuple(found.values())


def _ids(kind: RecordKind, within: str, term: str, line: PipedriveLine) -> list[str]:
    return line.searched(ENTITIES[kind], term, within=within)


def _holds(record: RecordSnapshot, field: str, value: str) -> bool:
    codec = {"email": fieldmap.EMAIL, "phone": fieldmap.PHONE}.get(field, fieldmap.TEXT)
    return _folded(codec.read(value)) == _folded(record.fields.get(field) or "")


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
