"""The tables of the loopback Dataverse: a part of the standard ones. A test holds them against the specification."""

from collections.abc import Mapping
from dataclasses import dataclass

REGARDED = ("account", "contact", "opportunity", "incident", "lead")


@dataclass(frozen=True, slots=True)
class Attribute:
    """`options` are (value, label) or, of a status, (value, label, state); `is_shared`: they are a global set."""

    name: str
    type: str = "String"
    length: int = 0
    create: bool = True
    update: bool = True
    required: str = "None"
    options: tuple[tuple[int, str] | tuple[int, str, int], ...] = ()
    targets: tuple[str, ...] = ()
    is_date: bool = False
    default: int | None = None
    is_shared: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """`navs` are the navigation properties: their attribute and the table they lead to."""

    name: str
    entity_set: str
    id_name: str
    attributes: tuple[Attribute, ...]
    navs: Mapping[str, tuple[str, str]]
    closes: bool = False
    parties: str = ""


def _text(name: str, length: int, **more: object) -> Attribute:
    return Attribute(name, length=length, **more)  # type: ignore[arg-type]


def _stamps(id_name: str) -> tuple[Attribute, ...]:
    key = Attribute(id_name, "Uniqueidentifier", update=False, required="SystemRequired")
    stamps = (Attribute(name, "DateTime", create=False, update=False) for name in ("createdon", "modifiedon"))
    return key, *stamps


def _states(states: tuple[tuple[int, str], ...], statuses: tuple[tuple[int, str, int], ...]) -> tuple[Attribute, ...]:
    state = Attribute("statecode", "State", create=False, required="SystemRequired", options=states)
    return state, Attribute("statuscode", "Status", options=statuses, default=statuses[0][0])


_ACTIVE = _states(((0, "Active"), (1, "Inactive")), ((1, "Active", 0), (2, "Inactive", 1)))
_TO_DO = ((0, "Open"), (1, "Completed"), (2, "Canceled"))


def _activity(name: str, subject: int, text: tuple[str, int], statuses: tuple[tuple[int, str, int], ...]) -> Table:
    regarding = Attribute("regardingobjectid", "Lookup", targets=REGARDED)
    attributes = (
        *_stamps("activityid"),
        _text("subject", subject, required="" if name == "email" else "ApplicationRequired"),
        Attribute("description", text[0], text[1]),
        Attribute("scheduledend", "DateTime"),
        Attribute("actualend", "DateTime"),
        regarding,
        *_states(_TO_DO, statuses),
    )
    navs = {f"regardingobjectid_{table}_{name}": ("regardingobjectid", table) for table in REGARDED}
    is_closing = name != "task"
    return Table(
        name, f"{name}s", "activityid", attributes, navs, is_closing, f"{name}_activity_parties" if is_closing else ""
    )


TABLES: Mapping[str, Table] = {
    table.name: table
    for table in (
        Table(
            "account",
            "accounts",
            "accountid",
            (
                *_stamps("accountid"),
                _text("name", 160, required="ApplicationRequired"),
                _text("websiteurl", 200),
                _text("telephone1", 50),
                _text("emailaddress1", 100),
                *_ACTIVE,
            ),
            {},
        ),
        Table(
            "contact",
            "contacts",
            "contactid",
            (
                *_stamps("contactid"),
                _text("firstname", 50),
                _text("lastname", 50, required="ApplicationRequired"),
                _text("fullname", 160, create=False, update=False),
                _text("jobtitle", 100),
                _text("emailaddress1", 100),
                _text("telephone1", 50),
                _text("mobilephone", 50),
                Attribute("parentcustomerid", "Customer", targets=("account", "contact")),
                *_ACTIVE,
            ),
            {
                "parentcustomerid_account": ("parentcustomerid", "account"),
                "parentcustomerid_contact": ("parentcustomerid", "contact"),
            },
        ),
        Table(
            "opportunity",
            "opportunities",
            "opportunityid",
            (
                *_stamps("opportunityid"),
                _text("name", 300, required="ApplicationRequired"),
                Attribute("estimatedvalue", "Money"),
                Attribute("estimatedclosedate", "DateTime", is_date=True),
                Attribute(
                    "salesstage",
                    "Picklist",
                    options=((0, "Qualify"), (1, "Develop"), (2, "Propose"), (3, "Close")),
                    default=0,
                    is_shared=True,
                ),
                Attribute("parentaccountid", "Lookup", targets=("account",)),
                Attribute("parentcontactid", "Lookup", targets=("contact",)),
                Attribute(
                    "transactioncurrencyid", "Lookup", targets=("transactioncurrency",), required="ApplicationRequired"
                ),
                *_states(
                    ((0, "Open"), (1, "Won"), (2, "Lost")),
                    ((1, "In Progress", 0), (2, "On Hold", 0), (3, "Won", 1), (4, "Canceled", 2), (5, "Out-Sold", 2)),
                ),
            ),
            {
                "parentaccountid": ("parentaccountid", "account"),
                "parentcontactid": ("parentcontactid", "contact"),
                "transactioncurrencyid": ("transactioncurrencyid", "transactioncurrency"),
            },
            closes=True,
        ),
        Table(
            "lead",
            "leads",
            "leadid",
            (
                *_stamps("leadid"),
                _text("subject", 300, required="ApplicationRequired"),
                _text("firstname", 450),
                _text("lastname", 50, required="ApplicationRequired"),
                _text("fullname", 650, create=False, update=False),
                _text("jobtitle", 100),
                _text("companyname", 100),
                _text("emailaddress1", 100),
                _text("telephone1", 50),
                _text("mobilephone", 20),
                *_states(
                    ((0, "Open"), (1, "Qualified"), (2, "Disqualified")),
                    ((1, "New", 0), (2, "Contacted", 0), (3, "Qualified", 1), (4, "Lost", 2), (7, "Canceled", 2)),
                ),
            ),
            {},
            closes=True,
        ),
        Table(
            "systemuser",
            "systemusers",
            "systemuserid",
            (
                Attribute("systemuserid", "Uniqueidentifier", update=False, required="SystemRequired"),
                _text("fullname", 200, create=False, update=False),
                _text("internalemailaddress", 100),
                Attribute("isdisabled", "Boolean"),
                Attribute("accessmode", "Picklist", options=((0, "Read-Write"), (4, "Non-interactive"))),
            ),
            {},
        ),
        Table(
            "incident",
            "incidents",
            "incidentid",
            (
                *_stamps("incidentid"),
                _text("title", 200, required="ApplicationRequired"),
                Attribute("description", "Memo", 2000),
                Attribute("prioritycode", "Picklist", options=((1, "High"), (2, "Normal"), (3, "Low")), default=2),
                Attribute("customerid", "Customer", targets=("account", "contact"), required="SystemRequired"),
                Attribute("primarycontactid", "Lookup", targets=("contact",)),
                *_states(
                    ((0, "Active"), (1, "Resolved"), (2, "Canceled")),
                    (
                        (1, "In Progress", 0),
                        (2, "On Hold", 0),
                        (3, "Waiting for Details", 0),
                        (4, "Researching", 0),
                        (5, "Problem Solved", 1),
                        (6, "Cancelled", 2),
                    ),
                ),
            ),
            {
                "customerid_account": ("customerid", "account"),
                "customerid_contact": ("customerid", "contact"),
                "primarycontactid": ("primarycontactid", "contact"),
            },
            closes=True,
        ),
        _activity(
            "task",
            200,
            ("String", 2000),
            ((2, "Not Started", 0), (3, "In Progress", 0), (5, "Completed", 1), (6, "Canceled", 2), (7, "Deferred", 0)),
        ),
        _activity(
            "email",
            800,
            ("String", 1073741823),
            ((1, "Draft", 0), (2, "Completed", 1), (3, "Sent", 1), (4, "Received", 1), (5, "Canceled", 2)),
        ),
        _activity(
            "phonecall", 200, ("Memo", 2000), ((1, "Open", 0), (2, "Made", 1), (3, "Canceled", 2), (4, "Received", 1))
        ),
        Table(
            "transactioncurrency",
            "transactioncurrencies",
            "transactioncurrencyid",
            (
                Attribute("transactioncurrencyid", "Uniqueidentifier"),
                _text("currencyname", 100),
                _text("isocurrencycode", 5),
            ),
            {},
        ),
    )
}
BY_SET: Mapping[str, Table] = {table.entity_set: table for table in TABLES.values()}
