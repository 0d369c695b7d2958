"""Reads answers out of llama.cpp: one document, many closed questions, a probability for every label.

Only the child process imports this module. The document is decoded once; the questions are put to forks of that
sequence, several in one call, and the probabilities are read from the logits of the label tokens alone, so nothing but
a label can ever be answered. A text is written by one more fork (`text_writer`).

Sequences: 0 to 2 what stands before every document · 3 that and the document · 4 a label begun · from 5 that and a
question.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import llama_cpp

from desktop.inference import wire
from desktop.inference.label_tree import LabelTree, depth_of
from desktop.inference.opening_states import OpeningStates
from desktop.inference.question_packs import packs
from desktop.inference.stop_flag import StopFlag
from desktop.inference.text_decoder import BATCH, Decoder, EngineTrouble, Stretch
from desktop.inference.text_library import LIBRARY_VERSION, NativeLog, check_library, hide_gpus, load_model
from desktop.inference.text_vocabulary import ELISION, Vocabulary
from desktop.inference.text_writer import Writer
from desktop.inference.thread_tuner import ThreadTuner
from desktop.inference.wire import FailureCode

__all__ = ["Answered", "Engine", "EngineTrouble", "Said", "check_library"]

OPENINGS = 3
READ, LABEL, QUESTION = range(OPENINGS, OPENINGS + 3)
TOGETHER = 16
SMALL_MODEL = 512 << 20
LEAST_ROOM = 32
HEAD_SHARE = 2 / 3
ALL_LAYERS = 999
SIZES = (1, 8, 64, 128, 256, BATCH)
LONGEST_MEASURE = 0.5  # seconds
QUICK = 0.05
RUNS = 3  # the first call of a size prepares what later ones use; the machine may be busy during any
LEAST_CHUNK = 64
NEARLY = 1.12
LEAST_KEPT_SECONDS = 0.005
LEAST_TUNED = 64


class Answered(NamedTuple):
    """The probabilities for every question, and how many document tokens did not fit."""

    answers: list[tuple[float, ...]]
    n_left_out: int


class Said(NamedTuple):
    """What was written, and how many document tokens did not fit."""

    text: str
    n_left_out: int


class Engine:
    """One loaded model and its context. Not thread-safe: two threads on one context abort the process."""

    def __init__(self, order: wire.Load, stop: StopFlag, on_progress: Callable[[float], None]) -> None:
        self._stop = stop
        self._log = NativeLog()
        if not order.gpu_share:
            hide_gpus()
        self._model = self._load(order, on_progress)
        self._vocabulary = Vocabulary(self._model)
        self._together = self._how_many_together()
        self._decoder = Decoder(self._open(order), stop)
        self._writer = Writer(self._decoder, self._vocabulary)
        self._states = OpeningStates(Path(order.state_folder), order.model_hash, LIBRARY_VERSION)
        self._keeps_states = bool(order.state_folder and order.model_hash)
        self._openings: dict[tuple[int, ...], int] = {}  # the one used last stands last
        self._opening: tuple[int, ...] = ()
        self._read: list[int] = []
        self._tuner = ThreadTuner(order.n_threads)
        self.n_ctx = self._decoder.n_ctx
        self.measured = self._measure(order.measured)
        self.speed = self.measured.prompt_speed

    @property
    def n_threads(self) -> int:
        """How many threads compute at present."""
        return self._tuner.threads

    @property
    def counts(self) -> tuple[int, int]:
        """How many tokens were decoded so far, and at how many of them an answer was read."""
        return self._decoder.n_prompt, self._decoder.n_answers

    def choose(self, order: wire.Choose, on_progress: Callable[[float], None]) -> Answered:
        """Answer the questions of an order.

        Raises EngineTrouble; after a cancelled request the engine is ready for the next one.
        """
        opening = (*self._vocabulary.first_token(), *self._vocabulary.of_pieces(order.before))
        after = self._vocabulary.of_pieces(order.after)
        questions = [self._vocabulary.question(asked) for asked in order.questions]
        longest = max((len(tokens) + depth_of(tree) for tokens, tree in questions), default=0)
        document = self._vocabulary.plain(order.document, limit=self.n_ctx)
        kept = self._fit(document, self.n_ctx - len(opening) - len(after) - longest)
        begun, before = time.perf_counter(), self._decoder.n_prompt
        try:
            self._prime(opening, kept + after, longest, lambda share: on_progress(share / 2))
            answers = [(1.0,) * len(asked.labels) for asked in order.questions]
            todo = [place for place, asked in enumerate(order.questions) if len(asked.labels) > 1]
            for done, place, chances in self._answers(questions, todo):
                answers[place] = chances
                if done:
                    on_progress(0.5 + 0.5 * done / len(todo))
        except EngineTrouble:
            self._forget()
            raise
        self._tune(self._decoder.n_prompt - before, time.perf_counter() - begun)
        return Answered(answers, max(0, len(document) - len(kept)))

    def write(self, order: wire.Write, on_progress: Callable[[float], None]) -> Said:
        """Write the likeliest text about a document. Raises EngineTrouble, as `choose` does."""
        opening = (*self._vocabulary.first_token(), *self._vocabulary.of_pieces(order.before))
        after = self._vocabulary.of_pieces(order.after)
        asked = self._vocabulary.of_pieces(order.pieces)
        if not asked:
            raise EngineTrouble(FailureCode.BAD_REQUEST, "nothing says what to write")
        longest = len(asked) + order.most_tokens
        document = self._vocabulary.plain(order.document, limit=self.n_ctx)
        kept = self._fit(document, self.n_ctx - len(opening) - len(after) - longest)
        try:
            self._prime(opening, kept + after, longest, lambda share: on_progress(share / 2))
            self._decoder.fork(READ, QUESTION)
            stretch = Stretch(QUESTION, asked, len(opening) + len(self._read))
            text = self._writer.write(stretch, order.most_tokens, lambda share: on_progress(0.5 + share / 2))
        except EngineTrouble:
            self._forget()
            raise
        self._decoder.drop(QUESTION)
        return Said(text, max(0, len(document) - len(kept)))

    def tokens_of(self, pieces: Sequence[wire.Piece]) -> list[int]:
        """Return the token ids of pieces of prompt."""
        return self._vocabulary.of_pieces(pieces)

    def plain_tokens(self, text: str, *, limit: int = 0) -> list[int]:
        """Return the token ids of hostile text; see Vocabulary."""
        return self._vocabulary.plain(text, limit=limit)

    # --- loading ----------------------------------------------------------------------------------------------------

    def _load(self, order: wire.Load, on_progress: Callable[[float], None]) -> Any:
        def advance(share: float) -> bool:
            on_progress(share)
            return not self._stop.is_set

        layers = ALL_LAYERS if order.gpu_share >= 1.0 else 0
        if 0.0 < order.gpu_share < 1.0:
            # How many layers there are is known only once the file is open; weights are mapped, so it costs little.
            model = load_model(order, self._log, layers=0, advance=advance)
            layers = round(llama_cpp.llama_model_n_layer(model) * order.gpu_share)
            llama_cpp.llama_model_free(model)
        return load_model(order, self._log, layers=layers, advance=advance)

    def _how_many_together(self) -> int:
        """Return how many questions may share a call: a large model gains nothing, a state for each may cost much."""
        has_state = llama_cpp.llama_model_is_recurrent(self._model) or llama_cpp.llama_model_is_hybrid(self._model)
        is_small = llama_cpp.llama_model_size(self._model) <= SMALL_MODEL
        return TOGETHER if is_small and not has_state else 1

    def _open(self, order: wire.Load) -> Any:
        wanted = llama_cpp.llama_context_default_params()
        trained = llama_cpp.llama_model_n_ctx_train(self._model)
        wanted.n_ctx = min(order.n_ctx, trained) if trained > 0 else order.n_ctx
        wanted.n_batch = wanted.n_ubatch = BATCH
        wanted.n_seq_max = QUESTION + self._together
        wanted.n_outputs_max = QUESTION + self._together  # room for a whole batch is half a gigabyte
        wanted.n_threads = wanted.n_threads_batch = order.n_threads
        wanted.kv_unified = True
        wanted.no_perf = True
        wanted.abort_callback = self._stop.callback
        wanted.abort_callback_data = self._stop.address
        context = llama_cpp.llama_init_from_model(self._model, wanted)
        if not context:
            raise EngineTrouble(FailureCode.NO_MEMORY, "no context of this size", retryable=True)
        return context

    def _measure(self, known: wire.Measured | None) -> wire.Measured:
        """Measure how long calls of several sizes take, the smallest first, until the next would take too long.

        An engine that this processor cannot run dies here, while loading, and not on somebody's mail.
        """
        sizes = SIZES if known is None else SIZES[:1]
        seconds: list[tuple[int, float]] = []
        for size in sizes:
            expected = seconds[-1][1] / seconds[-1][0] * size if seconds else 0.0
            if size > self.n_ctx or expected > LONGEST_MEASURE:
                break
            runs = RUNS if expected < QUICK else 1
            seconds.append((size, min(self._seconds_of(size) for _ in range(runs))))
        self._decoder.softmax([0, 1 % self._vocabulary.size])
        self._forget()
        measured = known or wire.Measured(tuple(seconds), _best_chunk(seconds))
        self._decoder.chunk = max(1, min(BATCH, measured.chunk))
        return measured

    def _seconds_of(self, size: int) -> float:
        tokens = [token % self._vocabulary.size for token in range(size)]
        self._decoder.clear()
        begun = time.perf_counter()
        self._decoder.decode([Stretch(READ, tokens, 0, wants_logits=True)])
        return time.perf_counter() - begun

    # --- the document -----------------------------------------------------------------------------------------------

    def _fit(self, document: list[int], room: int) -> list[int]:
        if room < LEAST_ROOM:
            raise EngineTrouble(FailureCode.TOO_LONG, "the questions leave no room for the document")
        if len(document) <= room:
            return document
        mark = self._vocabulary.plain(ELISION)
        head = int((room - len(mark)) * HEAD_SHARE)
        tail = room - len(mark) - head
        return document[:head] + mark + document[len(document) - tail :]

    def _prime(
        self, opening: tuple[int, ...], rest: list[int], longest: int, on_progress: Callable[[float], None]
    ) -> None:
        """Bring sequence READ to hold `opening` and `rest`, decoding only what is not held already."""
        others = sum(len(known) for known in self._openings if known != opening)
        if others and others + len(opening) + len(rest) + longest > self.n_ctx:
            self._forget()
        if opening == self._opening and self._read == rest:
            return
        self._read = []
        sequence = self._opened(opening)
        self._decoder.fork(sequence, READ)
        self._decoder.read(Stretch(READ, rest, len(opening)), on_progress)
        self._opening, self._read = opening, rest

    def _opened(self, opening: tuple[int, ...]) -> int:
        """Return the sequence that holds an opening; of OPENINGS, the one not used for longest gives way."""
        sequence = self._openings.pop(opening, None)
        if sequence is None:
            free = set(range(OPENINGS)) - set(self._openings.values())
            sequence = min(free) if free else self._openings.pop(next(iter(self._openings)))
            self._decoder.drop(sequence)
            self._read_opening(sequence, opening)
        self._openings[opening] = sequence
        return sequence

    def _read_opening(self, sequence: int, opening: tuple[int, ...]) -> None:
        # A short opening is read faster than a file: the measured speed says which it is.
        is_slow = self._keeps_states and len(opening) > LEAST_KEPT_SECONDS * self.speed
        state = self._states.load(opening) if is_slow else None
        if state is not None and self._decoder.restore(sequence, state):
            return
        self._decoder.read(Stretch(sequence, opening, 0))
        if is_slow:
            self._states.save(opening, self._decoder.state_of(sequence))

    # --- the questions ----------------------------------------------------------------------------------------------

    def _answers(
        self, questions: Sequence[tuple[list[int], LabelTree]], todo: Sequence[int]
    ) -> Iterator[tuple[int, int, tuple[float, ...]]]:
        """Yield for each question in `todo`: how many are done (0 within a pack), its place, its probabilities."""
        start = len(self._opening) + len(self._read)
        lengths = [len(questions[place][0]) for place in todo]
        room = self.n_ctx - start - sum(len(known) for known in self._openings if known != self._opening)
        room -= max((depth_of(questions[place][1]) for place in todo), default=0)
        done = 0
        most = max(1, min(BATCH, room))
        for pack in packs(lengths, usual=self._decoder.chunk, most=most, together=self._together):
            places = [todo[index] for index in pack]
            rows = self._put([questions[place][0] for place in places], start)
            roots = [self._decoder.softmax(list(questions[p][1]), row) for p, row in zip(places, rows, strict=True)]
            done += len(places)
            for number, (place, root) in enumerate(zip(places, roots, strict=True)):
                tokens, tree = questions[place]
                chances = dict(self._walk(QUESTION + number, tree, root, start + len(tokens)))
                is_last = number + 1 == len(places)
                yield done if is_last else 0, place, tuple(chances[label] for label in sorted(chances))
            self._decoder.drop(LABEL, *range(QUESTION, QUESTION + len(places)))

    def _put(self, questions: Sequence[list[int]], start: int) -> list[int]:
        """Put questions to forks of the document; return the rows that answer them."""
        stretches = [Stretch(QUESTION + n, tokens, start, wants_logits=True) for n, tokens in enumerate(questions)]
        for stretch in stretches:
            self._decoder.fork(READ, stretch.sequence)
        if len(stretches) == 1:
            self._decoder.read(stretches[0])
            return [-1]
        return self._decoder.decode(stretches)

    def _walk(self, sequence: int, tree: LabelTree, root: list[float], start: int) -> Iterator[tuple[int, float]]:
        """Yield index and probability of every label: at each fork, a softmax over the tokens that may follow."""
        todo: list[tuple[LabelTree, list[int], float]] = [(tree, [], 1.0)]
        while todo:
            node, path, weight = todo.pop()
            chances = root
            if path:
                self._decoder.fork(sequence, LABEL)
                self._decoder.read(Stretch(LABEL, path, start, wants_logits=True))
                chances = self._decoder.softmax(list(node))
            for (token, rest), chance in zip(node.items(), chances, strict=True):
                if isinstance(rest, int):
                    yield rest, weight * chance
                else:
                    todo.append((rest, [*path, token], weight * chance))

    def _tune(self, n_prompt: int, seconds: float) -> None:
        """Change the number of threads when the answers have become slow: the machine may be busy with other things."""
        if n_prompt < LEAST_TUNED:
            return
        before = self._tuner.threads
        if self._tuner.observe(n_prompt / max(seconds, 1e-6)) != before:
            self._decoder.set_threads(self._tuner.threads)

    def _forget(self) -> None:
        self._decoder.clear()
        self._openings.clear()
        self._opening = ()
        self._read = []


def _best_chunk(seconds: Sequence[tuple[int, float]]) -> int:
    """Return how many tokens a call takes best: the largest number whose time a token is near the least of all.

    Where even small calls are slow, the call itself costs nothing beside them, and the largest is right.
    """
    useful = [(count, spent / count) for count, spent in seconds if count >= LEAST_CHUNK]
    least = min((each for _, each in useful), default=0.0)
    return max((count for count, each in useful if each <= NEARLY * least), default=BATCH)
