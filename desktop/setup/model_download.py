"""Downloads one model file: goes on where it broke off, checks every byte, and tries again as often as makes sense.

Resuming is RFC 9110, sections 13.1.5 (If-Range), 14.2 (Range) and 15.3.7 (206).
"""

import logging
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from desktop.domain.catalogue import CatalogueEntry, ModelShelf
from desktop.domain.errors import Rejected, Temporary, UserActionNeeded
from desktop.domain.ports import Fetcher, FetchSink
from desktop.setup.transfer import LOOK_EVERY, MIB, Job, PartFile, Progress, Source, Speed, check_room, in_words

log = logging.getLogger("dealside.setup")

MAGIC = b"GGUF"
WHOLE, PARTIAL, UNSATISFIABLE = 200, 206, 416
PATIENCE = 6  # failures in a row that brought next to nothing
ENOUGH = MIB  # bytes that make a broken round worth its while
MOST_ROUNDS = 1000
LONGEST_PAUSE = 60.0
LONGEST_ASKED = 600.0
GLANCE = 0.25
LATER = frozenset({408, 425, 429})

_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18})")
_NUMBER = re.compile(r"\d{1,18}")


class Download(FetchSink):
    """One file on its way from one server into its part file. `run` may be called once."""

    def __init__(
        self, entry: CatalogueEntry, address: str, part: PartFile, *, fetcher: Fetcher, shelf: ModelShelf, job: Job
    ) -> None:
        self._entry = entry
        self._address = address
        self._host = urlsplit(address).hostname or address
        self._part = part
        self._fetcher = fetcher
        self._shelf = shelf
        self._job = job
        self._speed = Speed(job, "Downloading", entry.size)
        self._total = entry.size
        self._status = 0
        self._looked_at = 0

    def run(self) -> str:
        """Fetch the file and check it; return its SHA-256. The part file holds it then, whole and on the disk.

        Raises Rejected for bytes that are not the wanted ones (the part is deleted then), Temporary when the server
        cannot be reached for long, UserActionNeeded for a full disk or a refusal, Cancelled; the part stays.
        """
        entry = self._entry
        identity = f"{entry.repository}@{entry.revision}/{entry.file} {entry.sha256 or ''}"
        self._part.resume(identity, self._job)
        try:
            self._check_room()
            self._fetch_all()
            self._part.sync()
        finally:
            self._part.close()
            if self._part.size == 0:
                self._part.discard()
        return self._checked()

    def begin(self, status: int, headers: Mapping[str, str]) -> bool:
        """Decide by status and headers whether what follows is the rest of the file."""
        self._status = status
        if status not in (WHOLE, PARTIAL):
            return False
        if headers.get("content-type", "").startswith("text/html"):
            raise UserActionNeeded(
                f"{self._host} answered with a web page instead of the model: the network may want you to sign in. "
                "Open a page in your browser, then try again.",
                detail=str(status),
            )
        if headers.get("content-encoding", "identity") != "identity":
            raise Rejected(f"{self._host} changes files on the way. Use another mirror, or import the file.")
        is_next = self._begin_whole(headers) if status == WHOLE else self._begin_rest(headers)
        self._speed.total = self._total
        self._check_room()
        return is_next

    def take(self, piece: bytes) -> None:
        """Write the next bytes."""
        self._job.obey()
        part = self._part
        if part.size == 0 and not piece[: len(MAGIC)].startswith(MAGIC[: len(piece)]):
            part.discard()
            sentence = (
                f"What {self._host} sends is no model, so it was deleted. Use another mirror, or import the file."
            )
            raise Rejected(sentence, detail=repr(piece[: len(MAGIC)]))
        if self._total is not None and part.size + len(piece) > self._total:
            part.discard()
            raise self._wrong_length("more bytes than it should")
        part.write(piece)
        self._speed.tell(part.size)
        if part.size - self._looked_at >= LOOK_EVERY:
            self._check_room()

    def _check_room(self) -> None:
        self._looked_at = self._part.size
        missing = max(0, (self._total or self._entry.about) - self._part.size)
        check_room(self._shelf.folder, missing, self._job.surroundings)

    # --- rounds -----------------------------------------------------------------------------------------------------

    def _fetch_all(self) -> None:
        failures = 0
        for _ in range(MOST_ROUNDS):
            self._job.obey()
            if self._total is not None and self._part.size == self._total:
                return
            before = self._part.size
            try:
                self._round()
            except Temporary as error:
                failures = 0 if self._part.size - before >= ENOUGH else failures + 1
                log.info("a download broke off at %d: %s", self._part.size, error.detail or error.sentence)
                if failures >= PATIENCE:
                    raise self._later(error.sentence, error.detail) from error
                self._pause(error.retry_after, failures)
            else:
                return
        raise self._later("The connection breaks off again and again.", f"{MOST_ROUNDS} rounds")

    def _round(self) -> None:
        """Ask for what is missing; return when the server has sent all of it."""
        part = self._part
        headers = {}
        if part.size:
            if self._total is not None and part.size > self._total:
                part.start_over(Source(part.source.identity))
            else:
                headers = self._range_headers()
        wait = self._fetcher.fetch(self._address, headers, self, should_stop=self._job.should_stop)
        if self._status not in (WHOLE, PARTIAL):
            self._refused(wait)
        if self._total is not None and part.size < self._total:
            raise Temporary("The connection broke off.", detail=f"{part.size} of {self._total}")

    def _range_headers(self) -> dict[str, str]:
        source = self._part.source
        headers = {"Range": f"bytes={self._part.size}-"}
        if source.address == self._address and source.etag:
            headers["If-Range"] = source.etag
        elif self._entry.sha256 is None:
            return {}  # nothing would tell whether the two halves are of the same file
        return headers

    def _begin_whole(self, headers: Mapping[str, str]) -> bool:
        length = headers.get("content-length", "")
        size = int(length) if _NUMBER.fullmatch(length) else None
        if size is not None and self._entry.size is not None and size != self._entry.size:
            raise self._wrong_length(f"{size} bytes instead of {self._entry.size}")
        self._total = self._entry.size or size
        self._part.start_over(Source(self._part.source.identity, self._address, _strong(headers.get("etag", ""))))
        return True

    def _begin_rest(self, headers: Mapping[str, str]) -> bool:
        found = _RANGE.fullmatch(headers.get("content-range", "").strip())
        start, last, total = (int(number) for number in found.groups()) if found else (-1, -1, 0)
        if start != self._part.size or not start <= last < total:
            self._part.start_over(Source(self._part.source.identity))
            raise Temporary("The server sent another piece than asked for.", detail="content-range")
        if self._total is not None and total != self._total:
            raise self._wrong_length(f"{total} bytes instead of {self._total}")
        self._total = total
        return True

    def _refused(self, wait: float | None) -> None:
        status, detail = self._status, f"status {self._status}"
        if status == UNSATISFIABLE:
            self._part.start_over(Source(self._part.source.identity))
            raise Temporary("The server does not know the part we have.", detail=detail)
        if status in LATER or status >= 500:
            raise Temporary(f"{self._host} is busy.", detail=detail, retry_after=wait)
        if status in (401, 403, 407):
            sentence = f"{self._host} does not let you have this model. Set another mirror, or import the file."
            raise UserActionNeeded(sentence, detail=detail)
        sentence = f"{self._host} does not have this model (any more). Set another mirror, or import the file."
        raise Rejected(sentence, detail=detail)

    def _pause(self, asked: float | None, failures: int) -> None:
        seconds = asked if asked is not None else min(LONGEST_PAUSE, 2.0 ** max(0, failures - 1))
        if seconds > LONGEST_ASKED:
            raise self._later(f"{self._host} asks us to wait {seconds / 60:.0f} minutes.", "retry-after")
        until = self._job.surroundings.ticks() + seconds
        while (left := until - self._job.surroundings.ticks()) > 0:
            self._job.obey()
            self._job.surroundings.sleep(min(GLANCE, left))

    # --- the end ----------------------------------------------------------------------------------------------------

    def _checked(self) -> str:
        part, entry = self._part, self._entry
        arrived = part.sha256()
        if entry.sha256 is not None and arrived != entry.sha256:
            part.discard()
            sentence = (
                f"The file from {self._host} is not the model it should be, so it was deleted. Try again; "
                "when that fails too, use another mirror or import the file."
            )
            raise Rejected(sentence, detail=f"sha256 {arrived}")
        self._job.on_progress(Progress("Checking", part.size, part.size))
        if self._shelf.digest(part.path, self._job.should_stop) != arrived:
            part.discard()
            sentence = (
                "The disk did not keep what was written to it, so the file was deleted. Check the disk, then retry."
            )
            raise Rejected(sentence)
        try:
            self._shelf.inspect(part.path)
        except Rejected:
            part.discard()
            raise
        return arrived

    def _wrong_length(self, what: str) -> Rejected:
        sentence = f"{self._host} sends another file than the wanted one. Use another mirror, or import the file."
        return Rejected(sentence, detail=what)

    def _later(self, sentence: str, detail: str) -> Temporary:
        kept = f" {in_words(self._part.size)} are kept" if self._part.size else " Nothing has arrived yet"
        return Temporary(f"{sentence}{kept}: try again when the network is better.", detail=detail)


def _strong(etag: str) -> str:
    """Return an ETag that vouches for the very bytes, or nothing: a weak one may not be used for ranges."""
    return etag if etag.startswith('"') and etag.isascii() and etag.isprintable() and len(etag) <= 200 else ""
