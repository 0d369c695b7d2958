"""Names of months and weekdays and other words of time.

English, German, French, Spanish, Italian, Dutch, Portuguese, Polish, Turkish, Swedish, Danish, Norwegian, Czech,
Hungarian, Romanian, Ukrainian and Russian. Names that are common words of another of these languages ("set", "out",
"ago", "mar" for a Tuesday, "mai" of Romanian) are left out.
"""

from collections.abc import Collection

_MONTHS = (
    (
        "january jan januar jänner janvier janv enero gennaio januari janeiro stycznia styczniu styczeń ocak ocakta"
        " ledna lednu leden január januárja ianuarie січня января"
    ),
    (
        "february feb februar feber février fevrier févr fév febrero febbraio februari fevereiro lutego lutym luty"
        " şubat února únoru únor február februarie лютого февраля"
    ),
    (
        "march mar märz maerz mrz mars marzo maart março marca marcu marzec mart marts"
        " března březnu březen március martie березня марта"
    ),
    "april apr avril avr abril aprile kwietnia kwietniu kwiecień nisan dubna dubnu duben április aprilie квітня апреля",
    "may mai mayo maggio mei maio maja maju maj mayıs května květnu květen május травня",
    (
        "june jun juni juin junio giugno junho czerwca czerwcu czerwiec haziran"
        " června červnu červen június iunie червня июня"
    ),
    (
        "july jul juli juillet juil julio luglio julho lipca lipcu lipiec temmuz"
        " července červenci červenec július iulie липня июля"
    ),
    (
        "august aug août aout agosto augustus augusti sierpnia sierpniu sierpień ağustos"
        " srpna srpnu srpen augusztus серпня августа"
    ),
    (
        "september sep sept septembre septiembre settembre setembro września wrześniu wrzesień eylül"
        " září szeptember septembrie вересня сентября"
    ),
    (
        "october oct oktober okt octobre octubre ottobre outubro października październiku październik ekim"
        " října říjnu říjen október octombrie жовтня октября"
    ),
    (
        "november nov novembre noviembre novembro listopada listopadzie listopad kasım"
        " listopadu noiembrie листопада ноября"
    ),
    (
        "december dec dezember dez décembre decembre déc diciembre dicembre dezembro grudnia grudniu grudzień"
        " aralık prosince prosinci prosinec decembrie грудня декабря"
    ),
)
MONTHS = {word: number for number, names in enumerate(_MONTHS, 1) for word in names.split()}

_WEEKDAYS = (
    (
        "monday mon montag lundi lunes lunedì lunedi maandag segunda-feira poniedziałek pazartesi måndag mandag"
        " poniedziałku poniedziałkiem pazartesiye pondělka hétfőn hétfőig"
        " hétfőre pondělí hétfő luni понеділок понедельник"
    ),
    (
        "tuesday tue tues dienstag mardi martes martedì martedi dinsdag terça-feira wtorek salı tisdag tirsdag"
        " wtorku wtorkiem salıya úterka kedden keddig keddre úterý kedd вівторок вторник"
    ),
    (
        "wednesday wed weds mittwoch mercredi miércoles miercoles mercoledì mercoledi woensdag quarta-feira środa środę"
        " środy środzie środą çarşamba çarşambaya středy szerdán"
        " szerdáig szerdára středa středu szerda miercuri середу среду"
    ),
    (
        "thursday thu thur thurs donnerstag jeudi jueves giovedì giovedi donderdag quinta-feira czwartek"
        " czwartku czwartkiem perşembeye čtvrtku csütörtökön csütörtökig csütörtökre"
        " perşembe torsdag čtvrtek čtvrtka csütörtök четвер четверг"
    ),
    (
        "friday fri freitag vendredi viernes venerdì venerdi vrijdag sexta-feira piątek cuma fredag"
        " piątku piątkiem cumaya pénteken péntekig péntekre pátek pátku péntek vineri пятницу пятница"
    ),
    (
        "saturday sat samstag sonnabend samedi sábado sabado sabato zaterdag sobota sobotę cumartesi lördag lørdag"
        " soboty sobotą cumartesiye szombaton szombatig szombatra sobotu szombat субботу суботу"
    ),
    (
        "sunday sun sonntag dimanche domingo domenica zondag niedziela niedzielę söndag søndag"
        " niedzieli niedzielą neděle neděli vasárnap воскресенье неділю"
    ),
)
WEEKDAYS = {word: number for number, names in enumerate(_WEEKDAYS) for word in names.split()} | {
    "onsdag": 2,
    "çarşamba": 2,
}

_NUMBERS = (
    "one a an ein einer einem eine un une una uno een um uma jeden bir",
    "two zwei deux dos due twee dois dwa dwie couple iki",
    "three drei trois tres tre drie três trzy üç",
    "four vier quatre cuatro quattro quatro cztery dört",
    "five fünf fuenf cinq cinco cinque vijf pięć beş",
    "six sechs seis sei zes sześć altı",
    "seven sieben sept siete sette zeven sete siedem yedi",
    "eight acht huit ocho otto oito osiem sekiz",
    "nine neun neuf nueve nove negen dziewięć dokuz",
    "ten zehn dix diez dieci tien dez dziesięć on",
)
NUMBERS = {word: number for number, names in enumerate(_NUMBERS, 1) for word in names.split() if word != "on"}
NUMBERS |= {"twelve": 12, "zwölf": 12, "quinze": 15, "quince": 15, "fourteen": 14, "vierzehn": 14, "quindici": 15}

_ENGLISH_DAYS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)
_GERMAN_DAYS = (
    "erst zweit dritt viert fünft sechst siebt acht neunt zehnt elft zwölft dreizehnt vierzehnt fünfzehnt sechzehnt "
    "siebzehnt achtzehnt neunzehnt zwanzigst einundzwanzigst zweiundzwanzigst dreiundzwanzigst vierundzwanzigst "
    "fünfundzwanzigst sechsundzwanzigst siebenundzwanzigst achtundzwanzigst neunundzwanzigst dreißigst "
    "einunddreißigst"
)


def _numbered(text: str) -> list[tuple[int, str]]:
    return list(enumerate(text.split(), 1))


SPOKEN_DAYS = {word: number for number, word in _numbered(_ENGLISH_DAYS)}
SPOKEN_DAYS |= {f"twenty {word}": 20 + number for number, word in _numbered(_ENGLISH_DAYS)[:9]}
SPOKEN_DAYS |= {f"twenty-{word}": 20 + number for number, word in _numbered(_ENGLISH_DAYS)[:9]}
SPOKEN_DAYS |= {"thirtieth": 30, "thirty first": 31, "thirty-first": 31}
SPOKEN_DAYS |= {f"{word}{end}": number for number, word in _numbered(_GERMAN_DAYS) for end in ("e", "en", "er")}
"""Days of the month as they are said: "seventeenth", "twenty second", "zwanzigste"."""


def alternatives(words: Collection[str]) -> str:
    """Return a pattern that matches any of the words, the longest first; common beginnings are tried once."""
    begun: dict[str, list[str]] = {}
    for word in sorted(words, key=len, reverse=True):
        begun.setdefault(word[:1], []).append(word[1:])
    parts = [
        first + (rest[0] if len(rest) == 1 else f"(?:{alternatives(rest)})") for first, rest in begun.items() if first
    ]
    return "|".join([*parts, ""] if "" in begun else parts)
