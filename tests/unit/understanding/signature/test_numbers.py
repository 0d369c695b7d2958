import pytest

from desktop.understanding.signature.numbers import MarkKind, find_marks, is_label, without_label


def marks(text: str) -> list[tuple[MarkKind, str]]:
    return [(mark.kind, text[mark.start : mark.end]) for mark in find_marks(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Tel. +49 (0)521 5550-123, Fax -124", [(MarkKind.PHONE, "+49 (0)521 5550-123")]),
        ("Standard 02 99 00 40 00 / poste 5127", [(MarkKind.PHONE, "02 99 00 40 00")]),
        ("(614) 555-0142/0143 (fax)", [(MarkKind.PHONE, "(614) 555-0142"), (MarkKind.FAX, "0143")]),
        ("Pager: (877) 555-0117", [(MarkKind.MOBILE, "(877) 555-0117")]),
        ("cep 0532 555 01 01", [(MarkKind.MOBILE, "0532 555 01 01")]),
        ("https://acme.example/a?b=1 jo@acme.example", [
            (MarkKind.LINK, "https://acme.example/a?b=1"), (MarkKind.MAIL, "jo@acme.example"),
        ]),
        ("[cid:logo@01DB.84F1]", [(MarkKind.JUNK, "[cid:logo@01DB.84F1]")]),
    ],
)  # fmt: skip
def test_numbers_and_what_they_are(text: str, found: list[tuple[MarkKind, str]]):
    assert marks(text) == found


@pytest.mark.parametrize(
    "text",
    ["Dayton, OH 45402-1234", "P.O. Box 1384", "Suite 4300", "03.11.2026", "Mon-Fri 8:00-17:30", "HRB 555018",
     "Reg. in Ireland 5550 1800", "VAT 123 456 789", "1717 Main Street", "2340 Dorf"],
)  # fmt: skip
def test_what_is_no_number(text: str):
    assert marks(text) == []


def test_labels():
    assert is_label("Phone:")
    assert is_label("Tel. / Fax")
    assert not is_label("CEO")
    text = "Acme Inc. tel:"
    start, end = without_label(text)
    assert text[start:end].strip() == "Acme Inc."
