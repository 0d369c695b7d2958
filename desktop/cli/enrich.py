"""`dealside enrich`: what earlier mails say of fields that the CRM leaves empty, each value with its words."""

from argparse import Namespace
from dataclasses import asdict

from desktop.cli.parser import EXIT_OK
from desktop.cli.printing import MARKS, Printer
from desktop.proposals.enriching import Enriching, FoundField, FoundRecord


def enrich(args: Namespace, printer: Printer, enriching: Enriching) -> int:
    """Print each Record that can be filled in, as it is found; with `--dry-run` nothing is proposed."""
    found: list[FoundRecord] = []
    for record in enriching.found(args.contact, is_dry=args.dry_run):
        found.append(record)
        printer.line(f"{record.title} ({record.ref.kind.value})")
        for field in record.fields:
            _print(printer, field)
        printer.line()
    printer.line(_summary(found, is_dry=args.dry_run))
    printer.document([_object(record) for record in found])
    return EXIT_OK


def _summary(found: list[FoundRecord], *, is_dry: bool) -> str:
    if not found:
        return "Earlier mails say nothing that your CRM does not have already, or that you have not decided on."
    fields = sum(len(record.fields) for record in found)
    count = f"{fields} empty field{'s' * (fields != 1)} of {len(found)} record{'s' * (len(found) != 1)}"
    if is_dry:
        return f"{count} could be filled in. Nothing was proposed: leave out --dry-run for that."
    return f"{count} can be filled in: the cards wait for your review."


def _print(printer: Printer, field: FoundField) -> None:
    printer.line(f"   {MARKS[field.band.value]} {field.label}: {field.value}   ({field.reason})")
    for quote in field.quotes:
        printer.line(f"       “{quote.words}”, {quote.day}")
    for other in field.others:
        printer.line(f"       but {other.value}: “{other.words}”, {other.day}")


def _object(record: FoundRecord) -> dict[str, object]:
    return {
        "kind": record.ref.kind.value,
        "id": record.ref.id,
        "title": record.title,
        "fields": [asdict(field) for field in record.fields],
    }
