"""Turns a cluster and its plan into rows of words: what a record, a field and the note say. No widget is met here."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from desktop.domain.cleanup import Member, MergedField, merged_fields
from desktop.domain.ids import RecordId
from desktop.domain.records import FIELDS
from desktop.review.cleanup_views import CleanupState, ClusterView, state_sentence, what_happens
from desktop.ui import moments, texts
from desktop.ui.cleanup import words
from desktop.ui.marks import Shape
from desktop.ui.review.display_text import one_line

DETAILS = ("title", "email", "phone", "mobile", "domain")


class Part(StrEnum):
    """What a row is about."""

    RECORD = "record"
    FIELD = "field"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class PlanRowView:
    """One row. `before` is struck through; `vanishing` is loud, `quiet` is not; `side` stands at the right."""

    part: Part
    key: str
    label: str
    text: str
    side: str
    shape: Shape | None = None
    before: str = ""
    quiet: str = ""
    vanishing: str = ""
    is_open: bool = True
    is_muted: bool = False

    @property
    def spoken(self) -> str:
        """What a screen reader says of it."""
        parts = (self.label, self.text, f"before {self.before}" if self.before else "", self.side, self.quiet)
        return ". ".join(part for part in (*parts, self.vanishing) if part)


def rows_of(view: ClusterView, now: datetime) -> tuple[PlanRowView, ...]:
    """Return the rows of a cluster: its Records, its fields, and the note where there can be one."""
    rows = [_record(view, member, now) for member in view.cluster.members]
    fields = merged_fields(view.cluster, view.plan)
    rows += [_field(view, field) for field in fields]
    if view.plan.with_note or (view.can_note and view.cluster.members and any(field.vanishing for field in fields)):
        is_open = view.state is CleanupState.OPEN
        text = words.NOTE_YES if view.plan.with_note else words.NOTE_NO
        side = "n" if is_open else ""
        rows.append(PlanRowView(Part.NOTE, "note", words.NOTE_ROW, text, side, is_open=is_open))
    return tuple(rows)


def heading(view: ClusterView) -> tuple[str, str]:
    """Return title and second line of a cluster."""
    count = len(view.cluster.members)
    kind = texts.KINDS[view.cluster.kind]
    reasons = dict.fromkeys(reason for member in view.cluster.members for reason in member.reasons)
    second = " · ".join(filter(None, (texts.number_of(count, kind, f"{kind}s"), view.crm, ", ".join(reasons))))
    return one_line(view.cluster.title_under(view.plan)), one_line(second)


def foot(view: ClusterView) -> str:
    """Return what deciding does, or how far what was decided has got and what there is to do."""
    if view.state is CleanupState.OPEN:
        return what_happens(view)
    return " ".join(filter(None, (state_sentence(view), words.CLEANUP_HELP[view.state])))


def others_of(view: ClusterView) -> str:
    """Return the names of the Records beside the one in the title."""
    return one_line(", ".join(m.record.title for m in view.cluster.members if m.record.ref.id != view.plan.kept))


def _record(view: ClusterView, member: Member, now: datetime) -> PlanRowView:
    record = member.record
    part, shape = _part_of(view, record.ref.id)
    details = "  ".join(value for name in DETAILS if (value := record.fields.get(name)))
    links = words.POINTING.format(texts.number_of(member.links, "record points", "records point"))
    changed = words.CHANGED_ON.format(moments.brief(record.modified_at, now))
    return PlanRowView(
        part=Part.RECORD,
        key=record.ref.id,
        label=part,
        text=one_line(record.title),
        side=record.ref.id if len(record.ref.id) <= 12 else f"{record.ref.id[:11]}…",
        shape=shape,
        quiet=one_line(" · ".join(filter(None, (details, links, changed)))),
        is_open=view.state is CleanupState.OPEN,
        is_muted=record.ref.id in view.plan.apart,
    )


def _part_of(view: ClusterView, record_id: RecordId) -> tuple[str, Shape]:
    if record_id == view.plan.kept:
        return words.RECORD_STAYS, Shape.TICK
    if record_id in view.plan.apart:
        return words.RECORD_APART, Shape.UNEQUAL
    return words.RECORD_GOES, Shape.ARROW


def _field(view: ClusterView, field: MergedField) -> PlanRowView:
    def shown(value: str | None) -> str:
        return one_line(view.names.get(value or "", value or ""))

    lost = ", ".join(shown(value) for value in field.vanishing)
    return PlanRowView(
        part=Part.FIELD,
        key=field.name,
        label=FIELDS[view.cluster.kind][field.name].label,
        text=shown(field.after) or texts.EMPTY_VALUE,
        side=words.STRATEGIES[field.strategy] if field.is_change or field.vanishing else "",
        before=shown(field.before) if field.is_change else "",
        vanishing=words.VANISHES.format(lost) if lost else "",
        is_open=view.state is CleanupState.OPEN,
        is_muted=not field.after,
    )
