"""Stand-ins for the engine child: one that plays a script, and one that looks over a real child's shoulder."""

from collections.abc import Callable, Mapping
from typing import Any

from desktop.inference import wire
from desktop.inference.engine_link import Child

Script = Callable[[str, Mapping[str, Any]], wire.Message | Exception]
"""op and message → the reply, or the error the supervision raises."""


class FakeChild(Child):
    """Greets, loads and answers as the script says; dies when the script raises ChildDied or kills it."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._is_alive = True
        self.asked: list[Mapping[str, Any]] = []
        self.deadlines: list[float] = []
        self.cancels = 0

    @property
    def is_alive(self) -> bool:
        return self._is_alive

    def request(
        self, message: Mapping[str, Any], *, deadline: float, on_progress: Callable[[dict[str, Any]], None]
    ) -> dict[str, Any]:
        self.asked.append(message)
        self.deadlines.append(deadline)
        on_progress({"op": "progress", "id": 1, "share": 0.5})
        reply = self._script(message["op"], message)
        if isinstance(reply, Exception):
            self._is_alive = getattr(reply, "child_ended", True) is False
            raise reply
        return wire.to_mapping(reply)

    def cancel(self) -> None:
        self.cancels += 1

    def close(self) -> None:
        self._is_alive = False


class TappedChild(Child):
    """A real child; `on_choosing` is called once, at the first sign that it is in the middle of an answer.

    It is the answer to the first `op`, and at least `share` of it is done.
    """

    def __init__(
        self, inner: Child, on_choosing: Callable[[Child], None], *, op: str = "choose", share: float = 0.0
    ) -> None:
        self.inner = inner
        self._op, self._share = op, share
        self._on_choosing: Callable[[Child], None] | None = on_choosing

    @property
    def is_alive(self) -> bool:
        return self.inner.is_alive

    def request(
        self, message: Mapping[str, Any], *, deadline: float, on_progress: Callable[[dict[str, Any]], None]
    ) -> dict[str, Any]:
        def tap(progress: dict[str, Any]) -> None:
            is_due = message["op"] == self._op and progress["share"] >= self._share
            if is_due and self._on_choosing is not None:
                act, self._on_choosing = self._on_choosing, None
                act(self.inner)
            on_progress(progress)

        return self.inner.request(message, deadline=deadline, on_progress=tap)

    def cancel(self) -> None:
        self.inner.cancel()

    def close(self) -> None:
        self.inner.close()
