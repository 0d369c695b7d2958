"""A person is a Lead first and a Contact later, and never proposed as both."""

from dataclasses import replace

import pytest

from desktop.domain.deliveries import Operation
from desktop.domain.errors import Rejected, Temporary
from desktop.domain.evidence import FactKind, Intent
from desktop.domain.ids import SuggestionId
from desktop.domain.proposals import Action, SuggestionState
from desktop.domain.records import FIELDS, NEW_PEOPLE, RecordKind, parse_ref
from desktop.domain.rights import FieldRule, RecordRules
from desktop.flow import Flow
from desktop.proposals import enrichment
from desktop.setup.settings import Settings
from tests.fakes.rig import Rig, of_kind
from tests.fakes.situations import CRM, PICKLISTS, fact, message, reading, record, rules_with

K, F = RecordKind, FactKind
OPEN, EXPIRED, DISMISSED = SuggestionState.OPEN, SuggestionState.EXPIRED, SuggestionState.DISMISSED
JANE, FIRM, PHONE = "jane.roe@buyer.example", "Buyer Works Ltd", "+44 20 7946 0123"
TITLE, MOBILE = (F.TITLE, "Head Buyer", None), (F.MOBILE, "07700 900111", "+447700900111")


@pytest.fixture
def rig(tmp_path):
    rig = Rig(tmp_path)
    takes_leads(rig, contact=frozenset({K.CONTACT, K.LEAD}))
    yield rig
    rig.close()


def takes_leads(rig, **targets):
    """Let the CRM link tasks and activities to these kinds of Record."""
    with rig.store.transaction() as tx:
        for kind in (K.TASK, K.ACTIVITY):
            rules = rules_with(kind, **PICKLISTS.get(kind, {}))
            links = {name: FieldRule(targets=kinds) for name, kinds in targets.items()}
            tx.mirror.save_rules(CRM, replace(rules, fields={**rules.fields, **links}))


def allow_leads(rig, rules):
    with rig.store.transaction() as tx:
        tx.mirror.save_rules(CRM, rules)


def new_people_are_leads(rig):
    Settings(rig.store).choose(NEW_PEOPLE, "lead")


def put(rig, *records, deleted=False):
    """Let Records come into the Mirror as a pull does, and into the CRM itself."""
    for one in records:
        rig.crm.memory.put(one.ref, dict(one.fields), key=None, expected="")
        with rig.store.transaction() as tx:
            live = rig.crm.read(one.ref)
            tx.mirror.save(CRM, replace(live, is_deleted=deleted))
            tx.enrichments.ask(CRM, live, rig.clock.now())


def convert(rig, lead, contact=None):
    """Do what a CRM does when a Lead is qualified: it is gone, and a Contact is there."""
    rig.crm.memory.remove(lead)
    with rig.store.transaction() as tx:
        tx.mirror.save(CRM, replace(tx.mirror.get(CRM, lead), is_deleted=True))
    if contact is not None:
        put(rig, contact)


def enrich(rig):
    with rig.store.reading() as tx:
        found = enrichment.next_record(tx)
    if found is not None:
        enrichment.run(*found, rig.store, rig.clock)
        enrich(rig)


def follow_up(rig):
    while Flow(rig.store, rig.clock, None, lambda *_: None).advance():
        pass


def send(rig, *lines, number=1, name="Jane Roe", email=JANE, firm=FIRM, intent=Intent.INQUIRY, ask="", refers_to=0):
    """Propose a mail with these `(kind, words, value)` and a signature."""
    said = [(kind, words, value) for kind, words, value in lines]
    said += [(F.COMPANY, firm, None)] if firm else []
    said += [(F.ASK, ask, None)] if ask else []
    text = "\n".join([f"Mail {number}.", *(words for _, words, _ in said), name, email])
    facts = [fact(text, kind, words, value) for kind, words, value in said]
    facts += [fact(text, F.PERSON, name), fact(text, F.EMAIL, email)]
    mail = message(text, number=number, subject=f"Matter {number}")
    sender = replace(mail.participants[0], address=email, name=name)
    references = (f"<{refers_to}@buyer.example>",) if refers_to else ()
    mail = replace(mail, participants=(sender, *mail.participants[1:]), references=references)
    return rig.propose(mail, reading(facts, intent=intent))


def lead(number=1, **fields):
    return record(K.LEAD, number, **{"first_name": "Jane", "last_name": "Roe", "email": JANE, **fields})


def jane(number=1, **fields):
    return record(K.CONTACT, number, **{"first_name": "Jane", "last_name": "Roe", "email": JANE, **fields})


def kinds(card):
    return [s.kind for s in card.suggestions]


def everything(rig):
    with rig.store.reading() as tx:
        ids = [SuggestionId(row[0]) for row in tx._sql.driver.execute("select id from suggestion order by id")]
        return [tx.proposals.suggestion(found) for found in ids]


def opened(rig, *wanted):
    return [s for s in everything(rig) if s.state is OPEN and (not wanted or s.kind in wanted)]


# --- who is a Lead already --------------------------------------------------------------------------------------------


def test_a_mail_from_a_lead_makes_no_contact_no_account_and_no_deal(rig):
    put(rig, lead(company=FIRM))
    card = send(rig, ask="call me back")
    assert kinds(card) == [K.TASK, K.ACTIVITY]
    assert {s.after()["contact"] for s in card.suggestions} == {"lead:lead-1"}
    assert not any("related" in s.after() for s in card.suggestions)


def test_what_the_mail_says_more_goes_to_the_lead(rig):
    put(rig, lead(company=None, title="Buyer", phone="020 7946 0123"))
    update = of_kind(send(rig, TITLE, MOBILE, (F.PHONE, "+44 (20) 7946 0123", "+442079460123")), K.LEAD)
    assert (update.action, update.target) == (Action.UPDATE, parse_ref("lead:lead-1"))
    before = {change.field: change.before for change in update.changes}
    assert update.after() == {
        "company": FIRM,
        "title": "Head Buyer",
        "mobile": "+447700900111",
    }
    assert before == {"company": None, "title": "Buyer", "mobile": None}


@pytest.mark.parametrize("there", ["BUYER WORKS", "Buyer Works Ltd.", "Buyer Works GmbH"])
def test_another_spelling_of_its_firm_is_no_news(rig, there):
    put(rig, lead(company=there))
    assert K.LEAD not in kinds(send(rig))


def test_what_the_crm_does_not_show_of_a_lead_is_left_alone(rig):
    one = lead()
    put(rig, replace(one, fields={name: one.fields[name] for name in ("first_name", "last_name", "email")}))
    assert K.LEAD not in kinds(send(rig, TITLE, MOBILE))


@pytest.mark.parametrize(
    "known",
    [
        {"phone": PHONE},
        {"mobile": "020 7946 0123", "first_name": "JANE"},
        {"company": "Buyer Works GmbH", "first_name": "Janie"},
        {"company": "buyer works", "first_name": "Roe", "last_name": "Jane"},
    ],
)
def test_a_lead_without_an_address_is_known_by_number_or_name_and_firm(rig, known):
    put(rig, lead(**{"email": None, **known}))
    card = send(rig, (F.PHONE, PHONE, "+442079460123"), email="jane@private.example")
    update = of_kind(card, K.LEAD)
    assert update.target == parse_ref("lead:lead-1")
    assert update.after()["email"] == "jane@private.example"
    assert not {K.CONTACT, K.ACCOUNT} & set(kinds(card))


def test_a_lead_with_another_address_is_only_named_to_the_rep(rig):
    put(rig, lead(email="j.roe@old.example", phone=PHONE))
    created = of_kind(send(rig, (F.PHONE, PHONE, "+442079460123")), K.CONTACT)
    assert created.action is Action.CREATE
    assert "the lead Jane Roe" in created.reason


def test_somebody_else_of_the_firm_of_a_lead_is_somebody_else(rig):
    put(rig, lead(email=None, company=FIRM, first_name="Thomas", last_name="Low"))
    assert of_kind(send(rig), K.CONTACT).action is Action.CREATE


def test_a_contact_of_the_address_wins_over_a_lead(rig):
    put(rig, lead(), jane())
    card = send(rig, TITLE)
    assert of_kind(card, K.CONTACT).target == parse_ref("contact:contact-1")
    assert K.LEAD not in kinds(card)
    assert of_kind(card, K.ACTIVITY).after()["contact"] == "contact:contact-1"


def test_a_contact_without_an_address_wins_over_such_a_lead(rig):
    put(rig, lead(email=None, phone=PHONE), jane(email=None, phone=PHONE))
    card = send(rig, (F.PHONE, PHONE, "+442079460123"))
    assert of_kind(card, K.CONTACT).target == parse_ref("contact:contact-1")


def test_of_two_contacts_who_may_be_the_one_the_lead_is_not_taken_instead(rig):
    twins = [jane(number, email=None, phone=PHONE) for number in (1, 2)]
    put(rig, *twins, lead(email=None, phone=PHONE))
    card = send(rig, (F.PHONE, PHONE, "+442079460123"))
    assert of_kind(card, K.CONTACT).action is Action.CREATE


def test_what_a_lead_asks_for_opens_no_deal_of_a_colleague(rig):
    put(rig, lead(company=FIRM))
    send(rig)
    tom = send(rig, name="Tom Low", email="tom@buyer.example", number=2, refers_to=1, intent=Intent.FOLLOW_UP)
    assert K.OPPORTUNITY not in kinds(tom)


def test_a_lead_of_a_known_firm_opens_no_deal_either(rig):
    put(rig, lead(company=FIRM), record(K.ACCOUNT, 1, name=FIRM, domain="buyer.example"))
    assert kinds(send(rig)) == [K.ACTIVITY]


def test_a_lead_may_say_more_of_the_deal_of_a_colleague(rig):
    put(rig, lead(company=FIRM))
    tom = send(rig, name="Tom Low", email="tom@buyer.example")
    deal = of_kind(tom, K.OPPORTUNITY)
    more = of_kind(send(rig, (F.AMOUNT, "20000 EUR", "20000.00 EUR"), number=2, refers_to=1), K.OPPORTUNITY)
    assert rig.now(deal).superseded_by == more.id
    assert more.after()["amount"] == "20000.00"
    assert {name: more.after()[name] for name in ("account", "contact")} == {
        "account": f"suggestion:{of_kind(tom, K.ACCOUNT).id}",
        "contact": f"suggestion:{of_kind(tom, K.CONTACT).id}",
    }


@pytest.mark.parametrize(
    ("targets", "linked"),
    [
        ({}, {}),
        ({"related": frozenset({K.LEAD, K.ACCOUNT})}, {"related": "lead:lead-1"}),
        ({"contact": frozenset({K.CONTACT, K.LEAD})}, {"contact": "lead:lead-1"}),
        ({"contact": frozenset({K.LEAD}), "related": frozenset({K.LEAD})}, {"contact": "lead:lead-1"}),
    ],
)
def test_a_link_leads_to_a_lead_only_where_the_crm_can(rig, targets, linked):
    takes_leads(rig, **targets)
    put(rig, lead())
    activity = of_kind(send(rig), K.ACTIVITY)
    assert {name: activity.after()[name] for name in ("contact", "related") if name in activity.after()} == linked
    rig.review.accept(activity.id)  # and it is one that may be accepted


def test_the_card_goes_by_the_name_that_the_lead_has(rig):
    put(rig, lead(first_name="Janet"))
    assert send(rig).title.startswith("Janet Roe")


# --- somebody new as a Lead -------------------------------------------------------------------------------------------


def test_somebody_new_is_a_contact_while_nothing_else_is_chosen(rig):
    assert {K.ACCOUNT, K.CONTACT, K.OPPORTUNITY} <= set(kinds(send(rig)))
    assert Settings(rig.store).value(NEW_PEOPLE) == "contact"


def test_somebody_new_of_an_unknown_firm_is_one_lead(rig):
    new_people_are_leads(rig)
    card = send(rig, TITLE, MOBILE, (F.PHONE, PHONE, "+442079460123"), ask="call me back")
    assert kinds(card) == [K.LEAD, K.TASK, K.ACTIVITY]
    made = of_kind(card, K.LEAD)
    assert made.action is Action.CREATE
    assert made.after() == {
        "first_name": "Jane",
        "last_name": "Roe",
        "email": JANE,
        "company": FIRM,
        "title": "Head Buyer",
        "phone": "+442079460123",
        "mobile": "+447700900111",
    }
    assert all(change.evidence for change in made.changes)
    assert {s.after()["contact"] for s in card.suggestions if s is not made} == {f"suggestion:{made.id}"}


def test_somebody_new_of_a_known_firm_stays_a_contact(rig):
    new_people_are_leads(rig)
    put(rig, record(K.ACCOUNT, 1, name="Something Else", domain="buyer.example"))
    card = send(rig)
    assert of_kind(card, K.CONTACT).after()["account"] == "account:account-1"
    assert {K.LEAD, K.ACCOUNT}.isdisjoint(kinds(card))
    assert of_kind(card, K.OPPORTUNITY).after()["account"] == "account:account-1"


@pytest.mark.parametrize(
    "rules",
    [
        RecordRules(K.LEAD, can_create=False, can_update=False),
        RecordRules(K.LEAD, can_create=False, fields=dict.fromkeys(FIELDS[K.LEAD], FieldRule())),
        RecordRules(K.LEAD, fields={"email": FieldRule()}),
        RecordRules(K.LEAD, fields=dict.fromkeys(FIELDS[K.LEAD], FieldRule(can_create=False))),
    ],
)
def test_where_the_crm_takes_no_leads_they_are_contacts(rig, rules):
    new_people_are_leads(rig)
    allow_leads(rig, rules)
    assert {K.ACCOUNT, K.CONTACT} <= set(kinds(send(rig)))


def test_before_the_crm_was_asked_nobody_is_a_lead(rig):
    new_people_are_leads(rig)
    with rig.store.transaction() as tx:
        tx._sql.driver.execute("delete from record_rules where kind = 'lead'")
    assert {K.ACCOUNT, K.CONTACT} <= set(kinds(send(rig)))


def test_what_a_lead_needs_and_the_mail_does_not_say_is_asked_for(rig):
    new_people_are_leads(rig)
    allow_leads(rig, rules_with(K.LEAD, requires=("company", "last_name", "status"), status=("New", "Working")))
    made = of_kind(send(rig, firm=""), K.LEAD)
    assert made.after()["status"] == "New"
    company = next(change for change in made.changes if change.field == "company")
    assert (company.after, company.confidence) == (None, 0.0)
    rig.review.accept(made.id, {"company": "Buyer Works"})
    rig.deliver()
    assert rig.crm.all(K.LEAD)[0].fields["company"] == "Buyer Works"


@pytest.mark.parametrize("value", ["", "Lead", "account", "leads", "contact or lead"])
def test_only_people_are_new_people(rig, value):
    with pytest.raises(Rejected, match="contact or lead"):
        Settings(rig.store).choose(NEW_PEOPLE, value)


# --- from mail to Lead to Contact -------------------------------------------------------------------------------------


def test_a_mail_becomes_a_lead_once_and_the_next_mail_updates_it(rig):
    new_people_are_leads(rig)
    first = send(rig, ask="call me back")
    for suggestion in first.suggestions:
        rig.review.accept(suggestion.id)
    rig.crm.fail_after.append(Temporary("the answer was lost"))
    rig.deliver(rounds=3)
    (made,) = rig.crm.all(K.LEAD)
    assert (made.fields["last_name"], made.fields["company"]) == ("Roe", FIRM)
    assert [one.fields["contact"] for one in rig.crm.all(K.ACTIVITY)] == [str(made.ref)]
    second = send(rig, TITLE, number=2)
    update = of_kind(second, K.LEAD)
    assert (update.target, update.after()) == (made.ref, {"title": "Head Buyer"})
    assert of_kind(second, K.ACTIVITY).after()["contact"] == str(made.ref)
    rig.review.accept(update.id)
    rig.deliver(rounds=2)
    (now,) = rig.crm.all(K.LEAD)
    assert now.fields["title"] == "Head Buyer"
    assert not [one for kind in (K.ACCOUNT, K.CONTACT, K.OPPORTUNITY) for one in rig.crm.all(kind)]
    assert kinds(send(rig, TITLE, number=3)) == [K.ACTIVITY]


def test_a_lead_that_is_taken_back_is_removed(rig):
    new_people_are_leads(rig)
    made = of_kind(send(rig), K.LEAD)
    rig.review.accept(made.id)
    rig.deliver()
    rig.review.undo(made.id)
    rig.deliver()
    assert rig.now(made).state is SuggestionState.UNDONE
    assert not rig.crm.all(K.LEAD)


def test_a_mail_that_comes_while_the_lead_is_on_its_way_adds_to_it_afterwards(rig):
    new_people_are_leads(rig)
    rig.review.accept(of_kind(send(rig), K.LEAD).id)
    assert K.LEAD not in kinds(send(rig, TITLE, number=2))
    rig.deliver()
    follow_up(rig)
    (update,) = opened(rig, K.LEAD)
    assert (update.action, update.after()) == (Action.UPDATE, {"title": "Head Buyer"})


@pytest.mark.parametrize(("first", "second"), [("contact", "lead"), ("lead", "contact")])
def test_who_was_dismissed_as_one_is_not_proposed_as_the_other(rig, first, second):
    Settings(rig.store).choose(NEW_PEOPLE, first)
    rig.review.dismiss(of_kind(send(rig), K(first)).id)
    Settings(rig.store).choose(NEW_PEOPLE, second)
    assert {K.CONTACT, K.LEAD}.isdisjoint(kinds(send(rig, number=2)))


@pytest.mark.parametrize(("first", "second"), [("contact", "lead"), ("lead", "contact")])
def test_who_stands_open_as_one_gives_way_to_the_other(rig, first, second):
    Settings(rig.store).choose(NEW_PEOPLE, first)
    old = send(rig)
    Settings(rig.store).choose(NEW_PEOPLE, second)
    new = of_kind(send(rig, number=2), K(second))
    assert rig.now(of_kind(old, K(first))).superseded_by == new.id
    assert [s.id for s in opened(rig, K.CONTACT, K.LEAD)] == [new.id]


def test_who_is_on_the_way_as_a_contact_is_not_made_a_lead(rig):
    contact = of_kind(send(rig), K.CONTACT)
    rig.review.accept(contact.id)
    new_people_are_leads(rig)
    takes_leads(rig)  # and those it has cannot be linked
    card = send(rig, number=2)
    assert {K.CONTACT, K.LEAD}.isdisjoint(kinds(card))
    assert of_kind(card, K.ACTIVITY).after()["contact"] == f"suggestion:{contact.id}"


def test_a_firm_that_turns_out_to_be_known_makes_the_lead_a_contact(rig):
    new_people_are_leads(rig)
    put(rig, record(K.ACCOUNT, 1, name="Known Pumps Ltd"))
    send(rig, firm="")
    card = send(rig, firm="Known Pumps Ltd", number=2)
    assert of_kind(card, K.CONTACT).after()["account"] == "account:account-1"
    assert [s.kind for s in opened(rig, K.CONTACT, K.LEAD)] == [K.CONTACT]


def test_a_lead_that_comes_into_the_crm_takes_the_place_of_the_proposed_contact(rig):
    created = of_kind(send(rig, TITLE), K.CONTACT)
    put(rig, lead(company=FIRM))
    enrich(rig)
    assert (rig.now(created).state, rig.now(created).target) == (EXPIRED, parse_ref("lead:lead-1"))
    (update,) = opened(rig, K.CONTACT, K.LEAD)
    assert (update.target, update.after()) == (parse_ref("lead:lead-1"), {"title": "Head Buyer"})


# --- a Lead that was converted ----------------------------------------------------------------------------------------


def queue_activity(rig):
    rig.review.accept(of_kind(send(rig, TITLE), K.ACTIVITY).id)


def known_firm(rig):
    firm = record(K.ACCOUNT, 1, name=FIRM, domain="buyer.example")
    put(rig, firm)
    return str(firm.ref)


def test_what_is_linked_to_a_converted_lead_goes_to_its_contact(rig):
    one = lead()
    put(rig, one)
    queue_activity(rig)
    convert(rig, one.ref, jane())
    rig.deliver()
    assert [r.fields["contact"] for r in rig.crm.all(K.ACTIVITY)] == ["contact:contact-1"]


def test_what_is_linked_to_a_lead_that_is_gone_goes_out_without_the_link(rig):
    one = lead()
    put(rig, one)
    queue_activity(rig)
    convert(rig, one.ref)
    rig.deliver()
    assert [r.fields["contact"] for r in rig.crm.all(K.ACTIVITY)] == [None]


def test_what_waited_for_our_own_lead_goes_to_the_contact_it_became(rig):
    new_people_are_leads(rig)
    card = send(rig)
    rig.review.accept(of_kind(card, K.LEAD).id)
    rig.deliver()
    (made,) = rig.crm.all(K.LEAD)
    convert(rig, made.ref, jane())
    rig.review.accept(of_kind(card, K.ACTIVITY).id)
    rig.deliver()
    assert [r.fields["contact"] for r in rig.crm.all(K.ACTIVITY)] == ["contact:contact-1"]


def test_a_deal_that_was_linked_to_a_contact_who_is_a_lead_goes_out_without(rig):
    deal = of_kind(send(rig), K.OPPORTUNITY)
    put(rig, lead())
    enrich(rig)
    for suggestion in opened(rig, K.ACCOUNT):
        rig.review.accept(suggestion.id)
    rig.review.accept(deal.id)
    rig.deliver(rounds=2)
    (made,) = rig.crm.all(K.OPPORTUNITY)
    assert made.fields["contact"] is None
    assert (made.fields["account"] or "").startswith("account:")


def test_beside_a_deal_a_lead_is_not_linked(rig):
    card = send(rig)
    put(rig, lead())
    enrich(rig)
    for suggestion in (*opened(rig, K.ACCOUNT), of_kind(card, K.OPPORTUNITY), of_kind(card, K.ACTIVITY)):
        rig.review.accept(suggestion.id)
    rig.deliver(rounds=3)
    (activity,), (deal,) = rig.crm.all(K.ACTIVITY), rig.crm.all(K.OPPORTUNITY)
    assert (activity.fields["related"], activity.fields["contact"]) == (str(deal.ref), None)


def test_an_open_update_of_a_converted_lead_gives_way_to_its_contact(rig):
    one = lead(company=FIRM)
    put(rig, one)
    update = of_kind(send(rig, TITLE), K.LEAD)
    convert(rig, one.ref, jane())
    enrich(rig)
    assert rig.now(update).state is EXPIRED
    (now,) = opened(rig, K.CONTACT, K.LEAD)
    assert (now.target, now.after()) == (parse_ref("contact:contact-1"), {"title": "Head Buyer"})


def test_the_next_mail_finds_the_contact_too(rig):
    one = lead(company=FIRM)
    put(rig, one)
    update = of_kind(send(rig, TITLE), K.LEAD)
    convert(rig, one.ref, jane(title="Head Buyer", account=known_firm(rig)))
    card = send(rig, TITLE, number=2)
    assert {K.CONTACT, K.LEAD}.isdisjoint(kinds(card))
    assert rig.now(update).state is EXPIRED


def test_what_was_refused_of_the_lead_is_not_asked_of_the_contact(rig):
    one = lead(company=FIRM)
    put(rig, one)
    rig.review.dismiss(of_kind(send(rig, TITLE), K.LEAD).id)
    convert(rig, one.ref, jane())
    enrich(rig)
    send(rig, TITLE, number=2)
    assert not any("title" in s.after() for s in opened(rig, K.CONTACT, K.LEAD))


SAID_ANEW = (F.TITLE, "Title: Head Buyer", "Head Buyer")


def test_what_was_refused_of_the_lead_is_not_asked_though_said_anew(rig):
    one = lead(company=FIRM)
    put(rig, one)
    rig.review.dismiss(of_kind(send(rig, TITLE), K.LEAD).id)
    convert(rig, one.ref, jane(account=known_firm(rig)))
    assert K.CONTACT not in kinds(send(rig, SAID_ANEW, number=2))


def test_what_never_reached_the_lead_is_asked_of_the_contact_when_said_anew(rig):
    one = lead(company=FIRM)
    put(rig, one)
    rig.review.accept(of_kind(send(rig, TITLE), K.LEAD).id)
    convert(rig, one.ref, jane(account=known_firm(rig)))
    rig.deliver()
    assert of_kind(send(rig, SAID_ANEW, number=2), K.CONTACT).after() == {"title": "Head Buyer"}


def test_a_value_that_comes_back_while_another_is_on_its_way_is_news(rig):
    put(rig, lead(company=FIRM))
    for number, title in ((3, "Head Buyer"), (2, "Buyer"), (1, "Head Buyer")):  # a lower number is a later mail
        update = of_kind(send(rig, (F.TITLE, f"{number} {title}", title), number=number), K.LEAD)
        assert update.after() == {"title": title}
        rig.review.accept(update.id)
    rig.deliver(rounds=3)
    assert rig.crm.all(K.LEAD)[0].fields["title"] == "Head Buyer"


def test_what_was_settled_with_the_lead_does_not_change_the_contact_back(rig):
    one = lead(company=FIRM, mobile="+447700900111")
    put(rig, one)
    assert K.LEAD not in kinds(send(rig, MOBILE))
    convert(
        rig, one.ref, jane(mobile="+447700900999", account=known_firm(rig))
    )  # somebody gave the Contact another number
    assert K.CONTACT not in kinds(send(rig, number=2))


def test_what_was_on_its_way_to_a_lead_that_is_gone_is_proposed_to_the_contact(rig):
    one = lead(company=FIRM)
    put(rig, one)
    update = of_kind(send(rig, TITLE), K.LEAD)
    rig.review.accept(update.id)
    convert(rig, one.ref, jane())
    rig.deliver()
    assert rig.now(update).state is SuggestionState.REJECTED
    enrich(rig)
    (again,) = opened(rig, K.CONTACT)
    assert again.after() == {"title": "Head Buyer"}


def test_a_lead_beside_its_contact_is_not_filled_in(rig):
    send(rig, TITLE)
    put(rig, jane(title="Head Buyer"), lead())
    enrich(rig)
    assert not opened(rig, K.LEAD)


def test_no_operation_on_a_lead_is_unknown_to_the_outbox(rig):
    put(rig, lead())
    update = of_kind(send(rig, TITLE), K.LEAD)
    rig.review.accept(update.id)
    with rig.store.reading() as tx:
        (entry,) = tx.outbox.of_subject(update.id)
    assert (entry.kind, entry.operation) == (K.LEAD, Operation.UPDATE)
    rig.deliver()
    rig.review.undo(update.id)
    rig.deliver()
    assert rig.crm.read(parse_ref("lead:lead-1")).fields["title"] is None
