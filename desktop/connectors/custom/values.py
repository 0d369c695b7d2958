"""One field's value in its two forms: our canonical text, and whatever the mapping says the CRM keeps."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any

from msgspec import UNSET

from desktop.connectors import fieldmap
from desktop.connectors.custom.mapping import Field, Identity, Stamp
from desktop.connectors.custom.templates import as_text, fill, match
from desktop.connectors.fieldmap import Codec, Unreadable
from desktop.domain.records import FIELDS, FieldType, RecordKind

_PARTS = ("year", "month", "day", "hour", "minute", "second", "microsecond")
_MOMENTS = frozenset({"datetime", "date", "seconds", "milliseconds"})
_LONGEST_ID = 200


# --- moments ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Moments:
    """Reads and writes moments as a `Stamp` says; a naive one is in `zone`."""

    stamp: Stamp
    zone: tzinfo

    def read(self, raw: Any) -> datetime:
        """Return the moment in UTC; raise ValueError when there is none."""
        try:
            found = {"value": raw} if self.stamp.wrap is UNSET else match(self.stamp.wrap, raw)
            if "value" in found:
                moment = _moment(found["value"], self.stamp.form, self.zone)
            else:
                moment = _from_parts(found).replace(tzinfo=self.zone)
            return moment.astimezone(UTC)
        except (ArithmeticError, TypeError, OSError, LookupError) as error:
            raise ValueError("no moment") from error

    def write(self, moment: datetime) -> Any:
        """Return the CRM's form of a moment, without fractions of a second."""
        local = moment.astimezone(self.zone).replace(microsecond=0)
        if self.stamp.wrap is UNSET:
            return _written(local, self.stamp.form)
        values = {"value": _written(local, self.stamp.form), **{part: getattr(local, part) for part in _PARTS}}
        return fill(self.stamp.wrap, values)


def _from_parts(found: Mapping[str, Any]) -> datetime:
    year, month, day, hour, minute, second, fraction = (int(found.get(part, 0)) for part in _PARTS)
    return datetime(year, month, day, hour, minute, second, fraction)  # noqa: DTZ001  (its zone comes from the mapping)


def _moment(raw: Any, form: str, zone: tzinfo) -> datetime:
    if isinstance(raw, bool):
        raise TypeError("no moment")
    if form in {"seconds", "milliseconds"}:
        return datetime.fromtimestamp(float(raw) / (1000 if form == "milliseconds" else 1), UTC)
    if "%" in form:
        moment = datetime.strptime(str(raw).strip(), form)  # noqa: DTZ007  (its zone comes from the mapping)
    elif form == "date":
        moment = datetime.fromisoformat(str(raw).strip()[:10])
    else:
        moment = datetime.fromisoformat(str(raw).strip())
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _written(moment: datetime, form: str) -> Any:
    if form == "seconds":
        return int(moment.timestamp())
    if form == "milliseconds":
        return int(moment.timestamp()) * 1000
    if form == "date":
        return moment.date().isoformat()
    return moment.strftime(form) if "%" in form else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


# --- values -----------------------------------------------------------------------------------------------------------


def codec_of(kind: RecordKind, name: str, field: Field, zone: tzinfo, ids: Mapping[str, Identity]) -> Codec:
    """Return the two directions of one mapped field; `ids` are the identities of the kinds a reference may name."""
    type_ = FIELDS[kind][name].type
    if type_ is FieldType.REFERENCE:
        return _link(field, ids)
    if type_ in {FieldType.DATE, FieldType.DATETIME} and field.form != "day" and not field.values:
        return _dated(type_, field, zone)
    base = _listed(field) if field.values else _plain(type_, name, field.form)
    return base if field.wrap is UNSET else _wrapped(base, field.wrap)


def _dated(type_: FieldType, field: Field, zone: tzinfo) -> Codec:
    usual = "date" if type_ is FieldType.DATE else "datetime"
    moments = Moments(Stamp(form=field.form or usual, wrap=field.wrap), zone)

    def write(value: str) -> Any:
        if type_ is FieldType.DATE:
            day = date.fromisoformat(value)
            return moments.write(datetime(day.year, day.month, day.day, tzinfo=zone))
        moment = datetime.fromisoformat(value)
        return moments.write(moment if moment.tzinfo else moment.replace(tzinfo=zone))

    def read(raw: Any) -> str:
        try:
            moment = moments.read(raw)
            return moment.astimezone(zone).date().isoformat() if type_ is FieldType.DATE else moment.isoformat()
        except (ValueError, OverflowError) as error:
            raise Unreadable(raw) from error

    return Codec(write, read)


def _plain(type_: FieldType, name: str, form: str) -> Codec:
    usual = fieldmap.DOMAIN if name == "domain" else fieldmap.CODECS.get(type_, fieldmap.TEXT)
    special = {
        "text_number": Codec(_plain_number, fieldmap.MONEY.read),
        "cents": Codec(_write_cents, _read_cents),
        "number": fieldmap.MONEY,
        "integer": Codec(int, as_text),
        "flag": Codec(_flag, as_text),
        "day": fieldmap.DAY,
        "domain": fieldmap.DOMAIN,
    }
    codec = special.get(form, usual)
    return Codec(codec.write, lambda raw: codec.read(_scalar(raw)))


def _listed(field: Field) -> Codec:
    """Return the codec of a table of values: the CRM's on the left of the file, ours on the right."""
    theirs = {ours: value for value, ours in field.values.items()}
    forms: Mapping[str, Callable[[str], Any]] = {"integer": int, "number": fieldmap.MONEY.write, "flag": _flag}
    typed = forms.get(field.form, str)

    def write(value: str) -> Any:
        if value not in theirs:
            raise ValueError("not in the list")
        return typed(theirs[value])

    def read(raw: Any) -> str:
        ours = field.values.get(as_text(_scalar(raw)))
        if ours is None:
            raise Unreadable(raw)
        return ours

    return Codec(write, read)


def _wrapped(base: Codec, wrap: Any) -> Codec:
    def read(raw: Any) -> str:
        try:
            found = match(wrap, raw)
        except ValueError as error:
            raise Unreadable(raw) from error
        return base.read(found.get("value"))

    return Codec(lambda value: fill(wrap, {"value": base.write(value)}), read)


def _link(field: Field, ids: Mapping[str, Identity]) -> Codec:
    allowed = tuple(RecordKind(kind) for kind in field.refers)
    kinds = {theirs: ours for ours, theirs in field.refers.items()}
    wrap = "{value}" if field.wrap is UNSET else field.wrap

    def write(value: str) -> Any:
        ref = fieldmap.reference(value, allowed)
        written = written_id(ids[ref.kind.value], ref.id)
        return fill(wrap, {"value": written, "kind": field.refers[ref.kind.value]})

    def read(raw: Any) -> str:
        try:
            found = match(wrap, raw)
            kind = kinds[found["kind"]] if "kind" in found else allowed[0].value
            return f"{kind}:{id_of(ids[kind], found['value'])}"
        except (ValueError, LookupError, TypeError) as error:
            raise Unreadable(raw) from error

    return Codec(write, read)


def _scalar(raw: Any) -> Any:
    if isinstance(raw, dict | list):
        raise Unreadable(raw)
    return raw


def _plain_number(value: str) -> str:
    return fieldmap.MONEY.read(_decimal(value))


def _write_cents(value: str) -> int:
    cents = _decimal(value) * 100
    if cents != cents.to_integral_value():
        raise ValueError("part of a cent")
    return int(cents)


def _read_cents(raw: Any) -> str:
    try:
        return fieldmap.MONEY.read(_decimal(str(raw)) / 100)
    except ValueError as error:
        raise Unreadable(raw) from error


def _decimal(value: str) -> Decimal:
    try:
        number = Decimal(value)
    except InvalidOperation as error:
        raise ValueError("no number") from error
    if not number.is_finite():
        raise ValueError("no number")
    return number


def _flag(value: str) -> bool:
    if value not in {"true", "false"}:
        raise ValueError("neither true nor false")
    return value == "true"


# --- ids --------------------------------------------------------------------------------------------------------------


def is_id(identity: Identity, text: str) -> bool:
    """Return True when `text` could be an id of this CRM, and so may stand in an address."""
    if identity.form == "integer":
        return text.isascii() and text.isdecimal() and len(text) < 19
    return 0 < len(text) <= _LONGEST_ID and text.isprintable() and text.strip(". ") != ""


def id_of(identity: Identity, raw: Any) -> str:
    """Return an id that a CRM sent as text; raise ValueError for what is none."""
    text = str(raw) if isinstance(raw, str | int) and not isinstance(raw, bool) else ""
    if not is_id(identity, text):
        raise ValueError("no id")
    return text


def written_id(identity: Identity, text: str) -> str | int:
    """Return an id as the CRM wants it in bodies; raise ValueError for what cannot be one."""
    if not is_id(identity, text):
        raise ValueError("no id")
    return int(text) if identity.form == "integer" else text
