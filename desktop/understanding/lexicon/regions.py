"""Which country's habits a mail follows: how telephone numbers and short dates are to be read.

Many signs are weighed: the ending of the contact's address, numbers with a country code, currencies, legal forms,
countries and large cities, forms of telephone numbers, the language. What stands in the signature counts twice.
`resources/understanding/regions.json` lists each country's signs with their weight; weak ones count half.
"""

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from re import Pattern

from desktop.system import resources

_BY_TLD = {
    "de": "DE", "at": "AT", "ch": "CH", "li": "LI", "fr": "FR", "be": "BE", "nl": "NL", "uk": "GB", "ie": "IE",
    "it": "IT", "es": "ES", "pt": "PT", "pl": "PL", "cz": "CZ", "sk": "SK", "dk": "DK", "se": "SE", "no": "NO",
    "fi": "FI", "lu": "LU", "au": "AU", "nz": "NZ", "ca": "CA", "us": "US", "gov": "US", "edu": "US", "mil": "US",
    "in": "IN", "jp": "JP", "za": "ZA", "sg": "SG", "mx": "MX", "br": "BR", "ar": "AR", "cl": "CL", "pe": "PE",
    "ph": "PH", "my": "MY", "th": "TH", "hk": "HK", "cn": "CN", "tw": "TW", "kr": "KR", "tr": "TR", "gr": "GR",
    "hu": "HU", "ro": "RO", "bg": "BG", "hr": "HR", "si": "SI", "ee": "EE", "lv": "LV", "lt": "LT", "ua": "UA",
    "ru": "RU", "il": "IL", "ae": "AE", "sa": "SA", "eg": "EG", "ma": "MA", "ke": "KE", "ng": "NG", "gh": "GH",
    "is": "IS", "mt": "MT", "cy": "CY", "pk": "PK", "bd": "BD", "lk": "LK", "vn": "VN", "np": "NP",
}  # fmt: skip
_BY_CODE = {
    "1": "US", "44": "GB", "49": "DE", "43": "AT", "41": "CH", "33": "FR", "32": "BE", "31": "NL", "353": "IE",
    "39": "IT", "34": "ES", "351": "PT", "48": "PL", "420": "CZ", "421": "SK", "45": "DK", "46": "SE", "47": "NO",
    "358": "FI", "352": "LU", "61": "AU", "64": "NZ", "91": "IN", "81": "JP", "27": "ZA", "65": "SG", "52": "MX",
    "55": "BR", "54": "AR", "56": "CL", "57": "CO", "51": "PE", "63": "PH", "60": "MY", "66": "TH", "852": "HK",
    "86": "CN", "886": "TW", "82": "KR", "90": "TR", "30": "GR", "36": "HU", "40": "RO", "359": "BG", "385": "HR",
    "386": "SI", "372": "EE", "371": "LV", "370": "LT", "380": "UA", "7": "RU", "972": "IL", "971": "AE",
    "966": "SA", "20": "EG", "212": "MA", "254": "KE", "234": "NG", "233": "GH", "354": "IS", "356": "MT",
    "357": "CY", "92": "PK", "880": "BD", "94": "LK", "84": "VN", "62": "ID", "977": "NP", "423": "LI",
}  # fmt: skip
_BY_LANGUAGE = {
    "de": "DE", "fr": "FR", "en": "US", "es": "ES", "it": "IT", "nl": "NL", "pt": "PT", "pl": "PL", "sv": "SE",
    "da": "DK", "no": "NO", "fi": "FI", "tr": "TR", "cs": "CZ", "hu": "HU", "ro": "RO", "el": "GR", "ja": "JP",
}  # fmt: skip
# Offsets from UTC, in minutes, at which few other countries lie.
_BY_OFFSET = {
    330: ("IN", 2.5), 345: ("NP", 2.5), 540: ("JP", 1.0), 480: ("CN", 0.3), 600: ("AU", 0.7), 660: ("AU", 0.7),
    570: ("AU", 1.5), 720: ("NZ", 1.0), 780: ("NZ", 1.0), 300: ("PK", 0.5), 180: ("TR", 0.3), 240: ("AE", 0.5),
}  # fmt: skip
_SIBLINGS = {
    "es": ("ES", "MX", "AR", "CL", "CO", "PE"), "de": ("DE", "AT", "CH"), "fr": ("FR", "BE", "CH", "LU"),
    "pt": ("PT", "BR"), "nl": ("NL", "BE"), "it": ("IT", "CH"), "en": ("GB", "IE"),
}  # fmt: skip
UNKNOWN = "ZZ"
_CODE = re.compile(r"(?:\+|(?<!\d)(?<!\d[ /-])00)([1-9]\d{0,2})[\s(./-]")
_PACKED_CODE = re.compile(r"\+([1-9]\d{0,2})\d{6,}")
_LANGUAGE_OF = {region: language for language, region in _BY_LANGUAGE.items()}
_LANGUAGE_OF.update({"AT": "de", "CH": "de", "GB": "en", "IE": "en", "AU": "en", "NZ": "en", "CA": "en", "MX": "es"})
_ENGLISH = frozenset({"GB", "IE", "AU", "NZ"})
TLD_WEIGHT = 4.0
CODE_WEIGHT = 3.0
LANGUAGE_WEIGHT = 1.2
FITTING_WEIGHT = 0.5
MAX_READ = 8_000

MONTH_FIRST = frozenset({"US"})


def region_of(address: str, text: str, language: str, *, signature: str = "") -> str:
    """Return an ISO country code, or UNKNOWN when nothing speaks for any.

    `language` is empty when it is not sure. `signature` is the part of the text that counts twice.
    """
    return next(iter(regions_of(address, text, language, signature=signature)), UNKNOWN)


def regions_of(
    address: str, text: str, language: str, *, signature: str = "", offset: int | None = None
) -> tuple[str, ...]:
    """Return ISO country codes, the likeliest first. `offset` is the writer's clock against UTC, in minutes."""
    weights: defaultdict[str, float] = defaultdict(float)
    by_ending = _BY_TLD.get(address.rpartition(".")[2].lower())
    if by_ending:
        weights[by_ending] += TLD_WEIGHT
    for part in (text[:MAX_READ], signature[:MAX_READ]):
        for region, weight in _signs_in(part) if part else ():
            is_alien = language not in ("", "en") and region in _ENGLISH  # "07141 555014" in a German mail
            weights[region] += weight / 4 if is_alien else weight
    if offset in _BY_OFFSET:
        region, weight = _BY_OFFSET[offset]
        weights[region] += weight
    if language in _BY_LANGUAGE:
        weights[_BY_LANGUAGE[language]] += LANGUAGE_WEIGHT
        for region in list(weights):
            if _LANGUAGE_OF.get(region) == language:
                weights[region] += FITTING_WEIGHT
    return tuple(sorted(weights, key=lambda region: -weights[region]))


@lru_cache(maxsize=16)  # the parts of one mail: whoever reads an amount asks for its regions again and again
def _signs_in(text: str) -> tuple[tuple[str, float], ...]:
    """Return the country and the weight of every sign that stands in a text."""
    coded = [(region, CODE_WEIGHT) for region in _coded(text)]
    return (*coded, *((region, weight) for weight, region, pattern in _signs() if pattern.search(text)))


def siblings(language: str) -> tuple[str, ...]:
    """Return the countries where a language is spoken, the largest first; of English those that write a 0 first."""
    return _SIBLINGS.get(language, ())


@cache
def places() -> frozenset[str]:
    """Return the names of countries and large cities that are known here."""
    listed = json.loads(resources.path("understanding", "regions.json").read_text(encoding="utf-8"))
    return frozenset(place for signs in listed.values() for place in signs.get("places", ()))


@cache
def _signs() -> tuple[tuple[float, str, Pattern[str]], ...]:
    """Return weight, country and pattern of every sign; a country's name and cities are one sign."""
    listed = json.loads(resources.path("understanding", "regions.json").read_text(encoding="utf-8"))
    found = []
    for region, signs in listed.items():
        weight = float(signs["weight"])
        strong = [*signs.get("signs", ()), *_places(signs)]
        found.append((weight, region, re.compile("|".join(strong))))
        if signs.get("weak signs"):
            found.append((weight / 2, region, re.compile("|".join(signs["weak signs"]))))
    return tuple(found)


def _places(signs: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    places = signs.get("places", ())
    return (rf"\b(?:{'|'.join(places)})\b",) if places else ()


def _coded(text: str) -> set[str]:
    """Return the countries whose codes stand before numbers."""
    found = set()
    for match in [*list(_CODE.finditer(text))[:8], *list(_PACKED_CODE.finditer(text))[:8]]:
        for length in (3, 2, 1):
            if match[1][:length] in _BY_CODE:
                found.add(_BY_CODE[match[1][:length]])
                break
    return found
