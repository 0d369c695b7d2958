"""What can be typed after `dealside`, and what the exit codes mean."""

import argparse
from pathlib import Path

from desktop import __version__
from desktop.domain.errors import Cancelled, DealsideError, Rejected, Temporary, UserActionNeeded

EXIT_OK, EXIT_DEFECT, EXIT_USAGE, EXIT_USER, EXIT_TEMPORARY, EXIT_REJECTED = 0, 1, 2, 3, 4, 5
EXIT_CANCELLED = 130
EXIT_CODES = """exit codes:
  0  done              3  you have to do something first (the message says what)
  1  our fault         4  it may work later (offline, busy)
  2  wrong usage       5  refused: trying again gives the same answer
  6  the profile's agent is running already
"""


def exit_code(error: DealsideError) -> int:
    """Return the exit code that says what to do next."""
    codes: tuple[tuple[type[DealsideError], int], ...] = (
        (UserActionNeeded, EXIT_USER),
        (Temporary, EXIT_TEMPORARY),
        (Rejected, EXIT_REJECTED),
        (Cancelled, EXIT_CANCELLED),
    )
    return next((code for kind, code in codes if isinstance(error, kind)), EXIT_DEFECT)


def make_parser() -> argparse.ArgumentParser:
    """Return the parser; the absence of a command means the window."""
    parser = argparse.ArgumentParser(
        prog="dealside",
        description="Reads your mail on this machine and keeps your CRM filled in, one keypress at a time.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"dealside {__version__}")
    parser.add_argument("--profile", default="default", help="which profile (default: %(default)s)")
    parser.add_argument("--data-root", type=Path, help="keep everything under this folder (portable use)")
    parser.add_argument("--passphrase", action="store_true", help="ask for the passphrase that seals your secrets")
    parser.add_argument("--verbose", action="store_true", help="log more")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    commands.add_parser("window", help="open the window (the default)")
    _agent(commands.add_parser("agent", help="work without a window, until told to stop"))
    run = commands.add_parser("run", help="do what there is to do now, without a window, and print it")
    run.add_argument("--once", action="store_true", required=True, help="once, then end")
    _json(run)
    _json(commands.add_parser("doctor", help="say what is missing, and how to mend it"))
    _accounts(commands.add_parser("accounts", help="list, add, test and remove mailboxes and CRMs"))
    _queue(commands.add_parser("queue", help="list, accept, dismiss and undo suggestions"))
    confidence = commands.add_parser("confidence", help="say how right the suggestions were, and what was learned")
    confidence.add_argument("--forget", action="store_true", help="forget what was learned from your decisions")
    _json(confidence)
    _json(commands.add_parser("duplicates", help="say which contacts and accounts of your CRM are probably the same"))
    _models(commands.add_parser("models", help="list, get, import, delete and choose language models"))
    _settings(commands.add_parser("settings", help="show or change what you may choose"))
    return parser


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON")


def _agent(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--unlock-from-stdin", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--with-window", action="store_true", help="end when the last window closes")


def _accounts(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    _json(actions.add_parser("list", help="what is connected, and how it is doing"))
    _json(actions.add_parser("kinds", help="what can be connected, and what it asks for"))
    add = actions.add_parser("add", help="connect a mailbox or a CRM; it is tested first")
    add.add_argument("connector", help="its kind, for example imap or salesforce")
    add.add_argument("values", nargs="*", metavar="KEY=VALUE", help="its settings; secrets are asked for")
    add.add_argument("--title", default="", help="what to call it")
    add.add_argument("--secrets-from-stdin", action="store_true", help="read secrets as KEY=VALUE lines, for scripts")
    _json(add)
    change = actions.add_parser("change", help="new settings or secrets for a connection; they are tested first")
    change.add_argument("id", help="the connection's id, or its beginning")
    change.add_argument(
        "values", nargs="*", metavar="KEY=VALUE", help="what changes; without any, secrets are asked for"
    )
    change.add_argument(
        "--secrets-from-stdin", action="store_true", help="read secrets as KEY=VALUE lines, for scripts"
    )
    _json(change)
    for name, words in (("test", "sign in and look"), ("remove", "forget it; what came from it stays")):
        action = actions.add_parser(name, help=words)
        action.add_argument("id", help="the connection's id, or its beginning")
        _json(action)


def _models(parser: argparse.ArgumentParser) -> None:
    _json(parser)
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    _json(actions.add_parser("list", help="what can be had and what is here (the default)"))
    get = actions.add_parser("get", help="download a model of the list; goes on where an earlier try broke off")
    get.add_argument("name", help="its name in the list, or its beginning")
    get.add_argument("--yes", action="store_true", help="take it in spite of what is said about it")
    bring = actions.add_parser("import", help="take a model from a file, a stick or a share")
    bring.add_argument("file", type=Path, help="the .gguf file")
    bring.add_argument("--yes", action="store_true", help="take it even though nobody vouches for it")
    delete = actions.add_parser("delete", help="delete a model, or what has arrived of one")
    delete.add_argument("name", help="its name")
    delete.add_argument("--yes", action="store_true", help="even the one that reads your mail")
    use = actions.add_parser("use", help="let this model read your mail")
    use.add_argument("name", help="its name")
    remote = actions.add_parser("remote", help="let a model on a server read your mail, names and numbers hidden")
    remote.add_argument("address", help="the server's address, for example https://name.example/v1")
    remote.add_argument("--model", required=True, help="the model's name on the server")
    remote.add_argument("--form", default="chat", help="chat (the default), or a model family's own format, asked bare")
    remote.add_argument("--no-key", action="store_true", help="the server wants no key; otherwise it is asked for")
    remote.add_argument("--key-from-stdin", action="store_true", help="read the key from standard input, for scripts")
    remote.add_argument("--yes", action="store_true", help="in spite of what is said about it")
    local = actions.add_parser("local", help="let the models on this machine read again, and forget the server's key")
    for action in (get, bring, delete, use, remote, local):
        _json(action)


def _settings(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    _json(actions.add_parser("list", help="every setting, what it does, and its value"))
    choose = actions.add_parser("set", help="choose a value")
    choose.add_argument("name", help="the setting's name")
    choose.add_argument("value", help="its value")
    _json(choose)
    forget = actions.add_parser("forget", help="go back to what is usual")
    forget.add_argument("name", help="the setting's name")
    _json(forget)


def _queue(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="what waits for you")
    listing.add_argument("--shelf", choices=("open", "snoozed", "done"), default="open")
    _json(listing)
    accept = actions.add_parser("accept", help="accept a suggestion, a reply draft, or a whole card")
    accept.add_argument("id", help="its id")
    accept.add_argument("edits", nargs="*", metavar="FIELD=VALUE", help="your own values for some fields")
    _json(accept)
    dismiss = actions.add_parser("dismiss", help="dismiss a suggestion, a reply draft, or a whole card")
    dismiss.add_argument("id", help="its id")
    dismiss.add_argument("--reason", default="")
    _json(dismiss)
    undo = actions.add_parser("undo", help="take the last decision back, also after it was written")
    undo.add_argument("id", help="the suggestion's or draft's id")
    _json(undo)
