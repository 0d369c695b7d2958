"""Step three: the weights of a checkpoint by llama.cpp's names, and what PyTorch itself would answer. Needs PyTorch.

python -m resources.models.crm_mini.export FOLDER            writes weights.npz
python -m resources.models.crm_mini.export FOLDER --answer   reads parity.npz, writes parity-torch.npz
"""

import argparse
from pathlib import Path

import numpy as np
import torch

from resources.models.crm_mini.batches import batch_of, read_labels, read_shard
from resources.models.crm_mini.gguf_file import Shape
from resources.models.crm_mini.network import Reader, tensors_of
from resources.models.crm_mini.train import scores_of


def network_of(folder: Path) -> Reader:
    """Return the network of the folder's checkpoint, on the CPU."""
    held = torch.load(folder / "checkpoint.pt", map_location="cpu", weights_only=True)
    network = Reader(Shape(**held["shape"]))
    network.load_state_dict(held["network"])
    return network.eval()


def answer(folder: Path) -> None:
    """Answer the questions of `parity.npz` in full precision with the weights rounded as the F16 file has them."""
    network = network_of(folder)
    for value in network.parameters():
        if value.dim() == 2:
            value.data = value.data.half().float()
    labels = read_labels(folder)
    rows = []
    for mail in read_shard(folder / "parity.npz"):
        batch = batch_of([mail], labels)
        with torch.no_grad():
            flat = network(batch.tokens, batch.places, batch.layout)[0].flatten(0, 1)
            rows.append(scores_of(network, flat, batch).softmax(1).numpy())
    np.savez_compressed(folder / "parity-torch.npz", chances=np.concatenate(rows))


def main() -> None:
    """Do what the command line says."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("folder", type=Path)
    words.add_argument("--answer", action="store_true")
    chosen = words.parse_args()
    torch.set_num_threads(1)  # more only get into one another's way
    if chosen.answer:
        answer(chosen.folder)
    else:
        np.savez_compressed(chosen.folder / "weights.npz", **tensors_of(network_of(chosen.folder)))


if __name__ == "__main__":
    main()
