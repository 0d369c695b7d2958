"""Who can be checked, and that a call counts once."""

import hashlib
from datetime import timedelta

import pytest

from desktop.connectors import registry
from desktop.connectors.webhooks.rules import Keys, Seal, hubspot
from desktop.connectors.webhooks.vendors import CAPABILITY, VENDORS, SealCheck, check_for, offer_of
from desktop.domain.connections import Family
from desktop.domain.webhooks import CallVerdict
from tests.unit.connectors.webhooks.test_rules import BODY, KEYS, NOW, SECRET, call, custom, hubspot_v3

TRUSTED, REPEATED, REFUSED = CallVerdict.TRUSTED, CallVerdict.REPEATED, CallVerdict.REFUSED


def test_the_capability_is_told_of_just_those_in_the_table():
    for name in registry.names(Family.CRM):
        assert (CAPABILITY in registry.info(name).can) == (name in VENDORS)
    assert CAPABILITY not in registry.info("salesforce").can
    assert CAPABILITY not in registry.info("book").can


def test_without_a_secret_there_is_no_check():
    assert check_for("hubspot", secret="", address="https://hooks.example") is None
    assert check_for("salesforce", secret=SECRET, address="https://hooks.example") is None
    assert offer_of("salesforce") is None


@pytest.mark.parametrize("name", VENDORS)
def test_every_offer_says_what_to_enter(name):
    offer = VENDORS[name].offer
    words = offer.steps.format(address="https://hooks.example/webhooks/crm", secret=SECRET)
    assert "https://hooks.example/webhooks/crm" in words
    assert (SECRET in words) is offer.is_ours


def test_a_repeat_is_known_and_order_does_not_matter():
    check = check_for("hubspot", secret=SECRET, address="https://hooks.example/")
    newer, older = hubspot_v3(), hubspot_v3(at=NOW - timedelta(minutes=2))
    assert [check.judge(one, NOW) for one in (newer, older, older, newer)] == [TRUSTED, TRUSTED, REPEATED, REPEATED]
    assert check.judge(older, NOW + timedelta(minutes=4)) is REFUSED


def test_a_repeat_that_is_written_otherwise_is_known_too():
    check = check_for("custom", secret=SECRET, address="")
    assert check.judge(custom(), NOW) is TRUSTED
    assert check.judge(custom(write=lambda digest: "sha256=" + digest.hex().upper()), NOW) is REPEATED


def test_a_call_that_was_caught_cannot_be_stripped_of_its_better_signature():
    check = check_for("hubspot", secret=SECRET, address="https://hooks.example")
    v1 = {"x-hubspot-signature": hashlib.sha256(SECRET.encode() + BODY).hexdigest()}
    assert check.judge(call(v1), NOW) is TRUSTED
    assert check.judge(call(v1), NOW) is REPEATED
    assert check.judge(hubspot_v3(), NOW) is TRUSTED
    assert check.judge(call(v1), NOW + timedelta(days=2)) is REFUSED


def test_what_is_remembered_is_bounded_and_strangers_do_not_push_it_out():
    check = SealCheck(hubspot, KEYS, most=3)
    first = hubspot_v3()
    assert check.judge(first, NOW) is TRUSTED
    for _ in range(50):
        assert check.judge(hubspot_v3(secret="another"), NOW) is REFUSED
    assert check.judge(first, NOW) is REPEATED
    for number in range(1, 4):
        assert check.judge(hubspot_v3(at=NOW - timedelta(seconds=number)), NOW) is TRUSTED
    assert check.judge(first, NOW) is TRUSTED, "the oldest is forgotten, which costs a pull and nothing else"


def test_a_mark_that_is_over_may_come_again():
    check = SealCheck(lambda _call, _keys, now: Seal("same", now), Keys(SECRET))
    assert check.judge(call(), NOW) is TRUSTED
    assert check.judge(call(), NOW) is REPEATED
    assert check.judge(call(), NOW + timedelta(seconds=1)) is TRUSTED
