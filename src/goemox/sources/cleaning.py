"""HTML and Markdown to plain text, by parser: never by regular expressions on markup.

What a reader sees stays (words, link texts, list items, headings); what only a browser
or a compiler reads goes, and what an issue template asked goes with it. All functions take
anything a str can hold (half-written tags, binary garbage, a megabyte) and never raise.

One pattern goes before the parser of HTML: what people write in pointed brackets (`vector<int>`, `<path>`)
may be a name of SVG or MathML, with which the sanitiser would drop all that follows; it is made another.

Only the first MAX_CHARACTERS are read: GitHub stores no longer bodies, and an
HTML parser needs minutes for a megabyte of nested tags.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from goemox.sources.issue_templates import is_placeholder, is_template_heading

__all__ = ["DROPPED", "MAX_CHARACTERS", "Prose", "html_to_text", "read_markdown"]

MAX_CHARACTERS = 65_536
DROPPED = ("code_blocks", "quotes", "images", "html_comments", "template_headings", "placeholders")
# A run of unmatched brackets costs the Markdown parser quadratic time; nobody writes that many.
_MAX_BRACKETS = 300

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

_NAME = re.compile(r"</?([A-Za-z-]{1,20})(?=[\t\n />])")  # no name of SVG or MathML is longer
_NO_NAME = "\x1f"  # part of a tag's name to a parser of HTML, and dropped with all control characters
_HIDDEN = frozenset({"script", "style", "template"})  # their words no reader sees

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
    clean = _sanitised(_NAME.sub(_marked, _storable(source)))
    for tag, space in _SPACE_FOR.items():
        clean = clean.replace(tag, space)
    return _tidy(html.unescape(clean))


def _sanitised(source: str) -> str:
    return nh3.clean(source, tags=_ALLOWED, attributes={"*": set()}, link_rel=None)


def _marked(tag: re.Match[str]) -> str:
    return tag[0] + _NO_NAME if _loses_words(tag[1].lower()) else tag[0]


@lru_cache(1_000)
def _loses_words(name: str) -> bool:
    """Whether the sanitiser drops what stands in an element of this name, though a reader sees it."""
    return name not in _HIDDEN and not _sanitised(f"<{name}>words")


@dataclass(frozen=True, slots=True)
class Prose:
    """What a person wrote. dropped: how many of each of DROPPED were left out."""

    text: str
    dropped: dict[str, int]


def read_markdown(source: str) -> Prose:
    """The prose of a Markdown text as GitHub writes it (CommonMark with tables and strike-through).

    Dropped: fenced and indented code, block quotes (somebody else's words), HTML comments, images
    and link addresses; headings of an issue template, known by their words or because nothing of the
    author's stands below them, and its "No response". Kept: paragraphs, other headings, list items, table
    cells, link texts, and inline code as its bare text, because it stands in its sentence as a noun. HTML
    inside is read as HTML.
    """
    references: dict[str, object] = {}
    parts = _Parts()
    quotes = 0
    for token in _BLOCKS.parse(_storable(source), references):
        if token.type.startswith("blockquote"):
            parts.dropped["quotes"] += token.nesting == 1 and not quotes
            quotes += token.nesting
        if not quotes:
            parts.take(token, references)
    parts.drop_empty_headings()
    return Prose(_tidy("".join(parts.texts)), {name: parts.dropped[name] for name in DROPPED})


class _Parts:
    """The pieces of a text as they are read; headings: level, and where their pieces begin and end."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.dropped: Counter[str] = Counter()
        self._headings: list[tuple[int, int, int]] = []
        self._begin = 0

    def take(self, token: Token, references: dict[str, object]) -> None:
        """Read one block token."""
        if token.type in ("fence", "code_block"):
            self.dropped["code_blocks"] += 1
        elif token.type == "heading_open":
            self._begin = len(self.texts)
        elif token.type == "inline":
            self.texts.append(self._without_template(token.content, _spans(token, references, self.dropped)))
        else:
            if token.type == "html_block":
                _count_html(token.content, self.dropped)
            self.texts.append(_space_after(token))
        if token.type == "heading_close":
            self._headings.append((int(token.tag[1:]), self._begin, len(self.texts)))
            if is_template_heading("".join(self.texts[self._begin :])):
                self._drop(self._begin, len(self.texts))

    def drop_empty_headings(self) -> None:
        """Drop headings with no words below them; a single heading is the text itself, and stays."""
        if len(self._headings) < 2:
            return
        ends = [len(self.texts)] * 7  # by level: where the section of a heading before this place ends
        for level, begin, end in reversed(self._headings):
            if not "".join(self.texts[end : min(ends[1 : level + 1])]).strip():
                self._drop(begin, end)
            ends[level] = begin

    def _without_template(self, content: str, text: str) -> str:
        if is_placeholder(content):
            self.dropped["placeholders"] += 1
            return ""
        first, _, rest = text.partition("\n")
        if content.startswith(("**", "__")) and is_template_heading(first):
            self.dropped["template_headings"] += 1
            return rest
        return text

    def _drop(self, begin: int, end: int) -> None:
        if "".join(self.texts[begin:end]).strip():
            self.dropped["template_headings"] += 1
        self.texts[begin:end] = ["\n\n"] * (end - begin)


def _space_after(token: Token) -> str:
    """What a block token leaves in the text: the words of HTML, or the end of a line or paragraph."""
    if token.type == "html_block":
        return _LINE_ENDS_HERE + html_to_text(token.content) + _LINE_ENDS_HERE
    if token.type in ("td_close", "th_close"):
        return " "
    if token.type == "tr_close" or token.hidden:  # the paragraphs of a tight list are hidden
        return _LINE_ENDS_HERE
    return "\n\n" if token.type in _ENDS_PARAGRAPH else ""


def _spans(block: Token, references: dict[str, object], dropped: Counter[str]) -> str:
    content = block.content
    if content.count("[") > _MAX_BRACKETS:
        return content
    for box in _TASK_BOXES:
        content = content.removeprefix(box)
    parts: list[str] = []
    for token in _children(_INLINE.parseInline(content, references)):
        if token.type in ("text", "code_inline"):
            parts.append(token.content)
        elif token.type in ("softbreak", "hardbreak") or _breaks_line(token):
            parts.append("\n")
        dropped["images"] += token.type == "image"
        if token.type == "html_inline":
            _count_html(token.content, dropped)
    return "".join(parts)


def _count_html(content: str, dropped: Counter[str]) -> None:
    dropped["html_comments"] += content.count("<!--")
    dropped["images"] += content.lower().count("<img")


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
    """Drop control characters, single the spaces, leave at most one blank line between two lines.

    Byte order marks in front go, too: a parser of HTML takes the first for the file's.
    """
    chunks = text.translate(_CONTROL).split(_LINE_ENDS_HERE)
    kept = (chunk for chunk in chunks if chunk.strip() or "\n\n" in chunk)
    lines: list[str] = []
    for line in "\n".join(kept).split("\n"):
        trimmed = " ".join(line.split())
        if trimmed or (lines and lines[-1]):
            lines.append(trimmed)
    return "\n".join(lines).strip().lstrip("\ufeff \n")
