"""No bad header may pass for a good one where it can be seen, and none may do more than raise Rejected."""

import random
import struct
from pathlib import Path

import pytest

from desktop.domain.errors import Rejected
from desktop.inference.gguf_header import BLOCKS, check_gguf

HEADER_END = 7_000  # of the path model, roughly


def spoil(path: Path, at: int, raw: bytes) -> Path:
    content = bytearray(path.read_bytes())
    content[at : at + len(raw)] = raw
    path.write_bytes(content)
    return path


def refusal(path: Path) -> Rejected:
    with pytest.raises(Rejected) as caught:
        check_gguf(path)
    return caught.value


def test_a_good_file_passes(own_model: Path) -> None:
    header = check_gguf(own_model)
    assert header.strings["general.architecture"] == "llama"
    assert header.n_tensors == 21


def test_no_file_and_a_folder(tmp_path: Path) -> None:
    assert "cannot be read" in refusal(tmp_path / "none.gguf").sentence
    assert "cannot be read" in refusal(tmp_path).sentence


def test_an_empty_file_is_incomplete(tmp_path: Path) -> None:
    path = tmp_path / "empty.gguf"
    path.touch()
    assert "incomplete" in refusal(path).sentence


@pytest.mark.parametrize("raw", [b"G", b"PK\x03\x04" + b"\0" * 100, b"FUGG" + b"\0" * 100, b"<html>not found</html>"])
def test_a_wrong_magic_is_no_model(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "wrong.gguf"
    path.write_bytes(raw)
    assert "no GGUF model" in refusal(path).sentence


def test_every_truncation_is_incomplete(own_model: Path) -> None:
    whole = own_model.read_bytes()
    lengths = [4, 5, 23, 24, 25, 100, 1000, 5000, len(whole) // 2, len(whole) - 1]
    for length in lengths:
        own_model.write_bytes(whole[:length])
        assert "incomplete" in refusal(own_model).sentence, length


@pytest.mark.parametrize(
    ("at", "raw", "words"),
    [
        (4, struct.pack("<I", 1), "version 1"),
        (4, struct.pack(">I", 3), "version 50331648"),
        (8, struct.pack("<Q", 2**63), "9223372036854775808 tensors"),
        (8, struct.pack("<Q", 0), "0 tensors"),
        (16, struct.pack("<Q", 10**9), "1000000000 keys"),
        (16, struct.pack("<Q", 0), "0 keys"),
        (24, struct.pack("<Q", 2**64 - 1), "18446744073709551615 bytes"),
        (24, struct.pack("<Q", 0), "empty"),
    ],
)
def test_absurd_numbers_are_named(own_model: Path, at: int, raw: bytes, words: str) -> None:
    assert words in refusal(spoil(own_model, at, raw)).detail


def test_a_tensor_that_lies_elsewhere(own_model: Path) -> None:
    at = own_model.read_bytes().index(b"output.weight") + len(b"output.weight")
    offset_at = at + 4 + 2 * 8 + 4
    assert "lies at 7" in refusal(spoil(own_model, offset_at, struct.pack("<Q", 7))).detail


@pytest.mark.parametrize(
    ("skip", "raw", "words"),
    [
        (0, struct.pack("<I", 0), "0 dimensions"),
        (0, struct.pack("<I", 9), "9 dimensions"),
        (4, struct.pack("<Q", 2**60), "shape"),
        (4, struct.pack("<Q", 0), "shape"),
        (20, struct.pack("<I", 77), "unknown type 77"),
        (20, struct.pack("<I", 12), "has the shape"),  # 64 columns do not fill a block of 256
    ],
)
def test_a_tensor_that_cannot_be(own_model: Path, skip: int, raw: bytes, words: str) -> None:
    at = own_model.read_bytes().index(b"output.weight") + len(b"output.weight")
    assert words in refusal(spoil(own_model, at + skip, raw)).detail


def test_hundreds_of_mutations_pass_or_are_refused(own_model: Path) -> None:
    whole = own_model.read_bytes()
    chance = random.Random(42)
    refused = 0
    for _ in range(500):
        content = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            content[chance.randrange(HEADER_END)] = chance.randrange(256)
        own_model.write_bytes(content)
        try:
            check_gguf(own_model)
        except Rejected:
            refused += 1
    assert refused > 50


def test_garbage_is_refused(tmp_path: Path) -> None:
    chance, path = random.Random(7), tmp_path / "garbage.gguf"
    for length in [1, 3, 30, 300, 3000] * 20:
        path.write_bytes(b"GGUF\x03\0\0\0" + chance.randbytes(length))
        refusal(path)


def test_the_sizes_of_all_tensor_types_are_known() -> None:
    gguf = pytest.importorskip("gguf", reason="the gguf package is a development dependency")
    known = {int(kind): size for kind, size in gguf.GGML_QUANT_SIZES.items()}
    assert {kind: BLOCKS.get(kind) for kind in known} == known
