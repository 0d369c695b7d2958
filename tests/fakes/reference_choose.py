"""An independent answer to a `choose` order, through llama-cpp-python's own high-level class.

A program of its own, because nothing but a child process may import llama_cpp. Reads one JSON object (`model`,
`order`) and prints the token ids of the document and the probabilities. Slow on purpose: every question and every
label is read anew from the first token, and the probabilities come from the whole matrix of logits.
"""

import json
import sys

import numpy
from llama_cpp import Llama

asked = json.load(sys.stdin)
order = asked["order"]
model = Llama(
    asked["model"], n_ctx=8192, n_threads=1, n_threads_batch=1, n_gpu_layers=0, logits_all=True, verbose=False
)


def tokens_of(pieces: list[dict]) -> list[int]:
    return [
        token
        for piece in pieces
        for token in model.tokenize(piece["text"].encode(), add_bos=False, special=piece.get("special", False))
    ]


def next_logits(tokens: list[int]) -> numpy.ndarray:
    model.reset()
    model.eval(tokens)
    return numpy.array(model.scores[len(tokens) - 1], dtype=numpy.float64)


def chances(prompt: list[int], ways: list[tuple[int, ...]]) -> dict[tuple[int, ...], float]:
    """Return the probability of every way, choosing token by token among those that some way allows."""
    found = dict.fromkeys(ways, 1.0)
    for begun in {way[:length] for way in ways for length in range(len(way))}:
        allowed = sorted({way[len(begun)] for way in ways if way[: len(begun)] == begun and len(way) > len(begun)})
        if len(allowed) < 2:
            continue
        logits = next_logits(prompt + list(begun))[allowed]
        shares = numpy.exp(logits - numpy.logaddexp.reduce(logits))
        for way in ways:
            if way[: len(begun)] == begun:
                found[way] *= float(shares[allowed.index(way[len(begun)])])
    return found


document = model.tokenize(order["document"].encode(), add_bos=False, special=False)
opening = [model.token_bos(), *tokens_of(order["before"]), *document, *tokens_of(order["after"])]
answers = []
for question in order["questions"]:
    prompt = opening + tokens_of(question["pieces"])
    ways = [tuple(model.tokenize(label.encode(), add_bos=False, special=False)) for label in question["labels"]]
    chance = chances(prompt, ways)
    answers.append([chance[way] for way in ways])
print(json.dumps({"document": document, "answers": answers}))
