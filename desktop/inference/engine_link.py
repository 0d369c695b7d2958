"""The line to one engine child after another: typed orders out, typed answers in, every trouble one of two kinds.

A Setback means that the child was lost, late or confused and that nobody knows whose fault it is; a Refusal means that
the child is well and says no. What follows from them is for the client to decide.
"""

import logging
import math
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

import msgspec

from desktop.domain.errors import Cancelled, Rejected
from desktop.domain.ports import Usage
from desktop.inference import wire
from desktop.inference.gpu_share import share_for
from desktop.runtime.process import ChildProcess, worker_command
from desktop.runtime.supervision import (
    ChildDied,
    Ending,
    LineTooLong,
    RequestCancelled,
    RequestStopped,
    Supervision,
)

WORKER = "desktop.inference.text_worker"
GIB = 1 << 30
ROUNDING = 1e-3
LONGEST_TOKEN = 256  # bytes, in `text_vocabulary`

logger = logging.getLogger("dealside.inference")

Reply = TypeVar("Reply", bound=wire.Message)
Answers = tuple[tuple[float, ...], ...]


def usual_threads() -> int:
    """Return the number of threads to begin with: one core is left to the rep."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2
    return max(1, cores - 1)


@dataclass(frozen=True, slots=True)
class EngineLimits:
    """What the engine is allowed: seconds, threads, bytes of address space (None: by the size of the file).

    An answer may take `choose` seconds and `patience` times what its tokens take at the measured speed; a text no
    longer than `write` seconds, however slow the model is. With `may_use_gpu`, a graphics card is used where the
    library was built for one and there is room on it.
    """

    greet: float = 60.0
    probe: float = 20.0
    load: float = 300.0
    choose: float = 10.0
    write: float = 60.0
    patience: float = 4.0
    threads: int = usual_threads()
    memory: int | None = None
    may_use_gpu: bool = True


USUAL = EngineLimits()


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a model is to be loaded: see `wire.Load`."""

    context: int
    check_tensors: bool = False
    measured: wire.Measured | None = None
    model_hash: str = ""
    state_folder: Path | None = None


class Child(Protocol):
    """The part of a supervised child process that is used here; see `runtime/process.py`."""

    @property
    def is_alive(self) -> bool: ...

    def request(
        self, message: Mapping[str, Any], *, deadline: float, on_progress: Callable[[dict[str, Any]], None]
    ) -> dict[str, Any]: ...

    def cancel(self) -> None: ...

    def close(self) -> None: ...


def engine_starter(*, idle: float = 300.0) -> Callable[[], Child]:
    """Return what starts the real engine child; it is ended after `idle` seconds without a question."""
    return lambda: ChildProcess(worker_command(WORKER), name="engine", supervision=Supervision(idle=idle))


class Setback(Exception):
    """The child was lost, spoke nonsense or let the deadline pass. `is_idle`: it had been put to rest, no harm done."""

    def __init__(self, detail: str, *, is_idle: bool = False) -> None:
        super().__init__(detail)
        self.is_idle = is_idle


class Refusal(Exception):
    """The child is well and says that it cannot do this."""

    def __init__(self, failed: wire.Failed) -> None:
        super().__init__(f"{failed.code.value}: {failed.detail}")
        self.code = failed.code
        self.retryable = failed.retryable


class EngineLink:
    """Starts a child, loads a model into it and asks it. One thread asks; any thread may cancel."""

    def __init__(self, start: Callable[[], Child], limits: EngineLimits) -> None:
        self._start = start
        self._limits = limits
        self._child: Child | None = None
        self._loaded = wire.Loaded(n_ctx=0, speed=math.inf)
        self._devices: tuple[wire.Device, ...] | None = None
        self._gpu_failed = False
        self._is_cancelled = False
        self._threads = limits.threads
        self.usage = Usage()

    @property
    def is_alive(self) -> bool:
        """Whether a child with a model is there to be asked."""
        return self._child is not None and self._child.is_alive

    @property
    def is_cancelled(self) -> bool:
        """Whether `cancel` was called since `begin`."""
        return self._is_cancelled

    def begin(self) -> None:
        """Forget earlier calls of `cancel`, and what was used: something new is asked."""
        self._is_cancelled = False
        self.usage = Usage()

    def cancel(self) -> None:
        """Make whatever runs raise Cancelled soon."""
        self._is_cancelled = True
        child = self._child
        if child is not None:
            child.cancel()

    def close(self) -> None:
        """End the child."""
        child, self._child = self._child, None
        if child is not None:
            child.close()

    @property
    def measured(self) -> wire.Measured | None:
        """How fast the loaded model is, as measured when it was loaded."""
        return self._loaded.measured

    def load(self, model: Path, wanted: Wanted) -> None:
        """Start a child and load the model; raise Setback, Refusal or Cancelled, and then no child is left."""
        share = 0.0
        try:
            self._child = self._start()
            greeted = self._call(wire.Hello(), deadline=self._limits.greet, wanted=wire.Greeted)
            share = self._gpu_share(model) if greeted.has_gpu_build else 0.0
            order = wire.Load(
                path=str(model.absolute()),  # the child has a working folder of its own
                n_ctx=wanted.context,
                n_threads=self._limits.threads,
                check_tensors=wanted.check_tensors,
                memory_limit=0 if share else self._memory_for(model),  # drivers reserve more than there is
                gpu_share=share,
                measured=wanted.measured,
                model_hash=wanted.model_hash,
                state_folder=str(wanted.state_folder.absolute()) if wanted.state_folder else "",
            )
            self._loaded = self._call(order, deadline=self._limits.load, wanted=wire.Loaded)
        except OSError as error:
            self.close()
            raise Setback(f"the engine child cannot be started: {error}") from error
        except (Setback, Refusal, Cancelled):
            # Whatever it was, the next try goes without the graphics card.
            self._gpu_failed = self._gpu_failed or bool(share)
            self.close()
            raise
        self._threads = self._limits.threads
        _log_speed(self._loaded, share)

    def probe(self) -> tuple[wire.Device, ...]:
        """Return what can be computed on; a driver that crashes or hangs takes a throw-away child with it, no more."""
        devices: tuple[wire.Device, ...] = ()
        child: Child | None = None
        try:
            child = self._start()
            mapping = child.request(
                wire.to_mapping(wire.Probe()), deadline=self._limits.probe, on_progress=self._on_progress
            )
            reply = wire.read_reply(mapping)
            devices = reply.devices if isinstance(reply, wire.Devices) else ()
        except (OSError, ChildDied, RequestStopped, msgspec.ValidationError) as error:
            logger.warning("the graphics card cannot be looked at, so it is not used: %s", error)
        finally:
            if child is not None:
                child.close()
        return devices

    def _gpu_share(self, model: Path) -> float:
        if not self._limits.may_use_gpu or self._gpu_failed:
            return 0.0
        if self._devices is None:
            self._devices = self.probe()
        return share_for(self._devices, model.stat().st_size)

    def ask(self, order: wire.Choose) -> Answers:
        """Return one list of probabilities per question; raise Setback, Refusal, Cancelled, or Rejected if too long.

        What it cost is added to `usage`.
        """
        try:
            result = self._call(order, deadline=self._deadline(order), wanted=wire.Result)
        except LineTooLong as error:
            half = len(order.questions) // 2
            if not half:
                sentence = "This mail is too long for the language model, so rules alone read it."
                raise Rejected(sentence, detail=str(error)) from error
            return self.ask(_part_of(order, slice(half))) + self.ask(_part_of(order, slice(half, None)))
        if not _fits(result, order):
            self.close()
            raise Setback("the answers do not fit the questions")
        self._note(result)
        return result.answers

    def write(self, order: wire.Write) -> str:
        """Return the text an order asks for; raise what `ask` raises. What it cost is added to `usage`."""
        try:
            written = self._call(order, deadline=self._time_to_write(order), wanted=wire.Written)
        except LineTooLong as error:
            sentence = "This mail is too long for the language model to write about."
            raise Rejected(sentence, detail=str(error)) from error
        if written.n_answers > order.most_tokens or len(written.text) > LONGEST_TOKEN * order.most_tokens:
            self.close()
            raise Setback("more was written than was asked for")
        self._count(written.n_prompt, written.n_answers)
        return written.text

    def _count(self, n_prompt: int, n_answers: int) -> None:
        self.usage = Usage(self.usage.prompt_tokens + n_prompt, self.usage.decoded_tokens + n_answers)

    def _note(self, result: wire.Result) -> None:
        self._count(result.n_prompt, result.n_answers)
        if result.n_threads and result.n_threads != self._threads:
            logger.info("the engine goes on with %d threads instead of %d", result.n_threads, self._threads)
            self._threads = result.n_threads

    def _memory_for(self, model: Path) -> int:
        if self._limits.memory is not None:
            return self._limits.memory
        # The file mapped and repacked, the KV cache, and what Python and its libraries reserve without using it.
        return 3 * model.stat().st_size + 6 * GIB

    def _deadline(self, order: wire.Choose) -> float:
        asked = sum(len(piece.text) for question in order.questions for piece in question.pieces)
        tokens = min(self._loaded.n_ctx, len(order.document)) + asked / 2
        return self._limits.choose + self._limits.patience * tokens / self._loaded.speed

    def _time_to_write(self, order: wire.Write) -> float:
        shown = min(self._loaded.n_ctx, len(order.document)) + sum(len(piece.text) for piece in order.pieces) / 2
        speed = self.measured.answer_speed if self.measured else self._loaded.speed
        seconds = shown / self._loaded.speed + order.most_tokens / speed
        return min(self._limits.write, self._limits.choose + self._limits.patience * seconds)

    def _call(self, order: wire.Message, *, deadline: float, wanted: type[Reply]) -> Reply:
        child = self._child
        if self._is_cancelled:
            raise Cancelled("Stopped.")
        if child is None:
            raise Setback("the engine was closed")
        try:
            mapping = child.request(wire.to_mapping(order), deadline=deadline, on_progress=self._on_progress)
            reply = wire.read_reply(mapping)
        except RequestCancelled as stopped:
            raise Cancelled("Stopped.") from stopped
        except RequestStopped as stopped:
            raise Setback(f"no answer within {deadline:.0f} s, {stopped}") from stopped
        except ChildDied as death:
            raise Setback(death.detail, is_idle=death.ending is Ending.IDLE) from death
        except msgspec.ValidationError as error:
            self.close()
            raise Setback(f"an answer nobody understands: {error}") from error
        if isinstance(reply, wire.Failed):
            raise Refusal(reply)
        if not isinstance(reply, wanted):
            self.close()
            raise Setback(f"{type(reply).__name__} instead of {wanted.__name__}")
        return reply

    def _on_progress(self, _message: Mapping[str, Any]) -> None:
        # A cancel that came just before the request was on its way finds it here.
        if self._is_cancelled and self._child is not None:
            self._child.cancel()


def _part_of(order: wire.Choose, part: slice) -> wire.Choose:
    questions = order.questions[part]
    return wire.Choose(before=order.before, document=order.document, after=order.after, questions=questions)


def _fits(result: wire.Result, order: wire.Choose) -> bool:
    if len(result.answers) != len(order.questions):
        return False
    return all(
        len(found) == len(asked.labels) and abs(math.fsum(found) - 1.0) < ROUNDING and min(found) >= 0.0
        for found, asked in zip(result.answers, order.questions, strict=True)
    )


def _log_speed(loaded: wire.Loaded, share: float) -> None:
    if loaded.measured is not None:
        logger.info(
            "a model is loaded: %.0f prompt tokens or %.0f single tokens a second, %d a call, %.0f %% on the card",
            loaded.measured.prompt_speed,
            loaded.measured.answer_speed,
            loaded.measured.chunk,
            100 * share,
        )
