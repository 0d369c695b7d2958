"""Merging in Zoho: every field of the master record stays as it is; the child record's links move to it.

Source: the vendor's description of `POST /crm/v8/{module}/{masterrecordid}/actions/merge`. It may only be scheduled:
then the record that goes is looked for until it is gone.
"""

from collections.abc import Mapping

from desktop.connectors.json_line import JsonAnswer, JsonCall
from desktop.connectors.merging import MergeWay, Read
from desktop.connectors.tables.zoho import MODULES, fault_in, refusal_of
from desktop.connectors.zoho.line import BASE, Right, ZohoLine, garbled, may, refused
from desktop.domain.errors import Temporary
from desktop.domain.records import RecordRef

LOOK_AGAIN = 30.0  # seconds
_KNOWN = frozenset({"SUCCESS", "SCHEDULED", "RECORD_LOCKED"})


def way(line: ZohoLine, read: Read) -> MergeWay:
    """Return how this organisation merges."""

    def send(kept: RecordRef, gone: RecordRef) -> RecordRef:
        module = MODULES[kept.kind]
        shape = line.shape_of(module) or {}
        names = [{"api_name": name, "_data": []} for name, spec in shape.items() if may(spec, Right.UPDATE)]
        body = {"merge": [{"data": [{"id": str(gone.id), "_fields": []}], "master_record_fields": names}]}
        answer = line.ask(JsonCall("POST", f"{BASE}/{module}/{kept.id}/actions/merge", body, also=frozenset({400})))
        code = _code_of(answer)
        if code in {"SCHEDULED", "RECORD_LOCKED"} and read(gone) is not None:
            raise Temporary("Zoho is at work on the two records; looking again.", detail=code, retry_after=LOOK_AGAIN)
        return kept

    return MergeWay("Zoho", read, send)


def _code_of(answer: JsonAnswer) -> str:
    """Return what became of the one merge asked for: a success, or a lock, which may be that of an earlier attempt."""
    rows = answer.body.get("merge") if isinstance(answer.body, Mapping) else None
    body = {"data": rows} if isinstance(rows, list) else answer.body
    fault = fault_in(body)
    row = fault or (rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], Mapping) else {})
    code = str(row.get("code"))
    if code in _KNOWN:
        return code
    if fault is None and answer.status < 400:
        raise garbled(ValueError())
    raise refused(*refusal_of(answer.status, body))
