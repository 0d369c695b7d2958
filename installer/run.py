"""README's first command: set up what is missing, then start Dealside with the arguments given."""

import os
import subprocess
import sys

if sys.version_info < (3, 11):  # noqa: UP036  (any Python may be the one that starts this)
    sys.exit("Dealside needs Python 3.11 or newer: start this with one.")

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))  # noqa: PTH100, PTH120

from installer.environment import ensure
from installer.packages import Need, explain, this_machine
from installer.pip_steps import SetUpError


def has_screen() -> bool:
    """Tell whether a window would be tried; the program looks closer itself."""
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def main(arguments: list[str]) -> int:
    """Return the program's exit code, or 1 when set-up could not be done, 130 when it was interrupted."""
    try:
        ready = ensure(dev=False)
    except SetUpError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The next start goes on from here.", file=sys.stderr)
        return 130
    needed = [package for package in ready.lacking if package.need is Need.WINDOW]
    if needed and has_screen() and not arguments:
        print(explain(needed, this_machine()), file=sys.stderr)
        return 1
    command = [str(ready.python), "-P", "-m", "desktop", *arguments]
    sys.stdout.flush()
    if os.name == "posix":
        os.execv(command[0], command)
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
