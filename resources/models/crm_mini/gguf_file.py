"""Writes a llama-architecture model as GGUF: F16 or Q8_0 matrices, F32 norms, our own vocabulary. NumPy only."""

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from resources.models.crm_mini.tokens import CONTROL, PRE_TOKENISER, Vocabulary

ALIGNMENT = 32
F32, F16, Q8_0 = 0, 1, 8
_U32, _F32, _BOOL, _TEXT, _ARRAY, _I32 = 4, 6, 7, 8, 9, 5
_NORMAL, _CONTROL = 1, 3
BLOCK = 32


@dataclass(frozen=True, slots=True)
class Shape:
    """The size of the network. `context` is in tokens, `base` the base of the rotary positions."""

    vocabulary: int = 4096
    width: int = 192
    layers: int = 5
    heads: int = 6
    hidden: int = 512
    context: int = 1536
    base: float = 10_000.0


def _text(value: str) -> bytes:
    raw = value.encode()
    return struct.pack("<Q", len(raw)) + raw


def _array(kind: int, packed: Iterable[bytes]) -> bytes:
    values = list(packed)
    return struct.pack("<IQ", kind, len(values)) + b"".join(values)


def _metadata(name: str, shape: Shape, vocabulary: Vocabulary) -> list[tuple[str, int, bytes]]:
    tokens = vocabulary.tokens
    kinds = [_CONTROL if token in CONTROL else _NORMAL for token in tokens]
    numbers = {
        "llama.context_length": shape.context,
        "llama.embedding_length": shape.width,
        "llama.block_count": shape.layers,
        "llama.feed_forward_length": shape.hidden,
        "llama.attention.head_count": shape.heads,
        "llama.attention.head_count_kv": shape.heads,
        "llama.rope.dimension_count": shape.width // shape.heads,
        "llama.vocab_size": len(tokens),
        "tokenizer.ggml.bos_token_id": 0,
        "tokenizer.ggml.eos_token_id": 0,
    }
    return [
        ("general.architecture", _TEXT, _text("llama")),
        ("general.name", _TEXT, _text(name)),
        *((key, _U32, struct.pack("<I", number)) for key, number in numbers.items()),
        ("llama.attention.layer_norm_rms_epsilon", _F32, struct.pack("<f", 1e-5)),
        ("llama.rope.freq_base", _F32, struct.pack("<f", shape.base)),
        ("tokenizer.ggml.model", _TEXT, _text("gpt2")),
        ("tokenizer.ggml.pre", _TEXT, _text(PRE_TOKENISER)),
        ("tokenizer.ggml.tokens", _ARRAY, _array(_TEXT, map(_text, tokens))),
        ("tokenizer.ggml.token_type", _ARRAY, _array(_I32, (struct.pack("<i", kind) for kind in kinds))),
        ("tokenizer.ggml.merges", _ARRAY, _array(_TEXT, (_text(" ".join(pair)) for pair in vocabulary.merges))),
        ("tokenizer.ggml.add_bos_token", _BOOL, b"\x00"),
    ]


def _packed(values: NDArray[np.float32], matrix: int) -> tuple[int, bytes]:
    """Return type and bytes of a tensor. Q8_0 keeps one scale a block of 32, as llama.cpp defines it."""
    if values.ndim == 1:
        return F32, values.astype("<f4").tobytes()
    if matrix == F16:
        return F16, values.astype("<f2").tobytes()
    blocks = values.astype(np.float32).reshape(-1, BLOCK)
    scale = np.abs(blocks).max(axis=1, keepdims=True) / 127
    steps = np.divide(blocks, scale, out=np.zeros_like(blocks), where=scale > 0)
    rows = np.concatenate([scale.astype("<f2").view(np.uint8), np.round(steps).astype(np.int8).view(np.uint8)], axis=1)
    return Q8_0, rows.tobytes()


def build(
    name: str, shape: Shape, vocabulary: Vocabulary, tensors: Mapping[str, NDArray[np.float32]], *, matrix: int = F16
) -> bytes:
    """Return the whole file. `tensors` are by llama.cpp's names, rows first; the output matrix is the embedding."""
    header = _metadata(name, shape, vocabulary)
    out = bytearray(b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(header)))
    for key, kind, value in header:
        out += _text(key) + struct.pack("<I", kind) + value
    body = bytearray()
    for tensor, values in tensors.items():
        kind, raw = _packed(values, matrix)
        sizes = values.shape[::-1]
        out += _text(tensor) + struct.pack(f"<I{len(sizes)}QIQ", len(sizes), *sizes, kind, len(body))
        body += raw + bytes(-len(raw) % ALIGNMENT)
    return bytes(out + bytes(-len(out) % ALIGNMENT) + body)


def random_tensors(shape: Shape, seed: int) -> dict[str, NDArray[np.float32]]:
    """Return tensors of the right shapes that mean nothing: enough for a file that only tokenises."""
    chance = np.random.default_rng(seed)
    return {
        name: np.ones(size, np.float32) if len(size) == 1 else chance.normal(0, 0.02, size).astype(np.float32)
        for name, size in sizes_of(shape).items()
    }


def sizes_of(shape: Shape) -> dict[str, tuple[int, ...]]:
    """Return name and size (rows, columns) of every tensor, in the order of the file."""
    square, up, down = (shape.width,) * 2, (shape.hidden, shape.width), (shape.width, shape.hidden)
    found: dict[str, tuple[int, ...]] = {"token_embd.weight": (shape.vocabulary, shape.width)}
    for layer in range(shape.layers):
        block = f"blk.{layer}."
        found[block + "attn_norm.weight"] = (shape.width,)
        found |= {f"{block}attn_{part}.weight": square for part in ("q", "k", "v", "output")}
        found[block + "ffn_norm.weight"] = (shape.width,)
        found |= {block + "ffn_gate.weight": up, block + "ffn_up.weight": up, block + "ffn_down.weight": down}
    found["output_norm.weight"] = (shape.width,)
    return found


def write(path: Path, raw: bytes) -> None:
    """Write a file so that nobody ever sees half of it."""
    half = path.with_name(path.name + ".part")
    half.write_bytes(raw)
    half.replace(path)
