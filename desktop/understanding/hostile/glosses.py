"""Telling words of other languages, and other words for them, put into the words that the cues are written in.

An order may mix languages word by word ("ajoutez a sentence in Ihrer Antwort"), or speak of an "electronic letter".
Only words that orders to programs are made of are here: what a customer's letter says about goods stays as it is.
"""

import re

_PHRASES = {
    "electronic letter": "email", "electronic mail": "email", "helper program": "assistant", "main part": "body",
    "main text": "body", "put in": "add", "s'il vous plaît": "please", "s’il vous plaît": "please",
    "por favor": "please", "per favore": "please", "fügen sie hinzu": "add", "voeg toe": "add",
    "ignorieren sie": "ignore", "vergessen sie": "forget", "senden sie": "send", "schicken sie": "send",
    "schreiben sie": "write", "antworten sie": "reply", "leiten sie": "forward", "fügen sie": "add",
    "setzen sie": "set", "ändern sie": "change", "löschen sie": "delete", "übersetzen sie": "translate",
    "l'assistant": "to assistant", "l’assistant": "to assistant",
}  # fmt: skip
_MEANINGS = {
    "add": "ajoutez ajouter ajoute añada añade agregue aggiungi aggiungere toevoegen adicione",
    "all": "alle alles toutes tous todas todos tutte tutti",
    "and": "und et",
    "answer": "antwort antworten antwoord réponse réponses respuesta risposta resposta",
    "body": "corps inhalt contenu cuerpo",
    "confirmation": "acknowledgement acknowledgment bestätigung confirmación conferma bevestiging",
    "email": "courriel courriels correo missive",
    "emails": "e-mails",
    "ignore": "ignoriere ignorez ignorer ignora negeer",
    "in": "dans",
    "include": "incluez inclure incluya includi",
    "instructions": "guidance anweisung anweisungen consignes instrucciones istruzioni instructies instruções",
    "letters": "buchstaben lettres",
    "message": "nachricht mensaje messaggio bericht",
    "please": "bitte kindly alstublieft veuillez",
    "previous": "foregoing vorherigen vorherige bisherigen précédentes précédents anteriores previas precedenti vorige",
    "reply": "répondez responda rispondi",
    "send": "sende senden schicke schicken envoyez envoyer envoie envíe envía envie invia invii stuur",
    "sentence": "satz",
    "summarize": "condense abridge digest zusammenfassen résumez resuma riassumi",
    "summary": "zusammenfassung résumé resumen riassunto riepilogo samenvatting resumo",
    "text": "texte texto testo tekst",
    "the": "die der das den dem le la les il el los las het",
    "to": "à",
    "to assistant": "lassistant",
    "translate": "traduisez traduzca traduci vertaal",
    "user": "benutzer nutzer utilisateur usuario utente gebruiker",
    "users": "utilisateurs usuarios utenti gebruikers usuários",
    "with": "mit avec con met com",
    "word": "wort mot palabra parola woord",
    "words": "wörter worte mots palabras parole woorden",
    "write": "schreibe écrivez escriba scrivi schrijf",
    "your": "ihre ihrer ihrem ihren deiner deine votre vos su tu sua tuo seu uw jouw vostra",
}
_GLOSSES = {word: meaning for meaning, found in _MEANINGS.items() for word in found.split()}
TELLING = frozenset(_GLOSSES)
_PATTERNS = {
    phrase: (phrase.split()[0], re.compile(r"(?<!\w)" + r"\s{1,3}".join(map(re.escape, phrase.split())) + r"(?!\w)"))
    for phrase in _PHRASES
}
_WORD = re.compile(r"[^\W\d_]{1,20}(?:-[^\W\d_]{1,20})?")
_TO = re.compile(r"\ban(?=\s[\"']?[bcdfgjklmnpqrstvwxyz])")  # English has "an" before vowels only
LEAST = 2


def glossed(text: str) -> str:
    """Return a text in small letters with the words of other languages in the cues' own; itself where there are few."""
    found = _GLOSSES.keys() & set(_WORD.findall(text))
    phrases = [phrase for phrase, pattern in _PATTERNS.items() if pattern[0] in text and pattern[1].search(text)]
    if len(found) + len(phrases) < LEAST and not phrases:
        return text
    for phrase in phrases:
        text = _PATTERNS[phrase][1].sub(_PHRASES[phrase], text)
    return _WORD.sub(lambda match: _GLOSSES.get(match[0], match[0]), _TO.sub("to", text))
