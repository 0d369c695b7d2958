"""Dates, amounts, telephone numbers and quantities as people write them, by language."""

import random
import string
from datetime import date, timedelta

from resources.models.crm_mini.vocabulary import words_of


def moment(chance: random.Random, language: str, day: date, *, is_past: bool) -> str:
    """Return a day as it is written: `day` itself in figures or words, or a word for some day of that side."""
    words = words_of(language)
    section = "written" if chance.random() > (0.2 if is_past else 0.4) else "ago" if is_past else "soon"
    ending = {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10 if day.day not in (11, 12, 13) else 0, "th")
    return chance.choice(words[section]).format(
        d=words["day"][day.weekday()],
        m=words["month"][day.month - 1],
        n=day.day,
        nn=f"{day.day:02}",
        th=ending,
        later=min(day.day + 4, 30),
        k=day.month,
        mm=f"{day.month:02}",
        y=day.year,
        yy=f"{day.year % 100:02}",
        q=(day.month - 1) // 3 + 1,
        w=day.isocalendar().week,
    )


def a_day(chance: random.Random, sent: date, *, is_past: bool) -> date:
    """Return a day before or after the one the mail was sent."""
    return sent - timedelta(days=chance.randint(3, 200)) if is_past else sent + timedelta(days=chance.randint(1, 90))


def clock(chance: random.Random, language: str) -> str:
    """Return a time of day."""
    hour, minute = chance.randint(8, 17), chance.choice((0, 0, 15, 30, 45))
    if language == "en" and chance.random() < 0.7:
        shown = f"{(hour - 1) % 12 + 1}" + (f":{minute:02}" if minute else "")
        return shown + chance.choice([" am", " pm", "am", "pm"])
    if language == "fr":
        return f"{hour}h{minute:02}" if minute else f"{hour}h"
    return f"{hour}:{minute:02}" + (" Uhr" if language == "de" and chance.random() < 0.5 else "")


def amount(chance: random.Random, language: str) -> str:
    """Return a sum of money with its currency."""
    size = chance.choice((1, 2, 2, 3, 3, 3, 4, 4, 5))
    number = round(chance.uniform(1, 99.9), 1 if size > 1 else 2) * 10 ** (size - 1)
    currency = chance.choice(words_of(language)["currency"])
    draw = chance.random()
    if size >= 3 and draw < 0.2:
        short = f"{number / 1000:g}"
        text = (
            chance.choice([f"{short}k", f"{short}K"])
            if size < 5
            else f"{number / 10**6:.1f}" + chance.choice(["M", "m", "MM", " million"])
        )
    elif draw < 0.6:
        text = f"{int(number):,}"
    elif draw < 0.8:
        text = f"{number:,.2f}"
    else:
        text = str(int(number))
    if language != "en":
        text = text.translate(str.maketrans(",.", chance.choice([".,", ".,", " ,", "',"])))
        if "," not in text and chance.random() < 0.1:
            text += ",-"
        return f"{text} {currency}" if chance.random() < 0.7 else f"{currency} {text}"
    if chance.random() < 0.08:
        text = f"{text} - {currency if currency in '$£€' else ''}{text.replace('1', '2', 1)}"
    return (
        f"{currency}{text}"
        if chance.random() < 0.85
        else f"{text} {currency.strip() if currency.strip().isalpha() else 'USD'}"
    )


def quantity(chance: random.Random, language: str) -> str:
    """Return a number of things."""
    number = chance.choice((chance.randint(2, 60), chance.randint(2, 40) * 50))
    shown = f"{number:,}" if language == "en" else str(number)
    return f"{shown} {chance.choice(words_of(language)['unit'])}"


def telephone(chance: random.Random, language: str, *, is_mobile: bool) -> str:
    """Return a telephone number; the digits are random, the form is one of the country's."""
    form = chance.choice(words_of(language)["mobile number" if is_mobile else "office number"])
    digits = {"#": string.digits, "%": "23456789"}
    return "".join(chance.choice(digits[char]) if char in digits else char for char in form)
