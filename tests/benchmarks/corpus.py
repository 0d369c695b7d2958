"""Invented mails, as many as wanted, all different."""

from pathlib import Path

FIRST = ["Jane", "Omar", "Lena", "Piotr", "Aiko", "Maria", "Tom", "Fatima", "Nils", "Chloe"]
LAST = ["Roe", "Haddad", "Berg", "Nowak", "Tanaka", "Silva", "Low", "Khan", "Lund", "Martin"]
FIRMS = ["Pumps Ltd", "Rail GmbH", "Dairy Inc.", "Mills SARL", "Optics AG", "Foods LLC", "Paper Oy", "Steel Co"]
ASKS = ["Could you send a quote?", "Can we talk on Thursday?", "Please send the data sheet.", "When can you deliver?"]


def mail(number: int) -> bytes:
    first, last = FIRST[number % 10], LAST[number // 10 % 10]
    firm = f"{LAST[number % 7]} {FIRMS[number // 3 % 8]}"
    host = f"firm{number % 400}.example"
    quoted = "".join(f"> line {line} of what was said before\r\n" for line in range(number % 40))
    return (
        f"From: {first} {last} <{first}.{last}{number}@{host}>\r\nTo: alex.morgan@northbeam.example\r\n"
        f"Subject: Inquiry {number}\r\nDate: Fri, {1 + number % 20:02} Nov 2026 09:{number % 60:02}:00 +0000\r\n"
        f"Message-ID: <{number}@{host}>\r\n\r\n"
        f"Hello Alex,\r\n\r\nwe are interested in {2 + number % 90} sensors for our plant. Our budget is EUR "
        f"{1000 + number}. {ASKS[number % 4]}\r\n\r\nKind regards\r\n{first} {last}\r\nHead of Plant\r\n{firm}\r\n"
        f"+44 20 7946 0{number % 1000:03}\r\n\r\n{quoted}"
    ).encode()


def fill_maildir(folder: Path, numbers: range) -> None:
    """Deliver mails into a Maildir, as a delivery agent does."""
    for name in ("tmp", "new", "cur"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for number in numbers:
        waiting = folder / "tmp" / f"{number:08}.bench"
        waiting.write_bytes(mail(number))
        waiting.rename(folder / "new" / waiting.name)
