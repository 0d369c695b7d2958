"""Which kinds of Fact share one calibrator: kinds that are right or wrong for the same reasons."""

from collections.abc import Mapping
from enum import StrEnum

from desktop.domain.evidence import FactKind


class Family(StrEnum):
    """A family of fields, or a closed list of labels. One logistic model each."""

    PEOPLE = "people"
    COMPANY = "company"
    TITLE = "title"
    EMAIL = "email"
    PHONE = "phone"
    AMOUNT = "amount"
    DATE = "date"
    TOPIC = "topic"
    ACTION = "action"
    INTENT = "intent"
    SENTIMENT = "sentiment"


LABELS = frozenset({Family.INTENT, Family.SENTIMENT})

FAMILY_OF: Mapping[FactKind, Family] = {
    FactKind.PERSON: Family.PEOPLE,
    FactKind.MENTIONED: Family.PEOPLE,
    FactKind.TITLE: Family.TITLE,
    FactKind.COMPANY: Family.COMPANY,
    FactKind.EMAIL: Family.EMAIL,
    FactKind.PHONE: Family.PHONE,
    FactKind.MOBILE: Family.PHONE,
    FactKind.FAX: Family.PHONE,
    FactKind.AMOUNT: Family.AMOUNT,
    FactKind.QUANTITY: Family.AMOUNT,
    FactKind.DATE: Family.DATE,
    FactKind.PRODUCT: Family.TOPIC,
    FactKind.TOPIC: Family.TOPIC,
    FactKind.COMPETITOR: Family.TOPIC,
    FactKind.ASK: Family.ACTION,
    FactKind.PROMISE: Family.ACTION,
    FactKind.QUESTION: Family.ACTION,
}


def family_of_question(name: str) -> Family:
    """Return the family of a question, which bears the name of a kind of Fact or of a closed list of labels."""
    return Family(name) if name in LABELS else FAMILY_OF[FactKind(name)]
