"""One run over a folder of data with one reader: rules alone, or rules with our own model."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from desktop.domain.evidence import Reading
from desktop.domain.interactions import EmailMessage
from desktop.domain.ports import LanguageModel
from tests.benchmarks.figures import table
from tests.benchmarks.understanding import corpus
from tests.benchmarks.understanding.corpus import CrmMail

Rows = list[tuple[str, str, str]]


@dataclass(slots=True)
class Run:
    """What the parts are handed. Mails are read once, however many parts look at them."""

    data: Path
    name: str
    model: LanguageModel | None
    show: bool
    _read: list[tuple[CrmMail, Reading]] | None = field(default=None)

    def reading(self, message: EmailMessage, own: frozenset[str], job: str) -> Reading:
        """Understand one mail."""
        from desktop.understanding.reading import read_message  # late: not for parts that read no mail

        return read_message(message, self.model, own_addresses=own, job=job)

    def crm(self) -> list[tuple[CrmMail, Reading]]:
        """Return the annotated mails with what was understood."""
        if self._read is None:
            mails = corpus.crm_mails(self.data)
            self._read = [(mail, self.reading(mail.message, mail.own_addresses, mail.id)) for mail in mails]
        return self._read

    def say(self, title: str, rows: Rows, misses: Sequence[str] = ()) -> None:
        """Print a table, and the misses when they were asked for."""
        if self.show:
            print(f"\n{title}: {len(misses)} misses")
            for line in misses:
                print(f"  {line}")
        table(f"understanding, {self.name}: {title}", rows)


def score_row(name: str, figures: dict, remark: str = "") -> tuple[str, str, str]:
    """Return a row with F1, precision and recall."""
    shown = f"P {figures['precision']:.3f}  R {figures['recall']:.3f}  {remark}".rstrip()
    return f"{name} (n {figures['n']})", f"F1 {figures['f1']:.3f}", shown


def skipped(pattern: str) -> dict:
    """Say that a set is absent; return no figures."""
    print(f"understanding: {pattern} is not there and was skipped")
    return {}
