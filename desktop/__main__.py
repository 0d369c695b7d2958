"""Entry: arguments → log → profile → the front end that was asked for → exit code. Imports as little as it can.

A window start is laid out for time: the key comes from the keyring on another core while Qt loads on this one, and
no garbage is looked for until the first page is painted.
"""

import gc
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from desktop.domain.errors import DealsideError

if TYPE_CHECKING:
    from desktop.bootstrap import Parts
    from desktop.cli.printing import Printer
    from desktop.system.profile import EarlyKey, Profile

KEYRING_SECONDS = 5.0
LOADING_OBJECTS = 1_000_000
USUAL_THRESHOLDS = gc.get_threshold()


def main(arguments: Sequence[str] | None = None, *, on_ready: Callable[[], None] | None = None) -> int:
    """Run the program and return its exit code. `on_ready` comes once a window's first page is painted."""
    argv = list(sys.argv[1:] if arguments is None else arguments)
    if getattr(sys, "frozen", False):
        from desktop.runtime.process import freeze_support  # noqa: PLC0415  (frozen builds only)

        if freeze_support(argv):
            return 0
    args = arguments_of(argv)
    if args.command == "accounts" and args.action == "check-mapping":
        return _check_mapping(args)
    try:
        return serve(args, _profile(args), on_ready=on_ready)
    except DealsideError as error:
        from desktop.cli.parser import exit_code  # noqa: PLC0415  (loads what a window does without)

        print(error.sentence, file=sys.stderr)  # noqa: T201  (there may be no window and no log yet)
        return exit_code(error)
    except KeyboardInterrupt:
        return 130


def arguments_of(argv: Sequence[str]) -> Namespace:
    """Return what the command line says. The usual one says nothing, and building the parser takes 5 ms."""
    if not argv:
        return Namespace(command=None, profile="default", data_root=None, passphrase=False, verbose=False)
    from desktop.cli.parser import make_parser  # noqa: PLC0415

    return make_parser().parse_args(argv)


def serve(args: Namespace, profile: "Profile", *, on_ready: Callable[[], None] | None = None) -> int:
    """Do what the arguments ask, on an open profile; return the exit code."""
    from desktop.bootstrap import Parts  # noqa: PLC0415  (not for --help and --version)

    _start_log(args, profile)
    parts = Parts(profile)
    try:
        if _wants_window(args):
            return _window(args, parts, on_ready)
        return _COMMANDS[args.command](args, parts)
    finally:
        parts.close()
        # A temporary profile with a window is its agent's to throw away, when the window has closed.
        if not parts.has_agent:
            profile.throw_away()


def _profile(args: Namespace) -> "Profile":
    from desktop.system.profile import open_profile, open_profile_or_sample, unlock  # noqa: PLC0415  (as above)

    if args.command == "agent" and args.unlock_from_stdin:
        return unlock(args.profile, args.data_root, sys.stdin.readline().strip())
    passphrase = _ask_passphrase() if args.passphrase else None
    if _wants_window(args):
        early_key = _ask_early(args)
        load_window()
        return open_profile_or_sample(args.profile, args.data_root, passphrase=passphrase, early_key=early_key)
    if args.command in ("run", "doctor"):
        return open_profile_or_sample(args.profile, args.data_root, passphrase=passphrase)
    return open_profile(args.profile, args.data_root, passphrase=passphrase)


def _wants_window(args: Namespace) -> bool:
    return args.command in (None, "window")


def _ask_early(args: Namespace) -> "EarlyKey":
    """Have the keyring asked for the key of the store while the window loads."""
    from desktop.runtime.errand import Errand  # noqa: PLC0415  (as above)
    from desktop.system.profile import is_in_keyring, key_from_keyring  # noqa: PLC0415

    if args.passphrase or not is_in_keyring(args.profile, args.data_root):
        return str
    errand = Errand(lambda: key_from_keyring(args.profile).encode())
    return lambda: errand.answer(KEYRING_SECONDS).decode()


def load_window() -> None:
    """Load what a window consists of, where there is a display, in the order that loads fastest."""
    from desktop.system.environment import has_display  # noqa: PLC0415

    if has_display():
        gc.set_threshold(LOADING_OBJECTS)
        import desktop.bootstrap  # noqa: PLC0415
        import desktop.review.queries  # noqa: PLC0415  (before Qt, which slows down every import that follows it)
        from desktop.ui.lean_imports import lean_imports  # noqa: PLC0415

        lean_imports()
        import desktop.ui.application  # noqa: F401, PLC0415


def _ask_passphrase() -> str:
    import getpass  # noqa: PLC0415  (rarely wanted)

    return getpass.getpass("Passphrase: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")


def _start_log(args: Namespace, profile: "Profile") -> None:
    import logging  # noqa: PLC0415

    if _wants_window(args):
        from desktop.system.late_log import setup_late  # noqa: PLC0415

        setup_late(profile.paths, logging.DEBUG if args.verbose else logging.INFO)
        return
    from desktop.system import logs  # noqa: PLC0415

    program = "agent" if args.command == "agent" else "dealside"
    logs.setup(profile.paths, logging.DEBUG if args.verbose else logging.INFO, program=program)


def _window(args: Namespace, parts: "Parts", on_ready: Callable[[], None] | None) -> int:
    from desktop.system.environment import has_display  # noqa: PLC0415

    if not has_display():
        args.json = False
        return _run_once(args, parts)
    from desktop.ui.application import run  # noqa: PLC0415  (Qt)

    def ready() -> None:
        # What is loaded by now stays for good: not looking through it again keeps every later collection short.
        gc.freeze()
        gc.set_threshold(*USUAL_THRESHOLDS)
        if on_ready is not None:
            on_ready()

    return run(parts.services(), parts.clock, on_ready=ready)


def _run_once(args: Namespace, parts: "Parts") -> int:
    from desktop.cli.commands import show_run  # noqa: PLC0415
    from desktop.review.queries import StoredQueries  # noqa: PLC0415

    printer = _printer(args)
    printer.line("Dealside reads your mail …")
    parts.run_once()
    queries = StoredQueries(parts.reader())
    try:
        return show_run(queries, printer, notice=parts.profile.notice)
    finally:
        queries.close()


def _agent(args: Namespace, parts: "Parts") -> int:
    from desktop.agent.main import serve  # noqa: PLC0415
    from desktop.runtime.link import address_of  # noqa: PLC0415
    from desktop.system.instance import InstanceLock  # noqa: PLC0415

    data = parts.profile.paths.data
    lock = InstanceLock(data / "agent.lock")
    if not lock.try_acquire():
        parts.has_agent = True  # a temporary profile is that agent's to throw away, not ours
        return _already_running()
    agent, bus = parts.agent()
    try:
        serve(
            agent,
            bus,
            address=address_of(data),
            secret=parts.link_secret(),
            ends_with_window=args.with_window,
        )
    finally:
        lock.release()
    return 0


def _already_running() -> int:
    print("This profile's agent is running already.", file=sys.stderr)  # noqa: T201
    return 6


def _doctor(args: Namespace, parts: "Parts") -> int:
    from desktop.cli.commands import doctor  # noqa: PLC0415
    from desktop.setup.probes import probes  # noqa: PLC0415
    from desktop.setup.readiness import examine  # noqa: PLC0415

    return doctor(examine(probes(parts.store, parts.model, parts.setup, has_keyring=parts.has_keyring)), _printer(args))


def _check_mapping(args: Namespace) -> int:
    from desktop.bootstrap.mapping import mapping_problems  # noqa: PLC0415
    from desktop.cli.mapping import check_mapping  # noqa: PLC0415

    return check_mapping(args.file, _printer(args), mapping_problems)


def _accounts(args: Namespace, parts: "Parts") -> int:
    from desktop.cli.commands import accounts  # noqa: PLC0415
    from desktop.review.queries import StoredQueries  # noqa: PLC0415

    if args.action == "sign-in" or getattr(args, "sign_in", False):
        from desktop.cli.signing_in import sign_in  # noqa: PLC0415
        from desktop.system.browser import open_in_browser  # noqa: PLC0415

        code = sign_in(args, _printer(args), parts.sign_in_setup(), parts.kinds, open_in_browser)
        parts.nudge()
        return code
    code = accounts(args, _printer(args), parts.setup(), StoredQueries(parts.reader()), parts.kinds)
    parts.nudge()
    return code


def _queue(args: Namespace, parts: "Parts") -> int:
    from desktop.cli.commands import queue  # noqa: PLC0415
    from desktop.review.queries import StoredQueries  # noqa: PLC0415
    from desktop.review.service import StoredReview  # noqa: PLC0415

    review = StoredReview(parts.store, parts.clock, actor="rep")
    code = queue(args, _printer(args), StoredQueries(parts.reader()), review)
    parts.nudge()
    return code


def _outbox(args: Namespace, parts: "Parts") -> int:
    from desktop.cli.models import asker  # noqa: PLC0415
    from desktop.cli.outbox import outbox  # noqa: PLC0415
    from desktop.review.queries import StoredQueries  # noqa: PLC0415
    from desktop.review.service import StoredReview  # noqa: PLC0415

    review = StoredReview(parts.store, parts.clock, actor="rep")
    confirm = asker(yes=getattr(args, "yes", False))
    queries = StoredQueries(parts.reader())
    code = outbox(args, _printer(args), queries, review, now=parts.clock.now(), confirm=confirm)
    parts.nudge()
    return code


def _confidence(args: Namespace, parts: "Parts") -> int:
    from desktop.cli.commands import confidence  # noqa: PLC0415
    from desktop.understanding.confidence.refit import Learned  # noqa: PLC0415

    return confidence(args, _printer(args), Learned(parts.store(), parts.clock))


def _duplicates(args: Namespace, parts: "Parts") -> int:
    from desktop.cli.duplicates import duplicates  # noqa: PLC0415
    from desktop.cli.models import asker  # noqa: PLC0415

    code = duplicates(args, _printer(args), parts.cleanup(), asker(yes=getattr(args, "yes", False)))
    parts.nudge()
    return code


def _models(args: Namespace, parts: "Parts") -> int:
    from desktop.cli.models import models  # noqa: PLC0415
    from desktop.cli.remote import remote, say_who_reads  # noqa: PLC0415

    if args.action in ("remote", "local"):
        code = remote(args, _printer(args), parts.remote_setup())
    else:
        printer = _printer(args)
        code = models(args, printer, parts.models())
        say_who_reads(args, printer, parts.remote_setup())
    parts.nudge()
    return code


def _settings(args: Namespace, parts: "Parts") -> int:
    from desktop.cli.commands import settings  # noqa: PLC0415
    from desktop.setup.settings import Settings  # noqa: PLC0415

    code = settings(args, _printer(args), Settings(parts.store()))
    parts.nudge()
    return code


def _enrich(args: Namespace, parts: "Parts") -> int:
    from desktop.cli.enrich import enrich  # noqa: PLC0415
    from desktop.proposals.enriching import Enriching  # noqa: PLC0415

    code = enrich(args, _printer(args), Enriching(parts.store(), parts.clock))
    parts.nudge()
    return code


def _webhooks(args: Namespace, parts: "Parts") -> int:
    from desktop.cli.webhooks import webhooks  # noqa: PLC0415

    code = webhooks(args, _printer(args), parts.webhook_setup(), parts.webhook_trouble)
    parts.nudge()
    return code


def _printer(args: Namespace) -> "Printer":
    from desktop.cli.printing import Printer  # noqa: PLC0415

    return Printer(as_json=args.json)


_COMMANDS = {
    "agent": _agent,
    "run": _run_once,
    "doctor": _doctor,
    "accounts": _accounts,
    "queue": _queue,
    "outbox": _outbox,
    "confidence": _confidence,
    "duplicates": _duplicates,
    "enrich": _enrich,
    "models": _models,
    "settings": _settings,
    "webhooks": _webhooks,
}

if __name__ == "__main__":
    sys.exit(main())
