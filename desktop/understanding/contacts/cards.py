"""The lines that give the details of a person who is spoken of, in the form of a signature or an address."""

import re
from collections.abc import Sequence

from desktop.understanding.contacts.mention_cues import Cue
from desktop.understanding.contacts.speech import Known, Speech
from desktop.understanding.contacts.spoken_of import NUMBER
from desktop.understanding.lexicon.names import tokens_of
from desktop.understanding.zones.cleaning import TextLine

CARD_LINES = 9

_NAME_LABEL = re.compile(
    r"(?i)\s*(?:attn|att|attention|contact(?: person)?|fao|c/o|name|z\. ?hd)\.?\s?:?\s{1,4}"
    r"(?:(?:dr|mr|mrs|ms|prof)\.?\s)?"
)
_LABELLED = re.compile(
    r"(?i)\s*(?:e-?mail|phone|ph|tel|telephone|telefon\w?|teléfono|tél|fax|mobile?|cell|direct|handy)[ .]{0,2}[:.]\s"
)


def card_of(speech: Speech, one: Known) -> tuple[TextLine, ...]:
    """Return the lines of details that begin with the person's name: `Name, title / company / number`."""
    lines = speech.lines
    signed = [
        index for index, line in enumerate(lines)
        if line in speech.signature[:8] and one.tokens <= tokens_of(line.text) and len(line.text) < 200
    ]  # fmt: skip
    if signed and Cue.REPRESENTED in one.cues:
        return _represented_card(lines, signed[0], one)
    at = next((index for index, line in enumerate(lines) if _is_card_head(line.text, one)), -1)
    card: list[TextLine] = []
    found = lines[at : at + CARD_LINES] if at >= 0 and Cue.FORM not in one.cues else ()
    for index, line in enumerate(found):
        is_gap = not line.text.strip() and index + 1 < len(found) and bool(_LABELLED.match(found[index + 1].text))
        if (not line.text.strip() and not is_gap) or len(line.text) > 90:
            break
        card.append(line)
    return tuple(card)


def _is_card_head(line: str, one: Known) -> bool:
    """Whether a line begins with the person's name and goes on as a line of details does."""
    label = _NAME_LABEL.match(line)
    line = line[label.end() :] if label else line
    at = line.find(one.name.split()[0])
    last = line.find(one.name.split()[-1])
    rest = line[last + len(one.name.split()[-1]) :].strip()
    is_head = 0 <= at <= 6 and at <= last and len(line) <= 90 and tokens_of(line[at : last + 40]) >= tokens_of(one.name)
    return is_head and (not rest or rest[0] in ",|-–—/·:(;<+" or bool(NUMBER.match(rest)))


def _represented_card(lines: Sequence[TextLine], at: int, one: Known) -> tuple[TextLine, ...]:
    """Return what an assistant's signature says of whom they work for: name and title, then the organisation."""
    line = lines[at]
    found = [line.text.casefold().find(word) for word in one.tokens]
    shift = max(0, min(found))
    card = [TextLine(line.start + shift, line.end, line.text[shift:], line.depth)]
    for following in lines[at + 1 : at + 4]:
        if not following.text.strip() or re.search(r"\d{3}|@", following.text):
            break
        card.append(following)
    return tuple(card)
