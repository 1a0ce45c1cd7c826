"""`goemox sample` as a stranger types it, in a process of its own."""

import csv
import json

import forked
import pytest


def goemox(*arguments, **options):
    return forked.goemox("sample", *arguments, encoding=None, **options)


def rows(done):
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def folder(tmp_path):
    lines = [f"{i},comment number {i},{i % 5}\n" for i in range(50)]
    (tmp_path / "comments.csv").write_text(
        "id,comment,stars\n" + "".join(lines) + "50,Comment  number 7,1\n51,,1\n"
    )
    return tmp_path


def test_random_rows_keep_their_columns_and_what_was_drawn_from_how_many_is_told(folder):
    done = goemox("comments.csv", "-n", "10", "-o", "to label.jsonl", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout == b""
    found = [json.loads(line) for line in (folder / "to label.jsonl").read_text().splitlines()]
    assert len(found) == 10
    assert all(list(row) == ["id", "text", "stars", "sampling"] for row in found)
    assert {row["sampling"] for row in found} == {"random"}
    told = done.stderr.decode()
    assert "10 random of 50 different texts, in 51 rows" in told
    assert "1 row repeats another's text" in told
    assert "1 row cannot be used; the first: comments.csv:53: the text is empty" in told
    assert "next: goemox label 'to label.jsonl' -o labels.jsonl" in told


def test_the_command_that_comes_next_names_the_model(folder):
    done = goemox("comments.csv", "-n", "9", "-o", "x.jsonl", "--model", "my model", cwd=folder)
    assert "next: goemox label x.jsonl --model 'my model' -o labels.jsonl" in done.stderr.decode()


def test_texts_of_earlier_labels_are_left_out(folder):
    first = goemox("comments.csv", "-n", "30", "-o", "first.jsonl", cwd=folder)
    assert first.returncode == 0, first.stderr
    second = goemox("comments.csv", "-n", "30", "--exclude", "first.jsonl", cwd=folder)
    earlier = {json.loads(line)["text"] for line in (folder / "first.jsonl").read_text().splitlines()}
    texts = {row["text"] for row in rows(second)}
    assert len(texts) == 20
    assert not texts & earlier
    told = second.stderr.decode()
    assert "rows with a text of --exclude left out" in told
    assert "there are only 20 texts, not 30; all were taken" in told


def test_a_file_in_which_somebody_wrote_labels_is_not_written_over(folder):
    assert goemox("comments.csv", "-n", "5", "-o", "draw.csv", cwd=folder).returncode == 0
    again = goemox("comments.csv", "-n", "6", "-o", "draw.csv", cwd=folder)
    assert again.returncode == 0, again.stderr
    header, *lines = (folder / "draw.csv").read_text().splitlines()
    filled = "\n".join([f"{header},labels", *(f"{line},joy" for line in lines[:2]), f"{lines[2]},"]) + "\n"
    (folder / "draw.csv").write_text(filled)
    refused = goemox("comments.csv", "-n", "5", "-o", "draw.csv", cwd=folder)
    assert refused.returncode == 2
    assert (
        "draw.csv: holds labels in 2 rows, which would be lost; give another name" in refused.stderr.decode()
    )
    assert (folder / "draw.csv").read_text() == filled
    forced = goemox("comments.csv", "-n", "5", "-o", "draw.csv", "--force", cwd=folder)
    assert forced.returncode == 0, forced.stderr
    assert (folder / "draw.csv").read_text() != filled


def test_a_text_column_of_another_name_is_told_to_be_called_text(folder):
    done = goemox("comments.csv", "-n", "5", "-o", "draw.csv", cwd=folder)
    assert "the texts of column 'comment' are called 'text' in draw.csv" in done.stderr.decode()
    again = goemox("draw.csv", "-n", "3", "-o", "again.csv", cwd=folder)
    assert "are called" not in again.stderr.decode()


def test_both_kinds_can_be_drawn_from_a_pipe_into_a_table(folder):
    pipe = (folder / "comments.csv").read_bytes()
    done = goemox(
        "-", "-n", "6", "--kind", "both", "-o", "out.csv", "--input-format", "csv", cwd=folder, stdin=pipe
    )
    assert done.returncode == 0, done.stderr
    with (folder / "out.csv").open(encoding="utf-8", newline="") as lines:
        found = list(csv.DictReader(lines))
    assert [row["sampling"] for row in found] == ["random", "informative"] * 3
    assert list(found[0]) == ["id", "text", "stars", "sampling"]
    assert "3 random and 3 informative of 50 different texts" in done.stderr.decode()


def test_a_column_called_sampling_of_ones_own_is_kept(folder):
    (folder / "strata.csv").write_text("id,text,sampling\n1,hello,stratum A\n2,bye,informative\n")
    done = goemox("strata.csv", "-o", "out.csv", cwd=folder)
    assert "2 random of 2 different texts" in done.stderr.decode()
    with (folder / "out.csv").open(encoding="utf-8", newline="") as lines:
        found = {row["id"]: row for row in csv.DictReader(lines)}
    assert list(found["1"]) == ["id", "text", "input_sampling", "sampling"]
    assert (found["1"]["input_sampling"], found["1"]["sampling"]) == ("stratum A", "random")
    assert (found["2"]["input_sampling"], found["2"]["sampling"]) == ("informative", "random")


def test_random_rows_of_what_informative_ones_left_over_are_said_to_stand_for_no_more_than_that(folder):
    lines = (folder / "comments.csv").read_text().splitlines()
    for kind in ("random", "informative"):
        marked = [f"{lines[0]},sampling", *(f"{line},{kind}" for line in lines[1:11])]
        (folder / f"{kind}.csv").write_text("\n".join(marked) + "\n")
    said = [
        goemox("comments.csv", "-n", "5", "--exclude", f"{kind}.csv", cwd=folder).stderr.decode()
        for kind in ("random", "informative")
    ]
    words = "10 texts left out were picked as informative: the rest, and rows drawn from it, do not stand"
    assert [words in each for each in said] == [False, True]


def test_one_text_is_told_in_the_singular(folder):
    (folder / "one.csv").write_text("id,text\n1,hello\n2,Hello\n3,\n")
    told = goemox("one.csv", cwd=folder).stderr.decode()
    assert "1 random of 1 different text, in 2 rows" in told
    assert "1 row repeats another's text" in told
    assert "there is only 1 text, not 100; it was taken" in told
    assert "1 row cannot be used" in told


def test_the_same_seed_draws_the_same_rows_and_another_seed_others(folder):
    one, same, other = (rows(goemox("comments.csv", "-n", "5", "--seed", s, cwd=folder)) for s in (1, 1, 2))
    assert one == same != other


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["missing.csv"], 4, "missing.csv: no such file"),
        (["comments.csv", "--text-column", "nope"], 4, "no column 'nope'"),
        (["empty.csv"], 4, "empty.csv: the file is empty"),
        (["blank.csv"], 4, "nothing to draw from: there are no texts"),
        (["comments.csv", "--exclude", "comments.csv"], 4, "all texts are to be left out"),
        (["comments.csv", "-o", "comments.csv"], 2, "FILE and --output are the same file"),
        (["comments.csv", "--exclude", "e.jsonl", "-o", "e.jsonl"], 2, "--exclude and --output are the same"),
        (["comments.csv", "-o", "x.xlsx"], 2, "the ending does not say a format"),
        (["comments.csv", "-n", "0"], 2, "--number '0': expected 1 or more"),
        (["comments.csv", "--seed", "-1"], 2, "--seed '-1': expected 0 or more"),
    ],
)
def test_what_cannot_be_drawn_from_is_refused(folder, arguments, code, said):
    (folder / "empty.csv").write_text("")
    (folder / "blank.csv").write_text("id,text\n1,\n2, \n")
    done = goemox(*arguments, cwd=folder)
    assert (done.returncode, done.stdout) == (code, b"")
    assert said in " ".join(done.stderr.decode().split())
    assert "Traceback" not in done.stderr.decode()


def test_texts_left_out_are_read_from_the_column_that_is_asked_for_and_none_is_told(tmp_path):
    lines = [f"{i},title {i},body {i % 3}\n" for i in range(20)]
    (tmp_path / "all.csv").write_text("id,title,body\n" + "".join(lines))
    (tmp_path / "done.csv").write_text("id,title,body\n" + "".join(lines[:15]))
    done = goemox("all.csv", "--text-column", "title", "-n", "20", "--exclude", "done.csv", cwd=tmp_path)
    assert {row["id"] for row in rows(done)} <= {str(i) for i in range(15, 20)} | set(range(15, 20))
    (tmp_path / "other.csv").write_text("text\nnothing of it\n")
    done = goemox("all.csv", "--text-column", "title", "-n", "3", "--exclude", "other.csv", cwd=tmp_path)
    assert b"no text of other.csv occurs in all.csv, so none was left out" in done.stderr
