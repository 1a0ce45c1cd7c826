"""What a release chooses on dev, of the whole model and of its tiers alike, as goemox.json holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from goemox.assessment import dev_figures
from goemox.data.training_sets import TrainingSet
from goemox.decision.cuts import F1, CutRule
from goemox.decision.groups import fit_groupings
from goemox.decision.rule import BY_HAND, DecisionRule, fit_rule
from goemox.decision.thresholds import global_threshold
from goemox.domain import DomainProfile
from goemox.records import rows_sha256
from goemox.scores import Bools, ScoreMatrix

if TYPE_CHECKING:
    from goemox.domain.words import HashedWords
    from goemox.runtime.fast import FastScorer
    from goemox.runtime.session import Scorer

__all__ = ["decision_facts", "domain_profile", "rule_of_dev"]

REFERENCE_ROWS = 12_000  # training texts that the domain's Gaussian is fitted on


def rule_of_dev(splits: TrainingSet, dev: ScoreMatrix, truth: Bools, *, cuts: CutRule = F1) -> DecisionRule:
    """Calibration, thresholds and promise fitted on dev. dev: its scores; truth: bool (n, k)."""
    population = f"texts exchangeable with {splits.name} dev"
    return fit_rule(dev, truth, population=population, fitted_on=rows_sha256(splits.dev), cuts=cuts)


def decision_facts(rule: DecisionRule, dev: ScoreMatrix, truth: Bools) -> dict[str, Any]:
    """The entries of `goemox.json` that say how one tier decides, and how good that looks on dev."""
    probabilities = rule.probabilities(dev)
    cut = float(global_threshold(probabilities, truth))
    cuts = F1 if rule.cuts == BY_HAND else rule.cut_rule  # nobody set those of groups by hand
    groupings = fit_groupings(rule.labels, probabilities, truth, fitted_on=rule.fitted_on, cuts=cuts)
    return {
        **rule.to_facts(),
        "mappings": {name: groups.to_facts(rule.labels) for name, groups in groupings.items()},
        "global_threshold": round(cut, 6),
        "dev": dev_figures(rule, dev, truth, cut),
    }


def domain_profile(
    scorer: Scorer | FastScorer,
    splits: TrainingSet,
    rule: DecisionRule,
    dev: ScoreMatrix,
    *,
    truth: Bools | None = None,
    words: HashedWords | None = None,
) -> DomainProfile | None:
    """The reference that texts are measured against; None where there are no embeddings.

    Its Gaussian is of training texts drawn at random, its distances are of dev. truth, words: of dev, as
    `DomainProfile.fit` takes them.
    """
    texts = [record.text for record in splits.train]
    drawn = np.random.default_rng(0).permutation(len(texts))[:REFERENCE_ROWS]
    near = scorer.score([texts[i] for i in drawn])
    if near.embeddings is None or dev.embeddings is None:
        return None
    n_words = np.array([len(record.text.split()) for record in splits.dev], dtype=np.int32)
    probabilities = rule.probabilities(dev)
    return DomainProfile.fit(
        near.embeddings, dev.embeddings, probabilities, n_words, truth=truth, words=words
    )
