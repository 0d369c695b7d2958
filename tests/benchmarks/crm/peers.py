"""What is usual: one call for each change, again when it fails.

simple-salesforce for Salesforce, hubspot-api-client for HubSpot where it is installed, else httpx.

The peer does less than we do: it looks for no conflict, and a lost answer to a create makes a second record.
"""

import importlib.util
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import requests

from desktop.domain.records import RecordSnapshot

Call = Callable[[], None]
_TRIES = 50


@dataclass(frozen=True, slots=True)
class Way:
    """How one vendor is written to: method and path of an update, path of a create, bodies, and the headers."""

    update: str
    path: str
    create: str
    contact: Callable[[str], Any]
    deal: Callable[[str], Any]
    headers: dict[str, str]


_BEARER = {"Authorization": "Bearer token"}
_WAYS = {
    "hubspot": Way(
        "PATCH",
        "/crm/objects/2026-03/contacts/{}",
        "/crm/objects/2026-03/deals",
        lambda title: {"properties": {"jobtitle": title}},
        lambda name: {"properties": {"dealname": name, "dealstage": "appointmentscheduled", "amount": "1200"}},
        _BEARER,
    ),
    "dynamics": Way(
        "PATCH",
        "/api/data/v9.2/contacts({})",
        "/api/data/v9.2/opportunities",
        lambda title: {"jobtitle": title},
        lambda name: {"name": name, "estimatedvalue": 1200},
        {**_BEARER, "OData-Version": "4.0", "OData-MaxVersion": "4.0"},
    ),
    "zoho": Way(
        "PUT",
        "/crm/v8/Contacts/{}",
        "/crm/v8/Deals",
        lambda title: {"data": [{"Title": title}], "trigger": []},
        lambda name: {"data": [{"Deal_Name": name, "Stage": "Prospecting", "Closing_Date": "2027-01-31"}]},
        {"Authorization": "Zoho-oauthtoken token"},
    ),
    "pipedrive": Way(
        "PATCH",
        "/api/v2/persons/{}",
        "/api/v2/deals",
        lambda title: {"name": title},
        lambda name: {"title": name, "value": 1200},
        {"x-api-token": "token"},
    ),
}


def seconds_per_change(vendor: str, url: str, known: Sequence[RecordSnapshot], deals: int) -> float:
    """Write each change with a call of its own, one after the other; return the mean seconds of one."""
    if vendor == "salesforce":
        calls = _salesforce(url, known, deals)
    elif vendor == "hubspot" and has_hubspot_client():
        calls = _hubspot(url, known, deals)
    else:
        calls = _others(_WAYS[vendor], url, known, deals)
    start = time.perf_counter()
    for call in calls:
        _until_done(call)
    return (time.perf_counter() - start) / len(calls)


def name_of(vendor: str) -> str:
    """Return what the peer is called in the table."""
    if vendor == "salesforce":
        return "simple-salesforce"
    return "hubspot-api-client" if vendor == "hubspot" and has_hubspot_client() else "httpx"


def has_hubspot_client() -> bool:
    return importlib.util.find_spec("hubspot") is not None


def _until_done(call: Call) -> None:
    for tries in range(_TRIES):
        try:
            return call()
        except (httpx.HTTPError, requests.RequestException):
            if tries == _TRIES - 1:
                raise
    return None


def _salesforce(url: str, known: Sequence[RecordSnapshot], deals: int) -> list[Call]:
    from simple_salesforce import Salesforce
    from simple_salesforce.exceptions import SalesforceError

    client = Salesforce(instance_url=url, session_id="token")
    contact, deal = client.Contact, client.Opportunity
    for kind in (contact, deal):  # the client knows https only
        kind.base_url = kind.base_url.replace("https://", "http://")

    def tried(work: Callable[[], object]) -> Call:
        def call() -> None:
            try:
                work()
            except SalesforceError as error:
                if error.status < 500:
                    raise
                raise requests.RequestException(str(error.status)) from error

        return call

    fields = {"StageName": "Prospecting", "CloseDate": "2027-01-31", "Amount": 1200}
    return [
        *(tried(lambda r=record: contact.update(r.ref.id, {"Title": "Buyer"})) for record in known),
        *(tried(lambda n=n: deal.create({"Name": f"Peer {n}", **fields})) for n in range(deals)),
    ]


def _hubspot(url: str, known: Sequence[RecordSnapshot], deals: int) -> list[Call]:
    import hubspot  # a second
    from hubspot.crm import contacts
    from hubspot.crm import deals as deal_api
    from urllib3.exceptions import HTTPError

    client = hubspot.HubSpot(access_token="token")
    apis = client.crm.contacts.basic_api, client.crm.deals.basic_api
    for api in apis:
        api.api_client.configuration.host = url
        api.api_client.configuration.retries = False

    def tried(work: Callable[[], object]) -> Call:
        def call() -> None:
            try:
                work()
            except HTTPError as error:
                raise requests.RequestException(str(error)) from error
            except (contacts.exceptions.ApiException, deal_api.exceptions.ApiException) as error:
                if error.status < 500:
                    raise
                raise requests.RequestException(str(error.status)) from error

        return call

    def change(record: RecordSnapshot) -> object:
        return apis[0].update(record.ref.id, contacts.SimplePublicObjectInput(properties={"jobtitle": "Buyer"}))

    def create(number: int) -> object:
        fields = {"dealname": f"Peer {number}", "dealstage": "appointmentscheduled", "amount": "1200"}
        return apis[1].create(deal_api.SimplePublicObjectInputForCreate(properties=fields, associations=[]))

    return [
        *(tried(lambda r=record: change(r)) for record in known),
        *(tried(lambda n=n: create(n)) for n in range(deals)),
    ]


def _others(way: Way, url: str, known: Sequence[RecordSnapshot], deals: int) -> list[Call]:
    client = httpx.Client(base_url=url, headers=way.headers, timeout=60, trust_env=False)

    def send(method: str, path: str, body: Any) -> Call:
        def call() -> None:
            answer = client.request(method, path, json=body)
            if answer.status_code >= 500:
                answer.raise_for_status()
            if answer.is_error:
                raise AssertionError(answer.text[:500])

        return call

    return [
        *(send(way.update, way.path.format(record.ref.id), way.contact("Buyer")) for record in known),
        *(send("POST", way.create, way.deal(f"Peer {number}")) for number in range(deals)),
    ]
