"""The window's log, begun at its first record: what it takes to redact and rotate is 7 ms that no first paint needs."""

import logging

from desktop.domain.errors import UserActionNeeded
from desktop.system.paths import Paths


class LateLog(logging.Handler):
    """Makes way for the real log as soon as there is something to log. Nothing is lost in between."""

    def __init__(self, paths: Paths, level: int, program: str) -> None:
        super().__init__()
        self._paths = paths
        self._level_of_ours = level
        self._program = program
        self._is_begun = False

    def emit(self, record: logging.LogRecord) -> None:
        if not self._is_begun:
            from desktop.system import logs  # noqa: PLC0415  (that it comes late is what this class is for)

            self._is_begun = True
            try:
                begun = logs.setup(self._paths, self._level_of_ours, program=self._program)
            except UserActionNeeded:  # it could be written a moment ago; a log must not stop the work
                return
            logging.getLogger().removeHandler(self)
            for handler in begun.handlers:
                handler.handle(record)


def setup_late(paths: Paths, level: int = logging.INFO, *, program: str = "dealside") -> None:
    """Log as `logs.setup` does, from the first record on; a log that cannot be written is said at once."""
    file = paths.logs / f"{program}.log"
    try:
        paths.logs.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.open("ab").close()
    except OSError as error:
        raise UserActionNeeded(
            f"Dealside cannot write its log to {paths.logs}: free some space there or allow writing to it.",
            detail=f"log file: {error}",
        ) from error
    logging.getLogger().addHandler(LateLog(paths, level, program))
    logging.getLogger("dealside").setLevel(level)
