"""Reads answers out of llama.cpp: one document, many closed questions, a probability for every label.

Only the child process imports this module, and only this module imports llama_cpp. The document is decoded once; each
question is put to a fork of that sequence, and the probabilities are read from the logits of the label tokens alone,
so nothing but a label can ever be answered.

Sequences: 0 what stands before every document · 1 that and the document · 2 that and a question · 3 a label begun.
"""

import collections
import ctypes
import math
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import llama_cpp

from desktop.inference import wire
from desktop.inference.label_tree import LabelTree, depth_of, shared_length, tree_of
from desktop.inference.stop_flag import StopFlag
from desktop.inference.wire import FailureCode

LIBRARY_VERSION = "0.3.36"
BATCH = 512
OPENING, READ, QUESTION, LABEL = range(4)
SEQUENCES = 4
ABORTED = 2
LEAST_ROOM = 32
WARM_UP = 32
ELISION = "\n[...]\n"
HEAD_SHARE = 2 / 3
WARNINGS_AND_ERRORS = (3, 4)  # as in ggml.h; the Python package's own table is off by one


class EngineTrouble(Exception):
    """The request failed and the engine is whole. `detail` is for the log and holds no mail text."""

    def __init__(self, code: FailureCode, detail: str = "", *, retryable: bool = False) -> None:
        super().__init__(f"{code.value}: {detail}")
        self.code = code
        self.detail = detail
        self.retryable = retryable


class NativeLog:
    """Lets warnings and errors of native code pass to standard error, and keeps the last few for a diagnosis."""

    def __init__(self) -> None:
        self._lines: collections.deque[str] = collections.deque(maxlen=4)
        self._callback = llama_cpp.llama_log_callback(self._take)  # native code holds no reference to it
        llama_cpp.llama_log_set(self._callback, ctypes.c_void_p(0))

    def __str__(self) -> str:
        return " / ".join(self._lines)

    @property
    def tells_of_memory(self) -> bool:
        """Whether native code said that it got no memory; a NULL is all that it returns."""
        return any(word in str(self) for word in ("memory", "alloc"))

    def _take(self, level: int, text: bytes, _user: Any) -> None:
        if level in WARNINGS_AND_ERRORS:
            line = text.decode("utf-8", "replace")
            self._lines.append(line.strip()[:200])
            sys.stderr.write(line)


def check_library() -> str:
    """Return the version of llama-cpp-python; raise EngineTrouble unless it is the one whose structs we know."""
    version: str = llama_cpp.__version__
    defaults = llama_cpp.llama_context_default_params()
    if version != LIBRARY_VERSION:
        raise EngineTrouble(FailureCode.WRONG_VERSION, f"{version} instead of {LIBRARY_VERSION}")
    if (defaults.n_batch, defaults.n_seq_max, defaults.ctx_other) != (2048, 1, None):
        raise EngineTrouble(FailureCode.WRONG_VERSION, "the native structs have another shape")
    return version


class Engine:
    """One loaded model and its context. Not thread-safe: two threads on one context abort the process."""

    def __init__(self, order: wire.Load, stop: StopFlag, on_progress: Callable[[float], None]) -> None:
        self._stop = stop
        self._log = NativeLog()
        self._model = self._load(order, on_progress)
        self._context = self._open(order)
        self._memory = llama_cpp.llama_get_memory(self._context)
        self._vocab = llama_cpp.llama_model_get_vocab(self._model)
        self._batch = llama_cpp.llama_batch_init(BATCH, 0, 1)
        self._control = self._control_tokens()
        self._opening: list[int] = []
        self._read: list[int] = []
        self.n_ctx = int(llama_cpp.llama_n_ctx(self._context))
        self.speed = self._warm_up()

    def choose(self, order: wire.Choose, on_progress: Callable[[float], None]) -> tuple[list[tuple[float, ...]], int]:
        """Return the probabilities for every question, and how many document tokens did not fit.

        Raises EngineTrouble; after a cancelled request the engine is ready for the next one.
        """
        opening = [*self._first_token(), *self._tokens(order.before)]
        after = self._tokens(order.after)
        questions = [self._prepare(asked) for asked in order.questions]
        longest = max((len(tokens) + depth_of(tree) for tokens, tree in questions), default=0)
        document = self.plain_tokens(order.document, limit=self.n_ctx)
        kept = self._fit(document, self.n_ctx - len(opening) - len(after) - longest)
        try:
            self._prime(opening, kept + after, on_progress)
            answers = []
            for place, (tokens, tree) in enumerate(questions):
                answers.append(self._answer(tokens, tree, len(order.questions[place].labels)))
                on_progress(0.5 + 0.5 * (place + 1) / len(questions))
        except EngineTrouble:
            self._forget()
            raise
        return answers, max(0, len(document) - len(kept))

    def tokens_of(self, pieces: Sequence[wire.Piece]) -> list[int]:
        """Return the token ids of pieces of prompt."""
        return self._tokens(pieces)

    def plain_tokens(self, text: str, *, limit: int = 0) -> list[int]:
        """Return the token ids of hostile text: whatever it says, there is no control token among them.

        With `limit`, only about that many tokens at the head and the tail of a longer text are looked at.
        """
        if limit and len(text) > 16 * limit:
            text = text[: 8 * limit] + ELISION + text[-8 * limit :]
        return [token for token in self._tokenize(text, special=False) if token not in self._control]

    # --- loading ----------------------------------------------------------------------------------------------------

    def _load(self, order: wire.Load, on_progress: Callable[[float], None]) -> Any:
        def advance(share: float, _user: Any) -> bool:
            on_progress(share)
            return not self._stop.is_set

        callback = llama_cpp.llama_progress_callback(advance)
        wanted = llama_cpp.llama_model_default_params()
        wanted.n_gpu_layers = 0
        wanted.check_tensors = order.check_tensors
        wanted.progress_callback = callback
        model = llama_cpp.llama_model_load_from_file(order.path.encode(), wanted)
        self._check_stop()
        if not model:
            if self._log.tells_of_memory:
                raise EngineTrouble(FailureCode.NO_MEMORY, str(self._log), retryable=True)
            raise EngineTrouble(FailureCode.BAD_MODEL, f"llama.cpp refused the file: {self._log}")
        return model

    def _open(self, order: wire.Load) -> Any:
        wanted = llama_cpp.llama_context_default_params()
        trained = llama_cpp.llama_model_n_ctx_train(self._model)
        wanted.n_ctx = min(order.n_ctx, trained) if trained > 0 else order.n_ctx
        wanted.n_batch = wanted.n_ubatch = BATCH
        wanted.n_seq_max = SEQUENCES
        wanted.n_outputs_max = SEQUENCES  # one is asked for at a time; room for a whole batch is half a gigabyte
        wanted.n_threads = wanted.n_threads_batch = order.n_threads
        wanted.kv_unified = True
        wanted.no_perf = True
        wanted.abort_callback = self._stop.callback
        wanted.abort_callback_data = self._stop.address
        context = llama_cpp.llama_init_from_model(self._model, wanted)
        if not context:
            raise EngineTrouble(FailureCode.NO_MEMORY, "no context of this size", retryable=True)
        return context

    def _warm_up(self) -> float:
        # An engine that this processor cannot run dies here, while loading, and not on somebody's mail.
        count = max(1, min(WARM_UP, self.n_ctx // 2))
        tokens = [token % llama_cpp.llama_vocab_n_tokens(self._vocab) for token in range(count)]
        self._decode(OPENING, tokens, 0, want_logits=True)
        begun = time.monotonic()
        self._decode(OPENING, tokens, count, want_logits=True)
        spent = time.monotonic() - begun
        self._softmax(tokens[:2])
        self._forget()
        return count / max(spent, 1e-6)

    def _control_tokens(self) -> frozenset[int]:
        count = llama_cpp.llama_vocab_n_tokens(self._vocab)
        return frozenset(token for token in range(count) if llama_cpp.llama_vocab_is_control(self._vocab, token))

    # --- text to tokens ---------------------------------------------------------------------------------------------

    def _first_token(self) -> list[int]:
        if not llama_cpp.llama_vocab_get_add_bos(self._vocab):
            return []
        return [llama_cpp.llama_vocab_bos(self._vocab)]

    def _tokens(self, pieces: Sequence[wire.Piece]) -> list[int]:
        found: list[int] = []
        for piece in pieces:
            found += self._tokenize(piece.text, special=True) if piece.special else self.plain_tokens(piece.text)
        return found

    def _tokenize(self, text: str, *, special: bool) -> list[int]:
        raw = text.encode("utf-8", "replace")
        size = len(raw) + 8
        buffer = (llama_cpp.llama_token * size)()
        count = llama_cpp.llama_tokenize(self._vocab, raw, len(raw), buffer, size, False, special)
        if count < 0:
            raise EngineTrouble(FailureCode.BAD_REQUEST, "this text does not tokenise")
        return list(buffer[:count])

    def _prepare(self, asked: wire.Asked) -> tuple[list[int], LabelTree]:
        """Return the tokens of a question up to where its labels part, and the labels as a tree of what follows."""
        if not asked.labels or not asked.pieces or asked.pieces[-1].special:
            raise EngineTrouble(FailureCode.BAD_REQUEST, "a question needs labels and a plain end")
        opening, last = self._tokens(asked.pieces[:-1]), asked.pieces[-1].text
        ways = [self.plain_tokens(last + label) for label in asked.labels]
        shared = shared_length(ways)
        if not opening and not shared:
            raise EngineTrouble(FailureCode.BAD_REQUEST, "a question says nothing before its labels")
        try:
            return opening + ways[0][:shared], tree_of([way[shared:] for way in ways])
        except ValueError as error:
            raise EngineTrouble(FailureCode.BAD_REQUEST, str(error)) from error

    def _fit(self, document: list[int], room: int) -> list[int]:
        if room < LEAST_ROOM:
            raise EngineTrouble(FailureCode.TOO_LONG, "the questions leave no room for the document")
        if len(document) <= room:
            return document
        mark = self.plain_tokens(ELISION)
        head = int((room - len(mark)) * HEAD_SHARE)
        tail = room - len(mark) - head
        return document[:head] + mark + document[len(document) - tail :]

    # --- decoding ---------------------------------------------------------------------------------------------------

    def _prime(self, opening: list[int], rest: list[int], on_progress: Callable[[float], None]) -> None:
        """Bring sequence 1 to hold `opening` and `rest`, decoding only what it does not hold already."""
        if opening != self._opening:
            self._forget()
            self._decode(OPENING, opening, 0)
            self._opening = opening
        if self._read == rest:
            return
        self._read = []
        self._fork(OPENING, READ)
        self._decode(READ, rest, len(opening), on_progress=on_progress)
        self._read = rest

    def _answer(self, tokens: list[int], tree: LabelTree, count: int) -> tuple[float, ...]:
        chances = [1.0] * count
        start = len(self._opening) + len(self._read)
        if count > 1:
            self._fork(READ, QUESTION)
            self._decode(QUESTION, tokens, start, want_logits=True)
            for place, chance in self._walk(tree, start + len(tokens)):
                chances[place] = chance
            self._drop(QUESTION, LABEL)
        return tuple(chances)

    def _walk(self, tree: LabelTree, start: int) -> Iterator[tuple[int, float]]:
        """Yield index and probability of every label: at each fork, a softmax over the tokens that may follow."""
        todo: list[tuple[LabelTree, list[int], float]] = [(tree, [], 1.0)]
        while todo:
            node, path, weight = todo.pop()
            if path:
                self._fork(QUESTION, LABEL)
                self._decode(LABEL, path, start, want_logits=True)
            for (token, rest), chance in zip(node.items(), self._softmax(list(node)), strict=True):
                if isinstance(rest, int):
                    yield rest, weight * chance
                else:
                    todo.append((rest, [*path, token], weight * chance))

    def _softmax(self, tokens: list[int]) -> list[float]:
        logits = llama_cpp.llama_get_logits_ith(self._context, -1)
        if not logits:
            raise EngineTrouble(FailureCode.DECODE, "no logits")
        values = [float(logits[token]) for token in tokens]
        if not all(map(math.isfinite, values)):
            raise EngineTrouble(FailureCode.BAD_MODEL, "the model answers with no numbers")
        highest = max(values)
        weights = [math.exp(value - highest) for value in values]
        return [weight / math.fsum(weights) for weight in weights]

    def _drop(self, *sequences: int) -> None:
        # Cells are shared: what one sequence still holds is room that the others lack.
        for sequence in sequences:
            llama_cpp.llama_memory_seq_rm(self._memory, sequence, -1, -1)

    def _fork(self, source: int, target: int) -> None:
        self._drop(target)
        llama_cpp.llama_memory_seq_cp(self._memory, source, target, -1, -1)

    def _decode(
        self,
        sequence: int,
        tokens: list[int],
        start: int,
        *,
        want_logits: bool = False,
        on_progress: Callable[[float], None] | None = None,
    ) -> None:
        for offset in range(0, len(tokens), BATCH):
            self._check_stop()
            chunk = tokens[offset : offset + BATCH]
            is_last = offset + BATCH >= len(tokens)
            self._fill(sequence, chunk, start + offset)
            self._batch.logits[len(chunk) - 1] = want_logits and is_last
            code = llama_cpp.llama_decode(self._context, self._batch)
            if code == ABORTED:
                raise EngineTrouble(FailureCode.CANCELLED, retryable=True)
            if code:
                raise EngineTrouble(FailureCode.DECODE, f"llama_decode said {code}", retryable=True)
            if on_progress is not None:
                on_progress(0.5 * (offset + len(chunk)) / len(tokens))

    def _fill(self, sequence: int, tokens: list[int], start: int) -> None:
        self._batch.n_tokens = len(tokens)
        for place, token in enumerate(tokens):
            self._batch.token[place] = token
            self._batch.pos[place] = start + place
            self._batch.n_seq_id[place] = 1
            self._batch.seq_id[place][0] = sequence
            self._batch.logits[place] = False

    def _check_stop(self) -> None:
        if self._stop.is_set:
            raise EngineTrouble(FailureCode.CANCELLED, retryable=True)

    def _forget(self) -> None:
        llama_cpp.llama_memory_clear(self._memory, True)
        self._opening = []
        self._read = []
