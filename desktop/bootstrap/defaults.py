"""What a new profile starts with: the sample mailbox and the local book, so that it is useful at once."""

import json
import shutil
from typing import TYPE_CHECKING

from desktop.domain.connections import Connection, Family
from desktop.domain.errors import UserActionNeeded
from desktop.domain.ids import ConnectionId, RecordId
from desktop.domain.ports import Clock
from desktop.domain.records import FIELDS, RecordKind, RecordRef
from desktop.system import resources
from desktop.system.profile import Profile

if TYPE_CHECKING:
    from desktop.store.store import Store

EMBEDDED = {"embedded": "yes"}
SAMPLE_ADDRESS = "alex.morgan@northbeam.example"
SAMPLE_NAME = "Alex Morgan"


def embed_defaults(store: "Store", profile: Profile, clock: Clock) -> None:
    """Make a new store useful at once. The sample mailbox is copied, as drafts are put into it.

    Raises UserActionNeeded when there is no room for it.
    """
    mailbox = profile.paths.data / "sample-mailbox"
    try:
        shutil.copytree(resources.path("samples", "mailbox"), mailbox, dirs_exist_ok=True)
        for name in ("new", "cur", "tmp"):
            (mailbox / name).mkdir(exist_ok=True)
    except OSError as error:
        raise UserActionNeeded(
            f"The sample mails could not be copied to {mailbox}: check that there is space and that it is yours.",
            detail=str(error),
        ) from error
    settings = {"path": str(mailbox), "address": SAMPLE_ADDRESS, "display_name": SAMPLE_NAME, **EMBEDDED}
    defaults = (
        Connection(ConnectionId("sample-mailbox"), "maildir", Family.MAIL, "Sample mailbox", settings),
        Connection(ConnectionId("local-book"), "book", Family.CRM, "Local book", dict(EMBEDDED)),
    )
    for row in json.loads(resources.path("samples", "book.json").read_text(encoding="utf-8")):
        kind = RecordKind(row["kind"])
        fields = {name: row["fields"].get(name) for name in FIELDS[kind]}
        store.book.put(RecordRef(kind, RecordId(row["id"])), fields, key=None, expected="")
    with store.transaction() as tx:
        for connection in defaults:
            tx.connections.save(connection, clock.now())
