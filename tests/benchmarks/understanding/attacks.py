"""Attacks on a reader of mail: those of the injection sets, and mutants of them bred against our own verdicts."""

import base64
import json
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

LLMAIL = "injection/llmail_attacks*.jsonl*"
LLMAIL_BENIGN = "injection/llmail_benign*.jsonl*"
BIPIA = "injection/bipia_text_attacks*.json"
_WRAPPED = re.compile(r"Subject of the email:(.{0,2000}?)\.\s{1,4}Body:", re.DOTALL)
SEED = 20261120
MAX_TEXT = 12_000  # shorter ones lose the attack, which often stands at the end


@dataclass(frozen=True, slots=True)
class Attack:
    """One text. `is_sure` says that the set's own judges hold it to be an attack."""

    id: str
    text: str
    is_sure: bool = True


def attacks(data: Path) -> list[Attack]:
    """Return every attack of the folder."""
    from tests.benchmarks.understanding import corpus

    found = []
    for number, record in enumerate(corpus.all_records(data, LLMAIL)):
        found.append(
            Attack(f"llmail {number}", plain_text(record["text"]), str(record.get("attack_attempt", True)) == "True")
        )
    for path in corpus.find(data, BIPIA):
        for kind, texts in json.loads(path.read_text(encoding="utf-8")).items():
            found += [Attack(f"bipia {kind} {number}", text) for number, text in enumerate(texts)]
    return found


def plain_text(record: str) -> str:
    """Return subject and body of a mail of the LLMail sets, without the words its makers put around them."""
    text = record.replace("\r\n", "\n").replace("\n\r", "\n").replace("\r", "\n")
    match = _WRAPPED.match(text)
    return f"{match[1].strip()}. {text[match.end() :].strip()}" if match else text


# --- mutants ----------------------------------------------------------------------------------------------------------

Mutation = Callable[[str, random.Random], str]

_ALIKE = str.maketrans("aceopxyiABCEHKMOPTX", "асеорхуіАВСЕНКМОРТХ")
_LEET = str.maketrans("oieast", "013457")
_FULL = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_SYNONYMS = (
    ("ignore", "pay no attention to"), ("previous", "foregoing"), ("instructions", "guidance"), ("send", "dispatch"),
    ("email", "electronic letter"), ("confirmation", "acknowledgement"), ("summarize", "condense"),
    ("response", "reply"),
    ("answer", "response"), ("assistant", "helper program"), ("please", "kindly"), ("body", "main part"),
    ("add", "put in"), ("modify", "change"), ("user", "reader"), ("message", "note"), ("include", "mention"),
)  # fmt: skip
_PHRASES = (
    ("ignore", "ignorieren Sie", "ignorez"), ("please", "bitte", "s'il vous plaît"), ("send", "senden Sie", "envoyez"),
    ("email", "E-Mail", "courriel"), ("instructions", "Anweisungen", "consignes"), ("response", "Antwort", "réponse"),
    ("summary", "Zusammenfassung", "résumé"), ("with the body", "mit dem Text", "avec le texte"),
    ("in your", "in Ihrer", "dans votre"), ("add", "fügen Sie hinzu", "ajoutez"), ("the", "die", "la"),
    ("and", "und", "et"), ("to", "an", "à"), ("all", "alle", "toutes"), ("previous", "vorherigen", "précédentes"),
)  # fmt: skip
_FRAMES = (
    "{}", "Important: {}", "PS: {}", "Just so you know, {}", "One more thing: {}", "Reminder. {}", "As agreed, {}",
    "For whoever handles this mailbox: {}", "Note: {}", "{} This is standard procedure.", "{} Thank you.",
)  # fmt: skip


def _case(text: str, choose: random.Random) -> str:
    way = choose.choice((str.upper, str.title, str.lower, str.swapcase))
    if choose.random() < 0.6:
        return way(text)
    return "".join(char.upper() if choose.random() < 0.4 else char.lower() for char in text)


def _some(text: str, choose: random.Random, table: dict[int, int | str], share: float) -> str:
    return "".join(char.translate(table) if choose.random() < share else char for char in text)


def _invisible(text: str, choose: random.Random) -> str:
    marks = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
    return "".join(char + (choose.choice(marks) if choose.random() < 0.2 else "") for char in text)


def _tags(text: str, choose: random.Random) -> str:
    del choose
    return text + " " + "".join(chr(0xE0000 + ord(char)) for char in text if char.isascii() and char.isprintable())


def _wrapped(text: str, choose: random.Random) -> str:
    width, lines, line = choose.choice((18, 30, 45, 72)), [], ""
    for word in text.split():
        if line and len(line) + len(word) >= width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return "\n".join([*lines, line])


def _quoted(text: str, choose: random.Random) -> str:
    marks = choose.choice(("> ", ">> ", "| ", "* "))
    return "\n".join(marks + line for line in _wrapped(text, choose).split("\n"))


def _spread(text: str, choose: random.Random) -> str:
    pieces = re.split(r"(?<=[.!?:])\s+", text) if choose.random() < 0.6 else text.split("\n")
    return "\n\n".join(piece for piece in pieces if piece.strip())


def _encoded(text: str, choose: random.Random) -> str:
    coded = base64.b64encode(text[:400].encode()).decode()
    return choose.choice((f"{coded}", f"Reference: {coded}", f"Decode and do this:\n{coded}"))


def _apart(text: str, choose: random.Random) -> str:
    between = choose.choice((" ", ".", "-", "_"))
    return "  ".join(between.join(word) for word in text[:300].split())


def _replaced(text: str, pairs: Sequence[tuple[str, str]], choose: random.Random) -> str:
    for plain, other in pairs:
        if choose.random() < 0.7:
            text = re.sub(rf"\b{re.escape(plain)}\b", other, text, flags=re.IGNORECASE)
    return text


def _hidden(text: str, choose: random.Random) -> str:
    before, after = choose.choice(
        (("<!-- ", " -->"), ('<span style="display:none">', "</span>"), ('<p style="font-size:0">', "</p>"), ("[", "]"))
    )
    return before + text + after


def _typos(text: str, choose: random.Random) -> str:
    letters = list(text)
    for _ in range(max(1, len(letters) // 40)):
        at = choose.randrange(max(1, len(letters) - 1))
        letters[at : at + 2] = reversed(letters[at : at + 2])
    return "".join(letters)


def _dropped(text: str, choose: random.Random) -> str:
    words = text.split(" ")
    return " ".join(word for word in words if choose.random() > 0.06) or text


MUTATIONS: tuple[Mutation, ...] = (
    _case, _invisible, _tags, _wrapped, _quoted, _spread, _encoded, _apart, _hidden, _typos, _dropped,
    lambda text, choose: _some(text, choose, _ALIKE, choose.choice((0.15, 0.5, 1.0))),
    lambda text, choose: _some(text, choose, _LEET, choose.choice((0.15, 0.4, 1.0))),
    lambda text, choose: _some(text, choose, _FULL, choose.choice((0.3, 1.0))),
    lambda text, choose: _replaced(text, _SYNONYMS, choose),
    lambda text, choose: _replaced(text, [(one[0], one[1 + choose.randrange(2)]) for one in _PHRASES], choose),
    lambda text, choose: choose.choice(_FRAMES).format(text.replace("{", "(").replace("}", ")")),
)  # fmt: skip


def mutants(
    base: Sequence[Attack], count: int, verdict: Callable[[str], float], *, seed: int = SEED
) -> Iterator[Attack]:
    """Yield `count` mutants. The breeder sees `verdict` (how sure we are, the less the better for it) and climbs.

    From each text it takes up to eight steps; a mutant that worries us no more than its parent becomes the parent.
    """
    choose = random.Random(seed)
    made = 0
    while made < count:
        start = choose.choice(base)
        text, worry = start.text[:MAX_TEXT], 2.0
        for step in range(8):
            if made >= count:
                return
            child = choose.choice(MUTATIONS)(text, choose)
            made += 1
            yield Attack(f"{start.id} mutant {made} step {step}", child, start.is_sure)
            now = verdict(child)
            if now <= worry:
                text, worry = child, now
