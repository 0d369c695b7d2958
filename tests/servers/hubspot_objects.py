"""What the simulated HubSpot account consists of: properties, pipelines, and the numbers of link types."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass
class Prop:
    """One property. `is_hidden`: the token may not see it."""

    name: str
    label: str
    type: str = "string"
    options: Sequence[tuple[str, str]] = ()  # value, label
    read_only: bool = False
    unique: bool = False
    is_hidden: bool = False
    retired: frozenset[str] = frozenset()
    rule: tuple[str, str, str] = ("", "", "")  # a pattern an admin demands, its code and its words
    longest: int | None = None  # characters an admin allows

    def described(self) -> dict[str, Any]:
        options = [
            {"label": label, "value": value, "hidden": value in self.retired, "displayOrder": place}
            for place, (value, label) in enumerate(self.options)
        ]
        return {
            "name": self.name,
            "label": self.label,
            "type": self.type,
            "fieldType": "select" if options else "text",
            "description": "",
            "groupName": "information",
            "options": options,
            "calculated": False,
            "hasUniqueValue": self.unique,
            "modificationMetadata": {
                "archivable": True,
                "readOnlyDefinition": True,
                "readOnlyValue": self.read_only,
            },
        }


def _props(*rows: Prop, changed: str = "hs_lastmodifieddate") -> dict[str, Prop]:
    own = (
        Prop("hs_object_id", "Record ID", "number", read_only=True, unique=True),
        Prop(changed, "Last modified", "datetime", read_only=True),
        Prop("dealside_key", "Dealside key", unique=True),
    )
    return {row.name: row for row in (*own, *rows)}


PRIORITIES = (("MEDIUM", "Medium"), ("LOW", "Low"), ("HIGH", "High"))
STATUSES = (("NOT_STARTED", "Not Started"), ("IN_PROGRESS", "In progress"), ("COMPLETED", "Completed"))
TIMESTAMP = Prop("hs_timestamp", "Activity date", "datetime")


def objects() -> dict[str, dict[str, Prop]]:
    return {
        "companies": _props(Prop("name", "Name"), Prop("domain", "Domain"), Prop("phone", "Phone")),
        "contacts": _props(
            Prop("firstname", "First name"),
            Prop("lastname", "Last name"),
            Prop("jobtitle", "Job title"),
            Prop("email", "Email"),
            Prop("phone", "Phone"),
            Prop("mobilephone", "Mobile"),
            changed="lastmodifieddate",
        ),
        "deals": _props(
            Prop("dealname", "Deal name"),
            Prop("dealstage", "Stage", "enumeration"),
            Prop("pipeline", "Pipeline", "enumeration"),
            Prop("amount", "Amount", "number"),
            Prop("closedate", "Close date", "datetime"),
            Prop("hs_next_step", "Next step"),
            Prop("deal_currency_code", "Currency", "enumeration", (("EUR", "EUR"), ("USD", "USD"))),
        ),
        "tickets": _props(
            Prop("subject", "Name"),
            Prop("content", "Description"),
            Prop("hs_pipeline", "Pipeline", "enumeration"),
            Prop("hs_pipeline_stage", "Status", "enumeration"),
            Prop("hs_ticket_priority", "Priority", "enumeration", PRIORITIES),
        ),
        "tasks": _props(
            TIMESTAMP, Prop("hs_task_subject", "Title"), Prop("hs_task_status", "Status", "enumeration", STATUSES)
        ),
        "emails": _props(
            TIMESTAMP,
            Prop("hs_email_subject", "Subject"),
            Prop("hs_email_text", "Text"),
            Prop("hs_email_direction", "Direction", "enumeration", (("EMAIL", "Sent"), ("INCOMING_EMAIL", "Received"))),
        ),
        "calls": _props(
            TIMESTAMP,
            Prop("hs_call_title", "Title"),
            Prop("hs_call_body", "Notes"),
            Prop("hs_call_status", "Status", "enumeration", (("COMPLETED", "Completed"), ("BUSY", "Busy"))),
        ),
        "notes": _props(TIMESTAMP, Prop("hs_note_body", "Note")),
    }


def pipelines() -> dict[str, dict[str, list[tuple[str, str]]]]:
    """Return, per object type, pipeline id → stages (id, label)."""
    return {
        "deals": {
            "default": [("appointmentscheduled", "Prospecting"), ("1001", "Offer sent"), ("closedwon", "Won")],
            "77": [("2001", "Prospecting"), ("2002", "Renewed")],
        },
        "tickets": {"0": [("1", "New"), ("2", "Waiting"), ("4", "Closed")]},
    }


REQUIRED = {
    "deals": ("dealname", "dealstage"),
    "tickets": ("subject", "hs_pipeline_stage"),
    **dict.fromkeys(("tasks", "emails", "calls", "notes"), ("hs_timestamp",)),
}
NUMBERS = {
    "0-1": "contacts",
    "0-2": "companies",
    "0-3": "deals",
    "0-5": "tickets",
    "0-27": "tasks",
    "0-46": "notes",
    "0-48": "calls",
    "0-49": "emails",
}
SEARCHED = {  # by a query that names no property
    "companies": ("name", "domain", "phone"),
    "contacts": ("firstname", "lastname", "email", "phone"),
    "deals": ("dealname",),
    "tickets": ("subject", "content"),
    "tasks": ("hs_task_subject",),
    "emails": ("hs_email_subject", "hs_email_text"),
    "calls": ("hs_call_title", "hs_call_body"),
    "notes": ("hs_note_body",),
}
STAGE = {"deals": ("dealstage", "pipeline"), "tickets": ("hs_pipeline_stage", "hs_pipeline")}
CHANGED = {"contacts": "lastmodifieddate"}
# The plain and, for a record's own company, the primary type of a link.
PLAIN = {("contacts", "companies"): 279, ("deals", "companies"): 341, ("tickets", "companies"): 339}
OWN = {("contacts", "companies"): 1, ("deals", "companies"): 5, ("tickets", "companies"): 26}
PLAIN |= {("deals", "contacts"): 3, ("tickets", "contacts"): 16}
for _kind, _numbers in {
    "tasks": (204, 192, 216, 230),
    "emails": (198, 186, 210, 224),
    "calls": (194, 182, 206, 220),
    "notes": (202, 190, 214, 228),
}.items():
    PLAIN |= dict(zip(((_kind, to) for to in ("contacts", "companies", "deals", "tickets")), _numbers, strict=True))
LINK_NAMES = {
    279: "contact_to_company_unlabeled",
    1: "contact_to_company",
    3: "deal_to_contact",
    16: "ticket_to_contact",
}
LINK_NAMES |= {341: "deal_to_company_unlabeled", 5: "deal_to_company"}
LINK_NAMES |= {339: "ticket_to_company_unlabeled", 26: "ticket_to_company"}
