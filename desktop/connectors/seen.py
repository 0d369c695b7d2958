"""A Checkpoint's mark for folders that number nothing: the set of names already delivered, eight bytes each.

A high-water mark would be smaller, but names do not have to grow: restored or synchronised mails arrive late under old
names and would never be read. Eight bytes keep a chance collision (which would hide one mail) below one in a billion
at 100,000 names; such a mark is about a megabyte, a mailbox of a thousand mails has 11 kB.
"""

import base64
import binascii
import hashlib
import os
from collections.abc import Iterable

PRINT_BYTES = 8
VERSION = "1:"


def fingerprint(name: str) -> bytes:
    """Return the eight bytes a file name is remembered by."""
    return hashlib.blake2b(os.fsencode(name), digest_size=PRINT_BYTES).digest()


def parse_mark(mark: str) -> set[bytes]:
    """Return the fingerprints in a mark; raise ValueError when it is none of ours. An empty mark is the empty set."""
    if not mark:
        return set()
    if not mark.startswith(VERSION):
        raise ValueError("unknown version")
    try:
        joined = base64.b64decode(mark[len(VERSION) :], validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
    if len(joined) % PRINT_BYTES:
        raise ValueError("cut off")
    return {joined[at : at + PRINT_BYTES] for at in range(0, len(joined), PRINT_BYTES)}


def format_mark(prints: Iterable[bytes]) -> str:
    """Return the mark of a set of fingerprints; equal sets give equal marks."""
    return VERSION + base64.b64encode(b"".join(sorted(prints))).decode("ascii")
