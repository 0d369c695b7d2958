"""The numbers behind the look: colours, spaces and radii. No Qt, so that contrast can be tested as numbers."""

from dataclasses import dataclass
from enum import IntEnum


class Space(IntEnum):
    """The spacing scale, in logical pixels."""

    XS = 4
    S = 8
    M = 12
    L = 16
    XL = 24


RADIUS = 6


@dataclass(frozen=True, slots=True)
class Colors:
    """One set of colours, `#rrggbb`. Text colours reach 4.5:1 on every ground they are painted on."""

    window: str
    surface: str
    sunken: str
    line: str
    control: str
    text: str
    muted: str
    accent: str
    on_accent: str
    soft: str
    sure: str
    check: str
    bad: str
    bad_soft: str
    mark: str
    mark_strong: str

    def text_pairs(self) -> tuple[tuple[str, str], ...]:
        """Return every (text, ground) that is painted somewhere."""
        grounds = (self.window, self.surface, self.sunken, self.soft)
        inks = (self.text, self.muted, self.accent, self.sure, self.check, self.bad)
        pairs = tuple((ink, ground) for ink in inks for ground in grounds)
        marked = ((self.text, self.mark), (self.text, self.mark_strong), (self.muted, self.mark))
        return (*pairs, *marked, (self.on_accent, self.accent), (self.text, self.bad_soft), (self.bad, self.bad_soft))


LIGHT = Colors(
    window="#f5f6f8",
    surface="#ffffff",
    sunken="#eff1f5",
    line="#dde1e8",
    control="#7f899a",
    text="#1b2330",
    muted="#556072",
    accent="#2350b8",
    on_accent="#ffffff",
    soft="#e8eefb",
    sure="#176b3a",
    check="#7f5200",
    bad="#a8231b",
    bad_soft="#fcebea",
    mark="#fff2c4",
    mark_strong="#ffd75e",
)

DARK = Colors(
    window="#14171c",
    surface="#1c2026",
    sunken="#181b21",
    line="#313843",
    control="#7b8698",
    text="#e6e9ee",
    muted="#a5aebc",
    accent="#8db2ff",
    on_accent="#10182a",
    soft="#233048",
    sure="#72d19b",
    check="#efc05c",
    bad="#ff9188",
    bad_soft="#3a2224",
    mark="#40391f",
    mark_strong="#6b5612",
)
