"""The words that titles, companies, topics, dates and amounts are put together from: `words/<language>.txt`.

A section begins with `# name`; its entries stand between bars. `*` in an entry is where the other part goes, `_` a
blank that would be lost at an entry's end.
"""

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "words"


@cache
def words_of(language: str) -> dict[str, list[str]]:
    """Return the entries of one language by section."""
    sections: dict[str, list[str]] = {}
    entries: list[str] = []
    for line in (FOLDER / f"{language}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            entries = sections.setdefault(line[2:].strip(), [])
        else:
            entries.extend(entry.strip().replace("_", " ") for entry in line.split("|") if entry.strip())
    return sections
