"""Days that have a name: before Easter, bis Weihnachten, à la Toussaint, by Thanksgiving.

They count only behind a word that makes them a point in time: "Merry Christmas" and "the Easter range" name no day.
Easter Sunday follows the Gregorian rule in the form of the Anonymous algorithm (Meeus, Astronomical Algorithms, 1991).
"""

import re
from datetime import date, timedelta

from desktop.understanding.candidates.moment_types import RECENT, Meaning, Today, rule
from desktop.understanding.lexicon.words import words

SHARPNESS = 0.5
VAGUE = 0.4

_BEFORE = re.compile(
    r"(?i)(?:\b(?:by|before|until|till|after|over|around|at|for|since|from|during|this|next|last|of|on|come|pre"
    r"|vor|bis|bis zu|nach|zu|an|über|ab|seit|um|zwischen|kommende[nms]?|nächste[nms]?"
    r"|avant|d['’]ici|après|pour|à|a|de|du|depuis|dès|pendant|jusqu['’]à|jusqu['’]au|veille de"
    r"|antes de|para|hasta|después de|en|desde|por|tras|entro|prima di|dopo|per|fino a|da|sotto|sino a"
    r"|vóór|voor|na|met|rond|tot|tussen|uiterlijk|antes d[aoe]|até|depois d[aoe]|n[ao]|no|ao|à|pela|pelo"
    r"|przed|do|po|na|w|od|we?|före|innan|efter|till|på|vid|før|inden|etter|til|i|před|do|po|na|o)"
    r"\s{1,2}(?:(?:the|la|le|les|l['’]|el|il|lo|de|den|dem|der|das|o|a|os|as)\s{0,2})?)$"
)
_GREETED = re.compile(
    r"(?i)\b(?:merry|happy|froh\w+|fröhlich\w+|gesegnet\w+|joyeu\w+|feliz|felices|buon[ao]?|prettig\w*|vrolijk\w*|zalig"
    r"|wesoł\w+|glad|god|mutlu|kellemes|veselé|wish\w*|wünsch\w*)\b[^.!?\n]{0,30}$"
)


def easter(year: int) -> date:
    """Return Easter Sunday of the Western churches."""
    golden, (century, rest) = year % 19, divmod(year, 100)
    leap, left = divmod(century, 4)
    moon = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap - moon + 15) % 30
    quarter, odd = divmod(rest, 4)
    week = (32 + 2 * left + 2 * quarter - epact - odd) % 7
    shift = (golden + 11 * epact + 22 * week) // 451
    month, day = divmod(epact + week - 7 * shift + 114, 31)
    return date(year, month, day + 1)


def _weekday_of(year: int, month: int, weekday: int, nth: int) -> date:
    """Return the nth such weekday of a month; 5 asks for the last."""
    days = [date(year, month, day) for day in range(1, 32) if day <= 30 or month in (1, 3, 5, 7, 8, 10, 12)]
    found = [day for day in days if day.weekday() == weekday]
    return found[-1] if nth > 4 else found[nth - 1]


_NAMES = {
    "easter": r"easter|ostern|pâques|semana santa|pascua|pasqua|pasen|páscoa|wielkanoc\w?|påsk(?:en)?|påske(?:n)?"
    r"|velikonoc\w{1,4}|húsvét\w{0,4}",
    "good_friday": r"good friday|karfreitag|vendredi saint|viernes santo|venerdì santo|goede vrijdag|sexta-feira santa"
    r"|wielki piątek|långfredagen|langfredag",
    "whitsun": r"whitsun|pentecost|pfingsten|pentecôte|pentecostés|pentecoste|pinksteren|pentecostes|pingst|pinsen?",
    "christmas_eve": r"christmas eve|heiligabend|nochebuena|kerstavond|wigili[aąię]|julafton|julaften|juleaften",
    "christmas": r"christmas|x-?mas|weihnachten|noël|navidad(?:es)?|natale|kerst(?:mis)?|natal|bożym narodzeniem"
    r"|jul(?:en)?|vánoc\w{1,4}|karácsony\w{0,4}",
    "new_years_eve": r"new year['’]?s? eve|silvester|nochevieja|oudjaar|nyårsafton|nytårsaften",
    "new_year": r"new year|neujahr|nouvel an|año nuevo|capodanno|ano novo|nowym roku|nyår|nytår|yılbaşı\w{0,6}",
    "thanksgiving": r"thanksgiving",
    "all_saints": r"allerheiligen|toussaint|ognissanti|todos los santos|todos os santos",
    "valentine": r"valentine['’]?s(?: day)?|valentinstag|saint-valentin|san valentín|san valentino|valentijnsdag",
    "assumption": r"ferragosto|mariä himmelfahrt",
}


def _day_in(name: str, year: int) -> date:
    if name in _MOVING:
        return easter(year) + timedelta(days=_MOVING[name])
    if name == "thanksgiving":
        return _weekday_of(year, 11, 3, 4)
    return date(year, *_FIXED[name])


_MOVING = {"easter": 0, "good_friday": -2, "whitsun": 49}
_FIXED = {
    "christmas": (12, 25), "christmas_eve": (12, 24), "new_years_eve": (12, 31), "new_year": (1, 1),
    "all_saints": (11, 1), "valentine": (2, 14), "assumption": (8, 15),
}  # fmt: skip


def _holiday(match: re.Match[str], today: Today) -> Meaning | None:
    text, start = match.string, match.start()
    before = text[max(0, start - 50) : start]
    if not _BEFORE.search(before[-24:]) or _GREETED.search(before) or _is_other_word(match[0]):
        return None
    name = next(key for key in _NAMES if match[key])
    days = [_day_in(name, today.day.year + shift) for shift in (-1, 0, 1)]
    found = next(day for day in days if day >= today.day - timedelta(days=RECENT))
    return Meaning(found, VAGUE if name == "new_year" else SHARPNESS, None, _day_in(name, found.year - 1))


def _is_other_word(said: str) -> bool:
    """Whether a word in small letters is another: "natal" of one's birth, "noël" a song; "Jul" is short for July."""
    return said in ("natal", "natale", "noël", "Jul", "JUL")


_FIRST_WORDS = words(
    "easter ostern pâques semana pascua pasqua pasen páscoa wielkanoc wielkanocą wielkanocy påsk påsken påske påsken "
    "velikonoce velikonocemi velikonocích húsvét húsvétig good karfreitag vendredi viernes venerdì goede sexta wielki "
    "sexta-feira långfredagen langfredag whitsun pentecost pfingsten pentecôte pentecostés pentecoste pinksteren "
    "pentecostes pingst pinse pinsen christmas xmas x weihnachten noël navidad navidades natale kerst kerstmis natal "
    "bożym jul julen vánoce vánocemi vánocích karácsony karácsonyig heiligabend nochebuena kerstavond wigilia wigilią "
    "wigilii wigilię julafton julaften juleaften new silvester nochevieja oudjaar nyårsafton nytårsaften neujahr "
    "nouvel año capodanno ano nowym nyår nytår yılbaşı yılbaşından yılbaşına thanksgiving allerheiligen toussaint "
    "ognissanti todos valentine valentines valentinstag saint san valentijnsdag ferragosto mariä"
)
_PATTERN = "|".join(f"(?P<{key}>{said})" for key, said in _NAMES.items()).replace(" ", "~")
HOLIDAY_RULES = (
    rule(
        rf"(?<![\w-])(?:{_PATTERN})(?![\w-]|~(?:cards?|trees?|part(?:y|ies)|markets?|ranges?|menus?|gifts?|hampers?|eggs?"
        r"|specials?|sales?|islands?|trading|stock)\b)", _holiday, _FIRST_WORDS),
)  # fmt: skip
