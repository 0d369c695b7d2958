import base64
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.domain.interactions import EmailMessage, Role
from desktop.intake.mime import MAX_TEXT, parse_mail
from tests.fakes.mails import RECEIVED, sample, sample_paths

HEAD = b"From: Ann Bell <ann@bell.example>\r\nTo: alex@x.example\r\nDate: Mon, 2 Nov 2026 10:00:00 +0100\r\n"


def parse(raw: bytes) -> EmailMessage:
    return parse_mail(raw, received_at=RECEIVED)


def body(content: bytes, content_type: str = "text/plain; charset=utf-8", more: str = "") -> EmailMessage:
    return parse(HEAD + f"Content-Type: {content_type}\r\n{more}\r\n".encode() + content)


def html(markup: str) -> str:
    return body(markup.encode(), "text/html; charset=utf-8").text


# --- headers --------------------------------------------------------------------------------------------------------


def test_reads_the_header_of_a_reply():
    mail = sample("long-thread")
    assert mail.message_id == "<dw-5@dewit-scheepsbouw.example>"
    assert mail.in_reply_to == "<dw-4@northbeam.example>"
    assert len(mail.references) == 4
    assert mail.sent_at == datetime(2026, 11, 3, 8, 5, 26, tzinfo=UTC)
    assert mail.sender is not None
    assert (mail.sender.name, mail.sender.address) == ("Bram de Wit", "bram@dewit-scheepsbouw.example")


def test_decodes_words_that_split_a_character_between_them():
    mail = parse(HEAD + b"Subject: =?utf-8?q?Gr=C3?=\r\n =?utf-8?q?=BC=C3=9Fe?= aus =?iso-8859-1?b?S/ZsbiA=?=\r\n\r\n")
    assert mail.subject == "Grüße aus Köln"


@pytest.mark.parametrize(
    ("header", "people"),
    [
        (b'"Bell, Ann" <ann@b.example>', [("Bell, Ann", "ann@b.example")]),
        (b"ann@b.example (Ann Bell)", [("Ann Bell", "ann@b.example")]),
        (
            b"=?utf-8?q?Bell=2C_Ann?= <ann@b.example>, c@d.example",
            [("Bell, Ann", "ann@b.example"), ("", "c@d.example")],
        ),
        (b"Team: ann@b.example, c@d.example;", [("", "ann@b.example"), ("", "c@d.example")]),
        (b'"a@trusted.example" <b@evil.example>', [("a@trusted.example", "b@evil.example")]),
        (b"undisclosed-recipients:;", []),
        (b'"open <ann@b.example>', [("open", "ann@b.example")]),
    ],
)
def test_reads_address_lists(header: bytes, people: list[tuple[str, str]]):
    found = parse(b"From: z@z.example\r\nTo: " + header + b"\r\n\r\nhi").participants
    assert [(p.name, p.address) for p in found if p.role is Role.TO] == people


def test_takes_the_sender_header_when_from_is_missing():
    mail = parse(b"Sender: a@b.example\r\n\r\nhi")
    assert mail.sender is not None
    assert mail.sender.address == "a@b.example"


@pytest.mark.parametrize(
    "value", [b"", b"yesterday", b"Thu, 1 Jan 1970 00:00:00 +0000", b"Mon, 2 Nov 2099 10:00:00 +0000"]
)
def test_a_date_that_cannot_be_true_gives_way_to_the_time_of_receipt(value: bytes):
    mail = parse(b"From: a@b.example\r\nDate: " + value + b"\r\n\r\nhi")
    assert mail.sent_at == RECEIVED
    assert any("time it was received" in trouble for trouble in mail.troubles)


def test_a_date_without_zone_is_read_as_utc():
    assert parse(b"Date: Mon, 2 Nov 2026 10:00:00 -0000\r\n\r\n").sent_at == datetime(2026, 11, 2, 10, tzinfo=UTC)


def test_the_date_keeps_the_writers_own_zone():
    sent = parse(b"Date: Mon, 2 Nov 2026 21:30:00 -0600\r\n\r\n").sent_at
    assert sent == datetime(2026, 11, 3, 3, 30, tzinfo=UTC)
    assert sent.date() == date(2026, 11, 2)


def test_invisible_characters_are_taken_out_and_said_so():
    mail = parse(
        "From: \u202eAnn\u202c <a@b.example>\r\nSubject: Of\u200bfer\x07 \U000e0041\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n\r\nPay\u2066 now\u00ad\ufeff\x00 please\u00a0do".encode()
    )
    assert mail.subject == "Offer"
    assert mail.sender is not None
    assert mail.sender.name == "Ann"
    assert mail.text == "Pay now please do"
    assert any("Invisible" in trouble for trouble in mail.troubles)


# --- text -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "charset", "text"),
    [
        ("Grüße".encode(), "utf-8", "Grüße"),
        ("Grüße".encode("latin-1"), "iso-8859-1", "Grüße"),
        ("Grüße".encode("latin-1"), "utf-8", "Grüße"),
        ("Grüße".encode(), "us-ascii", "Grüße"),
        ("Grüße".encode(), "iso-8859-1", "Grüße"),
        ("Preis 5 €".encode("cp1252"), "iso-8859-1", "Preis 5 €"),
        ("Grüße".encode("latin-1"), "x-no-such-charset", "Grüße"),
        ("Grüße".encode("latin-1"), "zlib_codec", "Grüße"),
        ("MÃ¼ller".encode(), "utf-8", "Müller"),
        ("日本語".encode("iso-2022-jp"), "iso-2022-jp", "日本語"),
        ("Grüße".encode("utf-16"), "utf-16", "Grüße"),
    ],
)
def test_reads_text_whatever_the_mail_says_about_its_charset(content: bytes, charset: str, text: str):
    assert body(content, f"text/plain; charset={charset}").text == text


def test_undoes_base64_and_quoted_printable_even_when_broken():
    assert body(b"R3LDvMOfZQ", more="Content-Transfer-Encoding: base64\r\n").text == "Grüße"
    assert body(b"Gr=C3=BC=C3=9Fe=\r\n!=ZZ", more="Content-Transfer-Encoding: quoted-printable\r\n").text == "Grüße!=ZZ"


def test_joins_flowed_lines_but_not_the_signature_mark():
    mail = body(b"one \r\ntwo\r\n-- \r\nAnn", "text/plain; format=flowed")
    assert mail.text == "one two\n-- \nAnn"


def alternative(plain: str, markup: str) -> str:
    content = f"--b\r\n\r\n{plain}\r\n--b\r\nContent-Type: text/html\r\n\r\n{markup}\r\n--b--\r\n"
    return body(content.encode(), "multipart/alternative; boundary=b").text


def test_prefers_plain_text_unless_it_only_points_to_the_html():
    assert alternative("plain words", "<p>html words</p>") == "plain words"
    assert alternative("  ", "<p>html words</p>") == "html words"
    assert alternative("Please view this email in your browser.", "<p>html words</p>") == "html words"


def test_an_attached_mail_reads_like_a_forwarded_one():
    inner = b"From: Bo <bo@c.example>\r\nSubject: Lead\r\n\r\nwe need pumps"
    mail = body(b"see below\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n" + inner, "multipart/mixed; boundary=b")
    assert "From: Bo <bo@c.example>" in mail.text
    assert "we need pumps" in mail.text


def test_names_attachments_and_counts_their_bytes_without_keeping_them():
    mail = sample("attachment-purchase-order")
    (only,) = mail.attachments
    assert only.filename == "PO-26-4471 Bluffside.pdf"
    assert only.content_type == "application/pdf"
    payload = b"x" * 1000
    encoded = base64.encodebytes(payload)
    part = body(encoded, 'application/pdf; name="a/../b.pdf"', "Content-Transfer-Encoding: base64\r\n")
    assert part.attachments[0].size == 1000
    assert part.attachments[0].filename == "a_.._b.pdf"


def test_a_text_with_a_file_name_is_still_the_text():
    assert body(b"hello", "text/plain; name=mail.txt").text == "hello"
    assert body(b"hello", "text/plain; name=a.txt", "Content-Disposition: attachment\r\n").text == ""


def test_says_so_when_a_mail_is_encrypted():
    assert "encrypted" in body(b"xx", "application/pkcs7-mime; name=smime.p7m").troubles[0]


# --- HTML -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "hidden",
    [
        '<div style="display:none">{}</div>',
        '<p style="DISPLAY: none !important"><b>{}</b></p>',
        '<span style="visibility:hidden">{}</span>',
        '<span style="font-size:0">{}</span>',
        '<span style="font-size:1px;color:#333">{}</span>',
        '<span style="color:#ffffff">{}</span>',
        '<font color="white">{}</font>',
        '<table><tr><td bgcolor="#003366"><span style="color:#036">{}</span></table>',
        '<span style="opacity:0">{}</span>',
        '<div style="max-height:0;overflow:hidden">{}</div>',
        '<div style="text-indent:-9999px">{}</div>',
        "<div hidden>{}</div>",
        "<style>.pre{{display:none}}</style><div class='x pre'>{}</div>",
        "<script>{}</script>",
        "<style>{}</style>",
        "<!-- {} -->",
        "<title>{}</title>",
        "<template>{}</template>",
        "<style>a<b '</style ><div style='display:none'>{}</div>",
    ],
)
def test_what_a_reader_cannot_see_is_not_text(hidden: str):
    assert html(f"<p>before</p>{hidden.format('SECRET')}<p>after</p>").split() == ["before", "after"]


def test_what_a_reader_can_see_stays():
    assert html('<div style="background:#036"><span style="color:#fff">light on dark</span></div>') == "light on dark"
    assert html('<span style="font-size:0"><b style="font-size:14px">seen</b></span>') == "seen"


def test_lines_lists_links_and_quotes():
    text = html(
        "<p>Hi&nbsp;Alex,</p><div>see <a href='https://x.example'>our site</a>:<br>now</div><ul><li>one<li>two</ul>"
        "<table><tr><td>a</td><td>b</td></tr></table><blockquote type=cite><p>older</p></blockquote>a &lt; b"
    )
    assert text.split("\n") == [
        "Hi Alex,", "", "see our site:", "now", "* one", "* two", "", "a  b", "", "> older", ">", "a < b",
    ]  # fmt: skip


def test_a_block_with_a_bar_beside_it_is_a_quote_and_an_indented_one_is_not():
    barred = html('<p>Yes.</p><blockquote style="border-left:1px solid #08c;margin:10px">older</blockquote>')
    assert "> older" in barred.split("\n")
    assert html('<blockquote style="margin:0 0 0 40px;border:none">a point</blockquote>') == "a point"


# --- hostile input --------------------------------------------------------------------------------------------------


def nested(count: int) -> bytes:
    return b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(count))


def test_an_empty_mail():
    mail = parse(b"")
    assert (mail.text, mail.subject, mail.participants) == ("", "", ())


def test_fifty_megabytes_of_text_keep_a_million_characters_and_say_so():
    mail = body(b"0123456789abcdef " * 3_000_000)
    assert len(mail.text) == MAX_TEXT
    assert any("very long" in trouble for trouble in mail.troubles)


def test_fifty_megabytes_of_attachment():
    mail = body(b"QUJD" * 12_500_000, "application/zip; name=a.zip", "Content-Transfer-Encoding: base64\r\n")
    assert mail.attachments[0].size == 37_500_000
    assert mail.text == ""


def test_sixty_thousand_encoded_words():
    mail = parse(HEAD + b"Subject: " + b"=?utf-8?q?aaaa_bbbb?= \r\n " * 60_000 + b"\r\n\r\nhi")
    assert mail.text == "hi"
    assert len(mail.subject) <= 500
    assert any("encoded words" in trouble for trouble in mail.troubles)


def test_megabytes_of_addresses():
    mail = parse(b"From: x@y.example\r\nTo: " + b"Some Name <somebody@example.com>, " * 80_000 + b"\r\n\r\nhi")
    assert mail.text == "hi"
    assert len(mail.participants) <= 201
    many = b", ".join(b"p%d@example.com" % number for number in range(3000))
    mail = parse(b"From: x@y.example\r\nTo: " + many + b"\r\n\r\nhi")
    assert len(mail.participants) == 201
    assert any("great many people" in trouble for trouble in mail.troubles)


def test_parts_nested_five_thousand_deep():
    mail = parse(HEAD + nested(5000) + b"\r\nhello")
    assert any("nested too deeply" in trouble for trouble in mail.troubles)
    assert parse(HEAD + nested(10) + b"\r\nhello").text == "hello"


def test_three_hundred_thousand_parts():
    mail = body(b"--a\r\n\r\nx\r\n" * 300_000, "multipart/mixed; boundary=a")
    assert any("great many parts" in trouble for trouble in mail.troubles)
    assert mail.text.count("x") == 499


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * 100_000 + "seen",
        "<table><tr><td>" * 50_000 + "seen",
        "<b>" * 60_000 + "seen",
        "<a " + "\n".join(f"a{n}" for n in range(100_000)) + ">seen",
        "<a " + " ".join(f'a{n}="<"' for n in range(100_000)) + ">seen",
        "".join(f"<b id={n}>" for n in range(3000)) + "<p>seen" * 3000,
        "<style>" * 100_000 + "</style>seen",
        "<" * 500_000 + "b>seen",
        "seen" + "<!--" * 500_000,
        "seen" + '<a "' * 500_000,
    ],
    ids=["div", "table", "b", "attributes", "quoted attributes", "open formatting", "style", "lt", "comment", "quote"],
)
def test_html_bombs_end_and_keep_what_is_plain(markup: str):
    assert "seen" in html(markup)


def test_a_boundary_that_is_missing_or_never_comes():
    assert body(b"just text", "multipart/mixed").text == "just text"
    assert body(b"just text", "multipart/mixed; boundary=never").text == "just text"
    cut = body(b"--b\r\n\r\nfirst\r\n--b\r\n\r\nsecond", "multipart/mixed; boundary=b")
    assert cut.text == "first\n\nsecond"
    assert any("breaks off" in trouble for trouble in cut.troubles)


def test_broken_mime_of_the_sample_mailbox_is_still_read():
    mail = sample("broken-mime")
    assert "Können Sie mich bitte" in mail.text
    assert mail.attachments[0].filename == "trend.csv"
    assert mail.troubles


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=3000))
def test_never_raises_on_any_bytes(raw: bytes):
    check_sound(parse(raw))


FRAGMENTS = st.sampled_from(
    [b"\r\n", b"\n", b"--b", b"--b--", b"Content-Type: multipart/mixed; boundary=b\r\n",
     b"Content-Type: message/rfc822\r\n",
     b"Content-Type: text/html; charset=utf-7\r\n", b"=?utf-8?b?", b"?=", b"Subject: ", b"From: <", b"Date: ",
     b"\xff\xfe", b"+ADw-",
     b"Content-Transfer-Encoding: base64\r\n", b"<div style='", b"'>", b"\x00", b";name*0*=utf-8''", b" ",
     b"a@b.example"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(FRAGMENTS, st.binary(max_size=8)), max_size=60))
def test_never_raises_on_mails_made_of_hard_pieces(pieces: list[bytes]):
    check_sound(parse(b"".join(pieces)))


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_never_raises_on_spoiled_samples(data: st.DataObject):
    raw = bytearray(data.draw(st.sampled_from(sample_paths())).read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=20))
    check_sound(parse(bytes(raw)))


def check_sound(mail: EmailMessage) -> None:
    assert mail.sent_at.tzinfo is not None
    assert len(mail.text) <= MAX_TEXT
    for text in (mail.text, mail.subject, *(p.name for p in mail.participants)):
        text.encode()
        assert not set(text) & set("\x00\x1b\u202e\u200b\ufeff\r")
    assert "\n" not in mail.subject
