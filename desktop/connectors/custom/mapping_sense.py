"""What the parts of a mapping must mean together: names that exist, places that are some, operations that are whole."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from difflib import get_close_matches
from zoneinfo import ZoneInfo

from msgspec import UNSET

from desktop.connectors.custom.mapping import (
    MEANINGS,
    CrmMap,
    Field,
    Kind,
    Listing,
    Operation,
    Paging,
    People,
    SignIn,
    Stamp,
)
from desktop.connectors.custom.pointers import parse
from desktop.connectors.custom.templates import places
from desktop.domain.records import FIELDS, FieldType, RecordKind

FORMS = (
    *("text", "number", "integer", "text_number", "cents", "flag", "date", "datetime"),
    *("seconds", "milliseconds", "day", "domain"),
)
MOMENTS = ("datetime", "seconds", "milliseconds", "date")
_FEED = frozenset({"since", "limit", "cursor", "page", "offset"})
_LOOK_UPS = ("email", "phone", "name")
_GIVEN: Mapping[str, frozenset[str]] = {
    "read": frozenset({"id"}),
    "create": frozenset({"fields", "key"}),
    "update": frozenset({"id", "fields", "version"}),
    "delete": frozenset({"id", "version"}),
}


def problems_in(mapping: CrmMap) -> Iterator[str]:
    """Yield what is wrong with a mapping whose shape is right, a sentence each."""
    yield from _sign_in(mapping.sign_in)
    always = frozenset(mapping.constants) | frozenset(mapping.sign_in.keep) | {"user"}
    if mapping.sign_in.call is not None:
        yield from _operation(mapping.sign_in.call, "sign_in.call", always | {"secret"})
    yield from _errors(mapping)
    try:
        ZoneInfo(mapping.timezone)
    except (LookupError, ValueError, OSError):
        yield f"“timezone” is “{mapping.timezone}”; it should be a name like Europe/Berlin, or UTC."
    if not mapping.kinds:
        yield f"“kinds” is empty; name at least one of: {', '.join(RecordKind)}."
    if mapping.check is not None:
        yield from _operation(mapping.check, "check", always)
    if mapping.owners is not None:
        yield from _operation(mapping.owners, "owners", always)
        yield from _places({"name": mapping.owners.name, "email": mapping.owners.email}, "owners")
    for name, kind in mapping.kinds.items():
        if name not in set(RecordKind):
            yield f"“kinds.{name}” is not known; {_one_of(name, RecordKind)}."
        else:
            yield from _kind(kind, RecordKind(name), mapping, always)


def _sign_in(sign_in: SignIn) -> Iterator[str]:
    if sign_in.kind == "header" and not sign_in.header:
        yield "“sign_in.header” is missing; it should be the header that carries the secret, like X-Api-Key."
    if sign_in.kind == "session":
        if sign_in.call is None:
            yield "“sign_in.call” is missing; it should be the call that signs in, with {secret} in its body."
        if not sign_in.keep or not sign_in.headers:
            yield "“sign_in.keep” and “sign_in.headers” are needed: what to keep, and the headers with it."
    if sign_in.call is not None and "secret" in {*places(sign_in.call.path), *places(sign_in.call.params)}:
        yield "“sign_in.call” puts the secret into an address, where logs would keep it; put {secret} into the body."
    yield from _places(sign_in.keep, "sign_in.keep")


def _errors(mapping: CrmMap) -> Iterator[str]:
    errors = mapping.errors
    for name, pointers in (("at", errors.at), ("code", errors.code), ("field", errors.field)):
        yield from _places({str(number): at for number, at in enumerate(pointers)}, f"errors.{name}")
    for name, table in (("codes", errors.codes), ("statuses", errors.statuses)):
        for key, meaning in table.items():
            if meaning not in MEANINGS:
                yield f"“errors.{name}.{key}” is “{meaning}”; {_one_of(meaning, MEANINGS)}."
    for status in errors.statuses:
        if not (status.isascii() and status.isdecimal() and len(status) == 3):
            yield f"“errors.statuses.{status}” is no HTTP status; it should be three digits."


def _kind(kind: Kind, name: RecordKind, mapping: CrmMap, always: frozenset[str]) -> Iterator[str]:
    where = f"kinds.{name.value}"
    fixed: dict[str, str | None] = {
        "id.at": kind.id.at,
        "modified.at": kind.modified.at or None,
        "key.at": kind.key.at if kind.key else None,
        "version.at": kind.version.at if kind.version else None,
        "deleted.at": kind.deleted.at if kind.deleted else None,
        **{f"only[{number}].at": flag.at for number, flag in enumerate(kind.only)},
    }
    yield from _places({key: at for key, at in fixed.items() if at is not None}, where)
    if not kind.modified.at:
        yield f"“{where}.modified.at” is missing; it should be where a record says when it was last changed."
    yield from _stamp(kind.modified, f"{where}.modified")
    if kind.version is not None and bool(kind.version.at) is bool(kind.version.header):
        yield f"“{where}.version” needs one of “at” (a place in the record) and “header” (like ETag)."
    if kind.key is not None and not 16 <= kind.key.length <= 32:
        yield f"“{where}.key.length” is {kind.key.length}; it should be 16 to 32, so that no two keys are the same."
    yield from _fields(kind, name, mapping, where)
    yield from _operations(kind, where, always)


def _operations(kind: Kind, where: str, always: frozenset[str]) -> Iterator[str]:
    for verb, given in _GIVEN.items():
        operation: Operation | None = getattr(kind, verb)
        if operation is not None:
            yield from _operation(operation, f"{where}.{verb}", always | given, needs=given & {"id", "fields"})
    yield from _further_calls(kind, where, always)
    yield from _feed(kind.changes, f"{where}.changes", always)
    if kind.deletions is not None:
        yield from _feed(kind.deletions, f"{where}.deletions", always)
        if kind.deletions.modified is None or not kind.deletions.modified.at:
            yield f"“{where}.deletions.modified” is missing; it should be where a row says when the record was deleted."
    yield from _look_ups(kind, where, always)


def _further_calls(kind: Kind, where: str, always: frozenset[str]) -> Iterator[str]:
    if kind.delete is not None and kind.delete.then is not None:
        yield from _operation(kind.delete.then, f"{where}.delete.then", always | {"id"}, needs={"id"})
    for field, spec in kind.fields.items():
        for value, step in spec.steps.items() if isinstance(spec, Field) else ():
            yield from _operation(
                step, f"{where}.fields.{field}.steps.{value}", always | _GIVEN["delete"], needs={"id"}
            )


def _look_ups(kind: Kind, where: str, always: frozenset[str]) -> Iterator[str]:
    if kind.find_by_key is not None:
        yield from _operation(kind.find_by_key, f"{where}.find_by_key", always | _FEED | {"key"}, needs={"key"})
    if kind.key is not None and kind.find_by_key is None:
        yield f"“{where}.find_by_key” is missing; it should be the call that finds records by {{key}}."
    if kind.key is None and kind.find_by_key is not None:
        yield f"“{where}.key” is missing; it should be where a record keeps the key that find_by_key looks for."
    for field, look_up in kind.find_by.items():
        yield from _operation(look_up, f"{where}.find_by.{field}", always | _FEED | {"value"}, needs={"value"})
        if field not in _LOOK_UPS:
            yield f"“{where}.find_by.{field}” is not known; {_one_of(field, _LOOK_UPS)}."


def _feed(feed: Listing, where: str, always: frozenset[str]) -> Iterator[str]:
    paging = feed.paging
    turns: dict[str, set[str]] = {"cursor": {"cursor"}, "page": {"page"}, "offset": {"offset"}}
    yield from _operation(feed, where, always | _FEED, needs={"since"} | turns.get(paging.kind, set()))
    yield from _stamp(feed.since, f"{where}.since")
    yield from _stamp(feed.modified, f"{where}.modified")
    yield from _paging(paging, f"{where}.paging")
    if paging.kind in turns.keys() - {"cursor"} and not feed.oldest_first:
        yield (
            f"“{where}.oldest_first” must be true with “{paging.kind}” paging: rows that are edited meanwhile would "
            "push others past us. Let the call sort by modification time, ascending."
        )


def _paging(paging: Paging, where: str) -> Iterator[str]:
    if paging.kind == "cursor" and not paging.next:
        yield f"“{where}.next” is missing; it should be where the answer keeps the next cursor."
    if paging.size < 1:
        yield f"“{where}.size” is {paging.size}; it should be the number of rows a page of this CRM holds."
    yield from _places({"next": paging.next, "more": paging.more}, where)


def _operation(
    operation: Operation, where: str, known: frozenset[str], *, needs: Iterable[str] = frozenset()
) -> Iterator[str]:
    if not operation.path.startswith("/") and not operation.graphql:
        yield f"“{where}.path” is “{operation.path}”; it should begin with / and stand below the address."
    if operation.graphql and (operation.body is not UNSET or operation.method not in {"GET", "POST"}):
        yield f"“{where}” is GraphQL, which is always a POST of the query: leave out “method” and “body”."
    body = operation.body if operation.body is not UNSET else None
    used = {
        *places(operation.path),
        *places(operation.params),
        *places(operation.headers),
        *places(body),
        *places(operation.variables),
    }
    for name in sorted(used - known):
        yield f"“{where}” uses {{{name}}}, which does not exist here; {_one_of(name, sorted(known))}."
    for name in sorted(set(needs) - used):
        yield f"“{where}” has no {{{name}}}; put it where the CRM wants it."
    pointers = {"row": operation.row, "id": operation.id, "fault": operation.fault}
    if isinstance(operation, Listing | People):
        pointers["rows"] = operation.rows
    yield from _places({key: at for key, at in pointers.items() if at is not None}, where)
    yield from _places({f"set.{at}": at for at in operation.set}, where)


def _fields(kind: Kind, name: RecordKind, mapping: CrmMap, where: str) -> Iterator[str]:
    known = FIELDS[name]
    for field, spec in kind.fields.items():
        at = f"{where}.fields.{field}"
        if field not in known:
            yield f"“{at}” is not known; {_one_of(field, known)}."
        elif isinstance(spec, str):
            yield from _places({field: spec}, f"{where}.fields")
            if known[field].type is FieldType.REFERENCE:
                yield f"“{at}” points to other records; write it as an object with “at” and “refers”."
        else:
            yield from _field(spec, known[field].type, mapping, at)
    for number, joined in enumerate(kind.joined):
        yield from _places({"at": joined.at}, f"{where}.joined[{number}]")
        unknown = [field for field in joined.fields if field not in known or field in kind.fields]
        if unknown or len(joined.fields) < 2 or not joined.by:
            yield (
                f"“{where}.joined[{number}]” joins {', '.join(joined.fields)} with “{joined.by}”; it needs a text "
                f"between and two or more fields that are not mapped already, of: {', '.join(known)}."
            )


def _field(spec: Field, type_: FieldType, mapping: CrmMap, where: str) -> Iterator[str]:
    yield from _places({"at": spec.at, "write_to": spec.write_to}, where)
    if spec.form and spec.form not in FORMS and "%" not in spec.form:
        yield f"“{where}.form” is “{spec.form}”; {_one_of(spec.form, FORMS)}, or a pattern like %d.%m.%Y."
    yield from _reference(spec, type_, mapping, where)
    if spec.wrap is not UNSET and not {"value", "year"} & set(places(spec.wrap)):
        yield f"“{where}.wrap” has no {{value}}; put it where the value stands."
    if len(set(spec.values.values())) < len(spec.values) and spec.write != "never":
        yield f"“{where}.values” has one of our values twice, so writing it is a guess; set “write” to never."
    for value in spec.steps:
        if value not in spec.values.values():
            yield f"“{where}.steps.{value}” is not among “values”; {_one_of(value, spec.values.values())}."
    if spec.values and spec.choices:
        yield f"“{where}.choices”: leave it out, the right-hand sides of “values” are the choices."
    if spec.entry is not None:
        at_entry = {"value": spec.entry.value, "id": spec.entry.id, **{f"where.{at}": at for at in spec.entry.where}}
        yield from _places(at_entry, f"{where}.entry")


def _reference(spec: Field, type_: FieldType, mapping: CrmMap, where: str) -> Iterator[str]:
    if (type_ is FieldType.REFERENCE) is not bool(spec.refers):
        right = (
            "name the kinds it may point to" if type_ is FieldType.REFERENCE else "leave it out, this is no reference"
        )
        yield f"“{where}.refers”: {right}."
    for kind in spec.refers:
        if kind not in mapping.kinds:
            yield f"“{where}.refers.{kind}” is not among the kinds of this file: {', '.join(mapping.kinds)}."
    if len(spec.refers) > 1 and (spec.wrap is UNSET or "kind" not in set(places(spec.wrap))):
        yield f"“{where}.wrap” must say with {{kind}} and {{value}} how the CRM tells what a reference points to."
    if (spec.values or spec.choices) and type_ is FieldType.REFERENCE:
        yield f"“{where}” is a reference, which has neither “values” nor “choices”."


def _stamp(stamp: Stamp | None, where: str) -> Iterator[str]:
    if stamp is not None and stamp.form not in MOMENTS and not _tells_seconds(stamp.form):
        yield f"“{where}.form” is “{stamp.form}”; {_one_of(stamp.form, MOMENTS)}, or a pattern like %Y-%m-%d %H:%M:%S."


def _tells_seconds(form: str) -> bool:
    if "%" not in form:
        return False
    moment = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
    try:
        return datetime.strptime(moment.strftime(form), form).replace(tzinfo=UTC) == moment
    except ValueError:
        return False


def _places(pointers: Mapping[str, str], where: str) -> Iterator[str]:
    for key, pointer in pointers.items():
        try:
            parse(pointer)
        except ValueError:
            right = pointer.strip("$./").replace(".", "/")
            yield f"“{where}.{key}” is “{pointer}”; it should be a place like /{right}."


def _one_of(name: str, known: Iterable[str]) -> str:
    listed = [str(word) for word in known]
    close = get_close_matches(name, listed, n=1)
    return f"did you mean “{close[0]}”" if close else f"it should be one of: {', '.join(listed)}"
