"""Every Connector loads, says what it is, and costs nothing before it is used."""

import subprocess
import sys

import pytest

from desktop.connectors import registry
from desktop.domain.connections import Family
from desktop.domain.crm_port import CrmConnector
from desktop.domain.errors import Rejected
from desktop.domain.ports import MailSource

PORTS = {Family.MAIL: MailSource, Family.CRM: CrmConnector}
HEAVY = ("httpx", "requests", "simple_salesforce", "sqlalchemy", "PySide6", "llama_cpp")


@pytest.mark.parametrize("name", list(registry.ENTRIES))
def test_entry_matches_its_class(name: str) -> None:
    entry, described, made = registry.ENTRIES[name], registry.info(name), registry.load(name)
    assert described.name == name
    assert described.family is entry.family
    assert described.title == entry.title
    assert PORTS[entry.family] in made.__mro__
    assert not getattr(made, "__abstractmethods__", None)
    assert callable(made.connect)
    keys = [spec.key for spec in described.settings]
    assert len(keys) == len(set(keys))
    assert all(spec.label for spec in described.settings)


def test_names_by_family() -> None:
    assert registry.names(Family.MAIL)[0] == "maildir"
    assert registry.names(Family.CRM) == ("book", "salesforce", "hubspot", "pipedrive", "zoho", "dynamics", "custom")


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(Rejected, match="salesforce"):
        registry.load("os:system")


def test_describing_every_connector_imports_no_vendors_library() -> None:
    code = (
        "import sys; from desktop.connectors import registry\n"
        "assert not any(name.startswith('desktop.connectors.crm') for name in sys.modules)\n"
        "for name in registry.ENTRIES: registry.info(name)\n"
        f"print(','.join(name for name in {HEAVY!r} if name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == ""
