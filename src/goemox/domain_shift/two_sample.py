"""Which labels' scores moved between two sets of texts: one Kolmogorov-Smirnov test a label, with Holm.

Tests on a classifier's outputs are the strongest simple detector of shift in Rabanser et al. 2019
(https://arxiv.org/abs/1810.11953). They say that scores moved and how far, never that this is harmful, and
they assume disjoint sets of different texts: drop repeats and overlaps first, or they alarm too often.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from goemox.domain_shift.limits import MIN_TEXTS
from goemox.domain_shift.sample import DomainSample, ReferenceSample
from goemox.errors import ShapeError
from goemox.evaluation.significance import LEVEL, holm, p_of_shares
from goemox.scores import Floats

__all__ = ["SMALLEST_P", "LabelTests", "label_tests", "tested_labels"]

FAR_OUT = 1e-12  # an exact p-value is then below `SMALLEST_P`, too, for any number of labels
NO_GAP = 1 - 1e-9  # an exact p-value is then 1, too, but for rounding, which may carry it above 1
METHOD = "two-sample Kolmogorov-Smirnov on each label's calibrated probability, Holm-adjusted"
SMALLEST_P = 1e-6  # reported: JSON rounds there, no p-value is 0, and no approximation holds so far out


@dataclass(frozen=True, slots=True, eq=False)  # == on arrays raises, so identity is honest
class LabelTests:
    """Per label the largest gap between the two distributions of its score, and how surprising it is.

    ks: (k,), in [0, 1], 0 = same distribution. p_adjusted: (k,), in (0, 1], Holm over the k labels, 1e-6
    where it is smaller.
    """

    ks: Floats
    p_adjusted: Floats


def label_tests(reference: Floats, target: Floats) -> LabelTests | None:
    """Test each label's score; None with fewer than 50 texts on a side.

    reference: (m, k), target: (n, k): probabilities or logits, both the same. The test sees ranks only, so
    calibration does not change it. Scores are compared at the coarser precision of the two, for a reference
    stored in half precision would otherwise differ by its rounding. Constant scores are fine: equal ones
    give ks 0 and p 1.
    """
    if reference.ndim != 2 or target.shape[1:] != reference.shape[1:]:
        raise ShapeError("target scores", (len(target), *reference.shape[1:]), target.shape)
    if min(len(reference), len(target)) < MIN_TEXTS:
        return None
    coarser = min(reference.dtype, target.dtype, key=lambda dtype: np.finfo(dtype).nmant)
    before, after = reference.astype(coarser), target.astype(coarser)
    found = [_tested(before[:, j], after[:, j]) for j in range(before.shape[1])]
    return LabelTests(
        ks=np.array([test.statistic for test in found]),
        p_adjusted=np.maximum(holm(np.array([test.pvalue for test in found])), SMALLEST_P),
    )


def tested_labels(reference: ReferenceSample, target: DomainSample) -> dict[str, Any]:
    """The tests of all labels as rows, and beside each whether it is given more or less often.

    `labels` and `moved` are None, with the reason, where no test could be made. Shares are of texts given a
    label, tested as two proportions, exactly where few texts carry it.
    """
    sizes = {"method": METHOD, "level": LEVEL, "n": len(target), "n_reference": len(reference.probabilities)}
    reason = (
        f"{len(target)} texts here, {len(reference.probabilities)} in the reference: a test needs at "
        f"least {MIN_TEXTS} on each side"
    )
    found = None
    if target.is_known:
        reason = (
            f"at least {target.n_shared:,} of {len(target):,} texts are those that the model was adapted on: "
            "beside themselves they show nothing"
        )
    else:
        found = label_tests(reference.probabilities, target.probabilities)
    if found is None:
        return sizes | {"available": False, "reason": reason, "labels": None, "moved": None}
    before, after = reference.decided.mean(axis=0), target.decided.mean(axis=0)
    m, n = len(reference.decided), len(target.decided)
    shares = holm(p_of_shares(before, m, after, n))
    rows = [
        {
            "label": label,
            "ks": float(found.ks[column]),
            "p_adjusted": float(found.p_adjusted[column]),
            "share_reference": float(before[column]),
            "share_target": float(after[column]),
            "share_p_adjusted": max(float(shares[column]), SMALLEST_P),
        }
        for column, label in enumerate(target.scores.labels)
    ]
    by_distance = np.argsort(-found.ks, kind="stable")
    moved = [target.scores.labels[column] for column in by_distance if found.p_adjusted[column] < LEVEL]
    return sizes | {"available": True, "reason": None, "labels": rows, "moved": moved}


def _tested(before: Floats, after: Floats) -> Any:
    """Kolmogorov and Smirnov's test of one label, (m,) and (n,).

    Exact up to 10,000 a side: for sides of equal size the asymptotic p-values are a tenth too small, which
    made 6.1 % false alarms of 4.5 % (benchmarks/trust/shift_tests.py). Far below `SMALLEST_P` nobody sees
    the difference, and exact ones would take ten times as long; next to 1 there is none, and scipy gives an
    exact one up with a warning where it rounds to more than 1.
    """
    from scipy.stats import ks_2samp

    quick = ks_2samp(before, after, method="asymp")
    is_settled = not FAR_OUT <= quick.pvalue <= NO_GAP
    return quick if is_settled else ks_2samp(before, after, method="auto")
