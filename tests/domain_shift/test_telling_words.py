import numpy as np
import pytest

from goemox.domain.words import bucket_of, hash_words
from goemox.domain_shift.telling_words import log_odds_z, telling_words

COMMON = ["it", "is", "what", "you", "said", "to", "me", "about", "that", "day"]


def texts(n, seed, extra=None, rate=0.0):
    generator = np.random.default_rng(seed)
    rows = [" ".join(generator.choice(COMMON, 5, replace=False)) for _ in range(n)]
    return [f"{row} {extra}" if generator.random() < rate else row for row in rows]


def test_a_word_of_the_target_is_named_with_both_shares():
    found = telling_words(hash_words(texts(300, 0, "kernel", 0.02)), texts(200, 1, "Kernel", 0.3))
    assert [word.word for word in found.more] == ["kernel"]
    assert abs(found.more[0].share - 0.3) < 0.1
    assert found.more[0].share_reference < 0.05
    assert found.more[0].z > 4
    assert found.less == found.masks == ()


def test_a_word_less_usual_here_is_named_where_the_target_says_it_at_all():
    before = hash_words(texts(400, 0, "love", 0.5))
    assert [word.word for word in telling_words(before, texts(400, 1, "love", 0.05)).less] == ["love"]
    assert telling_words(before, texts(400, 1)).less == ()  # the reference has numbers, no names


def test_a_word_in_fewer_than_five_texts_is_not_named():
    rare = texts(300, 1)
    rare[:4] = [f"{text} jane" for text in rare[:4]]
    assert telling_words(hash_words(texts(300, 0)), rare).more == ()


def usual_texts(n, seed, n_words=8):
    """Texts of many words, some in most texts and most in few, as in a language."""
    generator = np.random.default_rng(seed)
    weights = 1 / np.arange(1, 2001)
    return [
        " ".join(f"w{i}" for i in row)
        for row in generator.choice(2000, (n, n_words), p=weights / weights.sum()).tolist()
    ]


@pytest.mark.parametrize(("n", "m"), [(60, 60), (140, 1500), (500, 500), (500, 140)])
def test_alike_texts_have_a_telling_word_in_at_most_five_percent(n, m):
    named = 0
    for seed in range(100):
        found = telling_words(hash_words(usual_texts(m, seed)), usual_texts(n, seed + 1000))
        named += bool(found.more or found.less or found.masks)
    assert named <= 5


def test_shorter_texts_of_the_same_words_have_no_telling_words():
    """All words stand in fewer of them, as they would in the first half of each text."""
    named = 0
    for seed in range(50):
        found = telling_words(hash_words(usual_texts(600, seed, 16)), usual_texts(600, seed + 1000, 8))
        named += bool(found.more or found.less)
    assert named <= 5


def test_masks_are_listed_apart():
    found = telling_words(hash_words(texts(300, 0)), texts(300, 1, "[NAME]", 0.3))
    assert found.more == ()
    assert [(word.word, word.mask) for word in found.masks] == [("[name]", True)]


def test_words_are_not_called_more_usual_where_fewer_texts_hold_them():
    """In texts of half the length a word's share of words rises while its share of texts falls."""
    generator = np.random.default_rng(0)
    long = [" ".join([*generator.choice(COMMON, 8, replace=False), "the"]) for _ in range(2000)]
    short = [
        " ".join(
            [*generator.choice(COMMON, 3, replace=False), *(["the"] if generator.random() < 0.9 else [])]
        )
        for _ in range(2000)
    ]
    assert "the" not in [word.word for word in telling_words(hash_words(long), short).more]


def test_words_in_the_same_share_of_shorter_texts_are_not_called_more_usual():
    named = 0
    for seed in range(50):
        generator = np.random.default_rng(seed)
        long, short = (
            [
                " ".join([*generator.choice(COMMON, k, replace=False), *["the"] * (generator.random() < 0.5)])
                for _ in range(300)
            ]
            for k in (8, 3)
        )
        named += "the" in [word.word for word in telling_words(hash_words(long), short).more]
    assert named <= 2


def test_of_words_that_share_a_bucket_the_most_usual_is_named():
    first: dict[int, str] = {}
    for i in range(100_000):
        other = first.setdefault(bucket_of(f"w{i}"), f"w{i}")
        if other != f"w{i}":
            break
    rare, usual = other, f"w{i}"
    found = telling_words(
        hash_words(texts(300, 0)), [f"{a} {usual}" for a in texts(100, 1)] + texts(100, 2, rare, 0.3)
    )
    assert [word.word for word in found.more] == [usual]


def test_texts_without_words_on_either_side_have_no_telling_words():
    assert telling_words(hash_words(["?!"] * 60), ["..."] * 60).more == ()


def test_texts_without_a_usual_word_have_no_telling_words():
    nothing = telling_words(hash_words(texts(60, 0)), [""] * 60)
    assert (nothing.more, nothing.less, nothing.masks) == ((), (), ())


def test_fewer_than_fifty_texts_on_a_side_are_not_compared():
    assert telling_words(hash_words(texts(49, 0)), texts(60, 1)) is None
    assert telling_words(hash_words(texts(60, 0)), texts(49, 1)) is None


def test_log_odds_are_nought_for_equal_shares_and_opposite_for_swapped_sides():
    counts, others = np.array([10, 3]), np.array([20, 12])
    np.testing.assert_allclose(log_odds_z(counts, 2 * counts, 100, 200), 0, atol=1e-12)
    np.testing.assert_allclose(log_odds_z(counts, others, 100, 200), -log_odds_z(others, counts, 200, 100))
