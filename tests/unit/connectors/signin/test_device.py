import urllib.parse
from dataclasses import replace

import pytest

from desktop.connectors.signin.device import DeviceSignIn
from desktop.connectors.signin.grant import read
from desktop.domain.errors import Cancelled, Rejected, Temporary, UserActionNeeded
from tests.unit.connectors.signin.rig import WAY, endpoint

DEVICE = replace(WAY, device="https://harbour.example/device")
CODE = {"device_code": "d", "user_code": "AB-CD", "verification_uri": "https://harbour.example/go", "interval": 5}


class Bench:
    def __init__(self, polls, code=CODE, way=DEVICE):
        self.polls, self.code, self.now, self.asked_at, self.shown = list(polls), code, 0.0, [], []
        self.sign_in = DeviceSignIn(
            way, {"client_id": "x"}, endpoint(self.answer, way), sleep=self.sleep, ticks=lambda: self.now
        )

    def sleep(self, seconds):
        self.now += seconds

    def answer(self, call):
        if call.url == DEVICE.device:
            return 200, self.code
        self.asked_at.append(round(self.now))
        form = dict(urllib.parse.parse_qsl(call.content.decode()))
        assert form["device_code"] == "d"
        poll = self.polls.pop(0)
        if isinstance(poll, Exception):
            raise poll
        return poll

    def run(self, should_stop=lambda: False):
        return self.sign_in.run(lambda *shown: self.shown.append(shown), should_stop)


PENDING = (400, {"error": "authorization_pending"})
SLOW = (400, {"error": "slow_down"})
YES = (200, {"access_token": "a", "refresh_token": "r", "expires_in": 60})


def test_it_asks_at_the_pace_it_is_told():
    bench = Bench([PENDING, SLOW, PENDING, YES])
    assert read(bench.run().grant).access == "a"
    assert bench.shown == [("https://harbour.example/go", "AB-CD")]
    assert bench.asked_at == [5, 10, 20, 30]


def test_a_bad_line_backs_off():
    bench = Bench([Temporary("No network."), Temporary("No network."), YES])
    bench.run()
    assert bench.asked_at == [5, 15, 35]


@pytest.mark.parametrize(
    ("poll", "words"),
    [
        ((400, {"error": "expired_token"}), "too old"),
        ((400, {"error": "access_denied"}), "declined"),
        ((400, {"error": "authorization_declined"}), "declined"),
        ((401, {"error": "invalid_client"}), "admin"),
    ],
)
def test_a_no_ends_it(poll, words):
    with pytest.raises(UserActionNeeded, match=words):
        Bench([PENDING, poll]).run()


def test_a_code_has_an_end():
    bench = Bench([PENDING] * 100, {**CODE, "expires_in": 30})
    with pytest.raises(UserActionNeeded, match="too old"):
        bench.run()
    assert len(bench.asked_at) <= 6


def test_it_can_be_cancelled():
    with pytest.raises(Cancelled):
        Bench([PENDING] * 9).run(lambda: True)


@pytest.mark.parametrize(
    "code",
    [
        {},
        {**CODE, "user_code": "x\x1b[2J"},
        {**CODE, "user_code": None},
        {**CODE, "verification_uri": "javascript:alert(1)"},
        {**CODE, "verification_uri": "http://evil.example"},
    ],
)
def test_an_odd_code_is_never_shown(code):
    bench = Bench([YES], code)
    with pytest.raises((Temporary, UserActionNeeded)):
        bench.run()
    assert not bench.shown


def test_not_offered_is_said():
    with pytest.raises(Rejected, match="browser"):
        Bench([], way=WAY).run()
