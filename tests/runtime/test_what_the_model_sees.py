import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from goemox.runtime.tokens import MAX_CHARACTERS, clean_text


@given(st.text(max_size=300))
def test_cleaning_twice_changes_nothing_more(text):
    assert clean_text(clean_text(text)) == clean_text(text)


@example("half \ud800 pair")
@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=300))  # lone surrogates, too
def test_what_comes_out_is_always_valid_utf8(text):
    clean_text(text).encode("utf-8")


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("plain [NAME] text", "plain [NAME] text"),
        ("ﬁne", "fine"),
        ("１２", "12"),
        ("a\x00b\x1b[31m", "a b [31m"),
        ("bad \ud800 half", "bad \ufffd half"),
        ("line\nbreak\ttab", "line\nbreak\ttab"),
        ("emoji 😀 stays", "emoji 😀 stays"),
    ],
)
def test_the_model_sees_a_text_composed_and_without_controls(text, seen):
    assert clean_text(text) == seen


def test_of_all_characters_only_controls_and_lone_surrogates_are_replaced():
    for start in range(0, 0x110000, 1024):  # normalised, still below what is cut
        block = "".join(map(chr, range(start, start + 1024)))
        normal = unicodedata.normalize("NFKC", block)
        seen = {"Cs": "\ufffd", "Cc": " "}
        wanted = "".join(c if c in "\t\n\r" else seen.get(unicodedata.category(c), c) for c in normal)
        assert clean_text(block) == wanted


def test_composed_and_decomposed_letters_are_the_same_text():
    assert clean_text(unicodedata.normalize("NFD", "café")) == clean_text("café")


def test_a_megabyte_is_cut_quickly():
    started = time.process_time()
    assert len(clean_text("ﷺ" * 1_000_000)) == MAX_CHARACTERS
    assert time.process_time() - started < 1.0
