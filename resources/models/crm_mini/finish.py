"""The last steps: the GGUF file, its comparison with PyTorch, its figures, the cards. Runs where Dealside is installed.

    python -m resources.models.crm_mini.finish FOLDER --torch PYTHON [--real ../shared/data] [--into resources/models]

`--torch` is the Python that has PyTorch. Whatever fails is said, and nothing is written over a model that is there
unless the new one agrees with PyTorch.
"""

import argparse
import hashlib
import json
import subprocess
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np

from desktop.inference.prompts import read_prompt
from resources.models.crm_mini.asides import asides_from
from resources.models.crm_mini.card import REAL, described
from resources.models.crm_mini.evaluate import (
    Asker,
    on_annotated,
    on_invented,
    on_written,
    parity_answers,
    write_parity,
)
from resources.models.crm_mini.gguf_file import F16, Q8_0, Shape, build, write
from resources.models.crm_mini.grammar import Split
from resources.models.crm_mini.make_data import ROOT, SEED, opened, vocabulary_of
from resources.models.crm_mini.shards import TEMPLATE

NAME = "crm-mini"
CONTEXT = 1536
MOST_DIFFERENCE = 0.02


def torch_step(python: str, folder: Path, *more: str) -> None:
    """Run the export step with the Python that has PyTorch."""
    command = [python, "-m", "resources.models.crm_mini.export", str(folder.resolve()), *more]
    subprocess.run(command, check=True, cwd=ROOT)  # noqa: S603  (our own program)


def parity(folder: Path, files: dict[str, Path], python: str) -> dict[str, dict[str, float]]:
    """Return, for each file, the greatest difference from PyTorch's probabilities and the share of equal choices."""
    prompt = read_prompt(ROOT / "resources" / "prompts" / "select.json")
    write_parity(folder / "parity.npz", opened(files["F16"]), prompt)
    torch_step(python, folder, "--answer")
    with np.load(folder / "parity-torch.npz") as held:
        wanted = held["chances"]
    found = {}
    for name, path in files.items():
        chances = parity_answers(Asker(opened(path), prompt), wanted.shape[1])
        found[name] = {
            "difference": round(float(np.abs(chances - wanted).max()), 5),
            "same": round(float((chances.argmax(1) == wanted.argmax(1)).mean()), 4),
            "questions": len(wanted),
        }
    return found


def figures(folder: Path, path: Path, real: Path | None, mails: int) -> dict[str, object]:
    """Return everything measured on this file."""
    ask = Asker(opened(path), read_prompt(ROOT / "resources" / "prompts" / "select.json"))
    asides = asides_from(real)
    begun = time.perf_counter()
    found = {
        "unseen": on_invented(ask, Split.TEST, seed=SEED - 2, mails=mails, asides=asides),
        "seen": on_invented(ask, Split.TRAIN, seed=SEED - 2, mails=mails, asides=asides),
    }
    spent = (time.perf_counter() - begun) / (2 * mails)
    found["written"] = on_written(ask)
    if real is not None:
        found["annotated"] = on_annotated(ask, real)
    shown = {name: {kind: asdict(score) for kind, score in scores.items()} for name, scores in found.items()}
    return shown | {
        "milliseconds_with_rules": round(1000 * spent, 1),
        "training": json.loads((folder / "figures.json").read_text()),
    }


def main() -> None:
    """Finish what training began."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("folder", type=Path)
    words.add_argument("--torch", required=True)
    words.add_argument("--real", type=Path)
    words.add_argument("--mails", type=int, default=300, help="invented mails of each sort to be scored")
    words.add_argument("--note", default="", help="a paragraph for the model card: how this run went")
    words.add_argument("--device", default="a processor shared with other work", help="for the model card")
    words.add_argument("--into", type=Path, default=ROOT / "resources" / "models")
    chosen = words.parse_args()
    folder: Path = chosen.folder
    torch_step(chosen.torch, folder)
    with np.load(folder / "weights.npz") as held:
        tensors = {name: held[name] for name in held.files}
    shape = Shape(layers=1 + max(int(name.split(".")[1]) for name in tensors if name.startswith("blk.")))
    vocabulary = vocabulary_of(folder, [])
    files = {}
    for name, kind in (("F16", F16), ("Q8_0", Q8_0)):
        files[name] = folder / f"{NAME}-{name}.gguf"
        write(files[name], build(NAME, shape, vocabulary, tensors, matrix=kind))
    agreement = parity(folder, files, chosen.torch)
    print(json.dumps(agreement, indent=1), flush=True)
    if agreement["F16"]["difference"] > MOST_DIFFERENCE:
        raise SystemExit("the file does not answer as PyTorch does; nothing was put in place")
    raw = files["F16"].read_bytes()
    card = {
        "name": "crm-mini",
        "file": f"{NAME}.gguf",
        "sha256": hashlib.sha256(raw).hexdigest(),
        "size": len(raw),
        "trust": 0.5,
        "purpose": "mini",
        "template": TEMPLATE,
        "context": CONTEXT,
    }
    found = figures(folder, files["F16"], chosen.real, chosen.mails) | {"parity": agreement}
    (folder / "all-figures.json").write_text(json.dumps(found, indent=1), encoding="utf-8")
    write(chosen.into / f"{NAME}.gguf", raw)
    write(chosen.into / f"{NAME}.json", (json.dumps(card, indent=2) + "\n").encode())
    facts = {
        "day": time.strftime("%Y-%m-%d", time.gmtime()),
        "weights": sum(values.size for values in tensors.values()),
        "width": shape.width,
        "layers": shape.layers,
        "heads": shape.heads,
        "hidden": shape.hidden,
        "vocabulary": shape.vocabulary,
        "seed": SEED,
        "device": chosen.device,
        "note": f"\n{chosen.note}\n" if chosen.note else "",
        "real": REAL.format(count=len(asides_from(chosen.real))) if chosen.real else "",
    }
    write(chosen.into / f"{NAME}.md", described(card, found, facts).encode())
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
