"""What a company's name looks like, and how well it fits the domain of an address.

Legal forms follow the usual abbreviations of each country's commercial register; the words that organisations call
themselves by (bank, clinic, university, …) are common nouns of the larger European languages.
"""

import re
from functools import lru_cache

from desktop.understanding.lexicon.function_words import plain_word, tokens, without_accents
from desktop.understanding.lexicon.words import words

LEGAL = (
    r"(?:(?:GmbH|Gmbh|GMBH)(?: ?(?:&|u\.|und) ?Co\.? ?(?:KGaA|KG|OHG))?|gGmbH|mbH(?: ?& ?Co\.? ?KG)?"
    r"|(?:Ges\.? ?m\. ?b\. ?H\.?|Gesmbh|GesmbH)(?: ?& ?Co\.? ?KG)?|AG(?: ?& ?Co\.? ?KG(?:aA)?)?"
    r"|SE(?: ?& ?Co\.? ?KG(?:aA)?)?|KGaA|KG|OHG|OG|e\.? ?U\.|eU|e\.? ?K(?:fr|fm)?\."
    r"|UG(?: \(haftungsbeschränkt\))?|gUG"
    r"|GbR|eGbR|GesbR|eG|e\. ?G\.|e\. ?V\.|eGen|PartG(?:mbB| mbB)?|PartGmbB|AöR|KdöR|Genossenschaft"
    r"|\(Pty\.?\) Ltd\.?|Pty\.? ?(?:Ltd\.?|Limited)"
    r"|(?:Pvt|PVT|Pte|PTE|Private|PRIVATE)\.? ?(?:Ltd\.?|LTD\.?|Limited|LIMITED)"
    r"|Co\.?,? ?(?:Ltd\.?|LTD\.?|Limited)|CO\.?,? ?LTD\.?|Ltd\. ?Şti\.|LTD\. ?ŞTİ\.|Ltd\.?|LTD\.?|Limited|LIMITED"
    r"|Ltée"
    r"|PLLC|P\.L\.L\.C\.|LLC|L\.L\.C\.|LLP|L\.L\.P\.|Inc\.?|INC\.?|Incorporated|Corp\.?|CORP\.?|Corporation"
    r"|CORPORATION"
    r"|plc|PLC|Plc|Co\.|CO\.|Company|Cie\.?|L\.P\.|LP|DAC|CIC|CLG|P\.C\.|P\.A\.|N\.A\."
    r"|S\.A\.(?:P\.I\.|B\.)? de C\.V\.|SA de CV|SASU|SAS|S\.A\.S\.?(?: de C\.V\.)?|SARL|Sarl|S\.A\.R\.L\.?|Sàrl"
    r"|S\.à ?r\.l\."
    r"|SA|S\.A\.|SNC|EURL|EARL|GAEC|SCEA|SELARL|SCOP|SCIC|SCI|SCP|SCA|ASBL|GIE|SPRL|SCRL|SRL|S\.R\.L\.?"
    r"|E\.I\.R\.L\.|EIRL"
    r"|S\.? de R\.L\.(?: de C\.V\.)?|S\.L\.(?:U\.?|L\.?|P\.?)?|SLU|SLL|SLP|SL|S\.A\.U\.|SAU"
    r"|S\. ?Coop\.(?: And\.| Mad\.)?|C\.B\."
    r"|(?:Unipessoal,? )?(?:Lda\.?|LDA\.?)|LTDA\.?|Ltda\.?|S/A|EIRELI|EPP"
    r"|B\.V\.|BV|N\.V\.|NV|VOF|v\.o\.f\.|V\.O\.F\.|V\.o\.f\.|CV|C\.V\.|BVBA|b\.v\.|u\.a\.|U\.A\.|Maatschap"
    r"|Oyj?(?: Ab)?|Tmi|AB(?: \(publ\))?|HB|A/S|ApS|APS|I/S|K/S|AS|ASA|ANS|SA/NV|ehf\.?|hf\.?|OÜ|SIA|UAB"
    r"|S\.p\.A\.?|S\.P\.A\.?|SpA|SPA|S\.r\.l\.s?\.?|S\.R\.L\.S\.?|Srls?|S\.n\.c\.|Snc|S\.N\.C\.|S\.a\.s\.|Sas|S\.s\."
    r"|(?:Soc|SOC)\. ?(?:Agr|AGR|Coop|COOP|Cons|CONS)\.?(?: a r\.l\.)?|Società (?:Agricola|Cooperativa)"
    r"|S\.c\.(?:a ?)?r\.l\.|Scarl"
    r"|Sp\. ?z ?o\. ?o\.(?: ?Sp\. ?k\.)?|sp\. ?z ?o\. ?o\.|SP\. ?Z ?O\. ?O\.|[Ss]p\. ?[jk]\.|S\.C\.|s\.c\."
    r"|A\.Ş\.|AŞ|A\.S\.|s\. ?r\. ?o\.|S\.R\.O\.|spol\. s r\. ?o\.|a\. ?s\.|v\. ?o\. ?s\.|z\. ?s\."
    r"|d\. ?o\. ?o\.|D\.O\.O\.|d\. ?d\.|Kft\.?|Zrt\.?|Nyrt\.?|Bt\.|EOOD|OOD|ЕООД|ООД|ООО|ЗАО|ОАО|ТОВ|ΑΕ|ΕΠΕ"
    r"|A\.E\.|E\.P\.E\."
    r"|K\.K\.|株式会社|有限会社|有限公司|주식회사"
    r"|Sdn\.? Bhd\.?|Bhd\.?|Berhad|Tbk\.?|JSC|PJSC|W\.L\.L\.|WLL|FZE|FZCO|FZ-LLC)"
)  # fmt: skip
_LEGAL_START = re.compile(
    r"\s*(?:株式会社|有限会社|合同会社|\(株\)|㈱|(?:PT\.?|ООО|ОАО|ЗАО|АО|ПАО|ИП|ТОВ|SARL|SAS|EARL|SCI|SNC|EURL|SCEA|Ets\.?|Éts\.?"
    r"|[EÉ]tablissements|Fratelli|F\.lli|Ditta|P\.?P?\.?H\.?U\.?|F\.?H\.?U\.?|Z\.?P\.?U\.?)\s+[«\"“„]?(?=[A-ZÀ-ÞА-Я]))"
)
LEGAL_END = re.compile(rf"(?:^|[\s,]){LEGAL}$")
_ORGANISATION = frozenset(
    plain_word(word)
    for word in words(
        "university college institute institution hospital clinic school academy bank group consulting consultants "
        "partners associates brothers bros sons services solutions systems technologies technology industries "
        "international holding holdings energy resources foundation trust council ministry agency authority "
        "commission "
        "union society association federation chamber church museum library laboratories labs laboratory studio "
        "studios works networks media logistics foods construction engineering insurance assurance mutual capital "
        "ventures properties estates hotels hotel inn restaurant cafe bakery brewery farm farms nursery pharmacy "
        "practice surgery dental motors motorsports airlines airways shipping trading traders stores store shop "
        "market "
        "collective cooperative co-op enterprises products manufacturing mills steel plastics chemicals "
        "pharmaceuticals biotech software digital analytics robotics telecom communications press publishing "
        "pipeline pipelines trucking haulage hauling freight towing plumbing roofing heating catering cleaning "
        "flooring paving welding drilling milling printing staffing rentals supply supplies hardware lumber timber "
        "ranch dairy winery vineyard vineyards orchard orchards brewing distillery foundry castings yachts aviation "
        "aerospace realty apartments salon photography refining petroleum oil transmission development economics "
        "institut "
        "forum coalition alliance caucus advocates advisors advisers securities investments fund funds research "
        "travel interiors furniture textiles apparel broadcasting entertainment magazine journal gazette motorsport "
        "power gas electric utilities water homes care housing charity network exchange iso "
        "universitat hochschule klinik klinikum krankenhaus praxis kanzlei stadt gemeinde landkreis amt bundesamt "
        "landesamt ministerium stadtwerke sparkasse volksbank werke werk verlag verein verband stiftung schule "
        "gymnasium hotel gasthof gasthaus brauerei backerei metzgerei tischlerei schreinerei apotheke autohaus "
        "gartnerei weingut molkerei bau technik handel handels spedition druckerei dres kinderladen kindergarten "
        "universite hopital clinique centre hospitalier mairie ville commune departement region ecole lycee cabinet "
        "societe etablissements ets groupe cave domaine chateau garage boulangerie fromagerie imprimerie pharmacie "
        "transports laboratoire association maison ateliers atelier editions "
        "universidad instituto sanatorio ayuntamiento cofradia cooperativa colegio escuela grupo empresa fundacion "
        "farmacia bodega bodegas taller talleres panaderia residencia comunidad asociacion "
        "universita ospedale comune istituto fondazione azienda officina officine cantina cantine studio gruppo "
        "universidade prefeitura camara clinica empresa fundacao "
        "universiteit ziekenhuis zorggroep gemeente stichting vereniging bedrijf bakkerij kwekerij "
        "universitet sjukhus kommun kommune stiftelse forening bryggeri sykehus "
        "uniwersytet szpital gmina urzad fundacja spoldzielnia zaklad hurtownia "
        "universitesi hastanesi belediyesi sanayi ticaret gida tekstil insaat holding"
    )
)
_COMPOUND = re.compile(
    r"\w{3,}(?:verwaltung|werke|werk|anstalt|kasse|verein|verband|schule|klinik|zentrum|institut|gesellschaft"
    r"|genossenschaft"
    r"|handel|betriebe|brauerei|backerei|metzgerei|gartnerei|schreinerei|tischlerei|druckerei|molkerei|kellerei"
    r"|reederei"
    r"|spedition|logistik|stiftung|vereinigung|kammer|agentur|praxis|kanzlei|hotel|apotheke|technik|bau|amt|verket"
    r"|kommune"
    r"|kommun|bakkerij|kwekerij|fabriek|fabrik|handlung|industri|industrie|entreprise|byra|sykehus|sjukhus|skola|skole)"
)
_PUBLIC = words(
    "gmail googlemail outlook hotmail yahoo gmx web icloud aol live msn orange wanadoo free t-online posteo proton "
    "protonmail laposte sfr libero comcast verizon att bluewin freenet mail wp o2 onet seznam yandex qq "
    "fastmail zoho "
    "mailbox me mac ymail hey tutanota btinternet sky virginmedia ntlworld shaw rogers bigpond optonline earthlink"
)
_SECOND_LEVEL = words("co com org net ac gov edu gob gouv or ne gv ltd plc nhs sch govt")


def ends_with_legal_form(name: str) -> bool:
    """Whether a name ends with a company's legal form, or begins with one where that is the custom."""
    return bool(LEGAL_END.search(name.strip(" ,")) or _LEGAL_START.match(name))


def without_legal_form(name: str) -> str:
    """Return a name without the legal form at its end."""
    return LEGAL_END.sub("", name.strip(" ,")).rstrip(" ,.&") or name


def organisation_words(name: str) -> int:
    """Return how many words of a name are common nouns for organisations."""
    return sum(1 for word in tokens(name) if word in _ORGANISATION or _COMPOUND.fullmatch(word))


def domain_label(address: str) -> str:
    """Return the part of an address's domain that a company chose, or "" for a public mail service."""
    labels = address.lower().rpartition("@")[2].split(".")
    label = labels[-2] if len(labels) >= 2 else ""
    if label in _SECOND_LEVEL and len(labels) >= 3:
        label = labels[-3]
    return "" if label in _PUBLIC else label


@lru_cache(maxsize=1024)
def likeness(name: str, domain: str) -> float:
    """Return 0 to 1: how well a company name fits a domain label (same letters, initials, or a shared long word)."""
    plain = without_accents(without_legal_form(name))
    squeezed = re.sub(r"[^a-z0-9]", "", plain)
    label = re.sub(r"[^a-z0-9]", "", without_accents(domain))
    if not squeezed or not label:
        return 0.0
    if plain_word(label) == plain_word(squeezed):
        return 1.0
    if len(label) >= 3 and (squeezed.startswith(label) or (label.startswith(squeezed) and len(squeezed) >= 4)):
        return 0.9
    parts = [part for part in (re.sub(r"[^a-z0-9]", "", word) for word in re.split(r"[\s/-]+", plain)) if part]
    if len(label) >= 2 and "".join(part[0] for part in parts if part not in _JOINING) == label:
        return 0.85
    if _are_initials(name, squeezed, label) or (len(label) >= 6 and squeezed.endswith(label)):
        return 0.7
    shared = 0.8 if _is_disemvowelled(squeezed, label) else _shared(parts, domain, label)
    return shared or (0.6 if _is_abridged(parts, label) else 0.0)


_JOINING = words("of the and und et de des du der die das la le y e i for fur van von")


_COMMON = words(
    "mail email web online info shop world home data tech sales team north south east west city national daily "
    "weekly news times today post"
)


def _are_initials(name: str, squeezed: str, label: str) -> bool:
    """Whether capitals begin like a label whose own words nothing divides: "JPM" of `jpmorgan`."""
    return name.isupper() and squeezed.isalpha() and 3 <= len(squeezed) <= 6 and _common(squeezed, label) >= 3


def _is_disemvowelled(squeezed: str, label: str) -> bool:
    """Whether a label is the name with vowels left out: `emrsn` of Emerson."""
    if squeezed[0] != label[0] or len(squeezed) <= len(label):
        return False
    bare = _VOWELS.sub("", label[1:])
    rest = iter(squeezed)
    return len(bare) >= LEAST_BARE and bare == _VOWELS.sub("", squeezed[1:]) and all(char in rest for char in label)


_VOWELS = re.compile(r"[aeiouy]")
LEAST_BARE = 3


def _shared(parts: list[str], domain: str, label: str) -> float:
    """Return how much of the label long words of the name make up; common nouns for organisations say little."""
    chosen = {part for part in re.split(r"[^a-z0-9]+", without_accents(domain)) if len(part) >= 4}
    shared = [part for part in parts if len(part) >= 4 and (_is_end(part, label, chosen) or part in chosen)]
    if not shared:
        return 0.0
    if all(part in _ORGANISATION or part in _COMMON for part in shared):
        return 0.4
    return 0.8 if sum(map(len, shared)) >= 0.6 * len(label) else 0.7


def _is_end(part: str, label: str, chosen: set[str]) -> bool:
    """Whether a word begins or ends the label or a piece of it; only long words may stand in the midst of others."""
    if len(part) >= 6:
        return part in label
    return any(piece.startswith(part) or piece.endswith(part) for piece in (label, *chosen))


def _is_abridged(parts: list[str], label: str) -> bool:
    """Whether the label is made of the beginnings of the name's words in order: `usfilter` of U… S… Filter."""
    rest = label
    used = 0
    for part in parts:
        length = _common(part, rest)
        if not length and part.startswith("ex"):  # "px" is a power exchange
            length = _common(part[1:], rest)
        if length:
            rest, used = rest[length:], used + 1
    return not rest and used >= 2 and len(label) >= 4


def _common(one: str, other: str) -> int:
    """Return how many letters two words have in common at their beginnings."""
    length = 0
    while length < min(len(one), len(other)) and one[length] == other[length]:
        length += 1
    return length
