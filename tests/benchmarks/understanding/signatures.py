"""Signatures: which lines they are, and what stands in them."""

from collections.abc import Sequence
from dataclasses import dataclass

from desktop.domain.evidence import Zone
from desktop.understanding.signature.fields import read_signature
from desktop.understanding.zones.cleaning import dissect
from tests.benchmarks.understanding import corpus
from tests.benchmarks.understanding.normal import digits, name_forms, plain, squeezed
from tests.benchmarks.understanding.runs import Run, score_row, skipped
from tests.benchmarks.understanding.scoring import Counts, share

LINES_TARGET = 0.85
FIELDS_TARGET = 0.93
FIELDS = ("name", "position", "organisation", "phone", "fax", "mail", "address")


@dataclass(frozen=True, slots=True)
class SignedMail:
    """One mail: its lines, which of them are the signature, and which were taken for it (0-based)."""

    id: str
    lines: tuple[str, ...]
    gold: frozenset[int]
    predicted: frozenset[int]


def signed_mail(record: dict) -> SignedMail:
    """Find the signature of one mail. Empty lines do not count on either side."""
    text = record["text"].replace("\r\n", "\n")
    lines = text.split("\n")
    zones = dissect(text, sender=record.get("sender", "")).zones
    filled = {index for index, line in enumerate(lines) if line.strip()}
    predicted = {index for index, line in enumerate(zones) if line.zone is Zone.SIGNATURE}
    return SignedMail(
        str(record["id"]), tuple(lines), frozenset(filled & set(record["sig_lines"])), frozenset(filled & predicted)
    )


def line_figures(mails: Sequence[SignedMail]) -> dict:
    """Return F1 over all lines of all mails, and how many whole mails are right."""
    counts = Counts()
    for mail in mails:
        counts.n += len(mail.gold)
        counts.right += len(mail.gold & mail.predicted)
        counts.false_positive += len(mail.predicted - mail.gold)
        counts.false_negative += len(mail.gold - mail.predicted)
    return {**counts.figures(), "whole_mail": share(sum(m.gold == m.predicted for m in mails), len(mails))}


def line_misses(mails: Sequence[SignedMail]) -> list[str]:
    """Return one line per line that was missed or taken by mistake."""
    found = []
    for mail in mails:
        for index in sorted(mail.gold ^ mail.predicted):
            what = "missed" if index in mail.gold else "taken by mistake"
            found.append(f"{mail.id}  line {index} of {len(mail.lines)} {what}: {mail.lines[index][:100]!r}")
    return found


def fields_of(text: str) -> dict[str, tuple[str, ...]]:
    """Return what the product finds in the lines of a signature.

    In the data a phone is any number somebody can be called at, so mobile numbers count among them.
    """
    found = read_signature(text.split("\n"))
    said = {field: tuple(one.text for one in getattr(found, field)) for field in FIELDS}
    return said | {"phone": (*said["phone"], *(one.text for one in found.mobile))}


def field_form(field: str, text: str) -> str:
    """Return the normal form in which two values of a field are compared."""
    if field in ("phone", "fax"):
        return digits(text).removeprefix("1") if len(digits(text)) == 11 else digits(text)
    if field == "mail":
        return squeezed(text).removeprefix("mailto:")
    return min(name_forms(text)) if field == "name" else plain(text)


def field_figures(pairs: Sequence[tuple[dict, dict]]) -> dict:
    """Return field → precision, recall, F1, n over (answers, found) of each signature."""
    result = {}
    for field in FIELDS:
        counts = Counts()
        for gold, found in pairs:
            counts.add_sets(_forms(field, found.get(field, ())), _forms(field, gold.get(field, ())))
        result[field] = counts.figures()
    return result


def _forms(field: str, values: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(field_form(field, value) for value in values))


def field_misses(pairs: Sequence[tuple[dict, dict]], ids: Sequence[str]) -> list[str]:
    """Return one line per field of a signature that is not all right."""
    found = []
    for name, (gold, said) in zip(ids, pairs, strict=True):
        found += [
            f"{name}  {field:<12} gold {list(gold.get(field, ()))}  found {list(said.get(field, ()))}"
            for field in FIELDS
            if sorted(_forms(field, gold.get(field, ()))) != sorted(_forms(field, said.get(field, ())))
        ]
    return found


def lines_part(run: Run) -> dict:
    """Score which lines are the signature."""
    mails = [signed_mail(record) for record in corpus.all_records(run.data, corpus.SIGNATURE_LINES)]
    if not mails:
        return skipped(corpus.SIGNATURE_LINES)
    result = line_figures(mails)
    rows = [
        score_row("lines", result, f"target ≥ {LINES_TARGET}"),
        ("whole mails right", f"{result['whole_mail']:.3f}", ""),
    ]
    run.say("signature lines", rows, line_misses(mails))
    return {"signature_lines": result}


def fields_part(run: Run) -> dict:
    """Score what stands in given signatures."""
    records = corpus.all_records(run.data, corpus.SIGNATURE_FIELDS)
    if not records:
        return skipped(corpus.SIGNATURE_FIELDS)
    pairs = [(record["fields"], fields_of(record["signature"])) for record in records]
    result = field_figures(pairs)
    ids = [str(record.get("email_id", number)) for number, record in enumerate(records)]
    rows = [score_row(name, one, f"target ≥ {FIELDS_TARGET}") for name, one in result.items()]
    run.say("signature fields", rows, field_misses(pairs, ids))
    return {"signature_fields": result}
