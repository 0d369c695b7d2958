"""A real Tryton (party and sale_opportunity on SQLite) on loopback, in an environment of its own.

Tryton is GPL, so it is never installed beside Dealside: its locked packages go into a folder of pytest's cache, once,
and so does a database with the modules activated, a company, and a rep. Each server works on a copy. Where pip cannot
get the packages the tests are skipped with a line that says so.
"""

import base64
import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

import pytest

from installer.pip_steps import clean_environment
from tests.servers.dovecot import free_port

LOCK = Path(__file__).with_name("tryton.lock")
PASSWORD = "pä ssword-2"
DATABASE = "crm"
START_SECONDS = 60
MODULES = ["-u", "sale_opportunity", "--activate-dependencies"]


def require_tryton(cache: Path) -> Path:
    """Return the folder of an environment with Tryton in it and a database to copy, or skip."""
    digest = sha256(LOCK.read_bytes() + Path(__file__).read_bytes()).hexdigest()[:12]
    home = cache / f"tryton-{digest}"
    if not (home / "ready").exists():
        for old in cache.glob("tryton-*"):
            shutil.rmtree(old, ignore_errors=True)
        _install(home)
        _make_database(home)
        (home / "ready").touch()
    return home


def _install(home: Path) -> None:
    environ = clean_environment(os.environ)
    subprocess.run([sys.executable, "-m", "venv", home / "venv"], check=True, env=environ)
    command = [home / "venv/bin/python", "-m", "pip", "install", "--quiet", "--require-hashes", "-r", LOCK]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"Tryton's packages cannot be had here: {done.stderr.strip().splitlines()[-1][:200]}")


def _make_database(home: Path) -> None:
    folder = home / "database"
    folder.mkdir()
    (folder / f"{DATABASE}.sqlite").touch()
    (home / "password").write_text(PASSWORD)
    config = _config(folder, free_port())
    environ = {**clean_environment(os.environ), "TRYTONPASSFILE": str(home / "password")}
    admin = [home / "venv/bin/trytond-admin", "-c", config, "-d", DATABASE]
    for arguments in (["--all", "--email", "admin@tryton.example"], MODULES):
        subprocess.run([*admin, *arguments], env=environ, check=True, capture_output=True)
    with TrytonServer(home, folder) as server:
        server.settle_in()


def _config(folder: Path, port: int) -> Path:
    config = folder / "trytond.conf"
    config.write_text(f"[database]\nuri = sqlite://\npath = {folder}\n[web]\nlisten = 127.0.0.1:{port}\n")
    return config


class TrytonServer:
    """One Tryton for the length of a `with` block. Calls are the administrator's, over JSON-RPC as well."""

    def __init__(self, home: Path, folder: Path | None = None) -> None:
        """`folder` holds the database; without one a copy is made."""
        self._home = home
        self._own = None if folder else Path(tempfile.mkdtemp(prefix="tryton-"))
        self.folder = folder or self._own or home
        if self._own is not None:
            for file in (home / "database").glob(f"{DATABASE}.sqlite*"):  # its log holds what was written last
                shutil.copy(file, self._own)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/{DATABASE}"
        self._session = ""

    def __enter__(self) -> Self:
        config = _config(self.folder, self.port)
        self._log = (self.folder / "trytond.log").open("wb")
        command = [self._home / "venv/bin/trytond", "-c", config, "-d", DATABASE]
        environ = clean_environment(os.environ)
        self._process = subprocess.Popen(command, env=environ, stdout=self._log, stderr=self._log)
        ends = time.monotonic() + START_SECONDS
        while not self._session:
            try:
                uid, session, *_ = self.call("common.db.login", "admin", {"password": PASSWORD})
                self._session = base64.b64encode(f"admin:{uid}:{session}".encode()).decode()
            except (urllib.error.URLError, ConnectionError):
                if time.monotonic() > ends or self._process.poll() is not None:
                    raise
                time.sleep(0.1)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(10)
        self._log.close()
        if self._own is not None:
            shutil.rmtree(self._own, ignore_errors=True)

    def call(self, method: str, *params: Any) -> Any:
        """Return the result of one call; raise RuntimeError for Tryton's own errors."""
        raw = json.dumps({"id": 1, "method": method, "params": params}).encode()
        headers = {"Content-Type": "application/json"}
        if self._session:
            headers["Authorization"] = f"Session {self._session}"
        with urllib.request.urlopen(urllib.request.Request(f"{self.url}/rpc/", raw, headers)) as answer:
            body = json.load(answer)
        if "error" in body:
            raise RuntimeError(body["error"])
        return body["result"]

    def model(self, model: str, method: str, *params: Any) -> Any:
        """Call a model's method in the rep's context."""
        return self.call(f"model.{model}.{method}", *params, {"company": 1, "employee": 1, "active_test": False})

    def settle_in(self) -> None:
        """Make what an office has before it writes its first opportunity: categories, a currency, a company, a rep."""
        self.call("model.party.category.create", [{"name": "Company"}, {"name": "Person"}], {})
        [party, rep] = self.call("model.party.party.create", [{"name": "Our own firm"}, {"name": "Robin"}], {})
        cent = {"__class__": "Decimal", "decimal": "0.01"}
        euro = {"name": "Euro", "code": "EUR", "symbol": "€", "digits": 2, "rounding": cent}
        [currency] = self.call("model.currency.currency.create", [euro], {})
        [company] = self.call("model.company.company.create", [{"party": party, "currency": currency}], {})
        self.call("model.res.user.write", [1], {"companies": [["add", [company]]], "company": company}, {})
        [employee] = self.call("model.company.employee.create", [{"party": rep, "company": company}], {})
        self.call("model.res.user.write", [1], {"employees": [["add", [employee]]], "employee": employee}, {})

    def clear(self) -> None:
        """Delete everything that is not part of the office itself."""
        with self.database() as database:
            database.execute("delete from sale_opportunity")
            database.execute("delete from party_party where id > 2")
            database.execute("delete from party_contact_mechanism")
            database.execute('delete from "party_party-party_category"')

    @contextlib.contextmanager
    def database(self) -> Iterator[sqlite3.Connection]:
        """Open the database behind the server's back; what is done is kept."""
        database = sqlite3.connect(self.folder / f"{DATABASE}.sqlite", timeout=20)
        try:
            yield database
            database.commit()
        finally:
            database.close()
