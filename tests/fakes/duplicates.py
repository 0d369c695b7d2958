"""Duplicates in a CRM, mirrored and found: what the tests of the clean-up start from."""

from datetime import timedelta
from pathlib import Path

from desktop.domain.ids import RecordId
from desktop.domain.records import RecordKind, RecordRef, RecordSnapshot, title_of
from desktop.review.cleanup import StoredCleanup
from desktop.review.cleanup_views import CleanupShelf, ClusterView
from tests.fakes.rig import Rig
from tests.fakes.situations import CRM, NOON, rules_with

ANN = {
    "first_name": "Ann",
    "last_name": "Müller",
    "title": None,
    "email": "ann@a.example",
    "phone": "+49301234567",
    "mobile": None,
    "account": None,
}
ANNE = {**ANN, "first_name": "Anne", "last_name": "Mueller", "title": "Buyer", "phone": "+49307654321"}
NOTE_TYPES = ("Email", "Call", "Note")


class DuplicatesRig(Rig):
    """A Rig whose CRM holds what `keep` puts there; `can_merge` says whether it merges through its interface."""

    def __init__(self, folder: Path, *, at_once: int = 1, can_merge: bool = True) -> None:
        super().__init__(folder, at_once=at_once)
        self.cleanup = StoredCleanup(lambda: self.store, self.clock, actor="rep", can_merge=lambda _name: can_merge)
        with self.store.transaction() as tx:
            tx.mirror.save_rules(CRM, rules_with(RecordKind.ACTIVITY, type=NOTE_TYPES))

    def keep(self, number: str, kind: RecordKind = RecordKind.CONTACT, **fields: str | None) -> RecordSnapshot:
        """Put a Record into the CRM and the Mirror."""
        self.clock.advance(60)
        made = self.crm.memory.put(RecordRef(kind, RecordId(number)), fields, key=None, expected="")
        self.mirror()
        return made

    def edit(self, number: str, **fields: str | None) -> RecordSnapshot:
        """Let somebody else change a Contact; the Mirror does not know yet."""
        live = self.crm.read(RecordRef(RecordKind.CONTACT, RecordId(number)))
        assert live is not None
        return self.crm.memory.put(live.ref, {**live.fields, **fields}, key=None, expected="")

    def mirror(self) -> None:
        """Bring the Mirror up to date."""
        with self.store.transaction() as tx:
            for _, record in self.crm.memory.since(0, 10_000):
                tx.mirror.save(CRM, record)

    def two(self) -> ClusterView:
        """Keep Ann and Anne and return their cluster; Ann stays, for a deal points to her."""
        self.keep("1", **ANN)
        self.keep("2", **ANNE)
        self.keep("d", RecordKind.OPPORTUNITY, name="Pumps", contact="contact:1")
        return self.found()

    def found(self) -> ClusterView:
        """Look and return the only cluster."""
        self.cleanup.look()
        (view,) = self.cleanup.clusters()
        return view

    def now(self, view: ClusterView) -> ClusterView:  # type: ignore[override]  # of a cluster, not of a Suggestion
        """Return a cluster as it stands now."""
        found = self.cleanup.cluster(view.cluster.id)
        assert found is not None
        return found

    def decided(self) -> tuple[ClusterView, ...]:
        """Return the clusters that were approved."""
        return self.cleanup.clusters(CleanupShelf.DECIDED)

    def contact(self, number: str) -> RecordSnapshot | None:
        """Return a Contact as the CRM has it."""
        return self.crm.read(RecordRef(RecordKind.CONTACT, RecordId(number)))


def snapshot(number: str, *, hours: int = 0, **fields: str | None) -> RecordSnapshot:
    """Return a Contact that was last changed so many hours after noon."""

    ref = RecordRef(RecordKind.CONTACT, RecordId(number))
    title = title_of(RecordKind.CONTACT, fields)
    return RecordSnapshot(ref, fields, "1", NOON + timedelta(hours=hours), title=title)
