"""The engine child: takes orders on standard input, answers on standard output, ends when its input does.

It imports nothing of ours but the words on the wire and the engine. Native code prints where it likes, so the pipe is
moved to a file descriptor of its own first and everything else goes to standard error. A thread of its own reads the
pipe: it answers pings, raises the stop flag in the middle of a decode, and ends the process when the parent is gone.
"""

import os
import queue
import signal
import threading
import traceback
from collections.abc import Callable
from typing import IO

from desktop.inference import wire
from desktop.inference.stop_flag import StopFlag
from desktop.inference.wire import FailureCode

CarryOut = Callable[[wire.Request, Callable[[float], None]], wire.Message]

LINE_LIMIT = 1_000_000
QUIET_NATIVE = {
    "GGML_NO_BACKTRACE": "1",  # else an abort starts a debugger and waits for it
    "GOMP_SPINCOUNT": "0",  # spinning threads on a busy machine cost six times the work
    "OMP_WAIT_POLICY": "passive",  # the same to other OpenMP libraries
    "OPENBLAS_NUM_THREADS": "1",
}


class Worker:
    """Reads orders on one thread and carries them out on another."""

    def __init__(self, source: IO[bytes], target: IO[bytes], stop: StopFlag) -> None:
        self._source = source
        self._target = target
        self._stop = stop
        self._writing = threading.Lock()
        self._turn = threading.Lock()
        self._orders: queue.SimpleQueue[wire.Request] = queue.SimpleQueue()
        self._running = 0
        self._given_up: set[int] = set()

    def listen(self) -> None:
        """Begin to read the pipe; orders wait until `serve` takes them up."""
        threading.Thread(target=self._listen, name="listen", daemon=True).start()

    def serve(self, carry_out: CarryOut) -> None:
        """Carry out orders for as long as the parent is there."""
        while True:
            order = self._orders.get()
            reply = self._reply_to(order, carry_out)
            self._send(wire.with_id(reply, order.id))

    def _reply_to(self, order: wire.Request, carry_out: CarryOut) -> wire.Message:
        with self._turn:
            self._running = order.id
            self._given_up = {number for number in self._given_up if number >= order.id}
            self._stop.clear()
            if order.id in self._given_up:
                return wire.Failed(code=FailureCode.CANCELLED, retryable=True)
        reply = carry_out(order, lambda share: self._send(wire.Progress(id=order.id, share=share)))
        with self._turn:
            self._running = 0
        return reply

    def _give_up(self, number: int) -> None:
        with self._turn:
            if number == self._running:
                self._stop.set()
            else:
                self._given_up.add(number)

    def _send(self, message: wire.Message) -> None:
        with self._writing:
            self._target.write(wire.write(message))
            self._target.flush()

    def _listen(self) -> None:
        try:
            while line := self._source.readline(LINE_LIMIT + 1):
                self._take(wire.read_request(line))
        finally:
            # Without a parent, or with one that talks nonsense, there is nothing left to do, even in mid-decode.
            os._exit(0)

    def _take(self, order: wire.Request) -> None:
        match order:
            case wire.Ping():
                self._send(wire.Pong(id=order.id))
            case wire.Cancel():
                self._give_up(order.target)
            case _:
                self._orders.put(order)


def take_over_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Return our ends of the pipes; afterwards, file descriptors 0 and 1 lead nowhere and to standard error."""
    source, target = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nowhere, 0)
    os.close(nowhere)
    os.dup2(2, 1)
    return os.fdopen(source, "rb"), os.fdopen(target, "wb")


def native_orders(stop: StopFlag) -> CarryOut:
    """Load the native engine; where that fails, return something that says so to every order."""
    for name, value in QUIET_NATIVE.items():
        os.putenv(name, value)  # native code reads the C environment, once, when it is loaded
    try:
        from desktop.inference.text_orders import Orders  # noqa: PLC0415  (native code must not load earlier)
    except (ImportError, OSError, RuntimeError) as error:
        reason = f"{type(error).__name__}: {error}"
        return lambda _order, _advance: wire.Failed(code=FailureCode.NO_ENGINE, detail=reason)
    return Orders(stop)


def main() -> None:
    """Be the engine child."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is for the parent; we follow it
    stop = StopFlag()
    worker = Worker(*take_over_pipes(), stop)
    worker.listen()
    try:
        worker.serve(native_orders(stop))
    finally:
        # Only a defect or a lack of memory leads here. Taking the interpreter down in order would wait for the reader.
        traceback.print_exc()
        os._exit(1)


if __name__ == "__main__":
    main()
