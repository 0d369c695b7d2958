"""`dealside enrich`: real mails, read by the rules alone, then a CRM that knows less than they say."""

import io
import json
from datetime import UTC, datetime

import pytest

from desktop.cli.enrich import enrich
from desktop.cli.parser import make_parser
from desktop.cli.printing import Printer
from desktop.domain.ids import InteractionId, derive
from desktop.domain.interactions import Interaction, InteractionKind, InteractionState
from desktop.domain.proposals import Action, SuggestionState
from desktop.domain.records import RecordKind
from desktop.flow import Flow
from desktop.intake.mime import parse_mail
from desktop.proposals.enriching import Enriching
from desktop.store.reader import Reader
from tests.fakes.clock import ManualClock
from tests.fakes.situations import CRM, KEY, MAILBOX, NOON, new_store, record

MAIL = """From: {name} <{address}>
To: alex@seller.example
Subject: {subject}
Date: Mon, {day:02d} Nov 2026 09:00:00 +0000
Message-ID: <{day}.{address}>

Hello Alex,

{text}

Kind regards

{signature}
"""
JANE = {"name": "Jane Roe", "address": "jane.roe@buyer.example"}
FIRST = "Jane Roe\nHead of Procurement\nBuyer Industries Ltd\nPhone: +44 20 7946 0123"
SECOND = "Jane Roe\nHead of Procurement\nBuyer Industries Ltd\nPhone: +44 20 7946 0123\nMobile: +44 7700 900123"


@pytest.fixture
def store(tmp_path):
    store = new_store(tmp_path)
    yield store
    store.close()


def receive(store, day, text, signature, **who):
    raw = MAIL.format(**{**JANE, **who}, subject=f"Visit {day}", day=day, text=text, signature=signature).encode()
    received_at = datetime(2026, 11, day, 9, 0, tzinfo=UTC)
    item = Interaction(
        InteractionId(derive("interaction", raw)),
        MAILBOX,
        InteractionKind.EMAIL,
        InteractionState.RECEIVED,
        derive(raw),
        "new/1",
        received_at,
        parse_mail(raw, received_at=received_at),
    )
    with store.transaction() as tx:
        tx.interactions.add(item, raw)
    advance(store)


def advance(store):
    flow = Flow(store, ManualClock(NOON), None, lambda *_: None)
    while flow.advance():
        pass


def put(store, *records):
    """The Mirror as it is after a pull whose Records nobody looked at yet."""
    with store.transaction() as tx:
        for one in records:
            tx.mirror.save(CRM, one)


def told(store, *words):
    out = io.StringIO()
    args = make_parser().parse_args(["enrich", *words])
    code = enrich(args, Printer(as_json=args.json, out=out), Enriching(store, ManualClock(NOON)))
    assert code == 0
    return json.loads(out.getvalue()) if args.json else out.getvalue()


def updates(store):
    reader = Reader(store.path, KEY)
    cards = [row.id for row in reader.list_rows("open", offset=0, limit=100)]
    reader.close()
    with store.reading() as tx:
        found = [s for card in cards for s in tx.proposals.suggestions(card)]
    is_update = [s for s in found if s.action is Action.UPDATE and s.state is SuggestionState.OPEN]
    return [s for s in is_update if s.kind is RecordKind.CONTACT]


@pytest.fixture
def known(store):
    """Return the store of a rep who had two mails of a contact before the CRM knew more than her name."""
    receive(store, 2, "thank you for the visit.", FIRST)
    receive(store, 9, "could we meet again next week?", SECOND)
    firm = record(RecordKind.ACCOUNT, 1, name="Buyer Industries")
    jane = record(RecordKind.CONTACT, 1, last_name="Roe", email=JANE["address"])
    put(store, firm, jane)
    return store


def test_a_dry_run_shows_values_with_their_words_and_proposes_nothing(known):
    text = told(known, "--dry-run")
    assert "Job title: Head of Procurement" in text
    assert "Mobile: +447700900123" in text
    assert "“+44 7700 900123”, 2026-11-09" in text
    assert "Account: Buyer Industries" in text
    assert "Nothing was proposed" in text
    assert updates(known) == []


def test_a_run_proposes_and_a_second_finds_nothing_more(known):
    assert "wait for your review" in told(known)
    (found,) = updates(known)
    assert found.after() == {
        "first_name": "Jane",
        "title": "Head of Procurement",
        "phone": "+442079460123",
        "mobile": "+447700900123",
        "account": "account:account-1",
    }
    assert "say nothing" in told(known)
    assert len(updates(known)) == 1


def test_only_whom_the_words_name(known):
    assert told(known, "--contact", "nobody", "--json") == []
    (found,) = told(known, "--contact", "ROE", "--dry-run", "--json")
    assert (found["kind"], found["title"]) == ("contact", "Roe")
    labels = {field["label"]: field for field in found["fields"]}
    assert labels["Mobile"]["quotes"] == [{"value": "+447700900123", "words": "+44 7700 900123", "day": "2026-11-09"}]


def test_disagreeing_mails_are_both_quoted(store):
    receive(store, 2, "thank you for the visit.", FIRST)
    receive(store, 9, "my number has changed.", FIRST.replace("0123", "0999"))
    put(store, record(RecordKind.CONTACT, 1, last_name="Roe", email=JANE["address"]))
    text = told(store, "--dry-run")
    assert "Phone: +442079460999" in text
    assert "but +442079460123: “+44 20 7946 0123”, 2026-11-02" in text


def test_a_mail_that_came_meanwhile_has_said_its_part_and_the_rest_is_added(known):
    receive(known, 16, "my number has changed.", FIRST.replace("0123", "0999"))
    (said,) = updates(known)
    assert said.after()["phone"] == "+442079460999"
    (found,) = told(known, "--json")
    assert [field["label"] for field in found["fields"]] == ["First name"]
    (now,) = updates(known)
    assert now.after() == {**said.after(), "first_name": "Jane"}


def test_the_agent_does_it_by_itself_once_the_record_came(known):
    with known.transaction() as tx:
        tx.enrichments.ask(CRM, tx.mirror.get(CRM, record(RecordKind.CONTACT, 1).ref), NOON)
    advance(known)
    (found,) = updates(known)
    assert found.after()["title"] == "Head of Procurement"


def test_hostile_words_cannot_steer_the_terminal(store):
    receive(store, 2, "hello", "Jane\x1b[2J Roe\nHead of \x1b[31mProcurement\nPhone: +44 20 7946 0123")
    put(store, record(RecordKind.CONTACT, 1, last_name="Roe\x1b[2J", email=JANE["address"]))
    assert "\x1b" not in told(store, "--dry-run")
