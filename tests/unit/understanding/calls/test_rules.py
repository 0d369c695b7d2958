"""The rules for what is said, one by one."""

import pytest

from desktop.domain.evidence import FactKind, Party
from desktop.domain.interactions import Call, Turn
from desktop.understanding.calls.amounts import find_amounts
from desktop.understanding.calls.commitments import find_commitments
from desktop.understanding.calls.days import find_days
from desktop.understanding.calls.numbers import numbers_in
from desktop.understanding.calls.products import find_products
from desktop.understanding.calls.quantities import find_quantities
from desktop.understanding.calls.reading import read_call
from desktop.understanding.calls.rivals import find_rivals
from desktop.understanding.calls.said_numbers import readings_of
from desktop.understanding.calls.sides import is_dictated, sides_of
from desktop.understanding.calls.spelled_out import address_of
from desktop.understanding.calls.transcript import read_transcript
from tests.unit.understanding.calls.invented_calls import TUESDAY, call


def transcript(text: str):
    return read_transcript(call(text))


def values(found) -> list[str]:
    return list(dict.fromkeys(candidate.value for candidate in found))


@pytest.mark.parametrize(
    ("said", "numbers"),
    [
        ("between eighteen and twenty six", [18, 26]),
        ("two hundred and five", [205]),
        ("zweiunddreißig und drei", [32, 3]),
        ("we have 40 of them", [40]),
    ],
)
def test_numbers_one_by_one(said, numbers):
    assert [int(one.value) for one in numbers_in(said, 0, len(said))] == numbers


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("jo dot lee at north field dot example", "jo.lee@northfield.example"),
        ("j lee at northfield dot co dot uk", "jlee@northfield.co.uk"),
        ("max punkt mohr at nordfeld punkt de", "max.mohr@nordfeld.de"),
        ("jo underscore lee at northfield dot com", "jo_lee@northfield.com"),
        ("see you at the office dot", None),
    ],
)
def test_addresses_letter_by_letter(said, address):
    assert address_of(said) == address


@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("oh double seven four", "0774"),
        ("plus four nine one seven six", "+49176"),
        ("null eins sieben, sechs", "0176"),
    ],
)
def test_numbers_digit_by_digit(said, digits):
    assert readings_of(said)[0] == digits


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("r: what's the budget\nc: forty eight four for the year", ["48400.00"]),
        ("r: what's the budget\nc: it's twenty two and a half thousand", ["22500.00"]),
        ("c: the price is twenty two five\nr: i could do it for twenty if you sign now", ["22500.00", "20000.00"]),
        ("r: how many people is that\nc: call it twenty\nc: and the budget is twenty two five", ["22500.00"]),
        ("c: the meeting is at twenty five past ten and the price is fine", []),
        ("r: the price is twelve grand\nc: oh one one one four nine six oh one seven two", ["12000.00"]),
        ("r: wie hoch ist ihr budget\nc: zwölf fünf in der kalenderwoche achtundvierzig", ["12500.00 EUR"]),
        ("c: we have three thousand users and the price worries me", []),
        ("r: and the budget\nc: It's 22,500 for the year, or 24k with training.", ["22500.00", "24000.00"]),
        ("c: My order number is 3348917 and I paid in 2024.", []),
        ("c: The margin is 35 to 50% and the price is $18,000.", ["18000.00 USD"]),
        ("c: the price is seventy cents a piece and twelve thousand in total", ["12000.00"]),
        ("c: it's ten, no, sorry, eleven thousand pounds", ["11000.00 GBP"]),
    ],
)
def test_amounts_as_they_are_said(text, amounts):
    assert values(find_amounts(transcript(text))) == amounts


def test_the_deals_amount_is_not_the_rivals_nor_the_limit_of_a_signature():
    text = """
    r: so what's the budget
    c: eighteen five that's what went in the plan
    c: anything over twenty thousand my boss signs
    c: and the others they quoted sixteen thousand
    c: last year we lost about thirty thousand
    """
    best = max(find_amounts(transcript(text)), key=lambda candidate: candidate.rule_score)
    assert best.value.startswith("18500.00")


@pytest.mark.parametrize(
    ("text", "quantities"),
    [
        ("c: we have thirty seats and two sites", ["thirty seats", "two sites"]),
        ("c: i waited three weeks and twenty minutes", []),
        ("c: wir brauchen fünfundzwanzig Arbeitsplätze", ["fünfundzwanzig Arbeitsplätze"]),
        ("r: so how many would use it\nc: about twelve", ["twelve"]),
        ("c: it dropped by seven percent", ["seven percent"]),
    ],
)
def test_quantities(text, quantities):
    assert values(find_quantities(transcript(text))) == quantities


@pytest.mark.parametrize(
    ("text", "tasks"),
    [
        ("r: I'll send you the quote by Friday.", [(FactKind.PROMISE, Party.REP, "2026-09-18")]),
        ("c: I'll get you the figures tomorrow.", [(FactKind.PROMISE, Party.CONTACT, "2026-09-16")]),
        ("c: Could you send it to my boss please?", [(FactKind.ASK, Party.REP, "")]),
        ("r: Can you check the numbers for me?", [(FactKind.ASK, Party.CONTACT, "")]),
        ("r: My colleague will call you back.", [(FactKind.PROMISE, Party.OTHER, "")]),
        ("r: Das schicke ich Ihnen bis Montag.", [(FactKind.PROMISE, Party.REP, "2026-09-21")]),
        ("r: [laughs] I'll send you the quote.", [(FactKind.PROMISE, Party.REP, "")]),
        ("r: Can you tell me what happened?", []),
        ("c: Let me think about that for a second.", []),
        ("r: I'll be honest with you there.", []),
        ("r: I can't promise to send it this week.", []),
        ("r: I did not offer to send anyone.", []),
        ("r: I already sent you the quote last week.", []),
        ("r: I can send you a brochure if you'd like.", []),
    ],
)
def test_tasks(text, tasks):
    talk = f"{text}\n{'c' if text.startswith('r') else 'r'}: All right then."
    found = list(find_commitments(transcript(talk)))
    assert [(one.kind, one.owner, one.due) for one in found] == tasks


@pytest.mark.parametrize(
    ("text", "rivals"),
    [
        ("c: we had norvex they came in in may and they quoted ten grand", ["Norvex"]),
        ("c: Wir haben ein Angebot von der, äh, Norvex. Die liegen bei zwölf fünf.\nr: Gut.", ["Norvex"]),
        ("c: they're fed up with norvex honestly", ["Norvex"]),
        ("c: bright fold they pitched us in june\nr: ten thousand for brightfold", ["Brightfold"]),
        ("c: Die Entscheidung liegt bei ihr.\nr: Ja.", []),
        ("c: they came in late and they left early", []),
    ],
)
def test_rivals(text, rivals):
    assert values(find_rivals(transcript(text))) == rivals


@pytest.mark.parametrize(
    ("text", "kind", "values_left"),
    [
        ("c: thirty seats, no, sorry, thirty five seats", FactKind.QUANTITY, {"thirty five seats"}),
        ("c: let's say Tuesday, no, make that Wednesday", FactKind.DATE, {"2026-09-16"}),
        ("c: we need forty seats\nr: forty seats\nc: no, make that forty five seats", FactKind.QUANTITY,
         {"forty five seats"}),
        ("r: wie hoch ist das Budget\nc: zwölftausend\nc: moment, es sind dreizehntausend", FactKind.AMOUNT,
         {"13000.00 EUR"}),
        ("c: Monday is no problem and Friday works too", FactKind.DATE, {"2026-09-21", "2026-09-18"}),
        ("c: thirty seats and then no more than two sites", FactKind.QUANTITY, {"thirty seats", "two sites"}),
        ("c: thirty seats, no, forty seats, well no, thirty seats it is", FactKind.QUANTITY, {"thirty seats"}),
    ],
)  # fmt: skip
def test_what_is_put_right_at_once_is_gone(text, kind, values_left):
    reading = read_call(call(text), None, job="call-1")
    assert {fact.value for fact in reading.all(kind)} == values_left


def test_models_letter_by_letter_and_not_the_one_refused():
    text = "c: we want two of the k r seventies not the k r fifty"
    assert values(find_products(transcript(text))) == ["KR70"]


def test_when_somebody_left_is_a_day_gone_by():
    text = "r: when did he leave\nc: end of june\nr: and when do you decide\nc: by the end of october"
    assert values(find_days(transcript(text))) == ["2026-06-30", "2026-10-31"]


@pytest.mark.parametrize(
    ("turns", "rep"),
    [
        ((("rep", "hello"), ("customer", "hi")), "rep"),
        ((("agent", "hello"), ("caller", "hi"), ("action", "opened")), "agent"),
        ((("A", "How much would our order from you be?"), ("B", "Our price is ten dollars.")), "B"),
        ((("A", "Thank you for calling, how can I help?"), ("B", "I need to return it.")), "A"),
        ((("me", "note to self"),), "me"),
    ],
)
def test_who_is_the_rep(turns, rep):
    found = Call("call-1", TUESDAY, tuple(Turn(*turn) for turn in turns))
    sides = sides_of(found)
    assert [speaker for speaker, side in sides.items() if side is Party.REP] == [rep]
    assert sides.get("action", Party.OTHER) is Party.OTHER
    assert is_dictated(found) is (len(turns) == 1)


@pytest.mark.parametrize(
    ("text", "gone", "kept"),
    [
        ("c: He's been ill for months. That's private, don't put it in the CRM.\nr: Of course.", "ill", "course"),
        ("c: Between us, he may leave. We need ten seats.\nr: Fine.", "leave", "Fine"),
        ("c: Das bleibt aber unter uns, der Chef geht in Rente.\nr: Klar.", "unter uns", "Klar"),
        ("c: she is unwell\nr: oh no\nc: keep that out of your notes\nr: sure we start on monday", "unwell", "monday"),
    ],
)
def test_what_is_private(text, gone, kept):
    found = transcript(text)
    assert any(first <= found.text.index(gone) < last for first, last in found.private)
    assert not any(first <= found.text.index(kept) < last for first, last in found.private)
