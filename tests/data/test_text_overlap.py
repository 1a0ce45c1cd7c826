"""Texts that occur twice."""

from hypothesis import given, settings
from hypothesis import strategies as st

from goemox.data.splits import duplicates, find_overlap, normalised
from goemox.records import TextRecord


def test_case_white_space_and_compatibility_forms_do_not_make_another_text():
    assert normalised("  Hello\u00a0\tWORLD\n") == "hello world"
    assert normalised("\ufb01ne \u2460 Stra\u00dfe") == "fine 1 strasse"
    assert normalised("fine!") != normalised("fine")


def test_overlap_names_the_rows_of_the_other_set_in_order():
    assert find_overlap(["A cat", "a dog"], ["a  CAT", "a bird", "A Dog", "a cat"]) == [0, 2, 3]
    assert find_overlap([], ["a"]) == []


def test_duplicates_counts_repeats_not_groups():
    records = [TextRecord(str(n), text) for n, text in enumerate(["a", "A", " a ", "b", "c", "B"])]
    assert duplicates(records) == 3
    assert duplicates([]) == 0


@settings(deadline=None)
@given(st.lists(st.text(max_size=5)), st.text(max_size=5))
def test_a_set_overlaps_itself_completely(texts, extra):
    assert find_overlap([*texts, extra], texts) == list(range(len(texts)))
