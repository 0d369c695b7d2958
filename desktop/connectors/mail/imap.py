"""A mailbox on an IMAP server, over TLS only; drafts are appended to its Drafts folder.

The mark of a folder is `uidvalidity:last uid`. Reading opens the folder with EXAMINE and fetches with BODY.PEEK, so
nothing is marked as seen. When UIDVALIDITY changes, the old numbers mean nothing and reading starts over.

One connection is kept between calls. It is tried with NOOP before it is used and replaced when it is dead; after any
error it is dropped, because an answer that comes late would be taken for the answer to the next question.

A server's words are never passed on: they may quote what we sent. Only its response codes (RFC 5530) are.
"""

import contextlib
import logging
import re
import selectors
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import CapabilityError, IMAPClientAbortError, IMAPClientError, LoginError

from desktop.connectors import imap_folder
from desktop.connectors.imap_folder import FolderState
from desktop.connectors.imap_settings import DEFAULT_PACE, INFO, ImapPace, Security, read_settings
from desktop.connectors.supplies import Supplies
from desktop.connectors.tls import client_context, connection_error
from desktop.domain.connections import Checkpoint
from desktop.domain.errors import DealsideError, Rejected, Temporary, UserActionNeeded
from desktop.domain.ports import Boundary, Clock, DraftFolder, MailBatch, MailSource, NetworkLedger, no_boundary
from desktop.runtime.signals import Wakeup

log = logging.getLogger("dealside.mail")

TRY_LATER = {"UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG"}
CODE = re.compile(r"\[([A-Z]+(?:-[A-Z]+)*)\b")
REFUSED = re.compile(r"\w+ (failed:|command error: BAD)")  # how imapclient and imaplib report NO and BAD
APPENDED = re.compile(rb"\[APPENDUID (\d+) (\d+)\]", re.IGNORECASE)
MOST_ITEMS = 500
FOREIGN = (OSError, IMAPClientError, ValueError, LookupError, TypeError, AssertionError)  # what a bad answer can raise


@dataclass(slots=True)
class _Traffic:
    sent: int = 0
    received: int = 0


class _Client(IMAPClient):  # type: ignore[misc]  # imapclient has no types
    """An IMAPClient that counts bytes, writes no mail to the debug log and sees what is already buffered in IDLE."""

    def __init__(
        self, host: str, port: int, *, context: ssl.SSLContext | None, seconds: float, tally: _Traffic
    ) -> None:
        super().__init__(host, port, ssl=context is not None, ssl_context=context, timeout=seconds)
        # imapclient turns imaplib's tracing on, which formats every mail for the log, read or not.
        self._imap.debug = 0
        send, read, readline = self._imap.send, self._imap.read, self._imap.readline

        def counted_send(raw: bytes) -> None:
            tally.sent += len(raw)
            send(raw)

        def counted(raw: bytes) -> bytes:
            tally.received += len(raw)
            return raw

        self._imap.send = counted_send
        self._imap.read = lambda size: counted(read(size))
        self._imap.readline = lambda: counted(readline())

    def _poll_socket(self, _sock: Any, _timeout: float | None = None) -> bool:
        # A line that came together with the answer to IDLE lies in a buffer, where no poll of the socket sees it.
        return True

    _select_poll_socket = _poll_socket

    def uids_at(self, numbers: Sequence[int]) -> dict[int, int]:
        """Return sequence number → UID."""
        self.use_uid = False
        try:
            return {number: row[b"UID"] for number, row in self.fetch(numbers, ["UID"]).items()}
        finally:
            self.use_uid = True


class ImapSource(MailSource, DraftFolder):
    """One folder of one IMAP mailbox. `password` is asked for at each sign-in and kept nowhere."""

    info = INFO

    def __init__(
        self,
        settings: Mapping[str, str],
        password: Callable[[], str | None],
        *,
        ledger: NetworkLedger,
        clock: Clock,
        boundary: Boundary = no_boundary,
        pace: ImapPace = DEFAULT_PACE,
    ) -> None:
        """Read `settings` (keys as in INFO); raise UserActionNeeded when one is missing or makes no sense."""
        self._settings = read_settings(settings)
        self._password = password
        self._ledger = ledger
        self._clock = clock
        self._boundary = boundary
        self._pace = pace
        self._wakeup = Wakeup()
        self._traffic = _Traffic()
        self._client: _Client | None = None
        self._known: FolderState | None = None
        self._has_failed = False

    @classmethod
    def connect(cls, supplies: Supplies) -> "ImapSource":
        """Return the source for one Connection."""
        return cls(
            supplies.settings,
            lambda: supplies.secret("password"),
            ledger=supplies.ledger,
            clock=supplies.clock,
            boundary=supplies.boundary,
        )

    def check(self) -> None:
        """Sign in and open the folder."""
        with self._exchange("mail check") as client:
            self._examine(client)

    def pull(self, checkpoint: Checkpoint, *, limit: int = 50) -> MailBatch:
        """Return at most `limit` mails (never more than 500) with UIDs above the mark, lowest first."""
        folder = self._settings.folder
        with self._exchange("mail read") as client:
            state = self._examine(client)
            last = imap_folder.last_uid(checkpoint.marks.get(folder, ""), state)
            limit = min(limit, MOST_ITEMS)
            uids, has_more = imap_folder.uids_after(client, last, state, limit=limit, pace=self._pace)
            place = f"{folder};UIDVALIDITY={state.validity}"
            items, done = imap_folder.fetched(client, uids, place, self._pace.mails)
        self._known = state
        mark = f"{state.validity}:{done[-1] if done else last}"
        return MailBatch(items, Checkpoint({**checkpoint.marks, folder: mark}), has_more or len(done) < len(uids))

    def wait(self, seconds: float) -> bool:
        """Watch the folder with IDLE, or look now and then. A connection that breaks counts as a change.

        After a failure the time is waited out: only `pull` tries again, so that a wrong password is not sent twice as
        often and the caller decides about the pace.
        """
        deadline, is_watching = time.monotonic() + seconds, False
        try:
            if self._has_failed:
                return self._nap(deadline)
            with self._exchange("mail watch") as client:
                if self._has_news(self._examine(client)):
                    return True
                is_watching = True
                if client.has_capability("IDLE"):
                    return self._idle(client, deadline)
            return self._poll(deadline)
        except DealsideError as error:
            log.info("watching a mailbox ended: %s", error.detail)
            return is_watching or self._nap(deadline)
        finally:
            self._wakeup.clear()

    def interrupt(self) -> None:
        """End the `wait` that is running, or else the next one."""
        self._wakeup.set()

    def close(self) -> None:
        """Sign out."""
        client, self._client = self._client, None
        if client:
            with contextlib.suppress(*FOREIGN):
                client.logout()
            _shut(client)
        self._wakeup.close()

    # --- drafts ---

    def find(self, message_id: str) -> str | None:
        """Return `uidvalidity:uid` of the draft with this Message-ID that is not marked as deleted."""
        with self._exchange("mail draft") as client:
            folder = imap_folder.drafts_folder(client)
            return self._draft_place(client, folder, message_id) if folder else None

    def append(self, raw: bytes, message_id: str) -> str:
        """Append with the Draft flag, making a folder `Drafts` when there is none. Line ends become CRLF."""
        with self._exchange("mail draft") as client:
            folder = imap_folder.drafts_folder(client) or imap_folder.made_drafts_folder(client)
            try:
                answer = client.append(folder, raw, flags=[rb"\Draft"], msg_time=self._clock.now())
            except IMAPClientError as error:
                if not _is_refusal(error):
                    raise
                raise self._append_refused(_code(error)) from None
            found = APPENDED.search(answer or b"")
            if found:
                return f"{int(found[1])}:{int(found[2])}"
            return self._draft_place(client, folder, message_id) or folder

    def remove(self, message_id: str) -> bool:
        """Delete every draft with this Message-ID; without UIDPLUS they stay marked as deleted, like other mail."""
        with self._exchange("mail draft") as client:
            folder = imap_folder.drafts_folder(client)
            if not folder:
                return False
            client.select_folder(folder)
            uids = imap_folder.draft_uids(client, message_id)
            if uids:
                client.add_flags(uids, [rb"\Deleted"], silent=True)
                if client.has_capability("UIDPLUS"):
                    client.uid_expunge(uids)
            return bool(uids)

    def _draft_place(self, client: _Client, folder: str, message_id: str) -> str | None:
        state = imap_folder.opened(client, folder)
        return next((f"{state.validity}:{uid}" for uid in imap_folder.draft_uids(client, message_id)), None)

    def _append_refused(self, code: str) -> DealsideError:
        detail = f"append refused {code}".strip()
        if code == "OVERQUOTA":
            return UserActionNeeded("The mailbox is full. Make room in it, then try again.", detail=detail)
        if code in TRY_LATER or code == "TRYCREATE":
            return Temporary(f"{self._settings.host} cannot take the draft now. We try again soon.", detail=detail)
        return Rejected(f"{self._settings.host} does not accept the draft.", detail=detail)

    # --- reading ---

    def _examine(self, client: _Client) -> FolderState:
        try:
            return imap_folder.opened(client, self._settings.folder)
        except IMAPClientError as error:
            code = _code(error)
            if code in TRY_LATER or not _is_refusal(error):
                raise
            raise UserActionNeeded(
                f"The folder {self._settings.folder} cannot be opened on {self._settings.host}. "
                "Check the folder in the settings.",
                detail=f"examine refused {code}".strip(),
            ) from None

    # --- watching ---

    def _has_news(self, state: FolderState) -> bool:
        self._known = self._known or state
        return state.has_news_since(self._known)

    def _idle(self, client: _Client, deadline: float) -> bool:
        while (left := deadline - time.monotonic()) > 0 and not self._wakeup.is_set():
            client.idle()
            lines = client.idle_check(timeout=0)
            if not lines:
                with selectors.DefaultSelector() as selector:
                    selector.register(client.socket(), selectors.EVENT_READ)
                    selector.register(self._wakeup.fileno(), selectors.EVENT_READ)
                    selector.select(min(left, self._pace.idle))
                lines = client.idle_check(timeout=0)
            lines += client.idle_done()[1]
            if any(line[1:2] == (b"EXISTS",) for line in lines):
                return True
        return False

    def _poll(self, deadline: float) -> bool:
        while (left := deadline - time.monotonic()) > 0:
            if self._wakeup.wait(min(left, self._pace.poll)):
                return False
            with self._exchange("mail watch") as client:
                if self._has_news(self._examine(client)):
                    return True
        return False

    def _nap(self, deadline: float) -> bool:
        self._wakeup.wait(deadline - time.monotonic())
        return False

    # --- the connection ---

    @contextlib.contextmanager
    def _exchange(self, purpose: str) -> Iterator[_Client]:
        """Hand out a connection that works, translate what goes wrong, and write down how much went over the line."""
        self._boundary("send")
        try:
            yield self._live()
            self._has_failed = False
        except BaseException as error:
            self._drop()
            self._has_failed = isinstance(error, Exception)
            if isinstance(error, FOREIGN):
                raise self._translated(error) from None
            raise
        finally:
            self._record(purpose)
        self._boundary("sent")

    def _record(self, purpose: str) -> None:
        done, self._traffic.sent, self._traffic.received = (self._traffic.sent, self._traffic.received), 0, 0
        if any(done):
            self._ledger.record(f"{self._settings.host}:{self._settings.port}", purpose, *done)

    def _live(self) -> _Client:
        if self._client:
            try:
                self._client.noop()
            except FOREIGN:
                self._drop()
        if not self._client:
            self._client = self._connected()
        return self._client

    def _connected(self) -> _Client:
        password = self._password()
        if not password:
            raise UserActionNeeded(f"The password for {self._settings.host} is missing. Enter it in the settings.")
        context = client_context(self._settings.ca_file)
        is_tls = self._settings.security is Security.TLS
        client = _Client(
            self._settings.host,
            self._settings.port,
            context=context if is_tls else None,
            seconds=self._pace.answer,
            tally=self._traffic,
        )
        try:
            if not is_tls:
                client.starttls(context)
            self._sign_in(client, password)
        except BaseException:
            _shut(client)
            raise
        return client

    def _sign_in(self, client: _Client, password: str) -> None:
        words = self._settings.username + password
        is_plain = client.has_capability("AUTH=PLAIN")
        if not words.isprintable() or not (is_plain or words.isascii()):
            raise UserActionNeeded(
                f"{self._settings.host} cannot take this user name or password because of a character in it. "
                "Choose a password of plain letters, digits and signs."
            )
        try:
            if is_plain:
                client.plain_login(self._settings.username, password)
            else:
                escaped = self._settings.username.replace("\\", "\\\\").replace('"', '\\"')
                client.login(f'"{escaped}"', password)  # imaplib quotes the password, and it alone
        except LoginError as error:
            if isinstance(error.__context__, IMAPClientAbortError) or _code(error) in TRY_LATER:
                raise IMAPClientAbortError(f"[{_code(error) or 'CLOSED'}] while signing in") from None
            raise UserActionNeeded(
                f"{self._settings.host} does not accept the user name or password. "
                "Enter the password again in the settings.",
                detail=f"sign-in refused {_code(error)}".strip(),
            ) from None

    def _translated(self, error: BaseException) -> DealsideError:
        if isinstance(error, OSError | UnicodeError):
            return connection_error(error, self._settings.host)
        if isinstance(error, CapabilityError):
            return UserActionNeeded(
                f"{self._settings.host} offers no encryption on this port. "
                "Choose TLS in the settings, usually with port 993.",
                detail="no STARTTLS",
            )
        detail = f"{self._settings.host}: {type(error).__name__} {_code(error)}".strip()
        if isinstance(error, IMAPClientError):
            return Temporary(f"{self._settings.host} broke off or refused for now. We try again soon.", detail=detail)
        return Temporary(
            f"{self._settings.host} gave an answer we do not understand. We try again soon.", detail=detail
        )

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client:
            _shut(client)


def _code(error: BaseException) -> str:
    """Return the response code in a server's refusal, or an empty string."""
    found = CODE.search(str(error))
    return found[1] if found else ""


def _is_refusal(error: IMAPClientError) -> bool:
    """Return whether the server understood the command and said no, as opposed to a conversation gone wrong."""
    return bool(REFUSED.match(str(error)))


def _shut(client: _Client) -> None:
    with contextlib.suppress(*FOREIGN):
        client.shutdown()
