"""COMPOSITION ROOT: the only place where concrete classes meet. It never imports a front end."""

from desktop.bootstrap.parts import Parts, program

__all__ = ["Parts", "program"]
