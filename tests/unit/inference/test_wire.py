"""Every message comes out as it went in, and garbage is a ValueError."""

import random

import pytest

from desktop.inference import wire

REQUESTS = [
    wire.Hello(id=1),
    wire.Load(id=2, path="/ä/m.gguf", n_ctx=7, n_threads=3, check_tensors=True, memory_limit=5),
    wire.Choose(
        id=3,
        before=(wire.Piece("<|x|>", special=True),),
        document='line\nline \u2028 " \\ 💶',
        after=(),
        questions=(wire.Asked((wire.Piece("?"),), (" 1", " 2")),),
    ),
    wire.Tokenize(id=4, document="d"),
    wire.Cancel(id=5, target=3),
    wire.Ping(id=6),
]
REPLIES = [
    wire.Greeted(id=1, library="0"),
    wire.Loaded(id=2, n_ctx=7, speed=1.5),
    wire.Result(id=3, answers=((0.25, 0.75), (1.0,)), n_left_out=9),
    wire.Tokens(id=4, pieces=(1,), document=(2, 3)),
    wire.Progress(id=5, share=0.5),
    wire.Pong(id=6),
    wire.Failed(id=7, code=wire.FailureCode.DECODE, retryable=True, detail="d"),
]


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda message: type(message).__name__)
def test_requests_cross(request_: wire.Message) -> None:
    line = wire.write(request_)
    assert line.count(b"\n") == 1
    assert wire.read_request(line) == request_


@pytest.mark.parametrize("reply", REPLIES, ids=lambda message: type(message).__name__)
def test_replies_cross(reply: wire.Message) -> None:
    assert wire.read_reply(wire.to_mapping(reply)) == reply


def test_a_reply_takes_the_id_of_its_request() -> None:
    assert wire.with_id(wire.Pong(), 9) == wire.Pong(id=9)


def test_garbage_is_a_value_error() -> None:
    chance = random.Random(3)
    good = wire.write(REQUESTS[2])
    for _ in range(300):
        line = bytearray(good)
        for _ in range(chance.randint(1, 5)):
            line[chance.randrange(len(line))] = chance.randrange(256)
        try:
            wire.read_request(bytes(line))
        except ValueError:
            continue
    for mapping in ({}, {"op": "result"}, {"op": "result", "answers": [["x"]]}, {"op": "load", "path": "x"}):
        with pytest.raises(ValueError):  # noqa: PT011  (msgspec's own subclass)
            wire.read_reply(mapping)
