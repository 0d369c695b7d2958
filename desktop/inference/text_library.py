"""The native library itself: its version, its log, what it can compute on, and how a model file is opened.

Only the child process imports this module.
"""

import collections
import ctypes
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import llama_cpp

from desktop.inference import wire
from desktop.inference.text_decoder import EngineTrouble
from desktop.inference.wire import FailureCode

LIBRARY_VERSION = "0.3.36"
WARNINGS_AND_ERRORS = (3, 4)  # as in ggml.h; the Python package's own table is off by one
DEVICE_KINDS = ("cpu", "gpu", "igpu", "accel")  # ggml_backend_dev_type
GPU_LIBRARIES = ("cuda", "vulkan", "metal", "hip", "sycl", "opencl", "musa", "cann")
NO_GPU = {"CUDA_VISIBLE_DEVICES": "-1", "HIP_VISIBLE_DEVICES": "-1", "GGML_VK_VISIBLE_DEVICES": ""}


class NativeLog:
    """Lets warnings and errors of native code pass to standard error, and keeps the last few for a diagnosis."""

    def __init__(self) -> None:
        self._lines: collections.deque[str] = collections.deque(maxlen=4)
        self._callback = llama_cpp.llama_log_callback(self._take)  # native code holds no reference to it
        llama_cpp.llama_log_set(self._callback, ctypes.c_void_p(0))

    def __str__(self) -> str:
        return " / ".join(self._lines)

    @property
    def tells_of_memory(self) -> bool:
        """Whether native code said that it got no memory; a NULL is all that it returns."""
        return any(word in str(self) for word in ("memory", "alloc"))

    def _take(self, level: int, text: bytes, _user: Any) -> None:
        if level in WARNINGS_AND_ERRORS:
            line = text.decode("utf-8", "replace")
            self._lines.append(line.strip()[:200])
            sys.stderr.write(line)


def check_library() -> str:
    """Return the version of llama-cpp-python; raise EngineTrouble unless it is the one whose structs we know."""
    version: str = llama_cpp.__version__
    defaults = llama_cpp.llama_context_default_params()
    if version != LIBRARY_VERSION:
        raise EngineTrouble(FailureCode.WRONG_VERSION, f"{version} instead of {LIBRARY_VERSION}")
    if (defaults.n_batch, defaults.n_seq_max, defaults.ctx_other) != (2048, 1, None):
        raise EngineTrouble(FailureCode.WRONG_VERSION, "the native structs have another shape")
    return version


def has_gpu_build() -> bool:
    """Whether the library was built for graphics cards. Looks at its files only: a driver that is asked may crash."""
    folder = Path(llama_cpp.__file__).parent / "lib"
    return any(word in file.name for file in folder.glob("*ggml-*") for word in GPU_LIBRARIES)


def hide_gpus() -> None:
    """Keep the library away from graphics drivers; of use only before anything else is asked of it."""
    for name, value in NO_GPU.items():
        os.putenv(name, value)


def devices() -> tuple[wire.Device, ...]:
    """Return what ggml can compute on. Graphics drivers are loaded for it, and may end the process."""
    from llama_cpp._ggml import libggml  # noqa: PLC0415  (only here)

    libggml.ggml_backend_load_all()  # where each kind is a library of its own; does nothing where all are built in
    libggml.ggml_backend_dev_count.restype = ctypes.c_size_t
    libggml.ggml_backend_dev_get.restype = ctypes.c_void_p
    libggml.ggml_backend_dev_name.restype = ctypes.c_char_p
    found = []
    for place in range(libggml.ggml_backend_dev_count()):
        device = ctypes.c_void_p(libggml.ggml_backend_dev_get(ctypes.c_size_t(place)))
        free, total = ctypes.c_size_t(), ctypes.c_size_t()
        libggml.ggml_backend_dev_memory(device, ctypes.byref(free), ctypes.byref(total))
        kind = int(libggml.ggml_backend_dev_type(device))
        found.append(
            wire.Device(
                name=libggml.ggml_backend_dev_name(device).decode("utf-8", "replace"),
                kind=DEVICE_KINDS[kind] if 0 <= kind < len(DEVICE_KINDS) else "accel",
                free=free.value,
                total=total.value,
            )
        )
    return tuple(found)


def load_model(order: wire.Load, log: NativeLog, *, layers: int, advance: Callable[[float], bool]) -> Any:
    """Return the model of a file; raise EngineTrouble. Loading ends early when `advance` returns False."""
    callback = llama_cpp.llama_progress_callback(lambda share, _user: advance(share))
    wanted = llama_cpp.llama_model_default_params()
    wanted.n_gpu_layers = layers
    wanted.check_tensors = order.check_tensors
    wanted.progress_callback = callback
    model = llama_cpp.llama_model_load_from_file(order.path.encode(), wanted)
    if not advance(1.0):
        raise EngineTrouble(FailureCode.CANCELLED, retryable=True)
    if not model:
        if log.tells_of_memory:
            raise EngineTrouble(FailureCode.NO_MEMORY, str(log), retryable=True)
        raise EngineTrouble(FailureCode.BAD_MODEL, f"llama.cpp refused the file: {log}")
    return model
