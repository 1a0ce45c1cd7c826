"""Sentences about calibration: whether probabilities are frequencies, as far as chance lets anybody say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

import numpy as np

from goemox.domain_shift.limits import MIN_TEXTS
from goemox.evaluation.significance import LEVEL, holm
from goemox.report.fields import Fields
from goemox.report.formats import decimal
from goemox.report.order import in_domain_name
from goemox.report.sentences.in_domain import NAMED, NOT_MEASURED
from goemox.wording import join, plural

__all__ = ["label_calibration", "reliability"]

CLOSE = 0.05  # gap between what is said and what is true that most uses can live with
MOSTLY = 0.2  # share of bins whose band may miss before a curve is called off
SELDOM = 0.01  # a perfectly calibrated model has as many bins off in this share of samples, or fewer


def reliability(report: Fields) -> str:
    """Whether the probabilities are frequencies, as far as the bands can tell."""
    inside = report.fields("in_domain")
    curves = {row.text("label"): row for row in inside.rows("reliability")}
    if not curves:
        return NOT_MEASURED
    curve = curves.get("all") or next(iter(curves.values()))
    known = [found for row in curve.rows("bins") if (found := _bin(row)) is not None]
    if not known:
        return "There are no bands, so nothing can be said about calibration."
    texts = inside.count("n")
    cases = sum(found.n for found in known)
    if cases < MIN_TEXTS or (texts is not None and texts < MIN_TEXTS):
        return "Too few texts stand behind this curve to say anything about calibration."
    return f"On {in_domain_name(report)}, all labels taken together, a probability {_frequency(known)}"


@dataclass(frozen=True, slots=True)
class _Bin:
    """Probabilities of about one size: what they said on average, what was true, on n cases."""

    said: float
    true: float
    n: int
    low: float  # the band of a perfect model, which lies around `said`
    high: float

    @property
    def holds(self) -> bool:
        return self.low <= self.true <= self.high

    @property
    def hides(self) -> bool:
        """Whether its band is so wide that a gap that matters may lie within."""
        return self.high - self.low > 2 * CLOSE

    @property
    def gap(self) -> float:
        return abs(self.said - self.true)

    @property
    def p_value(self) -> float:
        """Two-sided, of the number that was true: binomial, which is wider than of unequal probabilities."""
        from scipy.special import bdtr, bdtrc

        hits = round(self.true * self.n)
        tails = bdtr(hits, self.n, self.said), bdtrc(hits - 1, self.n, self.said) if hits else 1.0
        return min(1.0, 2 * float(min(tails)))


def _bin(row: Fields) -> _Bin | None:
    said, true = row.number("predicted"), row.number("observed")
    low, high = row.number("low"), row.number("high")
    if said is None or true is None or low is None or high is None:
        return None
    return _Bin(said, true, row.count("n") or 0, low, high)


def _frequency(known: Sequence[_Bin]) -> str:
    """What the bins let a probability be read as; of those that are off, how far the farthest is."""
    off = [found for found in known if not found.holds]
    bins, expected = plural(len(known), "bin"), "a perfectly calibrated model would in nine of ten"
    hedge = ", as far as chance lets anybody tell"
    if not off:
        hedge = hedge if any(found.hides for found in known) else ""
        return f"can be read as a frequency{hedge}: in all {bins} it stays within its 90% band ({expected})."
    within = f"tays within its 90% band in {len(known) - len(off)} of {bins} ({expected})."
    if _is_chance(known):
        return f"can be read as a frequency{hedge}: it s{within}"
    worst = max(off, key=lambda found: found.gap)
    farthest = (
        f"{decimal(worst.gap, 2)} ({decimal(worst.said, 2)} said, {decimal(worst.true, 2)} true, on "
        f"{plural(worst.n, 'case')})"
    )
    rarely, close = len(off) <= len(known) * MOSTLY, worst.gap <= CLOSE
    if close and rarely:
        return f"can mostly be read as a frequency: it is off by {farthest} at most. It s{within}"
    if close:
        return f"is off by more than chance but by little, at most {farthest}. It s{within}"
    if rarely:
        return (
            f"can be read as a frequency in {len(known) - len(off)} of {bins}, those within their 90% bands "
            f"({expected}), and not in the others: it is off by up to {farthest}."
        )
    return f"cannot be read as a frequency: it is off by up to {farthest}. It s{within}"


def _is_chance(known: Sequence[_Bin]) -> bool:
    """Whether bins that are off are what a perfectly calibrated model would show, too.

    Of 15 bins one or two lie outside their 90 % bands by definition. Not chance: a gap that is surprising
    among so many (Holm), or more bins off than one sample in a hundred has.
    """
    n, n_off = len(known), sum(not found.holds for found in known)
    as_many = sum(comb(n, k) * 0.1**k * 0.9 ** (n - k) for k in range(n_off, n + 1))
    p_values = holm(np.array([found.p_value for found in known]))
    return as_many > SELDOM and bool((p_values >= LEVEL).all())


def label_calibration(report: Fields) -> str:
    """Which labels' probabilities are off by more than chance would show a perfectly calibrated model."""
    inside = report.fields("in_domain")
    rows = inside.rows("per_label")
    tested = {row.text("label"): row for row in rows if row.flag("ece_above_chance") is not None}
    if not tested or (inside.number("n") or 0) < MIN_TEXTS:
        return ""
    off = [label for label, row in tested.items() if row.flag("ece_above_chance")]
    off.sort(key=lambda label: -(tested[label].number("ece") or 0.0))
    if not off:
        return "Label by label, none is off by more than chance would show a perfectly calibrated model."
    named = f"{'' if len(off) <= NAMED else 'most of all '}{join(off[:NAMED])}"
    verb = "is" if len(off) == 1 else "are"
    return (
        f"Label by label, {len(off)} of {len(tested)} {verb} off by more than chance would show a perfectly "
        f"calibrated model: {named}."
    )
