"""The clean-up page by keyboard alone: found, chosen, asked once, decided."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from desktop.domain.cleanup import Strategy
from desktop.domain.errors import Rejected
from desktop.review.cleanup_views import CleanupShelf, CleanupState
from desktop.ui.cleanup import words
from desktop.ui.cleanup.cluster_list import SHAPES
from desktop.ui.cleanup.keys import KEYS
from desktop.ui.cleanup.presentation import Part, rows_of
from desktop.ui.theme import Theme
from tests.fakes.cleanup import people
from tests.fakes.clock import START
from tests.ui.test_screenshots import colors_in, take

Q = Qt.Key


@pytest.fixture
def page(qtbot, window, press):
    press(Q.Key_C)
    qtbot.waitUntil(lambda: not window.cleanup.is_comparing)
    qtbot.waitUntil(lambda: window.bridge.is_idle)
    return window.cleanup


@pytest.fixture
def read(qtbot, window, page):
    """Return a function that reads the page again and waits for it."""

    def reader():
        page.read()
        qtbot.waitUntil(lambda: window.bridge.is_idle)

    return reader


def row(page, part, key=""):
    return next(r for r in page.card.rows if r.view.part is part and key in ("", r.view.key))


def calls(memory, name):
    return [call[1:] for call in memory.cleanup.calls if call[0] == name]


def go_to(page, part, key=""):
    row(page, part, key).setFocus(Qt.FocusReason.TabFocusReason)


def test_a_key_opens_it_and_another_closes_it(window, page, press, memory):
    assert page.isVisible()
    assert not window.page.isVisible()
    assert calls(memory, "look") == [()]
    assert [view.cluster.id for view in page.model.views] == ["people", "firms"]
    press(Q.Key_Escape)
    assert not page.isVisible()
    assert window.page.isVisible()
    assert window.page.list.hasFocus()
    press(Q.Key_C)
    assert page.isVisible()


def test_it_is_in_the_sheet_of_keys_and_has_one_of_its_own(window, page, press):
    press(Q.Key_Question)
    sheets = [sheet for sheet in window.children() if sheet.objectName() == "" and "All keys" in _name(sheet)]
    assert any(sheet.isVisible() for sheet in sheets)
    press(Q.Key_Escape)
    assert page.list.hasFocus()
    assert {"Move", "Decide", "Change", "Look"} == {title for title, _ in KEYS}


def _name(widget):
    return widget.accessibleName() if hasattr(widget, "accessibleName") else ""


def test_enter_asks_once_and_enter_merges(page, press, memory, window):
    press(Q.Key_Return)
    assert "cannot be undone" in page.card.confirm.text
    assert calls(memory, "merge") == []
    press(Q.Key_Return)
    ((cluster_id, plan, seen),) = calls(memory, "merge")
    assert (cluster_id, plan.kept) == ("people", "001")
    assert seen.id == "people"
    assert memory.agent.pokes == 1
    assert [view.cluster.id for view in page.model.views] == ["firms"]


def test_what_comes_in_meanwhile_leaves_the_question_open_unless_it_is_about_it(page, press, memory, read):
    press(Q.Key_Return)
    memory.cleanup.views["firms"] = replace(memory.cleanup.views["firms"], crm="Other")
    read()
    assert page.card.confirm.text
    view = memory.cleanup.views["people"]
    memory.cleanup.views["people"] = replace(view, cluster=replace(view.cluster, members=view.cluster.members[::-1]))
    read()
    assert page.card.confirm.text == ""


@pytest.mark.parametrize("key", [Q.Key_Escape, Q.Key_X, Q.Key_J])
def test_esc_does_not_merge_and_no_other_key_answers(page, press, memory, key):
    press(Q.Key_Return)
    press(key)
    assert page.isVisible()
    assert (page.card.confirm.text == "") is (key == Q.Key_Escape)
    press(Q.Key_Escape)
    assert calls(memory, "merge") == calls(memory, "dismiss") == []


def test_another_record_may_stay(page, press, memory):
    press(Q.Key_Tab)
    press(Q.Key_Tab)
    assert page.card.focused.view.key == "002"
    press(Q.Key_S)
    assert page.current.plan.kept == "002"
    assert row(page, Part.RECORD, "002").view.label == words.RECORD_STAYS
    assert row(page, Part.FIELD, "first_name").view.text == "Anne"
    assert calls(memory, "choose")[-1][1].kept == "002"


def test_a_field_takes_the_next_value_and_what_vanishes_is_said(page, press):
    assert row(page, Part.FIELD, "phone").view.vanishing == "Vanishes: +493099887766"
    go_to(page, Part.FIELD, "phone")
    press(Q.Key_O)
    assert page.current.plan.strategies["phone"] is Strategy.OTHER
    assert row(page, Part.FIELD, "phone").view.text == "+493099887766"
    assert row(page, Part.FIELD, "phone").view.vanishing == "Vanishes: +493012345678"
    press(Q.Key_O)
    assert row(page, Part.FIELD, "phone").view.text == "+493012345678"


def test_a_field_with_one_value_says_so(window, page, press):
    go_to(page, Part.FIELD, "email")
    press(Q.Key_O)
    assert page.current.plan.strategies == {}
    assert window.status.text.startswith(words.ONE_VALUE)


def test_what_vanishes_goes_into_a_note_only_on_request(page, press):
    assert row(page, Part.NOTE).view.text == words.NOTE_NO
    press(Q.Key_N)
    assert page.current.plan.with_note
    assert row(page, Part.NOTE).view.text == words.NOTE_YES
    press(Q.Key_N)
    assert not page.current.plan.with_note


def test_one_of_three_may_be_another(page, press):
    press(Q.Key_J)
    assert page.current.cluster.id == "firms"
    go_to(page, Part.RECORD, "003")
    press(Q.Key_Backspace)
    assert page.current.plan.apart == ("003",)
    go_to(page, Part.RECORD, "002")
    press(Q.Key_Backspace)
    assert page.current.plan.apart == ("003",)
    go_to(page, Part.RECORD, "003")
    press(Q.Key_Backspace)
    assert page.current.plan.apart == ()


def test_not_the_same(page, press, memory):
    press(Q.Key_X)
    assert calls(memory, "dismiss") == [("people",)]
    press(Q.Key_3)
    assert page.current.cluster.id == "people"
    press(Q.Key_U)
    assert calls(memory, "take_back") == [("people",)]
    press(Q.Key_1)
    assert len(page.model.views) == 2


def test_where_the_crm_cannot_merge_the_card_says_what_is_left_to_do(page, press, memory, read):
    press(Q.Key_J)
    press(Q.Key_Return)
    assert "nothing is deleted" in page.card.confirm.text
    press(Q.Key_Return)
    press(Q.Key_2)
    memory.cleanup.set_state("firms", CleanupState.BY_HAND, "Nordwind Logistik (002)")
    read()
    assert "by hand in Salesforce: Nordwind Logistik (002)" in page.card.accessibleName()


def test_a_refusal_is_said_and_nothing_is_lost(window, page, press, memory):
    memory.cleanup.refusal = Rejected("One of these records was changed meanwhile: look again before you decide.")
    press(Q.Key_Return)
    press(Q.Key_Return)
    assert "changed meanwhile" in window.banner.text
    assert page.current.cluster.id == "people"


def test_what_was_decided_asks_for_nothing(page, press, memory):
    press(Q.Key_X)
    press(Q.Key_3)
    press(Q.Key_Return)
    assert page.card.confirm.text == ""
    assert all(not r.view.is_open for r in page.card.rows)


def test_comparing_again_finds_more(qtbot, page, press, memory, read):
    memory.cleanup.views.clear()
    read()
    assert page.empty.isVisible()
    memory.cleanup.fresh = [people()]
    press(Q.Key_R)
    qtbot.waitUntil(lambda: not page.is_comparing)
    read()
    assert page.current.cluster.id == "people"


def test_the_selected_cluster_stays_selected_when_others_come(page, press, memory, read):
    press(Q.Key_J)
    memory.cleanup.views = dict(reversed(list(memory.cleanup.views.items())))
    read()
    assert page.current.cluster.id == "firms"
    assert page.list.at == 0


def test_letters_of_the_review_page_do_nothing_here(page, press, memory):
    for key in (Q.Key_A, Q.Key_D, Q.Key_E, Q.Key_W, Q.Key_Slash):
        press(key)
    assert memory.review.calls == []
    assert page.isVisible()


def test_every_row_can_be_heard(page):
    for shown in page.card.rows:
        assert shown.accessibleName() == shown.view.spoken
    assert "Vanishes" in row(page, Part.FIELD, "phone").accessibleName()


def test_every_state_and_shelf_has_words():
    assert set(words.CLEANUP_STATES) == set(words.CLEANUP_HELP) == set(SHAPES) == set(CleanupState)
    assert set(words.CLEANUP_SHELVES) == set(words.EMPTY_CLEANUP) == set(CleanupShelf)
    assert set(words.STRATEGIES) == set(Strategy)


def test_references_go_by_their_names():
    rows = {shown.key: shown for shown in rows_of(people(), START)}
    assert rows["account"].text == "Nordwind Logistik GmbH"


@pytest.mark.parametrize(
    ("name", "scheme"), [("cleanup-light", Qt.ColorScheme.Light), ("cleanup-dark", Qt.ColorScheme.Dark)]
)
def test_the_page_is_painted(window, page, press, screenshots, name, scheme):
    theme = window.findChild(Theme)
    theme.use(scheme)
    go_to(page, Part.FIELD, "phone")
    if scheme is Qt.ColorScheme.Dark:
        press(Q.Key_Return)
    image = take(window, name, screenshots)
    theme.use(Qt.ColorScheme.Light)
    assert colors_in(image) > 30
