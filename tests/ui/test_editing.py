"""Editing in place: validation says what is wrong, nothing typed is lost, a refresh leaves it alone."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from desktop.domain.errors import Rejected
from desktop.domain.events import Event, EventName
from desktop.domain.records import RecordKind
from desktop.ui import texts
from tests.fakes import cards
from tests.fakes.services import MemoryServices

K = Qt.Key


def row(window, suggestion: str, field: str):
    panel = window.page.view.panel_of(suggestion)
    return next(row for row in panel.rows if row.view.name == field)


def edit(window, press, suggestion: str, field: str, text: str, key=K.Key_E):
    window.page.view.focus_on(row(window, suggestion, field))
    press(key)
    editor = window.focusWidget()
    editor.setPlainText(text)
    return editor


@pytest.mark.parametrize("key", [K.Key_E, K.Key_F2])
def test_enter_keeps_and_accept_takes_it_along(window, press, memory, key) -> None:
    edit(window, press, "inquiry-contact", "title", "COO", key)
    press(K.Key_Return)
    made = row(window, "inquiry-contact", "title")
    assert (made.view.after, made.view.mark_words) == ("COO", texts.EDITED)
    assert made.hasFocus()
    press(K.Key_Return)
    assert memory.calls("accept") == [("inquiry-contact", {"title": "COO"})]


def test_esc_gives_up(window, press, memory) -> None:
    edit(window, press, "inquiry-contact", "title", "COO")
    press(K.Key_Escape)
    assert row(window, "inquiry-contact", "title").view.after == "Head of Operations"
    press(K.Key_E)
    assert window.focusWidget().toPlainText() == "Head of Operations"


@pytest.mark.parametrize(
    "case",
    [
        ("inquiry-opportunity", "close_date", "soon", "2026-04-30", "30 Apr 2026"),
        ("inquiry-opportunity", "amount", "a lot", "19000", "19,000.00"),
        ("inquiry-contact", "email", "jana", "jana@nordlicht.example", "jana@nordlicht.example"),
        ("inquiry-contact", "phone", "ask her", "+49 30 5550 1421", "+493055501421"),
    ],
)
def test_a_wrong_shape_is_said_and_stays(window, press, case) -> None:
    suggestion, field, wrong, right, shown = case
    editor = edit(window, press, suggestion, field, wrong)
    press(K.Key_Return)
    made = row(window, suggestion, field)
    assert made.is_editing
    assert made.typed == wrong
    assert made.error
    assert editor.accessibleDescription() == made.error
    editor.setPlainText(right)
    press(K.Key_Return)
    assert made.view.after == shown


def test_the_proposed_value_again_is_no_edit(window, press, memory) -> None:
    edit(window, press, "inquiry-contact", "title", " Head of Operations ")
    press(K.Key_Return)
    press(K.Key_Return)
    assert memory.calls("accept") == [("inquiry-contact", {})]


def test_an_emptied_field_is_none(window, press, memory) -> None:
    edit(window, press, "inquiry-contact", "title", "  ")
    press(K.Key_Return)
    assert row(window, "inquiry-contact", "title").view.mark_words == texts.LEFT_OUT
    press(K.Key_Return)
    assert memory.calls("accept") == [("inquiry-contact", {"title": None})]


def test_a_field_is_left_out_and_taken_in_again(window, press, memory) -> None:
    press(K.Key_J)
    window.page.view.focus_on(row(window, "update-contact", "phone"))
    press(K.Key_Backspace)
    assert row(window, "update-contact", "phone").view.is_left_out
    press(K.Key_Backspace)
    assert not row(window, "update-contact", "phone").view.is_left_out
    press(K.Key_Backspace)
    press(K.Key_Return)
    assert memory.calls("accept") == [("update-contact", {"phone": "+442079460001"})]


def test_a_link_cannot_be_typed(window, press) -> None:
    window.page.view.focus_on(row(window, "inquiry-contact", "account"))
    press(K.Key_E)
    assert window.page.view.editing is None
    assert texts.LINK_FIELD in window.status.text


def test_letters_are_letters_while_editing(window, press, memory, qtbot) -> None:
    editor = edit(window, press, "inquiry-contact", "title", "")
    qtbot.keyClicks(editor, "xazsjk/?123")
    assert editor.toPlainText() == "xazsjk/?123"
    assert memory.review.calls == []


def test_a_refresh_while_editing_loses_nothing(window, press, memory, qtbot) -> None:
    editor = edit(window, press, "inquiry-contact", "title", "")
    qtbot.keyClicks(editor, "Chief of ")
    card = memory.book.cards["inquiry"]
    more = cards.suggestion(
        "inquiry-task",
        cards.Action.CREATE,
        RecordKind.TASK,
        "Send offer",
        [cards.change("subject", "Send offer", 0.9, "")],
    )
    suggestions = (more, *(replace(s, reason="Another reason.") for s in card.proposal.suggestions))
    memory.book.put(replace(card, proposal=replace(card.proposal, suggestions=suggestions)))
    memory.agent.emit(Event(EventName.PROPOSAL_CHANGED, ("inquiry",)))
    qtbot.waitUntil(lambda: len(window.page.view.panels) == 4)
    assert window.focusWidget() is editor
    qtbot.keyClicks(editor, "Staff")
    press(K.Key_Return)
    assert row(window, "inquiry-contact", "title").view.after == "Chief of Staff"


def test_typing_waits_while_another_card_is_looked_at(window, press, qtbot) -> None:
    edit(window, press, "inquiry-opportunity", "close_date", "end of spring")
    window.page.list.select(1)
    window.page.list.select(0)
    window.page.view.focus_on(row(window, "inquiry-opportunity", "close_date"))
    press(K.Key_E)
    assert window.focusWidget().toPlainText() == "end of spring"


def test_kept_values_survive_moving_about(window, press) -> None:
    edit(window, press, "inquiry-contact", "title", "COO")
    press(K.Key_Return)
    press(K.Key_J)
    press(K.Key_K)
    assert row(window, "inquiry-contact", "title").view.after == "COO"


def test_shift_enter_starts_a_line_in_text(window, press, qtbot) -> None:
    editor = edit(window, press, "inquiry-contact", "title", "one")
    editor.moveCursor(editor.textCursor().MoveOperation.End)
    qtbot.keyClick(editor, K.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(editor, "two")
    assert editor.toPlainText() == "one\ntwo"


def test_a_very_long_value_is_edited_whole(open_window, qtbot) -> None:
    text = "word " * 4000
    one = cards.suggestion(
        "long",
        cards.Action.CREATE,
        RecordKind.CASE,
        "Long",
        [cards.change("description", text.strip(), 0.5, "The mail")],
    )
    mail = cards.source("Long", ("A", "a@b.example"), "x", cards.START)
    window = open_window(MemoryServices([cards.card_of("long", "Long", mail, [one])]))
    assert window.page.view.panels[0].height() < 300
    qtbot.keyClick(window.focusWidget(), K.Key_E)
    assert window.focusWidget().toPlainText() == text.strip()
    assert window.page.view.panels[0].height() < 400


def test_the_row_that_is_edited_stays_in_view(window, press, qtbot) -> None:
    edit(window, press, "inquiry-opportunity", "close_date", "soon")
    press(K.Key_Return)
    window.trouble(Rejected("This takes room at the top."))
    qtbot.wait(20)
    made = row(window, "inquiry-opportunity", "close_date")
    assert made.error
    assert made.visibleRegion().boundingRect().height() == made.height()
