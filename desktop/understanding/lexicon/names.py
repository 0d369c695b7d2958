"""What a person's name looks like, so that display names and signature lines can be told from anything else."""

import re
import unicodedata

from desktop.understanding.lexicon.function_words import is_function_word, plain_word
from desktop.understanding.lexicon.given_names import GIVEN_NAMES
from desktop.understanding.lexicon.mailboxes import is_desk_word
from desktop.understanding.lexicon.sign_offs import SIGN_OFF
from desktop.understanding.lexicon.words import words

MAX_NAME = 70
ALL_LOUD = 2

PARTICLES = words(
    "van de der den von zu zur vom da di del della dos du la le el al bin ibn binti ter ten het y und e af av do das "
    "vd v.d. ap ab ferch delle degli dalla dal"
)
_HONORIFICS = words(
    "dr prof mr mrs ms miss mx sir herr herrn frau hr fr mag ing dipl dipl-ing dipl-kfm dipl-kffr mba phd msc bsc pe "
    "esq fcca cfa md madame monsieur mme mlle m ra med jr sr sra srta ii iii iv fhea a/prof rer nat pol h.c hc univ "
    "lic arq dott dottssa dottoressa sig sigra dra doña señor señora meneer mevrouw mevr dhr mw heer drs mgr mudr "
    "judr llm cpa rn rph cisa cism cissp pmp cipp/e mscchem eng engr ca acca acma chartered professor doctor docteur "
    "doktor bey hanım ji profin maga maître avv ir bba llb inż inz mgr dipl-kffr hab dott.ssa ing dipling dr-ing "
    "sayın sn öğr gör uzm yrd doç pani d dª dña srª exmo exma licda lcdo lcda lcd abg mtro mtra enga engª eng.ª profª "
    "geom phdr rndr mvdr csc drsc doc paní univ-prof jnr snr magister usta"
)
# Titles that are names or words too: only with their full stop.
_DOTTED_HONORIFICS = words(
    "rag arch av fr on per cav comm lek techn oec iur phil vet agr dent sc wirt st maj kom tit jun sen cand fil siv civ"
)
# Offices that stand before a name and would be taken for a first name; never surnames' only place.
_RANKS = words(
    "cmdr cdr lcdr brig supt insp "
    "senator captain capt mayor governor gov congressman congresswoman commissioner chairman chairwoman chairperson "
    "ambassador colonel col lieutenant lt sergeant sgt reverend rev senador senadora captaine capitaine kapitän "
    "bürgermeister bürgermeisterin kollege kollegin kollegen kolleg collègue colleague colega collega minister "
    "ministro senatore onorevole alcalde alcaldesa sindaco burgemeester amtsleiter amtsleiterin rechtsanwalt "
    "rechtsanwältin rain"
)
# Trades that are surnames as well.
TRADES = words(
    "baker cook mason carpenter butler porter turner page carter taylor smith miller fisher hunter farmer gardener "
    "weaver cooper clerk clark driver singer shepherd gardner tanner potter barber sawyer wright painter glover dyer "
    "sheriff judge major marshall chandler archer schneider weber fischer wagner becker koch bauer richter schreiner "
    "zimmermann schuster kellner jager boucher boulanger charpentier fabre lefevre berger herrero molina zapatero "
    "sarto ferraro bakker visser smit kuiper kovac kowal krawiec"
)
# Before two further words of a name these are none of it; Scandinavian first names among them.
_LEADS = words("per via as both so than like unlike via after before said says while until since")
_PRONOUNS = words("ihr ihre ihren ihrem ihnen sie uns euch eure mich mir dich dir interesse bescheid kontakt")
_DIPLOMA = re.compile(r"(?i)dipl(?:\.|om|-)-?\w.{0,24}|[mb]\.? ?(?:sc|eng|ed)\.?|[mb]\.a\.?")
_SHORT_SIGN_OFFS = words(
    "hilsen hälsning gruss gruess groet groeten besos beso abrazo "
    "lg vg mfg glg bg mvg mvh br kr rgds cdt cdlt cheers saludos saludo salutations groetjes gruß saygılar "
    "saygılarımla sevgiler selamlar abraço abraços beijos bises cumprimentos pozdrawiam pozdro terveisin hälsningar"
)
_WITH_OTHERS = re.compile(
    r"(?i)(?<=\w)[,.]?\s{1,3}(?:(?:mit|and|&|und|et|con|e|y|i|en|ve|with|avec|met|og|och)\s{1,2}(?:(?:the|das|dem|ihr|dein|sein|"
    r"toute|son|l['’]|el|su|il|het|de|your|our|gesamtes?|ganze[sm]?)\s{0,2}){0,2}(?:[\w&.'’-]{1,25}[\s-]){0,3}?(?:team|[ée]quipe|equipo|"
    r"ekibi|crew|squadra|zespół|kollegen|colleagues))\b.{0,60}$"
)
_NOT_NAMES = words(
    "team sales support info office service services department abteilung vertrieb einkauf kundenservice equipe "
    "équipe hotline company gmbh ag ltd inc llc kg sarl sas sa plc corp group gruppe groupe marketing billing "
    "accounts accounting buchhaltung noreply no-reply mailer daemon admin administrator system notification "
    "notifications newsletter the best kind regards thanks thank cheers hello hi dear sent please note important "
    "urgent street road avenue strasse straße phone tel mobile fax email e-mail web www director manager engineer "
    "head chief officer president buyer assistant secretary leiter geschäftsführer responsable directeur consultant "
    "analyst sincerely cordialement merci danke grüße original message forwarded subject re fw fwd ignore "
    "instructions previous user update secretariaat sekretariat secrétariat secretaría praxis desk helpdesk "
    "purchasing procurement operations finance research university institute college hospital center centre bank "
    "legal credit customer client online news logistics solutions technologies technology systems energy industries "
    "international limited corporation association foundation council ministry global hr it crm vp svp evp ceo cfo "
    "coo cto counsel specialist coordinator supervisor representative attorney trading trader treasury monday tuesday "
    "wednesday thursday friday saturday sunday january february march july september october november december montag "
    "dienstag mittwoch donnerstag freitag samstag sonntag this that these those your our we you yes no if for from "
    "with and or attached call calls contact see houston london america usa germany deutschland france boulevard blvd "
    "drive lane suite floor tower plaza building box she he her his they their its seine ihre meine unsere nummer "
    "meet firma number new name here there then when dept by affairs relations media press project square court house "
    "texas california illinois york washington chicago dallas zentrale standard switchboard büro bureau direct "
    "durchwahl direktwahl werk filiale niederlassung empfang reception main agence siège sede oficina sucursal "
    "ufficio kantoor vestiging huvudkontor växel hoofdkantoor telefon telefono teléfono téléphone celular móvil handy "
    "mobil portable geschäftsstelle außenstelle hauptsitz standort region area zone gate dock room raum zimmer salle "
    "to how who what why where which whose should would can could must get does is are was were been have has had not "
    "but or of in about into over any very too still just only also click view learn visit buy today tomorrow tonight "
    "summary report financial statement agenda fees schedule overview details "
    "ein eine einen oder aber nicht ist sind wird werden haben hat wir sie ich mit für auf bitte wie was wer wann "
    "warum unser unsere kein keine auch nur noch schon sehr heute morgen gestern "
    "mais est sont était nous vous avec pour dans votre notre très pourquoi comment quand demain "
    "pero por sobre usted nosotros como cuando porque muy también mañana è sono siamo gli quando perché molto oggi "
    "id meeting request passcode dial host conference participant access webinar code toll free total item descr "
    "auftrag vertretung picture "
    "domani maar niet wordt wij jullie waarom zeer vandaag için çok değil são não você muito hoje amanhã oraz bardzo "
    "dzisiaj jutro ikke på"
)
_PLACE_SURNAMES = words("washington houston london dallas york france lane court house")
_TOWNS = words(
    "austin charlotte chelsea dallas florence georgia houston jackson lincoln madison sydney victoria virginia"
)
_FILE_NAME = re.compile(r"(?i)\w\.(?:docx?|xlsx?|pptx?|pdf|txt|rtf|zip|jpe?g|png|gif|html?|vcf|msg|com|net|org)$")
_ELIDED = re.compile(r"(?:d|l|o|dell|dall|t)['’][A-ZÀ-Þ]")
_FOR_OTHERS = re.compile(
    r"^(?:i\. ?[AV]\.|ppa\.?|p\. ?[opa]\.|p/o|per pro\.?|gez\.|sgd\.?|signed(?: by)?:?|/s/|m\.? ?p\.)\s{1,3}"
)
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_BRACKETED = re.compile(r"\s*(?:\([^()]{0,80}\)|\[[^\[\]]{0,80}\])")
_NICKNAME = re.compile(r"\s['\"“„«‘][^\s'\"“”«»’]{1,20}['\"”“»’]\s")
_MAX_SIGN_OFF = 40
_NOTES_PATH = re.compile(r"/[\w .&-]{1,40}(?:/[\w .&-]{1,40}){0,4}(?:@.{0,60})?$")
_TRAILER = re.compile(
    r"\s+(?:via|on behalf of|im auftrag von|at|@|bei|chez|from|von der|·|\||[-–—])\s.*$|<.*$|\s+\d\d?[/.]\d.*$"
    r"|\s+on\s+\d.*$",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[^\W\d_](?:[^\W\d_]|['’‘`.-]|[\u0300-\u036f\u0591-\u05c7\u064b-\u0652])*")
_CREDENTIAL = re.compile(r"(?:[A-Z]{2,5}|[A-Z]{2,5}/[A-Z]|(?:[A-Z]\.){2,4}|[A-Z][a-z]?[A-Z][A-Za-z]?)\.?")
_LAST_FIRST = 4


def name_of(text: str, *, is_header: bool = False, is_labelled: bool = False) -> str | None:
    """Return `text` as a person's name, or None when it is none.

    "Last, First" is turned round, honorifics and degrees come off, capitals throughout become title case.
    `is_header` says that it is a display name: what programs add there comes off too, and small letters are forgiven.
    `is_labelled` says that it stands behind a label for a name: then a surname may be a word of streets and houses.
    """
    text = _NICKNAME.sub(" ", _BRACKETED.sub("", _INVISIBLE.sub("", text[:300]))).strip(" \t\r\n\"'*_.,;:-–—|")
    text = _FOR_OTHERS.sub("", text)
    text = _without_sign_off(_WITH_OTHERS.sub("", text[:200])) if not is_header else text
    if is_header:
        text = _TRAILER.sub("", _NOTES_PATH.sub("", text)).strip(" \t\"'*_.,;:-–—|")
    if not text or len(text) > MAX_NAME:
        return None
    turned = _turned(text)
    if turned is None or re.search(r"[\d@<>{}\[\]|=:;!?/\\#*_&+]", turned):
        return None
    return _checked(turned.split(), is_header=is_header, is_labelled=is_labelled)


def _without_sign_off(text: str) -> str:
    """Cut "Best regards," off what stands before a name on its line."""
    head, comma, tail = text.partition(",")
    is_sign_off = head.strip().lower() in _SHORT_SIGN_OFFS or (len(head) <= _MAX_SIGN_OFF and SIGN_OFF.fullmatch(head))
    if comma and tail.strip() and is_sign_off:
        return tail.strip(" \t*_")
    first, _, rest = text.partition(" ")
    return rest.strip() if first.lower().rstrip(".,!") in _SHORT_SIGN_OFFS and rest.strip() else text


def _turned(text: str) -> str | None:
    """Put "Last, First" the right way round and cut degrees off; None when commas mean something else."""
    parts = [part.strip() for part in text.split(",")]
    head, tail = parts[0], [part for part in parts[1:] if part]
    while tail and _are_credentials(tail[-1].split(), head):
        tail.pop()
    words = [word for word in head.split() if _plain(word) not in _HONORIFICS]
    words = [word for word in words if not _is_title(word)] or words
    if not tail:
        return _without_credentials(_first_name_first(words))
    if len(tail) > 1 or len(tail[0].split()) > _LAST_FIRST or len(words) > _LAST_FIRST:
        return None
    first = _without_unit(tail[0].replace("A/Prof", "").split(), is_loud=tail[0].isupper())
    return f"{' '.join(first)} {' '.join(words)}"


def _first_name_first(words: list[str]) -> list[str]:
    """Turn a name round whose surname stands in front in capitals: `POE Ann`."""
    is_loud = len(words) > 1 and words[0].isupper() and "." not in words[0] and not any(map(str.isupper, words[1:]))
    if is_loud and len(words) <= 3 and len(words[0]) > 2:
        return [*words[1:], words[0]]
    return words


def _without_unit(words: list[str], *, is_loud: bool) -> list[str]:
    """Cut off where somebody works, as directories add it behind the first name: `Poe, Ann Purchasing EMEA`."""
    for place, word in enumerate(words[1:], 1):
        is_code = not is_loud and len(word) > 1 and word.isupper() and "." not in word
        if is_code or _plain(word) in _NOT_NAMES or is_desk_word(word):
            return words[:place]
    return words


def _is_title(word: str) -> bool:
    """Whether a word with its full stops is a title or a degree, or says which of two namesakes is meant."""
    return word in ("jun", "sen", "junior", "senior") or (
        word.endswith(".")
        and (word.lower().rstrip(".") in _DOTTED_HONORIFICS or bool(_DIPLOMA.fullmatch(word)) or "ª" in word)
    )


def _are_credentials(words: list[str], head: str) -> bool:
    if all(_plain(word) in _HONORIFICS for word in words):
        return True
    return len(head.split()) > 1 and not head.isupper() and all(_CREDENTIAL.fullmatch(word) for word in words)


def _without_credentials(words: list[str]) -> str:
    """Cut degrees in capitals off the end of a name that is not itself in capitals."""
    while len(words) > 2 and _CREDENTIAL.fullmatch(words[-1]) and words[-1].isupper() and not words[-2].isupper():
        words = words[:-1]
    return " ".join(words)


def _checked(words: list[str], *, is_header: bool, is_labelled: bool = False) -> str | None:
    words = [word for place, word in enumerate(words) if not _is_added(word, place)]
    while len(words) > 1 and _plain(words[0]) in _RANKS:
        words = words[1:]
    if not 1 <= len(words) <= 6 or any(_is_none(words, place, is_labelled=is_labelled) for place in range(len(words))):
        return None
    if is_header and len(words) > 1 and all(word.islower() for word in words):
        words = [word if word in PARTICLES else word.title() for word in words]
    for word in words:
        is_particle = word.lower() in PARTICLES or bool(_ELIDED.match(word))
        if not is_particle and (not _TOKEN.fullmatch(word) or word[0].islower()):
            return None
    if all(word.lower() in PARTICLES or len(word.strip(".")) < 2 for word in words):
        return None
    if len(words) > 1:
        least = ALL_LOUD if all(word.isupper() for word in words) else ALL_LOUD + 1
        words = [_cased(word, at, least) for at, word in enumerate(words)]
    return " ".join(words)


def _is_none(words: list[str], place: int, *, is_labelled: bool = False) -> bool:
    """Whether a word of what looks like a name cannot be one; some places are surnames behind a given name."""
    plain = _plain(words[place])
    if _FILE_NAME.search(words[place]):
        return True
    is_given = folded(words[0]) in GIVEN_NAMES and folded(words[0]) not in _TOWNS
    if place and plain in _PLACE_SURNAMES and (is_given or is_labelled):
        return False
    return plain in _NOT_NAMES or is_desk_word(words[place])


def _is_added(word: str, place: int) -> bool:
    """Whether a word beside a name is none of it; a single letter is a title only in front, as in "M. Dupont"."""
    is_honorific = _plain(word) in _HONORIFICS and (place == 0 or len(_plain(word)) > 1)
    return is_honorific or _is_title(word) or "ª" in word


def _cased(word: str, at: int, least: int) -> str:
    """Take the capitals off a word written in them throughout; initials and short forms keep theirs."""
    if not word.isupper() or (len(word) == 1 and least > ALL_LOUD):
        return word
    if at and word.lower() in PARTICLES:
        return word.lower()
    return word.replace("İ", "I").title() if len(word.strip(".")) >= least else word


def _plain(word: str) -> str:
    return word.replace(".", "").strip(",").lower()


def lead_of(text: str) -> int:
    """Return where a run of capitalised words can begin to be a name: `Call Ann Poe` begins at 5."""
    found = list(re.finditer(r"\S+", text[:MAX_NAME]))
    for place, word in enumerate(found[:-2]):
        if _plain(word[0]) not in _NOT_NAMES and not (_plain(word[0]) in _LEADS and len(found) - place > 2):
            return word.start()
    return found[-2].start() if len(found) > 2 else 0


def tail_of(text: str) -> int:
    """Return where a run of capitalised words ends to be a name: `Ann Poe Ihr Kontakt` ends at 7."""
    found = list(re.finditer(r"\S+", text[: 2 * MAX_NAME]))
    for place, word in enumerate(found[2:], 2):
        plain = _plain(word[0])
        if plain in _NOT_NAMES or plain in _PRONOUNS or (plain not in TRADES and is_function_word(plain_word(plain))):
            return found[place - 1].end()
    return len(text)


def name_in_address(address: str) -> str | None:
    """Return the full name that an address like `first.last@` or `first_m_last@` spells out, or None."""
    parts = [part for part in re.split(r"[._]+", address.partition("@")[0][:64].lower()) if part]
    if not 2 <= len(parts) <= 6 or any(not part.isalpha() and "-" not in part for part in parts):
        return None
    if len(parts) > 4 and not set(parts) & PARTICLES:
        return None
    if len(parts[0]) < 2 or len(parts[-1]) < 3:
        return None
    dot = "." if "." in address.partition("@")[0] else ""
    cased = [
        f"{part.upper()}{dot}" if len(part) == 1 else part if part in PARTICLES else part.title() for part in parts
    ]
    return name_of(" ".join(cased))


def tokens_of(text: str) -> frozenset[str]:
    """Return the words of a name or of an address's local part, lower case, without accents."""
    return frozenset(re.findall(r"[^\W\d_]{2,}", folded(text)))


def is_same_person(name: str, other: str) -> bool:
    """Whether two names share at least two words that are no mere particles, or all words."""
    first, second = tokens_of(name) - PARTICLES, tokens_of(other) - PARTICLES
    return len(first & second) >= 2 or (bool(first) and first == second)


def folded(text: str) -> str:
    """Return text in lower case without accents, ß as ss; umlauts lose their dots."""
    lowered = text.lower().replace("ß", "ss").replace("ø", "o").replace("ł", "l").replace("ı", "i")
    decomposed = unicodedata.normalize("NFKD", lowered)
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def fits_address(name: str, address: str) -> bool:
    """Whether a name and an address's local part share a word, or the part is made of the name's initials."""
    local = address.partition("@")[0]
    squeezed = re.sub(r"[^a-z]", "", folded(local))
    spelled = re.sub(r"[^a-z]", "", folded(local).replace("ue", "u").replace("oe", "o").replace("ae", "a"))
    names = [re.sub(r"[^a-z]", "", part) for part in re.split(r"[\s-]+", folded(name))]
    long = [part for part in names if len(part) > 2]
    if any(part in squeezed or part in spelled for part in long):
        return True
    initials = "".join(part[0] for part in names if part)
    return len(squeezed) >= 2 and squeezed == initials
