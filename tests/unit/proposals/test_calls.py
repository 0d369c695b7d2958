"""A call beside the mails of its contact: one deal, the newest word wins, and both quotes are kept."""

from datetime import timedelta

import pytest

from desktop.domain.evidence import SURE_FROM, Reading
from desktop.domain.ids import InteractionId
from desktop.domain.interactions import (
    Call,
    EmailMessage,
    Interaction,
    InteractionKind,
    InteractionState,
    Participant,
    Role,
    Turn,
)
from desktop.domain.proposals import SuggestionState
from desktop.domain.records import RecordKind
from desktop.proposals import step
from desktop.understanding import step as understanding
from tests.fakes.rig import Rig, of_kind
from tests.fakes.situations import MAILBOX, NOON, message

JANE = Participant("jane.roe@buyer.example", "Jane Roe", Role.FROM)
ALEX = Participant("alex@seller.example", "Alex Doe", Role.TO)
DEAL = RecordKind.OPPORTUNITY


@pytest.fixture
def rig(tmp_path):
    rig = Rig(tmp_path)
    yield rig
    rig.close()


def mail(number: int, text: str, subject: str = "Quote for pumps") -> EmailMessage:
    return message(text, number=number, subject=subject, sent_at=day(number), participants=(JANE, ALEX))


def day(number: int):
    return NOON - timedelta(days=30 - number)


def call(number: int, *lines: str, caller: Participant = JANE) -> Call:
    turns = tuple(
        Turn("rep" if line.startswith("r: ") else "customer", line[3:], 8.0 * place) for place, line in enumerate(lines)
    )
    return Call(f"call-{number}", day(number), turns, (caller, ALEX), rep="rep")


def propose(rig: Rig, item: Interaction):
    """Store, understand by the rules alone, and propose."""
    with rig.store.transaction() as tx:
        tx.interactions.add(item, b"raw")
    understanding.run(item, rig.store, None, frozenset({ALEX.address}))
    card = step.run(item.id, rig.store, rig.clock)
    with rig.store.reading() as tx:
        return tx.proposals.get(card) if card else None


def of_mail(found: EmailMessage) -> Interaction:
    return Interaction(
        InteractionId(found.message_id), MAILBOX, InteractionKind.EMAIL, InteractionState.RECEIVED, found.message_id,
        "inbox", found.sent_at + timedelta(minutes=1), found,
    )  # fmt: skip


def of_call(found: Call) -> Interaction:
    return Interaction(
        InteractionId(found.id), MAILBOX, InteractionKind.CALL, InteractionState.RECEIVED, found.id, "line",
        found.started_at + timedelta(minutes=20), found.as_message(), call=found,
    )  # fmt: skip


INQUIRY = """Hello Alex,

please send us a quote for 12 dosing pumps. Our budget is EUR 28,000.

Kind regards
Jane Roe
Head of Purchasing
Buyer Industries Ltd
"""
TALK = (
    "r: Hi Jane, it's Alex from Seller. I'm calling about the pumps.",
    "c: Hi Alex. Yes, we spoke about it again.",
    "r: And what's the budget now?",
    "c: It's twenty four, no, sorry, it's twenty four and a half thousand euros.",
)


def amounts(suggestion) -> list:
    return [change for change in suggestion.changes if change.field == "amount"]


def test_a_call_that_disagrees_with_a_mail_wins_and_shows_both_quotes(rig):
    propose(rig, of_mail(mail(1, INQUIRY)))
    spoken = call(5, "r: Hi Jane, so what's the budget now?", "c: It's twenty four five now, we had to cut it.")
    card = propose(rig, of_call(spoken))
    change = amounts(of_kind(card, DEAL))[0]
    assert change.after == "24500.00"
    assert change.confidence < SURE_FROM
    assert [other.value for other in change.others] == ["28000.00"]
    quote, other = change.evidence[0], change.others[0].evidence
    assert (quote.text, quote.source) == ("twenty four five", None)
    assert (other.text, other.source) == ("EUR 28,000", mail(1, "").message_id)
    assert spoken.text[quote.span.start : quote.span.end] == quote.text
    assert spoken.seconds_at(quote.span.start) == 8.0


def test_a_mail_after_the_call_wins_over_it_whatever_came_in_first(rig):
    written = of_mail(mail(1, INQUIRY))
    spoken = of_call(call(5, "r: What's the budget now?", "c: It's twenty four five now."))
    later = of_mail(mail(9, "Hello Alex,\n\nour budget is EUR 26,000 after all.\n\nJane Roe\n", "Re: Quote for pumps"))
    for item in (later, spoken, written):
        propose(rig, item)
    with rig.store.reading() as tx:
        cards = [tx.proposals.get(tx.proposals.of_interaction(item.id)) for item in (written, spoken, later)]
    live = [s for c in cards for s in c.suggestions if s.kind is DEAL and s.state is SuggestionState.OPEN]
    assert len(live) == 1
    change = amounts(live[0])[0]
    assert change.after == "26000.00"
    assert "24500.00" in [other.value for other in change.others]


def test_a_call_belongs_to_no_conversation_where_there_are_several(rig):
    propose(rig, of_mail(mail(1, INQUIRY)))
    propose(rig, of_mail(mail(2, INQUIRY.replace("28,000", "9,000").replace("pumps", "valves"), "Quote for valves")))
    card = propose(rig, of_call(call(5, "r: What's the budget now?", "c: It's twenty four five now.")))
    deals = [s for s in card.suggestions if s.kind is DEAL] if card else []
    assert all(not change.others for s in deals for change in amounts(s))


def test_a_call_is_logged_as_one_and_no_reply_is_drafted(rig):
    card = propose(rig, of_call(call(5, "r: Hi Jane.", "c: Hi. We need a quote for 12 pumps please.")))
    logged = {change.field: change.after for change in of_kind(card, RecordKind.ACTIVITY).changes}
    assert (logged["type"], logged["subject"]) == ("Call", "Call with Jane Roe")
    assert card.draft is None


def test_what_was_said_in_private_reaches_no_note(rig):
    lines = ("r: Hi Jane.", "c: My husband is in hospital again, that's private, please don't put that in the crm.")
    card = propose(rig, of_call(call(5, *lines, "r: Of course. I'll send you the quote by Friday.")))
    said = " ".join(change.after or "" for s in card.suggestions for change in s.changes)
    assert "husband" not in said
    assert "send you the quote" in said


def test_a_call_is_kept_with_turns_and_times(rig):
    item = of_call(call(5, *TALK))
    with rig.store.transaction() as tx:
        tx.interactions.add(item, b"raw")
    with rig.store.reading() as tx:
        kept = tx.interactions.get(item.id)
    assert kept == item
    assert isinstance(kept.call, Call)
    understanding.run(kept, rig.store, None, frozenset({ALEX.address}))
    with rig.store.reading() as tx:
        reading = tx.interactions.reading(item.id)
    assert isinstance(reading, Reading)
