"""What a CRM lets the rep write: asked before anything is shown for review, so that no refusal comes as a surprise."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from desktop.domain.records import FIELDS, FieldType, RecordKind, parse_ref

SHORT_FROM = 0.8
FEW_LEFT = 1000
USUAL_TARGETS: Mapping[str, frozenset[RecordKind]] = {
    "account": frozenset({RecordKind.ACCOUNT}),
    "contact": frozenset({RecordKind.CONTACT}),
    "related": frozenset({RecordKind.ACCOUNT, RecordKind.OPPORTUNITY, RecordKind.CASE}),
}
"""What each REFERENCE may name in a CRM that says nothing else."""


@dataclass(frozen=True, slots=True)
class FieldRule:
    """What the CRM accepts in one Field of one kind of Record, from this rep.

    `choices` are the values of a PICKLIST, its default first; empty when it takes anything. `max_length` counts
    characters as the CRM does, None when it sets no limit. `targets` are the kinds that a REFERENCE may name; empty
    stands for the usual ones.
    """

    can_create: bool = True
    can_update: bool = True
    is_required: bool = False
    max_length: int | None = None
    choices: tuple[str, ...] = ()
    targets: frozenset[RecordKind] = frozenset()


@dataclass(frozen=True, slots=True)
class RecordRules:
    """What the CRM lets this rep do with one kind of Record.

    `fields` holds the canonical Fields that the rep may see; one that is absent can neither be read nor written.
    """

    kind: RecordKind
    can_create: bool = True
    can_update: bool = True
    fields: Mapping[str, FieldRule] = field(default_factory=dict)

    def choices(self, name: str) -> tuple[str, ...]:
        """Return the values that a PICKLIST takes, its default first; empty when it takes anything."""
        rule = self.fields.get(name)
        return rule.choices if rule else ()

    def takes(self, name: str, kind: RecordKind) -> bool:
        """Whether the REFERENCE `name` may lead to a Record of `kind`."""
        rule = self.fields.get(name)
        targets = rule.targets if rule else frozenset()
        return kind in (targets or USUAL_TARGETS[name])

    @property
    def required(self) -> tuple[str, ...]:
        """The Fields without which a new Record is refused."""
        return tuple(name for name, rule in self.fields.items() if rule.is_required)

    def refusal(self, *, is_new: bool) -> str:
        """Return one sentence on why the CRM would take no Record of this kind at all, or ""."""
        if self.can_create if is_new else self.can_update:
            return ""
        verb = "create" if is_new else "change"
        return f"Your CRM does not let you {verb} a {self.kind.value}: dismiss this, or ask your administrator."

    def closed(self, name: str, *, is_new: bool) -> str:
        """Return one sentence on why nothing that stands in a Field will be written, or "" when it can be."""
        label, rule = FIELDS[self.kind][name].label, self.fields.get(name)
        if rule is None:
            return f"Your CRM does not show you “{label}”, so it is left out."
        if not (rule.can_create if is_new else rule.can_update):
            return f"Your CRM does not let you write “{label}”, so it is left out."
        return ""

    def problem(self, name: str, value: str | None, *, is_new: bool) -> str:
        """Return one sentence on why the CRM would refuse `value` in the Field `name`, or "" when it would not.

        The sentence says what to do. `is_new` tells a create from an update.
        """
        info, rule = FIELDS[self.kind][name], self.fields.get(name)
        if rule is None or self.closed(name, is_new=is_new):
            return self.closed(name, is_new=is_new)
        if value is None:
            return f"“{info.label}” cannot be empty in your CRM." if rule.is_required else ""
        if info.type is FieldType.REFERENCE:
            kind = _kind_of(value)
            fits = kind is None or self.takes(name, kind)
            return "" if fits else f"“{info.label}” cannot lead to a {kind} in your CRM: leave it empty."
        if info.type is FieldType.PICKLIST and rule.choices and value not in rule.choices:
            return f"“{info.label}” takes one of: {', '.join(rule.choices)}."
        if rule.max_length is not None and len(value) > rule.max_length:
            over = len(value) - rule.max_length
            return f"“{info.label}” holds {rule.max_length} characters in your CRM: shorten it by {over}."
        return ""


def _kind_of(link: str) -> RecordKind | None:
    """Return what kind of Record a link leads to; None where that is not known yet, or is for the CRM to judge."""
    try:
        return parse_ref(link).kind
    except ValueError:
        return None


def anything_goes(kind: RecordKind) -> RecordRules:
    """Return the rules of a CRM that takes whatever there is: what to go by before it was asked."""
    return RecordRules(kind, fields=dict.fromkeys(FIELDS[kind], FieldRule()))


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody in the CRM whom Records can belong to."""

    id: str
    name: str
    email: str = ""
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Quota:
    """How many calls the CRM allowed and counted, as its last answers said. `resets_at` is None when it did not say.

    Where a CRM tells only what is left, `limit` is None and `left` says that.
    """

    used: int
    limit: int | None
    resets_at: datetime | None = None
    left: int = 0

    @property
    def share(self) -> float:
        """The part that is used up, 0 to 1; a quota of nothing is used up. Without a limit 0 while any is left."""
        if self.limit is None:
            return 0.0 if self.left > 0 else 1.0
        return 1.0 if self.limit <= 0 else min(max(self.used / self.limit, 0.0), 1.0)

    @property
    def is_short(self) -> bool:
        """Whether so much is used up that we should ask for less."""
        return self.left < FEW_LEFT if self.limit is None else self.share >= SHORT_FROM

    @property
    def sentence(self) -> str:
        """What to tell the rep once it is short."""
        if self.limit is None:
            return f"Only {self.left:,} of the calls it allows are left."
        return f"{math.floor(self.share * 100)} % of the calls it allows are used ({self.used:,} of {self.limit:,})."
