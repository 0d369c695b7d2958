"""The mails of one conversation in any order, decided on in between, the process dying at any commit: it ends the same.

`--thorough` takes many more examples.
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from desktop.domain.evidence import FactKind, Intent
from desktop.domain.interactions import InteractionState
from desktop.domain.proposals import Action, SuggestionState
from desktop.domain.records import NEW_PEOPLE, PEOPLE, RecordKind
from desktop.flow import Flow
from desktop.proposals import step
from desktop.proposals.standing import LIVING
from desktop.store.store import Store
from tests.fakes.rig import Rig
from tests.fakes.situations import CRM, KEY, MAILBOX, NOON, fact, interaction, message, reading, record

EXAMPLES, THOROUGH_EXAMPLES = 12, 200
JANE = "jane.roe@buyer.example"
MOBILES = {"A": ("07700 900111", "+447700900111"), "B": ("07700 900222", "+447700900222")}
JANE_AS_LEAD = {"first_name": "Jane", "last_name": "Roe", "email": JANE, "title": "Buyer"}
WORLDS = {
    "nobody is known": [],
    "new people are leads": [],
    "Jane is a lead": [record(RecordKind.LEAD, 1, **JANE_AS_LEAD)],
    "Jane is a lead of a known firm": [
        record(RecordKind.LEAD, 1, **JANE_AS_LEAD),
        record(RecordKind.ACCOUNT, 1, name="Buyer Ltd", domain="buyer.example"),
    ],
    "new people are leads, and the firm is known by name": [record(RecordKind.ACCOUNT, 1, name="Buyer Ltd")],
}
DECIDED = {SuggestionState.DISMISSED, SuggestionState.DELIVERED, SuggestionState.QUEUED}


class Died(BaseException):
    """The process is gone."""


class MortalRig(Rig):
    """A Rig whose process dies at the commit it is told to, before or after it took effect."""

    def __init__(self, folder):
        super().__init__(folder)
        self.dies_at = None
        self.reopen()

    def reopen(self):
        self.store.close()
        self.store = Store(self.store.path, KEY, self.clock, self.boundary)

    def boundary(self, name):
        if name == self.dies_at:
            self.dies_at = None
            raise Died(name)

    def read(self, item, *, dies_at=None):
        """Propose one mail; where the process dies, open the store again and go on as the flow does."""
        self.dies_at = dies_at
        try:
            step.run(item.id, self.store, self.clock)
        except Died:
            self.reopen()
            step.run(item.id, self.store, self.clock)
        self.dies_at = None
        assert step.run(item.id, self.store, self.clock) is None

    def suggestions(self):
        """Return every Suggestion there is, as it stands now."""
        with self.store.reading() as tx:
            ids = [row[0] for row in tx._sql.driver.execute("select id from suggestion order by id")]
            return [tx.proposals.suggestion(found) for found in ids]

    def about(self, state):
        return [s for s in self.suggestions() if s.kind in LIVING and s.state is state]

    def accept_open(self):
        """Accept what is open, without delivering it."""
        for suggestion in self.suggestions():
            if suggestion.state is SuggestionState.OPEN:
                self.review.accept(suggestion.id)

    def follow_up(self):
        """Let mails add to what was made since they came, as the flow does."""
        flow = Flow(self.store, self.clock, None, lambda *_: None)
        while flow.advance():
            pass

    def accept_everything(self):
        """Accept and deliver what is open, until nothing is."""
        while True:
            self.accept_open()
            self.deliver()
            self.follow_up()
            if not any(s.state is SuggestionState.OPEN for s in self.suggestions()):
                return


@dataclass(frozen=True)
class Said:
    """What one mail of the conversation says; empty means nothing."""

    title: str
    mobile: str
    amount: int
    product: str
    is_inquiry: bool
    is_colleague: bool = False
    names_firm: bool = True


def said_strategy(*, colleagues, firms=False):
    return st.builds(
        Said,
        title=st.sampled_from(["", "Buyer", "Head Buyer"]),
        mobile=st.sampled_from(["", "A", "B"]),
        amount=st.sampled_from([0, 0, 20_000, 30_000, 40_000]),
        product=st.sampled_from(["", "P200 pumps", "valves"]),
        is_inquiry=st.booleans(),
        is_colleague=st.booleans() if colleagues else st.just(False),
        names_firm=st.booleans() if firms else st.just(True),
    )


def mail_of(number, said):
    """Return the number-th mail of the conversation with its Reading; every mail carries the same signature lines."""
    address = "tom.low@buyer.example" if said.is_colleague else JANE
    name = "Tom Low" if said.is_colleague else "Jane Roe"
    lines = [f"Mail {number}.", f"{name}, {address}"]
    facts = [(FactKind.PERSON, name, None), (FactKind.EMAIL, address, None)]
    if said.names_firm:
        lines.append("Buyer Ltd")
        facts.append((FactKind.COMPANY, "Buyer Ltd", None))
    if said.title:
        lines.append(f"Title: {said.title}")
        facts.append((FactKind.TITLE, said.title, None))
    if said.mobile:
        lines.append(f"Mobile {MOBILES[said.mobile][0]}")
        facts.append((FactKind.MOBILE, *MOBILES[said.mobile]))
    if said.amount:
        lines.append(f"That makes {said.amount} EUR in mail {number}.")
        facts.append((FactKind.AMOUNT, f"{said.amount} EUR", f"{said.amount}.00 EUR"))
    if said.product:
        lines.append(f"About {said.product}.")
        facts.append((FactKind.PRODUCT, said.product, None))
    text = "\n".join(lines)
    sent_at = NOON - timedelta(days=40 - number)
    mail = message(text, number=number, subject="Re: Pumps" if number else "Pumps", sent_at=sent_at)
    sender = replace(mail.participants[0], address=address, name=name)
    references = tuple(f"<{n}@buyer.example>" for n in range(number))
    mail = replace(mail, participants=(sender, *mail.participants[1:]), references=references)
    intent = Intent.INQUIRY if said.is_inquiry else Intent.FOLLOW_UP
    return mail, reading([fact(text, kind, words, value) for kind, words, value in facts], intent=intent)


def arrive(rig, number, said, *, dies_at=None):
    mail, understood = mail_of(number, said)
    item = interaction(mail, state=InteractionState.UNDERSTOOD)
    with rig.store.transaction() as tx:
        tx.interactions.add(item, b"raw")
        tx.interactions.save_reading(item.id, understood)
    rig.read(item, dies_at=dies_at)


def words_of(suggestion):
    """Return what a rep reads in a Suggestion, whichever card it lies on and whichever one its links lead to."""
    fields = {}
    for change in suggestion.changes:
        after = "link" if (change.after or "").startswith("suggestion:") else change.after
        fields[change.field] = (change.before, after, change.band, sorted(other.value for other in change.others))
    return suggestion.kind, suggestion.action, suggestion.title, fields


def open_words(rig):
    return sorted((words_of(s) for s in rig.about(SuggestionState.OPEN)), key=str)


def holds_always(rig, decided):
    """What is true after every mail and every decision."""
    everything = rig.suggestions()
    for suggestion in everything:
        if suggestion.id in decided:
            assert suggestion == decided[suggestion.id], "what was decided was changed"
    for suggestion in everything:
        if suggestion.state is SuggestionState.EXPIRED:
            assert suggestion.superseded_by or suggestion.target
    standing = [s for s in everything if s.kind in LIVING and s.state is not SuggestionState.EXPIRED]
    subjects = Counter(
        (s.kind, str(s.target) if s.target else s.after().get("email") or "")
        for s in standing
        if s.state is SuggestionState.OPEN
    )
    assert set(subjects.values()) <= {1}, f"two open suggestions for one record: {subjects}"
    people = Counter(s.after().get("email") for s in standing if s.action is Action.CREATE and s.kind in PEOPLE)
    assert set(people.values()) <= {1}, f"one person twice: {people}"
    with rig.store.reading() as tx:
        assert tx.audit.verify() is None


def world_of(name, folder):
    """Return a Rig whose CRM knows what this world says, and whose rep chose so."""
    rig = MortalRig(folder)
    with rig.store.transaction() as tx:
        for one in WORLDS[name]:
            tx.mirror.save(CRM, rig.crm.memory.put(one.ref, dict(one.fields), key=None, expected=""))
        if "new people are leads" in name:
            tx.settings.save(NEW_PEOPLE, RecordKind.LEAD.value)
    return rig


def run_in_order(mails, folder, world):
    rig = world_of(world, folder)
    for number, said in enumerate(mails):
        arrive(rig, number, said)
    return rig


def records(rig):
    return {
        kind: sorted(sorted((k, v) for k, v in r.fields.items() if v and ":" not in v) for r in rig.crm.all(kind))
        for kind in (RecordKind.ACCOUNT, *PEOPLE, RecordKind.OPPORTUNITY)
    }


def examples(request):
    thorough = request.config.getoption("--thorough")
    return settings(
        max_examples=THOROUGH_EXAMPLES if thorough else EXAMPLES,
        deadline=None,
        derandomize=not thorough,
        phases=[Phase.generate],  # the examples are small, and each takes an encrypted store
        suppress_health_check=list(HealthCheck),
    )


@pytest.mark.parametrize("world", WORLDS)
def test_any_order_of_arrival_leads_to_the_same_open_suggestions(request, world):
    @examples(request)
    @given(data=st.data())
    def check(data):
        is_named = "by name" in world
        said = said_strategy(colleagues=not is_named, firms=is_named)
        mails = data.draw(st.lists(said, min_size=2, max_size=5))
        order = data.draw(st.permutations(range(len(mails))))
        deaths = data.draw(st.lists(st.sampled_from([None, "commit", "committed"]), min_size=5, max_size=5))
        with TemporaryDirectory() as one, TemporaryDirectory() as other:
            expected = run_in_order(mails, Path(one), world)
            rig = world_of(world, Path(other))
            for at, number in enumerate(order):
                arrive(rig, number, mails[number], dies_at=deaths[at])
                holds_always(rig, {})
            assert open_words(rig) == open_words(expected)
            for used in (rig, expected):
                used.close()

    check()


@pytest.mark.parametrize("world", WORLDS)
def test_decisions_in_between_are_kept_and_the_records_end_the_same(request, world):
    @examples(request)
    @given(data=st.data())
    def check(data):
        mails = data.draw(st.lists(said_strategy(colleagues=False), min_size=2, max_size=5))
        mails[0] = replace(mails[0], is_inquiry=True, product="P200 pumps")
        order = data.draw(st.permutations(range(len(mails))))
        acts = data.draw(st.lists(st.sampled_from(["wait", "accept", "deliver"]), min_size=5, max_size=5))
        deaths = data.draw(st.lists(st.sampled_from([None, "commit", "committed"]), min_size=5, max_size=5))
        with TemporaryDirectory() as one, TemporaryDirectory() as other:
            expected = run_in_order(mails, Path(one), world)
            expected.accept_everything()
            rig = world_of(world, Path(other))
            decided = {}
            for at, number in enumerate(order):
                arrive(rig, number, mails[number], dies_at=deaths[at])
                if acts[at] == "accept":
                    rig.accept_open()
                if acts[at] == "deliver":
                    rig.accept_everything()
                if acts[at] != "wait":
                    decided = {s.id: s for s in rig.suggestions() if s.state in DECIDED}
                holds_always(rig, decided)
            rig.accept_everything()
            ours, theirs = records(rig), records(expected)
            for kind in (RecordKind.ACCOUNT, *PEOPLE):
                assert ours[kind] == theirs[kind]
            assert amounts(ours) == amounts(theirs)
            for used in (rig, expected):
                used.close()

    check()


def amounts(found):
    return [dict(fields).get("amount") for fields in found[RecordKind.OPPORTUNITY]]


@pytest.mark.parametrize("world", WORLDS)
def test_what_was_dismissed_stays_dismissed_and_nothing_is_asked_twice(request, world):
    @examples(request)
    @given(data=st.data())
    def check(data):
        mails = data.draw(st.lists(said_strategy(colleagues=False), min_size=2, max_size=5))
        order = data.draw(st.permutations(range(len(mails))))
        with TemporaryDirectory() as folder:
            rig = world_of(world, Path(folder))
            decided = {}
            for number in order:
                arrive(rig, number, mails[number])
                for suggestion in rig.about(SuggestionState.OPEN):
                    verdict = data.draw(st.sampled_from(["dismiss", "accept", "wait"]))
                    if verdict == "dismiss":
                        rig.review.dismiss(suggestion.id)
                    elif verdict == "accept":
                        rig.review.accept(suggestion.id)
                rig.deliver()
                decided = {s.id: s for s in rig.suggestions() if s.state in DECIDED - {SuggestionState.QUEUED}}
                holds_always(rig, decided)
            asked = Counter(
                (s.kind, s.target, c.field, c.after)
                for s in rig.suggestions()
                if s.kind in LIVING and s.state is not SuggestionState.EXPIRED and s.action is Action.UPDATE
                for c in s.changes
                if s.state is SuggestionState.DISMISSED
            )
            assert set(asked.values()) <= {1}
            standing = [s for s in rig.suggestions() if s.kind in LIVING and s.state is not SuggestionState.EXPIRED]
            creates = Counter(s.kind for s in standing if s.action is Action.CREATE)
            assert set(creates.values()) <= {1}, creates
            rig.close()

    check()


@pytest.mark.parametrize("name", ["commit", "committed"])
def test_dying_at_a_commit_really_happens(tmp_path, name):
    rig = MortalRig(tmp_path)
    rig.dies_at = name
    with pytest.raises(Died), rig.store.transaction() as tx:
        tx.connections.mark_mirrored(CRM, NOON)
    assert MAILBOX
    rig.close()
