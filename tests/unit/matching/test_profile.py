"""What a Profile is made of, so that the store knows when its keys can stay as they are."""

import pytest

from desktop.domain.records import FIELDS, RecordKind
from desktop.matching.profile import PROFILED, profile_of


@pytest.mark.parametrize("kind", [RecordKind.CONTACT, RecordKind.LEAD, RecordKind.ACCOUNT])
def test_no_other_field_makes_a_profile(kind):
    fields = {"first_name": "Jane", "last_name": "Roe", "name": "Buyer Ltd", "email": "jane@buyer.example"}
    for name in set(FIELDS[kind]) - set(PROFILED):
        assert profile_of(kind, {**fields, name: "Something else"}) == profile_of(kind, fields), name
