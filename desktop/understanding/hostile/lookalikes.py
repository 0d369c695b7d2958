"""Domains made to be taken for others: letters of other scripts, "rn" for "m", a letter more or less.

Known domains are the rep's own and those of the CRM's accounts. What looks like one of them and is another is told;
nothing is refused, because a firm may well have two domains.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from itertools import islice

from desktop.domain.interactions import EmailMessage
from desktop.domain.matching import FREE_MAIL
from desktop.understanding.hostile.disguises import scripts_of, skeleton

MAX_CITED = 100
MAX_NEAR = 5_000  # of more accounts only the exact looks are compared
MAX_SCANNED = 200_000
LEAST_LETTERS = 6  # shorter names are one letter apart by chance

_CITED = re.compile(
    r"(?:@|https?://(?:www\.)?|\bwww\.)([^\s<>\"'()\[\]/@:,;?#]{3,80}\.[^\s<>\"'()\[\]/@:,;?#.\d_]{2,20})"
)
_ALIKE = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("0", "o"), ("1", "l"), ("i", "l"), ("5", "s"), ("-", ""))


def lookalike_notes(message: EmailMessage, known: Collection[str]) -> tuple[str, ...]:
    """Return a sentence for each domain of the mail that looks like a known one but is another, or mixes scripts."""
    sender = message.sender.address if message.sender else ""
    senders = sender.rpartition("@")[2].lower().strip(".")
    by_look = _by_look(frozenset(known))
    notes = []
    for domain in dict.fromkeys((senders, *_cited(message.text))):
        who = "The sender's domain" if domain == senders else "A domain in this mail,"
        shown = shown_of(domain)
        meant = imitated(domain, by_look) if domain else None
        if meant:
            notes.append(f"{who} {shown} looks like {meant} but is another. Check who wrote before you answer.")
        elif domain and is_mixed(domain):
            notes.append(f"{who} {shown} mixes letters of several alphabets, as forged addresses do.")
    return tuple(notes[:5])


def shown_of(domain: str) -> str:
    """Return a domain with its letters, and as it is registered where that differs: `bücher.example (xn--…)`."""
    letters = _decoded(domain)
    registered = _encoded(letters)
    return domain if letters.isascii() else f"{letters} ({registered})"


def is_mixed(domain: str) -> bool:
    """Whether a label of a domain has letters of Latin and of another alphabet that looks like it."""
    return any(len(scripts_of(label)) > 1 for label in _decoded(domain).split("."))


def imitated(domain: str, by_look: Mapping[str, frozenset[str]]) -> str | None:
    """Return the known domain that `domain` looks like, or None. `by_look` is what `_by_look` makes."""
    labels = _decoded(domain).split(".")
    names = {".".join(labels[first:]) for first in range(len(labels) - 1)}
    for name in sorted(names, key=len, reverse=True):  # a known firm's own subdomain is the firm's
        if any(_decoded(one) in names for one in by_look.get(next(_looks(name)), ())):
            return None
    for look in _looks(".".join(labels)):
        if look in by_look:
            return min(by_look[look])
    return None


def known_domains(own_addresses: Collection[str], accounts: Collection[str] = ()) -> frozenset[str]:
    """Return the domains that are worth imitating: the rep's own and those of accounts; no free mail provider."""
    own = (address.rpartition("@")[2].lower() for address in own_addresses)
    return frozenset(domain for domain in (*own, *accounts) if "." in domain and domain not in FREE_MAIL)


@lru_cache(maxsize=4)
def _by_look(known: frozenset[str]) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for domain in known:
        looks = _looks(_decoded(domain))
        for look in looks if len(known) <= MAX_NEAR else islice(looks, 1):
            found.setdefault(look, set()).add(domain)
    return {look: frozenset(domains) for look, domains in found.items()}


def _looks(domain: str) -> Iterator[str]:
    """Yield what a domain is compared by: its look, and its look with each single letter left out or a pair turned."""
    name, _, ending = domain.rpartition(".")
    look = skeleton(name)
    for written, read in _ALIKE:
        look = look.replace(written, read)
    ending = skeleton(ending)
    yield f"{look}.{ending}"
    letters = look.rpartition(".")[2]
    if len(letters) < LEAST_LETTERS or len(letters) > 60:
        return
    before = look[: len(look) - len(letters)]
    for index in range(len(letters)):
        yield f"~{before}{letters[:index]}{letters[index + 1 :]}.{ending}"
    for index in range(len(letters) - 1):
        pair = "".join(sorted(letters[index : index + 2]))
        yield f"={before}{letters[:index]}{pair}{letters[index + 2 :]}.{ending}"
    yield f"~{before}{letters}.{ending}"


def _cited(text: str) -> Iterator[str]:
    for count, match in enumerate(_CITED.finditer(text[:MAX_SCANNED])):
        if count >= MAX_CITED:
            return
        yield match[1].lower().strip(".")


def _decoded(domain: str) -> str:
    """Return a domain with punycode labels as letters; a label that is no punycode stays as it is."""
    labels = []
    for label in domain[:253].lower().split("."):
        try:
            labels.append(label[4:].encode("ascii").decode("punycode") if label.startswith("xn--") else label)
        except UnicodeError:
            labels.append(label)
    return ".".join(labels)


def _encoded(domain: str) -> str:
    """Return a domain with the labels that are not ASCII as punycode."""
    return ".".join(
        label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii") for label in domain.split(".")
    )
