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
    _outbox(commands.add_parser("outbox", help="what is on its way or stuck: see it, send it now, or give it up"))
    confidence = commands.add_parser("confidence", help="say how right the suggestions were, and what was learned")
    confidence.add_argument("--forget", action="store_true", help="forget what was learned from your decisions")
    _json(confidence)
    _duplicates(commands.add_parser("duplicates", help="find, merge or dismiss what stands in your CRM twice"))
    _enrich(commands.add_parser("enrich", help="fill empty fields of your CRM from earlier mails, for you to review"))
    _models(commands.add_parser("models", help="list, get, import, delete and choose language models"))
    _settings(commands.add_parser("settings", help="show or change what you may choose"))
    _webhooks(commands.add_parser("webhooks", help="let CRMs tell us at once that something changed there"))
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
    add.add_argument("--sign-in", action="store_true", help="sign in by the browser instead of pasting a token")
    again = actions.add_parser("sign-in", help="sign in again, by the browser, where a sign-in has ended")
    again.add_argument("id", help="the connection's id, or its beginning")
    again.add_argument("values", nargs="*", metavar="KEY=VALUE", help="what changes: the client id, for example")
    again.add_argument("--secrets-from-stdin", action="store_true", help="read secrets as KEY=VALUE lines, for scripts")
    _json(again)
    for action in (add, again):
        action.add_argument("--code", action="store_true", help="sign in by a code, typed on any device")
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
    mapping = actions.add_parser("check-mapping", help="say what is wrong with a mapping file for another CRM")
    mapping.add_argument("file", type=Path, help="the mapping file")
    _json(mapping)
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


def _enrich(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--contact", default="", metavar="WORDS", help="only whose name or address holds these words")
    parser.add_argument("--dry-run", action="store_true", help="say what would be proposed, and change nothing")
    _json(parser)


def _webhooks(parser: argparse.ArgumentParser) -> None:
    _json(parser)
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    _json(actions.add_parser("list", help="whether calls come in, and how each CRM's are checked (the default)"))
    keep = actions.add_parser("keep", help="keep the secret shared with a CRM; it is asked for, or made")
    keep.add_argument("--secret-from-stdin", action="store_true", help="read it from standard input, for scripts")
    forget = actions.add_parser("forget", help="forget it, and take in no more calls of that CRM")
    for action in (keep, forget):
        action.add_argument("id", help="the CRM's id, or its beginning")
        _json(action)


def _duplicates(parser: argparse.ArgumentParser) -> None:
    _json(parser)
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    listing = actions.add_parser("list", help="what is probably the same (the default)")
    listing.add_argument("--shelf", choices=("open", "decided", "apart"), default="open")
    _json(listing)
    show = actions.add_parser("show", help="what a merge would do: what stays, and what would vanish")
    merge = actions.add_parser("merge", help="merge them; a merge cannot be undone")
    dismiss = actions.add_parser("dismiss", help="say that these are not the same")
    undo = actions.add_parser("undo", help="take the decision back, as long as nothing is merged")
    retry = actions.add_parser("retry", help="send again what was refused")
    for action in (show, merge, dismiss, undo, retry):
        action.add_argument("id", help="its id, or the beginning of it")
        _json(action)
    merge.add_argument(
        "strategies", nargs="*", metavar="FIELD=STRATEGY", help="whose value a field gets: keep, other, newest, longest"
    )
    merge.add_argument("--keep", default="", metavar="RECORD", help="the record that stays")
    merge.add_argument("--apart", action="append", default=[], metavar="RECORD", help="a record that is another")
    merge.add_argument("--note", action="store_true", help="keep the values that would vanish in a note")
    merge.add_argument("--yes", action="store_true", help="do not ask")


def _outbox(parser: argparse.ArgumentParser) -> None:
    _json(parser)
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    listing = actions.add_parser("list", help="what is on its way or stuck, why, and its next try (the default)")
    retry = actions.add_parser("retry", help="send it now, also over what somebody changed meanwhile, as it was shown")
    which = retry.add_mutually_exclusive_group(required=True)
    which.add_argument("id", nargs="?", help="its id, or the beginning")
    which.add_argument("--all", action="store_true", help="all of it, but conflicts: those wait for your answers")
    resolve = actions.add_parser("resolve", help="answer a conflict field by field, and send the rest")
    resolve.add_argument("id", help="its id, or the beginning")
    resolve.add_argument("values", nargs="+", metavar="FIELD=VALUE", help="`theirs`, `mine`, or a value of your own")
    give_up = actions.add_parser("give-up", help="do not write it; you can decide on it again")
    give_up.add_argument("id", help="its id, or the beginning")
    give_up.add_argument("--yes", action="store_true", help="without being asked")
    for action in (listing, retry, resolve, give_up):
        _json(action)


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
