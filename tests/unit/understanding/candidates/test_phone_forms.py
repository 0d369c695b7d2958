import phonenumbers
import pytest

from desktop.understanding.candidates.phone_forms import is_broken, parsed, runs_in, short_forms, without_extension


def runs(text: str) -> list[str]:
    return [text[start:end] for start, end in runs_in(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("614-555-0143 / 614-555-0178", ["614-555-0143", "614-555-0178"]),
        ("614-555-0143 - 614-555-0178", ["614-555-0143", "614-555-0178"]),
        ("614-555-0143        614-555-0178", ["614-555-0143", "614-555-0178"]),
        ("F:650-5550                 650-555-0178", ["650-555-0178"]),
        ("01.99.00.45.67", ["01.99.00.45.67"]),
        ("0421 5550143 / 12", ["0421 5550143 / 12"]),
        ("01.09.2026 - 05.09.2026", []),
        ("Springfield, OH 45505-1234", []),
        ("Tel. 07123-4567 oder 07123-5550", ["07123-4567", "07123-5550"]),
    ],
)
def test_where_whole_numbers_may_stand(text: str, found: list[str]):
    assert [run for run in runs(text) if len(run) > 8] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("x5-0143", [("x5-0143", True)]),
        ("ext. 50143", [("ext. 50143", True)]),
        ("5-0143", [("5-0143", False)]),
        ("555-0143", [("555-0143", False)]),
        ("$5-0143", []),
        ("2024-0143-77", []),
        ("x12", []),
    ],
)
def test_extensions_and_numbers_without_an_area_code(text: str, found: list[tuple[str, bool]]):
    assert [(text[start:end], is_said) for start, end, is_said in short_forms(text)] == found


@pytest.mark.parametrize(
    ("text", "regions", "others", "value"),
    [
        ("011-44-20-7946-0118", ("US",), (), "+442079460118"),
        ("(427) 555 0163", ("US", "ES"), ("ES", "MX", "AR"), "+524275550163"),
        ("0421 5550143", ("DE",), (), "+494215550143"),
        ("614-555-0143", (), (), "+16145550143"),
    ],
)
def test_numbers_are_read_by_the_plans_of_countries(
    text: str, regions: tuple[str, ...], others: tuple[str, ...], value: str
):
    number = parsed(text, regions, others)
    assert number is not None
    assert phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) == value


def test_the_digits_of_an_extension_are_left_off():
    assert without_extension("0224 555 01 36 / 108", ("TR",)) == "0224 555 01 36"
    assert without_extension("0421 55501-43", ("DE",)) == "0421 55501-43"


@pytest.mark.parametrize(
    ("above", "below", "answer"),
    [
        ("you may reach me at (614)", "555-0143 until noon", True),
        ("Tel: +852", "     2555", True),
        ("please contact me at 614/555-014=", "3.  We go ahead", True),
        ("we had 400", "5 of them were broken", False),
        ("in 2026", "100 pumps", False),
    ],
)
def test_numbers_that_go_on_in_the_line_below(above: str, below: str, answer: bool):
    assert is_broken(above, below) is answer
