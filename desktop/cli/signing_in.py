"""`dealside accounts add KIND --sign-in` and `dealside accounts sign-in ID`: sign in at a vendor, by the browser."""

import sys
from argparse import Namespace
from collections.abc import Callable, Iterable
from dataclasses import replace

from desktop.cli.commands import pairs_of, secrets_for
from desktop.cli.parser import EXIT_OK
from desktop.cli.printing import Printer, clean
from desktop.domain.connections import Connection, ConnectorInfo, FieldWidget
from desktop.domain.errors import Rejected
from desktop.setup.signing_in import Rep, SignInSetup


def sign_in(
    args: Namespace,
    printer: Printer,
    setup: SignInSetup,
    kinds: Callable[[], Iterable[ConnectorInfo]],
    open_page: Callable[[str], bool],
) -> int:
    """Wait until the rep has signed in; Ctrl-C cancels. What they have to do is said on standard error."""
    rep = Rep(show=_by_code if args.code else _by_browser(open_page), by_code=args.code)
    values = pairs_of(args.values)
    if args.action == "add":
        info = next((kind for kind in kinds() if kind.name == args.connector), None)
        if info is None:
            raise Rejected("There is nothing like that: see `dealside accounts kinds`.")
        values.update(_secrets(info, values, from_stdin=args.secrets_from_stdin))
        connection = setup.add(args.connector, values, rep, title=args.title)
    else:
        if args.secrets_from_stdin:
            values.update(pairs_of(line.rstrip("\n") for line in sys.stdin if line.strip()))
        connection = setup.again(args.id, values, rep)
    _report(printer, connection)
    return EXIT_OK


def _report(printer: Printer, connection: Connection) -> None:
    printer.line(f"You are signed in to {connection.title} [{connection.id[:12]}].")
    printer.document({"id": connection.id, "connector": connection.connector, "title": connection.title})


def _secrets(info: ConnectorInfo, values: dict[str, str], *, from_stdin: bool) -> dict[str, str]:
    """Ask for the secrets that a sign-in needs: those of the app, and never a token."""
    way = info.sign_in
    specs = [spec for spec in info.settings if way is None or spec.key != way.stands_for]
    specs += [spec for spec in way.settings if spec.required or from_stdin] if way else []
    wanted = tuple(spec for spec in specs if spec.widget is FieldWidget.SECRET)
    return secrets_for(replace(info, settings=wanted), values, from_stdin=from_stdin)


def _by_browser(open_page: Callable[[str], bool]) -> Callable[[str, str], None]:
    def show(address: str, callback: str) -> None:
        _say(f"The app at the vendor has to know this callback address: {callback}")
        if open_page(address):
            _say("Sign in in the browser window that opens; if none does, open this address:")
        else:
            _say("Open this address in a browser on this computer, and sign in there:")
        _say(f"\n    {address}\n")
        _say("Waiting for you to come back (Ctrl-C cancels) …")

    return show


def _by_code(address: str, code: str) -> None:
    _say(f"Open {address} on any device and type this code: {code}")
    _say("Waiting for you to sign in there (Ctrl-C cancels) …")


def _say(text: str) -> None:
    sys.stderr.write(f"{clean(text)}\n")
    sys.stderr.flush()
