"""Several mails of one conversation: the newest wins, nothing is lost, and what a rep may be looking at never moves."""

from datetime import timedelta

import pytest

from desktop.domain.errors import Rejected
from desktop.domain.events import EventName
from desktop.domain.evidence import SURE_FROM, Band, FactKind, Intent
from desktop.domain.interactions import Participant, Role
from desktop.domain.proposals import Action, SuggestionState
from desktop.domain.records import RecordKind
from desktop.flow import Flow
from desktop.review.queries import StoredQueries
from desktop.review.undoing import OVERTAKEN
from desktop.store.reader import Reader
from tests.fakes.rig import Rig, of_kind
from tests.fakes.situations import CRM, KEY, NOON, fact, message, reading, record

JANE = "jane.roe@buyer.example"
DEAL, CONTACT, ACCOUNT = RecordKind.OPPORTUNITY, RecordKind.CONTACT, RecordKind.ACCOUNT


@pytest.fixture
def rig(tmp_path):
    rig = Rig(tmp_path)
    yield rig
    rig.close()


def day(number):
    return NOON - timedelta(days=30 - number)


def send(rig, number, text, *, intent=Intent.FOLLOW_UP, address=JANE, subject="Re: Pumps", **found):
    """Propose a mail of the thread; `found` maps kinds to words of the text, or (words, value) or (…, confidence)."""
    whole = f"{text}\nJane Roe, {address}"
    facts = [fact(whole, FactKind.PERSON, "Jane Roe"), fact(whole, FactKind.EMAIL, address)]
    for name, given in found.items():
        if name in {"sent_at", "references", "message_id", "in_reply_to"}:
            continue
        words, value, confidence = (given, None, 0.9) if isinstance(given, str) else (*given, 0.9)[:3]
        facts.append(fact(whole, FactKind(name), words, value, confidence=confidence))
    mail = message(
        whole,
        number=number,
        subject=subject,
        sent_at=found.get("sent_at", day(number)),
        participants=(Participant(address, "Jane Roe", Role.FROM), Participant("alex@seller.example", "", Role.TO)),
        references=found.get("references", tuple(f"<{n}@buyer.example>" for n in range(1, number))),
    )
    return rig.propose(mail, reading(facts, intent=intent))


def inquiry(rig, number=1, **found):
    given = {"amount": ("EUR 28,000", "28000.00 EUR"), "product": "P200 pumps", "company": "Buyer Ltd"} | found
    return send(
        rig, number, "We at Buyer Ltd need P200 pumps for EUR 28,000.", intent=Intent.INQUIRY, subject="Pumps", **given
    )


def corrected(rig, number=2, text="On second thoughts it is EUR 24,500.", **found):
    return send(rig, number, text, **({"amount": ("EUR 24,500", "24500.00 EUR")} | found))


def by_field(suggestion):
    return {change.field: change for change in suggestion.changes}


def live(rig, kind):
    """Return the open suggestions of a kind, on whatever card."""
    with rig.store.reading() as tx:
        cards = [tx.proposals.get(card) for card in proposal_ids(rig)]
    return [s for card in cards for s in card.suggestions if s.kind is kind and s.state is SuggestionState.OPEN]


def proposal_ids(rig):
    reader = Reader(rig.store.path, KEY)
    rows = [row.id for shelf in ("open", "snoozed", "done") for row in reader.list_rows(shelf, offset=0, limit=100)]
    reader.close()
    return rows


def card_of(rig, proposal):
    queries = StoredQueries(Reader(rig.store.path, KEY))
    card = queries.card(proposal.id)
    queries.close()
    return card


# --- the newest wins ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [(inquiry, corrected), (corrected, inquiry)], ids=["in order", "newest first"])
def test_the_newer_amount_wins_and_the_older_stands_beside_it(rig, order):
    last = [send_one(rig) for send_one in order][-1]
    (deal,) = live(rig, DEAL)
    assert deal.proposal_id == last.id
    amount = by_field(deal)["amount"]
    assert (amount.after, [other.value for other in amount.others]) == ("24500.00", ["28000.00"])
    assert amount.confidence < SURE_FROM
    card = card_of(rig, last)
    for evidence, words in ((amount.evidence[0], "EUR 24,500"), (amount.others[0].evidence, "EUR 28,000")):
        source = card.source_of(evidence)
        assert source.text[evidence.span.start : evidence.span.end] == evidence.text == words
        assert evidence in source.evidence


def test_a_mail_that_adds_nothing_leaves_the_open_suggestion_alone(rig):
    first = inquiry(rig)
    thanks = send(rig, 2, "Thank you!")
    assert {s.kind for s in thanks.suggestions} == {RecordKind.ACTIVITY}
    assert of_kind(thanks, RecordKind.ACTIVITY).after()["related"] == f"suggestion:{of_kind(first, DEAL).id}"
    assert rig.now(of_kind(first, DEAL)) == of_kind(first, DEAL)


def test_a_number_taken_back_is_gone_also_where_no_other_is_named(rig):
    inquiry(rig)
    send(rig, 2, "Please ignore my last number.")
    (deal,) = live(rig, DEAL)
    assert "amount" not in by_field(deal)


def test_a_number_named_only_to_be_taken_back_does_not_win(rig):
    inquiry(rig)
    corrected(
        rig,
        text="Please ignore my last number of EUR 28,000: it is EUR 24,500.",
        amount=("EUR 24,500", "24500.00 EUR", 0.5),
        quantity="ignore",
    )
    (deal,) = live(rig, DEAL)
    assert (by_field(deal)["amount"].after, by_field(deal)["amount"].others) == ("24500.00", ())


def test_a_barely_read_newer_value_does_not_win_over_a_sure_one(rig):
    inquiry(rig, amount=("EUR 28,000", "28000.00 EUR", 0.97))
    corrected(rig, amount=("EUR 24,500", "24500.00 EUR", 0.42))
    (deal,) = live(rig, DEAL)
    assert by_field(deal)["amount"].after == "28000.00"


# --- what belongs together ------------------------------------------------------------------------------------------


def test_subject_and_contact_hold_a_conversation_together_for_sixty_days(rig):
    inquiry(rig, sent_at=NOON - timedelta(days=61))
    corrected(rig, references=(), sent_at=NOON - timedelta(days=2))
    assert by_field(live(rig, DEAL)[0])["amount"].after == "24500.00"


def test_a_stranger_who_names_a_message_id_changes_nothing(rig):
    inquiry(rig)
    corrected(rig, address="jane.roe@stranger.example")
    assert by_field(live(rig, DEAL)[0])["amount"].after == "28000.00"


def test_a_stranger_who_signs_with_the_contacts_address_changes_nothing(rig):
    first = inquiry(rig)
    text = f"It is EUR 24,500 now, mobile 07700 900666.\nJane Roe, {JANE}"
    facts = [
        fact(text, FactKind.PERSON, "Jane Roe"),
        fact(text, FactKind.EMAIL, JANE),
        fact(text, FactKind.MOBILE, "07700 900666", "+447700900666"),
        fact(text, FactKind.AMOUNT, "EUR 24,500", "24500.00 EUR"),
    ]
    stranger = (Participant("eve@stranger.example", "Jane Roe", Role.FROM),)
    mail = message(text, number=2, subject="Re: Pumps", participants=stranger, references=("<1@buyer.example>",))
    rig.propose(mail, reading(facts, intent=Intent.INQUIRY))
    for kind in (CONTACT, DEAL):
        assert live(rig, kind) == [of_kind(first, kind)]


def test_a_colleague_of_the_same_firm_speaks_for_the_deal_but_not_for_the_person(rig):
    inquiry(rig, title="We")
    corrected(rig, address="tom.low@buyer.example", title="second")
    deals, contacts = live(rig, DEAL), live(rig, CONTACT)
    assert [by_field(deal)["amount"].after for deal in deals] == ["24500.00"]
    assert {by_field(c)["email"].after: by_field(c)["title"].after for c in contacts} == {
        JANE: "We",
        "tom.low@buyer.example": "second",
    }


def test_an_older_mail_of_another_conversation_still_completes_the_contact(rig):
    newer = send(rig, 5, "Hello, title: Buyer", subject="Valves", references=(), title="Buyer")
    older = send(rig, 1, "Mobile 07700 900123", subject="Seals", mobile=("07700 900123", "+447700900123"))
    (contact,) = live(rig, CONTACT)
    assert contact.proposal_id == older.id
    assert (contact.after()["title"], contact.after()["mobile"]) == ("Buyer", "+447700900123")
    gone = rig.now(of_kind(newer, CONTACT))
    assert (gone.state, gone.superseded_by) == (SuggestionState.EXPIRED, contact.id)


# --- agreement ------------------------------------------------------------------------------------------------------


def test_two_mails_in_their_own_words_make_surer_and_the_same_signature_does_not(rig):
    inquiry(rig, amount=("EUR 28,000", "28000.00 EUR", 0.88))
    send(rig, 2, "So that is EUR 28,000 all in.", amount=("EUR 28,000", "28000.00 EUR", 0.88))
    (deal,), (contact,) = live(rig, DEAL), live(rig, CONTACT)
    amount = by_field(deal)["amount"]
    assert amount.confidence == pytest.approx(1 - 0.12 * (1 - 0.5 * 0.88), abs=1e-4)
    assert amount.band is Band.SURE
    assert [evidence.source is None for evidence in amount.evidence] == [True, False]
    assert by_field(contact)["last_name"].confidence == 0.9


# --- what the rep may be looking at ---------------------------------------------------------------------------------


def test_accepting_what_was_overtaken_is_refused_and_says_where_to_look(rig):
    deal = of_kind(inquiry(rig), DEAL)
    corrected(rig)
    for act in (rig.review.accept, rig.review.dismiss, rig.review.undo):
        with pytest.raises(Rejected, match=OVERTAKEN):
            act(deal.id)
    assert rig.now(deal).state is SuggestionState.EXPIRED
    assert rig.now(deal).changes == deal.changes


def test_the_older_value_taken_by_the_rep_keeps_its_words(rig):
    inquiry(rig)
    corrected(rig)
    (deal,) = live(rig, DEAL)
    older = by_field(deal)["amount"].others[0]
    rig.review.accept(deal.id, {"amount": older.value})
    amount = by_field(rig.now(deal))["amount"]
    assert (amount.after, amount.evidence) == ("28000.00", (older.evidence,))


def test_a_newer_mail_says_more_than_a_snoozed_card_and_waits_on_a_card_of_its_own(rig):
    first = inquiry(rig)
    rig.review.snooze(first.id, NOON + timedelta(days=3))
    second = corrected(rig)
    assert live(rig, DEAL)[0].proposal_id == second.id
    assert card_of(rig, first).proposal.snoozed_until is not None


def test_links_to_what_was_overtaken_lead_to_what_took_its_place(rig):
    first = inquiry(rig)
    second = send(rig, 2, "Title: Buyer", title="Buyer")
    rig.review.accept(of_kind(first, RecordKind.ACTIVITY).id)
    for suggestion in (of_kind(first, ACCOUNT), of_kind(second, CONTACT), of_kind(first, DEAL)):
        rig.review.accept(suggestion.id)
    rig.deliver()
    (contact,) = rig.crm.all(CONTACT)
    (deal,) = rig.crm.all(DEAL)
    (activity,) = rig.crm.all(RecordKind.ACTIVITY)
    assert deal.fields["contact"] == activity.fields["contact"] == str(contact.ref)


def test_what_was_overtaken_is_in_the_log_with_its_successor(rig):
    deal = of_kind(inquiry(rig), DEAL)
    corrected(rig)
    database = rig.store._database
    with database.reading() as sql:
        rows = list(sql.driver.execute("select what, detail from audit where subject = ?", (deal.id,)))
    assert rows == [("expired", f"superseded by {live(rig, DEAL)[0].id}")]
    with rig.store.reading() as tx:
        assert tx.audit.verify() is None


def test_a_dismissed_deal_is_not_brought_back_by_a_newer_mail(rig):
    rig.review.dismiss(of_kind(inquiry(rig), DEAL).id)
    corrected(rig)
    assert live(rig, DEAL) == []


def test_an_accepted_deal_is_updated_by_a_newer_mail_and_not_by_an_older(rig):
    second = inquiry(rig, 5)
    for suggestion in second.suggestions:
        rig.review.accept(suggestion.id)
    rig.deliver()
    corrected(rig, 3)
    assert live(rig, DEAL) == []
    corrected(rig, 7, text="Make it EUR 31,000.", amount=("EUR 31,000", "31000.00 EUR"))
    (update,) = live(rig, DEAL)
    assert (update.action, by_field(update)["amount"].before) == (Action.UPDATE, "28000.00")
    assert by_field(update)["amount"].after == "31000.00"


# --- known records --------------------------------------------------------------------------------------------------


def know_jane(rig, **fields):
    with rig.store.transaction() as tx:
        tx.mirror.save(CRM, record(CONTACT, 1, last_name="Roe", email=JANE, **fields))


def test_an_older_title_does_not_overwrite_what_a_newer_mail_confirmed(rig):
    know_jane(rig, title="Head Buyer")
    send(rig, 5, "Title: Head Buyer", title="Head Buyer")
    send(rig, 1, "Title: Buyer", title="Buyer")
    assert live(rig, CONTACT) == []


def test_an_open_update_gives_way_when_a_newer_mail_leaves_nothing_to_change(rig):
    know_jane(rig, title="Head Buyer")
    first = send(rig, 1, "Title: Buyer", title="Buyer")
    assert of_kind(first, CONTACT).after() == {"title": "Buyer"}
    send(rig, 2, "Title: Head Buyer", title="Head Buyer")
    assert live(rig, CONTACT) == []
    assert rig.now(of_kind(first, CONTACT)).state is SuggestionState.EXPIRED


def test_what_somebody_changed_in_the_crm_is_not_put_back_by_an_old_mail(rig):
    know_jane(rig, title="Buyer")
    send(rig, 1, "Title: Buyer", title="Buyer")
    know_jane(rig, title="Head Buyer")
    send(rig, 2, "Thank you!")
    assert live(rig, CONTACT) == []


def test_a_dismissed_value_is_not_asked_about_again_beside_a_new_one(rig):
    know_jane(rig)
    rig.review.dismiss(of_kind(send(rig, 1, "Title: Buyer", title="Buyer"), CONTACT).id)
    send(rig, 2, "I am Buyer. Mobile 07700 900123", title="Buyer", mobile=("07700 900123", "+447700900123"))
    (update,) = live(rig, CONTACT)
    assert update.after() == {"mobile": "+447700900123"}


def test_a_contact_that_turned_up_in_the_crm_is_not_created_again(rig):
    first = inquiry(rig)
    know_jane(rig, account="account:account-1")
    send(rig, 2, "Thank you!")
    assert live(rig, CONTACT) == []
    rig.review.accept(of_kind(first, RecordKind.ACTIVITY).id)
    rig.deliver()
    assert rig.now(of_kind(first, CONTACT)).target is not None


# --- what was on its way when a mail came ---------------------------------------------------------------------------


def follow_up(rig):
    published = []
    flow = Flow(rig.store, rig.clock, None, lambda name, *ids: published.append((name, ids)))
    while flow.advance():
        pass
    return published


def accepted_but_not_delivered(rig):
    first = inquiry(rig)
    for kind in (ACCOUNT, CONTACT):
        rig.review.accept(of_kind(first, kind).id)
    second = send(rig, 2, "Mobile 07700 900123", mobile=("07700 900123", "+447700900123"))
    assert CONTACT not in {s.kind for s in second.suggestions}
    return first, second


def test_what_a_mail_adds_to_a_contact_on_its_way_is_proposed_once_it_is_there(rig):
    _, second = accepted_but_not_delivered(rig)
    assert follow_up(rig) == []
    rig.deliver()
    assert follow_up(rig) == [(EventName.PROPOSAL_CHANGED, (second.id,))]
    (update,) = live(rig, CONTACT)
    assert (update.proposal_id, update.action, update.after()) == (
        second.id,
        Action.UPDATE,
        {"mobile": "+447700900123"},
    )
    assert follow_up(rig) == []


def test_taken_back_before_it_went_out_the_create_gives_way_to_one_that_says_all(rig):
    first, second = accepted_but_not_delivered(rig)
    rig.review.undo(of_kind(first, CONTACT).id)
    follow_up(rig)
    (create,) = live(rig, CONTACT)
    assert (create.proposal_id, create.action) == (second.id, Action.CREATE)
    assert create.after()["mobile"] == "+447700900123"


def test_accepting_the_card_takes_only_what_was_seen(rig):
    _, second = accepted_but_not_delivered(rig)
    rig.deliver()
    follow_up(rig)
    seen = [s.id for s in second.suggestions]
    assert rig.review.accept_all(second.id, seen) == 1
    rig.review.dismiss_all(second.id, "", seen)
    assert len(live(rig, CONTACT)) == 1
    assert rig.review.accept_all(second.id) == 0
    assert live(rig, CONTACT) == []


def test_an_update_after_one_on_its_way_goes_out_after_it_without_a_conflict(rig):
    know_jane(rig)
    rig.crm.memory.put(record(CONTACT, 1).ref, {"last_name": "Roe", "email": JANE}, key=None, expected="")
    first = send(rig, 1, "Title: Buyer", title="Buyer")
    rig.review.accept(of_kind(first, CONTACT).id)
    second = of_kind(send(rig, 2, "Title: Head Buyer", title="Head Buyer"), CONTACT)
    assert by_field(second)["title"].before == "Buyer"
    rig.review.accept(second.id)
    rig.deliver()
    assert [r.fields["title"] for r in rig.crm.all(CONTACT)] == ["Head Buyer"]
