"""A profile's key: made once, kept in the vault only, and never made anew over data that needs the old one."""

import json

import pytest

from desktop.domain.errors import UserActionNeeded
from desktop.system.profile import open_profile, open_profile_or_sample, temporary_profile, unlock

PASSPHRASE = "correct horse battery"


def test_the_key_is_made_once_and_found_again(tmp_path):
    first = open_profile("default", tmp_path, passphrase=PASSPHRASE)
    second = open_profile("default", tmp_path, passphrase=PASSPHRASE)
    assert first.store_key == second.store_key
    assert len(first.store_key) == 32
    assert open_profile("other", tmp_path, passphrase=PASSPHRASE).store_key != first.store_key


def test_no_file_holds_the_key_in_the_clear(tmp_path):
    profile = open_profile("default", tmp_path, passphrase=PASSPHRASE)
    for file in tmp_path.rglob("*"):
        if file.is_file():
            raw = file.read_bytes()
            assert profile.store_key not in raw
            assert profile.store_key.hex().encode() not in raw
            assert PASSPHRASE.encode() not in raw


def test_a_wrong_passphrase_opens_nothing(tmp_path):
    open_profile("default", tmp_path, passphrase=PASSPHRASE)
    with pytest.raises(UserActionNeeded):
        open_profile("default", tmp_path, passphrase="wrong")


def test_data_without_its_key_is_not_given_a_new_one(tmp_path):
    profile = open_profile("default", tmp_path, passphrase=PASSPHRASE)
    profile.store_path.write_bytes(b"data of somebody")
    (profile.paths.data / "vault.json").unlink()
    with pytest.raises(UserActionNeeded, match="its key is not in this keyring"):
        open_profile("default", tmp_path, passphrase=PASSPHRASE)
    assert profile.store_path.read_bytes() == b"data of somebody"


def test_without_keyring_and_passphrase_a_fresh_start_is_a_sample_that_is_thrown_away(tmp_path):
    profile = open_profile_or_sample("default", tmp_path / "never-used")
    assert profile.is_temporary
    assert "--passphrase" in profile.notice
    assert profile.root is not None
    profile.throw_away()
    assert not profile.root.exists()
    assert not (tmp_path / "never-used").exists()


def test_without_keyring_data_that_is_there_is_never_replaced_by_a_sample(tmp_path):
    open_profile("default", tmp_path, passphrase=PASSPHRASE)
    with pytest.raises(UserActionNeeded, match="passphrase"):
        open_profile_or_sample("default", tmp_path)


def test_a_kept_profile_cannot_be_thrown_away(tmp_path):
    profile = open_profile("default", tmp_path, passphrase=PASSPHRASE)
    profile.throw_away()
    assert profile.paths.data.exists()


def test_the_agent_opens_what_the_window_opened(tmp_path):
    sealed = open_profile("default", tmp_path, passphrase=PASSPHRASE)
    assert unlock("default", tmp_path, sealed.unlock_line).store_key == sealed.store_key
    sample = temporary_profile("default")
    assert unlock("default", sample.root, sample.unlock_line).store_key == sample.store_key
    sample.throw_away()


@pytest.mark.parametrize("line", ["not json", "[]", json.dumps({"key": "zz"})])
def test_a_broken_unlock_line_is_refused(tmp_path, line):
    with pytest.raises(UserActionNeeded):
        unlock("default", tmp_path, line)
