"""Locks between the threads of this process, for those who may not make threads themselves."""

import threading
from contextlib import AbstractContextManager


def new_lock() -> AbstractContextManager[bool]:
    """Return a lock that one thread holds at a time: `with lock:`. It may not be taken twice by the same thread."""
    return threading.Lock()
