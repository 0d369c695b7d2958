"""Where two mails of one conversation disagree, both are on the card, and the other value is one key away."""

import pytest
from PySide6.QtCore import Qt

from desktop.ui import moments, texts
from tests.fakes import cards
from tests.fakes.clock import START
from tests.fakes.services import MemoryServices
from tests.ui.test_source_view import marked

K = Qt.Key
NEWER = moments.day(START.astimezone().date())


@pytest.fixture
def memory() -> MemoryServices:
    return MemoryServices([cards.disputed(), cards.update()])


def row(window, name):
    rows = [row for panel in window.page.view.panels for row in panel.rows]
    return next(row for row in rows if row.view and row.view.name == name)


def test_both_values_stand_there_with_day_and_words(window) -> None:
    older = moments.day(window.page.card.others["mail-older"].sent_at.astimezone().date())
    view = row(window, "amount").view
    assert view.reason == f"Budget named in the mail · mail of {NEWER} · “24,500 EUR”"
    assert view.others == (f"28,000.00 in the mail of {older}: “28,000 EUR” · o takes it",)
    assert view.others[0] in view.spoken


def test_the_other_value_is_one_key_away_and_so_is_the_way_back(window, press, memory) -> None:
    press(K.Key_Tab)
    press(K.Key_O)
    view = row(window, "amount").view
    assert (view.after, view.mark_words) == ("28,000.00", texts.EDITED)
    assert view.others[0].endswith("taken by you")
    assert "28,000 EUR" in marked(window.page.source)
    assert window.page.source.mail.toPlainText().startswith("Hello Sam, we reckon")
    press(K.Key_O)
    assert row(window, "amount").view.after == "24,500.00"
    assert "24,500 EUR" in marked(window.page.source)
    press(K.Key_O)
    press(K.Key_Return)
    assert memory.calls("accept") == [("disputed-deal", {"amount": "28000.00"})]


def test_from_the_list_the_key_means_the_field_in_dispute(window, press) -> None:
    press(K.Key_O)
    assert row(window, "amount").view.after == "28,000.00"


def test_words_of_another_mail_open_that_mail_and_say_so(window, press) -> None:
    source = window.page.source
    assert texts.OTHER_MAIL not in source._meta.text
    for _ in range(3):
        press(K.Key_Tab)
    assert "Head of Works" in marked(source)
    assert source._meta.text.startswith(texts.OTHER_MAIL)
    assert f"mail of {moments.day(window.page.card.others['mail-older'].sent_at.astimezone().date())}" in (
        row(window, "title").view.reason
    )
    press(K.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert source.mail.toPlainText().startswith("Hello Sam, the board")


def test_where_nothing_is_in_dispute_the_key_says_so(window, press) -> None:
    press(K.Key_J)
    press(K.Key_O)
    assert texts.NO_OTHER_VALUE in window.status.text
