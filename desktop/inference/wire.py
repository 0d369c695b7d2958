"""The words between the agent and its engine child, one JSON object a line.

Both ends import this file, so it imports nothing of ours: the child stays small. Mail text travels by value, never
by path, and a text that may hold control tokens says so itself (`Piece.special`); mail text never does.
"""

import enum
from typing import Annotated, TypeVar

import msgspec

MOST_WRITTEN = 1024


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


class Measured(msgspec.Struct, frozen=True):
    """How fast a model is here: seconds for so many prompt tokens in one call, and how many a call takes best."""

    seconds: tuple[tuple[int, float], ...]
    chunk: int

    @property
    def prompt_speed(self) -> float:
        """Prompt tokens a second."""
        count, spent = min(self.seconds, key=lambda pair: pair[1] / pair[0])
        return count / max(spent, 1e-9)

    @property
    def answer_speed(self) -> float:
        """Tokens a second when each has to wait for the one before."""
        count, spent = min(self.seconds)
        return count / max(spent, 1e-9)


class Device(msgspec.Struct, frozen=True):
    """What ggml can compute on. `kind` is cpu, gpu, igpu (which shares the main memory) or accel; sizes in bytes."""

    name: str
    kind: str
    free: int
    total: int


# --- to the child ---------------------------------------------------------------------------------------------------


class Hello(Message, frozen=True, tag="hello"):
    """Who are you?"""


class Probe(Message, frozen=True, tag="probe"):
    """What can be computed on? Graphics drivers may crash over this, so only a throw-away child is asked."""


class Load(Message, frozen=True, tag="load"):
    """Load a model file. `memory_limit` is in bytes of address space, 0 for none.

    `gpu_share` (0 to 1) of the layers go to the graphics card. `measured` saves measuring again what is known.
    What was read of a prompt's opening is kept in `state_folder` under `model_hash`, unless either is empty.
    """

    path: str
    n_ctx: int = 4096
    n_threads: int = 1
    check_tensors: bool = False
    memory_limit: int = 0
    gpu_share: float = 0.0
    measured: Measured | None = None
    model_hash: str = ""
    state_folder: str = ""


class Choose(Message, frozen=True, tag="choose"):
    """Answer `questions` about `document`, which stands between the pieces `before` and `after`."""

    before: tuple[Piece, ...]
    document: str
    after: tuple[Piece, ...]
    questions: tuple[Asked, ...]


class Write(Message, frozen=True, tag="write"):
    """Write plain text, `most_tokens` at most, that follows `pieces`; these stand behind the document.

    What comes before them is as for Choose: a document whose questions were just answered is not read again.
    """

    before: tuple[Piece, ...]
    document: str
    after: tuple[Piece, ...]
    pieces: tuple[Piece, ...]
    most_tokens: Annotated[int, msgspec.Meta(gt=0, le=MOST_WRITTEN)]


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
    """The answer to Hello. `has_gpu_build` says what the files are made for, no driver was touched to tell."""

    library: str
    has_gpu_build: bool = False


class Devices(Message, frozen=True, tag="devices"):
    """The answer to Probe."""

    devices: tuple[Device, ...]


class Loaded(Message, frozen=True, tag="loaded"):
    """The model is ready. `speed` is in prompt tokens a second, as measured just now."""

    n_ctx: int
    speed: float
    measured: Measured | None = None


class Result(Message, frozen=True, tag="result"):
    """One list of probabilities per question, in the order of its labels. `n_left_out` counts document tokens.

    `n_prompt` tokens were decoded for it, and an answer was read at `n_answers` of them, by `n_threads` threads.
    """

    answers: tuple[tuple[float, ...], ...]
    n_left_out: int = 0
    n_prompt: int = 0
    n_answers: int = 0
    n_threads: int = 0


class Written(Message, frozen=True, tag="written"):
    """The likeliest text, token by token, up to where the model ended it or left a line blank, or it was cut.

    The other numbers are those of Result; each written token counts among `n_answers`.
    """

    text: str
    n_left_out: int = 0
    n_prompt: int = 0
    n_answers: int = 0


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


Request = Hello | Probe | Load | Choose | Write | Tokenize | Cancel | Ping
Reply = Greeted | Devices | Loaded | Result | Written | Tokens | Progress | Pong | Failed
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
