"""Whom we trust, and what a failed connection means."""

import socket
import ssl

import pytest

from desktop.connectors.tls import client_context, connection_error
from desktop.domain.errors import Temporary, UserActionNeeded
from tests.servers.certificates import make_certificate


def wrong_version() -> ssl.SSLError:
    error = ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number")
    error.reason = "WRONG_VERSION_NUMBER"
    return error


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (socket.gaierror(-2, "Name or service not known"), Temporary, "cannot be found"),
        (TimeoutError("timed out"), Temporary, "does not answer"),
        (ConnectionRefusedError(111, "refused"), Temporary, "failed"),
        (ConnectionResetError(104, "reset"), Temporary, "failed"),
        (OSError(101, "unreachable"), Temporary, "failed"),
        (ssl.SSLEOFError(8, "EOF occurred"), Temporary, "failed"),
        (wrong_version(), UserActionNeeded, "not answer encrypted"),
        (UnicodeError("label too long"), UserActionNeeded, "no server name"),
    ],
)
def test_what_a_socket_says_becomes_what_to_do(error, kind, words):
    ours = connection_error(error, "mail.example.test")
    assert type(ours) is kind
    assert words in ours.sentence
    assert "mail.example.test" in ours.sentence


def test_a_context_always_checks(tmp_path):
    for context in (client_context(), client_context(str(make_certificate(tmp_path).cert))):
        assert context.verify_mode is ssl.CERT_REQUIRED
        assert context.check_hostname
        assert context.minimum_version >= ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize("content", [None, b"", b"not a certificate", b"\xff\0"])
def test_a_ca_file_that_is_none(tmp_path, content):
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UserActionNeeded, match="CA file"):
        client_context(str(path))
