"""People whose details a mail hands on, in many languages and forms."""

import pytest

from desktop.domain.evidence import ContactScope
from desktop.understanding.candidates.people import find_people
from desktop.understanding.candidates.phones import find_phones
from desktop.understanding.document import Document, open_document
from tests.fakes.mails import OWN, message


def opened(text: str, **mail: str) -> Document:
    """Open a mail to the rep."""
    return open_document(message(text, **mail), OWN)


def name(document: Document) -> str | None:
    """Return the likeliest name."""
    return max(((c.rule_score, c.value) for c in find_people(document)), default=(0.0, None))[1]


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("Hi,\n\nour new facility lead in Leeds is Priya Nandal. Her direct line is 0113 496 0321. Ring her.\n\nJo",
         "Priya Nandal"),
        ("From May your contact for all orders will be Dr Ruth Albury, ruth.albury@acme.example, 020 7946 0123.\n\nJo",
         "Ruth Albury"),
        (("Foreman is Kurt \"Bo\" Landry, Landry Homes. Cell's (937) 555-0102. I'd call him tomorrow.\n\nJo Field\n"
         "Acme\n(937) 555-0199"), "Kurt Landry"),
        ("Took a call for you. The lady's name is Mona Fitch, she buys for Fitch Farms, ph 020 7946 0133.\n\nJo",
         "Mona Fitch"),
        ("Hallo,\n\nbitte wende dich an unsere Leiterin: Frau Dr. Miriam Halder, Tel. 030 23125 448. Ruf sie an.\n\nJo",
         "Miriam Halder"),
        (("Bonjour,\n\nLa responsable des achats s'appelle Mme Odile Ferrand, joignable au 01 99 00 12 34. Appelez-la."
         "\n\nJo"), "Odile Ferrand"),
        ("Hola,\n\nQuien decide es la gerente, doña Pilar Osorio. Su teléfono es el 91 555 01 23. Llámala.\n\nJo",
         "Pilar Osorio"),
        ("Ciao,\n\nil titolare è Marco Vanzetti, il suo numero è 02 5555 0123. Chiamalo a nome mio.\n\nJo",
         "Marco Vanzetti"),
        ("Hoi,\n\nje moet bij mijn collega zijn: Sanne de Wit, 020 555 0123. Bel haar even.\n\nGroet,\nJo",
         "Sanne de Wit"),
        ("Cześć,\n\npolecam klientkę. Kontakt: Anna Kowal, tel. 22 555 01 23, zadzwoń do niej.\n\nPozdrawiam\nJo",
         "Anna Kowal"),
        ("Merhaba,\n\ndostum sera kuruyor.\n\nElif Demirtaş, Demirtaş Tarım. 0533 555 01 23.\nBu hafta arayın.\n\nJo",
         "Elif Demirtaş"),
        ("Olá,\n\na responsável é a Eng.ª Marta Coelho, telemóvel 912 555 012. Ligue-lhe já.\n\nJo", "Marta Coelho"),
        (("Hi,\n\nplease find below the contact at our subsidiary:\n\nLena Orth\nHead of Purchasing\nAcme Polska\n"
         "+48 22 555 01 99\n\nBest regards\nJo Field\nAcme\n020 7946 0111"), "Lena Orth"),
        ("A call for you:\nWho: Mrs Tilda Raine, Raine Water\nNumber: 07700 900318\nAbout: the survey\n\nJo",
         "Tilda Raine"),
        ("Telefonnotiz\nwer: Frau Prof. Dr. Abt, Stiftung Tal\nTel.: 0761 555 0118\nwas: Angebot\n\nJo", "Abt"),
        ("Your new contact is in the hands of:\n\n    Ann Poe\n    Category Buyer\n    ann.poe@acme.example\n\nJo",
         "Ann Poe"),
        (("Was at a winery last week. The person there is Ann Poe, she buys all they need. 707-555-0138, ask for "
          "her. She decides in May.\n\nJo Field\nAcme\n209-555-0177"), "Ann Poe"),
        (("Hola,\n\nmi prima Ana Pons acaba de entrar en Talleres Lis.\n\nana.pons@talleres.example, 943 555 027\n\n"
          "Jo"), "Ana Pons"),
        (("Bonjour,\n\nje pars. Votre interlocuteur sera désormais Hugo Lanier, hl@acme.example, 01 99 00 12 34.\n\n"
          "Jo Field\n01 99 00 12 99"), "Hugo Lanier"),
        (("Dag,\n\nvoor het toestel spreek je best onze nieuwe officemanager, Bart Poel (bart.poel@acme.example, 03 55 "
          "50 01 47). Hij wil ook een prijs.\n\nJo"), "Bart Poel"),
        ("Buongiorno,\n\nil vostro referente per gli ordini sarà l'ing. Ugo Marin, 040 555 0123.\n\nJo", "Ugo Marin"),
        (("Hi,\n\nI am off from May. Tom Okara (tom.okara@acme.example / 020 7946 0123) will be your point of contact "
          "while I'm on leave.\n\nJo Field\n020 7946 0111"), "Tom Okara"),
        ("Servus,\n\nfür die Pumpe ist ab sofort mein Bruder Reto Abt zuständig: 030 23125 448.\n\nJo", "Reto Abt"),
        (("Olá,\n\nfalei de si ao meu vizinho Rui Tavora, o número dele é 912 555 012. Pode ligar-lhe?\n\nJo"),
         "Rui Tavora"),
        (("Moin,\n\nhab jemanden kennengelernt. Eva Blum von der Uckerbahn GmbH, macht da den Einkauf. Handy 0171 "
          "5550123.\n\nJo\n\n--\nJo Field\n0171 5550199"), "Eva Blum"),
        ("Hej,\n\nring Hanna Berg på Bergs Bygg, 070-555 01 23. Hon vill bestämma sig.\n\nJo", "Hanna Berg"),
        ("Merhaba,\n\nÖzel Çınar Hastanesi'nden Elif Tekin aradı. Numarası 0532 555 01 25.\n\nJo", "Elif Tekin"),
        ("Guten Tag,\n\nab März ist Herr Max Lang Ihr Ansprechpartner für alles, 0711 555 0199.\n\nJo", "Max Lang"),
    ],
)  # fmt: skip
def test_who_is_handed_on(text: str, person: str):
    document = opened(text)
    assert (document.scope, name(document)) == (ContactScope.MENTIONED_PERSON, person)


COLLEAGUE = "sue.hall@northbeam.example"


@pytest.mark.parametrize(
    ("text", "person"),
    [
        (("Ann Poe rang at 3. From Marsh Council. It is about the posts, she says. 020 7946 0123.\n\nSue\n"
          "020 7946 0300"), "Ann Poe"),
        ("Please have them call Dave Kirk at Pinnacle Gas (713-555-0123). He is ready to sign.\n\nSue", "Dave Kirk"),
        ("Contact Ann Poe (who heads the lab).", "Ann Poe"),
        ("I would suggest Ann Poe - who knows the details. She is a good speaker.", "Ann Poe"),
        ("Please email the papers to\n\nWayne Bart\nAspen Tools\n10 Canal Park\n617 949-1412", "Wayne Bart"),
    ],
)  # fmt: skip
def test_whom_a_colleague_hands_on(text: str, person: str):
    document = opened(text, sender=COLLEAGUE, name="Sue Hall")
    assert (document.scope, name(document)) == (ContactScope.MENTIONED_PERSON, person)


def test_articles_give_the_details_of_whoever_wrote_them():
    story = (
        "Prices rose again on Monday, said the board of the utility, and will rise further in the coming year. " * 20
    )
    text = (
        f"See below.\n\nBy Ann Poe, Staff Writer\n{story}\nE-mail Ann Poe at ann.poe@press.example. She is our writer."
    )
    document = opened(text, sender=COLLEAGUE, name="Sue Hall")
    assert (document.scope, name(document)) == (ContactScope.SENDER, "Sue Hall")


def test_the_company_behind_a_name_is_nobody():
    document = opened("Elif Demir, Demir Tarim. 0533 555 01 23.\nArayın lütfen.\n\nJo")
    assert [c.value for c in find_phones(document)] == ["+905335550123"]


@pytest.mark.parametrize(
    "text",
    [
        "Please call me on 020 7946 0111 or my colleague Ann Poe on 020 7946 0112.\n\nJo Field\nAcme",
        "I talked to Ann Poe yesterday and we agree with your offer.\n\nJo Field\n020 7946 0111",
        "I write on behalf of Captain Hals, who would like to meet you.\n\nJo Field\nAssistant, Acme\n020 7946 0111",
        "Offer below.\n\nJo Field\nCounsel, Acme\nTel. 020 7946 0111 (office of Ms Poe: -210)",
        "Please set up Ann Poe (ann.poe@acme.example). He is on his own from Monday.\n\nJo Field\nAcme",
        (
            "Ask for Ann Poe at the gate, 020 7946 0123, she will let you in. We need a price for the roof by the end "
            "of May. It is about 400 square metres and leaks. Two quotes are here.\n\nJo Field\n020 7946 0111"
        ),
        (
            "Our invoice contact is Ann Poe (ann.poe@acme.example). Could you send us the offer?\n\nRegards\n"
            "Jo Field\nHead of Customer Care, Acme\nLeeds · 020 7946 0111"
        ),
    ],
)
def test_who_stays_the_contact(text: str):
    document = opened(text)
    assert (document.scope, name(document)) == (ContactScope.SENDER, "Jo Field")


@pytest.mark.parametrize(
    ("fields", "person"),
    [
        ("First name: Ann\nLast name: Poe\nPhone: 020 7946 0123", "Ann Poe"),
        ("Nom : Poe\nPrénom : Ann\nTéléphone : 01 99 00 12 34", "Ann Poe"),
        ("Vorname: Ann\nNachname: Poe\nTelefon: 030 23125 448", "Ann Poe"),
    ],
)
def test_a_form_that_asks_for_both_names(fields: str, person: str):
    document = opened(f"New enquiry\n\n{fields}", sender="noreply@forms.example", name="Forms")
    assert document.scope is ContactScope.MENTIONED_PERSON
    assert name(document) == person


def test_a_caller_who_speaks_to_a_machine():
    text = 'You received a voicemail from 020 7946 0123.\n\n"Hi, it\'s Ann Poe from Poe Farms. Give us a ring."'
    document = opened(text, sender="voicemail@phones.example", name="Phones")
    assert name(document) == "Ann Poe"


def test_a_visitor_of_a_chat_who_says_their_name():
    text = "15:01 Bot: Your name?\n15:02 Visitor: Petra Lindt, Lindt Stables\n15:03 Visitor: call 020 7946 0144\n"
    document = opened(text, sender="bot@chat.example", name="ChatBot")
    assert (document.scope, name(document)) == (ContactScope.MENTIONED_PERSON, "Petra Lindt")
    assert [c.value for c in find_phones(document)] == ["+442079460144"]


def test_an_assistant_who_writes_for_somebody():
    text = "scrivo per conto dell'Ing. Fulvio Zani, Direttore, che vorrebbe incontrarLa.\n\nOrnella Bini\nSegreteria"
    document = opened(f"Egregio Dottore,\n\n{text}", sender="segreteria@carta.example", name="Segreteria")
    assert (document.scope, name(document)) == (ContactScope.MENTIONED_PERSON, "Fulvio Zani")


def test_lines_answered_one_by_one_are_those_of_whoever_signs_them():
    text = (
        "Hi Marta, see below.\n\n> 1. Is it in stock?\n\nYes.\n\n> Thanks\n> --\n> Marta Ruiz, Plant Manager\n"
        "> Ruiz Foods\n> 559.555.0165 / marta@ruiz.example\n\nAlex"
    )
    document = opened(text, sender=next(iter(OWN)), name="Alex Morgan")
    assert (document.scope, name(document)) == (ContactScope.QUOTED_SENDER, "Marta Ruiz")
    assert document.author.address
    assert document.author.address.text == "marta@ruiz.example"


# --- desks, and who signs for them ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "address", "shown", "person"),
    [
        ("Bitte ein Angebot.\n\nMit freundlichen Grüßen\n\ni. A. Sabine Kreuz\nEinkauf", "einkauf@firma.example",
         "Firma Einkauf", "Sabine Kreuz"),
        ("Merci.\n\nBien cordialement,\n\nMme Élodie Garnier\nService Achats", "achats@usine.example", "Achats USINE",
         "Élodie Garnier"),
        ("Dziękuję.\n\nZ poważaniem\nmgr inż. Halina Dudek\nZarządca", "administracja@park.example",
         "Administracja Park", "Halina Dudek"),
        ("Cordiali saluti\n\nrag. Donata Perini\nUfficio Amministrazione", "pec.amministrazione@vino.example",
         "Per conto di: vino", "Donata Perini"),
        ("Atentamente,\nRubén Galán, delegado comercial\nVapor Higiene SLU", "info@vapor.example", "Vapor 3000",
         "Rubén Galán"),
        ("Wir laden ein.\n\nEs freut sich\nLudwig Kolb jun. mit Team\n\nKolb Landtechnik GmbH",
         "einladung@kolb.example", "Kolb Hausmesse", "Ludwig Kolb"),
        ("Questions? Call Ms Freja Holm on +45 65 55 01 19.\n\nCongress Team", "events@congress.example",
         "Congress Team", "Freja Holm"),
    ],
)  # fmt: skip
def test_who_signs_for_a_desk(text: str, address: str, shown: str, person: str):
    assert name(opened(f"Hello,\n\n{text}", sender=address, name=shown)) == person


def test_a_heading_is_no_name():
    text = "LAST CALL\n\nWHO SHOULD ATTEND\n     Traders and schedulers\n\nTO REGISTER\n     Fax the form to us"
    assert name(opened(text, sender="register@basis.example", name="")) is None
