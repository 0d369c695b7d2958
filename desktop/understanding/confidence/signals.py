"""What is looked at to say how sure we are of a candidate: a few numbers with names, most between -1 and 1.

A signal that does not apply is absent, which counts as 0. Names stay the same from release to release; a calibrator
leaves out those it does not know. `rule/…` and `kind/…` are indicators: which rule found it, which kind it is.
"""

import math
import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence

from desktop.domain.evidence import Candidate, ContactScope, FactKind, Part, Span, Zone
from desktop.domain.ports import Choice
from desktop.understanding.confidence.logistic import logit
from desktop.understanding.document import Document, source_text
from desktop.understanding.lexicon.company_names import domain_label, likeness
from desktop.understanding.lexicon.names import fits_address, folded, tokens_of

NEARLY = 0.1
NEAR, NEAREST = 320, 120
MAX_COUNTED = 40_000
MAX_LINE = 400
SIGNED_WITHIN = 6
LEAST_SHARE = 0.02

MODEL_SIGNALS = frozenset({"model", "model_logit", "model_margin", "model_none", "model_agrees"})
NEVER_NEGATIVE = frozenset({"score", "margin", "share", "model_logit", "model_margin", "model_agrees"})
NEVER_POSITIVE = frozenset({"close", "rivals"})

_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_GOES_ON = re.compile(r"[-&]\w| (?:& )?[A-ZÀ-ÞŠŽ][\w'’-]")
_PLAIN_NAME = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*\.?")

Signals = dict[str, float]


class MailSignals:
    """What is the same for every candidate of one mail, worked out once."""

    def __init__(self, document: Document, found: Mapping[FactKind, Sequence[Candidate]]) -> None:
        author = document.author
        self.document = document
        self.address = author.address.text if author.address else ""
        self.display = tokens_of(author.name.text) if author.name else frozenset()
        plain = _without_orders(document)
        self.text = folded(plain)
        self.zones = document.anatomy.zones
        self.starts = [line.start for line in self.zones]
        people = found.get(FactKind.PERSON, ())
        self.person = max(people, key=lambda candidate: candidate.rule_score, default=None)
        self.own_domains = [domain_label(address) for address in document.own_addresses]
        self.domain = domain_label(self.address)
        self.signature = (document.signature[0].start, document.signature[-1].end) if document.signature else (0, 0)
        words = min(len(plain.split()), 2000) + 1
        self.of_mail: Signals = {
            "bias": 1.0,
            "handed_on": float(document.scope in (ContactScope.QUOTED_SENDER, ContactScope.FORWARDED_SENDER)),
            "mentioned": float(document.scope is ContactScope.MENTIONED_PERSON),
            "colleague": float(bool(self.domain) and self.domain in self.own_domains),
            "long": math.log10(words) - 2.0,
            "english": float(document.language == "en"),
            "others": math.log1p(self._other_addresses()),
            "foreign": float(bool(document.signature) and not self._is_signed()),
            "unsigned": float(not document.signature),
        }

    def _other_addresses(self) -> int:
        """Return how many addresses the writer names that are neither the contact's nor the rep's."""
        own = {self.address.lower(), *self.document.own_addresses}
        texts = (
            line.text[:MAX_LINE]
            for line in self.document.body
            if "@" in line.text and not self.document.is_aimed_at_software(Span(Part.BODY, line.start, line.end))
        )
        return len({match[0].lower() for text in texts for match in _ADDRESS.finditer(text)} - own)

    def _is_signed(self) -> bool:
        """Whether the contact's signature bears their name, as far as display name and address tell."""
        text = " ".join(line.text[:MAX_LINE] for line in self.document.signature[:SIGNED_WITHIN])
        return bool(tokens_of(text) & self.display) or fits_address(text, self.address)

    def place_of(self, start: int) -> int:
        """Return where a place of the body would be without what is addressed to software."""
        return start - sum(min(last, start) - first for first, last in self.document.aimed if first < start)

    def zone_at(self, start: int) -> Zone:
        """Return the zone of the body's line that `start` stands in."""
        place = bisect_right(self.starts, start) - 1
        return self.zones[place].zone if place >= 0 else Zone.NEW


def _without_orders(document: Document) -> str:
    """Return the body, blanks where it speaks to software: what an attacker adds there moves no signal."""
    text = document.text[:MAX_COUNTED]
    for first, last in document.aimed:
        text = text[:first] + " " * (min(last, len(text)) - first) + text[last:] if first < len(text) else text
    return text


def field_signals(
    mail: MailSignals, candidates: Sequence[Candidate], choice: Choice | None, asked: Sequence[Candidate]
) -> list[Signals]:
    """Return the signals of each candidate of one kind. `asked` are those the model chose among, `none` after them."""
    scores = [candidate.rule_score for candidate in candidates]
    order = sorted(range(len(candidates)), key=lambda place: _position(candidates[place]))
    first = order[0] if order else -1
    result = []
    for place, candidate in enumerate(candidates):
        signals = dict(mail.of_mail)
        signals |= _standing(scores, place)
        signals |= _place(mail, candidate)
        signals |= _shape(mail, candidate)
        signals |= _agreement(mail, candidate)
        signals["first"] = float(place == first)
        signals[f"kind/{candidate.kind.value}"] = 1.0
        signals[f"rule/{candidate.kind.value}/{candidate.why}"] = 1.0
        result.append(signals)
    if choice is not None:
        _add_model(result, candidates, choice, asked)
    return result


def label_signals(mail: MailSignals, shares: Sequence[float], choice: Choice | None) -> list[Signals]:
    """Return the signals of each label of a closed list, given the rules' share of each."""
    result = []
    for place, share in enumerate(shares):
        rival = max((other for at, other in enumerate(shares) if at != place), default=0.0)
        margin = share - rival
        result.append({**mail.of_mail, "share": logit(share, least=LEAST_SHARE), "margin": margin})
    if choice is not None:
        best = max(range(len(shares)), key=shares.__getitem__)
        for place, probability in enumerate(choice.probabilities):
            rival = max((p for at, p in enumerate(choice.probabilities) if at != place), default=0.0)
            result[place] |= {
                "model": 1.0,
                "model_logit": logit(probability, least=LEAST_SHARE),
                "model_margin": probability - rival,
                "model_agrees": float(choice.index == best == place),
            }
    return result


def _position(candidate: Candidate) -> tuple[bool, int, str]:
    return candidate.evidence.span.part is Part.BODY, candidate.evidence.span.start, candidate.value


def _standing(scores: Sequence[float], place: int) -> Signals:
    """How a candidate stands among its rivals, by the rules' score."""
    own = scores[place]
    rivals = [score for other, score in enumerate(scores) if other != place]
    return {
        "score": logit(own, least=LEAST_SHARE),
        "margin": own - max(rivals, default=0.0),
        "rivals": math.log1p(len(rivals)),
        "close": math.log1p(sum(score > own - NEARLY for score in rivals)),
    }


def _place(mail: MailSignals, candidate: Candidate) -> Signals:
    span = candidate.evidence.span
    if span.part is Part.SUBJECT:
        return {"in_subject": 1.0}
    if span.part in (Part.SENDER, Part.RECIPIENTS):
        return {"in_header": 1.0}
    zone = mail.zone_at(span.start)
    first, last = mail.signature
    signals = {"early": 1.0 - min(1.0, mail.place_of(span.start) / 2000)}
    if first <= span.start < last:
        signals["in_signature"] = 1.0
    elif zone is Zone.SIGNATURE:
        signals["in_other_signature"] = 1.0
    if zone in (Zone.QUOTED, Zone.DISCLAIMER):
        signals["in_quote"] = 1.0
    return signals


def _shape(mail: MailSignals, candidate: Candidate) -> Signals:
    text = " ".join(candidate.evidence.text.split())
    plain = folded(text)
    count = mail.text.count(plain) if len(plain) <= 80 else 1
    return {
        "exact": float(plain == folded(candidate.value)),
        "repeated": math.log1p(min(max(count - 1, 0), 20)),
        "words": math.log(len(text.split()) or 1),
        "has_digits": float(any(char.isdigit() for char in text)),
        "runs_on": float(_runs_on(mail.document, candidate)),
    }


def _runs_on(document: Document, candidate: Candidate) -> bool:
    """Whether a name or title seems to be part of a longer one: a hyphen before it, or a capital just after."""
    if candidate.kind not in (FactKind.PERSON, FactKind.COMPANY, FactKind.TITLE):
        return False
    span = candidate.evidence.span
    source = source_text(document.message, span.part)
    return source[max(0, span.start - 1) : span.start] in ("-", "&") or bool(_GOES_ON.match(source, span.end))


def _agreement(mail: MailSignals, candidate: Candidate) -> Signals:
    """Whether other fields speak for it."""
    kind, value = candidate.kind, candidate.value
    if kind is FactKind.PERSON:
        tokens = tokens_of(value)
        return {
            "fits_address": float(fits_address(value, mail.address)),
            "fits_sender": float(len(tokens & mail.display) >= min(2, len(mail.display) or 2)),
            "is_whole_name": float(len(tokens) >= 2),
            "is_odd": float(len(value.split()) > 3 or not all(_PLAIN_NAME.fullmatch(word) for word in value.split())),
        }
    if kind is FactKind.COMPANY:
        own = max((likeness(value, domain) for domain in mail.own_domains), default=0.0)
        return {"like_domain": likeness(value, mail.domain), "like_own": own}
    if kind is FactKind.EMAIL:
        is_senders = value.lower() == mail.address.lower()
        fits = mail.person is not None and fits_address(mail.person.value, value)
        return {"is_senders": float(is_senders), "fits_person": float(fits)}
    if kind in (FactKind.TITLE, FactKind.PHONE, FactKind.MOBILE, FactKind.FAX):
        return {"near_person": _nearness(mail, candidate)}
    return {}


def _nearness(mail: MailSignals, candidate: Candidate) -> float:
    """1 just after the contact's name, less further on, 0 far from it."""
    if mail.person is None or candidate.evidence.span.part is not Part.BODY:
        return 0.0
    words = folded(mail.person.value).split()
    end = min(candidate.evidence.span.start, len(mail.text))
    if not words or mail.text.rfind(words[-1], max(0, end - NEAR), end) < 0:
        return 0.0
    return 1.0 if mail.text.rfind(words[-1], max(0, end - NEAREST), end) >= 0 else 0.5


def _add_model(
    signals: Sequence[Signals], candidates: Sequence[Candidate], choice: Choice, asked: Sequence[Candidate]
) -> None:
    """Add what the model answered to the signals of the candidates it was asked about."""
    none = choice.probabilities[-1]
    offered = dict(zip(asked, choice.probabilities, strict=False))
    chosen = asked[choice.index] if choice.index < len(asked) else None
    best = max(candidates, key=lambda candidate: candidate.rule_score, default=None)
    for candidate, own in zip(candidates, signals, strict=True):
        probability = offered.get(candidate)
        if probability is None:
            continue
        rival = max((p for other, p in offered.items() if other != candidate), default=0.0)
        own |= {
            "model": 1.0,
            "model_logit": logit(probability, least=LEAST_SHARE),
            "model_margin": probability - max(rival, none),
            "model_none": logit(none, least=LEAST_SHARE),
            "model_agrees": float(candidate == chosen == best),
        }
