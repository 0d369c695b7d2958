"""Names of people, companies, titles, products and places: thousands, made up by script, none of a real person.

First and last names come from Faker's lists of many locales and are put together at random; a third of all names is
invented syllable by syllable, so that a model cannot learn names by heart. A fifth of every list is held out.
"""

import random
import re
import string
import unicodedata
from dataclasses import dataclass
from functools import cache

from resources.models.crm_mini.grammar import Split, share
from resources.models.crm_mini.vocabulary import words_of

LOCALES = {
    "en": ("en_US", "en_GB", "en_IN", "en_IE", "en_AU", "nl_NL", "sv_SE", "pl_PL", "tr_TR", "it_IT", "pt_BR", "fi_FI"),
    "de": ("de_DE", "de_AT", "de_CH", "cs_CZ", "tr_TR", "hr_HR"),
    "fr": ("fr_FR", "fr_CH", "fr_BE", "fr_CA"),
    "es": ("es_ES", "es_MX", "es_AR", "es_CO"),
}
PER_LOCALE = 400


@dataclass(frozen=True, slots=True)
class Person:
    """One invented person at one invented company."""

    first: str
    last: str
    title: str
    company: str
    address: str

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first} {self.last}"


@cache
def _names(locale: str) -> tuple[list[str], ...]:
    """Return first names, last names and towns; without Faker (for a test, never for training) invented ones."""
    try:
        from faker import Faker  # noqa: PLC0415  (needed for training only)
    except ImportError:
        chance = random.Random(locale)  # noqa: S311  (names, not secrets)
        return tuple([invented(chance, 2, 3) for _ in range(60)] for _ in range(3))
    faker = Faker(locale)
    faker.seed_instance(7)
    firsts = sorted({faker.first_name() for _ in range(PER_LOCALE)})
    lasts = sorted({faker.last_name() for _ in range(PER_LOCALE)})
    return firsts, lasts, sorted({faker.city() for _ in range(PER_LOCALE // 2)})


@cache
def _shared(locale: str, split: Split) -> tuple[list[str], ...]:
    return tuple(share(names, split) for names in _names(locale))


def invented(chance: random.Random, least: int, most: int) -> str:
    """Return a word that no list holds."""
    if chance.random() < 0.2:
        return "".join(chance.choice(string.ascii_lowercase) for _ in range(chance.randint(3, 9))).capitalize()
    return "".join(chance.choice(words_of("any")["syllable"]) for _ in range(chance.randint(least, most))).capitalize()


def plain(text: str) -> str:
    """Return a name as addresses have it: lower-case letters and digits."""
    flat = unicodedata.normalize("NFKD", text.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "", flat)


class Pools:
    """Draws entities of one language and split."""

    def __init__(self, chance: random.Random, language: str, split: Split) -> None:
        self._chance = chance
        self._language = language
        self._split = split
        self._words = words_of(language)

    def _locale(self) -> str:
        if self._chance.random() < 0.1:
            return self._chance.choice(LOCALES[self._chance.choice(list(LOCALES))])
        return self._chance.choice(LOCALES[self._language])

    def person(self, company: str = "") -> Person:
        """Return a person, of `company` where one is given."""
        chance = self._chance
        firsts, lasts, _ = _shared(self._locale(), self._split)
        is_invented = chance.random() < 0.35
        first = invented(chance, 1, 3) if is_invented else chance.choice(firsts)
        last = invented(chance, 1, 3) if is_invented else chance.choice(lasts)
        if chance.random() < 0.06:
            last += "-" + chance.choice(lasts)
        if chance.random() < 0.06:
            first += f" {chance.choice(string.ascii_uppercase)}."
        company = company or self.company()
        return Person(first, last, self.title(), company, self._address(first, last, company))

    def _address(self, first: str, last: str, company: str) -> str:
        chance = self._chance
        first, last = plain(first.split(maxsplit=1)[0]) or "info", plain(last) or "team"
        forms = (
            f"{first}.{last}",
            f"{first[0]}{last}",
            first,
            f"{first[0]}.{last}",
            last,
            f"{first}_{last}",
            f"{last}{first[0]}",
        )
        local = chance.choice(forms)
        if chance.random() < 0.05:
            local = chance.choice(self._words["desk"])
        if chance.random() < 0.12:
            return f"{local}@{chance.choice(words_of('any')['free'])}"
        words = [word for word in map(plain, company.split()) if len(word) > 2] or ["firm"]
        label = chance.choice(
            ["".join(words[:2]), "-".join(words[:2]), words[0], "".join(word[0] for word in words) + "co"]
        )
        return f"{local}@{label[:30]}.{chance.choice(self._words['ending'])}"

    def company(self) -> str:
        """Return a company's name, with a legal form or without."""
        chance = self._chance
        lasts = _shared(self._locale(), self._split)[1]
        one, other = share(words_of("any")["first part"], self._split), share(words_of("any")["last part"], self._split)
        sector = chance.choice(self._words["sector"])
        shapes = (
            lambda: chance.choice(one) + chance.choice(other),
            lambda: f"{chance.choice(one)} {sector}",
            lambda: f"{chance.choice(lasts)} {sector}",
            lambda: f"{sector} {chance.choice(lasts)}",
            lambda: "".join(chance.choice(string.ascii_uppercase) for _ in range(chance.randint(2, 4))) + f" {sector}",
            lambda: f"{chance.choice(lasts)} {chance.choice(['&', '&', '+', 'and'])} {chance.choice(lasts)}",
            lambda: invented(chance, 2, 3),
            lambda: f"{invented(chance, 1, 3)} {sector}",
            lambda: f"{self.city()} {sector}",
        )
        name = chance.choice(shapes)()
        if chance.random() < 0.5:
            name += " " + chance.choice(self._words["form"])
        return name.upper() if chance.random() < 0.03 else name

    def title(self) -> str:
        """Return a job title."""
        chance = self._chance
        rank = chance.choice(share(self._words["rank"], self._split))
        function = chance.choice(share(self._words["function"], self._split))
        if chance.random() < 0.08:
            function = f"{function} {chance.choice(['EMEA', 'DACH', 'Europe', 'Americas', 'LATAM'])}"
        return rank.replace("*", function) if "*" in rank else rank

    def topic(self) -> str:
        """Return what a mail may be about: a thing, a service, a matter; at times with a made-up name."""
        chance = self._chance
        heads = share(self._words["head"], self._split)
        text = chance.choice(heads)
        draw = chance.random()
        if draw < 0.35:
            modifier = chance.choice(share(self._words["modifier"], self._split))
            text = modifier.replace("*", text)
        elif draw < 0.5:
            text = f"{text} {invented(chance, 1, 2)}"
        elif draw < 0.58:
            text = f"{invented(chance, 2, 3)} {chance.choice(['', f'{chance.randint(1, 99)}00 '])}{text}"
        elif draw < 0.66:
            text = f"{text} {''.join(chance.choices(string.ascii_uppercase, k=2))}-{chance.randint(2, 9000)}"
        elif draw < 0.74:
            text = f"{text} ({chance.choice(heads)})"
        elif draw < 0.8:
            text = f"{chance.randint(2, 400)} {text}"
        return text

    def city(self) -> str:
        """Return a town."""
        return self._chance.choice(_shared(self._locale(), self._split)[2])
