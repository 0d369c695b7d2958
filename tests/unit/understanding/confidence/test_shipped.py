"""What is shipped in resources/models/calibrators: figures, and annotations that say what stands in the mail."""

import json

import pytest

from desktop.domain.errors import Defect
from desktop.domain.evidence import Band, band_of
from desktop.system import resources
from desktop.understanding.confidence import calibrator
from desktop.understanding.confidence.calibrator import shipped
from desktop.understanding.confidence.families import LABELS, Family
from desktop.understanding.confidence.signals import MODEL_SIGNALS, NEVER_NEGATIVE, NEVER_POSITIVE

OWN_MAILS = [
    json.loads(line)
    for line in resources.path("models", "calibrators", "own_mails.jsonl").read_text(encoding="utf-8").splitlines()
]
FIELDS = ("contact_name", "company", "email", "phone", "job_title", "amount", "date_mentioned")
RULES = shipped().of("")


@pytest.mark.parametrize("mail", OWN_MAILS, ids=lambda mail: mail["id"])
def test_what_an_own_mail_is_said_to_hold_stands_in_it(mail):
    text = " ".join([mail["body"], *(str(value) for value in mail["headers"].values())])
    text = " ".join(text.replace(",", " ").split())
    for field in FIELDS:
        answer = mail["gold"][field]
        assert answer is None or " ".join(answer.replace(",", " ").split()) in text or _is_turned(answer, text), field


def _is_turned(name: str, text: str) -> bool:
    first, _, last = name.rpartition(" ")
    return f"{last} {first}" in text


@pytest.mark.parametrize("family", Family)
def test_signs_are_what_they_may_be(family):
    weights = RULES.families[family].weights
    assert all(weight >= 0.0 for name, weight in weights.items() if name in NEVER_NEGATIVE)
    assert all(weight <= 0.0 for name, weight in weights.items() if name in NEVER_POSITIVE)
    assert not MODEL_SIGNALS & weights.keys()


@pytest.mark.parametrize("family", sorted(set(Family) - LABELS))
def test_a_strong_candidate_without_rivals_is_likelier_than_a_weak_one_among_many(family):
    strong = {"bias": 1.0, "score": 3.0, "margin": 0.95, "exact": 1.0}
    weak = {"bias": 1.0, "score": -2.0, "margin": -0.6, "rivals": 2.0, "close": 1.5}
    chances = [RULES.probability(family, signals) for signals in (strong, weak)]
    assert chances[0] > 0.6
    assert chances[1] < 0.5
    assert band_of(chances[1]) is not Band.SURE


def test_a_damaged_file_is_a_defect_with_a_sentence(tmp_path):
    for text in ("{", '{"model_hash": "", "families": {"nobody": {"weights": {}}}}', '{"model_hash": 1}'):
        (tmp_path / "bad.json").write_text(text)
        with pytest.raises(Defect, match="Install Dealside again"):
            calibrator._read(tmp_path / "bad.json")
    (tmp_path / "old.json").write_text('{"model_hash": "", "families": {}, "format": 99}')
    with pytest.raises(Defect, match="another version"):
        calibrator._read(tmp_path / "old.json")
