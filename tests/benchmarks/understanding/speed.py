"""Milliseconds a mail on one core: the annotated mails, a sample of a mailbox, and very long mails."""

import base64
import os
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from desktop.domain.interactions import EmailMessage
from tests.benchmarks.figures import median, percentile, timed
from tests.benchmarks.understanding import corpus
from tests.benchmarks.understanding.invented import invented
from tests.benchmarks.understanding.runs import Rows, Run, skipped

SAMPLE = 300
WARM_UP = 3
TARGETS = {"rules": 60, "mini": 500}
LONG_TARGET = 1000
LONG = 2_000_000

Mail = tuple[str, EmailMessage, frozenset[str]]
_PROSE = (
    "the order for our plant should be ready by next Friday and we still need a price for pumps valves seals "
    "please send Anna Berg at Lund Steel GmbH the contract of 12 May 2026 with 1,200.00 EUR and call +44 20 7946 0018"
)


@contextmanager
def one_core() -> Iterator[None]:
    """Keep this process, and children started meanwhile, to one of its cores; any of them, as others are busy too."""
    if not hasattr(os, "sched_setaffinity"):
        print("understanding: this system cannot bind a program to one core; the times are of all cores")
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {random.choice(sorted(before))})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def sample_of(items: Sequence, count: int) -> list:
    """Return `count` of the items, evenly spread."""
    step = max(1.0, len(items) / count)
    return [items[int(place * step)] for place in range(min(count, len(items)))]


def pool(data: Path) -> list[Mail]:
    """Return the mails to be timed."""
    mails = [(mail.id, mail.message, mail.own_addresses) for mail in corpus.crm_mails(data)]
    raw = sample_of(corpus.all_records(data, corpus.ENRON_CATEGORIES), SAMPLE)
    return mails + [(one["id"], corpus.parsed(one["raw"].encode("utf-8", "replace")), frozenset()) for one in raw]


def long_mails() -> dict[str, bytes]:
    """Return invented mails of about 2 MB: prose, one single line, quotes within quotes, a wall of contact details."""
    choose, words = random.Random(7), _PROSE.split()
    prose = _repeated(lambda: " ".join(choose.choices(words, k=12)) + choose.choice([".\n", "?\n", "\n\n"]))
    quotes = _repeated(lambda: ">" * choose.randint(0, 9) + " On 3 May 2026 Anna Berg <anna@lund.example> wrote:\n")
    details = _repeated(
        lambda: f"Anna Berg, Buyer | Lund Steel GmbH | +44 20 7946 {choose.randint(0, 9999):04} | 12 EUR\n"
    )
    texts = {"prose": prose, "one line": prose.replace("\n", " "), "quotes": quotes, "contact details": details}
    return {name: _mail(text) for name, text in texts.items()}


def _repeated(piece: Callable[[], str]) -> str:
    found: list[str] = []
    size = 0
    while size < LONG:
        found.append(piece())
        size += len(found[-1])
    return "".join(found)


def _mail(text: str) -> bytes:
    head = (
        "From: Anna Berg <anna.berg@lund.example>\r\nTo: rep@seller.example\r\nSubject: Order\r\n"
        "Date: Mon, 4 May 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    )
    return head.encode() + base64.encodebytes(text.encode())


def part(run: Run) -> dict:
    """Time every mail of the pool and the long ones, and count what was made up on the way."""
    mails = pool(run.data)
    if not mails:
        return skipped(corpus.CRM_EMAILS)
    key = "mini" if run.model else "rules"
    own = frozenset({"rep@seller.example"})
    with one_core():
        if run.model is not None:
            run.model.close()  # its engine starts again, on this core
        for name, message, addresses in mails[:WARM_UP]:
            run.reading(message, addresses, name)
        times = [timed(lambda mail=mail: run.reading(mail[1], mail[2], mail[0])) for mail in mails]
        long = {
            name: timed(lambda raw=raw, name=name: run.reading(corpus.parsed(raw), own, name))
            for name, raw in long_mails().items()
        }
    made_up = [
        f"{name} INVENTED {fact.kind} {fact.value!r} from {fact.evidence.text!r}"
        for name, message, addresses in mails
        for fact in invented(message, run.reading(message, addresses, name))
    ]
    middle, most = median(times), percentile(times, 0.99)
    rows: Rows = [
        (f"a mail, median of {len(mails)}", f"{middle:.1f} ms", f"target ≤ {TARGETS[key]} ms"),
        ("a mail, p99", f"{most:.1f} ms", ""),
        *(
            (f"2 MB, {name}, from its bytes", f"{spent:.0f} ms", f"target ≤ {LONG_TARGET} ms")
            for name, spent in long.items()
        ),
        ("invented values among these mails", str(len(made_up)), "target 0"),
    ]
    slowest = sorted(zip(times, (mail[0] for mail in mails), strict=True), reverse=True)[:10]
    run.say("speed on one core", rows, [*(f"{spent:.0f} ms  {name}" for spent, name in slowest), *made_up])
    return {
        "ms_per_mail": {key: {"median": round(middle, 2), "p99": round(most, 2)}},
        "ms_long_mail": {name: round(spent) for name, spent in long.items()},
        "invented_in_sample": len(made_up),
    }
