"""Which key a label gets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goemox.cli import keyboard
from goemox.cli.keyboard import keys_in
from goemox.errors import UsageError
from goemox.labelling.keys import MOST_LABELS, assign_keys
from goemox.labels import GOEMOTIONS


def test_of_labels_with_one_initial_the_shortest_gets_it_and_the_other_its_next_free_letter():
    assert assign_keys(["joyful", "joy", "anger"]) == {"joyful": "o", "joy": "j", "anger": "a"}


def test_a_label_without_a_free_letter_gets_any_letter_and_then_a_digit():
    assert assign_keys(["a", "b", "ab", "ba"]) == {"a": "a", "b": "b", "ab": "c", "ba": "d"}
    letters = [chr(ord("a") + i) for i in range(26)]
    assert assign_keys([*letters, "aa", "B"]) == {
        **dict(zip(letters, letters, strict=True)),
        "aa": "1",
        "B": "2",
    }


def test_the_emotions_of_goemotions_that_people_know_best_have_their_initials():
    keys = assign_keys(GOEMOTIONS)
    assert list(keys) == list(GOEMOTIONS)
    for label in ("anger", "desire", "fear", "grief", "joy", "love", "neutral", "pride", "sadness"):
        assert keys[label] == label[0]


@given(st.lists(st.text(max_size=8), min_size=1, max_size=MOST_LABELS, unique=True))
def test_every_label_has_a_key_of_its_own_that_any_keyboard_has(labels):
    keys = assign_keys(labels)
    assert list(keys) == labels
    assert len(set(keys.values())) == len(labels)
    assert all(len(key) == 1 and key.isascii() and key.isalnum() for key in keys.values())


def test_more_labels_than_keys_are_refused_with_a_way_out():
    with pytest.raises(UsageError, match=r"63 labels are more than the 62 keys there are; .*--labels"):
        assign_keys([f"label {i}" for i in range(MOST_LABELS + 1)])


@pytest.mark.parametrize("code", ["\x1b[3~", "\x1b[15~", "\x01", "\x1b[Z", "\x1b[H", "\x1b[[A", "\x1b[1;5C"])
def test_a_key_without_a_meaning_is_no_end_of_the_session(monkeypatch, code):
    assert keys_in(code) == []
    typed = iter([code.encode(), b"j", b""])
    monkeypatch.setattr(keyboard, "_read", lambda descriptor: next(typed))
    assert keyboard._pressed(0) == ["j"]
    assert keyboard._pressed(0) == []  # the terminal is gone
