"""What several mails say of one thing: which value wins, how sure that makes, and what counts as a second voice."""

from datetime import timedelta

import pytest

from desktop.domain.evidence import SURE_FROM, FactKind
from desktop.domain.ids import InteractionId
from desktop.proposals.conversation import Source
from desktop.proposals.merging import AGREED_AT_MOST, DISPUTED_AT_MOST, merge
from tests.fakes.situations import NOON, fact, message, reading

LAST = 9


def source(number, text, kind, words, value=None, *, confidence=0.9, is_current=False):
    """Return the number-th mail, saying one thing."""
    found = [fact(text, kind, words, value, confidence=confidence)] if words else []
    return Source(
        InteractionId(f"mail-{number}"), message(text), reading(found), NOON + timedelta(days=number), is_current
    )


def amount(number, value, *, confidence=0.9, line="We have {} for it."):
    words = f"{value} EUR"
    return source(number, line.format(words), FactKind.AMOUNT, words, f"{value}.00 EUR", confidence=confidence)


def test_one_mail_alone_says_just_what_it_says():
    one = source(LAST, "I am Head Buyer", FactKind.TITLE, "Head Buyer", is_current=True)
    merged, alone = merge(FactKind.TITLE, [one]), one.reading.best(FactKind.TITLE)
    assert (merged.value, merged.confidence, merged.evidence) == (alone.value, alone.confidence, alone.evidence)
    assert (merged.also, merged.others, merged.is_news) == ((), (), True)


def test_nothing_said_is_nothing():
    assert merge(FactKind.TITLE, [source(1, "Hello", FactKind.TITLE, "")]) is None
    assert merge(FactKind.TITLE, [source(1, "I am Boss", FactKind.TITLE, "Boss", confidence=0.2)]) is None


def test_the_newest_wins_and_the_others_name_their_mails():
    merged = merge(FactKind.AMOUNT, [amount(1, 10), amount(2, 20), amount(3, 30)])
    assert (merged.value, merged.evidence.source) == ("30.00 EUR", "mail-3")
    assert [(o.value, o.evidence.source) for o in merged.others] == [("20.00 EUR", "mail-2"), ("10.00 EUR", "mail-1")]


@pytest.mark.parametrize(("newer", "wins"), [(0.47, False), (0.49, True), (0.9, True)])
def test_a_newer_value_loses_only_where_it_was_barely_read(newer, wins):
    older = 0.94  # 0.94 / 1.94 = 0.485
    merged = merge(FactKind.AMOUNT, [amount(1, 10, confidence=older), amount(2, 20, confidence=newer)])
    assert (merged.value == "20.00 EUR") is wins


def test_disagreement_is_never_sure():
    merged = merge(FactKind.AMOUNT, [amount(1, 10, confidence=0.99), amount(2, 20, confidence=0.99)])
    assert merged.confidence == pytest.approx(DISPUTED_AT_MOST)
    assert merged.confidence < SURE_FROM


def test_two_voices_make_surer_up_to_a_limit():
    two = merge(FactKind.AMOUNT, [amount(1, 10, confidence=0.8), amount(2, 10, confidence=0.7, line="So {} it is.")])
    assert two.confidence == pytest.approx(1 - 0.2 * (1 - 0.5 * 0.7))
    lines = ["So {} it is.", "Yes, {}.", "{} then.", "All in {}.", "I said {}.", "Still {}."]
    many = merge(FactKind.AMOUNT, [amount(n, 10, line=line) for n, line in enumerate(lines)])
    assert many.confidence == AGREED_AT_MOST
    surest = merge(FactKind.AMOUNT, [amount(1, 10, confidence=0.995), amount(2, 10, line="Yes, {}.")])
    assert surest.confidence == 0.995


def test_the_order_of_the_mails_does_not_change_how_sure_they_make():
    chances = [0.6, 0.9, 0.7]
    lines = ["So {}.", "Yes, {}.", "{} then."]
    said = [
        [amount(day, 10, confidence=chances[n], line=lines[n]) for day, n in enumerate(order)]
        for order in ((0, 1, 2), (2, 1, 0), (1, 0, 2))
    ]
    assert len({merge(FactKind.AMOUNT, mails).confidence for mails in said}) == 1


@pytest.mark.parametrize("again", ["We have 10 EUR for it.", "> We have  10 EUR for it.", ">> we have 10 EUR for it."])
def test_the_same_line_again_is_no_second_voice(again):
    mails = [amount(1, 10, confidence=0.7), source(2, again, FactKind.AMOUNT, "10 EUR", "10.00 EUR", confidence=0.6)]
    assert merge(FactKind.AMOUNT, mails).confidence == 0.7


@pytest.mark.parametrize(
    ("kind", "one", "other", "fullest"),
    [
        (FactKind.PERSON, "Jane Roe", "Jane", "Jane Roe"),
        (FactKind.COMPANY, "Buyer Industries Ltd", "Buyer Industries", "Buyer Industries Ltd"),
        (FactKind.AMOUNT, "10.00 EUR", "10.00", "10.00 EUR"),
        (FactKind.MOBILE, "+447700900123", "07700900123", "07700900123"),
        (FactKind.TITLE, "Head Buyer", "head  buyer", "head  buyer"),
    ],
)
def test_one_value_said_more_or_less_fully_is_no_disagreement(kind, one, other, fullest):
    mails = [source(1, "a X", kind, "X", one), source(2, "b X", kind, "X", other)]
    merged = merge(kind, mails)
    assert (merged.value, merged.others) == (fullest, ())


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        (FactKind.PERSON, "Jane Roe", "Jane Doe"),
        (FactKind.COMPANY, "Buyer Industries", "Seller Industries"),
        (FactKind.AMOUNT, "10.00 EUR", "10.00 USD"),
        (FactKind.MOBILE, "+447700900123", "+447700900124"),
    ],
)
def test_different_values_are_a_disagreement(kind, one, other):
    merged = merge(kind, [source(1, "a X", kind, "X", one), source(2, "b X", kind, "X", other)])
    assert [found.value for found in merged.others] == [one]


# --- what is news ---------------------------------------------------------------------------------------------------


def test_a_value_weighed_before_is_news_only_in_words_of_its_own():
    settled = {"mail-1"}
    copied = [amount(1, 10), amount(2, 10)]
    assert not merge(FactKind.AMOUNT, copied, settled=settled).is_news
    anew = [amount(1, 10), amount(2, 10, line="Yes, {}.")]
    assert merge(FactKind.AMOUNT, anew, settled=settled).is_news
    assert not merge(FactKind.AMOUNT, anew, settled={"mail-1", "mail-2"}).is_news


def test_an_earlier_value_said_again_after_another_is_news():
    back = [amount(1, 10), amount(2, 20), amount(3, 10)]
    assert merge(FactKind.AMOUNT, back, settled={"mail-1", "mail-2"}).is_news


# --- what is taken back ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "Please ignore my last number.",
        "Please ignore my\nlast number.",
        "Please disregard the figure of 28,000 from my previous mail.",
        "The earlier offer, please disregard it.",
        "Our previous offer is withdrawn.",
        "Bitte ignorieren Sie meine letzte Zahl.",
        "Vergessen Sie bitte den alten Betrag.",
        "Veuillez ignorer mon dernier chiffre.",
        "Merci d'oublier le montant précédent.",
        "Por favor ignore mi última cifra.",
        "Olvide el importe anterior, por favor.",
    ],
)
def test_an_amount_is_taken_back_in_several_languages(words):
    mails = [amount(1, 10), source(2, words, FactKind.AMOUNT, "")]
    assert merge(FactKind.AMOUNT, mails) is None
    later = amount(3, 20)
    assert merge(FactKind.AMOUNT, [*mails, later]).others == ()


@pytest.mark.parametrize(
    "words",
    [
        "I ignore why it failed.",
        "Please do not forget the last number.",
        "N'oubliez pas mon dernier prix.",
        "Don't ignore my last offer.",
        "Vergessen Sie nicht die letzte Zahl.",
        "I forget what the last price was.",
        "The last price list was fine.",
        "Ignore the noise.",
    ],
)
def test_other_words_take_nothing_back(words):
    assert merge(FactKind.AMOUNT, [amount(1, 10), source(2, words, FactKind.AMOUNT, "")]).value == "10.00 EUR"


def test_taking_an_amount_back_leaves_the_title_alone():
    mails = [source(1, "I am Boss", FactKind.TITLE, "Boss"), source(2, "Ignore my last number", FactKind.TITLE, "")]
    assert merge(FactKind.TITLE, mails).value == "Boss"


def test_a_hostile_mail_cannot_hold_a_merge_up():
    long = "ignore last " * 100_000
    assert merge(FactKind.AMOUNT, [source(n, long, FactKind.AMOUNT, "") for n in range(5)]) is None
