"""What a CRM can do, as far as its mapping says: the words of `ConnectorInfo.can`."""

from desktop.connectors.custom.mapping import CrmMap, Operation
from desktop.connectors.custom.templates import places


def abilities(mapping: CrmMap) -> frozenset[str]:
    """Return what every kind of a mapping can. A kind without a unique key takes `upsert_key` away."""
    kinds = mapping.kinds.values()
    able = {
        "upsert_key": all(kind.key is not None and kind.key.unique for kind in kinds),
        "conflict_check": all(_is_guarded(kind.update) for kind in kinds),
        "delete": all(kind.delete is not None for kind in kinds),
        "find": any(kind.find_by for kind in kinds),
    }
    return frozenset(word for word, is_able in able.items() if is_able)


def _is_guarded(operation: Operation | None) -> bool:
    if operation is None:
        return False
    parts = [operation.path, operation.params, operation.headers, operation.variables, operation.body]
    return any("version" in places(part) for part in parts)
