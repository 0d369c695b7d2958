"""A model that counts what it reads, and rests when the day's allowance is used up.

What a request will cost at most is counted before it is asked, and what it did not cost is taken back after it. So a
request that takes the program down is counted too, and the allowance holds over every restart.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

from desktop.domain.errors import Rejected
from desktop.domain.ports import (
    Brief,
    Choice,
    Clock,
    LanguageModel,
    ModelState,
    ModelStatus,
    Question,
    TokenMeter,
    Usage,
)

CHARACTERS_PER_TOKEN = 3  # of a mail, at the least: the allowance is never overdrawn by much
QUESTION_TOKENS = 40
INSTRUCTION_TOKENS = 200


class MeteredModel(LanguageModel):
    """Another model behind the allowance that `tokens_per_day` returns; 0 sets no limit, and all is counted the same.

    The day is the rep's own: it ends at midnight of the machine's time zone.
    """

    def __init__(
        self, inner: LanguageModel, meter: TokenMeter, clock: Clock, tokens_per_day: Callable[[], int]
    ) -> None:
        self._inner = inner
        self._meter = meter
        self._clock = clock
        self._tokens_per_day = tokens_per_day
        self._known: tuple[str, date, int] | None = None

    def status(self) -> ModelStatus:
        """Return the inner model's state with what was read today, or RESTING."""
        status = self._inner.status()
        if status.state is not ModelState.READY:
            return status
        spent, allowed = self._spent(status.model_hash), self._tokens_per_day()
        if 0 < allowed <= spent:
            return replace(status, state=ModelState.RESTING, sentence=_used_up(allowed))
        return replace(status, sentence=f"{status.sentence}{_meter_words(spent, allowed)}")

    def choose(self, document: str, questions: Sequence[Question], *, job: str) -> tuple[Choice, ...]:
        """Ask the inner model; raises Rejected when the allowance is used up."""
        if not questions:
            return ()
        with self._counting(_at_most(document, questions)):
            return self._inner.choose(document, questions, job=job)

    def write(self, document: str, brief: Brief, *, job: str) -> str:
        """Let the inner model write; raises Rejected when the allowance is used up."""
        with self._counting(len(document) // CHARACTERS_PER_TOKEN + INSTRUCTION_TOKENS + brief.most_tokens):
            return self._inner.write(document, brief, job=job)

    def cancel(self) -> None:
        """Stop the running request soon."""
        self._inner.cancel()

    def close(self) -> None:
        """Let go of the inner model."""
        self._inner.close()

    @contextmanager
    def _counting(self, at_most: int) -> Iterator[None]:
        """Count a request that costs `at_most` tokens, and take back afterwards what it did not cost."""
        model, allowed = self._inner.status().model_hash, self._tokens_per_day()
        if 0 < allowed <= self._spent(model):
            raise Rejected(_used_up(allowed), detail="the allowance of tokens is used up")
        counted = Usage(at_most) if allowed else Usage()
        self._count(model, counted)
        try:
            yield
        finally:
            self.last_usage = self._inner.last_usage
            self._count(model, Usage(-counted.prompt_tokens))
            self._count(self._inner.status().model_hash, self.last_usage)

    def _spent(self, model: str) -> int:
        today = self._today()
        if self._known is None or self._known[:2] != (model, today):
            self._known = (model, today, self._meter.spent(model, today).total)
        return self._known[2]

    def _count(self, model: str, usage: Usage) -> None:
        if not usage.prompt_tokens and not usage.decoded_tokens:
            return
        self._meter.add(model, self._today(), usage)
        self._known = None

    def _today(self) -> date:
        return self._clock.now().astimezone().date()


def _at_most(document: str, questions: Sequence[Question]) -> int:
    asked = sum(len(text) for q in questions for text in (q.text, *q.options, *q.contexts))
    return (len(document) + asked) // CHARACTERS_PER_TOKEN + QUESTION_TOKENS * len(questions)


def _meter_words(spent: int, allowed: int) -> str:
    if allowed:
        return f" {spent:,} of {allowed:,} tokens of today's allowance are used."
    return f" {spent:,} tokens were read today." if spent else ""


def _used_up(allowed: int) -> str:
    return f"Today's allowance of {allowed:,} tokens is used up: rules alone read your mail until midnight."
