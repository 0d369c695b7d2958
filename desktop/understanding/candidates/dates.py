"""Days the mail names, resolved against the day it was written; those for a next step score highest."""

import re
from collections.abc import Iterator
from datetime import date, datetime

from desktop.domain.evidence import Candidate, FactKind, Part
from desktop.understanding.candidates.moments import Day, Today, find_moments
from desktop.understanding.document import Document
from desktop.understanding.lexicon.regions import MONTH_FIRST
from desktop.understanding.lexicon.words import phrases

DUE = "a day by which something is due"
PLANNED = "a day on which something happens"
NAMED = "a day named in the text"
STRETCH = "a stretch of time named in the text"
PASSED = "a day that has passed"
IN_SUBJECT = "a day named in the subject"

_DEADLINE = phrases(
    r"\b(?:by|until|till|before|prior to|due|deadline|latest|no later than|expir\w*|runs? out|ends?|bis|spätestens"
    r"|spaetestens|vor dem|frist|termin|abgabe|avant|d['’]ici|au plus tard|échéance|date limite|jusqu['’]au|pour le"
    r"|antes d[eo]l?|a más tardar|a mas tardar|hasta|fecha límite|plazo|entro|prima del|scadenza|vóór|voor|uiterlijk"
    r"|tot|até|antes d[oae]|prazo|przed|najpóźniej|termin|kadar|senast|innan|senest)\b[^.!?\n]{0,30}$"
)
_DUE_WORD = re.compile(r"(?i)(?:by|until|bis|avant|d['’]ici|entro|eo[dwmqy]|cob|close of)\b")
_MEETING = phrases(
    r"\b(?:meet\w*|call|demo\w*|visit|speak|talk|schedul\w*|available|availability|suit\w*|works?|free|start\w*"
    r"|go live|deliver\w*|hearing|session|invit\w*|confirm\w*|arriv\w*|install\w*|sign|back (?:in|on|from)|return\w*"
    r"|report|resum\w*|open\w*|outage|window|conference|event|webinar|forum"
    r"|treffen|besprech\w*|telefon\w*|besuch\w*|passt|starten|liefer\w*|einführ\w*|termin|wieder|zurück|vorführ\w*"
    r"|rendez-vous|rdv|réunion|rencontr\w*|appel\w*|disponib\w*|livr\w*|démarr\w*|calé|visite|retour"
    r"|reunión|reunirnos|llam\w*|visita\w*|entreg\w*|riunione|incontr\w*|chiam\w*|consegn\w*|afspraak|levering"
    r"|uitvoering|bellen|overleg|reunião|spotkanie|toplantı|decid\w*|decision|entscheid\w*|décision|cierra\w*)\b"
)
_PAST_WORDS = (
    r"\b(?:since|last|was|were|sent|received|delivered|arrived|ordered|ago|spoke|met|dated|launched|signed on|issued"
    r"|started"
    r"|began|left|did|came|went|saw|took|seit|letzte\w*|war|wurde\w*|kam|erhalten|geliefert|bestellt|gesendet|gesprochen|vom"
    r"|depuis|dernier|dernière|était|reçu|livré|commandé|envoyé|desde|pasado|fue|recibi\w*|dal|scorso|sinds|geleden)\b"
)
_PAST = phrases(_PAST_WORDS + r"[^.!?]{0,45}$")
_CLOSE_PAST = phrases(_PAST_WORDS + r"[^.!?,;\d]{0,20}$")
_DONE = phrases(
    r"(?<!\bbe\s)(?<!\bis\s)(?<!\bare\s)\b(?!(?:need|proceed|scheduled|planned|booked|expected|postponed|moved|rescheduled|delayed|required|needed"
    r"|confirmed|pushed|extended|agreed|closed|fixed|invited|indeed)\b)(?:\w{2,12}ed|said|spoke|met|sent|held|took|got"
    r"|came|went|gave|made|saw|left|told|wrote|did|put) (?:(?:it|this|out|up|you|him|her|them|us|off|in) )?"
    r"(?:on |late |early |just )?$"
)
_DROPPED = phrases(
    r"(?:\(was:?|\bwas:|instead of|rather than|not (?:on|before|until)|statt|anstatt|au lieu d\w+)[^.!?]{0,20}$"
)
_DROPPED_AFTER = phrases(
    r"(?:(?! (?:or|o|oder|ou|of|else) )[^.!?,;]){0,30}\b(?:absag\w*|verschieb\w*|verleg\w*"
    r"|(?:klappt|passt|geht) (?:leider )?nicht|cancel\w*|is off|falls through"
    r"|(?:no longer|doesn['’]t|won['’]t|will not|does not) (?:work|suit|happen)\w*"
    r"|annul\w*|report(?:er|é|ée)|ne (?:me |nous )?(?:convient|va) pas|no (?:me |nos )?(?:viene|va) bien|aplaz\w*"
    r"|annullar\w*|rimandar\w*|non va|afzeggen|verzetten|gaat niet|lukt niet|adiar|desmarc\w*|odwoła\w*)\b"
)
_EXCEPTED = phrases(
    r"\b(?:except(?: for)?|apart from|but not|can['’]t (?:make|do)|cannot (?:make|do)|außer|ausser|bis auf|sauf|excepto"
    r"|salvo|menos|eccetto|tranne|behalve|exceto|oprócz)(?: (?:on|the|am|an|le|el|il|op))?\s$"
)
_MOVED = phrases(
    r"\b(?:mov\w*|shift\w*|push\w*|postpon\w*|reschedul\w*|put back|verschoben|verlegt|verschieb\w*|report\w*|décal\w*"
    r"|aplaz\w*|pasa\w*|spostat\w*|verplaatst|verzet|adiad\w*|przeniesion\w*|changed)\b[^.!?]{0,25}\b(?:from|von|vom|du|de|del"
    r"|dal|van|do|z)(?: the)?\s$"
)
_NEW_DAY = phrases(r"(?:[-–—]| to| bis| auf| au| al| naar| til) ?(?:the )?(?P<day>\d{1,2}[^\d\n]{2,20})$")
_WITHOUT = phrases(r"\b(?:no|zero|none|kein\w*|null|aucune?|zéro|sin|cero|sem|nessun\w*|geen|brak)\b[^.!?,;]{0,40}$")
_AWAY = phrases(
    r"\b(?:out of (?:the )?office|on (?:leave|holiday|vacation)|not available|unavailable|travelling|traveling|away"
    r"|valid (?:until|till)|urlaub|abwesend|gültig|absent\w*|en congé|valable)\b"
)
_SLOGAN = phrases(
    r"\b(?:visit (?:us|our \w+)|get started|sign up|call us|act now|order|register|subscribe|try it|news|USA) $"
)
_BIRTH = re.compile(r"(?i)\b(?:copyright|©|\(c\)|founded|gegründet|since|established|version|fondée?)\s{0,3}$")
MAX_DATES = 30
MAX_SUBJECT = 400
MAX_SENTENCE = 8000
NEARBY = 40
VAGUE = 0.65
NEAR = 45
YEAR = 300


def find_dates(document: Document) -> Iterator[Candidate]:
    """Yield days, values as ISO dates; of a stretch of time the first day, its words as Evidence."""
    sent = document.message.sent_at.date()
    today = Today(sent, month_first=reads_month_first(document))
    count = 0
    for start, end in document.sentences():
        for moment in find_moments(document.text, start, end=min(end, start + MAX_SENTENCE), today=today):
            count += 1
            if count > MAX_DATES:
                return
            yield _candidate(document, moment, (start, end), place=count)
    subject = document.message.subject[:MAX_SUBJECT]
    for moment in find_moments(subject, 0, end=len(subject), today=today):
        score = 0.3 if (moment.last or moment.day) < sent else 0.52
        evidence = document.cite(moment.start, moment.end, Part.SUBJECT)
        yield Candidate(FactKind.DATE, evidence, moment.day.isoformat(), score * moment.sharpness + 0.05, IN_SUBJECT)


def reads_month_first(document: Document) -> bool:
    """Whether 3/4 is the fourth of March in this mail."""
    return document.region in MONTH_FIRST and document.language == "en"


def possible_days(text: str, start: int, *, end: int, sent_at: datetime) -> frozenset[date]:
    """Return every day that the words text[start:end] can mean: either order of day and month, a weekday gone by.

    They are read by themselves and once more with a little of what stands around them.
    """
    days: set[date] = set()
    around = (max(0, start - NEARBY), min(len(text), end + NEARBY))
    for month_first in (False, True):
        today = Today(sent_at.date(), month_first)
        found = [
            m for m in find_moments(text, around[0], end=around[1], today=today) if (m.start, m.end) == (start, end)
        ]
        for moment in (*find_moments(text, start, end=end, today=today), *found):
            days.add(moment.day)
            if moment.back:
                days.add(moment.back)
    return frozenset(days)


def _candidate(document: Document, moment: Day, sentence: tuple[int, int], *, place: int) -> Candidate:
    sent, text, (start, end) = document.message.sent_at.date(), document.text, sentence
    before, around = text[max(start, moment.start - 90) : moment.start], text[start:end][:600]
    is_due = bool(_DEADLINE.search(before)) or bool(_DUE_WORD.match(text, moment.start))
    is_planned = bool(_MEETING.search(around))
    speaks_of_past = any(pattern.search(before) for pattern in (_PAST, _BIRTH, _DONE))
    day, last = moment.day, moment.last
    is_moved = bool(_MOVED.search(before))
    new = _NEW_DAY.search(text, moment.start, moment.end) if is_moved and last else None
    if new and last:
        day, last, is_moved = last, None, False
    is_told = any(pattern.search(before) for pattern in (_CLOSE_PAST, _BIRTH, _DONE))
    if moment.back and day > sent and is_told and not _is_coming(moment, sent):
        day, last = moment.back, None
    has_passed = (last or day) < sent
    score = 0.6 * moment.sharpness + 0.2 * is_due + 0.1 * is_planned - 0.01 * min(place, 10)
    if has_passed:
        score = 0.44 + 0.05 * moment.sharpness - 0.01 * min(place, 10) - 0.2 * bool(_BIRTH.search(before))
    score -= 0.15 if speaks_of_past and not has_passed else 0.0
    score -= 0.4 if _is_dropped(text, moment, before) or is_moved else 0.0
    score -= 0.25 if _SLOGAN.search(before) else 0.0
    score -= 0.15 if _AWAY.search(before[-60:]) else 0.0
    if has_passed:
        why = PASSED
    elif moment.sharpness < VAGUE:
        why = STRETCH
    else:
        why = DUE if is_due else PLANNED if is_planned else NAMED
    evidence = document.cite(new.start("day") if new else moment.start, moment.end)
    return Candidate(FactKind.DATE, evidence, day.isoformat(), min(0.95, max(0.05, score)), why)


def _is_coming(moment: Day, sent: date) -> bool:
    """Whether a day of a month is so near ahead that its year is this one: "der Termin vom 22. Mai"."""
    is_year = moment.back is not None and (moment.day - moment.back).days > YEAR
    return is_year and moment.sharpness > VAGUE and (moment.day - sent).days < NEAR


def _is_dropped(text: str, moment: Day, before: str) -> bool:
    """Whether a day is named only to say that it is not the one: called off, excepted, or "none in three weeks"."""
    if _DROPPED.search(before) or _EXCEPTED.search(before):
        return True
    is_counted = text[moment.start : moment.start + 3].lower() in ("in ", "en ", "em ", "dan")
    return bool(_DROPPED_AFTER.match(text, moment.end)) or (is_counted and bool(_WITHOUT.search(before)))
