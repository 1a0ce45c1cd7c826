"""What the tests of parts share: the bundled model behind a `BatchScorer`, small inputs, and a run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from forked import goemox

from goemox.scale.batches import BatchScorer
from goemox.scale.local import run_local
from goemox.scale.plan import make_plan
from goemox.scale.resume import open_folder

TEXTS = (
    "Thank you so much, this made my day!", "I hate this.", "The meeting is at noon.", "=SUM(A1)",
    "Ich freue mich über 日本語 and 🎉🎉", "so sorry for your loss", 'He said "no", twice',
    "What is going on here?", "I love it\nand you", "wow",
)  # fmt: skip


@pytest.fixture(scope="session")
def scorer():
    """The bundled model with its own options, opened once."""
    return BatchScorer(threads=1)


@pytest.fixture
def rows_file(tmp_path):
    """rows_file(name, n): n rows with an id, a text, a number and a url; every text is another."""

    def write(name: str, n: int, **changed) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = [
            {
                "id": f"c{i}",
                "text": f"{TEXTS[i % len(TEXTS)]} {i}",
                "score": i,
                "url": None if i % 3 else "http://a.b",
            }
            | {name: value(i) for name, value in changed.items()}
            for i in range(n)
        ]
        write_rows(path, rows)
        return path

    return write


def write_rows(path: Path, rows) -> None:
    """Rows as JSON Lines, CSV or Parquet, as the ending says."""
    import polars as pl

    if path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    elif path.suffix == ".csv":
        pl.DataFrame(rows, infer_schema_length=None).write_csv(path)
    else:
        pl.DataFrame(rows, infer_schema_length=None).write_parquet(path, row_group_size=7)


@pytest.fixture
def run(scorer, tmp_path):
    """run(source, name, **options of make_plan): the folder of parts, complete, and what it holds."""

    def make(source: Path, name: str = "out", scorer=scorer, **options):
        folder = tmp_path / name
        plan, opened = make_plan(source, scorer, **options)
        with open_folder(folder, plan) as parts:
            return folder, parts.finish(run_local(parts, opened, scorer))

    return make


@pytest.fixture
def predict():
    """predict(*arguments): `goemox predict` as a stranger types it."""

    return lambda *arguments, **options: goemox("predict", *arguments, **options)


@pytest.fixture
def content():
    """content(folder): every file of a folder, by its name."""
    return lambda folder: {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
