import pytest

from desktop.domain.evidence import ContactScope, FactKind, Label, Party
from tests.benchmarks.understanding import labels
from tests.unit.benchmarks.situations import ask, fact, mail, reading, record


def test_all_right() -> None:
    said = reading([fact(FactKind.TOPIC, "Sensors"), ask("Send us a Quote", Party.REP)])
    found = labels.figures([(mail(), said)])
    assert found == {
        "intent_accuracy": 1.0,
        "sentiment_accuracy": 1.0,
        "topic_hit": 1.0,
        "next_action_hit": 1.0,
        "next_action_owner_accuracy": 1.0,
        "next_action_spurious": 0,
        "contact_scope_accuracy": 1.0,
        "language_accuracy": 0.0,
    }
    assert labels.misses([(mail(), said)]) == []


def test_all_wrong() -> None:
    said = reading(
        [fact(FactKind.TOPIC, "pumps"), ask("call", Party.CONTACT)],
        intent=Label("decline", 0.5),
        sentiment=Label("negative", 0.5),
        scope=ContactScope.QUOTED_SENDER,
        language="de",
    )
    asked = mail(language="en")
    found = labels.figures([(asked, said)])
    assert set(found.values()) == {0.0}
    assert len(labels.misses([(asked, said)])) == 7


def test_further_labels_are_right_too() -> None:
    said = reading(intent=Label("decline", 0.5))
    assert labels.figures([(mail(acceptable={"intent": ["decline"]}), said)])["intent_accuracy"] == 1.0


def test_a_topic_wins_over_a_product_and_nothing_is_a_miss() -> None:
    product = fact(FactKind.PRODUCT, "sensors", confidence=0.99)
    assert labels.has_topic(mail(), reading([product])) is True
    assert labels.has_topic(mail(), reading([product, fact(FactKind.TOPIC, "pumps", confidence=0.2)])) is False
    assert labels.has_topic(mail(), reading()) is False
    untopical = mail(gold=record()["gold"] | {"interest_or_topic": None})
    assert labels.has_topic(untopical, reading()) is None


def test_an_action_where_nothing_is_to_be_done() -> None:
    idle = mail(gold=record()["gold"] | {"next_action": None}, next_action_owner=None)
    found = labels.figures([(idle, reading([ask("call me", Party.REP)]))])
    assert (found["next_action_hit"], found["next_action_spurious"]) == (0.0, 1)
    assert labels.figures([(idle, reading())])["next_action_spurious"] == 0


@pytest.mark.parametrize(
    ("owner", "is_own", "party", "mark"),
    [
        ("recipient", False, Party.REP, 1.0),
        ("recipient", False, Party.CONTACT, 0.0),
        ("sender", False, Party.CONTACT, 1.0),
        ("sender", False, Party.REP, 0.0),
        ("sender", True, Party.REP, 1.0),
        ("recipient", True, Party.CONTACT, 1.0),
        ("recipient", True, Party.REP, 0.0),
    ],
)
def test_the_rep_is_whoever_owns_the_mailbox(owner: str, is_own: bool, party: Party, mark: float) -> None:
    box = "p.lindqvist@ostermoor.example" if is_own else "alex@seller.example"
    item = mail(mailbox_owner=box, next_action_owner=owner)
    assert labels.figures([(item, reading([ask("send", party)]))])["next_action_owner_accuracy"] == mark
