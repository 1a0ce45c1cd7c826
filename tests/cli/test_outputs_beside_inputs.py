"""An output in the folder that is read: the next run would read it, too."""

from pathlib import Path

import forked
import pytest

from goemox.cli.options import keep_outside
from goemox.errors import UsageError


@pytest.fixture
def folder(tmp_path):
    """`own/` with a file of rows, `deep/` with one in a sub-folder only, `saved/` as `datasets` saves."""
    for name in ("own/a.csv", "deep/sub/a.csv", "saved/data.arrow"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("text\nThanks!\n")
    (tmp_path / "saved" / "state.json").write_text('{"_data_files": [{"filename": "data.arrow"}]}')
    return tmp_path


@pytest.mark.parametrize(
    "arguments",
    [
        ["predict", "--input", "own/", "-o", "own/predicted.jsonl"],
        ["predict", "--input", "own", "--errors", "own/bad.jsonl"],
        ["predict", "--input", "deep", "-o", "deep/parts/"],
        ["predict", "deep", "-o", "deep/parts/"],
        ["sample", "own", "-o", "own/to_label.jsonl"],
        ["profile", "own", "--mark", "./own/marked.csv"],
        ["shift", "--target", "mine=own", "-o", "own/shift.json"],
        ["label", "own", "-o", "own/labels.jsonl"],
    ],
)
def test_an_output_that_the_next_run_would_read_is_refused_before_anything_is_written(folder, arguments):
    done = forked.goemox(*arguments, encoding=None, cwd=folder)
    assert done.returncode == 2
    assert "the next run would read it, too; write beside that folder" in done.stderr.decode()
    assert sum(path.is_file() for path in folder.rglob("*")) == 4


@pytest.mark.parametrize(
    ("read", "written"),
    [
        ("own", "predicted.jsonl"),
        ("own", "own2/predicted.jsonl"),
        ("own", "own/page.html"),
        ("own", "own/.hidden.csv"),
        ("own", "own/parts"),
        ("own", "own/results/predicted.jsonl"),
        ("own/a.csv", "own"),
        ("own/a.csv", "own/predicted.jsonl"),
        ("saved", "saved/predicted.jsonl"),
        ("-", "own/predicted.jsonl"),
        ("own", "-"),
        (None, None),
    ],
)
def test_an_output_that_no_run_would_read_is_left_alone(folder, monkeypatch, read, written):
    monkeypatch.chdir(folder)
    keep_outside(("--input", read), ("--output", written))


def test_an_output_below_a_folder_that_is_read_with_its_sub_folders_is_refused(folder):
    for written in ("deep/predicted.jsonl", "deep/sub/predicted.jsonl"):
        with pytest.raises(UsageError, match=r"--output .* lies in the folder that --input names"):
            keep_outside(("--input", folder / "deep"), ("--output", Path(folder / written)))
