"""The fields of a simulated Zoho CRM organisation, and their descriptions as `/settings/fields` gives them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

Row = dict[str, Any]
SYSTEM = ("id", "Created_Time", "Modified_Time")


@dataclass(frozen=True, slots=True)
class Spec:
    """One field. `links` are the modules a look-up leads to; `is_system` fields nobody writes."""

    name: str
    type: str = "text"
    length: int = 255
    is_mandatory: bool = False
    values: Sequence[str] = ()
    default: str = ""
    links: Sequence[str] = ()
    is_unique: bool = False
    is_system: bool = False


def _pick(name: str, *values: str, default: str = "", is_mandatory: bool = False) -> Spec:
    return Spec(name, "picklist", 120, is_mandatory, ("-None-", *values), default)


def _link(name: str, *modules: str) -> Spec:
    return Spec(name, "lookup", 120, links=modules)


_DESCRIPTION = Spec("Description", "textarea", 32_000)
_PHONE, _MOBILE = Spec("Phone", "phone", 30), Spec("Mobile", "phone", 30)
_COMMON = (
    Spec("Created_Time", "datetime", is_system=True),
    Spec("Modified_Time", "datetime", is_system=True),
    Spec("Dealside_Key", is_unique=True),
)
_RELATED = ("Accounts", "Deals", "Cases", "Leads")


def _module(*specs: Spec) -> Mapping[str, Spec]:
    return {spec.name: spec for spec in (*specs, *_COMMON)}


MODULES: Mapping[str, Mapping[str, Spec]] = {
    "Leads": _module(
        Spec("First_Name", length=40),
        Spec("Last_Name", length=80, is_mandatory=True),
        Spec("Designation", length=100),
        Spec("Company", length=200, is_mandatory=True),
        Spec("Email", "email", 100),
        _PHONE,
        _MOBILE,
        _pick("Lead_Status", "Attempted to Contact", "Contact in Future", "Contacted", "Lost Lead", "Not Contacted"),
        _DESCRIPTION,
    ),
    "Accounts": _module(
        Spec("Account_Name", length=100, is_mandatory=True), Spec("Website", "website", 450), _PHONE, _DESCRIPTION
    ),
    "Contacts": _module(
        Spec("First_Name", length=40),
        Spec("Last_Name", length=80, is_mandatory=True),
        Spec("Title", length=100),
        Spec("Email", "email", 100),
        _PHONE,
        _MOBILE,
        _link("Account_Name", "Accounts"),
        _DESCRIPTION,
    ),
    "Deals": _module(
        Spec("Deal_Name", length=120, is_mandatory=True),
        _pick("Stage", "Qualification", "Prospecting", "Closed Won", "Closed Lost", is_mandatory=True),
        Spec("Amount", "currency", 16),
        _pick("Currency", "EUR", "USD", "GBP", default="EUR"),
        Spec("Closing_Date", "date", 20),
        Spec("Next_Step", length=100),
        _link("Account_Name", "Accounts"),
        _link("Contact_Name", "Contacts"),
    ),
    "Cases": _module(
        Spec("Subject", length=300, is_mandatory=True),
        _pick("Status", "New", "On Hold", "Escalated", "Closed", default="New", is_mandatory=True),
        _pick("Priority", "High", "Medium", "Low", default="Medium"),
        _pick("Case_Origin", "Email", "Phone", "Web", is_mandatory=True),
        _link("Account_Name", "Accounts"),
        _link("Related_To", "Contacts"),
        _DESCRIPTION,
    ),
    "Tasks": _module(
        Spec("Subject", length=300, is_mandatory=True),
        Spec("Due_Date", "date", 20),
        _pick("Status", "Not Started", "Deferred", "In Progress", "Completed", default="Not Started"),
        _pick("Priority", "High", "Highest", "Low", "Normal"),
        _link("Who_Id", "Contacts"),
        _link("What_Id", *_RELATED),
        _DESCRIPTION,
    ),
}


def changed(spec: Spec, **more: Any) -> Spec:
    """Return a field that is a little different."""
    return replace(spec, **more)


def description(spec: Spec, number: int, *, is_readonly: bool, is_single: bool) -> Row:
    """Return what `/settings/fields` says of a field; `is_single`: its unique mark is off."""
    can_write = not is_readonly and not spec.is_system
    described: Row = {
        "id": f"57257670000000{number:05d}",
        "api_name": spec.name,
        "field_label": spec.name.replace("_", " "),
        "display_label": spec.name.replace("_", " "),
        "data_type": spec.type,
        "json_type": "jsonobject" if spec.links else "string",
        "length": spec.length,
        "system_mandatory": spec.is_mandatory,
        "read_only": not can_write,
        "field_read_only": spec.is_system,
        "custom_field": spec.name == "Dealside_Key",
        "visible": True,
        "unique": {"casesensitive": "false"} if spec.is_unique and not is_single else {},
        "operation_type": {
            "web_update": can_write,
            "api_create": can_write,
            "web_create": can_write,
            "api_update": can_write,
        },
        "pick_list_values": [
            {
                "id": f"57257670000001{number:03d}{place:02d}",
                "colour_code": None,
                "type": "used",
                "sequence_number": place,
                "actual_value": value,
                "display_value": value,
                "reference_value": value,
            }
            for place, value in enumerate(spec.values, 1)
        ],
    }
    return {**described, "default_value": spec.default} if spec.default else described
