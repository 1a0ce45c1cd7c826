"""A rater's way through the texts: keys in, what is to be written out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goemox.labelling.keys import Control
from goemox.labelling.session import Save, Session, TakeBack

LABELS = ("joy", "anger", "fear")
JOY, ANGER = frozenset({"joy"}), frozenset({"anger"})


def session(n_rows=3, saved=None):
    return Session(n_rows, LABELS, saved or {})


def press(at, *keys):
    """Press keys and give all that is to be written."""
    return [step for key in keys if (step := at.press(key)) is not None]


def test_keys_turn_labels_on_and_off_and_enter_saves_those_that_are_on():
    at = session()
    assert press(at, "j", "a", "f", "a", Control.save) == [Save(0, frozenset({"joy", "fear"}))]
    assert (at.row, at.chosen) == (1, frozenset())


def test_a_text_without_emotion_takes_two_enters_and_any_other_key_calls_it_off():
    at = session()
    assert press(at, Control.save) == []
    assert "no emotion at all?" in at.message
    assert press(at, "j", "j", Control.save) == []
    assert press(at, Control.save) == [Save(0, frozenset())]
    assert at.row == 1


def test_a_skipped_text_comes_again_when_the_others_are_done():
    at = session()
    steps = press(at, Control.skip, "j", Control.save, "j", Control.save)
    assert steps == [Save(1, JOY), Save(2, JOY)]
    assert (at.row, at.n_skipped) == (0, 1)
    assert press(at, "a", Control.save) == [Save(0, ANGER)]
    assert (at.row, at.n_skipped) == (None, 0)


def test_skipping_the_only_text_left_says_so_and_shows_it_again():
    at = session(1)
    press(at, Control.skip)
    assert at.row == 0
    assert "the only text left" in at.message


def test_going_back_shows_the_saved_labels_and_saving_others_replaces_them():
    at = session()
    press(at, "j", Control.save, Control.back)
    assert (at.row, at.chosen) == (0, JOY)
    assert press(at, "j", "a", Control.save) == [Save(0, ANGER)]
    assert at.saved == {0: ANGER}


def test_saving_the_same_labels_again_writes_nothing():
    at = session()
    press(at, "j", Control.save, Control.back)
    assert press(at, Control.save) == []
    assert at.row == 1


def test_going_back_can_be_done_as_often_as_texts_were_seen_also_over_skipped_ones():
    at = session()
    press(at, "j", Control.save, Control.skip, Control.back)
    assert at.row == 1
    press(at, Control.back)
    assert at.row == 0
    press(at, Control.back)
    assert (at.row, at.message) == (0, "this is the first text")
    press(at, Control.save, "j", Control.save, "j", Control.save)
    assert at.row is None


def test_marks_that_were_not_saved_are_there_again_after_going_back_and_forth():
    at = session()
    press(at, "j", Control.save, "a", Control.back, Control.save)
    assert (at.row, at.chosen) == (1, ANGER)


def test_skipping_a_labelled_text_takes_its_labels_back_only_when_asked_twice():
    at = session()
    press(at, "j", Control.save, Control.back)
    assert press(at, Control.skip) == []
    assert at.saved == {0: JOY}
    assert press(at, Control.skip) == [TakeBack(0)]
    assert (at.saved, at.row, at.n_skipped) == ({}, 1, 1)


def test_a_session_goes_on_at_the_first_text_without_labels_and_leads_back_to_earlier_ones():
    at = session(3, {1: ANGER, 0: JOY})
    assert at.row == 2
    press(at, Control.back)
    assert (at.row, at.chosen) == (0, JOY)  # the one that was saved last
    press(at, Control.back)
    assert (at.row, at.chosen) == (1, ANGER)


def test_when_all_are_labelled_the_last_can_still_be_changed_and_enter_ends():
    at = session(1, {0: JOY})
    assert at.row is None
    assert press(at, "a") == []
    assert not at.is_over
    press(at, Control.back)
    assert press(at, "a", Control.save) == [Save(0, JOY | ANGER)]
    press(at, Control.save)
    assert at.is_over


def test_quitting_ends_at_once_and_saves_nothing():
    at = session()
    assert press(at, "j", Control.quit) == []
    assert at.is_over
    assert at.saved == {}


def test_help_goes_away_with_any_key_and_that_key_does_nothing_else():
    at = session()
    press(at, Control.help)
    assert at.shows_help
    press(at, "j")
    assert (at.shows_help, at.chosen) == (False, frozenset())
    press(at, Control.help, Control.quit)
    assert at.is_over


def test_a_key_of_no_label_is_told_and_caps_lock_does_no_harm():
    at = session()
    press(at, "z")
    assert "no label has the key 'z'" in at.message
    press(at, "J")
    assert (at.chosen, at.message) == (JOY, "")


def test_pages_of_a_long_text_start_anew_with_the_next_text():
    at = session()
    press(at, Control.more, Control.more, Control.less)
    assert at.page == 1
    press(at, "j", Control.save)
    assert at.page == 0


KEYS = st.sampled_from(["j", "a", "z", *Control])


@pytest.mark.parametrize("saved", [{}, {0: JOY, 2: ANGER}])
@given(keys=st.lists(KEYS, max_size=60))
def test_whatever_is_pressed_what_was_written_is_what_is_saved(saved, keys):
    at = Session(4, LABELS, saved)
    written = dict(saved)
    for step in press(at, *(key for key in keys if key != Control.quit)):
        if isinstance(step, Save):
            assert written.get(step.row) != step.labels
            written[step.row] = step.labels
        else:
            del written[step.row]
        assert all(0 <= row < 4 for row in written)
    assert written == at.saved
    assert (at.row is None) == (len(written) == 4) or at.row in written
