"""What an adaptation fits on few rows: the model's own labels, or groups of them under other names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from goemox.adaptation.measuring import Answers
from goemox.adaptation.rows import LabelledRows
from goemox.decision.calibration import IDENTITY, calibrate
from goemox.decision.few_rows import (
    MIN_PROMISE,
    N_FOLDS,
    FewRows,
    can_promise,
    expected_f1_cuts,
    promise,
    refit_cuts,
    refit_maps,
)
from goemox.decision.groups import any_of
from goemox.decision.rule import DecisionRule
from goemox.scores import Bools, Floats, sigmoid

__all__ = ["Problem", "group_problem", "own_problem"]

INNER_FOLDS = 10  # left out in turn for a promise inside a cross-validation


@dataclass(frozen=True, slots=True, eq=False)  # == on arrays raises, so identity is honest
class Problem:
    """Few rows with k labels, and the rule that their fit is shrunk to.

    few: their logits, truth, judged cells; random: bool (n,), those drawn at random. old: the rule before;
    its cuts count only where `has_cuts`, else cuts follow from the probabilities of these rows and of `pool`,
    logits (m, k) of unlabelled texts. before: what the model says of the rows now; before_pool: (m, k), its
    probabilities of the pool. population: what a promise holds for.
    """

    rows: LabelledRows
    few: FewRows
    random: Bools
    old: DecisionRule
    has_cuts: bool
    before: Answers
    pool: Floats
    before_pool: Floats
    alpha: float
    population: str

    @property
    def moves_cuts(self) -> bool:
        """Whether there are random rows enough for thresholds."""
        return bool(self.random.sum() >= MIN_PROMISE)

    @property
    def promises(self) -> bool:
        """Whether there are also rows enough with a label, so that sets can promise something."""
        return can_promise(self.few, self.random)

    def fit(self, used: Bools, n_folds: int = N_FOLDS) -> DecisionRule:
        """The rule of some of the rows, bool (n,); whether cuts move and sets promise hangs on them all."""
        few, random = self.few.rows(used), self.random[used]
        maps = refit_maps(few, self.old.maps)
        probabilities = calibrate(few.logits, maps)
        start = self.old.thresholds
        if not self.has_cuts:
            seen = probabilities[random] if random.any() else probabilities
            start = expected_f1_cuts(np.concatenate([seen, calibrate(self.pool, maps)]))
        cuts = refit_cuts(few.rows(random), probabilities[random], start) if self.moves_cuts else start
        promised = None
        if self.promises:
            promised = promise(
                few, self.old.maps, random, alpha=self.alpha, population=self.population, n_folds=n_folds
            )
        return replace(self.old, maps=maps, thresholds=cuts, conformal=promised, fitted_on=self.rows.sha256)

    def answering(self, used: Bools) -> Callable[[Bools], tuple[Floats, Bools, Bools | None]]:
        """Fit on some rows; then probabilities, decisions and sets of others."""
        rule = self.fit(used, INNER_FOLDS)

        def answer(here: Bools) -> tuple[Floats, Bools, Bools | None]:
            probabilities = calibrate(self.few.logits[here], rule.maps)
            return probabilities, rule.decide(probabilities), rule.sets(probabilities)

        return answer


def own_problem(
    rule: DecisionRule, rows: LabelledRows, logits: Floats, pool: Floats, *, alpha: float, population: str
) -> Problem:
    """The model's own labels, shrunk to its own rule. logits: (n, k) of the rows; pool: (m, k)."""
    now = calibrate(logits, rule.maps)
    return Problem(
        rows=rows,
        few=FewRows(logits, rows.truth, rows.judged),
        random=_random(rows),
        old=rule,
        has_cuts=rule.calibrated,
        before=(now, rule.decide(now)),
        pool=pool,
        before_pool=calibrate(pool, rule.maps),
        alpha=alpha,
        population=population,
    )


def group_problem(
    columns: Bools,
    rows: LabelledRows,
    probabilities: Floats,
    decided: Bools,
    pool: Floats,
    *,
    alpha: float,
    population: str,
) -> Problem:
    """Groups of the model's labels, shrunk to "as if its labels were independent".

    columns: bool (g, k). probabilities, decided: (n, k), of the model's labels for the rows; pool: (m, k),
    probabilities. Before, a text has a group where it is given any label of it; afterwards groups have cuts
    of their own. A text without one gets the most probable where every row carries a label.
    """
    logits, pool_logits = any_of(probabilities, columns), any_of(pool, columns)
    given = np.asarray(decided.astype(np.int64) @ columns.T.astype(np.int64) > 0)
    every = rows.complete and bool(rows.truth.any(axis=1).all())
    g = len(columns)
    old = DecisionRule(
        labels=rows.labels,
        maps=np.tile(np.array(IDENTITY), (g, 1)),
        thresholds=np.full(g, 0.5),
        fallback="top" if every else "none",
        conformal=None,
        fitted_on="",
    )
    return Problem(
        rows=rows,
        few=FewRows(logits, rows.truth, rows.judged),
        random=_random(rows),
        old=old,
        has_cuts=False,
        before=(sigmoid(logits), given),
        pool=pool_logits,
        before_pool=sigmoid(pool_logits),
        alpha=alpha,
        population=population,
    )


def _random(rows: LabelledRows) -> Bools:
    """Which rows were drawn at random: all that do not say they were picked for being informative."""
    picked = [record.meta.get("sampling") == "informative" for record in rows.records]
    return ~np.array(picked, dtype=np.bool_)
