"""Everything around the agent that outlives it: a real Dovecot, a Salesforce simulator, and the nursery."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from sqlalchemy import text

from desktop.domain.connections import Connection, Family
from desktop.domain.ids import ConnectionId
from desktop.store.database import Database
from desktop.store.store import Store
from desktop.system.clock import SystemClock
from desktop.system.profile import temporary_profile
from tests.crash.nursery import KEY
from tests.servers.dovecot import PASSWORD, DovecotServer
from tests.servers.salesforce import SalesforceServer

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "token"

MAILS = [
    "inquiry",
    "complaint",
    "thanks",
    "correction",
]
TEXTS = {
    "inquiry": (
        "From: Jane Roe <jane.roe@buyer.example>\r\nTo: alex@seller.example\r\nSubject: Pumps for Lyon\r\n"
        "Date: Mon, 16 Nov 2026 09:00:00 +0000\r\nMessage-ID: <1@buyer.example>\r\n\r\n"
        "Hello Alex,\r\n\r\nwe are interested in twelve P200 pumps. Our budget is EUR 48,000. Could you send a quote?"
        "\r\n\r\nKind regards\r\nJane Roe\r\nHead of Procurement\r\nBuyer Industries Ltd\r\n+44 20 7946 0123\r\n"
    ),
    "correction": (  # of the inquiry's conversation: what it says of the deal and the contact takes the place of that
        "From: Jane Roe <jane.roe@buyer.example>\r\nTo: alex@seller.example\r\nSubject: Re: Pumps for Lyon\r\n"
        "Date: Mon, 16 Nov 2026 15:00:00 +0000\r\nMessage-ID: <4@buyer.example>\r\n"
        "In-Reply-To: <1@buyer.example>\r\nReferences: <1@buyer.example>\r\n\r\n"
        "Hello Alex,\r\n\r\nplease ignore my last number: our budget is EUR 44,500. Could you call me?"
        "\r\n\r\nKind regards\r\nJane Roe\r\nMobile +44 7700 900123\r\n"
    ),
    "complaint": (
        "From: Tom Low <tom.low@other.example>\r\nTo: alex@seller.example\r\nSubject: Delivery arrived damaged\r\n"
        "Date: Tue, 17 Nov 2026 09:00:00 +0000\r\nMessage-ID: <2@other.example>\r\n\r\n"
        "Hello,\r\n\r\nthe delivery arrived damaged and nobody answers. This is unacceptable. Please call me back."
        "\r\n\r\nTom Low\r\nOther Works GmbH\r\n"
    ),
    "thanks": (
        "From: Ann Fox <ann@third.example>\r\nTo: alex@seller.example\r\nSubject: Thanks\r\n"
        "Date: Wed, 18 Nov 2026 09:00:00 +0000\r\nMessage-ID: <3@third.example>\r\n\r\n"
        "Thanks, all received.\r\n\r\nAnn Fox\r\n"
    ),
}


class World:
    """Makes fresh profiles, each with a mailbox and an org of its own, and runs the agent in them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.dovecot = DovecotServer()
        self.dovecot.start()
        self._count = 0
        self._nursery = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.nursery"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self) -> None:
        self._nursery.stdin.close()
        self._nursery.wait(10)
        self._nursery.stdout.close()
        self.dovecot.close()

    def order(self, work: str, case: "Case", **more: object) -> dict:
        line = {"work": work, "folder": str(case.folder), "stop_at": None, "secrets": case.secrets, **more}
        self._nursery.stdin.write(json.dumps(line) + "\n")
        self._nursery.stdin.flush()
        return json.loads(self._nursery.stdout.readline())

    def case(self, base: "Case | None" = None) -> "Case":
        """Return a new profile with the mails in its mailbox, or a copy of `base`, its mailbox and its org."""
        self._count += 1
        return Case(self, f"user{self._count}@seller.example", base)


class Case:
    """One profile with its mailbox and its org."""

    def __init__(self, world: World, user: str, base: "Case | None") -> None:
        self.world = world
        self.user = user
        self.folder = world.folder / user
        self.secrets = [["mailbox", "password", PASSWORD], ["crm", "access_token", TOKEN]]
        self.server = SalesforceServer()
        self.server.__enter__()
        if base is None:
            for name in MAILS:
                world.dovecot.deliver(TEXTS[name].encode(), user)
            store = self._store()
            store.close()
        else:
            shutil.copytree(base.folder, self.folder)
            source, target = world.dovecot.folder(base.user), world.dovecot.folder(user)
            shutil.copytree(source, target, dirs_exist_ok=True)
            world.dovecot._own(target)
            for path in target.rglob("*"):
                world.dovecot._own(path)
            self.server.org.load(base.server.org.dump())
            store = self._store()
            store.close()

    def close(self) -> None:
        self.server.__exit__(None, None, None)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _store(self) -> Store:
        profile = temporary_profile("crash", KEY, self.folder)
        store = Store(profile.store_path, KEY, SystemClock())
        mail = {
            "host": "localhost",
            "port": str(self.world.dovecot.tls_port),
            "security": "tls",
            "username": self.user,
            "folder": "INBOX",
            "ca_file": str(self.world.dovecot.cert),
            "address": "alex@seller.example",
            "display_name": "Alex Doe",
        }
        crm = {"instance_url": self.server.url, "external_id_field": "Dealside_Key__c"}
        with store.transaction() as tx:
            tx.connections.save(
                Connection(ConnectionId("mailbox"), "imap", Family.MAIL, "Mailbox", mail), SystemClock().now()
            )
            tx.connections.save(
                Connection(ConnectionId("crm"), "salesforce", Family.CRM, "Salesforce", crm), SystemClock().now()
            )
        return store

    def run(self, **more: object) -> dict:
        return self.world.order("run", self, **more)

    def accept(self) -> dict:
        return self.world.order("accept", self)

    def due_now(self) -> None:
        """Make everything that was postponed due, as the passing of time would."""
        database = Database(temporary_profile("crash", KEY, self.folder).store_path, KEY, lambda _name: None)
        with database.begin() as sql:
            sql.execute(text("update outbox_entry set not_before = ''"))
            sql.execute(text("update interaction set not_before = ''"))
        database.close()

    def end_state(self) -> dict:
        """Return everything that has to be the same, whatever happened on the way."""
        database = Database(temporary_profile("crash", KEY, self.folder).store_path, KEY, lambda _name: None)
        queries = {
            "interactions": "select message_id, state, reason from interaction order by message_id",
            "raw": "select count(*) from raw_item",
            "suggestions": "select json_extract(body, '$.kind'), json_extract(body, '$.title'), state from suggestion "
            "order by 1, 2",
            "drafts": "select json_extract(body, '$.subject'), state from draft order by 1",
            "entries": "select operation, state, count(*) from outbox_entry group by 1, 2 order by 1, 2",
            "receipts": "select count(*), count(distinct subject_id) from receipt",
            "shelves": "select shelf, count(*) from proposal group by 1 order by 1",
        }
        with database.reading() as sql:
            state = {name: [list(row) for row in sql.execute(text(query))] for name, query in queries.items()}
            state["integrity"] = [list(row) for row in sql.execute(text("pragma cipher_integrity_check"))]
        database.close()
        state["crm"] = self._crm_records()
        state["drafts folder"] = self._draft_ids()
        return state

    def _crm_records(self) -> list:
        rows = []
        for name, records in sorted(self.server.org.dump()["records"].items()):
            if name == "User":
                continue
            for record in records.values() if isinstance(records, dict) else records:
                if not record.get("IsDeleted"):
                    title = record.get("Name") or record.get("LastName") or record.get("Subject")
                    rows.append([name, str(title)])
        return sorted(rows)

    def _draft_ids(self) -> list[str]:
        found = []
        for file in self.world.dovecot.files(self.user, "Drafts"):
            lines = file.read_text(errors="replace").splitlines()
            found += [line.split(":", 1)[1].strip() for line in lines if line.lower().startswith("message-id:")]
        return sorted(found)
