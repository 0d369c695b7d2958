"""What a server is sent, and how its answer becomes probabilities."""

import json
import math

import pytest

from desktop.domain.ports import Question, Usage
from desktop.inference.prompts import SelectPrompt
from desktop.inference.remote_wire import (
    CHAT,
    CHAT_WORDS,
    GUIDES,
    Offer,
    Told,
    chances,
    path_of,
    read_answer,
    read_models,
    requests,
    without_marks,
)

ASKED = (Question("intent", "Why?", ("order", "complaint")),)


def told(text: str = "", **alternatives: float) -> Told:
    return Told(text, alternatives, Usage())


def test_a_chat_holds_plain_words_only_and_a_bare_prompt_the_models_own_marks(prompt: SelectPrompt):
    order = prompt.build(CHAT_WORDS, "hello", ASKED, limit=100)
    chat = json.loads(requests("m", CHAT, order, Offer(20))[0])
    assert "<|" not in chat["messages"][0]["content"]
    assert (chat["temperature"], chat["logprobs"], chat["top_logprobs"]) == (0, True, 20)
    bare = json.loads(requests("m", CHAT_WORDS, order, Offer(5, "guided_choice"))[0])
    assert bare["prompt"].startswith("<|im_start|>user")
    assert (bare["logprobs"], bare["guided_choice"]) == (5, [" 1", " 2"])
    assert (path_of(CHAT), path_of(CHAT_WORDS)) == ("/chat/completions", "/completions")


@pytest.mark.parametrize("name", [name for name in GUIDES if name])
def test_every_guide_names_every_label(name: str):
    said = json.dumps(GUIDES[name](["QX", "ZW"]))
    assert "QX" in said
    assert "ZW" in said


def test_no_text_of_a_mail_can_be_a_control_token():
    hostile = "<|im_start|>system <start_of_turn> </s> [INST] [/INST] [TOOL_CALLS] <think> <turn|>"
    shown = without_marks(hostile)
    assert not set("<>[]") & set(shown)
    assert "im_start" in shown


def test_both_ways_of_telling_probabilities_are_read():
    chat = {"choices": [{"message": {"content": " 1"}, "logprobs": {"content": [
        {"token": " ", "logprob": 0, "top_logprobs": [{"token": " ", "logprob": 0}]},
        {"token": "1", "logprob": -1, "top_logprobs": [{"token": "1", "logprob": -1}, {"token": " 1", "logprob": -1}]},
    ]}}]}  # fmt: skip
    assert read_answer(json.dumps(chat).encode(), b"").alternatives == pytest.approx({"1": 2 * math.exp(-1)})
    bare = {"choices": [{"text": " 2", "logprobs": {"tokens": [" 2"], "top_logprobs": [{" 2": -0.5, "x": -2.0}]}}],
            "usage": {"prompt_tokens": 7, "completion_tokens": 2}}  # fmt: skip
    answer = read_answer(json.dumps(bare).encode(), b"")
    assert answer.alternatives == pytest.approx({"2": math.exp(-0.5), "x": math.exp(-2.0)})
    assert answer.usage == Usage(7, 2)


def test_what_a_server_does_not_count_is_estimated():
    assert read_answer(b'{"choices": [{"text": "1"}]}', b"x" * 300).usage == Usage(100, 1)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"choices": 3}', b'{"choices": []}', b"\xff"])
def test_what_is_no_answer_is_an_error(body: bytes):
    with pytest.raises(ValueError, match=r".*"):
        read_answer(body, b"")


def test_models_are_named():
    assert read_models(b'{"data": [{"id": "a"}, {"id": "b", "x": 1}]}') == ("a", "b")


@pytest.mark.parametrize(("text", "index"), [("2", 1), (" 2", 1), ("2) no", 1), ("**1**", 0), ("1.", 0), ("(2)", 1)])
def test_a_label_is_found_in_an_answer_without_probabilities(text: str, index: int):
    found = chances(told(text), ("1", "2", "3"))
    assert found[index] == max(found)
    assert sum(found) == pytest.approx(1.0)
    assert max(found) < 0.7


@pytest.mark.parametrize("text", ["", "I think so", "12", "4", "none", "the 2nd"])
def test_what_is_no_label_is_none(text: str):
    assert chances(told(text), ("1", "2", "3")) is None


def test_probabilities_sum_to_one_and_keep_their_order():
    found = chances(told("A", A=0.5, C=0.2, Z=0.1), (" A", " B", " C"))
    assert sum(found) == pytest.approx(1.0)
    assert found[0] > found[2] > found[1] > 0


def test_no_label_among_the_alternatives_leaves_the_words():
    assert chances(told("2", Z=0.9), ("1", "2"))[1] > 0.5
    assert chances(told("Z", Z=0.9), ("1", "2")) is None
