"""How often each label holds in texts nobody labelled: counted, expected, and corrected for label shift.

The corrections assume that only the prevalence changed and that texts with a label look as they always did.
Where that is true they are far better than counting; where it is not they are worse than doing nothing, as on
labelled texts from elsewhere they were. So they are offered beside a check of that assumption, and nothing
else uses them. That the check rejects nothing proves nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from goemox.domain_shift.bands import share_bands
from goemox.domain_shift.limits import MIN_TEXTS
from goemox.domain_shift.mixture_check import mixture_test
from goemox.errors import ShapeError
from goemox.evaluation.intervals import Interval
from goemox.evaluation.significance import LEVEL, holm
from goemox.scores import Bools, Floats

__all__ = [
    "LabelPrevalence",
    "LabelledReference",
    "PrevalenceEstimates",
    "adjusted_count",
    "estimate_prevalence",
    "expectation_maximisation",
]

MIN_POSITIVES = 10  # and negatives, of a label in the reference: with fewer its rates are guesses
LARGEST_CHECKED = 2_000  # target texts: with more, differences too small to matter would reject
SIMULATIONS = 2_000  # Holm over 28 labels multiplies the smallest p, 1 / 2,001, to .014
STEPS = 30  # halvings of [0, 1]
NO_RATE = 1e-3  # a difference of rates below this cannot be divided by


@dataclass(frozen=True, slots=True, eq=False)  # == on arrays raises, so identity is honest
class LabelledReference:
    """m in-domain texts that the model was not trained on, with their truth.

    probabilities: (m, k), calibrated. decided, truth: bool (m, k).
    Both come from the folder's reference, which holds the very rows that its rule was fitted on. The mixture
    test goes by ranks, which no calibration reorders, and is unaffected. ACC takes rates of cuts that were
    chosen on these rows, PACC and EM levels that were fitted on them (three numbers a label): a little too
    good, and more so the fewer the rows.
    """

    probabilities: Floats
    decided: Bools
    truth: Bools

    def __post_init__(self) -> None:
        for name in ("decided", "truth"):
            if getattr(self, name).shape != self.probabilities.shape:
                raise ShapeError(f"reference {name}", self.probabilities.shape, getattr(self, name).shape)


@dataclass(frozen=True, slots=True)
class LabelPrevalence:
    """Shares of texts in which one label holds, by each method, in [0, 1].

    reference: its true share there. counted: the share that was given it (CC). expected: the mean calibrated
    probability (PCC) with its bootstrap interval. Under label shift only: counted and expected corrected by
    the reference's rates (ACC, PACC), and the likeliest share (EM); None where the reference has fewer than
    10 texts with the label, or without it. gap: the distance (0-1) of the scores to the best mixture of the
    reference's positives and negatives. p_adjusted: of such a gap under label shift, by Holm;
    p_at_floor: whether no simulation had such a gap, so that p may be smaller.
    """

    label: str
    reference: float
    counted: float
    expected: Interval
    adjusted_counted: float | None = None
    adjusted_expected: float | None = None
    em: float | None = None
    gap: float | None = None
    p_adjusted: float | None = None
    p_at_floor: bool | None = None


@dataclass(frozen=True, slots=True)
class PrevalenceEstimates:
    """Every label's shares, and whether the assumption behind the corrected ones was rejected.

    rejected: None where it could not be checked. reason: what was found, in words. n, n_reference: texts.
    """

    labels: tuple[LabelPrevalence, ...]
    rejected: bool | None
    reason: str
    n: int
    n_reference: int


def estimate_prevalence(
    labels: Sequence[str],
    probabilities: Floats,
    decided: Bools,
    reference: LabelledReference,
    *,
    seed: int = 0,
    simulations: int = SIMULATIONS,
) -> PrevalenceEstimates | None:
    """Prevalence of each label in the target by five methods; None below 50 texts, or 50 of the reference.

    probabilities: (n, k), calibrated by the same maps as the reference's; decided: bool (n, k), by its rule.
    Raises ShapeError where arrays and labels do not fit each other.
    """
    _refuse_misfits(labels, probabilities, decided, reference)
    if min(len(probabilities), len(reference.truth)) < MIN_TEXTS:
        return None
    bands = share_bands(decided, probabilities, seed=seed)
    supported = _supported(reference.truth)
    gaps, p_values, at_floor = _check(probabilities, reference, supported, simulations, seed)
    em = expectation_maximisation(probabilities, reference.truth.mean(axis=0))
    acc = adjusted_count(decided, reference.decided, reference.truth)
    pacc = adjusted_count(probabilities, reference.probabilities, reference.truth)

    def where_supported(values: Floats, column: int) -> float | None:
        return float(values[column]) if supported[column] and not np.isnan(values[column]) else None

    rows = tuple(
        LabelPrevalence(
            label=label,
            reference=float(reference.truth[:, j].mean()),
            counted=float(bands.given[j]),
            expected=Interval(
                float(bands.expected[j]), float(bands.expected_low[j]), float(bands.expected_high[j])
            ),
            adjusted_counted=where_supported(acc, j),
            adjusted_expected=where_supported(pacc, j),
            em=where_supported(em, j),
            gap=where_supported(gaps, j),
            p_adjusted=where_supported(p_values, j),
            p_at_floor=bool(at_floor[j]) if supported[j] else None,
        )
        for j, label in enumerate(labels)
    )
    rejected, reason = _verdict(rows)
    return PrevalenceEstimates(rows, rejected, reason, len(probabilities), len(reference.truth))


def adjusted_count(scores: Floats | Bools, reference: Floats | Bools, truth: Bools) -> Floats:
    """Mean scores corrected by what the reference's positives and negatives score on average, (k,) in [0, 1].

    scores: (n, k), reference, truth: (m, k). Of decisions this is the adjusted count, ACC (Forman 2008,
    doi:10.1007/s10618-008-0097-y), of probabilities PACC (Bella et al. 2010, doi:10.1109/ICDM.2010.75). NaN
    where a label has no positives or negatives, or where both score the same: nothing can be corrected then.
    """
    mean = scores.mean(axis=0, dtype=np.float64)
    positives, negatives = truth.sum(axis=0), (~truth).sum(axis=0)
    values = reference.astype(np.float64)
    with np.errstate(invalid="ignore"):
        hits = (values * truth).sum(axis=0) / np.where(positives > 0, positives, np.nan)
        false = (values * ~truth).sum(axis=0) / np.where(negatives > 0, negatives, np.nan)
        room = np.where(np.abs(hits - false) > NO_RATE, hits - false, np.nan)
        return np.asarray(np.clip((mean - false) / room, 0.0, 1.0))


def expectation_maximisation(probabilities: Floats, prior: Floats) -> Floats:
    """The likeliest share of each label, where Saerens' EM converges, (k,) in [0, 1].

    probabilities: (n, k), calibrated for shares of `prior` (k,). NaN where the prior is 0 or 1.
    Saerens, Latinne and Decaestecker 2002 (doi:10.1162/089976602753284446) climb the likelihood of the share.
    It is concave, so its slope changes sign at most once, and bisection finds the top in 30 steps, where EM
    takes hundreds for rare labels.
    """
    usable = (prior > 0) & (prior < 1)
    safe = np.where(usable, prior, 0.5)
    positive = probabilities.astype(np.float64) / safe
    negative = (1.0 - probabilities.astype(np.float64)) / (1.0 - safe)
    difference = positive - negative
    low, high = np.zeros(len(safe)), np.ones(len(safe))
    for _ in range(STEPS):
        middle = (low + high) / 2
        rising = (difference / np.maximum(negative + middle * difference, 1e-300)).sum(axis=0) > 0
        low, high = np.where(rising, middle, low), np.where(rising, high, middle)
    top = np.where(
        low == 0.0, 0.0, np.where(high == 1.0, 1.0, (low + high) / 2)
    )  # ends: the slope has one sign
    return np.where(usable, top, np.nan)


def _refuse_misfits(
    labels: Sequence[str], probabilities: Floats, decided: Bools, reference: LabelledReference
) -> None:
    if probabilities.ndim != 2 or probabilities.shape[1] != len(labels):
        raise ShapeError("probabilities", (len(probabilities), len(labels)), probabilities.shape)
    if decided.shape != probabilities.shape:
        raise ShapeError("decided", probabilities.shape, decided.shape)
    if reference.truth.shape[1] != len(labels):
        raise ShapeError("reference truth", (len(reference.truth), len(labels)), reference.truth.shape)


def _supported(truth: Bools) -> Bools:
    positives = truth.sum(axis=0)
    return np.asarray(np.minimum(positives, len(truth) - positives) >= MIN_POSITIVES)


def _check(
    probabilities: Floats, reference: LabelledReference, supported: Bools, simulations: int, seed: int
) -> tuple[Floats, Floats, Bools]:
    """Gap to the best mixture, its p-value by Holm and whether no simulation had such a gap, (k,) each.

    NaN and False for labels that are not supported.
    """
    generator = np.random.default_rng(seed)
    coarser = min(probabilities.dtype, reference.probabilities.dtype, key=lambda dtype: np.finfo(dtype).nmant)
    rows = generator.permutation(len(probabilities))[:LARGEST_CHECKED]
    target, before = probabilities[rows].astype(coarser), reference.probabilities.astype(coarser)
    gaps, p_values = np.full(len(supported), np.nan), np.full(len(supported), np.nan)
    columns = np.flatnonzero(supported)
    for j in columns:
        gaps[j], p_values[j] = mixture_test(
            target[:, j], before[:, j], reference.truth[:, j], simulations=simulations, generator=generator
        )
    at_floor = p_values <= 1 / (1 + simulations)
    p_values[columns] = holm(p_values[columns])
    return gaps, p_values, at_floor


def _verdict(rows: Sequence[LabelPrevalence]) -> tuple[bool | None, str]:
    checked = [
        (row.p_adjusted, -row.gap, row.label, "≤" if row.p_at_floor else "")
        for row in rows
        if row.p_adjusted is not None and row.gap is not None
    ]
    if not checked:
        return None, f"not checked: no label has {MIN_POSITIVES} reference texts with it and without it"
    against = sorted(found for found in checked if found[0] < LEVEL)
    if not against:
        return False, f"not rejected for any of {len(checked)} labels, which is no proof that it holds"
    named = ", ".join(f"{label} (p {bound}{p:.2g})" for p, _, label, bound in against[:3])
    more = f" and {len(against) - 3} more" if len(against) > 3 else ""
    return True, f"assumption rejected for {len(against)} of {len(checked)} labels: {named}{more}"
