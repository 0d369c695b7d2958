"""Interaction → Reading, kept with the next state in one transaction."""

from desktop.domain.connections import Family
from desktop.domain.interactions import Interaction, InteractionState
from desktop.domain.ports import LanguageModel
from desktop.store.store import Store
from desktop.understanding.calls.reading import read_call
from desktop.understanding.confidence.refit import calibrators
from desktop.understanding.reading import read_message


def run(item: Interaction, store: Store, model: LanguageModel | None, own_addresses: frozenset[str]) -> None:
    """Understand one mail or call. The model works outside any transaction; its errors go to the flow."""
    with store.reading() as tx:
        known = calibrators(tx)
        domains = frozenset(domain for crm in tx.connections.all(Family.CRM) for domain in tx.mirror.domains(crm.id))
    if item.call is not None:
        reading = read_call(item.call, model, job=item.id, calibrators=known)
    else:
        reading = read_message(
            item.message, model, own_addresses=own_addresses, job=item.id, calibrators=known, account_domains=domains
        )
    with store.transaction() as tx:
        current = tx.interactions.get(item.id)
        if current is None or current.state is not InteractionState.RECEIVED:
            return
        tx.interactions.save_reading(item.id, reading)
        tx.interactions.move(item.id, InteractionState.UNDERSTOOD)
