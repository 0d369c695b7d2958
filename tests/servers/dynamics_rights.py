"""What the loopback Dataverse tells of its columns and of the rep's rights."""

from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from tests.servers.dynamics_store import Store
from tests.servers.dynamics_tables import TABLES, Table

_RIGHTS = ("Read", "Create", "Write", "Delete")
_ALLOWED, _DENIED = 4, 0


def _id(*parts: str) -> str:
    return str(uuid5(NAMESPACE_OID, "/".join(parts)))


def description(store: Store, table: Table) -> Mapping[str, Any]:
    """Return what EntityDefinitions says of columns and privileges."""
    columns = []
    for spec in store.attributes(table).values():
        place = (table.name, spec.name)
        columns.append(
            {
                "LogicalName": spec.name,
                "MetadataId": _id(*place),
                "AttributeType": spec.type,
                "IsValidForRead": True,
                "IsValidForCreate": spec.create and place not in store.readonly,
                "IsValidForUpdate": spec.update and place not in store.readonly,
                "RequiredLevel": {"Value": "SystemRequired" if place in store.required else spec.required or "None"},
                "IsSecured": place in store.hidden | store.unwritable,
            }
        )
    rights = [{"PrivilegeType": right, "PrivilegeId": _id(table.name, "may", right)} for right in _RIGHTS]
    return {"Attributes": columns, "Privileges": rights}


def privileges(store: Store) -> Mapping[str, Any]:
    """Return what RetrieveUserPrivileges says."""
    granted = [(name, right) for name in TABLES for right in _RIGHTS if (name, right) not in store.denied]
    return {"RolePrivileges": [{"PrivilegeId": _id(name, "may", right), "Depth": "Local"} for name, right in granted]}


def profiles(store: Store) -> Mapping[str, Any]:
    """Return what RetrievePrincipalAttributePrivileges says: nothing of columns that the rep may not even see."""
    rights = {"CanRead": _ALLOWED, "CanCreate": _DENIED, "CanUpdate": _DENIED}
    shown = sorted(store.unwritable - store.hidden)
    return {"AttributePrivileges": [{"AttributeId": _id(*place), **rights} for place in shown]}
