"""Settings: what is usual until something is chosen, and a sentence for what cannot be."""

import io
import json
from pathlib import Path

import pytest

from desktop.cli.commands import settings
from desktop.cli.parser import make_parser
from desktop.cli.printing import Printer
from desktop.domain.errors import Rejected
from desktop.setup.settings import SETTINGS, Settings
from tests.fakes.situations import new_store


@pytest.fixture
def known(tmp_path: Path):
    store = new_store(tmp_path)
    yield Settings(store)
    store.close()


def test_what_is_usual_holds_until_something_is_chosen(known: Settings):
    assert (known.tokens_per_day(), known.may_use_gpu()) == (0, True)
    assert known.remote_tokens_per_day() > 0  # what may cost money has a limit unless told otherwise
    known.choose("tokens_per_day", "5000")
    known.choose("use_gpu", "no")
    assert (known.tokens_per_day(), known.may_use_gpu()) == (5000, False)
    known.forget("tokens_per_day")
    assert known.tokens_per_day() == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [("tokens_per_day", "-1"), ("tokens_per_day", "many"), ("tokens_per_day", "9" * 30), ("tokens_per_day", "٣"),
     ("tokens_per_day", ""), ("use_gpu", "perhaps"), ("colour", "red")],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_changes_nothing(known: Settings, name: str, value: str):
    with pytest.raises(Rejected, match=r"takes|there are"):
        known.choose(name, value)
    assert (known.tokens_per_day(), known.may_use_gpu()) == (0, True)


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=lambda setting: setting.name)
def test_what_is_usual_can_be_chosen(setting):
    assert setting.accepts(setting.usual)


def tell(known: Settings, *words: str) -> list[dict[str, str]]:
    out = io.StringIO()
    assert settings(make_parser().parse_args(["settings", *words]), Printer(as_json=True, out=out), known) == 0
    return json.loads(out.getvalue())


def test_the_command_line_shows_and_changes_them(known: Settings):
    assert [row["name"] for row in tell(known, "list")] == list(SETTINGS)
    (row,) = tell(known, "set", "tokens_per_day", "700")
    assert (row["value"], row["usual"]) == ("700", "0")
    assert known.tokens_per_day() == 700
    (row,) = tell(known, "forget", "tokens_per_day")
    assert row["value"] == "0"


def test_a_server_writes_when_it_is_asked_as_a_chat_and_a_file_of_ones_own_only_when_told(known: Settings):
    assert known.lets_server_write("chat")
    assert not known.lets_server_write("chatml")
    known.choose("remote_writes", "yes")
    assert known.lets_server_write("chatml")
    known.choose("remote_writes", "no")
    assert not known.lets_server_write("chat")
    assert not known.lets_own_model_write()
    known.choose("own_model_writes", "yes")
    assert known.lets_own_model_write()
