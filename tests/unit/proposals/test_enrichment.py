"""Records filled in from earlier mails: with their words, once, and never against what the rep said."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from desktop.domain.connections import Connection, Family
from desktop.domain.evidence import SURE_FROM, Band, FactKind, Intent
from desktop.domain.ids import ConnectionId
from desktop.domain.interactions import InteractionState, Participant, Role
from desktop.domain.matching import phone_key
from desktop.domain.proposals import Action, SuggestionState
from desktop.domain.records import RecordKind, parse_ref
from desktop.domain.rights import FieldRule, RecordRules
from desktop.flow import Flow
from desktop.intake import mirror
from desktop.proposals import enrichment
from desktop.proposals.known_before import HINT, is_company_domain
from desktop.review.queries import StoredQueries
from desktop.store.reader import Reader
from tests.fakes.rig import Rig, of_kind
from tests.fakes.situations import CRM, KEY, NOON, fact, interaction, message, reading, record
from tests.unit.proposals.test_calls import call, of_call, propose

JANE = "jane.roe@buyer.example"
CONTACT, ACCOUNT = RecordKind.CONTACT, RecordKind.ACCOUNT
OPEN, DISMISSED, EXPIRED = SuggestionState.OPEN, SuggestionState.DISMISSED, SuggestionState.EXPIRED
K = FactKind


@pytest.fixture
def rig(tmp_path):
    rig = Rig(tmp_path)
    yield rig
    rig.close()


def mail_of(number, lines, *, address=JANE, name="Jane Roe", days_ago=None):
    """Return a mail and its Reading: `lines` are (kind, words, value) and stand one to a line below a greeting."""
    text = "\n".join(["Hello,", *(words for _, words, _ in lines), name, address])
    facts = [fact(text, kind, words, value) for kind, words, value in lines]
    facts += [fact(text, K.PERSON, name), fact(text, K.EMAIL, address)]
    sent_at = NOON - timedelta(days=30 - number if days_ago is None else days_ago)
    people = (Participant(address, name, Role.FROM), Participant("alex@seller.example", "", Role.TO))
    mail = message(text, number=number, subject=f"Matter {number}", sent_at=sent_at, participants=people)
    return mail, reading(facts, intent=Intent.OTHER)


TITLE = (K.TITLE, "Head of Procurement", "Head of Procurement")
PHONE = (K.PHONE, "+44 20 7946 0123", "+442079460123")
MOBILE = (K.MOBILE, "+44 7700 900123", "+447700900123")
FIRM = (K.COMPANY, "Buyer Industries Ltd", "Buyer Industries Ltd")


def send(rig, number, *lines, **more):
    return rig.propose(*mail_of(number, lines, **more))


def jane(number=1, **fields):
    return record(CONTACT, number, **({"first_name": "Jane", "last_name": "Roe", "email": JANE} | fields))


def put(rig, *records):
    """Let Records come into the Mirror as a pull does."""
    with rig.store.transaction() as tx:
        for one in records:
            tx.mirror.save(CRM, one)
            tx.enrichments.ask(CRM, one, rig.clock.now())


def enrich(rig):
    """Look at every Record that waits for it; return the cards that changed."""
    cards = []
    while True:
        with rig.store.reading() as tx:
            found = enrichment.next_record(tx)
        if found is None:
            return cards
        card = enrichment.run(*found, rig.store, rig.clock)
        cards += [card] if card else []


def everything(rig):
    """Return every Suggestion there is."""
    reader = Reader(rig.store.path, KEY)
    rows = [row.id for shelf in ("open", "snoozed", "done") for row in reader.list_rows(shelf, offset=0, limit=500)]
    reader.close()
    with rig.store.reading() as tx:
        return [s for card in rows for s in tx.proposals.suggestions(card)]


def opened(rig, kind=CONTACT):
    return [s for s in everything(rig) if s.kind is kind and s.state is OPEN]


def the_one(rig, kind=CONTACT):
    (found,) = opened(rig, kind)
    return found


def by_field(suggestion):
    return {change.field: change for change in suggestion.changes}


def words_of(rig, suggestion, evidence):
    """Return what stands in the source where Evidence points."""
    with rig.store.reading() as tx:
        mail = evidence.source or tx.proposals.get(suggestion.proposal_id).interaction_id
        item = tx.interactions.get(mail)
    return item.message.text[evidence.span.start : evidence.span.end]


# --- when and where -------------------------------------------------------------------------------------------------


def test_a_record_that_comes_after_the_mails_is_filled_in_from_them(rig):
    send(rig, 1, TITLE, PHONE)
    newest = send(rig, 2, MOBILE)
    put(rig, jane())
    assert enrich(rig) == [newest.id]
    found = the_one(rig)
    assert (found.action, found.target, found.proposal_id) == (Action.UPDATE, jane().ref, newest.id)
    assert {c.field: c.after for c in found.changes} == {
        "title": "Head of Procurement",
        "phone": "+442079460123",
        "mobile": "+447700900123",
    }
    for change in found.changes:
        assert words_of(rig, found, change.evidence[0]) == change.evidence[0].text
    assert by_field(found)["mobile"].evidence[0].source is None, "the card's own mail needs no name"


def test_the_create_of_somebody_who_is_in_the_crm_by_now_gives_way(rig):
    first = send(rig, 1, TITLE)
    create = of_kind(first, CONTACT)
    put(rig, jane())
    enrich(rig)
    gone = rig.now(create)
    assert (gone.state, gone.superseded_by, gone.target) == (EXPIRED, the_one(rig).id, jane().ref)


def test_it_gives_way_also_where_there_is_nothing_to_fill_in(rig):
    create = of_kind(send(rig, 1, TITLE), CONTACT)
    put(rig, jane(title="Head of Procurement"))
    enrich(rig)
    gone = rig.now(create)
    assert (gone.state, gone.superseded_by, gone.target) == (EXPIRED, None, jane().ref)
    assert opened(rig) == []


def test_mails_from_before_there_was_a_crm_count(rig):
    with rig.store.transaction() as tx:
        crm = tx.connections.get(CRM)
        tx.connections.remove(CRM)
    assert send(rig, 1, TITLE) is None
    with rig.store.transaction() as tx:
        tx.connections.save(crm, NOON)
    rig.crm.memory.put(jane().ref, jane().fields, key=None, expected="")
    mirror.refresh(crm, rig.crm, rig.store)
    flow = Flow(rig.store, rig.clock, None, lambda *_: None)
    while flow.advance():
        pass
    found = the_one(rig)
    assert found.after() == {"title": "Head of Procurement"}
    with rig.store.reading() as tx:
        card = tx.proposals.get(found.proposal_id)
        assert tx.interactions.get(card.interaction_id).state is InteractionState.PROPOSED
    assert card.title == "Jane Roe"


def test_nothing_is_looked_at_before_the_mirror_is_whole(rig):
    send(rig, 1, TITLE)
    other = ConnectionId("other")
    with rig.store.transaction() as tx:
        tx.connections.save(Connection(other, "book", Family.CRM, "Other", {}), NOON)
        tx.mirror.save(other, jane())
        tx.enrichments.ask(other, jane(), NOON)
        assert enrichment.next_record(tx) is None
        tx.connections.mark_mirrored(other, NOON)
        assert enrichment.next_record(tx) == (other, jane().ref)


def test_new_mail_goes_first_and_each_step_takes_one_record(rig):
    send(rig, 1, TITLE)
    send(rig, 1001, TITLE, address="zoe@other.example", name="Zoe Quill", days_ago=3)
    put(rig, jane(), record(CONTACT, 2, last_name="Quill", email="zoe@other.example"))
    item = interaction(mail_of(7, [MOBILE])[0], state=InteractionState.UNDERSTOOD)
    with rig.store.transaction() as tx:
        tx.interactions.add(item, b"raw")
        tx.interactions.save_reading(item.id, mail_of(7, [MOBILE])[1])
    flow = Flow(rig.store, rig.clock, None, lambda *_: None)
    assert flow.advance()
    with rig.store.reading() as tx:
        assert tx.interactions.get(item.id).state is InteractionState.PROPOSED
        assert enrichment.next_record(tx) is not None
    assert flow.advance()
    with rig.store.reading() as tx:
        assert enrichment.next_record(tx) is not None, "one Record a step"


def test_records_no_mail_speaks_of_are_not_even_noted(rig):
    send(rig, 1, TITLE)
    put(rig, record(CONTACT, 5, last_name="Other", email="other@other.example"), record(CONTACT, 6, last_name="None"))
    put(rig, record(ACCOUNT, 5, name="Nobody's Ltd"))
    with rig.store.reading() as tx:
        assert enrichment.next_record(tx) is None


def test_what_was_said_in_a_call_counts_too(rig):
    propose(rig, of_call(call(5, "r: Hello Jane.", "c: Hello, my direct line is +44 20 7946 0123.")))
    put(rig, jane())
    enrich(rig)
    phone = by_field(the_one(rig))["phone"]
    assert phone.after == "+442079460123"
    assert words_of(rig, the_one(rig), phone.evidence[0]) == phone.evidence[0].text == "+44 20 7946 0123"


def test_references_that_make_no_sense_do_not_end_a_pull(rig):
    send(rig, 1, TITLE)
    for account in ("", "garbage", "nothing:1", "account:", ":", "account:x:enrich:y"):
        put(rig, jane(account=account))
        enrich(rig)
    assert "title" in the_one(rig).after()


@pytest.mark.expects_log("enrichment of .* failed")
def test_a_failure_stops_nothing(rig):
    send(rig, 1, TITLE)
    put(rig, jane())
    with rig.store.transaction() as tx:
        tx._sql.driver.execute("update reading set body = '{'")
    flow = Flow(rig.store, rig.clock, None, lambda *_: None)
    assert flow.advance()
    assert not flow.advance()


def test_doing_it_again_says_nothing_twice(rig):
    send(rig, 1, TITLE)
    for _ in range(3):
        put(rig, jane())
        enrich(rig)
    assert len(opened(rig)) == 1
    assert len([s for s in everything(rig) if s.reason == enrichment.REASON]) == 1


def test_accepting_writes_it_once(rig):
    send(rig, 1, TITLE)
    made = rig.crm.memory.put(jane().ref, jane().fields, key=None, expected="")
    put(rig, made)
    enrich(rig)
    rig.review.accept(the_one(rig).id)
    rig.deliver(rounds=2)
    (now,) = rig.crm.all(CONTACT)
    assert now.fields["title"] == "Head of Procurement"
    put(rig, now)
    assert enrich(rig) == []
    assert opened(rig) == []


# --- what the rep said ----------------------------------------------------------------------------------------------


def test_what_was_dismissed_does_not_come_back_but_something_new_does(rig):
    send(rig, 1, TITLE, PHONE)
    put(rig, jane())
    enrich(rig)
    rig.review.dismiss(the_one(rig).id)
    put(rig, jane())
    assert enrich(rig) == []
    send(rig, 2, (K.TITLE, "Purchasing Director", "Purchasing Director"))
    put(rig, jane())
    enrich(rig)
    assert the_one(rig).after() == {"title": "Purchasing Director"}


def test_what_was_dismissed_forty_mails_ago_does_not_come_back(rig):
    send(rig, 1, TITLE)
    put(rig, jane())
    enrich(rig)
    rig.review.dismiss(the_one(rig).id)
    for number in range(2, 45):
        send(rig, number, TITLE)
    put(rig, jane())
    enrich(rig)
    assert opened(rig) == []


def test_what_was_dismissed_in_another_crm_does_not_come_back_in_the_next(rig):
    send(rig, 1, TITLE)
    put(rig, jane())
    enrich(rig)
    rig.review.dismiss(the_one(rig).id)
    other = ConnectionId("other")
    known = jane(77)
    with rig.store.transaction() as tx:
        tx.connections.remove(CRM)
        tx.connections.save(Connection(other, "book", Family.CRM, "Other", {}), NOON)
        tx.connections.mark_mirrored(other, NOON)
        tx.mirror.save(other, known)
        tx.enrichments.ask(other, known, NOON)
    assert enrich(rig) == []


def test_where_the_rep_wrote_something_else_the_mails_are_not_asked_again(rig):
    send(rig, 1, TITLE, PHONE)
    put(rig, jane())
    enrich(rig)
    rig.review.accept(the_one(rig).id, {"title": None, "phone": "+44 20 7946 0999"})
    put(rig, jane())
    assert enrich(rig) == []


def test_what_is_on_its_way_is_left_alone(rig):
    send(rig, 1, TITLE)
    put(rig, jane())
    enrich(rig)
    rig.review.accept(the_one(rig).id)
    put(rig, jane())
    assert enrich(rig) == []
    assert opened(rig) == []


def test_what_was_undone_does_not_come_back(rig):
    send(rig, 1, TITLE)
    made = rig.crm.memory.put(jane().ref, jane().fields, key=None, expected="")
    put(rig, made)
    enrich(rig)
    suggestion = the_one(rig)
    rig.review.accept(suggestion.id)
    rig.deliver()
    rig.review.undo(suggestion.id)
    rig.deliver(rounds=2)
    (now,) = rig.crm.all(CONTACT)
    assert now.fields["title"] is None
    put(rig, now)
    assert enrich(rig) == []


# --- what somebody did meanwhile ------------------------------------------------------------------------------------


def test_a_field_that_somebody_filled_meanwhile_is_taken_off(rig):
    send(rig, 1, TITLE, PHONE)
    put(rig, jane())
    enrich(rig)
    before = the_one(rig)
    put(rig, jane(title="Buyer", version="2"))
    enrich(rig)
    now = the_one(rig)
    assert now.after() == {"phone": "+442079460123"}
    assert now.version == "2"
    assert (rig.now(before).state, rig.now(before).superseded_by) == (EXPIRED, now.id)


def test_when_all_is_filled_nothing_stays_on_the_card(rig):
    send(rig, 1, TITLE)
    put(rig, jane())
    enrich(rig)
    put(rig, jane(title="Buyer", version="2"))
    enrich(rig)
    assert opened(rig) == []


def test_a_record_that_is_gone_is_left_alone(rig):
    send(rig, 1, TITLE)
    put(rig, jane())
    with rig.store.transaction() as tx:
        gone = jane()
        tx.mirror.save(CRM, type(gone)(gone.ref, gone.fields, "2", NOON, is_deleted=True, title=gone.title))
    assert enrich(rig) == []


# --- one card, one suggestion ---------------------------------------------------------------------------------------


def test_it_is_merged_with_what_stands_open_for_the_same_record(rig):
    """The rep sees one Suggestion for a Record: what the mail said and what earlier ones add to it."""
    firm = record(ACCOUNT, 1, name="Buyer", domain="buyer.example")
    with rig.store.transaction() as tx:
        tx.mirror.save(CRM, jane(title="Buyer"))
    said = send(rig, 1, TITLE)
    update = of_kind(said, CONTACT)
    assert update.after() == {"title": "Head of Procurement"}
    put(rig, firm, jane(title="Buyer"))
    enrich(rig)
    now = the_one(rig)
    assert now.proposal_id == said.id
    assert now.after() == {"title": "Head of Procurement", "account": str(firm.ref)}
    assert by_field(now)["title"].before == "Buyer"
    assert rig.now(update).superseded_by == now.id


def test_a_newer_mail_takes_the_place_and_what_it_leaves_out_is_added(rig):
    """A new mail's own rules fill in no first name: without a second look it would be gone from the card."""
    firm = record(ACCOUNT, 1, name="Buyer", domain="buyer.example")
    send(rig, 1, TITLE)
    put(rig, firm, jane(first_name=None))
    enrich(rig)
    assert set(the_one(rig).after()) == {"first_name", "title", "account"}
    newer = send(rig, 2, PHONE)
    assert "first_name" not in the_one(rig).after()
    enrich(rig)
    now = the_one(rig)
    assert now.proposal_id == newer.id
    assert set(now.after()) == {"first_name", "title", "phone", "account"}
    for change in now.changes:
        for evidence in change.evidence:
            assert words_of(rig, now, evidence) == evidence.text


def test_the_card_shows_the_mails_the_words_stand_in(rig):
    send(rig, 1, TITLE)
    newest = send(rig, 2, PHONE)
    put(rig, jane())
    enrich(rig)
    queries = StoredQueries(Reader(rig.store.path, KEY))
    card = queries.card(newest.id)
    queries.close()
    found = by_field(the_one(rig))
    for name in ("title", "phone"):
        evidence = found[name].evidence[0]
        source = card.source_of(evidence)
        assert source.text[evidence.span.start : evidence.span.end] == evidence.text
        assert evidence in source.evidence


# --- which value ----------------------------------------------------------------------------------------------------


def test_the_newest_wins_and_the_other_stands_beside_it_with_its_words(rig):
    send(rig, 1, TITLE)
    send(rig, 2, (K.TITLE, "Purchasing Director", "Purchasing Director"))
    put(rig, jane())
    enrich(rig)
    found = the_one(rig)
    title = by_field(found)["title"]
    assert (title.after, [other.value for other in title.others]) == ("Purchasing Director", ["Head of Procurement"])
    assert title.confidence < SURE_FROM
    assert words_of(rig, found, title.evidence[0]) == "Purchasing Director"
    assert words_of(rig, found, title.others[0].evidence) == "Head of Procurement"


def test_old_words_leave_nobody_sure_and_say_how_old_they_are(rig):
    send(rig, 1, TITLE, days_ago=800)
    send(rig, 2, TITLE, days_ago=790)
    put(rig, jane())
    enrich(rig)
    title = by_field(the_one(rig))["title"]
    assert title.band is Band.CHECK
    assert (NOON - timedelta(days=790)).date().isoformat() in title.reason


@pytest.mark.parametrize(
    ("first", "last", "written", "wanted"),
    [
        (None, "Roe", "Jane Roe", "Jane"),
        (None, "van Dyck", "Anna van Dyck", "Anna"),
        (None, "Smith", "Jane Roe", None),
        ("J.", "Roe", "Jane Roe", None),
    ],
)
def test_a_first_name_only_before_the_family_name_that_is_known(rig, first, last, written, wanted):
    send(rig, 1, name=written)
    put(rig, jane(first_name=first, last_name=last))
    enrich(rig)
    found = [s.after().get("first_name") for s in opened(rig)]
    assert found == ([wanted] if wanted else [])


def test_only_what_the_crm_shows_and_lets_the_rep_write(rig):
    send(rig, 1, TITLE, PHONE, MOBILE)
    fields = dict.fromkeys(("first_name", "last_name", "email", "title", "phone", "mobile"), FieldRule())
    fields["title"] = FieldRule(can_update=False)
    with rig.store.transaction() as tx:
        tx.mirror.save_rules(CRM, RecordRules(CONTACT, fields=fields))
    known = jane()
    shown = {name: value for name, value in known.fields.items() if name != "phone"}
    put(rig, type(known)(known.ref, shown, "1", NOON, title=known.title))
    enrich(rig)
    assert set(the_one(rig).after()) == {"mobile"}
    with rig.store.transaction() as tx:
        tx.mirror.save_rules(CRM, RecordRules(CONTACT, can_update=False, fields=fields))
    send(rig, 1001, TITLE, address="zoe@other.example", name="Zoe Quill", days_ago=3)
    put(rig, record(CONTACT, 2, last_name="Quill", email="zoe@other.example"))
    enrich(rig)
    assert len([s for s in opened(rig) if s.action is Action.UPDATE]) == 1


def test_a_lead_is_filled_in_too(rig):
    send(rig, 1, TITLE, FIRM)
    lead = record(RecordKind.LEAD, 1, first_name="Jane", last_name="Roe", email=JANE)
    put(rig, lead)
    enrich(rig)
    (found,) = opened(rig, RecordKind.LEAD)
    assert found.target == lead.ref
    assert found.after() == {"title": "Head of Procurement", "company": "Buyer Industries Ltd"}


# --- the firm of a person -------------------------------------------------------------------------------------------


def link_of(rig, *firms, lines=(), address=JANE):
    send(rig, 1, *lines, address=address)
    with rig.store.transaction() as tx:
        for firm in firms:
            tx.mirror.save(CRM, firm)
    put(rig, jane(email=address))
    enrich(rig)
    found = [by_field(s).get("account") for s in opened(rig)]
    return next((change for change in found if change), None)


def test_the_domain_alone_is_a_hint(rig):
    firm = record(ACCOUNT, 1, name="Something Else", domain="www.buyer.example")
    change = link_of(rig, firm)
    assert (change.after, change.confidence, change.band) == (str(firm.ref), HINT, Band.CHECK)
    assert change.evidence[0].text == JANE


def test_a_firm_that_is_named_and_fits_the_address_is_surer(rig):
    firm = record(ACCOUNT, 1, name="Buyer Industries", domain="buyer.example")
    change = link_of(rig, firm, lines=[FIRM])
    assert change.after == str(firm.ref)
    assert HINT < change.confidence < SURE_FROM
    assert change.evidence[0].text == "Buyer Industries Ltd"


def test_a_named_firm_and_another_domain_are_shown_side_by_side(rig):
    named, hinted = record(ACCOUNT, 1, name="Buyer Industries"), record(ACCOUNT, 2, name="X", domain="buyer.example")
    change = link_of(rig, named, hinted, lines=[FIRM])
    assert (change.after, [other.value for other in change.others]) == (str(named.ref), [str(hinted.ref)])
    assert change.confidence < HINT


def test_a_mail_provider_says_nothing_of_a_firm(rig):
    firm = record(ACCOUNT, 1, name="Something Else", domain="yahoo.co.uk")
    assert link_of(rig, firm, address="jane.roe@yahoo.co.uk") is None


def test_two_firms_with_one_domain_are_no_answer(rig):
    firms = [record(ACCOUNT, number, name=f"Firm {number}", domain="buyer.example") for number in (1, 2)]
    assert link_of(rig, *firms) is None


@pytest.mark.parametrize(
    ("site", "is_one"),
    [
        ("buyer.example", True),
        ("mail.buyer.example", True),
        ("buyer.co.uk", True),
        ("gmail.com", False),
        ("yahoo.co.uk", False),
        ("hotmail.fr", False),
        ("gmx.at", False),
        ("web.de", False),
        ("qq.com", False),
        ("localhost", False),
        ("", False),
    ],
)
def test_which_domains_may_be_a_firms(site, is_one):
    assert is_company_domain(site) is is_one


# --- the firm itself ------------------------------------------------------------------------------------------------


def firm_with(rig, *people, **fields):
    """Put an Account with these people, (name, address, lines), into the Mirror and enrich; return its fields."""
    firm = record(ACCOUNT, 1, **({"name": "Buyer Industries"} | fields))
    staff = []
    for number, (name, address, lines) in enumerate(people, start=1):
        send(rig, number, *lines, address=address, name=name)
        last = name.split()[-1]
        staff.append(
            record(CONTACT, number, first_name=name.split()[0], last_name=last, email=address, account=str(firm.ref))
        )
    put(rig, firm, *staff)
    enrich(rig)
    found = [s for s in opened(rig, ACCOUNT) if s.target == firm.ref]
    return by_field(found[0]) if found else {}


def test_a_web_site_is_hinted_at_the_more_the_more_people_write_from_it(rig):
    people = [(f"Jane Roe{n}", f"jane{n}@buyer.example", []) for n in "ab"]
    site = firm_with(rig, *people)["domain"]
    assert site.after == "buyer.example"
    assert HINT < site.confidence < SURE_FROM
    assert {evidence.text for evidence in site.evidence} == {"janea@buyer.example", "janeb@buyer.example"}


def test_one_persons_address_is_worth_a_hint(rig):
    site = firm_with(rig, ("Jane Roe", JANE, []))["domain"]
    assert (site.after, site.confidence) == ("buyer.example", HINT)


def test_two_domains_are_shown_side_by_side(rig):
    people = [("Jane Roe", JANE, []), ("Max Lee", "max@buyer.example", []), ("Zoe Quill", "zoe@other.example", [])]
    site = firm_with(rig, *people)["domain"]
    assert (site.after, [other.value for other in site.others]) == ("buyer.example", ["other.example"])
    assert site.confidence == HINT


@pytest.mark.parametrize("address", ["jane.roe@gmail.com", "jane.roe@seller.example"], ids=["provider", "our own"])
def test_no_web_site_from_a_mail_provider_or_from_ourselves(rig, address):
    assert firm_with(rig, ("Jane Roe", address, [])) == {}


def test_no_web_site_that_belongs_to_another_account(rig):
    put(rig, record(ACCOUNT, 9, name="Other", domain="buyer.example"))
    assert firm_with(rig, ("Jane Roe", JANE, [])) == {}


def test_a_number_that_two_people_give_is_the_firms_and_one_persons_is_not(rig):
    other = (K.PHONE, "+44 20 7946 0777", "+442079460777")
    people = [("Jane Roe", JANE, [PHONE]), ("Max Lee", "max@buyer.example", [PHONE])]
    people.append(("Zoe Quill", "zoe@buyer.example", [other]))
    phone = firm_with(rig, *people)["phone"]
    assert phone.after == "+442079460123"
    assert len(phone.evidence) == 2


def test_one_persons_number_is_nobody_elses(rig):
    assert "phone" not in firm_with(rig, ("Jane Roe", JANE, [PHONE]))


def test_what_the_account_has_is_left_alone(rig):
    assert firm_with(rig, ("Jane Roe", JANE, [PHONE]), domain="buyer.example", phone="+44 1") == {}


def test_a_hostile_reference_breaks_nothing(rig):
    send(rig, 1, TITLE)
    put(rig, jane(account="account:x:y:enrich:"))
    enrich(rig)
    assert the_one(rig).after() == {"title": "Head of Procurement"}


# --- nothing is invented --------------------------------------------------------------------------------------------

TITLES = ["Buyer", "Head of Procurement", "Leiterin Einkauf", "CEO", "Directrice des achats"]
NUMBERS = ["+44 20 7946 0123", "+44 7700 900123", "+49 30 90182 0", "+33 1 99 00 12 34"]
FIRMS = ["Buyer Industries Ltd", "Hartmann GmbH", "Société Dupont"]
ADDRESSES = [JANE, "max@buyer.example", "zoe@hartmann.example", "jane.roe@gmail.com"]


def spelt(number):
    return number.replace(" ", "")


LINES = (
    st.sampled_from(TITLES).map(lambda words: (K.TITLE, words, words))
    | st.sampled_from(NUMBERS).map(lambda words: (K.PHONE, words, spelt(words)))
    | st.sampled_from(NUMBERS).map(lambda words: (K.MOBILE, words, spelt(words)))
    | st.sampled_from(FIRMS).map(lambda words: (K.COMPANY, words, words))
)
MAILS = st.lists(
    st.tuples(st.sampled_from(ADDRESSES), st.lists(LINES, max_size=4, unique_by=lambda line: line[0])),
    min_size=1,
    max_size=6,
)
KNOWN = st.fixed_dictionaries(
    {"title": st.none() | st.just("Known"), "phone": st.none() | st.just("+441"), "mobile": st.none()}
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    mails=MAILS, people=st.lists(st.tuples(st.sampled_from(ADDRESSES), KNOWN), min_size=1, max_size=4), data=st.data()
)
def test_every_value_stands_in_a_mail_that_is_here(tmp_path_factory, mails, people, data):
    rig = Rig(tmp_path_factory.mktemp("rig"))
    try:
        for number, (address, lines) in enumerate(mails, start=1):
            send(rig, number, *lines, address=address, days_ago=data.draw(st.integers(1, 900)))
        firms = [record(ACCOUNT, n, name=name) for n, name in enumerate(FIRMS, start=1)]
        firms[1] = record(ACCOUNT, 2, name=FIRMS[1], domain="hartmann.example")
        staff = [
            record(
                CONTACT,
                n,
                last_name="Roe",
                email=address,
                account=data.draw(st.sampled_from([None, "account:account-1"])),
                **known,
            )
            for n, (address, known) in enumerate(people, start=1)
        ]
        put(rig, *firms, *staff)
        enrich(rig)
        found = [s for s in everything(rig) if s.reason == enrichment.REASON]
        event(f"filled in: {bool(found)}")
        for suggestion in found:
            with rig.store.reading() as tx:
                known = tx.mirror.get(CRM, suggestion.target)
            for change in suggestion.changes:
                assert change.before is None
                assert not known.fields[change.field]
                assert change.evidence
                for value, evidence in [
                    *((change.after, evidence) for evidence in change.evidence),
                    *((other.value, other.evidence) for other in change.others),
                ]:
                    assert words_of(rig, suggestion, evidence) == evidence.text
                    assert says(rig, value, evidence.text)
        targets = [s.target for s in found if s.state is OPEN]
        assert len(targets) == len(set(targets)), "one open Suggestion for each Record"
    finally:
        rig.close()


def says(rig, value, words):
    """Whether words state a value: themselves, the same number, or the Account they name or hint at."""
    if value.startswith("account:"):
        with rig.store.reading() as tx:
            firm = tx.mirror.get(CRM, parse_ref(value))
        return firm.title == words or words.endswith("@" + (firm.fields["domain"] or ""))
    if value.startswith("+"):
        return phone_key(value) == phone_key(words)
    return value == words or words.endswith("@" + value) or words.startswith(value + " ")
