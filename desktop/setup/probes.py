"""What the doctor looks at. Each probe answers for one thing, in words a rep understands, with the exact fix."""

import platform
import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module

from desktop.domain.errors import DealsideError
from desktop.domain.ports import RULES_ALONE, LanguageModel
from desktop.setup.connections import ConnectionSetup
from desktop.setup.readiness import Finding, Probe
from desktop.store.store import Store
from desktop.system.environment import has_display

OLDEST = (3, 11)
QT_PACKAGES = "libgl1 libegl1 libglib2.0-0 libfontconfig1 libxkbcommon0 libdbus-1-3 libxcb-cursor0"


def probes(
    store: Callable[[], Store],
    model: Callable[[], LanguageModel],
    setup: Callable[[], ConnectionSetup],
    *,
    has_keyring: Callable[[], bool],
) -> list[tuple[str, Probe]]:
    """Return everything there is to look at; the connections are those of the store."""
    found: list[tuple[str, Probe]] = [
        ("Python", _python),
        ("Window toolkit", _qt),
        ("Display", _display),
        ("Keyring", partial(_keyring, has_keyring)),
        ("Your data", partial(_store, store)),
        ("Language model", partial(_model, model)),
    ]
    try:
        connections = setup().all()
    except DealsideError:
        return found  # the finding "Your data" says why
    return found + [(c.title, partial(_connection, setup, c.id, c.title)) for c in connections]


def _python() -> Finding:
    is_ok = sys.version_info >= OLDEST
    return Finding("Python", is_ok, platform.python_version(), "Install Python 3.11 or newer.")


def _qt() -> Finding:
    try:
        import_module("PySide6.QtWidgets")
    except ImportError as error:
        return Finding(
            "Window toolkit",
            False,
            f"Qt cannot be loaded ({error}).",
            f"On Debian or Ubuntu: sudo apt-get install -y --no-install-recommends {QT_PACKAGES}",
        )
    return Finding("Window toolkit", True, "Qt can be loaded.")


def _display() -> Finding:
    if has_display():
        return Finding("Display", True, "There is a display for the window.", is_needed=False)
    return Finding("Display", False, "There is no display here.", "Use `dealside run --once`.", is_needed=False)


def _keyring(has_keyring: Callable[[], bool]) -> Finding:
    if has_keyring():
        return Finding("Keyring", True, "There is a keyring for your secrets.", is_needed=False)
    return Finding(
        "Keyring",
        False,
        "There is no keyring on this computer.",
        "Start with `dealside --passphrase`, or install and unlock one (on Debian or Ubuntu: gnome-keyring).",
        is_needed=False,
    )


def _store(store: Callable[[], Store]) -> Finding:
    with store().reading() as tx:
        broken = tx.audit.verify()
    if broken is not None:
        return Finding(
            "Your data", False, f"Row {broken} of the audit log was changed or removed.", "Restore a backup."
        )
    return Finding("Your data", True, "The encrypted store opens and its audit log is whole.")


def _model(model: Callable[[], LanguageModel]) -> Finding:
    status = model().status()
    is_ok = status.state not in RULES_ALONE
    return Finding("Language model", is_ok, status.sentence, "Rules alone carry the job meanwhile.", is_needed=False)


def _connection(setup: Callable[[], ConnectionSetup], connection_id: str, title: str) -> Finding:
    try:
        setup().test(connection_id)
    except DealsideError as error:
        return Finding(title, False, error.sentence, f"Then: dealside accounts test {connection_id[:12]}")
    return Finding(title, True, "It answers.")
