"""How tokens are spread over calls of the model: as evenly as can be, since a small rest costs nearly a whole call."""

import math
from collections.abc import Sequence

REST = 64  # rows; attention on a processor takes as long over a few as over so many


def even_size(total: int, usual: int, most: int) -> int:
    """Return how many of `total` tokens each call is to take: about `usual`, never more than `most`, no small rest."""
    if total <= most and total <= usual + REST:
        return max(1, total)
    calls = max(1, math.ceil((total - REST) / usual), math.ceil(total / most))
    return math.ceil(total / calls)


def packs(lengths: Sequence[int], *, usual: int, most: int, together: int) -> list[list[int]]:
    """Return the places of the questions in packs for one call each, in order and of about even length.

    A pack has about `usual` tokens, `most` at most, and `together` questions at most. A question longer than `most`
    goes alone.
    """
    total = sum(lengths)
    target = even_size(total, usual, most)
    found: list[list[int]] = []
    room, taken, end = 0, 0, 0.0
    for place, length in enumerate(lengths):
        is_full = not found or length > room or len(found[-1]) == together or taken + length / 2 > end
        if is_full:
            found.append([])
            room, end = most, taken + target
        found[-1].append(place)
        room -= length
        taken += length
    return found
