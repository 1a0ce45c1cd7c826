"""Which labels somebody's own rows have, and what in them is too thin to learn from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches

from goemox.data.label_cells import OFF, ON
from goemox.errors import InvalidInput
from goemox.labels import GOEMOTIONS, is_goemotions
from goemox.records import TextRecord, truth_matrix
from goemox.wording import plural

__all__ = ["FEW_POSITIVES", "MOST_LABELS", "label_set", "rare_labels", "warn_of_thin_labels"]

MOST_LABELS = 200
LONGEST_LABEL = 100  # characters
FEW_POSITIVES = 10  # below this, a label's threshold and calibration are shared with other labels'
MISSING = ("na", "n/a", "nan", "none", "null")  # what programs write where nothing is known
ALIKE = 0.8  # likeness (difflib, 0 to 1) from which on a rare label may be a misspelled one
_SHOWN = 8  # names that a message lists


def label_set(
    records: Sequence[TextRecord], where: str, notice: Callable[[str], None], columns: Sequence[str] = ()
) -> tuple[str, ...]:
    """The labels of all rows in the order that a model gets them: GoEmotions' own, else by name.

    columns: of multi-hot rows, whose labels they are in this order, found or not.
    Raises InvalidInput for fewer than 2 or more than MOST_LABELS labels, names that cannot be written, and
    rows that all have the same labels.
    """
    seen = {label for record in records for label in record.labels or ()}
    labels = tuple(columns) or (GOEMOTIONS if is_goemotions(tuple(seen)) else tuple(sorted(seen)))
    if len(seen) < 2:
        raise InvalidInput(
            f"{where}: only one label occurs ({', '.join(seen)}); training needs at least two. Give rows "
            "that lack it a label of their own, such as `other`"
        )
    if len(labels) > MOST_LABELS:
        raise InvalidInput(
            f"{where}: {len(labels):,} different labels (at most {MOST_LABELS}), such as "
            f"{_listed(labels, 3)}; the column may hold ids or texts: choose another with --label-column"
        )
    for label in labels:
        if "|" in label or not label.isprintable() or len(label) > LONGEST_LABEL:
            raise InvalidInput(
                f"{where}: {label[:40]!r} cannot be a label: at most {LONGEST_LABEL} characters, "
                "no `|` and no line breaks; rename it, or choose another column with --label-column"
            )
    if len({record.labels for record in records}) == 1:
        raise InvalidInput(
            f"{where}: all {len(records):,} rows have the same labels ({_listed(sorted(seen))}), so there "
            "is nothing to tell apart; add rows with others"
        )
    _warn_of_names(labels, where, notice)
    _warn_of_misspellings(records, labels, where, notice)
    return labels


def rare_labels(
    sides: Mapping[str, Sequence[TextRecord]], min_rows: int, notice: Callable[[str], None]
) -> frozenset[str]:
    """The labels that fewer than `min_rows` rows of all sides have, told with the rows that have no other."""
    records = [record for side in sides.values() for record in side]
    counts = Counter(label for record in records for label in record.labels or ())
    rare = frozenset(label for label, count in counts.items() if count < min_rows)
    if rare:
        n_alone = sum(bool(record.labels and record.labels <= rare) for record in records)
        shown = _listed([f"{label} ({counts[label]})" for label in sorted(rare)])
        notice(
            f"left out as labels of fewer than {plural(min_rows, 'row')}: {shown}; with them "
            f"{plural(n_alone, 'row that has', 'rows that have')} no other label"
        )
    return rare


def _warn_of_names(labels: Sequence[str], where: str, notice: Callable[[str], None]) -> None:
    spellings = Counter(label.casefold() for label in labels)
    twins = [label for label in labels if spellings[label.casefold()] > 1]
    if twins:
        notice(
            f"{where}: {_listed(sorted(twins, key=str.casefold))} differ by upper and lower case alone and "
            "are learnt as different labels"
        )
    odd = [label for label in labels if label.casefold() in MISSING or label[0] in "([{'\"" or ";" in label]
    if odd:
        are = "is a label" if len(odd) == 1 else "are labels"
        notice(
            f"{where}: {_listed(odd)} hardly {are}; leave cells empty where nothing is known, and write "
            "several labels as joy|anger"
        )
    if spellings.keys() <= {*ON, *OFF}:
        notice(
            f"{where}: the labels are {_listed(labels)}; where each label has a column of such cells, name "
            "them all: --label-column A --label-column B"
        )


def _warn_of_misspellings(
    records: Sequence[TextRecord], labels: Sequence[str], where: str, notice: Callable[[str], None]
) -> None:
    """Name rare labels that are spelled almost as a far more frequent one."""
    counts = Counter(label for record in records for label in record.labels or ())
    frequent = [label for label in labels if counts[label] >= FEW_POSITIVES]
    for label in labels:
        if 0 < counts[label] < FEW_POSITIVES:
            for alike in get_close_matches(label, frequent, n=1, cutoff=ALIKE):
                notice(
                    f"{where}: {plural(counts[label], 'row has', 'rows have')} {label!r}; did you mean "
                    f"{alike!r} ({counts[alike]:,})? They are learnt as different labels"
                )


def warn_of_thin_labels(
    records: Sequence[TextRecord], labels: Sequence[str], side: str, notice: Callable[[str], None]
) -> None:
    """Say which labels have no row, or fewer than FEW_POSITIVES, on one side of a split."""
    positives = dict(zip(labels, truth_matrix(records, labels).sum(axis=0).tolist(), strict=True))
    none = [label for label in labels if not positives[label]]
    few = [f"{label} ({positives[label]})" for label in labels if 0 < positives[label] < FEW_POSITIVES]
    what = "cannot be learnt" if side == "train" else "get the threshold of all labels together"
    if none:
        notice(f"{side}: no row has {_listed(none)}; such labels {what}")
    if few:
        why = "are hardly learnt" if side == "train" else "are set from too little to be trusted"
        notice(f"{side}: fewer than {FEW_POSITIVES} rows have {_listed(few)}; such labels {why}")


def _listed(names: Sequence[str], most: int = _SHOWN) -> str:
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else "")
