"""Entry: arguments → log → profile → the front end that was asked for → exit code. Imports as little as it can."""

import sys
from argparse import Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING

from desktop.cli.parser import exit_code, make_parser
from desktop.domain.errors import DealsideError

if TYPE_CHECKING:
    from desktop.bootstrap import Parts
    from desktop.cli.printing import Printer
    from desktop.system.profile import Profile


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code."""
    argv = list(sys.argv[1:] if arguments is None else arguments)
    if argv[:1] == ["--child"]:
        from desktop.runtime.process import freeze_support  # noqa: PLC0415  (frozen builds only)

        if freeze_support(argv):
            return 0
    args = make_parser().parse_args(argv)
    try:
        return _dispatch(args)
    except DealsideError as error:
        print(error.sentence, file=sys.stderr)  # noqa: T201  (there may be no window and no log yet)
        return exit_code(error)
    except KeyboardInterrupt:
        return 130


def _dispatch(args: Namespace) -> int:
    from desktop.bootstrap import Parts  # noqa: PLC0415  (not for --help and --version)

    profile = _profile(args)
    _start_log(args, profile)
    parts = Parts(profile)
    try:
        return _COMMANDS[args.command or "window"](args, parts)
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
    if args.command in (None, "window", "run", "doctor"):
        return open_profile_or_sample(args.profile, args.data_root, passphrase=passphrase)
    return open_profile(args.profile, args.data_root, passphrase=passphrase)


def _ask_passphrase() -> str:
    import getpass  # noqa: PLC0415  (rarely wanted)

    return getpass.getpass("Passphrase: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")


def _start_log(args: Namespace, profile: "Profile") -> None:
    import logging  # noqa: PLC0415

    from desktop.system import logs  # noqa: PLC0415

    program = "agent" if args.command == "agent" else "dealside"
    logs.setup(profile.paths, logging.DEBUG if args.verbose else logging.INFO, program=program)


def _window(args: Namespace, parts: "Parts") -> int:
    from desktop.system.environment import has_display  # noqa: PLC0415

    if not has_display():
        args.json = False
        return _run_once(args, parts)
    from desktop.ui.application import run  # noqa: PLC0415  (Qt)

    return run(parts.services(), parts.clock)


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


def _accounts(args: Namespace, parts: "Parts") -> int:
    from desktop.cli.commands import accounts  # noqa: PLC0415
    from desktop.review.queries import StoredQueries  # noqa: PLC0415

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


def _printer(args: Namespace) -> "Printer":
    from desktop.cli.printing import Printer  # noqa: PLC0415

    return Printer(as_json=args.json)


_COMMANDS = {
    "window": _window,
    "agent": _agent,
    "run": _run_once,
    "doctor": _doctor,
    "accounts": _accounts,
    "queue": _queue,
}

if __name__ == "__main__":
    sys.exit(main())
