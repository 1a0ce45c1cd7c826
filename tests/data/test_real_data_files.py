"""The real files under GOEMOX_DATA, each read whole."""

import os
from pathlib import Path

import pytest

from goemox.data.bad_rows import BadRow
from goemox.data.files import read_records
from goemox.data.labelled import load_labelled
from goemox.labels import GOEMOTIONS

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(
        "GOEMOX_DATA" not in os.environ, reason="GOEMOX_DATA is unset: the real files are not here"
    ),
]


def data_folder():
    return Path(os.environ["GOEMOX_DATA"])


@pytest.mark.parametrize(
    ("name", "n_rows"),
    [
        ("hackernews/titles_2015_2016.jsonl", 20_000),
        ("hackernews/titles_2026.jsonl", 2_207),
        ("hackernews/comments_2007_2015.jsonl", 1_563),
        ("github_issues/titles.jsonl", 20_000),
        ("github_issues/issues_nlbse2024.jsonl", 2_936),
        ("outside/headlines.jsonl", 4_999),
    ],
)
def test_every_row_of_a_real_file_is_read_or_named(name, n_rows):
    bad: list[BadRow] = []
    stream = read_records(data_folder() / name, bad_rows=bad)
    records = list(stream)
    assert stream.columns.text == "text"
    assert len(records) + len(bad) == n_rows
    assert {row.reason for row in bad} <= {"the text is empty"}
    assert len(bad) <= 10


@pytest.mark.parametrize(("split", "n_rows"), [("train", 43_410), ("dev", 5_426), ("test", 5_427)])
def test_the_official_splits_have_their_published_sizes(split, n_rows):
    records = load_labelled(data_folder() / "goemotions", split)
    assert len(records) == n_rows
    assert all(record.labels and record.labels <= set(GOEMOTIONS) for record in records)
    assert len(list(read_records(data_folder() / "goemotions" / f"{split}.tsv"))) == n_rows


def test_rows_judged_for_one_emotion_say_so():
    records = load_labelled(data_folder() / "outside" / "jira.jsonl")
    assert len(records) == 3_987
    assert all(record.judged is not None and len(record.judged) == 1 for record in records)
    assert any(record.labels == frozenset() for record in records)
