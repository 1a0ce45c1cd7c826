"""`adapt`: about a hundred labelled rows of another domain made a rule, a promise and honest figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from goemox.adaptation.adapted_folder import Domain, write_adapted
from goemox.adaptation.earlier import in_reference, refuse_twice_adapted, refuse_twice_fitted
from goemox.adaptation.estimates import estimate, prevalences
from goemox.adaptation.folder import check_output
from goemox.adaptation.measuring import surely_better, surely_worse
from goemox.adaptation.prediction_powered import Prevalence
from goemox.adaptation.problem import Problem, group_problem, own_problem
from goemox.adaptation.rows import (
    LabelledRows,
    Say,
    different_texts,
    refuse_rule,
    refuse_unfit,
    tell_of_marks,
)
from goemox.classifier import EmotionClassifier
from goemox.decision.conformal import MIN_CARRYING
from goemox.decision.few_rows import MIN_PROMISE
from goemox.decision.groups import columns_of
from goemox.decision.rule import DecisionRule
from goemox.errors import UsageError
from goemox.evaluation.few_rows import macro_f1_notes
from goemox.evaluation.mapping import LabelMapping, only_named
from goemox.evaluation.numbers import plain
from goemox.labels import GROUPINGS
from goemox.records import TextRecord
from goemox.runtime.blas import one_blas_thread
from goemox.scores import ScoreMatrix
from goemox.wording import plural

__all__ = ["ALPHA", "AdaptReport", "adapt"]

ALPHA = 0.1
NEARLY_ALL = 0.9  # share of the labels from which on a set tells nothing


@dataclass(frozen=True, slots=True, eq=False)
class AdaptReport:
    """What n labelled rows of a domain changed and showed.

    n_random: rows that were drawn at random; only they count for figures and promises. grouping: the name
    under which groups were fitted, None = the model's own labels. metrics, sets, quotable: see
    `estimates.estimate`; None without random rows. prevalences: {label: `Prevalence`}. rule: the new one, of
    the labels or the groups.
    """

    n: int
    n_random: int
    n_texts: int
    name: str
    grouping: str | None
    rows_sha256: str
    support: dict[str, int]
    metrics: dict[str, object] | None
    sets: dict[str, object] | None
    quotable: dict[str, object] | None
    prevalences: dict[str, Prevalence]
    rule: DecisionRule

    def to_dict(self) -> dict[str, object]:
        """JSON types, as `goemox adapt --json` prints them."""
        facts = self.rule.to_facts()
        return {
            "n": self.n,
            "n_random": self.n_random,
            "n_texts": self.n_texts,
            "name": self.name,
            "grouping": self.grouping,
            "rows_sha256": self.rows_sha256,
            "support": self.support,
            "metrics": plain(self.metrics),
            "sets": plain(self.sets),
            "quotable": plain(self.quotable),
            "prevalences": plain({label: asdict(found) for label, found in self.prevalences.items()}),
            "thresholds": facts["thresholds"],
            "fallback": facts["fallback"],
            "conformal": facts["conformal"],
        }


@one_blas_thread(with_scipy=True)  # fits on a few hundred rows gain nothing by more, and wait for each other
def adapt(
    classifier: EmotionClassifier,
    records: Sequence[TextRecord],
    *,
    name: str,
    mapping: Mapping[str, Sequence[str]] | None = None,
    grouping: str | None = None,
    texts: Sequence[TextRecord] = (),
    alpha: float = ALPHA,
    output: Path | None = None,
    model_name: str | None = None,
    say: Say = lambda message: None,
    progress: Callable[[int], None] | None = None,
) -> AdaptReport:
    """Fit the rule again on few labelled rows of a domain by shrinkage, and measure what that changes.

    records: labelled, `meta["sampling"] == "informative"` marks those not drawn at random. name: of the
    domain's rows, for the promise's words. mapping: {outside label: labels of the model}, where the rows
    carry outside labels; then groups are fitted under the name `grouping` and the model's own labels stay as
    they are. texts: unlabelled ones of the domain, a random sample too: for shares of labels, cuts and the
    reference profile. alpha: share of true labels that sets may miss. output: the folder to write.
    model_name: what that is called; None = as the model it is made from.
    With fewer than 100 random rows only the calibration moves and nothing is promised.
    Raises InvalidInput for rows that nothing can be fitted on or that the model's rule has seen, and for a
    rule that `adapt` itself made; UnknownLabel for unknown labels; UsageError for a softmax model, an
    impossible alpha, a grouping without a name, or a bad place for the output.
    """
    _check(classifier, mapping, grouping, alpha)
    if output is not None:
        check_output(output, classifier.folder.path, say)
    chosen = LabelMapping.of(mapping, classifier.labels) if mapping else None
    labels = chosen.labels if chosen else classifier.labels
    named = only_named(records, labels, "the mapping", say) if mapping else records
    rows = LabelledRows.of(named, labels, say)
    refuse_twice_fitted(classifier, rows)
    # Texts picked as informative stay: without them the others would be no random sample any more.
    others = different_texts(texts, "unlabelled texts", say, known=rows.only(rows.random).texts)
    scores = classifier.scores([*rows.records, *others], progress)
    refuse_unfit(rows, scores.logits[: len(rows)])
    _tell_of_reference(classifier, rows, say)
    problem = _problem(classifier, rows, scores, mapping, name, alpha)
    fitted = problem.fit(np.ones(len(rows), dtype=np.bool_))
    figures = estimate(problem)
    report = AdaptReport(
        n=len(rows),
        n_random=int(problem.random.sum()),
        n_texts=len(others),
        name=name,
        grouping=grouping,
        rows_sha256=rows.sha256,
        support=rows.support,
        metrics=figures["metrics"] if figures else None,
        sets=figures["sets"] if figures else None,
        quotable=figures["quotable"] if figures else None,
        prevalences=prevalences(problem),
        rule=fitted.rule,
    )
    _tell(report, problem, say)
    if output is not None:
        domain = Domain.of(rows, problem.random, others, scores)
        write_adapted(classifier, output, problem, report.to_dict(), fitted, domain, mapping, model_name, say)
    return report


def _check(
    classifier: EmotionClassifier,
    mapping: Mapping[str, Sequence[str]] | None,
    grouping: str | None,
    alpha: float,
) -> None:
    refuse_rule(classifier.rule)
    if not mapping:
        refuse_twice_adapted(classifier)
    if not 0 < alpha < 1:
        raise UsageError(f"alpha {alpha:g}: the share of true labels to miss must lie between 0 and 1")
    if mapping and not grouping:
        raise UsageError("groups need a name to be asked for by; give one with --name")
    if mapping and grouping in GROUPINGS:
        raise UsageError(f"{grouping!r} is what goemox calls its own groups; give another name with --name")


def _problem(
    classifier: EmotionClassifier,
    rows: LabelledRows,
    scores: ScoreMatrix,
    mapping: Mapping[str, Sequence[str]] | None,
    name: str,
    alpha: float,
) -> Problem:
    """scores: of the rows, then of the unlabelled texts."""
    n = len(rows)
    logits = scores.logits.astype(np.float64)
    n_random = int(rows.random.sum())
    named = f"the {n_random} rows of {name}" if n_random == n else f"the {n_random} random rows of {name}"
    population = f"texts with at least one of its labels, exchangeable with {named}"
    if not rows.complete:
        population += ", counting only labels that were looked for"
    if not mapping:
        return own_problem(classifier.rule, rows, logits[:n], logits[n:], alpha=alpha, population=population)
    probabilities = classifier.rule.probabilities(scores)
    return group_problem(
        columns_of(mapping, classifier.labels),
        rows,
        probabilities[:n],
        classifier.rule.decide(probabilities[:n]),
        probabilities[n:],
        alpha=alpha,
        population=population,
    )


def _tell_of_reference(classifier: EmotionClassifier, rows: LabelledRows, say: Say) -> None:
    n = in_reference(classifier, rows)
    if n:
        stand, kept, tell = ("stands", "it is", "says") if n == 1 else ("stand", "they are", "say")
        say(
            f"{n} of {plural(len(rows), 'labelled text')} {stand} among the model's own reference texts; "
            f"{kept} kept, but {tell} little about another domain, and figures on them are too good: its "
            "rule was fitted with such texts"
        )


def _tell(report: AdaptReport, problem: Problem, say: Say) -> None:
    random = report.n_random
    tell_of_marks(problem.rows, report.name, say)
    if random < MIN_PROMISE:
        fitted = "the calibration was fitted"
        if report.grouping:
            fitted += ", with weights of the model's labels"
        if not problem.has_cuts:
            fitted += ", and cuts follow from the probabilities"
        say(
            f"{plural(random, 'random row is', 'random rows are')} too few for thresholds and a promise "
            f"({MIN_PROMISE} are needed): {fitted}; prediction sets promise nothing"
        )
    elif not problem.promises:
        say(
            f"fewer than {MIN_CARRYING} of the {random} random rows carry a label: prediction sets promise "
            "nothing"
        )
    absent = [label for label, count in report.support.items() if count == 0]
    if absent:
        say(f"labels without a row here, moved with the others only: {', '.join(absent)}")
        if all(record.judged is None for record in problem.rows.records):
            say(
                "every row counts as looked through for every label; where you looked for some only, name "
                "them in a column `judged` (joy|anger), or the others count as absent"
            )
    partly = [label for label, found in report.prevalences.items() if found.n < random]
    if partly and report.n_texts:
        say(
            f"not looked for in every random row, so that their shares have no prediction-powered estimate: "
            f"{', '.join(partly)}"
        )
    if report.grouping and report.rule.fallback == "top":
        say("texts that pass no cut get their most probable label, because all your rows carried one")
    _tell_of_cuts(report.rule, say)
    _tell_of_macro_f1(report, problem, say)
    _tell_of_figures(report, say)


def _tell_of_cuts(rule: DecisionRule, say: Say) -> None:
    """That cuts which somebody asked for are kept."""
    if not rule.cut_by_f1:
        shown = ", which was shown on other texts" if rule.cuts.startswith("precision") else ""
        say(f"thresholds stay as they were ({rule.cuts}{shown}): only those of best F1 are moved")


def _tell_of_macro_f1(report: AdaptReport, problem: Problem, say: Say) -> None:
    """What few random rows of a label do to the macro-F1 that is to be quoted."""
    if report.quotable is None:
        return
    drawn = problem.rows.only(problem.random)
    supports = drawn.truth.sum(axis=0)[drawn.judged.any(axis=0)]
    for note in macro_f1_notes(supports.tolist(), "micro-F1"):
        say(note)


def _tell_of_figures(report: AdaptReport, say: Say) -> None:
    """What in the figures speaks against the new rule."""
    worse = surely_worse(report.metrics or {})
    if report.metrics and not worse and not surely_better(report.metrics):
        say("no figure is surely better than before on these rows: more of them may show a difference")
    if worse:
        say(
            f"surely worse on these rows than before: {', '.join(worse)}; if that is the figure you need, "
            "stay with the model as it is"
        )
    promised, sets = report.rule.conformal, (report.sets or {}).get("after")
    if promised is None or not isinstance(sets, Mapping):
        return
    size, k = sets["set_size"], len(report.rule.labels)
    if size >= NEARLY_ALL * k:
        say(
            f"prediction sets hold {size:.1f} of {k} labels: with {promised.n} rows that carry a label, only "
            f"sets of nearly every label keep alpha {promised.alpha:g}; ask for a larger alpha, or label "
            "more rows"
        )
