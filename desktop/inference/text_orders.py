"""What the engine child can be told to do: one method an order, every trouble turned into a message."""

import sys
from collections.abc import Callable

from desktop.inference import wire
from desktop.inference.stop_flag import StopFlag
from desktop.inference.text_decoder import EngineTrouble
from desktop.inference.text_engine import Engine
from desktop.inference.text_library import check_library, devices, has_gpu_build
from desktop.inference.wire import FailureCode

Advance = Callable[[float], None]


def limit_memory(size: int) -> None:
    """Let the process have no more than `size` bytes of address space, where the system can; 0 means no limit."""
    if sys.platform == "linux" and size > 0:
        import resource  # noqa: PLC0415  (there is none elsewhere)

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        soft = size if hard == resource.RLIM_INFINITY else min(size, hard)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


class Orders:
    """Carries out one order at a time."""

    def __init__(self, stop: StopFlag) -> None:
        self._stop = stop
        self._engine: Engine | None = None

    def __call__(self, order: wire.Request, advance: Advance) -> wire.Message:
        """Return the reply to an order, its `id` not yet set."""
        try:
            return self._carry_out(order, advance)
        except EngineTrouble as trouble:
            return wire.Failed(code=trouble.code, retryable=trouble.retryable, detail=trouble.detail)

    def _carry_out(self, order: wire.Request, advance: Advance) -> wire.Message:
        match order:
            case wire.Hello() | wire.Probe():
                return _look(order)
            case wire.Load():
                return self._load(order, advance)
            case wire.Choose():
                return self._choose(order, advance)
            case wire.Write():
                return self._write(order, advance)
            case wire.Tokenize():
                return self._tokenize(order)
            case wire.Cancel() | wire.Ping():
                return wire.Pong()

    def _load(self, order: wire.Load, advance: Advance) -> wire.Message:
        if self._engine is not None:
            raise EngineTrouble(FailureCode.BAD_REQUEST, "a model is loaded already")
        limit_memory(order.memory_limit)
        self._engine = Engine(order, self._stop, advance)
        return wire.Loaded(n_ctx=self._engine.n_ctx, speed=self._engine.speed, measured=self._engine.measured)

    def _choose(self, order: wire.Choose, advance: Advance) -> wire.Message:
        engine = self._loaded()
        prompt, answers = engine.counts
        found = engine.choose(order, advance)
        return wire.Result(
            answers=tuple(found.answers),
            n_left_out=found.n_left_out,
            n_prompt=engine.counts[0] - prompt,
            n_answers=engine.counts[1] - answers,
            n_threads=engine.n_threads,
        )

    def _write(self, order: wire.Write, advance: Advance) -> wire.Message:
        engine = self._loaded()
        prompt, answers = engine.counts
        said = engine.write(order, advance)
        return wire.Written(
            text=said.text,
            n_left_out=said.n_left_out,
            n_prompt=engine.counts[0] - prompt,
            n_answers=engine.counts[1] - answers,
        )

    def _tokenize(self, order: wire.Tokenize) -> wire.Message:
        engine = self._loaded()
        pieces, document = engine.tokens_of(order.pieces), engine.plain_tokens(order.document)
        return wire.Tokens(pieces=tuple(pieces), document=tuple(document))

    def _loaded(self) -> Engine:
        if self._engine is None:
            raise EngineTrouble(FailureCode.NOT_LOADED)
        return self._engine


def _look(order: wire.Hello | wire.Probe) -> wire.Message:
    """Say what can be said without a model: who we are, or what can be computed on."""
    if isinstance(order, wire.Hello):
        return wire.Greeted(library=check_library(), has_gpu_build=has_gpu_build())
    return wire.Devices(devices=devices())
