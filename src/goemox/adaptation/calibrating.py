"""`calibrate`: the whole decision rule fitted again on many labelled rows; only the network stays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from goemox.adaptation.calibration_notices import notices, tell_of_seen
from goemox.adaptation.folder import Redecided, check_output, write_redecided
from goemox.adaptation.measuring import Answers, before_after, cross_fitted
from goemox.adaptation.rows import (
    LabelledRows,
    Say,
    population_of,
    refuse_rule,
    refuse_unfit,
    tell_of_suggestions,
)
from goemox.assessment import dev_figures
from goemox.classifier import EmotionClassifier
from goemox.data.splits import text_keys
from goemox.decision.cuts import F1, CutRule, fit_cuts
from goemox.decision.few_rows import MIN_PROMISE, FewRows, refit
from goemox.decision.groups import GroupRule, fit_groupings
from goemox.decision.rule import ALPHA, DecisionRule, fit_decisions, fit_rule
from goemox.decision.thresholds import global_threshold
from goemox.domain import hash_words
from goemox.errors import GateFailed, InvalidInput
from goemox.evaluation.numbers import plain
from goemox.evaluation.seen_rows import fitted_texts
from goemox.records import TextRecord, rows_sha256
from goemox.runtime.blas import one_blas_thread
from goemox.scores import Bools, ScoreMatrix
from goemox.wording import plural

__all__ = ["CalibrateReport", "calibrate"]


@dataclass(frozen=True, slots=True, eq=False)
class CalibrateReport:
    """What a full refit changed on n rows, each measured by a rule that did not see it.

    metrics: as `measuring.before_after`. kept: labels whose calibration and cut stay. rule: the new one.
    dropped: groupings of the folder that could not be fitted on these rows. folder: where it was written.
    """

    n: int
    name: str
    rows_sha256: str
    metrics: dict[str, dict[str, float] | None]
    support: dict[str, int]
    kept: tuple[str, ...]
    dropped: tuple[str, ...]
    rule: DecisionRule
    folder: Path | None

    def to_dict(self) -> dict[str, object]:
        """JSON types, as `goemox calibrate --json` prints them; without the path of the folder."""
        facts = self.rule.to_facts()
        promise = facts["conformal"]
        return {
            "n": self.n,
            "name": self.name,
            "rows_sha256": self.rows_sha256,
            "metrics": plain(self.metrics),
            "support": self.support,
            "kept": list(self.kept),
            "dropped_groupings": list(self.dropped),
            "cuts": facts["cuts"],
            "unreached": facts["unreached"],
            "thresholds": facts["thresholds"],
            "fallback": facts["fallback"],
            "conformal": promise,
        }


@one_blas_thread(with_scipy=True)  # fits on a few hundred rows gain nothing by more, and wait for each other
def calibrate(
    classifier: EmotionClassifier,
    records: Sequence[TextRecord],
    *,
    name: str,
    cuts: CutRule = F1,
    alpha: float = ALPHA,
    output: Path | None = None,
    model_name: str | None = None,
    say: Say = lambda message: None,
    progress: Callable[[int], None] | None = None,
) -> CalibrateReport:
    """Fit calibration, thresholds, fallback and promise on labelled rows, and say what that changes.

    records: a random sample of the texts that the model is for, never rows it was trained on; each judged for
    all labels. name: of the data, for the promise's words. output: the folder to write, None = report only.
    model_name: what that is called; None = as the model it is made from.
    Labels without a row keep their calibration, and under best F1 their cut. The reference profile moves to
    these rows, so that `in_domain` speaks of the population that the promise holds for.
    With 20 to 99 rows only the calibration is fitted, by shrinkage; cuts stay unless they need no rows, and
    nothing is promised.
    Raises InvalidInput for fewer than 20 different rows, rows judged for some labels only, one label or
    constant scores; UsageError for a softmax model, impossible cuts or alpha, or a bad place for the output;
    GateFailed where a folder is asked for in which no label would ever be given.
    """
    if output is not None:
        check_output(output, classifier.folder.path, say)
    refuse_rule(classifier.rule)
    cuts.values(classifier.labels)  # unknown labels are refused before anything is scored
    rows = LabelledRows.of(records, classifier.labels, say)
    tell_of_seen(classifier, rows, rows_sha256(records), say)
    _refuse_partial(rows)
    _refuse_informative(rows)
    tell_of_suggestions(rows, say)
    scores = classifier.scores(rows.records, progress)
    refuse_unfit(rows, scores.logits)
    plan = _Plan(classifier.rule, rows, scores, name, cuts, alpha)
    rule = plan.fit(np.ones(len(rows), dtype=np.bool_))
    if output is not None:
        _refuse_silent(rule, len(rows))
    groupings = plan.groupings(rule)
    report = CalibrateReport(
        n=len(rows),
        name=name,
        rows_sha256=rows.sha256,
        metrics=_measured(plan),
        support=rows.support,
        kept=_kept(classifier.rule, rule),
        dropped=tuple(sorted(set(classifier.groupings) - set(groupings))),
        rule=rule,
        folder=output,
    )
    for words in notices(rule, cuts, rows.support, len(rows), groupings, report.dropped):
        say(words)
    if output is not None:
        _write(classifier, plan, report, groupings, output, model_name)
    return report


@dataclass(frozen=True, slots=True, eq=False)
class _Plan:
    """What a rule is fitted on, and how."""

    old: DecisionRule
    rows: LabelledRows
    scores: ScoreMatrix
    name: str
    cuts: CutRule
    alpha: float

    def fit(self, used: Bools, *, promising: bool = True) -> DecisionRule:
        """The rule of some of the rows, bool (n,); labels without any keep what rows alone could change.

        promising: whether its sets are to promise something, which takes most of the time.
        """
        scores, truth, sha = self.scores.rows(used), self.rows.truth[used], self.rows.sha256
        if len(self.rows) < MIN_PROMISE:
            maps = refit(FewRows(scores.logits, truth, np.ones_like(truth)), self.old.maps).maps
            rule = replace(self.old, maps=maps, conformal=None, fitted_on=sha)
            if self.cuts.needs_rows:
                return rule
            found = fit_cuts(self.cuts, rule.labels, rule.probabilities(scores), truth)
            return replace(
                rule, thresholds=found.thresholds, fallback="none", cuts=str(self.cuts), unreached=()
            )
        if promising:
            rule = fit_rule(
                scores, truth, population=population_of(self.name), fitted_on=sha, alpha=self.alpha,
                cuts=self.cuts,
            )  # fmt: skip
        else:
            rule = fit_decisions(scores.labels, scores.logits, truth, fitted_on=sha, cuts=self.cuts)
        absent = np.asarray(~truth.any(axis=0))
        maps = np.where(absent[:, None], self.old.maps, rule.maps)
        if self.cuts.kind != "f1":
            return replace(rule, maps=maps)
        cuts = np.where(absent, self.old.thresholds, rule.thresholds)
        never = tuple(
            label
            for label, none in zip(rule.labels, absent, strict=True)
            if none and label in self.old.unreached
        )
        return replace(rule, maps=maps, thresholds=cuts, unreached=never)

    def groupings(self, rule: DecisionRule) -> dict[str, GroupRule]:
        """Ekman's and the sentiments' rules behind this one; none where too few rows could fit them."""
        if len(self.rows) < MIN_PROMISE:
            return {}
        return fit_groupings(
            rule.labels, rule.probabilities(self.scores), self.rows.truth,
            fitted_on=rule.fitted_on, cuts=self.cuts,
        )  # fmt: skip


def _refuse_partial(rows: LabelledRows) -> None:
    partial = int((~rows.judged).any(axis=1).sum())
    if partial:
        were = "was" if partial == 1 else "were"
        raise InvalidInput(
            f"{partial} of {plural(len(rows), 'row')} {were} judged for some of the labels only; a full "
            "refit needs rows judged for all of them. `goemox adapt` takes such rows"
        )


def _refuse_informative(rows: LabelledRows) -> None:
    """Cuts, figures and the promise would be those of texts that the model is least sure of."""
    n = int((~rows.random).sum())
    if n:
        were, them = ("was", "it") if n == 1 else ("were", "them")
        raise InvalidInput(
            f"{n} of {plural(len(rows), 'row')} {were} picked as informative; a full refit needs a random "
            f"sample. Leave {them} out; `goemox adapt` takes such rows, and counts them for no figure"
        )


def _refuse_silent(rule: DecisionRule, n: int) -> None:
    if set(rule.unreached) == set(rule.labels):
        raise GateFailed(
            f"no label can show its precision ({rule.cuts}) on {plural(n, 'row')}, so that none would be "
            "given to a text; ask for a lower precision, label more rows, or take other --cuts. Nothing was "
            "written"
        )


def _kept(old: DecisionRule, new: DecisionRule) -> tuple[str, ...]:
    same = (old.maps == new.maps).all(axis=1) & (old.thresholds == new.thresholds)
    return tuple(label for label, kept in zip(new.labels, same, strict=True) if kept)


def _measured(plan: _Plan) -> dict[str, dict[str, float] | None]:
    """The old rule against the new one on rows that each fit did not see."""
    old = plan.old.probabilities(plan.scores)

    def fit(used: Bools) -> Callable[[Bools], Answers]:
        rule = plan.fit(used, promising=False)

        def answer(here: Bools) -> Answers:
            probabilities = rule.probabilities(plan.scores.rows(here))
            return probabilities, rule.decide(probabilities)

        return answer

    after = cross_fitted(fit, *plan.rows.truth.shape)
    return before_after(plan.rows, (old, plan.old.decide(old)), after)


def _write(
    classifier: EmotionClassifier,
    plan: _Plan,
    report: CalibrateReport,
    groupings: dict[str, GroupRule],
    output: Path,
    model_name: str | None,
) -> None:
    rule, scores, rows = report.rule, plan.scores, plan.rows
    probabilities = rule.probabilities(scores)
    figures: dict[str, object] = {}
    if report.n >= MIN_PROMISE:
        cut = float(global_threshold(probabilities, rows.truth))
        figures = {"global_threshold": round(cut, 6), "dev": dev_figures(rule, scores, rows.truth, cut)}
    profile, moved = classifier.profile, None
    if profile is not None and scores.embeddings is not None and report.n >= MIN_PROMISE:
        moved = profile.moved_to(
            scores.embeddings,
            probabilities,
            np.array([len(text.split()) for text in rows.texts], dtype=np.int32),
            truth=rows.truth,
            words=hash_words(rows.texts),
        )
    provenance = {
        "by": "calibrate",
        "n": report.n,
        "name": report.name,
        "rows_sha256": report.rows_sha256,
        "cuts": rule.cuts,
        "kept": list(report.kept),
        "metrics": report.metrics,
        "texts": sorted({*text_keys(rows.texts), *fitted_texts(classifier.folder.facts or {})}),
    }
    changed = Redecided(rule, groupings, provenance, figures, moved, model_name)
    write_redecided(classifier, output, changed)
