"""The labels of one question as a tree of tokens, so that an answer is one softmax per fork.

Most tokenisers have one token for every label, and the tree is one fork; where a label takes several, the tree says
after which token which others may follow, and the probability of a label is the product along its way.
"""

from collections.abc import Sequence

LabelTree = dict[int, "int | LabelTree"]
"""Token → the index of the label that ends with it, or the tree of how the labels that share it go on."""


def shared_length(ways: Sequence[list[int]]) -> int:
    """Return how many tokens all ways begin with, leaving at least one token to each."""
    first, last = min(ways), max(ways)
    most = min(map(len, ways)) - 1
    differing = (place for place, (one, other) in enumerate(zip(first, last, strict=False)) if one != other)
    return max(0, min(most, next(differing, most)))


def tree_of(ways: Sequence[list[int]]) -> LabelTree:
    """Return the ways as a tree; raise ValueError when one of them is empty or the beginning of another."""
    root: LabelTree = {}
    for index, way in enumerate(ways):
        if not way:
            raise ValueError("a label has no token of its own")
        node = root
        for token in way[:-1]:
            following = node.setdefault(token, {})
            if isinstance(following, int):
                raise ValueError("a label is the beginning of another")  # noqa: TRY004  (the labels are wrong, no type is)
            node = following
        if way[-1] in node:
            raise ValueError("two labels cannot be told apart")
        node[way[-1]] = index
    return root


def depth_of(tree: LabelTree) -> int:
    """Return the number of tokens of the longest way through a tree."""
    return 1 + max((depth_of(rest) for rest in tree.values() if not isinstance(rest, int)), default=0)
