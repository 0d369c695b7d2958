"""Step one of making crm-mini: learn the vocabulary, write the shards. Runs where Dealside itself is installed.

    python -m resources.models.crm_mini.make_data FOLDER --shards 24 [--real ../shared/data]

What is there already is kept, so a run that was stopped goes on. Two processes may share the work with `--part 0/2`
and `--part 1/2` once the vocabulary is there.
"""

import argparse
import json
from importlib.util import find_spec
from itertools import islice
from pathlib import Path

from desktop.inference import wire
from desktop.inference.prompts import read_prompt
from desktop.inference.stop_flag import StopFlag
from desktop.inference.text_engine import Engine
from desktop.understanding.document import open_document
from desktop.understanding.questions import document_text
from resources.models.crm_mini.asides import asides_from
from resources.models.crm_mini.gguf_file import Shape, build, random_tensors, write
from resources.models.crm_mini.grammar import Split
from resources.models.crm_mini.shards import KINDS, Encoder, label_tokens, letters, write_shard
from resources.models.crm_mini.tokens import Vocabulary, learn

ROOT = Path(__file__).parents[3]
SEED = 20261120
MAILS_TO_LEARN_FROM = 5000
MAILS_A_SHARD = 1000
HELD_OUT_MAILS = 600
TINY = Shape(width=32, layers=1, heads=1, hidden=32)


def vocabulary_of(folder: Path, asides: list[str]) -> Vocabulary:
    """Return the vocabulary in the folder, learnt and written first if need be."""
    path = folder / "merges.json"
    if not path.exists():
        texts = (
            document_text(open_document(letter.message, letter.own_addresses))
            for letter, _ in islice(letters(SEED, Split.TRAIN, asides), MAILS_TO_LEARN_FROM)
        )
        write(path, json.dumps(learn(texts, TINY.vocabulary).merges, ensure_ascii=False).encode())
    return Vocabulary(tuple((one, other) for one, other in json.loads(path.read_text(encoding="utf-8"))))


def opened(path: Path) -> Engine:
    """Return the product's engine with a model file loaded."""
    return Engine(wire.Load(path=str(path), n_ctx=TINY.context), StopFlag(), lambda _share: None)


def tokeniser(folder: Path, vocabulary: Vocabulary) -> Engine:
    """Return an engine that has the vocabulary and weights that mean nothing."""
    path = folder / "tokeniser.gguf"
    if not path.exists():
        write(path, build("tokeniser", TINY, vocabulary, random_tensors(TINY, SEED)))
    return opened(path)


def main() -> None:
    """Write what is missing."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("folder", type=Path)
    words.add_argument("--shards", type=int, default=24)
    words.add_argument("--real", type=Path, help="a folder with public mail, laid out like ../shared/data")
    words.add_argument("--part", default="0/1", help="which of how many processes this one is")
    chosen = words.parse_args()
    if find_spec("faker") is None:
        raise SystemExit("names come from Faker: pip install faker==40.54.0")
    chosen.folder.mkdir(parents=True, exist_ok=True)
    asides = asides_from(chosen.real)
    vocabulary = vocabulary_of(chosen.folder, asides)
    engine = tokeniser(chosen.folder, vocabulary)
    write(chosen.folder / "labels.json", json.dumps(label_tokens(engine)).encode())
    write(chosen.folder / "kinds.json", json.dumps(KINDS).encode())
    encoder = Encoder(engine, read_prompt(ROOT / "resources" / "prompts" / "select.json"), vocabulary.lengths)
    part, parts = map(int, chosen.part.split("/"))
    if not part:
        for split, name in ((Split.TEST, "unseen"), (Split.TRAIN, "seen")):
            path = chosen.folder / f"check-{name}.npz"
            write_shard(path, encoder, SEED - 1, mails=HELD_OUT_MAILS, split=split, asides=asides)
    for number in range(part, chosen.shards, parts):
        path = chosen.folder / f"train-{number:03}.npz"
        write_shard(path, encoder, SEED + 1 + number, mails=MAILS_A_SHARD, split=Split.TRAIN, asides=asides)
        print(path.name, flush=True)


if __name__ == "__main__":
    main()
