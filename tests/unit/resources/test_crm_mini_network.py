"""The network of crm-mini: what hangs on single words can be learnt from few mails. Needs PyTorch."""

import random

import numpy as np
import pytest

from resources.models.crm_mini.gguf_file import Shape

torch = pytest.importorskip("torch", reason="PyTorch is not installed here; crm-mini was trained elsewhere")

from resources.models.crm_mini.batches import Mail, batch_of  # noqa: E402
from resources.models.crm_mini.muon import Muon  # noqa: E402
from resources.models.crm_mini.network import ANSWER, LETTERS, Reader  # noqa: E402
from resources.models.crm_mini.train import losses, scores_of  # noqa: E402

SHAPE = Shape(vocabulary=600, width=48, layers=3, heads=3, hidden=64)
FIRST_WORD, WORDS = 300, 200
MAILS, STEPS = 48, 60


def _mail(chance: random.Random) -> Mail:
    """A mail of words without meaning but for three of them, one of 16 triples; its questions: intent and sentiment."""
    intent, mood = chance.randrange(16), chance.randrange(3)
    head = [FIRST_WORD + 60 + chance.randrange(WORDS) for _ in range(40)]
    marks = [0] * 40
    for name, first, mark in ((intent, 0, 1), (mood, 50, 2)):
        place = chance.randrange(30) if mark == 1 else chance.randrange(32, 37)
        for step in range(3):
            head[place + step], marks[place + step] = FIRST_WORD + first + 3 * name + step, mark
    tokens = [*head, 2, 7, ANSWER, 2, 8, ANSWER]
    parts = [0] * 40 + [1] * 3 + [2] * 3
    answers = [[42, 16, 1 << intent, 0], [45, 3, 1 << mood, 1]]
    return Mail(
        np.array(tokens), np.array(parts), np.array([*marks, *[0] * 6]), np.array(answers), np.array([[41, 0], [44, 0]])
    )


def _labels() -> np.ndarray:
    table = np.zeros((27, 16), np.int64)
    table[16] = LETTERS
    table[3, :3] = [6 + ord(digit) for digit in "123"]
    return table


def test_the_reason_of_a_mail_is_learnt_from_a_few_hundred() -> None:
    torch.manual_seed(1)
    torch.set_num_threads(1)
    chance, labels = random.Random(1), _labels()
    network = Reader(SHAPE)
    matrices = [value for value in network.blocks.parameters() if value.dim() == 2]
    known = {id(value) for value in matrices}
    muon = Muon(matrices, rate=0.012)
    adam = torch.optim.AdamW([v for v in network.parameters() if id(v) not in known], lr=0.004, betas=(0.9, 0.95))
    for _ in range(STEPS):
        total, _ = losses(network, batch_of([_mail(chance) for _ in range(MAILS)], labels), with_text=False)
        total.backward()
        muon.step()
        adam.step()
        network.zero_grad()
    batch = batch_of([_mail(chance) for _ in range(200)], labels)
    with torch.no_grad():
        flat = network(batch.tokens, batch.places, batch.layout)[0].flatten(0, 1)
        best = scores_of(network, flat, batch).argmax(1, keepdim=True)
    is_right = batch.right.gather(1, best).squeeze(1).float()
    assert is_right[batch.kinds == 0].mean() > 0.6  # chance is a sixteenth
    assert is_right[batch.kinds == 1].mean() > 0.8


def test_what_a_word_is_still_shows_after_many_steps_of_the_blocks() -> None:
    """Steps of one length, many of them, must not grow the matrices until the words are drowned."""
    torch.manual_seed(2)
    torch.set_num_threads(1)
    network = Reader(SHAPE)
    matrices = [value for value in network.blocks.parameters() if value.dim() == 2]
    muon = Muon(matrices, rate=0.012)
    push = [torch.randn_like(value) for value in matrices]
    for _ in range(800):
        for value, direction in zip(matrices, push, strict=True):
            value.grad = direction
        muon.step()
    largest = max(float(torch.linalg.matrix_norm(value, 2)) for value in matrices)
    assert largest < 12.0
