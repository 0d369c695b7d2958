import threading
import urllib.parse
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from desktop.connectors.signin.grant import Grant, read, write
from desktop.connectors.signin.ways import WAYS, Pace
from desktop.domain.errors import Temporary, UserActionNeeded
from desktop.system.long_secrets import LongSecret
from desktop.system.vault import MemoryVault
from tests.fakes.clock import START, ManualClock
from tests.unit.connectors.signin.rig import WAY, Rig

OLD = Grant("old", "r1", START + timedelta(seconds=3600), (START,))


def form_of(call):
    return dict(urllib.parse.parse_qsl(call.content.decode()))


def counting(life=3600, *, rotates=True):
    made = []

    def answer(call):
        made.append(form_of(call))
        body = {"access_token": f"a{len(made)}", "expires_in": life}
        return 200, body | ({"refresh_token": f"r{len(made) + 1}"} if rotates else {})

    return answer


def test_a_good_token_costs_nothing():
    rig = Rig(counting(), grant=OLD)
    assert rig.manager.token() == "old"
    assert not rig.http.calls


def test_nobody_has_signed_in():
    rig = Rig(counting(), grant=None)
    assert rig.manager.token() is None
    assert rig.manager.renew("x") is None


def test_it_is_replaced_before_its_end_and_the_new_refresh_token_is_kept():
    rig = Rig(counting(), grant=OLD)
    rig.clock.advance(3600 - 30)
    assert rig.manager.token() == "a1"
    kept = read(rig.kept.get())
    assert (kept.access, kept.refresh) == ("a1", "r2")
    rig.clock.advance(3600)
    rig.manager.token()
    assert [form_of(call)["refresh_token"] for call in rig.http.calls] == ["r1", "r2"]


def test_a_vendor_that_does_not_rotate_keeps_the_refresh_token():
    rig = Rig(counting(rotates=False), grant=OLD)
    rig.manager.renew("old")
    assert read(rig.kept.get()).refresh == "r1"


def test_without_expires_in_only_a_refusal_renews():
    rig = Rig(lambda _call: (200, {"access_token": "a1"}), grant=replace(OLD, expires_at=None))
    rig.clock.advance(30 * 24 * 3600)
    assert rig.manager.token() == "old"
    assert rig.manager.renew("old") == "a1"
    assert read(rig.kept.get()).expires_at is None


@pytest.mark.parametrize("life", [None, "soon", -1, 0, True, [], 1e300])
def test_an_odd_life_is_no_life(life):
    rig = Rig(lambda _call: (200, {"access_token": "a1", "expires_in": life}), grant=OLD)
    rig.manager.renew("old")
    assert read(rig.kept.get()).expires_at is None


def test_many_threads_make_one_refresh():
    gate = threading.Event()

    def slow(call):
        gate.wait(5)
        return counting()(call)

    rig = Rig(slow, grant=OLD)
    found = []
    threads = [threading.Thread(target=lambda: found.append(rig.manager.renew("old"))) for _ in range(40)]
    for thread in threads:
        thread.start()
    gate.set()
    for thread in threads:
        thread.join(10)
    assert found == ["a1"] * 40
    assert len(rig.http.calls) == 1


def test_two_processes_make_one_refresh():
    rig = Rig(counting(), grant=OLD)
    other = rig.another()
    assert (rig.manager.token(), other.token()) == ("old", "old")
    assert rig.manager.renew("old") == other.renew("old") == "a1"
    assert len(rig.http.calls) == 1


def test_an_old_refresh_token_leads_to_one_more_look_in_the_vault():
    clock, box = ManualClock(), {}

    def answer(call):
        if form_of(call)["refresh_token"] == "r1":  # somebody else was faster, and keeps theirs now
            box["kept"].set(write(Grant("theirs", "r9", clock.now() + timedelta(hours=1), (clock.now(),))))
            return 400, {"error": "invalid_grant"}
        raise AssertionError

    rig = Rig(answer, grant=OLD, clock=clock)
    box["kept"] = rig.kept
    assert rig.manager.renew("old") == "theirs"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, {"error": "invalid_grant", "error_description": "secret words"}),
        (200, {"error": "invalid_code"}),
        (200, {"error": "invalid_token", "access_token": "no"}),
        (400, {"status": "BAD_REFRESH_TOKEN", "message": "missing or unknown"}),
    ],
)
def test_an_ended_sign_in_says_so_once_and_asks_no_more(status, body):
    rig = Rig(lambda _call: (status, body), grant=OLD)
    for _ in range(3):
        with pytest.raises(UserActionNeeded, match="dealside accounts sign-in 1") as raised:
            rig.manager.renew("old")
        assert "secret words" not in str(raised.value)
    assert len(rig.http.calls) == 1
    rig.kept.set(write(Grant("again", "r7", None, ())))
    assert rig.manager.renew("old") == "again"


@pytest.mark.parametrize(
    ("status", "body"),
    [(401, {"error": "invalid_client"}), (200, {"error": "invalid_client_secret"}), (401, {})],
)
def test_a_wrong_app_is_for_the_admin(status, body):
    with pytest.raises(UserActionNeeded, match="admin"):
        Rig(lambda _call: (status, body), grant=OLD).manager.renew("old")


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (503, b"<html>busy</html>"),
        (429, {"error": "rate"}),
        (200, b"<html>a wifi page</html>"),
        (200, b'{"access_token": "cut o'),
        (200, {}),
        (200, {"access_token": ""}),
        (200, {"access_token": "with space"}),
        (200, {"access_token": 7}),
        (200, []),
        (200, b"[" * 100_000),
        (400, {"error": "temporarily_unavailable"}),
        (200, {"error": "Access Denied", "error_description": "You have made too many requests continuously."}),
        (200, {"access_token": "mac", "token_type": "mac"}),
    ],
)
def test_whatever_else_comes_back_is_tried_again_later_and_a_good_token_is_used_meanwhile(status, body):
    rig = Rig(lambda _call: (status, body), grant=OLD)
    with pytest.raises(Temporary):
        rig.manager.renew("old")
    rig.clock.advance(3600 - 10)
    assert rig.manager.token() == "old"
    rig.clock.advance(20)
    with pytest.raises(Temporary):
        rig.manager.token()


def test_zoho_is_not_asked_too_often_by_all_processes_together():
    rig = Rig(counting(life=61), grant=replace(OLD, expires_at=START), way=replace(WAY, pace=Pace(10, 600.0)))
    with pytest.raises(Temporary) as raised:
        for _ in range(30):
            rig.another().token()
            rig.clock.advance(61)
            if rig.clock.now() > START + timedelta(seconds=540):
                rig.clock.advance(-30)
    assert len(rig.http.calls) <= 9
    assert 0 < raised.value.retry_after <= 600
    rig.clock.advance(600)
    assert rig.another().token()


def test_zoho_has_the_rule():
    assert WAYS["zoho"].pace == Pace(10, 600.0)


def test_a_fresh_token_that_is_refused_as_well_is_not_replaced_again():
    rig = Rig(counting(), grant=OLD)
    fresh = rig.manager.renew("old")
    rig.manager.was_in_vain(fresh)
    assert rig.manager.renew(fresh) is None
    assert len(rig.http.calls) == 1


class LockedVault(LongSecret):
    is_locked = False

    def set(self, value):
        if self.is_locked:
            raise UserActionNeeded("Your keyring is locked: unlock it and try again.")
        super().set(value)


@pytest.mark.expects_log("not kept yet")
def test_a_vault_that_is_locked_just_then_is_tried_again():
    kept = LockedVault(MemoryVault(), "s")
    rig = Rig(counting(), grant=OLD, kept=kept)
    rig.manager.token()
    kept.is_locked = True
    assert rig.manager.renew("old") == "a1"
    rig.clock.advance(120)
    assert rig.manager.token() == "a1"  # what we hold is newer than what is kept
    kept.is_locked = False
    rig.manager.token()
    assert read(kept.get()).refresh == "r2"


def test_no_refresh_token_and_the_end_of_the_token():
    rig = Rig(counting(), grant=replace(OLD, refresh=None))
    assert rig.manager.renew("old") is None
    rig.clock.advance(3601)
    with pytest.raises(UserActionNeeded, match="sign in again"):
        rig.manager.token()


@pytest.mark.parametrize("text", [None, "", "{", "[]", '{"format": 9}', '{"format": 1, "access": 3}', "null", "7"])
def test_what_is_no_grant_is_none(text):
    assert read(text) is None


class Rotation(RuleBasedStateMachine):
    """A server that ends everything when an old token shows up; two processes that die, and lose answers on the way."""

    def __init__(self):
        super().__init__()
        self.good, self.count, self.is_lost = "r1", 1, False
        self.is_revoked = False
        self.rig = Rig(self.answer, grant=OLD)
        self.managers = [self.rig.manager, self.rig.another()]

    def answer(self, call):
        token = form_of(call)["refresh_token"]
        if self.is_lost:
            return 503, b""  # it was not carried out
        if token != self.good:
            self.is_revoked = True
            return 400, {"error": "invalid_grant"}
        self.count += 1
        self.good = f"r{self.count}"
        return 200, {"access_token": f"a{self.count}", "refresh_token": self.good, "expires_in": 100}

    @rule(which=st.integers(0, 1))
    def ask(self, which):
        try:
            assert self.managers[which].token()
        except Temporary:
            assert self.is_lost

    @rule(which=st.integers(0, 1))
    def refuse(self, which):
        try:
            self.managers[which].renew(self.managers[which].token() or "")
        except Temporary:
            assert self.is_lost

    @rule(seconds=st.integers(0, 300))
    def wait(self, seconds):
        self.rig.clock.advance(seconds)

    @rule(which=st.integers(0, 1))
    def die(self, which):
        self.managers[which] = self.rig.another()

    @rule(is_lost=st.booleans())
    def network(self, is_lost):
        self.is_lost = is_lost

    @invariant()
    def never_shows_an_old_token(self):
        assert not self.is_revoked
        assert read(self.rig.kept.get()).refresh == self.good


Rotation.TestCase.settings = hypothesis_settings(deadline=None, max_examples=60, stateful_step_count=30)
TestRotation = Rotation.TestCase
