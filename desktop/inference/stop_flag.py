"""A flag that native code reads in the middle of a decode, so that a cancelled answer stops within milliseconds."""

import ctypes
import sys
from typing import Any

ABORT_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_bool, ctypes.c_void_p)


class StopFlag:
    """Set on one thread, read by another and by llama.cpp's abort callback (`callback`, given `address`).

    A Python callback would be called for every node of the graph and cost a tenth of the speed. The C library's
    `strlen` over a two-byte buffer has the same calling convention and says the same: 0, go on; 1, stop.
    """

    def __init__(self) -> None:
        self._buffer = ctypes.create_string_buffer(2)
        self.address = ctypes.cast(self._buffer, ctypes.c_void_p)
        self.callback = self._native() or ABORT_CALLBACK(lambda _address: self.is_set)

    @property
    def is_set(self) -> bool:
        """Whether the running request is to stop."""
        return self._buffer.raw[0] != 0

    def set(self) -> None:
        """Ask the running request to stop."""
        self._buffer[0] = b"\x01"

    def clear(self) -> None:
        """Begin anew."""
        self._buffer[0] = b"\x00"

    def _native(self) -> Any:
        try:
            library = ctypes.CDLL("msvcrt" if sys.platform == "win32" else None)
            callback = ctypes.cast(library.strlen, ABORT_CALLBACK)
        except (OSError, AttributeError, TypeError):
            return None
        return callback if self._obeys(callback) else None

    def _obeys(self, callback: Any) -> bool:
        seen = []
        for switch in (self.set, self.clear):
            switch()
            seen.append(bool(callback(self.address)))
        return seen == [True, False]
