"""The line to the agent, made only when it is started: a window paints first, and sockets are 10 ms to load."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from desktop.domain.events import Event

if TYPE_CHECKING:
    from desktop.agent.line import AgentLine


class LateLine:
    """Behaves as the AgentLine that `make` returns; before `start` there is nobody to tell anything."""

    def __init__(self, make: "Callable[[], AgentLine]") -> None:
        self._make = make
        self._line: AgentLine | None = None

    def start(self, on_event: Callable[[Event], None], on_state: Callable[[bool], None]) -> None:
        """Make the line, attach to the running agent or start one."""
        self._line = self._make()
        self._line.start(on_event, on_state)

    def poke(self) -> None:
        """Tell the agent that there is something new to do."""
        if self._line is not None:
            self._line.poke()

    def check_mail(self) -> None:
        """Ask the agent to look into every mailbox now."""
        if self._line is not None:
            self._line.check_mail()

    def close(self) -> None:
        """Let go of the line; the agent goes on."""
        if self._line is not None:
            self._line.close()
