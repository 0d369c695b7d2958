"""What the rep may write, as the company's own description of its fields tells it."""

import pytest

from desktop.connectors.crm.pipedrive import Pipedrive
from desktop.domain.errors import Rejected
from tests.conformance.crm_samples import SAMPLES
from tests.servers.pipedrive_company import Company
from tests.servers.vendor import VendorServer
from tests.unit.connectors.crm.pipedrive.side import K

pytestmark = pytest.mark.server


def test_hidden_fields_are_absent(crm: Pipedrive, company: Company) -> None:
    company.hidden = {
        ("deals", "Value"),
        ("deals", "Currency"),
        ("deals", "Next step"),
        ("organizations", "Phone"),
        ("persons", "Phone"),
        ("persons", "Email"),
    }
    deal, firm, person = (crm.describe(kind) for kind in (K.OPPORTUNITY, K.ACCOUNT, K.CONTACT))
    assert {"amount", "currency", "next_step"} & deal.fields.keys() == set()
    assert {"name", "stage", "close_date", "account", "contact"} == set(deal.fields)
    assert set(firm.fields) == {"name", "domain"}
    assert set(person.fields) == {"first_name", "last_name", "title", "account"}
    assert "Phone" in firm.closed("phone", is_new=True)


def test_without_job_title_a_field_of_the_companys_own_is_needed(crm: Pipedrive, company: Company) -> None:
    company.fields["persons"] = [one for one in company.fields["persons"] if one.code != "job_title"]
    assert "title" not in crm.describe(K.CONTACT).fields


def test_without_a_key_field_nothing_is_created_but_changed(crm: Pipedrive, company: Company) -> None:
    company.hidden = {("persons", "Dealside key")}
    rules = crm.describe(K.CONTACT)
    assert not rules.can_create
    assert rules.can_update
    assert crm.describe(K.TASK).can_create


def test_lengths_and_choices_are_those_of_the_company(crm: Pipedrive, company: Company) -> None:
    person, deal, logged = (crm.describe(kind) for kind in (K.CONTACT, K.OPPORTUNITY, K.ACTIVITY))
    assert "shorten it by 45" in person.problem("title", "x" * 300, is_new=False)
    assert deal.problem("next_step", "x" * 300, is_new=False) == ""  # a long text
    assert logged.problem("description", "x" * 9000, is_new=True) == ""
    assert deal.choices("stage") == ("Prospecting", "Proposal made", "Renewal", "Won", "Lost")
    assert "Prospecting" in deal.problem("stage", "Closing", is_new=False)
    assert logged.choices("type") == ("Call", "Email", "Meeting", "Lunch")
    assert crm.describe(K.TASK).choices("status") == ("Not Started", "Completed")
    assert crm.picklist(K.TASK, "no such field") == ()
    made = crm.create(K.CONTACT, SAMPLES[K.CONTACT], "k")
    with pytest.raises(Rejected):  # what the rules say is what the company does
        crm.update(made.ref, {"title": "x" * 256})
    assert crm.update(made.ref, {"title": "x" * 255}).fields["title"] == "x" * 255
    del company


def test_asked_once_and_afresh_after_a_check(crm: Pipedrive, company: Company, server: VendorServer) -> None:
    crm.describe(K.CONTACT)
    asked = len(server.requests)
    crm.describe(K.CONTACT)
    crm.picklist(K.CONTACT, "title")
    crm.required(K.CONTACT)
    assert len(server.requests) == asked
    company.hidden = {("persons", "Phone")}
    crm.check()
    assert "phone" not in crm.describe(K.CONTACT).fields
