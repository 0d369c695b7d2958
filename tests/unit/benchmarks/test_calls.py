"""The yardstick for calls: what counts as right, what is made up, and what must not be told."""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from desktop.domain.evidence import Evidence, Fact, FactKind, Part, Party, Span
from tests.benchmarks import understanding
from tests.benchmarks.understanding import call_gold, call_matching, calls
from tests.unit.benchmarks.situations import reading

TURNS = [
    {"speaker": "rep", "start": 0.5, "text": "Hi Nora, it's Ben Ash from Pinecrest. What's the budget?"},
    {"speaker": "customer", "start": 6.0, "text": "It's twelve five for the year, for thirty seats."},
    {"speaker": "rep", "start": 12.0, "text": "Good. I'll send you the quote by Friday."},
    {
        "speaker": "customer",
        "start": 18.0,
        "text": "Great. My father is very ill, that's private, don't put it in the crm.",
    },
]
GOLD = {
    "parties": [
        {"name": "Ben Ash", "side": "rep", "role": "sales rep"},
        {"name": "Nora", "side": "customer", "role": "customer", "company": None},
    ],
    "mentioned_people": [],
    "summary_points": ["Ben sends the quote by Friday.", "Nora complains about deliveries to Lisbon in winter."],
    "action_items": [
        {"owner": "Ben Ash", "text": "send the quote", "due": {"text": "by Friday", "iso": "2026-09-18"},
         "evidence": "I'll send you the quote by Friday"},
    ],
    "sentiment": {"label": "positive", "also": ["neutral"]},
    "products": [],
    "dates": [{"text": "by Friday", "iso": "2026-09-18"}],
    "amounts": [{"text": "twelve five", "value": 12500, "currency": "GBP"}],
    "quantities": [{"text": "thirty seats", "value": 30}],
    "intent": "discovery",
    "crm_fields": {"amount": {"value": 12500}, "competitor": None},
    "must_not_store": [{"value": "illness of the father", "evidence": "that's private, don't put it in the crm"}],
}  # fmt: skip


def record(**changes) -> dict:
    return {"id": "c1", "call_date": "2026-09-15", "turns": TURNS, "asr_turns": None, "gold": GOLD, **changes}


def said(kind: FactKind, value: str, words: str, **changes) -> Fact:
    """Return a Fact at words that stand in the call."""
    start = calls.annotated(record()).call.text.index(words)
    evidence = Evidence(Span(Part.BODY, start, start + len(words)), words)
    return replace(Fact(kind, value, evidence, 0.8, "heard"), **changes)


GOOD = (
    said(FactKind.PERSON, "Nora", "Nora"),
    said(FactKind.AMOUNT, "12500.00", "twelve five"),
    said(FactKind.QUANTITY, "thirty seats", "thirty seats"),
    said(FactKind.DATE, "2026-09-18", "Friday"),
    said(FactKind.PROMISE, "I'll send you the quote by Friday.", "I'll send you the quote by Friday.",
         owner=Party.REP, due="2026-09-18"),
)  # fmt: skip


def scored(*facts: Fact, **changes) -> dict:
    item = calls.annotated(record())
    return calls.scored([(item, replace(reading(list(facts)), **changes))])[0]


def test_all_right() -> None:
    found = scored(*GOOD, summary="I'll send you the quote by Friday, Ben.")
    for name in ("contact_name", "people", "amounts", "deal_amount", "quantities", "dates", "action_items"):
        assert (found[name]["precision"], found[name]["recall"]) == (1.0, 1.0), name
    assert (found["action_owner_accuracy"], found["action_due_accuracy"]) == (1.0, 1.0)
    assert found["summary_point_recall"] == 0.5
    assert (found["invented"], found["private_told"]) == (0, 0)


def test_all_wrong() -> None:
    wrong = (
        said(FactKind.PERSON, "Pinecrest", "Pinecrest"),
        said(FactKind.AMOUNT, "5000.00", "five"),
        said(FactKind.COMPETITOR, "Pinecrest", "Pinecrest"),
        said(FactKind.DATE, "2026-10-01", "Friday"),
        said(FactKind.PROMISE, "Good", "Good"),
    )
    found = scored(*wrong)
    for name in ("contact_name", "people", "amounts", "deal_amount", "dates", "competitors", "action_items"):
        assert found[name]["precision"] == 0.0, name
    assert found["quantities"]["recall"] == 0.0


def test_a_value_that_words_do_not_give_is_made_up() -> None:
    assert scored(said(FactKind.AMOUNT, "99000.00", "twelve five"))["invented"] == 1
    moved = replace(GOOD[0], evidence=replace(GOOD[0].evidence, text="Mora"))
    assert scored(moved)["invented"] == 1


def test_what_was_said_in_private_may_reach_neither_fact_nor_summary() -> None:
    assert scored(said(FactKind.QUESTION, "My father is very ill", "My father is very ill"))["private_told"] == 1
    assert scored(summary="My father is very ill")["private_told"] == 1


def test_a_contact_named_by_the_telephone_is_only_compared_by_name() -> None:
    assert call_gold.same_name("Nora", "Ms Nora Quist")
    assert not call_gold.same_name("Nora Quist", "Nora Alder")


def test_whose_turn_a_task_is() -> None:
    owners = {
        "Ben Ash": Party.REP,
        "Nora": Party.CONTACT,
        "agent": Party.REP,
        "buyer": Party.CONTACT,
        "the plant": Party.OTHER,
    }
    assert {owner: call_gold.side_of_owner(GOLD, owner) for owner in owners} == owners


@pytest.mark.parametrize(
    ("value", "iso", "fits"),
    [
        ("2026-11-10", "2026-11-09/2026-11-15", True),
        ("2026-11-16", "2026-11-09/2026-11-15", False),
        ("2026-07-20", "2026-07", True),
        ("2026-12-02", "2026-W49", True),
        ("2026-09-17", "2026-09-17T14:30", True),
        ("2026-09-18", "2026-09-17T14:30", False),
    ],
)
def test_days(value: str, iso: str, fits: bool) -> None:
    answer = {"text": "then", "iso": iso}
    assert call_matching.is_day(value, answer, said={value: "some other words"}, is_dated=True) is fits


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("twenty two five", 22500),
        ("vierunddreißig acht", 34800),
        ("vierunddreißigtausendachthundert", 34800),
        ("dreiunddreißig null sechs", 33060),
        ("thirty one", 31000),
        ("one hundred and six", 106),
        ("twenty two and a half thousand", 22500),
    ],
)
def test_numbers_that_words_can_mean(words: str, number: int) -> None:
    assert Decimal(number) in call_matching._said_numbers(words)


def test_the_part_writes_its_figures_under_calls(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "call_transcripts_x.jsonl").write_text(json.dumps(record()) + "\n")
    found = understanding.run(tmp_path, only="calls")["rules"]["calls"]
    assert {"precision", "recall", "f1", "n"} == set(found["amounts"])
    assert found["amounts"]["f1"] == 1.0
    assert (found["n"], found["invented"], found["private_told"]) == (1, 0, 0)
    assert "action items" in capsys.readouterr().out


def test_without_calls_the_part_is_skipped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "calls" not in understanding.run(tmp_path, only="calls")["rules"]
    assert "was skipped" in capsys.readouterr().out
