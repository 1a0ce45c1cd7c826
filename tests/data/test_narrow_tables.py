"""Tables for people on terminals of any width: what is cut is the text, never what was asked for."""

import os
import re
import subprocess
import sys

import pytest

from goemox.cli.text_table import text_table
from goemox.data.table import write_table
from goemox.prediction import Prediction
from goemox.records import TextRecord

LONG = "Thank you so much for this, I really love how it came out and what you did with the old one"
STEERING = "\x1b["


def shown(monkeypatch, capfdbinary, columns, text=LONG, **variables):
    monkeypatch.setenv("COLUMNS", str(columns))
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    scores = {"gratitude": 0.89, "love": 0.69, "disappointment": 0.4, "neutral": 0.1}
    record = TextRecord("comment-000001", text)
    found = Prediction(
        id=record.id, labels=("gratitude", "love", "disappointment"), scores=scores,
        domain_percentile=99.6, in_domain=False,
    )  # fmt: skip
    assert write_table([(record, found)], None) == 1
    return capfdbinary.readouterr().out.decode()


@pytest.mark.parametrize("columns", [20, 30, 40, 63, 64, 79, 80, 120, 300])
def test_labels_and_distance_are_whole_at_every_width(monkeypatch, capfdbinary, columns):
    table = shown(monkeypatch, capfdbinary, columns)
    assert max(map(len, table.splitlines())) <= columns
    for told in ("gratitude 0.89", "love 0.69", "disappointment 0.40"):
        assert told in (table if columns > 20 else " ".join(table.split()))
    assert "99.6 % outside" in " ".join(table.split())
    assert "Tha" in table


@pytest.mark.parametrize("columns", [40, 80])
def test_wide_letters_do_not_push_a_line_beyond_the_edge(monkeypatch, capfdbinary, columns):
    table = shown(monkeypatch, capfdbinary, columns, "ありがとう" * 30)
    assert "gratitude 0.89" in table
    assert all(len(line) + len(re.findall(r"[あ-ん]", line)) <= columns for line in table.splitlines())


def on_a_terminal(*arguments, **variables):
    """What a command writes to a terminal of 80 columns."""
    pty = pytest.importorskip("pty", reason="needs a POSIX terminal")
    ours, theirs = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS")}
    done = subprocess.run(
        [sys.executable, "-m", "goemox", *arguments], stdin=subprocess.DEVNULL, stdout=theirs,
        stderr=subprocess.PIPE, check=True, timeout=60, env=environment | variables,
    )  # fmt: skip
    os.close(theirs)
    text = os.read(ours, 100_000).decode()
    os.close(ours)
    return text + done.stderr.decode()


def test_colours_are_shown_on_a_terminal_that_has_them():
    assert STEERING in on_a_terminal("predict", "Thank you so much!", TERM="xterm-256color")


@pytest.mark.parametrize(
    "variables", [{"NO_COLOR": "1", "TERM": "xterm-256color"}, {"TERM": "dumb"}], ids=str
)
def test_nobody_who_wants_none_gets_colours(variables):
    text = on_a_terminal("predict", "Thank you so much!", **variables)
    assert "gratitude 1.00" in text
    assert STEERING not in text


def test_a_table_that_is_too_wide_becomes_paragraphs(monkeypatch):
    head, rows = ("label", "support", "95 % interval"), [("joy", "12", "0.1 – 0.2"), ("love", "", "")]
    wide = text_table(head, rows)
    assert wide.splitlines()[0] == "label  support  95 % interval"
    monkeypatch.setenv("COLUMNS", "25")
    assert text_table(head, rows) == ("label:\njoy\n  support 12\n  95 % interval 0.1 – 0.2\nlove\n")
    monkeypatch.setenv("COLUMNS", "80")
    assert text_table(head, rows) == wide
