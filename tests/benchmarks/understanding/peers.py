"""Other tools that take a reply apart, on the same mails in the same run. One that is not installed is left out."""

import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from importlib import import_module

from tests.benchmarks.understanding import corpus, fixtures, zones
from tests.benchmarks.understanding.runs import Rows, Run, skipped
from tests.benchmarks.understanding.scoring import f1, share

TURNS = 3
_LANGUAGES = ["en", "da", "de", "es", "fr", "it", "ja", "ko", "nl", "pl", "sv", "cs", "zh"]

Tool = Callable[[str], str]


def tools() -> dict[str, Tool]:
    """Return those that are installed, by name."""
    found: dict[str, Tool] = {}
    for name, load in _LOADERS.items():
        try:
            found[name] = load()
        except ImportError as error:
            print(f"understanding: {name} is not installed ({error}) and was skipped")
    return found


def _talon() -> Tool:
    logging.getLogger("talon").setLevel(logging.CRITICAL)
    return import_module("talon.quotations").extract_from_plain


def _mail_parser_reply() -> Tool:
    parser = import_module("mailparser_reply").EmailReplyParser(languages=_LANGUAGES)
    return lambda text: parser.parse_reply(text=text) or ""


def _zapier() -> Tool:
    return import_module("email_reply_parser").EmailReplyParser.parse_reply


def _talon_signature() -> Tool:
    """What ours does in one go: the quoted part off, then the signature."""
    reply_of = _talon()
    split = import_module("talon.signature.bruteforce").extract_signature
    return lambda text: split(reply_of(text))[0]


_LOADERS = {
    "talon": _talon,
    "talon with signature": _talon_signature,
    "mail-parser-reply": _mail_parser_reply,
    "email_reply_parser": _zapier,
}


def lines_of(text: str) -> Counter[str]:
    """Return the filled lines, ends stripped, with how often each stands there."""
    return Counter(line.strip() for line in text.split("\n") if line.strip())


def top_f1(reply: str, record: dict) -> float:
    """Return line F1 of a reply given as text; lines are matched by their words, as a tool tells no offsets."""
    said = lines_of(reply)
    gold = Counter(line.text.strip() for line in zones.gold_lines(record) if line.is_top)
    if not said and not gold:
        return 1.0
    right = (said & gold).total()
    return f1(share(right, said.total()), share(right, gold.total()))


def part(run: Run) -> dict:
    """Score the tools on zones and fixtures, and time them beside ours, in turns."""
    records = corpus.all_records(run.data, corpus.ENRON_ZONES, but=corpus.SIGNATURE_FIELDS)
    if not records:
        return skipped(corpus.ENRON_ZONES)
    found = tools()
    result: dict = {}
    rows: Rows = []
    for name, tool in found.items():
        ours, theirs = _seconds(tool, records)
        hard = [top_f1(tool(record["text"]), record) for record in records if zones.has_header(record)]
        passed, total = _fixtures(run, tool)
        ratio = round(ours / theirs, 4)
        result[name] = {"line_f1": share(sum(hard), len(hard)), "fixtures": passed, "time_vs": ratio}
        rows.append((f"{name}: top text line F1, header inside", f"{result[name]['line_f1']:.3f}", ""))
        rows.append((f"{name}: fixtures, texts and mails", f"{passed}/{total}", ""))
        per_mail = [f"{seconds / len(records) * 1000:.3f} ms" for seconds in (ours, theirs)]
        target = "target < 1" if name == "talon" else ""
        rows.append(
            (f"{name}: our time beside its", f"{ratio:.2f}", f"a mail: ours {per_mail[0]}, its {per_mail[1]}  {target}")
        )
    run.say("peers", rows)
    ratios = {
        f"zones_time_vs_{name.replace(' ', '_')}": one["time_vs"] for name, one in result.items() if "talon" in name
    }
    return {"peers": result, "ratios": ratios} if result else {}


def _seconds(tool: Tool, records: Sequence[dict]) -> tuple[float, float]:
    """Return the least seconds over a few turns that ours and the tool took for all mails."""
    ours, theirs = [], []
    for _ in range(TURNS):
        for work, times in ((zones.predicted_zones, ours), (lambda record: tool(record["text"]), theirs)):
            start = time.perf_counter()
            for record in records:
                work(record)
            times.append(time.perf_counter() - start)
    return min(ours), min(theirs)


def _fixtures(run: Run, tool: Tool) -> tuple[int, int]:
    passed = total = 0
    for path in corpus.find(run.data, corpus.REPLY_FIXTURES):
        for record in corpus.records(path):
            if record["kind"] == "html" or "expected_signature" in record:
                continue
            text, _ = fixtures.text_of(record["kind"], (path.parent / record["file"]).read_bytes())
            total += 1
            passed += not fixtures.trouble(record, text, tool(text), signature="", seconds=0.0)
    return passed, total
