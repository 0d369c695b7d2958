"""Moments in a rep's words, and the moments a card can be snoozed until. Local time is the machine's own zone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

MORNING = time(8, 0)
MONDAY = 0


@dataclass(frozen=True, slots=True)
class SnoozeChoice:
    """One line of the snooze prompt: the key to press, its words, and the moment in UTC."""

    key: str
    words: str
    until: datetime


def _morning_of(day: date) -> datetime:
    """Return 8:00 of a day on the rep's own clock, whatever summer time does in between."""
    return datetime.combine(day, MORNING).astimezone(UTC)


def snooze_choices(now: datetime) -> tuple[SnoozeChoice, ...]:
    """Return tomorrow 8:00, in three days 8:00 and next Monday 8:00, seen from `now` (aware)."""
    today = now.astimezone().date()
    monday = today + timedelta(days=(MONDAY - today.weekday()) % 7 or 7)
    days = (("1", "Tomorrow", today + timedelta(days=1)), ("2", "In three days", today + timedelta(days=3)))
    return tuple(
        SnoozeChoice(key, f"{words}, {_short_day(day)}, 8:00", _morning_of(day))
        for key, words, day in (*days, ("3", "Next Monday", monday))
    )


def _short_day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"


def brief(moment: datetime, now: datetime) -> str:
    """Return a moment as short as a list needs it: 14:05, Yesterday, Mon, 3 Nov, 3 Nov 2025."""
    local, today = moment.astimezone(), now.astimezone().date()
    days = (today - local.date()).days
    if days == 0:
        return f"{local:%H:%M}"
    if days == 1:
        return "Yesterday"
    if 1 < days < 7:
        return f"{local:%a}"
    year = "" if local.year == today.year else f" {local.year}"
    return f"{local.day} {local:%b}{year}"


def full(moment: datetime) -> str:
    """Return a moment in full: Mon 3 Nov 2025, 14:05."""
    local = moment.astimezone()
    return f"{_short_day(local.date())} {local.year}, {local:%H:%M}"


def day(value: date) -> str:
    """Return a date in words that cannot be misread: 3 Nov 2025."""
    return f"{value.day} {value:%b} {value.year}"
