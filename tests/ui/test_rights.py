"""What the CRM lets the rep write stands on the card before the press: closed fields are left out, bad values said."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from desktop.domain.rights import FieldRule, RecordRules, anything_goes
from desktop.ui import texts
from tests.fakes import cards
from tests.fakes.services import MemoryServices
from tests.ui.test_screenshots import colors_in, take


def with_rules(card, number, change):
    """Return a card whose CRM has rules of its own for one of its suggestions."""
    suggestion = card.proposal.suggestions[number]
    return replace(card, rules={**card.rules, suggestion.id: change(anything_goes(suggestion.kind))})


def strict(rules: RecordRules) -> RecordRules:
    fields = {**rules.fields, "title": FieldRule(max_length=8)}
    del fields["phone"]
    return replace(rules, fields=fields)


def contact_of(card):
    kinds = [suggestion.kind.value for suggestion in card.proposal.suggestions]
    return kinds.index("contact")


@pytest.fixture
def memory():
    card = cards.inquiry()
    return MemoryServices([with_rules(card, contact_of(card), strict)])


def fields(window):
    panel = next(panel for panel in window.page.view.panels if "contact" in panel.view.heading)
    return {field.name: field for field in panel.view.fields}


def test_a_closed_field_is_left_out_and_says_so(open_window, memory, screenshots) -> None:
    window = open_window(memory)
    found = fields(window)
    assert found["phone"].is_left_out
    assert found["phone"].mark_words == texts.LEFT_OUT
    assert "does not show you “Phone”" in found["phone"].spoken
    assert colors_in(take(window, "rights", screenshots)) > 30


def test_a_value_that_is_too_long_says_by_how_much(open_window, memory) -> None:
    found = fields(open_window(memory))
    assert "holds 8 characters in your CRM: shorten it by" in found["title"].problem
    assert found["title"].problem in found["title"].spoken
    assert not found["title"].is_left_out


def test_what_may_not_be_made_at_all_says_so_at_the_top(open_window) -> None:
    card = cards.inquiry()
    card = with_rules(card, contact_of(card), lambda rules: replace(rules, can_create=False))
    window = open_window(MemoryServices([card]))
    panel = next(panel for panel in window.page.view.panels if "contact" in panel.view.heading)
    assert "does not let you create a contact" in panel.view.state_help


def test_a_crm_that_takes_anything_says_nothing(open_window, press) -> None:
    window = open_window(MemoryServices([cards.inquiry()]))
    press(Qt.Key.Key_Tab)
    assert all(field.problem == "" for panel in window.page.view.panels for field in panel.view.fields)
