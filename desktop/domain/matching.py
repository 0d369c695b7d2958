"""Keys by which two spellings of the same person or firm meet. Equal keys mean "look here", never "same"."""

import re
import unicodedata

COMPANY_SUFFIXES = frozenset(
    {"ab", "ag", "as", "bv", "co", "company", "corp", "corporation", "gmbh", "inc", "incorporated", "kg", "limited"}
    | {"llc", "llp", "ltd", "nv", "oy", "plc", "pty", "sa", "sarl", "sas", "se", "spa", "srl", "ug"}
    | {"aps", "bhd", "bvba", "cv", "doo", "ek", "eurl", "gbr", "jsc", "kft", "kk", "lp", "ltda", "ohg", "ooo", "oyj"}
    | {"pjsc", "pte", "pvt", "sdn", "slu", "sprl", "sro", "zrt"}
)
FREE_MAIL = frozenset(
    {"aol.com", "free.fr", "gmail.com", "gmx.de", "gmx.net", "googlemail.com", "hotmail.com", "icloud.com"}
    | {"laposte.net", "live.com", "mail.com", "me.com", "orange.fr", "outlook.com", "posteo.de", "proton.me"}
    | {"protonmail.com", "t-online.de", "wanadoo.fr", "web.de", "yahoo.com", "yahoo.de", "yahoo.fr", "ymail.com"}
)


def email_key(address: str) -> str:
    """Return an address in lower case without surrounding space."""
    return address.strip().lower()


def phone_key(number: str) -> str:
    """Return the last eight digits of a number, which country and trunk prefixes leave alone."""
    digits = re.sub(r"\D", "", number)
    return digits[-8:] if len(digits) >= 7 else ""


def name_key(name: str) -> str:
    """Return the words of a name without accents, case, punctuation and company suffixes."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain.replace(".", ""))
    kept = [word for word in words if word not in COMPANY_SUFFIXES]
    return " ".join(kept or words)


def domain_key(text: str) -> str:
    """Return the bare host of an address, a web site or a mail address; empty for a free mail provider."""
    host = re.sub(r"^[a-z]+://", "", text.strip().lower()).rsplit("@", 1)[-1].split("/", 1)[0].split(":", 1)[0]
    host = host.removeprefix("www.")
    return "" if host in FREE_MAIL or "." not in host else host
