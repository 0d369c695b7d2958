"""The annotated mails that calibrators are fitted to, in sets of unlike worth.

In view while rules were written, so the rules are right on them more often than on other mail, and they count for less:

- `crm_emails_*.jsonl` of a data folder, and the ones of `tests/data`, which are invented;
- `seen_mails.jsonl`: annotations of other mails of the same folder's Enron sets.

Annotated without a look at what the rules make of them, and read by nobody who writes rules:

- `fresh_mails.jsonl`: Enron mails likewise;
- `own_mails.jsonl`: invented mails in ten languages, in the layout of `crm_emails_*.jsonl`.

The mails of `tests/data/kept_back` are in neither: they are for measuring.

Of Enron mails only places are kept (part of the mail, start, end), found again by the hash of the body: no word of them
is in this repository. Whoever changes a rule must not look at the fresh sets: they tell the truth only as long as
nobody does.
"""

import email
import email.policy
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.understanding.corpus import CrmMail, all_records, crm_mail, crm_mails, records

HERE = Path(__file__).resolve().parent
TEST_DATA = HERE.parents[2] / "tests" / "data"
TAUGHT_INTENT = frozenset(path.name for path in TEST_DATA.glob("crm_emails_*"))  # its model knows them by heart
KNOWN_WEIGHT = 0.1
SETS = {"enron_zones": "enron_zones/enron_zones*.jsonl*", "enron_categories": "enron_categories/*.jsonl*"}
NOBODY = "rep@enron.com"


@dataclass(frozen=True, slots=True)
class Weighed:
    """One annotated mail, how much it counts, and whether the rules were written without it."""

    mail: CrmMail
    weight: float
    is_fresh: bool


def weighed_mails(data: Path) -> list[Weighed]:
    """Return every annotated mail there is."""
    known = [*crm_mails(data), *crm_mails(TEST_DATA), *_placed("seen_mails.jsonl", data)]
    own = [crm_mail(record, "own_mails.jsonl") for record in records(HERE / "own_mails.jsonl")]
    fresh = [*_placed("fresh_mails.jsonl", data), *own]
    return [
        *(Weighed(mail, KNOWN_WEIGHT, is_fresh=False) for mail in known),
        *(Weighed(mail, 1.0, is_fresh=True) for mail in fresh),
    ]


def _placed(name: str, data: Path) -> Iterator[CrmMail]:
    """Yield the mails of a file of places that are found in the data folder."""
    notes = {note["sha256"]: (number, note) for number, note in enumerate(records(HERE / name))}
    for headers, body in _pool(data):
        number, note = notes.pop(hashlib.sha256(body.encode()).hexdigest(), (0, None))
        if note is not None:
            yield crm_mail(_record(f"{name.removesuffix('_mails.jsonl')}-{number:02}", headers, body, note), name)


def _pool(data: Path) -> Iterator[tuple[dict, str]]:
    for record in all_records(data, SETS["enron_zones"]):
        if "headers" in record:
            yield record["headers"], record["text"]
    for record in all_records(data, SETS["enron_categories"]):
        message = email.message_from_string(record["raw"], policy=email.policy.compat32)
        body = message.get_payload()
        if isinstance(body, str):
            yield dict(message.items()), body


def _record(name: str, headers: dict, body: str, note: dict) -> dict:
    """Return an annotation in the layout of `crm_emails_*.jsonl`."""
    gold: dict[str, str | None] = {}
    acceptable: dict[str, list[str | None]] = {}
    for field in ("contact_name", "company", "email", "phone", "job_title", "amount", "date_mentioned"):
        answer = note["answers"].get(field, {"at": [], "empty": "yes"})
        words: list[str | None] = [_words(headers, body, *place) for place in answer["at"]]
        is_empty = answer.get("empty") == "yes"
        gold[field] = None if is_empty else words.pop(0)
        acceptable[field] = words + ([None] if answer.get("empty") == "may" else [])
    number = re.sub(r"\D", "", gold["phone"] or "")[:10]
    normalised = {"phone_e164": f"+1{number}"} if len(number) == 10 else {}
    if "date_iso" in note:
        normalised["date_iso"] = note["date_iso"]
    gold |= {name: note[name] for name in ("intent", "sentiment") if name in note}
    return {
        "id": name,
        "mailbox_owner": _words(headers, body, *note["owner"]) if note["owner"] else NOBODY,
        "headers": headers,
        "body": body,
        "contact_scope": note["scope"],
        "gold": gold,
        "acceptable": acceptable,
        "normalised": normalised,
        "other_contacts": [],
    }


def _words(headers: dict, body: str, part: str, start: int, end: int) -> str:
    text = body if part == "body" else str(headers.get(part) or "")
    return " ".join(text[start:end].split())
