import numpy as np
import pytest

from goemox.domain.words import hash_words
from goemox.domain_shift.classifier_test import classifier_test

WORDS = [f"w{i}" for i in range(300)]


def texts(n, seed, extra=(), rate=0.0):
    """n texts of 8 words, common ones more often; each holds each extra word at that rate."""
    generator = np.random.default_rng(seed)
    weights = 1 / np.arange(1, len(WORDS) + 1)
    drawn = generator.choice(WORDS, (n, 8), p=weights / weights.sum())
    return [
        " ".join([*row, *(word for word in extra if generator.random() < rate)]) for row in drawn.tolist()
    ]


def test_the_same_words_alarm_in_at_most_seven_percent():
    p = [
        classifier_test(hash_words(texts(80, seed)), hash_words(texts(80, seed + 1000))).p_value
        for seed in range(150)
    ]
    assert np.mean(np.array(p) < 0.05) <= 0.08


def test_words_that_only_one_side_says_are_found():
    found = classifier_test(hash_words(texts(200, 0)), hash_words(texts(150, 1, ["kernel"], 0.5)))
    assert found.p_value < 1e-5
    assert found.auroc.low > 0.6
    assert (found.n, found.n_reference) == (150, 200)


def test_masks_are_not_looked_at():
    plain = hash_words(texts(100, 0))
    masked = hash_words([f"[NAME] {text}" for text in texts(100, 1)])
    assert classifier_test(plain, masked).p_value > 0.05


def test_longer_texts_of_the_same_words_are_not_another_domain():
    short, long = texts(200, 0), [f"{a} {b}" for a, b in zip(texts(200, 1), texts(200, 2), strict=True)]
    found = classifier_test(hash_words(short), hash_words(long))
    assert found.auroc.value < 0.65  # by the number of words alone it would be 1


def test_a_repeated_text_counts_once_and_never_teaches_the_fold_that_judges_it():
    once = [" ".join(f"u{i}x{j}" for j in range(4)) for i in range(120)]  # no two texts share a word
    before, after = once[:60] + once[:30], once[50:110] + once[80:110]
    found = classifier_test(hash_words(before), hash_words(after))
    assert (found.n, found.n_reference) == (60, 60)
    assert found.p_value > 0.05


def test_fewer_than_fifty_texts_on_a_side_are_not_tested():
    assert classifier_test(hash_words(texts(49, 0)), hash_words(texts(200, 1))) is None
    assert classifier_test(hash_words(texts(200, 0)), hash_words(texts(49, 1))) is None


@pytest.mark.parametrize("nothing", [[""] * 60, ["same words here"] * 60])
def test_one_text_repeated_is_one_text(nothing):
    assert classifier_test(hash_words(nothing), hash_words(texts(60, 0))) is None


def test_the_same_texts_on_both_sides_tell_nothing():
    same = hash_words(texts(80, 0))
    found = classifier_test(same, same)
    assert found.auroc.value <= 0.5
    assert found.p_value >= 0.5


def test_sides_without_a_common_word_are_wholly_apart():
    others = [text.replace("w", "v") for text in texts(60, 1)]
    found = classifier_test(hash_words(texts(60, 0)), hash_words(others))
    assert found.auroc.value > 0.99
    assert found.p_value <= 1e-6
    assert found.auroc.low > 0.9


def test_texts_that_share_no_word_with_any_other_tell_nothing():
    alone = [f"only{i}" for i in range(120)]
    found = classifier_test(hash_words(alone[:60]), hash_words(alone[60:]))
    assert (found.auroc.value, found.p_value) == (0.5, 1.0)


def test_no_more_than_the_largest_number_of_texts_is_drawn_by_the_seed():
    before, after = hash_words(texts(300, 0)), hash_words(texts(300, 1, ["new"], 0.2))
    found = classifier_test(before, after, largest=100, seed=1)
    assert (found.n, found.n_reference) == (100, 100)
    assert found == classifier_test(before, after, largest=100, seed=1)


def test_no_p_value_is_nought():
    others = [text.replace("w", "v") for text in texts(1500, 1)]
    assert classifier_test(hash_words(texts(1500, 0)), hash_words(others)).p_value == 1e-6
