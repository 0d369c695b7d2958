"""Servers and reps for the tests of the whole agent; every rep's log is searched for the rep's own words at the end."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end2end.rep import Rep
from tests.servers.dovecot import DovecotServer
from tests.servers.salesforce import SalesforceServer

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def shared_dovecot() -> Iterator[DovecotServer]:
    """One Dovecot for all; a test that stops it starts it again. Each rep has a user name of its own."""
    server = DovecotServer()
    server.start()
    yield server
    server.close()


@pytest.fixture
def org() -> Iterator[SalesforceServer]:
    """A simulated org."""
    with SalesforceServer() as server:
        yield server


@pytest.fixture
def new_rep(
    tmp_path: Path, shared_dovecot: DovecotServer, org: SalesforceServer, capfd: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., Rep]]:
    """Return a function that makes a Rep; at the end nothing of what they read or hold may stand in a log."""
    made: list[Rep] = []

    def make(**more: Any) -> Rep:
        number = next(_numbers)
        user = f"user{number}@seller.example"
        made.append(Rep(tmp_path / f"rep{number}", shared_dovecot, org, user=user, **more))
        return made[-1]

    yield make
    for rep in made:
        rep.close()
    printed = "".join(capfd.readouterr())
    for rep in made:
        said = rep.log_text()
        assert "pulled" in said or "dealside" in said, "nothing was logged, so nothing was tested"
        assert rep.gossip(said + printed) == []


@pytest.fixture
def rep(new_rep: Callable[..., Rep]) -> Rep:
    """A rep whose mailbox and CRM are well."""
    return new_rep()
