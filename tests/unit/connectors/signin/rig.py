"""What the sign-in tests are made with: a boundary, a vault, an endpoint that answers as told."""

import json
from contextlib import nullcontext

from desktop.connectors.exchange import HttpAnswer
from desktop.connectors.http import HttpBoundary
from desktop.connectors.signin.grant import Grant, write
from desktop.connectors.signin.manager import TokenManager
from desktop.connectors.signin.token_endpoint import TokenEndpoint
from desktop.connectors.signin.ways import Way
from desktop.system.long_secrets import LongSecret
from desktop.system.vault import MemoryVault
from tests.fakes.clock import ManualClock
from tests.fakes.ledger import ListLedger

WAY = Way(
    vendor="Harbour",
    stands_for="access_token",
    authorize="https://harbour.example/auth",
    token="https://harbour.example/token",
    scope="all",
)
SETTINGS = {"client_id": "dealside"}


def real_http(clock) -> HttpBoundary:
    return HttpBoundary(ledger=ListLedger(), clock=clock)


class ScriptedHttp:
    """Answers token requests by a function of the form; counts them."""

    def __init__(self, answer) -> None:
        self.answer = answer
        self.calls = []

    def request(self, call, *, should_stop=None) -> HttpAnswer:
        self.calls.append(call)
        status, body = self.answer(call)
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return HttpAnswer(status, {"content-type": "application/json"}, raw)

    def close(self) -> None:
        """Nothing."""


def endpoint(answer, way=WAY, clock=None, secret=None, settings=SETTINGS) -> TokenEndpoint:
    return TokenEndpoint(way, settings, secret=lambda: secret, http=ScriptedHttp(answer), clock=clock or ManualClock())


class Rig:
    """One manager and all it stands on."""

    def __init__(self, answer, *, grant: Grant | None, way=WAY, clock=None, kept=None, http=None) -> None:
        self.clock = clock or ManualClock()
        self.kept = kept or LongSecret(MemoryVault(), "connection/1/sign_in")
        if grant is not None:
            self.kept.set(write(grant))
        self.http = http or ScriptedHttp(answer)
        self.way = way
        self.manager = self.another()

    def another(self) -> TokenManager:
        made = TokenEndpoint(self.way, SETTINGS, secret=lambda: None, http=self.http, clock=self.clock)
        return TokenManager(
            self.way,
            self.kept,
            endpoint=lambda: made,
            clock=self.clock,
            alone=nullcontext,
            again="dealside accounts sign-in 1",
        )
