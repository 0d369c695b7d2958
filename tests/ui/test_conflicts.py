"""A conflict on its card: three values, and an answer for each field somebody changed, from the keyboard alone."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from desktop.domain.deliveries import DeliveryState, Operation
from desktop.domain.errors import Rejected
from desktop.domain.proposals import Action, SuggestionState
from desktop.domain.records import RecordKind
from desktop.review.views import Answer
from desktop.ui import texts
from desktop.ui.theme import Theme
from tests.fakes import cards
from tests.fakes.clock import START
from tests.fakes.services import MemoryServices
from tests.ui.test_screenshots import colors_in, take

K = Qt.Key
BEFORE = {"phone": "+33170180000", "title": "Buyer", "email": "claire@vidal.example"}
MINE = {"phone": "+33170189900", "title": "Owner", "email": "office@atelier-vidal.example"}
LIVE = {"phone": "+33170185555", "title": "Head Buyer", "email": "claire@vidal.example"}


def conflict(operation=Operation.UPDATE):
    """Return a card with three fields in one change, two of which somebody changed meanwhile."""
    changes = [cards.change(name, MINE[name], 0.9, "Said in the text", before=BEFORE[name]) for name in MINE]
    contact = cards.suggestion(
        "c", Action.UPDATE, RecordKind.CONTACT, "Claire Vidal", changes, state=SuggestionState.CONFLICT
    )
    mail = cards.conflict().source
    card = cards.card_of("k", "Claire Vidal", mail, [contact])
    fields, before = (MINE, BEFORE) if operation is Operation.UPDATE else (BEFORE, MINE)
    entry = cards.entry(
        "c", DeliveryState.CONFLICT, "Somebody changed it.", operation=operation, fields=fields, before=before
    )
    return replace(card, entries={"c": entry}, live={"c": LIVE}, changed_at={"c": START})


@pytest.fixture
def memory():
    return MemoryServices([conflict(), cards.inquiry()])


@pytest.fixture
def at_conflict(window, press):
    press(K.Key_J)
    press(K.Key_Tab)
    return window


def rows(window):
    return {row.view.name: row.view for row in window.page.view.panels[0].rows}


def focused(window):
    found = window.page.view.focused_row()
    return found[1].view.name if found else None


def test_only_what_somebody_changed_takes_the_focus_and_shows_three_values(at_conflict, press) -> None:
    window = at_conflict
    assert focused(window) == "phone"
    row = rows(window)["phone"]
    assert (row.before, row.after) == ("+33170180000", "+33170189900")
    assert "+33170185555, changed" in row.live
    assert texts.ANSWERS[Answer.NONE] in row.spoken
    assert rows(window)["email"].answer is None
    press(K.Key_Tab)
    assert focused(window) == "title"


def test_theirs_here_and_mine_there(at_conflict, press, memory) -> None:
    window = at_conflict
    press(K.Key_Backspace)
    assert rows(window)["phone"].answer is Answer.THEIRS
    assert focused(window) == "title"
    press(K.Key_T)
    assert rows(window)["title"].answer is Answer.MINE
    assert memory.review.calls == []
    press(K.Key_Return)
    found = {"phone": LIVE["phone"], "title": LIVE["title"]}
    assert memory.calls("resolve") == [("c", {"phone": LIVE["phone"], "title": "Owner"}, found)]
    assert memory.book.state("c") is SuggestionState.QUEUED
    assert memory.agent.pokes == 1


def test_a_value_of_my_own(at_conflict, press, memory, qtbot) -> None:
    window = at_conflict
    press(K.Key_Tab)
    press(K.Key_E)
    editor = window.focusWidget()
    assert editor.toPlainText() == "Owner"
    editor.setPlainText("Founder")
    press(K.Key_Return)
    assert rows(window)["title"].answer is Answer.OWN
    assert rows(window)["title"].after == "Founder"
    assert focused(window) == "phone"
    press(K.Key_T)
    press(K.Key_Return)
    ((_, values, _),) = memory.calls("resolve")
    assert values == {"phone": MINE["phone"], "title": "Founder"}


def test_enter_sends_nothing_undecided(at_conflict, press, memory) -> None:
    window = at_conflict
    press(K.Key_Backspace)
    press(K.Key_Return)
    assert memory.review.calls == []
    assert texts.CONFLICT_FIRST in window.status.text
    assert focused(window) == "title"


def test_an_answer_can_be_changed_before_it_is_sent(at_conflict, press) -> None:
    window = at_conflict
    press(K.Key_Backspace)
    press(K.Key_Tab, Qt.KeyboardModifier.ShiftModifier)
    assert focused(window) == "phone"
    press(K.Key_T)
    assert rows(window)["phone"].answer is Answer.MINE


def test_x_keeps_theirs_everywhere_and_sends_the_rest(at_conflict, press, memory) -> None:
    press(K.Key_X)
    found = {"phone": LIVE["phone"], "title": LIVE["title"]}
    assert memory.calls("resolve") == [("c", found, found)]


def test_what_was_chosen_survives_a_refusal(at_conflict, press, memory) -> None:
    window = at_conflict
    press(K.Key_Backspace)
    press(K.Key_T)
    memory.review.refusal = Rejected("It was changed once more in the CRM.")
    press(K.Key_Return)
    assert "once more" in window.banner.text
    assert rows(window)["phone"].answer is Answer.THEIRS


def test_an_undo_in_conflict_shows_what_it_would_put_back(open_window) -> None:
    window = open_window(MemoryServices([conflict(Operation.RESTORE)]))
    row = rows(window)["phone"]
    assert (row.before, row.after) == ("+33170189900", "+33170180000")
    assert "+33170185555" in row.live


def test_the_buttons_say_what_they_do(at_conflict) -> None:
    panel = at_conflict.page.view.panels[0]
    words = {made.text() for made in (panel._accept, panel._dismiss) if made.isVisible()}
    assert words == {texts.SEND_ANSWER, texts.KEEP_THEIRS}


@pytest.mark.parametrize(
    ("name", "scheme"), [("answers-light", Qt.ColorScheme.Light), ("answers-dark", Qt.ColorScheme.Dark)]
)
def test_answers_are_painted(at_conflict, press, screenshots, name, scheme) -> None:
    theme = at_conflict.findChild(Theme)
    theme.use(scheme)
    press(K.Key_Backspace)
    image = take(at_conflict, name, screenshots)
    theme.use(Qt.ColorScheme.Light)
    assert colors_in(image) > 20


def test_t_from_the_list_sends_all_of_mine_over_what_was_shown(window, press, memory) -> None:
    press(K.Key_J)
    press(K.Key_T)
    assert memory.calls("resolve") == [
        ("c", {"phone": MINE["phone"], "title": MINE["title"]}, {"phone": LIVE["phone"], "title": LIVE["title"]})
    ]


def test_a_record_somebody_worked_on_is_removed_whole_or_not_at_all(open_window, qtbot) -> None:
    card = conflict(Operation.REMOVE)
    made = {"phone": MINE["phone"], "title": MINE["title"]}
    entry = replace(card.entries["c"], fields={}, before=made)
    memory = MemoryServices([replace(card, entries={"c": entry}, live={"c": {**made, "title": "Head Buyer"}})])
    window = open_window(memory)
    shown = rows(window)
    assert (shown["phone"].after, shown["phone"].live) == (texts.REMOVED, "")
    assert "Head Buyer" in shown["title"].live
    panel = window.page.view.panels[0]
    assert panel.view.state_help.endswith(texts.REMOVE_HELP)
    panel.setFocus()
    qtbot.keyClick(window.focusWidget(), K.Key_T)
    qtbot.waitUntil(lambda: memory.calls("retry") == [("c",)])
