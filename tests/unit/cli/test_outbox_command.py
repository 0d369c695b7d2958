"""`dealside outbox`: what a script and a person are told, and what they can do about it."""

import io
import json

import pytest

from desktop.cli.outbox import NOTHING, outbox
from desktop.cli.parser import make_parser
from desktop.cli.printing import Printer
from desktop.domain.deliveries import DeliveryState
from desktop.domain.errors import Cancelled, Rejected, Temporary
from desktop.domain.evidence import Intent
from desktop.domain.ids import RecordId, SuggestionId
from desktop.domain.proposals import Action, FieldChange, Suggestion, SuggestionState
from desktop.domain.records import RecordKind, RecordRef
from desktop.review.queries import StoredQueries
from desktop.store.reader import Reader
from tests.fakes.rig import Rig, of_kind
from tests.fakes.situations import CRM, KEY, message, reading
from tests.unit.proposals.test_step import INQUIRY, inquiry_facts

JANE = RecordRef(RecordKind.CONTACT, RecordId("c1"))


class Desk:
    def __init__(self, folder):
        self.rig = Rig(folder)
        self.queries = StoredQueries(Reader(folder / "store.db", KEY))
        self.asked = []
        self.answer = True

    def tell(self, *words, as_json=True):
        out = io.StringIO()
        args = make_parser().parse_args(["outbox", *words])
        outbox(
            args,
            Printer(as_json=as_json, out=out),
            self.queries,
            self.rig.review,
            now=self.rig.clock.now(),
            confirm=self.confirm,
        )
        return json.loads(out.getvalue()) if as_json else out.getvalue()

    def confirm(self, words):
        self.asked.append(words)
        return self.answer


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    yield desk
    desk.queries.close()
    desk.rig.close()


@pytest.fixture
def account(desk):
    """An Account that waits for a CRM that is down."""
    card = desk.rig.propose(message(INQUIRY), reading(inquiry_facts(), intent=Intent.INQUIRY))
    found = of_kind(card, RecordKind.ACCOUNT)
    desk.rig.crm.fail_before = [Temporary("The CRM does not answer.", retry_after=40)]
    desk.rig.review.accept(found.id)
    desk.rig.deliver_next(CRM)
    return found


@pytest.fixture
def conflict(desk):
    """Two fields of a Contact, one of which somebody changed meanwhile."""
    rig = desk.rig
    rig.crm.memory.put(JANE, {"last_name": "Roe", "title": "Director", "phone": None}, key=None, expected="")
    card = rig.propose(message("Hello", number=9), reading())
    changes = (
        FieldChange("title", "Buyer", "Head of Procurement", 0.9, ""),
        FieldChange("phone", None, "+442079460001", 0.9, ""),
    )
    item = Suggestion(
        SuggestionId("s"), card.id, CRM, Action.UPDATE, RecordKind.CONTACT, "Jane Roe", changes, "", target=JANE
    )
    with rig.store.transaction() as tx:
        tx.proposals.append(card.id, item, "s")
    rig.review.accept(item.id)
    rig.deliver_next(CRM)
    return item


def test_an_empty_outbox_says_so(desk):
    assert NOTHING in desk.tell(as_json=False)
    assert desk.tell("list") == []


def test_the_list_says_what_why_and_when(desk, account):
    text = desk.tell("list", as_json=False)
    assert "━━ Book" in text
    assert f"Create account {account.title}" in text
    assert "! The CRM does not answer." in text
    assert "tried 1 × · next try in 40 s · since 2026-11-20" in text
    (row,) = desk.tell("list")
    assert (row["state"], row["attempts"], row["subject"]) == ("waiting", 1, account.id)
    assert {field["field"]: field["wanted"] for field in row["fields"]} == account.after()


def test_retrying_one_and_all(desk, account):
    (row,) = desk.tell()
    assert "sent now" in desk.tell("retry", row["id"][:8])["said"]
    desk.rig.deliver_next(CRM)
    assert desk.tell() == []
    assert desk.tell("retry", "--all")["count"] == 0
    assert desk.rig.now(account).state is SuggestionState.DELIVERED


def test_giving_up_asks_once(desk, account):
    (row,) = desk.tell()
    desk.answer = False
    with pytest.raises(Cancelled):
        desk.tell("give-up", row["id"][:8])
    (asked,) = desk.asked
    assert asked.startswith(f"“{account.title}” is then not created in Book. It was tried, so we look")
    assert len(desk.tell()) == 1
    desk.answer = True
    desk.tell("give-up", row["id"][:8])
    desk.rig.deliver(rounds=1)
    assert desk.tell() == []
    assert desk.rig.now(account).state is SuggestionState.UNDONE


def test_a_conflict_shows_three_values_and_takes_an_answer_for_each(desk, conflict):
    text = desk.tell(as_json=False)
    assert "Buyer → Head of Procurement   ≠ there now: Director" in text
    (row,) = desk.tell()
    assert row["state"] == DeliveryState.CONFLICT.value
    assert [field["is_contested"] for field in row["fields"]] == [True, False]
    desk.tell("resolve", row["id"][:8], "title=theirs")
    desk.rig.deliver()
    live = desk.rig.crm.read(JANE).fields
    assert (live["title"], live["phone"]) == ("Director", "+442079460001")


@pytest.mark.parametrize(
    ("answer", "title"), [("mine", "Head of Procurement"), ("Chief Buyer", "Chief Buyer"), ("", None)]
)
def test_mine_or_a_value_of_my_own(desk, conflict, answer, title):
    (row,) = desk.tell()
    desk.tell("resolve", row["id"][:8], f"title={answer}")
    desk.rig.deliver()
    assert desk.rig.crm.read(JANE).fields["title"] == title


@pytest.mark.parametrize("pair", ["title", "phone=1", "colour=red"])
def test_an_answer_that_fits_no_conflict_is_refused(desk, conflict, pair):
    (row,) = desk.tell()
    with pytest.raises(Rejected, match="to decide on: title"):
        desk.tell("resolve", row["id"][:8], pair)


def test_there_is_nothing_to_resolve_without_a_conflict(desk, account):
    (row,) = desk.tell()
    with pytest.raises(Rejected, match="no conflict"):
        desk.tell("resolve", row["id"][:8], "name=mine")


@pytest.mark.parametrize("start", ["zzzzzzzz", "", "abc"])
def test_an_id_that_names_nothing_is_refused(desk, account, start):
    with pytest.raises(Rejected, match="outbox list"):
        desk.tell("give-up", start)
