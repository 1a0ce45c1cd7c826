"""What `goemox.profile` says of a collection, figure by figure."""

import json
import sys
from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import goemox
from goemox.errors import InvalidInput, MissingExtra
from goemox.profiling import language
from goemox.profiling.collection import SAMPLE
from goemox.profiling.kinds import kinds_of
from goemox.profiling.language import LanguageReader, language_shares
from goemox.profiling.lengths import LengthCounts
from goemox.profiling.sampling import StreamSample
from goemox.profiling.times import Times, read_times
from goemox.profiling.written_dates import moments_of
from goemox.records import TextRecord


def text(said, **meta):
    return TextRecord("1", said, meta=meta)


def without_language(monkeypatch):
    """As if [language] were not installed."""
    language._identifier.cache_clear()
    monkeypatch.setitem(sys.modules, "py3langid.langid", None)


def test_lengths_have_exact_quantiles():
    counts = LengthCounts()
    counts.add(range(1, 101))
    summary = counts.summary()
    assert (summary.n, summary.mean, summary.minimum, summary.maximum) == (100, 50.5, 1, 100)
    assert (summary.p5, summary.p25, summary.p50, summary.p75, summary.p95, summary.p99) == (
        5,
        25,
        50,
        75,
        95,
        99,
    )
    assert counts.share_over(90) == 0.1
    assert LengthCounts().summary() is None


@settings(deadline=None)
@given(st.lists(st.integers(0, 30), min_size=1))
def test_a_quantile_is_a_length_that_enough_texts_do_not_exceed(lengths):
    counts = LengthCounts()
    counts.add(lengths)
    median = counts.summary().p50
    assert sum(length <= median for length in lengths) >= len(lengths) / 2
    assert sum(length < median for length in lengths) < len(lengths) / 2


@pytest.mark.parametrize(
    ("record", "kinds"),
    [
        (text("Just some words"), []),
        (text("A title", title="A title", body=""), ["title_only"]),
        (text("A title", title="A title", body=None), ["title_only"]),
        (text("A title: with a body", title="A title", body="with a body"), []),
        (text("https://example.org/a?b=c www.example.org"), ["address_only"]),
        (text("see https://example.org"), []),
        (text("Why?\n```\nx = 1\n```"), ["code"]),
        (text("It failed:\nTraceback (most recent call last):\n  File"), ["code"]),
        (text("boom\n\tat com.example.Main.run(Main.java:7)"), ["code"]),
        (text(":-) 100 \U0001f600"), ["without_letters"]),
        (text("我不明白 ok"), ["other_script"]),
        (text("d\u00e9j\u00e0 vu \uff21\uff22"), []),
    ],
)  # fmt: skip
def test_each_kind_of_text_is_told_by_its_looks(record, kinds):
    assert kinds_of(record) == kinds


@pytest.mark.parametrize(
    ("value", "time"),
    [
        ("2024-01-02T03:04:05Z", datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2024-01-02 03:04:05+02:00", datetime(2024, 1, 2, 1, 4, 5, tzinfo=UTC)),
        ("2024-01-02", datetime(2024, 1, 2, tzinfo=UTC)),
        (date(2024, 1, 2), datetime(2024, 1, 2, tzinfo=UTC)),
        (1_700_000_000, datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)),
        ("1700000000", datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)),
        (1_700_000_000_000, datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)),
        ("1611121310123", datetime(2021, 1, 20, 5, 41, 50, 123_000, tzinfo=UTC)),  # in ISO, of 1611
        ("1701021200123", datetime(2023, 11, 26, 17, 53, 20, 123_000, tzinfo=UTC)),
        ("1700000000.5", datetime(2023, 11, 14, 22, 13, 20, 500_000, tzinfo=UTC)),
        ("20240131", datetime(2024, 1, 31, tzinfo=UTC)),
        ("20240131183005", datetime(2024, 1, 31, 18, 30, 5, tzinfo=UTC)),
        (20240131183005, datetime(2024, 1, 31, 18, 30, 5, tzinfo=UTC)),
        ("202401311830", datetime(2024, 1, 31, 18, 30, tzinfo=UTC)),
        ("20241331183005", None), (202413311830, None),
        (915_148_800_000, datetime(1999, 1, 1, tzinfo=UTC)),
        (datetime(2024, 1, 2), datetime(2024, 1, 2, tzinfo=UTC)),
        ("14.03.2026", datetime(2026, 3, 14, tzinfo=UTC)),
        ("4.3.26 6:30", datetime(2026, 3, 4, 6, 30, tzinfo=UTC)),
        ("2026/03/14 18:30:05", datetime(2026, 3, 14, 18, 30, 5, tzinfo=UTC)),
        ("2026-03-14 18:30:05 UTC", datetime(2026, 3, 14, 18, 30, 5, tzinfo=UTC)),
        ("31.02.2026", None), ("1.2.3", None), ("12:30", None), ("14.03.2026 25:00", None),
        ("soon", None), (2015, None),
        (True, None), (float("nan"), None), (1e300, None), ("9999-12-31T23:59:59-23:00", None), ([], None),
    ],
)  # fmt: skip
def test_times_are_read_as_they_are_usually_written(value, time):
    moments = moments_of(value)
    assert (None if moments is None else moments.day_first) == time
    assert moments is None or not moments.slashed


@pytest.mark.parametrize(
    ("dates", "slashes", "read"),
    [
        (["03/04/2026", "03/14/2026 6:30 PM"], "month", [(3, 4, 0), (3, 14, 18)]),
        (["03/04/2026", "14/03/26 12:30 am"], "day", [(4, 3, 0), (3, 14, 0)]),
        (["03-04-2026", "14-03-2026"], "day", [(4, 3, 0), (3, 14, 0)]),
        (["03/04/2026", "05/06/2026"], "unknown", [None, None]),
        (["03/14/2026", "14/03/2026"], "mixed", [None, None]),
    ],
)
def test_a_number_over_twelve_says_for_the_whole_column_what_is_the_day(dates, slashes, read):
    records, times = [text(date, created=date) for date in dates], Times()
    for record in records:
        times.add(record)
    found = read_times(records)
    assert [time and (time.month, time.day, time.hour) for time in found] == read
    span = times.range()
    assert (span.slashes, span.n, span.unreadable) == (slashes, 2 - found.count(None), found.count(None))
    assert (span.first, span.last) == ((None, None) if None in read else (min(found), max(found)))
    assert (span.complaint() is not None) == (None in read)


def test_a_date_is_found_by_any_spelling_of_its_column_or_where_it_is_said_to_be():
    row = text("a", updatedAt="2026-01-01", **{"Created At": "2025-01-01"}, created="nobody", due="1.2.2024")
    assert [time.year for time in (*read_times([row]), *read_times([row], "due"))] == [2025, 2024]
    assert read_times([row], "created") == [None]


def test_the_range_counts_rows_with_and_without_a_readable_time():
    times = Times()
    for record in (
        text("a", time="2024-05-01"),
        text("b", created_at=1_700_000_000),
        text("c", date="soon"),
        text("d"),
    ):
        times.add(record)
    found = times.range()
    assert (found.first.year, found.last.year, found.n, found.unreadable) == (2023, 2024, 2, 1)


def test_times_that_nobody_can_read_are_counted_not_hidden():
    times = Times()
    assert times.range() is None
    times.add(text("a", time="8/4/2016 11:52"))
    found = times.range()
    assert (found.n, found.unreadable, found.column, found.slashes) == (0, 1, "time", "unknown")
    assert found.complaint() == (
        "column 'time': 1 of 1 dates cannot be read (such as '8/4/2016 11:52'), since no number over 12 "
        "tells the day from the month; write them as 2026-03-14 or 14.03.2026 "
        "(choose another column with --date-column)"
    )


def test_a_sample_gives_every_row_the_same_chance():
    hits = [0] * 40
    for seed in range(400):
        kept = {}
        sample, row = StreamSample(10, seed), 0
        for size in (3, 15, 1, 21):
            for place in sample.places(size).tolist():
                if place >= 0:
                    kept[place] = row
                row += 1
        assert sorted(kept) == list(range(10))
        for row in kept.values():
            hits[row] += 1
    assert all(60 < n < 145 for n in hits)  # 100 expected, 5 standard deviations


def test_languages_are_told_apart_and_short_texts_are_left_open():
    pytest.importorskip("py3langid")
    reader = LanguageReader()
    english = [
        "Thank you so much for your help!",
        "I can't believe it failed again",
        "URGENT: server is down",
    ]
    others = {
        "de": "Ich verstehe \u00fcberhaupt nicht, was du meinst",
        "fr": "Je ne comprends pas pourquoi \u00e7a ne marche pas",
        "es": "Muchas gracias por todo, de verdad",
        "ru": "Я не понимаю, о чём ты",
        "zh": "我不明白你的意思",
    }
    assert [reader.language(said) for said in english] == ["en"] * 3
    assert {code: reader.language(said) for code, said in others.items()} == {code: code for code in others}
    for said in ("ok", "https://example.org/de/ueber-uns", "@name #tag", "12 34"):
        assert reader.language(said) is None
    shares = language_shares([*(reader.language(said) for said in (*english, *others.values())), None, None])
    assert (shares.n, shares.english, shares.other, shares.undecided) == (10, 0.3, 0.5, 0.2)


def test_nearly_no_text_of_goemotions_is_taken_for_another_language(goemox_data):
    pytest.importorskip("py3langid")
    from goemox.data.goemotions import read_split

    reader = LanguageReader()
    languages = [
        reader.language(record.text) for record in read_split(goemox_data / "goemotions", "dev")[:1_000]
    ]
    assert language_shares(languages).other < 0.01


def test_without_the_extra_the_profile_is_made_all_the_same(monkeypatch):
    without_language(monkeypatch)
    with pytest.raises(MissingExtra, match=r"pip install 'goemox\[language\]'"):
        LanguageReader()
    for column in (pd.Series(["a b", "c d"]), pl.Series(["a b", "c d"]), np.array(["a b", "c d"])):
        assert goemox.profile(column).n_texts == 2
    found = goemox.profile([text("Thank you"), text("Oh no")])
    assert found.language is None
    assert found.n_texts == 2


def test_a_profile_counts_everything_and_is_json(tmp_path):
    path = tmp_path / "x.jsonl"
    rows = [
        {"text": "Thank you so much!", "source": "web", "time": "2024-01-01"},
        {"text": "thank you so much", "source": "web", "time": "2024-02-01"},
        {"text": "word " * 700, "source": "mail"},
        {"text": " "},
        {"text": None},
        {"text": 7},
        "broken",
    ]
    path.write_text("".join((row if row == "broken" else json.dumps(row)) + "\n" for row in rows))
    found = goemox.profile(path)
    document = json.loads(json.dumps(found.to_dict()))
    assert document["schema"] == "goemox.profile/1"
    assert (document["n_rows"], document["n_texts"]) == (7, 3)
    assert document["unusable"] == {
        "the text is empty": 1, "no text": 1, "'text' holds a number, not text": 1, "not valid JSON": 1,
    }  # fmt: skip
    assert document["encoding"] == "utf-8"
    assert document["columns"] == {"text": "text"}
    assert (document["same"]["n"], document["near"]["n"]) == (0, 1)
    assert document["words"]["maximum"] == 700
    assert (document["tokens"]["limit"], document["tokens"]["trained"]) == (512, 64)
    assert document["tokens"]["over_limit"] == document["tokens"]["over_trained"] == pytest.approx(1 / 3)
    assert document["tokens"]["lengths"]["maximum"] == 512
    assert document["times"]["first"] == "2024-01-01T00:00:00+00:00"
    assert document["sources"] == {"web": 2, "mail": 1}


def test_only_texts_longer_than_where_training_cut_are_over_what_was_trained_on():
    tokens = goemox.profile(["love " * 62, "love " * 63]).to_dict()["tokens"]
    assert (tokens["lengths"]["minimum"], tokens["trained"], tokens["over_trained"]) == (64, 64, 0.5)


def test_texts_in_memory_are_counted_as_those_of_a_file_are(tmp_path):
    texts = ["Thank you so much!", "thank you so much", " ", None, 7]
    path = tmp_path / "x.json"
    path.write_text(json.dumps([{"text": said} for said in texts]))
    told = [goemox.profile(source).to_dict() for source in (texts, (said for said in texts), path)]
    differing = {"name", "encoding", "columns"}
    assert told[0] == told[1]
    assert {key: told[0][key] for key in told[0].keys() - differing} == {
        key: told[2][key] for key in told[2].keys() - differing
    }
    assert told[0]["unusable"] == {
        "the text is empty": 1, "no text": 1, "'text' holds a number, not text": 1,
    }  # fmt: skip


def test_a_table_is_no_list_of_texts_and_a_misspelt_argument_is_named():
    with pytest.raises(InvalidInput, match=r"a dict is no list of texts; give one column of it"):
        goemox.profile({"text": ["Thank you"]})
    with pytest.raises(TypeError, match=r"^profile\(\) got an unexpected keyword argument 'text_colum'"):
        goemox.profile("x.csv", text_colum="body")


def test_of_many_texts_tokens_are_counted_on_a_sample_and_all_else_on_every_text(monkeypatch):
    without_language(monkeypatch)
    found = goemox.profile(TextRecord(str(n), f"text {n % 7}") for n in range(SAMPLE + 500))
    assert found.n_texts == found.characters.n == SAMPLE + 500
    assert found.tokens.lengths.n == SAMPLE
    assert found.same.n == SAMPLE + 500 - 7


def test_a_collection_without_a_single_text_is_refused(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("text,n\n,1\n,2\n")
    with pytest.raises(
        InvalidInput, match=f"{path}: no row holds a text; the first: {path}:2: the text is empty"
    ):
        goemox.profile(path)
    with pytest.raises(InvalidInput, match="texts: no row holds a text"):
        goemox.profile([])


def test_columns_of_the_names_that_marks_have_are_kept(tmp_path):
    marked = tmp_path / "marked.jsonl"
    rows = [
        TextRecord(str(i), "same", meta={"duplicate_of": f"own {i}", "input_duplicate_of": i})
        for i in range(2)
    ]
    goemox.profile(rows, mark=str(marked))
    found = [json.loads(line) for line in marked.read_text("utf-8").splitlines()]
    assert [row["input_input_duplicate_of"] for row in found] == ["own 0", "own 1"]
    assert [row["input_duplicate_of"] for row in found] == [0, 1]
    assert [row["duplicate_of"] for row in found] == [None, "0"]
