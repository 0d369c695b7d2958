"""Writes `path`: a GGUF of a few hundred kilobytes that runs every path of the engine and knows nothing.

Its weights are pseudo-random, so its choices mean nothing; its card says so (trust 0). Any text tokenises, byte by
byte where no merge fits. Standard library only, and the same bytes on every machine.

    python resources/models/make_path_model.py FOLDER
"""

import hashlib
import json
import random
import struct
import sys
from array import array
from collections.abc import Iterable, Iterator
from pathlib import Path

NAME = "path"
SEED = 20261120
WIDTH, HEADS, HIDDEN, LAYERS, CONTEXT = 64, 2, 128, 2, 8192
ALIGNMENT = 32
CONTROL_TOKENS = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
PAIRS = ("Ġ t", "h e", "Ġt he", "i n", "Ġ a", "e r", "o n", "r e", "a n", "e n", "Ġ w", "Ġ s", "o u", "Ġ b", "in g")
FLOAT, HALF = 0, 1
U32, F32, BOOL, TEXT, ARRAY = 4, 6, 7, 8, 9

Tensor = tuple[str, tuple[int, ...], int, bytes]


def byte_letters() -> list[str]:
    """Return the printable character that stands for each byte in byte-level BPE."""
    shown = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    hidden = [byte for byte in range(256) if byte not in shown]
    letters = {byte: chr(byte) for byte in shown} | {byte: chr(256 + place) for place, byte in enumerate(hidden)}
    return [letters[byte] for byte in range(256)]


def vocabulary() -> list[str]:
    """Return every token: control tokens, bytes, then what the merges make."""
    return [*CONTROL_TOKENS, *byte_letters(), *(pair.replace(" ", "") for pair in PAIRS)]


def text(value: str) -> bytes:
    """Return a GGUF string."""
    raw = value.encode()
    return struct.pack("<Q", len(raw)) + raw


def array_of(kind: int, values: Iterable[bytes]) -> bytes:
    """Return a GGUF array of values that are packed already."""
    packed = list(values)
    return struct.pack("<IQ", kind, len(packed)) + b"".join(packed)


def metadata() -> list[tuple[str, int, bytes]]:
    """Return key, type and packed value of everything in the header."""
    tokens = vocabulary()
    types = [3 if token in CONTROL_TOKENS else 1 for token in tokens]
    numbers = {
        "llama.context_length": CONTEXT,
        "llama.embedding_length": WIDTH,
        "llama.block_count": LAYERS,
        "llama.feed_forward_length": HIDDEN,
        "llama.attention.head_count": HEADS,
        "llama.attention.head_count_kv": HEADS,
        "llama.rope.dimension_count": WIDTH // HEADS,
        "llama.vocab_size": len(tokens),
        "tokenizer.ggml.bos_token_id": 0,
        "tokenizer.ggml.eos_token_id": 0,
    }
    return [
        ("general.architecture", TEXT, text("llama")),
        ("general.name", TEXT, text(NAME)),
        *((key, U32, struct.pack("<I", number)) for key, number in numbers.items()),
        ("llama.attention.layer_norm_rms_epsilon", F32, struct.pack("<f", 1e-5)),
        ("llama.rope.freq_base", F32, struct.pack("<f", 10000.0)),
        ("tokenizer.ggml.model", TEXT, text("gpt2")),
        ("tokenizer.ggml.pre", TEXT, text("gpt-2")),
        ("tokenizer.ggml.tokens", ARRAY, array_of(TEXT, map(text, tokens))),
        ("tokenizer.ggml.token_type", ARRAY, array_of(5, (struct.pack("<i", kind) for kind in types))),
        ("tokenizer.ggml.merges", ARRAY, array_of(TEXT, map(text, PAIRS))),
        ("tokenizer.ggml.add_bos_token", BOOL, b"\x01"),
    ]


def tensors() -> Iterator[Tensor]:
    """Yield name, shape, type and bytes of every tensor."""
    numbers = random.Random(SEED)  # noqa: S311  (weights, not secrets)

    def matrix(name: str, columns: int, rows: int) -> Tensor:
        reach = 1.7 / columns**0.5
        values = [(numbers.random() * 2 - 1) * reach for _ in range(columns * rows)]
        return name, (columns, rows), HALF, struct.pack(f"<{len(values)}e", *values)

    def ones(name: str) -> Tensor:
        return name, (WIDTH,), FLOAT, struct.pack(f"<{WIDTH}f", *array("f", [1.0]) * WIDTH)

    size = len(vocabulary())
    yield matrix("token_embd.weight", WIDTH, size)
    for layer in range(LAYERS):
        block = f"blk.{layer}."
        yield ones(block + "attn_norm.weight")
        for part in ("attn_q", "attn_k", "attn_v", "attn_output"):
            yield matrix(f"{block}{part}.weight", WIDTH, WIDTH)
        yield ones(block + "ffn_norm.weight")
        yield matrix(block + "ffn_gate.weight", WIDTH, HIDDEN)
        yield matrix(block + "ffn_up.weight", WIDTH, HIDDEN)
        yield matrix(block + "ffn_down.weight", HIDDEN, WIDTH)
    yield ones("output_norm.weight")
    yield matrix("output.weight", WIDTH, size)


def padding(size: int) -> bytes:
    """Return what is missing up to the next aligned place."""
    return bytes(-size % ALIGNMENT)


def build() -> bytes:
    """Return the whole file."""
    header, rows, body = metadata(), list(tensors()), bytearray()
    out = bytearray(b"GGUF" + struct.pack("<IQQ", 3, len(rows), len(header)))
    for key, kind, value in header:
        out += text(key) + struct.pack("<I", kind) + value
    for name, shape, kind, raw in rows:
        out += text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, kind, len(body))
        body += raw + padding(len(raw))
    return bytes(out + padding(len(out)) + body)


def card_of(raw: bytes) -> dict[str, object]:
    """Return the card that stands beside the file."""
    return {
        "name": "Path model (knows nothing)",
        "file": f"{NAME}.gguf",
        "sha256": hashlib.sha256(raw).hexdigest(),
        "size": len(raw),
        "trust": 0.0,
        "purpose": "path",
        "template": "plain",
        "context": CONTEXT,
    }


def ensure(folder: Path) -> Path:
    """Write the model and its card into `folder` unless they stand there already; return the model's path."""
    folder.mkdir(parents=True, exist_ok=True)
    model, card = folder / f"{NAME}.gguf", folder / f"{NAME}.json"
    raw = build()
    words = json.dumps(card_of(raw), indent=2) + "\n"
    if not (model.is_file() and model.read_bytes() == raw):
        put(model, raw)
    if not (card.is_file() and card.read_text(encoding="utf-8") == words):
        put(card, words.encode())
    return model


def put(path: Path, raw: bytes) -> None:
    """Write a file so that nobody ever sees half of it."""
    half = path.with_name(path.name + ".part")
    half.write_bytes(raw)
    half.replace(path)


def main(arguments: list[str]) -> int:
    """Write the model into the folder named on the command line."""
    if len(arguments) != 1:
        print("usage: make_path_model.py FOLDER", file=sys.stderr)
        return 2
    print(ensure(Path(arguments[0])))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
