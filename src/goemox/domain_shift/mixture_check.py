"""Whether label shift can be what happened: if so, scores are a mixture of known parts.

Under label shift only the prevalence of a label changes and texts that carry it look as they always did. The
target's scores must then be a mixture of the reference's positives and negatives, at some prevalence. If no
prevalence explains them, a correction that assumes label shift must not be believed.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from goemox.scores import Bools, Floats

__all__ = ["mixture_test"]

BINS = 50


def mixture_test(
    target: Floats, reference: Floats, truth: Bools, *, simulations: int, generator: np.random.Generator
) -> tuple[float, float]:
    """Largest gap between the target's scores and the best mixture, in [0, 1], and its p-value.

    One label's calibrated probabilities: target (n,), reference (m,) with truth (m,), which must hold both
    values. A Kolmogorov-Smirnov distance over 50 bins of as many scores each. Its distribution under
    the hypothesis is simulated: the target is drawn anew from the mixture, both parts from themselves, and
    the prevalence is estimated again each time, so that neither its freedom nor the noise in a handful of
    positives counts as a violation.
    """
    edges = np.unique(np.quantile(np.concatenate([target, reference]), np.linspace(0, 1, BINS + 1)[1:-1]))
    counts = _counts(target, edges)[None, :]
    positive, negative = (_counts(reference[rows], edges)[None, :] for rows in (truth, ~truth))
    gap, prevalence = _gap(counts, positive, negative)
    drawn_positive = generator.multinomial(positive.sum(), positive[0] / positive.sum(), size=simulations)
    drawn_negative = generator.multinomial(negative.sum(), negative[0] / negative.sum(), size=simulations)
    share = prevalence[0]
    mixture = share * positive[0] / positive.sum() + (1 - share) * negative[0] / negative.sum()
    drawn = generator.multinomial(len(target), mixture / mixture.sum(), size=simulations)
    simulated, _ = _gap(drawn, drawn_positive, drawn_negative)
    at_least = int((simulated >= gap[0] - 1e-12).sum())
    return float(gap[0]), (1 + at_least) / (1 + simulations)


def _counts(scores: Floats, edges: Floats) -> npt.NDArray[np.int64]:
    return np.bincount(np.searchsorted(edges, scores, side="left"), minlength=len(edges) + 1)


def _gap(
    counts: npt.NDArray[np.int64], positive: npt.NDArray[np.int64], negative: npt.NDArray[np.int64]
) -> tuple[Floats, Floats]:
    """Distance to the best mixture, and its prevalence, of each row: three times (b, bins) -> (b,), (b,)."""
    target, one, zero = (
        np.cumsum(part, axis=1) / part.sum(axis=1, keepdims=True) for part in (counts, positive, negative)
    )
    # the share of positives under which the distributions lie closest in squares: closed form, no densities
    difference = one - zero
    room = np.maximum((difference**2).sum(axis=1), 1e-300)
    prevalence = np.clip(((target - zero) * difference).sum(axis=1) / room, 0.0, 1.0)
    return np.abs(target - zero - prevalence[:, None] * difference).max(axis=1), prevalence
