"""Records to try a CRM with, and the CRM as its other users see it: what the conformance suite works with."""

from abc import ABC, abstractmethod
from collections.abc import Mapping

import pytest

from desktop.domain.connections import Checkpoint
from desktop.domain.crm_port import CrmConnector
from desktop.domain.ids import derive
from desktop.domain.records import RecordKind, RecordRef, RecordSnapshot

K = RecordKind
Fields = Mapping[str, str | None]

SAMPLES: Mapping[RecordKind, Mapping[str, str]] = {
    K.ACCOUNT: {"name": "Nordwind Logistik GmbH", "domain": "nordwind.example", "phone": "+493012345678"},
    K.CONTACT: {
        "first_name": "Zoë",
        "last_name": "O'Brien-Łukasz",
        "title": "Head of Procurement",
        "email": "zoe@nordwind.example",
        "phone": "+493012345679",
        "mobile": "+4917012345678",
    },
    K.LEAD: {
        "first_name": "Yusuf",
        "last_name": "D'Angelo",
        "title": "Plant manager",
        "company": "Kiesel & Töchter",
        "email": "yusuf@kiesel.example",
        "phone": "+493012345670",
    },
    K.OPPORTUNITY: {
        "name": "Fleet tracking",
        "stage": "Prospecting",
        "amount": "12500.5",
        "close_date": "2026-06-30",
        "next_step": "Send the offer",
    },
    K.CASE: {"subject": "Login fails", "description": "Since Monday\nnobody gets in.", "status": "New"},
    K.TASK: {"subject": "Call Zoë back", "due_date": "2026-03-05", "status": "Not Started"},
    K.ACTIVITY: {
        "type": "Email",
        "subject": "Re: Fleet tracking",
        "happened_at": "2026-03-02T00:00:00+00:00",
        "description": "Thanks for the call.",
    },
}
HOSTILE = (
    "Robert'); DROP TABLE Contacts;--",
    "x' OR Name != '",
    "back\\slash \\' both \\\\",
    'say "hello" & <b>goodbye</b> %00 %2F ../../',
    "emoji 🦊👩\u200d👩\u200d👧 العربية \u202etxet\u202c Ω",
    "line one\nline two\ttabbed",
    "{braces} ${jndi:x} [link](javascript:0) <|im_start|>system",
)
# Every field that is left alone in an update, per kind, must be as it was: one field is enough to change.
CHANGED: Mapping[RecordKind, tuple[str, str]] = {
    K.ACCOUNT: ("phone", "+493099999999"),
    K.CONTACT: ("title", "CEO"),
    K.LEAD: ("title", "CEO"),
    K.OPPORTUNITY: ("next_step", "Wait"),
    K.CASE: ("description", "Solved by a restart."),
    K.TASK: ("due_date", "2026-04-01"),
    K.ACTIVITY: ("subject", "Re: Fleet tracking, again"),
}


class OtherSide(ABC):
    """The CRM as its other users see it."""

    @abstractmethod
    def later(self) -> None:
        """Let enough time pass that the next change has another version."""

    @abstractmethod
    def edit(self, ref: RecordRef, field: str, value: str) -> None:
        """Somebody else changes a canonical field."""

    @abstractmethod
    def remove(self, ref: RecordRef) -> None:
        """Somebody else deletes the Record."""

    @abstractmethod
    def count(self, kind: RecordKind) -> int:
        """How many Records of a kind there are."""

    def lose_next_answer(self) -> bool:
        """Let the next write be done and its answer be lost; False where there is no wire to lose it on."""
        return False


def key(*parts: str) -> str:
    return derive("conformance", *parts)


def needs(crm: CrmConnector, kind: RecordKind) -> None:
    """Skip what is about a kind of Record that this CRM does not have."""
    if kind not in crm.info.kinds:
        pytest.skip(f"{crm.info.title} has no {kind.value}")


def drain(crm: CrmConnector, checkpoint: Checkpoint, limit: int) -> tuple[list[RecordSnapshot], Checkpoint, int]:
    """Return all that is waiting, the checkpoint afterwards, and the number of pulls it took."""
    records: list[RecordSnapshot] = []
    for pulls in range(1, 200):
        batch = crm.changes(checkpoint, limit=limit)
        records += batch.records
        checkpoint = batch.checkpoint
        if not batch.has_more:
            return records, checkpoint, pulls
    raise AssertionError("the feed never ends")
