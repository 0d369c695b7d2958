"""The line between agent and window: only key holders, only JSON, and no one window can hold up the rest."""

from contextlib import suppress
from multiprocessing.connection import Client

import pytest

from desktop.runtime.link import LARGEST, LinkClient, LinkServer, address_of
from tests.fakes.waiting import wait_until

SECRET = b"s" * 32


class Talk:
    """A server with what it heard."""

    def __init__(self, folder) -> None:
        self.address = address_of(folder)
        self.heard: list[dict] = []
        self.counts: list[int] = []
        self.server = LinkServer(self.address, SECRET, on_message=self.heard.append, on_count=self.counts.append)

    def client(self, secret: bytes = SECRET):
        said, lost = [], []
        client = LinkClient(self.address, secret, on_message=said.append, on_lost=lambda: lost.append(1))
        return client, said, lost


@pytest.fixture
def talk(tmp_path):
    talk = Talk(tmp_path)
    yield talk
    talk.server.close()


def test_words_go_both_ways_and_to_every_window(talk):
    (one, said_one, _), (two, said_two, _) = talk.client(), talk.client()
    wait_until(lambda: talk.counts == [1, 2])
    talk.server.broadcast({"event": "proposal_ready", "ids": ["ü"]})
    wait_until(lambda: said_one and said_two)
    assert said_one == said_two == [{"event": "proposal_ready", "ids": ["ü"]}]
    one.send({"ask": "poke"})
    wait_until(lambda: talk.heard == [{"ask": "poke"}])
    one.close()
    wait_until(lambda: talk.counts[-1] == 1)
    two.close()


def test_somebody_without_the_key_is_turned_away_and_the_rest_goes_on(talk):
    with pytest.raises(OSError, match="did not know us"):
        talk.client(b"x" * 32)
    client, said, _ = talk.client()
    wait_until(lambda: talk.counts == [1])
    talk.server.broadcast({"event": "x", "ids": []})
    wait_until(lambda: said)
    client.close()


@pytest.mark.parametrize("raw", [b"not json", b"[1, 2]", b"\xff\xfe", b"x" * (LARGEST + 1)])
def test_nonsense_from_a_window_ends_only_that_window(talk, raw):
    rude = Client(talk.address, authkey=SECRET)
    with suppress(OSError):  # it may be hung up on before it has said all
        rude.send_bytes(raw)
    client, said, _ = talk.client()
    wait_until(lambda: talk.counts)
    client.send({"ask": "poke"})
    wait_until(lambda: talk.heard == [{"ask": "poke"}])
    talk.server.broadcast({"event": "x", "ids": []})
    wait_until(lambda: said)
    rude.close()
    client.close()


def test_a_pickle_is_never_read(talk):
    rude = Client(talk.address, authkey=SECRET)
    rude.send({"ask": "poke"})  # `send` pickles
    client, _, _ = talk.client()
    client.send({"ask": "honest"})
    wait_until(lambda: {"ask": "honest"} in talk.heard)
    assert {"ask": "poke"} not in talk.heard
    rude.close()
    client.close()


def test_a_window_hears_when_the_agent_is_gone(talk):
    _, _, lost = talk.client()
    wait_until(lambda: talk.counts == [1])
    talk.server.close()
    wait_until(lambda: lost == [1])


def test_nobody_listens(tmp_path):
    with pytest.raises((FileNotFoundError, ConnectionRefusedError)):
        LinkClient(address_of(tmp_path), SECRET, on_message=print, on_lost=print)


def test_a_dead_agents_socket_is_taken_over(tmp_path):
    first = Talk(tmp_path)
    # SIGKILL leaves the socket's file behind: nobody unlinks it.
    first.server._listener._listener._unlink.cancel()
    first.server._listener._listener._socket.close()
    second = Talk(tmp_path)
    client, said, _ = second.client()
    wait_until(lambda: second.counts == [1])
    second.server.broadcast({"event": "x", "ids": []})
    wait_until(lambda: said)
    client.close()
    second.server.close()
    first.server.close()


def test_two_profiles_have_two_addresses_short_enough_for_a_socket(tmp_path):
    deep = tmp_path / ("d" * 80) / ("e" * 80)
    deep.mkdir(parents=True)
    assert address_of(deep) != address_of(tmp_path)
    assert len(address_of(deep)) < 100
