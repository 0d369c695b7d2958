"""Companies in running text: by their legal form, by likeness to a domain, or by how somebody speaks of their own.

A name in running text is a run of capitalised words, little words such as "of" and "&" between them.
"""

import re
from collections.abc import Iterator
from itertools import islice

from desktop.understanding.lexicon.company_names import LEGAL, LEGAL_END, likeness, organisation_words
from desktop.understanding.lexicon.function_words import title_strength
from desktop.understanding.lexicon.words import words
from desktop.understanding.signature.scores import person_shape

MAX_PASSAGE = 20_000
MAX_FOUND = 60
SURE = 0.9

_CAP = r"(?:[A-ZÀ-ÞŠŽİŞŁ][\w'’&+-]{0,40}|\d{1,3}[A-Z&][\w&+-]{0,40}|\d{1,4}(?![\w.,-]))"
_LITTLE = r"(?:&|\+|of the|for the|of|de|du|des|del|della|di|van|der|den|am|im|an|zum|zur|for|für|la|le|d['’]|y|e)"
_WORD = rf"(?:[A-ZÀ-Þ][a-z]{{0,2}}\.|{_CAP})"
_NAME = rf"(?!\d{{1,4}}\s){_WORD}(?: (?:{_LITTLE} ){{0,2}}(?:d['’])?{_WORD}){{0,6}}"
_FORMED = re.compile(
    rf"(?<![\w@.])(?P<name>[A-ZÀ-ÞŠŽİŞŁ0-9][\w'’&+-]{{0,40}}(?:[.,]{{0,2}} (?:{_CAP}|{_LITTLE}|and|und|et|ve"
    rf"|San\.|Tic\.)){{0,7}}?,? {LEGAL})(?![\w])"
)
_RUN = re.compile(rf"(?<![\w@./-])(?:[a-z][\w]{{0,30}}[A-Z][\w]{{0,30}}|{_NAME})(?: {LEGAL}(?!\w))?")
_LEAD = re.compile(
    r"^(?:(?:19|20)\d\d|©|Copyright|By|[Tt]he|At|In|On|For|From|With|Dear|Hi|Hello|And|But|As|If|When|We|Our"
    r"|Your|My|This|That"
    r"|These|I|To|By|Of|Is|Are|Re|RE|FW|Fwd"
    r"|Die|Der|Das|Bei|Im|Am|Wir|Unsere?|Ihre?|Le|La|Les|L['’]|Chez|Nous|Notre|Votre|Au|El|Los|Las|Nuestr[oa]"
    r"|En|Il|Lo|Presso|Bij|De|Het"
    r"|Mon|Ma|Mes|Son|Sa|Ses|Mein|Meine[mnrs]?|Dein|Deine|Eure?|Mi|Mis|Su|Sus|Mio|Mia|Mijn|Meu|Minha|Seu|Sua|Min|Mitt?"
    r"|Moj[ae]?|Con|Sin|Para|Por|Avec|Pour|Mit|Für|Von|Vom|Zum|Zur|Per|Met|Voor|Van|Com|Med|Og|Und|Et|Ed|Dla|Od"
    r"|Frau|Fr\.|Herr|Herrn|Hr\.|Mr\.?|Mrs\.?|Ms\.?|Madame|Monsieur|Mme|Señora?|Sra?\.|Sig\.(?:ra)?|Dr\.?|Prof\.?"
    r"|Ing\.?"
    r"|Thank|Thanks|Please|All|Any|Each|Every|Some|What|Since|After|While|Here|Both|Meanwhile|Today|Currently)\s+"
)
_TITLE_LEAD = re.compile(r"(?P<title>[^,]{3,60}),\s+")
_TITLED = re.compile(  # "Jo Field, manager of Acme GmbH"
    r"[^,]{3,60},\s+(?P<title>[^,]{3,60}?)\s(?:of|at|for|with|der|des|von|vom|bei|beim|de"
    r"|du|del|di|della|van|da|do)\s(?:(?:the|la|der|el|il)\s)?"
)
_TAIL = re.compile(r"(?:['’]s?|[.,'’-]+|,? I(?:['’](?:d|m|ve|ll))?)$")
_NO_PART = words(
    "notice document participants participant members tariff board meeting employee employees agreement task report "
    "confirmation contract proposal account user customer customers invoice order renewal demo offer project update "
    "request and newsletter news holiday visit call "
    "january february march april may june july august september october november december monday tuesday wednesday "
    "thursday friday saturday sunday today tomorrow please angebot vertrag rechnung bestellung projekt contrat devis"
)
_NOUNS = (" participants", " members", " tariff", " notice", " employees", " customers")
_PARTNERS = rf"{_CAP}(?:, {_CAP}){{1,4}},? & {_CAP}"  # "Poe, Field & Gale"
_PROPER = rf"(?P<name>(?:[Tt]he )?(?:{_PARTNERS}|[a-z]{{1,20}}[A-Z][\w]{{0,30}}|{_NAME})(?:,? {LEGAL}(?!\w))?)"
_PRECISE = re.compile(
    r"\b(?:[Hh]ere at|[Ii](?: have|['’]ve)? (?:been )?(?:work|working|worked|employed) (?:at|for)"
    r"|us (?:here )?at|our company,?"
    r"|(?:[Mm]y|[Oo]ur) (?:company|firm|business|employer|shop|practice|school)(?:,| is| is called)"
    r"|[Ii](?: work|['’]m working| am working) (?:with|for|under|alongside) [^.,;:!?\n]{2,40}? at"
    r"|[Ii] (?:lead|manage|run|head|oversee|handle|look after|buy|coordinate|teach) [^.,;:!?\n]{2,40}? (?:at|for)"
    r"|[Ii]ch (?:führe|betreibe|leite|besitze)(?: (?:den|die|das))?|[Jj]e (?:dirige|gère|tiens|possède)(?: l[ae])?"
    r"|(?:[Dd]irijo|[Ll]levo|[Rr]egento|[Tt]engo)(?: el| la)?|(?:[Gg]estisco|[Dd]irigo)(?: il| la| lo)?"
    r"|[Ii]k (?:run|leid|bezit)(?: de| het)?|de parte d[eo]l?|in opdracht van"
    r"|[Ii](?: am|['’]m) (?:writing |calling )?(?:from|with)|am now (?:with|at)|[Ii](?: have"
    r"|['’]ve)? (?:just )?(?:founded|own|run)"
    r"|(?:[Mm]y name is|[Tt]his is) [\w' .-]{2,40}?,? (?:from|at|with|of)|(?:hier|wir) bei(?: der)?|unsere Firma,?"
    r"|(?:ici|nous|je suis|travaille) (?:chez|au sein de)|notre (?:société|entreprise),?|(?:trabajo|trabajamos) en"
    r"|nuestra empresa,?|lavoro (?:per|in|da)|la nostra azienda,?|ik werk (?:bij|voor)|wij bij|moved over to"
    r"|[Ii] (?:own|run|have|manage|started|founded) [^.,;\n]{0,40}? called|(?:Firma|Unternehmen|Betrieb|Laden) namens"
    r"|(?:société|entreprise) (?:appelée|nommée)|empresa llamada|azienda chiamata)"
    rf" {_PROPER}"
)
_NOUN = r"(?:(?:la|le|l['’]|les|the|a|der|die|das|dem|el|un|una|il) )?(?:[a-zà-ÿ]{4,15} )?"
_AS = tuple(
    re.compile(rf"\b{begin} (?P<what>[^.,;:!?\n]{{3,50}}?) {end} {_NOUN}{_PROPER}")
    for begin, end in (
        (r"[Ii](?: am|['’]m)(?: the| a| an)?", r"(?:at|for|with|of)"),
        (r"[Ii]ch bin(?: die| der| das)?", r"(?:bei|der|von|im)(?: der)?"),
        (r"[Jj]e suis(?: le| la)?", r"(?:chez|de|du|au sein de)"),
        (r"[Ss]oy(?: el| la)?", r"(?:de|en)"),
        (r"[Ss]ono(?: il| la)?", r"(?:di|presso|della)"),
        (r"[Ii]k ben(?: de| een)?", r"(?:bij|van)"),
        (r"[Ss]ou(?: o| a)?", r"(?:da|do|na|de)"),
    )
)
_LOOSE = re.compile(
    r"\b(?:[Oo]n behalf of|[Ww]e at|[Ww]e(?: trade as| operate as)|[Ii](?: have|['’]ve)? (?:just )?(?:joined"
    r"|started|moved to)"
    r"|[Ww]ir von(?: der)?|[Ww]ij van|[Nn]oi (?:di|della|del)|[Nn]osotros (?:de|en)|[Nn]ós d[ao]"
    r"|[Nn]ous (?:de|chez)"
    r"|im (?:Namen|Auftrag) (?:der|von|des)|ich (?:bin|arbeite) (?:bei|für) (?:der )?|wir, die"
    r"|pour le compte de|au sein de|de la société"
    rf"|en nombre de|per conto d(?:i|el|ello|ella)|namens|somos|siamo|wij zijn) {_PROPER}"
)
_THE = r"(?:(?:the|our|a|an|der|die|das|dem|la|le|el|il|lo|het|de|a|o)\s|l['’])?"
_OF = r"(?:at|for|with|of|from|bei|beim|von|vom|der|chez|de chez|de|du|des|del|en|di|della|da|do|presso|van|bij|z|od)"
_INTRODUCED = re.compile(  # "I am Jo Field from Acme", "soy Jo, gerente de Acme"
    r"\b(?:[Tt]his is|[Mm]y name is|[Ii](?: am|['’]m)|[Ii]ch bin|[Mm]ein Name ist|[Jj]e suis|[Jj]e m['’]appelle"
    r"|[Ss]oy|[Mm]e llamo|[Mm]i nombre es|[Ss]ono|[Mm]i chiamo|[Ii]k ben|[Mm]ijn naam is|[Ss]ou(?: [oa])?|[Cc]hamo-me"
    r"|[Jj]estem)"
    r"\s(?:Dr\.?\s|Frau\s|Herr\s)?[A-ZÀ-ÞŠŽİŞŁ][\w.'’-]{1,20}(?:\s[A-ZÀ-ÞŠŽİŞŁ][\w.'’-]{0,20}){0,2}"
    rf"(?:(?:, | and I am | und bin ){_THE}(?P<what>[^.,;:!?\n]{{3,40}}?))?,?\s{_OF}\s{_THE}{_PROPER}"
)
_HOSTS = re.compile(
    r"\b(?:[Tt]hank you|[Tt]hanks) (?:very much |so much )?for (?:your )?(?:recent )?(?:purchase|order|shopping|booking"
    r"|registering|registration|subscription|subscribing|payment|enrolling|signing up|choosing|using|contacting|joining"
    rf"|visiting|ordering)(?: (?:at|from|with|to|by|through))? {_PROPER}"
    rf"|\b[Ww]elcome to {_PROPER.replace('<name>', '<host>')}(?=[!,.])"
)
_IN_OFFICE = re.compile(
    r"\b[Aa]s (?:the |an? |your )?(?P<what>[^.,;:!?\n]{3,50}?) (?:at|for|with|of) "
    rf"{_PROPER},?\s(?=(?:I|we|my|our)\b)"
)
_OWN = (
    (_PRECISE, 0.66),
    (_INTRODUCED, 0.62),
    (_HOSTS, 0.6),
    (_IN_OFFICE, 0.6),
    *((pattern, 0.62) for pattern in _AS),
    (_LOOSE, 0.48),
)
_WORDS_OF = {_HOSTS: ("hank", "elcome to"), _IN_OFFICE: ("As ", "as ")}
_OF_OTHERS = re.compile(
    r"\b(?:(?:guy|fellow|man|woman|lady|gentleman|person|people|someone|somebody|rep|buyer|lawyer|attorney|contact"
    r"|client|customer|lead|caller|Kollege|Kollegin|Herr|Frau|jemand|contacto|cliente) (?:\w+ )?"
    r"(?:from|at|with|of|von|bei|de|chez)"
    rf"|who (?:runs?|owns?|leads?|heads?|founded|started|manages?|works? (?:for|at|with)))\s+{_PROPER}"
)
_THIRD = re.compile(  # "She is the manager of Acme", "er ist Leiter der Acme"
    r"\b(?:[Hh]e|[Ss]he|[Tt]hey|[Ee]r|[Ss]ie|[Ii]l|[Ee]lle|[Éé]l|[Ee]lla|[Ll]ui|[Ll]ei|[Hh]ij|[Zz]ij|[Ee]le|[Ee]la)"
    r"(?:['’]s|['’]re|\s(?:is|are|was|ist|est|es|è|é))(?: now| jetzt| nun| maintenant| ahora| ora| nu)? "
    rf"{_THE}(?P<what>[^.,;:!?\n]{{3,40}}?) (?:over )?{_OF}\s"
    rf"(?:la société |l['’]entreprise |la empresa |Firma )?{_THE}{_PROPER}"
)
_CALLED = re.compile(
    r"\b(?:[Oo]utfit|[Cc]ompany|[Ff]irm|[Bb]usiness|place|shop|startup|start-up|group|practice|plant|farm|crowd"
    r"|[Ff]irma"
    r"|Unternehmen|Betrieb|Laden|société|entreprise|boîte|empresa|negocio|azienda|ditta|bedrijf|şirket|företag"
    r"|virksomhed)"
    r"\s(?:is |that is |which is |are |heißt |s['’]appelle |se llama |si chiama |heet )?(?:called|named"
    r"|by the name of|known as"
    r"|namens|mit dem Namen|appelée?|nommée?|llamad[oa]|de nombre|chiamat[oa]|di nome|genaamd|o nazwie|chamad[oa]"
    r"|som heter)?"
    rf"\s{_PROPER}"
)
_THEIR = re.compile(
    r"\b(?:[Hh]is|[Hh]er|[Tt]heir|[Ss]eine|[Ii]hre|[Ss]a|[Ss]on|[Ss]u) "
    rf"(?:company|firm|business|shop|employer|[Ff]irma|société|empresa),? (?:is )?{_PROPER}"
)


def formed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield [start, end) of names with a legal form."""
    for match in _bounded(_FORMED, text, start, end):
        low, high = match.span("name")
        if _is_shouted(text, low, high):
            continue
        titled = _TITLED.match(text, low, high)
        if titled and title_strength(titled["title"]) >= 0.6:
            low = titled.end()
        while lead := _LEAD.match(text[low:high]) or _TITLE_LEAD.match(text[low:high]):
            if lead.lastgroup and title_strength(lead["title"]) < 0.5:
                break
            low += lead.end()
        yield low, high
        joined = text.rfind(" and ", low, high)
        if joined > 0:
            yield joined + 5, high


_DOUBTFUL = re.compile(r"(?:^|\s)(?:AS|SE|OG|HB|AB|SA|SL|CV|SCI|AND|NV|LP|CO|EG|KG|AG|ANS|SIA|CLG)$")
_LOUD = 4


def _is_shouted(text: str, low: int, high: int) -> bool:
    """Whether what ends like a legal form is a word within a sentence in capitals: "THESE ARE THE SAME AS …"."""
    name = text[low:high]
    return bool(_DOUBTFUL.search(name)) and name.isupper() and len(name.split()) >= _LOUD


_IN_ADDRESS = re.compile(r"\.(?:[a-z]{2,5}\b|[a-z0-9-]{2,30}\.[a-z]{2,5}\b)|@|/\w|_\w")


def names_like(text: str, start: int, end: int, domain: str) -> Iterator[tuple[int, int]]:
    """Yield [start, end) of the names that are like a domain's label."""
    if not domain:
        return
    for match in _bounded(_RUN, text, start, end):
        low, high = _trimmed(text, *match.span())
        if _IN_ADDRESS.match(text, match.end()):
            continue
        behind_first = text.find(" ", low, high) + 1  # "Does Acme": a verb has its capital at the head of a sentence
        if behind_first and likeness(text[behind_first:high], domain) >= SURE:
            yield behind_first, high
        for reading in _readings(text, low, high):
            first, last = _trimmed(text, *reading)
            name = text[first:last]
            while name.lower().endswith(_NOUNS) and " " in name:  # "Acme Participants"
                name = name.rpartition(" ")[0]
                last = first + len(name)
            if len(name) > 1 and likeness(name, domain) >= 0.6 and not _runs_on(name, domain):
                yield first, last


def _runs_on(name: str, domain: str) -> bool:
    """Whether more than the name was taken: "Acme's Annual Report", "Acme Invoice"."""
    owner = re.match(r"(.+?)['’]s ", name)
    if owner and likeness(owner[1], domain) >= 0.9:
        return True
    return name.rsplit(maxsplit=1)[-1].lower() in _NO_PART


def _may_hold(pattern: re.Pattern[str], text: str, start: int, end: int) -> bool:
    """Whether a pattern can be found at all: it is quicker to look for a word of it."""
    return any(text.find(word, start, end) >= 0 for word in _WORDS_OF[pattern]) if pattern in _WORDS_OF else True


def spoken(text: str, start: int, end: int, surname: str) -> Iterator[tuple[int, int, float]]:
    """Yield [start, end) and a score of what is spoken of as somebody's company.

    With a `surname`, it is the company of the person of that name who is only mentioned; else the writer's own.
    """
    if surname:
        found = _of_others(text, start, end, surname)
    else:
        patterns = [(pattern, score) for pattern, score in _OWN if _may_hold(pattern, text, start, end)]
        found = ((match, score) for pattern, score in patterns for match in _bounded(pattern, text, start, end))
    for match, score in found:
        low, high = match.span("host" if match.re is _HOSTS and match["host"] else "name")
        low = low + 4 if text.startswith("the ", low) else low
        high = _without_tail(text, low, high)
        says_title = not match.groupdict().get("what") or title_strength(match["what"]) >= 0.6
        if high - low > 1 and says_title:
            yield low, high, score


_OPENS = re.compile(
    rf"\s*(?:[^\n,:!]{{1,40}}[,:!]\s+)?{_PROPER}\s(?:(?P<acts>would|wants|wishes|needs|plans|intends|agrees|offers"
    r"|proposes)|is|has|had|will|cannot)\b"
)
_AS_WE = re.compile(r"(?:\b(?:and|that|which|as|but|so)|[.!?;,])\s+(?:[Ww]e|[Oo]ur)\b")
_ANYBODY = words("everyone everybody nobody somebody someone anyone everything nothing management staff who he she")
REACH = 300


def opens_with(text: str, start: int, end: int, domain: str) -> Iterator[tuple[int, int]]:
    """Yield [start, end) of whom a mail begins with and then calls "we": "Acme is about to sign, and we need …".

    Any word is capitalised there: a single one must do what only somebody can, or begin like the address's domain.
    """
    match = _OPENS.match(text, start, min(end, start + REACH))
    if match and _AS_WE.search(text, match.end(), min(end, match.end() + REACH)):
        name = match["name"]
        is_somebody = bool(match["acts"]) and name.lower() not in _ANYBODY
        if " " in name or is_somebody or (domain and name.lower().startswith(domain[:2])):
            low, high = match.span("name")
            yield (low + 4 if text.startswith("the ", low) else low), high


_TIMES = words(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september "
    "october november december today tomorrow montag dienstag mittwoch donnerstag freitag samstag sonntag lundi mardi "
    "mercredi jeudi vendredi lunes martes miércoles jueves viernes"
)
_ALONE = re.compile(_PROPER)
_AT_THEIRS = re.compile(
    r"\s(?:at|of|with|for|from|bei|beim|der|des|von|vom|chez|à|de|du|del|della|di|presso|en|da|do|van|bij|hos|w"
    r"|från|fra)\s"
    rf"(?:the |der |dem |la |l['’]|le |het |de )?{_PROPER}"
)


def named_in(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield [start, end) of the company that a piece beside somebody's name is, or that it ends in: "buyer at Acme"."""
    while end > start and text[end - 1] in " .\t\n":
        if LEGAL_END.search(text[start:end]):
            break
        end -= 1
    titled = [match for match in list(_AT_THEIRS.finditer(text, start, end))[:3] if match.end() == end]
    titled = [match for match in titled if title_strength(text[start : match.start()]) >= 0.6]
    if titled:  # before the whole: in German a title has capitals too
        yield from (match.span("name") for match in titled)
        return
    alone = _ALONE.match(text, start, end)
    if alone and alone.end() == end and text[start:end].split(maxsplit=1)[0].lower() not in _TIMES and end - start > 1:
        yield start, end


_ALONE_THERE = re.compile(rf"(?:(?<=[.!?:])\s+|(?<=\n)[ \t]*){_PROPER}\.?(?=\s*(?:\n|$)|\.\s)")


def stands_alone(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield [start, end) of names that are a sentence or a line by themselves: "They need bottles. Poe Winery."."""
    for match in _bounded(_ALONE_THERE, text, start, end):
        low, high = match.span("name")
        if " " in text[low:high].strip() and text[low:high].split(maxsplit=1)[0].lower() not in _TIMES:
            yield low, _without_tail(text, low, high)


_PLACED = (
    r"(?:from|of|at|with|bei|beim|von|vom|chez|de|du|di|del|della|da|do|van|bij|en|in|för|från|hos|for|w|z|ze|from the"
    r"|runs|owns|has|started|founded|leads|works (?:for|at)|hat|führt|betreibt|besitzt|tient|dirige|gère|possède|tiene"
    r"|lleva|ha|gestisce|heeft|runt|tem|gere|prowadzi|driver|äger|ejer)"
)
_ARTICLE = r"(?:(?:the|an?|der|dem|den|die|das|la|le|les|el|los|las|il|lo|het|de|o|os|as)\s|l['’])?"


_BEHIND = re.compile(
    r"(?:'s|’s)?,?(?: \([^()\n]{1,40}\))?,?\s+(?:[a-zà-ÿ][\w-]* ){0,5}?"
    rf"(?:{_PLACED}\s+{_ARTICLE}|(?:d|dell|dall)['’]){_PROPER}"
)
_FOLLOWING = re.compile(
    r"[^\n]{0,60}?[.!?,]\s+(?i:(?:(?:s?he|er|sie|elle|il|lui|lei|hij|zij)(?:['’]s|\s(?:is|ist|est|è|works?))\s)?"
    rf"(?:from|at|with|von der|von|vom|bei|chez|van|bij|de))\s+{_ARTICLE}{_PROPER}"
)
_OF_WHOLE = re.compile(rf"\s(?:at|bei|beim|chez|presso|bij|hos)\s{_ARTICLE}{_PROPER}")  # "with Legal at Acme"
_WITH = re.compile(r"\b(?:with|mit|avec|con|met|med)\s(?:the\s)?$")
WHOLE_FOLLOWS, MAY_BE_SOMEBODY = 0.3, 0.4
_ABOUT = ((_BEHIND, 0.82), (_FOLLOWING, 0.72))
_THEIRS = ((_OF_OTHERS, 0.74), (_THIRD, 0.74), (_CALLED, 0.74), (_THEIR, 0.7))


def _of_others(text: str, start: int, end: int, surname: str) -> Iterator[tuple[re.Match[str], float]]:
    """Yield what is named behind a surname, then what is spoken of as the company of somebody not named."""
    named = re.compile(rf"\b{re.escape(surname)}\b")
    places = [match.end() for match in islice(named.finditer(text, start, min(end, start + MAX_PASSAGE)), MAX_FOUND)]
    for pattern, score in _ABOUT:
        for place in places:
            match = pattern.match(text, place, end)
            whole = _OF_WHOLE.match(text, match.end(), end) if match else None
            if match:
                name = match["name"]
                is_doubtful = _WITH.search(text, max(place, match.start("name") - 16), match.start("name")) and (
                    person_shape(name) == 1.0 and not organisation_words(name)
                )
                yield match, score - (WHOLE_FOLLOWS if whole else MAY_BE_SOMEBODY if is_doubtful else 0.0)
            if whole:
                yield whole, score
    for pattern, score in _THEIRS:
        yield from ((match, score) for match in _bounded(pattern, text, start, end))


def _bounded(pattern: re.Pattern[str], text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    for number, match in enumerate(pattern.finditer(text, start, min(end, start + MAX_PASSAGE))):
        if number >= MAX_FOUND:
            return
        yield match


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Leave out an opening "The" or "At", a genitive and punctuation at the end."""
    while lead := _LEAD.match(text[start:end]):
        start += lead.end()
    return start, _without_tail(text, start, end)


def _without_tail(text: str, start: int, end: int) -> int:
    tail = _TAIL.search(text[start:end])
    return start + tail.start() if tail and not LEGAL_END.search(text[start:end]) else end


_PIECE_END = re.compile(r"(?:(?<![ .][A-ZÀ-Þ])(?<!^[A-ZÀ-Þ])\.|,|['’]s) ")  # "Arthur E. Poe" is one piece


def _readings(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the whole run, and, where a comma or a full stop divides it, each part."""
    yield start, end
    for space in list(re.finditer(r" ", text[start:end]))[:3]:
        yield start, start + space.start()
    cuts = [match.span() for match in _PIECE_END.finditer(text[start:end])][:4]
    first = start
    for low, high in cuts:
        yield first, start + low
        first = start + high
    if cuts:
        yield first, end
