"""No text is slow to read, and texts that look alike are read alike (checklist 18 and 19)."""

import numpy as np
import pytest
from look_alikes import EQUATED, PLAIN, TABLE, described
from worst_texts import readers, seconds, shapes

READERS = readers()


@pytest.mark.parametrize("name", READERS)
def test_no_text_of_two_thousand_characters_takes_long(name):
    # Five times the limit that benchmarks/security/texts.py measures on a quiet machine.
    slow = {shape for shape, text in shapes(2_000).items() if seconds(READERS[name], text, 1) > 0.1}
    assert [shape for shape in slow if seconds(READERS[name], shapes(2_000)[shape]) > 0.1] == []


@pytest.mark.parametrize(
    ("name", "shape"), [("kinds_of", "line ends and 'x'"), ("read_markdown", "images and ''")]
)
def test_what_once_took_four_times_as_long_for_twice_the_length_does_not(name, shape):
    short, long = (seconds(READERS[name], shapes(n)[shape], 5) for n in (30_000, 60_000))
    assert long < 3.5 * short + 0.005


def test_the_tokenizer_takes_no_longer_than_that(classifier):
    encoder = classifier.scorer._encoder
    slow = {shape: text for shape, text in shapes(2_000).items() if shape.endswith("''")}
    assert all(seconds(lambda text: encoder.encode([text]), text, 2) < 0.1 for text in slow.values())


@pytest.mark.parametrize("name", EQUATED)
def test_what_the_normaliser_equates_moves_no_probability(classifier, name):
    plain, other = classifier.predict_proba([PLAIN, EQUATED[name](PLAIN)])
    assert np.abs(plain - other).max() <= 0.01


@pytest.mark.parametrize("name", TABLE)
def test_every_row_of_the_unicode_table_is_read_or_refused_in_words(classifier, name):
    found = described(classifier, TABLE[name]())
    assert "refused" in found or found["tokens"] >= 3
    if "labels" in found and name not in ("NUL within words", "1 MB", "10 MB"):
        assert found["labels"] == ["gratitude"]
