"""What is still missing before work can flow, in plain words, with the fix. Never changes anything."""

from collections.abc import Callable
from dataclasses import dataclass

from desktop.domain.errors import DealsideError


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `sentence` says how it is, `fix` what to do when it is not well."""

    name: str
    is_ok: bool
    sentence: str
    fix: str = ""
    is_needed: bool = True


Probe = Callable[[], Finding]


def examine(probes: list[tuple[str, Probe]]) -> list[Finding]:
    """Run every probe; one that raises becomes a finding, so that the rest is still seen."""
    findings = []
    for name, probe in probes:
        try:
            findings.append(probe())
        except DealsideError as error:
            findings.append(Finding(name, False, error.sentence, "See the sentence above."))
        except Exception as error:  # noqa: BLE001  (a doctor that faints helps nobody)
            findings.append(
                Finding(name, False, f"This could not be looked at ({type(error).__name__}).", "See the log.")
            )
    return findings


def is_ready(findings: list[Finding]) -> bool:
    """Whether everything that is needed is well."""
    return all(finding.is_ok for finding in findings if finding.is_needed)
