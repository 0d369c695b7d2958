"""Choosing a server: what is said before, what is kept where, and going back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.domain.errors import Cancelled, Temporary, UserActionNeeded
from desktop.setup.remote_model import RemoteChoice, RemoteSetup, full_address, key_name, may_be_plain
from desktop.setup.settings import SETTINGS, Settings
from desktop.system.vault import MemoryVault
from tests.fakes.situations import new_store


class Desk:
    """A RemoteSetup whose looks are in `looked`, and whose questions are in `asked`."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.vault = MemoryVault()
        self.looked: list[tuple[RemoteChoice, str]] = []
        self.asked: list[str] = []
        self.says_yes = True
        self.error: Exception | None = None
        self.setup = RemoteSetup(settings, self.vault, self.look)

    def look(self, choice: RemoteChoice, key: str) -> int:
        self.looked.append((choice, key))
        if self.error:
            raise self.error
        return 20

    def confirm(self, words: str) -> bool:
        self.asked.append(words)
        return self.says_yes

    def choose(self, address: str, key: str = "k") -> RemoteChoice:
        return self.setup.choose(address, "reader", key=key, form="chat", confirm=self.confirm)[0]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    store = new_store(tmp_path)
    yield Desk(Settings(store))
    store.close()


def test_a_server_is_tried_and_kept_with_its_key_in_the_vault(desk: Desk):
    assert desk.setup.chosen() is None
    choice = desk.choose("models.example")
    assert choice == RemoteChoice("https://models.example/v1", "reader", "chat", may_be_plain=False)
    assert desk.looked == [(choice, "k")]
    assert desk.setup.chosen() == choice
    assert desk.setup.key(choice) == "k"
    assert "k" not in [desk.settings.value(name) for name in SETTINGS]
    assert "models.example" in desk.asked[0]


def test_going_back_forgets_server_and_key(desk: Desk):
    choice = desk.choose("https://models.example/v1")
    assert desk.setup.forget()
    assert desk.setup.chosen() is None
    assert desk.setup.key(choice) == ""
    assert not desk.setup.forget()


def test_a_new_key_for_the_same_server_counts_as_another_choice(desk: Desk):
    desk.choose("https://models.example/v1")
    before = desk.settings.about_models()
    desk.choose("https://models.example/v1")
    assert desk.settings.about_models() == before
    desk.choose("https://models.example/v1", key="another")
    assert desk.settings.about_models() != before


def test_no_other_server_is_sent_the_key(desk: Desk):
    desk.choose("https://models.example/v1")
    desk.settings.choose("remote_address", "https://models.example:8443/v1")
    moved = desk.setup.chosen()
    assert moved is not None
    assert desk.setup.key(moved) == ""


def test_a_server_that_does_not_answer_changes_nothing(desk: Desk):
    desk.error = Temporary("Away.")
    with pytest.raises(Temporary):
        desk.choose("https://models.example/v1")
    assert desk.setup.chosen() is None
    assert desk.vault.get(key_name("https://models.example/v1")) is None


def test_who_says_no_is_not_connected(desk: Desk):
    desk.says_yes = False
    with pytest.raises(Cancelled):
        desk.choose("https://models.example/v1")
    assert desk.looked == []


def test_the_lack_of_encryption_is_said_and_remembered_for_that_host_alone(desk: Desk):
    choice = desk.choose("http://models.example/v1")
    assert "http://" in desk.asked[0]
    assert choice.may_be_plain
    assert desk.setup.chosen() == choice
    desk.settings.choose("remote_address", "http://other.example/v1")
    moved = desk.setup.chosen()
    assert moved is not None
    assert not moved.may_be_plain


def test_a_program_on_this_machine_needs_no_word(desk: Desk):
    assert desk.choose("http://127.0.0.1:8080", key="").may_be_plain
    assert desk.asked == []


@pytest.mark.parametrize(
    ("address", "allowed"),
    [("http://127.0.0.1/v1", True), ("http://localhost:1/v1", True), ("http://[::1]/v1", True),
     ("http://10.1.2.3/v1", True), ("http://192.168.0.9/v1", True), ("http://[fd00::1]/v1", True),
     ("http://8.8.8.8/v1", False), ("http://100.64.0.1/v1", False), ("http://0.0.0.0/v1", False),
     ("http://models.example/v1", False), ("http://127.0.0.1.models.example/v1", False)],
)  # fmt: skip
def test_plain_http_goes_to_this_machine_and_private_networks(address: str, *, allowed: bool):
    assert may_be_plain(address, "") is allowed


@pytest.mark.parametrize(
    "address", ["", "https://", "ftp://x.example", "https://a:b@x.example/v1", "https://x.example/?k=1", "http://[::1", "http://x:0"]
)  # fmt: skip
def test_what_is_no_address_is_refused(address: str):
    with pytest.raises(UserActionNeeded, match="not complete"):
        full_address(address)


def test_an_address_may_be_short():
    assert full_address(" models.example/ ") == "https://models.example/v1"
    assert full_address("http://127.0.0.1:8000/openai/v2") == "http://127.0.0.1:8000/openai/v2"
