"""HTML and Markdown to the text that a reader sees."""

import json

import pytest

from goemox.sources.cleaning import DROPPED, MAX_CHARACTERS, html_to_text, read_markdown


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("I agree.<p>Really?<p>Yes", "I agree.\n\nReally?\n\nYes"),
        ("one<br>two<br/><br>three", "one\ntwo\n\nthree"),
        ("it&#x27;s &quot;fine&quot; &amp; done", 'it\'s "fine" & done'),
        ("&amp;lt;p&amp;gt; and &amp;amp;", "&lt;p&gt; and &amp;"),
        ("use &lt;br&gt; here", "use <br> here"),
        ('see <a href="https:&#x2F;&#x2F;x.org" rel="nofollow">the <i>docs</i></a>!', "see the docs!"),
        ("<ul><li>a<li>b</ul>c", "a\nb\n\nc"),
        ("<div>a</div>b", "a\nb"),
        ("<table><tr><td>a<td>b<tr><td>c</table>", "a b\nc"),
        ("x<script>alert(1)</script><style>p{}</style><!-- no -->y", "xy"),
        ('<p title="<br>">x', "x"),
        ("a &lt b < c", "a < b < c"),
        ("half a tag <a hre", "half a tag"),
        ("  many \t spaces\r\nand\rlines&nbsp;here ", "many spaces\nand\nlines here"),
        ("Open <path> and it dies.<br>I am so sad.", "Open and it dies.\nI am so sad."),
        ("vector<INT> crashes, map<text/>, too, </set>help", "vector crashes, map, too, help"),
        ("<textarea><path></textarea>", "<path>"),
        ('a<svg><g><text>hi</text><path d="x"/></g></svg>b<math><mi>x</mi></math>c', "abc"),
        ("a<template>x</template>b", "ab"),
        ("", ""),
    ],
)
def test_html_becomes_the_text_a_reader_sees(html, text):
    assert html_to_text(html) == text


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("# Crash\n\nIt *really* **crashes**.", "Crash\n\nIt really crashes."),
        ("before\n\n```py\nsecret = 1\n```\n\nafter", "before\n\nafter"),
        ("before\n\n    indented code\n\nafter", "before\n\nafter"),
        ("~~~\nnever closed", ""),
        ("> I think so\n> too\n\nI do not.", "I do not."),
        ("> outer\n>> inner\n\nmine", "mine"),
        ("- a\n- b\n  - c\n\n1. one\n2. two", "a\nb\nc\n\none\ntwo"),
        ("- [x] searched\n- [ ] tested", "searched\ntested"),
        ("see [the docs](https://x.org 't') and <https://y.org>", "see the docs and https://y.org"),
        ("![a screenshot](https://x.org/a.png)done", "done"),
        ("call `foo()` twice", "call foo() twice"),
        ("<!-- Please fill in\n\nthis form -->\nHello", "Hello"),
        ("mid <!-- hidden --> sentence", "mid sentence"),
        ("<b>bold</b> and<br>next <img src=x>", "bold and\nnext"),
        ("<details>\n<summary>Log</summary>\n\ninside\n\n</details>", "Log\ninside"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a b\n1 2"),
        (
            "a List<int> b and\n\n<path>\nI love it\n\n<summary>vector<set> dies</summary>",
            "a List b and\n\nI love it\nvector dies",
        ),
        ("~~gone~~ &amp; \\*starred\\* &lt;tag&gt;", "gone & *starred* <tag>"),
        ("[see][1]\n\n[1]: https://x.org", "see"),
        ("title\n=====\n\n***\n\nend", "title\n\nend"),
        ("one\r\ntwo\r\n\r\nthree", "one\ntwo\n\nthree"),
        ("", ""),
    ],
)
def test_markdown_becomes_its_prose(markdown, text):
    assert read_markdown(markdown).text == text


@pytest.mark.parametrize(
    ("markdown", "text", "dropped"),
    [
        ("### Describe the bug\n\nIt burns.", "It burns.", {"template_headings": 1}),
        ("**Describe the bug**\nIt burns.", "It burns.", {"template_headings": 1}),
        ("## 🐛 Expected Behaviour:\n\nNo fire.", "No fire.", {"template_headings": 1}),
        (
            "### Log\n\n```\nx\n```\n\n### Mine\n\nwords",
            "Mine\n\nwords",
            {"template_headings": 1, "code_blocks": 1},
        ),
        ("# A\n\n## B\n\nwords\n\n# C", "A\n\nB\n\nwords", {"template_headings": 1}),
        ("### Version\n\n_No response_", "", {"template_headings": 1, "placeholders": 1}),
        ("# Thank you!", "Thank you!", {}),
        ("**Works!**", "Works!", {}),
        ("**Describe the bug** in one line", "Describe the bug in one line", {}),
        ("> a\n>> b\n\n> c\n\nmine", "mine", {"quotes": 1 + 1}),
        ("a ![x](y) <img src=z>\n\n<img src=w>", "a", {"images": 3}),
        ("a <!-- b --> c\n\n<!-- d -->", "a c", {"html_comments": 2}),
        ("    indented\n\n~~~\nopen", "", {"code_blocks": 2}),
    ],
)
def test_what_a_template_or_a_machine_wrote_is_dropped_and_counted(markdown, text, dropped):
    prose = read_markdown(markdown)
    assert prose.text == text
    assert {name: n for name, n in prose.dropped.items() if n} == dropped
    assert tuple(prose.dropped) == DROPPED


@pytest.mark.parametrize(
    "unit",
    [
        "<div>",
        "<div>\n\n",
        "[",
        "![",
        "&",
        "<",
        "> ",
        "- ",
        "*a ",
        "`",
        "<!--",
        "[a](",
        "|a|b|\n|-|-|\n",
        "\x00",
        "word ",
    ],
)
def test_a_megabyte_of_anything_is_cleaned_in_seconds(unit):
    megabyte = unit * (1_000_000 // len(unit))
    assert len(html_to_text(megabyte)) <= MAX_CHARACTERS
    assert len(read_markdown(megabyte).text) <= MAX_CHARACTERS


def real_texts(file, column):
    lines = file.read_text("utf-8").rstrip("\n").split("\n")
    return [json.loads(line)[column] or "" for line in lines]


@pytest.mark.data
def test_real_hacker_news_comments_lose_their_markup_and_keep_their_words(goemox_data):
    texts = real_texts(goemox_data / "hackernews/comments_2007_2015.jsonl", "text")
    cleaned = [html_to_text(text) for text in texts]
    assert all(cleaned)
    with_markup = [
        text for text in cleaned if any(mark in text for mark in ("<p>", "<a ", "<i>", "&#x", "&quot;"))
    ]
    # A handful of comments talk about HTML itself.
    assert len(with_markup) <= len(texts) * 0.005
    assert sum(map(len, cleaned)) >= 0.85 * sum(map(len, texts))


@pytest.mark.data
def test_real_issues_lose_their_code_blocks_comments_and_images(goemox_data):
    texts = real_texts(goemox_data / "github_issues/issues_nlbse2024.jsonl", "body")
    cleaned = [read_markdown(text).text for text in texts]
    assert sum(1 for text in texts if "```" in text) > 1_000
    assert (
        sum(1 for text in cleaned if "```" in text or "<!--" in text or "<img" in text) <= len(texts) * 0.002
    )
    assert sum(map(bool, cleaned)) >= 0.98 * len(texts)
