from tests.benchmarks.understanding import signatures
from tests.benchmarks.understanding.signatures import SignedMail


def test_lines_are_counted_over_all_mails() -> None:
    mails = [
        SignedMail("a", ("Hi", "Jo", "Buyer"), frozenset({1, 2}), frozenset({1})),
        SignedMail("b", ("Hi",), frozenset(), frozenset({0})),
        SignedMail("c", ("Hi",), frozenset(), frozenset()),
    ]
    assert signatures.line_figures(mails) == {
        "precision": 0.5, "recall": 0.5, "f1": 0.5, "n": 2, "whole_mail": 0.3333,
    }  # fmt: skip
    assert len(signatures.line_misses(mails)) == 2


def test_empty_lines_do_not_count() -> None:
    text = "See you there.\n\nKind regards\n\nJane Roe\nBuyer\n+44 20 7946 0018\n"
    found = signatures.signed_mail({"id": "a", "text": text, "sig_lines": [2, 3, 4, 5, 6, 7]})
    assert found.gold == {2, 4, 5, 6}
    assert found.predicted <= {0, 2, 4, 5, 6}


def test_fields_are_compared_in_normal_form() -> None:
    gold = {"name": ["Roe, Jane"], "phone": ["(303) 555-0142"], "mail": ["J@o.example"], "fax": ["1"], "address": []}
    said = {"name": ("Jane Roe",), "phone": ("+1 303 555 0142",), "mail": ("j@o.example",), "address": ("Here",)}
    found = signatures.field_figures([(gold, said)])
    assert [found[field]["f1"] for field in ("name", "phone", "mail", "fax", "address")] == [1.0, 1.0, 1.0, 0.0, 0.0]
    assert found["fax"]["recall"] == found["address"]["precision"] == 0.0
    assert len(signatures.field_misses([(gold, said)], ["a"])) == 2


def test_the_product_is_asked() -> None:
    found = signatures.fields_of("Jane Roe\nBuyer\nTel. +44 20 7946 0018\nMobile +44 7700 900018\njane@roe.example\n")
    assert set(found) == set(signatures.FIELDS)
    assert found["mail"] == ("jane@roe.example",)
    assert found["phone"] == ("+44 20 7946 0018", "+44 7700 900018")
