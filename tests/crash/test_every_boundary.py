"""Kill before every commit and every network exchange of ingest and delivery; resume; run again; compare.

In a normal run every third boundary is taken, from a different start for ingest and delivery; `--thorough` takes all,
and 100 random SIGKILLs instead of ten.
"""

import pytest

from tests.crash.world import World

STEP = 3
RANDOM_KILLS = 10
THOROUGH_KILLS = 100
KILLED = -9

pytestmark = [pytest.mark.server, pytest.mark.end2end]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    world = World(tmp_path_factory.mktemp("world"))
    yield world
    world.close()


def finish(case):
    """Resume until nothing is left, then run once more, which must change nothing."""
    for _ in range(3):
        assert case.run()["status"] == 0
        case.due_now()
    before = case.end_state()
    assert case.run()["status"] == 0
    assert case.end_state() == before
    return before


@pytest.fixture(scope="module")
def ingested(world):
    """The mails pulled, understood and proposed, without any trouble."""
    case = world.case()
    answer = case.run()
    assert answer["status"] == 0
    yield case, len(answer["boundaries"]), finish(case)
    case.close()


@pytest.fixture(scope="module")
def decided(world, ingested):
    """Everything accepted, nothing delivered yet."""
    case = world.case(ingested[0])
    assert case.accept()["status"] == 0
    yield case
    case.close()


@pytest.fixture(scope="module")
def delivered(world, decided):
    """Everything delivered, without any trouble."""
    case = world.case(decided)
    answer = case.run()
    assert answer["status"] == 0
    yield len(answer["boundaries"]), finish(case)
    case.close()


def test_the_scenario_really_does_something(ingested, delivered):
    _, reference = delivered
    assert [row[1] for row in reference["interactions"]] == ["proposed"] * 4
    assert {row[2] for row in reference["suggestions"]} == {"delivered", "expired"}
    written = [row for row in reference["suggestions"] if row[2] == "delivered"]
    assert reference["receipts"][0][0] == reference["receipts"][0][1] == len(written) + len(reference["drafts"])
    assert len(reference["crm"]) == len(written)
    assert len(reference["drafts folder"]) == len(reference["drafts"]) > 0
    assert ingested[1] > 20
    assert delivered[0] > 60


def killed_at(world, base, stop_at):
    case = world.case(base)
    try:
        answer = case.run(stop_at=stop_at)
        assert answer["status"] == KILLED, answer
        assert len(answer["boundaries"]) == stop_at
        return finish(case)
    finally:
        case.close()


def test_ingest_killed_at_every_boundary(world, ingested, request):
    _, count, reference = ingested
    step = 1 if request.config.getoption("--thorough") else STEP
    for stop_at in range(0, count, step):
        assert killed_at(world, None, stop_at) == reference, f"killed at boundary {stop_at}"


def test_delivery_killed_at_every_boundary(world, decided, delivered, request):
    count, reference = delivered
    step = 1 if request.config.getoption("--thorough") else STEP
    for stop_at in range(1 % step, count, step):
        assert killed_at(world, decided, stop_at) == reference, f"killed at boundary {stop_at}"


def test_random_kills(world, decided, delivered, request):
    _, reference = delivered
    kills = THOROUGH_KILLS if request.config.getoption("--thorough") else RANDOM_KILLS
    killed, number = 0, 0
    while killed < kills:
        case = world.case(decided)
        try:
            for _ in range(4):
                number += 1
                killed += case.run(kill_after=number, within=1.0)["status"] == KILLED
            assert finish(case) == reference, f"around random kill {number}"
        finally:
            case.close()


def test_answers_lost_at_every_write(world, decided, delivered):
    """The CRM does the work and the line breaks before the answer: each write once, then all of them."""
    _, reference = delivered
    writes = len(reference["crm"])
    for times in (1, writes):
        case = world.case(decided)
        try:
            case.server.fault("drop_after", method="PATCH", times=times)
            for _ in range(writes + 2):
                case.run()
                case.due_now()
            assert finish(case) == reference
            assert sum(case.server.org.dump()["created"].values()) == writes
        finally:
            case.close()
