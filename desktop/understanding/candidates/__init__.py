"""The rules that find candidates: one module a kind of Fact. Every candidate is a verbatim span of the mail."""

from itertools import chain

from desktop.domain.evidence import Candidate
from desktop.understanding.candidates.addresses import find_addresses
from desktop.understanding.candidates.amounts import find_amounts
from desktop.understanding.candidates.companies import find_companies
from desktop.understanding.candidates.competitors import find_competitors
from desktop.understanding.candidates.dates import find_dates
from desktop.understanding.candidates.main_action import find_actions
from desktop.understanding.candidates.people import find_people
from desktop.understanding.candidates.phones import find_phones
from desktop.understanding.candidates.products import find_products
from desktop.understanding.candidates.quantities import find_quantities
from desktop.understanding.candidates.questions import find_questions
from desktop.understanding.candidates.titles import find_titles
from desktop.understanding.candidates.topics import find_topics
from desktop.understanding.document import Document

_FINDERS = (
    find_people,
    find_titles,
    find_companies,
    find_addresses,
    find_phones,
    find_amounts,
    find_dates,
    find_products,
    find_topics,
    find_quantities,
    find_competitors,
    find_questions,
    find_actions,
)


def find_candidates(document: Document) -> tuple[Candidate, ...]:
    """Return every candidate of every kind; per kind one for each value, the best-placed.

    What stands in a paragraph that speaks to software, or in such a subject or name, is left out.
    """
    best: dict[tuple[str, str], Candidate] = {}
    for candidate in chain.from_iterable(find(document) for find in _FINDERS):
        _keep(document, candidate, best)
    return tuple(best.values())


def _keep(document: Document, candidate: Candidate, best: dict[tuple[str, str], Candidate]) -> None:
    """Add a candidate to the best of each value, unless it stands where the mail speaks to software."""
    if document.is_aimed_at_software(candidate.evidence.span):
        return
    key = (candidate.kind.value, candidate.value.casefold())
    if key not in best or candidate.rule_score > best[key].rule_score:
        best[key] = candidate
