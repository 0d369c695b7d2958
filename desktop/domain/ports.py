"""Small Protocols: all that a step may be handed. Concrete classes meet only in `bootstrap`.

Every method of a port raises only the errors of `domain/errors.py`; translating a library's errors is the adapter's
job, at the place where they enter.
"""

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from desktop.domain.connections import Checkpoint, ConnectorInfo
from desktop.domain.errors import Rejected
from desktop.domain.interactions import RawItem

Boundary = Callable[[str], None]
"""Called with a name just before and just after every commit and network exchange ("commit", "committed",
"send", "sent"). Does nothing in the product; the crash tests hand in one that kills the process."""


def no_boundary(_name: str) -> None:
    """Do nothing: the Boundary of the product."""


class Clock(Protocol):
    """The only reader of the wall clock."""

    @abstractmethod
    def now(self) -> datetime:
        """Return the time now, aware, in UTC."""


class SecretVault(Protocol):
    """Where secrets are. Names look like `store-key` or `connection/<id>/password`."""

    @abstractmethod
    def get(self, name: str) -> str | None:
        """Return the secret, or None; raise UserActionNeeded when the vault is locked or gone."""

    @abstractmethod
    def set(self, name: str, value: str) -> None:
        """Keep the secret."""

    @abstractmethod
    def delete(self, name: str) -> None:
        """Forget the secret; unknown names are no error."""


class NetworkLedger(Protocol):
    """What left this machine, to whom, how many bytes."""

    @abstractmethod
    def record(self, destination: str, purpose: str, sent: int, received: int) -> None:
        """Add one row. `destination` is host:port, `purpose` a word or two, sizes are in bytes."""


class FetchSink(Protocol):
    """Takes in what a file server sends."""

    @abstractmethod
    def begin(self, status: int, headers: Mapping[str, str]) -> bool:
        """Look at the answer's status and its headers (names in lower case); return whether the body is wanted."""

    @abstractmethod
    def take(self, piece: bytes) -> None:
        """Take the next bytes of the body. What this raises ends the exchange and reaches who asked for it."""


class Fetcher(Protocol):
    """Fetches files from the network, for whatever is downloaded. Not thread-safe: one job owns it."""

    @abstractmethod
    def fetch(
        self, address: str, headers: Mapping[str, str], sink: FetchSink, *, should_stop: Callable[[], bool]
    ) -> float | None:
        """Send one GET and pour the answer into `sink`; return how many seconds the server asks us to wait, or None.

        Raises Temporary when the answer broke off, UserActionNeeded for an address or certificate that cannot be used,
        Cancelled soon after `should_stop` says so.
        """

    @abstractmethod
    def close(self) -> None:
        """Let go of connections; the fetcher may be used again afterwards."""


# --- mail -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MailBatch:
    """One pull: items in the order they came, where to go on, and whether more is waiting already."""

    items: tuple[RawItem, ...]
    checkpoint: Checkpoint
    has_more: bool = False


class MailSource(Protocol):
    """A mailbox that can be read. Not thread-safe: one lane owns it."""

    info: ConnectorInfo

    @abstractmethod
    def check(self) -> None:
        """Sign in and look; raise UserActionNeeded or Temporary with a sentence that says what to do."""

    @abstractmethod
    def pull(self, checkpoint: Checkpoint, *, limit: int = 50) -> MailBatch:
        """Return at most `limit` items that come after `checkpoint`. Reading changes nothing in the mailbox.

        The same checkpoint gives the same items again: nothing is remembered between calls. A UIDVALIDITY reset is
        not an error: everything is offered again, the store recognises what it has by content.
        """

    @abstractmethod
    def wait(self, seconds: float) -> bool:
        """Return True as soon as something may have changed, False after `seconds` or after `interrupt`."""

    @abstractmethod
    def interrupt(self) -> None:
        """Make a `wait` in another thread return soon. The one method that another thread may call."""

    @abstractmethod
    def close(self) -> None:
        """Let go of connections; the source may be used again afterwards."""


class DraftFolder(Protocol):
    """A mailbox whose Drafts folder we may append to."""

    @abstractmethod
    def find(self, message_id: str) -> str | None:
        """Return where a draft with this Message-ID lies, or None."""

    @abstractmethod
    def append(self, raw: bytes, message_id: str) -> str:
        """Append the mail as a draft and return where it lies. Does not look for an earlier one: call `find`."""

    @abstractmethod
    def remove(self, message_id: str) -> bool:
        """Remove the draft with this Message-ID; return False when there is none (any more)."""

    @abstractmethod
    def close(self) -> None:
        """Let go of connections; the folder may be used again afterwards."""


# --- language model -------------------------------------------------------------------------------------------------


class ModelState(StrEnum):
    """What the model is doing. ABSENT, RESTING (today's allowance is used up) and FAILED: rules alone do the job."""

    ABSENT = "absent"
    LOADING = "loading"
    READY = "ready"
    BACKOFF = "backoff"
    RESTING = "resting"
    FAILED = "failed"


RULES_ALONE = frozenset({ModelState.ABSENT, ModelState.RESTING, ModelState.FAILED})
"""The states in which there is no model to ask."""


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """State, a sentence for the rep, and which file it is.

    `trust` (0 to 1) is the card's word on how capable the file is. What its answers count for is not taken from there:
    a calibrator fitted for `model_hash` says so, and without one the choices are recorded and the rules decide.
    `can_write` says whether the model may be asked for text of its own: most only choose.
    """

    state: ModelState
    sentence: str
    model_hash: str = ""
    model_name: str = ""
    trust: float = 0.0
    can_write: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """One closed question about a document. The answer is one of `options`, by index; nothing can be written.

    `contexts` holds for each option the line it stands in, with the option between « and »; it is empty for labels,
    and an option that stands nowhere (`none`) has an empty context.
    """

    name: str
    text: str
    options: tuple[str, ...]
    contexts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """The probability of each option of one Question, in order; they sum to 1."""

    name: str
    probabilities: tuple[float, ...]

    @property
    def index(self) -> int:
        """The most probable option."""
        return max(range(len(self.probabilities)), key=self.probabilities.__getitem__)


@dataclass(frozen=True, slots=True)
class Brief:
    """What is to be written: `name` is one of our own instructions, `language` (ISO 639-1, or empty) the document's.

    `people` are names known to stand in the document, for whoever has to hide them.
    """

    name: str
    language: str = ""
    most_tokens: int = 160
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Usage:
    """What one request cost: tokens of prompt that were read, and tokens at which an answer was read or written."""

    prompt_tokens: int = 0
    decoded_tokens: int = 0

    @property
    def total(self) -> int:
        """Both together: what a budget counts."""
        return self.prompt_tokens + self.decoded_tokens


@dataclass(frozen=True, slots=True)
class ServerAnswer:
    """What a model server said: HTTP status, body, and the seconds it asks us to wait (None when it does not)."""

    status: int
    body: bytes
    retry_after: float | None = None


class ModelServer(Protocol):
    """A model server on another machine, or a program of the rep's on this one. Not thread-safe: one lane asks."""

    @abstractmethod
    def ask(self, path: str, body: bytes = b"", *, deadline: float, should_stop: Callable[[], bool]) -> ServerAnswer:
        """POST the JSON `body` to `path` below the server's address, or GET without one; any status is an answer.

        Raises Temporary when no answer came within `deadline` (seconds), UserActionNeeded for an address or
        certificate that cannot be used, Rejected for an answer that is too big, Cancelled soon after `should_stop`.
        """

    @abstractmethod
    def close(self) -> None:
        """Let go of connections; the server may be asked again afterwards."""


class TokenMeter(Protocol):
    """Counts, over restarts, what each model read on each day."""

    @abstractmethod
    def spent(self, model_hash: str, day: date) -> Usage:
        """Return what was counted for a model on a day of the rep's calendar."""

    @abstractmethod
    def add(self, model_hash: str, day: date, usage: Usage) -> None:
        """Count more; negative numbers take back what was counted too much."""


class LanguageModel(Protocol):
    """The llama.cpp port: it chooses, and may write. `last_usage` is what the last request cost, also a failed one.

    `choose` and `write` raise Temporary (engine restarting, deadline), Cancelled, or Rejected (this document is
    quarantined after it took the engine down repeatedly, or the model may not write; rules carry it).
    """

    last_usage: Usage = Usage()

    @abstractmethod
    def status(self) -> ModelStatus:
        """Return the state at once, without waiting for the engine."""

    @abstractmethod
    def choose(self, document: str, questions: Sequence[Question], *, job: str) -> tuple[Choice, ...]:
        """Answer `questions` about `document` (hostile text, never control tokens), in order.

        `job` names the piece of work across retries, for quarantine.
        """

    def write(self, document: str, brief: Brief, *, job: str) -> str:
        """Return plain text about `document`, as `brief` asks; a document just asked about is not read again.

        It is as hostile as the document, and may break off. A model that only chooses keeps this and raises Rejected.
        """
        raise Rejected("This language model writes nothing.", detail=f"{brief.name} of {len(document)} letters, {job}")

    @abstractmethod
    def cancel(self) -> None:
        """Stop the running request soon, from another thread; it raises Cancelled."""

    @abstractmethod
    def close(self) -> None:
        """End the engine child."""
