"""Finds copies in a book: `BOOK.json SHARED…`, columns and which of them others may share. Prints JSON.

That is seconds, megabytes at most, and the pairs found.
"""

import json
import resource
import sys
import time
from collections.abc import Container
from pathlib import Path

from desktop.matching.links import link
from desktop.matching.table import Kind, Table, column, table

KINDS = {"first_name": Kind.NAME, "last_name": Kind.NAME, "postcode": Kind.CODE, "phone": Kind.CODE, "email": Kind.CODE}


def as_table(columns: dict[str, list[str]], shared: Container[str]) -> Table:
    """Return the columns of a book as what is compared."""
    return table(
        [
            column(name, KINDS.get(name, Kind.WORDS), values, is_shared=name in shared)
            for name, values in columns.items()
        ]
    )


def main() -> None:
    columns = json.loads(Path(sys.argv[1]).read_text())
    start = time.perf_counter()
    links = link(as_table(columns, sys.argv[2:]))
    seconds = time.perf_counter() - start
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    pairs = list(zip(links.left.tolist(), links.right.tolist(), strict=True))
    print(json.dumps({"seconds": seconds, "mb": megabytes, "pairs": pairs}))


if __name__ == "__main__":
    main()
