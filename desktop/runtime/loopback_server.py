"""A small HTTP listener for callers on this machine, all of it in one lane: no thread per caller, no waiting for one.

Whatever comes in, the cost is bounded: so many callers at once, so many in a second, so many bytes, so much time each.
Callers beyond that wait in the system's queue. Each gets one answer and is hung up on.
"""

import logging
import selectors
import socket
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus

from desktop.domain.errors import UserActionNeeded
from desktop.runtime.lanes import AT_ONCE
from desktop.runtime.loopback_request import BadRequest, Request, RequestReader
from desktop.runtime.signals import Wakeup

log = logging.getLogger("dealside.listener")

LOOPBACK = "127.0.0.1"
READ_AT_ONCE = 65_536
QUEUE = 32
GO_AHEAD = b"HTTP/1.1 100 Continue\r\n\r\n"


@dataclass(frozen=True, slots=True)
class ListenerLimits:
    """What callers may cost. `patience` is how many seconds a request may take to arrive, `farewell` to hang up."""

    callers: int = 32
    per_second: int = 50
    body: int = 512 * 1024
    patience: float = 10.0
    farewell: float = 2.0


@dataclass(frozen=True, slots=True)
class Reply:
    """A status and what else to say; `body` is a page of a few kilobytes at most."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(slots=True)
class _Caller:
    line: socket.socket
    reader: RequestReader
    until: float
    is_answered: bool = False


class LoopbackServer:
    """Listens on one port of 127.0.0.1. `turn`, `interrupt` and `close` are for the Lane that runs it.

    `answer` is called in that lane with each whole request; what it raises is logged and answered with 500. Raises
    UserActionNeeded when the port cannot be had; port 0 takes any that is free.
    """

    def __init__(
        self,
        port: int,
        answer: Callable[[Request], Reply],
        *,
        limits: ListenerLimits | None = None,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._answer = answer
        self._limits = limits or ListenerLimits()
        self._ticks = ticks
        self._callers: dict[int, _Caller] = {}
        self._wakeup = Wakeup()
        self._allowance, self._counted_at = float(self._limits.per_second), ticks()
        self._door = _listen(port)
        self._is_open = True
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._door, selectors.EVENT_READ)
        self._selector.register(self._wakeup.fileno(), selectors.EVENT_READ)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._door.getsockname()[1])

    @property
    def open_callers(self) -> int:
        """How many callers are on the line."""
        return len(self._callers)

    def turn(self) -> float:
        """Wait for callers, or for words of those on the line, and deal with what came; then ask for the next turn."""
        self._mind_door()
        for key, _ in self._selector.select(self._longest_wait()):
            if key.fileobj is self._door:
                self._let_in()
            elif key.fd in self._callers:
                self._hear(self._callers[key.fd])
        self._wakeup.clear()
        now = self._ticks()
        for caller in [caller for caller in self._callers.values() if caller.until <= now]:
            if caller.is_answered:
                self._hang_up(caller)
            else:
                self._say(caller, Reply(HTTPStatus.REQUEST_TIMEOUT))
        return AT_ONCE

    def interrupt(self) -> None:
        """Make a `turn` in another thread return soon."""
        self._wakeup.set()

    def close(self) -> None:
        """Hang up on everybody and give the port back."""
        for caller in list(self._callers.values()):
            self._hang_up(caller)
        self._selector.close()
        self._door.close()
        self._wakeup.close()

    # --- who may come in --------------------------------------------------------------------------------------------

    def _mind_door(self) -> None:
        """Count what is allowed by now, and listen at the door only while somebody may come in."""
        now, rate = self._ticks(), self._limits.per_second
        self._allowance = min(float(rate), self._allowance + (now - self._counted_at) * rate)
        self._counted_at = now
        if len(self._callers) >= self._limits.callers:
            self._make_room()
        may_enter = self._allowance >= 1 and len(self._callers) < self._limits.callers
        if may_enter != self._is_open:
            self._is_open = may_enter
            if may_enter:
                self._selector.register(self._door, selectors.EVENT_READ)
            else:
                self._selector.unregister(self._door)

    def _make_room(self) -> None:
        """Hang up on the one who was answered first; nobody is, who has not been."""
        answered = [caller for caller in self._callers.values() if caller.is_answered]
        if answered:
            self._hang_up(min(answered, key=lambda caller: caller.until))

    def _longest_wait(self) -> float | None:
        """Return how long nothing needs doing if nobody stirs; None for as long as that takes."""
        now = self._ticks()
        waits = [caller.until - now for caller in self._callers.values()]
        if self._allowance < 1:
            waits.append((1 - self._allowance) / self._limits.per_second)
        return max(0.0, min(waits)) if waits else None

    def _let_in(self) -> None:
        try:
            line, _ = self._door.accept()
        except OSError as error:  # the caller has left already, or there are no descriptors left
            log.info("a caller could not be let in: %s", type(error).__name__)
            self._allowance = 0.0
            return
        self._allowance -= 1
        line.setblocking(False)
        caller = _Caller(line, RequestReader(self._limits.body), self._ticks() + self._limits.patience)
        self._callers[line.fileno()] = caller
        self._selector.register(line, selectors.EVENT_READ)

    # --- one caller -------------------------------------------------------------------------------------------------

    def _hear(self, caller: _Caller) -> None:
        try:
            data = caller.line.recv(READ_AT_ONCE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._hang_up(caller)
        elif not caller.is_answered:  # else: what is still on its way is let pass, or they would not see our answer
            self._read(caller, data)

    def _read(self, caller: _Caller, data: bytes) -> None:
        try:
            request = caller.reader.feed(data)
        except BadRequest as error:
            self._say(caller, Reply(error.status))
            return
        if request is not None:
            self._say(caller, self._judged(request))
        elif caller.reader.wants_go_ahead:
            caller.reader.wants_go_ahead = False
            with suppress(OSError):
                caller.line.send(GO_AHEAD)

    def _judged(self, request: Request) -> Reply:
        try:
            return self._answer(request)
        except Exception:
            log.exception("a call could not be answered")
            return Reply(HTTPStatus.INTERNAL_SERVER_ERROR)

    def _say(self, caller: _Caller, reply: Reply) -> None:
        """Answer and wait a moment for the other side to hang up: closing at once could take the answer back."""
        words = HTTPStatus(reply.status).phrase
        head = [f"HTTP/1.1 {reply.status} {words}", *(f"{name}: {value}" for name, value in reply.headers.items())]
        if reply.status != HTTPStatus.NO_CONTENT:
            head.append(f"Content-Length: {len(reply.body)}")
        raw = "\r\n".join([*head, "Connection: close", "", ""]).encode("latin-1") + reply.body
        caller.is_answered = True
        caller.until = self._ticks() + self._limits.farewell
        try:
            caller.line.send(raw)
            caller.line.shutdown(socket.SHUT_WR)
        except OSError:
            self._hang_up(caller)

    def _hang_up(self, caller: _Caller) -> None:
        self._callers.pop(caller.line.fileno(), None)
        with suppress(OSError, KeyError, ValueError):
            self._selector.unregister(caller.line)
        caller.line.close()


def _listen(port: int) -> socket.socket:
    door = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":
            door.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind((LOOPBACK, port))
        door.listen(QUEUE)
        door.setblocking(False)
    except OSError as error:
        door.close()
        raise UserActionNeeded(
            f"Port {port} of this machine cannot be had, most likely because another program listens there: "
            "choose another one.",
            detail=str(error),
        ) from error
    return door
