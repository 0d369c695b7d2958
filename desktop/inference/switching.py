"""A model that the rep can exchange while the agent runs: another one that is chosen reads from the next mail on."""

import logging
from collections.abc import Callable, Sequence

from desktop.domain.ports import Brief, Choice, LanguageModel, ModelStatus, Question

_log = logging.getLogger("dealside.inference")


class SwitchingModel(LanguageModel):
    """Whatever `make` returns, made anew when `chosen` says something else than it did.

    For the one lane that asks: it looks before every request, so no request is ever torn. The old model is closed
    before the new one is made, since two may not fit into memory.
    """

    def __init__(self, make: Callable[[], LanguageModel], chosen: Callable[[], object]) -> None:
        self._make = make
        self._chosen = chosen
        self._seen = chosen()
        self._inner = make()

    def status(self) -> ModelStatus:
        """Return the state of the model that is chosen now."""
        return self._followed().status()

    def choose(self, document: str, questions: Sequence[Question], *, job: str) -> tuple[Choice, ...]:
        """Ask the model that is chosen now."""
        inner = self._followed()
        try:
            return inner.choose(document, questions, job=job)
        finally:
            self.last_usage = inner.last_usage

    def write(self, document: str, brief: Brief, *, job: str) -> str:
        """Let the model that is chosen now write."""
        inner = self._followed()
        try:
            return inner.write(document, brief, job=job)
        finally:
            self.last_usage = inner.last_usage

    def cancel(self) -> None:
        """Stop the running request soon."""
        self._inner.cancel()

    def close(self) -> None:
        """Let go of the model."""
        self._inner.close()

    def _followed(self) -> LanguageModel:
        chosen = self._chosen()
        if chosen != self._seen:
            _log.info("another language model was chosen; the one in use is let go")
            self._inner.close()
            self._seen, self._inner = chosen, self._make()
        return self._inner
