"""What `calibrate` tells beside its figures: rows seen before, too few rows, labels that were left alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from goemox.adaptation.earlier import in_reference
from goemox.adaptation.rows import LabelledRows, Say
from goemox.classifier import EmotionClassifier
from goemox.decision.conformal import MIN_CARRYING
from goemox.decision.cuts import CutRule
from goemox.decision.few_rows import MIN_PROMISE
from goemox.decision.groups import GroupRule
from goemox.decision.rule import DecisionRule
from goemox.evaluation.seen_rows import seen_rows
from goemox.wording import plural

__all__ = ["notices", "tell_of_seen"]


def tell_of_seen(classifier: EmotionClassifier, rows: LabelledRows, sha256: str, say: Say) -> None:
    """Rows that the model's rule was fitted on flatter it; sha256: of the rows as they came, with repeats.

    The rule's rows are known by their words among the reference texts. Where groups were adapted, those are
    other texts than the rule of the labels saw, and nothing is said.
    """
    figures = "figures before are" if len(rows) >= MIN_PROMISE else "figures before and after are"
    if classifier.rule.fitted_on in (sha256, rows.sha256):
        say(f"the model's rule was fitted on these very rows: {figures} too good")
        return
    adapted = (classifier.folder.facts or {}).get("adapted")
    if isinstance(adapted, Mapping) and adapted.get("grouping"):
        return
    facts = classifier.folder.facts or {}
    n = max(seen_rows(facts, rows.records, classifier.rule.fitted_on), in_reference(classifier, rows))
    if n:
        stand = "stands" if n == 1 else "stand"
        say(
            f"{n} of {plural(len(rows), 'row')} {stand} among the texts that the model's rule was fitted "
            f"with: {figures} too good on those"
        )


def notices(
    rule: DecisionRule,
    cuts: CutRule,
    support: Mapping[str, int],
    n: int,
    groupings: Mapping[str, GroupRule],
    dropped: Sequence[str],
) -> Iterator[str]:
    """What the figures of a refit do not show, a line each.

    rule: the new one. cuts: what was asked for. support: {label: rows that carry it}, of n. groupings: the
    new ones; dropped: names of those that could not be fitted.
    """
    if n < MIN_PROMISE:
        yield _too_few(n, cuts)
    elif rule.conformal is None:
        yield f"fewer than {MIN_CARRYING} of the {n} rows carry a label: prediction sets promise nothing"
    absent = [label for label, count in support.items() if count == 0]
    if absent:
        yield f"labels without a row here, {_left_alone(n, cuts)}: {', '.join(absent)}"
    if n >= MIN_PROMISE and cuts.kind == "precision":
        unreached = {"labels": rule.unreached}
        unreached |= {f"groups of {name}": groups.rule.unreached for name, groups in groupings.items()}
        for what, names in unreached.items():
            if names:
                yield f"{what} that cannot show their precision ({cuts}), never given: {', '.join(names)}"
    if dropped:
        yield f"groupings that these rows cannot fit were left out: {', '.join(dropped)}"


def _left_alone(n: int, cuts: CutRule) -> str:
    if n < MIN_PROMISE:
        return "calibrated by the others alone"
    return "decided as before" if cuts.kind == "f1" else "calibrated as before"


def _too_few(n: int, cuts: CutRule) -> str:
    rows = plural(n, "row is", "rows are")
    if not cuts.needs_rows:
        return (
            f"{rows} too few for a promise ({MIN_PROMISE} are needed): the calibration was fitted, the "
            f"thresholds are those of {cuts}, and prediction sets promise nothing"
        )
    ignored = "" if cuts.kind == "f1" else f"; {cuts} needs more rows and was ignored"
    return (
        f"{rows} too few for thresholds and a promise ({MIN_PROMISE} are needed): only the calibration was "
        f"fitted, thresholds stay, and prediction sets promise nothing{ignored}"
    )
