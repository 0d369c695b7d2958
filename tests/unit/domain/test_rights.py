"""What a CRM lets the rep write, said in sentences."""

import pytest

from desktop.domain.records import FIELDS, RecordKind
from desktop.domain.rights import FieldRule, Quota, RecordRules, anything_goes

RULES = RecordRules(
    RecordKind.OPPORTUNITY,
    fields={
        "name": FieldRule(is_required=True, max_length=10),
        "stage": FieldRule(choices=("New", "Won")),
        "amount": FieldRule(can_update=False),
        "close_date": FieldRule(can_create=False, can_update=False),
    },
)


@pytest.mark.parametrize(
    ("name", "value", "is_new", "words"),
    [
        ("name", "Pumps", True, ""),
        ("name", "Ten exactly"[:10], True, ""),
        ("name", "Eleven long", True, "holds 10 characters in your CRM: shorten it by 1"),
        ("name", None, True, "cannot be empty"),
        ("stage", "New", False, ""),
        ("stage", None, False, ""),
        ("stage", "new", False, "takes one of: New, Won"),
        ("amount", "12", True, ""),
        ("amount", "12", False, "does not let you write “Amount”, so it is left out"),
        ("close_date", "2027-01-01", True, "does not let you write “Close date”"),
        ("next_step", "Call", True, "does not show you “Next step”"),
    ],
)
def test_a_problem_is_said_before_the_crm_says_it(name, value, is_new, words):
    problem = RULES.problem(name, value, is_new=is_new)
    assert (words in problem) if words else problem == ""


def test_required_fields_and_choices():
    assert RULES.required == ("name",)
    assert RULES.choices("stage") == ("New", "Won")
    assert RULES.choices("next_step") == RULES.choices("name") == ()


@pytest.mark.parametrize("kind", list(RecordKind))
def test_a_crm_that_was_not_asked_takes_anything(kind):
    rules = anything_goes(kind)
    assert all(rules.problem(name, "x" * 40_000, is_new=new) == "" for name in FIELDS[kind] for new in (True, False))


@pytest.mark.parametrize(
    ("used", "limit", "share", "is_short"),
    [(0, 100, 0.0, False), (79, 100, 0.79, False), (80, 100, 0.8, True), (120, 100, 1.0, True), (0, 0, 1.0, True)],
)
def test_a_quota_that_runs_short(used, limit, share, is_short):
    quota = Quota(used, limit)
    assert quota.share == share
    assert quota.is_short is is_short


@pytest.mark.parametrize(("left", "is_short"), [(20_000, False), (1000, False), (999, True), (0, True)])
def test_a_crm_that_tells_only_what_is_left(left, is_short):
    assert Quota(0, None, left=left).is_short is is_short
    assert Quota(0, None, left=left).share == (0.0 if left else 1.0)
    assert Quota(0, None, left=900).sentence == "Only 900 of the calls it allows are left."


def test_a_quota_in_words():
    assert Quota(4199, 5000).sentence == "83 % of the calls it allows are used (4,199 of 5,000)."


def test_where_a_link_may_lead():
    usual = RecordRules(RecordKind.TASK, fields={"contact": FieldRule(), "related": FieldRule()})
    both = frozenset({RecordKind.CONTACT, RecordKind.LEAD})
    wider = RecordRules(RecordKind.TASK, fields={"contact": FieldRule(targets=both), "related": FieldRule()})
    assert usual.takes("contact", RecordKind.CONTACT)
    assert not usual.takes("contact", RecordKind.LEAD)
    assert all(wider.takes("contact", kind) for kind in both)
    assert not wider.takes("related", RecordKind.LEAD)
    assert usual.takes("account", RecordKind.ACCOUNT)  # hidden: whoever writes it is told that, and not this
    assert "lead" in usual.problem("contact", "lead:1", is_new=True)
    for link in ("contact:1", "suggestion:1", "something else", "folder:1"):
        assert usual.problem("contact", link, is_new=True) == ""
    assert wider.problem("contact", "lead:1", is_new=True) == ""
