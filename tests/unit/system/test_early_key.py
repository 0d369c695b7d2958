"""A profile opened with a key that is known early, and when it is not to be trusted."""

import json

import pytest

from desktop.domain.errors import UserActionNeeded
from desktop.system.profile import is_in_keyring, open_profile
from desktop.system.vault import KeyringVault

KEY = "ab" * 32


def refuse():
    raise AssertionError("it was asked")


@pytest.fixture
def kept(tmp_path):
    data = tmp_path / "work" / "data"
    data.mkdir(parents=True)
    (data / "store.db").write_bytes(b"x")
    return tmp_path


def test_an_early_key_opens_a_profile_that_is_in_the_keyring(kept):
    profile = open_profile("work", kept, early_key=lambda: KEY)
    assert profile.store_key == bytes.fromhex(KEY)
    assert isinstance(profile.vault, KeyringVault)
    assert json.loads(profile.unlock_line) == {}
    assert not profile.is_temporary


def test_a_damaged_early_key_is_refused(kept):
    with pytest.raises(UserActionNeeded, match="damaged"):
        open_profile("work", kept, early_key=lambda: "short")


def test_a_passphrase_goes_before_an_early_key(kept):
    with pytest.raises(UserActionNeeded, match="key is not in this keyring"):
        open_profile("work", kept, passphrase="correct horse", early_key=refuse)


def test_a_sealed_profile_is_not_in_the_keyring(kept):
    assert is_in_keyring("work", kept)
    (kept / "work" / "data" / "vault.json").write_text("{}")
    assert not is_in_keyring("work", kept)
    with pytest.raises(UserActionNeeded, match="passphrase"):
        open_profile("work", kept, early_key=refuse)


def test_a_profile_without_data_asks_nobody_early(tmp_path):
    assert not is_in_keyring("work", tmp_path)
