"""Domain dataclasses to JSON and back, so that nested parts need no tables of their own."""

from typing import TypeVar

import msgspec

from desktop.domain.errors import Defect

T = TypeVar("T")


def encode(value: object) -> str:
    """Return `value` as JSON text."""
    return msgspec.json.encode(value).decode()


def decode(text: str, as_type: type[T]) -> T:
    """Read JSON text as `as_type`; raise Defect when it does not fit (a migration was forgotten)."""
    try:
        return msgspec.json.decode(text, type=as_type)
    except msgspec.MsgspecError as error:
        raise Defect("A stored row could not be read.", detail=f"{as_type.__name__}: {error}") from error
