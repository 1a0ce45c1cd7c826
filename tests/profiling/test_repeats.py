"""Rows that say the same again: found by rule, counted, marked, never removed."""

import json
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import goemox
from goemox.data.files import read_records
from goemox.data.splits import normalised
from goemox.profiling.first_seen import FirstSeen, Ids, digests
from goemox.profiling.near import near_key
from goemox.profiling.repeats import Mark, Repeats
from goemox.records import TextRecord


def records(*texts):
    return [TextRecord(f"id{number}", text) for number, text in enumerate(texts, start=1)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Thank you!", "thank you"),
        ("sooooo good", "soo good"),
        ("Caf\u00e9 d\u00e9j\u00e0-vu", "cafe deja vu"),
        ("see https://a.example/1 now", "See www.b.example now..."),
        ("v2beta is out", "V3beta is out!"),
        ("Release 1.2.3 failed", "release 1.2.10 failed"),
        ("I love it \U0001f600", "I love it \u2764\ufe0f"),
    ],
)
def test_these_texts_are_nearly_the_same(one, other):
    assert near_key(normalised(one)) == near_key(normalised(other))
    first, second = Repeats().add(records(one, other))
    assert (first, second) == (Mark(), Mark("id1", "near"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("I love it", "I loved it"),
        ("dog bites man", "man bites dog"),
        ("good", "not good"),
        ("so", "soo"),
        ("\U0001f600", "\u2764\ufe0f"),
        ("!!!", "???"),
        ("https://a.example/1", "https://a.example/2"),
    ],
)
def test_texts_that_differ_in_more_than_their_spelling_are_no_repeats(one, other):
    assert Repeats().add(records(one, other)) == [Mark(), Mark()]


def test_a_row_that_is_the_same_counts_once_and_points_to_the_first():
    repeats = Repeats()
    marks = repeats.add(records("Oh no", "OH  no", "oh no!", "oh NO!", "fine"))
    assert marks == [Mark(), Mark("id1", "same"), Mark("id1", "near"), Mark("id3", "same"), Mark()]
    same, near = repeats.counts("same"), repeats.counts("near")
    assert (same.n, same.share, near.n) == (2, 0.4, 1)
    assert [(group.n, group.first_id) for group in same.examples] == [(2, "id1"), (2, "id3")]


def test_examples_are_the_largest_groups_with_a_text_that_is_not_endless():
    repeats = Repeats()
    repeats.add(records(*["rare"] * 2, *["often " * 100] * 5))
    (often, rare) = repeats.counts("same").examples
    assert (often.n, often.first_id, len(often.text)) == (5, "id3", 200)
    assert (rare.n, rare.text) == (2, "rare")


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(0, 40), max_size=30), max_size=12))
def test_the_first_row_of_a_key_is_found_however_the_stream_is_cut(batches):
    seen, first_of, row = FirstSeen(), {}, 0
    for batch in batches:
        expected = [first_of.setdefault(key, row + offset) for offset, key in enumerate(batch)]
        assert seen.rows(np.array(batch, dtype=np.uint64), row).tolist() == expected
        row += len(batch)


@settings(deadline=None)
@given(st.lists(st.text(st.characters(), max_size=8), max_size=20))
def test_marks_agree_with_comparing_every_text_with_every_other(texts):
    firsts = defaultdict(dict)
    for record, mark in zip(records(*texts), Repeats().add(records(*texts)), strict=True):
        form = normalised(record.text)
        same = firsts["same"].setdefault(form, record.id)
        near = firsts["near"].setdefault(near_key(form), record.id)
        if same != record.id:
            assert mark == Mark(same, "same")
        else:
            assert mark == (Mark() if near == record.id else Mark(near, "near"))


@settings(deadline=None)
@given(st.text())
def test_a_key_is_its_own_key(text):
    key = near_key(normalised(text))
    assert near_key(key) == key
    assert key or not normalised(text)


def test_ids_come_back_as_they_were():
    ids = Ids()
    given_ids = ["", "1", "\u00e9\u6211", "x" * 1_000, "half \ud83d"]
    for row_id in given_ids:
        ids.append(row_id)
    assert [ids[row] for row in range(len(ids))] == given_ids


def test_a_row_costs_less_than_a_hundred_bytes():
    import tracemalloc

    seen = FirstSeen()
    tracemalloc.start()
    for start in range(0, 200_000, 2_000):
        seen.rows(digests([str(n) for n in range(start, start + 2_000)]), start)
    now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert now < 200_000 * 13
    assert peak < 200_000 * 40


@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet"])
def test_marking_writes_every_text_with_its_columns_and_what_it_repeats(tmp_path, ending):
    source, target = tmp_path / "in.csv", tmp_path / f"out.{ending}"
    source.write_text("key,said,stars\nk1,Oh no,1\nk2,OH NO,2\nk3,oh no!,3\nk4,,4\nk5,fine,5\n")
    found = goemox.profile(source, text_column="said", id_column="key", mark=target)
    rows = {r.id: r for r in read_records(target, text_column="said", id_column="key")}
    assert list(rows) == ["k1", "k2", "k3", "k5"]
    marks = {
        key: (r.meta["duplicate_of"] or None, r.meta["duplicate_kind"] or None) for key, r in rows.items()
    }
    assert marks == {"k1": (None, None), "k2": ("k1", "same"), "k3": ("k1", "near"), "k5": (None, None)}
    assert [r.meta["stars"] for r in rows.values()] == ["1", "2", "3", "5"]
    assert (found.same.n, found.near.n, dict(found.unusable)) == (1, 1, {"the text is empty": 1})


def test_labels_of_the_official_table_are_kept_in_the_marked_file(tmp_path):
    (tmp_path / "test.tsv").write_text("I love this\t18\ta\nmeh\t3,27\tb\n")
    goemox.profile(tmp_path / "test.tsv", mark=tmp_path / "out.jsonl")
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [row["labels"] for row in rows] == ["love", "annoyance|neutral"]
