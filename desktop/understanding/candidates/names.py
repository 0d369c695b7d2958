"""What a person's name looks like, so that display names and signature lines can be told from anything else."""

import re
import unicodedata

from desktop.understanding.words import words

_PARTICLES = words("van de der den von zu zur vom da di del della dos du la le el al bin ibn ter ten y und")
_HONORIFICS = words(
    "dr prof mr mrs ms miss mx sir herr frau hr fr mag ing dipl dipl-ing mba phd msc bsc pe esq fcca cfa md "
    "madame monsieur mme mlle m ra med jr sr ii iii fhea a/prof rer nat pol h.c hc"
)
_NOT_NAMES = words(
    "team sales support info office service services department abteilung vertrieb einkauf kundenservice "
    "equipe équipe hotline company gmbh ag ltd inc llc kg sarl sas sa plc corp group gruppe groupe marketing "
    "billing accounts accounting buchhaltung noreply no-reply mailer daemon admin administrator system "
    "notification notifications newsletter the best kind regards thanks thank cheers hello hi dear sent please "
    "note important urgent street road avenue strasse straße phone tel mobile fax email e-mail web www "
    "director manager engineer head chief officer president buyer assistant secretary leiter geschäftsführer "
    "responsable directeur consultant analyst sincerely cordialement merci danke grüße original message "
    "forwarded subject re fw fwd ignore instructions previous assistant system user update"
)
_TOKEN = re.compile(r"[^\W\d_](?:[^\W\d_]|['’.-])*")


def name_of(text: str) -> str | None:
    """Return `text` as a person's name ("Last, First" turned round, honorifics off), or None when it is none."""
    text = re.sub(r"\s*\([^()]*\)", "", text).strip(" \t\"'*_.,;:-–—|")
    if not text or len(text) > 60 or re.search(r"[\d@<>{}\[\]|=:;!?/\\#*_]", text.replace("A/Prof", "")):
        return None
    last, comma, first = text.partition(",")
    if comma:
        if all(_plain(word) in _HONORIFICS for word in first.split()):
            text = last
        elif len(first.split()) <= 3 and len(last.split()) <= 3:
            text = f"{first.strip()} {last.strip()}"
        else:
            return None
    return _checked(text.split())


def _checked(words: list[str]) -> str | None:
    words = [word for word in words if _plain(word) not in _HONORIFICS]
    if not 1 <= len(words) <= 5 or any(_plain(word) in _NOT_NAMES for word in words):
        return None
    for word in words:
        if word.lower() in _PARTICLES:
            continue
        if not _TOKEN.fullmatch(word) or not word[0].isupper():
            return None
    if all(word.lower() in _PARTICLES or len(word.strip(".")) < 2 for word in words):
        return None
    if len(words) > 1 and all(word.isupper() for word in words):
        words = [word.title() for word in words]
    return " ".join(words)


def _plain(word: str) -> str:
    return word.replace(".", "").strip(",").lower()


def tokens_of(text: str) -> frozenset[str]:
    """Return the words of a name or of an address's local part, lower case, without accents."""
    flat = folded(text)
    return frozenset(re.findall(r"[a-z]{2,}", flat))


def folded(text: str) -> str:
    """Return text in lower case without accents, ß as ss; umlauts lose their dots."""
    decomposed = unicodedata.normalize("NFKD", text.lower().replace("ß", "ss").replace("ø", "o").replace("ł", "l"))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def fits_address(name: str, address: str) -> bool:
    """Whether a name and an address's local part share a word, or the part is initial and last name."""
    local = folded(address.partition("@")[0])
    words = [word for word in re.findall(r"[a-z]+", folded(name)) if len(word) > 1]
    if not words:
        return False
    squeezed = re.sub(r"[^a-z]", "", local)
    spelled = re.sub(
        r"[^a-z]", "", folded(address.partition("@")[0].replace("ue", "u").replace("oe", "o").replace("ae", "a"))
    )
    return any(len(word) > 2 and (word in squeezed or word in spelled) for word in words)
