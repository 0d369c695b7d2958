"""Whom records can belong to, as far as the mapping knows a call that lists them."""

from desktop.connectors.custom.line import CustomLine
from desktop.connectors.custom.mapping import People
from desktop.connectors.custom.pointers import look
from desktop.connectors.custom.templates import as_text
from desktop.domain.rights import Owner


def owners_in(line: CustomLine, people: People) -> tuple[Owner, ...]:
    """Return everybody in the first answer who has an id and a name, once each."""
    listed = look(line.ask(people, {}).body, people.rows)
    if not isinstance(listed, list):
        raise line.garbled()
    found: dict[str, Owner] = {}
    for row in listed:
        who, name, email = (look(row, at) if at else "" for at in (people.id, people.name, people.email))
        if isinstance(who, str | int) and isinstance(name, str) and name.strip() and as_text(who):
            owner = Owner(as_text(who), name.strip(), email if isinstance(email, str) else "")
            found.setdefault(owner.id, owner)
    return tuple(found.values())
