from dataclasses import replace
from datetime import timedelta

import pytest

from desktop.connectors.crm.hubspot import HubSpot
from desktop.connectors.exchange import HttpCall
from desktop.connectors.signin.grant import Grant, read
from desktop.connectors.signin.signed_boundary import SignedBoundary
from desktop.connectors.signin.ways import WAYS
from desktop.domain.errors import UserActionNeeded
from tests.fakes.clock import START, ManualClock
from tests.fakes.ledger import ListLedger
from tests.servers.loopback import LoopbackHandler, LoopbackServer
from tests.unit.connectors.signin.rig import WAY, Rig
from tests.unit.connectors.signin.test_manager import counting

OLD = Grant("old", "r1", START + timedelta(seconds=3600), (START,))


class Handler(LoopbackHandler):
    def do_POST(self):  # noqa: N802  (the library calls it so)
        server = self.served_by
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        words = [self.headers.get("Authorization", ""), self.headers.get("x-api-token", "")]
        is_good = any(word.split(" ")[-1] in server.good for word in words if word)
        server.seen.append((words, body, is_good))
        self.send_response(200 if is_good else 401)
        self.send_header("Content-Length", "0")
        self.end_headers()


class Vendor(LoopbackServer):
    handler = Handler

    def __enter__(self):
        self.good, self.seen = {"a1"}, []
        return super().__enter__()


@pytest.fixture
def vendor():
    with Vendor() as server:
        yield server


def door(tokens, pasted=lambda: None):
    return SignedBoundary(pasted, tokens, ledger=ListLedger(), clock=ManualClock())


def call(vendor, token, header="Authorization", scheme="Bearer "):
    return HttpCall("POST", f"{vendor.url}/x", "test", headers={header: f"{scheme}{token}"}, content=b"one record")


def test_a_refused_call_is_repeated_once_with_a_fresh_token(vendor):
    rig = Rig(counting(), grant=OLD)
    http = door(rig.manager)
    answer = http.request(call(vendor, http.token()))
    http.close()
    assert answer.status == 200
    assert [(words[0], body) for words, body, _ in vendor.seen] == [
        ("Bearer old", b"one record"),
        ("Bearer a1", b"one record"),
    ]


def test_a_library_that_keeps_its_first_token_is_served_for_days(vendor):
    rig = Rig(counting(), grant=OLD)
    http = door(rig.manager)
    first = http.token()
    for number in range(30):
        vendor.good = {"old", *(f"a{count}" for count in range(40))}
        assert http.request(call(vendor, first, scheme="Zoho-oauthtoken ")).status == 200
        rig.clock.advance(3600)
        assert len(vendor.seen) == number + 1  # never refused: the token is exchanged on the way out
    http.close()
    assert vendor.seen[-1][0][0] == "Zoho-oauthtoken a29"


def test_a_refusal_that_no_token_mends_costs_one_refresh(vendor):
    vendor.good = set()
    rig = Rig(counting(), grant=OLD)
    http = door(rig.manager)
    assert [http.request(call(vendor, http.token())).status for _ in range(4)] == [401] * 4
    http.close()
    assert len(rig.http.calls) == 1
    assert len(vendor.seen) == 5


def test_a_pasted_token_goes_first_and_is_left_alone(vendor):
    rig = Rig(counting(), grant=OLD)
    http = door(rig.manager, lambda: "pasted")
    assert http.request(call(vendor, http.token())).status == 401
    http.close()
    assert not rig.http.calls
    assert [words[0] for words, *_ in vendor.seen] == ["Bearer pasted"]


def test_where_a_pasted_token_goes_elsewhere_that_of_a_sign_in_is_moved(vendor):
    rig = Rig(counting(), grant=OLD, way=replace(WAY, carried_in=WAYS["pipedrive"].carried_in))
    http = door(rig.manager)
    assert http.request(call(vendor, http.token(), "x-api-token", "")).status == 200
    http.close()
    assert [words for words, *_ in vendor.seen] == [["Bearer old", ""], ["Bearer a1", ""]]


def test_an_ended_sign_in_is_one_sentence_and_no_second_call(vendor):
    rig = Rig(lambda _call: (400, {"error": "invalid_grant"}), grant=OLD)
    http = door(rig.manager)
    with pytest.raises(UserActionNeeded, match="sign in again"):
        http.request(call(vendor, http.token()))
    http.close()
    assert len(vendor.seen) == 1


def test_other_headers_are_no_business_of_ours(vendor):
    rig = Rig(counting(), grant=OLD)
    http = door(rig.manager)
    http.token()
    http.request(call(vendor, "somebody-elses-old"))
    http.close()
    assert vendor.seen[0][0][0] == "Bearer somebody-elses-old"
    assert not rig.http.calls
    assert read(rig.kept.get()).access == "old"


def test_a_connector_needs_to_know_nothing_of_it(vendor):
    rig = Rig(counting(), grant=None)
    http = door(rig.manager)
    crm = HubSpot({"address": vendor.url}, token=http.token, http=http, clock=ManualClock())
    with pytest.raises(UserActionNeeded, match="sign in to it again"):
        crm.check()
    crm.close()
