"""Folders of data files: the `datasets` library's, shards named after splits, or just several files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from goemox.data.packed import PACKED
from goemox.errors import InvalidInput, NoSuchSplit
from goemox.wording import Say, listed, plural

__all__ = ["BINARY", "READABLE", "WAITING", "data_files", "ending_of", "split_files", "would_be_read"]

READABLE = (".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".parquet", ".arrow", ".feather", ".txt")
"""Endings of files that can be read; all but .parquet, .arrow and .feather also with .gz or .zst behind."""

BINARY = (".parquet", ".arrow", ".feather")
"""Endings of those that are no text."""

WAITING = ".rows.jsonl"
"""Ending, behind the name of a Parquet file, of the rows that `goemox collect` holds for it."""

_STATE, _SPLITS = "state.json", "dataset_dict.json"
_PLAN, _DONE, _PARTS = "plan.json", "done.json", "goemox.parts/"  # of what `goemox predict -o DIR/` filled
_NO_DATA = frozenset({_STATE, _SPLITS, "dataset_info.json", "dataset_infos.json"})
_SAVE_AGAIN = "save the data set again with its save_to_disk"
_SAME_SPLIT = {"dev": ("dev", "validation", "valid", "val")}  # the library's own name is validation


def ending_of(path: Path) -> str | None:
    """The ending that says how to read a file, in lower case, "" where it has none; None = not to be read."""
    endings = [suffix.lower() for suffix in path.suffixes]
    packed = endings[-1:] != [] and endings[-1] in PACKED
    ending = "".join(endings[:-1][-1:] if packed else endings[-1:])
    if ending and (ending not in READABLE or (packed and ending in BINARY)):
        return None
    return ending


def data_files(folder: Path, notice: Say | None = None) -> list[Path]:
    """The files of a folder that hold rows, in order: those that a `datasets` folder lists, else by name.

    Of a folder that `goemox predict` filled, the parts. All splits of a `DatasetDict`; sub-folders otherwise
    only where the folder itself holds no data file, and none that begin with . or _. Beside other data files
    a .txt is a note about them, and left out, and so are rows that wait for a Parquet file; `notice` is told.
    Raises InvalidInput where there is none, or a description lists what cannot be.
    """
    if (folder / _SPLITS).is_file():
        splits = [_split_folder(folder, split) for split in _listed(folder / _SPLITS, "splits")]
        return [file for split in splits for file in data_files(split, notice)]
    if (folder / _STATE).is_file():
        return [_shard(folder, entry) for entry in _listed(folder / _STATE, "_data_files")]
    if _described(folder / _PLAN, "schema").startswith(_PARTS):
        return _parts(folder, notice)
    files = _readable(folder.iterdir()) or _readable(_within(folder))
    if not files:
        raise InvalidInput(f"{folder}: no data file in it; expected {' '.join(READABLE)}")
    waiting = [path.name for file in files if (path := file.with_name(file.name + WAITING)).is_file()]
    if waiting and notice:
        notice(
            f"{folder}: left out: {listed(waiting)}, rows of a collection that was not finished; the command "
            "that collects goes on from them"
        )
    notes = [file.name for file in files if ending_of(file) == ".txt"]
    if not notes or len(notes) == len(files):
        return files
    if notice:
        notice(
            f"{folder}: left out beside the other data files: {listed(notes)} "
            "(name a .txt file by itself to read its lines as texts)"
        )
    return [file for file in files if ending_of(file) != ".txt"]


def split_files(folder: Path, split: str, notice: Say | None = None) -> list[Path]:
    """The files of a folder that hold one split, in order: one file, or shards such as `train-00000-of-2`.

    notice: as in `data_files`.
    Raises NoSuchSplit where there is none, InvalidInput where two files claim to be the whole split.
    """
    names = _SAME_SPLIT.get(split, (split,))
    if (folder / _SPLITS).is_file():
        named = next((folder / name for name in names if (folder / name).is_dir()), None)
        if named is not None:
            return data_files(named, notice)
    files = _readable(folder.iterdir()) or _readable((folder / "data").glob("*"))
    shards = [file for file in files if re.match(rf"({'|'.join(names)})[-_]\d+", file.name)]
    named_files = [file for file in files if file.name.split(".")[0] in names]
    if len(named_files) == 1:
        return named_files
    if shards and not named_files:
        return shards
    present = ", ".join(file.name for file in named_files or files) or "none"
    many = "several files for" if named_files else "no file for"
    failure = InvalidInput if named_files else NoSuchSplit
    raise failure(
        f"{folder}: {many} split {split!r}; expected GoEmotions' {split}.tsv or one of "
        f"{split}{{{','.join(READABLE)}}}. Data files here: {present}"
    )


def would_be_read(folder: Path, path: Path) -> bool:
    """Whether `data_files` of a folder will take a file, or those in a folder, that is written to `path`."""
    folder, path = folder.resolve(), path.resolve()
    if folder not in path.parents or not folder.is_dir():
        return False
    if any((folder / name).is_file() for name in (_SPLITS, _STATE, _PLAN)):  # they say which files are read
        return False
    if _readable(folder.iterdir()):
        return path.parent == folder and _is_data(path)
    return _is_data(path) or not path.suffix  # which may be a folder


def _readable(paths: Iterable[Path]) -> list[Path]:
    return sorted(path for path in paths if path.is_file() and _is_data(path))


def _is_data(path: Path) -> bool:
    """Whether a file of this name holds rows of its own."""
    is_other = path.name in _NO_DATA or path.name[0] in "._" or _waits(path)
    return not is_other and bool(ending_of(path))


def _waits(path: Path) -> bool:
    """Whether rows wait here for the Parquet file beside it, whose own rows are then among them."""
    whole = path.name.removesuffix(WAITING)
    return whole != path.name and whole.lower().endswith(".parquet") and path.with_name(whole).is_file()


def _within(folder: Path) -> Iterator[Path]:
    """All below a folder, but what stands in a hidden one or in one of a program's own (`_temporary`)."""
    for path in folder.rglob("*"):
        if not any(part[0] in "._" for part in path.relative_to(folder).parts[:-1]):
            yield path


def _parts(folder: Path, notice: Say | None) -> list[Path]:
    """The parts that hold rows; lists of errors beside them are no data."""
    try:
        done = json.loads((folder / _DONE).read_text("utf-8"))
        empty, n_parts = set(done["empty_parts"]), done["parts"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        empty, n_parts = set(), None  # it is not complete
    names = {f"part-{number:05d}" for number in empty if isinstance(number, int)}
    found = _readable(folder.glob("part-*"))
    parts = [path for path in found if path.name.split(".")[0] not in names]
    if not parts:
        raise InvalidInput(f"{folder}: none of its parts holds a row")
    if notice is not None and len(found) != n_parts:
        so_far = plural(len(parts), "part so far is", "parts so far are")
        notice(f"{folder}: is not finished, {so_far} read; the command that wrote it goes on")
    return sorted(parts, key=lambda path: (len(path.name), path.name))  # part-100000 comes after part-99999


def _described(path: Path, key: str) -> str:
    """One word of a JSON file that describes its folder; "" where there is none."""
    try:
        found = json.loads(path.read_text("utf-8"))[key]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ""
    return found if isinstance(found, str) else ""


def _split_folder(folder: Path, split: object) -> Path:
    one_name = isinstance(split, str) and split not in ("", "..") and Path(split).name == split
    if one_name and (folder / str(split)).is_dir():
        return folder / str(split)
    raise InvalidInput(
        f"{folder / _SPLITS}: lists split {split!r}, which has no folder here; "
        f"take it off the list, or {_SAVE_AGAIN}"
    )


def _shard(folder: Path, entry: object) -> Path:
    name = entry.get("filename") if isinstance(entry, dict) else None
    if isinstance(name, str) and name:
        return folder / name
    raise InvalidInput(
        f'{folder / _STATE}: _data_files lists {entry!r}; expected {{"filename": "NAME.arrow"}}. '
        f"Correct it, or {_SAVE_AGAIN}"
    )


def _listed(path: Path, key: str) -> Sequence[Any]:
    try:
        found = json.loads(path.read_text("utf-8"))[key]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise InvalidInput(f"{path}: not a description of a data set folder (no {key})") from None
    if not isinstance(found, list):
        raise InvalidInput(f"{path}: {key} is no list")
    if not found:
        raise InvalidInput(f"{path}: {key} lists nothing; {_SAVE_AGAIN}")
    return found
