"""Which rows, names and faults the page sees in the text of a file, as `goemox predict` would."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket, pytest.mark.timeout(300)]

READ = """async ([text, choices]) => {
    const { readTable } = await import(new URL("csv.js", document.scripts[2].src));
    const { columns, rows, why } = readTable(text, choices);
    return [columns, rows, Object.entries(why).map(([row, words]) => [Number(row), words])];
}"""
FILE = {"isTable": True}
UNCLOSED = "a quote in it does not close where its cell ends"


@pytest.fixture(scope="module")
def page(chromium, server):
    from chromium import watched

    context = chromium.new_context()
    view = watched(context)
    view.page.goto(f"http://127.0.0.1:{server.port}/")
    view.page.wait_for_selector("html[data-ready]", state="attached")
    yield view.page
    context.close()


@pytest.mark.parametrize(
    ("text", "choices", "columns", "rows", "why"),
    [
        pytest.param(
            'id\ttext\n1\t"hello\n2\tthanks\n3\t"bye\n4\tgood\n', FILE, ["id", "text"],
            [["1", '"hello'], ["2", "thanks"], ["3", '"bye'], ["4", "good"]], [], id="quotes between tabs",
        ),
        pytest.param(
            'id,text\n1,"hello\n2,thanks\n3,"bye\n4,good\n', FILE, ["id", "text"],
            [['1,"hello'], ["2", "thanks"], ['3,"bye'], ["4", "good"]], [[0, UNCLOSED], [2, UNCLOSED]],
            id="quotes that never close between commas",
        ),
        pytest.param(
            'id,text\n1,"two\nlines, ""so"""\n2,fine\n', FILE, ["id", "text"],
            [["1", 'two\nlines, "so"'], ["2", "fine"]], [], id="a text of two lines",
        ),
        pytest.param(
            'id\ttext\n1\t"two\nlines"\n2\tfine\n', FILE, ["id", "text"],
            [["1", "two\nlines"], ["2", "fine"]], [], id="a text of two lines between tabs",
        ),
        pytest.param(
            '"Great" he said\n"Best day ever\nThanks', {}, ["text"],
            [['"Great" he said'], ['"Best day ever'], ["Thanks"]], [], id="quotes in plain lines",
        ),
        pytest.param(
            ",comment,score\n0,good,1\n", FILE, ["column 1", "comment", "score"], [["0", "good", "1"]], [],
            id="the header of a data frame",
        ),
        pytest.param(
            "What did you like most about the product so far?\nThe colour\n", FILE,
            ["What did you like most about the product so far?"], [["The colour"]], [], id="a long name",
        ),
        pytest.param(
            "sep=;\nid;text\n1;good\n", FILE, ["id", "text"], [["1", "good"]], [], id="Excel's first line",
        ),
        pytest.param(
            "So glad\t3,15\tabc\nThanks\t15\tabd\n", FILE | {"isTsv": True},
            ["column 1", "column 2", "column 3"], [["So glad", "3,15", "abc"], ["Thanks", "15", "abd"]], [],
            id="GoEmotions' own",
        ),
        pytest.param(
            "name\t3\tid\nso\t1\tabd\n", FILE, ["name", "3", "id"], [["so", "1", "abd"]], [],
            id="a header with a number",
        ),
        pytest.param(
            "'@anna said no\nThanks\n", {}, ["text"], [["'@anna said no"], ["Thanks"]], [],
            id="plain lines stay as they are",
        ),
        pytest.param(
            "I love it,joy\nThank you,gratitude\n", {}, ["column 1", "column 2"],
            [["I love it", "joy"], ["Thank you", "gratitude"]], [], id="pasted rows without names",
        ),
        pytest.param(
            "text\n'=1+1 I love it\n'tis fine\n'-2\n", FILE, ["text"],
            [["=1+1 I love it"], ["'tis fine"], ["'-2"]], [], id="what an export has defused",
        ),
        pytest.param(
            "a,a,text\n1,2,so\n", FILE, ["a", "a 2", "text"], [["1", "2", "so"]], [], id="two of one name",
        ),
    ],
)  # fmt: skip
def test_a_table_is_read_as_the_command_line_reads_it(page, text, choices, columns, rows, why):
    assert page.evaluate(READ, [text, choices]) == [columns, rows, why]


def test_a_difference_is_that_of_the_numbers_beside_it(page):
    shown = """async (shares) => {
        const { points } = await import(new URL("words.js", document.scripts[2].src));
        return shares.map(points);
    }"""
    assert page.evaluate(shown, [0.374, 0.386, 0.376, 0.0823, 0, 1, 0.0001, 0.99999]) == [
        37, 39, 38, 8.2, 0, 100, 0, 100,
    ]  # fmt: skip


def test_a_word_names_only_the_labels_that_it_moves(page):
    titles = """async ([words, inked]) => {
        const { coloured } = await import(new URL("evidence.js", document.scripts[2].src));
        return coloured("I love it", words, inked).filter((each) => each.title).map((each) => each.title);
    }"""
    word = {"start": 2, "end": 6, "word": "love", "effect": {"love": 0.35, "confusion": 0, "joy": -0.02}}
    inked = [[label, f"ink-{i}"] for i, label in enumerate(word["effect"])]
    assert page.evaluate(titles, [[word], inked]) == ["love +35, joy −2"]


def test_a_token_is_held_where_the_browser_lets_no_page_keep_anything(page):
    held = """async () => {
        const refused = { get() { throw new DOMException("no", "SecurityError"); }, configurable: true };
        Object.defineProperty(window, "sessionStorage", refused);
        const { token } = await import(new URL("api.js", document.scripts[2].src));
        const before = token.value;
        token.value = "abc";
        const after = token.value;
        token.value = "";
        delete window.sessionStorage;
        return [before, after, token.value];
    }"""
    assert page.evaluate(held) == ["", "abc", ""]
