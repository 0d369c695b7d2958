"""Text that speaks to a program reading the mail instead of to the rep: chat markup, orders to assistants.

Nothing is ever done because a mail says so. Still, what stands in such a paragraph is no statement about the
contact, so it is kept out of the candidates, and the rep is told.
"""

import re
from collections.abc import Iterator

_READER = r"(?:(?:ai|ki|ia|llm|automated|automatic|automatische[nr]?|intelligent|virtual)[ -])(?:\w+ )?"
_PROGRAM = r"(?:assistants?|assistant[es]?|assistenten?|agents?|agenten|systems?|copilots?|readers?|models?|bots?)"
_ORDERS = (
    rf"\b{_READER}{_PROGRAM}\b",
    rf"\b(?:assistants?|agents?) (?:ia|d['’]ia|ki|automatis\w+)\b|\b(?:ki|ai|ia)-{_PROGRAM}\b",
    r"\b(?:language model|sprachmodell|modèle de langage|chatbot|chatgpt|copilot)s?\b",
    (
        r"\b(?:ignore|disregard|forget|override) (?:all |any |the |your |every )*(?:previous|prior|above|earlier"
        r"|preceding)\b"
    ),
    (
        r"\bignor(?:iere|ieren sie|e[zr]) (?:alle |die |toutes )?(?:les )?(?:vorherigen|bisherigen|obigen"
        r"|instructions|consignes)"
    ),
    r"\b(?:system|developer) (?:prompt|message|override|instruction)s?\b|\bnew instructions?\b|\byou are now\b",
    r"</?\|?\s?(?:im_start|im_end|system|assistant|user|endoftext|start_header_id|eot_id|instructions?)\s?\|?>",
    (
        r"\[/?(?:inst|sys|system|assistant)\]|<</?sys>>|^#{1,4}\s*(?:system|instruction|assistant)\b|^(?:system"
        r"|assistant)\s?:"
    ),
    (
        r"\bcrm\b.{0,60}\b(?:set|update|mark|change|overwrite|delete)\b|\b(?:stored|saved) (?:phone|number|e-?mail"
        r"|contact|amount)"
    ),
    r"\b(?:set|mark|record|change) .{0,40}\b(?:deal|stage|opportunity|account)\b.{0,30}\b(?:won|closed|lost|as|to)\b",
)
_AIMED = re.compile("|".join(f"(?:{order})" for order in _ORDERS), re.IGNORECASE | re.MULTILINE)
_BREAK = re.compile(r"\n[ \t>]*\n")
MAX_SCANNED = 400_000


def is_aimed_at_software(text: str) -> bool:
    """Whether a piece of text speaks to a program instead of to the rep."""
    return bool(_AIMED.search(text))


def aimed_paragraphs(text: str) -> tuple[tuple[int, int], ...]:
    """Return [start, end) of the paragraphs that speak to a program."""
    return tuple(_aimed(text[:MAX_SCANNED]))


def _aimed(text: str) -> Iterator[tuple[int, int]]:
    covered = 0
    for match in _AIMED.finditer(text):
        if match.start() < covered:
            continue
        start = max((found.end() for found in _BREAK.finditer(text, covered, match.start())), default=covered)
        after = _BREAK.search(text, match.end())
        covered = after.start() if after else len(text)
        yield start, covered
