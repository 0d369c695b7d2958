"""How likely two Profiles are of the same person or firm, and what speaks for it in words a rep can check.

The weights are natural logarithms of how much more often a thing is seen among two of the same than among two that
merely met under a key, in the manner of Fellegi and Sunter (1969). They are set by hand, on the careful side: what is
shown is a question to the rep, and a wrong "the same" costs more than a missed one.
"""

import math
from dataclasses import dataclass

from rapidfuzz.distance import JaroWinkler

from desktop.domain.records import PEOPLE
from desktop.matching.names import folded, roots
from desktop.matching.profile import Profile

PRIOR = -6.0
SHARED_AT_MOST = 6.0
"""What a firm's people have in common adds up to this and no more: street, town and switchboard are one fact."""
NEAR, FAR = 0.92, 0.80


@dataclass(frozen=True, slots=True)
class Likeness:
    """`chance` (0 to 1) that both are the same, and what they have in common, the strongest first."""

    chance: float
    reasons: tuple[str, ...]


def likeness(one: Profile, other: Profile) -> Likeness:
    """Compare two Profiles of one kind."""
    own, shared = _person(one, other) if one.kind in PEOPLE else _firm(one, other)
    odds = PRIOR + sum(own.values()) + min(SHARED_AT_MOST, sum(shared.values()))
    said = {**own, **shared}
    reasons = tuple(sorted((name for name, weight in said.items() if weight > 0), key=said.__getitem__, reverse=True))
    return Likeness(_chance(odds), reasons)


def _person(one: Profile, other: Profile) -> tuple[dict[str, float], dict[str, float]]:
    own: dict[str, float] = {}
    if one.emails and other.emails:
        own |= {"same e-mail address": 12.0} if one.emails & other.emails else {"": -1.0}
    name = _name(one, other)
    own[name[0]] = name[1]
    shared: dict[str, float] = {}
    if one.phones & other.phones:
        shared["same number"] = 4.0
    if one.domain and other.domain:
        shared |= {"same e-mail domain": 3.5} if one.domain == other.domain else {"another e-mail domain": -1.5}
    elif one.firm and other.firm:
        near = _alike(" ".join(one.firm), " ".join(other.firm))
        shared |= {"same firm": 3.5} if near >= NEAR else {"another firm": -1.5}
    return own, shared


def _name(one: Profile, other: Profile) -> tuple[str, float]:
    here, there = _given(one), _given(other)
    last, other_last = "".join(map(folded, one.last)), "".join(map(folded, other.last))
    if last and (sorted((*here, last)) == sorted((*there, other_last)) or _words(one) == _words(other)):
        return "same name", 7.0
    family = _alike(last, other_last) if last and other_last else 0.0
    if family < NEAR:
        return "another name", -6.0
    if not here or not there:
        return "same surname", 2.0
    return _given_names(here[0], there[0], is_exact=family == 1)


def _given_names(one: str, other: str, *, is_exact: bool) -> tuple[str, float]:
    """Compare given names of people whose surnames are the same (`is_exact`) or nearly."""
    if roots(one) & roots(other):
        return "a form of the same name", 6.5 if is_exact else 5.0
    if one[0] == other[0] and 1 in (len(one), len(other)):
        return "same surname and initial", 4.5
    if _alike(one, other) >= FAR:
        return "almost the same name", 5.0 if is_exact else 3.5
    return "another given name", -6.0


def _words(one: Profile) -> list[str]:
    """Return all words of a name: which of them belong to the surname, nobody agrees on."""
    return sorted(folded(word) for word in (*one.first, *one.last))


def _given(one: Profile) -> tuple[str, ...]:
    return tuple(folded(word) for word in one.first)


def _firm(one: Profile, other: Profile) -> tuple[dict[str, float], dict[str, float]]:
    own: dict[str, float] = {}
    if one.domain and other.domain:
        own |= {"same web site": 7.0} if one.domain == other.domain else {"another web site": -2.0}
    here, there = " ".join(map(folded, one.firm)), " ".join(map(folded, other.firm))
    if here and there:
        near = max(_alike(here, there), _alike(here.replace(" ", ""), there.replace(" ", "")))
        if here.replace(" ", "") == there.replace(" ", "") or sorted(here.split()) == sorted(there.split()):
            own["same name"] = 9.5
        elif near >= NEAR:
            own["almost the same name"] = 5.0
        else:
            own["another name"] = 0.0 if near >= FAR else -5.0
    return own, {"same number": 4.0} if one.phones & other.phones else {}


def _alike(one: str, other: str) -> float:
    return float(JaroWinkler.normalized_similarity(one, other))


def _chance(odds: float) -> float:
    return 1 / (1 + math.exp(-max(-500.0, min(500.0, odds))))
