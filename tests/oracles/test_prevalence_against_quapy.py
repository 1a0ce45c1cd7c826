"""Prevalence against QuaPy 0.2, which is not a dependency: two classes, one of our labels at a time."""

import numpy as np
import pytest

from goemox.domain_shift.bands import share_bands
from goemox.domain_shift.prevalence import adjusted_count, expectation_maximisation


@pytest.fixture
def aggregative(library):
    """The methods of QuaPy that ours are."""
    return library("quapy.method.aggregative")


def drawn(seed, share=0.6, prior=0.3, gap=1.5):
    """Calibrated probabilities and truth of a reference, and probabilities of a target of another share."""
    generator = np.random.default_rng(seed)

    def side(n, of):
        truth = generator.random(n) < of
        score = generator.normal(size=n) + gap * truth
        return truth, 1 / (1 + np.exp(-(np.log(prior / (1 - prior)) + gap * score - gap**2 / 2)))

    truth, before = side(600, prior)
    return truth, before, side(500, share)[1]


def both(p):
    return np.stack([1 - p, p], axis=1)


def solved(aggregative, rates, counts):
    found = aggregative.ACC.solve_adjustment(rates, counts, method="inversion", solver="minimize")
    return found[1]


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("share", [0.05, 0.6, 0.95])
def test_expectation_maximisation_ends_where_theirs_does(aggregative, seed, share):
    truth, _, after = drawn(seed, share)
    prior = truth.mean()
    their_share = aggregative.EMQ.EM(np.array([1 - prior, prior]), both(after), epsilon=1e-9)[0][1]
    ours = expectation_maximisation(after[:, None], np.array([prior]))[0]
    assert ours == pytest.approx(their_share, abs=1e-4)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("share", [0.05, 0.6, 0.95])
def test_adjusted_counts_are_theirs(aggregative, seed, share):
    truth, before, after = drawn(seed, share)
    classes = np.array([0, 1])
    acc = solved(
        aggregative,
        aggregative.ACC.getPteCondEstim(classes, truth.astype(int), (before >= 0.5).astype(int)),
        np.array([(after < 0.5).mean(), (after >= 0.5).mean()]),
    )
    pacc = solved(
        aggregative,
        aggregative.PACC.getPteCondEstim(classes, truth.astype(int), both(before)),
        both(after).mean(axis=0),
    )
    ours = adjusted_count((after >= 0.5)[:, None], (before >= 0.5)[:, None], truth[:, None])
    assert ours[0] == pytest.approx(acc, abs=1e-3)  # theirs is found by a numerical optimiser
    ours = adjusted_count(after[:, None], before[:, None], truth[:, None])
    assert ours[0] == pytest.approx(pacc, abs=1e-3)


@pytest.mark.parametrize("seed", range(4))
def test_counted_and_expected_shares_are_theirs(library, seed):
    _, _, after = drawn(seed)
    functional = library("quapy.functional")
    found = share_bands((after >= 0.5)[:, None], after[:, None])
    counted = functional.prevalence_from_labels((after >= 0.5).astype(int), np.array([0, 1]))
    assert found.given[0] == pytest.approx(counted[1])
    assert found.expected[0] == pytest.approx(functional.prevalence_from_probabilities(both(after))[1])
