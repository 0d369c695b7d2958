"""`dealside models remote` and `local`: a model on a server reads the mail, or those on this machine again."""

import getpass
import sys
from argparse import Namespace

from desktop.cli.models import asker
from desktop.cli.parser import EXIT_OK
from desktop.cli.printing import Printer
from desktop.domain.errors import UserActionNeeded
from desktop.setup.remote_model import RemoteSetup


def remote(args: Namespace, printer: Printer, setup: RemoteSetup) -> int:
    """Choose a server, or go back."""
    if args.action == "local":
        had_one = setup.forget()
        printer.line("The models on this machine read your mail.")
        printer.document({"forgotten": had_one})
        return EXIT_OK
    choice, alternatives = setup.choose(
        args.address, args.model, key=_key(args), form=args.form, confirm=asker(yes=args.yes)
    )
    printer.line(f"{choice.model} at {choice.address} answers and reads your mail from the next one on.")
    if not alternatives:
        printer.line("   ! It gives no probabilities, so its answers count for little.")
    printer.document({"address": choice.address, "model": choice.model, "alternatives": alternatives})
    return EXIT_OK


def say_who_reads(args: Namespace, printer: Printer, setup: RemoteSetup) -> None:
    """Say so where a server reads, whatever model on this machine was just spoken of."""
    choice = setup.chosen()
    if choice is not None and not args.json:
        printer.line(
            f"At present {choice.model} at {choice.address} reads your mail; `dealside models local` ends that."
        )


def _key(args: Namespace) -> str:
    if args.no_key:
        return ""
    if args.key_from_stdin:
        return sys.stdin.readline().strip()
    if not sys.stdin.isatty():
        raise UserActionNeeded("There is nobody to ask for the key: use --key-from-stdin, or --no-key.")
    return getpass.getpass("Key of the server (empty for none): ").strip()
