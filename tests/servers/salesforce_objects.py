"""The objects of the simulated Salesforce org: the part of the standard ones that the connector touches, and some."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class FieldDef:
    """One field. `values` are picklist values, the default first when `default`; `to` is the object referred to."""

    name: str
    type: str
    length: int = 0
    required: bool = False
    fixed: bool = False
    readonly: bool = False
    default: bool = False
    values: tuple[str, ...] = ()
    to: tuple[str, ...] = ()

    def describe(self, *, can_update: bool) -> dict[str, object]:
        """Return the field as a describe answer shows it."""
        is_default = [self.default and index == 0 for index in range(len(self.values))]
        return {
            "name": self.name,
            "label": self.name,
            "type": self.type,
            "length": self.length,
            "createable": not self.readonly and can_update,
            "updateable": not self.readonly and not self.fixed and can_update,
            "nillable": not self.required,
            "defaultedOnCreate": self.default,
            "custom": self.name.endswith("__c"),
            "externalId": self.name.endswith("_Key__c"),
            "unique": self.name.endswith("_Key__c"),
            "idLookup": self.name == "Id",
            "restrictedPicklist": self.type == "picklist",
            "picklistValues": [
                {"active": True, "defaultValue": chosen, "label": value, "value": value}
                for value, chosen in zip(self.values, is_default, strict=True)
            ],
            "referenceTo": list(self.to),
            "filterable": self.type != "textarea",
            "sortable": self.type != "textarea",
        }


F = FieldDef
SYSTEM = (
    F("Id", "id", 18, readonly=True),
    F("IsDeleted", "boolean", readonly=True),
    F("CreatedDate", "datetime", readonly=True),
    F("LastModifiedDate", "datetime", readonly=True),
    F("SystemModstamp", "datetime", readonly=True),
)
PREFIXES: Mapping[str, str] = {
    "Account": "001",
    "Contact": "003",
    "Lead": "00Q",
    "Opportunity": "006",
    "Case": "500",
    "Task": "00T",
    "User": "005",
}
LEAD_STATUS = ("Open - Not Contacted", "Working - Contacted", "Closed - Converted", "Closed - Not Converted")
TASK_STATUS = ("Not Started", "In Progress", "Completed", "Waiting on someone else", "Deferred")
STAGES = (
    "Prospecting",
    "Qualification",
    "Needs Analysis",
    "Value Proposition",
    "Id. Decision Makers",
    "Perception Analysis",
    "Proposal/Price Quote",
    "Negotiation/Review",
    "Closed Won",
    "Closed Lost",
)
OBJECTS: Mapping[str, tuple[FieldDef, ...]] = {
    "Account": (
        F("Name", "string", 255, required=True),
        F("Phone", "phone", 40),
        F("Website", "url", 255),
        F("Industry", "picklist", 255, values=("Banking", "Consulting", "Education", "Technology", "Other")),
        F("Description", "textarea", 32000),
    ),
    "Contact": (
        F("LastName", "string", 80, required=True),
        F("FirstName", "string", 40),
        F("Title", "string", 128),
        F("Email", "email", 80),
        F("Phone", "phone", 40),
        F("MobilePhone", "phone", 40),
        F("AccountId", "reference", 18, to=("Account",)),
        F("Description", "textarea", 32000),
    ),
    "Lead": (
        F("LastName", "string", 80, required=True),
        F("FirstName", "string", 40),
        F("Company", "string", 255, required=True),
        F("Title", "string", 128),
        F("Email", "email", 80),
        F("Phone", "phone", 40),
        F("MobilePhone", "phone", 40),
        F("Status", "picklist", 255, required=True, values=LEAD_STATUS, default=True),
        F("IsConverted", "boolean", fixed=True),
    ),
    "Opportunity": (
        F("Name", "string", 120, required=True),
        F("StageName", "picklist", 255, required=True, values=STAGES),
        F("CloseDate", "date", required=True),
        F("Amount", "currency"),
        F("NextStep", "string", 255),
        F("AccountId", "reference", 18, to=("Account",)),
        F("ContactId", "reference", 18, to=("Contact",), fixed=True),
        F("CurrencyIsoCode", "picklist", 3, values=("EUR", "USD", "GBP"), default=True),
    ),
    "Case": (
        F("Subject", "string", 255),
        F("Description", "textarea", 32000),
        F("Status", "picklist", 255, values=("New", "Working", "Escalated", "Closed"), default=True),
        F("Priority", "picklist", 255, values=("Medium", "High", "Low"), default=True),
        F("AccountId", "reference", 18, to=("Account",)),
        F("ContactId", "reference", 18, to=("Contact",)),
    ),
    "Task": (
        F("Subject", "combobox", 255),
        F("ActivityDate", "date"),
        F("Status", "picklist", 255, required=True, values=TASK_STATUS, default=True),
        F("Description", "textarea", 32000),
        F("WhoId", "reference", 18, to=("Contact", "Lead")),
        F("WhatId", "reference", 18, to=("Account", "Opportunity", "Case")),
        F("TaskSubtype", "picklist", 255, values=("Task", "Email", "Call"), default=True, fixed=True),
        F("IsClosed", "boolean", readonly=True),
    ),
    "User": (
        F("Name", "string", 121, readonly=True),
        F("Email", "email", 128),
        F("IsActive", "boolean"),
        F("UserType", "picklist", 40, readonly=True, values=("Standard", "Guest", "PowerPartner")),
    ),
}
KEY = F("Dealside_Key__c", "string", 255)
