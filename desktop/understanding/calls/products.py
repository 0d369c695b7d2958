"""What they are interested in, as it is said: fewer of the phrases that read well in a mail make sense in speech."""

import re
from collections.abc import Iterator
from dataclasses import replace

from desktop.domain.evidence import Candidate, FactKind, Part
from desktop.understanding.calls.common_words import FILLERS, NO_NAMES
from desktop.understanding.calls.numbers import numbers_in
from desktop.understanding.calls.transcript import Transcript
from desktop.understanding.candidates.products import find_products as find_written
from desktop.understanding.candidates.spelled_numbers import SPELLED
from desktop.understanding.lexicon.cues import folded
from desktop.understanding.lexicon.words import phrases, words

ASKED, KIND_OF, MODEL, TROUBLE = (
    "what is asked about",
    "named with what kind of thing it is",
    "a model by letters and number",
    "what there is trouble with",
)
MOST_WORDS = 5
MAX_PRODUCTS = 12
SAID = 0.72

_KINDS = (
    r"(?:app|apps|accounts?|policy|software|module|connector|integration|plug-?in|dashboards?|platform|licen[cs]es?|subscription"
    r"|package|portal|machines?|pumps?|sensors?|scanners?|printers?|forklifts?|trucks?|compressors?|generators?"
    r"|data ?sheet|handhelds?|planer|schnittstelle|anlagen?|maschinen?|pumpen?|lizenzen|modul|logiciel|machine"
    r"|abonnement|licences?|módulo|licencias?|máquinas?|bombas?|plan|edition|version|suite)"
)
_COMPOUND = re.compile(rf"(?i)(?P<before>(?:[^\W\d_][\w-]{{1,20}}\s){{1,3}}){_KINDS}\b(?P<after>(?-i:\s[A-ZÄÖÜ]\w+)?)")
_MODEL = re.compile(
    r"(?<![\w'’])(?P<letters>(?:[a-z]\s){1,3})(?P<number>[a-zäöüß]{3,20}(?:\s[a-z]{3,9})?)", re.IGNORECASE
)
_REFUSED = phrases(r"\b(?:not|nicht|pas|no) (?:the |a |die |den |der |das |le |la |el )?$")
_TROUBLE = phrases(
    r"\b(?:complain\w{0,3}(?: \w+){0,2} (?:about|of)|(?:problem|issue|trouble)s? with|return|exchange|repair of"
    r"|beschwerde (?:über|wegen)|problem\w{0,2} mit|reklamation|problème avec|problemas? con) (?:(?:the|a|an|my|our"
    r"|your|this|der|die|das|dem|meine[nmr]?|unsere[nmr]?|mon|ma|notre|el|la|mi"
    r"|nuestr[oa]) )(?P<what>[^\W\d_][\w-]{2,20}(?: [^\W\d_][\w-]{2,20})?)"
)
_CUT_BEHIND = words(
    "bekommen erhalten geschickt angefragt gekauft bestellt please today now right at for with from and und für mit von"
)
_NO_START = words("at with to on in her his not gar somebody someone what how of off")
_ANYTHING = words("item items product products thing things order orders one something it goods artikel ware sache")
_NUMBERED = re.compile(
    rf"\b(?:[Tt]he|[Ff]or|[Oo]n|[Ww]ith|[Oo]ur|[Yy]our|[Aa]n?|[Ff]rom|[Tt]o|[Dd]ie|[Dd]as|[Dd]er|[Mm]it)\s"
    rf"(?P<what>[A-ZÄÖÜ]\w{{2,15}}\s(?i:{SPELLED}))(?!\s(?i:thousand|percent|prozent|euros?|people|seats|users))"
)
_LETTERS_OUT = words("i a o y")


def find_products(transcript: Transcript) -> Iterator[Candidate]:
    """Yield phrases that name goods or services."""
    count = 0
    for candidate in (
        *_asked(transcript),
        *_compounds(transcript),
        *_models(transcript),
        *_numbered(transcript),
        *_trouble(transcript),
    ):
        if not transcript.is_left_out(candidate.evidence.span.start, candidate.evidence.span.end):
            yield candidate
            count += 1
        if count >= MAX_PRODUCTS:
            return


def _asked(transcript: Transcript) -> Iterator[Candidate]:
    """Yield what the rules for mails find, where it begins and ends with a word that can name a thing."""
    for candidate in find_written(transcript.whole):
        span = candidate.evidence.span
        found = [word.strip(".,!?") for word in folded(candidate.value).split()]
        if span.part is not Part.BODY or len(found) > MOST_WORDS or found[0] in _NO_START:
            continue
        end = span.end
        while found and found[-1] in _CUT_BEHIND:
            end = transcript.text.rfind(" ", span.start, end)
            found.pop()
        if found and end > span.start and found[-1] not in NO_NAMES and not all(word in NO_NAMES for word in found):
            evidence = transcript.cite(span.start, end)
            value = " ".join(evidence.text.split())
            yield replace(candidate, evidence=evidence, value=value, rule_score=round(candidate.rule_score * SAID, 4))


def _compounds(transcript: Transcript) -> Iterator[Candidate]:
    """Yield "route planner app": a kind of thing with the words in front that say which."""
    text = transcript.text
    for piece in transcript.pieces:
        for match in _COMPOUND.finditer(text, piece.start, piece.end):
            start = match.end("before")
            for word in reversed(list(re.finditer(r"\S+", match["before"]))):
                if folded(word[0]) in NO_NAMES | FILLERS or (transcript.language == "de" and word[0].islower()):
                    break
                start = match.start("before") + word.start()
            if start < match.end("before"):
                yield _candidate(transcript, start, match.end(), 0.5, KIND_OF)


def _models(transcript: Transcript) -> Iterator[Candidate]:
    """Yield "the c x forty": letters said one by one with a number behind them."""
    text = transcript.text
    for piece in transcript.pieces:
        for match in _MODEL.finditer(text, piece.start, piece.end):
            is_refused = _REFUSED.search(text[max(piece.start, match.start() - 12) : match.start()])
            if is_refused or set(folded(match["letters"]).split()) & _LETTERS_OUT:
                continue
            value = model_of(match[0])
            end = match.end()
            if value is None and " " in match["number"]:
                end = match.start("number") + len(match["number"].split()[0])
                value = model_of(text[match.start() : end])
            if value:
                yield Candidate(FactKind.PRODUCT, transcript.cite(match.start(), end), value, 0.56, MODEL)


def model_of(said: str) -> str | None:
    """Return letters and number joined, None where no number is said; "forties" are several of number forty."""
    *letters, last = [word for word in said.split() if len(word) == 1] + [
        " ".join(w for w in said.split() if len(w) > 1)
    ]
    single = last[:-3] + "y" if last.endswith("ies") else last
    numbers = list(numbers_in(single, 0, len(single), least=2))
    is_number = len(numbers) == 1 and numbers[0].end == len(single) and numbers[0].start == 0
    return "".join(letters).upper() + str(numbers[0].value) if is_number else None


def _numbered(transcript: Transcript) -> Iterator[Candidate]:
    """Yield "the Ledger fifty": a name with a number behind it, where names have capitals."""
    for piece in transcript.pieces if transcript.is_cased else ():
        for match in _NUMBERED.finditer(transcript.text, piece.start, piece.end):
            first = folded(match["what"].split(maxsplit=1)[0])
            if first not in NO_NAMES and transcript.language != "de":
                yield _candidate(transcript, *match.span("what"), 0.52, MODEL)


def _trouble(transcript: Transcript) -> Iterator[Candidate]:
    text = transcript.text
    for piece in transcript.pieces:
        for match in _TROUBLE.finditer(text, piece.start, piece.end):
            found = [word for word in re.finditer(r"\S+", match["what"]) if folded(word[0]) not in NO_NAMES]
            if found and found[0].start() == 0 and folded(found[0][0]) not in _ANYTHING:
                last = found[1] if len(found) > 1 else found[0]
                start = match.start("what")
                yield _candidate(transcript, start, start + last.end(), 0.56, TROUBLE)


def _candidate(transcript: Transcript, start: int, end: int, score: float, why: str) -> Candidate:
    evidence = transcript.cite(start, end)
    return Candidate(FactKind.PRODUCT, evidence, " ".join(evidence.text.split()), score, why)
