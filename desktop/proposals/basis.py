"""What the rules reason from: one mail with those around it, and what the Mirror knows about the people and firms."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from desktop.domain.evidence import Band, Fact, FactKind, Reading, band_of
from desktop.domain.ids import ConnectionId, InteractionId
from desktop.domain.interactions import EmailMessage, InteractionKind
from desktop.domain.proposals import Action, FieldChange
from desktop.domain.records import RecordKind, RecordRef, RecordSnapshot
from desktop.domain.rights import RecordRules
from desktop.proposals.conversation import Circle, Source
from desktop.proposals.merging import MergedFact, merge


@dataclass(frozen=True, slots=True)
class Plan:
    """A Suggestion before it has an id. `same_as` is the key by which a duplicate is recognised, "" for none."""

    action: Action
    kind: RecordKind
    title: str
    reason: str
    changes: tuple[FieldChange, ...]
    same_as: str = ""
    target: RecordRef | None = None
    version: str = ""


@dataclass(slots=True)
class Basis:
    """Everything a rule may look at. `refs` grows as rules run: kind → the REFERENCE value later rules link to.

    What a rule concludes about a Record that lives through a conversation rests on the whole `circle`, never on which
    of its mails happens to be in hand: so the order in which mails are read makes no difference. `settled` are the
    mails whose word on a kind of Record is weighed already; `perhaps` is what to tell the rep of a Contact that may be
    the same.
    """

    message: EmailMessage
    reading: Reading
    connection_id: ConnectionId
    rules: Mapping[RecordKind, RecordRules]
    circle: Circle
    settled: Mapping[RecordKind, frozenset[InteractionId]]
    contact: RecordSnapshot | None = None
    owner: RecordSnapshot | None = None
    opportunity: RecordSnapshot | None = None
    perhaps: str = ""
    came_as: InteractionKind = InteractionKind.EMAIL
    refs: dict[RecordKind, str] = field(default_factory=dict)

    def fact(self, kind: FactKind) -> Fact | None:
        """Return the best Fact of a kind that is worth showing."""
        best = self.reading.best(kind)
        return best if best is not None and band_of(best.confidence) is not Band.EMPTY else None

    def merged(
        self, about: RecordKind, kind: FactKind, find: Callable[[Source], Fact | None] | None = None
    ) -> MergedFact | None:
        """Return what all mails that speak of one Record say of one thing; `find` as for `merge`."""
        return merge(kind, self.circle.of(about), settled=self.settled.get(about, frozenset()), find=find)

    def first_option(self, kind: RecordKind, name: str) -> str | None:
        """Return the CRM's default for a PICKLIST field."""
        options = self.rules[kind].choices(name)
        return options[0] if options else None

    def option(self, kind: RecordKind, name: str, *wanted: str) -> str | None:
        """Return the first wanted value the CRM has, spelt as the CRM spells it; None rather than a guess."""
        options = {value.lower(): value for value in self.rules[kind].choices(name)}
        return next((options[word.lower()] for word in wanted if word.lower() in options), None)
