"""`dealside accounts check-mapping`: an administrator asks whether a mapping file makes sense before it is used."""

from collections.abc import Callable, Sequence
from pathlib import Path

from desktop.cli.parser import EXIT_OK, EXIT_USER
from desktop.cli.printing import Printer


def check_mapping(file: Path, printer: Printer, problems_of: Callable[[Path], Sequence[str]]) -> int:
    """Print what is wrong with a mapping file, a line each; exit 3 when there is anything."""
    problems = list(problems_of(file))
    for problem in problems:
        printer.line(problem)
    printer.line(f"{len(problems)} to mend in {file.name}." if problems else f"{file.name} makes sense.")
    printer.document({"file": str(file), "problems": problems})
    return EXIT_USER if problems else EXIT_OK
