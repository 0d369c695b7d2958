"""The outbox: what is on its way or stuck, seen and acted on from the keyboard alone."""

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from desktop.domain.deliveries import DeliveryState, Operation
from desktop.domain.proposals import SuggestionState
from desktop.review.views import ConnectionHealth, Shelf
from desktop.ui import texts
from desktop.ui.theme import Theme
from tests.fakes import cards
from tests.fakes.clock import START
from tests.fakes.services import MemoryServices
from tests.ui.test_screenshots import colors_in, take

K = Qt.Key
SHIFT = Qt.KeyboardModifier.ShiftModifier
AWAY = "The CRM does not answer."


def on_its_way():
    """Return a card one change of which waits for a CRM that is away."""
    card = cards.update()
    suggestion = replace(card.proposal.suggestions[0], state=SuggestionState.QUEUED)
    entry = cards.entry(
        suggestion.id,
        DeliveryState.WAITING,
        AWAY,
        operation=Operation.UPDATE,
        kind=suggestion.kind,
        fields={change.field: change.after for change in suggestion.changes},
        before={change.field: change.before for change in suggestion.changes},
        attempts=3,
    )
    rest = card.proposal.suggestions[1:]
    proposal = replace(card.proposal, suggestions=(suggestion, *rest))
    return replace(card, proposal=proposal, entries={suggestion.id: entry})


@pytest.fixture
def memory():
    made = MemoryServices([cards.inquiry(), on_its_way(), cards.conflict(), cards.delivered()])
    waiting = on_its_way().proposal.suggestions[0].id
    made.queries.due = {waiting: START + timedelta(seconds=40)}
    return made


def headings(window):
    model = window.outbox.model
    return [model.view(number).heading for number in range(model.rowCount())]


def select(window, heading):
    window.outbox.list.select(next(n for n, found in enumerate(headings(window)) if heading in found))


def test_one_key_shows_it_and_one_goes_back(window, press) -> None:
    press(K.Key_4)
    assert window.outbox.isVisible()
    assert not window.page.isVisible()
    assert window.outbox.list.hasFocus()
    press(K.Key_Escape)
    assert window.page.isVisible()
    assert window.page.list.hasFocus()
    press(K.Key_4)
    press(K.Key_3)
    assert window.page.isVisible()
    assert window.page.shelf is Shelf.DONE


def test_each_change_says_what_how_far_why_and_when(window, press) -> None:
    press(K.Key_4)
    assert len(headings(window)) == 3
    select(window, "Update")
    view = window.outbox.detail.view
    assert view.state_words == texts.DELIVERIES[DeliveryState.WAITING]
    assert view.sentence == AWAY
    assert view.when == "next try in 40 s"
    assert "3 failed tries" in view.meta
    assert view.triples[0].seen != view.triples[0].wanted
    assert AWAY.rstrip(".") in window.outbox.model.data(
        window.outbox.list.currentIndex(), Qt.ItemDataRole.AccessibleTextRole
    )


def test_a_conflict_shows_three_columns(window, press) -> None:
    press(K.Key_5)
    assert headings(window) == ["Update account Atelier Vidal"]
    table = window.outbox.detail.table
    assert table.columns == (texts.YOU_SAW, texts.THERE_NOW, texts.YOU_WANT)
    (triple,) = window.outbox.detail.view.triples
    assert (triple.seen, triple.found, triple.wanted) == ("+33170180000", "+33170185555", "+33170189900")
    press(K.Key_5)
    assert len(headings(window)) == 3


def test_sending_now(window, press, memory) -> None:
    press(K.Key_4)
    select(window, "Update contact Claire")
    press(K.Key_T)
    assert memory.calls("retry") == [("conflict-contact",)]
    assert memory.agent.pokes == 1
    press(K.Key_T, SHIFT)
    assert memory.calls("retry_all") == [()]


def test_giving_up_asks_once_and_says_what_is_not_written(window, press, memory) -> None:
    press(K.Key_4)
    select(window, "Update contact Claire")
    press(K.Key_X)
    assert "1 field of “Claire Vidal” then stays as it is in Book." in window.outbox.prompt.sentence
    press(K.Key_Escape)
    assert memory.calls("give_up") == []
    assert window.outbox.list.hasFocus()
    press(K.Key_X)
    press(K.Key_Return)
    assert memory.calls("give_up") == [("conflict-contact",)]
    assert len(headings(window)) == 2
    assert memory.book.state("conflict-contact") is SuggestionState.OPEN


def test_a_conflict_is_decided_on_its_card(window, press, memory) -> None:
    press(K.Key_5)
    press(K.Key_T)
    assert memory.calls("retry") == []
    assert window.page.isVisible()
    assert window.page.card.proposal.id == "conflict"
    assert window.page.view.current == "conflict-account"


def test_the_card_is_found_on_whatever_shelf(window, press) -> None:
    press(K.Key_3)
    press(K.Key_4)
    select(window, "Update contact Claire")
    press(K.Key_Return)
    assert window.page.shelf is Shelf.OPEN
    assert window.page.card.proposal.id == "conflict"


def test_an_empty_outbox_says_so(open_window, qtbot) -> None:
    window = open_window(MemoryServices([cards.inquiry()]))
    qtbot.keyClick(window.focusWidget(), K.Key_4)
    assert window.outbox.empty.isVisible()
    for key in (K.Key_T, K.Key_X, K.Key_Return, K.Key_J):
        qtbot.keyClick(window.focusWidget(), key)
    assert texts.OUTBOX_EMPTY[0] in window.outbox.empty.accessibleName()


def test_the_quiet_line_leads_there(window, qtbot) -> None:
    button = window.status._right
    assert "(4)" in button.accessibleName()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.outbox.isVisible()


def away(waiting):
    return ConnectionHealth("crm", "Salesforce", "crm", False, AWAY, START, START - timedelta(minutes=25), waiting)


def test_a_banner_says_since_when_and_how_many_wait(window, memory) -> None:
    memory.queries.connections = (away(3),)
    window._read_health()
    since = f"{(START - timedelta(minutes=25)).astimezone():%H:%M}"
    assert window.banner.text == (
        f"Salesforce: {AWAY} Since {since}; 3 changes wait and will go out in order. Press 4 to see them."
    )
    memory.queries.connections = (replace(away(0), is_ok=True, since=None),)
    window._read_health()
    assert window.banner.text == ""


def test_the_banner_gives_way_to_trouble_and_comes_back(window, memory) -> None:
    memory.queries.connections = (away(1),)
    window._read_health()
    window.banner.trouble("Not possible: No.")
    window._read_health()
    assert window.banner.text == "Not possible: No."
    window.banner.clear()
    assert "1 change waits" in window.banner.text


@pytest.mark.parametrize(
    ("name", "scheme"), [("outbox-light", Qt.ColorScheme.Light), ("outbox-dark", Qt.ColorScheme.Dark)]
)
def test_the_outbox_is_painted(window, press, memory, screenshots, name, scheme) -> None:
    theme = window.findChild(Theme)
    theme.use(scheme)
    memory.queries.connections = (away(1),)
    window._read_health()
    press(K.Key_4)
    select(window, "Update account")
    QApplication.processEvents()
    image = take(window, name, screenshots)
    select(window, "Update contact Claire")
    press(K.Key_X)
    QApplication.processEvents()
    take(window, name + "-give-up", screenshots)
    theme.use(Qt.ColorScheme.Light)
    assert colors_in(image) > 20
