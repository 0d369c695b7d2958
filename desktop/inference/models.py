"""Which model file there is, what is known of it, and whether it is what it claims to be.

A card (`<name>.json` beside `<name>.gguf`) pins the file by size and SHA-256 and says how far to trust it. A file
without a card is the rep's own: it may be used, but it is not trusted to decide anything.
"""

import hashlib
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import msgspec

from desktop.domain.errors import Cancelled, Rejected
from desktop.inference.gguf_header import check_gguf

CHUNK = 1 << 20
USUAL_TEMPLATE = "plain"
USUAL_CONTEXT = 4096
PATH_PURPOSE = "path"
MINI_PURPOSE = "mini"
CUSTOM_PURPOSE = "custom"
UNREADABLE = "The language model file cannot be read. Check that it is there and that you may open it."

logger = logging.getLogger("dealside.inference")


@dataclass(frozen=True, slots=True)
class ModelCard:
    """One model file. `sha256` is empty and `size` 0 when nobody vouches for it; sizes are in bytes.

    `trust` (0 to 1) weighs the model against the rules, `purpose` says what it was made for, `template` names the
    format in the prompt file, `context` is in tokens. `can_write` vouches for its prose; see `may_write`.
    """

    name: str
    path: Path
    sha256: str = ""
    size: int = 0
    trust: float = 0.0
    purpose: str = CUSTOM_PURPOSE
    template: str = USUAL_TEMPLATE
    context: int = USUAL_CONTEXT
    can_write: bool = False

    @property
    def may_write(self) -> bool:
        """Whether the model may be asked for text of its own: readers of ours never, whatever a card says."""
        return self.can_write and self.purpose not in (MINI_PURPOSE, PATH_PURPOSE)

    @property
    def is_pinned(self) -> bool:
        """Whether somebody vouches for the very bytes of the file."""
        return bool(self.sha256)


class _CardFile(msgspec.Struct, frozen=True):
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    file: Annotated[str, msgspec.Meta(pattern=r"^[^/\\:]+\.gguf$")]
    sha256: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
    size: Annotated[int, msgspec.Meta(gt=0)]
    trust: Annotated[float, msgspec.Meta(ge=0.0, le=1.0)] = 0.0
    purpose: str = CUSTOM_PURPOSE
    template: str = USUAL_TEMPLATE
    context: Annotated[int, msgspec.Meta(ge=256, le=1_048_576)] = USUAL_CONTEXT
    can_write: bool = False


def find_model(models_dir: Path) -> ModelCard | None:
    """Return the model to use, or None: the most trusted one, a real one before the path model, then by name."""
    return min(read_cards(models_dir), key=_rank, default=None)


def find_card(models_dir: Path, name: str) -> ModelCard | None:
    """Return the model whose file is called `name` (without `.gguf`), or None."""
    return next((card for card in read_cards(models_dir) if card.path.stem == name), None)


def _rank(card: ModelCard) -> tuple[float, bool, bool, str]:
    return -card.trust, card.purpose == PATH_PURPOSE, not card.is_pinned, card.path.name


def read_cards(models_dir: Path) -> Iterator[ModelCard]:
    """Yield the card of every model file of a folder, by name; nothing when there is no folder."""
    try:
        files = sorted(path for path in models_dir.iterdir() if path.suffix == ".gguf" and path.is_file())
    except OSError:
        return
    for file in files:
        yield read_card(file)


def read_card(file: Path) -> ModelCard:
    """Return the card of a model file; one without trust when there is no card or a damaged one."""
    unknown = ModelCard(name=file.stem, path=file)
    try:
        words = msgspec.json.decode(file.with_suffix(".json").read_bytes(), type=_CardFile)
    except FileNotFoundError:
        return unknown
    except (OSError, ValueError) as error:
        logger.warning("the card of a model cannot be read, so the model is not trusted: %s", type(error).__name__)
        return unknown
    if words.file != file.name:
        logger.warning("the card of a model names another file, so the model is not trusted")
        return unknown
    return ModelCard(
        name=words.name,
        path=file,
        sha256=words.sha256,
        size=words.size,
        trust=words.trust,
        purpose=words.purpose,
        template=words.template,
        context=words.context,
        can_write=words.can_write,
    )


def _never() -> bool:
    return False


def verified(card: ModelCard, *, should_stop: Callable[[], bool] = _never) -> ModelCard:
    """Return the card with the SHA-256 of its file, having looked at every byte.

    Raises Rejected when the file is not what the card says or no GGUF, Cancelled when `should_stop` says so.
    """
    size, _, _ = stamp_of(card.path)
    if card.is_pinned and size < card.size:
        sentence = "The language model file is incomplete. Install it again."
        raise Rejected(sentence, detail=f"{size} of {card.size} bytes")
    check_gguf(card.path)
    digest = digest_of(card.path, should_stop)
    if card.is_pinned and digest != card.sha256:
        sentence = "The language model file is not the one it claims to be. Install it again."
        raise Rejected(sentence, detail=f"sha256 {digest}")
    return replace(card, sha256=digest)


def stamp_of(path: Path) -> tuple[int, int, int]:
    """Return size, change time (ns) and number of a file, which show a replacement; raise Rejected when it is gone."""
    try:
        status = path.stat()
    except OSError as error:
        raise Rejected(UNREADABLE, detail=type(error).__name__) from error
    return status.st_size, status.st_mtime_ns, status.st_ino


def digest_of(path: Path, should_stop: Callable[[], bool]) -> str:
    """Return the SHA-256 of a file; raises Cancelled when `should_stop` says so, Rejected when it cannot be read."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                if should_stop():
                    raise Cancelled("Stopped.")
                digest.update(chunk)
    except OSError as error:
        raise Rejected(UNREADABLE, detail=type(error).__name__) from error
    return digest.hexdigest()
