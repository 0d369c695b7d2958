"""Dealside: what a sales rep's mail says, reviewed by the rep, written to the CRM exactly once."""

__version__ = "0.1.0"
