"""GoEmotions in its official layout: `train.tsv`, `dev.tsv`, `test.tsv` (and `labels.txt`).

Each line is `text <TAB> label ids, comma separated <TAB> comment id`, and a text that holds a quotation
mark is quoted as in CSV (https://github.com/google-research/google-research/tree/master/goemotions).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from goemox.data.packed import open_bytes
from goemox.errors import InvalidInput, NoSuchSplit, UnknownColumn
from goemox.labels import GOEMOTIONS
from goemox.records import TextRecord

__all__ = [
    "SOURCE",
    "SPLITS",
    "check_columns",
    "is_goemotions_file",
    "is_goemotions_folder",
    "is_goemotions_tsv",
    "read_split",
    "read_tsv",
]

SPLITS = ("train", "dev", "test")
COLUMNS = ("text", "labels", "id")
_LABEL_FILE = "labels.txt"

_LABEL_IDS = frozenset(str(index) for index in range(len(GOEMOTIONS)))

SOURCE = "goemotions"
"""The source of every record that is a row of GoEmotions."""


def check_columns(
    where: str, *, text_column: str | None, id_column: str | None, label_columns: Sequence[str]
) -> None:
    """Raise UnknownColumn where other columns are asked for than GoEmotions has: nothing is to be chosen."""
    of_labels = (("label", column) for column in label_columns)
    for flag, asked in (("text", text_column), ("id", id_column), *of_labels):
        if asked is not None and asked not in COLUMNS:
            raise UnknownColumn(where, asked, COLUMNS, f"--{flag}-column, or leave it out")


def is_goemotions_folder(folder: Path) -> bool:
    """Whether a folder holds the official split files: so named, and of that shape or with nothing in them.

    Files with a header are somebody's own. Beside a `labels.txt` the names are enough.
    """
    files = [path for split in SPLITS if (path := folder / f"{split}.tsv").is_file()]
    if (folder / _LABEL_FILE).is_file():
        return bool(files)
    first = [_first_line(path) for path in files]
    return any(map(is_goemotions_tsv, first)) or (bool(files) and not any(first))


def read_split(folder: Path, split: str) -> list[TextRecord]:
    """Read one official split; labels as `labels.txt` orders them, or the published order.

    Raises InvalidInput where the file is missing or a row cannot be read.
    """
    path = folder / f"{split}.tsv"
    if not path.is_file():
        present = ", ".join(sorted(file.stem for file in folder.glob("*.tsv"))) or "none"
        raise NoSuchSplit(f"{folder}: no {split}.tsv. Splits here: {present}. Choose one with --split.")
    names = folder / _LABEL_FILE
    labels = tuple(names.read_text("utf-8").split()) if names.is_file() else GOEMOTIONS
    return read_tsv(path, labels)


def is_goemotions_file(path: Path) -> bool:
    """Whether the first line of a file looks like a row of GoEmotions."""
    return is_goemotions_tsv(_first_line(path))


def _first_line(path: Path) -> str:
    with open_bytes(path) as stream:
        return stream.readline(1_000_000).decode("utf-8", "replace")


def is_goemotions_tsv(line: str) -> bool:
    """Whether a line looks like `text <TAB> 3,14 <TAB> id`, and not like `id <TAB> 3 <TAB> text`."""
    cells = line.rstrip("\r\n").split("\t")
    if len(cells) != 3 or not _LABEL_IDS.issuperset(cells[1].split(",")):
        return False
    return any(map(str.isalpha, cells[0])) and len(cells[2].split()) == 1


def read_tsv(path: Path, labels: Sequence[str] = GOEMOTIONS) -> list[TextRecord]:
    """Read one official TSV file.

    Raises InvalidInput with file and line for a row of another shape or an unknown label id.
    """
    records = []
    with path.open(encoding="utf-8", newline="\n") as lines:
        for number, line in enumerate(lines, start=1):
            cells = line.rstrip("\r\n").split("\t")
            if len(cells) != 3:
                raise InvalidInput(
                    f"{path}:{number}: expected text, label ids and comment id separated by tabs, "
                    f"found {len(cells)} column(s)"
                )
            text, ids, comment = cells
            records.append(
                TextRecord(
                    id=comment,
                    text=_unquoted(text),
                    source=SOURCE,
                    labels=_names(ids, labels, path, number),
                )
            )
    if not records:
        raise InvalidInput(f"{path}: the file is empty; get the data set again")
    return records


def _unquoted(text: str) -> str:
    """A CSV-quoted text as its author wrote it; line by line, so that a stray mark costs no other row."""
    inner = text[1:-1]
    quoted = len(text) >= 2 and text[0] == text[-1] == '"' and '"' not in inner.replace('""', "")
    return inner.replace('""', '"') if quoted else text


def _names(ids: str, labels: Sequence[str], path: Path, number: int) -> frozenset[str]:
    try:
        return frozenset(labels[_index(part)] for part in ids.split(","))
    except (ValueError, IndexError):
        raise InvalidInput(
            f"{path}:{number}: label ids {ids!r} are not comma-separated numbers from 0 to {len(labels) - 1}"
        ) from None


def _index(part: str) -> int:
    index = int(part)
    if index < 0:
        raise ValueError(part)
    return index
