"""What every mailbox connector promises. A connector's tests subclass both suites and hand in a `Mailbox`."""

import contextlib
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator

import pytest

from desktop.domain.connections import EMPTY_CHECKPOINT, Checkpoint, Family
from desktop.domain.ports import DraftFolder, MailSource

PATIENCE = 30.0
"""Seconds after which something that should happen at once is taken not to happen."""

HOSTILE = {
    "empty header block": b"\r\nonly a body\r\n",
    "no headers at all": b"not a header in sight",
    "eight bit": b"Subject: caf\xe9 \xff\xfe\r\n\r\n\x80\x81\xa0 na\xefve\r\n",
    "no end of line": b"Subject: x\r\n\r\nends here",
    "long line": b"Subject: x\r\n\r\n" + b"a" * 200_000 + b"\r\n",
    "protocol words": b"Subject: x\r\n\r\n* BYE\r\nA1 OK done)\r\n* 99 EXISTS\r\n{10}\r\n+ go\r\n.\r\n",
    "control characters": b"Subject: \x01\x02\x1b[31m\r\n\r\n\x07\x0b\x0c\x7f\r\n",
    "lone carriage returns": b"Subject: x\r\n\r\na\rb\r\rc\r\n",
}


def mail(number: int, *, size: int = 0) -> bytes:
    """Return a small mail that differs from every other number's."""
    head = f"From: a@example.test\r\nSubject: mail {number}\r\nMessage-ID: <{number}@example.test>\r\n\r\n"
    return head.encode() + b"x" * size + f"text {number}\r\n".encode()


class Mailbox(ABC):
    """A mailbox as seen from its other side: what senders and the owner's mail program do to it."""

    @abstractmethod
    def source(self) -> MailSource:
        """Return a new connector for this mailbox; the suite closes it."""

    @abstractmethod
    def deliver(self, raw: bytes) -> None:
        """Let a mail arrive."""

    @abstractmethod
    def delete(self, number: int) -> None:
        """Delete the mail that came as number `number`, counted from 0 among those still there."""

    @abstractmethod
    def mark_seen(self, number: int) -> None:
        """Let the owner look at a mail."""

    @abstractmethod
    def picture(self) -> object:
        """Return all that reading must not change, to compare by equality."""

    @abstractmethod
    def drafts(self) -> list[tuple[bytes, str]]:
        """Return (mail, flags as Maildir letters) of every draft, oldest first."""

    def as_read(self, raw: bytes) -> bytes:
        """Return what a reader gets of `raw`; other than `raw` only where the protocol rewrites."""
        return raw


class _Suite:
    @pytest.fixture
    def box(self) -> Mailbox:
        """Return an empty mailbox; every subclass has its own."""
        raise AssertionError("the subclass has no fixture `box`")

    @pytest.fixture
    def source(self, box: Mailbox) -> Iterator[MailSource]:
        with contextlib.closing(box.source()) as source:
            yield source


def pull_all(source: MailSource, checkpoint: Checkpoint = EMPTY_CHECKPOINT, *, limit: int = 50):
    """Return every item after `checkpoint` and the last checkpoint."""
    items = []
    for _ in range(1000):
        batch = source.pull(checkpoint, limit=limit)
        items += batch.items
        checkpoint = batch.checkpoint
        if not batch.has_more:
            return items, checkpoint
    raise AssertionError("there is always more")


class MailSourceConformance(_Suite):
    """Reading: order, checkpoint, limits, dirt, deletion, watching."""

    def test_says_what_it_is(self, source):
        assert source.info.family is Family.MAIL
        assert source.info.name
        assert source.info.settings

    def test_check_is_silent_when_all_is_well(self, source):
        source.check()

    def test_an_empty_mailbox_gives_nothing(self, source):
        batch = source.pull(EMPTY_CHECKPOINT)
        assert batch.items == ()
        assert not batch.has_more
        assert source.pull(batch.checkpoint).items == ()

    def test_mails_come_in_the_order_of_arrival(self, box, source):
        wanted = [mail(number) for number in range(12)]
        for raw in wanted:
            box.deliver(raw)
        assert [item.raw for item in pull_all(source)[0]] == wanted

    def test_origins_differ_and_can_be_stored(self, box, source):
        for number in range(3):
            box.deliver(mail(number))
        origins = [item.origin for item in source.pull(EMPTY_CHECKPOINT).items]
        assert len(set(origins)) == 3
        assert all(origin.encode("utf-8") for origin in origins)

    def test_goes_on_after_the_checkpoint(self, box, source):
        box.deliver(mail(1))
        checkpoint = source.pull(EMPTY_CHECKPOINT).checkpoint
        assert source.pull(checkpoint).items == ()
        box.deliver(mail(2))
        assert [item.raw for item in source.pull(checkpoint).items] == [mail(2)]

    def test_a_new_connector_goes_on_with_an_old_checkpoint(self, box, source):
        box.deliver(mail(1))
        checkpoint = source.pull(EMPTY_CHECKPOINT).checkpoint
        box.deliver(mail(2))
        with contextlib.closing(box.source()) as other:
            assert [item.raw for item in other.pull(checkpoint).items] == [mail(2)]

    def test_the_limit_holds_and_more_is_announced(self, box, source):
        for number in range(5):
            box.deliver(mail(number))
        first = source.pull(EMPTY_CHECKPOINT, limit=2)
        assert len(first.items) == 2
        assert first.has_more
        second = source.pull(first.checkpoint, limit=2)
        assert second.has_more
        third = source.pull(second.checkpoint, limit=2)
        assert [item.raw for item in (*first.items, *second.items, *third.items)] == [mail(n) for n in range(5)]
        assert not third.has_more

    def test_the_same_checkpoint_gives_the_same_items(self, box, source):
        for number in range(4):
            box.deliver(mail(number))
        first = source.pull(EMPTY_CHECKPOINT, limit=2)
        again = source.pull(EMPTY_CHECKPOINT, limit=2)
        assert again == first
        assert source.pull(first.checkpoint) == source.pull(first.checkpoint)

    def test_reading_changes_nothing(self, box, source):
        box.deliver(mail(1))
        box.deliver(mail(2))
        source.check()
        before = box.picture()
        pull_all(source)
        source.wait(0.1)
        source.close()
        assert box.picture() == before

    def test_a_mail_that_was_looked_at_is_the_same_mail(self, box, source):
        box.deliver(mail(1))
        _, checkpoint = pull_all(source)
        box.mark_seen(0)
        assert source.pull(checkpoint).items == ()

    def test_looking_at_a_mail_before_it_was_read_hides_nothing(self, box, source):
        box.deliver(mail(1))
        box.deliver(mail(2))
        checkpoint = source.pull(EMPTY_CHECKPOINT, limit=1).checkpoint
        box.mark_seen(1)
        assert [item.raw for item in source.pull(checkpoint).items] == [mail(2)]

    def test_a_deleted_mail_leaves_the_others_alone(self, box, source):
        for number in range(4):
            box.deliver(mail(number))
        checkpoint = source.pull(EMPTY_CHECKPOINT, limit=2).checkpoint
        box.delete(0)  # one already read
        box.delete(1)  # number 2, not yet read
        items, checkpoint = pull_all(source, checkpoint)
        assert [item.raw for item in items] == [mail(3)]
        box.deliver(mail(4))
        assert [item.raw for item in source.pull(checkpoint).items] == [mail(4)]

    def test_a_mailbox_emptied_and_filled_again(self, box, source):
        box.deliver(mail(1))
        _, checkpoint = pull_all(source)
        box.delete(0)
        assert source.pull(checkpoint).items == ()
        box.deliver(mail(2))
        assert [item.raw for item in pull_all(source, checkpoint)[0]] == [mail(2)]

    def test_a_nonsense_checkpoint_offers_everything_again(self, box, source, expect_log):
        expect_log("checkpoint of a mail folder is not readable")
        box.deliver(mail(1))
        marks = source.pull(EMPTY_CHECKPOINT).checkpoint.marks
        for nonsense in ("?", "1:", "9:x", "1:QUJD", ":", "-1:-1"):
            items, _ = pull_all(source, Checkpoint(dict.fromkeys(marks, nonsense)))
            assert [item.raw for item in items] == [mail(1)], nonsense

    def test_marks_of_others_in_the_checkpoint_are_kept(self, box, source):
        box.deliver(mail(1))
        assert source.pull(Checkpoint({"somebody else's": "7"})).checkpoint.marks["somebody else's"] == "7"

    @pytest.mark.parametrize("name", HOSTILE)
    def test_dirt_comes_through_byte_for_byte(self, box, source, name):
        box.deliver(HOSTILE[name])
        box.deliver(mail(2))
        assert [item.raw for item in pull_all(source)[0]] == [box.as_read(HOSTILE[name]), mail(2)]

    def test_unix_line_ends_and_nul(self, box, source):
        raw = b"Subject: x\n\na\0b\nlast\n"
        box.deliver(raw)
        assert [item.raw for item in pull_all(source)[0]] == [box.as_read(raw)]

    def test_it_can_be_used_again_after_close(self, box, source):
        box.deliver(mail(1))
        source.pull(EMPTY_CHECKPOINT)
        source.close()
        source.close()
        assert [item.raw for item in source.pull(EMPTY_CHECKPOINT).items] == [mail(1)]

    # --- watching ---

    def test_wait_ends_without_news(self, source):
        source.pull(EMPTY_CHECKPOINT)
        assert source.wait(0.2) is False

    def test_wait_sees_a_mail_that_came_just_before(self, box, source):
        checkpoint = source.pull(EMPTY_CHECKPOINT).checkpoint
        box.deliver(mail(1))
        assert source.wait(PATIENCE) is True
        assert len(source.pull(checkpoint).items) == 1
        assert source.wait(0.2) is False

    def test_wait_sees_a_mail_that_comes_meanwhile(self, box, source):
        checkpoint = source.pull(EMPTY_CHECKPOINT).checkpoint
        with waiting(source, PATIENCE) as answers:
            time.sleep(0.5)
            box.deliver(mail(1))
        assert answers == [True]
        assert [item.raw for item in source.pull(checkpoint).items] == [mail(1)]

    def test_interrupt_ends_a_wait(self, source):
        source.pull(EMPTY_CHECKPOINT)
        with waiting(source, 20 * PATIENCE) as answers:
            time.sleep(0.3)
            source.interrupt()
        assert answers == [False]

    def test_interrupt_just_before_a_wait_is_not_lost_and_counts_once(self, box, source):
        source.pull(EMPTY_CHECKPOINT)
        source.interrupt()
        with waiting(source, 20 * PATIENCE) as answers:
            pass
        assert answers == [False]
        box.deliver(mail(1))
        assert source.wait(PATIENCE) is True


class DraftFolderConformance(_Suite):
    """Drafts: append, find, remove, and what they must not touch."""

    @pytest.fixture
    def folder(self, source) -> DraftFolder:
        assert "drafts" in source.info.can
        return source

    DRAFT = (
        b"From: me@example.test\r\nTo: you@example.test\r\nSubject: Re: offer\r\n"
        b"Message-ID: <draft-1@example.test>\r\nIn-Reply-To: <1@example.test>\r\n\r\nDear you\r\n"
    )
    ID = "<draft-1@example.test>"

    def test_nothing_is_found_in_the_beginning(self, folder):
        assert folder.find(self.ID) is None
        assert folder.remove(self.ID) is False

    def test_a_draft_is_appended_found_and_flagged(self, box, folder):
        place = folder.append(self.DRAFT, self.ID)
        assert place
        assert folder.find(self.ID) == place
        ((raw, flags),) = box.drafts()
        assert raw.replace(b"\r\n", b"\n") == self.DRAFT.replace(b"\r\n", b"\n")
        assert "D" in flags

    def test_a_draft_is_no_mail_that_came_in(self, box, source, folder):
        box.deliver(mail(1))
        folder.append(self.DRAFT, self.ID)
        assert [item.raw for item in pull_all(source)[0]] == [mail(1)]

    def test_appending_does_not_look_for_an_earlier_one(self, box, folder):
        first, second = folder.append(self.DRAFT, self.ID), folder.append(self.DRAFT, self.ID)
        assert first != second
        assert len(box.drafts()) == 2

    def test_a_second_connector_finds_it(self, box, folder):
        place = folder.append(self.DRAFT, self.ID)
        with contextlib.closing(box.source()) as other:
            assert other.find(self.ID) == place

    def test_find_wants_the_whole_message_id(self, folder):
        folder.append(self.DRAFT, self.ID)
        assert folder.find("<draft-1@example.tes>") is None
        assert folder.find("<raft-1@example.test>") is None
        assert folder.find("<draft-11@example.test>") is None

    def test_removing_twice(self, box, folder):
        folder.append(self.DRAFT, self.ID)
        assert folder.remove(self.ID) is True
        assert folder.find(self.ID) is None
        assert folder.remove(self.ID) is False
        assert box.drafts() == []

    def test_removing_leaves_other_drafts(self, box, folder):
        other = self.DRAFT.replace(b"draft-1", b"draft-2")
        folder.append(self.DRAFT, self.ID)
        folder.append(other, "<draft-2@example.test>")
        assert folder.remove(self.ID) is True
        assert folder.find("<draft-2@example.test>")
        assert len(box.drafts()) == 1

    def test_append_again_after_remove(self, folder):
        folder.append(self.DRAFT, self.ID)
        folder.remove(self.ID)
        place = folder.append(self.DRAFT, self.ID)
        assert folder.find(self.ID) == place

    def test_a_folded_message_id_and_eight_bit_text(self, folder):
        raw = b"Subject: caf\xc3\xa9\r\nmessage-id:\r\n <draft-1@example.test>\r\n\r\n\xc3\xa9\r\n"
        folder.append(raw, self.ID)
        assert folder.find(self.ID)

    def test_a_message_id_in_the_text_is_none(self, folder):
        folder.append(b"Subject: x\r\n\r\nMessage-ID: <draft-1@example.test>\r\n", "<other@example.test>")
        assert folder.find(self.ID) is None


@contextlib.contextmanager
def waiting(source: MailSource, seconds: float) -> Iterator[list[bool]]:
    """Run `wait` in a thread beside the block; when the block is left, its answer must come soon."""
    answers: list[bool] = []
    thread = threading.Thread(target=lambda: answers.append(source.wait(seconds)), daemon=True)
    thread.start()
    yield answers
    thread.join(2 * PATIENCE)
    assert not thread.is_alive(), "wait goes on and on"
