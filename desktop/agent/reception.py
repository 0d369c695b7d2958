"""Where webhook calls come in, if the rep wants them at all: each genuine one makes one CRM's lane look now.

The listener is on this machine only; whatever makes it reachable from outside (the company's tunnel or reverse proxy)
forwards to it. A call can do nothing but bring a pull forward, so the worst that a stranger who got hold of a secret
can do is make us look every few seconds.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlsplit

from desktop.agent.condition import Condition
from desktop.domain.connections import Connection, Family
from desktop.domain.errors import DealsideError, UserActionNeeded
from desktop.domain.ids import ConnectionId
from desktop.domain.ports import Clock
from desktop.domain.webhooks import CallVerdict, WebhookCall, WebhookCheck
from desktop.runtime.lanes import Lane
from desktop.runtime.loopback_request import Request
from desktop.runtime.loopback_server import LoopbackServer, Reply
from desktop.setup.settings import Settings
from desktop.setup.webhooks import PATH, WEBHOOK_ADDRESS, WEBHOOK_MARK, WEBHOOK_PORT
from desktop.store.store import Store

log = logging.getLogger("dealside.webhooks")

SUBJECT = "webhooks"
JSON = "application/json"
TAKEN = Reply(HTTPStatus.NO_CONTENT)
UNKNOWN = Reply(HTTPStatus.NOT_FOUND)
IN_USE = (
    "Another program uses port {}, so no webhook calls come in: choose another with "
    "`dealside settings set webhook_port NUMBER`."
)
OpenCheck = Callable[[Connection], WebhookCheck | None]


@dataclass(frozen=True, slots=True)
class _Wish:
    """What the rep chose: it differs whenever the listener or a check has to be made anew."""

    port: int = 0
    address: str = ""
    mark: str = ""
    connections: tuple[Connection, ...] = field(default=())


class Reception:
    """Keeps the listener in step with the settings. `follow` and `stop` are called from one lane, never at once.

    `report` is called in the listener's lane with the CRM whose vendor says that something changed there.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        condition: Condition,
        *,
        open_check: OpenCheck,
        report: Callable[[ConnectionId], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._condition = condition
        self._open_check = open_check
        self._report = report
        self._settings = Settings(store)
        self._wish = _Wish()
        self._checks: Mapping[str, WebhookCheck] = {}
        self._server: LoopbackServer | None = None
        self._lane: Lane | None = None

    @property
    def port(self) -> int:
        """Where it listens, 0 while it does not."""
        return self._server.port if self._server is not None else 0

    def follow(self) -> None:
        """Begin, go on or cease to listen, as the settings say. What is wrong is told and tried again next time."""
        wish = self._wanted()
        if wish == self._wish:
            return
        try:
            if wish.port != self._wish.port:
                self.stop()
            self._checks = self._made_checks(wish)
            if wish.port and self._lane is None:
                self._listen(wish.port)
        except DealsideError as error:
            self._condition.trouble(SUBJECT, error)
            return
        self._wish = wish
        self._condition.say(SUBJECT, f"listening on port {self.port}" if wish.port else "", is_ok=True)

    def stop(self, seconds: float = 2.0) -> bool:
        """Cease to listen; return whether that came about in time."""
        lane, self._lane, self._server = self._lane, None, None
        self._wish = _Wish()
        if lane is None:
            return True
        lane.stop()
        return lane.join(seconds)

    def _wanted(self) -> _Wish:
        port = int(self._settings.value(WEBHOOK_PORT))
        if not port:
            return _Wish()
        with self._store.reading() as tx:
            crms = tuple(crm for crm in tx.connections.all(Family.CRM) if not crm.is_paused)
        return _Wish(port, self._settings.value(WEBHOOK_ADDRESS), self._settings.value(WEBHOOK_MARK), crms)

    def _made_checks(self, wish: _Wish) -> dict[str, WebhookCheck]:
        """Return a check for each CRM that can have one. Those that stay as they were keep what they remember."""
        if not wish.port:
            return {}
        is_same_secret = (wish.address, wish.mark) == (self._wish.address, self._wish.mark)
        kept = self._wish.connections if is_same_secret else ()
        checks: dict[str, WebhookCheck] = {}
        for connection in wish.connections:
            known = self._checks.get(connection.id) if connection in kept else None
            check = known or self._open_check(connection)
            if check is not None:
                checks[connection.id] = check
        return checks

    def _listen(self, port: int) -> None:
        try:
            server = LoopbackServer(port, self.answer)
        except UserActionNeeded as error:
            raise UserActionNeeded(IN_USE.format(port), detail=error.detail) from error
        self._server = server
        self._lane = Lane("webhooks", server.turn, interrupt=server.interrupt, at_end=server.close)
        self._lane.start()
        log.info("webhook calls may come in on port %d of this machine", server.port)

    def answer(self, request: Request) -> Reply:
        """Judge one call, bring the pull forward if it is genuine, and say what became of it."""
        connection_id = urlsplit(request.target).path.removeprefix(PATH)
        check = self._checks.get(connection_id) if request.target.startswith(PATH) else None
        if check is None:
            return UNKNOWN
        if request.method != "POST":
            return Reply(HTTPStatus.METHOD_NOT_ALLOWED, {"Allow": "POST"})
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
            return Reply(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        call = WebhookCall(request.method, request.target, request.headers, request.body)
        verdict = check.judge(call, self._clock.now())
        if verdict is CallVerdict.REFUSED:
            log.debug("a call for %s was refused", connection_id)
            return Reply(HTTPStatus.UNAUTHORIZED, {"WWW-Authenticate": 'Basic realm="webhooks"'})
        if verdict is CallVerdict.TRUSTED:
            self._report(ConnectionId(connection_id))
        return TAKEN
