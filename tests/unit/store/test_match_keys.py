"""Contacts and Accounts of the Mirror are found however a mail spells them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from desktop.domain.ids import ConnectionId, RecordId
from desktop.domain.records import RecordKind, RecordRef, RecordSnapshot
from desktop.matching.profile import profile_of
from desktop.store import migrations
from desktop.store.codec import encode
from desktop.store.database import Database, connect
from desktop.store.match_keys import MOST_UNDER_A_KEY
from desktop.store.moments import to_text
from desktop.store.store import Store
from desktop.store.tables import snapshot
from desktop.system.clock import SystemClock

CRM, OTHER = ConnectionId("crm"), ConnectionId("other")
KEY = bytes(range(32))
WHEN = datetime(2026, 11, 21, tzinfo=UTC)
BOB = {
    "first_name": "Robert",
    "last_name": "Müller",
    "email": "r.mueller@nordglas.example",
    "phone": "+49 30 5550 1004",
}


def saved(
    number: int, fields: dict[str, str | None], *, is_deleted: bool = False, kind: RecordKind = RecordKind.CONTACT
) -> RecordSnapshot:
    ref = RecordRef(kind, RecordId(str(number)))
    return RecordSnapshot(ref, fields, "1", WHEN, is_deleted=is_deleted)


@pytest.fixture
def store(tmp_path: Path):
    store = Store(tmp_path / "store.db", KEY, SystemClock())
    yield store
    store.close()


def keep(store: Store, *records: RecordSnapshot, connection: ConnectionId = CRM) -> None:
    with store.transaction() as tx:
        for record in records:
            tx.mirror.save(connection, record)


def alike(
    store: Store, connection: ConnectionId = CRM, kind: RecordKind = RecordKind.CONTACT, **fields: str | None
) -> list[str]:
    with store.transaction() as tx:
        found = tx.mirror.alike(connection, kind, profile_of(kind, fields))
        return [record.ref.id for record in found]


def test_another_spelling_finds_the_contact(store: Store):
    keep(store, saved(1, BOB), saved(2, {"first_name": "Ada", "last_name": "Stone", "email": None, "phone": None}))
    assert alike(store, first_name="Bob", last_name="Mueller") == ["1"]
    assert alike(store, phone="030/5550 1004") == ["1"]
    assert alike(store, first_name="Ada", last_name="Stnoe") == ["2"]
    assert alike(store, first_name="Zoe", last_name="Quill") == []
    assert alike(store) == []


def test_who_has_most_in_common_comes_first(store: Store):
    keep(store, saved(1, {"last_name": "Muller", "first_name": "Rob", "email": None, "phone": None}), saved(2, BOB))
    assert alike(store, **BOB) == ["2", "1"]


def test_a_changed_contact_is_found_by_what_it_is_now(store: Store):
    keep(store, saved(1, BOB))
    keep(store, saved(1, {**BOB, "last_name": "Quill", "email": "q@ostholz.example", "phone": None}))
    assert alike(store, first_name="Bob", last_name="Quill") == ["1"]
    assert alike(store, phone=BOB["phone"]) == []
    assert alike(store, last_name="Müller", first_name="Robert") == []


def test_a_deleted_contact_is_not_found_and_may_come_back(store: Store):
    keep(store, saved(1, BOB), saved(1, BOB, is_deleted=True))
    assert alike(store, **BOB) == []
    keep(store, saved(1, BOB))
    assert alike(store, **BOB) == ["1"]


def test_another_crm_is_another_matter(store: Store):
    keep(store, saved(1, BOB), connection=OTHER)
    assert alike(store, **BOB) == []
    assert alike(store, OTHER, **BOB) == ["1"]


def test_what_very_many_share_finds_nobody(store: Store):
    everyone = [saved(n, {"phone": "+49 30 5550 1004", "last_name": None}) for n in range(MOST_UNDER_A_KEY + 1)]
    keep(store, *everyone[:-1])
    assert len(alike(store, phone="+49 30 5550 1004")) == 20
    keep(store, everyone[-1])
    assert alike(store, phone="+49 30 5550 1004") == []


def test_a_store_from_before_is_filled(tmp_path: Path):
    path = tmp_path / "old.db"
    connect(path, KEY).close()
    database = Database(path, KEY, lambda _name: None)
    with database.begin() as sql:
        before = migrations.MIGRATIONS[: migrations.MIGRATIONS.index(migrations.m005_match_keys)]
        migrations.migrate(sql, WHEN, before)
        row = {"connection_id": CRM, "kind": "contact", "record_id": "1", "is_deleted": 0, "modified_at": to_text(WHEN)}
        row |= {"email": "", "phone": "", "name": "", "domain": "", "parent": "", "body": encode(saved(1, BOB))}
        sql.execute(snapshot.insert().values(row))
    database.close()
    store = Store(path, KEY, SystemClock())
    assert alike(store, first_name="Bob", last_name="Mueller") == ["1"]
    store.close()


def test_a_lead_is_found_by_name_and_company_and_never_as_a_contact(store: Store):
    keep(store, saved(1, {**BOB, "email": None, "phone": None, "company": "Nord Glas GmbH"}, kind=RecordKind.LEAD))
    known = {"first_name": "Rob", "last_name": "Muellner", "company": "Nordglas"}
    assert alike(store, kind=RecordKind.LEAD, **known) == ["1"]
    assert alike(store, **known) == []
    assert alike(store, kind=RecordKind.LEAD, first_name="Zoe", last_name="Quill", company="Nordglas") == []


def test_a_lead_with_another_company_is_found_by_that(store: Store):
    names = {"first_name": None, "last_name": "Quill", "email": None, "phone": None}
    keep(store, saved(1, {**names, "company": "Nord Glas"}, kind=RecordKind.LEAD))
    keep(store, saved(1, {**names, "company": "Ostholz"}, kind=RecordKind.LEAD))
    assert alike(store, kind=RecordKind.LEAD, last_name="Quill", company="Ostholz") == ["1"]
    assert alike(store, kind=RecordKind.LEAD, last_name="Quill", company="Nord Glas") == []


def test_the_leads_of_a_store_from_before_are_filled_in(tmp_path: Path):
    path = tmp_path / "old.db"
    store = Store(path, KEY, SystemClock())
    keep(store, saved(1, BOB, kind=RecordKind.LEAD), saved(2, BOB))
    store.close()
    raw = connect(path, KEY)
    raw.execute("delete from match_key where row = (select rowid from snapshot where kind = 'lead')")
    raw.execute("delete from migration where name = 'm009_lead_keys'")
    raw.commit()
    raw.close()
    store = Store(path, KEY, SystemClock())
    assert alike(store, kind=RecordKind.LEAD, first_name="Bob", last_name="Mueller") == ["1"]
    assert alike(store, first_name="Bob", last_name="Mueller") == ["2"]
    store.close()
