"""Laws of the way from HTML and Markdown to text, on texts that nobody would write.

GOEMOX_EXAMPLES says how many texts each law is tried on, see CONTRIBUTING.md.
"""

import os
from html import escape
from string import ascii_lowercase, ascii_uppercase

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from goemox.sources.cleaning import html_to_text, read_markdown

laws = settings(max_examples=int(os.environ.get("GOEMOX_EXAMPLES", "250")), deadline=None)

# What a reader sees is written in small letters, what he does not see in capitals.
seen = st.text(ascii_lowercase, min_size=1, max_size=8)
hidden = st.text(ascii_uppercase, min_size=1, max_size=8)
anything = st.text(st.characters(), max_size=300) | st.text(
    "<>&;/!-[]()`*_>#|~= \n\tapbr\"'\x00\ud800", max_size=300
)


def wrapped(before: str, after: str, inner):
    return inner.map(lambda text: f"{before}{text}{after}")


def hidden_between(before: str, after: str):
    return wrapped(before, after, hidden)


html_inline = st.recursive(
    seen | hidden_between("<!-- ", " -->") | hidden_between('<img src="', '">'),
    lambda inner: st.one_of(
        *(wrapped(f"<{tag}>", f"</{tag}>", inner) for tag in ("b", "i", "code", "span")),
        st.tuples(hidden, inner).map(
            lambda pair: f'<a href="https://X.org/{pair[0]}" title="<B>">{pair[1]}</a>'
        ),
    ),
    max_leaves=6,
)
html_text = st.lists(html_inline, min_size=1, max_size=4).map(" ".join)
html_block = st.one_of(
    *(wrapped(f"<{tag}>", f"</{tag}>", html_text) for tag in ("p", "div", "h1", "blockquote", "pre")),
    *(wrapped(f"<{tag}>", "", html_text) for tag in ("p", "p CLASS='X'", "DIV")),
    st.lists(html_text, min_size=1, max_size=3).map(lambda rows: f"<ul><li>{'<li>'.join(rows)}</ul>"),
    hidden_between("<script>", "</script>"),
    hidden_between("<style>", "</style>"),
    hidden_between("<!--", "-->"),
)
html_page = st.lists(html_block, max_size=5).map("\n".join)

markdown_inline = st.one_of(
    seen,
    *(wrapped(mark, mark, seen) for mark in ("**", "*", "_", "__", "`", "``", "~~", "***")),
    st.tuples(seen, hidden).map(lambda pair: f'[{pair[0]}](https://X.org/{pair[1]} "{pair[1]}")'),
    hidden_between("![", "](https://X.org)"),
    hidden_between("<!-- ", " -->"),
    wrapped("<b>", "</b>", seen),
)
markdown_line = st.tuples(seen, st.lists(markdown_inline, max_size=4)).map(
    lambda pair: " ".join([pair[0], *pair[1]])
)
markdown_block = st.one_of(
    markdown_line,
    wrapped("# ", "", markdown_line),
    wrapped("### ", " ###", markdown_line),
    wrapped("", "\n===", seen),
    st.lists(markdown_line, min_size=1, max_size=3).map(lambda rows: "- " + "\n- ".join(rows)),
    st.lists(markdown_line, min_size=1, max_size=3).map(lambda rows: "1. [x] " + "\n1. ".join(rows)),
    st.tuples(seen, seen).map(
        lambda pair: f"| {pair[0]} | {pair[1]} |\n|---|---|\n| {pair[1]} | {pair[0]} |"
    ),
    hidden_between("```py\n", "\n```"),
    hidden_between("~~~\n", "\n~~~"),
    hidden_between("> ", ""),
    hidden_between("<!--\n\n", "\n-->"),
    wrapped("<details>\n\n", "\n\n</details>", markdown_line),
    st.just("***"),
)
markdown_page = st.lists(markdown_block, max_size=6).map("\n\n".join)


def markdown_to_text(source):
    return read_markdown(source).text


@pytest.mark.fault(
    "any characters at all in a text", "cleaned, never an error, and a file can hold the result"
)
@pytest.mark.parametrize("clean", [html_to_text, markdown_to_text])
@laws
@given(text=anything)
def test_anything_is_cleaned_to_text_that_a_file_can_hold(clean, text):
    cleaned = clean(text)
    cleaned.encode("utf-8")
    assert cleaned == cleaned.strip()
    assert "\n\n\n" not in cleaned
    assert all(character == "\n" or ord(character) >= 32 for character in cleaned)


@pytest.mark.parametrize(("clean", "page"), [(html_to_text, html_page), (markdown_to_text, markdown_page)])
def test_no_markup_is_left_and_what_a_reader_sees_stays_in_its_order(clean, page):
    @laws
    @given(text=page)
    def law(text: str) -> None:
        cleaned = clean(text)
        assert set(cleaned) <= {*ascii_lowercase, " ", "\n"}
        if clean is html_to_text:
            assert "".join(cleaned.split()) == words_of_html(text)

    law()


def words_of_html(text: str) -> str:
    """The small letters outside of tags; hidden words have none."""
    outside, depth = [], 0
    for character in text:
        depth += (character == "<") - (character == ">")
        if depth == 0 and character in ascii_lowercase:
            outside.append(character)
    return "".join(outside)


@pytest.mark.parametrize(("clean", "page"), [(html_to_text, html_page), (markdown_to_text, markdown_page)])
def test_what_is_plain_already_stays_as_it_is(clean, page):
    @laws
    @given(text=page)
    def law(text: str) -> None:
        cleaned = clean(text)
        assert clean(cleaned) == cleaned

    law()


@laws
@given(text=anything)
@example("\ufeff\ufeff")
@example(" \ufeff &#xfeff; plain")
def test_any_cleaned_text_written_as_html_comes_back_as_it_was(text):
    cleaned = html_to_text(text)
    assert html_to_text(escape(cleaned)) == cleaned


@laws
@given(text=st.text(st.characters(categories=("L", "N", "P", "Zs")), max_size=200))
def test_escaped_text_comes_back_as_it_was_but_for_spaces(text):
    assert html_to_text(escape(text)) == " ".join(text.split())
