"""Every word the clean-up page says. It stands apart from `texts`, which is loaded before the first window paints."""

from collections.abc import Mapping

from desktop.domain.cleanup import Strategy
from desktop.review.cleanup_views import CleanupShelf, CleanupState

STRATEGIES: Mapping[Strategy, str] = {
    Strategy.KEEP: "Stays",
    Strategy.OTHER: "The other's",
    Strategy.NEWEST: "The newest",
    Strategy.LONGEST: "The longest",
}

CLEANUP_STATES: Mapping[CleanupState, str] = {
    CleanupState.OPEN: "Perhaps the same",
    CleanupState.ON_ITS_WAY: "On its way",
    CleanupState.STUCK: "Waiting for you",
    CleanupState.BY_HAND: "Yours to merge",
    CleanupState.DONE: "Merged",
    CleanupState.DISMISSED: "Not the same",
}

CLEANUP_SHELVES: Mapping[CleanupShelf, str] = {
    CleanupShelf.OPEN: "Waiting",
    CleanupShelf.DECIDED: "To be merged",
    CleanupShelf.APART: "Not the same",
}

EMPTY_CLEANUP: Mapping[CleanupShelf, tuple[str, str]] = {
    CleanupShelf.OPEN: (
        "Nothing seems to stand there twice",
        "Accounts and contacts that are probably the same show up here. Press r to compare all of them again.",
    ),
    CleanupShelf.DECIDED: ("Nothing is being merged", "What you merge shows here how far it has got."),
    CleanupShelf.APART: ("Nothing was set apart", "What you say is not the same stays here until one of them changes."),
}

CLEANUP_HELP: Mapping[CleanupState, str] = {
    CleanupState.STUCK: "Press u to take it back and compare again, or t to send it again.",
    CleanupState.BY_HAND: "Press u to put the earlier values back.",
    CleanupState.DONE: "",
    CleanupState.ON_ITS_WAY: "Press u to take it back.",
    CleanupState.DISMISSED: "Press u to open it again.",
    CleanupState.OPEN: "",
}
CLEANUP_TITLE = "Clean up duplicates"
COMPARING = "Comparing all accounts and contacts …"
COMPARED = "{} found that are probably the same"
RECORD_STAYS = "Stays"
RECORD_GOES = "Goes"
RECORD_APART = "Is another"
VANISHES = "Vanishes: {}"
POINTING = "{} to it"
CHANGED_ON = "last changed {}"
NOTE_ROW = "Note"
NOTE_YES = "What vanishes is kept in a note beside the record that stays"
NOTE_NO = "What vanishes is not kept. Press n to keep it in a note"
MERGE_QUESTION = "Merge now? {} Enter merges, Esc does not."
TITLE_ONLY = "Bring it up to date? {} Enter does it, Esc does not."
DECIDED_CLUSTER = "This is decided already. Press u to take it back first."
CHOOSE_RECORD = "Go to a record first, with Tab."
CHOOSE_FIELD = "Go to a field first, with Tab."
ONE_VALUE = "Only one value is known here."
NO_NOTES_HERE = "Your CRM offers no notes, or nothing vanishes."
CLEANUP_SENT = "The merge is on its way"
CLEANUP_APART = "Not the same: they come back only when one of them changes"
