"""The model folder of an adaptation: its rule or group, and a reference profile of the new domain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from goemox.adaptation.earlier import fitted_by
from goemox.adaptation.folder import Redecided, write_redecided
from goemox.adaptation.problem import Fitted, Problem
from goemox.adaptation.rows import LabelledRows, Say
from goemox.classifier import EmotionClassifier
from goemox.data.splits import text_keys
from goemox.decision.calibration import calibrate
from goemox.decision.few_rows import FewRows, refit, refit_cuts
from goemox.decision.groups import UNFITTED, GroupRule, any_of, columns_of
from goemox.decision.label_weights import LabelWeights
from goemox.decision.rule import DecisionRule
from goemox.domain import DomainProfile, hash_words
from goemox.evaluation.seen_rows import fitted_texts
from goemox.labels import GROUPINGS
from goemox.records import TextRecord
from goemox.scores import Bools, ScoreMatrix

__all__ = ["Domain", "write_adapted"]

MIN_PROFILE = 20  # texts that a domain's centre is taken from


@dataclass(frozen=True, slots=True, eq=False)  # == on arrays raises, so identity is honest
class Domain:
    """m texts drawn at random from the new domain, with their scores."""

    texts: tuple[str, ...]
    scores: ScoreMatrix

    @classmethod
    def of(
        cls, rows: LabelledRows, random: Bools, others: Sequence[TextRecord], scores: ScoreMatrix
    ) -> Domain:
        """scores: of all rows, then of the others. Rows picked as informative would pull the centre away."""
        keep = np.concatenate([random, np.ones(len(others), dtype=np.bool_)])
        texts = [*rows.texts, *(record.text for record in others)]
        return cls(tuple(text for text, kept in zip(texts, keep, strict=True) if kept), scores.rows(keep))

    def profile(self, old: DomainProfile | None, rule: DecisionRule) -> DomainProfile | None:
        """The old profile moved here; None where there is none, or too few texts to say where "here" is."""
        if old is None or self.scores.embeddings is None or len(self.texts) < MIN_PROFILE:
            return None
        n_words = np.array([len(text.split()) for text in self.texts], dtype=np.int32)
        return old.moved_to(
            self.scores.embeddings, rule.probabilities(self.scores), n_words, words=hash_words(self.texts)
        )


def write_adapted(
    classifier: EmotionClassifier,
    output: Path,
    problem: Problem,
    report: Mapping[str, Any],
    fitted: Fitted,
    domain: Domain,
    mapping: Mapping[str, Sequence[str]] | None,
    model_name: str | None,
    say: Say,
) -> Path:
    """Write the folder, called `model_name` or as the model it is made from, and return it.

    With a mapping the model's labels are decided as before, and every older promise is withdrawn: it holds
    for texts that "in domain" no longer speaks of. Without one, groups of the labels are fitted again too.
    """
    name = report["grouping"]
    if mapping:
        labels_rule = replace(classifier.rule, conformal=None)
        columns = columns_of(mapping, classifier.labels)
        behind = labels_rule.fitted_on or UNFITTED
        new = {name: GroupRule(columns, fitted.rule, behind, _weights(problem, fitted))}
        groupings = {key: _unpromised(old) for key, old in classifier.groupings.items()} | new
    else:
        labels_rule = fitted.rule
        groupings = _regrouped(classifier, problem, fitted.rule)
        lost = sorted(set(classifier.groupings) - set(groupings))
        if lost:
            say(f"groupings that these labels cannot fit were left out: {', '.join(lost)}")
    profile = domain.profile(classifier.profile, labels_rule)
    if classifier.profile is None:
        say("the model has no reference profile, so nothing says how far a text lies from these rows")
    elif profile is None:
        say("the folder keeps its reference profile: too few random texts to say where the new domain lies")
    by = {"by": "adapt", "labels_by": fitted_by(classifier) if mapping else "adapt"}
    facts = classifier.folder.facts or {}
    own, earlier = text_keys(problem.rows.texts), fitted_texts(facts)
    texts: dict[str, object] = {"texts": own if mapping else sorted({*own, *earlier})}
    if mapping:
        others = set(classifier.groupings) - {name, *GROUPINGS}
        texts["labels_texts"] = sorted(earlier)
        texts["earlier_texts"] = {other: sorted(fitted_texts(facts, other)) for other in sorted(others)}
    provenance = by | {key: report[key] for key in _KEPT} | texts
    changed = Redecided(labels_rule, groupings, provenance, {}, profile, model_name)
    return write_redecided(classifier, output, changed)


_KEPT = ("n", "n_random", "n_texts", "name", "grouping", "rows_sha256", "metrics", "sets", "quotable")


def _weights(problem: Problem, fitted: Fitted) -> LabelWeights | None:
    if problem.standard is None or fitted.found.weights is None:
        return None
    return LabelWeights(fitted.found.weights, *problem.standard)


def _unpromised(groups: GroupRule) -> GroupRule:
    return replace(groups, rule=replace(groups.rule, conformal=None))


def _regrouped(classifier: EmotionClassifier, problem: Problem, rule: DecisionRule) -> dict[str, GroupRule]:
    """Ekman's and the sentiments' rules behind the new one, shrunk to the old ones as its labels were."""
    rows = problem.rows
    probabilities = calibrate(problem.few.logits, rule.maps)
    found = {}
    for name, groups in classifier.groupings.items():
        if name not in GROUPINGS:
            continue
        truth = groups.truth(rows.truth)
        all_judged = ~groups.truth(~rows.judged)
        few = FewRows(any_of(probabilities, groups.columns), truth, all_judged | truth)
        maps = refit(few, groups.rule.maps).maps
        fitted = replace(groups.rule, maps=maps, conformal=None, fitted_on=rule.fitted_on)
        if problem.moves_cuts(groups.rule):
            seen = few.rows(problem.random)
            now = groups.rule.thresholds
            fitted = replace(fitted, thresholds=refit_cuts(seen, calibrate(seen.logits, maps), now))
        found[name] = GroupRule(groups.columns, fitted)
    return found
