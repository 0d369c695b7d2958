"""JSON pointers (RFC 6901): looking things up in what a server sent, and setting places in what is sent to it."""

from collections.abc import MutableMapping
from typing import Any

MISSING: Any = object()
"""What stands where nothing stands; None is something."""


def parse(pointer: str) -> tuple[str, ...]:
    """Return a pointer's steps; raise ValueError for text that is none."""
    if not pointer:
        return ()
    if not pointer.startswith("/"):
        raise ValueError("a place begins with /")
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in pointer[1:].split("/"))


def look(document: Any, pointer: str) -> Any:
    """Return what stands at `pointer`, or MISSING."""
    for step in parse(pointer):
        if isinstance(document, dict):
            document = document.get(step, MISSING)
        elif isinstance(document, list) and step.isascii() and step.isdecimal() and len(step) < 8:
            document = document[int(step)] if int(step) < len(document) else MISSING
        else:
            return MISSING
    return document


def put(document: MutableMapping[str, Any], pointer: str, value: Any) -> None:
    """Set the place `pointer` of an object, making the objects on the way to it."""
    *way, last = parse(pointer)
    for step in way:
        below = document.get(step)
        if not isinstance(below, dict):
            below = document[step] = {}
        document = below
    document[last] = value
