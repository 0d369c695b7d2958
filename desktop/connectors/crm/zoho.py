"""Zoho CRM over version 8 of its JSON interface.

Exactly once rests on one custom field per module (`Dealside_Key`: single line, no duplicate values). A Record is made
by a plain insert that carries its key, and looked up by it first. A repeat that overtakes its own first attempt is
refused as a duplicate, with the id of the Record that is there. Zoho's upsert is not used: it would write over what a
person typed since, in the time between our look and our write, and it does not take Tasks.

No automation of the organisation is set off by what we write; see `sent`. A Lead is Zoho's lead, not a converted one.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from desktop.connectors import overrides
from desktop.connectors.json_line import JsonAnswer, JsonCall
from desktop.connectors.merging import merge_once
from desktop.connectors.supplies import Supplies
from desktop.connectors.tables.zoho import FEEDS, KEY_FIELD, MODULES, details_of, fault_in, origin_of, stamp_of
from desktop.connectors.zoho import feed, finding, many, merging, rules
from desktop.connectors.zoho.line import BASE, Right, ZohoLine, sent
from desktop.connectors.zoho.org import Org, at, conflict, keys_of
from desktop.domain.connections import Checkpoint, ConnectorInfo, Family, FieldSpec, FieldWidget
from desktop.domain.crm_port import CrmConnector, NewRecord, Outcome, RecordBatch, RecordChange
from desktop.domain.errors import Conflict, DealsideError, Rejected, Temporary, UserActionNeeded
from desktop.domain.ids import RecordId
from desktop.domain.ports import Clock
from desktop.domain.records import RecordKind, RecordRef, RecordSnapshot
from desktop.domain.rights import Owner, Quota, RecordRules

if TYPE_CHECKING:
    from desktop.connectors.http import HttpBoundary

_FIELD_NAME = re.compile(r"[A-Za-z]\w{0,60}", re.ASCII)


class Zoho(CrmConnector):
    """One Zoho CRM organisation, with the rights of the rep whose token it is."""

    info = ConnectorInfo(
        name="zoho",
        title="Zoho CRM",
        family=Family.CRM,
        settings=(
            FieldSpec(
                "api_domain",
                "Address",
                default="https://www.zohoapis.com",
                help="That of your data centre: https://www.zohoapis.eu where you sign in at zoho.eu, and so on",
            ),
            FieldSpec("access_token", "Access token", FieldWidget.SECRET, help="It is good for one hour"),
            FieldSpec(
                "key_field",
                "Key field",
                default=KEY_FIELD,
                help="A single-line field without duplicate values, which your admin adds to each module",
            ),
            overrides.SETTING,
        ),
        can=frozenset({"upsert_key", "conflict_check", "delete", "find", "merge"}),
        kinds=frozenset(RecordKind),
        at_once=many.AT_ONCE,
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
        self._settings = settings
        self._token = token
        self._http = http
        self._clock = clock
        self._deadline = deadline
        self._key_field = settings.get("key_field", "").strip() or KEY_FIELD
        self._opened: Org | None = None

    @classmethod
    def connect(cls, supplies: Supplies) -> "Zoho":
        """Return the connector for one Connection."""
        door = supplies.door()
        return cls(supplies.settings, token=door.token, http=door, clock=supplies.clock)

    def check(self) -> None:
        """Sign in, and look whether records can be seen and made exactly once."""
        self._line.forget()
        self._org.shape(RecordKind.ACCOUNT)
        self._org.shape(RecordKind.CONTACT)
        shapes = {MODULES[kind]: self._line.shape_of(MODULES[kind]) for kind in FEEDS}
        lacking = [name for name, shape in shapes.items() if shape is not None and not self._org.has_key(shape)]
        if lacking:
            raise self._org.no_key_field(lacking)

    def picklist(self, kind: RecordKind, field: str) -> tuple[str, ...]:
        if not (kind is RecordKind.ACTIVITY and field == "type"):
            self._org.column(kind, field)
        return self.describe(kind).choices(field)

    def required(self, kind: RecordKind) -> tuple[str, ...]:
        return self.describe(kind).required

    def describe(self, kind: RecordKind) -> RecordRules:
        return rules.describe(self._org, kind)

    def owners(self) -> tuple[Owner, ...]:
        return finding.owners(self._line)

    def quota(self) -> Quota | None:
        """Return what is left of the day's credits, which Zoho says only when they run short; see `rules.quota`."""
        return rules.quota(self._opened.line.credits_left) if self._opened else None

    # --- reading ----------------------------------------------------------------------------------------------------

    def read(self, ref: RecordRef) -> RecordSnapshot | None:
        return self._org.read(ref)

    def read_many(self, refs: Sequence[RecordRef]) -> Mapping[RecordRef, RecordSnapshot]:
        return many.read_many(self._org, refs)

    def find_created(self, kind: RecordKind, key: str) -> RecordSnapshot | None:
        self._org.need_key(kind)
        rows = self._org.ids_where(kind, self._key_field, list(keys_of(kind, key)))
        return self.read(RecordRef(kind, RecordId(rows[0][0]))) if rows else None

    def find(self, kind: RecordKind, field: str, values: Sequence[str]) -> Mapping[str, tuple[RecordSnapshot, ...]]:
        return finding.find(self._org, kind, field, values)

    def search(self, kind: RecordKind, words: str, *, limit: int = 20) -> tuple[RecordSnapshot, ...]:
        return finding.search(self._org, kind, words, limit)

    def changes(self, checkpoint: Checkpoint, *, limit: int = 200) -> RecordBatch:
        """Return changed Records; a round over all modules ends by going back a minute, to miss no late commit."""
        return feed.pull(self._org, checkpoint, limit, self._clock.now())

    # --- writing ----------------------------------------------------------------------------------------------------

    def create(self, kind: RecordKind, fields: Mapping[str, str | None], key: str) -> RecordSnapshot:
        earlier = self.find_created(kind, key)
        if earlier is not None:
            return earlier
        body = self._org.new_body(kind, fields, key)
        call = JsonCall("POST", f"{BASE}/{MODULES[kind]}", sent(body), also=frozenset({400, 409}))
        made = self.read(RecordRef(kind, RecordId(self._made_id(self._line.ask(call)))))
        if made is None:
            raise Temporary("Zoho does not show the new record yet; looking again later.", detail=MODULES[kind])
        return made

    def _made_id(self, answer: JsonAnswer) -> str:
        fault = fault_in(answer.body)
        if fault is not None:
            double = self._org.id_of_double(fault)
            if double:
                return double
        return str(details_of(self._line.accepted(answer)).get("id"))

    def update(self, ref: RecordRef, fields: Mapping[str, str | None], *, version: str = "") -> RecordSnapshot:
        body = self._org.body(ref.kind, fields, Right.UPDATE)
        live = self.read(ref)
        if live is None:
            raise conflict(None)
        if all(live.fields.get(name) == value for name, value in self._org.fields_of(ref.kind, body).items()):
            return live  # also how a repeated update, whose first answer was lost, comes to its end
        if version and live.version != version:
            raise conflict(live)
        self._put(ref, body, live, is_guarded=bool(version))
        written = self.read(ref)
        if written is None:
            raise conflict(None)
        return written

    def _put(self, ref: RecordRef, body: Mapping[str, Any], live: RecordSnapshot, *, is_guarded: bool) -> None:
        # Stamps are whole seconds; a service that keeps fractions fails its own second, so the next one is tried too.
        for slack in (0, 1) if is_guarded else (0,):
            moment = stamp_of(live.modified_at + timedelta(seconds=slack))
            headers = {"If-Unmodified-Since": moment} if is_guarded else {}
            try:
                self._line.accepted(self._line.ask(JsonCall("PUT", at(ref), sent(body), headers=headers)))
            except Rejected as error:
                now = self.read(ref)
                if now is None:
                    raise conflict(None) from None
                if not isinstance(error, Conflict):
                    raise
                if now.version != live.version:
                    raise conflict(now) from None
            else:
                return
        raise conflict(live)

    def create_many(self, records: Sequence[NewRecord]) -> tuple[Outcome, ...]:
        try:
            return many.create_many(self._org, records)
        except DealsideError as error:  # nothing can be sent at all: an unusable address, say
            return (error,) * len(records)

    def update_many(self, changes: Sequence[RecordChange]) -> tuple[Outcome, ...]:
        def alone(change: RecordChange) -> RecordSnapshot:
            return self.update(change.ref, change.fields, version=change.version)

        try:
            return many.update_many(self._org, changes, alone)
        except DealsideError as error:
            return (error,) * len(changes)

    def delete(self, ref: RecordRef, *, version: str = "") -> bool:
        live = self.read(ref)
        if live is None:
            return False
        if version and live.version != version:
            raise conflict(live)
        try:
            self._line.accepted(self._line.ask(JsonCall("DELETE", at(ref))))
        except Rejected:
            if self.read(ref) is None:
                return False
            raise
        return True

    def merge(self, kept: RecordRef, gone: RecordRef, *, version: str = "", gone_version: str = "") -> RecordSnapshot:
        return merge_once(merging.way(self._line, self.read), kept, gone, (version, gone_version))

    def close(self) -> None:
        """Let go of connections and of what was learned about the organisation."""
        self._http.close()
        self._opened = None

    # --- the organisation -------------------------------------------------------------------------------------------

    @property
    def _line(self) -> ZohoLine:
        return self._org.line

    @property
    def _org(self) -> Org:
        if self._opened is None:
            if not _FIELD_NAME.fullmatch(self._key_field):
                raise UserActionNeeded("Enter the key field's API name in the settings, like Dealside_Key.")
            origin = origin_of(self._settings.get("api_domain", "").strip())
            field_map = overrides.load(self._settings.get(overrides.SETTING.key, ""))
            line = ZohoLine(self._http, origin=origin, token=self._token, deadline=self._deadline)
            self._opened = Org(line, self._key_field, field_map)
        return self._opened
