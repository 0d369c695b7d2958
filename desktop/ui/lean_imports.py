"""Give Python its plain import back, so that the window's modules load as fast as any others.

PySide6 puts itself in front of the import statement, and from then on reads the source of every module that is
imported, in search of `from __feature__ import`. Nobody here writes that, and the search is a fifth of a warm start.
"""

import builtins

import PySide6.QtCore  # noqa: F401  (this is what puts it there)


def lean_imports() -> bool:
    """Take PySide6's search out of the import statement; return whether it was there."""
    plain = getattr(builtins, "__orig_import__", None)
    if plain is None or builtins.__import__ is plain:
        return False
    builtins.__import__ = plain
    return True
