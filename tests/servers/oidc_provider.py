"""npm's oidc-provider on loopback: a real server for code + PKCE, device codes, rotation and revocation.

Its locked packages go into a folder of pytest's cache, once. Where there is no npm, or it cannot get them, the tests
are skipped with a line that says so.
"""

import html
import http.cookiejar
import os
import re
import shutil
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from hashlib import sha256
from pathlib import Path
from typing import Self

import pytest

from desktop.connectors.signin.ways import Way

FOLDER = Path(__file__).with_name("oidc")
_PARTS = ("package.json", "package-lock.json", "server.mjs")


def require_oidc(cache: Path) -> Path:
    """Return a folder with the server in it and all it needs, or skip."""
    if not shutil.which("npm") or not shutil.which("node"):
        pytest.skip("there is no npm on this machine, so no real OpenID provider")
    digest = sha256(b"".join((FOLDER / name).read_bytes() for name in _PARTS)).hexdigest()[:12]
    home = cache / f"oidc-{digest}"
    if not (home / "ready").exists():
        for old in cache.glob("oidc-*"):
            shutil.rmtree(old, ignore_errors=True)
        home.mkdir(parents=True)
        for name in _PARTS:
            shutil.copy(FOLDER / name, home)
        command = [shutil.which("npm"), "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--cache", home / "npm"]
        done = subprocess.run(command, cwd=home, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"oidc-provider cannot be had here: {(done.stderr.strip() or '?').splitlines()[-1][:200]}")
        (home / "ready").touch()
    return home


class OidcProvider:
    """One server for the length of a `with` block."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def __enter__(self) -> Self:
        environ = {name: value for name, value in os.environ.items() if not name.startswith("NODE_")}
        self._process = subprocess.Popen(
            [shutil.which("node"), "server.mjs"],
            cwd=self._home,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environ,
        )
        self.url = self._process.stdout.readline().strip()
        assert self.url, "oidc-provider did not start"
        return self

    def __exit__(self, *_: object) -> None:
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()

    @property
    def way(self) -> Way:
        """How one signs in here."""
        return Way(
            vendor="Harbour",
            stands_for="access_token",
            authorize=f"{self.url}/auth",
            token=f"{self.url}/token",
            device=f"{self.url}/device/auth",
            scope="openid offline_access",
            issuer=self.url,
            more={"prompt": "consent"},
        )


class Browser:
    """A rep with a browser: follows redirects, keeps cookies, fills in the forms they meet."""

    def __init__(self) -> None:
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), jar)

    def open(self, address: str, data: dict[str, str] | None = None) -> tuple[str, str]:
        """Return (where we are, what is shown)."""
        raw = urllib.parse.urlencode(data).encode() if data is not None else None
        try:
            with self._opener.open(address, raw, timeout=20) as answer:
                return answer.url, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.url, error.read().decode()

    def sign_in(self, address: str, *, says_no: bool = False) -> str:
        """Go through all forms, and return the last page."""
        where, page = self.open(address)
        for _ in range(8):
            form = re.search(r"<form\b.*?</form>", page, re.DOTALL)
            if form is None:
                return page
            cancel = re.search(r'href="([^"]*/abort)"', page)
            if says_no and cancel:
                where, page = self.open(urllib.parse.urljoin(where, cancel[1]))
                continue
            action = re.search(r'action="([^"]*)"', form[0])
            fields = {
                html.unescape(name): html.unescape(value)
                for name, value in re.findall(r'<input[^>]*name="([^"]*)"[^>]*value="([^"]*)"', form[0])
            }
            fields |= {name: "rep" for name in ("login", "password") if f'name="{name}"' in form[0]}
            where, page = self.open(urllib.parse.urljoin(where, html.unescape(action[1]) if action else ""), fields)
        return page
