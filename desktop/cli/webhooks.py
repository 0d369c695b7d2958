"""`dealside webhooks`: whether CRMs may tell us that something changed, and what to enter at the vendor's for it."""

import getpass
import sys
from argparse import Namespace
from collections.abc import Callable
from typing import Any

from desktop.cli.parser import EXIT_OK
from desktop.cli.printing import Printer
from desktop.setup.webhooks import HookRow, WebhookSetup

OFF = (
    "Webhook calls are off. A CRM is looked at every minute anyway; to hear of changes at once, choose a port with "
    "`dealside settings set webhook_port 8765`, let your company's tunnel or proxy forward to 127.0.0.1:8765, and say "
    "under which address with `dealside settings set webhook_address https://…`."
)


def webhooks(args: Namespace, printer: Printer, setup: WebhookSetup, trouble: Callable[[], str]) -> int:
    """List how each CRM's calls are checked, keep a secret, or forget one. `trouble` says what is wrong, or ""."""
    if args.action == "keep":
        given = _asked(args)
        row, secret = setup.keep(args.id, given)
        printer.line(f"The secret of {row.connection.title} is kept.")
        if row.offer is not None:
            printer.line(row.offer.steps.format(address=row.address, secret=secret))
        printer.document({**_object(row), "secret": "" if given else secret})
    elif args.action == "forget":
        row = setup.forget(args.id)
        printer.line(f"{row.connection.title} has no secret any more, so its calls are not taken in.")
        printer.document(_object(row))
    else:
        _list(printer, setup, trouble())
    return EXIT_OK


def _asked(args: Namespace) -> str:
    """Return the secret that was typed; it never stands on the command line, where others see it."""
    if args.secret_from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return getpass.getpass("Secret (leave it empty to have one made): ") if sys.stdin.isatty() else ""


def _list(printer: Printer, setup: WebhookSetup, trouble: str) -> None:
    rows = setup.all()
    if not setup.port:
        printer.line(OFF)
    elif trouble:
        printer.line(trouble)
    else:
        printer.line(f"Webhook calls may come in on 127.0.0.1:{setup.port}.")
    for row in rows:
        printer.line(f"{row.connection.id[:12]:<14} {row.connection.title}: {_words(row)}")
    printer.document({"port": setup.port, "problem": trouble, "crms": [_object(row) for row in rows]})


def _words(row: HookRow) -> str:
    if row.offer is None:
        return "its calls cannot be checked, so none is taken in"
    if not row.has_secret:
        return f"no secret yet (`dealside webhooks keep {row.connection.id[:12]}`)"
    return f"{row.address}, checked by {row.offer.check}"


def _object(row: HookRow) -> dict[str, Any]:
    return {
        "connection": row.connection.id,
        "can_be_checked": row.offer is not None,
        "has_secret": row.has_secret,
        "address": row.address,
    }
