"""What an adapted folder is called, and that each of its two files has columns of its own."""

import csv
import json
import shutil

import pytest
from typer.testing import CliRunner

from goemox.cli.app import app
from goemox.errors import UnknownColumn, UsageError
from goemox.model_folder import default_folder, open_model, write_sums


def adapt(*arguments):
    return CliRunner().invoke(app, ["adapt", *map(str, arguments)])


@pytest.fixture
def files(planted, tmp_path):
    """24 labelled rows with a column `said` of texts, and 30 unlabelled ones with a column `body`."""
    rows, texts = planted(24), planted(80)[50:]
    lines = (json.dumps({"said": row.text, "labels": sorted(row.labels)}) for row in rows)
    (tmp_path / "rows.jsonl").write_text("\n".join(lines) + "\n")
    with (tmp_path / "texts.csv").open("w", newline="") as stream:
        csv.writer(stream).writerows([("no", "body"), *((i, row.text) for i, row in enumerate(texts))])
    return "--data", tmp_path / "rows.jsonl", "--text-column", "said", "--texts", tmp_path / "texts.csv"


def test_the_model_gets_its_name_and_either_file_its_column(files, tmp_path):
    target = tmp_path / "model"
    done = adapt(*files, "--texts-column", "body", "--model-name", "Shop", "-o", target, "--json")
    assert done.exit_code == 0, done.exception
    assert json.loads(done.stdout)["n_texts"] == 30
    facts = open_model(target).facts
    assert (facts["name"], facts["adapted"]["name"]) == ("Shop", "rows.jsonl")
    assert "# Shop\n" in (target / "README.md").read_text("utf-8")


def test_a_column_that_the_unlabelled_file_lacks_names_the_option_of_that_file(files):
    refused = adapt(*files)
    assert isinstance(refused.exception, UnknownColumn)
    assert "no column 'said'. Columns here: no, body. Choose one with --texts-column." in str(
        refused.exception
    )


def test_a_name_without_a_letter_is_refused(files):
    assert isinstance(adapt(*files, "--model-name", " ").exception, UsageError)


def test_a_model_that_stands_where_the_new_one_goes_is_named_before_it_is_replaced(files, tmp_path):
    target = tmp_path / "model"
    call = *files, "--texts-column", "body", "-o", target
    first = adapt(*call, "--model-name", "Shop")
    assert "it will be replaced" not in first.stderr
    second = adapt(*call, "--model-name", "Forum")
    assert second.exit_code == 0, second.exception
    assert f"{target}: a model stands there, 'Shop'; it will be replaced by the new one" in second.stderr
    assert open_model(target).facts["name"] == "Forum"
    (target / "goemox.json").write_text("no JSON")
    third = adapt(*call)
    assert f"{target}: a model stands there; it will be replaced" in third.stderr
    assert third.exit_code == 0, third.exception


@pytest.mark.parametrize("verb", ["calibrate", "export"])
def test_every_other_verb_that_writes_a_model_folder_names_the_one_it_would_replace(files, tmp_path, verb):
    target = tmp_path / "model"
    shutil.copytree(default_folder(), target)
    facts = json.loads((target / "goemox.json").read_text("utf-8"))
    (target / "goemox.json").write_text(json.dumps(facts | {"name": "Shop"}), "utf-8")
    write_sums(target)
    words = {"calibrate": (*files[:4], "-o", target), "export": ("--output-dir", target)}[verb]
    source = ("--model", default_folder()) if verb == "export" else ()
    done = CliRunner().invoke(app, [verb, *map(str, (*words, *source))])
    assert "a model stands there, 'Shop'; it will be replaced" in done.stderr


@pytest.mark.parametrize("verb", ["adapt", "calibrate", "export"])
def test_a_model_for_the_folder_that_one_is_in_is_refused_with_a_place_for_it(
    files, tmp_path, monkeypatch, verb
):
    (tmp_path / "new").mkdir()
    monkeypatch.chdir(tmp_path / "new")
    words = ("--model", default_folder(), "--output-dir") if verb == "export" else (*files[:4], "-o")
    done = CliRunner().invoke(app, [verb, *map(str, words), "."])
    assert done.exit_code != 0
    assert "name a new folder in it, such as model" in str(done.exception)
    assert not list((tmp_path / "new").iterdir())
