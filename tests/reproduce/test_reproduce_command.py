"""`goemox reproduce` as a stranger types it, in a process of its own."""

import json
import os
import subprocess
import sys

import pytest


def goemox(*arguments, cwd=None):
    return subprocess.run(
        [sys.executable, "-m", "goemox", "reproduce", *map(str, arguments)],
        capture_output=True, text=True, check=False, cwd=cwd, timeout=280, encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip


def test_one_command_writes_the_three_files(data, tiny_base, tmp_path):
    done = goemox(
        "--data",
        data,
        "--output-dir",
        tmp_path / "out",
        "--quick",
        "--offline",
        "--base",
        tiny_base,
        "--json",
    )
    assert done.returncode == 0, done.stderr
    assert {"ladder.json", "ladder.md", "ladder.svg"} <= {path.name for path in (tmp_path / "out").iterdir()}
    content = json.loads(done.stdout)
    assert content == json.loads((tmp_path / "out" / "ladder.json").read_text())
    assert content["command"] == (
        f"goemox reproduce --data PATH/labelled --output-dir DIR --base {tiny_base.name} --seeds 1 "
        "--split dev --quick"
    )
    assert str(tmp_path) not in done.stdout
    assert "quick version" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "expected"),
    [
        (["--data", "nowhere"], 4, "nowhere"),
        (["--split", "train"], 2, "on dev or on test"),
        (["--seeds", "0"], 2, "seeds"),
        (["--model", "release=nowhere"], 4, "no such model folder"),
        (["--model", "nowhere"], 2, "write RUNG=DIR"),
        (["--model", "thresholds=nowhere"], 2, "no models can be brought for rung 'thresholds'"),
        (["--base", "distilbert", "--offline", "--quick"], 4, "base 'distilbert"),
        (["--quick", "--seeds", "many"], 2, "expected a whole number"),
    ],
)
def test_wrong_calls_say_what_is_wrong_before_anything_is_trained(data, tmp_path, arguments, code, expected):
    given = arguments if "--data" in arguments else ["--data", data, *arguments]
    done = goemox(*given, "--output-dir", tmp_path / "out")
    assert done.returncode == code, done.stderr
    assert expected in done.stderr
    assert "Traceback" not in done.stderr
    assert "step " not in done.stderr
    assert not (tmp_path / "out").exists()


def test_an_output_that_is_a_file_is_refused(data, tmp_path):
    (tmp_path / "out").write_text("kept")
    done = goemox("--data", data, "--output-dir", tmp_path / "out")
    assert done.returncode == 2
    assert (tmp_path / "out").read_text() == "kept"


def test_labels_of_another_taxonomy_are_named(tmp_path):
    for split in ("train", "dev"):
        (tmp_path / f"{split}.csv").write_text("text,labels\nfine,joy\nodd,glee\n")
    done = goemox("--data", tmp_path, "--output-dir", tmp_path / "out")
    assert done.returncode == 4
    assert "'glee'" in done.stderr
