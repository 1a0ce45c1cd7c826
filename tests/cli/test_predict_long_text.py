"""`--long-text` as a stranger types it, in a process of its own."""

import json

import forked
import pytest

LONG = "The meeting is at noon in the room on the second floor. " * 60 + "I am so happy, what a joyful day!"


def predict(*arguments, **options):
    return forked.goemox("predict", *arguments, **options)


@pytest.fixture
def texts(tmp_path):
    path = tmp_path / "texts.jsonl"
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in (LONG, "Thank you so much!", LONG)))
    return path


def test_what_is_cut_is_told_once_and_the_hint_reads_it_all(texts):
    cut, whole = (predict("--input", texts, *more) for more in ([], ["--long-text", "chunk"]))
    assert cut.returncode == whole.returncode == 0, cut.stderr + whole.stderr
    (told,) = [line for line in cut.stderr.splitlines() if "outside the model's domain" not in line]
    assert told.startswith("2 texts were cut after 512 tokens")
    assert told.endswith("--long-text chunk")
    assert "cut" not in whole.stderr
    first, last = ([json.loads(line) for line in done.stdout.splitlines()] for done in (cut, whole))
    assert [row["truncated"] for row in first] == [True, False, True]
    assert [row["truncated"] for row in last] == [False, False, False]
    assert "joy" not in first[0]["labels"]
    assert "joy" in last[0]["labels"]
    assert last[0]["prediction_set"] is None
    assert last[0]["text"] == LONG
    assert last[1]["labels"] == first[1]["labels"] == ["gratitude"]
    assert last[1]["prediction_set"] == first[1]["prediction_set"]


def test_what_even_chunks_leave_out_is_told():
    done = predict("--long-text", "chunk", "--input", "-", stdin="so happy " * 4_000)
    assert done.returncode == 0
    assert "1 text was read to 20,000 characters only" in done.stderr
    assert json.loads(done.stdout)["truncated"]


def test_another_way_is_refused_with_the_two_that_there_are():
    done = predict("x", "--long-text", "split")
    assert done.returncode == 2
    assert "expected truncate or chunk" in done.stderr
