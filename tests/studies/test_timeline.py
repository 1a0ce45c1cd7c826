"""Periods fit the dates that a domain has; what is undated, empty or too small is told, not joined."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from goemox.records import TextRecord
from goemox.studies.timeline import timeline, tracked_labels

LABELS = ("joy", "fear", "neutral")


def records(times):
    return [TextRecord(str(i), f"text {i}", meta={"created_at": time}) for i, time in enumerate(times)]


def days(n, step, start=datetime(2020, 1, 1, tzinfo=UTC)):
    return [(start + timedelta(hours=i * step)).isoformat() for i in range(n)]


def line(times, decided=None, tracked=("neutral",)):
    rows = records(times)
    held = np.tile([False, False, True], (len(rows), 1)) if decided is None else decided
    return timeline(rows, LABELS, held, list(tracked), 0)


@pytest.mark.parametrize(
    ("n", "hours_apart", "unit", "n_periods"),
    [
        (600, 0.05, "hour", 30),
        (600, 0.8, "day", 20),
        (600, 6, "week", 22),
        (600, 24, "month", 20),
        (600, 48, "quarter", 14),
        (600, 140, "year", 10),
        (60, 1200, "year", 9),  # all periods are small: still years
        (100, 170, "year", 2),  # enough in each only in two
        (150, 48, "quarter", 4),  # ten months: too few texts for months
    ],
)
def test_the_unit_gives_six_to_thirty_six_periods_of_enough_texts(n, hours_apart, unit, n_periods):
    found = line(days(n, hours_apart))
    assert (found["unit"], len(found["periods"])) == (unit, n_periods)
    assert sum(period["n"] for period in found["periods"]) == found["n"] == n


def test_periods_are_those_of_the_calendar_and_weeks_start_on_monday():
    found = line(days(600, 6, datetime(2024, 2, 28, tzinfo=UTC)))
    starts = [datetime.fromisoformat(period["start"]) for period in found["periods"]]
    assert {start.weekday() for start in starts} == {0}
    assert starts[0] == datetime(2024, 2, 26)
    assert [p["end"] for p in found["periods"][:-1]] == [p["start"] for p in found["periods"][1:]]


def test_times_are_counted_in_utc():
    late = ["2021-12-31T23:30:00-05:00"] * 60 + ["2020-06-01T00:00:00Z"] * 60
    assert [period["start"] for period in line(late)["periods"]][-1].startswith("2022")


def test_empty_periods_stay_and_say_nothing():
    found = line(["2015-05-05"] * 60 + ["2018-05-05"] * 60)
    assert [period["n"] for period in found["periods"]] == [60, 0, 0, 60]
    assert found["periods"][1]["label_share"] is None
    assert found["periods"][0]["label_share"] == {"neutral": 1.0}


def test_undated_unreadable_and_impossible_dates_are_counted():
    found = line([*days(200, 24), None, "", "soon", "2020", "0001-01-01", "9999-12-31", "1970-01-01"])
    assert (found["n"], found["n_undated"]) == (200, 7)


def test_a_few_dates_beyond_years_without_any_do_not_choose_the_unit():
    found = line([*days(400, 24), "2051-02-03", "2045-01-01", "2009-01-01"])
    assert (found["unit"], found["n"], found["n_undated"]) == ("month", 400, 3)
    many = line([*days(400, 24), *["2009-01-01"] * 20])
    assert (many["n_undated"], many["periods"][0]["n"]) == (0, 20)


@pytest.mark.parametrize(
    "times",
    [
        days(49, 24),
        [None] * 500,
        ["2020-01-01T10:05"] * 500,
        days(49, 24) + ["never"] * 100,
        ["1910-01-01"] * 60 + ["2020-01-01"] * 60,
    ],
    ids=["too few", "undated", "one hour", "too few dated", "none near the middle"],
)
def test_too_few_dates_or_a_single_hour_make_no_time_line(times):
    assert line(times) is None


def test_a_domain_without_any_label_has_no_time_line():
    assert line(days(100, 24), tracked=()) is None


def test_a_planted_rise_is_found_and_told_by_halves_and_a_flat_label_is_not():
    dice = np.random.default_rng(2)
    n = 1200
    decided = np.column_stack(
        [dice.random(n) < np.linspace(0.05, 0.25, n), dice.random(n) < 0.2, np.ones(n, dtype=bool)]
    )
    found = line(days(n, 24), decided, LABELS)
    assert found["moved"] == ["joy"]
    joy, fear, neutral = found["tests"]
    assert joy["trend"] == "rising"
    assert joy["later_half"] > joy["earlier_half"] + 0.05
    assert fear["p_adjusted"] > 0.05
    assert neutral["p_adjusted"] == 1.0


def test_only_periods_of_twenty_texts_are_called_lowest_or_highest():
    times = ["2015-05-05"] * 60 + ["2016-05-05"] * 60 + ["2017-05-05"] * 3
    decided = np.zeros((123, 3), dtype=bool)
    decided[120:, 0] = True
    decided[60:70, 0] = True
    (joy,) = line(times, decided, ["joy"])["tests"]
    assert (joy["lowest"], joy["highest"]) == ("2015-01-01", "2016-01-01")


def test_a_rise_over_many_small_years_is_found_though_none_is_called_highest():
    decided = np.tile(np.arange(110)[:, None] >= 55, (1, 3))
    found = line([f"{2016 + i // 11}-05-05" for i in range(110)], decided, ["joy"])
    assert (found["moved"], found["tests"][0]["trend"], found["tests"][0]["highest"]) == (
        ["joy"],
        "rising",
        None,
    )


def test_the_order_of_the_rows_changes_nothing():
    times = days(300, 60)
    assert line(times) == line(times[::-1])


def test_tracked_are_neutral_and_then_the_most_frequent_of_these_texts():
    share = {f"l{i}": (i + 1) / 20 for i in range(12)} | {"l3": 0.0, "neutral": 0.01}
    assert tracked_labels(share) == ["neutral", "l11", "l10", "l9", "l8", "l7", "l6", "l5"]
    assert tracked_labels({"joy": 0.1, "fear": 0.0}) == ["joy"]
