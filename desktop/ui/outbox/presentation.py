"""What the outbox page paints, worked out from the read model. No Qt."""

from dataclasses import dataclass
from datetime import datetime

from desktop.domain.deliveries import DeliveryState
from desktop.domain.records import FIELDS, FieldInfo, FieldType
from desktop.review.views import FieldTriple, OutboxRow
from desktop.review.waiting import next_try
from desktop.ui import moments, texts
from desktop.ui.review.display_text import one_line
from desktop.ui.review.field_values import shown


@dataclass(frozen=True, slots=True)
class TripleView:
    """One line of the table: the field, what was seen, what is there now (empty unless it was changed), the wish."""

    label: str
    seen: str
    found: str
    wanted: str

    @property
    def spoken(self) -> str:
        """What a screen reader says."""
        now = f", {texts.THERE_NOW.lower()} {self.found}" if self.found else ""
        return f"{self.label}: {texts.YOU_SAW.lower()} {self.seen}{now}, {texts.YOU_WANT.lower()} {self.wanted}."


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One change in words: a line of the list and all of the detail beside it."""

    heading: str
    summary: str
    state: DeliveryState
    state_words: str
    when: str
    connection: str
    sentence: str
    what_to_do: str
    meta: str
    triples: tuple[TripleView, ...]

    @property
    def spoken(self) -> str:
        """What a screen reader says about the line."""
        parts = (self.heading, self.state_words, self.when, self.sentence, self.connection)
        return " ".join(f"{part.rstrip('.')}." for part in parts if part)

    @property
    def spoken_whole(self) -> str:
        """What a screen reader says about the detail."""
        return " ".join((self.spoken, self.what_to_do, self.meta, *(triple.spoken for triple in self.triples)))


def change_view(row: OutboxRow, now: datetime) -> ChangeView:
    """Return one change as it looks at this moment."""
    triples = tuple(_triple_view(row, field) for field in row.fields)
    return ChangeView(
        heading=heading_of(row),
        summary=one_line(" · ".join(f"{t.label}: {t.seen} → {t.wanted}" for t in triples[:2])),
        state=row.state,
        state_words=texts.DELIVERIES[row.state],
        when=next_try(row, now),
        connection=one_line(row.connection),
        sentence=one_line(row.entry.sentence),
        what_to_do=texts.WAITING_HELP[row.state],
        meta=_meta(row, now),
        triples=triples,
    )


def heading_of(row: OutboxRow) -> str:
    """Return `Update contact Jane Roe`."""
    kind = texts.KINDS[row.entry.kind] if row.entry.kind else ""
    return one_line(" ".join(part for part in (texts.OPERATIONS[row.entry.operation], kind, row.title) if part))


def _meta(row: OutboxRow, now: datetime) -> str:
    tries = row.entry.attempts
    parts = [
        texts.FOR_CONNECTION.format(one_line(row.connection)) if row.connection else "",
        texts.DECIDED_AT.format(moments.full(row.entry.created_at)),
        texts.number_of(tries, "failed try", "failed tries") if tries else "",
        next_try(row, now),
        texts.CHANGED_AT.format(moments.full(row.changed_at)) if row.changed_at else "",
    ]
    return " · ".join(part for part in parts if part)


def _triple_view(row: OutboxRow, field: FieldTriple) -> TripleView:
    kind = row.entry.kind
    known = FIELDS[kind].get(field.name) if kind else None
    info = known or FieldInfo(field.name, FieldType.TEXT, one_line(field.name))
    return TripleView(
        label=info.label,
        seen=one_line(shown(info.type, field.seen, row.names)),
        found=one_line(shown(info.type, field.found, row.names)) if field.is_contested else "",
        wanted=one_line(shown(info.type, field.wanted, row.names)),
    )
