import stat
from pathlib import Path

import pytest

from desktop.domain.errors import UserActionNeeded
from desktop.system.paths import Paths, for_profile

HOME = {"HOME": "/home/rep"}


def test_linux_follows_the_xdg_standard():
    paths = for_profile("work", environ=HOME, platform="linux")
    assert paths == Paths(
        "work",
        Path("/home/rep/.local/share/dealside/work"),
        Path("/home/rep/.config/dealside/work"),
        Path("/home/rep/.cache/dealside/work"),
        Path("/home/rep/.local/state/dealside/work"),
    )


def test_xdg_variables_count_when_absolute_and_are_ignored_otherwise():
    environ = HOME | {"XDG_DATA_HOME": "/fast/disk", "XDG_CONFIG_HOME": "relative/place", "XDG_CACHE_HOME": ""}
    paths = for_profile(environ=environ, platform="linux")
    assert paths.data == Path("/fast/disk/dealside/default")
    assert paths.config == Path("/home/rep/.config/dealside/default")
    assert paths.cache == Path("/home/rep/.cache/dealside/default")


def test_macos_and_windows_have_their_own_places():
    assert for_profile(environ=HOME, platform="darwin").logs == Path("/home/rep/Library/Logs/Dealside/default")
    local = for_profile(environ={"LOCALAPPDATA": "/c/Local"}, platform="win32")
    assert local.data == Path("/c/Local/Dealside/default/data")


def test_two_profiles_share_no_folder(tmp_path):
    one, two = for_profile("one", tmp_path), for_profile("two", tmp_path)
    assert {one.data, one.config, one.cache, one.logs}.isdisjoint({two.data, two.config, two.cache, two.logs})


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "../x", "A", "ä", "-x", "a" * 41, "a\n", "nul\0"])
def test_a_profile_name_cannot_lead_elsewhere(name, tmp_path):
    with pytest.raises(UserActionNeeded):
        for_profile(name, tmp_path)


def test_ensure_makes_folders_for_their_owner_alone_and_may_be_repeated(tmp_path):
    paths = for_profile("work", tmp_path).ensure().ensure()
    for folder in (paths.data, paths.config, paths.cache, paths.logs):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_folder_that_cannot_be_made_says_which(tmp_path):
    (tmp_path / "work").write_text("a file in the way")
    with pytest.raises(UserActionNeeded) as caught:
        for_profile("work", tmp_path).ensure()
    assert str(tmp_path / "work") in caught.value.sentence
    assert (tmp_path / "work").read_text() == "a file in the way"
