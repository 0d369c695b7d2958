"""`dealside duplicates`: the groups, why, and that nothing was changed."""

import io
import json
from datetime import UTC, datetime

import pytest

from desktop.cli.duplicates import duplicates
from desktop.cli.printing import Printer
from desktop.domain.ids import RecordId
from desktop.domain.records import RecordKind, RecordRef, RecordSnapshot, title_of
from desktop.review.twins import twins
from tests.fakes.situations import CRM, new_store

WHEN = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture
def store(tmp_path):
    store = new_store(tmp_path)
    yield store
    store.close()


def keep(store, *people):
    with store.transaction() as tx:
        for number, (first, last, email) in enumerate(people):
            fields = {"first_name": first, "last_name": last, "email": email}
            ref = RecordRef(RecordKind.CONTACT, RecordId(str(number)))
            title = title_of(RecordKind.CONTACT, fields)
            tx.mirror.save(CRM, RecordSnapshot(ref, fields, "1", WHEN, title=title))


def told(store, *, as_json):
    out = io.StringIO()
    assert duplicates(Printer(as_json=as_json, out=out), twins(store)) == 0
    return json.loads(out.getvalue()) if as_json else out.getvalue()


def test_groups_are_printed_with_what_speaks_for_them(store):
    keep(store, ("Ann", "Müller", "ann@a.example"), ("Anne", "Mueller", "ann@a.example"), ("Zoe", "Quill", None))
    text = told(store, as_json=False)
    assert "Book: 3 contacts, 1 probably stand there twice" in text
    assert "Anne Mueller  ann@a.example   (same e-mail address" in text
    assert "Nothing was changed" in text
    accounts, contacts = told(store, as_json=True)
    assert (accounts["kind"], accounts["groups"]) == ("account", [])
    (group,) = contacts["groups"]
    assert [one["title"] for one in group["records"]] == ["Ann Müller", "Anne Mueller"]
    assert group["chances"][0] > 0.9


def test_a_clean_crm_is_said_to_be_clean(store):
    keep(store, ("Ann", "Müller", "ann@a.example"), ("Zoe", "Quill", "zoe@b.example"))
    text = told(store, as_json=False)
    assert "Book: 2 contacts, none seems to stand there twice" in text
    assert "Nothing was changed" not in text


def test_hostile_names_cannot_steer_the_terminal(store):
    keep(store, ("Ann\x1b[2J", "Müller", "ann@a.example"), ("Ann", "Müller", "ann@a.example"))
    assert "\x1b" not in told(store, as_json=False)
