"""What a line of a mail looks like, to the model that tells signatures from the words above them.

A line is described by the names of what is true of it, of the lines beside it and of its place in the mail. The
names, not the words of the line, have weights: nothing of any mail is in the model, and a language that was not in
the training data is covered as far as its sign-offs, labels and titles are listed here.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from desktop.understanding.lexicon.sign_offs import CLOSING_WITH_NAME, DEVICE, SEPARATOR, SIGN_OFF

MAX_LINE = 300
LONG_LINE = 140
PROSE_RUN = 3

_PHONE = re.compile(r"(?:\+|\(|\b)\d[\d ().\u00a0/-]{5,20}\d\b")
_EXTENSION = re.compile(r"(?i)^\W{0,3}(?:x|ext\.?|tel\.?|ph\.?|dw|kl\.?|durchwahl)?\s?\d?[- ]?\d{4,5}\W{0,3}$")
_CALL_LABEL = re.compile(
    r"(?i)(?:^|[\s|,;(])(?:tel|telefon|telephone|téléphone|teléfono|telefone|telefoon|telefono|phone|ph|fon|mobile"
    r"|mobil|mob|móvil|cell"
    r"|cellulare|celular|handy|portable|gsm|fax|telefax|facsimile|office|direct|durchwahl|work|home|pager|switchboard"
    r"|e-?mail|mail|web|www|skype|linkedin|[tmfepwdc])\s?[.:#]{1,2}\s?[\d+(\w]"
)
_LABEL_BEHIND = re.compile(
    r"(?i)\d\s{0,4}\(?(?:cell|work|home|fax|office|mobile|direct|phone|voice|tel|mobil|pager)\)?\W{0,2}$"
)
_ADDRESS = re.compile(r"[\w.+'-]{1,64}@[\w-]{1,63}\.[\w.-]{1,80}")
_LINK = re.compile(r"(?i)https?://|\bwww\.\w|^\W{0,2}[\w-]{2,40}\.(?:com|net|org|de|fr|co\.uk|eu|io|example)\b")
_PLACE = re.compile(r"(?:https?://|www\.|mailto:)\S{1,300}|[\w.+'-]{1,64}@[\w.-]{1,120}")
_TITLES = (
    "manager director president vice vp svp evp ceo cfo cto coo cio officer head lead leader engineer analyst "
    "associate assistant administrator coordinator consultant counsel attorney partner founder owner specialist "
    "supervisor buyer representative executive advisor adviser architect developer accountant controller secretary "
    "trader originator leiter leiterin leitung einkauf vertrieb verkauf prokurist prokuristin vorstand assistenz "
    "abteilung referent referentin responsable resp directeur directrice gérant gérante chef acheteur acheteuse "
    "ingénieur président gerente jefe jefa compras ventas responsabile direttore direttrice ufficio diretor "
    "diretora comprador inkoper hoofd johtaja päällikkö kierownik dyrektor директор менеджер руководитель "
    "начальник"
)
_TITLE_WORDS = frozenset(_TITLES.split())
_TITLE_STEM = re.compile(r"\b(?:geschäftsführ\w|chargée? d\w|indkøb|innkjøp|inköp)")
_COMPANY = re.compile(
    r"(?:\b(?:Inc|Ltd|LLC|LLP|L\.P|LP|PLC|plc|Corp|Corporation|Company|Co|GmbH|AG|KG|e\.?K|SE|SA|S\.A|SAS|SARL|Sàrl"
    r"|S\.?r\.?l|S\.?p\.?A|BV|B\.V|NV"
    r"|Oy|Oyj|AB|ApS|A/S|AS|ASA|S\.?L|Lda|Ltda|Sp\. z o\.o|s\.r\.o|a\.s"
    r"|A\.?Ş|San\. ve Tic|Ges\.m\.b\.H|de C\.V|ООО|АО|Kft|Group|Holding|Services|Solutions"
    r"|Systems|Partners"
    r"|Technologies|Bank|Energy|Industries|International|University)\b)"
)
_STREET = re.compile(
    r"(?i)\b(?:street|st\.|avenue|ave\.?|road|rd\.?|suite|floor|blvd|boulevard|lane|drive|p\.?o\.? box|square|place"
    r"|way|highway"
    r"|rue|chemin|allée|cedex|calle|avda|plaza|via|piazza|corso|rua|avenida|laan|plein|gatan|vägen|vej|gade|katu|tie"
    r"|ul\.|ulica)\b"
    r"|(?:stra(?:ß|ss)e|str\.|weg|platz|gasse|straat|gata|allee)\s?\d"
)
# One of these stands in every line that _STREET matches: words, or a digit and what a German or Dutch street ends with.
_STREETS = (
    "street st avenue ave road rd suite floor blvd boulevard lane drive box square place way highway rue chemin allée "
    "cedex calle avda plaza via piazza corso rua avenida laan plein gatan vägen vej gade katu tie ul ulica"
)
_STREET_WORDS = frozenset(_STREETS.split())
_STREET_ENDS = ("straße", "strasse", "str.", "weg", "platz", "gasse", "straat", "gata", "allee")
_ZIP = re.compile(
    r"\b[A-Z]{2},?\s{1,3}\d{5}\b|\b(?:[A-Z]{1,2}-)?\d{4,5} [A-ZÀ-Ž][\w-]+|\b[A-Z]{1,2}\d{1,2}[A-Z]? \d[A-Z]{2}\b"
)
_PROSE = (
    "i i'm i'll i've you your we our he she they it this that these will would can could should is are was were be "
    "have has had please let if call contact need know the a what when not do any to me us ich sie wir ihr ihnen "
    "uns mir bitte ist sind war wird werden würde kann können haben habe hat das ein eine nicht zu wenn dass je "
    "vous nous il elle est sont serait pouvez pourriez avez avons ai que qui pas votre notre un une si yo usted "
    "nosotros es son está puede podemos tenemos su una no lo se io noi voi lei sono è può possiamo abbiamo non vi "
    "ci ik wij jullie uw graag kunt kunnen hebben heeft een het niet eu nós você são pode temos não uma jag ni är "
    "kan har det inte och jeg du er ikke og minä te on ei ja proszę jest nie czy я вы мы не это пожалуйста есть"
)
_PROSE_WORDS = frozenset(_PROSE.split())
_PROSE_PAIRS = ("por favor", "per favore")
_TOKEN = re.compile(r"\w+")
_RUN = re.compile(r"[\w']+")
_DIGIT = re.compile(r"\d")
_GREETING = re.compile(
    r"(?i)\s*(?:hi|hello|hey|dear|good (?:morning|afternoon|evening|day)|guten (?:tag|morgen)|hallo|liebe[rs]?"
    r"|sehr geehrte[rs]?"
    r"|bonjour|bonsoir|salut|cher|chère|hola|buenos|estimad[oa]s?|buongiorno|ciao|gentile|caro|cara|olá|bom dia"
    r"|prezad[oa]|beste|geachte"
    r"|hej|hei|moi|dzień dobry|szanown\w+|здравствуйте|добрый|уважаем\w+)\b[^.?]{0,60}[,!:-]?\s*$"
)
_LOWER = re.compile(r"(?<![\w'])[a-zß-ÿа-я]{2,}")
_WORDS = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*")
_PARTS = re.compile(r"[^\W\d_]{2,}(?:['’][^\W\d_]+)?")
_NAME = re.compile(
    r"\W{0,3}(?:(?:Mr|Mrs|Ms|Dr|Prof|Ing|Mag|Dipl|Dres|Lic|med|rer|nat|phil|jur|h\.? ?c)\.?[ -]{1,2}){0,4}"
    r"[^\W\d_a-z][\w'’.-]{0,24}"
    r"(?: {1,2}(?:(?:van|von|de|der|den|da|di|del|la|le|du|ten|zu|af|bin|and|und|et|&"
    r"|[A-Z]\.?) {1,2}){0,2}[^\W\d_a-z][\w'’.-]{0,24}){0,3}"
    r"(?:, {0,2}[A-Z][\w.]{1,5}){0,4}[\s.,!]{0,4}"
)
_THANKS = re.compile(
    r"(?i)\s*(?:thank|danke|vielen dank|merci|gracias|grazie|bedankt|obrigad|takk?|kiitos|dziękuję|спасибо)"
)
_BULLET = re.compile(r"\s*(?:[-*•·–]|\d{1,2}[.)])\s+\S")
_END = re.compile(r"[.?!][\"')\]]{0,2}\s*$")
_COLUMNS = re.compile(r"\S(?:\t| {3,})\S")
_NAME_END = re.compile(r"(?<=\w)(?:\s{0,2}[,|·•]|\s[–—-]\s|\s{2,}|\t)")
_KEY_VALUE = re.compile(r"\s*[^\W\d][\w /&.-]{1,40}:\s{0,20}\S")
_CODE = re.compile(r"\b\w+_\w+\b(?!.{0,80}@)|[{}\\<>=;]{2}|\w\(\)")
_CLOCK = re.compile(r"(?i)\b\d{1,2}[:.]\d\d\s?(?:[ap]\.?m|uhr|h)?\b|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b")
_AMOUNT = re.compile(r"[$€£%]|\b\d{1,3}(?:[.,]\d{3})+\b|\b\d+[.,]\d\d\b")
_NAME_AND_NUMBER = re.compile(r"[^\W\d_a-z][\w.'’ -]{1,30}?[\s,|:–-]{1,6}[\d(+x*#][\d ().+x-]{3,20}\W{0,2}")
_HANDLE = re.compile(r"(?:^|\s)@\w{2,30}\b")

_LENGTHS = (12, 25, 45, 72, 120)
_WORD_COUNTS = (1, 2, 3, 5, 8, 12)
_FROM_END = (0, 1, 2, 3, 5, 8, 12)


_PATTERNS = (
    ("separator", SEPARATOR.fullmatch),
    ("device", DEVICE.fullmatch),
    ("call label", lambda text: _CALL_LABEL.search(text) or _LABEL_BEHIND.search(text)),
    ("link", _LINK.search),
    ("company", _COMPANY.search),
    ("greeting", _GREETING.match),
    ("bullet", _BULLET.match),
    ("columns", _COLUMNS.search),
    ("key and value", _KEY_VALUE.match),
    ("code", _CODE.search),
    ("clock or day", _CLOCK.search),
    ("amount", _AMOUNT.search),
    ("name and number", _NAME_AND_NUMBER.fullmatch),
    ("thanks and more", _THANKS.match),
)
_WITH_AT = (("address", _ADDRESS.search), ("handle", _HANDLE.search))
_WITH_DIGIT = (("extension", _EXTENSION.match), ("zip", _ZIP.search))
_NOT_IN_PROSE = frozenset(("title", "company", "street", "zip", "greeting"))


@dataclass(frozen=True, slots=True)
class Look:
    """One filled line by itself: what is true of it, and what its neighbours want to know."""

    names: frozenset[str]
    is_prose: bool
    is_contact: bool
    is_sign_off: bool
    is_name: bool
    is_sender: bool
    is_thanks: bool = False


_LONG_PROSE = Look(
    frozenset(("prose", "length 121", "words 13", "prose words 4", "low words 5")),
    is_prose=True, is_contact=False, is_sign_off=False, is_name=False, is_sender=False,
)  # fmt: skip


def sender_words(sender: str) -> tuple[str, ...]:
    """Return the words of a sender's name and of the local part of its address, in lower case."""
    name, _, address = sender[:200].partition("<")
    if "@" in name and not address:
        name, address = "", name
    local = address.partition("@")[0]
    found = [word.lower() for part in (name, local) for word in re.findall(r"[^\W\d_]{2,}", part)]
    return tuple(dict.fromkeys(found))


def look_at(line: str, sender: Sequence[str]) -> Look:
    """Describe one filled line. `sender` holds the words of the sender's name, empty when it is not known."""
    text = line[:MAX_LINE].strip()
    if len(text) > LONG_LINE and text.count(" ") > 14:
        return _LONG_PROSE
    bare = _PLACE.sub(" ", text) if "@" in text or "/" in text or "www" in text else text
    words = _WORDS.findall(bare)
    prose = _prose_words(bare.lower()) if len(words) > 1 else 0
    lower = len(_LOWER.findall(bare))
    is_name = len(words) <= 6 and bool(_NAME.fullmatch(text))
    is_sender = bool(sender) and is_the_sender(text, sender)
    has_digit = bool(_DIGIT.search(text))
    is_phone = has_digit and bool(_PHONE.search(text)) and sum(map(str.isdigit, text)) >= 7
    is_sign_off = bool(SIGN_OFF.fullmatch(text)) or _ends_with_sign_off(text, words)
    is_closing = not is_sign_off and bool(CLOSING_WITH_NAME.fullmatch(text))
    is_prose = not is_sign_off and not is_closing and ((prose >= 2 and lower >= 2) or lower >= 6) and len(words) >= 4
    names = {name for name, found in _PATTERNS if found(text)}
    if "@" in text:
        names.update(name for name, found in _WITH_AT if found(text))
    if has_digit:
        names.update(name for name, found in _WITH_DIGIT if found(text))
    names.update(_named(text, has_digit=has_digit))
    if is_prose:
        names -= _NOT_IN_PROSE
    if names & {"call label"}:
        names -= {"columns", "key and value"}
    if is_sign_off or is_closing:
        names -= {"greeting", "thanks and more"}
    checks = {
        "sign-off": is_sign_off,
        "sign-off and name": is_closing,
        "phone": is_phone,
        "name": is_name,
        "sender": is_sender and not is_prose,
        "name, sender not known": is_name and len(sender) < 2 and not is_sender,
        "name of another": is_name and len(sender) > 1 and not is_sender,
        "prose": is_prose,
        "ends as a sentence": len(words) > 3 and bool(_END.search(text)),
        "asks": text.endswith("?"),
        "ends with a comma": text.endswith(","),
        "ends with a colon": text.endswith(":"),
        "capitals": len(words) > 0 and text.upper() == text,
        "starts low": text[:1].islower(),
        "digits only": bool(text) and not words,
        "bars": " | " in text or " • " in text or " · " in text,
    }
    names.update(name for name, value in checks.items() if value)
    names.update((f"length {_bin(len(text), _LENGTHS)}", f"words {_bin(len(words), _WORD_COUNTS)}"))
    names.update((f"prose words {min(prose, 4)}", f"low words {_bin(lower, (0, 1, 2, 4))}"))
    is_contact = is_phone or bool(names & {"address", "link", "call label", "extension"})
    return Look(
        frozenset(names), is_prose, is_contact and not is_prose, is_sign_off or is_closing, is_name,
        is_sender and not is_prose, is_sign_off and bool(_THANKS.match(text)),
    )  # fmt: skip


def _prose_words(lowered: str) -> int:
    """Return how many of the words that sentences are made of stand in a text in small letters."""
    count = sum(word in _PROSE_WORDS for word in _RUN.findall(lowered))
    return count + sum(lowered.count(pair) for pair in _PROSE_PAIRS)


def _named(text: str, *, has_digit: bool) -> Iterator[str]:
    """Yield whether a title or a street is named: the words are looked up, as there are many."""
    lowered = text.lower()
    tokens = _TOKEN.findall(lowered)
    if not _TITLE_WORDS.isdisjoint(tokens) or (not text.isascii() and _TITLE_STEM.search(lowered)):
        yield "title"
    may_be_street = not _STREET_WORDS.isdisjoint(tokens) or (has_digit and any(end in lowered for end in _STREET_ENDS))
    if may_be_street and _STREET.search(text):
        yield "street"


def look_up(lines: Sequence[str], tail: Sequence[int], sender: Sequence[str]) -> tuple[list[Look], tuple[int, ...]]:
    """Describe the lines of `tail` from the end up to where only prose can follow; return them and their indices."""
    looks: list[Look] = []
    run = 0
    for index in reversed(tail):
        looks.append(look_at(lines[index], sender))
        run = run + 1 if looks[-1].is_prose else 0
        if run == PROSE_RUN:
            break
    looks.reverse()
    return looks, tuple(tail[len(tail) - len(looks) :])


def _ends_with_sign_off(text: str, words: Sequence[str]) -> bool:
    """Whether a short line ends like "…, kind regards". Thanks at the end of a sentence are no sign-off."""
    _, comma, last = text.rpartition(", ")
    return bool(comma) and len(words) <= 9 and bool(SIGN_OFF.fullmatch(last)) and not _THANKS.match(last)


def is_the_sender(text: str, sender: Sequence[str]) -> bool:
    """Whether a line is or begins with the sender's name: in full, a part, a short form, initials, or run together."""
    text = _NAME_END.split(text, maxsplit=1)[0].strip() or text
    words = _WORDS.findall(text)
    if not 0 < len(words) <= 5 or "@" in text:
        return False
    low = [part.lower() for word in words for part in _PARTS.findall(word)]
    if not low or (len(words) == 1 and len(text) <= 5 and text.strip(" .-").isupper()):
        initials = sorted(word[0] for word in sender)
        letters = sorted("".join(char for char in text.lower() if char.isalpha()))
        if letters and len(letters) <= 3 and letters == initials[: len(letters)]:
            return True
    joined = "".join(low)
    if len(low) == 1 and len(sender) > 1 and joined in (sender[0] + sender[1], sender[1] + sender[0]):
        return True
    return (
        bool(low)
        and any(_is_form_of(word, part) for word in low for part in sender)
        and all(len(word) <= 2 or any(_is_form_of(word, part) for part in sender) or len(low) > 1 for word in low)
    )


def _is_form_of(word: str, part: str) -> bool:
    if word == part:
        return True
    return min(len(word), len(part)) >= 3 and (
        part.startswith(word) or part.endswith(word) or (word[:4] == part[:4] and min(len(part), len(word)) >= 4)
    )


def features(lines: Sequence[str], tail: Sequence[int], looks: Sequence[Look]) -> Iterator[frozenset[str]]:
    """Yield, for each line of `tail` (indices of filled lines), what the model is shown. `looks` describe the tail."""
    count = len(tail)
    prose_below = contact_below = 0
    below: list[tuple[int, int]] = []
    for look in reversed(looks):
        below.append((min(prose_below, 3), min(contact_below, 3)))
        prose_below += look.is_prose
        contact_below += look.is_contact
    below.reverse()
    closed = 0
    for place, look in enumerate(looks):
        index = tail[place]
        names = set(look.names)
        names.add(f"from end {_bin(count - 1 - place, _FROM_END)}")
        names.add(f"prose below {below[place][0]}")
        names.add(f"contact below {below[place][1]}")
        names.add(f"after sign-off {_bin(place - closed + 1, (1, 2, 6)) if closed else 'none'}")
        if index and _is_continued(lines[index - 1], lines[index]):
            names.add("goes on from above")
        names.add("blank above" if index and not lines[index - 1].strip() else "no blank above")
        if place == 0:
            names.add("first shown" if index else "first of all")
        names.update(_beside("above", looks[place - 1] if place else None))
        names.update(_beside("below", looks[place + 1] if place + 1 < count else None))
        if look.is_sender or look.is_name:
            kind = "sender" if look.is_sender else "name"
            names.add(f"{kind} at end {_bin(count - 1 - place, (0, 2, 6))}")
            names.add(f"{kind} after {'blank' if 'blank above' in names else 'text'}")
            names.add(f"{kind} over {'nothing' if place + 1 == count else 'contact' if below[place][1] else 'else'}")
        if look.is_contact:
            names.add(f"contact {'under name' if place and looks[place - 1].is_name else 'under else'}")
        yield frozenset(names)
        if look.is_sign_off:
            closed = place + 1


def _is_continued(above: str, line: str) -> bool:
    """Whether a line looks like the next line of a paragraph: the one above is long and ends no sentence."""
    above = above[:MAX_LINE].rstrip()
    room = len(above) + len(line.split(maxsplit=1)[0]) if line.strip() else 0
    return room >= 58 and not above.endswith((".", "?", "!", ":", ">")) and not _COLUMNS.search(above)


def may_begin(look: Look) -> bool:
    """Whether a signature can begin with this line: a closing, a name, a title, a firm, a number; not a sentence."""
    names = look.names
    if look.is_sign_off or look.is_sender or names & {"separator", "device", "name and number"}:
        return True
    if names & {"columns", "bullet", "prose", "code", "key and value", "goes on from above", "clock or day"}:
        return False
    return look.is_name or look.is_contact or bool(names & {"title", "company"})


def is_telling(look: Look) -> bool:
    """Whether the line has something that a signature is made of: a closing, a name, a number, a firm."""
    has_part = look.is_sign_off or look.is_sender or look.is_name or look.is_contact
    return has_part or bool(look.names & {"device", "title", "company", "name and number"})


def _beside(side: str, look: Look | None) -> Iterator[str]:
    if look is None:
        yield f"{side}: none"
        return
    for name in (
        "prose",
        "sign-off",
        "separator",
        "name",
        "sender",
        "title",
        "company",
        "phone",
        "greeting",
        "bullet",
        "columns",
    ):
        if name in look.names:
            yield f"{side}: {name}"
    if look.is_contact:
        yield f"{side}: contact"


def _bin(value: int, limits: Sequence[int]) -> int:
    """Return the first limit that `value` does not exceed, or one more than the last."""
    return next((limit for limit in limits if value <= limit), limits[-1] + 1)
