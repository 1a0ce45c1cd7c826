"""HTML and Markdown to plain text, by parser: never by regular expressions on markup.

What a reader sees stays (words, link texts, list items, headings); what only a browser
or a compiler reads goes. Both functions take anything a str can hold (half-written tags,
binary garbage, a megabyte) and never raise.

Only the first MAX_CHARACTERS are read: GitHub stores no longer bodies, and an
HTML parser needs minutes for a megabyte of nested tags.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

__all__ = ["MAX_CHARACTERS", "html_to_text", "markdown_to_text"]

MAX_CHARACTERS = 65_536
# A run of unmatched brackets costs the Markdown parser quadratic time; nobody writes that many.
_MAX_BRACKETS = 1_000

_PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ol", "ul", "pre", "table"})
_LINES = frozenset({"blockquote", "dd", "details", "div", "dt", "li", "summary", "tr"})
_CELLS = frozenset({"td", "th"})
_LINE_ENDS_HERE = "\x1e"  # unlike a newline, two of them make no blank line
_SPACE_FOR = {"<br>": "\n"} | {
    f"<{slash}{tag}>": space
    for tags, space in ((_PARAGRAPHS, "\n\n"), (_LINES, _LINE_ENDS_HERE), (_CELLS, " "))
    for tag in tags
    for slash in ("", "/")
}
_ALLOWED = {"br", *_PARAGRAPHS, *_LINES, *_CELLS}
_CONTROL = dict.fromkeys(code for code in (*range(32), *range(127, 160)) if chr(code) not in "\t\n\x1e")

_INLINE = MarkdownIt("commonmark", {"html": True}).enable("strikethrough")
_BLOCKS = MarkdownIt("commonmark", {"html": True, "maxNesting": 50}).enable("table").disable("inline")
_TASK_BOXES = ("[ ] ", "[x] ", "[X] ")
_ENDS_PARAGRAPH = frozenset(
    {"paragraph_close", "heading_close", "table_close", "bullet_list_close", "ordered_list_close"}
)


def html_to_text(source: str) -> str:
    """The text of an HTML fragment; entities are resolved exactly once.

    Paragraphs and line breaks become newlines, links keep their text and lose their address,
    scripts, styles and comments are dropped.
    """
    # The sanitiser writes all text escaped: what looks like a tag after it is one that it let through.
    clean = nh3.clean(_storable(source), tags=_ALLOWED, attributes={"*": set()}, link_rel=None)
    for tag, space in _SPACE_FOR.items():
        clean = clean.replace(tag, space)
    return _tidy(html.unescape(clean))


def markdown_to_text(source: str) -> str:
    """The prose of a Markdown text as GitHub writes it (CommonMark with tables and strike-through).

    Dropped: fenced and indented code, block quotes (somebody else's words), HTML comments, images
    and link addresses. Kept: paragraphs, headings, list items, table cells, link texts, and inline
    code as its bare text, because it stands in its sentence as a noun. HTML inside is read as HTML.
    """
    references: dict[str, object] = {}
    parts: list[str] = []
    quotes = 0
    for token in _BLOCKS.parse(_storable(source), references):
        if token.type.startswith("blockquote"):
            quotes += token.nesting
        if not quotes:
            parts.append(_block_text(token, references))
    return _tidy("".join(parts))


def _block_text(token: Token, references: dict[str, object]) -> str:
    if token.type == "inline":
        return "".join(_spans(token.content, references))
    if token.type == "html_block":
        return _LINE_ENDS_HERE + html_to_text(token.content) + _LINE_ENDS_HERE
    if token.type in ("td_close", "th_close"):
        return " "
    if token.type == "tr_close" or token.hidden:  # the paragraphs of a tight list are hidden
        return _LINE_ENDS_HERE
    return "\n\n" if token.type in _ENDS_PARAGRAPH else ""


def _spans(content: str, references: dict[str, object]) -> Iterator[str]:
    if content.count("[") > _MAX_BRACKETS:
        yield content
        return
    for box in _TASK_BOXES:
        content = content.removeprefix(box)
    for token in _children(_INLINE.parseInline(content, references)):
        if token.type in ("text", "code_inline"):
            yield token.content
        elif token.type in ("softbreak", "hardbreak") or _breaks_line(token):
            yield "\n"


def _breaks_line(token: Token) -> bool:
    return token.type == "html_inline" and html_to_text(f"a{token.content}b") != "ab"


def _children(tokens: Iterable[Token]) -> Iterator[Token]:
    for token in tokens:
        yield from token.children or ()


def _storable(text: str) -> str:
    """The characters that are read, without those no UTF-8 file can hold (lone surrogates)."""
    head = text[:MAX_CHARACTERS].replace("\r\n", "\n").replace("\r", "\n")
    return head.encode("utf-16", "surrogatepass").decode("utf-16", "replace").translate(_CONTROL)


def _tidy(text: str) -> str:
    """Drop control characters, single the spaces, leave at most one blank line between two lines."""
    chunks = text.translate(_CONTROL).split(_LINE_ENDS_HERE)
    kept = (chunk for chunk in chunks if chunk.strip() or "\n\n" in chunk)
    lines: list[str] = []
    for line in "\n".join(kept).split("\n"):
        trimmed = " ".join(line.split())
        if trimmed or (lines and lines[-1]):
            lines.append(trimmed)
    return "\n".join(lines).strip()
