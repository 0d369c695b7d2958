"""Labels as a tree of tokens."""

import pytest

from desktop.inference.label_tree import depth_of, shared_length, tree_of


def test_single_tokens_are_one_fork() -> None:
    assert tree_of([[5], [6], [7]]) == {5: 0, 6: 1, 7: 2}
    assert depth_of(tree_of([[5], [6]])) == 1


def test_longer_labels_share_their_beginnings() -> None:
    tree = tree_of([[1, 2], [1, 3], [4]])
    assert tree == {1: {2: 0, 3: 1}, 4: 2}
    assert depth_of(tree) == 2


@pytest.mark.parametrize("ways", [[[1], [1]], [[1, 2], [1]], [[1], [1, 2]], [[1], []]])
def test_labels_that_cannot_be_told_apart_are_refused(ways: list[list[int]]) -> None:
    with pytest.raises(ValueError, match="label"):
        tree_of(ways)


def test_what_is_shared_leaves_a_token_to_each() -> None:
    assert shared_length([[9, 9, 1], [9, 9, 2]]) == 2
    assert shared_length([[9, 9], [9, 9, 2]]) == 1
    assert shared_length([[1], [2]]) == 0
    assert shared_length([[9, 1]]) == 1
