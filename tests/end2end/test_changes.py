"""The rep changes connections: a new token works at once, a change keeps what was read, a removal says so."""

import pytest

from desktop.domain.records import RecordKind
from desktop.setup.connections import secret_name
from tests.end2end.rep import CRM, TOKEN, mail
from tests.end2end.test_trouble_meanwhile import JANE
from tests.fakes.waiting import wait_until

pytestmark = [pytest.mark.server, pytest.mark.end2end]


def test_nothing_is_proposed_from_a_mirror_that_was_never_filled(rep):
    """Otherwise somebody the CRM knows well would be created a second time."""
    rep.org.org.create("Contact", JANE)
    rep.org.org.tokens = {"other"}  # the CRM cannot be read yet
    rep.deliver(mail())
    rep.run()
    assert rep.cards() == []
    rep.org.org.tokens = {TOKEN}
    rep.run()
    rep.accept_everything()
    rep.run()
    assert len(rep.alive("Contact")) == 1


def test_a_token_given_later_is_used_without_a_restart(rep):
    rep.org.org.tokens = {"new"}
    with rep.working() as agent:
        wait_until(lambda: not rep.connection(CRM).is_ok)
        rep.profile.vault.set(secret_name(CRM, "access_token"), "new")
        agent.poke()
        wait_until(lambda: rep.connection(CRM).is_ok)


def test_a_changed_password_keeps_what_was_read_and_decided(rep):
    rep.deliver(mail())
    rep.run()
    account = rep.item(RecordKind.ACCOUNT)
    rep.review.dismiss(account.id)
    mailbox = next(c for c in rep.parts.setup().all() if c.connector == "imap")
    rep.parts.setup().change(mailbox.id, {"display_name": "Alex A. Doe"})
    rep.run()
    assert len(rep.cards()) == 1
    assert rep.item(RecordKind.ACCOUNT).state == "dismissed"


def test_a_decision_whose_crm_was_removed_says_so(rep):
    rep.deliver(mail())
    rep.run()
    account = rep.item(RecordKind.ACCOUNT)
    rep.review.accept(account.id)
    rep.parts.setup().remove(CRM)
    rep.run()
    assert "was removed" in rep.entry(account.id).sentence
    rep.review.undo(account.id)
    assert rep.item(RecordKind.ACCOUNT).state == "open"
