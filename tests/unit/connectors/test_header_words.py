"""Addresses as reps type them."""

import pytest

from desktop.connectors.header_words import typed_url


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("crm.example", "https://crm.example"),
        ("https://CRM.example:8443/x", "https://CRM.example:8443/x"),
        ("http://127.0.0.1:80", "http://127.0.0.1:80"),
    ],
)
def test_an_address_may_lack_its_scheme(text: str, whole: str):
    found = typed_url(text)
    assert found is not None
    assert found.geturl() == whole


@pytest.mark.parametrize(
    "text",
    ["", "   ", "not an address", "ftp://x.example", "https://u:p@x.example", "http://[::1", "x:99999", "x.example:0"],
)
def test_what_cannot_be_one_is_none(text: str):
    assert typed_url(text) is None
