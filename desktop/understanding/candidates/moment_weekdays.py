"""Weekdays and days counted from today: Friday, next Friday, Thursday week, tomorrow, in a fortnight, 3 weeks ago."""

import re
from datetime import date, timedelta

from desktop.understanding.candidates.moment_types import (
    COUNT,
    DAY_NAME,
    Meaning,
    Today,
    add_months,
    monday_of,
    number,
    rule,
)  # fmt: skip
from desktop.understanding.lexicon.calendar_words import NUMBERS, WEEKDAYS, alternatives
from desktop.understanding.lexicon.words import words

_PAST = re.compile(
    r"(?i)\b(?:last|past|letzte\w*|vergangene\w*|vorige\w*|dernière?|passée?|pasad[oa]|scors[oa]|afgelopen|vorige"
    r"|zeszł\w+"
    r"|geçen|förra)\b"
)
_NEXT_WEEK = re.compile(
    r"(?i)\b(?:next|nächste\w*|naechste\w*|volgende|następn\w+|przyszł\w+|nästa|gelecek|semaine prochaine"
    r"|próxima semana"
    r"|la settimana prossima|semana que viene|kommende\w* woche)\b"
)
_SHORT_PORTUGUESE = {"segunda": 0, "terça": 1, "quarta": 2, "quinta": 3, "sexta": 4}
_BEFORE_SHORT = re.compile(r"(?i)\b(?:na|até|próxima|esta|nesta|desta|à)\s$")
_NAMES = WEEKDAYS | _SHORT_PORTUGUESE
_NAME = rf"(?:{alternatives(_NAMES)})"
_EXCEPT = re.compile(r"(?i)\b(?:black|good|cyber|ash|palm)\s$")
_THIS_WEEK = re.compile(r"(?i)this week|\bdiese[rn]? woche|cette semaine|deze week|esta semana|questa settimana")
_WEEK_LATER = re.compile(r"(?i)\bweek$|^(?:a )?week |en huit$|in einer woche$|in acht tagen$|over een week$")
_NEXT_WORDS = (
    r"next|this coming|the coming|coming|this past|this|last|past|upcoming|following"
    r"|am|den|diesen|diese|kommenden|kommende|nächsten|nächste|naechsten|letzten|letzte|vergangenen|vorigen"
    r"|ce|el próximo|próximo|proximo|este|el pasado|prossimo|questo|scorso|volgende|komende|aanstaande|afgelopen|deze"
    r"|próxima|esta|w najbliższy|w przyszły|w zeszły|w|najbliższy|przyszły|nästa|på|gelecek|geçen|bu"
)
_OF_WEEK = (
    r"next week|this week|(?:in der |die )?(?:nächste[rn]?|naechste[rn]?|kommende[rn]?|diese[rn]?) Woche|volgende week"
    r"|deze week|la semaine prochaine|cette semaine|la próxima semana|esta semana|la settimana prossima"
    r"|questa settimana"
)
_AFTER = (
    r"~week\b|~en~huit\b|~in~einer~Woche\b|~in~acht~Tagen\b|~over~een~week\b|~prochain\b|~dernier\b|~passé\b|~próximo\b"
    r"|~proximo\b|~que~viene\b|~pasado\b|~prossimo\b|~scorso\b"
    rf"|~(?:of~|on~|in~)?(?:{_OF_WEEK.replace(' ', '~')})\b"
)
_NO_HOURS = (
    rf"(?!\s?[-–]\s?{DAY_NAME}\b)"
    r"(?!['’]?s\b(?!~(?:good|fine|ok|okay|great|best|perfect|out|no~good|better|when)\b))"
)


def _is_no_weekday(before: str, name: str) -> bool:
    """Whether it is a holiday ("Good Friday") or an ordinal ("quarta") that is a weekday only after some words."""
    return bool(_EXCEPT.search(before)) or (name in _SHORT_PORTUGUESE and not _BEFORE_SHORT.search(before))


def _weekday(match: re.Match[str], today: Today) -> Meaning | None:
    name = match["name"].lower()
    if _is_no_weekday(match.string[max(0, match.start("name") - 12) : match.start("name")], name):
        return None
    wanted = _NAMES[name]
    before = " ".join((match["before"] or "").split())
    after = " ".join((match["after"] or "").split())
    said = f"{before} {after}".strip()
    ahead = (wanted - today.day.weekday() - 1) % 7 + 1
    if _PAST.search(said):
        return Meaning(today.day - timedelta(days=(today.day.weekday() - wanted - 1) % 7 + 1), 0.6)
    if _THIS_WEEK.search(said):
        return Meaning(monday_of(today.day) + timedelta(days=wanted), 0.9)
    if _WEEK_LATER.match(before) or (_WEEK_LATER.search(after) and not _NEXT_WEEK.search(said)):
        return Meaning(today.day + timedelta(days=ahead + 7), 0.95)
    if _NEXT_WEEK.search(said):
        return Meaning(monday_of(today.day) + timedelta(days=7 + wanted), 0.9)
    return Meaning(today.day + timedelta(days=ahead), 0.9, None, today.day + timedelta(days=ahead - 7))


def _weekend(match: re.Match[str], today: Today) -> Meaning | None:
    saturday = monday_of(today.day) + timedelta(days=5)
    said = match["before"].lower() if match["before"] else ""
    if _PAST.search(said) or (said.startswith("over") and today.day.weekday() < 3):
        saturday -= timedelta(days=7)
    elif _NEXT_WEEK.search(said) or re.search(r"prochain|próximo|prossimo", match[0].lower()):
        saturday += timedelta(days=7)
    return Meaning(saturday, 0.6, saturday + timedelta(days=1))


_RELATIVE = {
    -2: "the day before yesterday|vorgestern|avant-hier|anteayer|l'altro ieri|eergisteren|przedwczoraj",
    -1: "yesterday|gestern|hier (?:matin|soir)|ayer|ieri|gisteren|ontem|wczoraj|dün|i går|igår",
    0: "today|tonight|this (?:morning|afternoon|evening)|heute(?! in )|aujourd['’]hui|ce (?:matin|soir)"
    "|cet(?:te)? après-midi|esta (?:mañana|tarde|noche|manhã|noite)|stamattina|stasera|vanmorgen|vanmiddag|vanavond"
    "|ikväll|hoy|oggi"
    "|vandaag|hoje|dziś|dzisiaj|bugün|i dag|idag|(?:end of (?:the )?day|eod|by cob|close of (?:business|play))"
    "(?! (?:on )?(?:tomorrow|mon|tue|wed|thu|fri))|feierabend",
    1: "tomorrow|(?<!guten )(?<!good )morgen(?! früh um)|demain|(?<!la )(?<!esta )(?<!buena )mañana|domani|amanhã|jutro"
    "|yarın|i morgen|imorgon|i morgon",
    2: "(?:the )?day after tomorrow|übermorgen|uebermorgen|après[- ]demain|pasado mañana|dopodomani|overmorgen"
    "|depois de amanhã|pojutrze",
}  # fmt: skip
_RELATIVE_WORDS = words(
    "yesterday vorgestern avant anteayer altro eergisteren przedwczoraj gestern hier ayer ieri gisteren ontem wczoraj "
    "dün går igår today tonight this heute aujourd ce cet hoy oggi vandaag hoje dziś dzisiaj bugün dag idag day eod "
    "cob "
    "esta stamattina stasera vanmorgen vanmiddag vanavond ikväll cette "
    "close feierabend tomorrow morgen demain mañana domani amanhã jutro yarın imorgon morgon übermorgen uebermorgen "
    "après pasado dopodomani overmorgen depois pojutrze"
)
_WEEKDAY_IN = re.compile(rf"(?i)\b{DAY_NAME}\b")


def _relative_day(match: re.Match[str], today: Today) -> Meaning | None:
    days = next(int(name[1:]) - 2 for name, said in match.groupdict().items() if said)
    sharpness = {-2: 0.6, -1: 0.6, 0: 0.66}.get(days, 0.95)
    return Meaning(today.day + timedelta(days=days), sharpness)


def _counted(match: re.Match[str], today: Today) -> Meaning | None:
    return _shifted(match, today, 1)


def _ago(match: re.Match[str], today: Today) -> Meaning | None:
    return _shifted(match, today, -1)


def _shifted(match: re.Match[str], today: Today, sign: int) -> Meaning | None:
    unit, count = match["unit"].lower(), number(match["n"])
    if unit.startswith(_WORKING):
        return Meaning(_working_days(today.day, min(count, 90) * sign), 0.65)
    if unit.startswith(_MONTHLY):
        return Meaning(add_months(today.day, min(count, 60) * sign), 0.6)
    days = 14 if unit.startswith("fortnight") else 7 if unit.startswith(_WEEKLY) else 1
    return Meaning(today.day + timedelta(days=count * days * sign), 0.7)


def _working_days(day: date, count: int) -> date:
    step = 1 if count > 0 else -1
    while count:
        day += timedelta(days=step)
        count -= step * (day.weekday() < 5)
    return day


_WORKING = ("business", "working", "werktag", "arbeitstag", "jours ouvr", "werkdag", "días h")
_MONTHLY = ("mo", "mes", "maand", "mies")
_WEEKLY = ("we", "wo", "sem", "sett", "tyg")
_UNIT = (
    r"(?P<unit>(?:business|working)~days?|werktagen?|arbeitstagen?|jours~ouvr(?:és|ables)|werkdagen|días~hábiles|days?"
    r"|tage?n?|jours?|días?|giorni|dagen|dias|dni|weeks?|wochen?|semaines?|semanas?|settiman[ae]|weken|tygodni\w*"
    r"|months?|monaten?|mois|mes(?:es)?|mesi|maand(?:en)?|miesiąc\w*|fortnights?)\b"
)
_AHEAD = (
    r"(?:within|in|inside|innerhalb(?:~von)?|binnen|dans|sous|d['’]ici|en|entro|tra|fra|dentro~de|za|em|om"
    r"|over(?=~\w{2,8}~(?:weken|dagen|maanden)))"
)
_COMING = r"(?:next|coming|following|nächsten|naechsten|kommenden|prochaine?s|próxim[oa]s|prossim[ie]|komende)"
_THE = r"(?:the|den|der|les|los|las|i|le|de)"
_ABOUT = r"(?:about|approximately|around|some|roughly|circa|ca\.|etwa|ungefähr|environ|unos|unas|the)"
_COUNT_WORDS = frozenset(NUMBERS) | {"0"}
_DAY_WORDS = frozenset(_NAMES)
_BEFORE_NAME = (
    rf"(?:a~week~(?:on|from|this|today)~(?:this~)?|(?:{_OF_WEEK})~(?:on~|am~|op~)?|(?:(?:{_NEXT_WORDS})~){{1,2}})"
)
_RELATIVE_NAMES = (
    "|".join(f"(?P<r{days + 2}>{_RELATIVE[days]})".replace(" ", "~") for days in (-2, 2, -1, 0, 1))
    .replace("good~)", "good )")
    .replace("guten~)", "guten )")
    .replace("la~)", "la )")
    .replace("esta~)", "esta )")
    .replace("buena~)", "buena )")
)

WEEKDAY_RULES = (
    rule(
        rf"\b(?P<before>{_BEFORE_NAME})?\b(?P<name>{_NAME})\b{_NO_HOURS}(?!~\d{{1,2}}[./]\d)(?P<after>{_AFTER})?"
        .replace(" ", "~"), _weekday, _DAY_WORDS),
    rule(
        r"\b(?P<before>(?:(?:this|the|next|last|past|coming|over~the|over|am|nächste[sn]?|kommende[sn]?|dieses|letztes"
        r"|ce|le|este|questo|dit|volgend|het)~){1,3})(?:weekend|wochenende|week-end|fin~de~semana|fine~settimana)\b"
        r"(?:~(?:prochain|dernier|próximo|prossimo))?", _weekend, words("weekend wochenende week fin fine")),
    rule(rf"(?<![\w-])(?:{_RELATIVE_NAMES})(?!\w)(?:~?\({DAY_NAME}\))?", _relative_day, _RELATIVE_WORDS),
    rule(
        rf"\b(?:{_ABOUT}~)?(?P<n>{COUNT})~{_UNIT}~(?:ago|geleden|fa|temu|atrás|önce|sedan|siden)\b", _ago,
        _COUNT_WORDS),
    rule(rf"\b(?:vor|il~y~a|hace|há)~(?:{_ABOUT}~)?(?P<n>{COUNT})~{_UNIT}", _ago, _COUNT_WORDS),
    rule(
        rf"\b(?:{_AHEAD}~)?(?:{_THE}~)?{_COMING}~(?:couple~of~)?(?P<n>{COUNT})[\s-]{_UNIT}", _counted, _COUNT_WORDS),
    rule(
        rf"\b{_AHEAD}~(?:{_ABOUT}~)?(?:a~couple~of~)?(?P<n>{COUNT})~{_UNIT}(?!~or~)", _counted, _COUNT_WORDS),
    rule(rf"\b(?P<n>{COUNT})~{_UNIT}~(?:from~(?:now|today)|hence)\b", _counted, _COUNT_WORDS),
)  # fmt: skip
