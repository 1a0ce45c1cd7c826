"""docs/reference/files.md names every file and key that goemox writes."""

import re

import pytest
from reference_parts.blocks import ROOT

from goemox import model_folder
from goemox.classifier import load
from goemox.data.prediction_files import line_keys, own_columns
from goemox.profiling import profile
from goemox.records import TextRecord

PAGE = (ROOT / "docs" / "reference" / "files.md").read_text("utf-8")
MODEL_FILES = (
    "CONFIG",
    "WEIGHTS",
    "TOKENIZER",
    "ONNX_FP32",
    "ONNX_INT8",
    "FACTS",
    "EVALUATION",
    "REFERENCE",
    "FAST",
    "SUMS",
)
PROFILE = (ROOT / "docs" / "files.md").read_text("utf-8")
SOURCE = "".join(path.read_text("utf-8") for path in sorted((ROOT / "src" / "goemox").rglob("*.py")))


def test_every_key_and_column_of_predictions_is_there():
    first = re.findall(r"^\| ([^|]+) \|", PAGE, re.M)
    keys = {key for cell in first for key in re.findall(r"`(\w+)`", cell)}
    assert set(line_keys(cascade=True)) <= keys
    for column in own_columns(load().labels, cascade=True):
        assert f"`{column}`" in PAGE or column.startswith("score_")


@pytest.mark.parametrize("name", MODEL_FILES)
def test_every_file_of_a_model_folder_is_there(name):
    assert f"`{getattr(model_folder, name)}`" in PAGE


def test_every_schema_that_goemox_writes_is_there():
    schemas = set(re.findall(r'"(goemox\.[a-z]+/\d)"', SOURCE))
    assert {schema for schema in schemas if f"`{schema}`" not in PAGE} == set()


def test_the_folders_of_the_cache_are_those_that_are_used():
    assert set(re.findall(r"^\| `(\w+)/` \|", PAGE, re.M)) == set(
        re.findall(r'cache_dir\(\) / "(\w+)"', SOURCE)
    )


def test_every_figure_of_a_profile_is_there():
    found = profile([TextRecord(id="1", text="Why?")])
    names = {*found.to_dict(), *found.kinds, *found.in_short()}
    assert {name for name in names if f"`{name}`" not in PROFILE} == set()
