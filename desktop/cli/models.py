"""`dealside models`: what can be had, what is here, and the jobs on them."""

import sys
from argparse import Namespace
from collections.abc import Callable
from typing import Any, TextIO

from desktop.cli.parser import EXIT_OK
from desktop.cli.printing import Printer
from desktop.domain.catalogue import InstalledModel
from desktop.domain.errors import UserActionNeeded
from desktop.setup.models import ModelRow, ModelSetup
from desktop.setup.transfer import Progress, in_words

WIDTH = 78
LATER = "It reads from the next mail on."


def models(args: Namespace, printer: Printer, setup: ModelSetup) -> int:
    """List models, or do one job on one of them."""
    action = args.action or "list"
    if action == "list":
        _list(printer, setup)
    elif action in ("get", "import"):
        _fetch(args, printer, setup)
    elif action == "delete":
        freed = setup.delete(args.name, even_active=args.yes)
        printer.line(f"Deleted: {in_words(freed)} are free again.")
        printer.document({"freed": freed})
    else:
        model, warning = setup.use(args.name)
        printer.line(f"{model.title} reads your mail. {LATER}")
        if warning:
            printer.line(f"   ! {warning}")
        printer.document({**model_object(model), "warning": warning})
    return EXIT_OK


def _list(printer: Printer, setup: ModelSetup) -> None:
    state = setup.state()
    for row in state.rows:
        mark = "▶" if row.is_active else "●" if row.installed else "◐" if row.arrived else " "
        printer.line(f"{mark} {row.name:<20} {in_words(row.size):>8}  {_kind(row):<9} {row.title}")
        for words in _remarks(row):
            printer.line(f"      {words}")
    printer.line()
    printer.line(f"▶ reads your mail   ● is here   ◐ has arrived in part   {in_words(state.free_space)} are free")
    if state.mirror:
        printer.line(f"Models are downloaded from {state.mirror}.")
    printer.document(
        {
            "models": [row_object(row) for row in state.rows],
            "folder": str(state.folder),
            "free_space": state.free_space,
            "available_memory": state.available_memory,
            "hub": state.hub,
            "mirror": state.mirror,
            "active": state.active,
        }
    )


def _kind(row: ModelRow) -> str:
    if row.entry is not None:
        return row.entry.tier
    return "in the box" if row.installed is not None and row.installed.is_boxed else "your own"


def _remarks(row: ModelRow) -> list[str]:
    remarks = [row.entry.note, f"{row.entry.licence.name}. {row.entry.licence.note}".strip()] if row.entry else []
    if row.entry is not None and row.entry.sha256 is None:
        remarks.append("Its checksum is not known before the first download.")
    if row.arrived:
        remarks.append(f"{in_words(row.arrived)} have arrived; `dealside models get {row.name}` goes on from there.")
    return [words for words in (*remarks, row.warning) if words]


def _fetch(args: Namespace, printer: Printer, setup: ModelSetup) -> None:
    line = ProgressLine(sys.stderr)
    try:
        if args.action == "get":
            model = setup.get(args.name, confirm=asker(yes=args.yes), on_progress=line.show)
        else:
            model = setup.bring(args.file, confirm=asker(yes=args.yes), on_progress=line.show)
    except KeyboardInterrupt:
        line.end()
        if args.action == "get":
            printer.line(f"Stopped; what has arrived is kept: dealside models get {args.name} goes on from there.")
        raise
    finally:
        line.end()
    active = setup.active()
    printer.line(f"{model.title} is here and was checked [{model.sha256[:12]}].")
    printer.line(LATER if active == model else f"To let it read your mail: dealside models use {model.name}")
    printer.document({**model_object(model), "is_active": active == model})


def asker(*, yes: bool) -> Callable[[str], bool]:
    """Return what asks a person; with --yes it is answered already, and where nobody sits, that is what to say."""

    def ask(words: str) -> bool:
        if yes:
            return True
        if not sys.stdin.isatty():
            raise UserActionNeeded(f"{words} If you want it all the same, say so with --yes.")
        print(f"{words}\nGo on? [y/N] ", end="", file=sys.stderr, flush=True)  # noqa: T201  (the question itself)
        return sys.stdin.readline().strip().lower() in ("y", "yes")

    return ask


class ProgressLine:
    """One line that is written over and over, where a person looks on."""

    def __init__(self, out: TextIO) -> None:
        self._out = out if out.isatty() else None
        self._is_open = False

    def show(self, progress: Progress) -> None:
        """Show how far a job is."""
        if self._out is not None:
            self._is_open = True
            print(f"\r{line_of(progress):<{WIDTH}}", end="", file=self._out, flush=True)

    def end(self) -> None:
        """Leave the line as it is and begin a new one."""
        if self._out is not None and self._is_open:
            self._is_open = False
            print(file=self._out)


def line_of(progress: Progress) -> str:
    """Return progress in words: what, how much of how much, how fast, how long still."""
    words = f"{progress.doing} {in_words(progress.done)}"
    if progress.total:
        words += f" of {in_words(progress.total)} ({progress.done / progress.total:.0%})"
    if progress.speed:
        words += f", {in_words(round(progress.speed))}/s"
    if progress.seconds_left is not None:
        minutes, seconds = divmod(round(progress.seconds_left), 60)
        words += f", {minutes} min left" if minutes else f", {seconds} s left"
    return words[:WIDTH]


def model_object(model: InstalledModel) -> dict[str, Any]:
    """Return an installed model as plain values."""
    return {
        "name": model.name,
        "title": model.title,
        "path": str(model.path),
        "size": model.size,
        "sha256": model.sha256 or None,
        "purpose": model.purpose,
        "is_boxed": model.is_boxed,
    }


def row_object(row: ModelRow) -> dict[str, Any]:
    """Return one line of the list as plain values; what nobody knows is null."""
    entry = row.entry
    known: dict[str, Any] = {}
    if entry is not None:
        known = {
            "tier": entry.tier,
            "repository": entry.repository,
            "revision": entry.revision,
            "file": entry.file,
            "bytes": entry.size,
            "sha256": entry.sha256,
            "licence": {"name": entry.licence.name, "link": entry.licence.link, "note": entry.licence.note},
            "context": entry.context,
            "languages": list(entry.languages),
            "thinking": entry.thinking,
            "can_draft": entry.can_draft,
            "note": entry.note,
        }
    return {
        "name": row.name,
        "title": row.title,
        "size": row.size,
        "memory": row.memory,
        "is_active": row.is_active,
        "arrived": row.arrived,
        "warning": row.warning,
        "installed": model_object(row.installed) if row.installed else None,
        "entry": known or None,
    }
