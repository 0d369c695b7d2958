"""The one window: a banner on top, the review page, the quiet line, and the keys. It wires; it decides nothing."""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QCloseEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from desktop.domain.errors import DealsideError
from desktop.domain.events import Event, EventName
from desktop.domain.ids import ProposalId, SuggestionId
from desktop.domain.ports import Clock
from desktop.review.views import Counts
from desktop.services import Services
from desktop.ui import texts
from desktop.ui.bridge import Bridge
from desktop.ui.review.commands import Commands
from desktop.ui.review.decisions import Decisions
from desktop.ui.review.display_text import one_line
from desktop.ui.review.keys import BINDINGS, Command, Group, Handlers, Keys
from desktop.ui.review.page import ReviewPage
from desktop.ui.theme import Theme
from desktop.ui.widgets.banner import Banner
from desktop.ui.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from desktop.ui.cleanup.page import CleanupPage
    from desktop.ui.outbox.page import OutboxPage
    from desktop.ui.widgets.help_overlay import HelpOverlay

SIZE = (1280, 800)
LAST_WRITES_MS = 3000
AGENT_AT_LATEST_MS = 2000
HEALTH_EVENTS = frozenset({EventName.HEALTH_CHANGED, EventName.CONNECTION_CHANGED})
LEAVE_OUTBOX = frozenset({Command.SHELF_OPEN, Command.SHELF_SNOOZED, Command.SHELF_DONE, Command.FILTER})
HELP_COLUMNS = ((Group.MOVE, Group.DECIDE), (Group.CHANGE, Group.REPLY, Group.LOOK))


class MainWindow(QWidget):
    """Reads its first page, shows it, and only then sees to the agent; `on_ready` comes once that page is painted."""

    def __init__(self, services: Services, clock: Clock, theme: Theme, app: QApplication) -> None:
        super().__init__()
        self._services = services
        self._clock = clock
        self._on_ready: Callable[[], None] | None = None
        self._is_painted = False
        self._is_attached = False
        self.bridge = Bridge(services.in_background)
        # Parents first: a finished widget that is moved under another is resolved all over again.
        self.banner = Banner(theme, self)
        self.page = ReviewPage(services.queries, clock, theme, self)
        self.status = StatusLine(theme, self)
        self.decisions = Decisions(services.review, services.agent, self.bridge, self.page.edits)
        self.commands = Commands(self.page, self.decisions, clock)
        self.keys = Keys(self, app)
        self._theme = theme
        self._on_their_way = 0
        self._outbox_handlers: Handlers = {}
        self._handlers = {
            **self.commands.handlers(),
            Command.HELP: self.open_help,
            Command.CHECK_MAIL: self.check_mail,
            Command.CLEAN_UP: self.open_cleanup,
            Command.OUTBOX: self.open_outbox,
            Command.CONFLICTS: self.open_conflicts,
            Command.RETRY_ALL: self.decisions.retry_all,
        }
        self._build()
        self._connect()

    def begin(self, on_ready: Callable[[], None] | None = None) -> None:
        """Read the first page, show it, and attach to the agent once it is painted.

        Reading takes a few milliseconds, and laying out and painting an empty window first takes more.
        """
        self._on_ready = on_ready
        self._load()
        self.show()
        QTimer.singleShot(AGENT_AT_LATEST_MS, self._attach)  # a window that starts minimized is not painted

    @cached_property
    def help(self) -> "HelpOverlay":
        """The sheet of keys, made when it is first wanted: it is a third of all widgets."""
        from desktop.ui.widgets.help_overlay import HelpOverlay  # noqa: PLC0415  (as above)

        made = HelpOverlay(self._theme, _help_columns(), self)
        made.closed.connect(self.page.focus_list)
        return made

    @cached_property
    def cleanup(self) -> "CleanupPage":
        """The clean-up page, made when it is first wanted; it takes the place of the review page."""
        from desktop.ui.cleanup.keys import KEYS  # noqa: PLC0415  (as above)
        from desktop.ui.cleanup.page import CleanupPage  # noqa: PLC0415
        from desktop.ui.widgets.help_overlay import HelpOverlay  # noqa: PLC0415

        made = CleanupPage(self._services, self.bridge, self._clock, self._theme, self)
        keys = HelpOverlay(self._theme, (KEYS[:2], KEYS[2:]), self)
        keys.closed.connect(made.focus_list)
        made.help_wanted.connect(keys.open)
        made.closed.connect(self._close_cleanup)
        made.said.connect(self.status.say)
        made.failed.connect(self.trouble)
        self._column.insertWidget(self._column.indexOf(self.page) + 1, made, 1)
        return made

    def open_cleanup(self) -> None:
        """Show the clean-up page in place of the review page."""
        self.page.view.stash_edit()
        self.page.hide()
        self.cleanup.open()

    def _close_cleanup(self) -> None:
        self.page.show()
        self.page.focus_list()

    @cached_property
    def outbox(self) -> "OutboxPage":
        """What is on its way or stuck; made when it is first wanted."""
        from desktop.ui.outbox.commands import OutboxCommands  # noqa: PLC0415  (as above)
        from desktop.ui.outbox.page import OutboxPage  # noqa: PLC0415

        made = OutboxPage(self._services.queries, self._clock, self._theme, self)
        commands = OutboxCommands(made, self.decisions)
        self._outbox_handlers = {**commands.handlers(), Command.HELP: self.open_help}
        made.failed.connect(self.trouble)
        commands.said.connect(self.status.say)
        commands.left.connect(self.close_outbox)
        commands.card_wanted.connect(self._open_card)
        self.decisions.settled.connect(made.refresh)
        self._column.insertWidget(self._column.indexOf(self.page) + 1, made, 1)
        return made

    @property
    def is_in_outbox(self) -> bool:
        """Whether the outbox is shown."""
        return "outbox" in self.__dict__ and not self.outbox.isHidden()

    def open_outbox(self) -> None:
        """Show what is on its way or stuck."""
        self.page.view.stash_edit()
        if "cleanup" in self.__dict__:
            self.cleanup.hide()
        self.page.hide()
        self.outbox.open()

    def open_conflicts(self) -> None:
        """Show the conflicts alone."""
        self.open_outbox()
        if not self.outbox.model.only_conflicts:
            self.outbox.toggle_conflicts()

    def close_outbox(self) -> None:
        """Go back to the cards."""
        if self.is_in_outbox:
            self.outbox.leave()
            self.page.show()
            self.page.refresh()
            self.page.focus_list()

    def open_help(self) -> None:
        """Show the sheet of keys."""
        self.help.open()

    def check_mail(self) -> None:
        """Ask the agent to look into every mailbox now."""
        self._services.agent.check_mail()
        self.status.say("Looking for new mail")

    def trouble(self, error: DealsideError, about: str = "") -> None:
        """Say what went wrong, without stopping anything."""
        opening = " · ".join(part for part in (texts.error_words(error), one_line(about)) if part)
        self.banner.trouble(f"{opening}: {error.sentence}")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Notice the first paint; the cards are in it."""
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            QTimer.singleShot(0, self._first_painted)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Go away at once, and let the last decisions be written."""
        self._is_attached = True  # whoever closes the window so soon wants no agent of it
        self.page.view.draft.flush()
        self.hide()
        self.bridge.drain(LAST_WRITES_MS)
        self.bridge.close()
        if "cleanup" in self.__dict__:
            self.cleanup.stop()
        self._services.agent.close()
        super().closeEvent(event)

    def _build(self) -> None:
        self.setWindowTitle("Dealside")
        self.resize(*SIZE)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        column.addWidget(self.page, 1)
        column.addWidget(self.status)
        self.banner.set_notice(self._services.notice)

    def _connect(self) -> None:
        self.keys.pressed.connect(self._press)
        self.bridge.arrived.connect(self._events_arrived)
        self.bridge.linked.connect(self._linked)
        self.page.counted.connect(self.status.show_counts)
        self.page.counted.connect(self._counted)
        self.page.failed.connect(self.trouble)
        self.decisions.failed.connect(self.trouble)
        self.decisions.guarded_left.connect(self._say_guarded)
        self.decisions.sent_all.connect(self._say_sent)
        self.decisions.told.connect(self.status.say)
        self.commands.said.connect(self.status.say)
        self.status.outbox_wanted.connect(self.open_outbox)
        self.status.help_wanted.connect(self.open_help)

    def _press(self, command: Command) -> None:
        if command is Command.BACK:
            self.banner.clear()
        if self.is_in_outbox and command in self._outbox_handlers:
            self._outbox_handlers[command]()
        elif not self.is_in_outbox or command in LEAVE_OUTBOX:
            self.close_outbox()
            self._handlers[command]()

    def _load(self) -> None:
        """Read the first page of cards."""
        self.page.load()
        self.page.focus_list()
        self._read_health()

    def _first_painted(self) -> None:
        if self._on_ready is not None:
            self._on_ready()
        self._attach()

    def _attach(self) -> None:
        """Attach to the agent or start one, once; it comes last, for starting it takes longest."""
        if self._is_attached:
            return
        self._is_attached = True
        agent, bridge = self._services.agent, self.bridge
        bridge.aside(lambda: agent.start(bridge.on_event, bridge.on_link), self.trouble)

    def _linked(self, is_up: bool) -> None:  # noqa: FBT001  (a signal calls it)
        self.status.show_link(is_up)
        if is_up:
            # Whatever the agent said before the line stood, nobody here heard.
            self._read_health()
            self.page.refresh()

    def _events_arrived(self, events: tuple[Event, ...]) -> None:
        names = {event.name for event in events} - {EventName.ALERT_RAISED}
        alerts = [subject for event in events if event.name is EventName.ALERT_RAISED for subject in event.ids]
        if alerts:
            self._alert(frozenset(alerts))
        if names & HEALTH_EVENTS:
            self._read_health()
        if names - HEALTH_EVENTS:
            self.page.refresh()
            if self.is_in_outbox:
                self.outbox.refresh()
            if "cleanup" in self.__dict__ and self.cleanup.isVisible():
                self.cleanup.read()

    def _alert(self, subjects: frozenset[str]) -> None:
        """Say at once what only the rep can mend, and ask for a look where another program is in front."""
        try:
            stuck = [
                row for row in self._services.queries.outbox() if row.is_stuck and row.entry.subject_id in subjects
            ]
            health = self._services.queries.health()
        except DealsideError as error:
            self.trouble(error)
            return
        words = [f"{row.title}: {row.entry.sentence}" for row in stuck]
        words += [f"{one.title}: {one.sentence}" for one in health.connections if one.connection_id in subjects]
        if words:
            self.status.say(words[0] if len(words) == 1 else texts.ALERTS.format(len(words), words[0]))
            QApplication.alert(self)

    def _read_health(self) -> None:
        try:
            health = self._services.queries.health()
            self.status.show_health(health)
            self.banner.set_standing(texts.offline_sentence(health, self._clock.now()))
        except DealsideError as error:
            self.trouble(error)

    def _counted(self, counts: Counts) -> None:
        """Say in the title how much waits: it is what a task bar shows; the banner counts what cannot go out."""
        if counts.on_its_way + counts.needs_user != self._on_their_way:
            self._on_their_way = counts.on_its_way + counts.needs_user
            self._read_health()
        self.setWindowTitle(f"Dealside – {counts.open} open" if counts.open else "Dealside")

    def _open_card(self, proposal_id: ProposalId, subject_id: str) -> None:
        """Show a card wherever it lies, with the focus on one of its suggestions."""
        try:
            place = self._services.queries.place(proposal_id)
        except DealsideError as error:
            self.trouble(error)
            return
        self.close_outbox()
        if place is None:
            self.status.say(texts.CARD_GONE)
            return
        shelf, row = place
        if self.page.shelf is not shelf or self.page.model.filter:
            self.page.shelves.clear()
            self.page.show_shelf(shelf)
        if self.page.select(proposal_id, row):
            self.page.show_suggestion(SuggestionId(subject_id))

    def _say_sent(self, count: int) -> None:
        words = texts.number_of(count, "change is", "changes are")
        self.status.say(texts.ALL_SENT.format(words) if count else texts.NOTHING_WAITS)

    def _say_guarded(self, left: int) -> None:
        if left:
            self.status.say(texts.number_of(left, "suggestion needs", "suggestions need") + " your own press.")


def _help_columns() -> list[list[tuple[str, list[tuple[str, str]]]]]:
    return [
        [(group.value, [(b.shown, b.words) for b in BINDINGS if b.group is group]) for group in groups]
        for groups in HELP_COLUMNS
    ]
