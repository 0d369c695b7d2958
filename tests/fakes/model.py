"""A LanguageModel that says what it was told to say."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from desktop.domain.errors import Cancelled, DealsideError, Rejected
from desktop.domain.ports import Brief, Choice, LanguageModel, ModelState, ModelStatus, Question

Reply = int | Sequence[float] | None
"""The index of an option (it gets 0.9 of the probability), all probabilities, or None for no preference."""

Answerer = Callable[[str, Question], Reply]
Turn = Mapping[str, Reply] | DealsideError
"""One call of `choose`: question name → Reply (a missing one has no preference), or the error it raises."""


Said = str | DealsideError | Callable[[str, Brief], str]
"""What `write` returns, the error it raises, or a function of document and brief."""


@dataclass(frozen=True, slots=True)
class Told:
    """One call of `write`, as it came."""

    document: str
    brief: Brief
    job: str


@dataclass(frozen=True, slots=True)
class Asked:
    """One call of `choose`, as it came."""

    document: str
    questions: tuple[Question, ...]
    job: str


class ScriptedModel(LanguageModel):
    """Answers by a function of document and question, or call by call from a queue; after that without preference.

    `asked` keeps every call. `state`, `trust` and `sentence` may be changed at any time. ABSENT and FAILED make
    `choose` raise Rejected, as the real ones do. `cancel` makes the next `choose` raise Cancelled.

    With `says`, it can write and writes that; `told` keeps every call.
    """

    def __init__(
        self,
        answers: Answerer | Iterable[Turn] = (),
        *,
        state: ModelState = ModelState.READY,
        trust: float = 1.0,
        sentence: str = "The language model is ready.",
        model_hash: str = "5c" * 32,
        model_name: str = "scripted",
        says: Said | None = None,
    ) -> None:
        self._answerer = answers if callable(answers) else None
        self._turns = [] if callable(answers) else list(answers)
        self.state = state
        self.trust = trust
        self.sentence = sentence
        self.model_hash = model_hash
        self.model_name = model_name
        self.asked: list[Asked] = []
        self.says = says
        self.told: list[Told] = []
        self.is_closed = False
        self._is_cancelled = False

    def status(self) -> ModelStatus:
        """Return what was configured."""
        can_write = self.says is not None
        return ModelStatus(self.state, self.sentence, self.model_hash, self.model_name, self.trust, can_write)

    def choose(self, document: str, questions: Sequence[Question], *, job: str) -> tuple[Choice, ...]:
        """Answer as scripted."""
        self.asked.append(Asked(document, tuple(questions), job))
        if self.state in (ModelState.ABSENT, ModelState.FAILED):
            raise Rejected(self.sentence)
        if self._is_cancelled:
            self._is_cancelled = False
            raise Cancelled("Stopped.")
        turn: Turn = self._turns.pop(0) if self._turns else {}
        if isinstance(turn, DealsideError):
            raise turn
        return tuple(Choice(q.name, _probabilities(self._reply(document, q, turn), q)) for q in questions)

    def write(self, document: str, brief: Brief, *, job: str) -> str:
        """Write as told."""
        self.told.append(Told(document, brief, job))
        if self.says is None or self.state in (ModelState.ABSENT, ModelState.FAILED):
            raise Rejected(self.sentence)
        if isinstance(self.says, DealsideError):
            raise self.says
        return self.says if isinstance(self.says, str) else self.says(document, brief)

    def cancel(self) -> None:
        """Make the next `choose` raise Cancelled."""
        self._is_cancelled = True

    def close(self) -> None:
        """Take note."""
        self.is_closed = True

    def _reply(self, document: str, question: Question, turn: Mapping[str, Reply]) -> Reply:
        return self._answerer(document, question) if self._answerer else turn.get(question.name)


def _probabilities(reply: Reply, question: Question) -> tuple[float, ...]:
    count = len(question.options)
    if reply is None:
        return (1.0 / count,) * count
    if isinstance(reply, int):
        rest = 0.1 / (count - 1) if count > 1 else 0.0
        sure = 0.9 if count > 1 else 1.0
        return tuple(sure if place == reply else rest for place in range(count))
    if len(reply) != count:
        raise ValueError(f"{question.name} has {count} options and the script {len(reply)} probabilities")
    return tuple(reply)
