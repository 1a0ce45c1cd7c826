"""Labelled rows for training, dev and test: from a folder of splits, the hub, or one file of the user's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from goemox.data.label_sets import label_set, rare_labels, warn_of_thin_labels
from goemox.data.labelled import dataset_name, load_labelled, load_labelled_file
from goemox.data.marked_rows import marked
from goemox.data.splits import duplicates, find_overlap, normalised
from goemox.data.stratify import stratified_sides
from goemox.errors import InvalidInput, NoSuchSplit, UsageError
from goemox.labels import GOEMOTIONS
from goemox.records import TextRecord, truth_matrix
from goemox.wording import Say, plural

__all__ = ["TrainingSet", "read_training_set", "training_set_of_file"]

SHARE = 0.1  # of the rows that go to dev, and to test, where they have no file of their own
MIN_ROWS = 10  # on any side; fewer give neither thresholds nor figures
FEW_ROWS = 200


@dataclass(frozen=True, slots=True, eq=False)
class TrainingSet:
    """Labelled rows: train for weights, dev for every choice, test (may be empty) for the report.

    name: what the data are called in the model's facts and card.
    """

    name: str
    labels: tuple[str, ...]
    train: list[TextRecord]
    dev: list[TextRecord]
    test: list[TextRecord]


def read_training_set(
    data: str | Path, *, limit: int | None = None, offline: bool = False, notice: Say | None = None
) -> TrainingSet:
    """Read the splits of a folder, or of the hub's GoEmotions where `data` is "goemotions".

    limit: keep the first rows of train only. A folder without a test split gives an empty test.
    notice: is told which labels are oddly named, or too thin to rely on.
    Raises as `load_labelled`, InvalidInput for labels that nothing can be learnt from and for rows that were
    judged for some of the labels only, and UsageError for one file, all rows of which would be on every side.
    """
    if Path(data).is_file():
        raise UsageError(
            f"--data {data}: one file has no splits; name it with --train-file, which divides it"
        )
    tell = notice or (lambda message: None)
    train = load_labelled(data, "train", offline=offline)
    dev = load_labelled(data, "dev", offline=offline)
    try:
        test = load_labelled(data, "test", offline=offline)
    except NoSuchSplit:
        test = []
    seen = {label for record in (*train, *dev, *test) for label in record.labels or ()}
    labels = (
        GOEMOTIONS if seen <= set(GOEMOTIONS) and len(seen) > len(GOEMOTIONS) // 2 else tuple(sorted(seen))
    )
    looked_for = {record.judged for record in (*train, *dev, *test)}
    if len(looked_for) == 1 and (only := next(iter(looked_for))):  # all rows were judged for the same labels
        labels = tuple(label for label in labels if label in only)
    labels = label_set((*train, *dev, *test), str(data), tell, labels)
    _refuse_partial((*train, *dev, *test), labels, str(data))
    for side, rows in (("train", train[:limit]), ("dev", dev)):
        warn_of_thin_labels(rows, labels, side, tell)
    return TrainingSet(dataset_name(train, data), labels, train[:limit], dev, test)


def training_set_of_file(
    file: Path,
    *,
    text_column: str | None = None,
    label_columns: Sequence[str] = (),
    dev_file: Path | None = None,
    test_file: Path | None = None,
    min_rows: int = 1,
    limit: int | None = None,
    seed: int = 0,
    notice: Say | None = None,
) -> TrainingSet:
    """Read anybody's labelled file, with 2 to 200 labels of its own.

    label_columns: none = guessed by name; one = label cells as in `parse_labels`; several = one column for
    each label, as in `parse_multi_hot`. dev_file, test_file: in the same format; what is not given is split
    off from `file`, a tenth of its rows each, stratified by label with `seed`. A text never stands on two
    sides: copies are split together, and rows of `file` whose text is in dev_file or test_file are left out.
    Rows that no figure should rest on (see `data.marked_rows`) stay in train where there are others enough.
    min_rows: labels that fewer rows of all files have are left out, with the rows that have no other.
    limit: keep the first rows of train only.
    notice: is told what was guessed, dropped, and is too thin to rely on.
    Raises InvalidInput for labels or rows that nothing can be learnt from, for rows that were judged for some
    of the labels only, and as `read_records`.
    """
    tell = notice or (lambda message: None)
    given = {
        side: load_labelled_file(path, text_column=text_column, label_column=label_columns, notice=tell)
        for side, path in (("train", file), ("dev", dev_file), ("test", test_file))
        if path is not None
    }
    rare = rare_labels(given, min_rows, tell)
    given = {side: _without(rare, records) for side, records in given.items()}
    everything = [record for records in given.values() for record in records]
    columns = dict.fromkeys(label_columns) if len(set(label_columns)) > 1 else ()
    multi_hot = [label for label in columns if label not in rare]
    labels = label_set(everything, str(file), tell, tuple(multi_hot))
    _refuse_partial(everything, labels, str(file))
    _warn_of_rows(given["train"], everything, str(file), tell)
    given["train"] = _without_known(given, str(file), tell)
    sides = given | _split_off(given, labels, seed, str(file), tell)
    _check_sides(sides, str(file))
    sides["train"] = sides["train"][:limit]
    tell(
        f"{file}: {len(sides['train']):,} rows to train on, {len(sides['dev']):,} for dev, "
        f"{len(sides['test']):,} for test"
    )
    for side in ("train", "dev"):
        warn_of_thin_labels(sides[side], labels, side, tell)
    return TrainingSet(Path(file).name, labels, sides["train"], sides["dev"], sides["test"])


def _without(rare: frozenset[str], records: Sequence[TextRecord]) -> list[TextRecord]:
    """The records without these labels; a row of those alone is left out, for it would count as none."""
    return [
        replace(
            record,
            labels=record.labels and record.labels - rare,
            judged=record.judged and record.judged - rare,
        )
        for record in records
        if not (record.labels and record.labels <= rare)
    ]


def _refuse_partial(records: Sequence[TextRecord], labels: Sequence[str], where: str) -> None:
    """What nobody looked at would be learnt, and counted, as absent."""
    partial = sum(record.judged is not None and not record.judged.issuperset(labels) for record in records)
    if partial:
        were, them = ("was", "it") if partial == 1 else ("were", "them")
        raise InvalidInput(
            f"{where}: {partial:,} of {plural(len(records), 'row')} {were} judged for some of the "
            f"{len(labels)} labels only; training needs rows judged for all of them. Leave {them} out; "
            "`goemox adapt` takes such rows"
        )


def _warn_of_rows(
    train: Sequence[TextRecord], everything: Sequence[TextRecord], where: str, notice: Say
) -> None:
    repeats = duplicates(train)
    if repeats:
        notice(f"{where}: {repeats:,} of {len(train):,} rows repeat the text of an earlier row; all are kept")
    if len(train) < FEW_ROWS:
        notice(f"{where}: {len(train)} rows are few to learn from; {FEW_ROWS} or more give steadier figures")
    if all(len(record.labels or ()) == 1 for record in everything):
        notice(
            f"{where}: every row has exactly one label; each label is still decided by itself, but several "
            "at once will rarely be predicted"
        )


def _without_known(given: Mapping[str, Sequence[TextRecord]], where: str, notice: Say) -> list[TextRecord]:
    """The rows of train whose text is in no other file; how many were left out is told."""
    train = list(given["train"])
    for side in ("dev", "test"):
        known = set(find_overlap([r.text for r in given.get(side, ())], [r.text for r in train]))
        if known:
            notice(f"{where}: {len(known):,} rows whose text is in the {side} file too are left out of train")
            train = [record for index, record in enumerate(train) if index not in known]
    shared = find_overlap([r.text for r in given.get("dev", ())], [r.text for r in given.get("test", ())])
    if shared:
        notice(f"{len(shared):,} rows of the test file are in the dev file too, which flatters scores there")
    return train


def _split_off(
    given: Mapping[str, Sequence[TextRecord]], labels: Sequence[str], seed: int, where: str, notice: Say
) -> dict[str, list[TextRecord]]:
    """Train divided into itself and the sides that have no file of their own; nothing where all have."""
    missing = [side for side in ("dev", "test") if side not in given]
    rows = given["train"]
    if not missing:
        return {}
    least = MIN_ROWS * (len(missing) + 1)
    if len(rows) < least:
        raise InvalidInput(
            f"{where}: {plural(len(rows), 'row is', 'rows are')} too few to be split (at least {least}); "
            "label more, or give the other sides with --dev-file and --test-file"
        )
    part = max(MIN_ROWS, round(SHARE * len(rows)))
    numbers: dict[str, int] = {}
    groups = np.array([numbers.setdefault(normalised(record.text), len(numbers)) for record in rows])
    free = ~np.isin(groups, groups[marked(rows)])  # with all copies of their texts
    if free.sum() < MIN_ROWS + part * len(missing):
        free[:] = True
    elif kept := int((~free).sum()):
        notice(
            f"{where}: {plural(kept, 'row')} picked as informative, or labelled with suggestions in sight, "
            f"{'stays' if kept == 1 else 'stay'} in train: figures on such rows mislead"
        )
    sizes = [int(free.sum()) - part * len(missing), *(part for _ in missing)]
    sides = np.zeros(len(rows), dtype=np.int64)
    numbered = np.unique(groups[free], return_inverse=True)[1]
    sides[free] = stratified_sides(truth_matrix(rows, labels)[free], numbered, sizes, seed=seed)
    return {
        side: [record for record, place in zip(rows, sides, strict=True) if place == number]
        for number, side in enumerate(("train", *missing))
    }


def _check_sides(sides: Mapping[str, Sequence[TextRecord]], where: str) -> None:
    """Raise InvalidInput where a side is too small, or its labels tell nothing."""
    for side, records in sides.items():
        if len(records) < MIN_ROWS:
            raise InvalidInput(
                f"{where}: {len(records)} rows for {side} are too few (at least {MIN_ROWS}; copies of a "
                f"text stay together); label more, or give {side} rows in a file of their own"
            )
    if len({record.labels for record in sides["train"]}) == 1:
        raise InvalidInput(
            f"{where}: all rows left for train have the same labels, so there is nothing to tell apart; "
            "add rows with others"
        )
    if not any(record.labels for record in sides["dev"]):
        raise InvalidInput(f"{where}: no row for dev has a label to choose thresholds by; label more rows")
