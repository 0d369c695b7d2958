"""The Maildir connector: the common suites, and what only files can do to it."""

import contextlib
import os
from pathlib import Path

import pytest

from desktop.connectors.mail.maildir import MaildirSource
from desktop.connectors.rawmail import ReadLimits
from desktop.domain.connections import EMPTY_CHECKPOINT
from desktop.domain.errors import UserActionNeeded
from tests.conformance.mail import DraftFolderConformance, Mailbox, MailSourceConformance, mail, pull_all
from tests.fakes.clock import ManualClock


class MaildirBox(Mailbox):
    """A Maildir as a delivery agent and a mail program see it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        for part in ("new", "cur", "tmp"):
            (path / part).mkdir(parents=True)

    def source(self, **options) -> MaildirSource:
        return MaildirSource(self.path, clock=ManualClock(), **({"poll_seconds": 0.05} | options))

    def deliver(self, raw: bytes, *, name: str = "", place: str = "new") -> Path:
        self.count += 1
        path = self.path / place / (name or f"1700000000.M{self.count}P1Q1.host")
        path.write_bytes(raw)
        return path

    def files(self) -> list[Path]:
        found = [*(self.path / "new").iterdir(), *(self.path / "cur").iterdir()]
        return sorted(found, key=lambda path: int(path.name.split("M")[1].split("P")[0]))

    def delete(self, number: int) -> None:
        self.files()[number].unlink()

    def mark_seen(self, number: int) -> None:
        path = self.files()[number]
        path.rename(self.path / "cur" / f"{path.name.partition(':')[0]}:2,S")

    def picture(self) -> object:
        return [(p.parent.name, p.name, p.stat().st_mtime_ns, p.stat().st_mode, p.read_bytes()) for p in self.files()]

    def drafts(self) -> list[tuple[bytes, str]]:
        folder = self.path / ".Drafts"
        found = sorted([*folder.glob("new/*"), *folder.glob("cur/*")], key=lambda path: path.name)
        return [(path.read_bytes(), path.name.partition(":2,")[2]) for path in found]


@pytest.fixture
def box(tmp_path) -> MaildirBox:
    return MaildirBox(tmp_path / "Maildir")


class TestCommon(MailSourceConformance):
    @pytest.fixture
    def box(self, tmp_path):
        return MaildirBox(tmp_path / "Maildir")


class TestDrafts(DraftFolderConformance):
    @pytest.fixture
    def box(self, tmp_path):
        return MaildirBox(tmp_path / "Maildir")


def raws(items) -> list[bytes]:
    return [item.raw for item in items]


def test_microseconds_count_as_numbers(box):
    box.deliver(b"b", name="1700000000.M1000P1.host")
    box.deliver(b"a", name="1700000000.M999P1.host")
    box.deliver(b"c", name="1700000001.M1P1.host:2,S", place="cur")
    assert raws(box.source().pull(EMPTY_CHECKPOINT).items) == [b"a", b"b", b"c"]


def test_a_mail_put_back_under_an_old_name_is_read(box):
    source = box.source()
    box.deliver(b"recent", name="1700000009.M1P1.host")
    _, checkpoint = pull_all(source)
    box.deliver(b"restored", name="1500000000.M1P1.host:2,S", place="cur")
    assert raws(source.pull(checkpoint).items) == [b"restored"]


def test_names_that_are_not_text_and_names_without_numbers(box):
    name = os.fsdecode(b"caf\xe9 \xff")
    box.deliver(b"1", name=name)
    box.deliver(b"2", name="letter.eml")
    batch = box.source().pull(EMPTY_CHECKPOINT)
    assert sorted(raws(batch.items)) == [b"1", b"2"]
    assert all(item.origin.encode() for item in batch.items)
    assert box.source().pull(batch.checkpoint).items == ()


@pytest.mark.parametrize("separator", [":", ";", "!"])
def test_flags_behind_any_separator(box, separator):
    path = box.deliver(b"1", name=f"1.M1P1.host{separator}2,S", place="cur")
    source = box.source()
    batch = source.pull(EMPTY_CHECKPOINT)
    path.rename(path.with_name(f"1.M1P1.host{separator}2,FRS"))
    assert len(batch.items) == 1
    assert batch.items[0].origin == "INBOX/1.M1P1.host"
    assert source.pull(batch.checkpoint).items == ()


def test_only_cur_is_enough(tmp_path):
    (tmp_path / "cur").mkdir()
    (tmp_path / "cur" / "1.M1P1.x:2,S").write_bytes(b"1")
    source = MaildirSource(tmp_path, clock=ManualClock())
    source.check()
    assert raws(source.pull(EMPTY_CHECKPOINT).items) == [b"1"]


@pytest.mark.parametrize("kind", ["missing", "file", "plain folder"])
def test_what_is_no_maildir_is_told_to_the_rep(tmp_path, kind):
    path = tmp_path / "box"
    if kind == "file":
        path.write_text("x")
    if kind == "plain folder":
        path.mkdir()
    source = MaildirSource(path, clock=ManualClock())
    for call in (source.check, lambda: source.pull(EMPTY_CHECKPOINT), lambda: source.append(b"x", "<1@x>")):
        with pytest.raises(UserActionNeeded, match="Choose the folder"):
            call()
    with contextlib.suppress(UserActionNeeded):
        assert source.find("<1@x>") is None
    assert not (path / ".Drafts").exists()


def test_a_folder_that_went_away_is_news_and_then_an_error(box):
    source = box.source()
    source.pull(EMPTY_CHECKPOINT)
    box.path.rename(box.path.with_name("elsewhere"))
    assert source.wait(30) is True
    with pytest.raises(UserActionNeeded):
        source.pull(EMPTY_CHECKPOINT)


def test_links_are_never_followed(box, tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(b"Message-ID: <s@x>\r\n\r\nsecret")
    (box.path / "new" / "1.M1P1.host").symlink_to(secret)
    (box.path / "cur" / "2.M1P1.host:2,").symlink_to(tmp_path)
    (box.path / "cur" / "folder").mkdir()
    (box.path / "cur" / ".hidden").write_bytes(b"x")
    box.deliver(b"mail", name="3.M1P1.host")
    assert raws(box.source().pull(EMPTY_CHECKPOINT).items) == [b"mail"]


@pytest.mark.parametrize("linked", ["new", "cur"])
def test_a_linked_subfolder_is_refused(box, tmp_path, linked):
    (box.path / linked).rmdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "1").write_bytes(b"secret")
    (box.path / linked).symlink_to(tmp_path / "outside")
    with pytest.raises(UserActionNeeded):
        box.source().pull(EMPTY_CHECKPOINT)


def test_linked_drafts_are_refused(box, tmp_path):
    (tmp_path / "outside" / "cur").mkdir(parents=True)
    (box.path / ".Drafts").symlink_to(tmp_path / "outside")
    for call in (box.source().find, box.source().remove, lambda message_id: box.source().append(b"x", message_id)):
        with pytest.raises(UserActionNeeded):
            call("<1@x>")
    assert list((tmp_path / "outside" / "cur").iterdir()) == []
    assert not (tmp_path / "outside" / "maildirfolder").exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_left_out_and_stops_nobody(box):
    os.mkfifo(box.path / "new" / "1.M1P1.host")
    box.deliver(b"mail", name="2.M1P1.host")
    assert raws(box.source().pull(EMPTY_CHECKPOINT).items) == [b"mail"]


@pytest.mark.expects_log("cannot be read")
def test_an_unreadable_file_is_noted_once_and_read_when_it_can_be(box, caplog, mortal):
    path = box.deliver(b"locked")
    box.deliver(b"open")
    path.chmod(0)
    source = box.source()
    batch = source.pull(EMPTY_CHECKPOINT)
    assert raws(batch.items) == [b"open"]
    assert not batch.has_more
    assert source.pull(batch.checkpoint).items == ()
    assert len([record for record in caplog.records if "cannot be read" in record.message]) == 1
    path.chmod(0o600)
    assert raws(source.pull(batch.checkpoint).items) == [b"locked"]


def test_an_unreadable_folder_is_told_to_the_rep(box, mortal):
    (box.path / "cur").chmod(0)
    try:
        with pytest.raises(UserActionNeeded, match="may read"):
            box.source().pull(EMPTY_CHECKPOINT)
    finally:
        (box.path / "cur").chmod(0o700)


def test_of_a_huge_mail_the_head_is_read_and_its_origin_says_so(box):
    box.deliver(mail(1, size=5000))
    box.deliver(mail(2))
    source = box.source(limits=ReadLimits(whole=1000, head=100, batch=10_000))
    items, checkpoint = pull_all(source)
    assert raws(items) == [mail(1, size=5000)[:100], mail(2)]
    assert f"truncated: {len(mail(1, size=5000))} bytes" in items[0].origin
    assert "truncated" not in items[1].origin
    assert source.pull(checkpoint).items == ()


def test_a_sparse_file_of_many_gigabytes(box):
    path = box.deliver(mail(1))
    with path.open("r+b") as file:
        file.truncate(20 * 1024**3)
    (item,) = box.source().pull(EMPTY_CHECKPOINT).items
    assert len(item.raw) == 1024 * 1024
    assert item.raw.startswith(mail(1))


def test_one_pull_holds_only_so_much(box):
    for number in range(4):
        box.deliver(mail(number, size=600))
    source = box.source(limits=ReadLimits(whole=1000, head=100, batch=1000))
    batch = source.pull(EMPTY_CHECKPOINT)
    assert len(batch.items) == 2
    assert batch.has_more
    assert len(pull_all(source)[0]) == 4


def test_an_empty_file_is_a_mail_without_content(box):
    box.deliver(b"")
    assert raws(box.source().pull(EMPTY_CHECKPOINT).items) == [b""]


def test_a_quiet_folder_is_not_listed_again(box):
    """Once the stamp is old enough, a pull and a wait cost two stats, however many mails there are."""
    box.deliver(mail(1))
    source = box.source()
    _, checkpoint = pull_all(source)
    source.wait(3.5)
    stamp = (box.path / "new").stat()
    (box.path / "new" / "9.M9P1.host").write_bytes(b"unseen, for the folder's time stands still")
    os.utime(box.path / "new", ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert source.pull(checkpoint).items == ()
    assert source.wait(0.2) is False
    os.utime(box.path / "new")
    assert source.wait(30) is True
    assert len(source.pull(checkpoint).items) == 1


def test_a_young_time_stamp_is_not_believed(box):
    source = box.source()
    checkpoint = source.pull(EMPTY_CHECKPOINT).checkpoint
    stamp = (box.path / "new").stat()
    box.deliver(mail(1))
    os.utime(box.path / "new", ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert source.wait(30) is True
    assert len(source.pull(checkpoint).items) == 1


def test_moving_a_mail_between_listing_and_reading_loses_nothing(box):
    path = box.deliver(mail(1))
    source = box.source()
    path.rename(box.path / "cur" / f"{path.name}:2,S")
    assert source._read([path.name], {path.name: f"new/{path.name}"}, limit=5) == ({}, True)
    assert raws(pull_all(source)[0]) == [mail(1)]


@pytest.mark.skipif(not hasattr(os, "O_NOFOLLOW"), reason="links cannot be refused while opening here")
@pytest.mark.expects_log("cannot be read")
def test_swapping_a_mail_for_a_link_between_listing_and_reading_gives_nothing(box, tmp_path):
    (tmp_path / "secret").write_bytes(b"secret")
    (box.path / "new" / "a").symlink_to(tmp_path / "secret")
    assert box.source()._read(["a"], {"a": "new/a"}, limit=5) == ({}, False)


def test_a_trashed_draft_counts_as_gone(box):
    source = box.source()
    source.append(b"Message-ID: <1@x>\r\n\r\nx", "<1@x>")
    (path,) = (box.path / ".Drafts" / "cur").iterdir()
    path.rename(path.with_name(path.name + "T"))
    assert source.find("<1@x>") is None
    assert source.remove("<1@x>") is False


def test_drafts_are_made_the_maildir_way_and_cross_the_boundary(box):
    crossed = []
    source = box.source(boundary=crossed.append)
    place = source.append(b"Message-ID: <1@x>\r\n\r\nx", "<1@x>")
    folder = box.path / ".Drafts"
    assert (folder / "maildirfolder").exists()
    assert list((folder / "tmp").iterdir()) == []
    assert place.startswith(".Drafts/")
    assert crossed == ["send", "sent"]
    assert (folder / "cur" / f"{place.removeprefix('.Drafts/')}:2,D").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(("point", "is_there"), [("send", False), ("sent", True)])
def test_killed_beside_an_append(box, point, is_there):
    class Killed(BaseException):
        pass

    def kill(name: str) -> None:
        if name == point:
            raise Killed

    with pytest.raises(Killed):
        box.source(boundary=kill).append(b"Message-ID: <1@x>\r\n\r\nx", "<1@x>")
    assert (box.source().find("<1@x>") is not None) is is_there


def test_a_file_in_the_place_of_the_drafts_folder_is_told_to_the_rep(box):
    (box.path / ".Drafts").write_text("in the way")
    with pytest.raises(UserActionNeeded, match="may read and write"):
        box.source().append(b"x", "<1@x>")
    assert (box.path / ".Drafts").read_text() == "in the way"
