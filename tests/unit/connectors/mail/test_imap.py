"""The IMAP connector: the common suites against a real Dovecot, its own promises, and servers that misbehave."""

import base64
import contextlib
import itertools
import logging
import re
import time

import pytest

from desktop.connectors.imap_settings import ImapPace
from desktop.connectors.mail.imap import ImapSource
from desktop.connectors.rawmail import ReadLimits
from desktop.domain.connections import EMPTY_CHECKPOINT, Checkpoint
from desktop.domain.errors import DealsideError, Defect, Rejected, Temporary, UserActionNeeded
from tests.conformance.mail import (
    PATIENCE,
    DraftFolderConformance,
    Mailbox,
    MailSourceConformance,
    mail,
    pull_all,
    waiting,
)
from tests.fakes.clock import ManualClock
from tests.fakes.ledger import ListLedger
from tests.servers.certificates import make_certificate
from tests.servers.dovecot import PASSWORD, DovecotServer, free_port
from tests.servers.tiny_imap import TinyImap

QUICK = ImapPace(answer=20, poll=0.1)
IMPATIENT = ImapPace(answer=0.4, poll=0.1)
NO_IDLE = "IMAP4rev1 LITERAL+ SASL-IR LOGIN-REFERRALS ID ENABLE"
DRAFT = DraftFolderConformance.DRAFT
DRAFT_ID = DraftFolderConformance.ID
USERS = itertools.count(1)


class ImapBox(Mailbox):
    """One user's mailbox on a Dovecot; tests never share a user."""

    def __init__(self, server: DovecotServer) -> None:
        self.server = server
        self.user = f"user{next(USERS)}@example.test"
        self.ledger = ListLedger()
        server.folder(self.user)

    def settings(self) -> dict[str, str]:
        return {
            "host": "localhost",
            "port": str(self.server.tls_port),
            "username": self.user,
            "ca_file": str(self.server.cert),
        }

    def source(self, *, password: str = PASSWORD, pace: ImapPace = QUICK, boundary=lambda _: None, **changes):
        return ImapSource(
            self.settings() | changes,
            lambda: password,
            ledger=self.ledger,
            clock=ManualClock(),
            boundary=boundary,
            pace=pace,
        )

    def deliver(self, raw: bytes) -> None:
        self.server.deliver(raw, self.user)

    def delete(self, number: int) -> None:
        self.server.files(self.user)[number].unlink()

    def mark_seen(self, number: int) -> None:
        path = self.server.files(self.user)[number]
        path.rename(path.parent.parent / "cur" / f"{path.name.partition(':')[0]}:2,S")

    def picture(self) -> object:
        return [(path.parent.name, path.name, path.read_bytes()) for path in self.server.files(self.user)]

    def drafts(self) -> list[tuple[bytes, str]]:
        names = [path.parent.name for path in self.server.folder(self.user).glob("*/cur")]
        found = [path for name in names for path in self.server.files(self.user, name)]
        return [(path.read_bytes(), path.name.partition(":2,")[2]) for path in found]

    def as_read(self, raw: bytes) -> bytes:
        """IMAP has no line ends but CRLF and no NUL (RFC 3501, 4.3.1): Dovecot sends the one and 0x80."""
        return re.sub(rb"(?<!\r)\n", b"\r\n", raw).replace(b"\0", b"\x80")


def run_dovecot(**options):
    server = DovecotServer(**options)
    with contextlib.closing(server):
        server.start()
        yield server


@pytest.fixture(scope="module")
def server():
    yield from run_dovecot()


@pytest.fixture(scope="module")
def plain_server():
    yield from run_dovecot(capability=NO_IDLE)


@pytest.fixture
def own_server():
    """Return a server that the test may stop and start."""
    yield from run_dovecot()


@pytest.fixture
def box(server):
    return ImapBox(server)


@pytest.fixture
def source(box):
    with contextlib.closing(box.source()) as source:
        yield source


def raws(items) -> list[bytes]:
    return [item.raw for item in items]


# --- the common suites ---


@pytest.mark.server
class TestCommon(MailSourceConformance):
    @pytest.fixture
    def box(self, server):
        return ImapBox(server)


@pytest.mark.server
class TestDrafts(DraftFolderConformance):
    @pytest.fixture
    def box(self, server):
        return ImapBox(server)


@pytest.mark.server
class TestPlainServer:
    """Without IDLE, UIDPLUS and SPECIAL-USE."""

    @pytest.fixture
    def box(self, plain_server):
        return ImapBox(plain_server)

    def test_new_mail_is_found_by_looking(self, box, source):
        checkpoint = source.pull(EMPTY_CHECKPOINT).checkpoint
        with waiting(source, PATIENCE) as answers:
            time.sleep(0.4)
            box.deliver(mail(1))
        assert answers == [True]
        assert raws(source.pull(checkpoint).items) == [mail(1)]

    def test_looking_ends_in_time_and_can_be_interrupted(self, source):
        source.pull(EMPTY_CHECKPOINT)
        assert source.wait(0.3) is False
        with waiting(source, 20 * PATIENCE) as answers:
            source.interrupt()
        assert answers == [False]

    def test_a_removed_draft_is_only_marked_and_counts_as_gone(self, box, source):
        source.append(DRAFT, DRAFT_ID)
        source.append(DRAFT.replace(b"draft-1", b"draft-2"), "<draft-2@example.test>")
        assert source.remove(DRAFT_ID) is True
        assert source.find(DRAFT_ID) is None
        assert source.remove(DRAFT_ID) is False
        assert sorted(flags for _, flags in box.drafts()) == ["D", "DT"]


@pytest.mark.server
def test_the_drafts_folder_is_known_by_its_mark_not_its_name():
    for other in run_dovecot(drafts="Konzept-Ablage"):
        box = ImapBox(other)
        with contextlib.closing(box.source()) as source:
            source.append(DRAFT, DRAFT_ID)
            assert [path.name for path in other.folder(box.user).glob("Konzept*")] == ["Konzept-Ablage"]
            assert len(other.files(box.user, "Konzept-Ablage")) == 1


# --- one connection, many turns of fate ---


@pytest.mark.server
def test_starttls(box):
    with contextlib.closing(box.source(security="starttls", port=str(box.server.port))) as source:
        box.deliver(mail(1))
        assert raws(source.pull(EMPTY_CHECKPOINT).items) == [mail(1)]


@pytest.mark.server
@pytest.mark.expects_log("UIDVALIDITY")
def test_after_a_uidvalidity_reset_everything_is_offered_again(box, source):
    box.deliver(mail(1))
    box.deliver(mail(2))
    _, checkpoint = pull_all(source)
    box.server.reset_uidvalidity(box.user)
    items, renewed = pull_all(source, checkpoint)
    assert raws(items) == [mail(1), mail(2)]
    assert renewed != checkpoint
    box.deliver(mail(3))
    assert raws(source.pull(renewed).items) == [mail(3)]


@pytest.mark.server
def test_a_uidvalidity_reset_is_news(box, source):
    box.deliver(mail(1))
    source.pull(EMPTY_CHECKPOINT)
    box.server.reset_uidvalidity(box.user)
    assert source.wait(PATIENCE) is True


@pytest.mark.server
@pytest.mark.expects_log("restored folder")
def test_a_checkpoint_from_the_future_offers_everything_again(box, source):
    box.deliver(mail(1))
    ((folder, mark),) = source.pull(EMPTY_CHECKPOINT).checkpoint.marks.items()
    future = Checkpoint({folder: mark.partition(":")[0] + ":4000"})
    assert raws(source.pull(future).items) == [mail(1)]


@pytest.mark.server
def test_a_broken_connection_is_replaced_by_the_next_pull(box, source):
    box.deliver(mail(1))
    checkpoint = source.pull(EMPTY_CHECKPOINT).checkpoint
    box.server.kick(box.user)
    box.deliver(mail(2))
    assert raws(source.pull(checkpoint).items) == [mail(2)]


@pytest.mark.server
def test_a_connection_that_breaks_ends_the_wait(box, source):
    box.deliver(mail(1))
    checkpoint = source.pull(EMPTY_CHECKPOINT).checkpoint
    with waiting(source, 20 * PATIENCE) as answers:
        time.sleep(0.5)
        box.server.kick(box.user)
    assert answers == [True]
    assert source.pull(checkpoint).items == ()
    assert source.wait(0.2) is False


@pytest.mark.server
def test_the_server_goes_and_comes_back(own_server):
    box = ImapBox(own_server)
    with contextlib.closing(box.source()) as source:
        box.deliver(mail(1))
        checkpoint = source.pull(EMPTY_CHECKPOINT).checkpoint
        own_server.stop()
        for _ in range(2):
            with pytest.raises(Temporary, match="localhost"):
                source.pull(checkpoint)
        assert source.wait(0.2) is False
        with pytest.raises(Temporary):
            source.append(DRAFT, DRAFT_ID)
        own_server.start()
        box.deliver(mail(2))
        assert raws(source.pull(checkpoint).items) == [mail(2)]
        assert source.find(DRAFT_ID) is None


@pytest.mark.server
def test_killed_after_an_append_was_sent(box, source):
    class Killed(BaseException):
        pass

    def kill(name: str) -> None:
        if name == "sent":
            raise Killed

    with contextlib.closing(box.source(boundary=kill)) as killed, pytest.raises(Killed):
        killed.append(DRAFT, DRAFT_ID)
    assert source.find(DRAFT_ID) is not None


# --- what the rep must mend ---


@pytest.mark.server
def test_a_wrong_password_is_told_and_not_tried_again_by_wait(box):
    with contextlib.closing(box.source(password="hunter2-wrong")) as source:
        with pytest.raises(UserActionNeeded, match="Enter the password again") as caught:
            source.pull(EMPTY_CHECKPOINT)
        assert "hunter2" not in str(caught.value)
        tries = len(box.ledger.rows)
        assert source.wait(0.2) is False
        assert len(box.ledger.rows) == tries


@pytest.mark.server
def test_a_missing_password_is_told(box):
    with pytest.raises(UserActionNeeded, match="missing"):
        box.source(password="").check()
    assert box.ledger.rows == []


@pytest.mark.server
def test_an_untrusted_certificate_is_told_and_nothing_is_sent(box):
    with pytest.raises(UserActionNeeded, match="not trusted"):
        box.source(ca_file="").check()
    assert box.ledger.rows == []


@pytest.mark.server
def test_another_servers_certificate_is_not_trusted(box, tmp_path):
    other = make_certificate(tmp_path)
    for security, port in (("tls", box.server.tls_port), ("starttls", box.server.port)):
        with pytest.raises(UserActionNeeded, match="not trusted"):
            box.source(ca_file=str(other.cert), security=security, port=str(port)).check()


@pytest.mark.server
def test_a_missing_folder_is_told(box):
    with pytest.raises(UserActionNeeded, match="Kunden/Große"):
        box.source(folder="Kunden/Große").check()


@pytest.mark.server
def test_a_folder_with_an_umlaut_is_read(box):
    box.server.folder(box.user, "Gro&AN8-e")
    path = box.server.deliver(mail(1), box.user)
    path.rename(box.server.folder(box.user, "Gro&AN8-e") / "new" / path.name)
    with contextlib.closing(box.source(folder="Große")) as source:
        (item,) = source.pull(EMPTY_CHECKPOINT).items
    assert item.origin.startswith("Große;UIDVALIDITY=")


@pytest.mark.server
def test_tls_where_none_is_spoken(box):
    with pytest.raises(UserActionNeeded, match="Check port and security"):
        box.source(port=str(box.server.port)).check()


@pytest.mark.parametrize(
    "changes",
    [
        {"host": ""},
        {"host": "a\nb"},
        {"username": " "},
        {"port": "99999"},
        {"port": "imap"},
        {"port": "٣"},
        {"security": "none"},
    ],
)
def test_settings_that_make_no_sense(changes):
    settings = {"host": "localhost", "username": "me"} | changes
    with pytest.raises(UserActionNeeded):
        ImapSource(settings, lambda: "x", ledger=ListLedger(), clock=ManualClock())


# --- amounts ---


@pytest.mark.server
def test_of_a_huge_mail_the_head_is_read_and_its_origin_says_so(box):
    box.deliver(mail(1, size=5000))
    box.deliver(mail(2))
    pace = ImapPace(mails=ReadLimits(whole=1000, head=100, batch=10_000))
    with contextlib.closing(box.source(pace=pace)) as source:
        items, checkpoint = pull_all(source)
        assert source.pull(checkpoint).items == ()
    assert raws(items) == [mail(1, size=5000)[:100], mail(2)]
    assert f"truncated: {len(mail(1, size=5000))} bytes" in items[0].origin
    assert "truncated" not in items[1].origin


@pytest.mark.server
def test_one_pull_holds_only_so_much(box):
    for number in range(4):
        box.deliver(mail(number, size=600))
    pace = ImapPace(mails=ReadLimits(whole=1000, head=100, batch=1500))
    with contextlib.closing(box.source(pace=pace)) as source:
        batch = source.pull(EMPTY_CHECKPOINT)
        assert len(batch.items) == 2
        assert batch.has_more
        assert raws(pull_all(source)[0]) == [mail(number, size=600) for number in range(4)]


@pytest.mark.server
@pytest.mark.parametrize("whole", [2, 1000])
def test_gaps_wider_than_what_is_asked_for_at_once(box, whole):
    for number in range(30):
        box.deliver(mail(number))
    with contextlib.closing(box.source()) as source:
        pull_all(source)
    for _ in range(20):
        box.delete(3)
    pace = ImapPace(window=2, whole=whole)
    with contextlib.closing(box.source(pace=pace)) as source:
        items, checkpoint = pull_all(source, limit=2)
        assert raws(items) == [mail(number) for number in (0, 1, 2, *range(23, 30))]
        for _ in range(7):
            box.delete(3)
        assert source.pull(Checkpoint({"INBOX": re.sub(r":.*", ":3", checkpoint.marks["INBOX"])})).items == ()
        box.deliver(mail(30))
        assert raws(source.pull(checkpoint, limit=2).items) == [mail(30)]


@pytest.mark.server
def test_what_went_over_the_line_is_written_down_and_bounded(box):
    crossed = []
    box.deliver(mail(1, size=3000))
    with contextlib.closing(box.source(boundary=crossed.append)) as source:
        source.pull(EMPTY_CHECKPOINT)
        source.append(DRAFT, DRAFT_ID)
    read, draft = box.ledger.rows
    assert read.destination == f"localhost:{box.server.tls_port}"
    assert (read.purpose, draft.purpose) == ("mail read", "mail draft")
    assert read.received > 3000
    assert draft.sent > len(DRAFT)
    assert crossed == ["send", "sent", "send", "sent"]


@pytest.mark.server
def test_neither_password_nor_mail_reaches_a_log(box, caplog):
    caplog.set_level(logging.DEBUG)
    box.deliver(b"Subject: top-secret-subject\r\n\r\ntop-secret-text\r\n")
    with contextlib.closing(box.source()) as source:
        source.pull(EMPTY_CHECKPOINT)
        source.append(DRAFT, DRAFT_ID)
        source.find(DRAFT_ID)
        source.wait(0.2)
    with pytest.raises(UserActionNeeded):
        box.source(password="hunter2-wrong").check()
    encoded = base64.b64encode(f"\0{box.user}\0{PASSWORD}".encode()).decode()
    for secret in (PASSWORD, encoded, "hunter2", "top-secret", "Dear you"):
        assert secret not in caplog.text


# --- servers that misbehave ---


@pytest.fixture
def tiny(tmp_path):
    """Return a function that starts a server of canned answers."""
    certificate = make_certificate(tmp_path)
    with contextlib.ExitStack() as stack:
        yield lambda *answers, **options: stack.enter_context(
            contextlib.closing(TinyImap(certificate, *answers, **options))
        )


def source_of(server: TinyImap, *, pace: ImapPace = IMPATIENT, password: str = "pw", **changes) -> ImapSource:
    settings = {"host": "localhost", "port": str(server.port), "username": 'me "x"', "ca_file": str(server.cert)}
    return ImapSource(
        settings | changes,
        lambda: password,
        ledger=ListLedger(),
        clock=ManualClock(),
        boundary=lambda _: None,
        pace=pace,
    )


FOUND = {"UID SEARCH": b"* SEARCH 4 5\r\n{tag} OK done\r\n"}
SIZES = b"* 1 FETCH (UID 4 RFC822.SIZE 10)\r\n* 2 FETCH (UID 5 RFC822.SIZE 10)\r\n"
NONSENSE = {
    "silence at once": {"CAPABILITY": None},
    "silence at sign-in": {"AUTHENTICATE": None},
    "silence": {"EXAMINE": None},
    "half a line": {"EXAMINE": b"* 3 EXI"},
    "closed at once": {"EXAMINE": b""},
    "bye": {"EXAMINE": b"* BYE shutting down\r\n"},
    "no numbers": {"EXAMINE": b"* x EXISTS\r\n* OK [UIDVALIDITY y] ok\r\n{tag} OK done\r\n"},
    "nothing said": {"EXAMINE": b"{tag} OK done\r\n"},
    "busy": {"EXAMINE": b"{tag} NO [INUSE] later\r\n"},
    "closed at sign-in": {"AUTHENTICATE": b"* BYE too many\r\n"},
    "busy at sign-in": {"AUTHENTICATE": b"{tag} NO [UNAVAILABLE] later\r\n"},
    "found nonsense": {"UID SEARCH": b"* SEARCH four\r\n{tag} OK done\r\n"},
    "refused search": {"UID SEARCH": b"{tag} NO not now\r\n"},
    "bad search": {"UID SEARCH": b"{tag} BAD what\r\n"},
    "half a size": FOUND | {"UID FETCH": b"* 1 FETCH (UID 4 RFC822"},
    "open bracket": FOUND | {"UID FETCH": b"* 1 FETCH (UID 4 RFC822.SIZE 10\r\n{tag} OK done\r\n"},
    "size is a word": FOUND | {"UID FETCH": b"* 1 FETCH (UID 4 RFC822.SIZE big)\r\n{tag} OK done\r\n"},
    "half a literal": FOUND | {"UID FETCH": b"* 1 FETCH (UID 4 RFC822.SIZE 10 BODY[] {1000}\r\nabc"},
    "a line without end": {"EXAMINE": b"* OK " + b"x" * 1_200_000 + b"\r\n{tag} OK done\r\n"},
    "not even a protocol": {"EXAMINE": b"HTTP/1.1 400 Bad Request\r\n\r\n{tag}"},
    "wrong tag": {"EXAMINE": b"X999 OK done\r\n{tag}"},
    "not text": {"EXAMINE": b"\xff\xfe\x00\x01\r\n{tag} OK\r\n"},
}


@pytest.mark.parametrize("name", NONSENSE)
def test_a_server_that_breaks_off_or_talks_nonsense_is_tried_again_later(tiny, name):
    with contextlib.closing(source_of(tiny(NONSENSE[name]))) as source:
        for _ in range(2):
            with pytest.raises(Temporary) as caught:
                source.pull(EMPTY_CHECKPOINT)
            assert caught.value.sentence.endswith("soon.")
            assert "localhost" in caught.value.detail
            assert caught.value.__suppress_context__


@pytest.mark.parametrize("greeting", [None, b"", b"* BYE go away\r\n", b"HTTP/1.1 200 OK\r\n\r\n", b"* OK"])
def test_a_server_that_does_not_greet(tiny, greeting):
    with pytest.raises(Temporary):
        source_of(tiny(greeting=greeting)).check()


def test_nobody_listens():
    settings = {"host": "localhost", "port": str(free_port()), "username": "me"}
    source = ImapSource(settings, lambda: "pw", ledger=ListLedger(), clock=ManualClock())
    with pytest.raises(Temporary, match="failed"):
        source.check()
    assert source.wait(0.1) is False


def test_without_starttls_no_password_is_sent(tiny):
    server = tiny({"CAPABILITY": b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n{tag} OK done\r\n"}, tls=False)
    with pytest.raises(UserActionNeeded, match="no encryption"):
        source_of(server, security="starttls").check()
    assert server.commands == ["CAPABILITY"]


def test_a_greeting_that_claims_we_are_signed_in_is_not_believed(tiny):
    server = tiny({}, greeting=b"* PREAUTH hello\r\n", tls=False)
    with pytest.raises(DealsideError):
        source_of(server, security="starttls").check()
    assert not any(command.startswith(("AUTHENTICATE", "LOGIN")) for command in server.commands)


def test_sign_in_with_login_quotes_both_words(tiny):
    server = tiny({"CAPABILITY": b"* CAPABILITY IMAP4rev1\r\n{tag} OK done\r\n"})
    with contextlib.closing(source_of(server, password='p"\\w')) as source:
        source.check()
    assert 'LOGIN "me \\"x\\"" "p\\"\\\\w"' in server.commands
    with pytest.raises(UserActionNeeded, match="character"):
        source_of(server, password="pä").check()


@pytest.mark.parametrize("password", ["a\r\nA9 DELETE INBOX", "a\0b"])
def test_a_password_with_line_ends_is_not_sent(tiny, password):
    server = tiny({})
    with pytest.raises(UserActionNeeded, match="character"):
        source_of(server, password=password).check()
    assert not any(command.startswith(("AUTHENTICATE", "LOGIN")) for command in server.commands)


def test_a_server_that_repeats_the_password_is_not_quoted(tiny, caplog):
    caplog.set_level(logging.DEBUG)
    server = tiny({"AUTHENTICATE": b"{tag} NO [AUTHENTICATIONFAILED] hunter2 is wrong\r\n"})
    with pytest.raises(UserActionNeeded) as caught:
        source_of(server, password="hunter2").check()
    assert "hunter2" not in str(caught.value) + caplog.text
    assert "AUTHENTICATIONFAILED" in caught.value.detail


BODIES = {
    "two": (b"BODY[] {3}\r\nabc", b"BODY[] {3}\r\ndef", [b"abc", b"def"]),
    "nil": (b"BODY[] NIL", b"BODY[] {3}\r\ndef", [b"def"]),
    "quoted": (b'BODY[] "a\\"c"', b'BODY[] ""', [b'a"c', b""]),
    "digits": (b'BODY[] "123"', b"BODY[] {3}\r\n456", [b"123", b"456"]),
    "larger than said": (b"BODY[] {40}\r\n" + b"a" * 40, b"BODY[] {3}\r\ndef", [b"a" * 8, b"def"]),
    "flags between": (b"FLAGS (\\Seen) BODY[] {3}\r\nabc", b"BODY[] {3}\r\ndef", [b"abc", b"def"]),
}


@pytest.mark.parametrize("name", BODIES)
def test_bodies_in_many_shapes(tiny, name):
    first, second, wanted = BODIES[name]
    rows = [
        b"* 1 FETCH (UID 4 RFC822.SIZE 10 " + first + b")\r\n",
        b"* 2 FETCH (UID 5 RFC822.SIZE 10 " + second + b")\r\n* 9 FETCH (FLAGS ())\r\n",
    ]
    server = tiny(FOUND | {"UID FETCH": b"".join(rows) + b"{tag} OK done\r\n"})
    pace = ImapPace(answer=20, mails=ReadLimits(whole=20, head=8, batch=1000))
    with contextlib.closing(source_of(server, pace=pace)) as source:
        batch = source.pull(EMPTY_CHECKPOINT)
    assert raws(batch.items) == wanted
    assert batch.checkpoint.marks == {"INBOX": "7:5"}


def test_mails_deleted_between_search_and_fetch(tiny):
    server = tiny(FOUND)
    with contextlib.closing(source_of(server)) as source:
        batch = source.pull(EMPTY_CHECKPOINT)
    assert batch.items == ()
    assert not batch.has_more


def test_news_in_the_same_breath_as_the_answer_to_idle(tiny):
    server = tiny({"IDLE": b"+ idling\r\n* 4 EXISTS\r\n"})
    with contextlib.closing(source_of(server)) as source:
        source.check()
        with waiting(source, 20 * PATIENCE) as answers:
            pass
    assert answers == [True]


def test_idle_is_renewed_and_chatter_is_no_news(tiny):
    server = tiny({"IDLE": b"+ idling\r\n* OK still here\r\n* 2 EXPUNGE\r\n* 1 FETCH (FLAGS (\\Seen))\r\n"})
    with contextlib.closing(source_of(server, pace=ImapPace(answer=20, idle=0.05))) as source:
        assert source.wait(0.5) is False
    assert server.commands.count("IDLE") > 2


def test_a_server_that_answers_idle_with_silence(tiny):
    server = tiny({"IDLE": None})
    with contextlib.closing(source_of(server)) as source:
        source.pull(EMPTY_CHECKPOINT)
        assert source.wait(PATIENCE) is True
        source.pull(EMPTY_CHECKPOINT)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"{tag} NO [OVERQUOTA] full\r\n", UserActionNeeded),
        (b"{tag} NO [TRYCREATE] gone\r\n", Temporary),
        (b"{tag} NO [UNAVAILABLE] later\r\n", Temporary),
        (b"{tag} NO never\r\n", Rejected),
        (b"{tag} BAD what\r\n", Rejected),
        (b"* BYE\r\n", Temporary),
        (None, Temporary),
    ],
)
def test_a_draft_that_is_refused(tiny, answer, kind):
    with contextlib.closing(source_of(tiny({"APPEND": answer}))) as source, pytest.raises(kind) as caught:
        source.append(DRAFT, DRAFT_ID)
    assert type(caught.value) is kind


def test_a_draft_is_looked_for_when_the_server_does_not_say_where_it_is(tiny):
    answers = {
        "APPEND": b"{tag} OK done\r\n",
        "UID SEARCH": b"* SEARCH 4\r\n{tag} OK done\r\n",
        "UID FETCH": b"* 1 FETCH (UID 4 BODY[HEADER.FIELDS (Message-ID)] {40}\r\n"
        b"Message-ID: <draft-1@example.test>\r\n\r\n\r\n)\r\n{tag} OK done\r\n",
    }
    with contextlib.closing(source_of(tiny(answers))) as source:
        assert source.append(DRAFT, DRAFT_ID) == "7:4"


@pytest.mark.parametrize("message_id", ["", "<>", "<a b@x>", '<a"@x>', "<a\r\nA1 LOGOUT@x>", "<é@x>", "<" + "a" * 2000])
def test_message_ids_that_cannot_be_looked_for(tiny, message_id):
    server = tiny({})
    with contextlib.closing(source_of(server)) as source, pytest.raises(Defect):
        source.find(message_id)
    assert not any("SEARCH" in command for command in server.commands)


def test_a_drafts_folder_is_made_when_there_is_none(tiny):
    answers = {
        "CAPABILITY": b"* CAPABILITY IMAP4rev1 AUTH=PLAIN NAMESPACE\r\n{tag} OK done\r\n",
        "NAMESPACE": b'* NAMESPACE (("INBOX." ".")) NIL NIL\r\n{tag} OK done\r\n',
        "LIST": b'* LIST (\\Noselect) "." Drafts\r\n* LIST () "." INBOX\r\n{tag} OK done\r\n',
        "APPEND": b"{tag} OK [APPENDUID 3 9] done\r\n",
    }
    server = tiny(answers)
    with contextlib.closing(source_of(server)) as source:
        assert source.find(DRAFT_ID) is None
        assert source.append(DRAFT, DRAFT_ID) == "3:9"
    assert 'CREATE "INBOX.Drafts"' in server.commands
