"""Each key does what the help overlay says, from the keyboard alone."""

from dataclasses import replace
from datetime import UTC

import pytest
from PySide6.QtCore import Qt

from desktop.domain.deliveries import DeliveryState, Operation
from desktop.domain.errors import Rejected
from desktop.domain.ids import ProposalId
from desktop.domain.proposals import DraftState, SuggestionState
from desktop.review.views import Shelf
from desktop.ui import moments, texts
from tests.fakes import cards
from tests.fakes.services import MemoryServices

K = Qt.Key
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def selected(window) -> str:
    return window.page.model.row(window.page.list.at).id


def focused_field(window) -> tuple[str, str] | None:
    found = window.page.view.focused_row()
    return (found[0].id, found[1].view.name) if found else None


def status(window) -> str:
    return window.status.text


@pytest.mark.parametrize(("forth", "back"), [(K.Key_J, K.Key_K), (K.Key_Down, K.Key_Up)])
def test_cards_forth_and_back(window, press, forth, back) -> None:
    assert selected(window) == "inquiry"
    press(forth)
    press(forth)
    assert selected(window) == "complaint"
    assert window.page.card.proposal.id == "complaint"
    press(back)
    assert selected(window) == "update"
    for _ in range(9):
        press(back)
    assert selected(window) == "inquiry"
    for _ in range(9):
        press(forth)
    assert selected(window) == "conflict"


@pytest.mark.parametrize(
    ("forth", "back", "modifier"),
    [(K.Key_Tab, K.Key_Backtab, SHIFT), (K.Key_Right, K.Key_Left, Qt.KeyboardModifier.NoModifier)],
)
def test_fields_forth_and_back_and_out_to_the_list(window, press, forth, back, modifier) -> None:
    press(forth)
    assert focused_field(window) == ("inquiry-account", "name")
    press(forth)
    press(forth)
    assert focused_field(window) == ("inquiry-contact", "first_name")
    assert window.page.view.current == "inquiry-contact"
    press(back, modifier)
    press(back, modifier)
    assert focused_field(window) == ("inquiry-account", "name")
    press(back, modifier)
    assert window.page.list.hasFocus()


def test_the_last_stop_is_the_reply(window, press) -> None:
    for _ in range(14):
        press(K.Key_Tab)
    assert window.page.view.draft.hasFocus()


@pytest.mark.parametrize("key", [K.Key_Return, K.Key_Enter])
def test_enter_accepts_the_suggestion_in_focus(window, press, memory, key) -> None:
    for _ in range(3):
        press(K.Key_Tab)
    press(key)
    assert memory.calls("accept") == [("inquiry-contact", {})]
    assert window.page.view.current == "inquiry-opportunity"
    assert focused_field(window)[0] == "inquiry-opportunity"
    assert memory.agent.pokes == 1


def test_enter_from_the_list_accepts_one_after_the_other_and_goes_on(window, press, memory) -> None:
    for _ in range(3):
        press(K.Key_Return)
    assert [subject for subject, _ in memory.calls("accept")] == [
        "inquiry-account",
        "inquiry-contact",
        "inquiry-opportunity",
    ]
    assert selected(window) == "inquiry"  # the reply still waits
    press(K.Key_Return, CONTROL)
    assert memory.calls("accept_draft") == [("inquiry-draft",)]
    assert selected(window) == "update"
    assert window.page.list.hasFocus()
    assert window.page.model.rowCount() == 3


def test_accepting_the_last_open_thing_of_the_last_card_goes_to_the_one_before(open_window, qtbot) -> None:
    memory = MemoryServices([cards.update(), cards.complaint()])
    window = open_window(memory)
    qtbot.keyClick(window.focusWidget(), K.Key_J)
    for _ in range(2):
        qtbot.keyClick(window.focusWidget(), K.Key_Return)
    qtbot.waitUntil(lambda: window.page.model.rowCount() == 1)
    assert selected(window) == "update"


def test_deciding_everything_ends_at_words_that_teach(open_window, qtbot) -> None:
    memory = MemoryServices([cards.update()])
    window = open_window(memory)
    qtbot.keyClick(window.focusWidget(), K.Key_Return)
    qtbot.waitUntil(window.page.empty.isVisible)
    assert texts.EMPTY_SHELVES[Shelf.OPEN][0] in window.page.empty.accessibleName()


@pytest.mark.parametrize(("key", "modifier"), [(K.Key_Return, SHIFT), (K.Key_A, SHIFT), (K.Key_A, None)])
def test_accepting_the_card_leaves_guarded_ones_and_goes_there(window, press, memory, key, modifier) -> None:
    press(key, modifier or Qt.KeyboardModifier.NoModifier)
    assert memory.calls("accept_all") == [("inquiry",)]
    assert focused_field(window) == ("inquiry-opportunity", "stage")
    assert memory.book.state("inquiry-opportunity") is SuggestionState.OPEN
    assert "1 suggestion needs your own press" in status(window)
    press(K.Key_Return)
    assert memory.calls("accept") == [("inquiry-opportunity", {})]


def test_accepting_the_card_takes_own_values_along(window, press, memory, qtbot) -> None:
    press(K.Key_E)
    window.focusWidget().setPlainText("Nordlicht")
    press(K.Key_Return)
    press(K.Key_Return, SHIFT)
    assert memory.calls("accept") == [("inquiry-account", {"name": "Nordlicht"})]
    assert memory.calls("accept_all") == [("inquiry",)]


@pytest.mark.parametrize("key", [K.Key_X, K.Key_Delete])
def test_dismissing_a_suggestion(window, press, memory, key) -> None:
    press(key)
    assert memory.calls("dismiss") == [("inquiry-account", "")]
    assert window.page.view.current == "inquiry-contact"


def test_dismissing_the_card_asks_for_a_reason_in_place(window, press, memory, qtbot) -> None:
    press(K.Key_X, SHIFT)
    assert memory.calls("dismiss_all") == []
    qtbot.keyClicks(window.focusWidget(), "spam j x")
    press(K.Key_Return)
    assert memory.calls("dismiss_all") == [("inquiry", "spam j x")]
    assert selected(window) == "update"


def test_esc_keeps_the_card(window, press, memory) -> None:
    press(K.Key_X, SHIFT)
    press(K.Key_Escape)
    assert memory.calls("dismiss_all") == []
    assert window.page.list.hasFocus()
    assert not window.page.reason_prompt.isVisible()


@pytest.mark.parametrize(("key", "choice"), [(K.Key_1, 0), (K.Key_2, 1), (K.Key_3, 2)])
def test_snoozing(window, press, memory, clock, key, choice) -> None:
    press(K.Key_S)
    press(key)
    [(card, until)] = memory.calls("snooze")
    assert card == "inquiry"
    assert until == moments.snooze_choices(clock.now())[choice].until
    assert until.tzinfo is UTC
    assert window.page.shelf is Shelf.OPEN
    assert selected(window) == "update"


def test_esc_leaves_the_snooze_question(window, press, memory) -> None:
    press(K.Key_S)
    press(K.Key_Escape)
    press(K.Key_J)
    assert memory.calls("snooze") == []
    assert selected(window) == "update"


def test_a_snooze_is_undone_by_the_undo_key(window, press, memory) -> None:
    press(K.Key_S)
    press(K.Key_1)
    press(K.Key_Z)
    assert memory.calls("wake") == [("inquiry",)]
    assert selected(window) == "inquiry"


def test_waking_a_snoozed_card(window, press, memory) -> None:
    press(K.Key_S)
    press(K.Key_1)
    press(K.Key_2)
    assert window.page.shelf is Shelf.SNOOZED
    assert selected(window) == "inquiry"
    press(K.Key_W)
    assert memory.calls("wake") == [("inquiry",)]
    assert window.page.model.rowCount() == 0


@pytest.mark.parametrize("modifier", [Qt.KeyboardModifier.NoModifier, CONTROL])
def test_undo_takes_decisions_back_in_turn(window, press, memory, modifier) -> None:
    press(K.Key_Return)
    press(K.Key_X)
    press(K.Key_Z, modifier)
    press(K.Key_Z, modifier)
    assert memory.calls("undo") == [("inquiry-contact",), ("inquiry-account",)]
    assert memory.book.state("inquiry-account") is SuggestionState.OPEN
    press(K.Key_Z, modifier)
    assert texts.NOTHING_TO_UNDO in status(window)


def test_undo_brings_a_card_back_that_had_left(window, press, memory) -> None:
    press(K.Key_J)
    press(K.Key_Return)
    assert selected(window) == "complaint"
    assert window.page.model.rowCount() == 3
    press(K.Key_Z)
    assert selected(window) == "update"
    assert window.page.model.rowCount() == 4


def test_undo_of_a_whole_card(window, press, memory) -> None:
    press(K.Key_Return, SHIFT)
    press(K.Key_Z)
    assert memory.calls("undo") == [("inquiry-contact",), ("inquiry-account",)]


def test_a_delivered_change_is_undone_on_the_done_shelf(window, press, memory) -> None:
    press(K.Key_3)
    assert selected(window) == "delivered"
    press(K.Key_Tab)
    press(K.Key_U)
    assert memory.calls("undo") == [("delivered-contact",)]
    panel = window.page.view.panels[0]
    assert panel.view.state_words == "Undone"


def test_a_delivered_reply_is_undone(window, press, memory) -> None:
    press(K.Key_3)
    window.page.view.draft.setFocus()
    press(K.Key_U)
    assert memory.calls("undo") == [("delivered-draft",)]


def test_sending_again_after_a_refusal(window, press, memory) -> None:
    for _ in range(3):
        press(K.Key_J)
    press(K.Key_Tab)
    press(K.Key_Left)
    assert window.page.view.panels[1].hasFocus()
    press(K.Key_T)
    assert memory.calls("retry") == [("conflict-contact",)]


def test_there_is_nothing_to_send_again_on_an_open_card(window, press, memory) -> None:
    press(K.Key_T)
    assert memory.calls("retry") == []
    assert texts.NOTHING_TO_RETRY in status(window)


def test_what_is_decided_is_not_decided_again(window, press, memory) -> None:
    press(K.Key_3)
    press(K.Key_Tab)
    press(K.Key_Return)
    press(K.Key_X)
    press(K.Key_E)
    assert memory.review.calls == []
    assert texts.DECIDED_ALREADY in status(window)


def test_an_undone_suggestion_can_be_accepted_again(window, press, memory) -> None:
    press(K.Key_3)
    press(K.Key_Tab)
    press(K.Key_U)
    press(K.Key_Tab)
    press(K.Key_Return)
    assert memory.calls("accept") == [("delivered-contact", {})]


def test_shelves(window, press) -> None:
    for key, shelf, count in ((K.Key_3, Shelf.DONE, 1), (K.Key_2, Shelf.SNOOZED, 0), (K.Key_1, Shelf.OPEN, 4)):
        press(key)
        assert window.page.shelf is shelf
        assert window.page.model.rowCount() == count
        assert window.page.list.hasFocus()


def test_the_filter(window, press, qtbot) -> None:
    press(K.Key_Slash)
    qtbot.keyClicks(window.focusWidget(), "export bello")
    qtbot.waitUntil(lambda: window.page.model.rowCount() == 1)
    press(K.Key_Return)
    assert selected(window) == "complaint"
    assert window.page.list.hasFocus()
    press(K.Key_Escape)
    assert window.page.model.rowCount() == 4


def test_a_filter_without_a_match_says_so(window, press, qtbot) -> None:
    press(K.Key_Slash)
    with qtbot.waitSignal(window.page.model.scanned):
        qtbot.keyClicks(window.focusWidget(), "nowhere")
    qtbot.waitUntil(window.page.empty.isVisible)
    assert texts.NO_MATCH[0] in window.page.empty.accessibleName()


def test_checking_mail(window, press, memory) -> None:
    press(K.Key_F5)
    assert memory.agent.checks == 1
    press(K.Key_R)
    press(K.Key_F5)
    assert memory.agent.checks == 2


@pytest.mark.parametrize("key", [K.Key_Question, K.Key_F1])
def test_help_covers_and_uncovers(window, press, memory, key) -> None:
    press(key)
    assert window.help.isVisible()
    press(K.Key_X)
    assert memory.review.calls == []
    press(K.Key_Escape)
    assert not window.help.isVisible()
    assert window.page.list.hasFocus()


def test_esc_goes_back_to_the_list(window, press) -> None:
    press(K.Key_Tab)
    press(K.Key_Escape)
    assert window.page.list.hasFocus()


def test_space_scrolls_the_mail(open_window, qtbot) -> None:
    card = cards.update()
    long = replace(card, source=replace(card.source, text="A line of the mail\n" * 400, zones=(), evidence=()))
    window = open_window(MemoryServices([long]))
    bar = window.page.source.mail.verticalScrollBar()
    qtbot.keyClick(window.focusWidget(), K.Key_Space)
    assert bar.value() > 0
    qtbot.keyClick(window.focusWidget(), K.Key_Space, SHIFT)
    assert bar.value() == 0


def test_replies(window, press, memory, qtbot) -> None:
    press(K.Key_R)
    assert window.page.view.draft.body.hasFocus()
    press(K.Key_Escape)
    press(K.Key_D)
    assert memory.calls("dismiss_draft") == [("inquiry-draft",)]
    press(K.Key_D)
    assert texts.NO_DRAFT in status(window)


def test_a_reply_that_waits_for_the_rep_can_be_sent_again(open_window, qtbot) -> None:
    card = cards.delivered()
    draft = replace(card.proposal.draft, state=DraftState.REJECTED)
    stuck = cards.entry(draft.id, DeliveryState.REJECTED, "Over quota.", operation=Operation.APPEND_DRAFT)
    proposal = replace(card.proposal, draft=draft)
    memory = MemoryServices([replace(card, proposal=proposal, entries={draft.id: stuck})])
    window = open_window(memory)
    qtbot.keyClick(window.focusWidget(), K.Key_3)
    window.page.view.draft.setFocus()
    qtbot.keyClick(window.focusWidget(), K.Key_T)
    qtbot.waitUntil(lambda: memory.calls("retry") == [("delivered-draft",)])


def test_a_refusal_is_said_and_everything_goes_on(window, press, memory) -> None:
    memory.review.refusal = Rejected("Your CRM wants a name here: fill it in first.")
    press(K.Key_Return)
    assert window.banner.text == (
        "Not possible · Nordlicht Logistik GmbH: Your CRM wants a name here: fill it in first."
    )
    assert window.page.card.proposal.suggestions[0].state is SuggestionState.OPEN
    press(K.Key_Z)
    assert memory.calls("undo") == []
    press(K.Key_J)
    assert selected(window) == "update"
    press(K.Key_Escape)
    assert window.banner.text == ""


def test_a_decision_is_shown_before_it_is_written(window, press, memory) -> None:
    memory.background.is_holding = True
    press(K.Key_Return)
    assert window.page.view.panels[0].view.state_words == "On its way"
    assert memory.book.state("inquiry-account") is SuggestionState.OPEN
    press(K.Key_Return)
    press(K.Key_Return)
    window.bridge.arrived.emit(())
    window.page.refresh()
    assert window.page.view.panels[0].view.state_words == "On its way"
    memory.background.release()
    press(K.Key_Up)
    order = [subject for subject, _ in memory.calls("accept")]
    assert order == ["inquiry-account", "inquiry-contact", "inquiry-opportunity"]
    assert memory.book.state("inquiry-account") is SuggestionState.QUEUED


def test_a_decision_that_fails_later_is_taken_back(window, press, memory) -> None:
    memory.background.is_holding = True
    press(K.Key_Return)
    memory.review.refusal = Rejected("Somebody was faster.")
    memory.background.release()
    press(K.Key_Up)
    assert window.page.view.panels[0].view.state_words == "Open"
    assert "Somebody was faster." in window.banner.text


def test_typing_letters_in_the_filter_decides_nothing(window, press, memory, qtbot) -> None:
    press(K.Key_Slash)
    qtbot.keyClicks(window.focusWidget(), "xazsdjk123?")
    assert memory.review.calls == []
    assert window.page.shelves.field.text() == "xazsdjk123?"
    assert not window.help.isVisible()


def test_held_keys_do_not_decide_again(window) -> None:
    for shortcut in window.keys.shortcuts("Return", "A", "X", "Z"):
        assert not shortcut.autoRepeat()


def test_an_empty_window_takes_every_key(open_window, qtbot) -> None:
    memory = MemoryServices([])
    window = open_window(memory)
    for key in (*range(K.Key_A, K.Key_Z + 1), K.Key_Return, K.Key_Delete, K.Key_Tab, K.Key_Right, K.Key_Left, K.Key_F2):
        qtbot.keyClick(window.focusWidget() or window, K(key))
        qtbot.keyClick(window.focusWidget() or window, K(key), SHIFT)
    qtbot.keyClick(window.focusWidget() or window, K.Key_Return, CONTROL)
    assert memory.review.calls == []


def test_a_card_that_is_gone_is_no_accident(window, press, memory) -> None:
    del memory.book.cards[ProposalId("update")]
    press(K.Key_J)
    press(K.Key_J)
    window.page.refresh()
    assert selected(window) in ("complaint", "conflict")
