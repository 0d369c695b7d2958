"""One Pipedrive company as the rep sees it: its words, its records, the lines to it, and what is sent for a change."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from desktop.connectors import overrides
from desktop.connectors.pipedrive.crew import Crew, Done, Door
from desktop.connectors.pipedrive.gate import Gate
from desktop.connectors.pipedrive.keys import NOTED, Keys, read_rows
from desktop.connectors.pipedrive.line import PipedriveLine, Row
from desktop.connectors.tables.pipedrive import (
    ENTITIES,
    FIELD_LISTS,
    KEY,
    Words,
    codes_by_name,
    is_id,
    origin_of,
)
from desktop.connectors.tables.pipedrive_rows import (
    CUSTOM,
    FIXED_TYPES,
    Body,
    body_of,
    is_same,
    is_there,
    kind_of,
    note_of,
    references,
    snapshot,
    text_of_note,
)
from desktop.domain.errors import Conflict, DealsideError, Rejected, UserActionNeeded
from desktop.domain.ports import Clock
from desktop.domain.records import RecordKind, RecordRef, RecordSnapshot

_T = TypeVar("_T")
_K = RecordKind
KEY_SETTING = "key_field"
NAMES: Mapping[str, tuple[str, str]] = {
    KEY: (KEY_SETTING, "Dealside key"),
    "phone": ("phone_field", "Phone"),
    "title": ("title_field", "Job title"),
    "next_step": ("next_step_field", "Next step"),
}
"""Fields of the company's own: the setting that names each, and its usual name."""
NOUNS: Mapping[RecordKind, str] = {_K.ACCOUNT: "organizations", _K.CONTACT: "people", _K.OPPORTUNITY: "deals"}
Fields = Mapping[str, str | None]


class Company:
    """Nothing here is thread-safe but what the crew does."""

    def __init__(
        self,
        settings: Mapping[str, str],
        *,
        door: Door,
        more_doors: Callable[[], Door] | None,
        clock: Clock,
        deadline: float,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`more_doors` gives a way out for one more worker, None to have everything done by one line."""
        self._settings = settings
        self._door = door
        self._clock = clock
        self._deadline = deadline
        self._line: PipedriveLine | None = None
        self._words: dict[RecordKind, Words] = {}
        self._labels: dict[str, str] = {}
        self._field_map: overrides.FieldMap | None = None
        self._odd_stages: set[object] = set()
        self.gate = Gate(clock)
        self.crew = Crew(self.gate, more_doors, self._line_over, sleep=sleep)
        self.keys = Keys(clock)

    # --- the lines --------------------------------------------------------------------------------------------------

    def on(self, act: Callable[[PipedriveLine], _T]) -> _T:
        """Do something over the line; what was learned is forgotten where it may have been wrong."""
        if self._line is None:
            self._line = self._line_over(self._door)
        try:
            return act(self._line)
        except DealsideError as error:
            self.learn_from(error)
            raise

    def each(self, calls: Sequence[Callable[[PipedriveLine], _T]]) -> list[Done[_T]]:
        """Carry out many calls side by side; see Crew."""
        return self.on(lambda line: self.crew.each(line, calls))

    def learn_from(self, error: DealsideError) -> None:
        """Forget what may have been wrong, now that a call failed like this."""
        if isinstance(error, UserActionNeeded):
            self.forget()  # when it is mended, look afresh, with whatever token there is by then
            self._line = None
            self.crew.forget()
            self.keys.forget_lists()
        elif isinstance(error, Rejected) and not isinstance(error, Conflict):
            self.forget()  # a field or a stage may have gone since we looked

    def forget(self) -> None:
        """Forget what the company calls things."""
        self._words.clear()
        self._field_map = None

    def close(self) -> None:
        """Let go of connections and of what was learned; what may be under way is not forgotten."""
        self._door.http.close()
        self.crew.close()
        self._line = None
        self.forget()

    @property
    def line(self) -> PipedriveLine | None:
        """The line in use, None before the first call."""
        return self._line

    def _line_over(self, door: Door) -> PipedriveLine:
        return PipedriveLine(
            door.http,
            self.gate,
            clock=self._clock,
            origin=origin_of(self._settings.get("address", "")),
            token=door.token(),
            deadline=self._deadline,
            labels=self._labels,
        )

    # --- reading ----------------------------------------------------------------------------------------------------

    def row(self, ref: RecordRef) -> Row | None:
        """Return the row of a Record, None when it is gone."""
        if ref.kind not in ENTITIES or not is_id(ref.id):
            return None
        return self.on(lambda line: line.row(ENTITIES[ref.kind], ref.id))

    def rows(self, refs: Iterable[RecordRef]) -> dict[RecordRef, Done[Row | None]]:
        """Return what became of a look at each of `refs`."""
        found: dict[RecordRef, Done[Row | None]] = {}
        wanted = list(dict.fromkeys(refs))
        for kind in ENTITIES:
            own = [ref for ref in wanted if ref.kind is kind and is_id(ref.id)]
            if own:
                ids = [ref.id for ref in own]
                rows = self.on(partial(read_rows, crew=self.crew, kind=kind, ids=ids))
                found.update((ref, rows[ref.id]) for ref in own)
        return {ref: found.get(ref, Done()) for ref in wanted}

    def snapshots(self, item: str, row: Row) -> list[RecordSnapshot]:
        """Return what a row of a feed means: something planned that has happened stops being a Task."""
        if item != "activity":
            kinds = {"organization": _K.ACCOUNT, "person": _K.CONTACT, "deal": _K.OPPORTUNITY}
            return [self.snapshot(kinds[item], row)]
        now = kind_of(row)
        found = [self.snapshot(now, row)]
        if row.get("add_time") != row.get("update_time"):
            before = _K.TASK if now is _K.ACTIVITY else _K.ACTIVITY
            found.append(replace(self.snapshot(before, row), is_deleted=True))
        return found

    def snapshot(self, kind: RecordKind, row: Row) -> RecordSnapshot:
        words = self.words_of(kind)
        stage = row.get("stage_id")
        is_odd = kind is _K.OPPORTUNITY and stage not in {known.id for known in words.stages}
        if is_odd and stage not in self._odd_stages:  # a stage that is newer than what we know of the company
            self._odd_stages.add(stage)
            words = self._words[kind] = replace(words, stages=self.on(lambda line: line.stages()))
        return snapshot(kind, row, words)

    # --- writing ----------------------------------------------------------------------------------------------------

    def new_body(self, kind: RecordKind, fields: Fields, marker: str) -> Body:
        given = {name: value for name, value in fields.items() if value is not None and value.strip()}
        body = body_of(kind, given, self.words_of(kind))
        if kind is _K.CONTACT and not body.get("name"):
            body["name"] = (given.get("email") or "").strip()
        needed = "subject" if kind in NOTED else "title" if kind is _K.OPPORTUNITY else "name"
        if not body.get(needed):
            word = "subject" if kind in NOTED else "name"
            raise Rejected(f"Pipedrive needs a {word} for every {kind.value}; add it and try again.", detail=needed)
        if kind in NOTED:
            usual = {"type": "task", "done": False} if kind is _K.TASK else {"type": "email", "done": True}
            # What was not set is not there to be cleared either.
            set_now = {name: value for name, value in body.items() if value is not None}
            return {**usual, **set_now, "note": note_of(text_of_note(body.get("note"))[0], marker)}
        own = {**body.get("custom_fields", {}), self.key_code(kind): marker}
        return {**body, "custom_fields": own}

    def planned(self, ref: RecordRef, row: Row | None, fields: Fields, version: str) -> RecordSnapshot | Body:
        """Return what to send for a change of a Record that reads as `row`, or how it stands when all is there.

        Raises Conflict when it moved on since `version`, or is gone.
        """
        if row is None:
            raise conflict(None)
        live, words = self.snapshot(ref.kind, row), self.words_of(ref.kind)
        body = body_of(ref.kind, fields, words, row)
        if is_there(ref.kind, row, body, words):
            return live  # also how a repeated update, whose first answer was lost, comes to its end
        if version and not is_same(live, version):
            raise conflict(live)
        return body

    def require_targets(self, kind: RecordKind, fields: Fields) -> None:
        """Raise Rejected when a Record that is pointed to is gone: Pipedrive keeps deleted ones, and links to them."""
        for ref in references(kind, fields):
            if self.row(ref) is None:
                raise gone_target(ref)

    # --- words ------------------------------------------------------------------------------------------------------

    def words_of(self, kind: RecordKind) -> Words:
        if kind not in self._words:
            self._words[kind] = self.on(lambda line: self._learned(line, kind))
        return self._words[kind]

    def _learned(self, line: PipedriveLine, kind: RecordKind) -> Words:
        return self._mapped(kind, self._usual(line, kind))

    def _usual(self, line: PipedriveLine, kind: RecordKind) -> Words:
        if kind is _K.TASK:
            return Words({})
        if kind is _K.ACTIVITY:
            rows = [row for row in line.listed("activityTypes") if row.get("active_flag", True)]
            codes = {str(row.get("key_string")): str(row.get("name")) for row in rows}
            return Words({}, types={code: FIXED_TYPES.get(code, name) for code, name in codes.items()})
        rows = line.fields(FIELD_LISTS[kind])
        has_job_title = any(row.get("field_code") == "job_title" for row in rows)
        own = [name for name in CUSTOM[kind] if not (name == "title" and has_job_title)]
        names = {name: self._settings.get(NAMES[name][0], "").strip() or NAMES[name][1] for name in (KEY, *own)}
        stages = line.stages() if kind is _K.OPPORTUNITY else ()
        seen = {str(row.get("field_code")): str(row.get("field_type")) for row in rows}
        return Words(codes_by_name(rows, names), stages, has_job_title=has_job_title, codes=seen)

    def _mapped(self, kind: RecordKind, words: Words) -> Words:
        """Return what the field map says on top; a custom field that holds a usual Field gives way to it."""
        if self._field_map is None:
            self._field_map = overrides.load(self._settings.get(overrides.SETTING.key, ""))
        given = self._field_map.overrides.get(kind)
        if not given:
            return words
        return replace(
            words,
            custom={name: code for name, code in words.custom.items() if name not in given},
            mapped={column.field: column for column in self._field_map.columns(kind, ())},
            absent=frozenset(name for name, override in given.items() if override is None),
            choices={name: self._field_map.choices(kind, name) for name in given},
        )

    def key_code(self, kind: RecordKind) -> str:
        if kind in NOTED:
            return ""
        code = self.words_of(kind).custom.get(KEY)
        if code is None:
            raise self.no_key_field([NOUNS[kind]])
        return code

    def no_key_field(self, nouns: list[str]) -> UserActionNeeded:
        self._words.clear()
        name = self._settings.get(KEY_SETTING, "").strip() or NAMES[KEY][1]
        return UserActionNeeded(
            f"Ask your Pipedrive admin to add the text field “{name}” (Company settings, Data fields) to: "
            f"{', '.join(nouns)}. Until then nothing can be created there without the risk of doubles.",
            detail="no key field",
        )


def gone_target(ref: RecordRef) -> Rejected:
    """Return why nothing can point to a Record that is gone."""
    return Rejected(f"The {ref.kind.value} this record points to is no longer in Pipedrive.", detail=str(ref))


def conflict(live: RecordSnapshot | None) -> Conflict:
    """Return the Conflict with a Record as it stands now, None when it is gone."""
    if live is None:
        return Conflict("The record was deleted in Pipedrive meanwhile.")
    return Conflict("Somebody changed the record in Pipedrive meanwhile.", live=dict(live.fields))
