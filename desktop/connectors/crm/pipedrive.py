"""Pipedrive over its REST interface (v2, and v1 for what only v1 has), signed with the rep's API token.

Pipedrive has no idempotency key and no conflict check, so both are ours:

Exactly once. A new Record carries our key: organisations, persons and deals in a text field “Dealside key” that the
admin adds, activities (which have no custom fields) in the last line of their note. Before a create we look for it,
and after an answer was lost a repeated create waits until the first request cannot be under way any more, and looks
again (`pipedrive/keys.py`). What is not guaranteed: when the program is ended after a lost answer and Pipedrive carries
that request out only after we looked again; when somebody removes our key from a Record, or gives one of our
activities to somebody else, before the lost create is repeated; activities behind the rep's newest 20,000.

Conflicts. A Record is read again just before it is written, and only what changes is sent; somebody who saves the very
same field between these two calls is overwritten.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from desktop.connectors.pipedrive.feed import Feed
from desktop.connectors.pipedrive.keys import NOTED, Keys
from desktop.connectors.pipedrive.line import PipedriveLine, Row
from desktop.connectors.supplies import Supplies
from desktop.connectors.tables.pipedrive import (
    ENTITIES,
    FIELD_LISTS,
    KEY,
    Words,
    codes_by_name,
    is_id,
    marker_of,
    origin_of,
)
from desktop.connectors.tables.pipedrive_rows import (
    CUSTOM,
    DONE,
    FIXED_TYPES,
    OPEN,
    REQUIRED,
    Body,
    body_of,
    is_same,
    is_there,
    kind_of,
    note_of,
    references,
    snapshot,
    stages_offered,
    text_of_note,
    types_offered,
)
from desktop.domain.connections import Checkpoint, ConnectorInfo, Family, FieldSpec, FieldWidget
from desktop.domain.crm_port import CrmConnector, RecordBatch
from desktop.domain.errors import Conflict, Rejected, Temporary, UserActionNeeded
from desktop.domain.ports import Clock
from desktop.domain.records import RecordKind, RecordRef, RecordSnapshot

if TYPE_CHECKING:
    from desktop.connectors.http import HttpBoundary

_T = TypeVar("_T")
_K = RecordKind
_KEY_SETTING = "key_field"
_NAMES: Mapping[str, tuple[str, str]] = {
    KEY: (_KEY_SETTING, "Dealside key"),
    "phone": ("phone_field", "Phone"),
    "title": ("title_field", "Job title"),
    "next_step": ("next_step_field", "Next step"),
}
_NOUNS = {_K.ACCOUNT: "organizations", _K.CONTACT: "people", _K.OPPORTUNITY: "deals"}


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
                _KEY_SETTING,
                "Key field",
                default=_NAMES[KEY][1],
                help="A text field that your admin adds to organizations, people and deals, for Dealside's own use",
            ),
            FieldSpec(
                "phone_field",
                "Phone of organizations",
                required=False,
                default=_NAMES["phone"][1],
                help="The name of your own field for it; Pipedrive itself has none",
            ),
            FieldSpec(
                "title_field",
                "Job title of people",
                required=False,
                default=_NAMES["title"][1],
                help="The name of your own field for it, where Pipedrive's own is not switched on",
            ),
            FieldSpec(
                "next_step_field",
                "Next step of deals",
                required=False,
                default=_NAMES["next_step"][1],
                help="The name of your own field for it; Pipedrive itself has none",
            ),
        ),
        can=frozenset({"delete"}),
        kinds=frozenset(ENTITIES),
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
        """`token` gives the API token at each sign-in, `deadline` is the seconds one exchange may take."""
        self._settings = settings
        self._token = token
        self._http = http
        self._clock = clock
        self._deadline = deadline
        self._keys = Keys(clock)
        self._line: PipedriveLine | None = None
        self._words: dict[RecordKind, Words] = {}
        self._odd_stages: set[object] = set()
        self._rests: tuple[Checkpoint, datetime] | None = None

    @classmethod
    def connect(cls, supplies: Supplies) -> "Pipedrive":
        """Return the connector for one Connection."""
        from desktop.connectors.http import HttpBoundary  # noqa: PLC0415  (httpx: a quarter of a second)

        http = HttpBoundary(ledger=supplies.ledger, clock=supplies.clock, boundary=supplies.boundary)
        return cls(supplies.settings, token=lambda: supplies.secret("api_token"), http=http, clock=supplies.clock)

    def check(self) -> None:
        """Sign in, and look whether records can be made exactly once."""
        self._words.clear()
        self._on(lambda line: line.me())
        lacking = [noun for kind, noun in _NOUNS.items() if KEY not in self._words_of(kind).custom]
        if lacking:
            raise self._no_key_field(lacking)

    def picklist(self, kind: RecordKind, field: str) -> tuple[str, ...]:
        if kind is _K.OPPORTUNITY and field == "stage":
            return stages_offered(self._words_of(kind))
        if kind is _K.ACTIVITY and field == "type":
            return types_offered(self._words_of(kind))
        return (OPEN, DONE) if kind is _K.TASK and field == "status" else ()

    def required(self, kind: RecordKind) -> tuple[str, ...]:
        return REQUIRED.get(kind, ())

    # --- reading ----------------------------------------------------------------------------------------------------

    def read(self, ref: RecordRef) -> RecordSnapshot | None:
        row = self._row(ref)
        return self._snapshot(ref.kind, row) if row is not None else None

    def find_created(self, kind: RecordKind, key: str) -> RecordSnapshot | None:
        if kind not in ENTITIES:
            return None
        code = self._key_code(kind)
        row = self._on(lambda line: self._keys.find(line, kind, marker_of(key), code))
        return self._snapshot(kind, row) if row is not None else None

    def changes(self, checkpoint: Checkpoint, *, limit: int = 200) -> RecordBatch:
        """Return changed Records; where Pipedrive counts calls by the day, a feed that was read to its end rests."""
        if self._rests is not None and self._rests[0] == checkpoint and self._clock.now() < self._rests[1]:
            return RecordBatch((), checkpoint)
        batch = self._on(lambda line: Feed(line, self._snapshots, checkpoint).pull(limit))
        rest = self._line.rest if self._line is not None and not batch.has_more else None
        self._rests = (batch.checkpoint, self._clock.now() + rest) if rest else None
        return batch

    def _row(self, ref: RecordRef) -> Row | None:
        if ref.kind not in ENTITIES or not is_id(ref.id):
            return None
        return self._on(lambda line: line.row(ENTITIES[ref.kind], ref.id))

    def _snapshots(self, item: str, row: Row) -> list[RecordSnapshot]:
        """Return what a row of a feed means: something planned that has happened stops being a Task."""
        if item != "activity":
            kinds = {"organization": _K.ACCOUNT, "person": _K.CONTACT, "deal": _K.OPPORTUNITY}
            return [self._snapshot(kinds[item], row)]
        now = kind_of(row)
        found = [self._snapshot(now, row)]
        if row.get("add_time") != row.get("update_time"):
            before = _K.TASK if now is _K.ACTIVITY else _K.ACTIVITY
            found.append(replace(self._snapshot(before, row), is_deleted=True))
        return found

    def _snapshot(self, kind: RecordKind, row: Row) -> RecordSnapshot:
        words = self._words_of(kind)
        stage = row.get("stage_id")
        is_odd = kind is _K.OPPORTUNITY and stage not in {known.id for known in words.stages}
        if is_odd and stage not in self._odd_stages:  # a stage that is newer than what we know of the company
            self._odd_stages.add(stage)
            words = self._words[kind] = replace(words, stages=self._on(lambda line: line.stages()))
        return snapshot(kind, row, words)

    # --- writing ----------------------------------------------------------------------------------------------------

    def create(self, kind: RecordKind, fields: Mapping[str, str | None], key: str) -> RecordSnapshot:
        if kind not in ENTITIES:
            raise Rejected(f"Pipedrive has no {kind.value}s; leave this one out.", detail=kind.value)
        earlier = self.find_created(kind, key)
        if earlier is not None:
            return earlier
        marker = marker_of(key)
        self._keys.require_settled(kind, marker)
        row = self._on(lambda line: self._post(line, kind, self._new_body(kind, fields, marker), marker))
        self._keys.made(kind, marker, str(row["id"]))
        return self._snapshot(kind, row)

    def _new_body(self, kind: RecordKind, fields: Mapping[str, str | None], marker: str) -> Body:
        given = {name: value for name, value in fields.items() if value is not None and value.strip()}
        body = body_of(kind, given, self._words_of(kind))
        if kind is _K.CONTACT and not body.get("name"):
            body["name"] = (given.get("email") or "").strip()
        needed = "subject" if kind in NOTED else "title" if kind is _K.OPPORTUNITY else "name"
        if not body.get(needed):
            word = "subject" if kind in NOTED else "name"
            raise Rejected(f"Pipedrive needs a {word} for every {kind.value}; add it and try again.", detail=needed)
        self._require(kind, given)
        if kind in NOTED:
            usual = {"type": "task", "done": False} if kind is _K.TASK else {"type": "email", "done": True}
            # What was not set is not there to be cleared either.
            set_now = {name: value for name, value in body.items() if value is not None}
            return {**usual, **set_now, "note": note_of(text_of_note(body.get("note"))[0], marker)}
        own = {**body.get("custom_fields", {}), self._key_code(kind): marker}
        return {**body, "custom_fields": own}

    def _post(self, line: PipedriveLine, kind: RecordKind, body: Body, marker: str) -> Row:
        try:
            return line.write("POST", ENTITIES[kind], body)
        except Temporary:
            if line.may_have_been_done:
                self._keys.doubt(kind, marker)
            raise

    def update(self, ref: RecordRef, fields: Mapping[str, str | None], *, version: str = "") -> RecordSnapshot:
        row = self._row(ref)
        if row is None:
            raise _conflict(None)
        live, words = self._snapshot(ref.kind, row), self._words_of(ref.kind)
        body = body_of(ref.kind, fields, words, row)
        if is_there(ref.kind, row, body, words):
            return live  # also how a repeated update, whose first answer was lost, comes to its end
        if version and not is_same(live, version):
            raise _conflict(live)
        self._require(ref.kind, fields)
        try:
            written = self._on(lambda line: line.write("PATCH", f"{ENTITIES[ref.kind]}/{ref.id}", body))
        except Rejected:
            if self._row(ref) is None:
                raise _conflict(None) from None
            raise
        return self._snapshot(ref.kind, written)

    def delete(self, ref: RecordRef, *, version: str = "") -> bool:
        live = self.read(ref)
        if live is None:
            return False
        if version and not is_same(live, version):
            raise _conflict(live)
        return self._on(lambda line: line.remove(ENTITIES[ref.kind], ref.id))

    def close(self) -> None:
        """Let go of connections and of what was learned about the company; what may be under way is not forgotten."""
        self._http.close()
        self._line = None
        self._words.clear()

    # --- what the company lets the rep do ---------------------------------------------------------------------------

    def _require(self, kind: RecordKind, fields: Mapping[str, str | None]) -> None:
        """Raise Rejected when a Record that is pointed to is gone: Pipedrive keeps deleted ones, and links to them."""
        for ref in references(kind, fields):
            if self._row(ref) is None:
                raise Rejected(
                    f"The {ref.kind.value} this record points to is no longer in Pipedrive.", detail=str(ref)
                )

    def _words_of(self, kind: RecordKind) -> Words:
        if kind not in self._words:
            self._words[kind] = self._on(lambda line: self._learned(line, kind))
        return self._words[kind]

    def _learned(self, line: PipedriveLine, kind: RecordKind) -> Words:
        if kind is _K.TASK:
            return Words({})
        if kind is _K.ACTIVITY:
            rows = [row for row in line.listed("activityTypes") if row.get("active_flag", True)]
            codes = {str(row.get("key_string")): str(row.get("name")) for row in rows}
            return Words({}, types={code: FIXED_TYPES.get(code, name) for code, name in codes.items()})
        rows = line.fields(FIELD_LISTS[kind])
        has_job_title = any(row.get("field_code") == "job_title" for row in rows)
        own = [name for name in CUSTOM[kind] if not (name == "title" and has_job_title)]
        names = {name: self._settings.get(_NAMES[name][0], "").strip() or _NAMES[name][1] for name in (KEY, *own)}
        stages = line.stages() if kind is _K.OPPORTUNITY else ()
        return Words(codes_by_name(rows, names), stages, has_job_title=has_job_title)

    def _key_code(self, kind: RecordKind) -> str:
        if kind in NOTED:
            return ""
        code = self._words_of(kind).custom.get(KEY)
        if code is None:
            raise self._no_key_field([_NOUNS[kind]])
        return code

    def _no_key_field(self, nouns: list[str]) -> UserActionNeeded:
        self._words.clear()
        name = self._settings.get(_KEY_SETTING, "").strip() or _NAMES[KEY][1]
        return UserActionNeeded(
            f"Ask your Pipedrive admin to add the text field “{name}” (Company settings, Data fields) to: "
            f"{', '.join(nouns)}. Until then nothing can be created there without the risk of doubles.",
            detail="no key field",
        )

    # --- the line ---------------------------------------------------------------------------------------------------

    def _on(self, act: Callable[[PipedriveLine], _T]) -> _T:
        self._line = self._line or PipedriveLine(
            self._http,
            clock=self._clock,
            origin=origin_of(self._settings.get("address", "")),
            token=self._token(),
            deadline=self._deadline,
        )
        try:
            return act(self._line)
        except UserActionNeeded:
            self._words.clear()  # when it is mended, look afresh, with whatever token there is by then
            self._line = None
            raise
        except Rejected:
            self._words.clear()  # a field or a stage may have gone since we looked
            raise


def _conflict(live: RecordSnapshot | None) -> Conflict:
    if live is None:
        return Conflict("The record was deleted in Pipedrive meanwhile.")
    return Conflict("Somebody changed the record in Pipedrive meanwhile.", live=dict(live.fields))
