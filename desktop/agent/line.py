"""The window's line to the agent: attach to the one running, start one when there is none, come back when it breaks."""

import logging
from collections.abc import Callable

from desktop.domain.events import Event, EventName
from desktop.runtime.lanes import Lane
from desktop.runtime.link import LinkClient, Message

log = logging.getLogger("dealside.line")

TRY_AGAIN = 0.15
TRIES_BEFORE_START = 0
TRIES_BETWEEN_STARTS = 60
ATTACHED = 3600.0


def to_message(event: Event) -> Message:
    """Return an Event as it travels."""
    return {"event": event.name.value, "ids": list(event.ids)}


def to_event(message: Message) -> Event | None:
    """Read what `to_message` wrote; None for anything else, as it may come from another version."""
    try:
        return Event(EventName(message["event"]), tuple(str(found) for found in message["ids"]))
    except (KeyError, ValueError, TypeError):
        return None


class AgentLine:
    """Keeps one line up. `spawn` starts an agent; two started at once sort it out by their instance lock."""

    def __init__(self, address: str, secret: bytes, spawn: Callable[[], None]) -> None:
        self._address = address
        self._secret = secret
        self._spawn = spawn
        self._client: LinkClient | None = None
        self._on_event: Callable[[Event], None] = lambda _event: None
        self._on_state: Callable[[bool], None] = lambda _is_up: None
        self._tries = 0
        self._lane = Lane("agent-line", self._turn)

    def start(self, on_event: Callable[[Event], None], on_state: Callable[[bool], None]) -> None:
        """Attach to the running agent or start one; both callbacks arrive on a thread of the line's own."""
        self._on_event, self._on_state = on_event, on_state
        self._lane.start()

    def poke(self) -> None:
        """Tell the agent that there is something new to do. Never blocks; a poke that is lost only costs time."""
        self._ask("poke")

    def check_mail(self) -> None:
        """Ask the agent to look into every mailbox now."""
        self._ask("check_mail")

    def stop_agent(self) -> None:
        """Ask the agent to end."""
        self._ask("stop")

    def close(self) -> None:
        """Let go of the line; the agent goes on."""
        self._lane.stop()
        if self._client is not None:
            self._client.close()

    def _ask(self, what: str) -> None:
        client = self._client
        if client is not None:
            client.send({"ask": what})

    def _turn(self) -> float:
        if self._client is not None:
            return ATTACHED
        try:
            self._client = LinkClient(self._address, self._secret, on_message=self._received, on_lost=self._lost)
        except OSError as error:
            if self._tries % TRIES_BETWEEN_STARTS == TRIES_BEFORE_START:
                log.info("no agent answers (%s): starting one", type(error).__name__)
                self._spawn()
            self._tries += 1
            return TRY_AGAIN
        self._tries = 0
        self._on_state(True)
        return ATTACHED

    def _received(self, message: Message) -> None:
        event = to_event(message)
        if event is not None:
            self._on_event(event)

    def _lost(self) -> None:
        self._client = None
        self._on_state(False)
        self._lane.wake()
