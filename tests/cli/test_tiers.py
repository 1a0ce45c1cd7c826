import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from goemox.cli.app import app
from goemox.errors import GoemoxError

ROWS = (
    "text,labels\nThank you so much!,gratitude\nI hate this so much,anger\nThe meeting is at noon,neutral\n"
)


@pytest.fixture
def labelled(tmp_path):
    file = tmp_path / "labelled.csv"
    file.write_text(ROWS, encoding="utf-8")
    return file


def test_every_tier_is_evaluated_and_named(labelled):
    for tier, file in (
        ("best", "model_int8.onnx"),
        ("fast", "fast.safetensors"),
        ("cascade", "model_int8.onnx"),
    ):
        done = CliRunner().invoke(app, ["evaluate", "--data", str(labelled), "--tier", tier, "--json"])
        assert done.exit_code == 0, done.stderr
        model = json.loads(done.stdout)["model"]
        assert model["file"] == file
        assert model.get("tier", "best") == tier


def test_every_tier_predicts_and_a_cascade_names_who_answered():
    for tier in ("best", "fast", "cascade"):
        done = CliRunner().invoke(app, ["predict", "Thank you so much!", "--tier", tier, "--format", "jsonl"])
        assert done.exit_code == 0, done.stderr
        line = json.loads(done.stdout)
        assert line["labels"] == ["gratitude"]
        assert ("tier" in line) == (tier == "cascade")


@pytest.mark.parametrize("form", ["csv", "parquet", "jsonl"])
@pytest.mark.parametrize("target", ["out.{}", "out/"])
def test_a_cascade_names_who_answered_in_every_format_and_keeps_a_column_of_that_name(form, target, tmp_path):
    source = tmp_path / "in.csv"
    source.write_text("text,tier\nThank you so much!,gold\nI guess it is,silver\n", encoding="utf-8")
    output = f"{tmp_path}/{target.format(form)}"
    arguments = ["predict", "--input", str(source), "--tier", "cascade", "--format", form, "-o", output]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    (file,) = Path(output).glob("part-*") if target.endswith("/") else [Path(output)]
    read = {"csv": pl.read_csv, "parquet": pl.read_parquet, "jsonl": pl.read_ndjson}[form](file)
    assert set(read["tier"]) <= {"fast", "best"}
    assert read["input_tier"].to_list() == ["gold", "silver"]


@pytest.mark.parametrize("tier", ["best", "fast"])
def test_where_one_tier_answers_the_table_has_no_column_for_it(tier, tmp_path):
    output = tmp_path / "out.csv"
    done = CliRunner().invoke(app, ["predict", "Thanks!", "--tier", tier, "-o", str(output)])
    assert done.exit_code == 0, done.stderr
    assert "tier" not in pl.read_csv(output).columns


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--format", "fast"], "--data"),
        (["--format", "fast", "--data", "goemotions", "--int8"], "--int8"),
        (["--format", "hf", "--unlabelled", "x.jsonl"], "--unlabelled"),
    ],
)
def test_options_of_export_that_do_not_go_together_are_told(tmp_path, arguments, told):
    done = CliRunner().invoke(app, ["export", "--output-dir", str(tmp_path / "out"), *arguments])
    assert done.exit_code != 0
    assert isinstance(done.exception, GoemoxError) or done.exit_code == 2
    assert told in (str(done.exception) + done.output)
