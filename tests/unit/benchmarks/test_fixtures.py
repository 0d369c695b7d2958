from pathlib import Path

import pytest

from tests.benchmarks.understanding import fixtures

TEXT = "Fine.\n\nJo\n\n> Old words.\n"


def trouble(record: dict, reply: str, *, text: str = TEXT, signature: str = "", seconds: float = 0.0) -> bool:
    return bool(fixtures.trouble(record, text, reply, signature=signature, seconds=seconds))


@pytest.mark.parametrize(
    ("record", "reply", "is_wrong"),
    [
        ({"expected_reply": "Fine.\n\nJo"}, "Fine.  \n\nJo\n\n", False),
        ({"expected_reply": "Fine.\n\nJo"}, "Fine.\nJo", True),
        ({"expected_reply": "Fine.\n\nJo", "compare": "ignore_whitespace"}, "Fine. Jo", False),
        ({"expected_reply": ""}, "Fine.", True),
        ({"whole_text_is_reply": True}, TEXT, False),
        ({"whole_text_is_reply": True}, "Fine.", True),
        ({"must_contain": ["Fine"]}, "Fine.", False),
        ({"must_contain": ["Fine", "Jo"]}, "Fine.", True),
        ({"must_not_contain": ["Old"]}, "Fine.", False),
        ({"must_not_contain": ["Old"]}, TEXT, True),
    ],
)
def test_a_reply_is_compared_as_the_case_asks(record: dict, reply: str, is_wrong: bool) -> None:
    assert trouble(record, reply) is is_wrong


def test_signatures_and_seconds() -> None:
    assert not trouble({"expected_signature": "Jo"}, "Fine.", signature="Jo\n")
    assert trouble({"expected_signature": ""}, "Fine.", signature="Jo")
    assert trouble({"max_seconds": 1}, "Fine.", seconds=1.5)
    assert not trouble({"max_seconds": 2}, "Fine.", seconds=1.5)


def test_mails_and_pages_go_through_the_intake(tmp_path: Path) -> None:
    page = "<html><body><p>Fine.</p><blockquote>Old words.</blockquote></body></html>"
    (tmp_path / "page.html").write_text(page)
    (tmp_path / "mail.eml").write_text("Subject: x\nFrom: a@b.example\n\nFine.\n\nOn 3 May 2026 Al wrote:\n> Old.\n")
    html = {"id": "p", "kind": "html", "file": "page.html", "must_contain": ["Fine."], "must_not_contain": ["<p>"]}
    eml = {"id": "m", "kind": "eml", "file": "mail.eml", "must_contain": ["Fine."], "must_not_contain": ["Subject"]}
    cases = [fixtures.tried(record, tmp_path) for record in (html, eml)]
    assert [case.trouble for case in cases] == ["", ""]
    assert fixtures.figures(cases)["text_and_eml"] == {"passed": 1, "total": 1}


def test_cases_about_the_signature_are_counted_apart() -> None:
    cases = [
        fixtures.Case("a", "text", is_signature=True, trouble="", trouble_new_only=""),
        fixtures.Case("b", "text", is_signature=False, trouble="x", trouble_new_only="x"),
        fixtures.Case("c", "html", is_signature=False, trouble="", trouble_new_only="x"),
    ]
    assert fixtures.figures(cases) == {
        "passed": 2,
        "total": 3,
        "text_and_eml": {"passed": 0, "total": 1},
        "new_text_only": {"passed": 1, "total": 3},
    }
    assert len(fixtures.misses(cases)) == 1
