"""How tokens are spread over calls: nothing lost, no call too long, no small rest."""

import random

from desktop.inference.question_packs import REST, even_size, packs


def test_what_fits_goes_in_one_call():
    assert even_size(0, 256, 512) == 1
    assert even_size(200, 256, 512) == 200
    assert even_size(256 + REST, 256, 512) == 256 + REST


def test_a_long_stretch_is_cut_evenly():
    assert even_size(520, 256, 512) == 260
    assert even_size(600, 256, 512) == 200
    assert even_size(5000, 512, 512) == 500


def test_no_call_is_longer_than_can_be():
    chance = random.Random(3)
    for _ in range(2000):
        total, usual, most = chance.randrange(5000), chance.choice((64, 128, 256, 512)), chance.choice((1, 90, 512))
        size = even_size(total, usual, most)
        assert 1 <= size <= most


def test_every_question_is_asked_once_and_in_order():
    chance = random.Random(4)
    for _ in range(2000):
        lengths = [chance.randrange(1, 700) for _ in range(chance.randrange(30))]
        found = packs(lengths, usual=256, most=512, together=16)
        assert [place for pack in found for place in pack] == list(range(len(lengths)))
        for pack in found:
            assert 1 <= len(pack) <= 16
            assert len(pack) == 1 or sum(lengths[place] for place in pack) <= 512


def test_packs_are_about_even():
    found = packs([50] * 12, usual=256, most=512, together=16)
    assert [len(pack) for pack in found] == [4, 4, 4]


def test_a_model_that_takes_one_at_a_time_gets_one_at_a_time():
    assert packs([5, 5, 5], usual=512, most=512, together=1) == [[0], [1], [2]]
