"""Every word the window says about a state, a kind, a band or an error, in one place, so that none is forgotten."""

from collections.abc import Mapping
from datetime import datetime
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
from desktop.review.views import Answer, Counts, Health, Shelf
from desktop.ui import moments

BANDS: Mapping[Band, str] = {Band.SURE: "Sure", Band.CHECK: "Check", Band.EMPTY: "Unsure"}

ACTIONS: Mapping[Action, str] = {Action.CREATE: "Create", Action.UPDATE: "Update"}

KINDS: Mapping[RecordKind, str] = {
    RecordKind.ACCOUNT: "account",
    RecordKind.CONTACT: "contact",
    RecordKind.LEAD: "lead",
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
    Operation.MERGE: "Merge",
    Operation.APPEND_DRAFT: "Put into Drafts",
    Operation.REMOVE_DRAFT: "Take out of Drafts",
}

WAITING_HELP: Mapping[DeliveryState, str] = {
    DeliveryState.WAITING: "It goes out by itself. Press t to try now.",
    DeliveryState.SENDING: "It is on the line at this moment.",
    DeliveryState.DELIVERED: "",
    DeliveryState.CONFLICT: "Press Enter to decide on its card, field by field.",
    DeliveryState.REJECTED: "It is not tried again by itself. Press Enter to correct it, or t to send it as it is.",
    DeliveryState.NEEDS_USER: "It goes out once that is done; it is tried now and then. Press t to try now.",
    DeliveryState.CANCELLED: "",
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

ANSWERS: Mapping[Answer, str] = {
    Answer.NONE: "Decide",
    Answer.THEIRS: "Theirs stays",
    Answer.MINE: "Yours goes",
    Answer.OWN: "Edited by you",
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
ALERTS = "{} changes need you. {}"
NOTHING_TO_RETRY = "There is nothing to send again here."
NO_DRAFT = "This card has no open reply."
PUT_BACK = "Being put back"
PUT_BACK_HELP = "The earlier values go back as soon as the CRM can be reached."
WAITS_HELP = "Press t to send it again once that is done, or u to take it back."
OUTBOX = "Outbox"
OUTBOX_ALL = "All"
OUTBOX_CONFLICTS = "Conflicts"
OUTBOX_BACK = "Cards"
OUTBOX_BACK_NAME = "Back to the cards (Esc)"
OUTBOX_OPEN_NAME = "Outbox: {}. Open it (4)"
OUTBOX_EMPTY = (
    "Nothing is on its way",
    "What you accept waits here until your CRM has it, with the reason if it cannot.",
)
NO_CONFLICTS = (
    "No conflicts",
    "Where somebody changes a record under you, it shows up here. Press 5 to see all again.",
)
OUTBOX_KEYS = (("4 or Esc", "back to the cards"), ("5", "conflicts alone, or all"), ("?", "all keys"))
YOU_SAW, THERE_NOW, YOU_WANT = "You saw", "There now", "You want"
UNCHANGED = "unchanged"
FOR_CONNECTION = "For {}"
DECIDED_AT = "since {}"
CHANGED_AT = "changed there {}"
OPEN_CARD, OPEN_CARD_NAME = "Open card", "Open its card (Enter)"
SEND_NOW, SEND_NOW_NAME = "Send now", "Send it now (t)"
SEND_ALL, SEND_ALL_NAME = "Send all now", "Send all but conflicts now (Shift+T)"
GIVE_UP, GIVE_UP_NAME = "Give up", "Give it up; you are asked first (x)"
GIVE_UP_QUESTION = "Give this change up?"
GIVE_UP_GO, GIVE_UP_GO_NAME = "Give up  Enter", "Give the change up (Enter)"
GIVE_UP_KEEP, GIVE_UP_KEEP_NAME = "Keep  Esc", "Keep the change (Esc)"
GIVE_UP_SPOKEN = "Enter gives it up, Escape keeps it."
BEING_SENT = "It is being sent at this moment: look again in a few seconds."
SENT_NOW = "It is tried now."
ALL_SENT = "{} tried now."
NOTHING_WAITS = "Nothing waits to be sent."
DECIDE_ON_CARD = "Somebody changed this meanwhile: decide on each field here."
CARD_GONE = "Its card is gone."
OFFLINE = "{}: {} Since {}; {} and will go out in order. Press 4 to see them."
CONFLICT_HELP = (
    "On each field: Backspace leaves theirs, t takes yours, e a value of your own. Enter sends, u takes it back."
)
REMOVE_HELP = "Press t to remove it all the same, or u to leave it in the CRM."
REMOVED = "removed"
CONFLICT_FIRST = "Decide the marked fields first: Backspace leaves theirs, t takes yours, e edits."
IN_THE_CRM_NOW = "In the CRM now: {}"
IN_THE_CRM_SINCE = "In the CRM now: {}, changed {}"
SEND_ANSWER, SEND_ANSWER_NAME = "Send", "Send what you decided (Enter)"
KEEP_THEIRS, KEEP_THEIRS_NAME = "Keep theirs", "Leave every changed field as it is in the CRM (x)"
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
    Answer: ANSWERS,
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


def offline_sentence(health: Health, now: datetime) -> str:
    """Return what a banner says of connections that are in trouble while changes wait for them; empty without any."""
    told = [
        OFFLINE.format(
            one.title,
            one.sentence,
            moments.brief(one.since or now, now),
            number_of(one.waiting, "change waits", "changes wait"),
        )
        for one in health.connections
        if not one.is_ok and one.waiting
    ]
    return " ".join(told)


def error_words(error: DealsideError) -> str:
    """Return the few words a banner opens with."""
    return next(ERRORS[kind] for kind in type(error).__mro__ if kind in ERRORS)
