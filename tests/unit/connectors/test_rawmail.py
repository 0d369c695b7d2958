"""How much of a mail is read, and Message-IDs from hostile headers."""

import pytest

from desktop.connectors.rawmail import ReadLimits, bare_id, message_id_of, origin_of

LIMITS = ReadLimits(whole=100, head=10, batch=1000)


@pytest.mark.parametrize(("size", "wanted"), [(0, 0), (99, 99), (100, 100), (101, 10)])
def test_a_mail_is_read_whole_or_its_head_is(size, wanted):
    assert LIMITS.bytes_of(size) == wanted


def test_an_origin_can_be_stored_whatever_the_file_was_called():
    origin = origin_of("INBOX/caf\udce9", 101, LIMITS)
    assert origin.encode("utf-8") == b"INBOX/caf\\udce9 (truncated: 101 bytes)"


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        (b"Message-ID: <a@b>\r\n\r\n", "a@b"),
        (b"X: 1\nMESSAGE-id:<a@b>\nY: 2\n\nbody", "a@b"),
        (b"Message-ID:\r\n\t<a@b>\r\nY: 2\r\n", "a@b"),
        (b"Message-ID : a@b", "a@b"),
        (b"X-Message-ID: <a@b>\r\n\r\n", ""),
        (b"Subject: x\r\n\r\nMessage-ID: <a@b>\r\n", ""),
        (b"\r\nMessage-ID: <a@b>\r\n\r\n", ""),
        (b"\nMessage-ID: <a@b>\n", ""),
        (b"Message-ID: <\xff@b>\r\n\r\n", "\ufffd@b"),
        (b"Message-ID:\r\n\r\n", ""),
        (b"", ""),
    ],
)
def test_the_message_id_of_a_mail(raw, wanted):
    assert message_id_of(raw) == wanted


def test_ten_thousand_folded_lines_end():
    assert message_id_of(b"Message-ID:" + b"\r\n " * 10_000 + b"<a@b>\r\n\r\n") == "a@b"


@pytest.mark.parametrize("message_id", ["a@b", "<a@b>", " <a@b>\r\n", "< a@b >"])
def test_bare_ids_compare(message_id):
    assert bare_id(message_id) == "a@b"
