"""Pipedrive over its REST interface (v2, and v1 for what only v1 has), signed with the rep's API token.

Pipedrive has no idempotency key, no conflict check and no batches, so the first two are ours, and many Records are
written side by side, one call for each (`pipedrive/many.py`). Its leads are no people but requests that point to one,
so there is no kind LEAD here.

Exactly once. A new Record carries our key: organisations, persons and deals in a text field “Dealside key” that the
admin adds, activities (which have no custom fields) in the last line of their note. Before a create we look for it,
and after an answer was lost a repeated create waits until the first request cannot be under way any more, and looks
again (`pipedrive/keys.py`). What is not guaranteed: when the program is ended after a lost answer and Pipedrive carries
that request out only after we looked again; when somebody removes our key from a Record, or gives one of our
activities to somebody else, before the lost create is repeated; activities behind the rep's newest 20,000.

Conflicts. A Record is read again just before it is written, and only what changes is sent; somebody who saves the very
same field between these two calls is overwritten.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from desktop.connectors import overrides
from desktop.connectors.merging import merge_once
from desktop.connectors.pipedrive import finding, many, merging, rules
from desktop.connectors.pipedrive.company import KEY_SETTING, NAMES, NOUNS, Company, conflict
from desktop.connectors.pipedrive.crew import Door
from desktop.connectors.pipedrive.feed import Feed
from desktop.connectors.pipedrive.line import AT_ONCE, PipedriveLine, Row
from desktop.connectors.pipedrive.many import no_such_kind
from desktop.connectors.supplies import Supplies
from desktop.connectors.tables.pipedrive import ENTITIES, KEY, marker_of
from desktop.connectors.tables.pipedrive_rows import Body, is_same
from desktop.domain.connections import Checkpoint, ConnectorInfo, Family, FieldSpec, FieldWidget
from desktop.domain.crm_port import CrmConnector, NewRecord, Outcome, RecordBatch, RecordChange
from desktop.domain.errors import Rejected, Temporary
from desktop.domain.ports import Clock
from desktop.domain.records import FIELDS, FieldType, RecordKind, RecordRef, RecordSnapshot
from desktop.domain.rights import Owner, Quota, RecordRules

if TYPE_CHECKING:
    from desktop.connectors.http import HttpBoundary


class Pipedrive(CrmConnector):
    """One Pipedrive company, with the rights of the rep whose token it is."""

    info = ConnectorInfo(
        name="pipedrive",
        title="Pipedrive",
        family=Family.CRM,
        settings=(
            FieldSpec("address", "Address", help="What stands before your Pipedrive's pages: company.pipedrive.com"),
            FieldSpec(
                "api_token",
                "API token",
                FieldWidget.SECRET,
                help="In Pipedrive: your picture, Company settings, Personal preferences, API",
            ),
            FieldSpec(
                KEY_SETTING,
                "Key field",
                default=NAMES[KEY][1],
                help="A text field that your admin adds to organizations, people and deals, for Dealside's own use",
            ),
            FieldSpec(
                "phone_field",
                "Phone of organizations",
                required=False,
                default=NAMES["phone"][1],
                help="The name of your own field for it; Pipedrive itself has none",
            ),
            FieldSpec(
                "title_field",
                "Job title of people",
                required=False,
                default=NAMES["title"][1],
                help="The name of your own field for it, where Pipedrive's own is not switched on",
            ),
            FieldSpec(
                "next_step_field",
                "Next step of deals",
                required=False,
                default=NAMES["next_step"][1],
                help="The name of your own field for it; Pipedrive itself has none",
            ),
            overrides.SETTING,
        ),
        can=frozenset({"delete", "merge", "find"}),
        kinds=frozenset(ENTITIES),
        at_once=AT_ONCE,
    )

    def __init__(  # noqa: PLR0913  (collaborators, all by name)
        self,
        settings: Mapping[str, str],
        *,
        token: Callable[[], str | None],
        http: "HttpBoundary",
        more_doors: Callable[[], Door] | None = None,
        clock: Clock,
        deadline: float = 60.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`token` gives the API token at each sign-in, `deadline` is the seconds one exchange may take.

        `more_doors` gives one more way out, so that some records of a batch are written side by side.
        """
        self._clock = clock
        self._company = Company(
            settings, door=Door(http, token), more_doors=more_doors, clock=clock, deadline=deadline, sleep=sleep
        )
        self._fresh: Mapping[RecordRef, Row] = {}
        self._rests: tuple[Checkpoint, datetime] | None = None

    @classmethod
    def connect(cls, supplies: Supplies) -> "Pipedrive":
        """Return the connector for one Connection."""

        def another() -> Door:
            door = supplies.door("api_token")
            return Door(door, door.token)

        first = another()
        return cls(supplies.settings, token=first.token, http=first.http, more_doors=another, clock=supplies.clock)

    def check(self) -> None:
        """Sign in, and look whether records can be made exactly once."""
        company = self._company
        company.forget()
        company.on(lambda line: line.me())
        lacking = [noun for kind, noun in NOUNS.items() if KEY not in company.words_of(kind).custom]
        if lacking:
            raise company.no_key_field(lacking)

    # --- what the rep may do ----------------------------------------------------------------------------------------

    def picklist(self, kind: RecordKind, field: str) -> tuple[str, ...]:
        if field not in FIELDS[kind] or FIELDS[kind][field].type is not FieldType.PICKLIST:
            return ()
        return self.describe(kind).choices(field)

    def required(self, kind: RecordKind) -> tuple[str, ...]:
        return self.describe(kind).required

    def describe(self, kind: RecordKind) -> RecordRules:
        if kind not in ENTITIES:
            return RecordRules(kind, can_create=False, can_update=False)
        return rules.describe(kind, self._company.words_of(kind))

    def owners(self) -> tuple[Owner, ...]:
        return finding.owners(self._company)

    def quota(self) -> Quota | None:
        """Return what is used up of the day's tokens, all of the company's programs together."""
        return self._company.gate.quota

    # --- reading ----------------------------------------------------------------------------------------------------

    def read(self, ref: RecordRef) -> RecordSnapshot | None:
        row = self._company.row(ref)
        return self._company.snapshot(ref.kind, row) if row is not None else None

    def read_many(self, refs: Sequence[RecordRef]) -> Mapping[RecordRef, RecordSnapshot]:
        """Return those that are there; their rows are kept for an `update_many` that says it goes by this look."""
        looks = {ref: look.got for ref, look in self._company.rows(refs).items()}
        self._fresh = {ref: row for ref, row in looks.items() if row is not None}
        return {ref: self._company.snapshot(ref.kind, row) for ref, row in self._fresh.items()}

    def find_created(self, kind: RecordKind, key: str) -> RecordSnapshot | None:
        if kind not in ENTITIES:
            return None
        company = self._company
        code = company.key_code(kind)
        row = company.on(lambda line: company.keys.find(line, kind, marker_of(key), code))
        return company.snapshot(kind, row) if row is not None else None

    def find(self, kind: RecordKind, field: str, values: Sequence[str]) -> Mapping[str, tuple[RecordSnapshot, ...]]:
        return finding.find(self._company, kind, field, values)

    def search(self, kind: RecordKind, words: str, *, limit: int = 20) -> tuple[RecordSnapshot, ...]:
        return finding.search(self._company, kind, words, limit)

    def changes(self, checkpoint: Checkpoint, *, limit: int = 200) -> RecordBatch:
        """Return changed Records; where Pipedrive counts calls by the day, a feed that was read to its end rests."""
        if self._rests is not None and self._rests[0] == checkpoint and self._clock.now() < self._rests[1]:
            return RecordBatch((), checkpoint)
        company = self._company
        batch = company.on(lambda line: Feed(line, company.snapshots, checkpoint).pull(limit))
        rest = company.line.rest if company.line is not None and not batch.has_more else None
        self._rests = (batch.checkpoint, self._clock.now() + rest) if rest else None
        return batch

    # --- writing ----------------------------------------------------------------------------------------------------

    def create(self, kind: RecordKind, fields: Mapping[str, str | None], key: str) -> RecordSnapshot:
        if kind not in ENTITIES:
            raise no_such_kind(kind)
        earlier = self.find_created(kind, key)
        if earlier is not None:
            return earlier
        company, marker = self._company, marker_of(key)
        company.keys.require_settled(kind, marker)
        body = company.on(lambda _line: company.new_body(kind, fields, marker))
        company.require_targets(kind, fields)
        row = company.on(lambda line: self._post(line, kind, body, marker))
        company.keys.made(kind, marker, str(row["id"]))
        return company.snapshot(kind, row)

    def _post(self, line: PipedriveLine, kind: RecordKind, body: Body, marker: str) -> Row:
        try:
            return line.write("POST", ENTITIES[kind], body)
        except Temporary:
            if line.may_have_been_done:
                self._company.keys.doubt(kind, marker)
            raise

    def update(self, ref: RecordRef, fields: Mapping[str, str | None], *, version: str = "") -> RecordSnapshot:
        company = self._company
        row = company.row(ref)
        plan = company.planned(ref, row, fields, version)
        if isinstance(plan, RecordSnapshot):
            return plan
        company.require_targets(ref.kind, fields)
        try:
            written = company.on(lambda line: line.write("PATCH", f"{ENTITIES[ref.kind]}/{ref.id}", plan))
        except Rejected:
            if company.row(ref) is None:
                raise conflict(None) from None
            raise
        return company.snapshot(ref.kind, written)

    def create_many(self, records: Sequence[NewRecord]) -> tuple[Outcome, ...]:
        return many.create_many(self._company, records)

    def update_many(self, changes: Sequence[RecordChange]) -> tuple[Outcome, ...]:
        fresh, self._fresh = self._fresh, {}
        return many.update_many(
            self._company, changes, fresh, lambda one: self.update(one.ref, one.fields, version=one.version)
        )

    def delete(self, ref: RecordRef, *, version: str = "") -> bool:
        live = self.read(ref)
        if live is None:
            return False
        if version and not is_same(live, version):
            raise conflict(live)
        return self._company.on(lambda line: line.remove(ENTITIES[ref.kind], ref.id))

    def merge(self, kept: RecordRef, gone: RecordRef, *, version: str = "", gone_version: str = "") -> RecordSnapshot:
        return merge_once(
            self._company.on(lambda line: merging.way(line, self.read)), kept, gone, (version, gone_version)
        )

    def close(self) -> None:
        """Let go of connections and of what was learned about the company; what may be under way is not forgotten."""
        self._company.close()
        self._fresh = {}
