"""A person or a firm as it is compared, whether it comes from the CRM or from a mail."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b

from desktop.domain.matching import domain_key, email_key, phone_key
from desktop.domain.records import RecordKind
from desktop.matching.names import firm_words, folded, person_words, roots, skeleton

KEY_BYTES = 8
BEGINNING = 4


PROFILED = ("first_name", "last_name", "name", "company", "email", "phone", "mobile", "domain")
"""The canonical fields that `profile_of` looks at."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Normal forms; empty where nothing is known. `firm` is the Account's name, of an Account its own."""

    kind: RecordKind
    first: tuple[str, ...] = ()
    last: tuple[str, ...] = ()
    firm: tuple[str, ...] = ()
    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    domain: str = ""


def profile_of(kind: RecordKind, fields: Mapping[str, str | None], *, firm: str = "") -> Profile:
    """Return the Profile of canonical fields. `firm` is the name of the Account a Contact belongs to, if known.

    A Lead is in none: its firm is what stands in `company`.
    """
    phones = {phone_key(fields.get(name) or "") for name in ("phone", "mobile")} - {""}
    if kind is RecordKind.ACCOUNT:
        site = domain_key(fields.get("domain") or "")
        return Profile(kind, firm=firm_words(fields.get("name") or ""), phones=frozenset(phones), domain=site)
    email = email_key(fields.get("email") or "")
    return Profile(
        kind,
        first=person_words(fields.get("first_name") or ""),
        last=person_words(fields.get("last_name") or ""),
        firm=firm_words(firm or fields.get("company") or ""),
        emails=frozenset({email} - {""}),
        phones=frozenset(phones),
        domain=domain_key(email),
    )


def keys_of(profile: Profile, scope: str) -> frozenset[int]:
    """Return the numbers under which two Profiles of the same meet: signed, 64 bits. Equal keys only mean "look".

    `scope` is where they meet: a connection. Profiles of other kinds and in other scopes never do.
    """
    parts = _account_parts(profile) if profile.kind is RecordKind.ACCOUNT else _person_parts(profile)
    return frozenset(_number(f"{scope} {profile.kind.value} {part}") for part in parts)


def _person_parts(one: Profile) -> Iterator[str]:
    yield from (f"e {address}" for address in one.emails)
    yield from (f"p {number}" for number in one.phones)
    names = [folded(word) for word in (*one.first, *one.last)]
    if len(names) > 1:
        yield f"n {' '.join(sorted(names))}"
    if not one.last:
        return
    last = "".join(folded(word) for word in one.last)
    first = one.first[0] if one.first else ""
    firsts = {folded(root) for root in roots(first)} if first else set()
    yield from (f"f {root} {last}" for root in firsts)
    yield from (f"b {root[:3]} {last[:BEGINNING]}" for root in firsts)
    yield from (f"s {letter} {skeleton(last)}" for letter in {root[:1] for root in firsts})
    for place in filter(None, (one.domain, "".join(one.firm))):
        yield f"d {place} {last[:3]}"
        if first:
            yield f"w {place} {folded(first)[:3]}"


def _account_parts(one: Profile) -> Iterator[str]:
    yield from (f"p {number}" for number in one.phones)
    if one.domain:
        yield f"d {one.domain}"
        yield f"j {one.domain.split('.')[0].replace('-', '')}"
    if not one.firm:
        return
    words = [folded(word) for word in one.firm]
    yield f"j {''.join(words)}"
    yield f"n {' '.join(sorted(words))}"
    yield f"b {''.join(words)[:6]}"
    yield f"s {' '.join(skeleton(word) for word in words[:2])}"
    if len(words) > 1:
        yield f"i {''.join(word[0] for word in words)} {words[0][:3]}"


def _number(part: str) -> int:
    return int.from_bytes(blake2b(part.encode(), digest_size=KEY_BYTES).digest(), "big", signed=True)
