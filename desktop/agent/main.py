"""The agent as a program: one per profile, reachable over the local line, ended by a signal or by being asked."""

import logging
import signal
from collections.abc import Callable
from types import FrameType

from desktop.agent.agent import Agent
from desktop.agent.line import to_message
from desktop.runtime.events import EventBus
from desktop.runtime.link import LinkServer, Message
from desktop.runtime.signals import Wakeup

log = logging.getLogger("dealside.agent")

FOREVER = 86_400.0


def serve(agent: Agent, bus: EventBus, *, address: str, secret: bytes, ends_with_window: bool = False) -> None:
    """Work until told to stop. The caller holds the profile's instance lock."""
    ending = Wakeup()
    _end_on_signals(ending.set)

    def received(message: Message) -> None:
        if message.get("ask") in {"poke", "check_mail"}:
            agent.poke()
        elif message.get("ask") == "stop":
            ending.set()

    def counted(windows: int) -> None:
        if ends_with_window and windows == 0:
            ending.set()

    server = LinkServer(address, secret, on_message=received, on_count=counted)
    bus.subscribe(lambda event: server.broadcast(to_message(event)))
    agent.start()
    log.info("the agent is at work")
    while not ending.wait(FOREVER):
        pass
    server.close()
    ended = agent.stop()
    log.info("the agent has ended%s", "" if ended else ", though a lane was still busy")


def _end_on_signals(end: Callable[[], None]) -> None:
    def ended(_number: int, _frame: FrameType | None) -> None:
        end()

    signal.signal(signal.SIGTERM, ended)
    signal.signal(signal.SIGINT, ended)
