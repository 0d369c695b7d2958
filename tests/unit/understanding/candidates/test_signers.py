"""Who signs a mail, with a marked signature or without, in full or by a first name."""

import pytest

from desktop.domain.evidence import FactKind
from desktop.understanding.candidates.signers import Known, Signer, find_signer
from desktop.understanding.zones.cleaning import split_lines
from tests.fakes.mails import REP
from tests.unit.understanding.candidates.finding import best, found

K = FactKind


def signer(text: str, *, words: str = "", firm: str = "") -> Signer | None:
    return find_signer(split_lines(text), Known(frozenset(words.split()), frozenset(firm.split())))


@pytest.mark.parametrize(
    ("closing", "name"),
    [
        ("Many thanks,\nDeb", "Deb"),
        ("Hilsen Sunniva", "Sunniva"),
        ("Beste Grüße, Jonas Wieland", "Jonas Wieland"),
        ("Liebe Grüße Anna Bergholt", "Anna Bergholt"),
        ("Viele Grüße vom Bodensee\nUwe", "Uwe"),
        ("Un cordiale saluto dalla Toscana\nOrnella Risi", "Ornella Risi"),
        ("LG Tanja (Empfang)", "Tanja"),
        ("Grazie mille, Luca del Bar Nettuno", "Luca"),
        ("Cordialmente,\navv. Giulia Serpi", "Giulia Serpi"),
        ("Kind regards,\n\nBlue Kiln Pottery\nOona Fairlie, owner", "Oona Fairlie"),
        ("Kolay gelsin\nHasan Usta", "Hasan"),
        ("/Annika", "Annika"),
        ("Stella xo", "Stella"),
        ("Climb on,\nFinn", "Finn"),
        ("Respectfully,\n\nTyrell Washington\nA/P Specialist", "Tyrell Washington"),
        ("Hoogachtend,\ndrs. W.F. ter Braak\ninkoper", "W.F. ter Braak"),
        ("Gracias y un saludo,\nla presidenta, Maruja Berlinga", "Maruja Berlinga"),
        ("Regards\nSteve\n\nPS. our yard is closed on Monday", "Steve"),
        ("see you then, thnx Imran", "Imran"),
        ("Any news? Nel de Boer", "Nel de Boer"),
        ("Cheers\nTom\n\nSent from my phone", "Tom"),
    ],
)
def test_the_name_at_the_end(closing: str, name: str):
    found_signer = signer(f"Hello,\n\nplease send us three pumps by Friday.\n\n{closing}")
    assert found_signer is not None
    assert found_signer.name == name


@pytest.mark.parametrize(
    "text",
    [
        "Hello,\n\nplease send us three pumps.\n\nKind regards\n\nThe Aurora team",
        "Hello,\n\nplease send us three pumps.\n\nBest wishes",
        "Hello,\n\nthe files are below.\n\nSite Plan.pdf",
        "Hello,\n\nplease send us three pumps.\n\nThanks\nService Department\nPump House Ltd",
    ],
)
def test_teams_files_and_firms_sign_nothing(text: str):
    assert signer(text) is None


def test_two_who_sign_are_one_name_with_the_words_of_both():
    text = "Hello,\n\nwe would love a price.\n\nThanks so much\nHelen & Marcus Pember"
    both = signer(text)
    assert both is not None
    assert both.name == "Helen Pember"
    assert text[both.start : both.end] == "Helen & Marcus Pember"


def test_a_firm_that_stands_alone_is_no_signer():
    text = "Hello,\n\nOrder attached.\n\nBoulder Barn\n\nUnit 4"
    assert signer(text, firm="boulder barn") is None


def test_a_known_name_may_be_written_small():
    found_signer = signer("hi\n\nbring two skips please\n\nokonedo", words="okonedo")
    assert found_signer is not None
    assert found_signer.name == "Okonedo"


@pytest.mark.parametrize(
    ("shown", "address", "closing", "name"),
    [
        ("Hofladen Birkholz", "hofladen@birkholz.example", "VG\nFrauke", "Frauke"),
        ("Oak Hollow", "oakhollow@mailbox.example", "Geoff", "Geoff"),
        ("Jan & Moira", "janmoira@mailbox.example", "Jan & Moira", "Jan"),
        ("Rosie's Cakes", "rosiescakes@mailbox.example", "Rosie x", "Rosie"),
        ("Quarry Café (Beth)", "hello@quarrycafe.example", "", "Beth"),
        ("liz", "liz@mailbox.example", "", "Liz"),
        ("Clara d'Ambroso", "clara@quintaalta.example", "Clara d'Ambroso\nQuinta Alta", "Clara d'Ambroso"),
    ],
)
def test_who_signs_for_an_organisation(shown: str, address: str, closing: str, name: str):
    text = f"Hello Alex,\n\nplease send us a quote for three pumps.\n\n{closing}"
    assert best(K.PERSON, text, sender=address, name=shown).value == name


def test_a_persons_display_name_stays_before_a_short_form():
    text = "Hi Alex\n\nbook us in, please.\n\nCheers\nCal"
    assert best(K.PERSON, text, sender="c.drysdall@diving.example", name="Callum Drysdall").value == "Callum Drysdall"


def test_whoever_is_thanked_does_not_sign():
    names = found(K.PERSON, "Hi Bob,\n\nall fine.\n\nThanks Bob", sender="info@pumps.example", name="Pump Works")
    assert all(candidate.value != "Bob" for candidate in names)


def test_whom_the_rep_greets_is_all_that_is_known():
    text = f"Friday works for us.\n\nOn Mon, 19 Oct 2026 at 10:12, Alex Morgan <{REP}> wrote:\n"
    text += "> Hi Leonard,\n>\n> would Friday suit?\n>\n> Alex"
    names = found(K.PERSON, text, sender="sales@mill.example", name="")
    assert [(one.value, one.rule_score < 0.5) for one in names] == [("Leonard", True)]
