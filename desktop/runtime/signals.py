"""How one thread taps another on the shoulder while that one waits for a socket, a folder or nothing at all.

A `Wakeup` can be waited for by itself (`wait`) or together with sockets: its `fileno` becomes readable when it is set.
It is a pair of connected sockets rather than a pipe because Windows can select on sockets only.
"""

import socket
import threading


class Wakeup:
    """A tap that stays until it is cleared, so that one given just before a `wait` is not lost."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tapped = threading.Event()
        self._pair: tuple[socket.socket, socket.socket] | None = None

    def set(self) -> None:
        """Tap. Any thread may call this, at any time, also after `close`."""
        with self._lock:
            if not self._tapped.is_set():
                self._tapped.set()
                self._mark_readable()

    def is_set(self) -> bool:
        """Return whether there was a tap since the last `clear`."""
        return self._tapped.is_set()

    def clear(self) -> None:
        """Forget the tap."""
        with self._lock:
            if self._tapped.is_set() and self._pair:
                self._pair[0].recv(1)
            self._tapped.clear()

    def wait(self, seconds: float) -> bool:
        """Return True as soon as there is a tap, False when there was none for `seconds`. Does not clear it."""
        return self._tapped.wait(max(0.0, seconds))

    def fileno(self) -> int:
        """Return a descriptor that is readable while there is a tap; it holds until `close`."""
        with self._lock:
            if self._pair is None:
                self._pair = socket.socketpair()
                if self._tapped.is_set():
                    self._mark_readable()
            return self._pair[0].fileno()

    def close(self) -> None:
        """Let go of the descriptor; the Wakeup may be used again afterwards."""
        with self._lock:
            pair, self._pair = self._pair, None
            for end in pair or ():
                end.close()

    def _mark_readable(self) -> None:
        if self._pair:
            self._pair[1].send(b"\0")
