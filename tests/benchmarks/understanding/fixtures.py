"""Replies of many mail programs in many languages: is exactly what was written now left over?

A text case is cut up as it stands; a mail or a page goes through the real intake first. The reply is the lines that are
new text, joined; it is compared as the case asks (`strip` the ends, or `ignore_whitespace`).

The projects the cases come from mean two things by a reply: those named in SIGNED take off the quoted part alone, so
their expectation ends with the signature, the others take off the signature too. Both views are in the zones; a case is
tried in the view of its project. `new_text_only` counts the same with the second view throughout.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from desktop.domain.evidence import Zone, ZonedLine
from desktop.understanding.zones.cleaning import dissect
from tests.benchmarks.understanding import corpus
from tests.benchmarks.understanding.corpus import parsed
from tests.benchmarks.understanding.runs import Rows, Run, skipped

TARGET = 0.93
SIGNED = ("talon/",)
_WITH_SIGNATURE = (Zone.NEW, Zone.SIGNATURE, Zone.DISCLAIMER)


@dataclass(frozen=True, slots=True)
class Case:
    """One fixture after it was tried. `trouble` is empty when it passed, `trouble_new_only` when its new text did.

    `is_signature` marks the cases that are about the signature and not about the reply.
    """

    id: str
    kind: str
    is_signature: bool
    trouble: str
    trouble_new_only: str


def tried(record: dict, folder: Path) -> Case:
    """Run one case."""
    text, subject = text_of(record["kind"], (folder / record["file"]).read_bytes())
    started = time.perf_counter()
    zones = dissect(text, subject=subject, sender=record.get("sender", "")).zones
    seconds = time.perf_counter() - started
    new, signature, signed = (
        _joined(text, zones, kinds) for kinds in ((Zone.NEW,), (Zone.SIGNATURE,), _WITH_SIGNATURE)
    )
    reply = signed if str(record["id"]).startswith(SIGNED) else new
    return Case(
        id=record["id"],
        kind=record["kind"],
        is_signature="expected_signature" in record,
        trouble=trouble(record, text, reply, signature=signature, seconds=seconds),
        trouble_new_only=trouble(record, text, new, signature=signature, seconds=seconds),
    )


def _joined(text: str, zones: Sequence[ZonedLine], wanted: Sequence[Zone]) -> str:
    return "\n".join(text[line.start : line.end] for line in zones if line.zone in wanted)


def text_of(kind: str, raw: bytes) -> tuple[str, str]:
    """Return the text a person would read, and the subject."""
    if kind == "text":
        return raw.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n"), ""
    head = b"" if kind == "eml" else b"MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    message = parsed(head + raw)
    return message.text, message.subject


def trouble(record: dict, text: str, reply: str, *, signature: str, seconds: float) -> str:
    """Return what is wrong with the answer, or ""."""
    form = _stripped if record.get("compare", "strip") == "strip" else _squeezed
    checks = (
        ("expected_reply", form(reply), form(record.get("expected_reply", ""))),
        ("whole_text_is_reply", form(reply), form(text)),
        ("expected_signature", form(signature), form(record.get("expected_signature", ""))),
    )
    for key, got, wanted in checks:
        if record.get(key, False) is not False and got != wanted:
            return f"{key}: got {got[-300:]!r}, wanted {wanted[-300:]!r}"
    lost = [words for words in record.get("must_contain", []) if words not in reply]
    left = [words for words in record.get("must_not_contain", []) if words in reply]
    if lost or left:
        return f"lost {lost}, left in {left}, got {reply[-300:]!r}"
    if seconds > record.get("max_seconds", seconds):
        return f"took {seconds:.2f} s"
    return ""


def _stripped(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().split("\n"))


def _squeezed(text: str) -> str:
    return "".join(text.split())


def figures(cases: Sequence[Case]) -> dict:
    """Return passed and total: over all, over the replies in texts and mails as is usual, and of new text alone."""
    compared = [case for case in cases if case.kind != "html" and not case.is_signature]
    return {
        "passed": sum(not case.trouble for case in cases),
        "total": len(cases),
        "text_and_eml": {"passed": sum(not case.trouble for case in compared), "total": len(compared)},
        "new_text_only": {"passed": sum(not case.trouble_new_only for case in cases), "total": len(cases)},
    }


def misses(cases: Sequence[Case]) -> list[str]:
    """Return one line per case that failed."""
    return [f"{case.id} ({case.kind})  {case.trouble}" for case in cases if case.trouble]


def part(run: Run) -> dict:
    """Try every case."""
    cases = [
        tried(record, path.parent)
        for path in corpus.find(run.data, corpus.REPLY_FIXTURES)
        for record in corpus.records(path)
    ]
    if not cases:
        return skipped(corpus.REPLY_FIXTURES)
    result = figures(cases)
    rows: Rows = [("passed", f"{result['passed']}/{result['total']}", f"target ≥ {TARGET:.0%}")]
    for name, one in result.items():
        if isinstance(one, dict):
            rows.append((name.replace("_", " "), f"{one['passed']}/{one['total']}", ""))
    run.say("reply fixtures", rows, misses(cases))
    return {"reply_fixtures": result}
