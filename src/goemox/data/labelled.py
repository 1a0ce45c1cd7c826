"""The one door for `--data`: the GoEmotions of the hub, its folder, or anybody's labelled file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from goemox.data.bad_rows import BadRow
from goemox.data.columns import LABEL_NAMES
from goemox.data.files import read_records
from goemox.data.folders import split_files
from goemox.data.formats import InputFormat
from goemox.data.goemotions import SOURCE, check_columns, is_goemotions_folder, read_split
from goemox.data.packed import check_is_file
from goemox.errors import InvalidInput, UnknownColumn
from goemox.labels import GOEMOTIONS
from goemox.records import TextRecord
from goemox.wording import Say, listed, plural

__all__ = ["HUB_WORD", "dataset_name", "load_labelled", "load_labelled_file", "load_rater_file"]

PREDICTED = ("prediction_set", "domain_percentile")  # columns that only `goemox predict` writes

HUB_WORD = "goemotions"
"""What `--data` says for the published data set, fetched once and cached."""


def dataset_name(records: Sequence[TextRecord], data: Path | str) -> str:
    """What figures on these rows are called: "GoEmotions" for its own, else the file's or folder's name.

    Rows in its layout with labels of their own are not its rows.
    """
    known = frozenset(GOEMOTIONS)
    is_its_own = records[0].source == SOURCE and all((record.labels or known) <= known for record in records)
    return "GoEmotions" if is_its_own else Path(data).name


def load_labelled(
    data: Path | str,
    split: str = "test",
    labels: Sequence[str] | None = None,
    *,
    text_column: str | None = None,
    id_column: str | None = None,
    label_column: str | Sequence[str] | None = None,
    bad_rows: list[BadRow] | None = None,
    notice: Say | None = None,
    offline: bool = False,
) -> list[TextRecord]:
    """Read labelled texts: all of a file, or one split of a folder or of the hub's GoEmotions.

    data: `goemotions`, a folder (GoEmotions' official one, one of the `datasets` library, or a file or shards
    for each split, such as `test.csv` or `test-00000-of-00002.parquet`), or a file that `read_records` reads;
    its label column is guessed by name and told through `notice`.
    label_column: one column of label cells, or several that each say of one label whether it applies.
    labels: the names that may occur; None = any. bad_rows: as in `read_records`.
    Raises InvalidInput (UnknownColumn, UnknownLabel) for data that cannot be used, OfflineError where
    the hub is needed and `offline` forbids it.
    """
    path = Path(data)
    is_hub = str(data) == HUB_WORD
    if is_hub or is_goemotions_folder(path):
        asked = (label_column,) if isinstance(label_column, str) else label_column or ()
        check_columns(str(data), text_column=text_column, id_column=id_column, label_columns=asked)
        return _fetched(split, labels, offline=offline) if is_hub else read_split(path, split)
    if path.is_dir():
        return _load(
            split_files(path, split, notice),
            labels,
            text_column=text_column,
            id_column=id_column,
            label_column=label_column,
            bad_rows=bad_rows,
            notice=notice,
        )
    return load_labelled_file(
        path,
        labels,
        text_column=text_column,
        id_column=id_column,
        label_column=label_column,
        bad_rows=bad_rows,
        notice=notice,
    )


def _fetched(split: str, labels: Sequence[str] | None, *, offline: bool) -> list[TextRecord]:
    """A split of the hub's GoEmotions; that none of its labels can be used is said before it is fetched."""
    from goemox.data.hub import fetch_goemotions  # here, since only this way needs the network's libraries

    if labels and frozenset(labels).isdisjoint(GOEMOTIONS):
        raise InvalidInput(
            f"{HUB_WORD}: none of its labels is one of the model's ({listed(labels)}); map them with a "
            "mapping file (--mapping), or name rows with the model's labels"
        )
    return fetch_goemotions(split, offline=offline)


def load_labelled_file(
    path: Path,
    labels: Sequence[str] | None = None,
    *,
    text_column: str | None = None,
    id_column: str | None = None,
    label_column: str | Sequence[str] | None = None,
    bad_rows: list[BadRow] | None = None,
    notice: Say | None = None,
) -> list[TextRecord]:
    """Read one labelled file, never a folder or the hub; arguments and errors as in `load_labelled`."""
    check_is_file(path)
    return _load(
        [path],
        labels,
        text_column=text_column,
        id_column=id_column,
        label_column=label_column,
        bad_rows=bad_rows,
        notice=notice,
    )


def load_rater_file(
    path: Path,
    *,
    text_column: str | None = None,
    id_column: str | None = None,
    input_format: InputFormat | None = None,
    encoding: str | None = None,
) -> list[TextRecord]:
    """Read what one rater said of each text; no label at all is an answer, even of all texts.

    The column of labels is found by its name. Raises InvalidInput for a file that cannot be used.
    """
    check_is_file(path)
    try:
        stream = read_records(
            [path],
            text_column=text_column,
            id_column=id_column,
            label_column=LABEL_NAMES,
            input_format=input_format,
            encoding=encoding,
        )
    except UnknownColumn as error:
        if error.column != LABEL_NAMES[0]:
            raise
        raise InvalidInput(
            f"{path}: no column is called labels, where a rater's stand; columns here: "
            f"{', '.join(error.columns)}"
        ) from error
    if set(PREDICTED) & set(stream.columns.names):
        raise InvalidInput(f"{path}: these are predictions of goemox, not labels that people gave")
    return list(stream)


def _load(
    files: Sequence[Path],
    labels: Sequence[str] | None,
    *,
    text_column: str | None,
    id_column: str | None,
    label_column: str | Sequence[str] | None,
    bad_rows: list[BadRow] | None,
    notice: Say | None,
) -> list[TextRecord]:
    """All rows of one file or of the shards of one split."""
    path = files[0]
    asked = (label_column,) if isinstance(label_column, str) else tuple(dict.fromkeys(label_column or ()))
    multi_hot = asked if len(asked) > 1 else ()
    stream = read_records(
        files,
        text_column=text_column,
        id_column=id_column,
        label_column=None if multi_hot else (asked[0] if asked else LABEL_NAMES),
        multi_hot=multi_hot,
        labels=labels,
        bad_rows=bad_rows,
        notice=notice,
    )
    if not asked and set(PREDICTED) & set(stream.columns.names):
        raise InvalidInput(
            f"{path}: these are predictions of goemox, not labels that people gave; if a column does hold "
            "people's labels, name it with --label-column"
        )
    records = list(stream)
    blank = sum(not record.labels for record in records)
    if records and blank == len(records):
        raise InvalidInput(
            f"{path}: no row has a label; write them as `joy` or `joy|love` in one column, "
            "or as 1 in a column for each label"
        )
    empty = _without_an_emotion(records, labels)
    if empty and notice:
        have = "has no label and counts as a text" if empty == 1 else "have no label and count as texts"
        notice(f"{path}: {empty} of {plural(len(records), 'row')} {have} without an emotion")
    if not records:
        raise InvalidInput(
            f"{path}: none of the rows can be used; the first: {bad_rows[0].reason if bad_rows else ''}"
        )
    return records


def _without_an_emotion(records: Sequence[TextRecord], labels: Sequence[str] | None) -> int:
    """Rows in which somebody looked for every label and found none; labels None = all that the rows name."""
    named = [record.judged | (record.labels or frozenset()) for record in records if record.judged]
    every = frozenset(labels) if labels is not None else frozenset().union(*named)
    return sum(not record.labels and (record.judged is None or every <= record.judged) for record in records)
