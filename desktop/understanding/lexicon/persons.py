"""Whether a name is a person's or an organisation's, as far as the name itself and the address beside it tell.

Nothing decides alone: a given name speaks for a person, so do an initial, a form of address and an address made of
the name; a common noun for a firm or a trade, a legal form, a joining word and a domain of the same name against.
"""

import re
from functools import lru_cache

from desktop.understanding.lexicon.company_names import (
    domain_label,
    ends_with_legal_form,
    likeness,
    organisation_words,
)
from desktop.understanding.lexicon.function_words import is_function_word, plain_word
from desktop.understanding.lexicon.given_names import GIVEN_NAMES
from desktop.understanding.lexicon.mailboxes import is_desk_word, is_shared
from desktop.understanding.lexicon.names import PARTICLES, TRADES, folded
from desktop.understanding.lexicon.words import words

MAX_TEXT = 120
INITIAL = 1
LONG = 4
USUAL = 3
LIKE = 0.85

_HONORIFIC = re.compile(
    r"(?:mr|mrs|ms|miss|mx|dr|prof|frau|herrn?|mme|mlle|monsieur|madame|sr|sra|srta|señora?|sig|sigra|dott|avv|geom"
    r"|dhr|mevr|mw|mevrouw|meneer|pani?|mgr|inż|bey|hanım|ing|mag)\b\.?"
)
_JOINED = re.compile(
    r"[&+/@\d]|\s(?:and|und|et|of|for|at|the|with|by|mit|con|avec|met|med"
    r"|für|im|am|zum|zur|pour|aux|per|para|dla|för|till|voor)\s"
)
_ARTICLE = re.compile(r"(?:the|la|le|les|el|los|las|il|lo|gli|das|die|der|het|os|as|our|family|chez|casa|villa|haus)\s")
_BRACKETED = re.compile(r"\([^()]{0,80}\)|\[[^\[\]]{0,80}\]")
_FAMILY = re.compile(r"\b(?:family|familie|famille|famiglia|familia|família|rodzina|familjen|ailesi|família)\b")
_POSSESSIVE = re.compile(r"^[^\W\d_]{3,}(?:['’]s|s['’])\s")
_TRADES = frozenset(
    plain_word(word)
    for word in words(
        "abbey academy accountants adega advisers advocaten agriturismo almazara ambulances apotheek apteka "
        "architects architekten arredamenti arts asesoria asztalos attorneys auberge autoescuela autofficina autos "
        "autoservis backerei bageri bar barbers barn beauty biblioteca bibliotheek bibliothek bibliotheque "
        "bijouterie bikes bistro biuro blinds bloemen bloemist blomster blumen boats boerderij bokhandel books "
        "bookshop boucherie boutique bouw bouwbedrijf brasserie buchhandlung builders burgerburo butchers butchery "
        "butor byg bygg cafe cafeteria caffe cakes campingplatz campsite carpets carpintaria carpinteria carrelage "
        "carrozzeria cars caseificio charity chauffage cheese cider cine cinema cleaners club coffee collective "
        "confeitaria conservas construcciones construcoes contabilidade cooperative costruzioni cottage "
        "cottages couriers "
        "couture couverture crafts creamery creperie crossfit cukiernia curtains cycles dachdecker decorators deli "
        "designers designs diocese dojo domaine drukarnia drukkerij eczane edilizia electrical electricals "
        "electricite electrics elektrik elektro elettronica engineers epicerie erboristeria escola estate etterem "
        "events fabrications fabrics fahrrad falegnameria fasteners fc federation ferienhof ferramenta ferreteria "
        "festival feuerwehr fietsen films financeiro firma fitness fleuriste fleurs fliesen florist floristeria "
        "florists flowers frakt frantoio furniture gaard gallery garage gard gardens gebaudereinigung gelateria "
        "gestoria getranke glazing gospoda graphics greengrocers grocers gym hausverwaltung heizung heizungsbau "
        "herdade hofladen holzbau hostal hovenier hoveniers hub huisartsen idraulica imkerei immobilien immobilier "
        "imobiliaria impianti imprenta ingenieure initiative inmobiliaria installatie installaties interiors "
        "jewellers jewellery jewelry joiners joinery kafe kaffe kaffee kancelaria karczma kennels kino kirtasiye "
        "kita kitchens konditorei koulu ksiegarnia ksiegowosc kuchen kwiaciarnia labels landgasthof landscapes "
        "landscaping laundry lavanderia lawyers league lettings librairie library libreria livraria lodge lodges "
        "loft loja lokanta loodgieter lounge ltd lycee maconnerie makelaardij malerbetrieb malerfirma maleri marine "
        "market matbaa meble mediatheque menuiserie mercearia metallbau meubelen meubles mimarlik mobel mobili "
        "mobilya moveis muebles muhasebe mutfak mutuelle nakliyat network newsletter noreply notariaat nurseries "
        "nyomda opticians optik otel outfitters packaging padaria panaderia panificio papelaria papeterie parish "
        "parts pastelaria pasteleria pasticceria patisserie peinture pekarna pekseg peluqueria pension pepiniere "
        "physio pictures piekarnia pilates pizzeria playgroup plomberie plumbers potters pottery precision "
        "preschool preserves primary print prints priory productions program programme project przedsiebiorstwo "
        "przychodnia pta pub quinta rechtsanwalte records reisen removals residents restauracja restaurante "
        "ristorante roofers ror rorleggeri salumificio sanitar scaffolding schildersbedrijf schmuck scierie scuola "
        "security serralharia serramenti serrurerie serwis signals signs sklep skola slagerij snickeri solicitors "
        "spa spirits stables stahlbau steuerberatung stolarnia supermercado surveyors syndicat szerviz szkola "
        "tailors tandarts tandlakare tannklinikk tavern taxi taxis tea team tendaggi tenuta tessuti textiles "
        "theatre timmerbedrijf tipografia tires tools tours toys trafik traiteur transporte transportes trasporti "
        "trattoria travel truhlarstvi trust turnverein tyres uniforms varmeservice verkstad verksted veterinary "
        "vets viajes virag voyages warsztat wedding weddings weinhandel windows wines wirtshaus workshop yapi yarns "
        "yoga zajazd zimmerei zuivel zweirad"
    )
)


def is_given_name(word: str) -> bool:
    """Whether a word, or the first part of a double name, is a common given name."""
    plain = folded(word).strip(".'’")
    return plain in GIVEN_NAMES or ("-" in plain and plain.partition("-")[0] in GIVEN_NAMES)


@lru_cache(maxsize=2048)
def personhood(name: str, address: str = "") -> float:
    """Return about -1 to 1: above 0 a name is rather a person's, below rather an organisation's.

    `name` is as it is shown, `address` the mail address it is shown with, or empty.
    """
    text = " ".join(_BRACKETED.sub(" ", name[:MAX_TEXT]).split()).strip(" .,;:-–—*\"'")
    lowered = text.lower()
    found = [word for word in re.findall(r"[^\W\d_](?:[^\W\d_]|['’.-])*", text) if word.lower() not in PARTICLES]
    if not found:
        return -1.0
    score = 0.5 * bool(_HONORIFIC.match(lowered)) + _given(found)
    if ends_with_legal_form(text) and len(found) > 1:
        score -= 1.0
    pieces = [piece for word in found for piece in (word, *word.split("-")[("-" not in word) :])]
    kinds = sum(_names_trade(piece) or is_desk_word(piece) for piece in pieces)
    score -= 0.9 * bool(kinds) + 0.4 * (len(found) > 1 and _names_trade(found[-1]))
    score -= 1.2 * _is_role(found, has_honorific=bool(_HONORIFIC.match(lowered)))
    score -= 0.5 * bool(_ARTICLE.match(lowered)) + 0.7 * bool(_POSSESSIVE.match(text))
    score -= 0.8 * bool(_FAMILY.search(lowered)) + 0.6 * bool(_JOINED.search(lowered))
    return max(-1.0, min(1.0, score + (_with_address(text, found, address) if address else 0.0)))


def _names_trade(word: str) -> bool:
    return plain_word(word) in _TRADES or bool(organisation_words(word))


def _is_role(found: list[str], *, has_honorific: bool) -> bool:
    """Whether a name begins with a word for what somebody does ("Caretaker Block C"); some of these are surnames."""
    first = plain_word(found[0])
    return not has_honorific and first not in TRADES and is_function_word(first) and not is_given_name(found[0])


def _given(found: list[str]) -> float:
    if is_given_name(found[0]):
        return 0.7
    if len(found) > 1 and any(len(word.strip(".")) <= INITIAL + word.endswith(".") for word in found):
        return 0.4
    return 0.35 if len(found) <= USUAL and any(is_given_name(word) for word in found[1:]) else 0.0


def _with_address(text: str, found: list[str], address: str) -> float:
    """Return what the address says: made of the name's parts it is a person's, a domain of the same name is none's."""
    local = folded(address.partition("@")[0])
    parts = {part for part in re.split(r"[^a-z]+", local) if len(part) > INITIAL}
    plain = [re.sub(r"[^a-z]", "", folded(word)) for word in found]
    shared = sum(word in parts for word in plain)
    squeezed = re.sub(r"[^a-z]", "", local)
    spells = len(plain) > 1 and any(
        len(last) >= LONG and squeezed in (f"{first[:1]}{last}", f"{last}{first[:1]}", f"{first}.{last}")
        for first in plain
        for last in plain
        if first and first != last
    )
    if (shared > 1 or spells) and not is_shared(address):
        return 0.6
    label = domain_label(address)
    is_like = bool(label) and likeness(text, label) >= LIKE
    is_whole = len(plain) > 1 and squeezed == "".join(plain)
    is_surname = (
        shared == 1 and not is_like and ((plain[-1] in parts and len(plain[-1]) >= LONG) or is_given_name(found[0]))
    )
    return -0.5 * is_like - 0.25 * is_whole - 0.2 * is_shared(address) + 0.2 * is_surname
