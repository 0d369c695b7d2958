"""Addresses and display names that belong to a desk or a program instead of one person.

An address is read word by word: `info.berlin@`, `pec.amministrazione@` and `kundenservice@` are desks, while
`weber@` and `hilary@` are people although "web" and "hi" stand at their beginning. Words that are surnames too count
only where nothing else stands before the @.
"""

import re
import unicodedata
from functools import lru_cache

from desktop.understanding.lexicon.words import words

_DESKS = words(
    "info infos information informationen informations informacion informacje informazioni informacoes bilgi iletisim "
    "office buero buro bureau kontor kantoor ufficio oficina escritorio biuro ofis toimisto sales salesteam support "
    "suporte soporte supporto assistenza hello hallo hola bonjour ciao merhaba contact contacts contactus contactform "
    "contacto contato contatto kontakt service services servicio servico servizio servis serwis customer customers "
    "clients clientes clienti klient klanten kunden kunde billing accounts accounting accountspayable "
    "accountsreceivable payable payables receivable receivables buchhaltung finanzbuchhaltung rechnung rechnungen "
    "rechnungswesen invoice invoices invoicing fattura fatture fatturazione facture factures facturation "
    "comptabilite compta contabilidad contabilidade contabilita amministrazione faktura faktury ksiegowosc "
    "muhasebe fatura boekhouding facturatie facturen crediteuren debiteuren ekonomi okonomi regnskab bogholderi "
    "einkauf purchasing procurement purchase buying achat achats approvisionnement compras aprovisionamiento "
    "acquisti inkoop indkob inkop zakupy satinalma vertrieb verkauf ventas vendite verkoop forsaljning salg "
    "sprzedaz satis comercial commerciale commercial vendas praxis kanzlei secretaria secretariat secretariaat "
    "sekretariat sekretariaat segreteria sekretariati reception receptie recepcion recepcja recepcao rezeption "
    "empfang accueil accoglienza resepsiyon team teams equipe equipo squadra admin administrator administration "
    "administracion administracao administracja administratie verwaltung hausverwaltung yonetim news newsletter "
    "newsroom marketing presse prensa stampa imprensa jobs career careers recruiting recruitment recrutement "
    "bewerbung bewerbungen karriere personalabteilung personel kadry rrhh orders bestellung bestellungen commande "
    "commandes pedido pedidos ordini bestellingen zamowienia siparis help helpdesk servicedesk frontdesk enquiries "
    "enquiry inquiry inquiries anfrage anfragen demandes consultas operations opsroom control controlroom edv ict dsi "
    "legal finance finances finanzen finanzas finanze finanse financien treasury logistik logistics logistica "
    "logistique logistyka lagerverwaltung warehouse magazzino almacen magasin magazijn depo depot magazyn dispatch "
    "versand spedition spedizioni expeditions booking bookings reservation reservations reservas reservierung "
    "reservierungen prenotazioni rezerwacja rezervasyon email correo courrier webmaster website webshop webteam "
    "webform tienda boutique negozio sklep magaza partners partnership vendors vendor suppliers lieferanten fornitori "
    "fournisseurs proveedores direction direzione direccion direcao geschaeftsfuehrung geschaeftsleitung directie "
    "dyrekcja zarzad mairie rathaus stadt stadtverwaltung gemeinde comune ayuntamiento gmina success quality "
    "qualitaet qualitat qualite calidad qualita maintenance manutenzione mantenimiento manutencao instandhaltung "
    "wartung technik technical tecnico technique werkstatt workshop officina produktion produccion produzione "
    "production events veranstaltungen evenements eventos eventi einladung einladungen invitation invitations register "
    "registration registrations anmeldung inscription inscriptions inscripciones iscrizioni alert alerts "
    "notification notifications notify noreply mailer daemon postmaster system pec returns retouren reclami "
    "reclamaciones reklamation reklamationen facility facilities kundendienst kundenservice kundenbetreuung "
    "klantenservice klantendienst kundeservice kundtjanst musteri asiakaspalvelu obsluga atendimento atencion "
    "postventa posventa aftersales hotline emergency notdienst pforte concierge membership members mitglieder "
    "vorstand board committee comite comitato schule ecare education export import projekte projects "
    "estimating bids tenders quotes quotations ausschreibung ausschreibungen devis angebote offerte preventivi "
    "presupuestos orcamentos housekeeping warranty garantie claims schaden scheduling nominations announcements "
    "announcement compliance welcome willkommen bienvenue benvenuti bienvenidos everyone allstaff drivers fleet "
    "clinic clinica surgery pharmacy pharmacie apotheke farmacia dental verein elternbeirat pfarramt parish council "
    "planning permits licensing parking innkjop mutfak kuche estimators residents tenants volunteers donations "
    "fundraising alumni registrar registry frontoffice backoffice "
    "nakup prodej objednavky objednavka ucetni ucetnictvi uctarna obchod podpora fakturace ertekesites beszerzes "
    "penzugy "
    "titkarsag szamlazas ugyfelszolgalat myynti ostot laskut laskutus vanzari achizitii contabilitate comenzi prodaja "
    "nabava racunovodstvo inkoopafdeling orderdesk ordrer ordre bestallning bestallningar kundsupport lonn "
    "voicemail scanner copier drucker telefonzentrale zentrale switchboard robot chatbot leads"
)
# Also surnames, first names or endings of theirs: desks only where they are all that stands before the @.
_DESKS_ALONE = words(
    "hi it hr ap ar ik pr rh pm qa qm qs gf gl ops po web mail post posta form forms store shop store order job "
    "partner "
    "client sale account desk site gate handel bau studio media press school lab labs labo labor sav bot bok dok pers "
    "ceo cfo coo md chairman president director manager owner people general ask all staff crew club clerk quarry "
    "mill brewery farm garage yard kitchen doktor doctor design dispo pto "
    "hotel bar cafe restaurant lager handel personal event technique kasse buero data"
)
_STEMS = re.compile(
    r"no-?reply|do-?not-?reply|kundens|klantens|sekretari|secretari|segreteri|buchhalt|administra|amministra"
    r"|compt?abili|contabili|accounts?pay|accounts?rec|reservi?er|prenotaz|helpdesk|servicedesk|customer|notific"
    r"|notify|newslett|procure|purchas|bestell|bewerb|einkaufs|vertriebs|kontakt|marketing"
)
_ENDS = re.compile(
    r"\w{2,}(?:team|desk|support|sales|service|services|office|buero|info|leitstelle|abteilung|zentrale)"
)
_UNATTENDED = re.compile(
    r"(?i)no-?_?reply|do-?_?not-?_?reply|ne-?pas-?repondre|no-?responder|nao-?responda|keine-?antwort|mailer(?![a-z])"
    r"|notif|bounce|daemon|postmaster|auto-?(?:mat|respond|repl)|newsletter|(?<![a-z])alerts?@|voice-?mail|(?<![a-z])pbx"
    r"|missed-?call|word-?press|web-?site@|web-?form|contact-?form|formular|robot@|(?<![a-z])(?:chat|crm|lead)?-?bot@"
    r"|chatbot|(?<![a-z])system@|scan(?:ner)?-?to-?mail"
)
_WORD = re.compile(r"[^\W\d_]+")


def is_shared(address: str) -> bool:
    """Whether an address belongs to a desk or a program, not to one person."""
    return _is_desk(address.partition("@")[0][:64]) or is_unattended(address)


def is_unattended(address: str) -> bool:
    """Whether nobody reads what is sent to an address."""
    return bool(_UNATTENDED.search(address.partition("@")[0][:64] + "@"))


def is_desk_word(word: str) -> bool:
    """Whether a word names a desk and no person: "Buchhaltung", "Administracja"."""
    plain = _plain(word)
    return plain in _DESKS or bool(_STEMS.match(plain))


@lru_cache(maxsize=1024)
def _is_desk(local: str) -> bool:
    parts = _WORD.findall(_plain(local))
    if any(part in _DESKS or _STEMS.match(part) or _ENDS.fullmatch(part) for part in parts):
        return True
    squeezed = "".join(parts)
    if len(parts) > 1 and parts[-1] in _DESKS_ALONE and (squeezed in _DESKS or parts[-1] == "desk"):
        return True  # "front-desk", "trading.desk"
    return bool(_STEMS.match(squeezed)) or (len(parts) == 1 and squeezed in _DESKS_ALONE)


def _plain(text: str) -> str:
    """Return text in lower case without accents."""
    if text.isascii():
        return text.lower()
    lowered = text.lower().replace("ß", "ss").replace("ı", "i").replace("ł", "l").replace("ø", "o")
    return "".join(char for char in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(char))
