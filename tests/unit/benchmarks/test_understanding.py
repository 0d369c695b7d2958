"""The whole benchmark on a small invented folder."""

import gzip
import json
from pathlib import Path

import pytest

from tests.benchmarks import understanding
from tests.benchmarks.understanding import sentences, speed, stateless_program
from tests.unit.benchmarks.situations import mail, record
from tests.unit.benchmarks.test_zones import marked

CHEAP = "fields,calibration,labels,zones,fixtures,signature_lines,signature_fields,sentences"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "crm_emails_x.jsonl").write_text(json.dumps(record()) + "\n")
    for name in ("enron_zones", "email_intent"):
        (tmp_path / name).mkdir()
    with gzip.open(tmp_path / "enron_zones" / "z.jsonl.gz", "wt") as file:
        file.write(json.dumps(marked()) + "\n")
    sentence = {"label": "Yes", "text": "Could you please send me the contract by Friday?"}
    (tmp_path / "email_intent" / "s.jsonl").write_text(json.dumps(sentence) + "\n")
    return tmp_path


def test_the_figures_have_the_keys_that_are_asked_for(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = understanding.run(data, only=CHEAP, show=True)["rules"]
    for field in ("contact_name", "company", "email", "phone", "job_title", "amount", "date"):
        assert {"precision", "recall", "f1", "n"} <= set(found["fields"][field])
    assert {"precision", "coverage"} <= set(found["bands"]["sure"])
    assert 0 <= found["ece"] <= 1
    assert 0 <= found["aurc"] <= 1
    assert found["invented"] == 0
    assert 0 <= found["zones"]["line_f1"] <= 1
    for label in ("intent_accuracy", "sentiment_accuracy", "topic_hit", "next_action_hit"):
        assert found[label] in (0.0, 1.0)
    assert list(found["fields_by_file"]) == ["crm_emails_x.jsonl"]
    said = capsys.readouterr().out
    assert "reply_fixtures/manifest*.jsonl* is not there and was skipped" in said
    assert "reply_fixtures" not in found


def test_a_strange_part_and_no_folder_are_said(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert understanding.run(None) == {}
    assert understanding.run(data, only="fields,nonsense") == {}
    said = capsys.readouterr().out
    assert "--data" in said
    assert "there is no part nonsense" in said


def test_sentences_that_ask() -> None:
    assert sentences.asks("Could you please send me the contract by Friday?")
    assert not sentences.asks("The weather was fine all week long.")


def test_a_sample_is_spread_evenly() -> None:
    assert speed.sample_of(list(range(10)), 5) == [0, 2, 4, 6, 8]
    assert speed.sample_of([1, 2], 5) == [1, 2]


def test_long_mails_are_long() -> None:
    assert all(len(raw) >= speed.LONG for raw in speed.long_mails().values())


def test_what_a_written_answer_makes_up() -> None:
    answer = {
        "contact_name": "petra m. lindqvist",
        "company": "Nordlicht",
        "phone": None,
        "intent": "inquiry",
        "amount": " ",
    }
    assert stateless_program.made_up(answer, mail()) == 1
    assert stateless_program.made_up(None, mail()) == 0
    assert "Petra M. Lindqvist" in stateless_program.right_record(mail())
