"""SVG is markup that cannot be broken out of."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goemox.report.svg import element, nice_ceiling, picture, place, text


def test_words_and_values_are_escaped():
    made = text(1.5, 2, '<b>&"', data_name='"><script>')
    assert "<b>" not in made
    assert "<script>" not in made
    assert ElementTree.fromstring(made).get("data-name") == '"><script>'


def test_numbers_keep_two_decimals_and_what_is_none_is_left_out():
    assert element("rect", x=1.23456, y=-0.001, rx=None) == '<rect x="1.23" y="0"/>'


def test_a_picture_names_and_describes_itself():
    root = ElementTree.fromstring(picture("fig-1", 10, 20, "Title", "What is seen", [element("g")]))
    assert root.get("role") == "img"
    named = [root.find(f"*[@id='{key}']").text for key in root.get("aria-labelledby").split()]
    assert named == ["Title", "What is seen"]


@given(st.floats(-2, 2), st.floats(10, 20), st.floats(30, 40))
def test_a_mark_never_leaves_its_axis(value, start, end):
    assert start - 1e-9 <= place(value, 0, 1, start, end) <= end + 1e-9
    assert start - 1e-9 <= place(value, 0, 1, end, start) <= end + 1e-9


def test_an_axis_of_no_length_has_one_place():
    assert place(3, 1, 1, 10, 20) == 10


@pytest.mark.parametrize(("share", "top"), [(0.0, 0.02), (0.12, 0.15), (0.2, 0.2), (0.61, 0.8), (1.0, 1.0)])
def test_the_axis_ends_at_the_next_round_share(share, top):
    assert nice_ceiling(share) == top
