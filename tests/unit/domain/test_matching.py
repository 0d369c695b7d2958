"""Spellings of the same person or firm meet, and a free mail provider is nobody's firm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.ids import derive
from desktop.domain.matching import domain_key, email_key, name_key, phone_key
from desktop.domain.records import RecordKind, RecordRef, parse_ref, title_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bücher & Söhne GmbH", "buecher soehne".replace("ue", "u").replace("oe", "o")),
        ("Acme, Inc.", "ACME Incorporated"),
        ("Müller GmbH & Co. KG", "Muller"),
        ("S.A.R.L. Dupont", "Dupont"),
    ],
)
def test_firms(one, other):
    assert name_key(one) == name_key(other)


def test_a_firm_called_like_a_suffix_keeps_its_name():
    assert name_key("SAS") == "sas"


@pytest.mark.parametrize("text", ["https://www.Buyer.example/start", "buyer.example:8080", "jane@buyer.example"])
def test_sites_and_addresses_meet_in_their_domain(text):
    assert domain_key(text) == "buyer.example"


@pytest.mark.parametrize("text", ["jane@gmail.com", "gmx.de", "localhost", ""])
def test_no_domain_to_go_by(text):
    assert domain_key(text) == ""


def test_numbers_meet_with_and_without_their_prefixes():
    assert phone_key("+49 30 231250") == phone_key("(030) 23 12 50")
    assert phone_key("123") == ""
    assert email_key(" Jane@X.example ") == "jane@x.example"


@given(st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4))
def test_ids_differ_when_their_parts_do(one, other):
    assert (derive(*one) == derive(*other)) == (one == other)


def test_references_read_back():
    ref = RecordRef(RecordKind.CONTACT, "003:x")
    assert parse_ref(str(ref)) == ref
    for nonsense in ("contact", "contact:", "nothing:1"):
        with pytest.raises(ValueError, match=r"nothing|not a"):
            parse_ref(nonsense)


def test_titles():
    assert title_of(RecordKind.CONTACT, {"first_name": None, "last_name": "Roe"}) == "Roe"
    assert title_of(RecordKind.CONTACT, {"email": "a@b.example"}) == "a@b.example"
    assert title_of(RecordKind.CASE, {"subject": "Leak"}) == "Leak"
