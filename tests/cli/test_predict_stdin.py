"""Rows of a pipe that comes to no end: each is answered when it has come."""

import json
import os
import signal
import subprocess
import sys
from threading import Event

import pytest
from forked import goemox

from goemox.cli import predict_stdin
from goemox.cli.predict_stdin import as_they_come
from goemox.errors import InvalidInput


@pytest.mark.skipif(os.name == "nt", reason="SIGINT to a child is POSIX's")
def test_lines_are_answered_while_the_pipe_is_open_and_ctrl_c_still_ends_it():
    with subprocess.Popen(
        [sys.executable, "-m", "goemox", "predict"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        answers = []
        for written in (b"Thank you!\n", b"Oh no\nso sad\n"):
            process.stdin.write(written)
            process.stdin.flush()
            answers += [json.loads(process.stdout.readline()) for _ in range(written.count(b"\n"))]
        assert [(row["id"], row["text"]) for row in answers] == [
            ("1", "Thank you!"), ("2", "Oh no"), ("3", "so sad"),
        ]  # fmt: skip
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors.decode() == "goemox: interrupted\n"


def test_a_chunk_waits_for_no_row_that_has_not_come():
    goes_on = Event()

    def rows():
        yield "first"
        goes_on.wait(60)
        yield "second"

    chunks = as_they_come(rows(), 4)
    assert next(chunks) == ["first"]
    goes_on.set()
    assert list(chunks) == [["second"]]


def test_rows_that_come_fast_fill_chunks_and_a_failure_comes_after_the_rows_before_it(monkeypatch):
    monkeypatch.setattr(predict_stdin, "PAUSE", 60)
    monkeypatch.setattr(predict_stdin, "LONGEST", 60)

    def rows():
        yield from range(10)
        raise InvalidInput("stdin:11: not UTF-8")

    chunks = as_they_come(rows(), 4)
    assert [next(chunks) for _ in range(3)] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    with pytest.raises(InvalidInput, match="stdin:11"):
        next(chunks)
    assert list(as_they_come(iter([]), 4)) == []
    assert list(as_they_come(iter(range(4)), 4)) == [[0, 1, 2, 3]]


def test_a_dash_in_the_place_of_texts_is_standard_input_as_behind_the_option():
    piped, told = "id,text\n7,Thank you!\n", []
    for asked in (("-",), ("--input", "-"), ("-", "--id-column", "id")):
        done = goemox("predict", *asked, stdin=piped)
        assert done.returncode == 0, done.stderr
        told.append([(row["id"], row["text"]) for row in map(json.loads, done.stdout.splitlines())])
    assert told == [[("7", "Thank you!")]] * 3
