"""Every state, kind, band and error has words; every word can be read on every ground it is painted on."""

from datetime import UTC, datetime, timedelta
from enum import Enum

import pytest

from desktop.domain import deliveries, errors, evidence, ports, proposals, records
from desktop.domain.errors import DealsideError
from desktop.domain.proposals import Action, DraftState, SuggestionState
from desktop.domain.records import RecordKind
from desktop.review.views import Counts, Shelf
from desktop.ui import marks, moments, texts
from desktop.ui.review.keys import BINDINGS, Command, Group
from desktop.ui.tokens import DARK, LIGHT, Colors

SHOWN_ENUMS = (
    evidence.Band,
    evidence.Zone,
    proposals.Action,
    proposals.SuggestionState,
    proposals.DraftState,
    deliveries.DeliveryState,
    deliveries.Operation,
    records.RecordKind,
    records.FieldType,
    ports.ModelState,
    Shelf,
)
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("shown", SHOWN_ENUMS)
def test_every_member_has_words(shown: type[Enum]) -> None:
    assert set(texts.ALL[shown]) == set(shown)
    assert all(words.strip() for words in texts.ALL[shown].values())


def test_every_state_has_help_and_a_shape() -> None:
    assert set(texts.STATE_HELP) == set(SuggestionState) == set(marks.STATE_SHAPES)
    assert set(marks.DRAFT_SHAPES) == set(DraftState)
    assert set(texts.EMPTY_SHELVES) == set(Shelf)


def test_bands_differ_by_shape_and_by_word() -> None:
    assert len(set(marks.BAND_SHAPES.values())) == len(evidence.Band)
    assert len(set(texts.BANDS.values())) == len(evidence.Band)


def test_every_error_has_words() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, DealsideError)]
    assert len(kinds) >= 6
    for kind in kinds:
        assert texts.error_words(kind("A sentence.")) == texts.ERRORS[kind]


def test_every_command_has_a_key_and_words() -> None:
    assert {binding.command for binding in BINDINGS} == set(Command)
    assert {binding.group for binding in BINDINGS} == set(Group)
    keys = [key for binding in BINDINGS for key in binding.keys]
    assert len(keys) == len(set(keys))


def test_undo_and_snooze_are_on_different_keys() -> None:
    keys = {binding.command: set(binding.keys) for binding in BINDINGS}
    assert not keys[Command.UNDO] & keys[Command.SNOOZE]


def luminance(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colors", [LIGHT, DARK])
def test_text_can_be_read(colors: Colors) -> None:
    faint = [(ink, ground) for ink, ground in colors.text_pairs() if contrast(ink, ground) < 4.5]
    assert faint == []


@pytest.mark.parametrize("colors", [LIGHT, DARK])
def test_borders_of_controls_can_be_seen(colors: Colors) -> None:
    assert contrast(colors.control, colors.surface) >= 3
    assert contrast(colors.control, colors.window) >= 3


def test_heading_says_what_would_happen_once() -> None:
    assert texts.heading_of(Action.CREATE, RecordKind.CONTACT, "Jane Doe") == "Create contact Jane Doe"
    assert texts.heading_of(Action.CREATE, RecordKind.CONTACT, "Create contact Jane") == "Create contact Jane"


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        (Counts(0, 0, 0, 0, 0, 0, 0), "Nothing on its way"),
        (Counts(0, 0, 0, 0, 0, 1, 0), "1 on its way"),
        (Counts(0, 0, 0, 0, 2, 3, 1), "2 being read · 3 on their way · 1 needs you"),
    ],
)
def test_counts_are_said(counts: Counts, sentence: str) -> None:
    assert texts.counts_sentence(counts) == sentence


def test_snooze_is_in_the_morning_of_the_reps_own_clock() -> None:
    choices = moments.snooze_choices(NOW)
    locals_ = [choice.until.astimezone() for choice in choices]
    assert [choice.key for choice in choices] == ["1", "2", "3"]
    assert all((moment.hour, moment.minute) == (8, 0) for moment in locals_)
    today = NOW.astimezone().date()
    assert [(moment.date() - today).days for moment in locals_[:2]] == [1, 3]
    assert locals_[2].weekday() == 0
    assert 1 <= (locals_[2].date() - today).days <= 7


def test_times_are_as_short_as_they_can_be() -> None:
    local = NOW.astimezone()
    assert moments.brief(NOW, NOW) == f"{local:%H:%M}"
    assert moments.brief(NOW - timedelta(days=1), NOW) == "Yesterday"
    assert moments.brief(NOW - timedelta(days=3), NOW) == "Fri"
    assert moments.brief(NOW - timedelta(days=20), NOW) == "10 Feb"
    assert moments.brief(NOW - timedelta(days=300), NOW) == "6 May 2025"
    assert moments.brief(NOW + timedelta(days=2), NOW) == "4 Mar"
