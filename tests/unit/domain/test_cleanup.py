"""Which Record stays, which value, and that no value vanishes without being listed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.cleanup import (
    Cluster,
    Member,
    MergePlan,
    Strategy,
    merged_fields,
    merging,
    same_fields,
    usual_plan,
)
from desktop.domain.ids import ClusterId, ConnectionId, RecordId
from desktop.domain.records import RecordKind
from tests.fakes.duplicates import snapshot


def cluster(*members: Member) -> Cluster:
    return Cluster(ClusterId("c"), ConnectionId("crm"), RecordKind.CONTACT, members, 0.9)


def fields(found: Cluster, **strategies: str):
    chosen = {name: Strategy(word) for name, word in strategies.items()}
    plan = MergePlan(usual_plan(found).kept, chosen)
    return {field.name: field for field in merged_fields(found, plan)}


ANN = snapshot("1", hours=1, first_name="Ann", title=None, phone="+49 30 1234567", email="Ann@a.example")
ANNE = snapshot("2", hours=2, first_name="Anne-Marie", title="Buyer", phone="030 1234567", email="ann@a.example")
ANNI = snapshot("3", hours=3, first_name="Anni", title="CEO", phone="+49 30 7654321", email="anni@a.example")
ALL = cluster(Member(ANN, links=2), Member(ANNE), Member(ANNI, links=1))


def test_the_record_with_most_links_stays_then_the_fullest_then_the_one_left_alone_longest():
    assert usual_plan(ALL).kept == "1"
    assert usual_plan(cluster(Member(ANN), Member(ANNE))).kept == "2"
    assert usual_plan(cluster(Member(ANNI), Member(ANNE))).kept == "2"


def test_what_stands_stays_and_what_is_empty_takes_the_newest():
    found = fields(ALL)
    assert (found["first_name"].strategy, found["first_name"].after) == (Strategy.KEEP, "Ann")
    assert (found["title"].strategy, found["title"].after) == (Strategy.NEWEST, "CEO")
    assert not found["first_name"].is_change
    assert found["title"].is_change


@pytest.mark.parametrize(
    ("strategy", "value"), [("keep", "Ann"), ("other", "Anne-Marie"), ("newest", "Anni"), ("longest", "Anne-Marie")]
)
def test_strategies(strategy, value):
    assert fields(ALL, first_name=strategy)["first_name"].after == value


def test_keeping_an_empty_field_leaves_it_empty_and_says_what_vanishes():
    title = fields(ALL, title="keep")["title"]
    assert (title.after, title.vanishing) == (None, ("Buyer", "CEO"))


def test_another_spelling_of_the_same_value_does_not_vanish():
    found = fields(ALL)
    assert found["phone"].vanishing == ("+49 30 7654321",)
    assert found["email"].vanishing == ("anni@a.example",)


def test_a_record_set_apart_neither_gives_nor_loses_a_value():
    plan = MergePlan(RecordId("1"), apart=(RecordId("3"),))
    found = {field.name: field for field in merged_fields(ALL, plan)}
    assert found["title"].after == "Buyer"
    assert found["email"].vanishing == ()
    with pytest.raises(LookupError):
        merging(ALL, MergePlan(RecordId("1"), apart=(RecordId("2"), RecordId("3"))))
    with pytest.raises(LookupError):
        merging(ALL, MergePlan(RecordId("1"), apart=(RecordId("1"),)))


def test_a_field_that_is_not_shown_is_not_touched():
    assert "mobile" not in fields(ALL)


def test_empty_and_absent_are_the_same():
    assert same_fields(snapshot("1", title=None, email=""), snapshot("1"))
    assert not same_fields(snapshot("1", title="CEO"), snapshot("1"))


VALUES = st.none() | st.text(max_size=6) | st.sampled_from(["a", "b", "A", " a"])
NAMES = ("first_name", "last_name", "title", "email")
RECORDS = st.lists(st.fixed_dictionaries(dict.fromkeys(NAMES, VALUES)), min_size=2, max_size=4)


@given(RECORDS, st.dictionaries(st.sampled_from(NAMES), st.sampled_from(list(Strategy))))
def test_every_value_is_kept_or_listed(values, strategies):
    members = [Member(snapshot(str(n), hours=n, **given)) for n, given in enumerate(values)]
    found = cluster(*members)
    for field in merged_fields(found, MergePlan(usual_plan(found).kept, strategies)):
        kept = {" ".join((value or "").split()).casefold() for value in (field.after, *field.vanishing)}
        for member in members:
            value = member.record.fields[field.name]
            assert not value or " ".join(value.split()).casefold() in kept
