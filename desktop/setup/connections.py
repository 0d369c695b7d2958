"""Add, test and remove Connections. Secrets go to the vault, everything else to the store, both or neither."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace

from desktop.domain.connections import Connection, ConnectorInfo, Family, FieldSpec, FieldWidget
from desktop.domain.deliveries import DeliveryState
from desktop.domain.errors import Rejected
from desktop.domain.ids import ConnectionId
from desktop.domain.ports import Clock, SecretVault
from desktop.domain.proposals import DraftState, SuggestionState
from desktop.store.store import Store
from desktop.system.long_secrets import LongSecret

log = logging.getLogger("dealside.setup")

REMOVED = (
    "The connection this was meant for was removed, so it was not sent: take it back, or add the connection again."
)
SIGN_IN = "sign_in"
Check = Callable[[Connection, Mapping[str, str]], None]


def secret_name(connection_id: str, key: str) -> str:
    """Return the vault's name for one secret of a Connection."""
    return f"connection/{connection_id}/{key}"


class ConnectionSetup:
    """What `dealside accounts` and the connection forms do.

    `describe` gives a Connector's ConnectorInfo; `check` opens a Connection with the given secrets and looks.
    """

    def __init__(
        self,
        store: Store,
        vault: SecretVault,
        clock: Clock,
        *,
        describe: Callable[[str], ConnectorInfo],
        check: Check,
        new_id: Callable[[], str],
    ) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock
        self._describe = describe
        self._check = check
        self._new_id = new_id

    def add(self, connector: str, values: Mapping[str, str], *, title: str = "", grant: str = "") -> Connection:
        """Test a new Connection and keep it; raises what the test raised, keeping nothing.

        `grant` is what a sign-in gave, in the place of a pasted token.
        Replaces the embedded sample mailbox or local book of its family: nobody wants invented mails among their own.
        """
        described = self._describe(connector)
        settings, secrets = _sorted_values(described, values, is_signed_in=bool(grant))
        draft = Connection(
            id=ConnectionId(self._new_id()),
            connector=connector,
            family=described.family,
            title=title or settings.get("username") or settings.get("address") or described.title,
            settings=settings,
        )
        if grant:
            self._grant(draft.id).set(grant)  # before the test, which may be given a newer one to keep
        try:
            self._check(draft, secrets)
        except BaseException:
            if grant:
                self._grant(draft.id).delete()
            raise
        for key, value in secrets.items():
            self._vault.set(secret_name(draft.id, key), value)
        with self._store.transaction() as tx:
            for other in tx.connections.all(draft.family):
                if other.settings.get("embedded"):
                    tx.connections.remove(other.id)
            tx.connections.save(draft, self._clock.now())
            tx.audit.append(self._clock.now(), "rep", "connected", subject=draft.id, detail=connector)
        log.info("connection %s (%s) was added", draft.id, connector)
        return draft

    def change(self, connection_id: str, values: Mapping[str, str]) -> Connection:
        """Test a Connection with new settings or secrets and keep them; what came from it stays its own.

        `values` names only what changes. Raises what the test raised, keeping what there was.
        """
        known = self._find(connection_id)
        described = self._describe(known.connector)
        is_signed_in = self._grant(known.id).get() is not None
        kept = self._secrets(known.id, described)
        embedded = {"embedded"} & set(known.settings)
        before = {key: value for key, value in known.settings.items() if key not in embedded}
        settings, secrets = _sorted_values(described, {**before, **kept, **values}, is_signed_in=is_signed_in)
        changed = replace(known, settings=settings)
        self._check(changed, secrets)
        for key, value in secrets.items():
            self._vault.set(secret_name(changed.id, key), value)
        with self._store.transaction() as tx:
            tx.connections.save(changed, self._clock.now())
            tx.audit.append(self._clock.now(), "rep", "changed", subject=changed.id, detail=",".join(sorted(values)))
        return changed

    def test(self, connection_id: str) -> Connection:
        """Sign in to a Connection and look; raises what is wrong."""
        connection = self._find(connection_id)
        described = self._describe(connection.connector)
        self._check(connection, self._secrets(connection.id, described))
        return connection

    def signed_in(self, connection_id: str, values: Mapping[str, str], grant: str) -> Connection:
        """Test a Connection with what a new sign-in gave, and keep it; raises what the test raised.

        A pasted token goes, so that one of the two counts; when the test fails all stays as it was.
        """
        known = self._find(connection_id)
        described = self._describe(known.connector)
        pasted = described.sign_in.stands_for if described.sign_in else ""
        secrets = {key: value for key, value in self._secrets(known.id, described).items() if key != pasted}
        settings, secrets = _sorted_values(described, {**known.settings, **secrets, **values}, is_signed_in=True)
        changed = replace(known, settings=settings)
        before = self._grant(known.id).get()
        self._grant(known.id).set(grant)
        try:
            self._check(changed, secrets)
        except BaseException:
            if before is None:
                self._grant(known.id).delete()
            else:
                self._grant(known.id).set(before)
            raise
        for key, value in secrets.items():
            self._vault.set(secret_name(changed.id, key), value)
        if pasted:
            self._vault.delete(secret_name(known.id, pasted))
        with self._store.transaction() as tx:
            tx.connections.save(changed, self._clock.now())
            tx.audit.append(self._clock.now(), "rep", "signed in", subject=changed.id)
        return changed

    def pause(self, connection_id: str, *, is_paused: bool) -> Connection:
        """Stop or go on watching a Connection."""
        connection = replace(self._find(connection_id), is_paused=is_paused)
        with self._store.transaction() as tx:
            tx.connections.save(connection, self._clock.now())
        return connection

    def remove(self, connection_id: str) -> Connection:
        """Forget a Connection and its secrets; what came from it stays, what was on its way there is given back."""
        connection = self._find(connection_id)
        with self._store.transaction() as tx:
            tx.connections.remove(connection.id)
            for entry in tx.outbox.unfinished(connection.id):
                tx.outbox.settle(entry.id, DeliveryState.REJECTED, sentence=REMOVED)
                suggestion = tx.proposals.find_suggestion(entry.subject_id)
                if suggestion is not None:
                    tx.proposals.save_suggestion(replace(suggestion, state=SuggestionState.REJECTED))
                draft = tx.proposals.find_draft(entry.subject_id)
                if draft is not None:
                    tx.proposals.save_draft(replace(draft, state=DraftState.REJECTED))
            tx.audit.append(self._clock.now(), "rep", "disconnected", subject=connection.id)
        for key in (*_secret_keys(self._describe(connection.connector)), "webhook_secret"):
            self._vault.delete(secret_name(connection.id, key))
        self._grant(connection.id).delete()
        return connection

    def all(self) -> tuple[Connection, ...]:
        """Return the Connections in the order they were added."""
        with self._store.reading() as tx:
            return tx.connections.all()

    def find(self, connection_id: str) -> Connection:
        """Return one Connection by its id or the beginning of it; raise Rejected where that names none or several."""
        return self._find(connection_id)

    def secrets_of(self, connection: Connection) -> Mapping[str, str]:
        """Return the SECRET settings a Connection has in the vault."""
        return self._secrets(connection.id, self._describe(connection.connector))

    def _secrets(self, connection_id: str, described: ConnectorInfo) -> dict[str, str]:
        found = {key: self._vault.get(secret_name(connection_id, key)) for key in _secret_keys(described)}
        return {key: value for key, value in found.items() if value}

    def _grant(self, connection_id: str) -> LongSecret:
        return LongSecret(self._vault, secret_name(connection_id, SIGN_IN))

    def _find(self, connection_id: str) -> Connection:
        matches = [c for c in self.all() if c.id == connection_id or c.id.startswith(connection_id)]
        if len(matches) != 1:
            raise Rejected(
                "There is no such connection: `dealside accounts list` shows their ids.", detail=connection_id
            )
        return matches[0]


def _secret_keys(described: ConnectorInfo) -> list[str]:
    more = described.sign_in.settings if described.sign_in else ()
    return [spec.key for spec in (*described.settings, *more) if spec.widget is FieldWidget.SECRET]


def _asked(described: ConnectorInfo, *, is_signed_in: bool) -> tuple[FieldSpec, ...]:
    """Return the settings of a Connection; where the rep signed in, a token may be missing, an app may not."""
    way = described.sign_in
    if way is None or not is_signed_in:
        return described.settings
    own = [replace(spec, required=False) if spec.key == way.stands_for else spec for spec in described.settings]
    return (*own, *way.settings)


def _sorted_values(
    described: ConnectorInfo, values: Mapping[str, str], *, is_signed_in: bool = False
) -> tuple[dict[str, str], dict[str, str]]:
    """Return (settings, secrets) with defaults filled in; Rejected names what is missing or unknown."""
    known = {spec.key: spec for spec in _asked(described, is_signed_in=is_signed_in)}
    extra = {"display_name", "address"} if described.family is Family.MAIL else set()
    unknown = [key for key in values if key not in known and key not in extra]
    if unknown:
        raise Rejected(f"{described.title} has no setting {unknown[0]}; it has: {', '.join(known)}.")
    filled = {key: values.get(key) or spec.default for key, spec in known.items()}
    missing = [spec.label for key, spec in known.items() if spec.required and not filled[key]]
    if missing:
        raise Rejected(f"{described.title} needs: {', '.join(missing)}.")
    secrets = {key: value for key, value in filled.items() if known[key].widget is FieldWidget.SECRET and value}
    settings = {key: value for key, value in filled.items() if known[key].widget is not FieldWidget.SECRET and value}
    settings.update({key: values[key] for key in extra if values.get(key)})
    return settings, secrets
