"""`Answers`: what the model says of many texts, column by column. No object is made for a text.

Probabilities stay arrays, and texts with the same labels share one tuple.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from goemox.decision.rule import DecisionRule
from goemox.domain import DomainProfile
from goemox.scores import Bools, Floats, Ints, ScoreMatrix

__all__ = ["Answers", "answers_of"]

DIGITS = 6  # of probabilities that are told
Names = tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What the model says of n texts, column by column.

    labels: the k columns of `probabilities` (n, k), which are rounded. chosen: each text's labels, highest
    probability first. sets: each text's prediction set, None where nothing is promised. percentiles (n,) and
    in_domain, bool (n,): None where the model has no reference. truncated: bool (n,).
    kept: bool (n, k), the scores that are given; None = all. sent_on: as in `ScoreMatrix`.
    """

    labels: Names
    probabilities: npt.NDArray[np.float64]
    chosen: Sequence[Names]
    sets: Sequence[Names | None]
    percentiles: npt.NDArray[np.float64] | None
    in_domain: Bools | None
    truncated: Bools
    kept: Bools | None = None
    sent_on: Bools | None = None

    def __len__(self) -> int:
        return len(self.probabilities)

    def rows(self, index: Ints) -> Answers:
        """The chosen rows, in the chosen order; one may come more than once."""
        at = index.tolist()
        return Answers(
            self.labels,
            self.probabilities[index],
            [self.chosen[i] for i in at],
            [self.sets[i] for i in at],
            None if self.percentiles is None else self.percentiles[index],
            None if self.in_domain is None else self.in_domain[index],
            self.truncated[index],
            None if self.kept is None else self.kept[index],
            None if self.sent_on is None else self.sent_on[index],
        )

    def top(self, k: int) -> Answers:
        """The k highest scores of each text, and the chosen labels among them; the sets stay whole."""
        kept = np.zeros(self.probabilities.shape, dtype=np.bool_)
        highest = np.argsort(-self.probabilities, axis=1, kind="stable")[:, :k]
        np.put_along_axis(kept, highest, values=True, axis=1)
        names = [{self.labels[j] for j in row} for row in highest.tolist()]
        chosen = [
            tuple(label for label in labels if label in given)
            for labels, given in zip(self.chosen, names, strict=True)
        ]
        return replace(self, chosen=chosen, kept=kept)

    def columns(self) -> dict[str, Any]:
        """Column -> n values, as in a CSV or Parquet file of predictions: names joined by `|`.

        Scores that are not given and unknown percentiles are NaN; other things that are not known, None.
        """
        given = self.probabilities if self.kept is None else np.where(self.kept, self.probabilities, np.nan)
        unknown = [None] * len(self)
        joined: dict[Names | None, str | None] = {None: None}
        for names in (*self.chosen, *self.sets):
            if names not in joined:
                joined[names] = "|".join(names or ())
        return {
            "labels": [joined[names] for names in self.chosen],
            **{f"score_{label}": column for label, column in zip(self.labels, given.T.copy(), strict=True)},
            "prediction_set": [joined[names] for names in self.sets],
            "domain_percentile": np.full(len(self), np.nan) if self.percentiles is None else self.percentiles,
            "in_domain": unknown if self.in_domain is None else self.in_domain,
            "truncated": self.truncated,
            **({} if self.sent_on is None else {"tier": np.where(self.sent_on, "best", "fast").tolist()}),
        }

    @staticmethod
    def joined(parts: Sequence[Answers]) -> Answers:
        """Several as one, in their order; at least one."""
        first = parts[0]
        return Answers(
            first.labels,
            np.concatenate([part.probabilities for part in parts]),
            [names for part in parts for names in part.chosen],
            [names for part in parts for names in part.sets],
            _concatenated([part.percentiles for part in parts]),
            _concatenated([part.in_domain for part in parts]),
            np.concatenate([part.truncated for part in parts]),
            _concatenated([part.kept for part in parts]),
            _concatenated([part.sent_on for part in parts]),
        )


def answers_of(
    scores: ScoreMatrix,
    rule: DecisionRule,
    probabilities: Floats,
    percentiles: npt.NDArray[np.float64] | None,
) -> Answers:
    """What `rule` says of probabilities (n, k) of its labels; percentiles: (n,), where there is a reference.

    There is no prediction set where the promise does not hold: it was made for single windows of texts like
    the calibration rows.
    """
    inside = None if percentiles is None else DomainProfile.in_domain(percentiles)
    falling = np.argsort(-probabilities, axis=1, kind="stable")
    sets: Sequence[Names | None] = [None] * len(scores)
    included = rule.sets(probabilities)
    if included is not None:
        is_promised = np.ones(len(scores), dtype=np.bool_) if inside is None else inside
        if scores.n_windows is not None:
            is_promised = is_promised & (scores.n_windows <= 1)
        named = _names(rule.labels, included, falling)
        sets = [names if told else None for names, told in zip(named, is_promised.tolist(), strict=True)]
    return Answers(
        rule.labels, _rounded(probabilities), _names(rule.labels, rule.decide(probabilities), falling), sets,
        percentiles, inside, np.asarray(scores.truncated, dtype=np.bool_), None, scores.sent_on,
    )  # fmt: skip


def _names(labels: Names, chosen: Bools, falling: Ints) -> list[Names]:
    """The names of each row's chosen columns, in the row's order; equal rows share a tuple."""
    rows, ranks = np.nonzero(np.take_along_axis(chosen, falling, axis=1))
    columns = falling[rows, ranks].tolist()
    ends = np.cumsum(np.bincount(rows, minlength=len(chosen))).tolist()
    known: dict[tuple[int, ...], Names] = {}
    alone = [(label,) for label in labels]
    found: list[Names] = []
    start = 0
    for end in ends:
        if end == start + 1:  # most rows, and four times as fast
            found.append(alone[columns[start]])
            start = end
            continue
        key = tuple(columns[start:end])
        start = end
        names = known.get(key)
        if names is None:
            names = known[key] = tuple(labels[j] for j in key)
        found.append(names)
    return found


def _rounded(probabilities: Floats) -> npt.NDArray[np.float64]:
    """As Python's `round(p, 6)`, elementwise: numpy's own is off where a product falls on a half."""
    p = np.asarray(probabilities, dtype=np.float64)
    scaled = p * 10.0**DIGITS
    found = np.rint(scaled) / 10.0**DIGITS
    for at in zip(*np.nonzero(np.abs(scaled - np.floor(scaled) - 0.5) < 1e-6), strict=True):
        found[at] = round(float(p[at]), DIGITS)
    return found


def _concatenated(parts: Sequence[npt.NDArray[Any] | None]) -> npt.NDArray[Any] | None:
    known = [part for part in parts if part is not None]
    return np.concatenate(known) if known else None
