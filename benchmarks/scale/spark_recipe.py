"""The Spark recipe of docs/scaling.md, taken out of the page, run, and compared row by row.

    python -m venv spark && spark/bin/pip install pyspark pandas pyarrow -e .
    GOEMOX_DATA=... spark/bin/python benchmarks/scale/spark_recipe.py [--rows 5_000]

Needs Java 17. Runs on two local cores in a temporary folder; some rows have no text. Exit code 1 where a row
is missing, doubled or says something else than `BatchScorer` does here.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import polars as pl

from goemox.data.goemotions import read_tsv
from goemox.scale.batches import BatchScorer

PAGE = Path(__file__).resolve().parents[2] / "docs" / "scaling.md"
RECIPE = re.compile(r"<!-- spark recipe -->\n```python\n(.*?)```", re.S)
EVERY = 97  # row that has no text


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=5_000)
    n_rows = parser.parse_args().rows
    records = read_tsv(Path(os.environ["GOEMOX_DATA"]) / "goemotions" / "test.tsv")
    texts = [records[i % len(records)].text if i % EVERY else " \t" for i in range(n_rows)]
    rows = pl.DataFrame({"id": range(n_rows), "text": texts, "author": [f"u{i % 7}" for i in range(n_rows)]})
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        rows.write_parquet(folder / "comments.parquet")
        (folder / "recipe.py").write_text(recipe(), encoding="utf-8")
        started = time.monotonic()
        settings = {
            "PYSPARK_PYTHON": sys.executable,
            "PYSPARK_SUBMIT_ARGS": "--master local[2] pyspark-shell",
        }
        subprocess.run(
            [sys.executable, "-W", "ignore", "recipe.py"], cwd=folder, check=True, env=os.environ | settings
        )
        seconds = time.monotonic() - started
        found = pl.read_parquet(folder / "emotions" / "*.parquet").sort("id")
        left_out = pl.read_ndjson(folder / "without_text" / "*.json")
    good = rows.filter(pl.col("text").str.strip_chars() != "")
    answers = BatchScorer(runtime="onnxruntime")(good.to_dict(as_series=False))
    expected = pl.DataFrame({name: list(column) for name, column in answers.items()})
    differing = [
        name
        for name in expected.columns
        if name not in found.columns or found[name].to_list() != expected[name].to_list()
    ]
    print(
        f"{len(found)} rows of {n_rows} in {seconds:.1f} s, {len(left_out)} without a text; "
        f"columns that differ: {', '.join(differing) or 'none'}"
    )
    return int(bool(differing) or len(found) + len(left_out) != n_rows)


def recipe() -> str:
    """The program that stands in the page."""
    found = RECIPE.search(PAGE.read_text("utf-8"))
    if found is None:
        raise SystemExit(f"{PAGE}: no recipe between its marks")
    return found[1]


if __name__ == "__main__":
    sys.exit(main())
