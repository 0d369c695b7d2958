import pytest

from desktop.domain.evidence import Intent, Sentiment
from desktop.understanding.conclusions.intent import intent_by_rules
from desktop.understanding.conclusions.sentiment import sentiment_by_rules
from desktop.understanding.document import open_document
from desktop.understanding.lexicon.language import language_of
from desktop.understanding.lexicon.regions import UNKNOWN, region_of
from tests.fakes.mails import OWN, message


def intent(text: str) -> tuple[str, str]:
    label, shares = intent_by_rules(open_document(message(text), OWN))
    assert sum(shares.values()) == pytest.approx(1.0)
    return label.value, label.evidence.text if label.evidence else ""


@pytest.mark.parametrize(
    ("text", "expected", "words"),
    [
        ("Please send us a quote for 40 sensors.", Intent.INQUIRY, "a quote"),
        ("Wir interessieren uns für Ihre Sensoren.", Intent.INQUIRY, "interessieren"),
        ("Merci de nous envoyer un devis.", Intent.INQUIRY, "devis"),
        ("The gateway stopped working\nagain.", Intent.COMPLAINT_OR_ISSUE, "stopped working"),
        ("Das Gerät ist defekt.", Intent.COMPLAINT_OR_ISSUE, "defekt"),
        ("La passerelle est en panne.", Intent.COMPLAINT_OR_ISSUE, "en panne"),
        ("I have to reschedule our meeting.", Intent.MEETING_REQUEST, "reschedule"),
        ("Leider müssen wir den Termin verschieben.", Intent.MEETING_REQUEST, "Termin"),
        ("I have a new phone number.", Intent.STATUS_UPDATE, "new phone number"),
        ("ok thanks", Intent.OTHER, ""),
    ],
)
def test_intent_with_its_words(text: str, expected: Intent, words: str):
    value, evidence = intent(text)
    assert value == expected.value
    assert words in evidence
    assert evidence in text
    assert bool(evidence) is bool(words)


@pytest.mark.parametrize(
    "text",
    [
        (
            "wir benötigen bis Ende März zwölf Spannrahmen nach Zeichnung. Bitte unterbreiten Sie uns ein Angebot mit "
            "Staffelpreisen und nennen Sie die Lieferzeit. Für Rückfragen rufen Sie mich bitte an."
        ),
        (
            "we need twelve clamping frames by the end of March. Please let us have your price, the delivery time and "
            "the terms, and call me if anything in the drawing is unclear."
        ),
        "nous avons besoin de douze cadres fin mars. Veuillez nous adresser votre prix et le délai de livraison.",
    ],
)
def test_asking_for_a_price_is_an_inquiry_however_much_is_asked_with_it(text: str):
    assert intent(text)[0] == Intent.INQUIRY.value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("This is unacceptable, I am very disappointed!!", Sentiment.NEGATIVE),
        ("We are very happy with the sensors.", Sentiment.POSITIVE),
        ("The sensors arrived on Friday.", Sentiment.NEUTRAL),
        ("Wir sind enttäuscht.", Sentiment.NEGATIVE),
        ("Nous sommes ravis.", Sentiment.POSITIVE),
        ("I insist that somebody comes. I am not paying for this visit.", Sentiment.NEGATIVE),
        ("Exigimos una solución, las piezas llegaron rotas.", Sentiment.NEGATIVE),
        ("Dzień dobry, jesteśmy bardzo zadowoleni, to jest świetna praca.", Sentiment.POSITIVE),
        ("Ürünler kırık geldi, bu kabul edilemez.", Sentiment.NEGATIVE),
        ("O motor avariou outra vez, é inaceitável.", Sentiment.NEGATIVE),
        ("It is the third night in a row. Nobody over there seems to care.", Sentiment.NEGATIVE),
        ("Dies ist unsere dritte Aufforderung.", Sentiment.NEGATIVE),
    ],
)
def test_sentiment(text: str, expected: Sentiment):
    label, shares = sentiment_by_rules(open_document(message(text), OWN))
    assert label.value == expected.value
    assert sum(shares.values()) == pytest.approx(1.0)
    assert bool(label.evidence) is (expected is not Sentiment.NEUTRAL)


@pytest.mark.parametrize(
    ("text", "language", "sure"),
    [
        ("Please send us the list of all parts.", "en", True),
        ("Bitte schicken Sie uns die Liste.", "de", True),
        ("Merci de nous envoyer la liste.", "fr", True),
        ("Graag ontvangen wij jullie offerte voor maandag aanstaande", "nl", True),
        ("", "en", True),
    ],
)
def test_language(text: str, language: str, *, sure: bool):
    assert language_of(text) == (language, sure)


@pytest.mark.parametrize(
    ("address", "text", "language", "region"),
    [
        ("a@b.de", "", "en", "DE"),
        ("a@b.co.uk", "", "en", "GB"),
        ("a@b.example", "Tel. +43 2236 555 07", "de", "AT"),
        ("a@b.example", "020 7946 0018", "en", "GB"),
        ("a@b.example", "(614) 555-0143", "en", "US"),
        ("a@b.example", "Ltd, 020 7946 0018\n", "en", "GB"),
        ("a@b.example", "", "fr", "FR"),
        ("a@b.example", "", "", UNKNOWN),
    ],
)
def test_region(address: str, text: str, language: str, region: str):
    assert region_of(address, text, language) == region
