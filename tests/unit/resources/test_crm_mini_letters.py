"""The mails that crm-mini learns from: whole, labelled, and right in what they claim."""

import random
from itertools import islice

import pytest

from desktop.domain.evidence import FactKind, Intent, Sentiment
from desktop.understanding.candidates import find_candidates
from desktop.understanding.document import open_document, source_text
from desktop.understanding.questions import document_text
from resources.models.crm_mini.gold import right_ones
from resources.models.crm_mini.grammar import FOLDER, LANGUAGES, Phrases, Split, is_held_out
from resources.models.crm_mini.letter import CLOSE, MIDDLE, MOOD, OPEN, WHY, Letter, write_letter
from resources.models.crm_mini.shards import TELLS_WHY, letters, telling_of

COUNT = 120


def _letters(split: Split = Split.TRAIN) -> list[Letter]:
    return [letter for letter, _ in islice(letters(7, split, ()), COUNT)]


LETTERS = _letters()


def test_the_same_seed_gives_the_same_mails() -> None:
    assert _letters() == LETTERS


def test_no_mark_and_no_slot_is_left_over() -> None:
    for letter in (*LETTERS, *_letters(Split.TEST)):
        text = letter.message.subject + letter.message.text
        assert not any(mark in text for mark in (OPEN, MIDDLE, CLOSE, "{", "[+", "[-", "<until>", "<because>"))
        assert letter.message.text.strip()


def test_every_span_lies_in_its_text_and_says_something() -> None:
    for letter in LETTERS:
        for spans in letter.truth.spans.values():
            for span in spans:
                source = source_text(letter.message, span.part)
                assert 0 <= span.start < span.end <= len(source)
                assert source[span.start : span.end].strip()


def test_every_mail_says_why_it_was_written_and_every_mood_is_told() -> None:
    for letter in LETTERS:
        assert letter.truth.spans.get(WHY)
        assert bool(letter.truth.spans.get(MOOD)) == (letter.truth.sentiment is not Sentiment.NEUTRAL)


def test_the_sentences_that_tell_a_label_are_found_again_in_what_the_network_reads() -> None:
    """A mark that is put on other words than those of the sentence would teach nothing, or nonsense."""
    shown = 0
    for letter in LETTERS:
        flat = document_text(open_document(letter.message, letter.own_addresses)).replace("\n", " ")
        shown += any(sentence in flat for sentence, mark in telling_of(letter) if mark == TELLS_WHY)
    assert shown > 0.95 * COUNT


def test_all_labels_and_most_kinds_come_up() -> None:
    assert {letter.truth.intent for letter in LETTERS} == set(Intent)
    assert {letter.truth.sentiment for letter in LETTERS} == set(Sentiment)
    kinds = {kind for letter in LETTERS for kind in letter.truth.spans}
    assert {FactKind.PERSON, FactKind.COMPANY, FactKind.PHONE, FactKind.AMOUNT, FactKind.DATE, FactKind.ASK} <= kinds


def test_the_rules_find_most_of_what_is_right_and_some_of_what_is_wrong() -> None:
    found = wrong = total = 0
    for letter in LETTERS:
        candidates = find_candidates(open_document(letter.message, letter.own_addresses))
        for kind in (FactKind.PERSON, FactKind.PHONE, FactKind.AMOUNT):
            if kind in letter.truth.spans:
                of_kind = [candidate for candidate in candidates if candidate.kind is kind]
                right = right_ones(kind, of_kind, letter)
                total += 1
                found += any(right)
                wrong += not all(right)
    assert found > 0.8 * total
    assert wrong > 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_phrases_held_out_are_in_no_training_mail(language: str) -> None:
    train, test = Phrases(language, Split.TRAIN), Phrases(language, Split.TEST)
    lines = (FOLDER / f"{language}.txt").read_text(encoding="utf-8").splitlines()
    greetings = lines[1 : lines.index("")]
    kept = {line for line in greetings if not is_held_out(line)}
    held = set(greetings) - kept
    chance = random.Random(1)
    assert kept
    for phrases, wanted in ((train, kept), (test, held or kept)):
        drawn = {phrases.draw(chance, "greet", lambda slot: f"[{slot}]") for _ in range(300)}
        possible = {phrases.unfold(chance, line, lambda slot: f"[{slot}]") for line in wanted for _ in range(400)}
        assert len(drawn - possible) <= len(drawn) // 3


def test_a_mail_that_hands_on_somebody_holds_that_persons_name_as_right() -> None:
    chance = random.Random(3)
    handing = [letter for letter in (write_letter(chance, Split.TRAIN) for _ in range(400)) if _hands_on(letter)]
    assert handing
    for letter in handing:
        sender = letter.message.sender
        spans = letter.truth.spans.get(FactKind.PERSON, ())
        names = {source_text(letter.message, span.part)[span.start : span.end] for span in spans}
        assert sender is not None
        assert sender.name not in names


def _hands_on(letter: Letter) -> bool:
    is_referral = letter.truth.intent is Intent.INTRODUCTION_OR_REFERRAL
    # the writer's own signature would have a title or a company; neither is given of the one who is handed on
    is_told = FactKind.PHONE in letter.truth.spans
    return is_referral and is_told and not {FactKind.TITLE, FactKind.COMPANY} & letter.truth.spans.keys()
