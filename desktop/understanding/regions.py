"""Which country's habits a mail follows: how telephone numbers and short dates are to be read."""

import re

_BY_TLD = {
    "de": "DE", "at": "AT", "ch": "CH", "fr": "FR", "be": "BE", "nl": "NL", "uk": "GB", "ie": "IE", "it": "IT",
    "es": "ES", "pt": "PT", "pl": "PL", "cz": "CZ", "dk": "DK", "se": "SE", "no": "NO", "fi": "FI",
    "lu": "LU", "au": "AU", "nz": "NZ", "ca": "CA", "us": "US", "gov": "US", "edu": "US",
    "in": "IN", "jp": "JP", "za": "ZA", "sg": "SG",
}  # fmt: skip
_BY_CODE = {
    "1": "US", "44": "GB", "49": "DE", "43": "AT", "41": "CH", "33": "FR", "32": "BE", "31": "NL", "353": "IE",
    "39": "IT", "34": "ES", "351": "PT", "48": "PL", "420": "CZ", "45": "DK", "46": "SE", "47": "NO", "358": "FI",
    "352": "LU", "61": "AU", "64": "NZ", "91": "IN", "81": "JP", "27": "ZA", "65": "SG",
}  # fmt: skip
_BY_LANGUAGE = {"de": "DE", "fr": "FR", "en": "US"}
UNKNOWN = "ZZ"
_HINTS = (
    (re.compile(r"\bGes\.? ?m\.? ?b\.? ?H|\bMag\. "), "AT"),
    (re.compile(r"\bCHF\b|\bGrüezi\b|\bGrüsse"), "CH"),
    (re.compile(r"£|\bLtd\b|\bplc\b|\bPLC\b|\bLLP\b|\b020 \d{4} \d{4}|\b07\d{3} \d{6}|\b01\d{3} \d{6}|\bVAT\b"), "GB"),
    (re.compile(r"\(\d{3}\) ?\d{3}-\d{4}|\b\d{3}-\d{3}-\d{4}\b|\bLLC\b|\bInc\b"), "US"),
    (re.compile(r"A\$|\bPty\b|\bABN\b"), "AU"),
)
_CODE = re.compile(r"(?:\+|(?<!\d)(?<!\d[ /-])00)([1-9]\d{0,2})[\s(./-]")

MONTH_FIRST = frozenset({"US"})


def region_of(address: str, text: str, language: str) -> str:
    """Return an ISO country code: by the address's ending, then by what the text shows, then by its language.

    `language` is empty when it is not sure; without any other sign the region is UNKNOWN then.
    """
    by_ending = _BY_TLD.get(address.rpartition(".")[2].lower())
    if by_ending:
        return by_ending
    code = _CODE.search(text)
    if code:
        for length in (3, 2, 1):
            if code[1][:length] in _BY_CODE:
                return _BY_CODE[code[1][:length]]
    if language not in _BY_LANGUAGE:
        return UNKNOWN
    hinted = (region for pattern, region in _HINTS if pattern.search(text))
    fallback = _BY_LANGUAGE[language]
    fitting = {"en": {"GB", "US", "AU"}, "de": {"AT", "CH"}, "fr": {"CH"}}[language]
    return next((region for region in hinted if region in fitting), fallback)
