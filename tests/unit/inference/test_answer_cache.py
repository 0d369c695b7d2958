"""What was answered once: found again under the same words and the same model, and under nothing else."""

from desktop.domain.ports import Brief, Question
from desktop.inference.answer_cache import AnswerCache, key_of, keys_of
from desktop.inference.prompts import SelectPrompt

ONE, TWO = Question("a", "A?", ("x", "y")), Question("b", "B?", ("x", "y"))


def keys(prompt: SelectPrompt, document: str = "text", *, model: str = "m", template: str = "plain") -> list[bytes]:
    return list(keys_of(model, prompt.build(template, document, (ONE, TWO), limit=1000)))


def test_a_key_stands_for_model_prompt_document_and_question(prompt: SelectPrompt):
    same = keys(prompt)
    assert keys(prompt) == same
    assert len(set(same)) == 2
    for other in (keys(prompt, "another"), keys(prompt, model="n"), keys(prompt, template="chatml")):
        assert not set(same) & set(other)


def test_a_question_has_the_same_key_whatever_is_asked_beside_it(prompt: SelectPrompt):
    (alone,) = keys_of("m", prompt.build("plain", "text", (TWO,), limit=1000))
    assert alone == keys(prompt)[1]


def test_a_key_tells_nothing(prompt: SelectPrompt):
    assert all(len(key) == 32 and b"secret" not in key for key in keys(prompt, "secret words " * 40))


def test_the_answer_not_used_for_longest_gives_way():
    cache = AnswerCache(2)
    cache.put(b"a", (1.0,))
    cache.put(b"b", (0.5, 0.5))
    assert cache.get(b"a") == (1.0,)
    cache.put(b"c", (1.0,))
    assert (cache.get(b"a"), cache.get(b"b"), len(cache)) == ((1.0,), None, 2)
    cache.clear()
    assert cache.get(b"a") is None


def test_a_text_is_kept_beside_the_answers_and_never_taken_for_one():
    cache = AnswerCache(2)
    cache.put(b"1", "a text")
    cache.put(b"2", (0.5, 0.5))
    assert (cache.text(b"1"), cache.get(b"1")) == ("a text", None)
    assert (cache.text(b"2"), cache.get(b"2")) == (None, (0.5, 0.5))
    cache.text(b"1")
    cache.put(b"3", "")
    assert (cache.text(b"1"), cache.get(b"2"), cache.text(b"3")) == ("a text", None, "")


def test_the_key_of_a_text_stands_for_model_document_instruction_and_bound(prompt: SelectPrompt):
    def key(document: str = "text", brief: Brief = Brief("summary", "en"), *, model: str = "m") -> bytes:  # noqa: B008
        return key_of(model, prompt.build_text("plain", document, brief, limit=1000))

    others = (key("another"), key(brief=Brief("summary", "de")), key(brief=Brief("summary", "en", 9)), key(model="n"))
    assert key() == key(brief=Brief("summary", "en", people=("Ann",)))
    assert len({key(), *others, *keys(prompt)}) == 7
