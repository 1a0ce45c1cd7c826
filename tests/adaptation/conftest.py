"""Texts with planted labels, and a classifier that answers quickly: the bundled model on short sentences."""

import numpy as np
import pytest

from goemox.records import TextRecord

WORDS = {
    "gratitude": "Thank you so much for the {} you gave me.",
    "anger": "I am furious about this awful {}!",
    "curiosity": "What kind of {} is that, and why?",
    "neutral": "The {} is in the second room.",
    "sadness": "I cried all night about my lost {}.",
}
THINGS = (
    "book", "car", "house", "letter", "song", "dog", "ticket", "meal", "phone", "garden", "chair", "coat",
    "lamp", "river", "bridge", "train", "shirt", "photo", "watch", "boat", "apple", "stone", "window", "cup",
)  # fmt: skip


@pytest.fixture(scope="session")
def planted():
    """records(n, seed, wrong): n different texts with the label that they were made for.

    wrong: share of rows that get another of the labels instead.
    """

    def make(n, seed=0, wrong=0.0):
        generator = np.random.default_rng(seed)
        pairs = [(label, a, b) for label in WORDS for a in THINGS for b in THINGS]
        chosen = generator.permutation(len(pairs))[:n]
        rows = []
        for number, (label, a, b) in enumerate(pairs[i] for i in chosen):
            given = str(generator.choice(list(WORDS))) if generator.random() < wrong else label
            text = WORDS[label].format(f"{a} and {b}")
            rows.append(TextRecord(str(number), text, labels=frozenset({given})))
        return rows

    return make
