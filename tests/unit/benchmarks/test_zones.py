import pytest

from desktop.domain.evidence import Zone
from tests.benchmarks.understanding import peers, zones

TEXT = "Hello Jo,\n\nfine by me.\nJane Roe\nBuyer\nThis mail is secret.\n\n--- Forwarded by Jo\nTo: Al\n\nOld words.\n"


def marked(text: str = TEXT) -> dict:
    sign, secret, head = text.index("Jane"), text.index("This"), text.index("---")
    body = text.index("Old")
    return {
        "id": "one",
        "detailed": True,
        "text": text,
        "zones": [
            [0, head, "Body"],
            [sign, head, "Body/Signature"],
            [secret, head, "Body/Signature/Disclaimer"],
            [head, body, "Header"],
            [head + 4, body, "Header/Person/To"],
            [body, len(text), "Body"],
        ],
    }


def test_lines_of_the_answer() -> None:
    lines = zones.gold_lines(marked())
    assert [(line.text, line.zone, line.is_top) for line in lines] == [
        ("Hello Jo,", Zone.NEW, True),
        ("fine by me.", Zone.NEW, True),
        ("Jane Roe", Zone.SIGNATURE, True),
        ("Buyer", Zone.SIGNATURE, True),
        ("This mail is secret.", Zone.DISCLAIMER, True),
        ("--- Forwarded by Jo", Zone.QUOTED, False),
        ("To: Al", Zone.QUOTED, False),
        ("Old words.", Zone.QUOTED, False),
    ]


def test_a_mail_without_header_is_all_top() -> None:
    record = {"id": "two", "text": "a\n\nb\n", "zones": [[0, 5, "Body"]]}
    assert all(line.is_top for line in zones.gold_lines(record))
    assert not zones.has_header(record)


@pytest.mark.parametrize(
    ("predicted", "gold", "score"),
    [
        ([True, True, False], [True, True, False], 1.0),
        ([True, True, True], [True, True, False], 0.8),
        ([False, False, False], [True, True, False], 0.0),
        ([False, False], [False, False], 1.0),
        ([True, False], [False, False], 0.0),
    ],
)
def test_line_f1_of_a_mail(predicted: list[bool], gold: list[bool], score: float) -> None:
    assert zones.top_f1(predicted, gold) == pytest.approx(score, abs=1e-3)


def test_every_filled_line_has_a_prediction() -> None:
    for text in (TEXT, "\n\n", "one line", "> quoted\r\n\r\nlast"):
        record = marked() if text == TEXT else {"id": "x", "text": text, "zones": [[0, len(text), "Body"]]}
        assert len(zones.predicted_zones(record)) == len(zones.gold_lines(record))


def test_figures_tell_mails_with_a_header_from_those_without() -> None:
    lines = zones.gold_lines(marked())
    perfect = tuple(line.zone for line in lines)
    hard = zones.Scored("one", 0.5, True, perfect, lines, is_detailed=True)
    easy = zones.Scored("two", 1.0, False, perfect, lines, is_detailed=False)
    found = zones.figures([hard, easy])
    assert (found["line_f1"], found["line_f1_without"], found["line_f1_all"], found["n"]) == (0.5, 1.0, 0.75, 1)
    assert found["labels"] == 1.0
    assert found["by_zone"]["signature"]["n"] == 2


def test_a_tool_is_scored_by_the_words_of_its_reply() -> None:
    assert peers.top_f1("Hello Jo,\n  fine by me.\nJane Roe\nBuyer\nThis mail is secret.", marked()) == 1.0
    assert peers.top_f1(TEXT, marked()) == pytest.approx(2 * 5 / 8 / (1 + 5 / 8), abs=1e-3)
    assert peers.top_f1("", marked()) == 0.0
