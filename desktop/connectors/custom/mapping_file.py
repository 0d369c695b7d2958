"""Reads a mapping file and says what is wrong with it: which key, what is wrong, what would be right.

All that is wrong is found at once, so that an administrator need not start over for each mistake. Shapes are checked
here key by key; what the parts mean together is checked in `mapping_sense`.
"""

import json
import types
import typing
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from desktop.connectors.custom.mapping import CrmMap, Strict
from desktop.connectors.custom.mapping_sense import problems_in
from desktop.domain.errors import UserActionNeeded

LARGEST = 1024 * 1024
_SHOWN = 3


def load(path: Path) -> CrmMap:
    """Return the mapping in a file; raise UserActionNeeded that names the file, the keys, and what would be right."""
    problems, mapping = checked(path)
    if mapping is None:
        more = f" And {len(problems) - _SHOWN} more." if len(problems) > _SHOWN else ""
        raise UserActionNeeded(f"{path.name}: {' '.join(problems[:_SHOWN])}{more}", detail="mapping file")
    return mapping


def checked(path: Path) -> tuple[list[str], CrmMap | None]:
    """Return what is wrong with a file, a sentence each, and its mapping when nothing is."""
    try:
        if path.stat().st_size > LARGEST:
            return ["The file is larger than a megabyte; a mapping file is a few pages of JSON."], None
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        return [f"The file cannot be read ({error.strerror}); check its path in the settings."], None
    except UnicodeDecodeError as error:
        return [f"Byte {error.start} is not UTF-8; save the file as UTF-8."], None
    return read(text)


def read(text: str) -> tuple[list[str], CrmMap | None]:
    """Return what is wrong with a mapping's text, and the mapping when nothing is."""
    try:
        data = json.loads(text, object_pairs_hook=_no_doubles)
    except _TwiceError as error:
        return [f"The key “{error}” stands twice in one object; remove one."], None
    except json.JSONDecodeError as error:
        return [f"Line {error.lineno}, column {error.colno} is no JSON: {error.msg.lower()}."], None
    except (ValueError, RecursionError):
        return ["The file is no JSON that can be read: its numbers or its nesting are too big."], None
    problems = list(_check(data, CrmMap, ""))
    if problems:
        return problems, None
    mapping = msgspec.convert(data, CrmMap)
    problems = list(problems_in(mapping))
    return problems, None if problems else mapping


class _TwiceError(ValueError):
    pass


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise _TwiceError(name)
        found[name] = value
    return found


def _check(data: Any, wanted: Any, where: str) -> Iterator[str]:
    """Yield what is wrong with `data`, which should be a `wanted`."""
    origin = get_origin(wanted)
    if isinstance(wanted, type) and issubclass(wanted, Strict):
        yield from _check_object(data, wanted, where)
    elif origin is dict:
        yield from _check_entries(data, get_args(wanted)[1], where)
    elif origin is list and isinstance(data, list):
        for number, item in enumerate(data):
            yield from _check(item, get_args(wanted)[0], f"{where}[{number}]")
    elif origin in {types.UnionType, typing.Union}:
        yield from _check(data, _member(data, get_args(wanted)), where)
    elif wanted is not Any:
        try:
            msgspec.convert(data, wanted)
        except msgspec.ValidationError:
            yield f"“{where}” is {_shown(data)}; it should be {_words(wanted)}."


def _member(data: Any, members: tuple[Any, ...]) -> Any:
    """Return the member of a union that `data` was probably meant to be."""
    for member in members:
        is_object = isinstance(member, type) and issubclass(member, Strict)
        if is_object is isinstance(data, dict) and (data is None) is (member is type(None)):
            return member
    return next(member for member in members if member is not type(None))


def _check_object(data: Any, wanted: type[Strict], where: str) -> Iterator[str]:
    if not isinstance(data, dict):
        yield f"“{where or 'the file'}” is {_shown(data)}; it should be an object {{…}}."
        return
    hints = {name: hint for name, hint in get_type_hints(wanted).items() if name in wanted.__struct_fields__}
    for name in data:
        if name not in hints:
            yield f"“{_join(where, name)}” is not known here; {_instead(name, hints)}."
    for needed in msgspec.structs.fields(wanted):
        if needed.required and needed.name not in data:
            yield f"“{_join(where, needed.name)}” is missing; it should be {_words(hints[needed.name])}."
    for name, hint in hints.items():
        if name in data:
            yield from _check(data[name], hint, _join(where, name))


def _check_entries(data: Any, wanted: Any, where: str) -> Iterator[str]:
    if not isinstance(data, dict):
        yield f"“{where}” is {_shown(data)}; it should be an object {{…}}."
        return
    for name, value in data.items():
        yield from _check(value, wanted, _join(where, name))


def _join(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _instead(name: str, known: Mapping[str, Any]) -> str:
    close = get_close_matches(name, known, n=1)
    return f"did you mean “{close[0]}”?".rstrip("?") if close else f"what may stand here: {', '.join(known)}"


def _shown(data: Any) -> str:
    kinds = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    word = kinds.get(type(data), "a number")
    return f"“{data}”" if isinstance(data, str) and len(data) <= 40 else word


def _words(wanted: Any) -> str:
    """Return what a type is called in the file."""
    if get_origin(wanted) is Literal:
        return f"one of: {', '.join(get_args(wanted))}"
    if isinstance(wanted, type) and issubclass(wanted, Strict):
        return f"an object with {', '.join(field.name for field in msgspec.structs.fields(wanted) if field.required)}"
    plain = {str: "a text", int: "a whole number", bool: "true or false"}
    if wanted in plain:
        return plain[wanted]
    if get_origin(wanted) in {types.UnionType, typing.Union}:
        return " or ".join(_words(member) for member in get_args(wanted) if member is not type(None))
    return "a list […]" if get_origin(wanted) is list else "an object {…}"
