"""How a mail looks: paragraphs, signatures of many shapes, quoted and forwarded mail, disclaimers, slips."""

import random
import re
from typing import TYPE_CHECKING

from desktop.domain.evidence import FactKind
from resources.models.crm_mini.pools import Person
from resources.models.crm_mini.values import a_day, moment, telephone

if TYPE_CHECKING:
    from resources.models.crm_mini.letter import Scene

_OFFICE = (
    "Tel: ",
    "Tel. ",
    "Phone: ",
    "T: ",
    "T ",
    "Office: ",
    "Direct: ",
    "",
    "",
    "Ph ",
    "tel ",
    "Tel.: ",
    "Telefon: ",
    "Tél. : ",
    "(o) ",
)
_MOBILE = (
    "Mobile: ",
    "M: ",
    "M ",
    "Cell: ",
    "Mob. ",
    "Mobil: ",
    "Handy: ",
    "Portable : ",
    "Móvil: ",
    "mobile ",
    "(c) ",
)
_FAX = ("Fax: ", "F: ", "Fax ", "Telefax: ", "Facsimile: ", "fax: ", "Fax.: ")
_MAIL = ("", "", "E-mail: ", "Email: ", "E: ", "Mail: ")
_REACH = {
    "en": (
        "You can reach {p} {at|on|under} {v}.",
        "{p}: {v}",
        "{Call|Ring} {p} {on|at} {v}.",
        "{His|Her} details: {p}, {v}",
    ),
    "de": ("Sie erreichen {p} unter {v}.", "{p}: {v}", "Bitte rufen Sie {p} an: {v}."),
    "fr": ("Vous pouvez joindre {p} au {v}.", "{p} : {v}", "Son contact : {p}, {v}"),
    "es": ("Puede llamar a {p} al {v}.", "{p}: {v}", "Su contacto: {p}, {v}"),
}
_HEADS = {
    "en": ("From", "Sent", "To", "Subject", "-----Original Message-----", "On {d}, {n} wrote:"),
    "de": ("Von", "Gesendet", "An", "Betreff", "-----Ursprüngliche Nachricht-----", "Am {d} schrieb {n}:"),
    "fr": ("De", "Envoyé", "À", "Objet", "-----Message d'origine-----", "Le {d}, {n} a écrit :"),
    "es": ("De", "Enviado", "Para", "Asunto", "-----Mensaje original-----", "El {d}, {n} escribió:"),
}
_FORWARDS = {
    "en": "---------- Forwarded message ----------",
    "de": "---------- Weitergeleitete Nachricht ----------",
    "fr": "---------- Message transféré ----------",
    "es": "---------- Mensaje reenviado ----------",
}
_DEVICES = (
    "Sent from my iPhone",
    "Get Outlook for iOS",
    "Von meinem iPhone gesendet",
    "Envoyé de mon iPhone",
    "Enviado desde mi iPhone",
)


def paragraphs(chance: random.Random, *groups: list[str]) -> list[str]:
    """Return the groups of sentences as paragraphs: one each, all in one, or cut at random."""
    groups_left = [group for group in groups if group]
    draw = chance.random()
    if draw < 0.2:
        return [" ".join(sentence for group in groups_left for sentence in group)]
    if draw < 0.75:
        return [" ".join(group) for group in groups_left]
    found = []
    for group in groups_left:
        start = 0
        while start < len(group):
            end = chance.randint(start + 1, len(group))
            found.append(" ".join(group[start:end]))
            start = end
    return found


def header_name(chance: random.Random, person: Person) -> str:
    """Return a person's display name as mail programs show it; at times there is none."""
    draw = chance.random()
    if draw < 0.08:
        return ""
    if draw < 0.16:
        return f"{person.last}, {person.first}"
    if draw < 0.2:
        return person.name.upper()
    return f"{person.name} ({person.company})" if draw < 0.24 else person.name


def reach(scene: "Scene") -> str:
    """Return how to reach the person that a mail hands on; their details are the right ones then."""
    chance, other = scene.chance, scene.others[1]
    draw = chance.random()
    office = scene.mark(FactKind.PHONE, telephone(chance, scene.language, is_mobile=False))
    value = scene.mark(FactKind.EMAIL, other.address) if draw < 0.4 else office
    if draw > 0.8:
        value = f"{office}, {scene.mark(FactKind.EMAIL, other.address)}"
    form = chance.choice(_REACH[scene.language])
    form = re.sub(r"\{([^{}]*\|[^{}]*)\}", lambda found: chance.choice(found[1].split("|")), form)
    return form.replace("{p}", scene.mark(FactKind.PERSON, other.name)).replace("{v}", value)


def signature(scene: "Scene", person: Person, *, is_right: bool) -> str:
    """Return a signature of one of many shapes, its values marked when the person is the contact."""
    chance = scene.chance
    scene.counted, before = is_right, scene.counted
    name = scene.mark(FactKind.PERSON, person.name)
    title, company = scene.mark(FactKind.TITLE, person.title), scene.mark(FactKind.COMPANY, person.company)
    lines = [name]
    draw = chance.random()
    if draw < 0.3:
        lines += [title, company]
    elif draw < 0.45:
        lines += [f"{title}{chance.choice([', ', ' | ', ' - ', ' at ', ' @ '])}{company}"]
    elif draw < 0.55:
        lines = [f"{name}{chance.choice([', ', ' | ', ' - ', ' / '])}{title}", company]
    elif draw < 0.65:
        lines = [f"{name}{chance.choice([' | ', ' - ', ', '])}{company}"]
    elif draw < 0.72:
        lines = [company, name]
    elif draw < 0.8:
        lines += [company]
    elif draw < 0.85:
        lines += [title]
    lines += _numbers(scene, person) if draw < 0.93 else []
    scene.counted = before
    if chance.random() < 0.15:
        lines.insert(0, person.first.split()[0])
    return "\n".join(lines)


def _numbers(scene: "Scene", person: Person) -> list[str]:
    chance, language = scene.chance, scene.language
    parts = []
    if chance.random() < 0.7:
        parts.append(chance.choice(_OFFICE) + scene.mark(FactKind.PHONE, telephone(chance, language, is_mobile=False)))
    if chance.random() < 0.35:
        parts.append(chance.choice(_MOBILE) + scene.mark(FactKind.MOBILE, telephone(chance, language, is_mobile=True)))
    if chance.random() < 0.25:
        parts.append(chance.choice(_FAX) + telephone(chance, language, is_mobile=False))
    if chance.random() < 0.45:
        parts.append(chance.choice(_MAIL) + scene.mark(FactKind.EMAIL, person.address))
    if chance.random() < 0.2:
        parts.append("www." + person.address.partition("@")[2])
    if chance.random() < 0.25:
        road = chance.choice(["Street", "Road", "Ave", "Platz"])
        parts.insert(0, f"{chance.randint(1, 220)} {scene.pools.city()} {road}, {scene.pools.city()}")
    if chance.random() < 0.3:
        chance.shuffle(parts)
    return [chance.choice([" | ", " / ", "  ", " - "]).join(parts)] if parts and chance.random() < 0.3 else parts


def own(scene: "Scene", body: list[str]) -> str:
    """Return a mail that the contact wrote, with what it quotes."""
    chance = scene.chance
    text = written(scene, body, scene.contact, is_right=True)
    if chance.random() < 0.3:
        text += "\n\n" + quoted(scene, scene.rep)
    return text


def written(scene: "Scene", body: list[str], person: Person, *, is_right: bool) -> str:
    """Return one person's mail: greeting, body, sign-off, signature, disclaimer."""
    chance = scene.chance
    parts = [scene.say("greet")] if chance.random() < 0.85 else []
    parts += body
    ending = scene.say("signoff") if chance.random() < 0.85 else ""
    draw = chance.random()
    if draw < 0.65:
        mark = chance.choice(["\n", "\n", "\n\n", "\n-- \n", "\n--\n"])
        ending += mark + signature(scene, person, is_right=is_right)
    elif draw < 0.85:
        ending += "\n" + (person.first.split()[0] if draw < 0.75 else person.name)
    parts.append(ending.strip("\n"))
    if chance.random() < 0.07:
        parts.append(chance.choice(_DEVICES))
    if chance.random() < 0.12:
        parts.append(scene.say("disclaimer"))
    return "\n\n".join(part for part in parts if part)


def quoted(scene: "Scene", author: Person) -> str:
    """Return an earlier mail as it is quoted; nothing in it is right."""
    chance = scene.chance
    scene.counted = False
    lines = [scene.say("greet"), scene.say("quoted")]
    if chance.random() < 0.4:
        lines.append(scene.say("amount_wrong"))
    text = "\n\n".join(lines) + "\n\n" + scene.say("signoff") + "\n" + signature(scene, author, is_right=False)
    head = heading(scene, author, scene.contact, scene.topic)
    scene.counted = True
    if chance.random() < 0.5:
        text = "\n".join(f"> {line}" for line in text.split("\n"))
    return f"{head}\n{text}"


def heading(scene: "Scene", author: Person, reader: Person, subject: str) -> str:
    """Return what mail programs put above a quoted mail."""
    chance = scene.chance
    day = moment(chance, scene.language, a_day(chance, scene.sent, is_past=True), is_past=True)
    sender, sent, to, about, mark, wrote = _HEADS[scene.language]
    who = f"{author.name} <{author.address}>"
    if chance.random() < 0.5:
        return wrote.format(d=f"{scene.sent:%d.%m.%Y}", n=who) + "\n"
    first = f"{mark}\n" if chance.random() < 0.6 else ""
    return f"{first}{sender}: {who}\n{sent}: {day}\n{to}: {reader.name} <{reader.address}>\n{about}: {subject}\n"


def _headed(scene: "Scene", subject: str, reader: Person) -> str:
    contact = scene.contact
    named = scene.mark(FactKind.PERSON, contact.name)
    sender, sent, to, about, *_ = _HEADS[scene.language]
    address = scene.mark(FactKind.EMAIL, contact.address)
    first = f"{sender}: {named} <{address}>\n{sent}: {scene.sent:%d.%m.%Y}\n"
    return f"{first}{to}: {reader.name} <{reader.address}>\n{about}: {subject}\n"


def forwarded(scene: "Scene", body: list[str], subject: str) -> str:
    """Return a mail that a colleague forwards to the rep."""
    note = scene.say("forwardnote")
    top = f"{note}\n\n{scene.others[0].first.split()[0]}" if scene.chance.random() < 0.6 else note
    inner = written(scene, body, scene.contact, is_right=True)
    return f"{top}\n\n{_FORWARDS[scene.language]}\n{_headed(scene, subject, scene.others[0])}\n{inner}"


def answered(scene: "Scene", body: list[str], subject: str) -> str:
    """Return a mail in which the rep answers the contact."""
    scene.counted = False
    top = written(scene, [scene.say("promise")], scene.rep, is_right=False)
    scene.counted = True
    mark = _HEADS[scene.language][4]
    return f"{top}\n\n{mark}\n{_headed(scene, subject, scene.rep)}\n" + written(
        scene, body, scene.contact, is_right=True
    )


def noise(chance: random.Random, text: str) -> str:
    """Return the text with slips of the hand outside of marks: typos, lost accents and capitals, hard line breaks."""
    draw = chance.random()
    if draw < 0.12:
        text = _wrapped(text, chance.randint(55, 78))
    if draw > 0.75:
        text = _slips(chance, text, chance.choice((0.004, 0.01, 0.02)))
    if chance.random() < 0.05:
        text = text.translate(str.maketrans("äöüßéèêàçñáíóú", "aousеeeacnaiou".replace("е", "e")))
    return text


def _wrapped(text: str, width: int) -> str:
    lines = []
    for line in text.split("\n"):
        start = 0
        while len(line) - start > width and " " in line[start : start + width]:
            cut = line.rindex(" ", start, start + width)
            lines.append(line[start:cut])
            start = cut + 1
        lines.append(line[start:])
    return "\n".join(lines)


def _slips(chance: random.Random, text: str, rate: float) -> str:
    found = []
    marks: list[bool] = []  # whether each mark that is open guards what it holds: values do, whole sentences do not
    in_name = False
    for place, char in enumerate(text):
        if char == "\ue000":
            marks.append(not text.startswith(("why", "mood"), place + 1))
        elif char == "\ue002":
            marks.pop()
        in_name = char == "\ue000" or (in_name and char != "\ue001")
        if in_name or any(marks) or not char.isalpha() or chance.random() > rate:
            found.append(char)
        else:
            found.append(chance.choice(["", char + char, char.lower(), text[place - 1] if place else char]))
            if found[-1] and found[-1] in "\ue000\ue001\ue002\n":
                found[-1] = char
    return "".join(found)
