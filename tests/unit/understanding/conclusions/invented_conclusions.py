"""Invented mails with what a rep would conclude: intents that are right, sentiments that are right, words of the next
action (none: nothing to do)."""

from typing import NamedTuple


class Mail(NamedTuple):
    """One mail; `intents` and `moods` hold every answer that is right."""

    intents: str
    moods: str
    action: str
    subject: str
    text: str


MAILS = (
    Mail("meeting_request request_action", "neutral positive", "thursday",
         "Quick chat?", "Hi Alex,\n\nI saw the new gateway on your site. Would Thursday at 3 work for a twenty minute "
         "call? If not, Friday morning is wide open on my side.\n\nPat"),
    Mail("meeting_confirmation", "neutral positive", "",
         "Re: Site visit", "Tuesday 10:00 works for us, I have booked the small room. Gate code is 4411.\n\nSee you "
         "then\nMo"),
    Mail("event_invitation", "positive neutral", "",
         "You're invited: autumn open house", "Dear customer,\n\nWe would like to invite you to our autumn open house "
         "on 12 October. There will be talks by three engineers, a tour and lunch. Please register by 1 October.\n\n"
         "The Kestrel team"),
    Mail("proposal_or_offer", "positive neutral", "",
         "Cut your energy bill", "Hello,\n\nOur platform helps mid-size factories reduce power costs by up to 18%. We "
         "are currently offering a free trial to five companies in your region.\n\nBest\nRaj Patel, Voltwise"),
    Mail("inquiry request_action", "neutral positive", "how much",
         "Question about the X200", "Hi there, do you ship the X200 to Norway and how much is it for ten units? A "
         "rough price is fine for now."),
    Mail("contract_negotiation request_action", "neutral negative", "liability",
         "MSA comments", "Alex,\n\nour lawyers went through the draft agreement. Two points: the liability cap in "
         "clause 9 has to go up to 2m, and we can't accept Delaware law. Could you come back to me on the liability "
         "cap by Wednesday?\n\nThanks, Bea"),
    Mail("document_delivery", "neutral positive", "",
         "Drawings", "Please find attached the drawings for hall 3 as discussed.\n\nRegards\nTom"),
    Mail("status_update", "neutral", "",
         "Maintenance on Saturday", "Please be advised that our warehouse system will be unavailable on Saturday from "
         "06:00 to 12:00. Normal service will resume in the afternoon."),
    Mail("follow_up request_action inquiry", "neutral positive", "quote",
         "Re: Quote 4471", "Hi Alex, just checking in on the quote we discussed two weeks ago. Did you get a chance "
         "to update it? Cheers, Ana"),
    Mail("introduction_or_referral", "positive neutral", "",
         "Intro", "Alex, let me introduce you to Femke, who runs operations at Duinzicht. She is looking at new "
         "scales and I told her you are the person to ask. Her number is +31 20 555 0190."),
    Mail("job_or_recruiting", "positive neutral", "",
         "Application for the account manager position", "Dear Sir or Madam,\n\nI would like to apply for the "
         "account manager position. My CV and a cover letter are attached. I would welcome an interview."),
    Mail("complaint_or_issue request_action", "negative", "replac",
         "Faulty pumps", "Two of the five pumps you delivered leak. This is the second delivery with defects and my "
         "patience is wearing thin. Please send replacements this week.\n\nK. Osei"),
    Mail("purchase_or_billing request_action", "neutral positive", "",
         "PO 88123", "Hello Alex, we accept your quotation. Purchase order 88123 is attached, please confirm the "
         "delivery date and send the invoice to accounts@harbour.example."),
    Mail("request_action", "neutral", "form",
         "Supplier form", "Hi, before we can pay you we need the attached supplier form. Please fill it in and return "
         "it by Friday. Thanks"),
    Mail("decline", "negative neutral", "",
         "Re: Offer", "Dear Alex, thank you for the offer and the time you took. Unfortunately we have decided to go "
         "with another supplier. We will keep your details on file."),
    Mail("other status_update", "neutral", "",
         "Automatic reply: Offer", "I am out of the office until 3 September with limited access to e-mail."),
    Mail("other", "neutral positive", "",
         "Thanks!", "Got it, thanks a lot!"),
    Mail("complaint_or_issue purchase_or_billing inquiry request_action", "negative neutral", "",
         "Invoice 2231 wrong", "Hi, invoice 2231 charges us for 12 licences, we only have 10. Can you correct this and "
         "issue a credit note?"),
    Mail("contract_negotiation", "neutral positive negative", "",
         "Re: Renewal", "Alex - the renewal at 14k is over budget. If you can do 12.5k with net 60 we can sign this "
         "week."),
    Mail("status_update introduction_or_referral", "neutral positive", "",
         "My new role", "Dear all, as of 1 May I have a new position as head of quality. My successor in purchasing "
         "is Lena Ott, copied here."),
    Mail("inquiry request_action", "neutral positive", "angebot",
         "Anfrage Förderband", "Guten Tag,\n\nwir suchen ein Förderband mit 6 m Länge für unsere Packerei. Bitte "
         "senden Sie uns ein Angebot inklusive Montage bis zum 15. Mai.\n\nMit freundlichen Grüßen\nJ. Kolb"),
    Mail("complaint_or_issue request_action", "negative", "ersatz",
         "Wieder falsche Ware", "Sehr geehrte Damen und Herren,\n\nzum zweiten Mal haben Sie uns die falschen "
         "Filter geliefert. Das ist sehr ärgerlich. Bitte schicken Sie umgehend Ersatz.\n\nR. Maas"),
    Mail("meeting_request request_action", "neutral positive", "",
         "Termin nächste Woche", "Hallo Herr Morgan, leider muss ich unseren Termin am Montag verschieben. Passt "
         "Ihnen Mittwoch um 14 Uhr?"),
    Mail("decline", "negative neutral", "",
         "Ihr Angebot", "Guten Tag Herr Morgan, vielen Dank für Ihr Angebot. Leider haben wir uns für einen anderen "
         "Anbieter entschieden."),
    Mail("purchase_or_billing", "positive neutral", "",
         "Bestellung 4500-77", "Hallo, hiermit bestellen wir 40 Stück gemäß Ihrem Angebot. Bitte senden Sie uns die "
         "Auftragsbestätigung."),
    Mail("document_delivery", "neutral positive", "",
         "Unterlagen", "Anbei wie besprochen die Unterlagen für die Ausschreibung.\nGruß, Tim"),
    Mail("inquiry request_action", "neutral positive", "devis",
         "Demande de devis", "Bonjour,\n\nnous recherchons trois compresseurs pour notre atelier de Nantes. "
         "Pourriez-vous nous envoyer un devis avant le 10 juin ?\n\nCordialement\nLuc Perrin"),
    Mail("meeting_confirmation", "neutral positive", "",
         "Re: rendez-vous", "Bonjour, jeudi à 9h me convient parfaitement. À jeudi !"),
    Mail("complaint_or_issue request_action", "negative", "",
         "Machine en panne", "Bonjour, la machine installée en mars est de nouveau en panne. Nous sommes très "
         "mécontents, merci de nous envoyer un technicien demain."),
    Mail("decline", "negative neutral", "",
         "Votre proposition", "Bonjour Monsieur, après réflexion nous ne donnerons pas suite à votre proposition. "
         "Nous avons retenu un autre prestataire."),
    Mail("inquiry request_action", "neutral positive", "presupuesto",
         "Consulta", "Buenos días, necesitamos un presupuesto para 25 lámparas industriales. ¿Podría enviarlo esta "
         "semana? Gracias, Marta"),
    Mail("complaint_or_issue request_action", "negative", "",
         "Pedido incompleto", "Hola, el pedido llegó incompleto y con dos cajas dañadas. Es la segunda vez este mes "
         "y es inaceptable. Exigimos una solución inmediata."),
    Mail("inquiry request_action", "neutral positive", "preventivo",
         "Richiesta preventivo", "Buongiorno, vorremmo un preventivo per la manutenzione di due carrelli. Potete "
         "inviarlo entro venerdì? Grazie"),
    Mail("meeting_request request_action", "neutral positive", "",
         "Incontro", "Buongiorno, possiamo spostare l'incontro di lunedì a mercoledì alle 11?"),
    Mail("purchase_or_billing request_action", "neutral positive", "",
         "Akkoord", "Beste Alex, wij gaan akkoord met de offerte. Kunt u de orderbevestiging sturen?"),
    Mail("complaint_or_issue request_action", "negative", "",
         "Klacht", "Geachte heer, de geleverde machine werkt nog steeds niet en uw monteur is niet komen opdagen. "
         "Wij zijn erg teleurgesteld. Graag vandaag nog een oplossing."),
    Mail("follow_up", "positive neutral", "",
         "Great meeting you", "Hi Alex, it was great to meet you at the fair yesterday. I'll send you the sample list "
         "on Monday."),
    Mail("introduction_or_referral", "positive neutral", "",
         "Kontakt", "Hallo Alex, ich möchte Ihnen Frau Berg von der Seewerft empfehlen, sie sucht Sensoren. Ihre "
         "Telefonnummer: 0431 555 0123."),
    Mail("proposal_or_offer document_delivery", "neutral positive", "",
         "Unser Angebot", "Sehr geehrter Herr Morgan, im Anhang finden Sie unser Angebot für die Reinigung Ihrer "
         "Büros. Wir bieten Ihnen im ersten Monat 20 % Rabatt."),
    Mail("inquiry", "neutral positive", "",
         "SSO", "Hey, quick question - does your product support single sign-on with our identity provider, and is it "
         "included in the basic plan?"),
    Mail("follow_up inquiry request_action complaint_or_issue", "neutral negative", "",
         "No answer", "Hello, I wrote to you on 3 May and have not heard back. Any news on my request?"),
    Mail("request_action", "neutral", "address",
         "Update our address", "Hi, please change our delivery address to 5 Quay Street in your system. Thanks, Jo"),
)  # fmt: skip
