import logging
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.errors import UserActionNeeded
from desktop.system.logs import FILE_BYTES, KEPT_FILES, Logs, redact, setup
from desktop.system.paths import for_profile

KEY = "0123456789abcdef" * 4
LEAKS = {
    "mail anna.lena+sales@firma-gmbh.co.uk bounced": "anna",
    "login failed for <o'neil@example.com>": "neil",
    "call +49 (0)30 1234-5678 back": "1234",
    "call 030/1234567 back": "1234567",
    "call (555) 123-4567 now": "555",
    "call 0049301234567 now": "49301234567",
    "call 5551234567": "5551234567",
    "password=hunter2 rest": "hunter2",
    "PASSWD: 'hunter 2'": "hunter",
    '{"refresh_token": "abc.def-ghi", "x": 1}': "abc.def",
    "api_key=AKIA123": "AKIA",
    "client_secret: s3cr3t": "s3cr3t",
    "Authorization: Bearer abcdef123456": "abcdef123456",
    "header Basic dXNlcjpwYXNz sent": "dXNlcjpwYXNz",
    "Authorization: Basic dXNlcjpwYXNz": "dXNlcjpwYXNz",
    "imap://rep:hunter2@mail.example.test/INBOX": "hunter2",
    f"pragma key=\"x'{KEY}'\"": KEY,
    f"key {KEY.upper()}": KEY.upper(),
    "id eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl": "eyJ",
    "got 00Dxx0000001gPL!AQ4AQAbcDEF123456789012345678901234567890": "AQAbcDEF",
    "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----": "MIIEvQ",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIcut": "MIIcut",
}
HARMLESS = [
    "pulled 50 items in 1234567 bytes",
    "delivered entry 3f2a9c01b7d84e55a1c0ffee12345678 on attempt 3",
    "connected to 127.0.0.1:31143 with TLSv1.3",
    "next try 2026-11-20 16:00:41",
    "due 2026-11-20 16",
    "listening on 192.168.100.101",
    "tokens 512, sessions 3",
    "desktop/inference/text_worker.py line 120",
]


@pytest.mark.parametrize(("text", "leak"), LEAKS.items())
def test_what_says_who_or_opens_doors_is_taken_out(text, leak):
    assert leak not in redact(text)


@pytest.mark.parametrize("text", HARMLESS)
def test_what_a_log_is_for_stays(text):
    assert redact(text) == text


@given(st.text(max_size=60), st.text(max_size=60))
def test_an_address_never_survives_whatever_stands_around_it(before, after):
    assert "zz.top@leak.example" not in redact(f"{before} zz.top@leak.example {after}")


@pytest.mark.parametrize("text", ["a" * 20_000, "1 " * 10_000, "a@" * 10_000, "x.y-" * 5_000, "password" * 2_500])
def test_hostile_length_is_read_in_one_go(text):
    assert isinstance(redact(text), str)


@pytest.fixture
def logs(tmp_path):
    paths = for_profile("work", tmp_path)
    started = setup(paths, logging.INFO, program="agent")
    yield started, paths.logs / "agent.log"
    started.close()
    logging.getLogger("dealside").setLevel(logging.NOTSET)


def test_records_reach_file_and_tail_redacted(logs):
    started, file = logs
    logging.getLogger("dealside.intake").info("mail from %s", "rep@example.test")
    logging.getLogger("dealside.intake").debug("too fine")
    started.handlers[0].flush()
    assert file.read_text().endswith("INFO dealside.intake mail from <email>\n")
    assert [line.split(" ", 2)[2] for line in started.tail()] == ["INFO dealside.intake mail from <email>"]


def test_libraries_are_heard_from_warning_on(logs):
    started, _ = logs
    logging.getLogger("some.library").info("GET https://x/?token=abc")
    logging.getLogger("some.library").warning("GET https://x/?token=abc")
    assert len(started.tail()) == 1
    assert "abc" not in started.tail()[0]


@pytest.mark.expects_log("while delivering")
def test_tracebacks_are_redacted_too(logs):
    started, _ = logs
    try:
        int("rep@example.test")
    except ValueError:
        logging.getLogger("dealside.outbox").exception("while delivering")
    assert "ValueError" in started.tail()[0]
    assert "rep@" not in started.tail()[0]


def test_text_from_outside_cannot_forge_a_record(logs):
    started, _ = logs
    logging.getLogger("dealside.x").info("subject %s", "a\n2026-01-01 00:00:00,000 ERROR dealside.y b\r\x1b[2J\u2028c")
    (line,) = started.tail()
    assert line.count("\n") == 1
    assert "\n  2026-01-01" in line
    assert "\x1b" not in line
    assert "\u2028" not in line


def test_the_file_rotates_and_stays_small(logs):
    _, file = logs
    for _number in range(5 * FILE_BYTES // 20_000):
        logging.getLogger("dealside.x").info("words " * 3_400)
    files = sorted(file.parent.glob("agent.log*"))
    assert len(files) == KEPT_FILES + 1
    assert all(one.stat().st_size <= FILE_BYTES for one in files)


def test_a_disk_that_is_full_does_not_stop_the_work(tmp_path, capsys):
    paths = for_profile("work", tmp_path).ensure()
    (paths.logs / "agent.log").symlink_to("/dev/full")
    started = setup(paths, program="agent")
    logging.getLogger("dealside.x").info("goes on")
    assert "goes on" in started.tail()[0]
    try:
        started.close()
    finally:
        logging.getLogger("dealside").setLevel(logging.NOTSET)
    assert capsys.readouterr().err == ""


def test_a_folder_that_cannot_be_written_says_so(tmp_path):
    paths = for_profile("work", tmp_path)
    paths.logs.parent.mkdir(parents=True)
    paths.logs.write_text("a file in the way")
    with pytest.raises(UserActionNeeded):
        setup(paths)


def test_closing_takes_the_handlers_off(tmp_path):
    before = list(logging.getLogger().handlers)
    started = setup(for_profile("work", tmp_path))
    assert isinstance(started, Logs)
    started.close()
    logging.getLogger("dealside").setLevel(logging.NOTSET)
    assert logging.getLogger().handlers == before
    assert sys.stderr is not None
