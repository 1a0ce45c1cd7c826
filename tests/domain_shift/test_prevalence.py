import time

import numpy as np
import pytest

from goemox.domain_shift.mixture_check import mixture_test
from goemox.domain_shift.prevalence import (
    LabelledReference,
    adjusted_count,
    estimate_prevalence,
    expectation_maximisation,
)
from goemox.errors import ShapeError

PRIOR = 0.3


def scored(n, share, seed, gap=2.0, moved=0.0):
    """n texts of one label: truth, and probabilities calibrated for PRIOR; positives score `gap` higher.

    moved: how far every score is pushed, which no prevalence explains.
    """
    generator = np.random.default_rng(seed)
    truth = generator.random(n) < share
    score = generator.normal(size=n) + gap * truth + moved
    log_odds = np.log(PRIOR / (1 - PRIOR)) + gap * score - gap**2 / 2
    return truth[:, None], (1 / (1 + np.exp(-log_odds)))[:, None]


def reference(m=2000, seed=99):
    truth, p = scored(m, PRIOR, seed)
    return LabelledReference(p, p >= 0.5, truth)


@pytest.mark.parametrize("share", [0.1, 0.6, 0.9])
def test_under_label_shift_corrections_are_near_the_truth_and_counting_is_not(share):
    truth, p = scored(1000, share, seed=1)
    (row,) = estimate_prevalence(("joy",), p, p >= 0.5, reference()).labels
    true = truth.mean()
    for value in (row.adjusted_counted, row.adjusted_expected, row.em):
        assert abs(value - true) < 0.04
    assert abs(row.expected.value - true) > 0.04
    assert row.reference == pytest.approx(PRIOR, abs=0.03)


def test_label_shift_is_rejected_about_as_often_as_promised_where_it_is_true():
    rejected = [
        estimate_prevalence(
            ("joy",), (p := scored(300, 0.6, seed)[1]), p >= 0.5, reference(400, seed + 500), simulations=200
        ).rejected
        for seed in range(150)
    ]
    assert np.mean(rejected) <= 0.09


def test_a_handful_of_positives_in_the_reference_does_not_look_like_a_violation():
    rejected = []
    for seed in range(100):
        truth = np.arange(300) < 20
        generator = np.random.default_rng(seed)
        before = generator.normal(size=300) + 2 * truth
        after = generator.normal(size=300) + 2 * (np.arange(300) < 100)
        p_value = mixture_test(after, before, truth, simulations=200, generator=generator)[1]
        rejected.append(p_value < 0.05)
    assert np.mean(rejected) <= 0.10


def test_scores_that_no_prevalence_explains_are_rejected_and_named():
    p = scored(500, 0.3, seed=2, moved=-0.8)[1]
    found = estimate_prevalence(("joy",), p, p >= 0.5, reference())
    assert found.rejected is True
    assert "assumption rejected for 1 of 1 labels: joy (p ≤0.0005)" in found.reason  # of 2,000 draws
    assert found.labels[0].p_at_floor


def test_not_rejecting_is_not_sold_as_proof():
    p = scored(500, 0.5, seed=3)[1]
    found = estimate_prevalence(("joy",), p, p >= 0.5, reference())
    assert found.rejected is False
    assert "no proof" in found.reason


def test_a_label_with_fewer_than_ten_positives_is_counted_but_neither_corrected_nor_checked():
    truth, p = scored(400, PRIOR, seed=4)
    truth[np.flatnonzero(truth)[9:]] = False
    found = estimate_prevalence(("grief",), p, p >= 0.5, LabelledReference(p, p >= 0.5, truth))
    (row,) = found.labels
    assert (row.adjusted_counted, row.adjusted_expected, row.em, row.p_adjusted) == (None,) * 4
    assert row.counted > 0
    assert found.rejected is None
    assert "not checked" in found.reason


def test_constant_scores_give_no_correction_and_no_false_claim():
    p = np.full((200, 1), 0.3)
    truth = (np.arange(200) < 60)[:, None]
    found = estimate_prevalence(("joy",), p, p >= 0.5, LabelledReference(p, p >= 0.5, truth))
    (row,) = found.labels
    assert row.adjusted_counted is None
    assert row.adjusted_expected is None
    assert (row.p_adjusted, row.p_at_floor) == (1.0, False)


def test_many_labels_are_adjusted_for_their_number():
    parts = [scored(300, 0.5, seed) for seed in range(20)]
    p = np.concatenate([part[1] for part in parts], axis=1)
    before = [scored(600, PRIOR, seed + 100) for seed in range(20)]
    of_reference = LabelledReference(
        np.concatenate([part[1] for part in before], axis=1),
        np.concatenate([part[1] >= 0.5 for part in before], axis=1),
        np.concatenate([part[0] for part in before], axis=1),
    )
    found = estimate_prevalence([f"l{j}" for j in range(20)], p, p >= 0.5, of_reference)
    assert found.rejected is False
    assert [row.label for row in found.labels] == [f"l{j}" for j in range(20)]


def test_a_reference_stored_in_half_precision_does_not_reject():
    truth, p = scored(3000, PRIOR, seed=5)
    half = LabelledReference(p.astype(np.float16), p >= 0.5, truth)
    assert estimate_prevalence(("joy",), p.astype(np.float32), p >= 0.5, half).rejected is False


def test_estimates_stay_shares_and_the_extremes_are_reached():
    assert expectation_maximisation(np.full((50, 1), 0.9), np.array([0.3]))[0] == 1
    assert expectation_maximisation(np.full((50, 1), 0.01), np.array([0.3]))[0] == 0
    assert np.isnan(expectation_maximisation(np.full((50, 2), 0.5), np.array([0.0, 1.0]))).all()
    ones = np.ones((60, 1), dtype=bool)
    assert np.isnan(adjusted_count(ones, ones, ones)[0])


def test_fewer_than_fifty_texts_on_a_side_are_not_estimated():
    p = scored(49, 0.5, seed=0)[1]
    assert estimate_prevalence(("joy",), p, p >= 0.5, reference()) is None
    p = scored(60, 0.5, seed=0)[1]
    assert estimate_prevalence(("joy",), p, p >= 0.5, reference(49)) is None


def test_arrays_that_do_not_fit_are_refused():
    p = scored(60, 0.5, seed=0)[1]
    with pytest.raises(ShapeError, match="probabilities"):
        estimate_prevalence(("joy", "fear"), p, p >= 0.5, reference())
    with pytest.raises(ShapeError, match="reference truth"):
        LabelledReference(p, p >= 0.5, np.zeros((3, 1), dtype=bool))


def test_twenty_thousand_texts_of_28_labels_take_at_most_five_seconds():
    generator = np.random.default_rng(0)
    p, before = generator.beta(1, 20, (20_000, 28)), generator.beta(1, 20, (5_000, 28))
    truth = generator.random((5_000, 28)) < before
    start = time.process_time()
    estimate_prevalence(
        [f"l{j}" for j in range(28)], p, p > 0.3, LabelledReference(before, before > 0.3, truth)
    )
    assert time.process_time() - start < 5.0


def test_the_checks_of_twenty_labels_are_corrected_for_their_number(monkeypatch):
    monkeypatch.setattr("goemox.domain_shift.prevalence.mixture_test", lambda *a, **k: (0.1, 0.02))
    p = np.repeat(scored(400, 0.5, seed=1)[1], 20, axis=1)
    before, q = (np.repeat(each, 20, axis=1) for each in scored(2000, PRIOR, seed=99))
    of_home = LabelledReference(q, q >= 0.5, before)
    found = estimate_prevalence(tuple(f"l{j}" for j in range(20)), p, p >= 0.5, of_home)
    assert [row.p_adjusted for row in found.labels] == pytest.approx([0.4] * 20)
    assert not found.rejected
