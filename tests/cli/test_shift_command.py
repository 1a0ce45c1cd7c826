"""`goemox shift` as a stranger types it, in a process of its own."""

import json

import pytest
from forked import goemox


@pytest.fixture(scope="module")
def titles(tmp_path_factory):
    path = tmp_path_factory.mktemp("shift") / "titles.csv"
    rows = [f"{i},Fix the build of module {i} on Windows and Linux" for i in range(70)]
    path.write_text("number,title\n" + "\n".join([*rows, rows[0]]) + "\n")
    return path


def test_the_answer_comes_first_and_in_words(titles):
    done = goemox("shift", "--target", f"issue titles={titles}")
    assert done.returncode == 0, done.stderr
    assert "compared with the model's own domain (5,426 texts)" in done.stdout
    first = done.stdout.split("- ")[1]
    assert first.startswith("Was it collapse, or is it the texts?")
    assert "of 100 texts in “issue titles” neutral" in " ".join(first.split())
    assert max(len(line) for line in done.stdout.splitlines()) <= 100
    assert "≤ 0.002" in done.stdout  # 500 permutations, none as extreme
    assert "issue titles: left out as repeats: 1" in done.stderr


def test_json_is_one_document_and_goes_where_it_is_told(titles, tmp_path):
    target = tmp_path / "shift.json"
    done = goemox("shift", "--target", f"a={titles}", "--target", f"b={titles}", "--json", "-o", target)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    content = json.loads(target.read_text())
    assert [entry["name"] for entry in content["targets"]] == ["a", "b"]
    assert set(content["targets"][0]) >= {"label_share", "distance", "tests", "neutral", "naive", "answers"}


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--target", "titles.csv"), 2, "expected NAME=FILE"),
        (("--target", "a=nowhere.csv"), 4, "nowhere.csv"),
        (("--target", "a={titles}", "--target", "a={titles}"), 2, "given twice"),
        (("--target", "a={titles}", "--text-column", "body"), 4, "no column 'body'"),
        (("--target", "a={titles}", "--reference", "{titles}"), 2, "are the same file"),
        (("--target", "a={titles}", "--naive", "nowhere"), 4, "no such model folder"),
        (("--target", "a={titles}", "-o", "{titles}"), 2, "nothing was written"),
    ],
)
def test_a_call_that_cannot_work_says_why(titles, arguments, code, message):
    done = goemox("shift", *(argument.format(titles=titles) for argument in arguments))
    assert done.returncode == code, done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_few_texts_are_described_but_nothing_is_claimed(tmp_path):
    (tmp_path / "few.txt").write_text("build fails\nI love it\nthanks\n")
    done = goemox("shift", "--target", f"few={tmp_path / 'few.txt'}")
    assert done.returncode == 0
    assert "3 texts are too few to say what changes" in " ".join(done.stdout.split())
