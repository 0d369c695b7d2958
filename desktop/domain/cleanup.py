"""Records that stand in one CRM more than once: what is known of them, and what the rep decides to make of them.

Which Record stays: the one that most other Records point to; of those with as many, the one with most fields filled
in; of those, the one that has been as it is for longest. Which value stays: that of this Record, and where it has
none, the newest of the others. The rep may choose otherwise, Record by Record and field by field.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from desktop.domain.ids import ClusterId, ConnectionId, RecordId
from desktop.domain.matching import domain_key, phone_key
from desktop.domain.records import FIELDS, FieldType, RecordKind, RecordSnapshot


class Strategy(StrEnum):
    """Whose value a field has afterwards.

    KEEP that of the Record that stays · OTHER the first value another one has · NEWEST that of the Record changed
    last, among those that have one · LONGEST the one with most characters, as the newest has it.
    """

    KEEP = "keep"
    OTHER = "other"
    NEWEST = "newest"
    LONGEST = "longest"


class Settled(StrEnum):
    """What the rep decided about a cluster."""

    OPEN = "open"
    APPROVED = "approved"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class Member:
    """One Record of a cluster, as it stood when it was found; `links` counts the Records that point to it."""

    record: RecordSnapshot
    links: int = 0
    reasons: tuple[str, ...] = ()

    @property
    def rank(self) -> tuple[int, int, float]:
        """What tells which Record stays: the highest does."""
        filled = sum(1 for value in self.record.fields.values() if value)
        return self.links, filled, -self.record.modified_at.timestamp()


@dataclass(frozen=True, slots=True)
class MergePlan:
    """What the rep wants. `strategies` names the fields in which it is not the usual one; `apart` who is another.

    `with_note` has the values that would vanish kept in a note beside the Record that stays.
    """

    kept: RecordId
    strategies: Mapping[str, Strategy] = field(default_factory=dict)
    apart: tuple[RecordId, ...] = ()
    with_note: bool = False


@dataclass(frozen=True, slots=True)
class Cluster:
    """Records of one kind in one CRM that are probably the same. `chance` is that of the least likely of them."""

    id: ClusterId
    connection_id: ConnectionId
    kind: RecordKind
    members: tuple[Member, ...]
    chance: float
    settled: Settled = Settled.OPEN
    plan: MergePlan | None = None
    can_merge: bool = False
    round: int = 0

    @property
    def title(self) -> str:
        """What it goes by: the Record that stays."""
        return self.title_under(self.plan or usual_plan(self))

    def title_under(self, plan: MergePlan) -> str:
        """Return what it goes by if a plan is carried out."""
        found = (member.record.title for member in self.members if member.record.ref.id == plan.kept)
        return next(found, self.members[0].record.title)


@dataclass(frozen=True, slots=True)
class MergedField:
    """One field afterwards. `vanishing` are the values that no field will hold any more."""

    name: str
    strategy: Strategy
    before: str | None
    after: str | None
    vanishing: tuple[str, ...]

    @property
    def is_change(self) -> bool:
        """Whether something has to be written."""
        return (self.before or None) != (self.after or None)


def usual_plan(cluster: Cluster) -> MergePlan:
    """Return what is proposed: see the module."""
    return MergePlan(max(cluster.members, key=lambda member: member.rank).record.ref.id)


def merging(cluster: Cluster, plan: MergePlan) -> tuple[Member, tuple[Member, ...]]:
    """Return the Record that stays and those that go; raise LookupError where the plan leaves fewer than two."""
    taking_part = [member for member in cluster.members if member.record.ref.id not in plan.apart]
    kept = next((member for member in taking_part if member.record.ref.id == plan.kept), None)
    if kept is None or len(taking_part) < 2:
        raise LookupError(plan.kept)
    return kept, tuple(member for member in taking_part if member is not kept)


def merged_fields(cluster: Cluster, plan: MergePlan) -> tuple[MergedField, ...]:
    """Return the fields of the Record that stays, as they will be; only those it shows to the rep."""
    kept, others = merging(cluster, plan)
    return tuple(
        _merged(cluster.kind, name, kept, others, plan.strategies.get(name))
        for name in FIELDS[cluster.kind]
        if name in kept.record.fields
    )


def _merged(
    kind: RecordKind, name: str, kept: Member, others: tuple[Member, ...], chosen: Strategy | None
) -> MergedField:
    before = kept.record.fields.get(name) or None
    strategy = chosen or (Strategy.KEEP if before else Strategy.NEWEST)
    after = _value(strategy, name, kept, others)
    form = FIELDS[kind][name].type
    lost: dict[str, str] = {}
    for member in (kept, *others):
        value = member.record.fields.get(name)
        if value and _plain(name, form, value) != _plain(name, form, after or ""):
            lost.setdefault(_plain(name, form, value), value)
    return MergedField(name, strategy, before, after, tuple(lost.values()))


def _value(strategy: Strategy, name: str, kept: Member, others: tuple[Member, ...]) -> str | None:
    holders = [member.record for member in (kept, *others) if member.record.fields.get(name)]
    if strategy is Strategy.KEEP or not holders:
        return kept.record.fields.get(name) or None
    if strategy is Strategy.OTHER:
        found = [record for record in holders if record is not kept.record]
        return (found or holders)[0].fields[name]
    newest = sorted(holders, key=lambda record: record.modified_at, reverse=True)
    if strategy is Strategy.LONGEST:
        return max(newest, key=lambda record: len(record.fields[name] or "")).fields[name]
    return newest[0].fields[name]


def _plain(name: str, form: FieldType, value: str) -> str:
    """Return the form in which two spellings of one value are the same."""
    if form is FieldType.PHONE:
        return phone_key(value) or value
    if name == "domain":
        return domain_key(value) or value
    return " ".join(value.split()).casefold()


def same_fields(one: RecordSnapshot, other: RecordSnapshot) -> bool:
    """Whether a Record holds what it held: an empty field and an absent one are the same."""
    names = {*one.fields, *other.fields}
    return all((one.fields.get(name) or None) == (other.fields.get(name) or None) for name in names)
