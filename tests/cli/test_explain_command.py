"""`goemox explain` as a stranger types it."""

import json
import shutil

import pytest
from typer.testing import CliRunner

from goemox.cli.app import app
from goemox.errors import InvalidInput, UsageError
from goemox.model_folder import default_folder, write_sums

runner = CliRunner()


def explain(*arguments, **more):
    return runner.invoke(app, ["explain", *arguments], **more)


def test_the_words_stand_under_the_labels_that_they_carry():
    done = explain("Thank you so much!")
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[0] == "Thank you so much!"
    assert lines[1] == "  gratitude 1.00"
    assert lines[2].startswith("    Thank")
    assert "█" in lines[2]


def test_a_label_can_be_named_that_was_not_chosen():
    done = explain("Thank you so much!", "--label", "fear")
    assert "  fear 0.0" in done.stdout
    assert "gratitude" not in done.stdout


def test_a_text_without_a_label_says_how_to_explain_one(tmp_path):
    folder = shutil.copytree(default_folder(), tmp_path / "model")
    facts = json.loads((folder / "goemox.json").read_text())
    changes = {"fallback": "none", "thresholds": dict.fromkeys(facts["thresholds"], 0.9999)}
    (folder / "goemox.json").write_text(json.dumps(facts | changes))
    write_sums(folder)
    told = "  no label is given; --label NAME explains one"
    assert explain("So it is", "--model", str(folder)).stdout.splitlines() == ["So it is", told]
    assert told not in explain("So it is", "--model", str(folder), "--label", "joy").stdout


def test_a_dash_reads_one_text_a_line_and_skips_blank_ones():
    done = explain("-", "--json", input="Wow, great\n\nWhy?\n")
    assert [row["text"] for row in json.loads(done.stdout)] == ["Wow, great", "Why?"]


def test_standard_input_that_is_not_utf_8_is_read_as_predict_reads_it():
    done = explain("-", "--json", input=b"What a caf\xe9, I love it\n")
    assert [row["text"] for row in json.loads(done.stdout)] == ["What a café, I love it"]


def test_the_bundled_model_can_be_named():
    assert explain("Thank you so much!", "--model", "default").stdout.splitlines()[1] == "  gratitude 1.00"


def test_a_setting_that_is_no_path_is_refused_in_words(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "goemox.toml").write_text("model = 5\n")
    done = explain("x")
    assert done.exit_code != 0
    assert "expected the path of a model folder, not 5" in str(done.exception) + done.output


def test_no_text_and_no_such_label_are_told_with_what_would_do():
    with pytest.raises(UsageError, match="name a text"):
        explain(catch_exceptions=False)
    with pytest.raises(InvalidInput, match="admiration"):
        explain("x", "--label", "happy", catch_exceptions=False)
