"""Everything around a ModelSetup: a shelf in a folder, a store, a hub's address, and a machine that can be told things.

The files are real, so are the store, the HTTP boundary and the GGUF checks.
"""

import hashlib
from dataclasses import replace
from pathlib import Path

from desktop.connectors.fetching import HttpFetcher
from desktop.connectors.http import HttpBoundary, HttpLimits
from desktop.domain.catalogue import Catalogue, CatalogueEntry, Licence
from desktop.inference.catalogue import ModelFolders
from desktop.setup.models import ModelSetup
from desktop.setup.settings import MODEL_MIRROR, Settings
from desktop.setup.transfer import RESERVE, Progress, Surroundings
from tests.fakes.clock import ManualClock
from tests.fakes.ledger import ListLedger
from tests.fakes.situations import new_store

PLENTY = 100 * 1024**3
FREE = Licence("Free 1.0", "https://licences.example/free")
STRICT = Licence("Strict 1.0", "https://licences.example/strict", "Not for companies with more than one goldfish.")


def entry(content: bytes, **changes: object) -> CatalogueEntry:
    """An entry for a file with this content."""
    known = CatalogueEntry(
        name="tiny-1",
        title="Tiny 1",
        tier="micro",
        repository="somebody/tiny-1-gguf",
        revision="0123abc",
        file="tiny-1-Q4.gguf",
        size=len(content),
        about=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        licence=FREE,
        memory=1024**3,
        context=4096,
        template="chatml",
        thinking=False,
        can_draft=False,
        languages=("en",),
        trust=0.4,
    )
    return replace(known, **changes)


class Machine:
    """The steady clock, the sleep, the disk and the memory, as told."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []
        self.free = PLENTY
        self.memory: int | None = PLENTY

    def ticks(self) -> float:
        self.now += 0.001
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def free_space(self, _folder: Path) -> int:
        return self.free

    def room_for(self, size: int) -> None:
        self.free = size + RESERVE


class ModelBench:
    """A ModelSetup with everything around it in view."""

    def __init__(self, folder: Path, *entries: CatalogueEntry, hub: str = "https://hub.example") -> None:
        self.machine = Machine()
        self.ledger = ListLedger()
        self.clock = ManualClock()
        self.store = new_store(folder)
        self.own, self.box = folder / "data" / "models", folder / "box"
        self.box.mkdir()
        self.settings = Settings(self.store)
        self.settings.choose(MODEL_MIRROR, hub if hub.startswith("http://127") else "")
        self.told: list[Progress] = []
        self.asked: list[str] = []
        self.answer = True
        self.setup = ModelSetup(
            shelf=ModelFolders(self.own, self.box),
            catalogue=Catalogue("https://hub.example", entries),
            settings=self.settings,
            fetcher=self.fetcher,
            surroundings=Surroundings(self.machine.ticks, self.machine.sleep, self.machine.free_space),
            available_memory=lambda: self.machine.memory,
        )

    def fetcher(self) -> HttpFetcher:
        http = HttpBoundary(
            ledger=self.ledger,
            clock=self.clock,
            limits=HttpLimits(connect=20, silence=20),
            sleep=self.machine.sleep,
            ticks=self.machine.ticks,
        )
        return HttpFetcher(http, purpose="model")

    def confirm(self, words: str) -> bool:
        self.asked.append(words)
        return self.answer

    def get(self, name: str = "tiny-1", **more):
        return self.setup.get(name, confirm=self.confirm, on_progress=more.pop("on_progress", self.told.append), **more)

    def bring(self, path: Path, **more):
        return self.setup.bring(path, confirm=self.confirm, on_progress=self.told.append, **more)

    def files(self) -> set[str]:
        """The names in the rep's own folder, without the locks."""
        there = self.own.iterdir() if self.own.exists() else ()
        return {path.name for path in there if path.suffix != ".lock"}

    def close(self) -> None:
        self.store.close()
