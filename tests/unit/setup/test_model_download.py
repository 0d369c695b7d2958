"""Downloads against a hub that drops the line, lies about lengths, changes bytes, ignores ranges and asks to wait."""

import itertools
import json
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.domain.errors import Cancelled, Rejected, Temporary, UserActionNeeded
from desktop.inference.models import find_model, verified
from desktop.setup.models import UNPINNED
from desktop.setup.settings import MODEL_MIRROR
from desktop.setup.transfer import LOOK_EVERY
from desktop.system.instance import InstanceLock
from tests.conftest import ROOT
from tests.fakes.model_bench import PLENTY, STRICT, ModelBench, entry
from tests.servers.file_hub import (
    FileHub,
    another_length,
    compressed,
    drop_after,
    endless,
    fall_silent_after,
    ignore_range,
    refuse,
    send_on,
    short_range,
    sign_in_page,
    wrong_bytes,
    wrong_range,
)

pytestmark = pytest.mark.server

FILE = "tiny-1-Q4.gguf"
PART, NOTE = f"{FILE}.part", f"{FILE}.part.json"


@pytest.fixture(scope="module")
def content(tmp_path_factory) -> bytes:
    """A real model file of 240 kB."""
    names: dict[str, object] = {"__name__": "script"}
    exec((ROOT / "resources/models/make_path_model.py").read_text(encoding="utf-8"), names)
    return names["ensure"](tmp_path_factory.mktemp("model")).read_bytes()


@pytest.fixture
def hub(content):
    with FileHub(content) as made:
        yield made


@pytest.fixture
def bench(tmp_path, hub, content):
    made = ModelBench(tmp_path, entry(content), hub=hub.url)
    yield made
    made.close()


def stop_after(times: int):
    """Return a should_stop that says so from the given question on."""
    count = itertools.count(1)
    return lambda: next(count) > times


# --- what should happen ---------------------------------------------------------------------------------------------


def test_a_model_arrives_is_checked_and_gets_its_card(bench, hub, content):
    model = bench.get()
    assert model.path == bench.own / FILE
    assert model.path.read_bytes() == content
    assert bench.files() == {FILE, "tiny-1-Q4.json"}
    card = find_model(bench.own)
    assert verified(card) == card
    assert (card.name, card.purpose, card.template, card.trust, card.context) == (
        "Tiny 1",
        "catalogue",
        "chatml",
        0.4,
        4096,
    )
    (asked,) = hub.asked
    assert asked.path == f"/somebody/tiny-1-gguf/resolve/0123abc/{FILE}"
    assert (asked.range, asked.encoding) == (None, "identity")


def test_what_was_received_is_in_the_network_ledger(bench, content):
    bench.get()
    ((destination, purpose, sent, received),) = bench.ledger.rows
    assert destination.startswith("127.0.0.1:")
    assert purpose == "model"
    assert sent > 0
    assert len(content) < received < len(content) + 1000


def test_progress_says_how_much_how_fast_and_how_long(bench, content):
    bench.get()
    done = [told.done for told in bench.told]
    assert done == sorted(done)
    assert (bench.told[-1].doing, done[-1]) == ("Checking", len(content))
    last = bench.told[-2]
    assert (last.doing, last.done, last.total) == ("Downloading", len(content), len(content))
    assert last.speed is None or last.speed > 0


def test_a_model_that_is_here_is_not_downloaded_again(bench, hub):
    first = bench.get()
    assert bench.get() == first
    assert len(hub.asked) == 1


def test_without_a_mirror_the_hub_of_the_catalogue_is_asked(bench):
    bench.settings.forget(MODEL_MIRROR)
    assert bench.setup.state().hub == "https://hub.example"
    (known,) = bench.setup.catalogue.entries
    assert known.address("https://hub.example/") == f"https://hub.example/somebody/tiny-1-gguf/resolve/0123abc/{FILE}"


@pytest.mark.parametrize("mirror", ["ftp://mirror.example", "mirror.example", "https://user:secret@mirror.example"])
def test_a_mirror_that_cannot_be_is_refused(bench, mirror):
    with pytest.raises(Rejected):
        bench.settings.choose(MODEL_MIRROR, mirror)


def test_a_mirror_that_others_can_read_along_with_is_refused_before_anything_is_sent(bench):
    bench.settings.choose(MODEL_MIRROR, "http://mirror.example/models")
    with pytest.raises(UserActionNeeded, match="https"):
        bench.get()
    assert bench.ledger.rows == []


def test_a_redirect_to_another_server_is_followed(bench, hub, content):
    with FileHub(content) as store:
        hub.faults = [send_on(lambda: store.url)]
        bench.get()
        assert [asked.path for asked in store.asked] == [hub.asked[0].path]
    assert len({row[0] for row in bench.ledger.rows}) == 2
    assert (bench.own / FILE).read_bytes() == content


# --- broken lines ---------------------------------------------------------------------------------------------------


def test_a_download_goes_on_where_the_line_broke(bench, hub, content):
    hub.faults = [drop_after(50_000), drop_after(100_000), short_range(20_000)]
    bench.get()
    assert [asked.range for asked in hub.asked] == [None, "bytes=50000-", "bytes=150000-", "bytes=170000-"]
    assert {asked.if_range for asked in hub.asked[1:]} == {'"one"'}
    assert (bench.own / FILE).read_bytes() == content


def test_the_pauses_grow_and_an_endless_failure_ends_with_what_has_arrived_kept(bench, hub):
    hub.faults = [drop_after(50_000), *[drop_after(10)] * 9]
    with pytest.raises(Temporary, match="kept"):
        bench.get()
    assert bench.machine.now > 1 + 2 + 4 + 8 + 16
    assert len(hub.asked) == 6
    assert bench.files() == {PART, NOTE}
    assert bench.setup.state().rows[0].arrived == 50_050
    hub.faults = []
    bench.get()
    assert hub.asked[-1].range == "bytes=50050-"


def test_a_hub_that_cannot_be_reached_leaves_nothing_behind(bench, hub):
    bench.settings.choose(MODEL_MIRROR, "http://127.0.0.1:9")
    with pytest.raises(Temporary, match="Nothing has arrived yet"):
        bench.get()
    assert bench.files() == set()


def test_a_busy_hub_is_given_the_time_it_asks_for(bench, hub):
    hub.faults = [refuse(503, Retry_After=7), refuse(429, Retry_After=3)]
    bench.get()
    assert sum(bench.machine.slept) >= 9.5


def test_a_hub_that_asks_for_an_hour_is_not_waited_for(bench, hub):
    hub.faults = [drop_after(1000), refuse(503, Retry_After=3600)]
    with pytest.raises(Temporary, match="60 minutes"):
        bench.get()
    assert sum(bench.machine.slept) < 60
    assert PART in bench.files()


@pytest.mark.parametrize("fault", [ignore_range, wrong_range, refuse(416)], ids=["ignores", "another", "416"])
def test_a_hub_that_cannot_resume_starts_over(bench, hub, content, fault):
    hub.faults = [drop_after(50_000), fault]
    bench.get()
    assert (bench.own / FILE).read_bytes() == content


# --- stopping -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by_key", [True, False], ids=["ctrl-c", "button"])
def test_a_cancel_keeps_the_part_and_the_next_try_goes_on(bench, hub, content, by_key):
    def stop():
        is_under_way = (bench.own / PART).exists() and (bench.own / PART).stat().st_size > 60_000
        if is_under_way and by_key:
            raise KeyboardInterrupt
        return is_under_way

    with pytest.raises(KeyboardInterrupt if by_key else Cancelled):
        bench.get(should_stop=stop)
    arrived = bench.setup.state().rows[0].arrived
    assert 0 < arrived < len(content)
    assert not (bench.own / FILE).exists()
    bench.get()
    assert hub.asked[-1].range == f"bytes={arrived}-"
    assert (bench.own / FILE).read_bytes() == content


def test_a_cancel_reaches_a_download_whose_server_fell_silent(bench, hub):
    hub.faults = [fall_silent_after(30_000)]
    with pytest.raises(Cancelled):
        bench.get(should_stop=stop_after(12))
    assert bench.setup.state().rows[0].arrived == 30_000


def test_a_cancel_reaches_a_pause(bench, hub):
    hub.faults = [refuse(503, Retry_After=500)]
    with pytest.raises(Cancelled):
        bench.get(should_stop=stop_after(20))
    assert sum(bench.machine.slept) < 20


def test_the_same_model_cannot_be_fetched_twice_at_once(bench, hub):
    lock = InstanceLock(bench.own / f"{FILE}.lock")
    assert lock.try_acquire()
    with pytest.raises(Temporary, match="on its way already"):
        bench.get()
    lock.release()
    assert hub.asked == []
    bench.get()


def test_after_a_power_cut_only_what_is_known_to_be_on_the_disk_counts(bench, hub, content):
    hub.faults = [drop_after(50_000), *[refuse(503)] * 9]
    with pytest.raises(Temporary):
        bench.get()
    with (bench.own / PART).open("ab") as file:
        file.write(bytes(10_000))
    bench.get()
    assert hub.asked[-1].range == "bytes=50000-"
    assert (bench.own / FILE).read_bytes() == content


@pytest.mark.parametrize("note", [b"", b"[]", b'{"identity": 3}', b"\xff\xfe", None])
def test_a_part_whose_note_says_nothing_is_not_believed(bench, hub, content, note):
    bench.own.mkdir(parents=True)
    (bench.own / PART).write_bytes(content[:1000])
    if note is not None:
        (bench.own / NOTE).write_bytes(note)
    bench.get()
    assert [asked.range for asked in hub.asked] == [None]


def test_a_part_of_another_revision_is_not_gone_on_with(bench, hub):
    hub.faults = [drop_after(50_000), *[refuse(503)] * 9]
    with pytest.raises(Temporary):
        bench.get()
    note = json.loads((bench.own / NOTE).read_bytes())
    (bench.own / NOTE).write_text(json.dumps({**note, "identity": "somebody/tiny-1-gguf@older"}))
    bench.get()
    assert hub.asked[-1].range is None


# --- wrong files ----------------------------------------------------------------------------------------------------


def test_wrong_bytes_are_deleted_and_never_get_the_name(bench, hub):
    hub.faults = [wrong_bytes]
    with pytest.raises(Rejected, match="not the model it should be"):
        bench.get()
    assert bench.files() == set()
    bench.get()


def test_a_part_that_was_spoilt_on_the_disk_is_found_out(bench, hub):
    hub.faults = [drop_after(50_000), *[refuse(503)] * 9]
    with pytest.raises(Temporary):
        bench.get()
    with (bench.own / PART).open("r+b") as file:
        file.seek(20_000)
        file.write(b"spoilt")
    with pytest.raises(Rejected, match="deleted"):
        bench.get()
    assert bench.files() == set()


def test_another_length_is_refused_at_the_first_word(bench, hub):
    hub.faults = [another_length(b"more")]
    with pytest.raises(Rejected, match="another file"):
        bench.get()
    assert bench.files() == set()


def test_another_length_of_the_rest_is_refused_and_the_part_kept(bench, hub):
    hub.faults = [drop_after(50_000), another_length(b"more")]
    with pytest.raises(Rejected, match="another file"):
        bench.get()
    assert bench.files() == {PART, NOTE}


def test_a_file_that_does_not_end_is_refused(bench, hub):
    hub.faults = [endless]
    with pytest.raises(Rejected, match="another file"):
        bench.get()
    assert bench.files() == set()


def test_a_sign_in_page_is_told_from_a_model_and_costs_nothing(bench, hub):
    hub.faults = [drop_after(50_000), sign_in_page]
    with pytest.raises(UserActionNeeded, match="sign in"):
        bench.get()
    assert bench.setup.state().rows[0].arrived == 50_000


def test_a_compressed_file_is_refused(bench, hub):
    hub.faults = [compressed]
    with pytest.raises(Rejected, match="mirror"):
        bench.get()


@pytest.mark.parametrize(
    ("status", "kind"), [(401, UserActionNeeded), (403, UserActionNeeded), (404, Rejected), (410, Rejected)]
)
def test_a_refusal_says_what_to_do(bench, hub, status, kind):
    hub.faults = [refuse(status)]
    with pytest.raises(kind, match="mirror, or import"):
        bench.get()
    assert bench.files() == set()


# --- nobody knows the hash ------------------------------------------------------------------------------------------


@pytest.fixture
def unpinned(tmp_path, hub, content):
    made = ModelBench(tmp_path, entry(content, size=None, sha256=None), hub=hub.url)
    yield made
    made.close()


def test_a_file_whose_hash_nobody_told_is_asked_about_and_pinned_by_the_first_download(unpinned, content):
    model = unpinned.get()
    assert unpinned.asked == [UNPINNED]
    assert model.sha256 == entry(content).sha256
    assert unpinned.get() == model


def test_nothing_is_downloaded_without_that_word(unpinned, hub):
    unpinned.answer = False
    with pytest.raises(Cancelled):
        unpinned.get()
    assert hub.asked == []


def test_a_licence_that_restricts_is_asked_about(tmp_path, hub, content):
    bench = ModelBench(tmp_path, entry(content, licence=STRICT), hub=hub.url)
    bench.get()
    assert bench.asked == [STRICT.note]
    bench.close()


def test_two_halves_of_two_files_are_never_joined(unpinned, hub, content):
    hub.faults = [drop_after(50_000)]

    def change(_progress):
        hub.etag, hub.content = '"two"', content[:-1] + bytes([content[-1] ^ 1])

    unpinned.get(on_progress=change)
    assert hub.asked[-1].if_range == '"one"'
    assert (unpinned.own / FILE).read_bytes() == hub.content


def test_without_a_strong_etag_and_a_hash_there_is_no_resuming(unpinned, hub, content):
    hub.etag = 'W/"one"'
    hub.faults = [drop_after(50_000)]
    unpinned.get()
    assert [asked.range for asked in hub.asked] == [None, None]
    assert (unpinned.own / FILE).read_bytes() == content


def test_what_is_no_model_is_refused_though_nobody_knows_its_hash(unpinned, hub, content):
    for body, words in ((b"PK\x03\x04" + content, "no model"), (content[: len(content) // 2], "incomplete")):
        hub.content = body
        with pytest.raises(Rejected, match=words):
            unpinned.get()
        assert unpinned.files() == set()


# --- room -----------------------------------------------------------------------------------------------------------


def test_without_room_nothing_is_asked_of_the_network(bench, hub, content):
    bench.machine.room_for(len(content) - 1)
    with pytest.raises(UserActionNeeded, match="free 1 MB"):
        bench.get()
    assert hub.asked == []
    bench.machine.room_for(len(content))
    bench.get()


def test_a_disk_that_fills_up_meanwhile_stops_the_download_and_keeps_the_part(tmp_path):
    content = b"GGUF" + bytes(3 * LOOK_EVERY)
    with FileHub(content) as hub:
        bench = ModelBench(tmp_path, entry(content), hub=hub.url)

        def fill(progress):
            bench.machine.free = 1000 if progress.done > LOOK_EVERY // 2 else PLENTY

        with pytest.raises(UserActionNeeded, match="not enough room"):
            bench.get(on_progress=fill)
        assert LOOK_EVERY // 2 < bench.setup.state().rows[0].arrived < 2 * LOOK_EVERY
        bench.close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.expects_log("cannot be written: OSError 28")
def test_a_full_disk_is_said_plainly(bench):
    bench.own.mkdir(parents=True)
    (bench.own / PART).symlink_to("/dev/full")
    with pytest.raises(UserActionNeeded, match="is full: free some space"):
        bench.get()


@pytest.mark.expects_log("cannot be written: IsADirectoryError")
def test_a_folder_that_cannot_be_written_to_is_said_plainly(tmp_path, hub, content):
    bench = ModelBench(tmp_path, entry(content), hub=hub.url)
    bench.own.mkdir(parents=True)
    (bench.own / PART).mkdir()
    with pytest.raises(UserActionNeeded, match="cannot be written to"):
        bench.get()
    bench.close()


def test_another_file_of_that_name_is_not_overwritten(bench, hub, content):
    bench.own.mkdir(parents=True)
    (bench.own / FILE).write_bytes(content[:-1] + b"x")
    with pytest.raises(Rejected, match="Delete it first"):
        bench.get()
    assert hub.asked == []
    assert replace(entry(content)).file == FILE
