"""`--label-column` once and several times, from flags and from goemox.toml, in a process of its own."""

import json

import forked
import pytest


def evaluate(folder, *arguments):
    return forked.goemox("evaluate", "--data", "a.csv", "--json", *arguments, cwd=folder)


@pytest.fixture
def folder(tmp_path):
    rows = ("Thank you so much!,1,no,gratitude", "Oh no,FALSE,Yes,sadness", "I am so scared,0,true,fear")
    (tmp_path / "a.csv").write_text("\n".join(("text,gratitude,fear,mood", *rows)) + "\n")
    return tmp_path


def judged(done):
    assert done.returncode == 0, done.stderr
    return {row["label"]: row["support"] for row in json.loads(done.stdout)["per_label"] if row["judged"]}


def test_a_column_for_each_label_is_evaluated_for_these_labels_alone(folder):
    done = evaluate(folder, "--label-column", "gratitude", "--label-column", "fear")
    assert judged(done) == {"gratitude": 1, "fear": 2}
    assert "labels have no true row" not in done.stderr


def test_a_settings_file_names_one_column_or_a_list(folder):
    settings = folder / "goemox.toml"
    settings.write_text('[evaluate]\nlabel-column = ["gratitude", "fear"]\n')
    assert judged(evaluate(folder)) == {"gratitude": 1, "fear": 2}
    settings.write_text('[evaluate]\nlabel-column = "mood"\n')
    assert sum(judged(evaluate(folder)).values()) == 3


def test_a_cell_that_says_neither_is_named_by_file_line_and_column(folder):
    with (folder / "a.csv").open("a") as stream:
        stream.write("hm,0,perhaps,neutral\n")
    done = evaluate(folder, "--label-column", "gratitude", "--label-column", "fear")
    assert done.returncode == 4
    assert "a.csv:5: column 'fear' holds 'perhaps'" in done.stderr
