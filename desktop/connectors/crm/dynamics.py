"""Microsoft Dynamics 365 (Dataverse) over its Web API 9.2, with the rights of the rep whose access token it is.

Exactly once needs nothing of the environment's admin: a new Record gets a primary key of our own, derived from the
idempotency key. Dataverse accepts a primary key once, whatever was lost or is still under way; a repeated create is
answered by the Record as it stands, never written over. What has happened (an e-mail, a call) is made open, since it
cannot be made otherwise, and then completed; a repeat completes one that was left open and that nobody touched since.

Conflicts are found by Dataverse: every change and deletion names the ETag it is meant for (`If-Match`).

Many Records go the same steps side by side, and what is due at the same time travels in one `$batch`.

A task has one link: the record it is about. Given both, it is about `related`, and its contact is left out.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from desktop.connectors import overrides
from desktop.connectors.dynamics import finding
from desktop.connectors.dynamics.batches import MOST
from desktop.connectors.dynamics.feed import pull
from desktop.connectors.dynamics.org import Org
from desktop.connectors.dynamics.rules import Rules
from desktop.connectors.dynamics.steps import alone, together
from desktop.connectors.dynamics.writing import Writing
from desktop.connectors.json_line import JsonCall
from desktop.connectors.supplies import Supplies
from desktop.connectors.tables.dynamics import BASE, BY_NAME
from desktop.domain.connections import Checkpoint, ConnectorInfo, Family, FieldSpec, FieldWidget
from desktop.domain.crm_port import CrmConnector, NewRecord, Outcome, RecordBatch, RecordChange
from desktop.domain.errors import DealsideError
from desktop.domain.ports import Clock
from desktop.domain.records import RecordKind, RecordRef, RecordSnapshot
from desktop.domain.rights import Owner, Quota, RecordRules

if TYPE_CHECKING:
    from desktop.connectors.http import HttpBoundary


class Dynamics(CrmConnector):
    """One environment."""

    info = ConnectorInfo(
        name="dynamics",
        title="Microsoft Dynamics 365",
        family=Family.CRM,
        settings=(
            FieldSpec("address", "Address", help="Of your environment: it looks like https://name.crm4.dynamics.com"),
            FieldSpec("access_token", "Access token", FieldWidget.SECRET),
            FieldSpec(
                "next_step_field",
                "Column of the next step",
                required=False,
                help="Dynamics has none of its own: the name of a text column that your admin added to opportunities",
            ),
            overrides.SETTING,
        ),
        can=frozenset({"upsert_key", "conflict_check", "delete", "find"}),
        kinds=frozenset(RecordKind),
        at_once=MOST,
    )

    def __init__(
        self,
        settings: Mapping[str, str],
        *,
        token: Callable[[], str | None],
        http: "HttpBoundary",
        clock: Clock,
        deadline: float = 60.0,
    ) -> None:
        """`token` gives the access token at each call, `deadline` is the seconds one exchange may take."""
        self._http = http
        self._clock = clock
        self._org = Org(settings, token, http, clock, deadline)
        self._writing = Writing(self._org)
        self._rules = Rules(self._org)

    @classmethod
    def connect(cls, supplies: Supplies) -> "Dynamics":
        """Return the connector for one Connection."""
        from desktop.connectors.http import HttpBoundary  # noqa: PLC0415  (httpx: a quarter of a second)

        http = HttpBoundary(ledger=supplies.ledger, clock=supplies.clock, boundary=supplies.boundary)
        return cls(supplies.settings, token=lambda: supplies.secret("access_token"), http=http, clock=supplies.clock)

    def check(self) -> None:
        """Sign in, and look whether accounts and contacts can be seen, and whether the field map can be used."""
        self._org.forget()
        self._org.who_am_i()
        for name in ("account", "contact"):
            table = BY_NAME[name]
            self._org.columns(table)  # needs the table, and looks into the field map
            headers = {"Prefer": "odata.maxpagesize=1"}
            self._org.ask(
                JsonCall("GET", f"{BASE}/{table.entity_set}", params={"$select": table.id_name}, headers=headers)
            )

    # --- what the rep may do ----------------------------------------------------------------------------------------

    def picklist(self, kind: RecordKind, field: str) -> tuple[str, ...]:
        return self._rules.picklist(kind, field)

    def required(self, kind: RecordKind) -> tuple[str, ...]:
        """Return what the server itself insists on; of a customer (account or contact) the account."""
        return self._rules.required(kind)

    def describe(self, kind: RecordKind) -> RecordRules:
        return self._rules.of(kind)

    def owners(self) -> tuple[Owner, ...]:
        return finding.owners(self._org)

    def quota(self) -> Quota | None:
        """Return what the last answers said of the calls of five minutes: Dataverse says nothing of the day's."""
        return self._org.quota

    # --- reading ----------------------------------------------------------------------------------------------------

    def changes(self, checkpoint: Checkpoint, *, limit: int = 200) -> RecordBatch:
        return pull(self._org, self._clock, checkpoint, limit)

    def read(self, ref: RecordRef) -> RecordSnapshot | None:
        return alone(self._org, self._writing.read(ref))

    def read_many(self, refs: Sequence[RecordRef]) -> Mapping[RecordRef, RecordSnapshot]:
        wanted = tuple(dict.fromkeys(refs))
        found: dict[RecordRef, RecordSnapshot] = {}
        for ref, outcome in zip(wanted, together(self._org, [self._writing.read(ref) for ref in wanted]), strict=True):
            if isinstance(outcome, DealsideError):
                raise outcome
            if outcome is not None:
                found[ref] = outcome
        return found

    def find_created(self, kind: RecordKind, key: str) -> RecordSnapshot | None:
        return alone(self._org, self._writing.find_created(kind, key))

    def find(self, kind: RecordKind, field: str, values: Sequence[str]) -> Mapping[str, tuple[RecordSnapshot, ...]]:
        return finding.find(self._org, kind, field, values)

    def search(self, kind: RecordKind, words: str, *, limit: int = 20) -> tuple[RecordSnapshot, ...]:
        return finding.search(self._org, kind, words, limit)

    # --- writing ----------------------------------------------------------------------------------------------------

    def create(self, kind: RecordKind, fields: Mapping[str, str | None], key: str) -> RecordSnapshot:
        return alone(self._org, self._writing.create(NewRecord(kind, fields, key)))

    def create_many(self, records: Sequence[NewRecord]) -> tuple[Outcome, ...]:
        return together(self._org, [self._writing.create(new) for new in records])

    def update(self, ref: RecordRef, fields: Mapping[str, str | None], *, version: str = "") -> RecordSnapshot:
        return alone(self._org, self._writing.update(RecordChange(ref, fields, version)))

    def update_many(self, changes: Sequence[RecordChange]) -> tuple[Outcome, ...]:
        return together(self._org, [self._writing.update(change) for change in changes])

    def delete(self, ref: RecordRef, *, version: str = "") -> bool:
        return alone(self._org, self._writing.delete(ref, version))

    def close(self) -> None:
        """Let go of connections and of what was learned about the environment."""
        self._http.close()
        self._org.forget()
