"""How far two people agree who labelled the same texts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from goemox.data.splits import normalised
from goemox.errors import InvalidInput
from goemox.evaluation.intervals import Interval, bootstrap_weights, percentile_interval, wilson
from goemox.evaluation.metrics import FEWEST
from goemox.evaluation.numbers import plain
from goemox.records import TextRecord
from goemox.scores import Bools

__all__ = ["FEW", "Agreement", "Difference", "LabelAgreement", "agreement", "cohens_kappa"]

FEW = 30
"""Common texts below which two raters cannot be judged."""

SCHEMA = "goemox.agreement/1"
_Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LabelAgreement:
    """One label over the n texts that both looked for it in; NaN where a figure is undefined.

    first, second, both: texts that it was given by the first rater, the second, both.
    agreement: share of texts with the same answer, in [0, 1]. kappa: Cohen's, in [-1, 1]; undefined where
    both gave the one same answer throughout. positive_agreement: 2 both / (first + second), in [0, 1]
    (Cicchetti and Feinstein 1990); undefined where neither gave the label.
    """

    label: str
    n: int
    first: int
    second: int
    both: int
    agreement: float
    kappa: float
    positive_agreement: float

    @property
    def is_rare(self) -> bool:
        """Whether it has a kappa that chance decides on: fewer than five texts with it, or without it."""
        either = self.first + self.second - self.both
        return not math.isnan(self.kappa) and min(either, self.n - self.both) < FEWEST


@dataclass(frozen=True, slots=True)
class Difference:
    """A text that the two labelled differently: the labels that only one of them, or both, gave."""

    id: str
    text: str
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]
    both: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two raters agree on the n texts that both labelled.

    n_only_first, n_only_second: texts that one of them alone labelled.
    mean_kappa: over the labels that either gave and that have a kappa, with a 95 % bootstrap interval over
    texts, unless one of these labels is rare. exact: share with the same labels, of the texts in which both
    looked for one, with Wilson's 95 % interval. differences: in the first rater's order.
    """

    n: int
    n_only_first: int
    n_only_second: int
    per_label: tuple[LabelAgreement, ...]
    mean_kappa: Interval
    exact: Interval
    differences: tuple[Difference, ...]

    @property
    def n_compared(self) -> int:
        """Labels that both looked for in some text; only these can agree or differ."""
        return sum(row.n > 0 for row in self.per_label)

    @property
    def n_rare(self) -> int:
        """Labels that leave the mean kappa without an interval."""
        return sum(row.is_rare for row in self.per_label)

    @property
    def is_too_small(self) -> bool:
        """Whether there are too few common texts to judge by."""
        return self.n < FEW

    def to_dict(self) -> dict[str, Any]:
        """As `goemox label --agreement --json` prints it; undefined figures are null."""
        content = {
            "schema": SCHEMA,
            "n": self.n,
            "n_only_first": self.n_only_first,
            "n_only_second": self.n_only_second,
            "too_small": self.is_too_small,
            "n_labels": len(self.per_label),
            "n_compared": self.n_compared,
            "mean_kappa": self.mean_kappa.to_dict(),
            "exact": self.exact.to_dict(),
            "per_label": [asdict(row) for row in self.per_label],
            "differences": [asdict(row) for row in self.differences],
        }
        return {name: plain(value) for name, value in content.items()}


def agreement(
    first: Sequence[TextRecord], second: Sequence[TextRecord], *, n_bootstrap: int = 1_000, seed: int = 0
) -> Agreement:
    """Compare two raters' labels of the same texts, joined by id.

    Labels are those that either gave or looked for (`TextRecord.judged`), in alphabetical order; a label
    counts in the texts in which both looked for it. Cohen's kappa (Cohen 1960,
    https://doi.org/10.1177/001316446002000104) label by label, since one text may have several.
    Raises InvalidInput where an id is repeated, stands for two texts or has no labels, where no text is
    common, or no label was looked for by both.
    """
    ones, others = _by_id(first, "first"), _by_id(second, "second")
    common = [row_id for row_id in ones if row_id in others]
    if not common:
        raise InvalidInput(
            "the two raters have no id in common; both must label the same file, with its ids kept"
        )
    for row_id in common:
        if normalised(ones[row_id].text) != normalised(others[row_id].text):
            raise InvalidInput(
                f"id {row_id!r} is one text for the first rater and another for the second; "
                "both must label the same file"
            )
    pairs = [(ones[row_id], others[row_id]) for row_id in common]
    named = [names for pair in pairs for row in pair for names in (row.labels, row.judged) if names]
    labels = sorted(frozenset().union(*named))
    given = np.array([[[label in (row.labels or ()) for label in labels] for row in pair] for pair in pairs])
    given = given.reshape(len(pairs), 2, len(labels)).astype(np.bool_)
    seen = np.array([[_both_looked(pair, label) for label in labels] for pair in pairs])
    seen = seen.reshape(len(pairs), len(labels)).astype(np.bool_)
    if labels and not seen.any():
        raise InvalidInput(
            f"the two raters looked for no common label (the first for {_looked_for(ones)}, the second for "
            f"{_looked_for(others)}); both must label with the same labels"
        )
    a, b = given[:, 0] & seen, given[:, 1] & seen
    per_label = _per_label(labels, a, b, seen)
    n_drawn = 0 if any(row.is_rare for row in per_label) else n_bootstrap
    return Agreement(
        n=len(pairs),
        n_only_first=len(ones) - len(pairs),
        n_only_second=len(others) - len(pairs),
        per_label=per_label,
        mean_kappa=_mean_kappa(a, b, seen, n_drawn, seed),
        exact=_exact(a, b, seen),
        differences=tuple(
            _difference(pair[0], labels, *rows)
            for pair, *rows in zip(pairs, a, b, strict=True)
            if (rows[0] != rows[1]).any()
        ),
    )


def cohens_kappa(
    both: npt.ArrayLike, first: npt.ArrayLike, second: npt.ArrayLike, n: npt.ArrayLike
) -> _Numbers:
    """Cohen's kappa from counts of one shape: yes by both, by the first, by the second, of n texts.

    NaN where it is undefined: no texts, or both raters gave the one same answer throughout.
    """
    both, first, second, n = (np.asarray(count, dtype=np.float64) for count in (both, first, second, n))
    by_chance = first * second + (n - first) * (n - second)  # n² times the share of agreement by chance
    observed = (n - first - second + 2 * both) * n
    room = n * n - by_chance
    return np.asarray(np.divide(observed - by_chance, room, out=np.full(room.shape, np.nan), where=room > 0))


def _by_id(rows: Sequence[TextRecord], which: str) -> Mapping[str, TextRecord]:
    found: dict[str, TextRecord] = {}
    for row in rows:
        if row.id in found:
            raise InvalidInput(f"the {which} rater has id {row.id!r} twice; give each row an id of its own")
        if row.labels is None:
            raise InvalidInput(f"the {which} rater's row {row.id!r} has no labels; leave it out, or label it")
        found[row.id] = row
    return found


def _looked_for(rows: Mapping[str, TextRecord]) -> str:
    """Up to three of the labels that a rater looked for or gave."""
    named = [names for row in rows.values() for names in (row.judged, row.labels) if names]
    names = sorted(frozenset().union(*named))
    return f"{', '.join(names[:3])}{', …' if len(names) > 3 else ''}"


def _both_looked(pair: Sequence[TextRecord], label: str) -> bool:
    return all(row.judged is None or label in row.judged for row in pair)


def _per_label(labels: Sequence[str], a: Bools, b: Bools, seen: Bools) -> tuple[LabelAgreement, ...]:
    first, second, both, n = a.sum(axis=0), b.sum(axis=0), (a & b).sum(axis=0), seen.sum(axis=0)
    kappa = cohens_kappa(both, first, second, n)
    undefined = float("nan")
    return tuple(
        LabelAgreement(
            label=label,
            n=int(n[j]),
            first=int(first[j]),
            second=int(second[j]),
            both=int(both[j]),
            agreement=float(1 - (first[j] + second[j] - 2 * both[j]) / n[j]) if n[j] else undefined,
            kappa=float(kappa[j]),
            positive_agreement=float(2 * both[j] / (first[j] + second[j]))
            if first[j] + second[j]
            else undefined,
        )
        for j, label in enumerate(labels)
    )


def _mean_kappa(a: Bools, b: Bools, seen: Bools, n_bootstrap: int, seed: int) -> Interval:
    """Mean kappa over the labels that either used; no interval without resamples, as where a label is rare.

    A resample without a label is a mean over the others: of 3 common labels and 20 that one rater alone gave
    once, 99 in 100 lie above the mean of all 23. Counted at its own kappa, a label that vanished hides how
    little is known of it: with 28 labels of 0.3 to 30 % in 100 simulated texts, such intervals held the truth
    in 50 of 100 cases. From five texts of each label on they hold it in 91 to 96 (the same rule as for
    macro-F1: docs/decisions/0023-macro-f1-of-few-rows.md).
    """
    blocks = [np.ones((1, len(a)), dtype=np.float32), *bootstrap_weights(len(a), n_bootstrap, seed)]
    kappas = []
    for weights in blocks:
        both, first, second, n = (weights @ cells.astype(np.float32) for cells in (a & b, a, b, seen))
        kappas.append(_mean_of_defined(cohens_kappa(both, first, second, n), (first + second) > 0))
    kappa = np.concatenate(kappas)
    return percentile_interval(float(kappa[0]), kappa[1:])


def _exact(a: Bools, b: Bools, seen: Bools) -> Interval:
    """The share with the same labels, of the texts in which both looked for one; of all if none is named."""
    compared = seen.any(axis=1) if seen.shape[1] else np.ones(len(seen), dtype=np.bool_)
    same, n = int((a == b).all(axis=1)[compared].sum()), int(compared.sum())
    low, high = wilson(np.array(same), n)
    return Interval(same / n, float(low), float(high))


def _mean_of_defined(kappas: _Numbers, used: Bools) -> _Numbers:
    """Means (b,) of kappas (b, k) over the labels that were used and have one; NaN where none has."""
    counts = used & ~np.isnan(kappas)
    n = counts.sum(axis=1)
    total = np.where(counts, kappas, 0.0).sum(axis=1)
    return np.asarray(np.divide(total, n, out=np.full(len(n), np.nan), where=n > 0))


def _difference(row: TextRecord, labels: Sequence[str], first: Bools, second: Bools) -> Difference:
    def named(cells: Bools) -> tuple[str, ...]:
        return tuple(label for label, is_on in zip(labels, cells, strict=True) if is_on)

    return Difference(row.id, row.text, named(first & ~second), named(second & ~first), named(first & second))
