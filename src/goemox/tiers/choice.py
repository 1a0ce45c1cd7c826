"""The gate of a cascade, chosen on held-out rows: as many texts as can be left to the fast tier."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from goemox.counts import count
from goemox.decision.calibration import IDENTITY, calibrate, mapped
from goemox.decision.conformal import fit_cutoff
from goemox.decision.folds import folds
from goemox.decision.rule import Conformal, DecisionRule, fit_decisions, promising
from goemox.scores import Bools, Floats, sigmoid
from goemox.tiers.gate import Gate, fit_gate

__all__ = ["TOLERANCE", "Chosen", "cascade_rule", "choose_gate"]

TOLERANCE = 0.001  # macro-F1 that a cascade may lose on the rows that it is chosen by
SHARES = np.arange(1, 36) / 50.0  # of texts left to the fast tier, tried from the smallest on; to .7: beyond,
# what is lost differs from one division of the rows to the next by more than is won
N_FOLDS, N_DIVISIONS = 5, 3


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """A gate, and what it does to rows that none of its parts was fitted on.

    share_fast: of texts that the fast tier answers. macro_f1: of both tiers alone and together.
    """

    gate: Gate
    share_fast: float
    macro_f1: dict[str, float]


def choose_gate(
    fast: tuple[Floats, DecisionRule],
    best: tuple[Floats, DecisionRule],
    truth: Bools,
    *,
    seed: int = 0,
) -> Chosen:
    """The gate that leaves most texts to the fast tier while macro-F1 falls by TOLERANCE at most.

    fast, best: logits (n, k) of held-out rows, and the rule that was fitted on them. truth: (n, k).
    Shares are judged on folds for which rules and gates were fitted without them, with cuts as the best rule
    has them: on their own rows the best tier would look better than it is, and the gate surer. Rare labels
    have few rows, and macro-F1 moves by .003 with the folds alone, so that several divisions are averaged.
    """
    splits = [_cross_fitted(fast, best, truth, seed + i) for i in range(N_DIVISIONS)]
    alone = {
        "best": _mean(count(theirs, truth).macro_f1 for _, _, theirs in splits),
        "fast": _mean(count(ours, truth).macro_f1 for _, ours, _ in splits),
    }
    share, together, border = 0.0, alone["best"], min(float(cost.min()) for cost, _, _ in splits)
    for tried in SHARES.tolist():
        cuts = [float(np.quantile(cost, tried)) for cost, _, _ in splits]
        found = _mean(
            count(np.where((cost >= cut)[:, None], theirs, ours), truth).macro_f1
            for cut, (cost, ours, theirs) in zip(cuts, splits, strict=True)
        )
        if found < alone["best"] - TOLERANCE:
            break
        share, together, border = tried, found, _mean(cuts)
    log_odds = mapped(fast[0], fast[1].maps)
    differ = _decided(log_odds, best[1]) != _decided(mapped(best[0], best[1].maps), best[1])
    gate = fit_gate(log_odds, best[1].thresholds, differ, truth.sum(axis=0), border)
    return Chosen(gate, share, alone | {"cascade": together})


def cascade_rule(
    fast: tuple[Floats, DecisionRule], best: tuple[Floats, DecisionRule], sent: Bools, truth: Bools
) -> DecisionRule:
    """The rule behind both tiers: the best one's cuts on log-odds that are calibrated already.

    fast, best, truth: as in `choose_gate`, the fast rule fitted on these very rows; by them the cascade's own
    promise is fitted, as `fit_rule` does: for their population, of which the best tier's may be another, with
    the best tier's alpha. sent: bool (n,), which of them the gate leaves to the best tier.
    """
    promise, carrying = None, truth.any(axis=1)
    if fast[1].conformal is not None and best[1].conformal is not None:
        ours = promising(fast[1], fast[0], truth)
        is_alike = best[1].fitted_on == fast[1].fitted_on  # else its maps did not see these rows
        theirs = promising(best[1], best[0], truth) if is_alike else calibrate(best[0], best[1].maps)
        probabilities = np.where(sent[:, None], theirs, ours)
        alpha = best[1].conformal.alpha
        cutoff = fit_cutoff(probabilities[carrying], truth[carrying], alpha)
        promise = Conformal(alpha, cutoff, fast[1].conformal.population, int(carrying.sum()))
    maps = np.tile(np.array(IDENTITY), (len(best[1].labels), 1))
    return replace(best[1], maps=maps, conformal=promise)


def _cross_fitted(
    fast: tuple[Floats, DecisionRule], best: tuple[Floats, DecisionRule], truth: Bools, seed: int
) -> tuple[Floats, Bools, Bools]:
    """What each text costs (n,), what fast and what best decide (n, k), of rows not fitted on."""
    labels, n = fast[1].labels, len(truth)
    cost, ours, theirs = np.zeros(n), np.zeros_like(truth), np.zeros_like(truth)
    for here in folds(n, N_FOLDS, seed):
        rules = [
            fit_decisions(labels, logits[~here], truth[~here], fitted_on="fold", cuts=best[1].cut_rule)
            for logits in (fast[0], best[0])
        ]
        log_odds = mapped(fast[0], rules[0].maps)
        mine, other = _decided(log_odds, rules[1]), _decided(mapped(best[0], rules[1].maps), rules[1])
        gate = fit_gate(
            log_odds[~here], rules[1].thresholds, (mine != other)[~here], truth[~here].sum(axis=0)
        )
        cost[here] = gate.cost(log_odds[here])
        ours[here], theirs[here] = mine[here], other[here]
    return cost, ours, theirs


def _mean(values: Iterable[float]) -> float:
    return float(np.mean(list(values)))


def _decided(log_odds: Floats, rule: DecisionRule) -> Bools:
    """What the best tier's cuts make of the fast tier's calibrated log-odds."""
    return rule.decide(sigmoid(log_odds))
