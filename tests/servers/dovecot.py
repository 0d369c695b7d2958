"""A real Dovecot on loopback, on ports of its own, as root or as an ordinary user.

Every user name is welcome with the one password. Mail lies in plain Maildirs, so a test can deliver without SMTP.
As root the mails belong to `nobody`, because Dovecot refuses to serve mail as root; its folder is therefore made
under the system's folder for temporary files instead of pytest's, which only root may enter.
"""

import contextlib
import grp
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from tests.servers.certificates import make_certificate

PASSWORD = "pä&ssword-1"  # not only ASCII, as real ones are
ALICE = "alice@example.test"
START_SECONDS = 20

COMMON = """
protocols = imap
base_dir = {root}/run
state_dir = {root}/state
log_path = {root}/dovecot.log
listen = 127.0.0.1
ssl = yes
ssl_cert = <{root}/cert.pem
ssl_key = <{root}/key.pem
disable_plaintext_auth = yes
auth_mechanisms = plain login
auth_failure_delay = 0
mail_location = maildir:{root}/mail/%u:LAYOUT=fs
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 1
first_valid_gid = 1
imap_idle_notify_interval = 1 s
{capability}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox {drafts} {{
    auto = subscribe
    special_use = \\Drafts
  }}
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = home={root}/mail/%u allow_all_users=yes
}}
service imap-login {{
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
protocol imap {{
  mail_max_userip_connections = 50
}}
"""
ORDINARY = """
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
}}
service stats {{
  chroot =
}}
service auth {{
  user = {user}
}}
service auth-worker {{
  user = {user}
}}
"""


def require_dovecot() -> str:
    """Return the program's path, or skip the test with a line that says why."""
    found = shutil.which("dovecot", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    if not found:
        pytest.skip("dovecot is not installed (Debian: apt install dovecot-imapd)")
    return found


class DovecotServer:
    """One Dovecot. `port` speaks STARTTLS, `tls_port` TLS; `cert` is the CA file a client must be given."""

    host = "localhost"
    password = PASSWORD

    def __init__(self, *, capability: str = "", drafts: str = "Drafts") -> None:
        """`capability` replaces what the server says it can do; `drafts` names the special-use folder."""
        self._program = require_dovecot()
        self.root = Path(tempfile.mkdtemp(prefix="dovecot-"))
        self._owner = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        self._config = self.root / "dovecot.conf"
        self._numbers = itertools.count(1)
        self._process: subprocess.Popen[bytes] | None = None
        self.root.chmod(0o755)
        self.port, self.tls_port = free_port(), free_port()
        self.cert = make_certificate(self.root).cert
        (self.root / "mail").mkdir()
        self._own(self.root / "mail")
        said = f"imap_capability = {capability}" if capability else ""
        text = COMMON + ("" if os.geteuid() == 0 else ORDINARY)
        self._config.write_text(
            text.format(
                root=self.root,
                user=self._owner.pw_name,
                group=self._group(),
                capability=said,
                drafts=drafts,
                password=PASSWORD,
                port=self.port,
                tls_port=self.tls_port,
            )
        )

    # --- running ---

    def start(self) -> None:
        """Start and wait until it answers."""
        self._process = subprocess.Popen(
            [self._program, "-F", "-c", str(self._config)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1) as line:
                if line.recv(4) == b"* OK":
                    return
            time.sleep(0.05)
        self.stop()
        raise RuntimeError(f"dovecot does not answer: {self.log()}")

    def stop(self) -> None:
        """Stop and wait until it is gone; connections break."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(START_SECONDS)
        # The master does not wait for those that serve a client; ends the master, too, where it hangs.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(START_SECONDS)

    def close(self) -> None:
        """Stop and remove everything."""
        self.stop()
        shutil.rmtree(self.root, ignore_errors=True)

    def kick(self, user: str = ALICE) -> None:
        """Throw the user's connections out and wait until they are gone."""
        self._doveadm("kick", user)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and user in self._doveadm("who", "-1", user):
            time.sleep(0.02)

    def _doveadm(self, *words: str) -> str:
        program = shutil.which("doveadm") or "/usr/bin/doveadm"
        command = [program, "-c", str(self._config), *words]
        return subprocess.run(command, check=False, capture_output=True, text=True, timeout=START_SECONDS).stdout

    def log(self) -> str:
        """Return Dovecot's own log."""
        path = self.root / "dovecot.log"
        return path.read_text(errors="replace") if path.exists() else ""

    # --- mail ---

    def folder(self, user: str = ALICE, name: str = "") -> Path:
        """Return the Maildir of the user's inbox, or of another of their folders; made when it is missing."""
        path = self.root / "mail" / user / name
        for part in (path.parent, path, path / "tmp", path / "new", path / "cur"):
            if not part.exists():
                part.mkdir()
                self._own(part)
        return path

    def deliver(self, raw: bytes, user: str = ALICE, *, flags: str = "") -> Path:
        """Put a mail into the inbox byte for byte (with `flags` as if it had been looked at); return its file."""
        inbox = self.folder(user)
        name = f"{int(time.time())}.M{next(self._numbers):06}P{os.getpid()}.test"
        waiting = inbox / "tmp" / name
        waiting.write_bytes(raw)
        self._own(waiting)
        return waiting.rename(inbox / "cur" / f"{name}:2,{flags}" if flags else inbox / "new" / name)

    def files(self, user: str = ALICE, name: str = "") -> list[Path]:
        """Return the mail files of a folder, oldest first."""
        folder = self.folder(user, name)
        return sorted([*(folder / "new").iterdir(), *(folder / "cur").iterdir()], key=lambda path: path.name)

    def reset_uidvalidity(self, user: str = ALICE) -> None:
        """Make the inbox forget its numbers: a new UIDVALIDITY, UIDs from 1 again."""
        self.kick(user)
        inbox = self.folder(user)
        numbers = inbox / "dovecot-uidlist"
        head = numbers.read_text().splitlines()[0].split()
        validity = next(int(word[1:]) for word in head if word.startswith("V"))
        guid = next((word for word in head if word.startswith("G")), "")
        # A client may be back already: what it meets is the old list or the new one, never one that is being written.
        renewed = inbox / "dovecot-uidlist.renewed"
        renewed.write_text(f"3 V{validity + 1} N1 {guid}".strip() + "\n")
        self._own(renewed)
        for index in inbox.glob("dovecot.index*"):
            index.unlink(missing_ok=True)
        renewed.replace(numbers)

    def _group(self) -> str:
        return grp.getgrgid(self._owner.pw_gid).gr_name

    def _own(self, path: Path) -> None:
        if os.geteuid() == 0:
            os.chown(path, self._owner.pw_uid, self._owner.pw_gid)


def free_port() -> int:
    """Return a port nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
