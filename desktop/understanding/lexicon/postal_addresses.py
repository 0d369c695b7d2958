"""What a line of a postal address looks like: streets, post codes, boxes, floors and countries of many places.

Forms follow the Universal Postal Union's country sheets for the countries named; no list of towns is kept.
"""

import re

_STREET_WORD = (
    r"street|str|st|road|rd|avenue|ave?|boulevard|blvd|drive|dr|lane|ln|way|court|ct|square|sq|plaza|parkway"
    r"|pkwy|highway"
    r"|hwy|place|pl|terrace|quay|row|close|crescent|park|wharf|hill|mews|circle|cir|loop|freeway|fwy|trail|pike"
    r"|turnpike"
    r"|gardens|grove|walk|yard|house|tower|towers|center|centre"
)
_STREET = re.compile(
    rf"(?i)^(?:no\.? ?|# ?)?\d{{1,5}}[a-z]?(?:[-–/]\d{{1,4}}[a-z]?)?,? (?:[nsew]\.? |north |south |east "
    rf"|west )?[^\W\d_][\w.'’-]*"
    rf"(?: [\w.'’#-]+){{0,5}}$|\b(?:{_STREET_WORD})\b\.?(?:,? ?#? ?\d|$)(?<=\d)"
    r"|\w(?:stra(?:ß|ss)e|str\.|gasse|weg|platz|allee|ring|damm|ufer|chaussee|markt|hof|steig|straat|laan|plein"
    r"|gracht|kade"
    r"|gatan|v[äa]gen|gade|vej|gata|veien|katu|tie) \d{1,4}"
    r"|\b(?:stra(?:ß|ss)e|weg|platz|allee|gasse|ring|markt|damm) \d{1,4}"
    r"|\b(?:rue|avenue|av\.|bd|boulevard|place|impasse|chemin|route|quai|all[ée]e|cours|z\.?i\.?|z\.?a\.?c?\.?"
    r"|zone industrielle|parc) "
    r"(?:\w|d['’])|\b(?:calle|c/|avenida|avda?\.|plaza|paseo|carretera|pol[íi]gono|colonia|col\.|rua|travessa"
    r"|largo|pra[çc]a) "
    r"|\b(?:via|viale|piazza|corso|strada|localit[àa]) [A-Z\d]|\b(?:ul|al|os)\. ?[A-ZŁŚŻ]|\b(?:mah|cad|sok"
    r"|bulv)\.|\bcaddesi\b"
    r"|\bmahallesi\b"
)  # fmt: skip
_CODE = re.compile(
    r"\b[A-Z]{2}\.?,? +\d{5}(?:-\d{4})?\b|\b[A-Z][a-z]{3,}\.?,? +\d{5}(?:-\d{4})?$"
    r"|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b"
    r"|(?:^|\s)(?:[A-Z]{1,3}-)?\d{4,5} +[A-ZÄÖÜÉÎŞİŁ][^\W\d_]|^\d{4} ?[A-Z]{2} +[A-Z]|^\d{2}-\d{3} [A-ZŁŚŻ]"
    r"|\b[A-Z]\d[A-Z] ?\d[A-Z]\d\b"
    r"|^\d{4}-\d{3} [A-Z]|^\d{3} \d{2} [A-ZÄÖÅŠČŽ]|\b[A-Z]{2,3} \d{4}$|^\d{5}(?:-\d{4})?$"
    r"|[A-Z][a-z]+[ -]\d{6}\b|\bC\.?P\.? ?\d{5}"
)
_BOX = re.compile(
    r"(?i)\b(?:p\.? ?o\.? ?box|post office box|postfach|postbus|apartado|casella postale|bp \d|skr\. poczt)\b"
)
_INSIDE = re.compile(
    r"(?i)\b(?:suite|ste|floor|flr?|room|rm|unit|building|bldg|level|apt|tower|block|[ée]tage|stock|og|plant"
    r"|mail ?stop|ms|kat)\b"
    r"\.?,? ?#?\d|\b\d{1,3}(?:st|nd|rd|th|e|er|ème|\.)? (?:floor|[ée]tage|stock|og|kat|piano|piso|planta)\b"
    r"|\bsuite [a-z0-9]{1,6}\b"
)  # fmt: skip
_COUNTRY = re.compile(
    r"(?i)(?:usa?|u\.s\.a?\.?|united states(?: of america)?|uk|u\.k\.|united kingdom|great britain|england"
    r"|scotland|wales"
    r"|(?:northern )?ireland|éire|germany|deutschland|austria|österreich|switzerland|schweiz|suisse|svizzera"
    r"|france|spain|españa"
    r"|italy|italia|portugal|netherlands|the netherlands|nederland|belgium|belgique|belgië|luxembourg|denmark"
    r"|danmark|norway|norge"
    r"|sweden|sverige|finland|suomi|poland|polska|czech republic|česká republika|hungary|magyarország|turkey"
    r"|türkiye|greece|israel"
    r"|canada|australia|new zealand|india|china|hong kong|japan|singapore|malaysia|philippines|indonesia"
    r"|thailand|korea|taiwan"
    r"|south africa|kenya|nigeria|ghana|egypt|uae|brazil|brasil|mexico|méxico|argentina|chile|colombia|perú"
    r"|peru|nepal)\.?"
)  # fmt: skip
_REGION = re.compile(
    r"(?i)(?:(?:north|south|east|west|central|northern|southern|eastern|western|mid)[ -]?(?:east|west"
    r"|ern)? ?(?:\w+)?|emea|apac"
    r"|latam|dach|americas|europe|asia(?:[ -]pacific)?|africa|benelux|nordics?|iberia|worldwide|global|"
    r"(?:region|gebiet|zone|secteur|bezirk) .{2,30}|(?:nord|süd|sud|ost|est|ouest|norte|sur)(?:[ -]\w+)?)"
)
_CODE_OF_OFFICE = re.compile(r"[A-Z]{1,4}[ -]?\d{1,5}(?:-?\d{0,5}[A-Za-z]{0,2})?|X\d{4,6}")
_STATES = (
    r"(?:A[LKZR]|C[AOT]|D[EC]|FL|GA|HI|I[DLNA]|K[SY]|LA|M[EDAINSOT]|N[EVHJMYCD]|O[HKR]|PA|RI|S[CD]|T[NX]|UT"
    r"|V[TA]|W[AVIY]"
    r"|AB|BC|MB|NB|NL|NS|ON|PE|QC|SK|NSW|VIC|QLD|TAS|ACT)\.?"
)
_STATE = re.compile(_STATES)
_TOWN = re.compile(rf"[A-Z][a-z]+(?: [A-Z][a-z]+){{0,2}},? {_STATES}")


def address_strength(text: str) -> float:
    """Return 0 to 1: how much a piece of text looks like a part of a postal address."""
    if _STREET.search(text) or _BOX.search(text):
        return 0.9
    if _CODE.search(text):
        return 0.85
    if _INSIDE.search(text) or _TOWN.fullmatch(text):
        return 0.75
    if _COUNTRY.fullmatch(text):
        return 0.4
    if _STATE.fullmatch(text):
        return 0.3
    return 0.25 if is_office_code(text) else 0.0


def has_post_code(text: str) -> bool:
    """Whether a line holds a post code with its town or state."""
    return bool(_CODE.search(text.strip()))


def is_office_code(text: str) -> bool:
    """Whether a text is a room or building code such as "EB 3801a"."""
    return bool(_CODE_OF_OFFICE.fullmatch(text))


def names_region(text: str) -> bool:
    """Whether a text is a sales region or a country, as titles end in: "Northern Ireland", "EMEA"."""
    return bool(_REGION.fullmatch(text) or _COUNTRY.fullmatch(text))
