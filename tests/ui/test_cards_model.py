"""100,000 cards cost what is looked at; a refresh keeps the selected card selected."""

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt

from desktop.domain.errors import Temporary
from desktop.domain.evidence import Band
from desktop.domain.ids import ProposalId
from desktop.review.views import CardRow, Counts, Shelf
from desktop.ui.models.cards_model import CardsModel
from desktop.ui.review.card_list import CardList
from tests.fakes.clock import START
from tests.fakes.services import MemoryBook, MemoryQueries

MANY = 100_000


def row(number: int, title: str = "") -> CardRow:
    return CardRow(
        id=ProposalId(str(number)),
        title=title or f"Card {number}",
        subject="Subject",
        sender="Sender",
        sent_at=START - timedelta(minutes=number),
        waiting=1,
        band=Band.CHECK,
        marks=(),
    )


class Shelved(MemoryQueries):
    """Queries over bare rows, counting what is asked for."""

    def __init__(self, rows: list[CardRow]) -> None:
        super().__init__(MemoryBook([]))
        self.rows = rows
        self.asked = 0

    def cards(self, shelf: Shelf, *, offset: int = 0, limit: int = 200) -> tuple[CardRow, ...]:
        self._read()
        found = tuple(self.rows[offset : offset + limit]) if shelf is Shelf.OPEN else ()
        self.asked += len(found)
        return found

    def counts(self) -> Counts:
        return Counts(len(self.rows), 0, 0, 0, 0, 0, 0)


def shown(queries: Shelved) -> CardsModel:
    model = CardsModel(queries)
    model.show(Shelf.OPEN, queries.counts())
    return model


def test_100_000_rows_are_counted_and_only_some_are_read() -> None:
    queries = Shelved([row(number) for number in range(MANY)])
    model = shown(queries)
    assert model.rowCount() == MANY
    assert model.row(0).id == "0"
    assert model.row(MANY - 1).id == str(MANY - 1)
    assert model.row(50_000).title == "Card 50000"
    assert queries.asked <= 300


def test_a_view_on_100_000_rows_reads_what_it_paints(qtbot, theme, clock) -> None:
    queries = Shelved([row(number) for number in range(MANY)])
    view = CardList(theme, clock, shown(queries))
    qtbot.addWidget(view)
    view.resize(300, 800)
    view.show()
    qtbot.waitExposed(view)
    view.select(MANY - 1)
    view.grab()
    assert view.at == MANY - 1
    assert queries.asked <= 1000


def test_the_model_is_a_proper_qt_model(qtmodeltester) -> None:
    queries = Shelved([row(number) for number in range(30)])
    model = shown(queries)
    qtmodeltester.check(model)
    queries.rows.insert(0, row(-1))
    model.refresh(queries.counts(), ProposalId("3"), 3)
    del queries.rows[4]
    model.refresh(queries.counts(), ProposalId("3"), 4)
    assert model.rowCount() == 30


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda rows: rows, 10),
        (lambda rows: [row(-1), row(-2), *rows], 12),
        (lambda rows: rows[4:], 6),
        (lambda rows: [row(-1), *rows[:15]], 11),
        (lambda rows: rows[3:11], 7),
        (lambda rows: [*rows, *[row(n) for n in range(500, 900)]], 10),
        (lambda rows: [*[row(-n) for n in range(1, 251)], *rows], 260),
    ],
)
def test_the_selected_card_stays_selected(qtbot, theme, clock, change, place) -> None:
    queries = Shelved([row(number) for number in range(40)])
    model = shown(queries)
    view = CardList(theme, clock, model)
    qtbot.addWidget(view)
    view.select(10)
    queries.rows = change(queries.rows)
    model.refresh(queries.counts(), ProposalId("10"), view.at)
    assert view.at == place
    assert model.row(view.at).id == "10"
    assert model.rowCount() == len(queries.rows)


def test_a_selected_card_that_is_gone_leaves_its_neighbour(qtbot, theme, clock) -> None:
    queries = Shelved([row(number) for number in range(40)])
    model = shown(queries)
    view = CardList(theme, clock, model)
    qtbot.addWidget(view)
    view.select(10)
    del queries.rows[10]
    model.refresh(queries.counts(), ProposalId("10"), view.at)
    assert model.rowCount() == 39
    assert view.at in (9, 10)


def test_the_list_may_become_empty_and_full_again() -> None:
    queries = Shelved([row(0)])
    model = shown(queries)
    queries.rows = []
    model.refresh(queries.counts(), ProposalId("0"), 0)
    assert model.rowCount() == 0
    queries.rows = [row(1), row(2)]
    model.refresh(queries.counts(), None, 0)
    assert [model.row(n).id for n in range(model.rowCount())] == ["1", "2"]


def test_rows_are_read_again_after_a_refresh() -> None:
    queries = Shelved([row(0)])
    model = shown(queries)
    queries.rows = [replace(row(0), title="Another title")]
    model.refresh(queries.counts(), ProposalId("0"), 0)
    assert model.data(model.index(0), Qt.ItemDataRole.DisplayRole) == "Another title"


def test_a_screen_reader_hears_the_whole_row() -> None:
    model = shown(Shelved([row(0)]))
    heard = model.data(model.index(0), Qt.ItemDataRole.AccessibleTextRole)
    assert heard == "Card 0. Subject. From Sender. 1 decision waits. Check."


def test_a_shelf_shorter_than_its_count_is_no_accident() -> None:
    queries = Shelved([row(number) for number in range(5)])
    model = shown(queries)
    queries.rows = queries.rows[:2]
    model.refresh(Counts(5, 0, 0, 0, 0, 0, 0), None, 0)
    assert model.row(4) is None
    assert model.data(model.index(4)) == ""


def test_a_filter_finds_across_pages(qtbot) -> None:
    queries = Shelved([row(number, "Needle" if number % 1000 == 7 else "") for number in range(5000)])
    model = CardsModel(queries)
    with qtbot.waitSignal(model.scanned):
        model.show(Shelf.OPEN, queries.counts(), "needle subject")
    assert [model.row(n).id for n in range(model.rowCount())] == ["7", "1007", "2007", "3007", "4007"]


def test_a_filtered_list_is_refreshed_in_place(qtbot, theme, clock) -> None:
    queries = Shelved([row(number, "Needle") for number in (1, 2, 3)])
    model = CardsModel(queries)
    view = CardList(theme, clock, model)
    qtbot.addWidget(view)
    with qtbot.waitSignal(model.scanned):
        model.show(Shelf.OPEN, queries.counts(), "needle")
    view.select(1)
    queries.rows = [row(0, "Needle"), row(2, "Needle too"), row(4, "Hay"), row(5, "Needle")]
    with qtbot.waitSignal(model.scanned):
        model.refresh(queries.counts(), ProposalId("2"), 1)
    assert [model.row(n).id for n in range(model.rowCount())] == ["0", "2", "5"]
    assert view.at == 1
    assert model.row(1).title == "Needle too"


def test_a_read_that_fails_is_told_and_changes_nothing(qtbot) -> None:
    queries = Shelved([row(number) for number in range(3)])
    model = shown(queries)
    queries.trouble = Temporary("The store is busy.")
    with qtbot.waitSignal(model.failed) as told:
        model.refresh(queries.counts(), ProposalId("1"), 1)
    assert told.args[0].sentence == "The store is busy."
    assert model.rowCount() == 3
