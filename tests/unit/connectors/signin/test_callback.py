import socket
import threading
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.connectors.signin.browser import BrowserSignIn
from desktop.connectors.signin.callback import Callback
from desktop.connectors.signin.grant import read
from desktop.connectors.signin.token_endpoint import TokenEndpoint
from desktop.connectors.signin.ways import WAYS
from desktop.domain.errors import Cancelled, Temporary, UserActionNeeded
from desktop.runtime.loopback_request import Request
from tests.fakes.clock import ManualClock
from tests.unit.connectors.signin.rig import SETTINGS, WAY, ScriptedHttp

HOST = "127.0.0.1:4711"
STATE = "s" * 43


def door(way=WAY, use=None):
    used = []
    made = Callback(way, state=STATE, redirect=f"http://{HOST}/signed-in", use=use or used.append)
    return made, used


def call(target, method="GET", host=HOST):
    return Request(method, target, {"host": host}, b"")


def test_the_right_answer_is_used_once():
    callback, used = door()
    reply = callback.answer(call(f"/signed-in?code=abc&state={STATE}"))
    assert (reply.status, used) == (200, [{"code": "abc", "state": STATE}])
    assert b"You can close this tab" in reply.body
    assert callback.answer(call(f"/signed-in?code=def&state={STATE}")).status == 410
    assert len(used) == 1


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (call("/signed-in?code=abc&state=wrong"), 400),
        (call("/signed-in?code=abc"), 400),
        (call("/signed-in"), 400),
        (call("/signed-in?error=access_denied"), 400),
        (call(f"/elsewhere?code=abc&state={STATE}"), 404),
        (call(f"/signed-in/?code=abc&state={STATE}"), 404),
        (call("/favicon.ico"), 404),
        (call(f"/signed-in?code=abc&state={STATE}", method="POST"), 405),
        (call(f"/signed-in?code=abc&state={STATE}", host="evil.example:4711"), 404),
        (call(f"/signed-in?code=abc&state={STATE}&state={STATE}"), 400),
        (call(f"/signed-in?code=abc&code=def&state={STATE}"), 400),
        (call(f"/signed-in?state={STATE}" + "&a=b" * 50), 400),
        (call("/signed-in?state=%ff%fe&code=a"), 400),
        (call("/signed-in?state=%00&code=a"), 400),
        (call("/signed-in?state=%C3%A9&code=a"), 400),
    ],
)
def test_strangers_change_nothing(request_, status):
    callback, used = door()
    assert callback.answer(request_).status == status
    assert not callback.is_over
    assert callback.answer(call(f"/signed-in?code=abc&state={STATE}")).status == 200
    assert len(used) == 1


@given(st.text(max_size=200))
def test_nothing_that_comes_in_is_shown(text):
    callback, used = door()
    marked = f"<script>{text}</script>"
    fields = {"state": STATE, "error": marked, "error_description": marked, "error_uri": f"javascript:{text}"}
    reply = callback.answer(call(f"/signed-in?{urllib.parse.urlencode(fields)}"))
    assert b"<script" not in reply.body
    assert b"javascript:" not in reply.body
    assert not used
    assert isinstance(callback.error, UserActionNeeded)
    assert "<script" not in str(callback.error)


@given(st.text(max_size=300))
def test_no_query_makes_it_fall_over_or_lets_it_in(query):
    callback, used = door()
    assert callback.answer(call(f"/signed-in?{urllib.parse.quote(query, safe='=&%+')}")).status == 400
    assert not used
    assert not callback.is_over


@pytest.mark.parametrize("code", ["", "x" * 4001, "%00", "%C3%A9"])
def test_a_code_that_is_none_ends_it(code):
    callback, used = door()
    callback.answer(call(f"/signed-in?code={code}&state={STATE}"))
    assert not used
    assert isinstance(callback.error, UserActionNeeded)


@pytest.mark.parametrize("iss", ["", "&iss=https://other.example", "&iss=https://harbour.example/"])
def test_an_answer_of_another_server_is_not_used(iss):
    callback, used = door(replace(WAY, issuer="https://harbour.example"))
    callback.answer(call(f"/signed-in?code=abc&state={STATE}{iss}"))
    assert not used
    assert callback.error is not None


def test_the_page_tells_what_went_wrong_afterwards():
    def use(_fields):
        raise Temporary("Harbour & Sons <cannot> be reached.")

    callback, _ = door(use=use)
    reply = callback.answer(call(f"/signed-in?code=abc&state={STATE}"))
    assert b"Harbour &amp; Sons &lt;cannot&gt; be reached." in reply.body
    assert "script" not in reply.headers["Content-Security-Policy"]
    assert isinstance(callback.error, Temporary)


# --- through a real door ----------------------------------------------------------------------------------------------


def run(
    visit, way=WAY, answer=lambda _call: (200, {"access_token": "a", "refresh_token": "r", "expires_in": "60"}), **more
):
    http = ScriptedHttp(answer)

    def endpoint(settings):
        return TokenEndpoint(way, settings, secret=lambda: None, http=http, clock=ManualClock())

    visits = []

    def show(address, callback):
        fields = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(address).query))
        visits.append(threading.Thread(target=visit, args=(fields, callback)))
        visits[0].start()

    try:
        should_stop = more.pop("should_stop", lambda: False)
        return BrowserSignIn(way, SETTINGS, endpoint, **more).run(show, should_stop), http
    finally:
        for thread in visits:
            thread.join(10)


def get(address):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(address, timeout=5) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def test_hostile_callers_first_then_the_rep():
    seen = []

    def visit(fields, callback):
        port = urllib.parse.urlsplit(callback).port
        slow = socket.create_connection(("127.0.0.1", port))
        slow.sendall(b"GET /signed-in?code=")  # and never goes on
        huge = socket.create_connection(("127.0.0.1", port))
        huge.sendall(b"GET / HTTP/1.1\r\nX: " + b"x" * 20_000)
        seen.append(huge.recv(100)[:12])
        posted = socket.create_connection(("127.0.0.1", port))
        posted.sendall(b"POST /signed-in HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\n\r\n")
        seen.append(posted.recv(100)[:12])
        seen.append(get(f"{callback}?code=evil&state=guess")[0])
        seen.append(get(f"{callback}?code=good&state={fields['state']}")[0])
        for line in (slow, huge, posted):
            line.close()

    done, http = run(visit)
    assert seen == [b"HTTP/1.1 431", b"HTTP/1.1 413", 400, 200]
    assert read(done.grant).refresh == "r"
    form = dict(urllib.parse.parse_qsl(http.calls[0].content.decode()))
    assert form["code"] == "good"
    assert len(http.calls) == 1
    assert len(form["code_verifier"]) >= 43


def test_it_can_be_cancelled_and_times_out():
    with pytest.raises(Cancelled):
        run(lambda *_: None, should_stop=lambda: True)
    with pytest.raises(UserActionNeeded, match="in time"):
        run(lambda *_: None, patience=0.0)


def test_zoho_goes_on_at_the_server_it_named_and_at_no_other():
    zoho = replace(WAYS["zoho"], host="127.0.0.1", ports=())
    body = {"access_token": "a", "refresh_token": "r", "api_domain": "https://www.zohoapis.eu", "expires_in": 3600}

    def visit(server):
        return lambda fields, callback: get(
            f"{callback}?code=c&location=eu&accounts-server={urllib.parse.quote(server)}&state={fields['state']}"
        )

    done, http = run(visit("https://accounts.zoho.eu"), zoho, lambda _call: (200, body))
    assert http.calls[0].url == "https://accounts.zoho.eu/oauth/v2/token"
    assert done.settings == {"sign_in_address": "https://accounts.zoho.eu", "api_domain": "https://www.zohoapis.eu"}
    with pytest.raises(UserActionNeeded, match="did not come from Zoho"):
        run(visit("https://accounts.zoho.evil.example"), zoho, lambda _call: (200, body))


@pytest.mark.parametrize("address", ["http://evil.example", "ftp://x.example", "https://a@b.example", "https://[", "x"])
def test_an_instance_that_cannot_be_used_is_refused(address):
    body = {"access_token": "a", "instance_url": address}
    way = replace(WAYS["salesforce"], host="127.0.0.1", ports=())
    with pytest.raises(UserActionNeeded, match="address"):
        run(lambda fields, back: get(f"{back}?code=c&state={fields['state']}"), way, lambda _call: (200, body))


def test_all_fixed_ports_taken_is_one_sentence():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(UserActionNeeded, match="end one of them"):
            run(lambda *_: None, replace(WAY, ports=(taken.getsockname()[1],)))
