"""When to stop sending the rest of many calls."""

from collections.abc import Callable
from typing import TypeVar

from desktop.domain.errors import Temporary

_T = TypeVar("_T")


class Patience:
    """Sends one call after the other while that is of any use.

    Once the vendor asks us to wait, or two calls in a row had no answer, the rest is not tried.
    """

    def __init__(self) -> None:
        self._lost = 0
        self._over: Temporary | None = None

    def send(self, call: Callable[[], _T]) -> _T:
        """Return what `call` does; raise what it raises."""
        if self._over is not None:
            raise self._over
        try:
            answer = call()
        except Temporary as error:
            self._lost += 1
            if error.retry_after is not None or self._lost > 1:
                self._over = error
            raise
        self._lost = 0
        return answer
