"""Telephone numbers: what they are for, whose they are, and which digits are none."""

import pytest

from desktop.domain.evidence import Candidate, FactKind
from desktop.understanding.candidates import phones
from tests.unit.understanding.candidates.finding import best, found

K = FactKind
SIGNED = "Hello Alex,\n\nplease call me back about the offer.\n\nRegards\nJo Field\n"


def of(kind: FactKind, text: str) -> list[str]:
    return sorted(c.value for c in found(kind, text) if c.rule_score >= 0.3)


def number_in(text: str) -> Candidate:
    candidates = [*found(K.PHONE, text), *found(K.MOBILE, text)]
    return max(candidates, key=lambda candidate: candidate.rule_score)


@pytest.mark.parametrize(
    ("line", "phone", "mobile", "fax"),
    [
        ("Ph: (614) 555.0143   Fx: (614) 555.0144", "+16145550143", None, "+16145550144"),
        ("(614) 555-0143 Direct\n(614) 555-0144 Fax", "+16145550143", None, "+16145550144"),
        ("614-555-0143 cell", None, "+16145550143", None),
        ("614/555-0143 (o)  614/555-0178 (c)  614/555-0144 (f)", "+16145550143", "+16145550178", "+16145550144"),
        ("Voice: (614) 555-0143 * FAX: (614) 555-0144", "+16145550143", None, "+16145550144"),
        ("Telephone No.: (614) 555-0143\nFacsimile Transmission No.: (614) 555-0144", "+16145550143", None,
         "+16145550144"),
        ("Tel./Fax: +49 30 23125 441", "+493023125441", None, None),
        ("☎ +44 20 7946 0118  📱 +44 7700 900264", "+442079460118", "+447700900264", None),
        ("Off: +91 22 5550 0123 Extn: 204 | Mob: +91-98765-00123", "+912255500123", "+919876500123", None),
        ("tel. +48 22 555 01 23, kom. +48 600 555 012", "+48225550123", "+48600555012", None),
        ("Fax: +44 20 7946 0119", None, None, "+442079460119"),
    ],
)  # fmt: skip
def test_what_numbers_are_for(line: str, phone: str | None, mobile: str | None, fax: str | None):
    text = SIGNED + line
    wanted = {K.PHONE: phone, K.MOBILE: mobile, K.FAX: fax}
    assert {kind: of(kind, text) for kind in wanted} == {kind: [v] if v else [] for kind, v in wanted.items()}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("Tel: 614-555-0143x4471", "614-555-0143"),
        ("Tel: (614)555-0143- extension 24", "(614)555-0143"),
        ("T: +43 1 555 07 DW 12", "+43 1 555 07"),
        ("Standard +33 1 99 00 45 67 / poste 5127", "+33 1 99 00 45 67"),
        ("Conmutador (614) 555-0143 Ext. 318", "(614) 555-0143"),
        ("Tel: +90 232 555 04 61 (santral)  Dahili: 27", "+90 232 555 04 61"),
    ],
)
def test_extensions_stay_outside(line: str, words: str):
    assert best(K.PHONE, SIGNED + line).evidence.text == words


@pytest.mark.parametrize(
    "line",
    [
        "VAT 123456789, order no. 4711 0815 42",
        "Meeting ID: 555 019 772 04   Passcode: 1",
        "Or join from a telephone: +44 20 7946 0382,,41850033# London",
        "One tap mobile\n+16145550123,,5550123456# US",
        "valid 12.10.2026 - 13.10.2026",
        "Amtsgericht Berlin HRB 1234567, USt-IdNr. DE123456789",
        "IBAN DE02 1203 0000 0000 2020 51",
        "Conference call, host code 555012\nNumber: 1-800-555-0199",
        "posted: SPEC SR, Job Code #0000109017.",
    ],
)
def test_digits_that_are_no_number_of_anybody(line: str):
    text = f"Hello Alex,\n\nplease see the following.\n\n{line}\n\nRegards\nJo Field\n"
    assert [of(kind, text) for kind in (K.PHONE, K.MOBILE, K.FAX)] == [[], [], []]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("please call Ian Frost, our counsel, at (614) 555-0144 or me at (614) 555-0143.", "+16145550143"),
        ("I can be reached at (614) 555-0143. Ian can be reached at (614) 555-0144.", "+16145550143"),
        ("AJ would come. To contact her, her number 614-555-0144.\n\nJo Field\n614-555-0143", "+16145550143"),
        ("I'm on 614.555.0143 until noon, after that try Kay's desk at 614.555.0144.", "+16145550143"),
        ("We will call you at (614) 555-0144, else call me at (614) 555-0143.", "+16145550143"),
        ("my old number 614-555-0144 is no longer in use, my new number is 614-555-0143.", "+16145550143"),
        ("meine neue Durchwahl ist +49 30 23125 46, die alte war +49 30 23125 21.", "+493023125 46".replace(" ", "")),
        ("Contacts:\n\nLegal\nSara Poole\n614-555-0144\n\nThanks\n\nJo Field\n614-555-0143", "+16145550143"),
    ],
)  # fmt: skip
def test_whose_number_it_is(text: str, value: str):
    assert number_in(f"Hello Alex,\n\n{text}\n").value == value


def test_numbers_of_others_are_offered_only_as_rivals():
    theirs = "Hello,\n\nplease call Ian Frost at (614) 555-0144"
    assert found(K.PHONE, f"{theirs}.\n\nJo Field") == []
    own, other = found(K.PHONE, f"{theirs} or me at (614) 555-0143.\n\nJo Field")
    assert (own.why, other.why) == (phones.THEIRS, phones.OTHERS)
    assert other.rule_score < 0.15


@pytest.mark.parametrize(
    ("signs", "number", "value"),
    [
        ("Acme Ltd, Dublin", "01 555 0183", "+35315550183"),
        ("Acme B.V., Utrecht", "T 030 555 0183", "+31305550183"),
        ("Acme Inc., Manila\nPHP 1,200", "(02) 5555 0147 loc. 210", "+63255550147"),
        ("Acme S.A. de C.V.", "(81) 5550 1940 Ext. 3", "+528155501940"),
        ("Acme K.K., Tokyo", "TEL 03-5550-0123", "+81355500123"),
        ("Acme Ltda., São Paulo", "Fone: (11) 5555-0123", "+551155550123"),
        ("Acme Pty Ltd, Sydney", "(02) 5550 0139", "+61255500139"),
        ("Volta Cold Ltd, Accra", "T 030 255 0123", "+233302550123"),
        ("Nagy Kft., Budapest", "Tel.: (1) 555 0123", "+3615550123"),
        ("Μύλος, Αθήνα", "Τηλ. 210 555 0123", "+302105550123"),
        ("上海东海泵业有限公司", "电话: 021-5555 0123", "+862155550123"),
        ("한강펌프(주)", "전화: 02-555-0123", "+8225550123"),
        ("شركة النور، الرياض", "هاتف: 011 555 0123", "+966115550123"),
    ],
)
def test_the_country_is_told_by_many_signs(signs: str, number: str, value: str):
    assert best(K.PHONE, f"{SIGNED}{signs}\n{number}").value == value


def test_the_switchboard_comes_after_the_direct_line():
    line = "Switchboard: 020 7946 0100\nDirect: 020 7946 0118\nLondon"
    assert best(K.PHONE, SIGNED + line).value == "+442079460118"


def test_a_mail_full_of_numbers_is_cut_off():
    lines = "\n".join(f"Tel +44 20 7946 {number:04d}" for number in range(1000))
    assert len(found(K.PHONE, f"{SIGNED}{lines}")) <= phones.MAX_NUMBERS


@pytest.mark.parametrize(
    ("line", "phone", "mobile", "fax"),
    [
        ("614-555-0143  fax 614-555-0144", "+16145550143", None, "+16145550144"),
        ("614-555-0143 / cell 614-555-0178", "+16145550143", "+16145550178", None),
        ("614-555-0143 office  614-555-0178 wireless", "+16145550143", "+16145550178", None),
        ("614-555-0143, home: 614-555-0199", "+16145550143", None, None),
        ("614-555-0143  pager 614-555-0188", "+16145550143", None, None),
        ("Tfno. 956 555 014 · Fax 956 555 015\nMadrid", "+34956555014", None, "+34956555015"),
        ("Tél : 01.99.00.45.67\nPort. 06.39.98.01.23\nParis", "+33199004567", "+33639980123", None),
        ("Puhkelin. 020 7946 0118\nLondon", "+442079460118", None, None),
        ("6145550143\nDayton, OH 45402", "+16145550143", None, None),
    ],
)
def test_labels_go_with_the_number_they_stand_nearer_to(
    line: str, phone: str | None, mobile: str | None, fax: str | None
):
    text = SIGNED + line
    wanted = {K.PHONE: phone, K.MOBILE: mobile, K.FAX: fax}
    assert {kind: next(iter(of(kind, text)), None) for kind in wanted} == wanted


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("see you on Monday.\n\nThanks,\n\nJo\n5-0143", "5-0143"),
        ("see you on Monday.\n\nJo Field\nx5-0143", "x5-0143"),
        ("see you on Monday.\n\nJo Field\nField Supply, Dayton OH\n555-0143", "555-0143"),
        ("please give me a call at ext. 5-0143.\n\nJo", "ext. 5-0143"),
    ],
)
def test_extensions_and_local_numbers_count_where_no_whole_number_does(text: str, value: str):
    found_one = number_in(f"Hello Alex,\n\n{text}\n")
    assert (found_one.value, found_one.why) == (value, phones.SHORT)
    assert found_one.rule_score < 0.6
    whole = number_in(f"Hello Alex,\n\n{text}\n614-555-0143")
    assert whole.value == "+16145550143"


def test_a_number_that_goes_on_in_the_next_line():
    candidate = number_in("Hello Alex,\n\nif you have questions please call me at (614)\n555-0143 before noon.\n\nJo")
    assert (candidate.value, candidate.evidence.text) == ("+16145550143", "(614)\n555-0143")


EARLIER_MAIL = (
    "\n\n-----Original Message-----\nFrom: Jo Field [mailto:jo.field@acme.example]\n"
    "Sent: Monday, October 19, 2026 9:12 AM\nTo: Alex Morgan\nSubject: Hello\n\n"
    "Hello Alex,\n\nhere is our order.\n\nRegards,\nJo Field\nBuyer\nAcme Inc.\n"
    "614-555-0143"
)


def test_what_they_signed_an_earlier_mail_with_counts_where_this_one_has_no_number():
    candidate = number_in("Hello Alex,\n\nFriday is fine.\n\nJo" + EARLIER_MAIL)
    assert (candidate.value, candidate.why) == ("+16145550143", phones.EARLIER)
    candidate = number_in("Hello Alex,\n\nFriday is fine.\n\nJo\n614-555-0178" + EARLIER_MAIL)
    assert candidate.value == "+16145550178"


def test_a_number_that_whoever_forwards_the_mail_gives_with_the_contacts_name():
    text = (
        "Dave's # is 614-555-0143\n\n---------- Forwarded message ----------\nFrom: David Poole <dave@poole.example>\n"
        "Date: Mon, Oct 19, 2026 at 9:12 AM\nSubject: Offer\nTo: Alex Morgan <alex.morgan@northbeam.example>\n\n"
        "How are we coming with the agreement for the second hall? We would like to begin in May.\n\nRegards,\n\nDave"
    )
    mail = {"sender": "kim.lane@northbeam.example", "name": "Kim Lane", "subject": "FW: Offer"}
    assert best(K.PHONE, text, **mail).value == "+16145550143"


def test_the_number_of_a_desk_is_not_that_of_the_person_who_names_it():
    text = "Hello Alex,\n\nfor rooms please call the front desk at (614) 555-0144.\n\nRegards\nJo Field"
    assert found(K.PHONE, text) == []


def test_the_number_below_whom_they_are_the_assistant_of_is_theirs():
    text = "Hello Alex,\n\nFriday is fine.\n\nRegards\nJo Field\nAssistant to Helen Moss\nEstates\nTel: 614-555-0143"
    assert best(K.PHONE, text).value == "+16145550143"


def test_the_number_of_whoever_runs_a_form_is_not_the_visitors():
    text = (
        "New enquiry from your contact form\n\nName: Kim Doyle\nCompany: Larkfield Foods\n"
        "Email: kim.doyle@larkfield.example\nMobile: 07700 900143\nMessage: Please call me.\n\n"
        "Sent by FormBox, support: 020 7946 0018"
    )
    mail = {"sender": "noreply@formbox.example", "name": "FormBox"}
    assert found(K.PHONE, text, **mail) == []
    assert best(K.MOBILE, text, **mail).value == "+447700900143"


def test_a_leading_zero_is_not_north_american():
    text = "Hello Alex,\n\nplease call me on 01632 960143.\n\nRegards\nJo Field"
    assert best(K.PHONE, text, sender="jo@larkfield.example", name="Jo Field").value == "+441632960143"


def test_a_german_number_like_a_british_mobile_stays_german():
    text = "Hallo Alex,\n\nwir nehmen das Angebot gern an.\n\nGruß\nJo Feld\nFeld Metallbau\nBüro 07141 555014"
    assert best(K.PHONE, text, sender="jo@feldmetall.example", name="Jo Feld").value == "+497141555014"
