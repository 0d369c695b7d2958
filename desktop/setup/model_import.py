"""Takes a model file from a stick or a share: looks at it, copies it, and compares it with the catalogue."""

import logging
import re
from collections.abc import Callable
from pathlib import Path

from desktop.domain.catalogue import WORKING_CONTEXT, Catalogue, CatalogueEntry, ModelShelf, NewCard, card_for
from desktop.domain.errors import Cancelled, Rejected, UserActionNeeded
from desktop.setup.transfer import CHUNK, Job, PartFile, Progress, Source, Speed, check_room

log = logging.getLogger("dealside.setup")

CUSTOM = "custom"
UNKNOWN = (
    "Nobody vouches for this file: it is in no list of ours. A model cannot run programs, but a spoilt one can crash "
    "the engine or read nonsense. It is not trusted to decide anything."
)
GONE = "That file cannot be read. Check the path, and that the stick or share is still there, then import it again."
FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._()+-]{0,120}\.gguf")
ONE_OF_SEVERAL = re.compile(r"-\d{5}-of-\d{5}\.gguf")


def bring_in(
    source: Path, shelf: ModelShelf, catalogue: Catalogue, *, confirm: Callable[[str], bool], job: Job
) -> Path:
    """Return where the copy of a model file lies; raises Rejected, UserActionNeeded or Cancelled, leaving no copy."""
    size = _looked_at(source, shelf)
    template = shelf.inspect(source)
    check_room(shelf.folder, size, job.surroundings)
    part = PartFile(shelf.folder / f"{source.name}.import")  # not the name of an unfinished download
    try:
        digest = _copied(source, part, size, job)
        _check_copy(shelf.digest(part.path, job.should_stop), digest, part.size, size)
        entry = next((entry for entry in catalogue.entries if entry.sha256 == digest), None)
        _ask(entry, confirm)
        file = entry.file if entry else source.name
        _refuse_other(shelf, file, digest)
        custom = NewCard(source.stem, digest, size, 0.0, CUSTOM, template, WORKING_CONTEXT)
        path = shelf.put(part.path, file, card_for(entry, digest, size) if entry else custom)
    except BaseException:
        part.discard()
        raise
    part.forget_note()
    log.info("a model file was imported (%s)", "known" if entry else "unknown")
    return path


def _looked_at(source: Path, shelf: ModelShelf) -> int:
    """Return the size of a file that may be imported by its name and place."""
    if ONE_OF_SEVERAL.search(source.name):
        raise Rejected("This is one part of a model in several files. Join them (llama-gguf-split --merge) first.")
    if not FILE_NAME.fullmatch(source.name):
        raise Rejected("A model file is called something like model.gguf, in plain letters: rename it, then import it.")
    try:
        if not source.is_file():
            raise UserActionNeeded(GONE, detail="no file")
        if source.resolve().parent == shelf.folder.resolve():
            raise Rejected("That file is in Dealside's own folder already: `dealside models list` shows it.")
        return source.stat().st_size
    except OSError as error:
        raise UserActionNeeded(GONE, detail=type(error).__name__) from error


def _copied(source: Path, part: PartFile, size: int, job: Job) -> str:
    speed = Speed(job, "Copying", size)
    part.start_over(Source(f"import {source.name}"))
    try:
        with source.open("rb") as file:
            while chunk := file.read(CHUNK):
                job.obey()
                part.write(chunk)
                speed.tell(part.size)
    except OSError as error:
        raise UserActionNeeded(GONE, detail=type(error).__name__) from error
    part.sync()
    part.close()
    job.on_progress(Progress("Checking", size, size))
    return part.sha256()


def _check_copy(on_disk: str, copied: str, size: int, promised: int) -> None:
    if size != promised:
        raise UserActionNeeded("The file changed while it was copied. Wait until it is whole, then import it again.")
    if on_disk != copied:
        raise Rejected("The disk did not keep what was written to it. Check the disk, then import the file again.")


def _ask(entry: CatalogueEntry | None, confirm: Callable[[str], bool]) -> None:
    if entry is None and not confirm(UNKNOWN):
        raise Cancelled("Nothing was imported.")


def _refuse_other(shelf: ModelShelf, file: str, digest: str) -> None:
    there = next((model for model in shelf.installed() if model.path == shelf.folder / file), None)
    if there is not None and there.sha256 != digest:
        name = there.name
        raise Rejected(
            f"Another model called {file} is here. Delete it first (dealside models delete {name}), or rename."
        )
