"""What the rep's keys do with the cluster in view: they change its plan, or decide."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from desktop.domain.cleanup import MergePlan
from desktop.domain.errors import DealsideError
from desktop.domain.ids import ClusterId, RecordId
from desktop.review.cleanup_views import CleanupState, ClusterView, what_happens
from desktop.services import Services
from desktop.ui.bridge import Bridge
from desktop.ui.cleanup import choices, words
from desktop.ui.cleanup.cluster_view import ClusterCard
from desktop.ui.cleanup.presentation import Part


class CleanupCommands(QObject):
    """Carries keys out. `decided` comes after each decision, well or not; `planned` carries a cluster's new plan."""

    said = Signal(str)
    failed = Signal(object, str)
    planned = Signal(object, object)
    decided = Signal()

    def __init__(
        self, services: Services, bridge: Bridge, card: ClusterCard, current: Callable[[], ClusterView | None]
    ) -> None:
        """`current` gives the selected cluster with what was chosen for it."""
        super().__init__(card)
        self._cleanup = services.cleanup
        self._agent = services.agent
        self._bridge = bridge
        self._card = card
        self._current = current

    def let_stay(self) -> None:
        """Let the record in focus be the one that stays."""
        self._choose(Part.RECORD, words.CHOOSE_RECORD, lambda v, key: choices.with_kept(v.cluster, v.plan, _id(key)))

    def set_apart(self) -> None:
        """Say that the record in focus is another, or take it in again."""
        self._choose(Part.RECORD, words.CHOOSE_RECORD, lambda v, key: choices.with_apart(v.cluster, v.plan, _id(key)))

    def take_other(self) -> None:
        """Give the field in focus the next of the values it could have."""
        self._choose(Part.FIELD, words.CHOOSE_FIELD, lambda v, key: choices.with_next_value(v.cluster, v.plan, key))

    def toggle_note(self) -> None:
        """Keep what vanishes in a note, or do not."""
        view = self._current()
        if view is not None and view.state is CleanupState.OPEN:
            self._keep(view, choices.with_note(view.cluster, view.plan, can_note=view.can_note), words.NO_NOTES_HERE)

    def _choose(self, part: Part, hint: str, change: Callable[[ClusterView, str], MergePlan | None]) -> None:
        view, row = self._current(), self._card.focused
        if view is None:
            return
        if view.state is not CleanupState.OPEN:
            self.said.emit(words.DECIDED_CLUSTER)
        elif row is None or row.view is None or row.view.part is not part:
            self.said.emit(hint)
        else:
            self._keep(view, change(view, row.view.key), words.ONE_VALUE if part is Part.FIELD else "")

    def _keep(self, view: ClusterView, plan: MergePlan | None, hint: str) -> None:
        if plan is None:
            if hint:
                self.said.emit(hint)
            return
        cluster_id: ClusterId = view.cluster.id
        self.planned.emit(cluster_id, plan)
        self._bridge.write(lambda: self._cleanup.choose(cluster_id, plan), _nothing, self._fail)

    # --- decisions --------------------------------------------------------------------------------------------------

    def ask(self) -> None:
        """Ask once whether to merge: it cannot be undone."""
        view = self._current()
        if view is None:
            return
        if view.state is not CleanupState.OPEN:
            self.said.emit(words.DECIDED_CLUSTER)
            return
        question, go = (
            (words.MERGE_QUESTION, "Merge") if view.cluster.can_merge else (words.TITLE_ONLY, "Bring up to date")
        )
        self._card.confirm.ask(question.format(what_happens(view)), go)

    def dismiss(self) -> None:
        """Decide that these are not the same."""
        view = self._current()
        if view is not None and view.state is CleanupState.OPEN:
            self._decide(lambda: self._cleanup.dismiss(view.cluster.id), lambda _: self.said.emit(words.CLEANUP_APART))

    def take_back(self) -> None:
        """Take the decision on the selected cluster back."""
        view = self._current()
        if view is not None and view.state is not CleanupState.OPEN:
            self._decide(lambda: self._cleanup.take_back(view.cluster.id), self.said.emit)

    def retry(self) -> None:
        """Send again what was refused."""
        view = self._current()
        if view is not None:
            self._decide(lambda: self._cleanup.retry(view.cluster.id), _nothing)

    def answer(self, is_yes: bool) -> None:  # noqa: FBT001  (a signal calls it)
        self._card.confirm.hide()
        view = self._current()
        if is_yes and view is not None:
            self._decide(
                lambda: self._cleanup.merge(view.cluster.id, view.plan, seen=view.cluster),
                lambda _: self.said.emit(words.CLEANUP_SENT),
            )

    def _decide(self, work: Callable[[], object], done: Callable[..., None]) -> None:
        def finished(result: object) -> None:
            self._agent.poke()
            done(result)
            self.decided.emit()

        def failed(error: DealsideError) -> None:
            self._fail(error)
            self.decided.emit()

        self._bridge.write(work, finished, failed)

    def _fail(self, error: DealsideError) -> None:
        self.failed.emit(error, "")

    def press_row(self) -> None:
        """Do what the row in focus is for."""
        row = self._card.focused
        if row is not None and row.view is not None:
            {Part.RECORD: self.let_stay, Part.FIELD: self.take_other, Part.NOTE: self.toggle_note}[row.view.part]()


def _id(key: str) -> RecordId:
    return RecordId(key)


def _nothing(_result: object = None) -> None:
    """Do nothing more."""
