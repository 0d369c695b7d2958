"""The rows of one shelf, read a page at a time and only where somebody looks. No Qt.

`ShelfRows` knows the whole shelf by its count; `FoundRows` gathers what matches a filter, page by page, so that
searching 100,000 cards never holds the window up.
"""

from collections import OrderedDict

from desktop.domain.ids import ProposalId
from desktop.review.views import CardRow, Counts, Shelf
from desktop.services import Queries

PAGE = 100
PAGES_KEPT = 40
PAGES_SEARCHED = 4
FOUND_AT_MOST = 500


def count_of(shelf: Shelf, counts: Counts) -> int:
    """Return how many cards a shelf holds."""
    return {Shelf.OPEN: counts.open, Shelf.SNOOZED: counts.snoozed, Shelf.DONE: counts.done}[shelf]


class ShelfRows:
    """All rows of a shelf as they stood at one reading; pages are fetched on demand and the oldest are let go."""

    def __init__(self, queries: Queries, shelf: Shelf, total: int) -> None:
        self.shelf = shelf
        self.total = total
        self._queries = queries
        self._pages: OrderedDict[int, tuple[CardRow, ...]] = OrderedDict()

    def row(self, number: int) -> CardRow | None:
        """Return one row, or None when the shelf has become shorter meanwhile."""
        if not 0 <= number < self.total:
            return None
        page = self._page(number // PAGE)
        place = number % PAGE
        return page[place] if place < len(page) else None

    def find(self, proposal_id: ProposalId, near: int) -> int | None:
        """Return where a card stands, looking in the pages around `near`, or None."""
        middle = max(near, 0) // PAGE
        numbers = sorted(
            range(max(0, middle - PAGES_SEARCHED), middle + PAGES_SEARCHED + 1), key=lambda n: abs(n - middle)
        )
        for number in numbers:
            if number * PAGE >= self.total:
                continue
            for place, row in enumerate(self._page(number)):
                if row.id == proposal_id and number * PAGE + place < self.total:
                    return number * PAGE + place
        return None

    def _page(self, number: int) -> tuple[CardRow, ...]:
        page = self._pages.get(number)
        if page is None:
            page = self._queries.cards(self.shelf, offset=number * PAGE, limit=PAGE)
            self._pages[number] = page
            while len(self._pages) > PAGES_KEPT:
                self._pages.popitem(last=False)
        return page


class FoundRows:
    """The rows of a shelf that hold every word of a filter; `scan` reads one page further."""

    def __init__(self, queries: Queries, shelf: Shelf, words: str) -> None:
        self.shelf = shelf
        self.rows: list[CardRow] = []
        self.is_complete = False
        self._queries = queries
        self._words = tuple(words.casefold().split())
        self._offset = 0

    @property
    def total(self) -> int:
        """How many were found so far."""
        return len(self.rows)

    def row(self, number: int) -> CardRow | None:
        """Return one row found, or None."""
        return self.rows[number] if 0 <= number < len(self.rows) else None

    def find(self, proposal_id: ProposalId, near: int) -> int | None:
        """Return where a card stands among those found, or None; `near` is not needed here."""
        del near
        return next((place for place, row in enumerate(self.rows) if row.id == proposal_id), None)

    def scan(self) -> tuple[CardRow, ...]:
        """Read the next page and return what matches in it; the caller appends it to `rows`."""
        page = self._queries.cards(self.shelf, offset=self._offset, limit=PAGE)
        self._offset += PAGE
        found = tuple(row for row in page if self._matches(row))[: FOUND_AT_MOST - len(self.rows)]
        self.is_complete = len(page) < PAGE or len(self.rows) + len(found) >= FOUND_AT_MOST
        return found

    def _matches(self, row: CardRow) -> bool:
        text = f"{row.title}\n{row.subject}\n{row.sender}".casefold()
        return all(word in text for word in self._words)
