"""The line between agent and window: a local socket (a named pipe on Windows) with JSON messages, never pickles.

Nothing but event names, ids and pokes travels here. Both ends prove that they hold the profile's key (HMAC challenge of
`multiprocessing.connection`), so another user's process can neither listen nor poke.
"""

import hashlib
import json
import logging
import os
import socket
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import Any

log = logging.getLogger("dealside.link")

LARGEST = 64 * 1024
Message = dict[str, Any]


def address_of(data_folder: Path) -> str:
    """Return where a profile's agent listens. Short, because a UNIX socket's path may hold some 100 bytes only."""
    name = hashlib.sha256(str(data_folder.resolve()).encode()).hexdigest()[:16]
    if sys.platform == "win32":
        return rf"\\.\pipe\dealside-{name}"
    folder = Path(tempfile.gettempdir()) / f"dealside-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        folder = data_folder
    return str(folder / f"{name}.sock")


def _hang_up(line: Connection) -> None:
    """Close a line, also while another thread waits for words on it: closing alone would not wake that thread."""
    with suppress(OSError, ValueError):
        if sys.platform != "win32":
            with socket.socket(fileno=os.dup(line.fileno())) as both_ends:
                both_ends.shutdown(socket.SHUT_RDWR)
    with suppress(OSError):
        line.close()


class LinkServer:
    """The agent's end: broadcasts to every window, and hands each message that comes in to `on_message`."""

    def __init__(
        self,
        address: str,
        secret: bytes,
        *,
        on_message: Callable[[Message], None],
        on_count: Callable[[int], None] = lambda _count: None,
    ) -> None:
        self._on_message = on_message
        self._on_count = on_count
        self._lock = threading.Lock()
        self._windows: list[Connection] = []
        self._closed = threading.Event()
        if sys.platform != "win32":
            # Only the holder of the instance lock gets here, so a socket that lies there is a dead agent's.
            Path(address).unlink(missing_ok=True)
        self._listener = Listener(address, authkey=secret)
        threading.Thread(target=self._accept, name="link-accept", daemon=True).start()

    def broadcast(self, message: Message) -> None:
        """Send to every window; one that does not take it is dropped."""
        line = json.dumps(message).encode()
        with self._lock:
            for window in list(self._windows):
                try:
                    window.send_bytes(line)
                except (OSError, ValueError):
                    self._drop(window)

    def close(self) -> None:
        """Stop listening and hang up."""
        self._closed.set()
        with suppress(OSError):
            self._listener.close()
        with self._lock:
            for window in list(self._windows):
                self._drop(window)

    def _accept(self) -> None:
        while not self._closed.is_set():
            try:
                window = self._listener.accept()
            except (OSError, EOFError, AuthenticationError) as error:
                if self._closed.is_set():
                    return
                log.info("a caller was turned away: %s", type(error).__name__)
                continue
            with self._lock:
                self._windows.append(window)
                count = len(self._windows)
            self._on_count(count)
            threading.Thread(target=self._listen, args=(window,), name="link-window", daemon=True).start()

    def _listen(self, window: Connection) -> None:
        with suppress(OSError, EOFError, ValueError):
            while True:
                message = json.loads(window.recv_bytes(LARGEST))
                if isinstance(message, dict):
                    self._on_message(message)
        with self._lock:
            self._drop(window)
            count = len(self._windows)
        if not self._closed.is_set():
            self._on_count(count)

    def _drop(self, window: Connection) -> None:
        if window in self._windows:
            self._windows.remove(window)
        _hang_up(window)


class LinkClient:
    """The window's end of one line; `on_lost` is called once when it breaks. Raises OSError when nobody listens."""

    def __init__(
        self, address: str, secret: bytes, *, on_message: Callable[[Message], None], on_lost: Callable[[], None]
    ) -> None:
        try:
            self._connection = Client(address, authkey=secret)
        except (AuthenticationError, EOFError) as error:
            raise ConnectionRefusedError(f"the agent did not know us: {type(error).__name__}") from error
        self._on_message = on_message
        self._on_lost = on_lost
        self._lock = threading.Lock()
        self._closed = threading.Event()
        threading.Thread(target=self._listen, name="link-agent", daemon=True).start()

    def send(self, message: Message) -> None:
        """Send one message; a broken line shows through `on_lost`, not here."""
        with self._lock, suppress(OSError, ValueError):
            self._connection.send_bytes(json.dumps(message).encode())

    def close(self) -> None:
        """Hang up."""
        self._closed.set()
        _hang_up(self._connection)

    def _listen(self) -> None:
        with suppress(OSError, EOFError, ValueError, TypeError):
            while True:
                message = json.loads(self._connection.recv_bytes(LARGEST))
                if isinstance(message, dict):
                    self._on_message(message)
        if not self._closed.is_set():
            self._on_lost()
