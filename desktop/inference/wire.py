"""The words between the agent and its engine child, one JSON object a line.

Both ends import this file, so it imports nothing of ours: the child stays small. Mail text travels by value, never
by path, and a text that may hold control tokens says so itself (`Piece.special`); mail text never does.
"""

import enum
from typing import TypeVar

import msgspec


class FailureCode(enum.StrEnum):
    """What went wrong in the child."""

    NO_ENGINE = "no_engine"
    WRONG_VERSION = "wrong_version"
    BAD_MODEL = "bad_model"
    NO_MEMORY = "no_memory"
    NOT_LOADED = "not_loaded"
    BAD_REQUEST = "bad_request"
    TOO_LONG = "too_long"
    DECODE = "decode"
    CANCELLED = "cancelled"


class Message(msgspec.Struct, frozen=True, kw_only=True, tag_field="op"):
    """Anything on the pipe. `id` joins an answer to its request; the sender of a request may leave it 0."""

    id: int = 0


class Piece(msgspec.Struct, frozen=True):
    """A stretch of prompt. Only in `special` ones do names of control tokens become control tokens."""

    text: str
    special: bool = False


class Asked(msgspec.Struct, frozen=True):
    """One closed question: what is said after the document, and the labels of which one is the answer."""

    pieces: tuple[Piece, ...]
    labels: tuple[str, ...]


# --- to the child ---------------------------------------------------------------------------------------------------


class Hello(Message, frozen=True, tag="hello"):
    """Who are you?"""


class Load(Message, frozen=True, tag="load"):
    """Load a model file. `memory_limit` is in bytes of address space, 0 for none."""

    path: str
    n_ctx: int = 4096
    n_threads: int = 1
    check_tensors: bool = False
    memory_limit: int = 0


class Choose(Message, frozen=True, tag="choose"):
    """Answer `questions` about `document`, which stands between the pieces `before` and `after`."""

    before: tuple[Piece, ...]
    document: str
    after: tuple[Piece, ...]
    questions: tuple[Asked, ...]


class Tokenize(Message, frozen=True, tag="tokenize"):
    """Show the token ids of `pieces`, and of `document` as `choose` would read it."""

    pieces: tuple[Piece, ...] = ()
    document: str = ""


class Cancel(Message, frozen=True, tag="cancel"):
    """Give up the request with the id `target`."""

    target: int


class Ping(Message, frozen=True, tag="ping"):
    """Are you there?"""


# --- from the child -------------------------------------------------------------------------------------------------


class Greeted(Message, frozen=True, tag="greeted"):
    """The answer to Hello."""

    library: str


class Loaded(Message, frozen=True, tag="loaded"):
    """The model is ready. `speed` is in prompt tokens a second, as measured just now."""

    n_ctx: int
    speed: float


class Result(Message, frozen=True, tag="result"):
    """One list of probabilities per question, in the order of its labels. `n_left_out` counts document tokens."""

    answers: tuple[tuple[float, ...], ...]
    n_left_out: int = 0


class Tokens(Message, frozen=True, tag="tokens"):
    """The answer to Tokenize."""

    pieces: tuple[int, ...]
    document: tuple[int, ...]


class Progress(Message, frozen=True, tag="progress"):
    """How much of a request is done, 0 to 1."""

    share: float


class Pong(Message, frozen=True, tag="pong"):
    """I am here."""


class Failed(Message, frozen=True, tag="failed"):
    """The request failed and the child goes on. `retryable` says whether the same request may work later."""

    code: FailureCode
    retryable: bool = False
    detail: str = ""


Request = Hello | Load | Choose | Tokenize | Cancel | Ping
Reply = Greeted | Loaded | Result | Tokens | Progress | Pong | Failed
AnyMessage = TypeVar("AnyMessage", bound=Message)

_requests = msgspec.json.Decoder(Request)
_encoder = msgspec.json.Encoder()


def read_request(line: bytes) -> Request:
    """Read one line; raise ValueError when it is no request."""
    request: Request = _requests.decode(line)
    return request


def write(message: Message) -> bytes:
    """Return the message as one line."""
    return _encoder.encode(message) + b"\n"


def to_mapping(message: Message) -> dict[str, object]:
    """Return the message as the plain mapping that the supervised child process takes."""
    built: dict[str, object] = msgspec.to_builtins(message)
    return built


def read_reply(mapping: dict[str, object]) -> Reply:
    """Read a mapping as a reply; raise ValueError when it is none."""
    reply: Reply = msgspec.convert(mapping, Reply)
    return reply


def with_id(message: AnyMessage, number: int) -> AnyMessage:
    """Return the message under another id."""
    return msgspec.structs.replace(message, id=number)
