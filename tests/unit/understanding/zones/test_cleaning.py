import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.domain.evidence import Zone
from desktop.intake.mime import parse_mail
from desktop.understanding.zones.cleaning import BlockKind, dissect
from tests.fakes.mails import RECEIVED, sample, sample_paths


def zones(text: str, subject: str = "") -> list[tuple[str, str]]:
    return [(line.zone.value, text[line.start : line.end]) for line in dissect(text, subject=subject).zones]


def new(text: str, subject: str = "") -> str:
    return "\n".join(line for zone, line in zones(text, subject) if zone == Zone.NEW).strip()


INTRODUCTIONS = [
    "On Tue, 6 Oct 2026 at 17:20, Alex <a@b.example> wrote:",
    "On Tue, 6 Oct 2026 at 17:20, Alexandra Morgan-Featherstone\n<a@b.example> wrote:",
    "Am 06.10.2026 um 17:20 schrieb Alex <a@b.example>:",
    "Am Di., 6. Okt. 2026 um 17:20 Uhr hat Alex\n<a@b.example> geschrieben:",
    "Le mar. 6 oct. 2026 à 17:20, Alex <a@b.example> a écrit :",
    "El mar, 6 oct 2026 a las 17:20, Alex (<a@b.example>) escribió:",
    "Il giorno mar 6 ott 2026 alle ore 17:20 Alex <a@b.example> ha scritto:",
    "-----Original Message-----\nFrom: Alex\nSent: Tuesday\nTo: Bo\nSubject: Hi\n",
    "-----Ursprüngliche Nachricht-----\nVon: Alex\nGesendet: Dienstag\nAn: Bo\nBetreff: Hi\n",
    "________________________________\nDe : Alex <a@b.example>\nEnvoyé : mardi\nÀ : Bo\nObjet : Hi\n",
    "From: Alex <a@b.example>\nSent: Tuesday, 6 October 2026 17:20\nTo: Bo\nSubject: Hi\n",
    "*From:* Alex <a@b.example>\n*Sent:* Tuesday\n*To:* Bo\n",
]


@pytest.mark.parametrize("introduction", INTRODUCTIONS)
def test_what_stands_below_an_introduction_is_quoted(introduction: str):
    text = f"Fine with us.\n\n{introduction}\nold words\nmore old words"
    assert new(text) == "Fine with us."
    assert dissect(text).blocks[1].kind is BlockKind.REPLIED_TO


@pytest.mark.parametrize("introduction", INTRODUCTIONS[:7])
def test_words_between_marked_quotes_are_new(introduction: str):
    text = f"{introduction}\n> first question\n\nfirst answer\n\n> second question\n\nsecond answer"
    assert new(text).split("\n\n\n") == ["first answer", "second answer"] or "second answer" in new(text)
    assert "question" not in new(text)


@pytest.mark.parametrize(
    "line",
    [
        "From: here to there is a long way.",
        "On Monday we wrote: nothing",
        "Note that > is greater than.",
        "Sent: today",
    ],
)
def test_ordinary_lines_are_not_taken_for_a_quote(line: str):
    assert new(f"Hello,\n{line}\nplain words that follow") == f"Hello,\n{line}\nplain words that follow"


def test_a_forwarded_mail_is_quoted_but_remembers_its_author():
    mail = sample("forwarded-lead")
    anatomy = dissect(mail.text, subject=mail.subject)
    block = anatomy.blocks[1]
    assert block.kind is BlockKind.FORWARDED
    assert block.author is not None
    assert "ingrid.solberg@bytram-drift.example" in mail.text[slice(*block.author)]
    assert any("24 measuring points" in line.text for line in block.body)
    assert any("Procurement Lead" in line.text for line in block.signature)
    assert all(line.zone is Zone.QUOTED for line in anatomy.zones if "Procurement" in mail.text[line.start : line.end])


def test_the_first_outlook_header_under_a_forwarding_subject_is_the_forwarded_mail():
    text = "fyi\n\nFrom: Cy <c@d.example>\nSent: Monday\nTo: Bo\nSubject: Lead\n\nwe need pumps\n\n"
    text += "From: Dee\nSent: Sunday\nTo: Cy\n\nold"
    kinds = [block.kind for block in dissect(text, subject="FW: Lead").blocks]
    assert kinds == [BlockKind.NEW, BlockKind.FORWARDED, BlockKind.REPLIED_TO]
    assert dissect(text, subject="Re: Lead").blocks[1].kind is BlockKind.REPLIED_TO


@pytest.mark.parametrize(
    "end",
    [
        "-- \nJo Field\nAcme Ltd",
        "Kind regards,\nJo Field\nBuyer, Acme Ltd\n020 7946 0018",
        "Mit freundlichen Grüßen\n\nJo Field\nEinkauf",
        "Cordialement,\nJo Field",
        "Sent from my iPhone",
        "Jo Field\nBuyer\n+44 20 7946 0018",
    ],
)
def test_signatures_are_told_from_the_words_above(end: str):
    text = f"Hello Alex,\n\nplease call me about the pumps tomorrow morning.\n\n{end}"
    assert new(text).endswith("tomorrow morning.")
    assert (Zone.SIGNATURE.value, end.split("\n", maxsplit=1)[0]) in zones(text)


def test_thanks_in_the_middle_is_no_signature():
    text = "Thanks\n\nWe looked at the drawings and they are fine, please go ahead.\n\nThere is one more thing to do."
    assert new(text) == text


def test_a_postscript_is_new_again():
    text = "See you.\n\nRegards,\nJo Field\n\nPS: please bring the keys"
    assert "bring the keys" in new(text)


def test_disclaimers_in_two_languages():
    for line in (
        "This e-mail is confidential and intended only for the addressee.",
        "Diese E-Mail enthält vertrauliche Daten.",
    ):
        text = f"Hello Alex,\n\nwe agree.\n\nRegards\nJo\n\n{line}\nDelete it."
        assert (Zone.DISCLAIMER.value, line) in zones(text)
        assert new(text).endswith("we agree.")


def test_ten_thousand_quoted_lines():
    text = "Agreed.\n\nOn Mon, 2 Nov 2026 Bo <b@c.example> wrote:\n" + "> a quoted line\n>> and a deeper one\n" * 5000
    assert new(text) == "Agreed."
    assert len(dissect(text).blocks) == 2


def test_ten_thousand_header_blocks():
    text = "Agreed.\n\n" + "From: a <x@y.example>\nSent: now\n\nhi\n" * 10_000
    assert new(text) == "Agreed."


HOSTILE = [
    "a" * 1_000_000,
    "word " * 200_000,
    "From: " + "x@y.example " * 80_000,
    ">" * 1_000_000,
    "> x\n" * 60_000,
    "To: a@b.example,\n" * 60_000,
    "From: x <a@b.example>\n" * 40_000,
    "Jo Field\n10/12/2026 09:14 AM\n" * 30_000,
    "On 5 May 2026 Jo <jo@field.example\n" * 40_000,
    "---------------------- Forwarded by Jo on\n" * 20_000,
    "> a\nb\n" * 50_000,
    "=20=09\n" * 50_000,
    "this message is confidential\n" * 40_000,
    "PS: x\n" * 60_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=[repr(text[:16]) for text in HOSTILE])
def test_a_megabyte_of_anything_is_covered_line_by_line_with_few_blocks(text: str):
    anatomy = dissect(text)
    assert "\n".join(text[line.start : line.end] for line in anatomy.zones) == text
    assert len(anatomy.blocks) <= 501


def check_cover(text: str, subject: str = "") -> None:
    lines = dissect(text, subject=subject).zones
    assert "\n".join(text[line.start : line.end] for line in lines) == text


def test_zones_cover_every_sample_line_by_line():
    for path in sample_paths():
        mail = parse_mail(path.read_bytes(), received_at=RECEIVED)
        check_cover(mail.text, mail.subject)


LINES = st.sampled_from(
    ["", "> quoted", ">> deeper", "-- ", "Regards,", "Jo Field", "On Mon 2 Nov 2026 Bo <b@c.example> wrote:",
     "From: Bo <b@c.example>",
     "Sent: Monday", "To: x", "-----Original Message-----", "---------- Forwarded message ---------",
     "please call +44 20 7946 0018",
     "This message is confidential", "PS: one more", "words and words and more words, and then a full stop.", "_" * 32]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.one_of(LINES, st.text(max_size=20).map(lambda text: text.replace("\n", " "))), max_size=40),
    st.sampled_from(["", "Fwd: x"]),
)
def test_zones_cover_any_text_line_by_line(lines: list[str], subject: str):
    check_cover("\n".join(lines), subject)
