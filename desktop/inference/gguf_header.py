"""Looks at a GGUF file before native code does, and says in words what is wrong with it.

llama.cpp refuses a bad file without a reason, and a few bad headers abort it. This reads the header in pure Python,
believes no number in it, and never allocates by one. It cannot see wrong weights: the checksum and the engine's own
`check_tensors` do that. Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from desktop.domain.errors import Rejected

MAGIC = b"GGUF"
VERSIONS = (2, 3)
MOST_KEYS = 10_000
MOST_TENSORS = 100_000
LONGEST_NAME = 63
MOST_DIMENSIONS = 4
MOST_ELEMENTS = 2**48
LARGEST_ALIGNMENT = 65_536
LONGEST_TEXT = 65_536  # longer values are passed over

UINT32, STRING, ARRAY = 4, 8, 9
SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
BLOCK_BYTES: Mapping[int, Mapping[int, int]] = {  # elements in a block → tensor type → bytes of a block
    1: {0: 4, 1: 2, 24: 1, 25: 2, 26: 4, 27: 8, 28: 8, 30: 2},
    32: {2: 18, 3: 20, 6: 22, 7: 24, 8: 34, 9: 40, 20: 18, 39: 17},
    64: {40: 36},
    128: {41: 18},
    256: {10: 84, 11: 110, 12: 144, 13: 176, 14: 210, 15: 292, 16: 66, 17: 74, 18: 98, 19: 50, 21: 110, 22: 82, 23: 136}
    | {29: 56, 34: 54, 35: 66},
}
BLOCKS = {kind: (elements, size) for elements, kinds in BLOCK_BYTES.items() for kind, size in kinds.items()}


@dataclass(frozen=True, slots=True)
class Header:
    """What a well-formed header says. `strings` are the short text values, by key."""

    strings: Mapping[str, str]
    n_tensors: int


class _Flaw(Exception):
    """The header is wrong in the way the message says; `is_cut` when bytes are missing at the end."""

    def __init__(self, words: str, *, is_cut: bool = False) -> None:
        super().__init__(words)
        self.is_cut = is_cut


def check_gguf(path: Path) -> Header:
    """Return the header of a model file; raise Rejected with a sentence that says what is wrong with the file."""
    try:
        with path.open("rb") as file:
            return _Reader(file, path.stat().st_size).header()
    except OSError as error:
        sentence = "The language model file cannot be read. Check that it is there and that you may open it."
        raise Rejected(sentence, detail=f"{type(error).__name__} {error.errno}") from error
    except _Flaw as flaw:
        sentence = (
            "The language model file is incomplete. Install it again."
            if flaw.is_cut
            else "The language model file is damaged or is no GGUF model. Install it again or choose another."
        )
        raise Rejected(sentence, detail=str(flaw)) from flaw


class _Reader:
    """Reads forward through one file and stops at the first thing that cannot be."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._size = size
        self._at = 0
        self._scalars: Mapping[int, Callable[[], object]] = {UINT32: self._u32, STRING: self._short_text}

    def header(self) -> Header:
        if self._size == 0:
            raise _Flaw("the file is empty", is_cut=True)
        magic = self._take(min(self._size, len(MAGIC)))
        if magic != MAGIC:
            raise _Flaw(f"it begins with {magic!r} instead of GGUF")
        version, n_tensors, n_keys = self._u32(), self._u64(), self._u64()
        if version not in VERSIONS:
            raise _Flaw(f"format version {version} is unknown")
        if not 0 < n_tensors <= MOST_TENSORS or not 0 < n_keys <= MOST_KEYS:
            raise _Flaw(f"it claims {n_tensors} tensors and {n_keys} keys")
        values = self._values(n_keys)
        alignment = self._alignment(values)
        self._tensors(n_tensors, alignment)
        strings = {key: value for key, value in values.items() if isinstance(value, str)}
        if not strings.get("general.architecture"):
            raise _Flaw("it does not say what architecture it is")
        return Header(strings, n_tensors)

    def _values(self, count: int) -> dict[str, object]:
        values: dict[str, object] = {}
        for _ in range(count):
            key, kind = self._short_text(), self._u32()
            if not key or key in values:
                raise _Flaw("a key is empty or there twice")
            values[key] = self._value(kind)
        return values

    def _value(self, kind: int) -> object:
        if kind in self._scalars:
            return self._scalars[kind]()
        if kind == ARRAY:
            self._skip_array()
        elif kind in SIZES:
            self._take(SIZES[kind])
        else:
            raise _Flaw(f"value type {kind} is unknown")
        return None

    def _skip_array(self) -> None:
        kind, count = self._u32(), self._u64()
        if kind in SIZES:
            self._take(SIZES[kind] * count)
        elif kind == STRING:
            if count > self._size:
                raise _Flaw(f"an array claims {count} texts")
            for _ in range(count):
                self._take(self._u64())
        else:
            raise _Flaw(f"array type {kind} is unknown")

    @staticmethod
    def _alignment(values: Mapping[str, object]) -> int:
        alignment = values.get("general.alignment", 32)
        is_power = isinstance(alignment, int) and 0 < alignment <= LARGEST_ALIGNMENT and alignment.bit_count() == 1
        if not isinstance(alignment, int) or not is_power:
            raise _Flaw(f"alignment {alignment!r} cannot be")
        return alignment

    def _tensors(self, count: int, alignment: int) -> None:
        names: set[str] = set()
        expected = end = 0
        for _ in range(count):
            name = self._short_text()
            if not name or len(name.encode()) > LONGEST_NAME or name in names:
                raise _Flaw("a tensor's name is empty, too long or there twice")
            names.add(name)
            size, offset = self._tensor_size(name), self._u64()
            if offset != expected:
                raise _Flaw(f"tensor {name!r} lies at {offset} instead of {expected}")
            end = offset + size
            expected = _aligned(end, alignment)
        # The last tensor's padding may be missing.
        needed = _aligned(self._at, alignment) + end
        if needed > self._size:
            raise _Flaw(f"{needed} bytes are needed and {self._size} are there", is_cut=True)

    def _tensor_size(self, name: str) -> int:
        n_dimensions = self._u32()
        if not 0 < n_dimensions <= MOST_DIMENSIONS:
            raise _Flaw(f"tensor {name!r} claims {n_dimensions} dimensions")
        shape = [self._u64() for _ in range(n_dimensions)]
        kind = self._u32()
        if kind not in BLOCKS:
            raise _Flaw(f"tensor {name!r} has the unknown type {kind}")
        elements, width = 1, BLOCKS[kind]
        for length in shape:
            elements *= length
        if not 0 < elements <= MOST_ELEMENTS or shape[0] % width[0]:
            raise _Flaw(f"tensor {name!r} has the shape {shape}")
        return elements // width[0] * width[1]

    def _take(self, size: int) -> bytes:
        left = self._size - self._at
        if size > left:
            raise _Flaw(f"the header goes on for {size} bytes where {left} are left", is_cut=True)
        self._at += size
        if size > LONGEST_TEXT:
            self._file.seek(self._at)
            return b""
        raw = self._file.read(size)
        if len(raw) != size:
            raise _Flaw("the file became shorter while it was read", is_cut=True)
        return raw

    def _u32(self) -> int:
        return int(struct.unpack("<I", self._take(4))[0])

    def _u64(self) -> int:
        return int(struct.unpack("<Q", self._take(8))[0])

    def _short_text(self) -> str:
        size = self._u64()
        raw = self._take(size)
        return raw.decode("utf-8", "replace")


def _aligned(offset: int, alignment: int) -> int:
    return offset + -offset % alignment
