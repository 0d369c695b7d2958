"""The window as a whole: it appears first, stays in step with the agent, says what is wrong, and fits anywhere."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QLocale, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QPlainTextEdit, QPushButton, QWidget

from desktop.domain.errors import Temporary, UserActionNeeded
from desktop.domain.events import Event, EventName
from desktop.domain.ids import ProposalId
from desktop.domain.proposals import SuggestionState
from desktop.review.views import ConnectionHealth
from desktop.ui.application import build_window
from desktop.ui.review.field_row import FieldRow
from desktop.ui.theme import Theme
from desktop.ui.tokens import DARK, LIGHT
from tests.fakes import cards
from tests.fakes.services import MemoryServices

K = Qt.Key


def test_the_first_paint_has_the_cards_in_it_and_the_agent_comes_after_it(qtbot, clock) -> None:
    memory = MemoryServices()
    window = build_window(memory.services, clock)
    qtbot.addWidget(window)
    assert memory.queries.reads == 0
    ready: list[tuple[int, bool]] = []
    window.begin(lambda: ready.append((window.page.model.rowCount(), memory.agent.is_started)))
    assert window.isVisible()
    qtbot.waitUntil(lambda: bool(ready))
    qtbot.waitUntil(lambda: memory.agent.is_started)
    window.update()
    qtbot.wait(20)
    assert ready == [(4, False)]
    assert window.page.list.hasFocus()


def test_a_window_that_is_never_painted_has_an_agent_all_the_same(qtbot, clock) -> None:
    memory = MemoryServices()
    window = build_window(memory.services, clock)
    qtbot.addWidget(window)
    window.setUpdatesEnabled(False)
    window.begin()
    qtbot.waitUntil(lambda: memory.agent.is_started)


def test_a_new_card_appears_and_the_selected_one_stays(window, press, memory, qtbot) -> None:
    press(K.Key_J)
    fresh = replace(cards.complaint(), source=replace(cards.complaint().source, sent_at=cards.START))
    memory.book.put(replace(fresh, proposal=replace(fresh.proposal, id=ProposalId("fresh"))))
    memory.agent.emit(Event(EventName.PROPOSAL_READY, ("fresh",)))
    qtbot.waitUntil(lambda: window.page.model.rowCount() == 5)
    assert window.page.model.row(0).id == "fresh"
    assert window.page.model.row(window.page.list.at).id == "update"
    assert window.page.card.proposal.id == "update"


def test_what_happened_before_the_line_stood_is_read_when_it_stands(window, memory, qtbot) -> None:
    """The agent may have done all its work, and said so, before this window was there to hear it."""
    fresh = cards.complaint()
    memory.book.put(replace(fresh, proposal=replace(fresh.proposal, id=ProposalId("fresh"))))
    memory.queries.model_sentence = "The language model is ready."
    memory.agent.link(True)
    qtbot.waitUntil(lambda: window.page.model.rowCount() == 5)
    qtbot.waitUntil(lambda: "model is ready" in window.status.text)


def test_a_delivery_shows_up_by_itself(window, press, memory, qtbot) -> None:
    press(K.Key_Return)
    assert "1 on its way" in window.status.text
    memory.book.set_state("inquiry-account", SuggestionState.DELIVERED)
    memory.agent.emit(Event(EventName.DELIVERY_CHANGED, ("inquiry-account",)))
    qtbot.waitUntil(lambda: window.page.view.panels[0].view.state_words == "In the CRM")


def test_a_refresh_without_news_paints_nothing_again(window, qtbot) -> None:
    painted: list[int] = []

    class Watch(QWidget):
        def eventFilter(self, _watched, event) -> bool:
            painted.append(1) if event.type() == QEvent.Type.Paint else None
            return False

    qtbot.wait(30)
    watch = Watch()
    window.page.view.panels[0].installEventFilter(watch)
    window.page.refresh()
    qtbot.wait(30)
    window.page.view.panels[0].removeEventFilter(watch)
    assert painted == []


def test_the_line_to_the_agent_is_shown(window, memory, qtbot) -> None:
    assert "Watching your mail" in window.status.text
    memory.agent.link(False)
    qtbot.waitUntil(lambda: "not being watched" in window.status.text)
    memory.agent.link(True)
    qtbot.waitUntil(lambda: "Watching your mail" in window.status.text)


def test_rules_alone_and_a_broken_mailbox_are_said(window, memory, qtbot) -> None:
    assert "Rules alone" in window.status.text
    memory.queries.connections = (
        ConnectionHealth("m", "Work mail", "mail", False, "The password was refused: enter it again.", None),
    )
    memory.agent.emit(Event(EventName.HEALTH_CHANGED))
    qtbot.waitUntil(lambda: "Work mail: The password was refused" in window.status.text)


def test_what_only_the_rep_can_mend_is_said_at_once(window, memory, qtbot) -> None:
    entry = next(row.entry for row in memory.queries.outbox() if row.is_stuck)
    memory.agent.emit(Event(EventName.ALERT_RAISED, (entry.subject_id,)))
    qtbot.waitUntil(lambda: entry.sentence.rstrip(".") in window.status.text)


def test_an_alert_that_is_over_says_nothing(window, memory, qtbot) -> None:
    before = window.status.text
    memory.agent.emit(Event(EventName.ALERT_RAISED, ("nothing-any-more",)))
    qtbot.wait(50)
    assert window.status.text == before


def test_a_notice_lasts(open_window, qtbot) -> None:
    window = open_window(MemoryServices(notice="No keyring was found: the store opens with a passphrase."))
    assert "No keyring" in window.banner.text
    window.trouble(Temporary("The store is busy."))
    assert "The store is busy." in window.banner.text
    qtbot.keyClick(window.focusWidget(), K.Key_Escape)
    assert "No keyring" in window.banner.text


def test_a_read_that_fails_is_said_and_the_page_stays(window, memory) -> None:
    memory.queries.trouble = UserActionNeeded("The disk is full: make room.")
    window.page.refresh()
    assert "The disk is full" in window.banner.text
    assert window.page.model.rowCount() == 4
    memory.queries.trouble = None
    window.page.refresh()
    assert window.page.card is not None


def test_an_agent_that_cannot_start_is_said(qtbot, clock) -> None:
    memory = MemoryServices()
    memory.agent.refusal = UserActionNeeded("Another Dealside uses this profile: close it first.")
    window = build_window(memory.services, clock)
    qtbot.addWidget(window)
    window.begin()
    qtbot.waitUntil(lambda: "Another Dealside" in window.banner.text)
    assert window.page.model.rowCount() == 4


def test_there_are_no_dialogs(window, press) -> None:
    for key in (K.Key_S, K.Key_Escape, K.Key_Question, K.Key_Escape, K.Key_X):
        press(key)
    assert window.findChildren(QDialog) == []
    assert QApplication.activeModalWidget() is None
    assert QApplication.activePopupWidget() is None


@pytest.mark.parametrize(("width", "orientation"), [(1280, Qt.Orientation.Horizontal), (700, Qt.Orientation.Vertical)])
def test_a_narrow_window_stacks_mail_and_card(window, qtbot, width, orientation) -> None:
    window.resize(width, 640)
    qtbot.wait(20)
    assert window.width() == width
    assert window.page._inner.orientation() is orientation
    panel = window.page.view.panels[0]
    assert panel.width() <= window.page.view.width()
    assert window.page.source.isVisible()


def test_light_and_dark(window) -> None:
    theme = window.findChild(Theme)
    theme.use(Qt.ColorScheme.Dark)
    assert theme.colors is DARK
    assert window.palette().window().color().name() == DARK.window
    theme.use(Qt.ColorScheme.Unknown)
    assert theme.colors is LIGHT


def test_everything_that_takes_the_focus_or_a_click_has_a_name(window, press) -> None:
    for key in (K.Key_S, K.Key_Escape):
        press(key)
    controls = [
        widget
        for widget in window.findChildren(QWidget)
        if isinstance(widget, (QPushButton, QLineEdit, QPlainTextEdit, FieldRow))
        or (widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible() and widget.objectName() != "qt_")
    ]
    nameless = [widget for widget in controls if not named(widget)]
    assert len(controls) > 25
    assert nameless == []


def named(widget: QWidget) -> bool:
    interface = QAccessible.queryAccessibleInterface(widget)
    return bool(interface and interface.text(QAccessible.Text.Name).strip())


def test_a_field_is_spoken_whole(window, press) -> None:
    press(K.Key_J)
    press(K.Key_Tab)
    spoken = window.focusWidget().accessibleName()
    assert spoken == "Phone: +442079460018. was +442079460001. Sure. “My new number is”."


def test_a_conflict_is_shown_three_ways(window, press) -> None:
    for _ in range(3):
        press(K.Key_J)
    panel = window.page.view.panels[0]
    field = panel.view.fields[0]
    assert (field.before, field.after, field.live) == (
        "+33170180000",
        "+33170189900",
        "In the CRM now: +33170185555",
    )
    assert panel.view.state_words == "Changed meanwhile"
    assert "nothing was overwritten" in panel.view.state_help
    assert "t takes yours" in panel.view.state_help
    refused = window.page.view.panels[1].view
    assert refused.state_words == "Refused"
    assert "belongs to another contact" in refused.state_help


def test_the_mouse_can_do_what_the_keys_do(window, memory, qtbot) -> None:
    panel = window.page.view.panels[1]
    accept = next(b for b in panel.findChildren(QPushButton) if b.text() == "Accept")
    qtbot.mouseClick(accept, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: memory.calls("accept") == [("inquiry-contact", {})])
    qtbot.mouseDClick(window.page.view.panels[0].rows[0], Qt.MouseButton.LeftButton)
    assert window.page.view.editing is not None


def test_hostile_names_on_a_card_are_text(open_window) -> None:
    evil = "<h1>x</h1>\u202e\x00\ud800" + "A" * 50_000
    card = cards.update()
    suggestion = card.proposal.suggestions[0]
    changes = tuple(replace(c, after=evil, before=evil, reason=evil) for c in suggestion.changes)
    suggestion = replace(suggestion, title=evil, reason=evil, changes=changes)
    card = replace(card, proposal=replace(card.proposal, title=evil, suggestions=(suggestion,)))
    window = open_window(MemoryServices([card]))
    assert not window.grab().isNull()
    assert window.page.view.panels[0].height() < 700
    assert "\u202e" not in window.page.view.panels[0].accessibleName()


def test_the_words_are_english_whatever_the_system_speaks(window) -> None:
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.Arabic))
    window.page.refresh()
    QLocale.setDefault(before)
    assert "Open 4" in [b.text() for b in window.page.shelves.findChildren(QPushButton)]
