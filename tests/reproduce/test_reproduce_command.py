"""`goemox reproduce` as a stranger types it."""

import json
import shlex
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from goemox.cli.reproduce import _command


@pytest.fixture
def command(command):
    """Run `goemox reproduce …` in this process."""
    return partial(command, "reproduce")


def test_one_command_writes_the_three_files(data, tiny_base, tmp_path, command):
    done = command(
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
    assert done.code == 0, done.err
    assert {"ladder.json", "ladder.md", "ladder.svg"} <= {path.name for path in (tmp_path / "out").iterdir()}
    content = json.loads(done.out)
    assert content == json.loads((tmp_path / "out" / "ladder.json").read_text())
    assert content["command"] == (
        f"goemox reproduce --data PATH/labelled --output-dir DIR --base PATH/{tiny_base.name} --seeds 1 "
        "--split dev --quick"
    )
    assert str(tmp_path) not in done.out
    assert "quick version" in done.err


def test_the_told_command_keeps_a_hub_id_whole_and_quotes_names(tmp_path):
    told = _command(
        str(tmp_path / "my rows"), False, "someone/a-base", 3, {"release": [Path("my model")]}, "dev"
    )
    assert shlex.split(told)[2:] == [
        "--data", "PATH/my rows", "--output-dir", "DIR", "--base", "someone/a-base", "--seeds", "3",
        "--split", "dev", "--model", "release=PATH/my model",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "code", "expected"),
    [
        (["--data", "nowhere"], 4, "nowhere"),
        (["--data", "{tmp}/mine.csv"], 2, "name a folder with train and dev"),
        (["--split", "train"], 2, "on dev or on test"),
        (["--seeds", "0"], 2, "seeds"),
        (["--model", "release=nowhere"], 4, "no such model folder"),
        (["--model", "nowhere"], 2, "write RUNG=DIR"),
        (["--model", "thresholds=nowhere"], 2, "no models can be brought for rung 'thresholds'"),
        (["--quick", "--seeds", "many"], 2, "expected a whole number"),
    ],
)
def test_wrong_calls_say_what_is_wrong_before_anything_is_trained(
    data, tmp_path, command, arguments, code, expected
):
    (tmp_path / "mine.csv").write_text("text,label\nfine,joy\n")
    arguments = [part.replace("{tmp}", str(tmp_path)) for part in arguments]
    given = arguments if "--data" in arguments else ["--data", data, *arguments]
    done = command(*given, "--output-dir", tmp_path / "out")
    assert done.code == code, done.err
    assert expected in done.err
    assert "Traceback" not in done.err
    assert "step " not in done.err
    assert not (tmp_path / "out").exists()


def test_a_base_that_is_not_there_is_not_fetched_by_a_process_that_keeps_offline(data, tmp_path):
    place = ["--data", data, "--output-dir", tmp_path / "out"]
    done = subprocess.run(
        [sys.executable, "-m", "goemox", "reproduce", *place, "--base", "distilbert", "--offline", "--quick"],
        capture_output=True, text=True, check=False, timeout=280, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 4, done.stderr
    assert "base 'distilbert" in done.stderr
    assert "Traceback" not in done.stderr
    assert "step " not in done.stderr
    assert not (tmp_path / "out").exists()


def test_an_output_that_is_a_file_is_refused(data, tmp_path, command):
    (tmp_path / "out").write_text("kept")
    done = command("--data", data, "--output-dir", tmp_path / "out")
    assert done.code == 2
    assert (tmp_path / "out").read_text() == "kept"


def test_labels_of_another_taxonomy_are_named(tmp_path, command):
    for split in ("train", "dev"):
        (tmp_path / f"{split}.csv").write_text("text,labels\nfine,joy\nodd,glee\n")
    done = command("--data", tmp_path, "--output-dir", tmp_path / "out")
    assert done.code == 4
    assert "'glee'" in done.err
