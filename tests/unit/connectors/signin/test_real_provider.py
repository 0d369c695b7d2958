import json
import threading
import urllib.parse

import pytest

from desktop.connectors.http import HttpCall
from desktop.connectors.signin.browser import BrowserSignIn
from desktop.connectors.signin.device import DeviceSignIn
from desktop.connectors.signin.grant import read
from desktop.connectors.signin.token_endpoint import TokenEndpoint, TokenRefused, Why
from desktop.domain.errors import UserActionNeeded
from tests.fakes.clock import ManualClock
from tests.servers.oidc_provider import Browser, OidcProvider, require_oidc
from tests.unit.connectors.signin.rig import SETTINGS, Rig, real_http

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def provider(pytestconfig):
    with OidcProvider(require_oidc(pytestconfig.cache.mkdir("oidc"))) as server:
        yield server


@pytest.fixture
def http():
    boundary = real_http(ManualClock())
    yield boundary
    boundary.close()


def made(provider, http, settings=SETTINGS):
    return TokenEndpoint(provider.way, settings, secret=lambda: None, http=http, clock=ManualClock())


def signed_in(provider, http, **browser):
    pages = []

    def show(address, _callback):
        rep = threading.Thread(target=lambda: pages.append(Browser().sign_in(address, **browser)))
        rep.start()
        threads.append(rep)

    threads = []
    try:
        done = BrowserSignIn(provider.way, SETTINGS, lambda settings: made(provider, http, settings)).run(
            show, lambda: False
        )
    finally:
        for thread in threads:
            thread.join(20)
    return done, pages


def userinfo(provider, http, token):
    return http.request(
        HttpCall("GET", f"{provider.url}/me", "test", headers={"Authorization": f"Bearer {token}"})
    ).status


def test_code_and_pkce_bring_tokens_that_the_server_takes(provider, http):
    done, pages = signed_in(provider, http)
    grant = read(done.grant)
    assert grant.refresh
    assert grant.expires_at is not None
    assert "You are signed in to Harbour" in pages[0]
    assert userinfo(provider, http, grant.access) == 200


def test_a_rep_who_says_no_is_told_so(provider, http):
    with pytest.raises(UserActionNeeded, match="said no"):
        signed_in(provider, http, says_no=True)


def test_a_wrong_verifier_is_refused(provider, http):
    class Meddled(BrowserSignIn):
        def _use(self, fields):
            self._verifier = "x" * 64
            super()._use(fields)

    threads = []

    def show(address, _callback):
        threads.append(threading.Thread(target=lambda: Browser().sign_in(address)))
        threads[0].start()

    with pytest.raises(UserActionNeeded, match="sign in again"):
        Meddled(provider.way, SETTINGS, lambda settings: made(provider, http, settings)).run(show, lambda: False)
    threads[0].join(20)


def test_a_code_is_good_once(provider, http):
    seen = {}

    class Listening(BrowserSignIn):
        def _use(self, fields):
            super()._use(fields)
            seen.update(code=fields["code"], redirect_uri=self._redirect, code_verifier=self._verifier)

    threads = []

    def show(address, _callback):
        threads.append(threading.Thread(target=lambda: Browser().sign_in(address)))
        threads[0].start()

    Listening(provider.way, SETTINGS, lambda settings: made(provider, http, settings)).run(show, lambda: False)
    threads[0].join(20)
    with pytest.raises(TokenRefused) as refused:
        made(provider, http).give({"grant_type": "authorization_code", **seen})
    assert refused.value.why is Why.ENDED


def test_refresh_tokens_rotate_and_an_old_one_ends_it_all(provider, http):
    first = read(signed_in(provider, http)[0].grant)
    rig = Rig(None, grant=first, way=provider.way, http=http)
    fresh = rig.manager.renew(first.access)
    second = read(rig.kept.get())
    assert fresh == second.access != first.access
    assert second.refresh != first.refresh
    assert userinfo(provider, http, fresh) == 200
    with pytest.raises(TokenRefused):
        made(provider, http).refresh(first)  # somebody shows up with the old one: the whole grant ends
    with pytest.raises(UserActionNeeded, match="dealside accounts sign-in 1"):
        rig.manager.renew(fresh)


def test_a_revoked_sign_in_asks_for_a_new_one(provider, http):
    grant = read(signed_in(provider, http)[0].grant)
    form = urllib.parse.urlencode({"token": grant.refresh, "client_id": "dealside"}).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert (
        http.request(HttpCall("POST", f"{provider.url}/token/revocation", "t", headers=headers, content=form)).status
        == 200
    )
    with pytest.raises(UserActionNeeded, match="has ended"):
        Rig(None, grant=grant, way=provider.way, http=http).manager.renew(grant.access)


def test_many_threads_share_one_refresh_of_a_rotating_server(provider, http):
    grant = read(signed_in(provider, http)[0].grant)
    rig = Rig(None, grant=grant, way=provider.way, http=http)
    found = []
    threads = [threading.Thread(target=lambda: found.append(rig.manager.renew(grant.access))) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(found) == 12
    assert len(set(found)) == 1
    assert userinfo(provider, http, found[0]) == 200


def test_a_code_typed_on_another_device(provider, http):
    class Hands:
        now = 0.0
        is_shown = False

        def sleep(self, seconds):
            self.now += seconds

    hands = Hands()
    shown = []

    def show(address, code):
        shown.append((address, code))

    def sleep(seconds):
        hands.now += seconds
        if hands.now > 8 and not hands.is_shown:  # pending at first, then the rep types it
            hands.is_shown = True
            page = Browser().sign_in(f"{shown[0][0]}?user_code={urllib.parse.quote(shown[0][1])}")
            assert "Success" in page, page

    done = DeviceSignIn(provider.way, SETTINGS, made(provider, http), sleep=sleep, ticks=lambda: hands.now).run(
        show, lambda: False
    )
    assert userinfo(provider, http, read(done.grant).access) == 200
    assert json.loads(done.grant)["refresh"]
