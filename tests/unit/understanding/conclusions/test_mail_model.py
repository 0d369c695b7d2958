import math

import pytest

from desktop.domain.evidence import Intent
from desktop.understanding.conclusions.mail_model import BUCKETS, MAX_TOKENS, counts_of, shipped, weighted


def likeliest(subject: str, *texts: str) -> str:
    shares = shipped().log_shares(counts_of(subject, texts))
    return max(shares, key=shares.__getitem__)


def test_the_shares_are_those_of_every_intent_and_sum_to_one():
    shares = shipped().log_shares(counts_of("Order 12", ["Please confirm the order."]))
    assert set(shares) == {intent.value for intent in Intent}
    assert sum(math.exp(value) for value in shares.values()) == pytest.approx(1.0)


def test_a_mail_without_words_has_shares_too():
    shares = shipped().log_shares(counts_of("", []))
    assert sum(math.exp(value) for value in shares.values()) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("subject", "text", "intent"),
    [
        (
            "Aplication for the post of driver",
            "I enclose my resumee and would love an intervew.",
            Intent.JOB_OR_RECRUITING,
        ),
        ("Bewerbung", "Meine Zeugnisse und den Lebenslauf habe ich angehängt.", Intent.JOB_OR_RECRUITING),
        ("Overdue", "The balance on your account is unpaid, kindly remit by wire.", Intent.PURCHASE_OR_BILLING),
        ("Facture", "Le règlement de la facture nous manque toujours.", Intent.PURCHASE_OR_BILLING),
        ("", "The conveyor has broken down again and nobody from your service calls us.", Intent.COMPLAINT_OR_ISSUE),
        ("Nieuwjaarsreceptie", "Wij nodigen u van harte uit, graag aanmelden.", Intent.EVENT_INVITATION),
        ("Vielen Dank", "Wir haben uns leider für einen anderen Lieferanten entschieden.", Intent.DECLINE),
    ],
)
def test_words_tell_why_also_with_errors_and_in_other_forms(subject: str, text: str, intent: Intent):
    assert likeliest(subject, text) == intent.value


def test_case_and_apostrophes_make_no_difference():
    assert counts_of("PRICE", ["CAN’T PAY"]) == counts_of("price", ["can't pay"])


def test_the_subject_counts_more():
    assert sum(counts_of("invoice", []).values()) > sum(counts_of("", ["invoice"]).values())


def test_vectors_have_length_one_and_long_mails_are_cut():
    counts = counts_of("", ["alpha beta "] * 5000)
    assert sum(value * value for value in weighted(counts, [1.0] * BUCKETS).values()) == pytest.approx(1.0)
    assert max(counts.values()) <= 2 * MAX_TOKENS
