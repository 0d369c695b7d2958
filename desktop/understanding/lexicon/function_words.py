"""Which words name a job ("Einkaufsleiter", "Chief Pharmacist") and which an area of work ("Treasury", "achats").

The lists are written without accents and with plain a, o, u for umlauts however they were spelled, see `plain_word`.
Plurals are left out on purpose: "Consultants" and "Partners" stand in companies' names.
"""

import re
import unicodedata

from desktop.understanding.lexicon import job_words
from desktop.understanding.lexicon.words import words

MAX_WORDS = 14

_UNITS = words(
    "department dept division desk team office unit section branch faculty school centre center bureau abteilung "
    "bereich referat service direction departamento area reparto ufficio afdeling avdelning avdeling osasto "
    "dzial bolumu "
    "secretariat secretariaat sekretariat sekretariatet helpdesk hotline reception zentrale dezernat fachbereich "
    "stabsstelle sachgebiet dienststelle geschaftsstelle equipe equipo pole secretaria segreteria oficina settore "
    "servizio direzione setor secao departament serviciul biroul dienst enhet divisjon yksikko tiimi oddeleni "
    "oddelenie odbor osztaly csoport biuro wydzial sekcja birimi departmani subesi mudurlugu отдел департамент служба "
    "відділ τμημα"
)
_MODIFIERS = words(
    "senior sr junior jr deputy vice assistant associate regional global group lead principal executive managing "
    "general interim acting chief head national international area district technical commercial administrative "
    "legislative legal first second financial non-executive independent chartered certified registered licensed "
    "freelance consulting staff former outgoing incoming corporate divisional territory "
    "stellvertretende stellvertretender stv stellv leitende leitender kaufmannischer kaufmannische technischer "
    "technische geschaftsfuhrend hauptamtlicher ehrenamtlicher ehrenamtliche erster erste zweiter zweite freier freie "
    "adjoint adjointe general generale delegue grand grands premier premiere "
    "adjunto adjunta nacional ejecutivo ejecutiva regional mayor delegado delegato delegata unico unica geral "
    "glowny glowna starszy starsza mlodszy mlodsza genel kidemli bas hlavni hlavny vedouci fo "
    "генеральный главный старший ведущий исполнительный коммерческий технический финансовый γενικος γενικη"
)
_HEAD_OF = re.compile(
    r"(?i)^(?:(?:deputy |interim |acting |co-)?head of|hd of|vp,? |vice president|chief|leiter(?:in)?\b|leitung\b"
    r"|ltg\.|resp\.|"
    r"respons[aá](?:ble|bile|vel)\b|directeur|directrice|director[a]? de|jef[ae]\b|jefatura de"
    r"|(?:ph\.? ?d\.?|mba|doctoral|graduate|master['’]?s?) (?:candidate|student)$"
    r"|ma[iî]tre(?:sse)? d|charg[ée]e?(?:\(e\))? d|chef(?:fe)? d"
    r"|chefe de|encarregad[oa] d|encargad[oa] d|addett[oa] a|capo\b|hoofd\b|kierownik|dyrektor|vedouc[íi]|ansvarlig for"
    r"|ansvarig för|in charge of|member of|mitglied de[rs]|membre d|miembro de|membro d|członek|m\. ?d\.$)"
)
_GERMAN_ENDS = (
    "leiter leitung referent berater ingenieur assistent assistenz techniker meister koordinator entwickler einkaufer "
    "verkaufer spezialist arzt vertreter fuhrer sachbearbeiter beauftragter beauftragte verantwortlicher "
    "verantwortliche manager direktor prasident anwalt kaufmann kauffrau buchhalter sekretar mitarbeiter verwalter "
    "disponent betreuer planer pfleger warter vorstand vorsitzende vorsitzender inhaber chef fachkraft lehrkraft "
    "burokraft schreibkraft obmann obfrau kassenwart hauswart redakteur lektor betriebswirt fachwirt landwirt gastwirt "
    "monteur handler elektroniker informatiker mechaniker mechatroniker arbeiter beamter beamte trainer architekt "
    "analyst sprecher pachter besitzer eigentumer grunder psychologe therapeut konstrukteur designer lehrer prufer "
    "dozent gartner zeichner rechner schreinermeister gehilfe rezeptionist beirat"
)
_OTHER_ENDS = (
    "directeur adviseur medewerker medewerkster leider leidster inkoper verkoper beheerder coordinator consultant "
    "engineer eigenaar eigenares bestuurder vertegenwoordiger meester kundige "
    "chefen leder lederen ledare ledaren sjef ansvarig ansvarlig ingenjor ingenior saljare salger inkopare innkjoper "
    "indkober konsult konsulent radgiver radgivare mester mastare ejer agare formand medarbejder medarbetare montor "
    "forer handlaggare samordnare direktoren "
    "paallikko johtaja asiantuntija insinoori hoitaja vastaava mestari suunnittelija sihteeri yrittaja ohjaaja "
    "vezeto igazgato mernok szakerto kepviselo konyvelo "
    "specialist developer programmer"
)
_COMPOUND = re.compile(
    rf"\w{{2,}}(?:(?:{'|'.join(_GERMAN_ENDS.split())})(?:in)?|{'|'.join(_OTHER_ENDS.split())})|hoofd\w{{4,}}(?:er|eur)"
)
_WORD = re.compile(r"[^\W\d_][^\W\d_'’-]*(?:[-'’][^\W\d_]+)*")
_LITTLE = words("of for the and und et y e i de des du der die das la le les in im am on to von fur a en & bei au aux")


def without_accents(text: str) -> str:
    """Return text in lower case without accents, ß as ss; umlauts lose their dots."""
    if text.isascii():
        return text.lower()
    lowered = text.replace("İ", "i").lower()
    for char, plain in (("ß", "ss"), ("ø", "o"), ("ł", "l"), ("ı", "i"), ("æ", "ae"), ("đ", "d")):
        lowered = lowered.replace(char, plain)
    return "".join(char for char in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(char))


def plain_word(word: str) -> str:
    """Return a word as the lists hold it: no accents, ae, oe and ue as a, o and u."""
    return without_accents(word).replace("ae", "a").replace("oe", "o").replace("ue", "u")


def _plain_words(*lists: str) -> frozenset[str]:
    return frozenset(plain_word(word) for text in lists for word in words(text))


_HEADS = _plain_words(
    job_words.ENGLISH, job_words.GERMAN, job_words.FRENCH, job_words.SOUTH, job_words.NORTH, job_words.EAST
)
_AREA_WORDS = _plain_words(job_words.AREAS)
_UNIT_WORDS = frozenset(plain_word(word) for word in _UNITS)
_MODIFIER_WORDS = frozenset(plain_word(word) for word in _MODIFIERS)
_OF_WHOM = re.compile(r"(?i)\s*\S{2,20}\s(?:of|for|to|de|du|des|der|del|della|van)\s")
_LOOSE = _plain_words(
    "lead leader partner fellow chair executive associate assistant deputy agent host captain principal commercial "
    "service cadre charge capo chef meister doctor captain minister judge driver builder baker farmer fitter leitung "
    "operator coach producer editor director head chief owner md gm gf dg vet ortak sef admin rep expert experte "
    "agente mestari usta mistrz mistr primario patron rector regent delegate trustee porter exec dp maestro "
    "maestra obrero "
    "operario conductor conductora funcionario perito tecnico commercial comercial commerciale referente socio associe"
)


def tokens(text: str) -> list[str]:
    """Return the words of `text` as the lists hold them."""
    return [plain_word(word) for word in _WORD.findall(text)]


_EASTERN = (
    "部長 課長 係長 社長 専務 常務 取締役 主任 マネージャー マネジャー 担当 担当者 リーダー 代表 所長 室長 次長 "
    "店長 工場長 会長 顧問 支店長 经理 經理 总监 總監 主管 董事长 董事 厂长 工程师 工程師 助理 "
    "부장 과장 대리 사장 이사 팀장 차장 실장 대표 대표이사 매니저 주임 사원"
)
_EASTERN_END = re.compile(rf".{{0,12}}(?:{'|'.join(without_accents(word) for word in _EASTERN.split())})")


def is_function_word(word: str) -> bool:
    """Whether one word, as `plain_word` returns it, names a job by itself."""
    if word in _HEADS or _COMPOUND.fullmatch(word) or any(part in _HEADS for part in word.split("-") if len(part) > 3):
        return True
    if word.isascii():  # German names women's jobs by an ending, Polish says what somebody is with one
        is_female = word.endswith("in") and len(word) > 6 and word[:-2] in _HEADS
        return is_female or (word.endswith("em") and len(word) > 7 and not _HEADS.isdisjoint((word[:-2], word[:-3])))
    return bool(_EASTERN_END.fullmatch(word))


def is_work_word(word: str, *, is_job: bool = False) -> bool:
    """Whether one word, as `plain_word` returns it, names a job or, unless `is_job`, an area, a unit or a rank."""
    is_other = word in _AREA_WORDS or word in _UNIT_WORDS or word in _MODIFIER_WORDS
    return is_function_word(word) or (is_other and not is_job)


def title_strength(text: str) -> float:
    """Return 0 to 1: how much a piece of text reads like a job title."""
    found = tokens(text)
    if not found or len(found) > MAX_WORDS:
        return 0.0
    heads = [place for place, word in enumerate(found) if is_function_word(word)]
    if not heads and not _HEAD_OF.search(text):
        return 0.0
    if not heads:
        return 0.6
    others = [word for place, word in enumerate(found) if place not in heads and word not in _LITTLE]
    known = sum(1 for word in others if word in _AREA_WORDS or word in _MODIFIER_WORDS or word in _UNIT_WORDS)
    share = known / len(others) if others else 1.0
    only_loose = all(found[place] in _LOOSE for place in heads)
    if found[0] in _UNIT_WORDS and _OF_WHOM.match(text):
        return 0.3
    is_of_unit = found[0] in _UNIT_WORDS and heads[0] == 1  # "Section Chief, Equipment Section"
    at_edge = is_of_unit or heads[0] == 0 or heads[-1] == len(found) - 1 or bool(_HEAD_OF.search(text))
    strength = 0.75 if at_edge else 0.3 if found[0] in _UNIT_WORDS else 0.55
    strength += 0.25 * share
    if only_loose and len(found) > 1 and share < 1 and not _HEAD_OF.search(text):
        strength -= 0.2
    return max(0.0, min(1.0, strength - 0.03 * max(0, len(found) - 6)))


def area_strength(text: str) -> float:
    """Return 0 to 1: how much a piece of text names an area of work or a part of an organisation."""
    found = [word for word in tokens(text) if word not in _LITTLE]
    if not found or len(found) > 7:
        return 0.0
    known = sum(1 for word in found if word in _AREA_WORDS or word in _UNIT_WORDS)
    has_unit = any(word in _UNIT_WORDS for word in (found[0], found[-1]))
    return min(1.0, 0.8 * known / len(found) + (0.3 if has_unit else 0.0))


def names_unit(text: str) -> bool:
    """Whether a piece of text says that it is a part of an organisation: "Legal Department", "Abteilung Einkauf"."""
    found = tokens(text)
    return bool(found) and (found[0] in _UNIT_WORDS or found[-1] in _UNIT_WORDS)
