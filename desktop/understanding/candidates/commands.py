"""How commands look: verbs that open a sentence, in English by list, elsewhere mostly by their form.

German puts "Sie" behind a verb in -en, French ends it in -ez, Italian in -ate, -ete or -ite: no list of phrases is as
long as that. Patterns meet folded text.
"""

from functools import cache
from re import Pattern

from desktop.understanding.lexicon.cues import compiled

_VERBS = (
    r"send|e-?mail|forward|call|contact|confirm|advise|let|tell|give|provide|return|sign|execute|review|check|find"
    r"|arrange|schedule|amend|revise|complete|fill|submit|reply|respond|get|make|take|put|add|remove|bring|deliver"
    r"|collect|cancel|replace|fix|resolve|explain|include|attach|share|pay|buy|join|attend|accept|propose|consider"
    r"|keep|ask|speak|talk|prepare|proceed|distribute|phone|answer|update|ensure|enter|download|upload|remit|settle"
    r"|dispatch|expedite|depute|assign|investigate|escalate|circulate|clarify|correct|delete|rework|redo|reserve"
    r"|introduce|invite|mention|enrol|enroll|rsvp|ping|hit|drop|leave|post|hold|rate|wire|quote|acknowledge|notify"
    r"|use|ignore|disregard|apply|transfer|assume|allocate|install|sell|write|meet|move|try|wait|switch|turn|go to"
    r"|inform|verify|obtain|supply|scan|chase|plan to|go ahead|double-check|finali[sz]e|close out|follow up|set up"
)
_NOUNS_TOO = (
    r"mail|ring|look|book|change|ship|pick|issue|refund|credit|quote|order|help|release|stop|print|register|visit"
    r"|process|fax|copy|bill|charge|route|note down|test|schedule|handle|courier|overnight|read|watch|run|work"
)
_OBJECT = (
    r"(?:me|us|him|her|them|the|a|an|your|my|our|this|that|these|those|it|all|any|back|to|up|out|what|when|if|\d+)"
)
_ENGLISH = (
    r"^(?:(?:do|just|then|also|always|simply|so|and|but|otherwise|instead),?\s+"
    r"|(?:if|when|once|after|before) [^,]{3,120}, )?"
    rf"(?:(?:{_VERBS}) (?!(?:of|is|are|was|from|in|for|has|have|will)\b)\w"
    rf"|(?:{_NOUNS_TOO}) {_OBJECT}\b(?! (?:was|were|is|are|has|had|will)\b))"
)
_URGED = r"^(?:please )?do (?!you|we|they|i|not|the|these|those|your|our|any|it|as|so|feel|hesitate)\w+ "
_BY_LANGUAGE = {
    "de": r"^(?:dann |also |und )?(?:(?!(?:haben|hätten|sind|werden|würden|wären|wissen|wollen|sollten|gestatten"
    r"|erlauben|verzeihen|entschuldigen|kennen|suchen|möchten|benötigen|brauchen|planen|nutzen|können|dürfen|seien) )"
    r"\w+en sie (?!nicht\b)|(?:bring|schick|ruf|sag|denk|schau|nimm|gib|mach|komm|frag|prüf|stell|bestell|schreib"
    r"|lass|halt|trag|leit|hol|klär)(?:e|t)? (?:bitte |mal |doch |ihm |ihr |mir |uns )?(?:das|die|den|dem|der|ein\w*|an"
    r"|dir|es|noch|mich|ihn|ihm|ihr|sie|mir|uns|am|morgen|heute|bescheid)\b)",
    "fr": r"^(?:(?:alors|donc|puis|sinon|et),? |(?:si|quand|dès que|pour) [^,]{3,120}, )?"
    r"(?:(?!(?:avez|vous|chez|assez|rendez|souhaitez|voulez|pouvez|aviez|savez|connaissez|auriez|pourriez|seriez)\b)"
    r"\w+ez(?:-\w+)? |(?:envoie|appelle|rappelle|regarde|passe|apporte|prends|fais|dis|viens|prépare|réponds|donne|mets"
    r"|prévois|pense à)(?:-\w+)? (?:le|la|les|un|une|des|du|à|ton|ta|tes|mes|nos|ça|au|stp)\b)",
    "es": r"^(?:y |pues |si no )?(?:env[ií]|mand|ll[aá]m|conf[ií]rm|ind[ií]qu|rev[ií]s|respond|contact|escr[ií]b|p[ií]d"
    r"|reserv|inscr[ií]b|solic[ií]t|compr[uú]?[eé]?b|devu[eé]lv|firm|pag|aprovech|reg[ií]str|visit|descarg|cambi"
    r"|actual[ií][cz]|anul|cancel|tra[ií]g|prep[aá]r|ofr[eé]c|haz|ven)(?:a|e|en|ad|ed|id|d)?"
    r"(?:me|nos|se|te|lo|la|le|les){0,3}\b",
    "it": r"^(?:(?:e|poi|allora) |(?:se|quando|appena) [^,]{3,120}, )?(?:\w{3,}(?:ate|ete|ite)(?:mi|ci|lo|la|li|le"
    r"|ne)? |(?:porta|manda|chiama|scrivi|senti|guarda|prendi|ricorda|passa|controlla|prepara|rispondi|avvisa"
    r"|contatta|invia)(?:mi|ci|lo|la|li|le|gli)? )",
    "nl": r"^(?:en |dan |maar )?(?:stuur|bel|mail|laat|geef|bevestig|neem|zorg|kijk|check|vul|meld|reserveer|schrijf"
    r"|kom|breng|haal|maak|onderteken|betaal|vraag|regel|plan|pas|lees|controleer|reageer|antwoord|bestel)t? ",
}

IN_CLAUSE = compiled(rf"(?:^|[,;:–—-] )(?:and |so |then |just |or )?(?:{_VERBS}|{_NOUNS_TOO})(?!\w)")
"""A verb of doing that opens the sentence or a part of it."""

CONCRETE = compiled(rf"\W*(?:\w+ )?(?:{_VERBS}|{_NOUNS_TOO})(?!\w)")
"""A verb of doing right here, perhaps behind one word."""


@cache
def commands_in(language: str) -> tuple[Pattern[str], ...]:
    """Return what opens a command in a mail of `language`; the English forms come first."""
    own = _BY_LANGUAGE.get(language)
    return tuple(compiled(form) for form in (_ENGLISH, _URGED, own) if form)
