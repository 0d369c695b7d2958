"""The parts around language models: which one reads, and what gets, chooses and deletes them."""

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.domain.ports import Boundary, Clock, Fetcher, LanguageModel
from desktop.inference.answer_cache import AnswerCache
from desktop.inference.catalogue import ModelFolders, active_card, read_catalogue
from desktop.inference.client import Kept, LlamaClient, NoModel
from desktop.inference.engine_link import EngineLimits, engine_starter
from desktop.inference.metering import MeteredModel
from desktop.inference.models import CUSTOM_PURPOSE, ModelCard
from desktop.inference.prompts import read_prompt
from desktop.inference.switching import SwitchingModel
from desktop.setup.models import ModelSetup
from desktop.setup.remote_model import RemoteChoice, RemoteSetup
from desktop.setup.settings import MODEL, Settings
from desktop.setup.transfer import Surroundings
from desktop.store.store import Store
from desktop.system import resources
from desktop.system.memory import available_memory, free_space
from desktop.system.profile import Profile

if TYPE_CHECKING:
    from desktop.inference.remote import RemoteModel

ENGINE_IDLE = 600.0  # seconds after which an engine that nobody asks ends


@dataclass(frozen=True, slots=True)
class ModelParts:
    """One profile's parts around models. `folder` holds the rep's own model files."""

    profile: Profile
    clock: Clock
    boundary: Boundary
    store: Store
    folder: Path

    def setup(self) -> ModelSetup:
        """Return what lists, gets, imports, deletes and chooses language models."""
        return ModelSetup(
            shelf=ModelFolders(self.folder, resources.path("models")),
            catalogue=read_catalogue(resources.path("models", "catalogue.json")),
            settings=Settings(self.store),
            fetcher=self.fetcher,
            surroundings=Surroundings(time.monotonic, time.sleep, free_space),
            available_memory=available_memory,
        )

    def fetcher(self) -> Fetcher:
        """Return a new Fetcher for one download."""
        from desktop.connectors.fetching import HttpFetcher  # noqa: PLC0415  (httpx: a quarter of a second)
        from desktop.connectors.http import HttpBoundary  # noqa: PLC0415

        http = HttpBoundary(ledger=self.store.ledger, clock=self.clock, boundary=self.boundary)
        return HttpFetcher(http, purpose="model")

    def model(self) -> LanguageModel:
        """Return the language model of this installation, whichever the rep has chosen at the time."""

        def chosen() -> object:  # a card comes last, when its file is whole
            return settings.about_models(), {file.name for file in self.folder.glob("*.json")}

        settings = Settings(self.store)
        return SwitchingModel(self._chosen, chosen)

    def remote_setup(self) -> RemoteSetup:
        """Return what lets a model on another machine read, and goes back."""

        def look(choice: RemoteChoice, key: str) -> int:
            model = self._remote(choice, key)
            try:
                return model.look().offer.alternatives
            finally:
                model.close()

        return RemoteSetup(Settings(self.store), self.profile.vault, look)

    def _chosen(self) -> LanguageModel:
        """Return a model that is chosen now; rules carry the job where there is none."""
        settings = Settings(self.store)
        remote = self.remote_setup()
        choice = remote.chosen()
        if choice is not None:
            far = self._remote(choice, remote.key(choice))
            return MeteredModel(far, self.store.meter, self.clock, settings.remote_tokens_per_day)
        card = active_card(self.folder, resources.path("models"), settings.value(MODEL))
        if card is None:
            return NoModel()
        if card.purpose == CUSTOM_PURPOSE and settings.lets_own_model_write():
            card = replace(card, can_write=True)
        local = self._local(card, may_use_gpu=settings.may_use_gpu())
        return MeteredModel(local, self.store.meter, self.clock, settings.tokens_per_day)

    def _local(self, card: ModelCard, *, may_use_gpu: bool) -> LanguageModel:
        return LlamaClient(
            card,
            read_prompt(resources.path("prompts", "select.json")),
            clock=self.clock,
            start=engine_starter(idle=ENGINE_IDLE),
            limits=EngineLimits(may_use_gpu=may_use_gpu),
            kept=Kept(AnswerCache(), self.profile.paths.cache / "openings"),
        )

    def _remote(self, choice: RemoteChoice, key: str) -> "RemoteModel":
        from desktop.connectors.language import HttpModelServer  # noqa: PLC0415  (httpx, as above)
        from desktop.inference.remote import RemoteCard, RemoteModel  # noqa: PLC0415
        from desktop.inference.scrubbing import Scrubber  # noqa: PLC0415

        settings = Settings(self.store)
        server = HttpModelServer(
            choice.address,
            key,
            may_be_plain=choice.may_be_plain,
            ledger=self.store.ledger,
            clock=self.clock,
            boundary=self.boundary,
        )
        return RemoteModel(
            RemoteCard(choice.address, choice.model, choice.form, may_write=settings.lets_server_write(choice.form)),
            server,
            read_prompt(resources.path("prompts", "select.json")),
            Scrubber(settings.hidden_words(), is_wide=settings.hides_capitals()),
            self.clock,
        )
