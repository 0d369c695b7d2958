import pytest

from desktop.understanding.zones.cleaning import BlockKind, dissect
from desktop.understanding.zones.headers import clean, find_header
from tests.unit.understanding.zones.test_cleaning import new

HEADERS = {
    "Outlook": "From: Jo Field <jo@field.example>\nSent: Monday, 2 November 2026 09:14\nTo: Bo\nSubject: Pumps",
    "Outlook, bold": "*From:* Jo Field [mailto:jo@field.example]\n*Sent:* Monday\n*To:* Bo\n*Subject:* Pumps",
    "Outlook, tabs": " -----Original Message-----\nFrom: \tField, Jo  \nSent:\tMonday\nTo:\tBo; Cy; \nSubject:\tPumps",
    "name on a line of its own": "From: Jo Field\n<jo.field.of.the.long.address@field.example>\nSent: Monday\nTo: Bo",
    "date first": "Date: Mon, 2 Nov 2026 14:00:51 +0100\nSubject: Pumps\nFrom: jo@field.example\nTo: bo@mill.example",
    "many recipients":
        "From: Jo Field\nSent: Monday\nTo: Bo Mill; Cy Kiln;\nDee Forge; Ed Loom\nCc: Flo\n"
        "Subject: Pumps",
    "Notes, two lines": "Jo Field\n02/11/2026 09:14 AM\nTo: Bo Mill/LON/ORG@ORG\ncc:  \nSubject: Pumps",
    "Notes, domain":
        "Jo Field@ORG\n\t02.11.2026 09:14\n\t\t \n\t\t To: Bo Mill/LON/ORG@ORG\n\t\t cc: \n"
        "\t\t Subject: Pumps",
    "Notes, sent by":
        "Jo Field\nSent by: Cy Kiln\n02/11/2026 09:14 AM\nPlease respond to jo\nTo: Bo\ncc:\n"
        "Subject: Pumps",
    "Notes, one line": "Jo Field <jo@field.example> on 02/11/2026 09:14:12 AM\nTo: Bo\ncc:  \n\nSubject: Pumps",
    "Notes, broken line": '"Field, Jo" <jo@field.example> on 02/11/2026 \n09:14:12 AM\nTo: Bo\ncc:  \nSubject: Pumps',
    "Notes, columns": "From:  Jo Field @ ORG                02/11/2026 09:14 AM\n\t\n\nTo: Bo\ncc:  \nSubject: Pumps",
    "Notes, no label": "   Jo Field                02/11/2026 09:14 AM\n\nTo: Bo\ncc: Cy\nSubject: Pumps",
    "Notes, on": "From: Jo Field on 02/11/2026 09:14 AM\nTo: Bo/LON/ORG@ORG\ncc:  \nSubject: Pumps",
    "quoted-printable left over":
        "=09Jo Field <jo@field.example>\n=0902/11/2026 09:14 AM\n=09=09=20\n"
        "=09=09 To: Bo\n=09=09 cc:=20",
    "German": "Von: Jo Field <jo@field.example>\nGesendet: Montag, 2. November 2026 09:14\nAn: Bo\nBetreff: Pumpen",
    "French": "De : Jo Field <jo@field.example>\nEnvoyé : lundi 2 novembre 2026 09:14\nÀ : Bo\nObjet : Pompes",
    "Spanish": "De: Jo Field <jo@field.example>\nEnviado el: lunes, 2 de noviembre de 2026\nPara: Bo\nAsunto: Bombas",
    "Italian": "Da: Jo Field <jo@field.example>\nInviato: lunedì 2 novembre 2026\nA: Bo\nOggetto: Pompe",
    "Dutch": "Van: Jo Field <jo@field.example>\nVerzonden: maandag 2 november 2026\nAan: Bo\nOnderwerp: Pompen",
    "Portuguese": "De: Jo Field <jo@field.example>\nEnviada: segunda-feira, 2 de novembro\nPara: Bo\nAssunto: Bombas",
    "Danish": "Fra: Jo Field <jo@field.example>\nSendt: 2. november 2026 09:14\nTil: Bo\nEmne: Pumper",
    "Swedish": "Från: Jo Field <jo@field.example>\nSkickat: den 2 november 2026 09:14\nTill: Bo\nÄmne: Pumpar",
    "Finnish":
        "Lähettäjä: Jo Field <jo@field.example>\nLähetetty: maanantai 2. marraskuuta\n"
        "Vastaanottaja: Bo\nAihe: Pumput",
    "Polish": "Od: Jo Field <jo@field.example>\nWysłano: poniedziałek, 2 listopada 2026\nDo: Bo\nTemat: Pompy",
    "Russian": "От: Jo Field <jo@field.example>\nОтправлено: 2 ноября 2026 г.\nКому: Bo\nТема: Насосы",
    "Turkish": "Gönderen: Jo Field\nGönderildi: 2 Kasım 2026 Pazartesi 09:14\nKime: Bo\nKonu: Pompalar",
}  # fmt: skip


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS.keys())
def test_what_stands_below_a_header_is_quoted_and_has_an_author(header: str):
    text = f"Fine with us, go ahead.\n\n{header}\n\nold words\n\nmore old words"
    assert new(text) == "Fine with us, go ahead."
    block = dissect(text).blocks[1]
    assert block.author is not None
    assert "Jo" in text[slice(*block.author)] or "jo@" in text[slice(*block.author)]
    assert [line.text for line in block.body if line.text] == ["old words", "more old words"]


@pytest.mark.parametrize("header", [text for name, text in HEADERS.items() if name.startswith("Notes")])
def test_a_notes_header_gives_name_date_and_recipient_apart(header: str):
    text = f"Yes.\n\n{header}\n\nold words"
    block = dissect(text).blocks[1]
    assert block.author is not None
    assert block.sent is not None
    assert block.recipients is not None
    name = text[slice(*block.author)]
    assert "Jo" in name
    assert "@ORG" not in name
    assert "2026" not in name
    assert text[slice(*block.sent)].startswith(("02/11/2026", "02.11.2026"))
    assert text[slice(*block.recipients)].startswith("Bo")


MARKS = [
    "-----Original Message-----",
    "-------- Original Message --------",
    "-----Ursprüngliche Nachricht-----",
    "-----Message d'origine-----",
    "-------- Oprindelig besked --------",
    "________________________________",
]


@pytest.mark.parametrize("mark", MARKS)
def test_marks_above_a_header_belong_to_it(mark: str):
    text = f"Yes.\n\n{mark}\n{HEADERS['Outlook']}\n\nold words"
    assert new(text) == "Yes."
    assert len(dissect(text).blocks) == 2


@pytest.mark.parametrize(
    "mark",
    [
        "---------- Forwarded message ---------",
        "---------------------- Forwarded by Cy Kiln/LON/ORG on 03/11/2026 08:00 \nAM ---------------------------",
        "---------------------- Forwarded by Cy Kiln/LON/ORG on \n03/11/2026 08:00 AM ---------------------------",
        "----- Forwarded by Cy Kiln/LON/ORG on 03/11/2026 08:00 AM -----",
        "Begin forwarded message:\n",
        "---------- Weitergeleitete Nachricht ---------",
        "---------- Message transféré ---------",
        "--------- Пересылаемое сообщение ----------",
    ],
)
@pytest.mark.parametrize("shape", ["Outlook", "Notes, two lines", "Notes, columns"])
def test_below_a_forwarding_mark_the_author_is_whoever_wrote_the_mail(mark: str, shape: str):
    text = f"fyi\n\n{mark}\n\n\n{HEADERS[shape]}\n\nold words"
    anatomy = dissect(text)
    assert new(text) == "fyi"
    assert anatomy.blocks[1].kind is BlockKind.FORWARDED
    assert anatomy.blocks[1].author is not None
    assert text[slice(*anatomy.blocks[1].author)].startswith("Jo Field")


def test_a_letterhead_between_mark_and_header_is_passed_over():
    mark = "---------------------- Forwarded by Cy Kiln/LON/ORG on 03/11/2026 08:00 AM -------------"
    text = f"fyi\n\n{mark}\n   \n\tField Pumps Ltd.\n\t\n\t{HEADERS['Notes, columns']}\n\nold words"
    block = dissect(text).blocks[1]
    assert block.author is not None
    assert text[slice(*block.author)] == "Jo Field"


def test_a_chain_gives_one_block_each():
    chain = "\n\nold words\n\n".join(HEADERS[name] for name in ("Outlook", "Notes, two lines", "German"))
    blocks = dissect(f"Yes.\n\n{chain}\n\nthe first words").blocks
    assert len(blocks) == 4
    assert [line.text for line in blocks[3].body if line.text] == ["the first words"]


@pytest.mark.parametrize(
    "text",
    [
        "Your trip:\nFrom: Leeds\nTo: York\nPrice: 20",
        "To: do it all\nwe need a plan",
        "Name\n02/11/2026 09:14 AM\nis when the pump stopped",
        "The pump stopped on 02/11/2026 09:14 AM\nand nobody knows why",
        "Order:\n-----\npumps\nvalves",
        "Date: Monday\nPlace: Ulm\nSubject: pumps\nplease be there",
    ],
)
def test_ordinary_lines_are_no_header(text: str):
    assert new(f"Hello,\n{text}\n\nplain words follow here") == f"Hello,\n{text}\n\nplain words follow here"


def test_blanks_stand_for_what_quoted_printable_left_over():
    assert clean("=09=20To: Bo=20") == "      To: Bo   "
    assert clean("a = b") == "a = b"


@pytest.mark.parametrize(
    "header",
    [
        "-----Original Message-----=20\nFrom: Field, Jo=20\nSent: Thu 6/21/2026 10:55 AM=20\nTo: Bo=20\nSubject: Pumps",
        "-----Original Message-----\nFrom: Field, Jo\n\n[mailto:EXCH-Jo@FIRM]\n\nSent: Monday\nTo: Bo\nSubject: Oil",
    ],
)
def test_what_mail_programs_leave_behind_hides_no_author(header: str):
    text = f"Fine.\n\n{header}\n\nHello Bo,\n\nhere they are.\n"
    block = dissect(text).blocks[1]
    assert block.author is not None
    assert text[slice(*block.author)].startswith("Field, Jo")
    assert "=20" not in text[slice(*block.author)]


def test_a_header_that_was_never_there():
    assert find_header(list(dissect("x").own.body), 0) is None
