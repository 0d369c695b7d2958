"""The commands, written against the same services the window has. Each returns an exit code."""

import getpass
import sys
from argparse import Namespace
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from desktop.cli.parser import EXIT_OK, EXIT_USER
from desktop.cli.printing import (
    Printer,
    card_object,
    connection_object,
    finding_object,
    print_card,
)
from desktop.domain.connections import Connection, ConnectorInfo, FieldWidget
from desktop.domain.errors import Rejected, UserActionNeeded
from desktop.domain.ids import DraftId, ProposalId, SuggestionId
from desktop.review.views import Card, Shelf
from desktop.services import Queries, Review
from desktop.setup.connections import ConnectionSetup
from desktop.setup.readiness import Finding, is_ready

if TYPE_CHECKING:  # SQLAlchemy takes 0.3 s to import
    from desktop.setup.settings import Settings
    from desktop.understanding.confidence.refit import Learned

PAGE = 200


def all_cards(queries: Queries, shelf: Shelf) -> list[Card]:
    """Return every card of a shelf, newest first."""
    found: list[Card] = []
    offset = 0
    while rows := queries.cards(shelf, offset=offset, limit=PAGE):
        offset += len(rows)
        found += [card for row in rows if (card := queries.card(row.id)) is not None]
    return found


def show_run(queries: Queries, printer: Printer, *, notice: str) -> int:
    """Print what one run led to: the suggestions, the drafts, and what was left alone and why."""
    cards = all_cards(queries, Shelf.OPEN)
    ignored, counts, health = queries.ignored(), queries.counts(), queries.health()
    for card in cards:
        print_card(printer, card)
    for row in ignored:
        printer.line(f"   left alone: {row.subject or '(no subject)'} – {row.reason}")
    for connection in health.connections:
        if not connection.is_ok:
            printer.line(f"   ! {connection.title}: {connection.sentence}")
    printer.line()
    printer.line(
        f"{counts.open} cards wait for you, {counts.on_its_way} changes are on their way, "
        f"{counts.ignored} mails were left alone. {health.model_sentence}"
    )
    if notice:
        printer.line(notice)
    printer.document(
        {
            "cards": [card_object(card) for card in cards],
            "ignored": [{"subject": r.subject, "from": r.sender, "reason": r.reason} for r in ignored],
            "model": {"state": health.model_state.value, "sentence": health.model_sentence},
            "problems": [{"title": c.title, "sentence": c.sentence} for c in health.connections if not c.is_ok],
            "notice": notice,
        }
    )
    return EXIT_OK


def doctor(findings: list[Finding], printer: Printer) -> int:
    """Print what is well, what is missing, and the fix; exit 3 when something needed is missing."""
    for finding in findings:
        mark = "ok     " if finding.is_ok else "MISSING" if finding.is_needed else "note   "
        printer.line(f"{mark}  {finding.name}: {finding.sentence}")
        if not finding.is_ok and finding.fix:
            printer.line(f"         → {finding.fix}")
    printer.document([finding_object(finding) for finding in findings])
    return EXIT_OK if is_ready(findings) else EXIT_USER


def accounts(
    args: Namespace,
    printer: Printer,
    setup: ConnectionSetup,
    queries: Queries,
    kinds: Callable[[], Iterable[ConnectorInfo]],
) -> int:
    """List, add, test or remove Connections."""
    if args.action == "list":
        health = queries.health()
        rows = [connection_object(connection, health) for connection in setup.all()]
        for row in rows:
            state = "" if row["is_ok"] is None else "ok" if row["is_ok"] else row["sentence"]
            printer.line(f"{row['id'][:12]:<14} {row['family']:<5} {row['connector']:<11} {row['title']}   {state}")
        printer.document(rows)
    elif args.action == "kinds":
        _kinds(printer, kinds())
    elif args.action in {"add", "change"}:
        connection = _keep(args, setup, kinds)
        printer.line(f"{connection.title} is connected [{connection.id[:12]}].")
        printer.document(connection_object(connection))
    else:
        connection = setup.test(args.id) if args.action == "test" else setup.remove(args.id)
        printer.line(f"{connection.title} {'works' if args.action == 'test' else 'is removed'}.")
        printer.document(connection_object(connection))
    return EXIT_OK


def _keep(args: Namespace, setup: ConnectionSetup, kinds: Callable[[], Iterable[ConnectorInfo]]) -> Connection:
    """Add a Connection, or change one; secrets are asked for when it is new or when nothing else changes."""
    values = pairs_of(args.values)
    known = [c for c in setup.all() if c.id.startswith(args.id)] if args.action == "change" else []
    name = known[0].connector if known else "" if args.action == "change" else args.connector
    info = next((kind for kind in kinds() if kind.name == name), None)
    if info is None:
        raise Rejected("There is nothing like that: see `dealside accounts list` and `dealside accounts kinds`.")
    wants_secrets = args.action == "add" or args.secrets_from_stdin or not values
    if wants_secrets or any(spec.widget is FieldWidget.SECRET and spec.key in values for spec in info.settings):
        values.update(secrets_for(info, values, from_stdin=args.secrets_from_stdin))
    return setup.change(args.id, values) if args.action == "change" else setup.add(name, values, title=args.title)


def _kinds(printer: Printer, kinds: Iterable[ConnectorInfo]) -> None:
    rows = []
    for kind in kinds:
        printer.line(f"{kind.name} – {kind.title} ({kind.family.value})")
        for spec in kind.settings:
            asks = "asked for" if spec.widget is FieldWidget.SECRET else "needed" if spec.required else "may be given"
            printer.line(
                f"    {spec.key:<20} {asks:<13} {spec.label}{f' (default {spec.default})' if spec.default else ''}"
            )
        rows.append(
            {
                "name": kind.name,
                "title": kind.title,
                "family": kind.family.value,
                "settings": [{"key": s.key, "label": s.label, "is_required": s.required} for s in kind.settings],
            }
        )
    printer.document(rows)


def queue(args: Namespace, printer: Printer, queries: Queries, review: Review) -> int:
    """List what waits, accept, dismiss or undo. Ids may be shortened to their beginning."""
    if args.action == "list":
        cards = all_cards(queries, Shelf(args.shelf))
        for card in cards:
            print_card(printer, card)
        printer.document([card_object(card) for card in cards])
        return EXIT_OK
    family, found = _find(queries, args.id)
    said = _decide(args, review, family, found)
    printer.line(said)
    printer.document({"id": found, "said": said})
    return EXIT_OK


def _decide(args: Namespace, review: Review, family: str, found: str) -> str:
    if args.action == "undo":
        return review.undo(found)
    if args.action == "accept":
        edits: dict[str, str | None] = {key: value or None for key, value in pairs_of(args.edits).items()}
        if family == "suggestion":
            review.accept(SuggestionId(found), edits)
        elif family == "draft":
            review.accept_draft(DraftId(found))
        else:
            left = review.accept_all(ProposalId(found))
            return f"Accepted; {left} left that you accept one by one." if left else "Accepted."
        return "Accepted."
    if family == "suggestion":
        review.dismiss(SuggestionId(found), args.reason)
    elif family == "draft":
        review.dismiss_draft(DraftId(found))
    else:
        review.dismiss_all(ProposalId(found), args.reason)
    return "Dismissed."


def confidence(args: Namespace, printer: Printer, learned: "Learned") -> int:
    """Print how often what was suggested was right and how sure we had been; or forget what was learned from that."""
    if args.forget:
        learned.forget()
        printer.line("What was learned from your decisions is forgotten: the confidence is as shipped again.")
        printer.document({"forgotten": True})
        return EXIT_OK
    rows = learned.standings()
    for row in rows:
        use = "learned from" if row.is_refitted else "as shipped"
        printer.line(
            f"{row.family.value:<10} {row.decisions:>5} decided, {row.right / row.decisions:>4.0%} were right, "
            f"{row.promised:>4.0%} had been promised – {use}"
        )
    if not rows:
        printer.line("You have decided on nothing yet, so the confidence is as shipped.")
    printer.document(
        [
            {
                "family": row.family.value,
                "decisions": row.decisions,
                "right": row.right,
                "promised": row.promised,
                "is_learned": row.is_refitted,
            }
            for row in rows
        ]
    )
    return EXIT_OK


def settings(args: Namespace, printer: Printer, known: "Settings") -> int:
    """Show every setting, or choose one, or go back to what is usual."""
    if args.action == "set":
        known.choose(args.name, args.value)
    elif args.action == "forget":
        known.forget(args.name)
    rows = [
        {"name": one.name, "value": known.value(one.name), "usual": one.usual, "words": one.words}
        for one in known.all()
        if args.action == "list" or one.name == args.name
    ]
    for row in rows:
        printer.line(f"{row['name']:<16} {row['value']:<12} {row['words']} Usual: {row['usual']}.")
    printer.document(rows)
    return EXIT_OK


def _find(queries: Queries, start: str) -> tuple[str, str]:
    """Return what an id, or its beginning, names: (card | suggestion | draft, whole id)."""
    found: set[tuple[str, str]] = set()
    for shelf in Shelf:
        for card in all_cards(queries, shelf):
            named = [("card", str(card.proposal.id))]
            named += [("suggestion", str(item.id)) for item in card.proposal.suggestions]
            named += [("draft", str(card.proposal.draft.id))] if card.proposal.draft else []
            found |= {pair for pair in named if pair[1].startswith(start)}
    if len(start) < 4 or len(found) != 1:
        raise Rejected("That id names nothing, or more than one thing: `dealside queue list` shows the ids.")
    return found.pop()


def pairs_of(values: Iterable[str]) -> dict[str, str]:
    """Return what KEY=VALUE words say; raise Rejected for a word that is none."""
    pairs = dict(value.partition("=")[::2] for value in values if "=" in value)
    wrong = [value for value in values if "=" not in value]
    if wrong:
        raise Rejected(f"“{wrong[0]}” should be KEY=VALUE.")
    return pairs


def secrets_for(info: ConnectorInfo, given: dict[str, str], *, from_stdin: bool) -> dict[str, str]:
    """Ask for secrets where a person sits, or read KEY=VALUE lines; never from the command line, which others see."""
    keys = [spec for spec in info.settings if spec.widget is FieldWidget.SECRET]
    told = [spec.key for spec in keys if spec.key in given]
    if told:
        raise Rejected(f"Do not type {told[0]} on the command line, where it stays visible: you will be asked for it.")
    if from_stdin:
        return pairs_of(line.rstrip("\n") for line in list(sys.stdin) if line.strip())
    if not keys:
        return {}
    if not sys.stdin.isatty():
        raise UserActionNeeded("There is nobody to ask for the secret: use --secrets-from-stdin.")
    return {spec.key: getpass.getpass(f"{spec.label}: ") for spec in keys}
