"""Invented mails with their signature lines marked, in twelve languages, to train the line model with.

What they are made of is in `phrases.json`. Everything there was written for this project: invented people and firms,
addresses under `.example`, telephone numbers from ranges kept for fiction or made up. Standard library only; the same
seed gives the same mails.
"""

import json
import random
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PHRASES = json.loads(Path(__file__).with_name("phrases.json").read_text(encoding="utf-8"))
WITHOUT = PHRASES.pop("without_signature")
LANGUAGES = tuple(PHRASES)
SHARES = tuple(PHRASES[name]["share"] for name in LANGUAGES)
SIGNED = 0.7
Tongue = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail's lines, which of them are its signature (by index), and who sent it.

    Mails of one `group` are never on both sides of a fold.
    """

    lines: tuple[str, ...]
    signature: frozenset[int]
    sender: str
    group: str


class Writer:
    """Writes invented mails, one after another, from one seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311  (mails, not secrets)

    def mail(self, number: int) -> Mail:
        """Return one mail: about two in three have a signature."""
        tongue = PHRASES[self._random.choices(LANGUAGES, SHARES)[0]]
        first, last = self._one(tongue["first"]), self._one(tongue["last"])
        lines = self._body(tongue)
        signed = self._chance(SIGNED)
        signature = self._signature(tongue, first, last) if signed else []
        if not signed:
            lines += self._last_lines(tongue)
        while lines and not lines[-1]:
            lines.pop()
        gap = [""] * self._random.choice((0, 1, 1, 1, 1, 2)) if signature else []
        begin = len(lines) + len(gap)
        lines += gap + signature
        marked = frozenset(index for index in range(begin, len(lines)) if lines[index].strip())
        return Mail(tuple(lines), marked, self._sender(first, last), f"invented {number}")

    def _one(self, choices: list[str]) -> str:
        return self._random.choice(choices)

    def _chance(self, share: float) -> bool:
        return self._random.random() < share

    def _sender(self, first: str, last: str) -> str:
        form = self._one(["{f} {l}", "{l}, {f}", '"{l}  {f}" <{e}>', "{f} {l} <{e}>", "{e}", "{l}", "{f}"])
        return form.format(f=first, l=last, e=f"{first}.{last}@firm.example".lower().replace(" ", ""))

    def _sentence(self, tongue: Tongue) -> str:
        text = self._one(tongue["sentences"])
        text = text[:1].upper() + text[1:] if self._chance(0.8) else text
        return text + self._one([".", ".", ".", ".", "?", "!", "", " ."])

    def _body(self, tongue: Tongue) -> list[str]:
        greeting = self._one(tongue["greetings"]).format(to=self._one([*tongue["first"], *tongue["last"]]))
        lines = [greeting, *([""] if self._chance(0.7) else [])] if greeting else []
        for _ in range(self._random.choice((1, 1, 1, 2, 2, 3, 4))):
            text = " ".join(self._sentence(tongue) for _ in range(self._random.choice((1, 1, 2, 3, 4))))
            width = self._random.choice((64, 72, 76, 2000, 2000))
            lines += [*textwrap.wrap(text, width), *([""] if self._chance(0.9) else [])]
            if self._chance(0.15):
                lines += [*self._list(tongue), ""]
        return lines

    def _list(self, tongue: Tongue) -> list[str]:
        kind = self._random.randrange(5)
        count = self._random.randrange(2, 6)
        number = self._random.randrange
        if kind == 0:
            return [f"- {self._sentence(tongue)}" for _ in range(count)]
        if kind == 1:
            return [f"{self._one(tongue['firms'])}\t{number(10, 900)}\t{number(3, 90)}.50" for _ in range(count)]
        if kind == 2:
            return [f"{n + 1}. {self._one(tongue['sentences'])}" for n in range(count)]
        if kind == 3:
            people = (f"{self._one(tongue['first'])} {self._one(tongue['last'])}" for _ in range(count))
            return [f"{person}\t{self._phone(tongue)}" for person in people]
        return ["", "-" * number(10, 60), *(f"Item {n}   {number(99)} pcs" for n in range(count))]

    def _last_lines(self, tongue: Tongue) -> list[str]:
        """Return what may stand at the end of a mail that has no signature and yet look like one."""
        number = self._random.randrange
        streets = tongue["streets"]
        kinds: list[Callable[[], list[str]]] = [
            lambda: self._list(tongue),
            lambda: [self._one(WITHOUT["thanks"])],
            lambda: [f"http://www.{self._one(['alder', 'mills', 'notes'])}.example/a/{number(99)}"],
            lambda: [f"{label}\t{self._phone(tongue)}" for label in ("December 20+21", "Home", "Office in Ulm")],
            lambda: [self._sentence(tongue), "", self._sentence(tongue)],
            lambda: [f"{self._one(tongue['sentences'])} {self._phone(tongue)}."],
            lambda: [f"{key}: {self._one(WITHOUT['values'])}" for key in self._some(WITHOUT["keys"], 4)],
            lambda: [self._one(WITHOUT["titles_of_files"])],
            lambda: [f"{day}:  {number(7, 10)}:00 a.m. - 5:00 p.m." for day in ("Monday - Friday", "Saturday")],
            lambda: [f"{self._one(streets)}\t\t\t{self._one(streets)}", f"Hotline - {self._phone(tongue)}"],
            lambda: textwrap.wrap(self._people_to_call(tongue), 64),
            lambda: [str(number(10_000, 990_000)) for _ in range(number(3, 9))],
            lambda: [f"{self._one(['Lunch', 'Parts', 'Order'])}:", *self._some(WITHOUT["goods"], number(2, 6))],
        ]
        return self._random.choice(kinds)() if self._chance(0.8) else []

    def _some(self, choices: list[str], count: int) -> list[str]:
        return self._random.sample(choices, count)

    def _people_to_call(self, tongue: Tongue) -> str:
        people = [f"{self._one(tongue['first'])} {self._one(tongue['last'])}, {self._phone(tongue)}" for _ in range(2)]
        verb, other = self._one(["Please contact", "Call", "Bitte an", "Contacter"]), self._one(["or", "oder", "ou"])
        return f"{self._sentence(tongue)} {verb} {people[0]}, {other} {people[1]}."

    def _phone(self, tongue: Tongue) -> str:
        digits = str(self._random.randrange(100, 200))[: self._random.choice((2, 3))]
        return self._one(tongue["phones"]).replace("{n}", digits)

    def _name(self, first: str, last: str) -> str:
        middle = self._one(list("ABCDEHJKM"))
        full = f"{first} {last}"
        forms = [
            *(first, first, first, full, full, full, first[0] + last[0], last, full.upper(), first.lower()),
            *(f"{first[0]}. {last}", f"{first} {last[0]}.", f"{first} {middle}. {last}", f"- {first}", f"-{first}"),
            *(f"Dr. {full}", f"{first}.", f"{full}, {self._one(['MBA', 'P.E.', 'CPA', 'M.Sc.'])}", f"Dr. med. {full}"),
        ]
        return self._one(forms)

    def _signature(self, tongue: Tongue, first: str, last: str) -> list[str]:
        name = self._name(first, last)
        if self._chance(0.04):
            return [f"{name.strip('-. ')}{self._one([' - ', '   ', ', ', ' | '])}{self._phone(tongue)}"]
        if self._chance(0.04):
            return [self._one(WITHOUT["teams"]), self._phone(tongue)]
        lines = self._closing(tongue, first, name)
        if self._chance(0.5):
            if self._chance(0.25):
                lines += [self._one(["-- ", "--", "_" * 20, "-" * 24, "***", "—————"]), f"{first} {last}"]
            lines += self._card(tongue, first, last)
        if self._chance(0.06):
            lines += ["", self._one(tongue["devices"])]
        return [f"{line}  " if self._chance(0.05) and line else line for line in lines]

    def _closing(self, tongue: Tongue, first: str, name: str) -> list[str]:
        closing = self._one(tongue["closings"])
        kind = self._random.random()
        if kind < 0.5:
            return [closing, *([""] if self._chance(0.5) else []), name]
        if kind < 0.58:
            return [f"{closing.rstrip(',.')}{self._one([', ', '. ', ' - ', ' '])}{first}"]
        if kind < 0.92:
            return [name]
        return [f"{first} {self._one(['and', 'und', 'et', '&'])} {self._one(tongue['first'])}"]

    def _card(self, tongue: Tongue, first: str, last: str) -> list[str]:
        domain = self._random.choice(("quillstone", "talwerk", "brun", "norte", "wisla")) + ".example"
        email = f"{first}.{last}@{domain}".lower().replace(" ", "")
        parts = [
            (0.6, [self._one(tongue["titles"])]),
            (0.6, [self._one(tongue["firms"])]),
            (0.2, [f"{self._one(tongue['titles'])} | {self._one(tongue['firms'])}"]),
            (0.35, [self._one(tongue["streets"]) for _ in range(self._random.randrange(1, 4))]),
            (
                0.75,
                [
                    self._one(tongue["labels"]).replace("{p}", self._phone(tongue))
                    for _ in range(self._random.randrange(1, 4))
                ],
            ),
            (0.5, [self._random.choice((email, f"E-Mail: {email}", f"{email} <mailto:{email}>", f"e: {email}"))]),
            (0.3, [self._random.choice((f"www.{domain}", f"https://{domain}", f"{domain}"))]),
            (0.06, [f"@{first.lower()}_{last.lower()[:5]}"]),
            (
                0.05,
                ["Mo-Fr 8:00 - 16:30", "Office hours 9 a.m. - 5 p.m.", "Sprechzeiten Di-Do 9-12 Uhr"][
                    self._random.randrange(3) :
                ][:1],
            ),
            (0.05, ["“Measure twice, cut once.”"]),
        ]
        lines: list[str] = []
        for share, found in parts:
            if self._chance(share):
                lines += [*([""] if self._chance(0.08) else []), *found]
        return lines


def mails(count: int, seed: int) -> list[Mail]:
    """Return `count` invented mails; the same ones for the same seed."""
    writer = Writer(seed)
    return [writer.mail(number) for number in range(count)]
