"""Contacts and Accounts as a table of columns, and the groups of them that are probably the same."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from desktop.domain.matching import domain_key, email_key, phone_key
from desktop.domain.records import RecordKind, RecordSnapshot
from desktop.matching.clusters import groups
from desktop.matching.likeness import Likeness, likeness
from desktop.matching.links import link
from desktop.matching.names import firm_words, folded, person_words
from desktop.matching.profile import profile_of
from desktop.matching.table import Column, Kind, column, table

Fields = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Twins:
    """Records that are probably one, the longest known first; `likeness` is of each later one with the first."""

    records: tuple[RecordSnapshot, ...]
    likeness: tuple[Likeness, ...]


def find_twins(kind: RecordKind, records: Sequence[RecordSnapshot], firms: Mapping[str, str]) -> list[Twins]:
    """Return the groups of Contacts or Accounts that are probably the same, the likeliest first.

    `firms` gives the name of the Account that a REFERENCE names.
    """
    if len(records) < 2:
        return []
    ranked = sorted(records, key=lambda record: record.modified_at)
    columns = _contact_columns(ranked, firms) if kind is RecordKind.CONTACT else _account_columns(ranked)
    found = link(table(columns))
    pairs = zip(found.left.tolist(), found.right.tolist(), strict=True)
    twins = [twins_of([ranked[row] for row in rows], firms) for rows in groups(len(ranked), pairs)]
    return sorted(twins, key=lambda group: min(like.chance for like in group.likeness), reverse=True)


def twins_of(records: Sequence[RecordSnapshot], firms: Mapping[str, str]) -> Twins:
    """Return a group of Records that are taken for one, with how far each is like the first."""
    profiles = [profile_of(one.ref.kind, one.fields, firm=_firm(one.fields, firms)) for one in records]
    return Twins(tuple(records), tuple(likeness(profiles[0], profile) for profile in profiles[1:]))


def _firm(fields: Fields, firms: Mapping[str, str]) -> str:
    return firms.get(fields.get("account") or "", "")


def _contact_columns(records: Sequence[RecordSnapshot], firms: Mapping[str, str]) -> list[Column]:
    def of(name: str, form: Callable[[str], str]) -> list[str]:
        return [form(record.fields.get(name) or "") for record in records]

    return [
        column("first_name", Kind.NAME, of("first_name", _person)),
        column("last_name", Kind.NAME, of("last_name", _person)),
        column("email", Kind.CODE, of("email", email_key)),
        column("mobile", Kind.CODE, of("mobile", phone_key)),
        column("phone", Kind.CODE, of("phone", phone_key), is_shared=True),
        column("firm", Kind.WORDS, [_words(_firm(record.fields, firms)) for record in records], is_shared=True),
        column("domain", Kind.CODE, of("email", domain_key), is_shared=True),
    ]


def _account_columns(records: Sequence[RecordSnapshot]) -> list[Column]:
    def of(name: str, form: Callable[[str], str]) -> list[str]:
        return [form(record.fields.get(name) or "") for record in records]

    return [
        column("name", Kind.WORDS, of("name", _words)),
        column("domain", Kind.CODE, of("domain", domain_key)),
        column("phone", Kind.CODE, of("phone", phone_key)),
    ]


def _person(name: str) -> str:
    return " ".join(folded(word) for word in person_words(name))


def _words(name: str) -> str:
    return "".join(folded(word) for word in firm_words(name))
