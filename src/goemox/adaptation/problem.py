"""What an adaptation fits on few rows: the model's own labels, or groups of them under other names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from goemox.adaptation.measuring import Answers
from goemox.adaptation.rows import LabelledRows
from goemox.decision.calibration import IDENTITY, calibrate
from goemox.decision.cuts import F1
from goemox.decision.few_rows import (
    MIN_PROMISE,
    FewRows,
    Refit,
    can_promise,
    expected_f1_cuts,
    promise,
    refit,
    refit_cuts,
)
from goemox.decision.groups import any_of
from goemox.decision.label_weights import log_odds
from goemox.decision.rule import BY_HAND, DecisionRule
from goemox.scores import Bools, Floats, sigmoid

__all__ = ["Fitted", "Problem", "group_problem", "own_problem"]

LEAST_SPREAD = 0.05  # of log-odds, or a label that hardly varies would shout
LEAST_RANDOM = 20  # rows drawn at random that centre, scale and first cuts are taken from, not from all rows
INNER_FOLDS = 20  # left out in turn for a promise inside a cross-validation


@dataclass(frozen=True, slots=True, eq=False)  # == on arrays raises, so identity is honest
class Fitted:
    """A rule, and the maps and weights that its probabilities come from."""

    rule: DecisionRule
    found: Refit


@dataclass(frozen=True, slots=True, eq=False)  # == on arrays raises, so identity is honest
class Problem:
    """Few rows with k labels, and the rule that their fit is shrunk to.

    few: their logits, truth, judged cells; random: bool (n,), those drawn at random. old: the rule before;
    its cuts count only where `has_cuts`, else cuts follow from the probabilities of these rows and of `pool`,
    logits (m, k) of unlabelled texts with their features. standard: centre and scale of the features, None
    where there are none. before: what the model says of the rows now; before_pool: (m, k), its
    probabilities of the pool. population: what a promise holds for.
    """

    rows: LabelledRows
    few: FewRows
    random: Bools
    old: DecisionRule
    has_cuts: bool
    before: Answers
    pool: Floats
    pool_features: Floats | None
    before_pool: Floats
    standard: tuple[Floats, Floats] | None
    alpha: float
    population: str

    def moves_cuts(self, rule: DecisionRule) -> bool:
        """Whether a rule's thresholds move: those that follow F1, where there are random rows enough."""
        return rule.cut_by_f1 and bool(self.random.sum() >= MIN_PROMISE)

    @property
    def promises(self) -> bool:
        """Whether there are also rows enough with a label, so that sets can promise something."""
        return can_promise(self.few, self.random)

    def fit(self, used: Bools, n_folds: int | None = None) -> Fitted:
        """The rule of some of the rows, bool (n,); whether cuts move and sets promise hangs on them all."""
        few, random = self.few.rows(used), self.random[used]
        found = refit(few, self.old.maps)
        probabilities = found.probabilities(few.logits, few.features)
        start = self.old.thresholds
        if not self.has_cuts:
            seen = probabilities[random] if self.random.sum() >= LEAST_RANDOM else probabilities
            others = found.probabilities(self.pool, self.pool_features)
            start = expected_f1_cuts(np.concatenate([seen, others]))
        cuts = start
        if self.moves_cuts(self.old):
            never = np.isin(self.old.labels, self.old.unreached)
            cuts = np.where(never, start, refit_cuts(few.rows(random), probabilities[random], start))
        promised = None
        if self.promises:
            promised = promise(
                few, self.old.maps, random, alpha=self.alpha, population=self.population, n_folds=n_folds
            )
        rule = replace(
            self.old, maps=found.maps, thresholds=cuts, conformal=promised, fitted_on=self.rows.sha256
        )
        return Fitted(rule, found)

    def answering(self, used: Bools) -> Callable[[Bools], tuple[Floats, Bools, Bools | None]]:
        """Fit on some rows; then probabilities, decisions and sets of others."""
        fitted = self.fit(used, INNER_FOLDS)

        def answer(here: Bools) -> tuple[Floats, Bools, Bools | None]:
            few = self.few.rows(here)
            probabilities = fitted.found.probabilities(few.logits, few.features)
            return probabilities, fitted.rule.decide(probabilities), fitted.rule.sets(probabilities)

        return answer


def own_problem(
    rule: DecisionRule, rows: LabelledRows, logits: Floats, pool: Floats, *, alpha: float, population: str
) -> Problem:
    """The model's own labels, shrunk to its own rule. logits: (n, k) of the rows; pool: (m, k)."""
    now = calibrate(logits, rule.maps)
    has_cuts = rule.calibrated or rule.cuts == BY_HAND
    return Problem(
        rows=rows,
        few=FewRows(logits, rows.truth, rows.judged),
        random=rows.random,
        old=rule if has_cuts else replace(rule, cuts=str(F1)),
        has_cuts=has_cuts,
        before=(now, rule.decide(now)),
        pool=pool,
        pool_features=None,
        before_pool=calibrate(pool, rule.maps),
        standard=None,
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
    of their own, and all labels may speak for each. A text without one gets the most probable where every row
    carries a label.
    """
    logits, pool_logits = any_of(probabilities, columns), any_of(pool, columns)
    own, others = log_odds(probabilities), log_odds(pool)
    near = np.concatenate([own[rows.random] if rows.random.sum() >= LEAST_RANDOM else own, others])
    centre, scale = near.mean(axis=0), np.maximum(near.std(axis=0), LEAST_SPREAD)
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
        few=FewRows(logits, rows.truth, rows.judged, (own - centre) / scale),
        random=rows.random,
        old=old,
        has_cuts=False,
        before=(sigmoid(logits), given),
        pool=pool_logits,
        pool_features=(others - centre) / scale,
        before_pool=sigmoid(pool_logits),
        standard=(centre, scale),
        alpha=alpha,
        population=population,
    )
