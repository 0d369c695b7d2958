"""Calls in several languages and styles, all made up: people, firms and numbers are nobody's."""

from datetime import UTC, datetime

from desktop.domain.interactions import Call, Participant, Role, Turn

TUESDAY = datetime(2026, 9, 15, 10, 0, tzinfo=UTC)
PAUSE = 6.0


def call(text: str, *, at: datetime = TUESDAY, rep: str = "rep", **changes) -> Call:
    """Return a call from lines `r: what the rep says`, `c: what the contact says`."""
    names = {"r": "rep", "c": "customer", "s": "action"}
    lines = [line.strip().partition(":") for line in text.strip().splitlines()]
    turns = tuple(Turn(names.get(who, who), said.strip(), PAUSE * n) for n, (who, _, said) in enumerate(lines))
    return Call("call-1", at, turns, rep=rep, **changes)


def people(address: str = "ines.morel@buyer.example", name: str = "Ines Morel") -> tuple[Participant, ...]:
    """Return who was on the line, as a telephone with a directory knows it."""
    return (Participant(address, name, Role.FROM), Participant("alex@seller.example", "Alex Doe", Role.TO))


CLOSING = """
r: Hi Martin, it's Olga Brandt from Cedarline. Have you got five minutes?
c: Olga, hi. Yeah, go on then.
r: I wanted to pick up where we left it on the pallet trackers. You had the quote over, didn't you?
c: I did. Sixty trackers, nineteen eight. I showed it to Denise. Denise Okoro, she's our operations director.
r: And what did she say?
c: She said nineteen eight is too much. She'd do eighteen, no, sorry, she'd do seventeen five and not a penny more.
r: Right. I can't promise you seventeen five. I could ask, but I can't promise it.
c: Well, Stackhouse came in at sixteen thousand, so.
r: Okay. I'll speak to my director and I'll email you by Friday.
c: Perfect. And can you send the contract to Denise as well?
r: Will do. I'll send it with the price. When would you want them?
c: We'd need to have them in by the first of November.
r: That works. Thanks Martin, speak soon.
"""

COMPLAINT = """
r: support good morning you're speaking with hannah
c: hi hannah my name is george pelham i'm calling from tidewater marine about our compressor it's broken down again
r: oh i'm sorry to hear that can i take your email
c: yeah it's g pelham at tidewater marine dot example
r: thank you and a number in case we get cut off
c: oh one one one four nine six oh one seven two
r: lovely so what's happened
c: so it stopped last thursday and nobody came out and i'm really disappointed we've lost about four thousand in hire
r: right i'm really sorry i'll get an engineer out to you by tomorrow morning
c: okay and i want that in writing please
r: of course i'll email you the visit slot this afternoon
c: and between you and me my boss is thinking of leaving you altogether anyway thanks hannah
r: thank you george bye
"""

GERMAN = """
c: brückner
r: guten tag herr brückner hier ist lena voss von der firma hellwerk ich rufe an wegen der angebotsanfrage
c: ja genau frau voss also wir brauchen vierzig leuchten für die neue halle
r: vierzig stück okay und haben sie ein budget
c: also wir hatten zwölftausend gesagt nein moment vierzehn fünf hatten wir
r: vierzehn fünf gut ich schicke ihnen bis donnerstag ein angebot
c: gut und sprechen sie bitte auch mit der frau tamm das ist unsere einkäuferin
r: mache ich haben sie noch andere angebote
c: ja von lumaris die liegen bei dreizehn zwei
r: gut dann hören wir uns am dreiundzwanzigsten september
c: passt tschüss frau voss
"""

FRENCH = """
r: Bonjour, c'est Claire Dumas de chez Nordelis. Je parle bien à Monsieur Ferrand ?
c: Oui, bonjour madame.
r: Je vous appelle au sujet de la démonstration. Qu'est-ce que vous en avez pensé ?
c: C'était très bien, mais le prix est un peu élevé. Vingt-deux mille euros, c'est trop pour nous.
r: Je comprends. Quel est votre budget ?
c: On a dix-huit mille euros pour cette année. Et c'est Madame Lopez qui signe, notre directrice financière.
r: D'accord. Je vous envoie une nouvelle offre avant vendredi.
c: Parfait. Vous pouvez me rappeler lundi prochain ?
r: Très bien, je vous rappelle lundi. Merci Monsieur Ferrand.
"""

SPANISH = """
r: hola buenos días soy marta rubio de talleres quinta le llamo por la oferta
c: hola marta sí soy ignacio vela dígame
r: quería saber si pudo ver la oferta de las carretillas
c: sí la vi son treinta mil euros no es que me parece caro
r: entiendo qué presupuesto tienen
c: pues veintisiete mil euros como mucho y necesitamos seis carretillas antes del quince de octubre
r: de acuerdo le envío mañana una oferta nueva
c: gracias y puede enviar también el contrato a la señora pons
r: claro que sí le llamo el jueves
c: perfecto hasta el jueves
"""

NOTE = """
r: so visit note for marlow bakeries wednesday the sixteenth
r: i met tessa quill she's the plant engineer and her boss mister adeyemi joined us for a bit
r: they run two old ovens and they want to replace both next spring budget is around ninety thousand
r: i told her i'd send the brochure for the x t two hundred by the end of the month
r: i did not promise a trial and i didn't offer a discount
r: she also told me she's getting divorced that's private so keep that out of the notes
r: i need to ask gareth in service for the energy figures
r: that's all
"""
