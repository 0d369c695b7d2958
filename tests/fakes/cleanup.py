"""A Cleanup in memory: three clusters, and what was asked of it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from desktop.domain.cleanup import Cluster, Member, MergePlan, Settled, usual_plan
from desktop.domain.errors import DealsideError
from desktop.domain.ids import ClusterId, ConnectionId, RecordId
from desktop.domain.records import RecordKind, RecordRef, RecordSnapshot, title_of
from desktop.review.cleanup_views import CleanupCounts, CleanupShelf, CleanupState, ClusterView
from desktop.services import Cleanup
from tests.fakes.clock import START

SHELVES = {
    CleanupState.OPEN: CleanupShelf.OPEN,
    CleanupState.DISMISSED: CleanupShelf.APART,
}


def member(
    kind: RecordKind, number: str, *, links: int = 0, reasons: Iterable[str] = (), **fields: str | None
) -> Member:
    """Return a member of a cluster."""
    changed = START - timedelta(days=3 * int(number))
    ref = RecordRef(kind, RecordId(f"00{number}"))
    return Member(RecordSnapshot(ref, fields, "1", changed, title=title_of(kind, fields)), links, tuple(reasons))


def people() -> ClusterView:
    """Return two Contacts in a CRM that merges."""
    kind = RecordKind.CONTACT
    ann = {"first_name": "Ann", "last_name": "Müller", "title": None, "email": "ann.mueller@nordwind.example"}
    anne = {"first_name": "Anne", "last_name": "Mueller", "title": "Head of Procurement"}
    one = member(kind, "1", links=4, **ann, phone="+493012345678", mobile=None, account="account:1")
    why = ("same e-mail address", "a form of the same name")
    more = {"email": "ann.mueller@nordwind.example", "phone": "+493099887766", "mobile": "+4917012345678"}
    two = member(kind, "2", links=1, reasons=why, **anne, **more, account="account:1")
    return _view("people", kind, (one, two), can_merge=True, names={"account:1": "Nordwind Logistik GmbH"})


def firms() -> ClusterView:
    """Return three Accounts in a CRM that cannot merge through its interface."""
    kind = RecordKind.ACCOUNT
    names = ("Nordwind Logistik GmbH", "Nordwind Logistik", "Nordwind-Logistik Ltd.")
    members = tuple(
        member(
            kind, str(n + 1), links=2 - n, reasons=("same web site",) if n else (), name=name, domain=site, phone=None
        )
        for n, (name, site) in enumerate(zip(names, ("nordwind.example", None, "nordwind.example"), strict=True))
    )
    return _view("firms", kind, members, can_merge=False, names={})


def _view(
    name: str, kind: RecordKind, members: tuple[Member, ...], *, can_merge: bool, names: dict[str, str]
) -> ClusterView:
    cluster = Cluster(ClusterId(name), ConnectionId("crm"), kind, members, 0.97, can_merge=can_merge)
    crm = "Book" if can_merge else "Salesforce"
    return ClusterView(cluster, usual_plan(cluster), CleanupState.OPEN, "", crm, names, can_note=True)


class MemoryCleanup(Cleanup):
    """Decides in memory and remembers the calls. `refusal`, when set, is raised by the next verb."""

    def __init__(self) -> None:
        self.views = {view.cluster.id: view for view in (people(), firms())}
        self.calls: list[tuple] = []
        self.refusal: DealsideError | None = None
        self.fresh: list[ClusterView] = []

    def look(self) -> int:
        self._note("look")
        self.views |= {view.cluster.id: view for view in self.fresh}
        return len(self.clusters(CleanupShelf.OPEN))

    def clusters(self, shelf: CleanupShelf) -> tuple[ClusterView, ...]:
        return tuple(v for v in self.views.values() if SHELVES.get(v.state, CleanupShelf.DECIDED) is shelf)

    def cluster(self, cluster_id: ClusterId) -> ClusterView | None:
        return self.views.get(cluster_id)

    def counts(self) -> CleanupCounts:
        states = [view.state for view in self.views.values()]
        return CleanupCounts(states.count(CleanupState.OPEN), states.count(CleanupState.BY_HAND))

    def choose(self, cluster_id: ClusterId, plan: MergePlan) -> None:
        self._note("choose", cluster_id, plan)
        self.views[cluster_id] = replace(self.views[cluster_id], plan=plan)

    def merge(self, cluster_id: ClusterId, plan: MergePlan | None = None, *, seen: Cluster | None = None) -> None:
        self._note("merge", cluster_id, plan, seen)
        can_merge = self.views[cluster_id].cluster.can_merge
        self.set_state(cluster_id, CleanupState.ON_ITS_WAY if can_merge else CleanupState.BY_HAND)

    def dismiss(self, cluster_id: ClusterId) -> None:
        self._note("dismiss", cluster_id)
        self.set_state(cluster_id, CleanupState.DISMISSED)

    def take_back(self, cluster_id: ClusterId) -> str:
        self._note("take_back", cluster_id)
        self.set_state(cluster_id, CleanupState.OPEN)
        return "It is open again."

    def retry(self, cluster_id: ClusterId) -> None:
        self._note("retry", cluster_id)
        self.set_state(cluster_id, CleanupState.ON_ITS_WAY)

    def set_state(self, cluster_id: ClusterId, state: CleanupState, sentence: str = "") -> None:
        """Move one cluster on."""
        view = self.views[cluster_id]
        settled = Settled.OPEN if state is CleanupState.OPEN else Settled.APPROVED
        moved = replace(view, state=state, sentence=sentence, cluster=replace(view.cluster, settled=settled))
        self.views[cluster_id] = moved

    def _note(self, *call: object) -> None:
        self.calls.append(call)
        if self.refusal is not None:
            refusal, self.refusal = self.refusal, None
            raise refusal
