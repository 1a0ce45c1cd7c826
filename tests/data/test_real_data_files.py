"""The real files under GOEMOX_DATA, each read whole."""

import json
from itertools import islice

import pytest

from goemox.data.bad_rows import BadRow
from goemox.data.files import read_records
from goemox.data.labelled import load_labelled
from goemox.labels import GOEMOTIONS

pytestmark = pytest.mark.data


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
def test_every_row_of_a_real_file_is_read_or_named(goemox_data, name, n_rows):
    bad: list[BadRow] = []
    stream = read_records(goemox_data / name, bad_rows=bad)
    records = list(stream)
    assert stream.columns.text == "text"
    assert len(records) + len(bad) == n_rows
    assert {row.reason for row in bad} <= {"the text is empty"}
    assert len(bad) <= 10


def test_a_real_tsv_without_quoting_loses_no_row(goemox_data, tmp_path):
    with (goemox_data / "unlabelled" / "reddit.jsonl").open(encoding="utf-8") as lines:
        part = islice(lines, 11_000, 11_300)  # a quote opens in one text, the next one closes 19 texts below
        texts = [" ".join(json.loads(line)["text"].split()) for line in part]
    path = tmp_path / "plain.tsv"
    path.write_text("id\ttext\n" + "".join(f"r{i}\t{text}\n" for i, text in enumerate(texts)), "utf-8")
    assert [record.id for record in read_records(path)] == [f"r{i}" for i in range(300)]


def test_a_folder_of_the_official_splits_and_each_of_its_files_are_the_same_rows(goemox_data):
    folder = goemox_data / "goemotions"
    records = load_labelled(folder, "dev")
    assert records == list(read_records(folder / "dev.tsv"))
    assert all(record.labels and record.labels <= set(GOEMOTIONS) for record in records)


def test_rows_judged_for_one_emotion_say_so(goemox_data):
    records = load_labelled(goemox_data / "outside" / "jira.jsonl")
    assert len(records) == 3_987
    assert all(record.judged is not None and len(record.judged) == 1 for record in records)
    assert any(record.labels == frozenset() for record in records)
