"""Every word the window says about a state, a kind, a band or an error, in one place, so that none is forgotten."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from desktop.domain.deliveries import DeliveryState, Operation
from desktop.domain.errors import (
    Cancelled,
    Conflict,
    DealsideError,
    Defect,
    Rejected,
    Temporary,
    UserActionNeeded,
)
from desktop.domain.evidence import Band, Zone
from desktop.domain.ports import ModelState
from desktop.domain.proposals import Action, DraftState, SuggestionState
from desktop.domain.records import FieldType, RecordKind
from desktop.review.views import Counts, Shelf

BANDS: Mapping[Band, str] = {Band.SURE: "Sure", Band.CHECK: "Check", Band.EMPTY: "Unsure"}

ACTIONS: Mapping[Action, str] = {Action.CREATE: "Create", Action.UPDATE: "Update"}

KINDS: Mapping[RecordKind, str] = {
    RecordKind.ACCOUNT: "account",
    RecordKind.CONTACT: "contact",
    RecordKind.OPPORTUNITY: "opportunity",
    RecordKind.CASE: "case",
    RecordKind.TASK: "task",
    RecordKind.ACTIVITY: "activity",
}

STATES: Mapping[SuggestionState, str] = {
    SuggestionState.OPEN: "Open",
    SuggestionState.SNOOZED: "Snoozed",
    SuggestionState.DISMISSED: "Dismissed",
    SuggestionState.EXPIRED: "Out of date",
    SuggestionState.QUEUED: "On its way",
    SuggestionState.DELIVERED: "In the CRM",
    SuggestionState.CONFLICT: "Changed meanwhile",
    SuggestionState.REJECTED: "Refused",
    SuggestionState.UNDONE: "Undone",
}

STATE_HELP: Mapping[SuggestionState, str] = {
    SuggestionState.OPEN: "",
    SuggestionState.SNOOZED: "This card comes back by itself. Press w to bring it back now.",
    SuggestionState.DISMISSED: "Nothing is written. Press u to open it again.",
    SuggestionState.EXPIRED: "Another mail of this conversation says more, on its own card, or the CRM has it already.",
    SuggestionState.QUEUED: "It goes out as soon as the CRM can be reached. Press u to take it back.",
    SuggestionState.DELIVERED: "Written once. Press u to put the earlier values back.",
    SuggestionState.CONFLICT: "Press t to send yours anyway, or u to take it back and decide again.",
    SuggestionState.REJECTED: "Press u to take it back and correct it, or t to send it again.",
    SuggestionState.UNDONE: "The earlier values are back in the CRM. Press Enter to write it after all.",
}

DRAFT_STATES: Mapping[DraftState, str] = {
    DraftState.OPEN: "Not in your mailbox yet",
    DraftState.DISMISSED: "Dismissed",
    DraftState.QUEUED: "On its way to Drafts",
    DraftState.DELIVERED: "In your Drafts folder",
    DraftState.REJECTED: "The mailbox refused it",
    DraftState.UNDONE: "Taken out of Drafts again",
}

DELIVERIES: Mapping[DeliveryState, str] = {
    DeliveryState.WAITING: "Waiting to be sent",
    DeliveryState.SENDING: "Being sent",
    DeliveryState.DELIVERED: "Delivered",
    DeliveryState.CONFLICT: "Changed meanwhile",
    DeliveryState.REJECTED: "Refused",
    DeliveryState.NEEDS_USER: "Waiting for you",
    DeliveryState.CANCELLED: "Taken back",
}

OPERATIONS: Mapping[Operation, str] = {
    Operation.CREATE: "Create",
    Operation.UPDATE: "Update",
    Operation.RESTORE: "Put back",
    Operation.REMOVE: "Remove again",
    Operation.APPEND_DRAFT: "Put into Drafts",
    Operation.REMOVE_DRAFT: "Take out of Drafts",
}

SHELVES: Mapping[Shelf, str] = {Shelf.OPEN: "Open", Shelf.SNOOZED: "Snoozed", Shelf.DONE: "Done"}

MODEL_STATES: Mapping[ModelState, str] = {
    ModelState.ABSENT: "Rules alone",
    ModelState.LOADING: "Model loading",
    ModelState.READY: "Model ready",
    ModelState.BACKOFF: "Model restarting",
    ModelState.RESTING: "Rules alone",
    ModelState.FAILED: "Rules alone",
}

ZONES: Mapping[Zone, str] = {
    Zone.NEW: "new text",
    Zone.QUOTED: "quoted text",
    Zone.SIGNATURE: "signature",
    Zone.DISCLAIMER: "disclaimer",
}

FIELD_HINTS: Mapping[FieldType, str] = {
    FieldType.TEXT: "Any text",
    FieldType.EMAIL: "An address like jane@example.com",
    FieldType.PHONE: "With country code, like +49 30 1234567",
    FieldType.MONEY: "Digits, like 1200.50",
    FieldType.CURRENCY: "Three letters, like EUR",
    FieldType.DATE: "Year-month-day, like 2026-03-31",
    FieldType.DATETIME: "Like 2026-03-31 14:30",
    FieldType.PICKLIST: "One of the CRM's own values",
    FieldType.REFERENCE: "A link between records; it is set by itself",
}

ERRORS: Mapping[type[DealsideError], str] = {
    DealsideError: "Not done",
    UserActionNeeded: "This needs you",
    Temporary: "Not right now",
    Rejected: "Not possible",
    Conflict: "Changed meanwhile",
    Cancelled: "Stopped",
    Defect: "Our fault",
}

EMPTY_SHELVES: Mapping[Shelf, tuple[str, str]] = {
    Shelf.OPEN: (
        "Nothing waits for you",
        "New mail is read on this machine as it arrives. What it would change in your CRM shows up here.",
    ),
    Shelf.SNOOZED: ("Nothing is snoozed", "Press s on a card to put it away until a better moment."),
    Shelf.DONE: ("Nothing decided yet", "Cards you have decided stay here, and every decision can be undone."),
}

NO_MATCH = ("No card matches", "Press Esc to see all cards again.")

FIRST_RUN = (
    "Ready when the first mail is",
    (
        "Dealside reads your mail on this machine and shows what should change in your CRM, with the words it rests "
        "on. Nothing leaves this machine before you press a key."
    ),
)

DEFECT_SENTENCE = "Something went wrong inside Dealside and this was not done. Try again; the log says more."
DECIDED_ALREADY = "This is decided already. Press u to take it back first."
LINK_FIELD = "This link is set by itself and cannot be typed."
NOTHING_TO_UNDO = "There is nothing to undo."
NOTHING_TO_RETRY = "There is nothing to send again here."
NO_DRAFT = "This card has no open reply."
PUT_BACK = "Being put back"
PUT_BACK_HELP = "The earlier values go back as soon as the CRM can be reached."
WAITS_HELP = "Press t to send it again once that is done, or u to take it back."
GUARDED = "Needs your own press"
EDITED = "Edited by you"
MAIL_OF = "mail of {}"
OTHER_VALUE = "{} in the mail of {}: {} · o takes it"
OTHER_TAKEN = "{} in the mail of {}: {} · taken by you"
NO_OTHER_VALUE = "No other mail gives another value here."
OTHER_MAIL = "Another mail of this conversation"
IN_SHORT = "In short: {}"
SUMMARY_BY = "Summary written by {} and checked against the mail."
LEFT_OUT = "Left out"
EMPTY_VALUE = "empty"

ALL: Mapping[type[Enum], Mapping[Any, str]] = {
    Band: BANDS,
    Action: ACTIONS,
    RecordKind: KINDS,
    SuggestionState: STATES,
    DraftState: DRAFT_STATES,
    DeliveryState: DELIVERIES,
    Operation: OPERATIONS,
    Shelf: SHELVES,
    ModelState: MODEL_STATES,
    Zone: ZONES,
    FieldType: FIELD_HINTS,
}


def number_of(count: int, one: str, many: str) -> str:
    """Return `1 card` or `3 cards`."""
    return f"{count:,} {one if count == 1 else many}"


def heading_of(action: Action, kind: RecordKind, title: str) -> str:
    """Return `Create contact Jane Doe`; a title that says so already stays as it is."""
    start = f"{ACTIONS[action]} {KINDS[kind]}"
    if title.lower().startswith(start.lower()):
        return title
    return f"{start} {title}".rstrip()


def counts_sentence(counts: Counts) -> str:
    """Return what is moving, for the quiet line."""
    parts = []
    if counts.in_work:
        parts.append(f"{counts.in_work:,} being read")
    if counts.on_its_way:
        parts.append(f"{counts.on_its_way:,} on {'its' if counts.on_its_way == 1 else 'their'} way")
    if counts.needs_user:
        parts.append(f"{counts.needs_user:,} {'needs' if counts.needs_user == 1 else 'need'} you")
    return " · ".join(parts) or "Nothing on its way"


def error_words(error: DealsideError) -> str:
    """Return the few words a banner opens with."""
    return next(ERRORS[kind] for kind in type(error).__mro__ if kind in ERRORS)
