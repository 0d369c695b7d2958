"""What the rules reason from: one mail with those around it, and what the Mirror knows about the people and firms."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from desktop.domain.evidence import Band, Fact, FactKind, Reading, band_of
from desktop.domain.ids import ConnectionId, InteractionId
from desktop.domain.interactions import EmailMessage, InteractionKind
from desktop.domain.proposals import Action, FieldChange, Suggestion
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
    mails whose word on a kind of Record is weighed already; `said` is what the cards around say that is still to be
    made; `perhaps` is what to tell the rep of somebody who may be the same; `new_people` is what somebody unknown from
    an unknown firm is proposed as; `by_leads` are the mails of the conversation that Leads wrote.
    """

    message: EmailMessage
    reading: Reading
    connection_id: ConnectionId
    rules: Mapping[RecordKind, RecordRules]
    circle: Circle
    settled: Mapping[RecordKind, frozenset[InteractionId]]
    said: Mapping[RecordKind, Suggestion] = field(default_factory=dict)
    new_people: RecordKind = RecordKind.CONTACT
    by_leads: frozenset[InteractionId] = frozenset()
    contact: RecordSnapshot | None = None
    lead: RecordSnapshot | None = None
    owner: RecordSnapshot | None = None
    opportunity: RecordSnapshot | None = None
    perhaps: str = ""
    came_as: InteractionKind = InteractionKind.EMAIL
    refs: dict[RecordKind, str] = field(default_factory=dict)

    @property
    def person(self) -> RecordSnapshot | None:
        """Who wrote, if the CRM knows them; as a Contact rather than as a Lead."""
        return self.contact or self.lead

    @property
    def is_lead(self) -> bool:
        """Whether who wrote is a Lead, or is to become one: they need no Account, and open no deal."""
        if self.person is not None:
            return self.contact is None
        return self.new_people is RecordKind.LEAD and self.owner is None

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
