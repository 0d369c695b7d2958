"""Whoever reads, or dies in between, finds the old secret or the new one."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.errors import UserActionNeeded
from desktop.system.long_secrets import LONGEST_PIECE, MOST_PIECES, LongSecret
from desktop.system.vault import MemoryVault


class ShortVault(MemoryVault):
    """Takes what Windows' keyring takes, and dies after so many writes."""

    left = 10_000

    def set(self, name, value):
        assert len(value) <= 1280
        self._die()
        super().set(name, value)

    def delete(self, name):
        self._die()
        super().delete(name)

    def _die(self):
        if self.left == 0:
            raise KeyboardInterrupt
        self.left -= 1


TEXTS = st.text(st.characters(exclude_categories=()), max_size=50).map(lambda text: text * 97)


@given(st.lists(TEXTS, max_size=4))
def test_it_holds_what_was_kept_last_and_leaves_nothing(values):
    vault = ShortVault()
    secret = LongSecret(vault, "s")
    assert secret.get() is None
    for value in values:
        secret.set(value)
        assert secret.get() == value
    secret.delete()
    assert secret.get() is None
    assert not vault._secrets


@given(TEXTS, TEXTS, st.integers(0, 12))
def test_dying_in_between_leaves_the_old_or_the_new_one(old, new, left):
    vault = ShortVault()
    secret = LongSecret(vault, "s")
    secret.set(old)
    vault.left = left
    with suppress(KeyboardInterrupt):
        secret.set(new)
    vault.left = 10_000
    assert secret.get() in {old, new}
    secret.set("next")
    assert secret.get() == "next"


def test_what_is_far_too_long_is_refused_and_the_old_one_stays():
    secret = LongSecret(ShortVault(), "s")
    secret.set("old")
    with pytest.raises(UserActionNeeded):
        secret.set("x" * (LONGEST_PIECE * MOST_PIECES + 1))
    assert secret.get() == "old"


@pytest.mark.parametrize("head", ["", "null", "[1]", "{}", '["a", 2, "0"]', '["a", "x", "0"]'])
def test_a_damaged_head_is_no_secret(head):
    vault = ShortVault()
    vault.set("s", head)
    assert LongSecret(vault, "s").get() is None
