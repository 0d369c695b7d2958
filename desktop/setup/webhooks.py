"""What the rep decides about webhook calls: on which port they come in, and the secret shared with each CRM.

The port and the public address are settings of the profile; a secret is in the vault, beside the Connection's others.
"""

import secrets as random
from collections.abc import Callable
from dataclasses import dataclass

from desktop.domain.connections import Connection, Family
from desktop.domain.errors import Rejected
from desktop.domain.ports import SecretVault
from desktop.domain.webhooks import WebhookOffer
from desktop.setup.connections import secret_name
from desktop.setup.settings import WEBHOOK_ADDRESS, WEBHOOK_MARK, WEBHOOK_PORT, Settings
from desktop.store.store import Store

__all__ = ["PATH", "WEBHOOK_ADDRESS", "WEBHOOK_MARK", "WEBHOOK_PORT", "HookRow", "WebhookSetup"]

PATH = "/webhooks/"
SECRET = "webhook_secret"  # noqa: S105  (the name of a secret)
LEAST_SECRET = 16
NOT_CHECKED = "Calls of {title} cannot be checked, so they are not taken in; it is looked at every minute all the same."


@dataclass(frozen=True, slots=True)
class HookRow:
    """One CRM: what its calls are checked by, None where they cannot be, and what to enter at the vendor's."""

    connection: Connection
    offer: WebhookOffer | None
    has_secret: bool
    address: str


class WebhookSetup:
    """What `dealside webhooks` does. `offer_of` returns what a Connector's calls are checked by."""

    def __init__(self, store: Store, vault: SecretVault, *, offer_of: Callable[[str], WebhookOffer | None]) -> None:
        self._store = store
        self._vault = vault
        self._offer_of = offer_of
        self._settings = Settings(store)

    @property
    def port(self) -> int:
        """The port that was chosen, 0 while webhook calls are not wanted."""
        return int(self._settings.value(WEBHOOK_PORT))

    def all(self) -> tuple[HookRow, ...]:
        """Return every connected CRM with how its calls are checked."""
        with self._store.reading() as tx:
            crms = tx.connections.all(Family.CRM)
        return tuple(self._row(crm) for crm in crms)

    def keep(self, connection_id: str, secret: str = "") -> tuple[HookRow, str]:
        """Keep the secret for a CRM's calls, one of our making when none is given; return the row and the secret.

        Raises Rejected for a CRM whose calls cannot be checked, and for a secret that is missing, weak or too long.
        """
        row = self._find(connection_id)
        if row.offer is None:
            raise Rejected(NOT_CHECKED.format(title=row.connection.title))
        if not secret and not row.offer.is_ours:
            raise Rejected(f"The vendor makes this secret: copy it from there. {row.offer.steps}")
        chosen = secret or random.token_urlsafe(32)
        if not LEAST_SECRET <= len(chosen) <= row.offer.longest_secret or not chosen.isascii():
            longest = row.offer.longest_secret
            raise Rejected(f"This secret cannot be: it takes {LEAST_SECRET} to {longest} letters and digits.")
        self._vault.set(secret_name(row.connection.id, SECRET), chosen)
        self._mark()
        return self._row(row.connection), chosen

    def forget(self, connection_id: str) -> HookRow:
        """Forget the secret of a CRM: from now on none of its calls is taken in."""
        row = self._find(connection_id)
        self._vault.delete(secret_name(row.connection.id, SECRET))
        self._mark()
        return self._row(row.connection)

    def _mark(self) -> None:
        """Let the agent see that a secret has changed; the mark says nothing about it."""
        self._settings.choose(WEBHOOK_MARK, random.token_hex(8))

    def _find(self, connection_id: str) -> HookRow:
        found = [row for row in self.all() if row.connection.id.startswith(connection_id)]
        if len(found) != 1:
            raise Rejected("There is no such CRM: `dealside webhooks` shows their ids.", detail=connection_id)
        return found[0]

    def _row(self, crm: Connection) -> HookRow:
        offer = self._offer_of(crm.connector)
        has_secret = offer is not None and bool(self._vault.get(secret_name(crm.id, SECRET)))
        base = self._settings.value(WEBHOOK_ADDRESS).rstrip("/")
        return HookRow(crm, offer, has_secret, f"{base or 'https://…'}{PATH}{crm.id}")
