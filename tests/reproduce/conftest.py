"""The ladder needs the [train] extra; where torch is missing, this folder is skipped as a whole."""

from __future__ import annotations

import runpy
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from goemox.data.samples import load_samples
from goemox.data.writers import write_records

collect_ignore_glob = [] if find_spec("torch") and find_spec("transformers") else ["test_*.py"]

# the one-layer DistilBERT of the training tests; tests are no package, so it is loaded by path
tiny_base = runpy.run_path(str(Path(__file__).parents[1] / "training" / "conftest.py"))["tiny_base"]


@pytest.fixture(scope="session")
def data(tmp_path_factory):
    """A folder of splits made of the samples, with no outside files beside it."""
    folder = tmp_path_factory.mktemp("reproduce") / "labelled"
    folder.mkdir()
    records = load_samples()
    for name, rows in (("train", records[::2]), ("dev", records[1::4]), ("test", records[3::4])):
        write_records(rows, folder / f"{name}.jsonl", "jsonl")
    return folder


@pytest.fixture(scope="session")
def plan(tiny_base):
    """Eight rungs in seconds: two seeds, one pass over few rows, the tiny base everywhere."""
    from goemox.reproduce import QUICK

    return replace(
        QUICK, seeds=2, base=str(tiny_base), better_base=str(tiny_base), naive_rows=60, naive_epochs=1,
        all_rows=80, outside=20,
    )  # fmt: skip


@pytest.fixture(scope="session")
def climbed(data, plan, tmp_path_factory):
    """One whole climb: where it was kept, what it said, what came out."""
    from goemox.reproduce import reproduce

    folder, said = tmp_path_factory.mktemp("climb"), []
    content = reproduce(data, folder, plan=plan, command="goemox reproduce", say=said.append)
    return folder, said, content
