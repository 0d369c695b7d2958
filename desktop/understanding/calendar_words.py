"""Names of months and weekdays and other words of time, in English, German and French (months in two more)."""

_MONTHS = (
    "january jan januar jänner janvier janv enero gennaio",
    "february feb februar feber février fevrier févr fév febrero febbraio",
    "march mar märz maerz mrz mars marzo", "april apr avril avr abril aprile", "may mai mayo maggio",
    "june jun juni juin junio giugno", "july jul juli juillet juil julio luglio", "august aug août aout agosto",
    "september sep sept septembre septiembre settembre", "october oct oktober okt octobre octubre ottobre",
    "november nov novembre noviembre", "december dec dezember dez décembre decembre déc diciembre dicembre",
)  # fmt: skip
MONTHS = {word: number for number, names in enumerate(_MONTHS, 1) for word in names.split()}

_WEEKDAYS = (
    "monday mon montag lundi", "tuesday tue tues dienstag mardi", "wednesday wed mittwoch mercredi",
    "thursday thu thur thurs donnerstag jeudi", "friday fri freitag vendredi", "saturday sat samstag sonnabend samedi",
    "sunday sun sonntag dimanche",
)  # fmt: skip
WEEKDAYS = {word: number for number, names in enumerate(_WEEKDAYS) for word in names.split()}

_NUMBERS = (
    "one a an ein einer einem eine un une", "two zwei deux", "three drei trois", "four vier quatre", "five fünf cinq",
    "six sechs", "seven sieben sept", "eight acht huit", "nine neun neuf", "ten zehn dix",
)  # fmt: skip
NUMBERS = {word: number for number, names in enumerate(_NUMBERS, 1) for word in names.split()}


def alternatives(words: dict[str, int]) -> str:
    """Return a pattern that matches any of the words, the longest first."""
    return "|".join(sorted(words, key=len, reverse=True))
