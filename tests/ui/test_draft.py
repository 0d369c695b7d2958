"""The reply: every change is saved, and what goes out is what the rep last typed."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit

from desktop.domain.errors import Temporary

K = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def draft(window, press):
    press(K.Key_R)
    return window.page.view.draft


def test_a_change_is_saved_soon(window, draft, memory, qtbot) -> None:
    draft.body.setPlainText("Hello Jana, here is the offer.")
    qtbot.keyClicks(draft.subject, "!")
    qtbot.waitUntil(lambda: len(memory.calls("save_draft")) == 1)
    [(which, subject, body)] = memory.calls("save_draft")
    assert which == "inquiry-draft"
    assert subject.endswith("!")
    assert body == "Hello Jana, here is the offer."


def test_the_last_text_is_what_goes_out(draft, press, memory) -> None:
    draft.body.setPlainText("The very last words")
    press(K.Key_Return, CONTROL)
    verbs = [call[0] for call in memory.review.calls]
    assert verbs == ["save_draft", "accept_draft"]
    assert memory.calls("save_draft")[0][2] == "The very last words"


def test_nothing_changed_is_nothing_saved(draft, press, memory) -> None:
    press(K.Key_Escape)
    press(K.Key_J)
    press(K.Key_K)
    assert memory.calls("save_draft") == []


def test_leaving_the_card_saves_at_once(window, draft, press, memory) -> None:
    draft.body.setPlainText("Half a thought")
    window.page.list.select(1)
    press(K.Key_Up)
    assert memory.calls("save_draft") == [("inquiry-draft", draft.subject.text(), "Half a thought")]
    assert draft.body.toPlainText() == "Half a thought"


def test_closing_the_window_saves_at_once(window, draft, memory) -> None:
    draft.body.setPlainText("Not yet saved")
    window.close()
    assert memory.calls("save_draft")[0][2] == "Not yet saved"
    assert memory.agent.is_closed


def test_a_refresh_leaves_typing_alone(window, draft, memory, qtbot) -> None:
    qtbot.keyClicks(draft.body, "PS ")
    card = memory.book.cards["inquiry"]
    other = replace(card.proposal.draft, body="Written by somebody else")
    memory.book.put(replace(card, proposal=replace(card.proposal, draft=other)))
    window.page.refresh()
    assert draft.body.toPlainText().startswith("PS Hello Jana")
    assert draft.body.hasFocus()


def test_a_save_that_fails_is_tried_again_with_the_next_change(window, draft, memory, press, qtbot) -> None:
    memory.review.refusal = Temporary("The store is busy.")
    draft.body.setPlainText("First")
    press(K.Key_Escape)
    assert "The store is busy." in window.banner.text
    press(K.Key_R)
    press(K.Key_Escape)
    assert [call[2] for call in memory.calls("save_draft")] == ["First", "First"]


def test_recipients_cannot_be_changed(draft) -> None:
    texts = [label.text() for label in draft.findChildren(QLabel)]
    assert "To jana.kowalska@nordlicht-logistik.example" in texts
    assert [field.accessibleName() for field in draft.findChildren(QLineEdit)] == ["Subject of the reply"]


def test_letters_are_letters(draft, memory, qtbot) -> None:
    qtbot.keyClicks(draft.body, "xasdzjk")
    assert memory.review.calls == []
    assert draft.body.toPlainText().startswith("xasdzjk")


def test_a_decided_reply_is_only_shown(window, press) -> None:
    press(K.Key_3)
    draft = window.page.view.draft
    assert draft.body.isReadOnly()
    assert draft.subject.isReadOnly()
    assert "In your Drafts folder" in draft.accessibleName()


def test_the_buttons_do_what_the_keys_do(window, draft, memory, qtbot) -> None:
    put = next(b for b in draft.findChildren(type(draft._put)) if b.text() == "Put into Drafts")
    qtbot.mouseClick(put, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: memory.calls("accept_draft") == [("inquiry-draft",)])
