"""Tests of the mailboxes; the common behaviour is in tests/conformance/mail.py."""
