"""A process that has everything imported and forks a fresh child for each run, so that a thousand runs take minutes.

It reads one JSON line per run from stdin and answers with one: {"status": exit status or -signal, "boundaries": names}.
The child opens the profile as a new process would, and kills itself with SIGKILL where the run says so.
"""

import json
import os
import random
import signal
import sys
import threading
import time
import traceback
from pathlib import Path

import simple_salesforce  # noqa: F401  (imported before the fork)
import sqlalchemy.dialects.sqlite  # noqa: F401
import sqlcipher3.dbapi2  # noqa: F401

import desktop.connectors.crm.salesforce
import desktop.connectors.http
import desktop.connectors.mail.imap
import desktop.understanding.reading  # noqa: F401
from desktop.agent.agent import Agent  # noqa: F401
from desktop.bootstrap import Parts
from desktop.domain.proposals import SuggestionState
from desktop.domain.records import RecordKind
from desktop.inference.client import NoModel
from desktop.review.queries import StoredQueries
from desktop.review.service import StoredReview
from desktop.review.views import Shelf
from desktop.setup.connections import secret_name
from desktop.system.profile import temporary_profile

KEY = bytes(range(32))


class Boundaries:
    """Counts, writes the names down, and kills before the one that was asked for."""

    def __init__(self, stop_at: int | None, journal: Path) -> None:
        self._stop_at = stop_at
        self._journal = journal.open("w")
        self._count = 0

    def __call__(self, name: str) -> None:
        if self._count == self._stop_at:
            self._journal.flush()
            os.kill(os.getpid(), signal.SIGKILL)
        self._count += 1
        self._journal.write(name + "\n")
        self._journal.flush()


def make_parts(order: dict, boundary=lambda _name: None) -> Parts:
    profile = temporary_profile("crash", KEY, Path(order["folder"]))
    for connection_id, key, value in order["secrets"]:
        profile.vault.set(secret_name(connection_id, key), value)
    return Parts(profile, boundary=boundary)


def run(order: dict) -> None:
    boundaries = Boundaries(order["stop_at"], Path(order["folder"]) / "journal")
    parts = make_parts(order, boundaries)
    if order.get("kill_after") is not None:
        delay = random.Random(order["kill_after"]).uniform(0.0, order["within"])
        threading.Thread(target=lambda: (time.sleep(delay), os.kill(os.getpid(), signal.SIGKILL)), daemon=True).start()
    parts.run_once(NoModel())
    parts.close()


def accept_everything(order: dict) -> None:
    """Decide as a rep who agrees with all of it would."""
    parts = make_parts(order)
    review = StoredReview(parts.store, parts.clock, actor="rep")
    queries = StoredQueries(parts.reader())
    for row in queries.cards(Shelf.OPEN):
        proposal = queries.card(row.id).proposal
        for item in proposal.suggestions:
            if item.state is not SuggestionState.OPEN:
                continue  # a later mail of the conversation took its place
            edits = {"close_date": "2026-12-31"} if item.kind is RecordKind.OPPORTUNITY else {}
            review.accept(item.id, edits)
        if proposal.draft is not None:
            review.accept_draft(proposal.draft.id)
    queries.close()
    parts.close()


WORK = {"run": run, "accept": accept_everything}


def main() -> None:
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            try:
                WORK[order["work"]](order)
            except BaseException:  # noqa: BLE001  (the parent has to hear of it, whatever it was)
                traceback.print_exc()
                os._exit(70)
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        journal = Path(order["folder"]) / "journal"
        names = journal.read_text().split() if journal.exists() else []
        print(json.dumps({"status": os.waitstatus_to_exitcode(status), "boundaries": names}), flush=True)


if __name__ == "__main__":
    main()
