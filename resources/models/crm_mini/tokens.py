"""Byte-pair encoding of our own: learnt from invented mails, written so that llama.cpp tokenises alike.

The pre-tokeniser is the one llama.cpp calls `smollm`: every digit stands alone. Tokens are numbered: control tokens,
the 256 bytes, then one for each merge, in the order of the merges.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

CONTROL = ("<|end|>", "<|mail|>", "<|ask|>", "<|option|>", "<|is|>", "<|answer|>")
PRE_TOKENISER = "smollm"
LONGEST_TOKEN = 20

_PIECES = r"\p{N}|'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"

Pair = tuple[str, str]


def byte_letters() -> list[str]:
    """Return the printable character that stands for each byte in byte-level BPE."""
    shown = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    hidden = [byte for byte in range(256) if byte not in shown]
    letters = {byte: chr(byte) for byte in shown} | {byte: chr(256 + place) for place, byte in enumerate(hidden)}
    return [letters[byte] for byte in range(256)]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The merges in order, and every token with its number as its place."""

    merges: tuple[Pair, ...]

    @property
    def tokens(self) -> tuple[str, ...]:
        """Every token, in order of its number."""
        return (*CONTROL, *byte_letters(), *(one + other for one, other in self.merges))

    @property
    def lengths(self) -> tuple[int, ...]:
        """The bytes of every token; a control token has none."""
        return tuple(0 if number < len(CONTROL) else len(token) for number, token in enumerate(self.tokens))


def learn(texts: Iterable[str], size: int) -> Vocabulary:
    """Return a vocabulary of `size` tokens: merge what stands together most often, again and again."""
    import regex  # noqa: PLC0415  (not needed where a network is trained)

    letters = byte_letters()
    pattern = regex.compile(_PIECES)
    counts = Counter(piece for text in texts for piece in pattern.findall(text))
    words = [[letters[byte] for byte in piece.encode()] for piece in counts]
    weights = list(counts.values())
    pairs: Counter[Pair] = Counter()
    where: defaultdict[Pair, set[int]] = defaultdict(set)
    for place, word in enumerate(words):
        for pair in pairwise(word):
            pairs[pair] += weights[place]
            where[pair].add(place)
    merges: list[Pair] = []
    made = set(letters)
    while len(merges) + len(CONTROL) + len(letters) < size:
        best = max(pairs, key=lambda pair: (pairs[pair], pair))
        if len(best[0] + best[1]) > LONGEST_TOKEN or best[0] + best[1] in made:
            del pairs[best]
            continue
        merges.append(best)
        made.add(best[0] + best[1])
        for place in where.pop(best):
            _merge(best, place, words, weights[place], pairs, where)
        pairs.pop(best, None)
    return Vocabulary(tuple(merges))


def _merge(
    best: Pair, place: int, words: list[list[str]], weight: int, pairs: Counter[Pair], where: dict[Pair, set[int]]
) -> None:
    word = words[place]
    for pair in pairwise(word):
        if pair in pairs:
            pairs[pair] -= weight
    merged: list[str] = []
    index = 0
    while index < len(word):
        if tuple(word[index : index + 2]) == best:
            merged.append(best[0] + best[1])
            index += 2
        else:
            merged.append(word[index])
            index += 1
    words[place] = merged
    for pair in pairwise(merged):
        pairs[pair] += weight
        where[pair].add(place)
