"""What the rep has connected, and what a connector needs to be connected."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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
class SignInInfo:
    """How one signs in at a vendor instead of pasting a token.

    `stands_for` is the SECRET setting it stands for, `settings` are what it asks for besides, `told` are settings that
    come back from the vendor, so that nobody has to type them.
    """

    stands_for: str
    settings: tuple[FieldSpec, ...]
    told: frozenset[str] = frozenset()
    has_code: bool = False


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The end of a sign-in: what the vault keeps of it, and settings of the Connection that the vendor told us."""

    grant: str = field(repr=False)
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ConnectorInfo:
    """What a Connector is, as data. What a vendor cannot do is missing from `can`, not an exception later.

    Words in `can` so far: `drafts`, `push` (mail); `upsert_key`, `conflict_check`, `delete`, `merge`, `find`,
    `bulk`, `webhook_check` (CRM; the registry adds that one).
    `at_once` is how many Records a CRM's connector takes in one batch, 1 where it writes one after the other.
    """

    name: str
    title: str
    family: Family
    settings: tuple[FieldSpec, ...]
    can: frozenset[str] = frozenset()
    kinds: frozenset[RecordKind] = frozenset()
    at_once: int = 1
    sign_in: SignInInfo | None = None


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
