"""The order of the steps, in one table, and what each kind of error means for the mail it happened to.

A step picks the newest Interaction in its state, works without holding a transaction, and writes the next state in one.
So there is nothing to hand over, nothing to resume, and running a step twice is running it once.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from desktop.domain.connections import Family
from desktop.domain.errors import Cancelled, DealsideError, Rejected, Temporary, UserActionNeeded
from desktop.domain.events import EventName
from desktop.domain.ids import InteractionId
from desktop.domain.interactions import Interaction, InteractionState
from desktop.domain.ports import Clock, LanguageModel
from desktop.intake.step import own_addresses
from desktop.proposals import enrichment
from desktop.proposals import step as proposals
from desktop.store.store import Store, Transaction
from desktop.understanding import step as understanding

log = logging.getLogger("dealside.flow")

TRIES_WITH_MODEL = 3
MOST_TRIES = 6
FIRST_WAIT = 1.0
LONGEST_WAIT = 300.0
UNREADABLE = "This mail could not be understood; it is kept and can be entered by hand."

Publish = Callable[..., None]


@dataclass(frozen=True, slots=True)
class FlowStep:
    """One row of the table: which state it picks up, and what it does to one Interaction."""

    name: str
    takes: InteractionState
    run: Callable[[Interaction, int], None]


class Flow:
    """Understand and propose. `model` None means that rules alone carry the job."""

    def __init__(self, store: Store, clock: Clock, model: LanguageModel | None, publish: Publish) -> None:
        self._store = store
        self._clock = clock
        self._model = model
        self._publish = publish
        self.table = (
            FlowStep("understand", InteractionState.RECEIVED, self._understand),
            FlowStep("propose", InteractionState.UNDERSTOOD, self._propose),
        )

    def advance(self) -> bool:
        """Take one Interaction one step further, the last step first; return False when nothing is due."""
        for step in reversed(self.table):
            with self._store.reading() as tx:
                if step.takes is InteractionState.UNDERSTOOD and not _can_propose(tx):
                    continue
                found = tx.interactions.next_due(step.takes, self._clock.now())
            if found is not None:
                item, attempts = found
                self._take(step, item, attempts)
                return True
        return self._follow_up() or self._enrich()

    def _take(self, step: FlowStep, item: Interaction, attempts: int) -> None:
        try:
            step.run(item, attempts)
        except Cancelled:
            log.info("%s of %s was cancelled", step.name, item.id)
            self._postpone(item.id, 0.0)
        except Rejected as error:
            self._give_up(item.id, error.sentence, error)
        except (Temporary, UserActionNeeded) as error:
            asked = error.retry_after if isinstance(error, Temporary) else None
            log.info("%s of %s has to wait: %s", step.name, item.id, error.detail or error.sentence)
            self._postpone(item.id, asked if asked is not None else _wait(attempts))
        except Exception as error:
            log.exception("%s of %s failed", step.name, item.id)
            if attempts + 1 >= MOST_TRIES:
                self._give_up(item.id, UNREADABLE, error)
            else:
                self._postpone(item.id, _wait(attempts))

    def _understand(self, item: Interaction, attempts: int) -> None:
        # A model that keeps failing on this mail does not hold it up for ever: the rules can read it alone.
        model = self._model if attempts < TRIES_WITH_MODEL else None
        with self._store.reading() as tx:
            mailbox = tx.connections.get(item.connection_id)
        own = own_addresses(mailbox) if mailbox else frozenset()
        understanding.run(item, self._store, model, own)

    def _propose(self, item: Interaction, _attempts: int) -> None:
        proposal_id = proposals.run(item.id, self._store, self._clock)
        if proposal_id is not None:
            self._publish(EventName.PROPOSAL_READY, proposal_id)

    def _follow_up(self) -> bool:
        """Say what one mail adds to a Record that was on its way when the mail came; return False when none waits."""
        with self._store.reading() as tx:
            found = tx.conversations.next_arrived()
        if found is None:
            return False
        try:
            proposal_id = proposals.follow_up(*found, self._store, self._clock)
        except Temporary as error:
            log.info("follow-up of %s has to wait: %s", found[0], error.detail or error.sentence)
            return False
        except Exception:
            log.exception("follow-up of %s failed", found[0])
            with self._store.transaction() as tx:
                tx.conversations.wait_no_more(*found)
            return True
        if proposal_id is not None:
            self._publish(EventName.PROPOSAL_CHANGED, proposal_id)
        return True

    def _enrich(self) -> bool:
        """Fill one Record in from earlier mails; return False when none waits to be looked at."""
        with self._store.reading() as tx:
            found = enrichment.next_record(tx)
        if found is None:
            return False
        try:
            proposal_id = enrichment.run(*found, self._store, self._clock)
        except Temporary as error:
            log.info("enrichment of %s has to wait: %s", found[1], error.detail or error.sentence)
            return False
        except Exception:
            log.exception("enrichment of %s failed", found[1])
            with self._store.transaction() as tx:
                tx.enrichments.done(*found)
            return True
        if proposal_id is not None:
            self._publish(EventName.PROPOSAL_CHANGED, proposal_id)
        return True

    def _postpone(self, interaction_id: InteractionId, seconds: float) -> None:
        with self._store.transaction() as tx:
            tx.interactions.postpone(interaction_id, self._clock.now() + timedelta(seconds=seconds))

    def _give_up(self, interaction_id: InteractionId, sentence: str, error: Exception) -> None:
        detail = error.detail if isinstance(error, DealsideError) else repr(error)
        log.info("%s is given up: %s", interaction_id, detail)
        with self._store.transaction() as tx:
            tx.interactions.move(interaction_id, InteractionState.FAILED, reason=sentence)


def _can_propose(tx: Transaction) -> bool:
    """Whether the CRM's Records were read once: before that everybody looks unknown and would be created again."""
    crm = next(iter(tx.connections.all(Family.CRM)), None)
    return crm is None or tx.connections.is_mirrored(crm.id)


def _wait(attempts: int) -> float:
    return float(min(FIRST_WAIT * 2 ** min(attempts, 20), LONGEST_WAIT))
