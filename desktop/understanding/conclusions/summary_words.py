"""What a written summary may say that does not stand in the mail: how its sentences open, and German nouns.

A capital letter marks a name, but also the first word of a sentence, and in German every noun. Only these words are
believed to be no names without standing in the mail.
"""

from desktop.understanding.lexicon.words import words

OPENERS = {
    "en": words(
        "a an the this that these those it they he she both all another some no in on at for by from of to with "
        "without within under after before since because as if when while once although however also besides "
        "further furthermore additionally moreover otherwise then there now currently their his her its who what "
        "sender writer customer client contact supplier buyer request requests sent asked mail email"
    ),
    "de": words(
        "der die das den dem des ein eine einen einem einer es er sie dies diese dieser dieses dabei dafür dazu darin "
        "in im am an auf für bis nach vor mit ohne bei von vom zu zum zur um seit wegen laut zudem außerdem auch da "
        "weil wenn falls sobald nachdem damit danach dann ihr ihre ihren sein seine seinen beide alle zusätzlich "
        "ferner weiter weiterhin derzeit aktuell sollte"
    ),
    "fr": words(
        "le la les l un une il elle ils elles ce cet cette ces c cela pour en dans avec sans après avant depuis d de "
        "des du au aux à son sa ses leur leurs aussi également enfin si s quand comme par sur selon puis en outre"
    ),
    "es": words(
        "el la los las un una unos unas él ella ellos ellas esto este esta estos estas en para por con sin su sus "
        "también además desde antes después al del de se lo si cuando según como tras hasta luego"
    ),
    "it": words(
        "il lo la i gli le l un uno una in per con senza suo sua suoi sue anche inoltre questo questa questi da dal "
        "dalla del della di entro prima dopo si se quando secondo come poi"
    ),
    "nl": words(
        "de het een hij zij ze in op voor met zonder zijn haar hun ook dit deze dat er na bij daarnaast verder als "
        "omdat wanneer volgens om tot van vanaf uiterlijk"
    ),
    "pt": words(
        "o a os as um uma em para por com sem ele ela eles elas seu sua também além este esta isto no na nos nas do "
        "da de antes depois se quando segundo como até"
    ),
}

SPEAKER = {
    "en": words("i i'm i'd i'll i've we we're we'd we'll we've my our ours myself ourselves"),
    "de": words("ich wir mein meine meinen meinem meiner unser unsere unseren unserem unserer mir mich"),
    "fr": words("je j nous mon ma mes notre nos moi"),
    "es": words("yo nosotros nosotras mi mis nuestro nuestra nuestros nuestras"),
    "it": words("io noi mio mia miei nostro nostra nostri nostre"),
    "nl": words("ik wij we mijn onze ons mij"),
    "pt": words("eu nós meu minha meus minhas nosso nossa nossos nossas"),
}
"""Words of whoever speaks: a summary tells of others."""

GERMAN_NOUNS = words(
    "ablauf absender absprache abstimmung adresse alternative anbieter anfrage angaben angebot angebots ankunft "
    "anlage anliegen anpassung anruf ansprechpartner antrag antwort artikel aufgabe auftrag austausch auswahl "
    "bedarf bedenken bedingungen bericht bescheid beschwerde bestellung besuch betrag bezahlung budget bitte dank "
    "datum daten dauer demo dienstleistung dokument dokumente einführung einkauf einladung einzelheiten email "
    "empfang empfänger ende entscheidung ergebnis ersatz erinnerung fall fehler firma folge frage fragen freigabe "
    "frist führung gegenvorschlag geld genehmigung gerät geräte geschäft gespräch grund gründe gültigkeit hilfe "
    "hinweis höhe idee information informationen inhalt interesse jahr kauf konditionen kontakt kosten kunde "
    "kunden kundin kündigung lieferant lieferung lieferzeit liste lizenz lizenzen lösung mail mangel maschine "
    "meldung menge mitarbeiter mitteilung möglichkeit monat montage nachfrage nachricht name nutzung ordnung ort "
    "person personen plan preis preise problem produkt produkte projekt prüfung punkt qualität rabatt raum "
    "rechnung reklamation reparatur rücksprache rückruf rückmeldung schaden schluss schreiben seite service sorge "
    "stand start stelle stück system tage tag teil teile teilnahme telefonat team termin terminvorschlag test "
    "thema treffen übersicht umfang umsetzung unterlagen unternehmen unterstützung unterschrift verfügung "
    "verfasser verfasserin verhandlung verlängerung verfügbarkeit versand vertrag verzögerung vorschlag wartung "
    "weg werk wert woche wochen wunsch zahl zahlung zeit zeitpunkt zeitraum ziel zugang zusage zusammenarbeit "
    "zustimmung"
)
