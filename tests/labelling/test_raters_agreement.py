"""How far two raters agree: against scikit-learn, and where figures must not be given."""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from goemox.errors import InvalidInput
from goemox.evaluation.intervals import wilson
from goemox.labelling import agreement
from goemox.labelling.raters import cohens_kappa
from goemox.records import TextRecord

LABELS = ("anger", "fear", "joy")


def rater(*given, judged=None, start=0):
    return [
        TextRecord(str(i), f"text {i}", labels=frozenset(labels), judged=judged)
        for i, labels in enumerate(given, start=start)
    ]


def random_rater(seed, n=60):
    cells = np.random.default_rng(seed).random((n, 3)) < (0.1, 0.3, 0.6)
    return rater(*([label for label, on in zip(LABELS, row, strict=True) if on] for row in cells))


def by_label(found):
    return {row.label: row for row in found.per_label}


@pytest.mark.parametrize("seed", range(5))
def test_kappa_is_that_of_scikit_learn(seed):
    one, other = random_rater(seed), random_rater(seed + 100)
    found = agreement(one, other, n_bootstrap=10)
    for label, row in by_label(found).items():
        expected = cohen_kappa_score([label in r.labels for r in one], [label in r.labels for r in other])
        assert row.kappa == pytest.approx(expected, abs=1e-12)
    assert found.mean_kappa.value == pytest.approx(np.mean([row.kappa for row in found.per_label]))


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=30))
def test_kappa_is_between_minus_one_and_one_or_undefined_where_all_answers_are_one(answers):
    first, second = np.array(answers).T
    kappa = float(cohens_kappa((first & second).sum(), first.sum(), second.sum(), len(first)))
    if len(set(first) | set(second)) == 1:
        assert math.isnan(kappa)
    else:
        assert -1 - 1e-12 <= kappa <= 1 + 1e-12


def test_figures_of_a_label_are_those_counted_by_hand():
    found = agreement(rater("j", "j", "j", ""), rater("j", "j", "", "j"))
    (row,) = found.per_label
    assert (row.n, row.first, row.second, row.both) == (4, 3, 3, 2)
    assert (row.agreement, row.positive_agreement) == (0.5, pytest.approx(2 / 3))
    assert row.kappa == pytest.approx((0.5 - 0.625) / (1 - 0.625))
    assert found.exact.value == 0.5


def test_a_label_that_nobody_gave_has_no_kappa_and_does_not_count_in_the_mean():
    judged = frozenset(LABELS)
    found = agreement(rater(["joy"], [], judged=judged), rater(["joy"], [], judged=judged))
    fear = by_label(found)["fear"]
    assert math.isnan(fear.kappa)
    assert math.isnan(fear.positive_agreement)
    assert fear.agreement == 1.0
    assert found.mean_kappa.value == 1.0
    content = found.to_dict()
    assert [row["kappa"] for row in content["per_label"]] == [None, None, 1.0]


def test_two_raters_who_found_nothing_agree_without_a_kappa():
    found = agreement(rater([], []), rater([], []))
    assert found.exact.value == 1.0
    assert found.to_dict()["mean_kappa"] == {"value": None, "low": None, "high": None}


def test_a_label_counts_only_in_texts_in_which_both_looked_for_it():
    found = agreement(rater(["joy"], ["fear"]), rater(["joy"], ["joy"], judged=frozenset({"joy"})))
    assert by_label(found)["fear"].n == 0
    assert math.isnan(by_label(found)["fear"].agreement)
    assert by_label(found)["joy"].n == 2
    assert found.differences[0].only_first == ()  # fear was not looked for by the other


def test_raters_who_looked_for_no_common_label_are_refused_and_not_called_agreed():
    one, other = (rater(*[[label]] * 40, judged=frozenset({label})) for label in ("joy", "anger"))
    with pytest.raises(InvalidInput, match=r"looked for no common label \(the first for joy, the second"):
        agreement(one, other)


def test_it_says_on_how_many_labels_the_two_can_be_compared():
    found = agreement(rater(["joy"], ["fear"]), rater(["joy"], ["joy"], judged=frozenset({"joy"})))
    assert (found.n_compared, len(found.per_label)) == (1, 2)
    assert (found.to_dict()["n_compared"], found.to_dict()["n_labels"]) == (1, 2)


def test_a_text_without_a_common_label_is_not_counted_as_agreement():
    joy, fear = frozenset({"joy"}), frozenset({"fear"})
    first = [*rater(["joy"], judged=joy), *rater(["fear"], judged=fear, start=1)]
    found = agreement(first, rater([], ["joy"], judged=joy))
    assert found.exact.value == 0.0


@pytest.mark.parametrize("n_same", [0, 25, 40])
def test_the_share_of_same_labels_has_wilsons_interval_which_is_never_empty(n_same):
    one, other = rater(*["j"] * 40), rater(*["j"] * n_same, *[""] * (40 - n_same))
    exact = agreement(one, other, n_bootstrap=5).exact
    low, high = wilson(np.array(n_same), 40)
    assert (exact.value, exact.low, exact.high) == (n_same / 40, low, high)
    assert exact.high - exact.low > 0.05


def test_texts_are_joined_by_id_and_those_of_one_rater_are_counted():
    one, other = rater(["joy"], ["joy"], ["fear"]), rater(["joy"], ["joy"], start=2)
    found = agreement(one, other)
    assert (found.n, found.n_only_first, found.n_only_second) == (1, 2, 1)
    (case,) = found.differences
    assert (case.id, case.text, case.only_first, case.only_second) == ("2", "text 2", ("fear",), ("joy",))


def test_intervals_hold_the_value_and_narrow_with_more_texts():
    few = agreement(random_rater(1, 40), random_rater(1, 40)[:20] + random_rater(2, 40)[20:])
    many = agreement(random_rater(1, 640), random_rater(1, 640)[:320] + random_rater(2, 640)[320:])
    for found in (few, many):
        for interval in (found.mean_kappa, found.exact):
            assert interval.low <= interval.value <= interval.high
    assert many.exact.high - many.exact.low < 0.5 * (few.exact.high - few.exact.low)


def test_a_mean_kappa_that_a_label_of_fewer_than_five_texts_is_part_of_has_no_interval():
    """Resamples without such a label would be means over other labels, and lie above the figure itself."""
    one, other = random_rater(3), random_rater(103)
    assert agreement(one, other, n_bootstrap=10).n_rare == 0
    alone = [
        dataclasses.replace(row, labels=row.labels | {f"only {number}"}) if number < 20 else row
        for number, row in enumerate(one)
    ]
    found = agreement(alone, other, n_bootstrap=10)
    assert found.n_rare == 20
    assert found.mean_kappa.value == pytest.approx(3 / 23 * agreement(one, other).mean_kappa.value)
    assert found.to_dict()["mean_kappa"]["low"] is found.to_dict()["mean_kappa"]["high"] is None


@pytest.mark.parametrize(("n_without", "has_interval"), [(4, False), (5, True)])
def test_a_label_that_hardly_any_text_lacks_is_as_rare_as_one_that_hardly_any_has(n_without, has_interval):
    one = rater(*["j"] * 40, *[""] * n_without)
    assert math.isfinite(agreement(one, one, n_bootstrap=20).mean_kappa.low) == has_interval


def test_few_common_texts_are_said_to_be_too_few():
    assert agreement(rater(*["j"] * 29), rater(*["j"] * 29), n_bootstrap=5).is_too_small
    assert not agreement(rater(*["j"] * 30), rater(*["j"] * 30), n_bootstrap=5).is_too_small


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        (rater("j"), rater("j", start=5), "no id in common"),
        (rater("j"), [TextRecord("0", "another", labels=frozenset())], "id '0' is one text for the first"),
        (rater("j") * 2, rater("j"), "the first rater has id '0' twice"),
        (rater("j"), [TextRecord("0", "text 0")], "the second rater's row '0' has no labels"),
    ],
)
def test_what_cannot_be_compared_is_refused(one, other, said):
    with pytest.raises(InvalidInput, match=said):
        agreement(one, other)
