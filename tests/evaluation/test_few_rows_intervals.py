"""Averages over labels of a few rows: no interval rather than one that leaves the figure out."""

import numpy as np
import pytest

from goemox.data.splits import repeated_rows
from goemox.evaluation.few_rows import repeats
from goemox.evaluation.report import evaluate
from goemox.records import TextRecord

LABELS = tuple("abcdefgh")


def planted(n, rows_of_the_rarest, seed=0):
    """n texts, one label each, of which the last has few; four in five are decided rightly."""
    generator = np.random.default_rng(seed)
    column = generator.integers(0, len(LABELS) - 1, n)
    column[:rows_of_the_rarest] = len(LABELS) - 1
    truth = np.eye(len(LABELS), dtype=bool)[column]
    given = np.where(generator.random(n) < 0.8, column, generator.integers(0, len(LABELS), n))
    decided = np.eye(len(LABELS), dtype=bool)[given]
    return np.where(decided, 0.8, 0.1), decided, truth


@pytest.mark.parametrize("rarest", [0, 1, 4])
def test_averages_over_labels_have_no_interval_where_a_label_has_fewer_than_five_rows(rarest):
    metrics = evaluate(*planted(60, rarest), LABELS).to_dict()["metrics"]
    for name in ("macro_f1", "mean_average_precision"):
        assert metrics[name]["value"] > 0
        assert metrics[name]["low"] is metrics[name]["high"] is None
    assert metrics["micro_f1"]["low"] < metrics["micro_f1"]["value"] < metrics["micro_f1"]["high"]


def test_averages_over_labels_have_an_interval_that_holds_them_where_every_label_has_five_rows():
    metrics = evaluate(*planted(300, 5), LABELS).to_dict()["metrics"]
    for name in ("macro_f1", "mean_average_precision"):
        assert metrics[name]["low"] < metrics[name]["value"] < metrics[name]["high"]


@pytest.mark.parametrize("n", [20, 30, 60, 300])
def test_no_figure_lies_outside_its_own_interval(n):
    for seed in range(5):
        for name, found in evaluate(*planted(n, 2, seed), LABELS).to_dict()["metrics"].items():
            if found is not None and found["low"] is not None and name != "ece_floor":
                assert found["low"] <= found["value"] <= found["high"], (n, seed, name)


def test_rows_that_repeat_a_text_with_its_labels_are_told_where_they_are_many():
    joy, anger = frozenset({"a"}), frozenset({"b"})
    rows = [("Thanks!", joy), ("thanks! ", joy), ("thanks!", anger), ("thanks!", anger), ("no", anger)]
    n = repeated_rows(
        [TextRecord(id=str(i), text=text, labels=labels) for i, (text, labels) in enumerate(rows)]
    )
    assert n == 2
    assert repeats(n, 5).startswith("2 of 5 rows repeat an earlier text with the same labels; each counts as")
    assert repeats(0, 0) == repeats(9, 1000) == ""
