"""Muon: steps of matrices made orthogonal, which small networks learn from in fewer tokens than from AdamW.

Keller Jordan, 2024, "Muon: An optimizer for hidden layers in neural networks"; the five coefficients are his.
"""

from collections import defaultdict
from collections.abc import Iterable

import torch
from torch import Tensor

_A, _B, _C = 3.4445, -4.7750, 2.0315
ROUNDS = 5
DECAY = 0.2


def orthogonal(matrices: Tensor) -> Tensor:
    """Return the nearest orthogonal matrices, roughly; `matrices` is (count, rows, columns)."""
    values = matrices.bfloat16()
    is_tall = values.shape[1] > values.shape[2]
    if is_tall:
        values = values.mT
    values = values / (values.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(ROUNDS):
        square = values @ values.mT
        values = _A * values + (_B * square + _C * square @ square) @ values
    return (values.mT if is_tall else values).float()


class Muon(torch.optim.Optimizer):
    """Nesterov momentum, then an orthogonal step; equal shapes are worked on together."""

    def __init__(self, matrices: Iterable[Tensor], rate: float = 0.015, momentum: float = 0.95) -> None:
        super().__init__(matrices, {"lr": rate, "momentum": momentum, "decay": DECAY})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:
        """Take one step."""
        del closure
        group = self.param_groups[0]
        alike: defaultdict[tuple[int, ...], list[Tensor]] = defaultdict(list)
        for value in group["params"]:
            alike[tuple(value.shape)].append(value)
        for (rows, columns), values in alike.items():
            steps = []
            for value in values:
                state = self.state[value]
                average = state.setdefault("average", torch.zeros_like(value))
                average.lerp_(value.grad, 1 - group["momentum"])
                steps.append(value.grad.lerp(average, group["momentum"]))
            size = group["lr"] * max(1.0, rows / columns) ** 0.5
            for value, change in zip(values, orthogonal(torch.stack(steps)), strict=True):
                value.mul_(1 - group["decay"] * group["lr"]).add_(change, alpha=-size)
