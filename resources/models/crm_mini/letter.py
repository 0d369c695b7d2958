"""One invented mail with what is true of it: which words are the contact's name, the amount that counts, and so on.

While a mail is put together its values carry marks (characters of the private-use area); when it is done the marks
are taken out and become spans. Where a value stands twice both places count; what carries no mark is wrong.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from desktop.domain.evidence import FactKind, Intent, Part, Sentiment, Span
from desktop.domain.interactions import EmailMessage, Participant, Role
from resources.models.crm_mini import layout
from resources.models.crm_mini.grammar import LANGUAGES, Phrases, Split, phrases_of
from resources.models.crm_mini.pools import Person, Pools
from resources.models.crm_mini.values import a_day, amount, clock, moment, quantity

OPEN, MIDDLE, CLOSE = "\ue000", "\ue001", "\ue002"
WHY, MOOD = "why", "mood"  # marks of the sentences that tell why a mail was written, and in what mood
_ASKED_BY_CORE = frozenset({Intent.MEETING_REQUEST, Intent.INQUIRY, Intent.FOLLOW_UP, Intent.REQUEST_ACTION})
_ASKS = {
    Intent.INQUIRY: "ask_inquiry",
    Intent.MEETING_REQUEST: "ask_meeting",
    Intent.MEETING_CONFIRMATION: "ask_meeting",
    Intent.EVENT_INVITATION: "ask_meeting",
}
_ASK_RATE = {
    Intent.OTHER: 0.1, Intent.STATUS_UPDATE: 0.25, Intent.DECLINE: 0.25, Intent.DOCUMENT_DELIVERY: 0.5,
    Intent.MEETING_CONFIRMATION: 0.2, Intent.INTRODUCTION_OR_REFERRAL: 0.5,
}  # fmt: skip
_MOODS = {
    Intent.COMPLAINT_OR_ISSUE: (0.6, 0.02), Intent.DECLINE: (0.35, 0.1), Intent.CONTRACT_NEGOTIATION: (0.12, 0.2),
    Intent.OTHER: (0.04, 0.25),
}  # fmt: skip
_DETAILS = {
    "amount_right": 0.4, "amount_wrong": 0.25, "date_right": 0.4, "date_wrong": 0.25, "quantity": 0.2,
    "competitor": 0.15, "smalltalk": 0.25,
}  # fmt: skip
SUPPORT_RATE, SECOND_RATE, LONG_RATE = 0.45, 0.15, 0.45
_OF_A_PERSON = frozenset(
    {FactKind.PERSON, FactKind.TITLE, FactKind.COMPANY, FactKind.EMAIL, FactKind.PHONE, FactKind.MOBILE}
)
_USUAL_MOODS = (0.06, 0.32)


@dataclass(frozen=True, slots=True)
class Truth:
    """What is right about a mail: spans by kind (or WHY, MOOD: what tells the labels), and the two labels."""

    spans: dict[str, tuple[Span, ...]]
    intent: Intent
    sentiment: Sentiment


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail, whose mailbox it came to, and the truth about it."""

    message: EmailMessage
    own_addresses: frozenset[str]
    truth: Truth


@dataclass
class Scene:
    """Everything that the phrases of one mail refer to."""

    chance: random.Random
    language: str
    phrases: Phrases
    pools: Pools
    sent: date
    contact: Person
    rep: Person
    topic: str
    competitor: str
    others: list[Person]
    asides: list[str] = field(default_factory=list)
    deadline: str = ""
    counted: bool = True
    hands_on: bool = False
    is_handing: bool = False

    def fill(self, slot: str) -> str:
        """Return what stands in a slot, marked when it is right."""
        if slot in _PLAIN:
            return _PLAIN[slot](self)
        if slot in _RIGHT:
            kind, value = _RIGHT[slot]
            return self.mark(kind, value(self))
        if slot[0] == "+" and slot[1:] in ("amount", "date", "quantity", "competitor"):
            kind = FactKind(slot[1:])
            return self.mark(kind, self._value(slot[1:], is_right=True))
        return self._value(slot.lstrip("+-"), is_right=False)

    def mark(self, kind: FactKind, text: str) -> str:
        """Return the text with marks around it that say it is right for `kind`.

        In a mail that hands on another person's details, those are right and the writer's own are not.
        """
        is_meant = kind not in _OF_A_PERSON or self.hands_on == self.is_handing
        return f"{OPEN}{kind.value}{MIDDLE}{text}{CLOSE}" if self.counted and is_meant else text

    def say(self, section: str) -> str:
        """Return one phrase of a section, as a sentence."""
        text = self.phrases.draw(self.chance, section, self.fill)
        first = next((place for place, char in enumerate(text) if char.isalpha()), 0)
        inside = text[:first].count(OPEN) > text[:first].count(MIDDLE)
        return text if inside or not text else text[:first] + text[first : first + 1].upper() + text[first + 1 :]

    def _value(self, name: str, *, is_right: bool) -> str:
        if name == "date":
            return self._date(is_right=is_right)
        return _OTHER[name](self)

    def _date(self, *, is_right: bool) -> str:
        """Return a day; one that matters is the same wherever it is named."""
        if is_right and self.deadline:
            return self.deadline
        day = a_day(self.chance, self.sent, is_past=not is_right)
        text = moment(self.chance, self.language, day, is_past=not is_right)
        self.deadline = text if is_right else self.deadline
        return text

    def somebody(self) -> str:
        """Return another person's name; the one that is handed on, while that is what is said."""
        if self.is_handing:
            return self.mark(FactKind.PERSON, self.others[1].name)
        return self.chance.choice(self.others).name

    def some_company(self) -> str:
        """Return another company's name, likewise."""
        if self.is_handing:
            return self.mark(FactKind.COMPANY, self.others[1].company)
        return self.chance.choice(self.others).company


_PLAIN = {
    "rep1": lambda scene: scene.rep.first.split()[0],
    "rep2": lambda scene: scene.rep.last,
    "other1": lambda scene: scene.others[0].first.split()[0],
    "me1": lambda scene: scene.contact.first.split()[0],
    "city": lambda scene: scene.pools.city(),
    "time": lambda scene: clock(scene.chance, scene.language),
}
_OTHER = {
    "amount": lambda scene: amount(scene.chance, scene.language),
    "quantity": lambda scene: quantity(scene.chance, scene.language),
    "competitor": lambda scene: scene.competitor,
    "topic": lambda scene: scene.pools.topic(),
    "person": Scene.somebody,
    "company": Scene.some_company,
    "title": lambda scene: scene.pools.title(),
    "num": lambda scene: str(scene.chance.randint(2, 400)),
    "street": lambda scene: f"{scene.chance.randint(1, 200)} {scene.pools.city()} Street",
}
_RIGHT = {
    "me": (FactKind.PERSON, lambda scene: scene.contact.name),
    "mytitle": (FactKind.TITLE, lambda scene: scene.contact.title),
    "mycompany": (FactKind.COMPANY, lambda scene: scene.contact.company),
    "topic": (FactKind.TOPIC, lambda scene: scene.topic),
    "title": (FactKind.TOPIC, lambda scene: scene.contact.title),
}


def write_letter(chance: random.Random, split: Split, asides: Sequence[str] = ()) -> Letter:
    """Return one mail; `asides` are English sentences about nothing that may stand in it."""
    language = chance.choices(LANGUAGES, weights=(58, 19, 12, 11))[0]
    pools = Pools(chance, language, split)
    contact, rep = pools.person(), pools.person()
    colleague = pools.person(contact.company if chance.random() < 0.5 else rep.company)
    sent = date(2024, 1, 1) + timedelta(days=chance.randint(-8500, 1200))
    phrases = phrases_of(language, split)
    scene = Scene(
        chance, language, phrases, pools, sent, contact, rep, pools.topic(), pools.company(),
        [colleague, pools.person()], list(asides) if language == "en" else [],
    )  # fmt: skip
    intent = chance.choice(list(Intent))
    sentiment, mood = _sentiment(chance, intent)
    paragraphs = body_of(scene, intent, sentiment, mood)
    subject = _subject(scene, intent)
    return _sent(scene, paragraphs, subject, Truth({}, intent, sentiment))


def _sentiment(chance: random.Random, intent: Intent) -> tuple[Sentiment, str]:
    negative, positive = _MOODS.get(intent, _USUAL_MOODS)
    draw = chance.random()
    if draw < negative:
        return Sentiment.NEGATIVE, "mood_negative"
    if draw < negative + positive:
        return Sentiment.POSITIVE, "mood_positive"
    if intent is Intent.COMPLAINT_OR_ISSUE and draw < 0.85:
        return Sentiment.NEGATIVE, ""
    return Sentiment.NEUTRAL, ""


def body_of(scene: Scene, intent: Intent, sentiment: Sentiment, mood: str) -> list[str]:
    """Return the sentences of the body in paragraphs."""
    chance, say = scene.chance, scene.say
    scene.hands_on = scene.is_handing = intent is Intent.INTRODUCTION_OR_REFERRAL and chance.random() < 0.7
    core = _core(scene, intent)
    if sentiment is Sentiment.NEGATIVE and not mood:
        core = telling(MOOD, core)
    handed = [layout.reach(scene)] if scene.is_handing else []
    scene.is_handing = False
    if chance.random() < 0.25:
        core = f"{say('lead')} {core}"
    opening = [say("smalltalk")] if chance.random() < 0.45 else []
    if chance.random() < 0.4:
        opening.append(say("intro"))
    middle = [core, *handed, *_details(scene)]
    if chance.random() < SUPPORT_RATE and scene.phrases.has(f"support_{intent.value}"):
        middle.insert(chance.randint(1, len(middle)), telling(WHY, say(f"support_{intent.value}")))
    if chance.random() < SECOND_RATE:
        middle.insert(chance.randint(1, len(middle)), _core(scene, intent))
    if mood:
        middle.insert(chance.choice((0, len(middle))), telling(MOOD, say(mood)))
    return layout.paragraphs(chance, opening, middle, _closing(scene, intent))


def _core(scene: Scene, intent: Intent) -> str:
    """Return a sentence that tells why the mail was written."""
    text = scene.say(f"core_{intent.value}")
    return telling(WHY, scene.mark(FactKind.ASK, text) if intent in _ASKED_BY_CORE else text)


def _details(scene: Scene) -> list[str]:
    """Return sentences with amounts, days, numbers and names, right and wrong ones, mixed."""
    chance = scene.chance
    found = []
    sections = list(_DETAILS.items()) * (2 if chance.random() < LONG_RATE else 1)
    for section, rate in sections:
        if chance.random() < rate:
            text = scene.say(section)
            is_asking = section == "date_right" and text.endswith("?")
            found.append(scene.mark(FactKind.ASK, text) if is_asking else text)
    if scene.asides and chance.random() < 0.4:
        found += chance.sample(scene.asides, chance.randint(1, 3))
    if chance.random() < 0.6:
        chance.shuffle(found)
    return found


def _closing(scene: Scene, intent: Intent) -> list[str]:
    """Return what is asked, what is promised, and courtesies."""
    chance, say = scene.chance, scene.say
    closing = []
    if chance.random() < _ASK_RATE.get(intent, 0.75):
        closing.append(scene.mark(FactKind.ASK, say(_ASKS.get(intent, "ask_action"))))
    if chance.random() < 0.2:
        closing.append(scene.mark(FactKind.PROMISE, say("promise")))
    if chance.random() < 0.4:
        closing.append(say("courtesy"))
    return closing


def _subject(scene: Scene, intent: Intent) -> str:
    section = f"subject_{intent.value}"
    if not scene.phrases.has(section) or scene.chance.random() < 0.45:
        section = "subject_any"
    subject = scene.say(section) if section == "subject_any" else telling(WHY, scene.say(section))
    return subject if scene.chance.random() > 0.05 else ""


def _sent(scene: Scene, paragraphs: list[str], subject: str, truth: Truth) -> Letter:
    """Put the mail together: as the contact's own, one a colleague forwards, or one the rep has answered."""
    chance = scene.chance
    draw = chance.random()
    if draw < 0.08:
        text, sender = layout.forwarded(scene, paragraphs, subject), scene.others[0]
        subject = f"{chance.choice(['Fwd', 'FW', 'WG', 'TR'])}: {subject}"
    elif draw < 0.14:
        text, sender = layout.answered(scene, paragraphs, subject), scene.rep
        subject = f"Re: {subject}"
    else:
        text, sender = layout.own(scene, paragraphs), scene.contact
    text = layout.noise(chance, text)
    own = scene.rep.address
    header = layout.header_name(chance, sender)
    people = [
        Participant(sender.address, header, Role.FROM),
        Participant(own, layout.header_name(chance, scene.rep), Role.TO),
    ]
    if chance.random() < 0.3:
        people.append(Participant(scene.others[-1].address, scene.others[-1].name, Role.CC))
    body, spans = unmarked(text, Part.BODY)
    shown, more = unmarked(subject, Part.SUBJECT)
    for kind, found in more.items():
        spans[kind] = spans.get(kind, ()) + found
    if sender is scene.contact and not scene.hands_on:
        start = len(header) + 2 if header else 0
        named = (Span(Part.SENDER, 0, len(header)),) if header else ()
        addressed = (Span(Part.SENDER, start, start + len(sender.address)),)
        spans[FactKind.PERSON] = spans.get(FactKind.PERSON, ()) + named
        spans[FactKind.EMAIL] = spans.get(FactKind.EMAIL, ()) + addressed
    sent = datetime(scene.sent.year, scene.sent.month, scene.sent.day, chance.randint(6, 20), tzinfo=UTC)
    message = EmailMessage("", shown, sent, tuple(people), body)
    return Letter(message, frozenset({own}), Truth(spans, truth.intent, truth.sentiment))


def telling(name: str, text: str) -> str:
    """Return the text with marks around it that say it tells one of the labels."""
    return f"{OPEN}{name}{MIDDLE}{text}{CLOSE}" if text else text


def unmarked(text: str, part: Part) -> tuple[str, dict[str, tuple[Span, ...]]]:
    """Return the text without marks, and where the marked stretches lie. Marks may lie inside one another."""
    shown: list[str] = []
    open_marks: list[tuple[str, int]] = []
    spans: dict[str, tuple[Span, ...]] = {}
    length = place = 0
    while place < len(text):
        char = text[place]
        if char == OPEN:
            middle = text.index(MIDDLE, place)
            open_marks.append((text[place + 1 : middle], length))
            place = middle
        elif char == CLOSE:
            kind, start = open_marks.pop()
            spans[kind] = (*spans.get(kind, ()), Span(part, start, length))
        else:
            shown.append(char)
            length += 1
        place += 1
    return "".join(shown), spans
