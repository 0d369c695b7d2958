"""Reads the catalogue of models, and keeps the shelf: the model files that are here, each with its card."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import msgspec

from desktop.domain.catalogue import Catalogue, CatalogueEntry, InstalledModel, Licence, ModelShelf, NewCard
from desktop.domain.errors import Defect, UserActionNeeded
from desktop.inference.gguf_header import check_gguf
from desktop.inference.models import ModelCard, digest_of, find_card, find_model, read_cards
from desktop.system.files import replace_durably

CUSTOM_TEMPLATES = (  # what stands in a model's own template → our template for it; the first that fits
    ("<|im_start|>", "chatml"),
    ("<|start_of_role|>", "granite"),
    ("<|turn>", "gemma"),
    ("[INST]", "mistral"),
)
THINKS_ALOUD = "<think>"
USUAL_TEMPLATE = "plain"

Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9.-]{0,60}$")]
Repository = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9][A-Za-z0-9._-]*$")]
Revision = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
File = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*\.gguf$")]
Digest = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
Positive = Annotated[int, msgspec.Meta(gt=0)]
Address = Annotated[str, msgspec.Meta(pattern=r"^https://[^\s]+$")]


class _Licence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    link: Address
    note: str = ""


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: Name
    title: str
    tier: str
    repository: Repository
    revision: Revision
    file: File
    bytes: Positive | None
    about_bytes: Positive
    sha256: Digest | None
    licence: str
    memory_gib: Annotated[float, msgspec.Meta(gt=0)]
    context: Positive
    template: str
    thinking: bool
    can_draft: bool
    languages: tuple[str, ...]
    trust: Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]
    note: str = ""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    about: tuple[str, ...]
    hub: Address
    licences: dict[str, _Licence]
    models: tuple[_Entry, ...]


def read_catalogue(path: Path) -> Catalogue:
    """Return the catalogue as it is shipped; raises Defect when the file is not what it should be."""
    try:
        words = msgspec.json.decode(path.read_bytes(), type=_File)
        entries = tuple(_entry(row, words.licences[row.licence]) for row in words.models)
    except (OSError, ValueError, KeyError) as error:
        sentence = "Dealside's own list of models is damaged. Install Dealside again."
        raise Defect(sentence, detail=f"{type(error).__name__}: {error}") from error
    if len({entry.name for entry in entries}) != len(entries) or len({entry.file for entry in entries}) != len(entries):
        raise Defect("Dealside's own list of models names one twice. Install Dealside again.")
    return Catalogue(words.hub, entries)


def _entry(row: _Entry, licence: _Licence) -> CatalogueEntry:
    return CatalogueEntry(
        name=row.name,
        title=row.title,
        tier=row.tier,
        repository=row.repository,
        revision=row.revision,
        file=row.file,
        size=row.bytes,
        about=row.about_bytes,
        sha256=row.sha256,
        licence=Licence(licence.name, licence.link, licence.note),
        memory=int(row.memory_gib * 1024**3),
        context=row.context,
        template=row.template,
        thinking=row.thinking,
        can_draft=row.can_draft,
        languages=row.languages,
        trust=row.trust,
        note=row.note,
    )


def active_card(own: Path, box: Path, chosen: str) -> ModelCard | None:
    """Return the model that reads the mail: the chosen one where it is, else the best of the rep's own, else the box's.

    `chosen` is a file's name without its ending, or the empty string.
    """
    if chosen:
        for folder in (own, box):
            card = find_card(folder, chosen)
            if card is not None:
                return card
    return find_model(own) or find_model(box)


class ModelFolders(ModelShelf):
    """The shelf over two folders: the profile's own, which may be written to, and the box's, which may not."""

    def __init__(self, own: Path, box: Path) -> None:
        self.folder = own
        self._box = box

    def installed(self) -> tuple[InstalledModel, ...]:
        """Return every model file, the rep's own before those in the box."""
        own = [_installed(card, is_boxed=False) for card in read_cards(self.folder)]
        return (*own, *(_installed(card, is_boxed=True) for card in read_cards(self._box)))

    def active(self, chosen: str) -> InstalledModel | None:
        """Return the one that reads the mail."""
        card = active_card(self.folder, self._box, chosen)
        return _installed(card, is_boxed=card.path.parent == self._box) if card else None

    def inspect(self, path: Path) -> str:
        """Check a file's header; return the name of the template that fits it, `plain` when none is known to."""
        header = check_gguf(path)
        theirs = header.strings.get("tokenizer.chat_template", "")
        found = next((ours for mark, ours in CUSTOM_TEMPLATES if mark in theirs), USUAL_TEMPLATE)
        return "chatml-quiet" if found == "chatml" and THINKS_ALOUD in theirs else found

    def digest(self, path: Path, should_stop: Callable[[], bool]) -> str:
        """Return the SHA-256 of a file as it lies on the disk."""
        return digest_of(path, should_stop)

    def put(self, part: Path, file: str, card: NewCard) -> Path:
        """Give a whole and checked file its card first, then its name: a card without a file harms nobody."""
        final = self.folder / file
        words = {
            "name": card.title,
            "file": file,
            "sha256": card.sha256,
            "size": card.size,
            "trust": card.trust,
            "purpose": card.purpose,
            "template": card.template,
            "context": card.context,
            "can_write": card.can_write,
        }
        try:
            replace_durably(final.with_suffix(".json"), msgspec.json.format(msgspec.json.encode(words)))
            part.replace(final)
            if os.name == "posix":  # the rename itself lives in the folder
                folder = os.open(self.folder, os.O_RDONLY)
                try:
                    os.fsync(folder)
                finally:
                    os.close(folder)
        except OSError as error:
            sentence = f"The model cannot be kept in {self.folder}: free some space there or allow writing to it."
            raise UserActionNeeded(sentence, detail=f"{type(error).__name__} {error.errno}") from error
        return final

    def remove(self, model: InstalledModel) -> None:
        """Delete a model file and its card."""
        try:
            model.path.unlink(missing_ok=True)
            model.path.with_suffix(".json").unlink(missing_ok=True)
        except OSError as error:
            sentence = (
                f"{model.path.name} cannot be deleted: close Dealside, or allow writing to its folder, and retry."
            )
            raise UserActionNeeded(sentence, detail=f"{type(error).__name__} {error.errno}") from error


def _installed(card: ModelCard, *, is_boxed: bool) -> InstalledModel:
    try:
        size = card.path.stat().st_size
    except OSError:
        size = card.size
    return InstalledModel(
        name=card.path.stem,
        title=card.name,
        path=card.path,
        size=size,
        sha256=card.sha256,
        purpose=card.purpose,
        context=card.context,
        is_boxed=is_boxed,
    )
