"""Logging: one rotating file per program, an in-memory tail, and nothing in either that says who or what.

Redaction sits in the formatter, the last place every record passes, so that arguments, tracebacks and the records of
libraries go through it too.
"""

import logging
import re
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from logging.handlers import RotatingFileHandler

from desktop.domain.errors import UserActionNeeded
from desktop.system.paths import Paths

FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"
FILE_BYTES = 1_000_000
KEPT_FILES = 3
TAIL_LINES = 500
LONGEST_RECORD = 20_000

_GUARDED_NAMES = (
    r"pass(?:word|wd|phrase)?|pwd|secret|token|api[_-]?key|auth|authorization|cookie|session(?:[_-]?id)?|credentials?"
)
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"-----BEGIN [A-Z ]{1,40}-----.*?(?:-----END [A-Z ]{1,40}-----|\Z)", re.DOTALL), "<secret>"),
    (re.compile(r"(?i)\b(bearer|basic|negotiate)\s+[A-Za-z0-9._~+/=-]{6,}"), r"\1 <secret>"),
    (
        re.compile(rf"""(?ix)\b((?:[a-z0-9]{{1,20}}[_-]){{0,3}}(?:{_GUARDED_NAMES})["']?\s{{0,3}}[:=]\s{{0,3}})
                    (?!<secret>|(?:bearer|basic|negotiate)\s)(?:"[^"]*"|'[^']*'|[^\s,;&)\]}}]+)"""),
        r"\1<secret>",
    ),
    (re.compile(r"(?i)\b([a-z][a-z0-9+.-]{1,20}://)[^\s/@]{1,200}@"), r"\1<secret>@"),
    (re.compile(r"\beyJ[\w-]{5,}(?:\.[\w-]{2,}){1,2}"), "<secret>"),
    (re.compile(r"\b[0-9A-Fa-f]{64,}\b"), "<secret>"),
    (
        re.compile(r"(?<![\w./\\-])(?=[\w-]{0,200}[a-z])(?=[\w-]{0,200}[A-Z])(?=[\w-]{0,200}[0-9])[\w-]{32,}"),
        "<secret>",
    ),
    (re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"), "<email>"),
)
_NUMBER = re.compile(r"(?<![\w.:/-])(?:\+|00|\()?\d(?:[ ().\u00a0/-]{0,2}\d){6,18}(?![\w:])")
_HARMLESS_NUMBER = re.compile(
    r"\d{4}-\d\d-\d\d(?: \d\d)?|\d{1,3}(?:\.\d{1,3}){3}|\d{7}"  # a date, an address of a machine, some size in bytes
)
_CONTROL = dict.fromkeys((*range(9), *range(11, 32), 127, 0x85, 0x2028, 0x2029), "?")


def redact(text: str) -> str:
    """Return `text` without mail addresses, phone-like numbers, tokens, passwords and keys."""
    for pattern, instead in _RULES:
        text = pattern.sub(instead, text)
    return _NUMBER.sub(_redact_number, text)


def _redact_number(match: re.Match[str]) -> str:
    return match[0] if _HARMLESS_NUMBER.fullmatch(match[0]) else "<number>"


class RedactingFormatter(logging.Formatter):
    """Redacts, and indents further lines so that no text from outside can pass for a record of ours."""

    def format(self, record: logging.LogRecord) -> str:
        stamp = f"{self.formatTime(record)} {record.levelname} {record.name} "
        rest = super().format(record).removeprefix(stamp)[:LONGEST_RECORD]
        return stamp + redact(rest.translate(_CONTROL)).replace("\n", "\n  ")


class _Tail(logging.Handler):
    """Keeps the last lines in memory, for the log view and `doctor`."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: deque[str] = deque(maxlen=TAIL_LINES)

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


class _PatientFile(RotatingFileHandler):
    """A log that cannot be written (full disk, another program rotating it) must not stop the work."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  (logging's name)
        del record

    def close(self) -> None:
        with suppress(OSError):  # what could not be written before cannot be written now
            super().close()


@dataclass(frozen=True, slots=True)
class Logs:
    """What `setup` started. `close` takes the handlers off again."""

    handlers: tuple[logging.Handler, ...]
    _tail: _Tail

    def tail(self) -> tuple[str, ...]:
        """Return the last lines, redacted, oldest first."""
        return tuple(self._tail.lines)

    def close(self) -> None:
        """Write what is left and stop logging."""
        for handler in self.handlers:
            logging.getLogger().removeHandler(handler)
            handler.close()


def setup(paths: Paths, level: int = logging.INFO, *, program: str = "dealside") -> Logs:
    """Log to `<logs>/<program>.log` from now on: ours from `level`, libraries from WARNING.

    Each program (window, agent) has its own file, because two processes cannot rotate one.
    """
    tail = _Tail()
    try:
        paths.logs.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = _PatientFile(
            paths.logs / f"{program}.log", maxBytes=FILE_BYTES, backupCount=KEPT_FILES, encoding="utf-8"
        )
    except OSError as error:
        raise UserActionNeeded(
            f"Dealside cannot write its log to {paths.logs}: free some space there or allow writing to it.",
            detail=f"log file: {error}",
        ) from error
    handlers: tuple[logging.Handler, ...] = (file, tail)
    root = logging.getLogger()
    for handler in handlers:
        handler.setFormatter(RedactingFormatter(FORMAT))
        root.addHandler(handler)
    logging.getLogger("dealside").setLevel(level)
    return Logs(handlers, tail)
