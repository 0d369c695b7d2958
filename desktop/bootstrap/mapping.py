"""A mapping file for another CRM, checked without a profile: an administrator has none."""

from pathlib import Path


def mapping_problems(file: Path) -> list[str]:
    """Return what is wrong with a mapping file, a sentence each."""
    from desktop.connectors.custom.mapping_file import checked  # noqa: PLC0415  (only for this command)

    return checked(file)[0]
