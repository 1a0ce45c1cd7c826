"""What stands on the screen of `goemox label`, and what a terminal's codes mean."""

import pytest
from rich.console import Console

from goemox.cli.keyboard import keys_in
from goemox.cli.label_screen import screen_lines
from goemox.labelling.keys import Control
from goemox.labelling.session import Session
from goemox.labels import GOEMOTIONS

LONG = "\n".join(f"line {i}" for i in range(1_000))


def screen(text="some text", *keys, width=80, height=24, labels=GOEMOTIONS, suggest=None):
    session = Session(3, labels, {})
    for key in keys:
        session.press(key)
    console = Console(width=width, height=height)
    return [line.plain for line in screen_lines(session, [text] * 3, "l.jsonl", console, suggest)]


@pytest.mark.parametrize("width", [20, 40, 80, 200])
@pytest.mark.parametrize("height", [5, 12, 24, 60])
@pytest.mark.parametrize("text", ["short", LONG, "日本語 " * 500, "x" * 5_000])
def test_the_screen_is_never_larger_than_the_window(text, width, height):
    for keys in ([], [Control.more], [Control.help], ["j"], [Control.save]):
        lines = screen(text, *keys, width=width, height=height, suggest=lambda text: [("joy", 0.5)])
        assert len(lines) <= height
        assert max(map(len, lines)) <= width
        assert lines


@pytest.mark.parametrize("width", [40, 80, 120])
def test_all_labels_stand_there_with_their_keys_also_beside_a_long_text_in_a_narrow_window(width):
    shown = " ".join(screen(LONG, width=width, height=24))
    keys = Session(1, GOEMOTIONS, {}).keys
    assert all(f"{keys[label]} {label}" in shown for label in GOEMOTIONS)
    assert "line 0" in shown
    assert "Enter save" in shown


def test_a_label_that_is_on_is_marked_without_colour():
    assert any("*j joy" in line for line in screen("text", "j"))
    assert not any("*" in line for line in screen("text", "j", "j"))


def test_pages_show_all_of_a_long_text_and_then_start_anew():
    seen: list[str] = []
    for turns in range(1_000):
        shown = [line for line in screen(LONG, *[Control.more] * turns) if line.startswith("line ")]
        if seen and shown[0] == "line 0":
            break
        seen += shown
    assert seen == LONG.split("\n")


def test_a_window_that_is_too_small_for_the_labels_says_so():
    assert screen(width=40, height=10)[1].startswith("the window is too small for all labels")


def test_what_could_move_the_cursor_is_spelt_out_and_line_breaks_break_lines():
    lines = screen("one\ttab\x1b[2J\r\n\u202etwo\rthree")
    assert "one tab\\x1b[2J" in lines
    assert "\\u202etwo\\rthree" in lines


def test_what_the_model_says_is_shown_only_where_it_is_asked():
    assert not any("model" in line for line in screen())
    assert "model: joy 0.81  love 0.10" in screen(suggest=lambda text: [("joy", 0.81), ("love", 0.1)])


def test_the_help_says_why_suggestions_are_hidden():
    assert "raters follow what they see" in " ".join(screen("text", Control.help))


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("ja\r", ["j", "a", Control.save]),
        ("\n", [Control.save]),
        ("\x7f\b\x1b[D\x1bOD", [Control.back] * 4),
        ("\t\x1b[C", [Control.skip] * 2),
        (" \x1b[B\x1b[6~", [Control.more] * 3),
        ("\x1b[A\x1b[5~", [Control.less] * 2),
        ("\x1b", [Control.quit]),
        ("\x04", [Control.quit]),
        ("?", [Control.help]),
        ("\x1b[15~\x1b[1;5C\x01\x00;", []),  # F5, Ctrl-Right, Ctrl-A, F1 of Windows
        ("\xe0K\xe0H", [Control.back, Control.less]),  # arrows of Windows
        ("é", ["é"]),
    ],
)
def test_codes_of_a_terminal_are_keys(typed, keys):
    assert keys_in(typed) == keys
