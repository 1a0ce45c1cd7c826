"""Numbers say what they are, and never more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goemox.report.formats import count, decimal, interval, p_value
from goemox.wording import MISSING, join, percent, plural


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (0.0, "0%"), (1.0, "100%"), (0.0004, "<0.1%"), (0.074, "7.4%"), (0.0996, "10%"), (0.318, "32%"),
        (0.996, "99.6%"), (0.9999, ">99.9%"), (None, MISSING),
    ],
)  # fmt: skip
def test_a_share_is_shown_with_few_digits_and_more_towards_the_ends(share, shown):
    assert percent(share) == shown


@given(st.floats(0, 1))
def test_only_nothing_is_shown_as_0_percent_and_only_everything_as_100_percent(share):
    assert (percent(share) == "0%") == (share == 0)
    assert (percent(share) == "100%") == (100 * share == 100)


def test_decimals_have_a_true_minus_and_hide_no_small_number():
    assert decimal(-0.25, 2) == "\N{MINUS SIGN}0.25"
    assert decimal(0.0001) == "<0.001"
    assert decimal(0.0) == "0.000"
    assert decimal(None) == MISSING


def test_an_interval_with_an_open_end_is_missing():
    assert interval(0.51, 0.55, 2) == "0.51 to 0.55"
    assert interval(0.51, None) == MISSING


def test_counts_p_values_and_lists_read_as_english():
    assert count(43410) == "43,410"
    assert plural(1, "text") == "1 text"
    assert plural(2000, "text") == "2,000 texts"
    assert p_value(0.0004) == "<0.001"
    assert (p_value(0.04), p_value(0.04, at_floor=True), p_value(0.0, True)) == ("0.040", "≤0.040", "<0.001")
    assert [join(["a"]), join(["a", "b"]), join(["a", "b", "c"]), join([])] == [
        "a",
        "a and b",
        "a, b and c",
        "",
    ]
