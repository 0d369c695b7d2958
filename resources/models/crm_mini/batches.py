"""Shards as batches: rows of like length, padded, with the layout that keeps the questions of a mail apart."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from resources.models.crm_mini.network import Layout, Questions

MOST_LABELS = 16
SHORT = 8
INTENT, SENTIMENT = 0, 1  # their places among the kinds of questions


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail: tokens, their parts (0 is the head), what each tells, and places counted from its first token."""

    tokens: NDArray[np.int64]
    parts: NDArray[np.int64]
    marks: NDArray[np.int64]
    answers: NDArray[np.int64]
    options: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded rows. Answers and options are at flat places of `tokens`; `labels` are token ids, 0 beyond the last.

    `intents` and `moods` are the right labels of each mail, `is_head` (mails, longest head) where its head is.
    `tells` (2, mails, longest head) says which tokens of the head tell intent, and which the mood.
    `right` and `offered` (answers, labels) are true for the right labels and for all that were offered.
    """

    tokens: Tensor
    places: Tensor
    layout: Layout
    is_text: Tensor
    answers: Tensor
    labels: Tensor
    right: Tensor
    offered: Tensor
    kinds: Tensor
    intents: Tensor
    moods: Tensor
    is_head: Tensor
    tells: Tensor
    options: Tensor
    verdicts: Tensor

    def to(self, device: str) -> "Batch":
        """Return the batch on another device."""
        if device == "cpu":
            return self
        moved = {name: getattr(self, name).to(device, non_blocking=True) for name in self.__slots__ if name != "layout"}
        groups = tuple(
            Questions(*(part.to(device) for part in (group.mails, group.places, group.kept, group.mask)))
            for group in self.layout.groups
        )
        return Batch(**moved, layout=Layout(self.layout.head, groups))


def read_shard(path: Path) -> list[Mail]:
    """Return the mails of one shard."""
    with np.load(path) as held:
        tokens, parts = held["tokens"].astype(np.int64), held["parts"].astype(np.int64)
        starts, answers, options = held["starts"], held["answers"], held["options"]
        marks = held["marks"].astype(np.int64)
    mails = []
    for start, end in pairwise(starts):
        first, last = np.searchsorted(answers[:, 0], (start, end))
        answered = answers[first:last].copy()
        answered[:, 0] -= start
        first, last = np.searchsorted(options[:, 0], (start, end))
        offered = options[first:last].copy()
        offered[:, 0] -= start
        mails.append(Mail(tokens[start:end], parts[start:end], marks[start:end], answered, offered))
    return mails


def read_labels(folder: Path) -> NDArray[np.int64]:
    """Return the label tokens by number of labels: (27, MOST_LABELS), 0 beyond the last."""
    rows = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
    table = np.zeros((len(rows), MOST_LABELS), np.int64)
    for count, tokens in enumerate(rows):
        table[count, : min(count, MOST_LABELS)] = tokens[:MOST_LABELS]
    return table


def places_of(mail: Mail) -> NDArray[np.int64]:
    """Return the position of each token: every question follows the head directly."""
    head = int((mail.parts == 0).sum())
    index = np.arange(len(mail.parts))
    first = np.searchsorted(mail.parts, mail.parts)  # parts only grow within a mail
    return np.where(mail.parts == 0, index, head + index - first)


def batch_of(mails: list[Mail], labels: NDArray[np.int64]) -> Batch:
    """Return these mails as one batch."""
    longest = max(len(mail.tokens) for mail in mails)
    tokens = np.zeros((len(mails), longest), np.int64)
    places, parts, marks = np.zeros_like(tokens), np.full_like(tokens, -1), np.zeros_like(tokens)
    answers, options = [], []
    for row, mail in enumerate(mails):
        size = len(mail.tokens)
        tokens[row, :size], places[row, :size], parts[row, :size] = mail.tokens, places_of(mail), mail.parts
        marks[row, :size] = mail.marks
        answers.append(mail.answers + np.array([row * longest, 0, 0, 0]))
        options.append(mail.options + np.array([row * longest, 0]))
    answered, offered = np.concatenate(answers), np.concatenate(options)
    bits = np.arange(MOST_LABELS)
    head = int((parts == 0).sum(1).max())
    return Batch(
        tokens=torch.from_numpy(tokens),
        places=torch.from_numpy(places),
        layout=layout_of(parts),
        is_text=torch.from_numpy(parts >= 0),
        answers=torch.from_numpy(answered[:, 0]),
        labels=torch.from_numpy(labels[answered[:, 1]]),
        right=torch.from_numpy(((answered[:, 2:3] >> bits) & 1).astype(bool)),
        offered=torch.from_numpy(bits < answered[:, 1:2]),
        kinds=torch.from_numpy(answered[:, 3]),
        intents=_label_of(answered, INTENT),
        moods=_label_of(answered, SENTIMENT),
        is_head=torch.from_numpy(parts[:, :head] == 0).float(),
        tells=torch.from_numpy(np.stack((marks[:, :head] & 1, marks[:, :head] >> 1))).float(),
        options=torch.from_numpy(offered[:, 0]),
        verdicts=torch.from_numpy(offered[:, 1].astype(np.float32)),
    )


def _label_of(answered: NDArray[np.int64], kind: int) -> Tensor:
    """Return the right label of each mail's question of this kind; every mail has one."""
    masks = answered[answered[:, 3] == kind, 2]
    return torch.from_numpy(np.log2(masks).astype(np.int64))


def layout_of(parts: NDArray[np.int64]) -> Layout:
    """Return the layout of padded rows of parts (0 the head, then questions, -1 padding)."""
    longest = parts.shape[1]
    heads = (parts == 0).sum(1)
    found: list[tuple[int, int, int]] = []  # length, mail, first token
    for row, line in enumerate(parts):
        for number in range(1, line.max() + 1):
            first, last = np.searchsorted(line[: heads[row] + (line > 0).sum()], (number, number + 1))
            found.append((int(last - first), row, int(first)))
    found.sort()
    head = int(heads.max())
    groups = [found[start:end] for start, end in pairwise(_cuts(found))]
    return Layout(head, tuple(_group(group, heads, head, longest) for group in groups if group))


def _cuts(found: list[tuple[int, int, int]]) -> list[int]:
    """Return where the sorted questions are cut into groups: the short labels, then thirds of the rest."""
    short = sum(length <= SHORT for length, _, _ in found)
    rest = len(found) - short
    return [0, short, short + rest // 3, short + 2 * rest // 3, len(found)]


def _group(group: list[tuple[int, int, int]], heads: NDArray[np.int64], head: int, longest: int) -> Questions:
    lengths, mails, firsts = (np.array(column) for column in zip(*group, strict=True))
    size = int(lengths.max())
    offsets = np.arange(size)
    is_there = offsets < lengths[:, None]
    places = (mails * longest + firsts)[:, None] + np.where(is_there, offsets, 0)
    sees_head = np.broadcast_to((np.arange(head) < heads[mails][:, None])[:, None], (len(group), size, head))
    sees_own = np.broadcast_to(np.tri(size, dtype=bool), (len(group), size, size))
    sees = torch.from_numpy(np.concatenate((sees_head, sees_own), 2)).unsqueeze(1)
    mask = torch.zeros(sees.shape, dtype=torch.bfloat16).masked_fill(~sees, float("-inf"))
    kept = torch.from_numpy(np.flatnonzero(is_there))
    return Questions(torch.from_numpy(mails), torch.from_numpy(places), kept, mask)


def batches(mails: list[Mail], labels: NDArray[np.int64], *, size: int, seed: int) -> Iterator[Batch]:
    """Yield the mails as batches of about `size` tokens, mails of like length together, in random order."""
    chance = random.Random(seed)  # noqa: S311  (an order, not secrets)
    shuffled = sorted(mails, key=lambda mail: len(mail.tokens) + chance.random() * 60)
    groups: list[list[Mail]] = [[]]
    for mail in shuffled:
        if groups[-1] and (len(groups[-1]) + 1) * len(mail.tokens) > size:
            groups.append([])
        groups[-1].append(mail)
    chance.shuffle(groups)
    for group in groups:
        yield batch_of(group, labels)
