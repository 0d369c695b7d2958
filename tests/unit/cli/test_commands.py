"""The command line as a script sees it: exit codes, JSON, and hostile text that cannot steer a terminal."""

import io
import json
from dataclasses import replace

import pytest

from desktop.cli.commands import accounts, confidence, queue, show_run
from desktop.cli.parser import exit_code, make_parser
from desktop.cli.printing import Printer, clean
from desktop.domain.connections import ConnectorInfo, Family, FieldSpec, FieldWidget
from desktop.domain.errors import Cancelled, Defect, Rejected, Temporary, UserActionNeeded
from desktop.domain.evidence import ComputedBy, Intent
from desktop.domain.proposals import SuggestionState
from desktop.domain.records import RecordKind
from desktop.review.queries import StoredQueries
from desktop.store.reader import Reader
from desktop.understanding import RULES_VERSION
from desktop.understanding.confidence.refit import Learned
from tests.fakes.rig import Rig, of_kind
from tests.fakes.situations import KEY, message, reading
from tests.unit.proposals.test_step import INQUIRY, inquiry_facts

KIND = ConnectorInfo("imap", "IMAP", Family.MAIL, (FieldSpec("password", "Password", FieldWidget.SECRET),))


class Desk:
    def __init__(self, folder):
        self.rig = Rig(folder)
        self.queries = StoredQueries(Reader(folder / "store.db", KEY))

    def tell(self, *words, as_json=True):
        out = io.StringIO()
        args = make_parser().parse_args(["queue", *words])
        code = queue(args, Printer(as_json=as_json, out=out), self.queries, self.rig.review)
        return code, json.loads(out.getvalue()) if as_json else out.getvalue()


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    yield desk
    desk.queries.close()
    desk.rig.close()


@pytest.fixture
def card(desk):
    return desk.rig.propose(message(INQUIRY), reading(inquiry_facts(), intent=Intent.INQUIRY))


def test_the_list_as_json_has_everything_a_script_wants(desk, card):
    code, cards = desk.tell("list")
    assert code == 0
    (row,) = cards
    assert row["id"] == card.id
    assert [s["kind"] for s in row["suggestions"]] == ["account", "contact", "opportunity", "task", "activity"]
    change = row["suggestions"][0]["changes"][0]
    assert INQUIRY[change["evidence"][0]["start"] : change["evidence"][0]["end"]] == change["after"]
    assert row["draft"]["to"] == ["jane.roe@buyer.example"]


def test_the_list_for_a_person_shows_before_after_and_words(desk, card):
    _, text = desk.tell("list", as_json=False)
    assert "Create account: Buyer Industries Ltd" in text
    assert "48000.00" in text
    assert "“EUR 48,000”" in text
    assert "Hello Jane Roe," in text


def test_accept_dismiss_and_undo_by_the_beginning_of_an_id(desk, card):
    deal, task = of_kind(card, RecordKind.OPPORTUNITY), of_kind(card, RecordKind.TASK)
    desk.tell("accept", deal.id[:10], "amount=50000")
    assert desk.rig.now(deal).after()["amount"] == "50000.00"
    desk.tell("dismiss", task.id[:10], "--reason", "done")
    assert desk.rig.now(task).state is SuggestionState.DISMISSED
    _, said = desk.tell("undo", task.id[:10])
    assert "open again" in said["said"]
    _, said = desk.tell("accept", card.id)
    assert said["said"] == "Accepted."
    desk.tell("accept", card.draft.id)


def test_an_id_that_names_nothing_or_too_much_is_refused(desk, card):
    with pytest.raises(Rejected, match="names nothing"):
        desk.tell("accept", "zzzzzzzz")
    with pytest.raises(Rejected, match="more than one"):
        desk.tell("accept", "")


def test_the_run_says_what_waits_and_why_the_rest_was_left_alone(desk, card):
    out = io.StringIO()
    assert show_run(desk.queries, Printer(as_json=True, out=out), notice="kept until you close") == 0
    told = json.loads(out.getvalue())
    assert len(told["cards"]) == 1
    assert told["notice"] == "kept until you close"


def test_secrets_are_not_taken_from_the_command_line():
    args = make_parser().parse_args(["accounts", "add", "imap", "password=hunter2"])
    with pytest.raises(Rejected, match="Do not type password"):
        accounts(args, Printer(as_json=False, out=io.StringIO()), None, None, lambda: [KIND])


def test_an_unknown_connector_says_where_to_look():
    args = make_parser().parse_args(["accounts", "add", "nonsense"])
    with pytest.raises(Rejected, match="accounts kinds"):
        accounts(args, Printer(as_json=False, out=io.StringIO()), None, None, lambda: [KIND])


@pytest.mark.parametrize(
    ("error", "code"),
    [(UserActionNeeded("x"), 3), (Temporary("x"), 4), (Rejected("x"), 5), (Cancelled("x"), 130), (Defect("x"), 1)],
)
def test_exit_codes_say_what_to_do_next(error, code):
    assert exit_code(error) == code


def test_hostile_text_cannot_steer_the_terminal():
    assert clean("a\x1b[2Jb\x07\u202ec\td\ne") == "a\\x1b[2Jb\\x07\\x202ec\td\ne"


# --- confidence -------------------------------------------------------------------------------------------------------


def tell_confidence(desk, *words, as_json=True):
    out = io.StringIO()
    args = make_parser().parse_args(["confidence", *words])
    code = confidence(args, Printer(as_json=as_json, out=out), Learned(desk.rig.store, desk.rig.clock))
    return code, json.loads(out.getvalue()) if as_json else out.getvalue()


def test_confidence_says_how_right_the_suggestions_were_and_can_be_forgotten(desk):
    facts = [replace(fact, signals=(("bias", 1.0), ("score", 1.0))) for fact in inquiry_facts()]
    made = replace(reading(facts, intent=Intent.INQUIRY), computed_by=ComputedBy("", "", RULES_VERSION))
    card = desk.rig.propose(message(INQUIRY), made)
    desk.rig.review.accept(of_kind(card, RecordKind.ACCOUNT).id, {"name": "Another Company"})
    code, (row,) = tell_confidence(desk)
    assert code == 0
    assert (row["family"], row["decisions"], row["right"], row["is_learned"]) == ("company", 1, 0, False)
    assert 0.0 < row["promised"] < 1.0
    assert "1 decided,   0% were right" in tell_confidence(desk, as_json=False)[1]
    desk.rig.clock.advance(1)
    assert tell_confidence(desk, "--forget") == (0, {"forgotten": True})
    assert tell_confidence(desk) == (0, [])
    assert "as shipped" in tell_confidence(desk, as_json=False)[1]
