"""Whether any text can put a control token into the prompt: every attack, as it is, through the engine's tokeniser."""

from collections.abc import Iterable

from desktop.domain.ports import Question
from desktop.inference.models import find_model
from desktop.inference.prompts import read_prompt
from desktop.system import resources

MAX_OPTION = 120


def reached(texts: Iterable[str]) -> int | None:
    """Return how many texts put a control token where the template has none; None without a model file.

    Each stands in the document, in an option and in the line about an option. Nothing is left out before: this is the
    last gate, for what the rules may have missed.
    """
    card = find_model(resources.path("models"))
    if card is None:
        return None
    import llama_cpp  # native: only for those who measure it

    from desktop.inference import wire
    from desktop.inference.stop_flag import StopFlag
    from desktop.inference.text_engine import Engine

    prompt = read_prompt(resources.path("prompts", "select.json"))
    engine = Engine(wire.Load(path=str(card.path), n_ctx=512), StopFlag(), lambda _share: None)
    vocabulary = llama_cpp.llama_model_get_vocab(engine._model)  # the library is asked, not the engine's own list

    def controls(document: str) -> int:
        question = Question("who", "Who?", (document[:MAX_OPTION], "none"), (document[:MAX_OPTION], ""))
        order = prompt.build(card.template, document, [question], limit=6000)
        tokens = [*engine.tokens_of([*order.before, *order.after]), *engine.plain_tokens(order.document)]
        for asked in order.questions:
            tokens += engine.tokens_of(asked.pieces)
        return sum(bool(llama_cpp.llama_vocab_is_control(vocabulary, token)) for token in tokens)

    usual = controls("Please send us a quote.")
    return sum(controls(text) != usual for text in texts)
