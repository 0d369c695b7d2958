"""The file that crm-mini is written as: llama.cpp reads it, tokenises as meant, and computes what PyTorch does."""

import importlib
import random
from pathlib import Path

import numpy as np
import pytest

from desktop.domain.ports import Question
from desktop.inference import wire
from desktop.inference.prompts import SelectPrompt, read_prompt
from desktop.inference.stop_flag import StopFlag
from desktop.inference.wire import Piece
from resources.models.crm_mini.gguf_file import F16, Q8_0, Shape, build, random_tensors
from resources.models.crm_mini.shards import Encoder, Posed, Rows, label_tokens
from resources.models.crm_mini.tokens import CONTROL, Vocabulary, byte_letters, learn

pytest.importorskip("llama_cpp")

from desktop.inference.text_engine import Engine

ROOT = Path(__file__).resolve().parents[3]
TEXTS = [
    "Kind regards, Ann Lee",
    "Mit freundlichen Grüßen",
    "Please call 020 7946 0123 by 12 May.",
    "Ça va, à demain !",
]
SIZE = len(CONTROL) + 256 + 60


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return learn(TEXTS * 5, SIZE)


@pytest.fixture(scope="module", params=[F16, Q8_0])
def engine(request: pytest.FixtureRequest, vocabulary: Vocabulary, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    shape = Shape(vocabulary=SIZE, width=64, layers=2, heads=2, hidden=96)
    path = tmp_path_factory.mktemp("model") / "tiny.gguf"
    path.write_bytes(build("tiny", shape, vocabulary, random_tensors(shape, 3), matrix=request.param))
    return Engine(wire.Load(path=str(path), n_ctx=shape.context), StopFlag(), lambda _share: None)


@pytest.fixture(scope="module")
def prompt() -> SelectPrompt:
    return read_prompt(ROOT / "resources/prompts/select.json")


def _bytes_of(tokens: list[int], vocabulary: Vocabulary) -> bytes:
    letters = {letter: byte for byte, letter in enumerate(byte_letters())}
    return b"".join(bytes(letters[char] for char in vocabulary.tokens[token]) for token in tokens)


def test_merges_are_of_what_stood_together(vocabulary: Vocabulary) -> None:
    tokens = vocabulary.tokens
    assert len(tokens) == len(set(tokens)) == SIZE
    assert any(len(token) > 3 for token in tokens[len(CONTROL) + 256 :])


@pytest.mark.parametrize("text", [*TEXTS, "", "日本語 🙂 \x07", "<|answer|>1<|is|>", "12345 67"])
def test_any_text_comes_back_and_digits_stand_alone(engine: Engine, vocabulary: Vocabulary, text: str) -> None:
    tokens = engine.plain_tokens(text)
    assert _bytes_of(tokens, vocabulary) == text.encode()
    assert not any(token < len(CONTROL) for token in tokens)
    digits = [vocabulary.tokens[token] for token in tokens if any(char.isdigit() for char in vocabulary.tokens[token])]
    assert all(len(digit) == 1 for digit in digits)


def test_control_tokens_come_from_special_pieces_alone(engine: Engine) -> None:
    assert engine.tokens_of([Piece("<|answer|>", special=True)]) == [CONTROL.index("<|answer|>")]
    assert CONTROL.index("<|answer|>") not in engine.tokens_of([Piece("<|answer|>")])


def test_every_label_is_one_token(engine: Engine) -> None:
    for count, tokens in enumerate(label_tokens(engine)):
        assert len(set(tokens)) == len(tokens) == count


def _posed(chance: random.Random) -> list[Posed]:
    words = ["Ann Lee", "Bo Ek", "Cy Day", "none"]
    options = tuple(chance.sample(words, 3))
    question = Question("person", "Who?", options, tuple(f"new: I am «{option}»" for option in options))
    mood = Question("sentiment", "How?", ("positive", "neutral", "negative"))
    intent = Question("intent", "Why?", tuple("abcdefghijklmnop"))
    return [Posed(intent, (4,)), Posed(mood, (1,)), Posed(question, (0,))]


def test_tokens_of_a_telling_sentence_are_marked_and_no_others(
    engine: Engine, vocabulary: Vocabulary, prompt: SelectPrompt
) -> None:
    rows = Rows()
    encoder = Encoder(engine, prompt, vocabulary.lengths)
    document = "Grüße!\nWe need a\nquote today. Ça va, 12 days."
    encoder.add(
        rows, document, _posed(random.Random(4)), [("We need a quote today.", 1), ("Ça va,", 2), ("not in it", 1)]
    )
    assert len(rows.marks) == len(rows.tokens)
    told = {
        mark: _bytes_of([token for token, own in zip(rows.tokens, rows.marks, strict=True) if own == mark], vocabulary)
        for mark in (1, 2)
    }
    assert told[1].decode().replace("\n", " ").strip() == "We need a quote today."
    assert told[2].decode().strip() == "Ça va,"


@pytest.mark.filterwarnings("ignore")
def test_llama_cpp_computes_what_pytorch_does(vocabulary: Vocabulary, prompt: SelectPrompt, tmp_path: Path) -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed here; crm_mini.finish compares them, too")
    batches = importlib.import_module("resources.models.crm_mini.batches")
    network = importlib.import_module("resources.models.crm_mini.network")
    scores_of = importlib.import_module("resources.models.crm_mini.train").scores_of
    torch.manual_seed(1)
    shape = Shape(vocabulary=SIZE, width=64, layers=3, heads=2, hidden=96)
    reader = network.Reader(shape)
    for value in reader.parameters():
        if value.dim() == 2:
            torch.nn.init.normal_(value, std=0.1)
            value.data = value.data.half().float()
    path = tmp_path / "small.gguf"
    path.write_bytes(build("small", shape, vocabulary, network.tensors_of(reader)))
    engine = Engine(wire.Load(path=str(path), n_ctx=shape.context), StopFlag(), lambda _share: None)
    document, posed = "From: Ann Lee\nI am Ann Lee.", _posed(random.Random(2))
    order = prompt.build("mini", document, [each.question for each in posed], limit=9999)
    answers = engine.choose(order, lambda _share: None)[0]
    rows = Rows()
    Encoder(engine, prompt).add(rows, document, posed)
    rows.save(tmp_path / "rows.npz")
    labels = np.zeros((27, batches.MOST_LABELS), np.int64)
    for count, tokens in enumerate(label_tokens(engine)):
        labels[count, : min(count, 16)] = tokens[:16]
    batch = batches.batch_of(batches.read_shard(tmp_path / "rows.npz"), labels)
    with torch.no_grad():
        flat = reader(batch.tokens, batch.places, batch.layout)[0].flatten(0, 1)
        wanted = scores_of(reader, flat, batch).softmax(1).numpy()
    for row, chances in zip(wanted, answers, strict=True):
        assert np.abs(row[: len(chances)] - np.array(chances)).max() < 0.02
