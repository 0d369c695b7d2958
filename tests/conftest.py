"""What holds for every test: no screen, no network, no keyring of the developer's, no unexpected warning in our log."""

import ipaddress
import logging
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.fakes.mortal import bound_by_permissions

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # before anything imports Qt
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"  # a test with a real one starts its own session

ROOT = Path(__file__).resolve().parents[1]
LOOPBACK_NAMES = frozenset({"", "localhost", "localhost.", "ip6-localhost"})


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--thorough", action="store_true", help="more examples, more random kills; takes longer")
    parser.addoption("--screenshots", metavar="FOLDER", type=Path, help="where to write the README's screenshots")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "expects_log(pattern): our log may say this at WARNING or above")
    sys.addaudithook(_refuse_network)


# --- no network -----------------------------------------------------------------------------------------------------


class NetworkRefused(RuntimeError):
    """A test reached for something that is not on this machine."""


_refused: list[str] = []


def _is_here(host: object) -> bool:
    if host is None:
        return True
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return name.lower() in LOOPBACK_NAMES
    return address.is_loopback or address.is_unspecified


def _refuse_network(what: str, arguments: tuple) -> None:
    """Audit hook: Python itself calls it before it connects, sends or looks a name up."""
    if what in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) and address else None  # Unix sockets have no tuple
    elif what in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = arguments[0]
    else:
        return
    if not _is_here(host):
        _refused.append(f"{what} {host}")
        raise NetworkRefused(f"tests stay on this machine: {what} {host}")


@pytest.fixture(autouse=True)
def no_network() -> Iterator[None]:
    """Fail a test that reached for the network even when the code under test swallowed the refusal."""
    _refused.clear()
    yield
    assert not _refused, f"reached for the network: {_refused}"


# --- no unexpected warnings -----------------------------------------------------------------------------------------


class _Warnings(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture
def expect_log(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Return a function that permits a pattern from inside a test, where the marker would come too early."""
    permitted: list[str] = []
    request.node._permitted_log = permitted
    return permitted.append


@pytest.fixture(autouse=True)
def no_unexpected_log(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test in which a `dealside` logger said WARNING or worse without the test expecting it."""
    handler = _Warnings()
    ours = logging.getLogger("dealside")
    ours.addHandler(handler)
    yield
    ours.removeHandler(handler)
    expected = [mark.args[0] for mark in request.node.iter_markers("expects_log")]
    expected += getattr(request.node, "_permitted_log", [])
    surprises = [
        f"{record.levelname} {record.name}: {record.getMessage()}"
        for record in handler.records
        if not any(re.search(pattern, record.getMessage()) for pattern in expected)
    ]
    assert not surprises, f"unexpected in the log: {surprises}"


# --- what a test may ask for ----------------------------------------------------------------------------------------


@pytest.fixture(scope="session", autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep every test, and every program it starts, out of the developer's own Dealside profile."""
    with pytest.MonkeyPatch.context() as patch:
        for variable in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "LOCALAPPDATA"):
            patch.setenv(variable, str(tmp_path_factory.mktemp(variable.lower())))
        yield


@pytest.fixture
def mortal() -> Iterator[None]:
    """Bind the test by file permissions, also when root runs it."""
    with bound_by_permissions():
        yield


@pytest.fixture(scope="session")
def thorough(request: pytest.FixtureRequest) -> bool:
    """Tell whether this run may take its time."""
    return bool(request.config.getoption("--thorough"))


@pytest.fixture(scope="session")
def screenshots(request: pytest.FixtureRequest) -> Path | None:
    """Return where screenshots are wanted, or None."""
    return request.config.getoption("--screenshots")


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of real material beside the repository, or skip."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("needs the folder `shared` beside the repository, which is not here")
    return folder


@pytest.fixture(scope="session")
def needs_program() -> Callable[..., str]:
    """Return a function that finds a program (also where only root looks), or skips with the package that has it."""

    def find(name: str, package: str | None = None) -> str:
        found = shutil.which(name) or shutil.which(name, path="/usr/local/sbin:/usr/sbin:/sbin")
        if found is None:
            pytest.skip(f"needs {name}: sudo apt-get install {package or name}")
        return found

    return find
