"""`dealside duplicates`: what stands in the CRM more than once."""

from collections.abc import Sequence
from typing import Any

from desktop.cli.parser import EXIT_OK
from desktop.cli.printing import Printer
from desktop.domain.records import RecordKind, RecordSnapshot
from desktop.matching.records import Twins
from desktop.review.twins import Found

MOST = 100
NAMES = {RecordKind.ACCOUNT: "accounts", RecordKind.CONTACT: "contacts"}
SHOWN = ("email", "phone", "mobile", "domain")


def duplicates(printer: Printer, found: Sequence[Found]) -> int:
    """Print the groups of Records that are probably the same, and what speaks for it."""
    for one in found:
        more = f", the likeliest {MOST} of them" if len(one.groups) > MOST else ""
        groups = len(one.groups)
        how_many = "none seems to stand there twice" if not groups else f"{groups} probably stand there twice{more}"
        printer.line(f"{one.connection.title}: {one.count} {NAMES[one.kind]}, {how_many}")
        for group in one.groups[:MOST]:
            _print(printer, group)
    if any(one.groups for one in found):
        printer.line("Nothing was changed: merge them in your CRM, where you see all that hangs on them.")
    printer.document([_object(one) for one in found])
    return EXIT_OK


def _print(printer: Printer, group: Twins) -> None:
    printer.line()
    for record, like in zip(group.records, (None, *group.likeness), strict=True):
        why = f"   ({', '.join(like.reasons)})" if like else ""
        printer.line(f"   {record.title}{_details(record)}{why}")


def _details(record: RecordSnapshot) -> str:
    return "".join(f"  {value}" for name in SHOWN if (value := record.fields.get(name)))


def _object(one: Found) -> dict[str, Any]:
    return {
        "connection": one.connection.id,
        "kind": one.kind.value,
        "count": one.count,
        "groups": [
            {
                "records": [{"id": record.ref.id, "title": record.title} for record in group.records],
                "chances": [round(like.chance, 3) for like in group.likeness],
                "reasons": [list(like.reasons) for like in group.likeness],
            }
            for group in one.groups
        ],
    }
