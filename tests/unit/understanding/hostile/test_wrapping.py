from desktop.understanding.hostile.text_lines import split_lines
from desktop.understanding.hostile.wrapping import flowing, is_broken_to, narrow_width, paragraphs_of

NARROW = (
    "the offer that we\nsent to you in the\nweek before last is\nstill open, and we\nhope that you like\nwhat it says."
)
SIGNATURE = "Jo Berg\nBuyer\nBerghof Pumpen GmbH\nLangestrasse 12\n+44 20 7946 0188"


def test_full_lines_read_on():
    lines = split_lines(NARROW)
    assert flowing(lines, range(len(lines))) >= {0, 1, 2, 3}
    assert 16 <= narrow_width(lines, range(len(lines))) <= 22


def test_marks_in_front_do_not_count():
    lines = split_lines("\n".join(f"| {line}" for line in NARROW.split("\n")))
    assert flowing(lines, range(len(lines))) >= {0, 1, 2, 3}


def test_lines_of_a_signature_do_not():
    lines = split_lines(SIGNATURE)
    assert flowing(lines, range(len(lines))) == frozenset()
    assert not is_broken_to(15, lines, range(len(lines)))


def test_narrow_text_with_blank_lines_between_is_one_paragraph():
    text = "Hi Ann,\n\nhere is what was agreed on the phone, with all that goes with it.\n\n"
    lines = split_lines(text + NARROW.replace("\n", "\n\n"))
    assert [len([index for index in one if not lines[index].is_blank]) for one in paragraphs_of(lines)] == [1, 1, 6]


def test_a_long_paragraph_is_parted():
    lines = split_lines("\n".join(["a line of a table that is as long as lines are in most of all the mails"] * 1000))
    found = list(paragraphs_of(lines))
    assert len(found) > 1
    assert sum(map(len, found)) == 1000
