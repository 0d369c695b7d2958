"""The one window: a banner on top, the review page, the quiet line, and the keys. It wires; it decides nothing."""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QCloseEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from desktop.domain.errors import DealsideError
from desktop.domain.events import Event, EventName
from desktop.domain.ports import Clock
from desktop.review.views import Counts
from desktop.services import Services
from desktop.ui import texts
from desktop.ui.bridge import Bridge
from desktop.ui.review.commands import Commands
from desktop.ui.review.decisions import Decisions
from desktop.ui.review.display_text import one_line
from desktop.ui.review.keys import BINDINGS, Command, Group, Keys
from desktop.ui.review.page import ReviewPage
from desktop.ui.theme import Theme
from desktop.ui.widgets.banner import Banner
from desktop.ui.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from desktop.ui.widgets.help_overlay import HelpOverlay

SIZE = (1280, 800)
LAST_WRITES_MS = 3000
AGENT_AT_LATEST_MS = 2000
HEALTH_EVENTS = frozenset({EventName.HEALTH_CHANGED, EventName.CONNECTION_CHANGED})
HELP_COLUMNS = ((Group.MOVE, Group.DECIDE), (Group.CHANGE, Group.REPLY, Group.LOOK))


class MainWindow(QWidget):
    """Reads its first page, shows it, and only then sees to the agent; `on_ready` comes once that page is painted."""

    def __init__(self, services: Services, clock: Clock, theme: Theme, app: QApplication) -> None:
        super().__init__()
        self._services = services
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
        self._handlers = {
            **self.commands.handlers(),
            Command.HELP: self.open_help,
            Command.CHECK_MAIL: self.check_mail,
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
        self._services.agent.close()
        super().closeEvent(event)

    def _build(self) -> None:
        self.setWindowTitle("Dealside")
        self.resize(*SIZE)
        column = QVBoxLayout(self)
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
        self.page.counted.connect(self._show_title)
        self.page.failed.connect(self.trouble)
        self.decisions.failed.connect(self.trouble)
        self.decisions.guarded_left.connect(self._say_guarded)
        self.commands.said.connect(self.status.say)
        self.status.help_wanted.connect(self.open_help)

    def _press(self, command: Command) -> None:
        if command is Command.BACK:
            self.banner.clear()
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
        names = {event.name for event in events}
        if names & HEALTH_EVENTS:
            self._read_health()
        if names - HEALTH_EVENTS:
            self.page.refresh()

    def _read_health(self) -> None:
        try:
            self.status.show_health(self._services.queries.health())
        except DealsideError as error:
            self.trouble(error)

    def _show_title(self, counts: Counts) -> None:
        """Say in the title how much waits: it is what a task bar shows."""
        self.setWindowTitle(f"Dealside – {counts.open} open" if counts.open else "Dealside")

    def _say_guarded(self, left: int) -> None:
        if left:
            self.status.say(texts.number_of(left, "suggestion needs", "suggestions need") + " your own press.")


def _help_columns() -> list[list[tuple[str, list[tuple[str, str]]]]]:
    return [
        [(group.value, [(b.shown, b.words) for b in BINDINGS if b.group is group]) for group in groups]
        for groups in HELP_COLUMNS
    ]
