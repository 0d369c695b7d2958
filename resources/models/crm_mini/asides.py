"""Sentences of real business mail that say nothing about anybody, to stand between the invented ones.

They come from public mail where a folder with it is given (the Enron mails that the United States made public record),
and only if they hold no name, number, address or request: small letters after the first, nothing else.
"""

import email
import email.policy
import gzip
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

MAX_SENTENCES = 6000
CALIBRATORS = Path(__file__).parents[1] / "calibrators"
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_FIRST = (
    r"(?:The|This|That|These|Those|It|It's|There|We|I|A|An|Some|In|On|For|As|Our|My|They|If|But|And|So|Also|Most|All)"
)
_PLAIN = re.compile(rf"{_FIRST}(?: [a-z']{{1,15}}| I\b){{4,24}}\.")
_SAYS_MUCH = re.compile(
    r"(?i)\b(?:please|you|your|will|shall|need|want|could|would|call|send|let|attached|meet\w*|agree\w*|problem\w*|sorry"
    r"|unfortunately|great|happy|glad|offer|price|dollars?|fuck|shit|damn|sex\w*|monday|today|tomorrow|week|month)\b"
)


def asides_from(folder: Path | None) -> list[str]:
    """Return such sentences from `enron_categories` below the folder, each once; none when there is no folder."""
    if folder is None or not (folder / "enron_categories" / "enron_categories.jsonl.gz").is_file():
        return []
    annotated = "\n".join(_annotated(folder))
    found: dict[str, None] = {}
    for text in _texts(folder / "enron_categories" / "enron_categories.jsonl.gz"):
        for sentence in _SENTENCE.split(" ".join(text[:20_000].split())):
            is_aside = len(sentence) < 160 and _PLAIN.fullmatch(sentence) and not _SAYS_MUCH.search(sentence)
            if is_aside and sentence not in annotated:
                found[sentence] = None
    return list(found)[:MAX_SENTENCES]


def _annotated(folder: Path) -> Iterator[str]:
    """Yield the text of every annotated mail, on one line: what is measured on was never trained on."""
    sys.path.append(str(CALIBRATORS))  # its script and its modules stand beside one another, no package
    from mails import weighed_mails  # noqa: PLC0415  (only where there is a folder)

    for one in weighed_mails(folder):
        yield " ".join(one.mail.message.text.split())


def _texts(path: Path) -> Iterator[str]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            mail = email.message_from_string(json.loads(line)["raw"], policy=email.policy.default)
            part = mail.get_body(("plain",))
            if part is not None:
                yield part.get_content()
