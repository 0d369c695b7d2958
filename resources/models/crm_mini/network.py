"""The network: a small decoder of the llama architecture, as llama.cpp computes it.

In training every question of a mail is answered in one pass: each sees the mail and itself, none sees another, as in
the engine, where each is put to a fork of the mail's sequence. Attention is therefore worked out in pieces: the heads
of the mails, and then the questions, those of like length together.

Three heads of the last block begin with weights set by hand. The first looks at labels by a verdict (one row of its
keys) and brings the best one's token to the answer. The second and third look where something tells why the mail was
written, or in what mood (a row of keys each), and their values vote for the labels of the whole mail. So the network
need not find out that answering means copying and counting, only what is right. These rows, the readout, are trained
directly, too, by what the generator knows of every token: many signals a mail instead of few. They are kept apart from
their block's matrix because Muon, whose steps are all of one length, is no way to train the rows of a classifier.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from resources.models.crm_mini.gguf_file import Shape
from resources.models.crm_mini.tokens import CONTROL

EPSILON = 1e-5
ANSWER = CONTROL.index("<|answer|>")
DIGITS = [len(CONTROL) + ord(digit) for digit in "123456789"]
LETTERS = [len(CONTROL) + ord("A") + place for place in range(16)]
INTENTS, MOODS = 16, 3
BROUGHT, VOTED = 1.5, 0.1
WORD_SIZE, LOGIT_SIZE = 0.7, 0.1
VERDICT_SCALE = 3.0


@dataclass(frozen=True, slots=True)
class Questions:
    """Questions of like length, one a row: which mail each is about, the flat places of its tokens, what each may see.

    `places` is (questions, length), `kept` which of them, counted through, are no padding, `mask` (questions, 1,
    length, longest head + length).
    """

    mails: Tensor
    places: Tensor
    kept: Tensor
    mask: Tensor


@dataclass(frozen=True, slots=True)
class Layout:
    """How a batch is made up: the length of the longest head, and the questions in groups."""

    head: int
    groups: tuple[Questions, ...]


class Norm(nn.Module):
    """Root-mean-square norm with a weight for each dimension."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, values: Tensor) -> Tensor:
        """Return the normed values, in their own precision."""
        return functional.rms_norm(values.float(), (values.shape[-1],), self.weight, EPSILON).to(values.dtype)


def rotated(values: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    """Turn neighbouring pairs of dimensions by their position: the rotary form that llama.cpp uses for `llama`."""
    even, odd = values[..., 0::2], values[..., 1::2]
    return torch.stack((even * cosine - odd * sine, even * sine + odd * cosine), -1).flatten(-2)


def attended(query: Tensor, key: Tensor, value: Tensor, layout: Layout) -> Tensor:
    """Return what each token sees, (batch, length, width), from (batch, length, heads, width of a head)."""
    batch, length, heads, size = query.shape
    head = layout.head
    causal = torch.full((head, head), float("-inf"), dtype=query.dtype, device=query.device).triu(1)
    first = _looked(*(part[:, :head].transpose(1, 2) for part in (query, key, value)), causal)
    seen = functional.pad(first.transpose(1, 2).reshape(batch, head, -1), (0, 0, 0, length - head)).flatten(0, 1)
    flat = torch.cat((query, key, value), 2).view(batch * length, -1)
    for group in layout.groups:
        rows = flat.index_select(0, group.places.flatten()).view(*group.places.shape, 3 * heads, size)
        own = rows.split(heads, 2)
        both = [
            torch.cat((part[:, :head].index_select(0, group.mails), mine), 1)
            for part, mine in zip((key, value), own[1:], strict=True)
        ]
        found = _looked(own[0].transpose(1, 2), both[0].transpose(1, 2), both[1].transpose(1, 2), group.mask)
        wanted = found.transpose(1, 2).reshape(-1, heads * size).index_select(0, group.kept)
        seen = seen.index_copy(0, group.places.flatten().index_select(0, group.kept), wanted)
    return seen.view(batch, length, heads * size)


def _looked(query: Tensor, key: Tensor, value: Tensor, mask: Tensor) -> Tensor:
    """Plain attention: for many short rows two products are quicker than the fused kernel of a processor."""
    scores = (query / math.sqrt(query.shape[-1])) @ key.transpose(2, 3)
    return torch.softmax(scores + mask, -1, dtype=scores.dtype) @ value


class Block(nn.Module):
    """Attention and a gated feed-forward layer, each after a norm and added to what came in."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.heads = shape.heads
        self.attn_norm, self.ffn_norm = Norm(shape.width), Norm(shape.width)
        self.attn_in = nn.Linear(shape.width, 3 * shape.width, bias=False)
        self.attn_output = nn.Linear(shape.width, shape.width, bias=False)
        self.ffn_in = nn.Linear(shape.width, 2 * shape.hidden, bias=False)
        self.ffn_down = nn.Linear(shape.hidden, shape.width, bias=False)

    def forward(
        self, values: Tensor, layout: Layout, cosine: Tensor, sine: Tensor, weight: Tensor | None = None
    ) -> Tensor:
        """Return values (batch, length, width) after this block; `weight` stands in for that of `attn_in`."""
        batch, length, width = values.shape
        weight = self.attn_in.weight if weight is None else weight
        parts = functional.linear(self.attn_norm(values), weight).view(
            batch, length, 3, self.heads, width // self.heads
        )
        query, key, value = parts.unbind(2)
        query, key = rotated(query, cosine, sine), rotated(key, cosine, sine)
        values = values + self.attn_output(attended(query, key, value.to(query.dtype), layout))
        gate, up = self.ffn_in(self.ffn_norm(values)).chunk(2, -1)
        return values + self.ffn_down(functional.silu(gate) * up)


class Reader(nn.Module):
    """The whole network. Its output matrix is its embedding."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.embedding = nn.Embedding(shape.vocabulary, shape.width)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.norm = Norm(shape.width)
        self.readout = nn.Parameter(torch.zeros(3 + INTENTS + MOODS, shape.width))
        width, size = shape.width, shape.width // shape.heads
        keys = [width + head * size + size - 2 for head in range(3)]
        values = [2 * width + size + place for place in range(INTENTS)]
        rows = [*keys, *values, *(2 * width + 2 * size + place for place in range(MOODS))]
        self.register_buffer("rows", torch.tensor(rows), persistent=False)
        half = shape.width // shape.heads // 2
        turns = shape.base ** -(torch.arange(half) / half)
        angles = torch.outer(torch.arange(shape.context).float(), turns)
        self.register_buffer("cosine", angles.cos(), persistent=False)
        self.register_buffer("sine", angles.sin(), persistent=False)
        self._start()

    def _start(self) -> None:
        # Words as large as what the blocks will add to them: beginning at a twentieth of it, what a word is was drowned
        # three hundred to one, and nothing that hangs on single words could be learnt.
        nn.init.normal_(self.embedding.weight, std=WORD_SIZE)
        nn.init.constant_(self.norm.weight, LOGIT_SIZE)
        for block in self.blocks:
            for part in (block.attn_in, block.ffn_in):
                nn.init.normal_(part.weight, std=0.5 / math.sqrt(self.shape.width))
            for part in (block.attn_output, block.ffn_down):
                nn.init.zeros_(part.weight)
        self._wire()

    @torch.no_grad()
    def _wire(self) -> None:
        """Set three heads of the last block: answer → best verdict → its label's token; votes → the labels' tokens."""
        width, size = self.shape.width, self.shape.width // self.shape.heads
        block, tokens = self.blocks[-1], self.embedding.weight
        query, key, value = block.attn_in.weight.split(width)
        for part in (query, key, value):
            part[: 3 * size] = 0.0
        answer = tokens[ANSWER]
        for head in range(3):
            query[head * size + size - 2] = answer / answer.norm() * math.sqrt(size / width)
        nn.init.normal_(self.readout[0], std=1.5 / math.sqrt(width))
        basis = torch.linalg.qr(tokens[DIGITS].T)[0]
        value[: len(DIGITS)] = basis.T
        block.attn_output.weight[:, : len(DIGITS)] = basis * BROUGHT
        for head, voted in ((1, LETTERS), (2, DIGITS[:MOODS])):
            block.attn_output.weight[:, head * size : head * size + len(voted)] = tokens[voted].T * VOTED

    def forward(self, tokens: Tensor, places: Tensor, layout: Layout) -> tuple[Tensor, Tensor]:
        """Return what the network knows at every token, and what it knew before the last block: (batch, length, width).

        `places` are the positions of the tokens.
        """
        values = self.embedding(tokens)
        cosine, sine = self.cosine[places].unsqueeze(2), self.sine[places].unsqueeze(2)
        if torch.is_autocast_enabled("cpu") or torch.is_autocast_enabled("cuda"):
            cosine, sine = cosine.bfloat16(), sine.bfloat16()
        for block in self.blocks[:-1]:
            values = block(values, layout, cosine, sine)
        last = self.blocks[-1]
        return self.norm(last(values, layout, cosine, sine, self.last_weight())), last.attn_norm(values)

    def last_weight(self) -> Tensor:
        """Return what goes into the last block's attention, the readout in its place."""
        return self.blocks[-1].attn_in.weight.index_copy(0, self.rows, self.readout)

    def verdicts(self, before: Tensor) -> Tensor:
        """Return how right an option is, from what was known at its label before the last block (…, width)."""
        return before @ self.readout[0] / VERDICT_SCALE

    def votes(self, before: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return what each token says, from what was known before the last block: telling (…, 2), intent, mood."""
        found = functional.linear(before, self.readout[1:])
        return found[..., :2], found[..., 2 : 2 + INTENTS], found[..., 2 + INTENTS :]

    def logits(self, values: Tensor) -> Tensor:
        """Return the score of every token of the vocabulary after each of `values`."""
        return functional.linear(values, self.embedding.weight)


def tensors_of(network: Reader) -> dict[str, NDArray[np.float32]]:
    """Return the weights by llama.cpp's names."""
    state = {name: value.detach().float().cpu().numpy() for name, value in network.state_dict().items()}
    width, hidden = network.shape.width, network.shape.hidden
    found = {"token_embd.weight": state["embedding.weight"]}
    for layer in range(network.shape.layers):
        block, ours = f"blk.{layer}.", f"blocks.{layer}."
        attention, forward = state[ours + "attn_in.weight"], state[ours + "ffn_in.weight"]
        if layer == network.shape.layers - 1:
            attention = network.last_weight().detach().float().cpu().numpy()
        found[block + "attn_norm.weight"] = state[ours + "attn_norm.weight"]
        for place, part in enumerate(("q", "k", "v")):
            found[f"{block}attn_{part}.weight"] = attention[place * width : (place + 1) * width]
        found[block + "attn_output.weight"] = state[ours + "attn_output.weight"]
        found[block + "ffn_norm.weight"] = state[ours + "ffn_norm.weight"]
        found[block + "ffn_gate.weight"], found[block + "ffn_up.weight"] = forward[:hidden], forward[hidden:]
        found[block + "ffn_down.weight"] = state[ours + "ffn_down.weight"]
    found["output_norm.weight"] = state["norm.weight"]
    return found
