"""What the machine says of its memory and disks, and what it does not say."""

import sys
from pathlib import Path

import pytest

from desktop.system.memory import available_memory, free_space

needs_posix = pytest.mark.skipif(sys.platform == "win32", reason="asks Windows itself")


@needs_posix
def test_the_memory_that_could_be_had_is_read_where_the_kernel_says_it(tmp_path: Path) -> None:
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal:       16000000 kB\nMemFree:         1000 kB\nMemAvailable:    4096 kB\n")
    assert available_memory(meminfo) == 4096 * 1024


@needs_posix
@pytest.mark.parametrize("text", [None, "", "MemAvailable:\n", "MemAvailable: many kB\n"])
def test_elsewhere_all_the_memory_there_is_counts(tmp_path: Path, text: str | None) -> None:
    meminfo = tmp_path / "meminfo"
    if text is not None:
        meminfo.write_text(text)
    found = available_memory(meminfo)
    assert found is None or found > 100 * 1024**2


def test_this_machine_has_an_answer() -> None:
    assert available_memory() is None or available_memory() > 0


def test_the_room_for_a_folder_that_is_still_to_be_made_is_that_of_its_disk(tmp_path: Path) -> None:
    assert free_space(tmp_path / "not" / "yet") > 0
