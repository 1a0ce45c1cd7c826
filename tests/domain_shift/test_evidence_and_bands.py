import numpy as np
import pytest

from goemox.domain_shift.bands import share_bands
from goemox.domain_shift.evidence import emotion_evidence
from goemox.errors import InvalidInput, ShapeError


def test_evidence_adds_log_two_for_each_label_at_one_half_and_leaves_neutral_out():
    logits = np.array([[0.0, 0.0, 9.0], [-50.0, -50.0, 9.0]], dtype=np.float32)
    np.testing.assert_allclose(
        emotion_evidence(logits, ("joy", "fear", "neutral")), [2 * np.log(2), 0], atol=1e-9
    )


def test_evidence_of_a_model_without_neutral_counts_every_label():
    assert emotion_evidence(np.zeros((1, 3)), ("a", "b", "c"))[0] == pytest.approx(3 * np.log(2))


def test_evidence_of_huge_logits_is_finite():
    assert emotion_evidence(np.array([[1e4, -1e4]]), ("joy", "fear"))[0] == 1e4


def test_a_model_of_neutral_alone_has_no_evidence_to_sum():
    with pytest.raises(InvalidInput, match="besides neutral"):
        emotion_evidence(np.zeros((2, 1)), ("neutral",))


def test_logits_of_other_labels_are_refused():
    with pytest.raises(ShapeError, match="logits"):
        emotion_evidence(np.zeros((2, 3)), ("joy", "neutral"))


def test_expected_bands_hold_the_true_mean_in_about_nineteen_of_twenty_draws():
    hits = 0
    for seed in range(200):
        p = np.random.default_rng(seed).beta(1, 4, (150, 1))
        found = share_bands(p > 0.5, p, seed=seed)
        hits += bool(found.expected_low[0] <= 0.2 <= found.expected_high[0])
    assert 0.90 <= hits / 200 <= 0.99


def test_a_label_never_given_still_has_a_band():
    found = share_bands(np.zeros((100, 1), dtype=bool), np.full((100, 1), 0.1))
    assert found.given[0] == found.given_low[0] == 0
    assert 0.02 < found.given_high[0] < 0.05
    np.testing.assert_allclose([found.expected_low[0], found.expected_high[0]], 0.1, atol=1e-6)


def test_decisions_and_probabilities_of_other_texts_are_refused():
    with pytest.raises(ShapeError, match="decided"):
        share_bands(np.zeros((3, 2), dtype=bool), np.zeros((4, 2)))
