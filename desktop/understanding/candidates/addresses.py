"""The contact's e-mail address: the header's, or one the mail gives as theirs."""

import re
from collections.abc import Iterator

from desktop.domain.evidence import Candidate, FactKind
from desktop.understanding.candidates.names import fits_address
from desktop.understanding.candidates.people import is_shared
from desktop.understanding.document import Document, recipients

_ADDRESS = re.compile(r"(?<![\w.+-])[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_NEW = re.compile(
    r"(?i)\b(?:new (?:e-?mail|address)|neue (?:e-?mail|adresse)|nouvelle adresse|from now on|ab sofort"
    r"|désormais).{0,80}$"
)
_UNATTENDED = re.compile(r"(?i)(?:no-?reply|do-?not-?reply|mailer|notification|bounce|daemon)")


def find_addresses(document: Document) -> Iterator[Candidate]:
    """Yield addresses of the contact; never one of the rep's own."""
    author = document.author
    if author.address is not None and "@" in author.address.text:
        score = 0.3 if _UNATTENDED.search(author.address.text) else 0.97
        if author.address.text.lower() not in document.own_addresses:
            value = author.address.text.lower()
            yield Candidate(FactKind.EMAIL, author.address, value, score, "the address the mail came from")
    name = author.name.text if author.name else ""
    known = document.own_addresses | recipients(document.message)
    unattended = author.address is None or bool(_UNATTENDED.search(author.address.text))
    for lines, score in ((document.signature, 0.62), (document.body, 0.3)):
        for line in lines:
            for match in _ADDRESS.finditer(line.text) if len(line.text) < 2000 else ():
                value = match[0].lower().rstrip(".")
                if value in known:
                    continue
                bonus = 0.2 if name and fits_address(name, value) else 0.0
                bonus += 0.2 if _NEW.search(line.text[: match.start()]) else 0.0
                bonus += 0.45 if unattended and not is_shared(value) else 0.0
                evidence = document.cite(line.start + match.start(), line.start + match.start() + len(value))
                yield Candidate(FactKind.EMAIL, evidence, value, min(0.9, score + bonus), "written in the mail")
