"""What several mails say, field by field: the newest wins, agreement makes surer, disagreement is kept to be shown.

**Which value wins.** With p the chance that the newer mail was read rightly and q that of the older, the newer value is
right with p and the older, which a rightly read newer one would have overtaken, with q(1 − p): so the newer one wins
from p ≥ q / (1 + q) on, which a value worth showing misses only beside a much surer one.

**Agreement.** Two mails that say the same in different lines are two witnesses, though not quite independent ones: the
same rules read both. So the second counts half (`SECOND_VOICE`) in a noisy-or, 1 − (1 − p)(1 − q/2), and no agreement
leads beyond `AGREED_AT_MOST`. The same line twice, as in a signature or an address header, is one witness: the surer
of both readings counts. There are no mails with known truth to fit either number on; both err on the cautious side.

**Disagreement** leaves no value SURE: somebody has to look.
"""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from desktop.domain.evidence import CHECK_FROM, SURE_FROM, Evidence, Fact, FactKind, Part
from desktop.domain.ids import InteractionId
from desktop.domain.matching import name_key, phone_key
from desktop.domain.proposals import OtherValue
from desktop.proposals.conversation import Source
from desktop.proposals.retraction import retracts

SECOND_VOICE = 0.5
AGREED_AT_MOST = 0.98
DISPUTED_AT_MOST = SURE_FROM - 0.01
OTHERS_AT_MOST = 2
QUOTES_AT_MOST = 3
MOST_LINE = 300


@dataclass(frozen=True, slots=True)
class MergedFact(Fact):
    """A Fact of several mails. `also` are the words of those that agree, `others` the values that lost.

    `is_news` is False when the rep was asked about this value before, or the CRM had it, and no mail says it anew.
    """

    also: tuple[Evidence, ...] = ()
    others: tuple[OtherValue, ...] = ()
    is_news: bool = True


@dataclass(frozen=True, slots=True)
class _Said:
    source: Source
    fact: Fact


def merge(
    kind: FactKind,
    sources: Sequence[Source],
    *,
    settled: Collection[InteractionId] = (),
    find: Callable[[Source], Fact | None] | None = None,
) -> MergedFact | None:
    """Return what the mails, oldest first, say of one thing, or None when none says anything worth showing.

    `settled` are mails whose word was weighed before. `find` picks a mail's Fact where the likeliest is not meant.
    """
    groups = _groups(_said(kind, sources, find))
    if not groups:
        return None
    best = groups[0]
    for older in groups[1:]:
        trust = _agreed(older)
        if trust / (1 + trust) > _agreed(best):
            best = older
    chosen = _fullest(best)
    rest = [said for said in best if said is not chosen]
    others = [group for group in groups if group is not best]
    confidence = _agreed(best)
    return MergedFact(
        kind=kind,
        value=chosen.fact.value,
        evidence=chosen.source.cite(chosen.fact.evidence),
        confidence=round(min(confidence, DISPUTED_AT_MOST), 4) if others else confidence,
        reason=chosen.fact.reason,
        owner=chosen.fact.owner,
        due=chosen.fact.due,
        signals=chosen.fact.signals,
        also=tuple(said.source.cite(said.fact.evidence) for said in rest[: QUOTES_AT_MOST - 1]),
        others=tuple(_other(group) for group in others[:OTHERS_AT_MOST]),
        is_news=_is_news(best, groups, settled),
    )


def _said(kind: FactKind, sources: Sequence[Source], find: Callable[[Source], Fact | None] | None) -> list[_Said]:
    """Return what each mail says, newest first; nothing from before a mail that takes it back."""
    said: list[_Said] = []
    for source in reversed(sources):
        takes_back = retracts(source.message, source.reading, kind)
        if takes_back and not find:
            older = sources[: sources.index(source)]
            fact = _beside(source, kind, [fact.value for other in older for fact in other.reading.all(kind)])
        else:
            fact = find(source) if find else source.fact(kind)
        if fact is not None:
            said.append(_Said(source, fact))
        if takes_back:
            break
    return said


def _beside(source: Source, kind: FactKind, taken_back: Iterable[str]) -> Fact | None:
    """Return the likeliest Fact of a mail that takes a value back, leaving out that value."""
    gone = list(taken_back)
    left = [
        fact
        for fact in source.reading.all(kind)
        if fact.confidence >= CHECK_FROM and not any(_is_same(kind, fact.value, value) for value in gone)
    ]
    return max(left, key=lambda fact: fact.confidence, default=None)


def _groups(said: Sequence[_Said]) -> list[list[_Said]]:
    """Return what was said by value, the value said last first."""
    groups: list[list[_Said]] = []
    for one in said:
        home = next((group for group in groups if _is_same(one.fact.kind, one.fact.value, group[0].fact.value)), None)
        if home is None:
            groups.append([one])
        else:
            home.append(one)
    return groups


def _agreed(group: Sequence[_Said]) -> float:
    """Return the chance that a value is right which these mails give."""
    ranked = sorted(group, key=lambda said: (-said.fact.confidence, _when(said)))
    heard = ranked[:1]
    chance = ranked[0].fact.confidence
    for said in ranked[1:]:
        if not any(_is_copy(said, other) for other in heard):
            heard.append(said)
            chance = 1 - (1 - chance) * (1 - SECOND_VOICE * said.fact.confidence)
    return round(max(min(chance, AGREED_AT_MOST), ranked[0].fact.confidence), 4)


def _fullest(group: Sequence[_Said]) -> _Said:
    """Return who says it most fully: `Jane Roe` before `Jane`, an amount with its currency, else the newest.

    Where the mail in hand says just that, its words are the ones to show.
    """
    fullest = max(group, key=lambda said: (len(said.fact.value.split()), _when(said)))
    here = (said for said in group if said.source.is_current and said.fact.value == fullest.fact.value)
    return next(here, fullest)


def _other(group: Sequence[_Said]) -> OtherValue:
    said = _fullest(group)
    return OtherValue(said.fact.value, said.source.cite(said.fact.evidence))


def _is_news(group: Sequence[_Said], groups: Sequence[Sequence[_Said]], settled: Collection[InteractionId]) -> bool:
    """Whether a mail not weighed yet gives this value: in words of its own, or after another value was weighed last."""
    fresh = [said for said in group if said.source.id not in settled]
    old = [said for said in group if said.source.id in settled]
    last = max((said for one in groups for said in one if said.source.id in settled), key=_when, default=None)
    is_overtaken = last is not None and last not in old
    return any(
        (is_overtaken and last is not None and _when(said) > _when(last))
        or not any(_is_copy(said, other) for other in old)
        for said in fresh
    )


def _when(said: _Said) -> tuple[datetime, str]:
    return (said.source.said_at, said.source.id)


def _is_copy(one: _Said, other: _Said) -> bool:
    """Whether two mails say it in the very same line, as the same signature does."""
    return _line(one) == _line(other)


def _line(said: _Said) -> str:
    span, text = said.fact.evidence.span, said.source.message.text
    if span.part is not Part.BODY:
        return " ".join(said.fact.evidence.text.split())
    start = text.rfind("\n", max(0, span.start - MOST_LINE), span.start) + 1 or max(0, span.start - MOST_LINE)
    end = text.find("\n", span.end, span.end + MOST_LINE)
    line = text[start : end if end >= 0 else span.end + MOST_LINE]
    return " ".join(re.sub(r"^[>\s]{1,20}", "", line).split()).casefold()


def _is_same(kind: FactKind, one: str, other: str) -> bool:
    """Whether two values state the same thing, one perhaps more fully."""
    if one == other:
        return True
    if kind in {FactKind.PHONE, FactKind.MOBILE}:
        return bool(phone_key(one)) and phone_key(one) == phone_key(other)
    if kind is FactKind.AMOUNT:
        (number, _, currency), (number_too, _, currency_too) = one.partition(" "), other.partition(" ")
        return number == number_too and (not currency or not currency_too)
    left, right = one.casefold().split(), other.casefold().split()
    if kind is FactKind.COMPANY:
        left, right = name_key(one).split() or left, name_key(other).split() or right
        shorter = min(len(left), len(right))
        return left[:shorter] == right[:shorter]
    if kind is FactKind.PERSON:
        return set(left) <= set(right) or set(right) <= set(left)
    return left == right
