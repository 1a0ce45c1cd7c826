"""Labelled rows as a rule is fitted on them: each text once, with truth and judged cells as arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from goemox.data.marked_rows import (
    INFORMATIVE,
    RANDOM,
    figures_mislead,
    how_drawn,
    informative,
    is_informative,
    suggested,
)
from goemox.data.splits import normalised
from goemox.decision.rule import DecisionRule
from goemox.decision.softmax import SoftmaxRule
from goemox.errors import InvalidInput, UsageError
from goemox.records import TextRecord, judged_matrix, rows_sha256, truth_matrix
from goemox.scores import Bools, Floats
from goemox.wording import plural

__all__ = [
    "MIN_ROWS",
    "LabelledRows",
    "Say",
    "different_texts",
    "population_of",
    "refuse_rule",
    "refuse_unfit",
    "tell_of_marks",
    "tell_of_suggestions",
]

MIN_ROWS = 20  # fewer say nothing about a rule

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, eq=False)  # == on arrays raises, so identity is honest
class LabelledRows:
    """n different texts with what people said of k labels.

    truth, judged: bool (n, k); truth is False where nobody looked. sha256: of texts and labels.
    """

    records: tuple[TextRecord, ...]
    labels: tuple[str, ...]
    truth: Bools
    judged: Bools
    sha256: str

    @classmethod
    def of(cls, records: Sequence[TextRecord], labels: Sequence[str], say: Say) -> LabelledRows:
        """Repeated texts dropped and told through `say`.

        Raises InvalidInput for rows without labels, UnknownLabel for labels outside `labels`.
        """
        kept = different_texts(records, "labelled rows", say)
        judged, given = judged_matrix(kept, labels), truth_matrix(kept, labels)
        if n_unjudged := int((given & ~judged).any(axis=1).sum()):
            rows = plural(n_unjudged, "row carries", "rows carry")
            these = "it counts" if n_unjudged == 1 else "they count"
            say(f"{rows} labels that `judged` does not name; {these} as not looked for")
        truth = given & judged
        return cls(tuple(kept), tuple(labels), truth, judged, rows_sha256(kept))

    def __len__(self) -> int:
        return len(self.records)

    def only(self, keep: Bools) -> LabelledRows:
        """The chosen rows; keep: bool (n,)."""
        records = tuple(record for record, kept in zip(self.records, keep, strict=True) if kept)
        return LabelledRows(records, self.labels, self.truth[keep], self.judged[keep], rows_sha256(records))

    @property
    def texts(self) -> list[str]:
        """The texts, in order."""
        return [record.text for record in self.records]

    @property
    def random(self) -> Bools:
        """Which rows were drawn at random, (n,): all that do not say they were picked as informative."""
        return ~informative(self.records)

    @property
    def complete(self) -> bool:
        """Whether every row was judged for every label."""
        return bool(self.judged.all())

    @property
    def support(self) -> dict[str, int]:
        """{label: rows that carry it}."""
        return dict(zip(self.labels, self.truth.sum(axis=0).tolist(), strict=True))


def tell_of_marks(rows: LabelledRows, name: str, say: Say) -> None:
    """What the rows of `name` say, or do not say, of how they came about."""
    n, picked = len(rows), len(rows) - int(rows.random.sum())
    n_untold = sum(how_drawn(record) not in (RANDOM, INFORMATIVE) for record in rows.records)
    if n_untold == n:
        count = "it counts" if n == 1 else f"all {n} count"
        say(f"the rows do not say how they were drawn; {count} as a random sample of {name}")
    elif picked:
        were, are, count = ("was", "it is", "counts") if picked == 1 else ("were", "they are", "count")
        say(f"{picked} of {n} rows {were} picked as informative: {are} fitted on and {count} for no figure")
    if 0 < n_untold < n:
        do, counts = ("does", "counts") if n_untold == 1 else ("do", "count")
        say(f"{n_untold} of {n} rows {do} not say how they were drawn and {counts} as random")
    tell_of_suggestions(rows, say)


def tell_of_suggestions(rows: LabelledRows, say: Say) -> None:
    """That rows which were labelled with the model's answers in sight flatter it, where there are any."""
    if flattered := figures_mislead(0, int(suggested(rows.records).sum()), len(rows)):
        say(flattered)


def different_texts(
    records: Sequence[TextRecord], what: str, say: Say, known: Iterable[str] = ()
) -> list[TextRecord]:
    """The first record of each text, compared `normalised`, and none whose text is among `known` ones.

    A row that was drawn at random goes before an informative one, and rows that were judged for different
    labels are one. What is dropped is told through `say`; so are repeats whose labels contradict each other.
    """
    first: dict[str, TextRecord] = {}
    taken = {normalised(text) for text in known}
    n_known = n_repeats = n_contradict = n_joined = n_swapped = 0
    for record in records:
        key = normalised(record.text)
        if key in taken:
            n_known += 1
        elif key in first:
            n_repeats += 1
            if (both := _together(first[key], record)) is not None:
                first[key] = both
                n_joined += 1
                continue
            n_contradict += first[key].labels != record.labels
            if is_informative(first[key]) and not is_informative(record):
                n_swapped += 1
                first[key] = record  # else figures would lose the very texts that the model doubts
        else:
            first[key] = record
    if n_known:
        repeat = "repeats a labelled one and was" if n_known == 1 else "repeat a labelled one and were"
        say(f"{n_known} of {len(records)} {what} {repeat} left out")
    if n_repeats:
        other = f", {n_contradict} of them with other labels" if n_contradict else ""
        repeat = "repeats an" if n_repeats == 1 else "repeat an"
        kept = "the first of each was kept" + (", or one drawn at random" if n_swapped else "")
        kept += f"; {n_joined} of them judged for other labels joined it" if n_joined else ""
        say(f"{n_repeats} of {len(records)} {what} {repeat} earlier text{other}; {kept}")
    return list(first.values())


def _together(one: TextRecord, other: TextRecord) -> TextRecord | None:
    """One text judged for some labels and then for others; None where any was judged twice."""
    if one.judged is None or other.judged is None or one.judged & other.judged:
        return None
    labels = (one.labels or frozenset()) | (other.labels or frozenset())
    kept = other if is_informative(one) and not is_informative(other) else one
    return replace(kept, labels=labels, judged=one.judged | other.judged)


def population_of(name: str) -> str:
    """The texts that a promise fitted on rows called `name` holds for, in words."""
    return f"texts exchangeable with {name}"


def refuse_rule(rule: DecisionRule) -> None:
    """Raises UsageError for a softmax model: it has no rule that could be fitted."""
    if isinstance(rule, SoftmaxRule):
        raise UsageError(
            "this model compares its labels with each other (softmax): there are no probabilities and cuts "
            "to fit; take a model that decides label by label"
        )


def refuse_unfit(rows: LabelledRows, logits: Floats) -> None:
    """Raises InvalidInput for rows that no rule can be fitted on; logits: (n, any), what the model says."""
    if len(rows) < MIN_ROWS:
        raise InvalidInput(
            f"{plural(len(rows), 'distinct labelled row is', 'distinct labelled rows are')} too few to fit "
            f"anything to; label {MIN_ROWS} or more, 100 for thresholds and a promise"
        )
    if not (np.ptp(logits, axis=0) > 0).any():
        raise InvalidInput("the model says the same of every row; there is nothing to fit a rule to")
    n_true, n_judged = rows.truth.sum(axis=0), rows.judged.sum(axis=0)
    if not rows.truth.any():
        raise InvalidInput(
            f"no row carries any of the labels {', '.join(rows.labels)}; is it the right label column?"
        )
    if not ((n_true > 0) & (n_true < n_judged)).any():
        carried = ", ".join(label for label, n in rows.support.items() if n)
        raise InvalidInput(
            f"every row carries the same label ({carried}); a rule needs rows with it and rows without it"
        )
