"""Which words carry a label: the effects are what taking the words away really does."""

import pytest

import goemox
from goemox.errors import InvalidInput
from goemox.explanation import MAX_PARTS, explain, occlusions

TEXT = "Thank you so much, but I am sad that it is over 😢"


@pytest.fixture(scope="module")
def classifier():
    return goemox.load("default")


@pytest.fixture(scope="module")
def found(classifier):
    return explain(classifier, TEXT)


def test_an_effect_is_the_probability_with_the_word_less_that_without_it(classifier, found):
    part = found.words[0]
    assert part.word == "Thank"
    without = classifier("you so much, but I am sad that it is over 😢")
    assert part.effect["gratitude"] == pytest.approx(
        found.prediction.scores["gratitude"] - without.scores["gratitude"], abs=3e-6
    )


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("I hate this bug", ["hate this bug", "I this bug", "I hate bug", "I hate this"]),
        ("  one \n two\t", ["two\t", "  one"]),
        ("one", [""]),
        ("a " * 2 * MAX_PARTS + "b", ["a " * (2 * MAX_PARTS - 3) + "b"]),  # the first run is of three words
    ],
)
def test_where_a_word_was_taken_away_no_space_too_many_is_left(text, without):
    """Tokenizers that read bytes have tokens for two spaces, which nobody wrote."""
    assert occlusions(text)[1 : 1 + len(without)] == without


def test_the_words_that_a_reader_would_name_come_first(found):
    assert found.strongest("gratitude", 1)[0].word == "Thank"
    assert found.strongest("sadness", 2)[0].word in ("sad", "😢")


def test_parts_stand_where_they_say_and_leave_out_no_word(found):
    assert [TEXT[part.start : part.end] for part in found.words] == [part.word for part in found.words]
    assert " ".join(part.word for part in found.words) == TEXT


def test_words_against_a_label_are_never_called_its_evidence(found):
    for label in found.prediction.scores:
        assert all(part.effect[label] > 0 for part in found.strongest(label, 99))


def test_a_long_text_is_taken_apart_into_runs_of_words(classifier):
    text = "thanks " + "word " * 299
    parts = explain(classifier, text.strip()).words
    assert len(parts) == MAX_PARTS
    assert sum(len(part.word.split()) for part in parts) == 300


def test_one_word_is_explained_by_itself(classifier):
    assert [part.word for part in explain(classifier, "thanks").words] == ["thanks"]


@pytest.mark.parametrize("text", ["", " \n\t "])
def test_a_text_without_a_word_is_refused(classifier, text):
    with pytest.raises(InvalidInput, match="no word"):
        explain(classifier, text)


@pytest.mark.parametrize("given", [["Thank you"], b"Thank you", None])
def test_what_is_no_text_is_refused_and_told_how_several_are_explained(classifier, given):
    with pytest.raises(
        InvalidInput, match=r"is no text; .* one at a time: \[explain\(model, text\) for text in"
    ):
        explain(classifier, given)


def test_an_unknown_label_is_refused_with_those_that_exist(found):
    with pytest.raises(InvalidInput, match="admiration, amusement"):
        found.strongest("happy")


def test_the_document_holds_the_prediction_and_every_part(found):
    document = found.to_dict()
    assert document["labels"] == list(found.prediction.labels)
    assert len(document["words"]) == len(found.words)
    assert set(document["words"][0]["effect"]) == set(found.prediction.scores)
