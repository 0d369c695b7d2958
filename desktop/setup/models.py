"""The language models of a profile: what can be had, what is here, which one reads; get, import, delete and choose.

The window and `dealside models` are written against ModelSetup alone.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from desktop.domain.catalogue import (
    WORKING_CONTEXT,
    Catalogue,
    CatalogueEntry,
    InstalledModel,
    ModelShelf,
    card_for,
    memory_wanted,
)
from desktop.domain.errors import Cancelled, Rejected, Temporary, UserActionNeeded
from desktop.domain.ports import Fetcher
from desktop.setup.model_download import Download
from desktop.setup.model_import import bring_in
from desktop.setup.settings import MODEL, MODEL_MIRROR, Settings
from desktop.setup.transfer import Job, OnProgress, PartFile, Surroundings, in_words
from desktop.system.instance import InstanceLock

log = logging.getLogger("dealside.setup")

UNPINNED = (
    "Nobody we trust has published the checksum of this file, so what arrives cannot be compared with anything; "
    "its checksum is remembered from the first download on."
)
Confirm = Callable[[str], bool]
"""Is told what is risky about a job, and returns whether the rep wants it all the same."""


def quietly(_progress: object) -> None:
    """Tell nobody how far a job is."""


def never() -> bool:
    """Go on."""
    return False


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One line of the list. Bytes. `entry` is None for a file of the rep's own, `installed` for one not here.

    `arrived` is how much of an unfinished download is kept; `warning` says what speaks against using it here.
    """

    name: str
    title: str
    entry: CatalogueEntry | None
    installed: InstalledModel | None
    size: int
    memory: int
    is_active: bool = False
    arrived: int = 0
    warning: str = ""


@dataclass(frozen=True, slots=True)
class ModelsState:
    """Everything a page about models shows. `available_memory` is None where the machine does not say."""

    rows: tuple[ModelRow, ...]
    folder: Path
    free_space: int
    available_memory: int | None
    hub: str
    mirror: str
    active: str = ""


@dataclass(slots=True)
class ModelSetup:
    """What can be done about models. `fetcher` makes a new Fetcher for one download."""

    shelf: ModelShelf
    catalogue: Catalogue
    settings: Settings
    fetcher: Callable[[], Fetcher]
    surroundings: Surroundings
    available_memory: Callable[[], int | None]

    def state(self) -> ModelsState:
        """Return the whole picture: what the box brings, then the catalogue, then the rep's own files."""
        active = self.active()
        here = {model.path.name: model for model in reversed(self.shelf.installed())}
        rows = [self._row(entry, here.pop(entry.file, None), active) for entry in self.catalogue.entries]
        others = [self._row(None, model, active) for model in reversed(here.values())]
        boxed = [row for row in others if row.installed is not None and row.installed.is_boxed]
        return ModelsState(
            rows=(*boxed, *rows, *(row for row in others if row not in boxed)),
            folder=self.shelf.folder,
            free_space=self.surroundings.free_space(self.shelf.folder),
            available_memory=self.available_memory(),
            hub=self.catalogue.hub,
            mirror=self.settings.value(MODEL_MIRROR),
            active=active.name if active else "",
        )

    def active(self) -> InstalledModel | None:
        """Return the model that reads the mail; None when rules alone do."""
        return self.shelf.active(self.settings.value(MODEL))

    def get(
        self,
        name: str,
        *,
        confirm: Confirm,
        on_progress: OnProgress = quietly,
        should_stop: Callable[[], bool] = never,
    ) -> InstalledModel:
        """Download a model of the catalogue, going on with what an earlier try left; return it, checked.

        Raises Cancelled when it is not confirmed or stopped, Temporary when the same file is on its way already, and
        what Download.run raises.
        """
        entry = self._entry(name)
        found = self._here(entry)
        if found is not None:
            return found
        doubts = [entry.licence.note, "" if entry.sha256 else UNPINNED]
        if any(doubts) and not confirm(" ".join(doubt for doubt in doubts if doubt)):
            raise Cancelled("Nothing was downloaded.")
        job = Job(self.surroundings, on_progress, should_stop)
        part = PartFile(self.shelf.folder / entry.file)
        lock = self._lock(entry.file)
        try:
            found = self._here(entry)  # whoever had the lock before may have brought it
            return found or self._download(entry, part, job)
        finally:
            lock.release()

    def bring(
        self,
        source: Path,
        *,
        confirm: Confirm,
        on_progress: OnProgress = quietly,
        should_stop: Callable[[], bool] = never,
    ) -> InstalledModel:
        """Copy a model file from a stick or a share, check it and return it.

        A file whose SHA-256 the catalogue knows gets the card of its entry, any other one without trust and only when
        confirmed. Raises Rejected for what is no model, Cancelled when it is not confirmed or stopped.
        """
        lock = self._lock(source.name)
        try:
            job = Job(self.surroundings, on_progress, should_stop)
            path = bring_in(source, self.shelf, self.catalogue, confirm=confirm, job=job)
        finally:
            lock.release()
        return self._installed_at(path)

    def delete(self, name: str, *, even_active: bool = False) -> int:
        """Delete a model file, or what has arrived of one; return the bytes that are free again.

        Raises Rejected for a model of the box, UserActionNeeded for the one in use unless `even_active`.
        """
        row = self._row_called(name)
        file = row.entry.file if row.entry else f"{row.name}.gguf"
        part = PartFile(self.shelf.folder / file)
        model = row.installed
        if model is not None and model.is_boxed:
            raise Rejected(f"{row.title} belongs to Dealside and cannot be deleted. Use another one if you like.")
        if model is None and not row.arrived:
            raise Rejected(f"{row.title} is not on this computer, so there is nothing to delete.")
        if row.is_active and not even_active:
            raise UserActionNeeded(
                f"{row.title} reads your mail at the moment. Use another model first, or insist (--yes)."
            )
        lock = self._lock(file)
        try:
            part.discard()
            if model is not None:
                self.shelf.remove(model)
        finally:
            lock.release()
        if model is not None and self.settings.value(MODEL) == model.name:
            self.settings.forget(MODEL)
        log.info("a model was deleted")
        return row.arrived + (model.size if model else 0)

    def use(self, name: str) -> tuple[InstalledModel, str]:
        """Let a model read from the next mail on; return it, and a warning or the empty string."""
        row = self._row_called(name)
        if row.installed is None:
            raise Rejected(f"{row.title} is not on this computer yet. Get it first: dealside models get {row.name}")
        self.settings.choose(MODEL, row.installed.name)
        return row.installed, row.warning

    # --- inside -----------------------------------------------------------------------------------------------------

    def _download(self, entry: CatalogueEntry, part: PartFile, job: Job) -> InstalledModel:
        fetcher = self.fetcher()
        address = entry.address(self.settings.value(MODEL_MIRROR) or self.catalogue.hub)
        try:
            digest = Download(entry, address, part, fetcher=fetcher, shelf=self.shelf, job=job).run()
        finally:
            fetcher.close()
        path = self.shelf.put(part.path, entry.file, card_for(entry, digest, part.size))
        part.forget_note()
        log.info("the model %s arrived", entry.name)
        return self._installed_at(path)

    def _row(
        self, entry: CatalogueEntry | None, model: InstalledModel | None, active: InstalledModel | None
    ) -> ModelRow:
        size = model.size if model else entry.size or entry.about if entry else 0
        wanted = memory_wanted(size, model.context if model else WORKING_CONTEXT)
        name = entry.name if entry else model.name if model else ""
        file = entry.file if entry else f"{name}.gguf"
        return ModelRow(
            name=name,
            title=entry.title if entry else model.title if model else "",
            entry=entry,
            installed=model,
            size=size,
            memory=wanted,
            is_active=model is not None and model == active,
            arrived=_size_of(self.shelf.folder / f"{file}.part"),
            warning=self._memory_warning(wanted),
        )

    def _memory_warning(self, wanted: int) -> str:
        available = self.available_memory()
        if available is None or wanted <= available:
            return ""
        return (
            f"It wants about {in_words(wanted)} of memory and {in_words(available)} are free, so it may be slow or not "
            "start at all. Close other programs, or use a smaller model."
        )

    def _row_called(self, name: str) -> ModelRow:
        rows = self.state().rows
        wanted = name.removesuffix(".gguf").casefold()
        exact = [row for row in rows if wanted in _names(row)]
        found = exact or [row for row in rows if any(one.startswith(wanted) for one in _names(row))]
        if len(found) != 1 or not wanted:
            raise Rejected("That names no model, or more than one: `dealside models list` shows their names.")
        return found[0]

    def _entry(self, name: str) -> CatalogueEntry:
        entry = self._row_called(name).entry
        if entry is None:
            raise Rejected("That model is on this computer already, and the list knows no newer one.")
        return entry

    def _here(self, entry: CatalogueEntry) -> InstalledModel | None:
        """Return the entry's file where it is installed; Rejected when another file bears its name."""
        found = next((m for m in self.shelf.installed() if m.path.name == entry.file and not m.is_boxed), None)
        if found is None or (found.is_pinned and entry.sha256 in (None, found.sha256)):
            return found
        raise Rejected(
            f"Another file called {entry.file} is in {self.shelf.folder}. Delete it first: dealside models delete "
            f"{entry.name}"
        )

    def _lock(self, file: str) -> InstanceLock:
        lock = InstanceLock(self.shelf.folder / f"{file}.lock")
        if not lock.try_acquire():
            raise Temporary("This model is on its way already. Wait for that, or stop it where it was started.")
        return lock

    def _installed_at(self, path: Path) -> InstalledModel:
        found = next((model for model in self.shelf.installed() if model.path == path), None)
        if found is None:
            raise Temporary("The model was there and is gone again: somebody deleted it. Get it again.")
        return found


def _names(row: ModelRow) -> set[str]:
    names = {row.name.casefold()}
    if row.entry is not None:
        names.add(row.entry.file.removesuffix(".gguf").casefold())
    return names


def _size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
