"""Templates: JSON in which `{name}` stands for a value. Filled in to write, matched to read the same back."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

PLACE = re.compile(r"\{([a-z][a-z0-9_]*)\}")


def fill(template: Any, values: Mapping[str, Any]) -> Any:
    """Return `template` with its places filled in; an object's entry whose value is None is left out."""
    if isinstance(template, str):
        whole = PLACE.fullmatch(template)
        if whole and whole[1] in values:
            return values[whole[1]]
        return fill_text(template, values)
    if isinstance(template, list):
        return [fill(part, values) for part in template]
    if isinstance(template, dict):
        return {
            fill_text(name, values): fill(part, values)
            for name, part in template.items()
            if not _is_unset(part, values)
        }
    return template


def fill_text(template: str, values: Mapping[str, Any]) -> str:
    """Return a text with its places filled in as text."""
    return PLACE.sub(lambda place: as_text(values[place[1]]) if place[1] in values else place[0], template)


def fill_path(template: str, values: Mapping[str, Any]) -> str:
    """Return a path in which every character of a value stands for itself."""
    return PLACE.sub(
        lambda place: quote(as_text(values[place[1]]), safe="") if place[1] in values else place[0], template
    )


def as_text(value: Any) -> str:
    """Return a JSON value as the text that stands for it in an address, a header or a table of values."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def places(template: Any) -> Iterator[str]:
    """Yield the names of a template's places."""
    if isinstance(template, str):
        yield from PLACE.findall(template)
    elif isinstance(template, Mapping):
        for name, part in template.items():
            yield from places(name)
            yield from places(part)
    elif isinstance(template, list):
        for part in template:
            yield from places(part)


def match(template: Any, value: Any) -> dict[str, Any]:
    """Return what stands in the template's places when it reads as `value`; raise ValueError when it does not."""
    if isinstance(template, str):
        return _match_text(template, value)
    if isinstance(template, dict) and isinstance(value, dict) and template.keys() <= value.keys():
        return _merged(match(part, value[name]) for name, part in template.items())
    if isinstance(template, list) and isinstance(value, list) and len(template) == len(value):
        return _merged(match(part, given) for part, given in zip(template, value, strict=True))
    if type(template) is type(value) and template == value:
        return {}
    raise ValueError("not of this form")


def _match_text(template: str, value: Any) -> dict[str, Any]:
    whole = PLACE.fullmatch(template)
    if whole:
        return {whole[1]: value}
    pattern = "".join(
        f"(?P<{part}>.+?)" if number % 2 else re.escape(part) for number, part in enumerate(PLACE.split(template))
    )
    found = re.fullmatch(pattern, value, re.DOTALL) if isinstance(value, str) else None
    if found is None:
        raise ValueError("not of this form")
    return found.groupdict()


def _merged(parts: Iterator[dict[str, Any]]) -> dict[str, Any]:
    return {name: value for part in parts for name, value in part.items()}


def _is_unset(part: Any, values: Mapping[str, Any]) -> bool:
    whole = PLACE.fullmatch(part) if isinstance(part, str) else None
    return whole is not None and whole[1] in values and values[whole[1]] is None
