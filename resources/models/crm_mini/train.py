"""Step two of making crm-mini: train on the shards. Needs PyTorch, and nothing of Dealside's own.

    python -m resources.models.crm_mini.train FOLDER --minutes 60

Uses a GPU where there is one. Every few minutes a checkpoint is written; the same command goes on from it. The rate
falls with the time that is left, so a run may be given any number of minutes. `--processes 2` shares the work between
two processes, which on a busy machine is quicker than two threads.
"""

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, distributed, multiprocessing
from torch.nn import functional

from resources.models.crm_mini.batches import INTENT, SENTIMENT, Batch, batches, read_labels, read_shard
from resources.models.crm_mini.gguf_file import Shape
from resources.models.crm_mini.muon import Muon
from resources.models.crm_mini.network import Reader

SEED = 20261120
KEEP_EVERY = 180.0
REPORT_EVERY = 60.0
CHECK_EVERY = 420.0
CHECK_MAILS = 120
VERDICT_SHARE = 1.0
VOTE_SHARE, TOKEN_SHARE, TELLING_SHARE = 0.3, 0.3, 0.5
VOTE_SCALE = 0.5
INTENT_WEIGHT, MOOD_WEIGHT = 1.0, 1.0
TEXT_SHARE = 0.1
TEXT_SAMPLE = 0.08
STEADY_UNTIL = 0.45
RATE_MATRICES, RATE_OTHERS = 0.012, 0.004


def losses(network: Reader, batch: Batch, *, with_text: bool) -> tuple[Tensor, Tensor]:
    """Return the loss to go down on, and each question's own loss."""
    known, before = network(batch.tokens, batch.places, batch.layout)
    flat = known.flatten(0, 1).float()
    scores = scores_of(network, flat, batch)
    right = scores.masked_fill(~batch.right, float("-inf")).logsumexp(1)
    answers = scores.logsumexp(1) - right
    before = before.float()
    verdicts = network.verdicts(before.flatten(0, 1)[batch.options])
    moods = torch.where(batch.kinds == SENTIMENT, MOOD_WEIGHT, 1.0)
    weights = torch.where(batch.kinds == INTENT, INTENT_WEIGHT, moods)
    total = (answers * weights).sum() / weights.sum()
    total = total + VERDICT_SHARE * functional.binary_cross_entropy_with_logits(verdicts, batch.verdicts)
    total = total + _vote_loss(network, before, batch)
    if with_text:
        total = total + TEXT_SHARE * _text_loss(network, known, batch)
    return total, answers


def scores_of(network: Reader, flat: Tensor, batch: Batch) -> Tensor:
    """Return the scores of the labels of each answer, minus infinity for those not offered."""
    weights = network.embedding.weight[batch.labels]
    scores = torch.einsum("aw,alw->al", flat[batch.answers], weights.float())
    return scores.masked_fill(~batch.offered, float("-inf"))


def _vote_loss(network: Reader, before: Tensor, batch: Batch) -> Tensor:
    """Judge intent and sentiment by what two heads of the last block see, and by what each telling token says alone.

    A mail has one label, but many tokens of which the generator knows whether they tell it.
    """
    telling, *votes = network.votes(before[:, : batch.layout.head])
    is_head = batch.is_head > 0
    total = before.new_zeros(())
    for place, (vote, label) in enumerate(zip(votes, (batch.intents, batch.moods), strict=True)):
        tells, said = telling[..., place], VOTE_SCALE * vote
        shares = torch.softmax(tells.masked_fill(~is_head, float("-inf")), 1).unsqueeze(2)
        total = total + VOTE_SHARE * functional.cross_entropy((shares * said).sum(1), label)
        is_told = batch.tells[place]
        known = functional.binary_cross_entropy_with_logits(tells[is_head], is_told[is_head])
        each = functional.cross_entropy(said.transpose(1, 2), label.unsqueeze(1).expand_as(is_told), reduction="none")
        total = total + TELLING_SHARE * known + TOKEN_SHARE * (each * is_told).sum() / is_told.sum().clamp(min=1)
    return total


def _text_loss(network: Reader, known: Tensor, batch: Batch) -> Tensor:
    """Guess the next token at a few places: keeps the embedding of rare words alive."""
    is_next = batch.is_text[:, 1:] & (torch.rand(batch.tokens[:, 1:].shape, device=batch.tokens.device) < TEXT_SAMPLE)
    return functional.cross_entropy(network.logits(known[:, :-1][is_next]).float(), batch.tokens[:, 1:][is_next])


def batches_for_ever(
    folder: Path, labels: NDArray[np.int64], *, seen: int, place: tuple[int, int], size: int
) -> Iterator[tuple[int, Batch]]:
    """Yield (shards read so far, batch), beginning after `seen` shards; process `place[0]` of `place[1]` takes its own.

    The folder is looked at anew for every shard, so more may be written while a run goes on.
    """
    rank, count = place
    while True:
        paths = sorted(folder.glob("train-*.npz"))
        mails = read_shard(paths[(seen * count + rank) % len(paths)])
        for batch in batches(mails, labels, size=size, seed=SEED + seen * count + rank):
            yield seen, batch
        seen += 1


def agreed(values: list[Tensor], count: int) -> None:
    """Set the gradients of every process to their mean."""
    flat = torch.cat([value.grad.flatten() for value in values])
    distributed.all_reduce(flat)
    flat /= count
    start = 0
    for value in values:
        value.grad.copy_(flat[start : start + value.numel()].view_as(value))
        start += value.numel()


class Training:
    """A run that can be stopped at any checkpoint."""

    def __init__(
        self, folder: Path, device: str, shape: Shape, place: tuple[int, int] = (0, 1), start: Path | None = None
    ) -> None:
        torch.manual_seed(SEED)
        self._folder, self._device, self._place = folder, device, place
        self._labels = read_labels(folder)
        self.network = Reader(shape).to(device)
        matrices = [value for name, value in self.network.blocks.named_parameters() if value.dim() == 2]
        known = {id(value) for value in matrices}
        others = [value for value in self.network.parameters() if id(value) not in known]
        self._muon = Muon(matrices)
        self._adam = torch.optim.AdamW(others, lr=RATE_OTHERS, betas=(0.9, 0.95), weight_decay=0.0)
        self.spent, self.tokens, self.shards, self.steps = 0.0, 0, 0, 0
        self._path = folder / "checkpoint.pt"
        if self._path.exists():
            self._load()
        elif start is not None:
            self.network.load_state_dict(torch.load(start, map_location=device, weights_only=True)["network"])

    def _load(self) -> None:
        held = torch.load(self._path, map_location=self._device, weights_only=True)
        self.network.load_state_dict(held["network"])
        self._muon.load_state_dict(held["muon"])
        self._adam.load_state_dict(held["adam"])
        self.spent, self.tokens, self.shards, self.steps = (
            held[name] for name in ("spent", "tokens", "shards", "steps")
        )

    def save(self) -> None:
        """Write a checkpoint so that nobody ever sees half of it."""
        if self._place[0]:
            return
        held = {
            "network": self.network.state_dict(),
            "muon": self._muon.state_dict(),
            "adam": self._adam.state_dict(),
            "shape": asdict(self.network.shape),
        } | {name: getattr(self, name) for name in ("spent", "tokens", "shards", "steps")}
        half = self._path.with_suffix(".part")
        torch.save(held, half)
        half.replace(self._path)

    def run(self, minutes: float, size: int) -> None:
        """Train until so many minutes are spent, earlier runs included."""
        budget = minutes * 60
        begun, before = time.monotonic(), self.spent
        kept = reported = checked = self.spent
        losses_seen: list[float] = []
        for shard, batch in batches_for_ever(
            self._folder, self._labels, seen=self.shards, place=self._place, size=size
        ):
            self.shards = shard
            self.spent = self._same(before + time.monotonic() - begun)
            if self.spent >= budget:
                break
            losses_seen.append(self.step(batch, self.spent / budget))
            if self.spent - reported > REPORT_EVERY:
                reported = self.spent
                self._report(losses_seen, budget)
                losses_seen.clear()
            if self.spent - kept > KEEP_EVERY:
                kept = self.spent
                self.save()
            if self.spent - checked > CHECK_EVERY:
                checked = self.spent
                self.check(CHECK_MAILS)
        self.save()

    def _same(self, seconds: float) -> float:
        """Return the first process's clock, so that all stop at the same step."""
        if self._place[1] == 1:
            return seconds
        clock = torch.tensor([seconds], dtype=torch.float64)
        distributed.broadcast(clock, 0)
        return float(clock)

    def step(self, batch: Batch, done: float) -> float:
        """Learn from one batch; return the loss of its answers. `done` is the share of the run that is over."""
        rate = min(1.0, (self.steps + 1) / 40) * min(1.0, max(0.02, (1 - done) / (1 - STEADY_UNTIL)))
        self._muon.param_groups[0]["lr"] = RATE_MATRICES * rate
        self._adam.param_groups[0]["lr"] = RATE_OTHERS * rate
        self.network.train()
        with torch.autocast(self._device, torch.bfloat16):
            total, answers = losses(self.network, batch.to(self._device), with_text=True)
        total.backward()
        if self._place[1] > 1:
            agreed(list(self.network.parameters()), self._place[1])
        torch.nn.utils.clip_grad_norm_(self._adam.param_groups[0]["params"], 1.0)
        self._muon.step()
        self._adam.step()
        self.network.zero_grad()
        self.steps += 1
        self.tokens += int(batch.is_text.sum()) * self._place[1]
        return float(answers.detach().mean())

    def _report(self, losses_seen: list[float], budget: float) -> None:
        loss = sum(losses_seen) / len(losses_seen)
        if self._place[0] == 0:
            print(
                f"{self.spent / 60:6.1f} of {budget / 60:.0f} min  step {self.steps}  {self.tokens / 1e6:.2f} M tokens"
                f"  {self.tokens / max(self.spent, 1):.0f} a second  loss {loss:.3f}",
                flush=True,
            )

    def check(self, most: int) -> dict[str, dict[str, list[float]]]:
        """Return and print, for the mails held out, how many questions were answered rightly: by kind."""
        if self._place[0]:
            return {}
        kinds = json.loads((self._folder / "kinds.json").read_text(encoding="utf-8"))
        found: dict[str, dict[str, list[float]]] = {}
        for name in ("seen", "unseen"):
            mails = read_shard(self._folder / f"check-{name}.npz")[:most]
            counts: defaultdict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
            self.network.eval()
            for batch in batches(mails, self._labels, size=8192, seed=SEED):
                held = batch.to(self._device)
                with torch.no_grad(), torch.autocast(self._device, torch.bfloat16):
                    flat = self.network(held.tokens, held.places, held.layout)[0].flatten(0, 1).float()
                    best = scores_of(self.network, flat, held).argmax(1)
                is_right = held.right.gather(1, best.unsqueeze(1)).squeeze(1)
                for kind, right in zip(held.kinds.tolist(), is_right.tolist(), strict=True):
                    counts[kinds[kind]][0] += right
                    counts[kinds[kind]][1] += 1
            found[name] = {kind: [round(right / count, 3), count] for kind, (right, count) in sorted(counts.items())}
            shown = "  ".join(f"{kind} {right:.2f}" for kind, (right, _) in found[name].items())
            print(f"   {name}: {shown}", flush=True)
        return found


def work(rank: int, chosen: argparse.Namespace) -> None:
    """Be one process of the run; the first one reports and writes."""
    torch.set_num_threads(chosen.threads)
    if chosen.processes > 1:
        store = distributed.TCPStore("127.0.0.1", chosen.port, chosen.processes, is_master=rank == 0)
        distributed.init_process_group("gloo", store=store, rank=rank, world_size=chosen.processes)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    training = Training(chosen.folder, device, Shape(layers=chosen.layers), (rank, chosen.processes), chosen.start)
    training.run(chosen.minutes, chosen.size)
    if rank == 0:
        found = training.check(10**6)
        spent = {"tokens": training.tokens, "minutes": round(training.spent / 60, 1), "steps": training.steps}
        (chosen.folder / "figures.json").write_text(json.dumps(found | spent, indent=1), encoding="utf-8")
    if chosen.processes > 1:
        distributed.barrier()
        distributed.destroy_process_group()


def main() -> None:
    """Train, or go on training."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("folder", type=Path)
    words.add_argument("--minutes", type=float, default=60)
    words.add_argument("--threads", type=int, default=1)
    words.add_argument("--processes", type=int, default=1)
    words.add_argument("--port", type=int, default=29511, help="on this machine, for the processes to meet")
    words.add_argument("--size", type=int, default=4096, help="tokens a step and process")
    words.add_argument("--start", type=Path, help="weights to begin with: another run's checkpoint")
    words.add_argument("--layers", type=int, default=Shape().layers)
    chosen = words.parse_args()
    if chosen.processes == 1:
        work(0, chosen)
    else:
        multiprocessing.spawn(work, (chosen,), nprocs=chosen.processes)


if __name__ == "__main__":
    main()
