"""The main job with the real programs: set up by command line, mail into Dovecot, window on a screen, keys, Salesforce.

mail appended → card in the window → Enter → record in the CRM → z → restored; then the reply into Drafts.
"""

import imaplib
import json
import os
import signal
import ssl
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.end2end.screen import Screen, wait_for
from tests.servers.dovecot import ALICE, DovecotServer
from tests.servers.salesforce import SalesforceServer

pytestmark = [pytest.mark.server, pytest.mark.end2end]

PASSPHRASE = "correct horse"
MAIL = (
    "From: Jane Roe <jane.roe@buyer.example>\r\nTo: Alice <alice@example.test>\r\nSubject: Pumps for Lyon\r\n"
    "Date: Fri, 20 Nov 2026 09:00:00 +0000\r\nMessage-ID: <inquiry-1@buyer.example>\r\n\r\n"
    "Hello Alice,\r\n\r\nwe are interested in twelve P200 pumps. Our budget is EUR 48,000. Could you send a quote?\r\n"
    "\r\nKind regards\r\nJane Roe\r\nHead of Procurement\r\nBuyer Industries Ltd\r\n+44 20 7946 0123\r\n"
)


@pytest.fixture
def dovecot():
    server = DovecotServer()
    server.start()
    yield server
    server.close()


@pytest.fixture
def salesforce():
    with SalesforceServer() as server:
        yield server


@pytest.fixture
def screen():
    screen = Screen()
    yield screen
    screen.close()


class Program:
    """`dealside` with a profile of its own."""

    def __init__(self, folder, environ):
        self._command = [sys.executable, "-m", "desktop", "--data-root", str(folder), "--passphrase"]
        self._environ = environ

    def tell(self, *words, stdin=""):
        """Run one command to its end and return what it says as JSON."""
        done = subprocess.run(
            [*self._command, *words, "--json"],
            input=f"{PASSPHRASE}\n{stdin}",
            env=self._environ,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def open_window(self):
        window = subprocess.Popen(self._command, stdin=subprocess.PIPE, env=self._environ, cwd=ROOT, text=True)
        window.stdin.write(PASSPHRASE + "\n")
        window.stdin.close()
        return window


def agents(folder):
    """Return the process ids of the agents working in `folder`."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (entry / "cmdline").read_bytes().split(b"\0")
            if b"agent" in words and str(folder).encode() in words:
                found.append(int(entry.name))
    return found


def alive(server, name):
    return [row for row in server.org.records.get(name, {}).values() if not row.get("IsDeleted")]


def test_mail_in_reviewed_suggestion_in_the_crm_and_back(tmp_path, dovecot, salesforce, screen):
    program = Program(tmp_path, screen.environ)
    program.tell(
        "accounts",
        "add",
        "imap",
        "host=localhost",
        f"port={dovecot.tls_port}",
        f"username={ALICE}",
        f"ca_file={dovecot.cert}",
        "display_name=Alice Doe",
        "--secrets-from-stdin",
        stdin=f"password={dovecot.password}\n",
    )
    program.tell(
        "accounts",
        "add",
        "salesforce",
        f"instance_url={salesforce.url}",
        "--secrets-from-stdin",
        stdin="access_token=token\n",
    )
    connected = program.tell("accounts", "list")
    assert {row["connector"] for row in connected} == {"imap", "salesforce"}
    assert dovecot.password not in json.dumps(connected)

    window = program.open_window()
    try:
        wait_for("the window", screen.shows("^Dealside"))
        (first_agent,) = wait_for("the agent", lambda: agents(tmp_path))
        append(dovecot)
        wait_for("the card", screen.shows(r"Dealside – 1 open"))

        screen.press("Dealside", "Return")
        wait_for("the account in the CRM", lambda: len(alive(salesforce, "Account")) == 1)
        assert alive(salesforce, "Account")[0]["Name"] == "Buyer Industries Ltd"
        screen.press("Dealside", "z")
        wait_for("the account gone again", lambda: not alive(salesforce, "Account"))

        # The agent outlives the window, and the next window finds it.
        window.send_signal(signal.SIGTERM)
        window.wait(20)
        assert agents(tmp_path) == [first_agent]
        window = program.open_window()
        wait_for("the second window", screen.shows(r"Dealside – 1 open"))
        assert agents(tmp_path) == [first_agent]

        screen.press("Dealside", "shift+Return")
        wait_for("the contact in the CRM", lambda: len(alive(salesforce, "Contact")) == 1)
        screen.press("Dealside", "r", "ctrl+Return")
        wait_for("the reply in Drafts", lambda: dovecot.files(ALICE, "Drafts"))
        (draft,) = dovecot.files(ALICE, "Drafts")
        text = draft.read_text()
        assert "In-Reply-To: <inquiry-1@buyer.example>" in text
        assert "To: jane.roe@buyer.example" in text
    finally:
        window.kill()
        window.wait(20)
        for pid in agents(tmp_path):
            os.kill(pid, signal.SIGTERM)
        wait_for("the end of the agent", lambda: not agents(tmp_path))


def append(dovecot):
    """Deliver as another mail program would: APPEND over TLS."""
    context = ssl.create_default_context(cafile=str(dovecot.cert))
    with imaplib.IMAP4_SSL("localhost", dovecot.tls_port, ssl_context=context) as client:
        client.authenticate("PLAIN", lambda _: f"\0{ALICE}\0{dovecot.password}".encode())
        answer, _ = client.append("INBOX", None, None, MAIL.encode())
        assert answer == "OK"
