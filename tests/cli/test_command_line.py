"""The command line as a stranger types it, in a process of its own."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from forked import goemox

from goemox.data.prediction_files import line_keys
from goemox.labels import GOEMOTIONS


def lines(done):
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def refusal(done, code):
    """The one line that a refused call leaves on stderr."""
    assert done.returncode == code, (done.returncode, done.stderr)
    assert "Traceback" not in done.stderr
    return done.stderr.strip().splitlines()[-1]


def test_a_line_of_output_has_the_promised_keys():
    (row,) = lines(goemox("predict", "Thank you so much!"))
    assert tuple(row) == line_keys(cascade=False)
    assert list(row["scores"]) == list(GOEMOTIONS)
    assert row["labels"] == ["gratitude"]


def test_texts_come_from_arguments_pipes_and_files_in_their_order(tmp_path):
    texts = ["What a day!", "I hate this", "ok"]
    (tmp_path / "a.txt").write_text("\n".join(texts))
    from_arguments = lines(goemox("predict", *texts))
    assert [row["text"] for row in from_arguments] == texts
    assert lines(goemox("predict", stdin="\n".join(texts))) == from_arguments
    assert lines(goemox("predict", "--input", "-", stdin="\n".join(texts))) == from_arguments
    assert lines(goemox("predict", "--input", tmp_path / "a.txt")) == from_arguments


def test_csv_keeps_the_columns_of_the_input(tmp_path):
    source = tmp_path / "a.csv"
    source.write_text('id,comment,labels,stars\n7,"Thanks, really",old,5\n8,"Oh no\nnot again",,1\n')
    target = tmp_path / "b.csv"
    done = goemox("predict", "--input", source, "--text-column", "comment", "-o", target)
    assert done.returncode == 0, done.stderr
    with target.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [row["id"] for row in rows] == ["7", "8"]
    assert [row["stars"] for row in rows] == ["5", "1"]
    assert [row["input_labels"] for row in rows] == ["old", ""]
    assert rows[0]["labels"] == "gratitude"
    assert rows[1]["comment"] == "Oh no\nnot again"
    assert all(f"score_{label}" in rows[0] for label in GOEMOTIONS)


def test_thresholds_and_top_k_can_be_changed():
    (strict,) = lines(goemox("predict", "Thank you so much!", "--threshold", "0.9999"))
    assert strict["labels"] == []
    (loose,) = lines(goemox("predict", "Thank you so much!", "--threshold", "joy=0.001", "--top-k", "3"))
    assert len(loose["scores"]) == 3


def test_valid_rows_are_scored_when_others_are_bad(tmp_path):
    source, errors = tmp_path / "a.jsonl", tmp_path / "bad.jsonl"
    source.write_text('{"text": "Thanks!"}\nnot json\n{"text": ""}\n{"text": "Oh no"}\n')
    done = goemox("predict", "--input", source, "--errors", errors)
    assert [json.loads(line)["text"] for line in done.stdout.splitlines()] == ["Thanks!", "Oh no"]
    assert refusal(done, 4).startswith("goemox: 2 of 4 rows could not be read")
    bad = [json.loads(line) for line in errors.read_text().splitlines()]
    assert [row["where"] for row in bad] == [f"{source}:2", f"{source}:3"]


def test_bad_input_ends_in_one_line_that_names_file_and_remedy(tmp_path):
    cases = {
        "empty.csv": (b"", "empty"),
        "signed.csv": ("text\ncaf\xe9\n".encode("utf-16-le"), "--encoding"),
        "binary.txt": (os.urandom(2000) + b"\x00" * 50, "binary.txt"),
        "other.xlsx": (b"PK\x03\x04", ".csv"),
    }
    for name, (content, expected) in cases.items():
        path = tmp_path / name
        path.write_bytes(content)
        message = refusal(goemox("predict", "--input", path), 4)
        assert name in message, message
        assert expected in message, message


@pytest.mark.parametrize(
    ("arguments", "code", "expected"),
    [
        (["predict", "--input", "missing.csv"], 4, "missing.csv"),
        (["predict", "x", "--input", "a.csv"], 2, "not both"),
        (["predict", ""], 4, "text 1 is empty"),
        (["predict", "x", "--threshold", "high"], 2, "--threshold 'high'"),
        (["predict", "x", "--threshold", "glee=0.5"], 2, "unknown label 'glee'"),
        (["predict", "x", "--model", "nowhere"], 4, "no such model folder"),
        (["predict", "x", "-o", "out.doc"], 2, "--format"),
        (["predict", "x", "--top-k", "0"], 2, "top-k"),
        (["study", "--domain", "a", "--output-dir", "o"], 2, "NAME=FILE"),
        (["study", "--domain", "a=missing.csv", "--output-dir", "o"], 4, "missing.csv"),
        (["evaluate", "--data", "missing"], 4, "missing"),
        (["report", "missing.json"], 4, "missing.json"),
        (["frobnicate"], 2, "frobnicate"),
        (["predict", "--frobnicate"], 2, "--frobnicate"),
    ],
)
def test_wrong_calls_say_what_is_wrong(tmp_path, arguments, code, expected):
    done = goemox(*arguments, cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert expected in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_column_lists_those_that_are_there(tmp_path):
    (tmp_path / "a.csv").write_text("title,body\nx,y\n")
    message = refusal(goemox("predict", "--input", tmp_path / "a.csv", "--text-column", "txt"), 4)
    assert "no column 'txt'" in message
    assert "title, body" in message


def test_an_unknown_label_is_named_with_its_row(tmp_path):
    (tmp_path / "a.csv").write_text("text,labels\nfine,joy\nodd,glee\n")
    message = refusal(goemox("evaluate", "--data", tmp_path / "a.csv"), 4)
    assert "a.csv:3" in message
    assert "'glee'" in message


def test_a_text_of_a_megabyte_is_scored_and_marked(tmp_path):
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": "so very happy " * 80_000}) + "\n")
    (row,) = lines(goemox("predict", "--input", tmp_path / "a.jsonl"))
    assert row["truncated"]


def test_evaluate_prints_one_document_with_the_promised_keys(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(
        "".join(
            json.dumps({"text": t, "labels": ls}) + "\n"
            for t, ls in (("Thanks!", ["gratitude"]), ("Ok", ["neutral"]), ("I love it", ["love"]))
        )
    )
    done = goemox("evaluate", "--data", path, "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["n"] == 3
    assert {"metrics", "per_label", "baselines", "thresholds"} <= set(document)
    assert set(document["metrics"]["macro_f1"]) == {"value", "low", "high"}
    table = goemox("evaluate", "--data", path)
    assert "macro_f1" in table.stdout


def test_settings_come_from_flag_then_environment_then_file(tmp_path):
    (tmp_path / "goemox.toml").write_text('model = "from-file"\n')
    assert "from-file" in refusal(goemox("predict", "x", cwd=tmp_path), 4)
    assert "from-env" in refusal(goemox("predict", "x", cwd=tmp_path, GOEMOX_MODEL="from-env"), 4)
    assert "from-flag" in refusal(
        goemox("predict", "x", "--model", "from-flag", cwd=tmp_path, GOEMOX_MODEL="from-env"), 4
    )
    (tmp_path / "goemox.toml").write_text('modle = "x"\n')
    assert "--modle" in refusal(goemox("predict", "x", cwd=tmp_path), 2)


def test_settings_at_the_top_are_passed_over_where_a_call_has_no_use_for_them(tmp_path):
    (tmp_path / "goemox.toml").write_text(
        'text-column = "body"\nlabel-column = "y"\nid-column = "n"\njson = true\n'
    )
    assert goemox("predict", "Thank you!", cwd=tmp_path).returncode == 0
    assert goemox("report", "--schema", cwd=tmp_path).returncode == 0
    assert "--text-column goes with --input" in refusal(
        goemox("predict", "Thank you!", "--text-column", "body", cwd=tmp_path), 2
    )


def test_a_reader_that_leaves_early_causes_no_traceback():
    process = subprocess.Popen(
        [sys.executable, "-m", "goemox", "predict"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    process.stdout.close()
    _, errors = process.communicate("\n".join(f"text {i}" for i in range(3000)).encode(), timeout=120)
    assert b"Traceback" not in errors


@pytest.mark.skipif(os.name == "nt", reason="SIGINT to a child is POSIX's")
def test_an_interrupt_ends_with_130_and_one_line():
    process = subprocess.Popen(
        [sys.executable, "-m", "goemox", "predict"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    waits, until = (
        Path(f"/proc/{process.pid}/wchan"),
        time.monotonic() + (60 if sys.platform == "linux" else 5),
    )
    while time.monotonic() < until and not (waits.exists() and "pipe_read" in waits.read_text()):
        time.sleep(0.02)  # until it waits for stdin
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors.decode().strip() == "goemox: interrupted"


def test_doctor_names_versions_model_and_the_commands_that_mend():
    done = goemox("doctor", "--json")
    document = json.loads(done.stdout)
    names = {finding["name"]: finding for finding in document["findings"]}
    assert names["bundled model"]["state"] == "ok"
    assert "sha256" in names["bundled model"]["detail"]
    assert all(f["remedy"] for f in document["findings"] if f["state"] != "ok")
    assert "goemox" in goemox("doctor").stdout
    broken = goemox("doctor", "--model", "nowhere")
    assert broken.returncode == 1
    assert "PROBLEM" in broken.stdout


def test_the_version_is_the_packages():
    from importlib.metadata import version

    assert goemox("--version").stdout.strip() == f"goemox {version('goemox')}"


@pytest.mark.parametrize(
    "arguments",
    [
        ["predict", "--input", "a.csv", "--errors", "a.csv"],
        ["predict", "--input", "a.csv", "-o", "a.csv"],
        ["predict", "--input", "a.csv", "-o", "b.csv", "--errors", "./b.csv"],
        ["evaluate", "--data", "a.csv", "-o", "a.csv"],
        ["report", "a.csv", "-o", "a.csv"],
    ],
)
def test_nothing_is_written_over_what_is_read(tmp_path, arguments):
    (tmp_path / "a.csv").write_text("text,labels\nThanks!,gratitude\n")
    message = refusal(goemox(*arguments, cwd=tmp_path), 2)
    assert "are the same file" in message
    assert (tmp_path / "a.csv").read_text() == "text,labels\nThanks!,gratitude\n"
    assert len(list(tmp_path.iterdir())) == 1


def test_predictions_are_no_labels_to_evaluate_against(tmp_path):
    (tmp_path / "a.txt").write_text("Thanks!\nOh no\n")
    for name in ("p.csv", "p.jsonl"):
        assert goemox("predict", "--input", tmp_path / "a.txt", "-o", tmp_path / name).returncode == 0
        message = refusal(goemox("evaluate", "--data", tmp_path / name), 4)
        assert "predictions of goemox" in message
        assert "--label-column" in message


def test_rows_without_a_label_are_told_and_a_file_of_them_is_refused(tmp_path):
    (tmp_path / "a.csv").write_text("text,labels\nThanks!,gratitude\nOh no,\n")
    assert "1 of 2 rows has no label" in goemox("evaluate", "--data", tmp_path / "a.csv").stderr
    (tmp_path / "a.csv").write_text("text,labels\nThanks!,\nOh no,\n")
    assert "no row has a label" in refusal(goemox("evaluate", "--data", tmp_path / "a.csv"), 4)


def test_a_dash_as_output_is_stdout_and_a_file_name_as_text_is_hinted_at(tmp_path):
    (tmp_path / "a").write_text("text\nx\n")
    done = goemox("predict", "a", "-o", "-", cwd=tmp_path)
    assert json.loads(done.stdout)["text"] == "a"
    assert "--input a" in done.stderr
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="has no such signals")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_run_that_is_asked_to_end_leaves_nothing_half_made(tmp_path, name):
    how = getattr(signal, name)
    out = tmp_path / "out.jsonl"
    run = subprocess.Popen(
        [sys.executable, "-m", "goemox", "predict", "--tier", "fast", "--input", "-", "-o", str(out)],
        stdin=subprocess.PIPE, stderr=subprocess.DEVNULL,
        preexec_fn=lambda: signal.signal(how, signal.SIG_DFL),
    )  # fmt: skip
    run.stdin.write(b'{"text": "I love it"}\n' * 3000)
    run.stdin.flush()
    deadline = time.monotonic() + 60
    while not any(tmp_path.glob(".out.jsonl.*.part")) and time.monotonic() < deadline:
        time.sleep(0.02)
    run.send_signal(how)
    assert run.wait(60) == 128 + how
    with suppress(BrokenPipeError):
        run.stdin.close()
    assert list(tmp_path.iterdir()) == []
