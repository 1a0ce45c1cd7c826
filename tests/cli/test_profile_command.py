"""`goemox profile` as a stranger types it, in a process of its own."""

import gzip
import json

import forked
import pytest

ROWS = (
    "id,comment,source\n1,Thank you so much!,web\n2,thank you SO much,web\n3,THANK YOU SO MUCH!,mail\n4,,\n"
)


def goemox(*arguments, **options):
    return forked.goemox(*arguments, encoding=None, **options)


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "comments.csv"
    path.write_text(ROWS)
    return path


def test_a_profile_is_a_table_for_people_and_what_was_guessed_is_on_stderr(table, tmp_path):
    marked = tmp_path / "marked.csv"
    done = goemox("profile", table, "--mark", marked)
    assert done.returncode == 0, done.stderr
    lines = [" ".join(line.split()) for line in done.stdout.decode().splitlines()]
    assert lines[0] == str(table)
    for line in (
        "texts 3",
        "unusable 1 the text is empty",
        "encoding utf-8",
        "columns text = comment, id = id",
        "repeats 1 33.3 %",
        "near-duplicates 1 33.3 %",
        "over 512 tokens 0.0 % (cut by the model)",
        "source 2 web",
    ):
        assert line in lines
    told = done.stderr.decode()
    assert "texts are read from column 'comment', by its name" in told
    assert f"3 texts written to {marked}, 2 of them marked" in told
    assert marked.read_text().splitlines()[1:] == [
        "1,Thank you so much!,web,,",
        "2,thank you SO much,web,1,near",
        "3,THANK YOU SO MUCH!,mail,1,same",
    ]


def test_a_profile_of_a_packed_table_from_a_pipe_is_one_json_document():
    done = goemox("profile", "-", "--json", stdin=gzip.compress(ROWS.encode()))
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["schema"], found["name"], found["n_texts"]) == ("goemox.profile/1", "stdin", 3)
    assert (found["same"]["n"], found["near"]["n"]) == (1, 1)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["missing.csv"], 4, "goemox: missing.csv: no such file"),
        (["a.csv", "--mark", "a.csv"], 2, "FILE and --mark are the same file"),
        (["a.csv", "--mark", "out.xlsx"], 2, "the ending does not say a format"),
        (["a.csv", "--encoding", "utf-9"], 2, "encoding 'utf-9' does not exist"),
        (["empty.csv"], 4, "goemox: empty.csv: the file is empty"),
    ],
)
def test_what_cannot_be_profiled_is_refused_in_one_line(tmp_path, arguments, code, said):
    (tmp_path / "a.csv").write_text(ROWS)
    (tmp_path / "empty.csv").write_text("")
    done = goemox("profile", *arguments, cwd=tmp_path)
    assert done.returncode == code
    assert said in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()
    assert done.stdout == b""


def test_a_format_and_an_encoding_can_be_named_for_predict_too(tmp_path):
    (tmp_path / "a.log").write_bytes("id,text\nx,d\u00e9j\u00e0 vu again\n".encode("utf-16-le"))
    done = goemox("predict", "-i", "a.log", "--input-format", "csv", "--encoding", "utf-16-le", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    row = json.loads(done.stdout)
    assert (row["id"], row["text"]) == ("x", "d\u00e9j\u00e0 vu again")
    done = goemox("predict", "a text", "--input-format", "csv", cwd=tmp_path)
    assert done.returncode == 2
    assert b"--input-format goes with --input FILE" in done.stderr
