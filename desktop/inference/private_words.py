"""Capitalised words that are no names: they end a row of words that could be one, or show that it is none."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Of everyday mail, in the languages read most: a name ends where one of them begins.
NO_NAMES = _words(
    "a an and or but if in on at to of for by from with the this that these those it its is are was were be been i we "
    "you he she they my our your his her their me us him them what who why when where how which will would can could "
    "should may must do does did have has had not no yes ok okay please thanks thank regards best kind cheers "
    "sincerely dear hi hello hey all everyone team there sir madam ladies gentlemen good morning afternoon evening as "
    "so also just here let see find attached re fw fwd aw wg subject cc bcc date sent von betreff gesendet monday "
    "tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun january february march april june "
    "july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec montag dienstag "
    "mittwoch donnerstag freitag samstag sonntag januar februar märz mai juni juli oktober dezember lundi mardi "
    "mercredi jeudi vendredi samedi dimanche janvier février mars avril juin juillet août septembre octobre novembre "
    "décembre lunes martes miércoles jueves viernes enero febrero marzo abril mayo junio julio agosto septiembre "
    "octubre noviembre diciembre new after before next last first today tomorrow yesterday some any more many much "
    "very really only over under about into than then once since while until because although however therefore "
    "there's it's i'm i'll i've der die das ein eine einen und oder aber wir sie ihr ihre ihren ich es mit für auf "
    "aus bei nach im am zum zur wie wer wann wo guten tag herr frau sehr geehrte geehrter liebe lieber viele grüße "
    "freundlichen danke bitte le la les un une des et ou mais nous vous je il elle avec pour dans sur au aux bonjour "
    "merci cordialement madame monsieur el los las una y o pero con para por en usted nosotros buenos días gracias "
    "saludos estimado estimada lo gli e per di da grazie buongiorno het een maar met voor van wij beste bedankt mr "
    "mrs ms dr prof number name address phone mobile tel fax email e-mail mail office question answer note monthly "
    "annual quarter q1 q2 q3 q4 vp ceo cfo cto coo hr usa uk eu crm erp api pdf faq asap fyi eta rfp rfq sla kpi"
)
# Of titles, firms and trade: a row that holds one of them names no person.
NO_PERSONS = _words(
    "director manager head chief officer president vice sales marketing procurement purchasing operations finance "
    "engineering engineer analyst consultant assistant coordinator specialist buyer account executive senior junior "
    "partner founder owner lead supervisor administrator representative customer client service services support "
    "business development product project program leiter leiterin geschäftsführer geschäftsführerin einkauf vertrieb "
    "abteilung directeur directrice responsable gerente jefe direttore inc llc ltd limited gmbh ag kg corp "
    "corporation company co group gruppe groupe holding holdings plc sa srl spa bv nv ab oy as sarl sas solutions "
    "systems technologies technology tech software labs industries international global partners associates "
    "consulting bank insurance university institute college hospital foundation association council ministry "
    "department agency studio media networks logistics energy foods motors airlines capital ventures cloud data "
    "platform suite pro plus enterprise premium standard basic edition license licence subscription plan contract "
    "agreement proposal quote invoice order purchase delivery report summary review update meeting call demo pilot "
    "trial request offer price pricing budget terms conditions policy privacy street road avenue north south east "
    "west city state county republic united kingdom states europe america africa asia london paris berlin york "
    "francisco angeles"
)
# They may stand between a greeting and a name.
TITLES = _words("mr mrs ms dr prof herr frau madame monsieur sir madam sehr geehrte geehrter sr sra")
# Of mailboxes that belong to nobody in person.
NO_MAILBOX_NAMES = _words("info sales support office contact admin service team mail hello noreply reply no accounts")
