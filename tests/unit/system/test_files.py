import stat

import pytest

from desktop.system.files import replace_durably


def test_replaces_whole_and_tells_before_and_after(tmp_path):
    path, seen = tmp_path / "file", []
    path.write_bytes(b"old")
    replace_durably(path, b"new", boundary=lambda name: seen.append((name, path.read_bytes())))
    assert seen == [("commit", b"old"), ("committed", b"new")]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_a_crash_before_the_rename_leaves_the_old_content_and_the_next_write_works(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def crash(_name):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replace_durably(path, b"a much longer new content", boundary=crash)
    assert path.read_bytes() == b"old"
    replace_durably(path, b"newer")
    assert path.read_bytes() == b"newer"


def test_a_full_disk_leaves_the_old_content_and_nothing_else(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    (tmp_path / "file.new").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left"):
        replace_durably(path, b"new")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]
