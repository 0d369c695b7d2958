"""The late log: nothing before the first record, everything from it on."""

import logging

import pytest

from desktop.domain.errors import UserActionNeeded
from desktop.system.late_log import LateLog, setup_late
from desktop.system.paths import for_profile


@pytest.fixture
def paths(tmp_path):
    before = list(logging.getLogger().handlers)
    yield for_profile("work", tmp_path)
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if handler not in before]:
        root.removeHandler(handler)
        handler.close()
    logging.getLogger("dealside").setLevel(logging.NOTSET)


def test_the_first_record_is_in_the_file_redacted_and_so_is_the_second(paths):
    setup_late(paths)
    file = paths.logs / "dealside.log"
    assert file.read_text() == ""
    logging.getLogger("dealside.x").debug("too fine")
    logging.getLogger("dealside.x").info("mail from %s", "rep@example.test")
    logging.getLogger("dealside.x").info("and more")
    assert not any(isinstance(handler, LateLog) for handler in logging.getLogger().handlers)
    assert [line.split(" ", 2)[2] for line in file.read_text().splitlines()] == [
        "INFO dealside.x mail from <email>",
        "INFO dealside.x and more",
    ]


def test_a_log_that_cannot_be_written_is_said_at_once(paths):
    paths.logs.parent.mkdir(parents=True)
    paths.logs.write_text("a file in the way")
    with pytest.raises(UserActionNeeded):
        setup_late(paths)
