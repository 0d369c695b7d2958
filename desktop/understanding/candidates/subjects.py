"""A subject line without what mail programs and ticket systems put before it, and whether it says anything."""

import re

from desktop.understanding.lexicon.words import phrases, words

_PREFIX = re.compile(
    r"(?i)\s*(?:(?:re|aw|fwd?|wg|tr|sv|vs|vb|antw|antwort|doorst|rv|enc|res|ynt|ilt|odp|pd|rif|r|i|bls"
    r"|ref)\s?(?:\[\d{1,3}\])?\s?:"
    r"|(?:automatic reply|auto(?:matic)?[ -]?(?:reply|response)|out of office|automatiskt svar|automatische antwort"
    r"|abwesenheitsnotiz|abwesenheit|réponse automatique|respuesta automática|risposta automatica|automatisch antwoord"
    r"|updated(?: invitation)?|invitation|einladung|accepted|declined|tentative|cancell?ed|geändert|zugesagt|abgesagt"
    r"|reminder|erinnerung|rappel)\s?:"
    r"|\[[^\]\n]{1,40}\](?=\s*\S)|\((?:ticket|case|ref)[^)\n]{1,40}\)"
    r"|(?:ticket|case|request|ref|incident|vorgang|anfrage)\s?(?:id|nr|no)?[.:]?\s?#?\s?[A-Z]{0,6}-?\d{2,12}\s?[:\])-]"
    r"|[#!*\s:–—-])"
)
_SUFFIX = re.compile(r"(?i)(?:\s*(?:\[[^\]\n]{1,40}\]|\(fwd\)|[!?.:–—*-]|-- ?asap))$")
_GENERIC = words(
    "hello hi hey dear hallo bonjour hola ciao salut question questions frage fragen pregunta domanda query inquiry "
    "enquiry anfrage request demande solicitud richiesta information info informationen informations información "
    "follow following up followup nachfassen relance seguimiento meeting treffen réunion reunión call telefonat appel "
    "rendez-vous termin intro introduction vorstellung contact kontakt contacto contatto new neu nouveau nueva "
    "submission form formular formulaire sales message nachricht mensaje confidential vertraulich urgent dringend "
    "important wichtig update news thanks thank you danke merci gracias grazie quick short kurze note help hilfe aide "
    "fyi asap please bitte hope checking touching base re fw fwd lunch coffee document documents attached attachment "
    "your our my ihre unsere votre notre from von de for für pour to an à the a an of und and et on in zu zur zum über "
    "about regarding wegen concernant eine ein der die das le la les un une with mit avec no subject kein betreff more "
    "just one some this that next today tomorrow yesterday morning week it is we i me us again vs per en possible "
    "weekly privileged attorney client communication communications work product draft still open while were out "
    "voice mail voicemail missed phone telefon telephone note notiz nota notu telefonnotiz notitie rückruf zurückrufen "
    "anrufen rappeler rappel appeler chiamare richiamare bellen terugbellen llamar devolver ligar aranacak tip tipp "
    "consiglio unacceptable inadmissible inacceptable inakzeptabel unglaublich inaceptable inaccettabile someone "
    "somebody jemand quelqu'un alguien qualcuno iemand should talk speak people you're friend freund bekannter copain "
    "ami amie amigo amiga amico amica vriend kurz schnell court rapide rápido veloce snel goodbye bye farewell staying "
    "dry nog steeds benieuwd "
    "reply replies response answer antwort réponse respuesta risposta antwoord test testing word heard hear any "
    "anything two three four few couple client clients customer customers kunde kundin kunden cliente clientes "
    "clienti klant klanten klient klientka müşteri pessoa alguém osoba biri birini size lead leads visitor visitors "
    "offline conversation page seite página pagina site website webseite web chat form formulaire contactformulier "
    "forgot forgotten forget vergessen oublié oubliés olvidado dimenticato dimenticati vergeten glömt esquecido "
    "waiting see seeing seen met meeting you'll we'll i'll here there back what why when where who whom which hope "
    "hopefully sorry apologies entschuldigung désolé perdón scusa chatting talked talking spoke conversación "
    "gespräch good great nice best bit lot thing things matter matters item items point points stuff"
)
MATTERS = words(
    "meeting meetings lunch dinner breakfast coffee visit treffen termin mittagessen besuch réunion rendez-vous "
    "rdv déjeuner visite reunión cita comida visita almuerzo riunione incontro appuntamento pranzo afspraak "
    "vergadering bezoek reunião encontro spotkanie toplantı randevu möte møde møte"
)
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_INTRODUCTION = re.compile(r"(?i)^(?:(?:e-?mail )?intro\w*|vorstellung|meet|connecting)\b|<>|<->|↔")
_LEGAL = phrases(r"\b(?:inc|llc|ltd|plc|corp|co|gmbh|ag|s\.?a\.?(?:s|r\.?l)?|b\.?v|company|corporation|limited)\b\.?")


def core_of(subject: str) -> tuple[int, int]:
    """Return [start, end) of the subject without reply marks, ticket numbers and marks at its ends."""
    start, end = 0, min(len(subject), 300)
    for _ in range(12):
        match = _PREFIX.match(subject, start, end)
        if not match or match.end() == start:
            break
        start = match.end()
    for _ in range(8):
        found = _SUFFIX.search(subject, max(start, end - 45), end)
        if not found:
            break
        end = found.start()
    return start, max(start, end)


def telling_words(text: str, names: frozenset[str]) -> tuple[str, ...]:
    """Return, in lower case, the words of a subject that say something: no greeting, no stock word, nobody's name."""
    found = (match[0].lower() for match in _WORD.finditer(text))
    return tuple(word for word in found if len(word) > 2 and not (_is_dull(word, names) or _is_dull_pair(word, names)))


def names_a_meeting(text: str) -> bool:
    """Whether a subject says at least that people are to meet: "Meeting next week", "Lunch on the 6th"."""
    return any(match[0].lower() in MATTERS for match in _WORD.finditer(text))


def _is_dull(word: str, names: frozenset[str]) -> bool:
    return word in _GENERIC or word in names


def _is_dull_pair(word: str, names: frozenset[str]) -> bool:
    parts = word.split("-")
    return len(parts) > 1 and all(_is_dull(part, names) for part in parts)


def is_only_a_name(text: str) -> bool:
    """Whether a subject names people or an organisation and nothing else: "Intro: Ann <> Bob", "NWT", "Acme Inc"."""
    if _INTRODUCTION.search(text) and len(text.split()) <= 7:
        return True
    found = _WORD.findall(text)
    if not found or any(char.isdigit() for char in text):
        return False
    has_form = bool(_LEGAL.search(text))
    is_acronym = len(found) == 1 and found[0].isupper() and 2 <= len(found[0]) <= 8
    return is_acronym or (has_form and all(word[0].isupper() or len(word) <= 3 for word in found[:4]))
