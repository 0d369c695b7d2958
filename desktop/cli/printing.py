"""Cards and lists as text for people and as plain objects for JSON.

Mail text is hostile: control characters are shown, never sent to the terminal.
"""

import json
import sys
from collections.abc import Mapping
from typing import Any, TextIO

from desktop.domain.connections import Connection
from desktop.domain.evidence import Evidence
from desktop.domain.proposals import Action, Draft, FieldChange, Suggestion
from desktop.domain.records import FIELDS
from desktop.review.views import Card, Health
from desktop.setup.readiness import Finding

MARKS = {"sure": "●", "check": "◐", "empty": "○"}


def clean(text: str) -> str:
    """Return text that cannot steer a terminal: every control character but the line break becomes visible."""
    return "".join(c if c == "\n" or (c.isprintable() or c == "\t") else f"\\x{ord(c):02x}" for c in text)


class Printer:
    """Writes either lines or one JSON document."""

    def __init__(self, *, as_json: bool, out: TextIO | None = None) -> None:
        self.as_json = as_json
        self._out = out or sys.stdout

    def line(self, text: str = "") -> None:
        """Print one line for a person; nothing in JSON mode."""
        if not self.as_json:
            print(clean(text), file=self._out)

    def document(self, value: Any) -> None:
        """Print the one JSON document; nothing in text mode."""
        if self.as_json:
            print(json.dumps(value, indent=2, ensure_ascii=False), file=self._out)


def card_object(card: Card) -> dict[str, Any]:
    """Return a card as plain values."""
    draft = card.proposal.draft
    return {
        "id": card.proposal.id,
        "title": card.proposal.title,
        "subject": card.source.subject,
        "from": card.source.sender_address,
        "sent_at": card.source.sent_at.isoformat(),
        "summary": card.source.summary,
        "summary_by": card.source.summary_by or None,
        "suggestions": [_suggestion_object(item, card) for item in card.proposal.suggestions],
        "draft": _draft_object(draft) if draft else None,
        "computed_by": {
            "model": card.proposal.computed_by.model_hash,
            "prompt": card.proposal.computed_by.prompt_version,
            "rules": card.proposal.computed_by.rules_version,
        },
    }


def _suggestion_object(item: Suggestion, card: Card) -> dict[str, Any]:
    entry = card.entries.get(item.id)
    return {
        "id": item.id,
        "state": item.state.value,
        "action": item.action.value,
        "kind": item.kind.value,
        "title": item.title,
        "reason": item.reason,
        "target": str(item.target) if item.target else None,
        "delivery": {"state": entry.state.value, "sentence": entry.sentence} if entry else None,
        "changes": [_change_object(change) for change in item.changes],
    }


def _change_object(change: FieldChange) -> dict[str, Any]:
    return {
        "field": change.field,
        "before": change.before,
        "after": change.after,
        "confidence": round(change.confidence, 3),
        "band": change.band.value,
        "reason": change.reason,
        "evidence": [_evidence_object(evidence) for evidence in change.evidence],
        "others": [{"value": o.value, "evidence": _evidence_object(o.evidence)} for o in change.others],
    }


def _evidence_object(evidence: Evidence) -> dict[str, Any]:
    """Return where words stand; `source` is null for the card's own mail, else the id of another one."""
    span = evidence.span
    where = {"part": span.part.value, "start": span.start, "end": span.end}
    return {**where, "text": evidence.text, "source": evidence.source}


def _draft_object(draft: Draft) -> dict[str, Any]:
    return {
        "id": draft.id,
        "state": draft.state.value,
        "to": list(draft.recipients),
        "subject": draft.subject,
        "body": draft.body,
    }


def print_card(printer: Printer, card: Card) -> None:
    """Print one card for a person: what would be written, field by field, and the reply."""
    printer.line(f"━━ {card.proposal.title}   [{card.proposal.id[:12]}]")
    printer.line(f"   {card.source.sender_address}: {card.source.subject}")
    for item in card.proposal.suggestions:
        verb = "Create" if item.action is Action.CREATE else "Update"
        printer.line(f"   {verb} {item.kind.value}: {item.title}   [{item.id[:12]}] {item.state.value} – {item.reason}")
        entry = card.entries.get(item.id)
        if entry is not None and entry.sentence:
            printer.line(f"      ! {entry.sentence}")
        for change in item.changes:
            printer.line(_change_line(item, change, card.names))
            for other in change.others:
                day = card.source_of(other.evidence).sent_at.astimezone().date()
                quote = " ".join(other.evidence.text.split())[:60]
                printer.line(f"          in the mail of {day}: {other.value}   “{quote}”")
    draft = card.proposal.draft
    if draft is not None:
        printer.line(f"   Reply to {', '.join(draft.recipients)}   [{draft.id[:12]}] {draft.state.value}")
        for text in f"Subject: {draft.subject}\n\n{draft.body}".rstrip().split("\n"):
            printer.line(f"      │ {text}")
    printer.line()


def _change_line(item: Suggestion, change: FieldChange, names: Mapping[str, str]) -> str:
    known = FIELDS[item.kind].get(change.field)
    label = known.label if known else change.field
    after = names.get(change.after or "", change.after) or "(yours to fill in)"
    shown = " ".join(after.split())
    shown = shown if len(shown) <= 90 else shown[:89] + "…"
    arrow = f"{change.before} → {shown}" if change.before else shown
    words = change.evidence[0].text if change.evidence else ""
    quote = f"   “{' '.join(words.split())[:60]}”" if words else ""
    return f"      {MARKS[change.band.value]} {label:<12} {arrow}{quote}"


def connection_object(connection: Connection, health: Health | None = None) -> dict[str, Any]:
    """Return a Connection as plain values; there is no secret in it."""
    found = next((c for c in health.connections if c.connection_id == connection.id), None) if health else None
    return {
        "id": connection.id,
        "connector": connection.connector,
        "family": connection.family.value,
        "title": connection.title,
        "settings": dict(connection.settings),
        "is_paused": connection.is_paused,
        "is_ok": found.is_ok if found else None,
        "sentence": found.sentence if found else "",
        "checked_at": found.checked_at.isoformat() if found and found.checked_at else None,
    }


def finding_object(finding: Finding) -> dict[str, Any]:
    """Return what the doctor found as plain values."""
    return {
        "name": finding.name,
        "is_ok": finding.is_ok,
        "sentence": finding.sentence,
        "fix": finding.fix,
        "is_needed": finding.is_needed,
    }
