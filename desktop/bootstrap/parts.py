"""Builds the agent, the window's services, the command line's parts and the tests' programs from one set of pieces."""

import logging
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from desktop import __version__
from desktop.domain.connections import Connection, ConnectorInfo, Family
from desktop.domain.crm_port import CrmConnector
from desktop.domain.errors import Temporary
from desktop.domain.ports import Boundary, Clock, DraftFolder, LanguageModel, MailSource, no_boundary
from desktop.system.clock import SystemClock
from desktop.system.profile import Profile

if TYPE_CHECKING:  # a window start must not pay for what only the agent needs
    from pathlib import Path

    from desktop.agent.agent import Agent
    from desktop.agent.line import AgentLine
    from desktop.bootstrap.models import ModelParts
    from desktop.connectors.signin.manager import TokenManager
    from desktop.domain.webhooks import WebhookCheck
    from desktop.review.cleanup import StoredCleanup
    from desktop.services import Services
    from desktop.setup.connections import ConnectionSetup
    from desktop.setup.models import ModelSetup
    from desktop.setup.remote_model import RemoteSetup
    from desktop.setup.signing_in import SignInSetup
    from desktop.setup.webhooks import WebhookSetup
    from desktop.store.store import Store

log = logging.getLogger("dealside")

ACTOR = "rep"


@dataclass(slots=True)
class Parts:
    """One profile's parts, made when first asked for. `boundary` is for the crash tests."""

    profile: Profile
    clock: Clock = field(default_factory=SystemClock)
    boundary: Boundary = no_boundary
    _store: "Store | None" = None
    _tokens: "dict[object, TokenManager]" = field(default_factory=dict)
    has_agent: bool = False

    def store(self) -> "Store":
        """Return the store, opened once; a new one gets the sample mailbox and a small local book."""
        if self._store is None:
            from desktop.store.store import Store  # noqa: PLC0415  (SQLAlchemy: 0.3 s the window's first paint has not)

            is_new = not self.profile.store_path.exists()
            store = Store(self.profile.store_path, self.profile.store_key, self.clock, self.boundary)
            if is_new:
                from desktop.bootstrap.defaults import embed_defaults  # noqa: PLC0415  (once in the life of a profile)

                embed_defaults(store, self.profile, self.clock)
            self._store = store
        return self._store

    def close(self) -> None:
        """Let go of the store."""
        if self._store is not None:
            self._store.close()
            self._store = None

    # --- connectors -------------------------------------------------------------------------------------------------

    def connector(self, connection: Connection, secrets: Mapping[str, str] | None = None) -> Any:
        """Return a new Connector for a Connection; its secrets come from the vault unless given."""
        from desktop.connectors import registry  # noqa: PLC0415  (only where something is connected)
        from desktop.connectors.supplies import Supplies  # noqa: PLC0415
        from desktop.setup.connections import secret_name  # noqa: PLC0415

        def secret(key: str) -> str | None:
            return secrets.get(key) if secrets is not None else self.profile.vault.get(secret_name(connection.id, key))

        supplies = Supplies(
            settings=connection.settings,
            secret=secret,
            ledger=self.store().ledger,
            clock=self.clock,
            boundary=self.boundary,
            book=self.store().book,
            new_id=_new_id,
            tokens=self._tokens_of(connection, secret),
        )
        return registry.load(connection.connector).connect(supplies)

    def _tokens_of(self, connection: Connection, secret: "Callable[[str], str | None]") -> "TokenManager | None":
        """Return the one TokenManager of a Connection, made anew only when its settings have changed."""
        from desktop.bootstrap.signing_in import make_tokens  # noqa: PLC0415  (as above)

        key = (connection.id, tuple(sorted(connection.settings.items())))
        made = self._tokens.get(key) or make_tokens(
            connection,
            secret,
            profile=self.profile,
            clock=self.clock,
            ledger=self.store().ledger,
            boundary=self.boundary,
        )
        return None if made is None else self._tokens.setdefault(key, made)

    def sign_in_setup(self) -> "SignInSetup":
        """Return what signs in by the browser or by a code, for a new Connection or for one that there is."""
        from desktop.bootstrap.signing_in import sign_in  # noqa: PLC0415  (as above)
        from desktop.connectors import registry  # noqa: PLC0415
        from desktop.setup.signing_in import SignInSetup  # noqa: PLC0415

        act = partial(sign_in, clock=self.clock, ledger=self.store().ledger, boundary=self.boundary)
        return SignInSetup(self.setup(), describe=registry.info, sign_in=act)

    def mail(self, connection: Connection) -> MailSource:
        """Return a new MailSource for a Mailbox."""
        source: MailSource = self.connector(connection)
        return source

    def drafts(self, connection: Connection) -> DraftFolder | None:
        """Return a new DraftFolder for a Mailbox, or None when it can have none."""
        source = self.connector(connection)
        return source if "drafts" in source.info.can else None

    def crm(self, connection: Connection) -> CrmConnector:
        """Return a new CrmConnector for a CRM Connection."""
        crm: CrmConnector = self.connector(connection)
        return crm

    def webhook_check(self, connection: Connection) -> "WebhookCheck | None":
        """Return what the webhook calls of a CRM are checked by, None where they cannot be or there is no secret."""
        from desktop.connectors.webhooks.vendors import check_for  # noqa: PLC0415  (as above)
        from desktop.setup.connections import secret_name  # noqa: PLC0415
        from desktop.setup.settings import WEBHOOK_ADDRESS, Settings  # noqa: PLC0415
        from desktop.setup.webhooks import SECRET  # noqa: PLC0415

        secret = self.profile.vault.get(secret_name(connection.id, SECRET)) or ""
        return check_for(connection.connector, secret=secret, address=Settings(self.store()).value(WEBHOOK_ADDRESS))

    def webhook_setup(self) -> "WebhookSetup":
        """Return what keeps the secrets of webhook calls."""
        from desktop.connectors.webhooks.vendors import offer_of  # noqa: PLC0415  (as above)
        from desktop.setup.webhooks import WebhookSetup  # noqa: PLC0415

        return WebhookSetup(self.store(), self.profile.vault, offer_of=offer_of)

    def webhook_trouble(self) -> str:
        """Return why webhook calls cannot come in, as the agent last said, or ""."""
        from desktop.agent.reception import SUBJECT  # noqa: PLC0415  (as above)

        reader = self.reader()
        try:
            row = reader.health().get(SUBJECT)
        finally:
            reader.close()
        return "" if row is None or row.is_ok else str(row.sentence)

    def setup(self) -> "ConnectionSetup":
        """Return what adds, tests and removes Connections."""
        from desktop.connectors import registry  # noqa: PLC0415  (as above)
        from desktop.setup.connections import ConnectionSetup  # noqa: PLC0415

        def check(connection: Connection, secrets: Mapping[str, str]) -> None:
            connector = self.connector(connection, secrets)
            try:
                connector.check()
            finally:
                connector.close()

        return ConnectionSetup(
            self.store(), self.profile.vault, self.clock, describe=registry.info, check=check, new_id=_new_id
        )

    @property
    def models_folder(self) -> "Path":
        """The rep's own model files."""
        return self.profile.paths.data / "models"

    def models(self) -> "ModelSetup":
        """Return what lists, gets, imports, deletes and chooses language models."""
        return self._model_parts().setup()

    def remote_setup(self) -> "RemoteSetup":
        """Return what lets a model on another machine read, and goes back."""
        return self._model_parts().remote_setup()

    def model(self) -> LanguageModel:
        """Return the language model of this installation, whichever the rep has chosen at the time."""
        return self._model_parts().model()

    def _model_parts(self) -> "ModelParts":
        from desktop.bootstrap.models import ModelParts  # noqa: PLC0415  (only where mail is understood)

        return ModelParts(self.profile, self.clock, self.boundary, self.store(), self.models_folder)

    # --- the agent --------------------------------------------------------------------------------------------------

    def agent(self, model: LanguageModel | None = None) -> "tuple[Agent, Any]":
        """Return a new Agent and the EventBus it publishes on."""
        from desktop.agent.agent import Agent  # noqa: PLC0415  (only where the work is done)
        from desktop.agent.desks import Connectors  # noqa: PLC0415
        from desktop.runtime.events import EventBus  # noqa: PLC0415

        bus = EventBus()
        connectors = Connectors(mail=self.mail, drafts=self.drafts, crm=self.crm, webhooks=self.webhook_check)
        return Agent(self.store(), self.clock, model or self.model(), connectors=connectors, bus=bus), bus

    def run_once(self, model: LanguageModel | None = None) -> None:
        """Do all there is to do now; raises Temporary when the profile's agent is at it already."""
        from desktop.system.instance import InstanceLock  # noqa: PLC0415

        lock = InstanceLock(self.profile.paths.data / "agent.lock")
        if not lock.try_acquire():
            self.nudge()
            raise Temporary("The agent of this profile is at work already: `dealside queue list` shows what it found.")
        used = model or self.model()
        try:
            self.agent(used)[0].run_once()
        finally:
            used.close()
            lock.release()

    def nudge(self) -> bool:
        """Tell a running agent that there is something new; return whether one is running."""
        from desktop.runtime.link import LinkClient, address_of  # noqa: PLC0415

        try:
            client = LinkClient(
                address_of(self.profile.paths.data), self.link_secret(), on_message=_ignore, on_lost=_nothing
            )
        except OSError:
            return False
        client.send({"ask": "poke"})
        client.close()
        return True

    def has_keyring(self) -> bool:
        """Whether this computer keeps secrets."""
        from desktop.system.vault import keyring_usable  # noqa: PLC0415

        return keyring_usable()

    def kinds(self) -> list[ConnectorInfo]:
        """Return what can be connected."""
        from desktop.connectors import registry  # noqa: PLC0415  (as above)

        return [registry.info(name) for family in Family for name in registry.names(family)]

    # --- front ends -------------------------------------------------------------------------------------------------

    def services(self) -> "Services":
        """Return all that a window may touch."""
        from desktop.agent.late_line import LateLine  # noqa: PLC0415
        from desktop.review.queries import StoredQueries  # noqa: PLC0415
        from desktop.review.service import StoredReview  # noqa: PLC0415
        from desktop.runtime.lanes import JobLane  # noqa: PLC0415
        from desktop.services import Services  # noqa: PLC0415

        return Services(
            queries=StoredQueries(self.reader()),
            review=StoredReview(self.store, self.clock, actor=ACTOR),
            agent=LateLine(self.line),
            in_background=JobLane("decisions").submit,
            version=__version__,
            notice=self.profile.notice,
            cleanup=self.cleanup(),
            beside=JobLane("clean-up").submit,
        )

    def cleanup(self) -> "StoredCleanup":
        """Return what lists and merges Records that stand in a CRM more than once."""
        from desktop.review.cleanup import StoredCleanup  # noqa: PLC0415  (as above)

        def can_merge(connector: str) -> bool:
            from desktop.connectors import registry  # noqa: PLC0415  (as above)

            return "merge" in registry.info(connector).can

        return StoredCleanup(self.store, self.clock, actor=ACTOR, can_merge=can_merge)

    def reader(self) -> Any:
        """Return a Reader on the store, which is made or migrated first where that is still to be done."""
        from desktop.store.reader import Reader  # noqa: PLC0415

        if not self.profile.store_path.exists():
            self.store()
        reader = Reader(self.profile.store_path, self.profile.store_key)
        if not reader.is_current():
            self.store()
        return reader

    def line(self) -> "AgentLine":
        """Return the line to this profile's agent."""
        from desktop.agent.line import AgentLine  # noqa: PLC0415
        from desktop.runtime.link import address_of  # noqa: PLC0415

        return AgentLine(address_of(self.profile.paths.data), self.link_secret(), self.spawn_agent)

    def link_secret(self) -> bytes:
        """Return what both ends of the line prove to hold."""
        import hashlib  # noqa: PLC0415  (as above)
        import hmac  # noqa: PLC0415

        return hmac.new(self.profile.store_key, b"dealside link", hashlib.sha256).digest()

    def spawn_agent(self) -> None:
        """Start an agent that outlives us."""
        from desktop.runtime.process import start_detached  # noqa: PLC0415

        root = ["--data-root", str(self.profile.root)] if self.profile.root else []
        command = [*program(), *root, "--profile", self.profile.paths.profile, "agent", "--unlock-from-stdin"]
        if self.profile.is_temporary:
            command.append("--with-window")
        start_detached(command, stdin_line=self.profile.unlock_line)
        self.has_agent = True


def program() -> list[str]:
    """Return the command that starts this program."""
    return [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "desktop"]


def _ignore(_message: Mapping[str, Any]) -> None:
    """Let a message of the agent pass."""


def _nothing() -> None:
    """Do nothing when the line ends."""


def _new_id() -> str:
    import uuid  # noqa: PLC0415  (no window's first paint needs one)

    return uuid.uuid4().hex
