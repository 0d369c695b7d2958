"""One rep: a profile built from the real parts, a mailbox on a real Dovecot, an org in the Salesforce simulator.

Everything a test asks is asked as the window would (StoredQueries, StoredReview); only the passing of time is done by
SQL. What the agent logs goes to the profile's own files, which are searched for words of the rep's when it ends.
"""

import base64
import logging
import os
import re
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from desktop.agent.agent import Agent
from desktop.bootstrap import Parts
from desktop.domain.connections import Connection, Family
from desktop.domain.deliveries import OutboxEntry
from desktop.domain.ids import ConnectionId
from desktop.domain.ports import LanguageModel
from desktop.domain.proposals import Suggestion, SuggestionState
from desktop.domain.records import RecordKind
from desktop.inference.client import NoModel
from desktop.review.queries import StoredQueries
from desktop.review.service import StoredReview
from desktop.review.views import Card, ConnectionHealth, Health, Shelf
from desktop.setup.connections import secret_name
from desktop.store.database import connect
from desktop.store.store import Store
from desktop.system import logs
from desktop.system.profile import temporary_profile
from tests.servers.dovecot import PASSWORD, DovecotServer
from tests.servers.salesforce import SalesforceServer

KEY = bytes(range(32))
TOKEN = "00D5j000-canary-token!AQoAQ"
MAILBOX, CRM = "mailbox", "crm"
ADDRESS = "alex@seller.example"
JANE = "Jane Roe <jane.roe@buyer.example>"
WRITES = ("POST", "PATCH", "DELETE", "PUT")
BODY = (
    "Hello Alex,\r\n\r\nwe are interested in twelve P200 pumps. Our budget is EUR 48,000. Could you send a quote?\r\n"
    "\r\nKind regards\r\nJane Roe\r\nHead of Procurement\r\nBuyer Industries Ltd\r\n+44 20 7946 0123\r\n"
)
CANARIES = (  # of the mails, the servers and the profile; none of them may be in a log
    *("interested", "P200", "budget", "48,000", "Roe", "Procurement", "Buyer Industries", "7946", "Pumps for"),
    *("buyer.example", "seller.example", "Zebulon", "hunter2", "instructions"),
    *(PASSWORD, base64.b64encode(PASSWORD.encode()).decode().rstrip("="), TOKEN, TOKEN[-8:], KEY.hex()),
)


def mail(
    number: int = 1, *, body: str = BODY, subject: str = "Pumps for Lyon", sender: str = "", more: str = ""
) -> bytes:
    """Return a mail to the rep; `sender` replaces Jane Roe, `more` adds header lines that end in CRLF."""
    return (
        f"From: {sender or 'Jane Roe <jane.roe@buyer.example>'}\r\nTo: {ADDRESS}\r\nSubject: {subject}\r\n"
        f"Date: Mon, 16 Nov 2026 09:{number // 60 % 60:02}:{number % 60:02} +0000\r\n"
        f"Message-ID: <{number}@buyer.example>\r\n\r\n{body}"
    ).encode()


def small_talk(number: int) -> bytes:
    """Return a mail from somebody of its own, so that no two lead to the same card."""
    return mail(
        number,
        subject=f"Pumps for town {number}",
        sender=f"Person Number{number} <person{number}@firm{number}.example>",
        body=f"Hello Alex,\r\n\r\nplease send a quote for {number} pumps.\r\n\r\nPerson Number{number}\r\n",
    )


class Impatient(Parts):
    """Parts whose CRM connector waits one second for an answer, so that a test need not wait a minute."""

    def crm(self, connection):
        crm = super().crm(connection)
        crm._deadline = 1.0
        return crm


class Rep:
    """A person at work. `mail_settings` replace or add settings of the mailbox."""

    def __init__(
        self,
        folder: Path,
        dovecot: DovecotServer,
        org: SalesforceServer,
        *,
        user: str,
        mail_settings: Mapping[str, str] | None = None,
    ) -> None:
        self.dovecot, self.org, self.user = dovecot, org, user
        self.profile = temporary_profile("rep", KEY, folder)
        self._logs = logs.setup(self.profile.paths, logging.DEBUG, program="agent")
        self.parts = Impatient(self.profile)
        org.org.tokens = {TOKEN}
        self.give_password(PASSWORD)
        self.profile.vault.set(secret_name(CRM, "access_token"), TOKEN)
        settings = {
            "host": "localhost",
            "port": str(dovecot.tls_port),
            "username": user,
            "ca_file": str(dovecot.cert),
            "address": ADDRESS,
            "display_name": "Alex Doe",
        }
        Store(self.profile.store_path, KEY, self.parts.clock).close()  # made here, so that no samples are put into it
        self.connect_mailbox({**settings, **(mail_settings or {})})
        self.connect_crm({"instance_url": org.url, "external_id_field": "Dealside_Key__c"})
        self.review = StoredReview(self.parts.store, self.parts.clock, actor="rep")

    def close(self) -> None:
        """Let go of everything."""
        self.parts.close()
        self._logs.close()

    # --- connecting -------------------------------------------------------------------------------------------------

    def connect_mailbox(self, settings: Mapping[str, str], connection_id: str = MAILBOX) -> None:
        """Add a mailbox, or change one."""
        self._connect(connection_id, "imap", Family.MAIL, settings)

    def connect_crm(self, settings: Mapping[str, str]) -> None:
        """Add the CRM, or change it."""
        self._connect(CRM, "salesforce", Family.CRM, settings)

    def give_password(self, password: str, connection_id: str = MAILBOX) -> None:
        """Put a mailbox's password into the vault."""
        self.profile.vault.set(secret_name(connection_id, "password"), password)

    def settings(self, connection_id: str = MAILBOX) -> dict[str, str]:
        """Return the settings of a Connection."""
        with self.parts.store().reading() as tx:
            found = tx.connections.get(ConnectionId(connection_id))
        return dict(found.settings) if found else {}

    def _connect(self, connection_id: str, connector: str, family: Family, settings: Mapping[str, str]) -> None:
        with self.parts.store().transaction() as tx:
            made = Connection(ConnectionId(connection_id), connector, family, connection_id.title(), dict(settings))
            tx.connections.save(made, self.parts.clock.now())

    # --- working ----------------------------------------------------------------------------------------------------

    def deliver(self, raw: bytes) -> None:
        """Let a mail arrive on the server."""
        self.dovecot.deliver(raw, self.user)

    def fault(self, given: Mapping[str, object], *, prefix: str = "/sobjects/Account", times: int = 1) -> None:
        """Order a fault for writes to one object of the org, as tests/servers/salesforce.py knows them."""
        self.org.faults.append({"method": "PATCH", "prefix": prefix, "times": times, **given})

    def run(self, model: LanguageModel | None = None) -> None:
        """Do what `dealside run --once` does."""
        self.parts.run_once(model or NoModel())

    @contextmanager
    def working(self, model: LanguageModel | None = None) -> Iterator[Agent]:
        """An agent with its lanes at work, as the agent's program has it."""
        agent, _ = self.parts.agent(model or NoModel())
        agent.start()
        try:
            yield agent
        finally:
            assert agent.stop(), "a lane did not end"

    def due_now(self) -> None:
        """Make everything that was postponed due, as the passing of time would."""
        self.sql("update outbox_entry set not_before = ''")
        self.sql("update interaction set not_before = ''")

    def sql(self, words: str) -> list[tuple]:
        """Run one statement on the store, from outside."""
        connection = connect(self.profile.store_path, KEY)
        try:
            return [tuple(row) for row in connection.execute(words)]
        finally:
            connection.close()

    # --- looking ----------------------------------------------------------------------------------------------------

    @contextmanager
    def queries(self) -> Iterator[StoredQueries]:
        """The questions a window asks."""
        found = StoredQueries(self.parts.reader())
        try:
            yield found
        finally:
            found.close()

    def cards(self, *shelves: Shelf) -> list[Card]:
        """Return the cards of these shelves, or of all."""
        with self.queries() as queries:
            rows = [row for shelf in shelves or tuple(Shelf) for row in queries.cards(shelf, limit=5000)]
            return [card for row in rows if (card := queries.card(row.id)) is not None]

    def card(self) -> Card:
        """Return the only card there is."""
        (found,) = self.cards()
        return found

    def health(self) -> Health:
        """Return what the quiet line shows."""
        with self.queries() as queries:
            return queries.health()

    def connection(self, connection_id: str) -> ConnectionHealth:
        """Return how one Connection is doing."""
        return next(row for row in self.health().connections if row.connection_id == connection_id)

    def item(self, kind: RecordKind) -> Suggestion:
        """Return the only card's Suggestion of a kind, as it stands now."""
        return next(s for s in self.card().proposal.suggestions if s.kind is kind)

    def entry(self, subject_id: str) -> OutboxEntry:
        """Return the latest OutboxEntry of a Suggestion or Draft, as the card shows it."""
        return next(card.entries[subject_id] for card in self.cards() if subject_id in card.entries)

    def accept_everything(self) -> None:
        """Decide as a rep who agrees with all that is open."""
        for card in self.cards(Shelf.OPEN):
            for item in card.proposal.suggestions:
                if item.state is SuggestionState.OPEN:
                    edits = {"close_date": "2026-12-31"} if item.kind is RecordKind.OPPORTUNITY else {}
                    self.review.accept(item.id, edits)
            if card.proposal.draft is not None:
                self.review.accept_draft(card.proposal.draft.id)

    def mails(self) -> list[tuple[str, str]]:
        """Return (Message-ID, state) of every Interaction."""
        return [(row[0], row[1]) for row in self.sql("select message_id, state from interaction order by message_id")]

    def alive(self, name: str) -> list[Mapping[str, object]]:
        """Return the Records of one Salesforce object that are not deleted."""
        return [row for row in self.org.org.records[name].values() if not row["IsDeleted"]]

    def writes(self) -> list[tuple[str, str]]:
        """Return the requests so far that could have changed the org.

        Not those of Composite, which carry reads as well; what they changed is in the org's own count.
        """
        return [r for r in self.org.requests if r[0] in WRITES and not r[1].startswith("/composite")]

    def drafts(self) -> list[Path]:
        """Return the files in the mailbox's Drafts folder."""
        return self.dovecot.files(self.user, "Drafts")

    def log_text(self) -> str:
        """Return all that the log files hold but the times, which may read like an amount (12:03:48,000)."""
        whole = "".join(path.read_text(encoding="utf-8") for path in sorted(self.profile.paths.logs.iterdir()))
        return re.sub(r"(?m)^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} ", "", whole)

    def gossip(self, said: str) -> list[str]:
        """Return the canaries that are in `said`."""
        return [canary for canary in CANARIES if canary.casefold() in said.casefold()]


def kill(dovecot: DovecotServer) -> None:
    """End a Dovecot and all its children at once, without a word."""
    process = dovecot._process
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(20)
    dovecot.stop()
