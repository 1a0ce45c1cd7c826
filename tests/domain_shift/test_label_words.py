import numpy as np
import pytest

from goemox.domain_shift.label_words import LEAST_GIVEN, label_words
from goemox.errors import ShapeError

LABELS = ("joy", "anger", "neutral")


def usual_texts(n, seed, n_words=8):
    """Texts of many words, some in most texts and most in few, as in a language."""
    generator = np.random.default_rng(seed)
    weights = 1 / np.arange(1, 2001)
    return [
        " ".join(f"w{i}" for i in row)
        for row in generator.choice(2000, (n, n_words), p=weights / weights.sum()).tolist()
    ]


def planted(n=600, word="kernel", share=0.4, seed=0):
    """Texts of which 100 are joy, `share` of these with the word, and 1 % of the others."""
    generator = np.random.default_rng(seed)
    given = np.zeros((n, 3), dtype=np.bool_)
    given[:100, 0] = given[100:160, 1] = given[160:, 2] = True
    chance = np.where(given[:, 0], share, 0.01)
    texts = [f"{text} {word}" if generator.random() < c else text
             for text, c in zip(usual_texts(n, seed), chance, strict=True)]  # fmt: skip
    return texts, given


def named(found):
    return {each.label: [word.word for word in each.words] for each in found}


def test_a_planted_word_is_named_for_its_label_alone_with_its_texts_counted():
    texts, given = planted()
    found = label_words(texts, LABELS, given)
    assert named(found) == {"joy": ["kernel"], "anger": [], "neutral": []}
    assert [each.n for each in found] == [100, 60, 440]
    (word,) = found[0].words
    holds = np.array(["kernel" in text for text in texts])
    assert (word.n_with, word.n_without) == (holds[:100].sum(), holds[100:].sum())
    assert word.z > 4
    assert word.log_odds > 2
    assert word.n_true is None
    assert "n_true" not in found[0].to_dict()["words"][0]


@pytest.mark.parametrize("n", [60, 300, 1500])
def test_random_labels_have_a_word_in_at_most_seven_percent_of_sets(n):
    shares, alarms = np.array([0.05, 0.1, 0.2, 0.35, 0.5, 0.9]), 0
    for seed in range(100):
        given = np.random.default_rng(seed + 5000).random((n, 6)) < shares
        found = label_words(usual_texts(n, seed), list("abcdef"), given)
        alarms += any(each.words for each in found)
    assert alarms <= 7


def test_a_label_of_long_texts_does_not_draw_all_words():
    """Each word stands in more of the longer texts, which tells nothing of the words."""
    alarms = 0
    for seed in range(50):
        texts = usual_texts(300, seed, 16) + usual_texts(300, seed + 1000, 6)
        long = np.arange(600)[:, None] < 300
        alarms += any(each.words for each in label_words(texts, ("joy",), long))
    assert alarms <= 3


def test_a_word_in_fewer_than_five_texts_of_a_label_is_never_named():
    texts, given = planted(share=0.0)
    for count, expected in ((4, []), (5, ["jane"])):
        marked = [f"{text} jane" if i < count else text for i, text in enumerate(texts)]
        tight = np.zeros_like(given)
        tight[:LEAST_GIVEN, 0] = True
        assert named(label_words(marked, LABELS, tight))["joy"] == expected


def test_a_word_counts_once_a_text():
    texts, given = planted(share=0.0)
    texts[0] += " lol" * 50
    assert named(label_words(texts, LABELS, given))["joy"] == []


def test_what_only_the_labels_texts_say_stands_before_common_words():
    texts, given = planted(share=0.0)
    texts = [f"{text} thank" if i < 40 else text for i, text in enumerate(texts)]
    texts = [f"{text} for" if i < 60 or i % 8 == 0 else text for i, text in enumerate(texts)]
    assert named(label_words(texts, LABELS, given))["joy"] == ["thank", "for"]


def test_texts_with_the_word_that_people_gave_the_label_are_counted_too():
    texts, given = planted()
    truth = np.zeros_like(given)
    truth[:50, 0] = True
    (word,) = label_words(texts, LABELS, given, truth)[0].words
    assert word.n_true == sum("kernel" in text for text in texts[:50])


@pytest.mark.parametrize("n_given", [0, LEAST_GIVEN - 1, 600 - LEAST_GIVEN + 1, 600])
def test_labels_of_few_or_nearly_all_texts_have_no_words(n_given):
    texts, given = planted(share=1.0)
    given[:, 0] = np.arange(600) < n_given
    found = label_words(texts, LABELS, given)[0]
    assert (found.n, found.words) == (n_given, ())


def test_fewer_than_fifty_texts_name_nothing():
    texts = ["so happy"] * 24 + ["so sad"] * 25
    given = np.array([[text == "so happy"] for text in texts])
    assert named(label_words(texts, ("joy",), given)) == {"joy": []}
    assert named(label_words([*texts, "no"], ("joy",), np.vstack([given, [[False]]])))["joy"] == ["happy"]


@pytest.mark.parametrize("text", ["", "?!", "👩\u200d👧", "\x1b[\x00", "\u202e", "[NAME]", "k" * 10_000])
def test_texts_without_a_word_to_name_name_none(text):
    given = np.arange(200)[:, None] < 100
    assert label_words([text] * 100 + [""] * 100, ("joy",), given)[0].words == ()


def test_nothing_at_all_is_no_error():
    assert label_words([], ("joy",), np.zeros((0, 1), dtype=np.bool_))[0].n == 0
    assert label_words(["a"], (), np.zeros((1, 0), dtype=np.bool_)) == ()


def test_the_same_texts_name_the_same_words_whatever_their_order():
    texts, given = planted()
    order = np.random.default_rng(3).permutation(len(texts))
    again = label_words([texts[i] for i in order], LABELS, given[order])
    assert [each.to_dict() for each in again] == [
        each.to_dict() for each in label_words(texts, LABELS, given)
    ]


def test_at_most_eight_words_are_named_and_as_many_as_asked_for():
    texts, given = planted(share=0.0)
    texts = [text + " one two three four five six seven eight nine ten" * (i < 100)
             for i, text in enumerate(texts)]  # fmt: skip
    assert len(label_words(texts, LABELS, given)[0].words) == 8
    assert len(label_words(texts, LABELS, given, top=2)[0].words) == 2


def test_arrays_that_do_not_fit_the_texts_are_refused():
    with pytest.raises(ShapeError, match="given labels"):
        label_words(["a"], LABELS, np.zeros((2, 3), dtype=np.bool_))
    with pytest.raises(ShapeError, match="true labels"):
        label_words(["a"], LABELS, np.zeros((1, 3), dtype=np.bool_), np.zeros((1, 2), dtype=np.bool_))


def test_words_after_what_the_model_reads_are_not_counted():
    given = np.arange(200)[:, None] < 100
    for filler, expected in ((100, ["happy"]), (3_000, [])):
        texts = [f"{'. ' * filler} {'happy' if i < 100 else ''} so" for i in range(200)]
        assert named(label_words(texts, ("joy",), given))["joy"] == expected
