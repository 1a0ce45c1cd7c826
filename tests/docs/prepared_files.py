"""Files that commands of the pages read: small ones, made under whatever name a command asks for."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import polars as pl

from goemox.data.samples import load_samples
from goemox.model_folder import default_folder

WRITTEN = ("-o", "--output", "--output-dir", "--mark", "--errors", "--figures", "--reliability", "--work-dir")
TABLE = re.compile(r"[\w./-]+\.(csv|jsonl|parquet|txt)")
MODELS = re.compile(r"(models?/)?[\w-]*model|adapted|ladder/naive[\w-]*|models/\w+")
STUDIES = re.compile(r"before|after|reference|now|out(/report\.json)?")
STYLES = {"issue": "issue", "titles": "story", "stories": "story"}  # words in a name: style of the samples
N = 60  # rows of each: the fewest that a shift is measured on are 50


def rows(path: Path, *, mapped: bool) -> list[dict[str, str]]:
    """Texts of the kind that the file is called after, with every column that some page names.

    mapped: labels are those of the mapping file that lies beside it.
    """
    mapping = {old: new for new, olds in _mapping(path.parent).items() for old in olds} if mapped else {}

    def named(labels: frozenset[str]) -> str:
        kept = {mapping[label] for label in labels if label in mapping} if mapping else labels
        return "|".join(sorted(kept))

    style = next((style for word, style in STYLES.items() if word in path.name), "reddit")
    texts = load_samples(style)
    return [
        {
            "id": each.id, "text": each.text, "comment": each.text,
            "labels": named(each.labels or frozenset()),
            "repo": ("pallets/flask", "pallets/click")[i % 2], "created_at": f"2026-01-{i % 28 + 1:02}",
        }
        for i, each in enumerate(texts[-N:] if path.name.startswith("this") else texts[:N])
    ]  # fmt: skip


def _mapping(folder: Path) -> dict[str, list[str]]:
    found = next(folder.glob("*.mapping.json"), None)
    return {} if found is None else json.loads(found.read_text("utf-8"))


def stand_in(arguments: Sequence[str], folder: Path, study: Path) -> None:
    """Make what a command that does not run here would have written: a table, a model folder, a study."""
    for before, argument in pairwise(arguments):
        path = folder / argument
        if before in ("-o", "--output") and TABLE.fullmatch(argument):
            path.unlink(missing_ok=True)
            _write(path, mapped=_is_mapped(arguments))
        elif before == "--output-dir" and "study" in arguments:
            shutil.copytree(study, path, dirs_exist_ok=True)
        elif (
            before in ("-o", "--output", "--output-dir") and MODELS.fullmatch(argument) and not path.exists()
        ):
            path.symlink_to(default_folder(), target_is_directory=True)


def prepare(arguments: Sequence[str], folder: Path, study: Path) -> None:
    """Make what a command reads in `folder`, where nothing has made it yet. study: a folder of one."""
    for before, argument in zip(["", *arguments], arguments, strict=False):
        if before in WRITTEN:
            _make_room(folder / argument)
            continue
        name = argument.partition("=")[2] or argument
        path = folder / name
        if not name or (path.is_absolute() and not path.is_relative_to(folder)) or os.path.lexists(path):
            continue
        if TABLE.fullmatch(name):
            _write(path, mapped=_is_mapped(arguments))
        elif name.endswith("/goemotions"):
            for split in ("train", "dev", "test"):
                _write(path / f"{split}.csv", mapped=False)
        elif name.endswith("/") and before in ("--input", "--data", "-i"):
            _write(path / "a.csv", mapped=False)
            _write(path / "b.csv", mapped=False)
        elif MODELS.fullmatch(name):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.symlink_to(default_folder(), target_is_directory=True)
        elif STUDIES.fullmatch(name):
            shutil.copytree(study, path if path.suffix == "" else path.parent)


def _make_room(path: Path) -> None:
    """Take away a model of ours that stood in for the one that is written now."""
    if path.is_symlink():
        path.unlink()


def _is_mapped(arguments: Sequence[str]) -> bool:
    return "--mapping" in arguments or "--grouping" in arguments


def _write(path: Path, *, mapped: bool) -> None:
    made = rows(path, mapped=mapped)
    path.parent.mkdir(parents=True, exist_ok=True)
    match path.suffix:
        case ".txt":
            path.write_text("".join(f"{row['text']}\n" for row in made), "utf-8")
        case ".jsonl":
            lines = ({**row, "labels": list(filter(None, row["labels"].split("|")))} for row in made)
            path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
        case ".csv":
            pl.DataFrame(made).write_csv(path)
        case ".parquet":
            pl.DataFrame(made).write_parquet(path)
