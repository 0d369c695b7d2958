"""A call's text, and the way from a place in it to the turn and the second."""

from datetime import UTC, datetime

from desktop.domain.interactions import Call, Turn

CALL = Call(
    "call-1",
    datetime(2026, 9, 15, 10, 0, tzinfo=UTC),
    (Turn("rep", "Hello there.", 1.5), Turn("customer", "two\nlines", 4.0), Turn("rep", "Bye.", 9.25)),
)


def test_turns_are_lines_of_the_text():
    assert CALL.text.split("\n") == ["Hello there.", "two lines", "Bye."]
    assert [CALL.text[start:].split("\n")[0] for start in CALL.turn_starts()] == CALL.text.split("\n")


def test_a_place_has_its_turn_and_its_second():
    for place in range(len(CALL.text)):
        turn = CALL.turn_at(place)
        assert place >= CALL.turn_starts()[turn]
        assert CALL.seconds_at(place) == CALL.turns[turn].start
    assert CALL.seconds_at(CALL.text.index("Bye")) == 9.25


def test_as_a_message_it_keeps_words_and_moment():
    message = CALL.as_message()
    assert (message.text, message.sent_at, message.sender) == (CALL.text, CALL.started_at, None)


def test_a_call_without_turns_has_no_seconds():
    assert Call("call-2", CALL.started_at, ()).seconds_at(0) == 0.0
