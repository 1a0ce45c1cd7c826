"""Texts of others: nothing hidden, nothing run, nothing too long."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from goemox.report.texts import clip, clip_middle, isolate, long_text, name, plain, visible, width


def test_markup_in_a_text_is_shown_as_letters():
    assert visible("<script>alert('x')</script>") == "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"


def test_a_terminal_colour_is_written_out():
    assert visible("\x1b[31mred") == '<span class="ctl">␛</span>[31mred'
    assert plain("\x1b[31mred") == "␛[31mred"


def test_a_direction_override_is_named_instead_of_obeyed():
    assert visible("user\u202egnp.exe") == 'user<span class="ctl">U+202E</span>gnp.exe'
    assert plain("a\u2066b") == "a⟦U+2066⟧b"


def test_emoji_of_several_code_points_and_persian_joiners_stay_whole():
    family, persian = "👩\u200d👩\u200d👧", "می\u200cخواهم"
    assert visible(family) == family
    assert visible(persian) == persian


def test_tag_characters_that_can_hide_a_text_are_named():
    assert "U+E0041" in visible("x\U000e0041")


def test_what_is_no_character_and_would_break_the_xml_of_a_picture_is_named():
    assert plain("a\ufffeb\uffff") == "a⟦U+FFFE⟧b⟦U+FFFF⟧"
    assert visible("a\uffff") == 'a<span class="ctl">U+FFFF</span>'


def test_half_a_surrogate_pair_can_still_be_written_as_utf8():
    assert visible("a\ud83d").encode() == "a\ufffd".encode().replace(
        b"\xef\xbf\xbd", b'<span class="ctl">\xef\xbf\xbd</span>'
    )


@given(st.text())
def test_no_text_leaves_a_control_or_direction_character_or_a_tag_of_its_own(text):
    shown = str(visible(text)).replace('<span class="ctl">', "").replace("</span>", "")
    assert "<" not in shown
    assert ">" not in shown
    bad = {"Cc", "Cs", "Zl", "Zp"}
    assert not any(unicodedata.category(c) in bad for c in shown if c not in "\n\t")
    assert not any(
        unicodedata.bidirectional(c) in {"RLO", "LRO", "RLE", "LRE", "PDF", "LRI", "RLI", "FSI", "PDI"}
        for c in shown
    )


@given(st.text(), st.integers(2, 60))
def test_a_clipped_text_is_never_wider_than_its_place(text, columns):
    assert width(clip(text, columns)) <= columns
    assert width(clip_middle(text, columns)) <= columns


def test_names_that_differ_at_either_end_stay_apart_when_they_are_cut():
    assert clip_middle("support tickets of team Berlin", 26) == "support tickets…eam Berlin"
    assert clip_middle("support tickets of team Bern", 15) == "support…m Bern"
    assert clip_middle("Berlin, all of its tickets", 15) == "Berlin,…ickets"


def test_wide_characters_count_double():
    assert width("日本") == 4
    assert clip("日本語のタイトル", 7) == "日本語…"


def test_a_name_in_another_script_cannot_turn_its_neighbours():
    assert isolate("issues") == "issues"
    assert isolate("אתר") == "\u2068אתר\u2069"
    assert name("") == "(no name)"


def test_ten_thousand_characters_open_with_a_beginning_and_hold_the_rest():
    shown = long_text("word " * 2000)
    assert len(shown.beginning) < 500
    assert shown.whole is not None
    assert len(shown.whole) == 10_000
    assert shown.invitation == "Show all 10,000 characters"


def test_a_text_beyond_its_budget_is_cut_and_says_so():
    shown = long_text("\u202e" * 10_000, budget=20_000)
    assert shown.whole is not None
    assert len(shown.whole.encode()) <= 20_000
    assert shown.invitation.startswith("Show the first ")
    assert shown.invitation.endswith(" of 10,000 characters")


def test_a_short_text_needs_no_switch():
    assert long_text("Show HN: a tool").whole is None
