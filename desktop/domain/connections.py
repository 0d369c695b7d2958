"""What the rep has connected, and what a connector needs to be connected."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from desktop.domain.ids import ConnectionId
from desktop.domain.records import RecordKind


class Family(StrEnum):
    """What a Connector connects to."""

    MAIL = "mail"
    CRM = "crm"


class FieldWidget(StrEnum):
    """How one setting of a Connection is asked for."""

    TEXT = "text"
    SECRET = "secret"  # noqa: S105  (the name of a kind of field)
    NUMBER = "number"
    CHOICE = "choice"
    FOLDER = "folder"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One setting a Connector asks for. SECRET settings go to the vault, never to the store."""

    key: str
    label: str
    widget: FieldWidget = FieldWidget.TEXT
    required: bool = True
    default: str = ""
    help: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConnectorInfo:
    """What a Connector is, as data. What a vendor cannot do is missing from `can`, not an exception later.

    Words in `can` so far: `drafts`, `push` (mail); `upsert_key`, `conflict_check`, `delete`, `find`, `bulk` (CRM).
    `at_once` is how many Records a CRM's connector takes in one batch, 1 where it writes one after the other.
    """

    name: str
    title: str
    family: Family
    settings: tuple[FieldSpec, ...]
    can: frozenset[str] = frozenset()
    kinds: frozenset[RecordKind] = frozenset()
    at_once: int = 1


@dataclass(frozen=True, slots=True)
class Connection:
    """One configured use of a Connector. `settings` never holds a secret."""

    id: ConnectionId
    connector: str
    family: Family
    title: str
    settings: Mapping[str, str]
    is_paused: bool = False


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where to go on reading one Connection. `marks` maps a folder or Record kind to the connector's own mark."""

    marks: Mapping[str, str]


EMPTY_CHECKPOINT = Checkpoint({})
