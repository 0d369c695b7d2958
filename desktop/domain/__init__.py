"""The words of the business: frozen dataclasses and Protocols. Standard library only, no I/O."""
