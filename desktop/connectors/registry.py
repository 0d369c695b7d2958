"""Which Connectors there are, by name. A Connector's module is imported when it is asked for, not before.

To add a vendor: write its file and put one line here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

from desktop.domain.connections import ConnectorInfo, Family, SignInInfo
from desktop.domain.errors import Rejected


@dataclass(frozen=True, slots=True)
class Entry:
    """One Connector before it is loaded. `where` is `module:Class`."""

    title: str
    family: Family
    where: str


ENTRIES: Mapping[str, Entry] = {
    "maildir": Entry(
        "Mail folder on this machine (Maildir)", Family.MAIL, "desktop.connectors.mail.maildir:MaildirSource"
    ),
    "imap": Entry("Mailbox on a server (IMAP)", Family.MAIL, "desktop.connectors.mail.imap:ImapSource"),
    "book": Entry("Local book", Family.CRM, "desktop.connectors.crm.book:LocalBook"),
    "salesforce": Entry("Salesforce", Family.CRM, "desktop.connectors.crm.salesforce:Salesforce"),
    "hubspot": Entry("HubSpot", Family.CRM, "desktop.connectors.crm.hubspot:HubSpot"),
    "pipedrive": Entry("Pipedrive", Family.CRM, "desktop.connectors.crm.pipedrive:Pipedrive"),
    "zoho": Entry("Zoho CRM", Family.CRM, "desktop.connectors.crm.zoho:Zoho"),
    "dynamics": Entry("Microsoft Dynamics 365", Family.CRM, "desktop.connectors.crm.dynamics:Dynamics"),
    "custom": Entry("Another CRM (by a mapping file)", Family.CRM, "desktop.connectors.crm.custom:Custom"),
}


def names(family: Family) -> tuple[str, ...]:
    """Return the names of a family's Connectors, the embedded default first."""
    return tuple(name for name, entry in ENTRIES.items() if entry.family is family)


def load(name: str) -> type[Any]:
    """Return the Connector's class; raise Rejected for a name that is not known here."""
    entry = ENTRIES.get(name)
    if entry is None:
        raise Rejected(f"There is no connector called “{name}”; choose one of: {', '.join(ENTRIES)}.")
    module, _, member = entry.where.partition(":")
    found: type[Any] = getattr(import_module(module), member)
    return found


def info(name: str) -> ConnectorInfo:
    """Return what a Connector is and asks for; no vendor's library is imported for it."""
    from desktop.connectors.signin.ways import WAYS  # noqa: PLC0415  (as a Connector's module)
    from desktop.connectors.webhooks.vendors import CAPABILITY, VENDORS  # noqa: PLC0415

    described: ConnectorInfo = load(name).info
    way = WAYS.get(name)
    if way is not None:
        told = frozenset(way.settings_back.values())
        sign_in = SignInInfo(way.stands_for, way.settings(), told, has_code=bool(way.device))
        described = replace(described, sign_in=sign_in)
    return replace(described, can=described.can | {CAPABILITY}) if name in VENDORS else described
