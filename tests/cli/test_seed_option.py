"""A seed is a whole number that every generator takes, for every verb that draws at random."""

import json

import forked
import pytest

VERBS = {
    "sample": ["texts.jsonl", "--kind", "both", "-n", "4"],
    "shift": ["--target", "here=texts.jsonl"],
    "study": ["--domain", "here=texts.jsonl", "--output-dir", "report"],
    "train": ["--data", "texts.jsonl", "--output-dir", "model"],
}


def goemox(*arguments, cwd):
    return forked.goemox(*arguments, cwd=cwd, encoding=None)


@pytest.fixture
def folder(tmp_path):
    rows = [json.dumps({"id": i, "text": f"I like number {i} a lot"}) + "\n" for i in range(60)]
    (tmp_path / "texts.jsonl").write_text("".join(rows))
    return tmp_path


@pytest.mark.parametrize("seed", ["-1", "12345678901234567890123", "0.5"])
@pytest.mark.parametrize("verb", VERBS)
def test_another_seed_is_a_usage_error_and_no_traceback(folder, verb, seed):
    done = goemox(verb, *VERBS[verb], "--seed", seed, cwd=folder)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"--seed '" in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("verb", ["sample", "shift"])
def test_the_largest_seed_works(folder, verb):
    done = goemox(verb, *VERBS[verb], "--seed", str(2**32 - 1), cwd=folder)
    assert done.returncode == 0, done.stderr
