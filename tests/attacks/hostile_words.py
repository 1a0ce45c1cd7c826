"""Words that a spreadsheet, a browser, Markdown or a terminal takes for orders, and what to look for."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

WORDS = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\0=1+1",
    " =1+1",
    "＝1+1",
    "'=1+1",
    "''=1",
    '=HYPERLINK("https://evil.example","x")',
    "=cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@ada hello",
    "-3",
    "a;=1+1",
    'a","=1+1',
    "a\r\nid,text\r\n=1+1",
    "a\nb",
    "a\rb",
    "a\0b",
    "'",
    "''",
    '"',
    '""',
    "'quoted'",
    "",
    "<script>pwned()</script>",
    "<img src=x onerror=pwned()>",
    '"><svg onload=pwned()>',
    "</title><script>pwned()",
    "</style><script>pwned()</script>",
    "<!--",
    "]]>",
    "{{7*7}}",
    "${7*7}",
    "%s%n",
    "&lt;script&gt;",
    "&#0;",
    "[x](javascript:pwned())",
    "](javascript:pwned())",
    "![x](https://evil.example/a.png)",
    "<javascript:pwned()>",
    "[x]: javascript:pwned()",
    "`x` **b** | c |\n|---|",
    "@everyone #1 https://evil.example",
    "</details><script>",
    "javascript:pwned()",
    "data:text/html,<script>pwned()</script>",
    "//evil.example/a",
    "\x1b[2J\x1b[31mred",
    "\x1b]0;title\x07",
    "\x1b]8;;https://evil.example\x1b\\link",
    "\x9b31m",
    "a\x08b",
    "\x7f",
    "user\u202egnp.exe",
    "\u2066a\u2069",
    "\u200fb",
    "zero\u200bwidth",
    "tag\U000e0041",
    "\ufefftext",
    "a\u2028b",
    "half \ud83d pair",
    "noncharacter \uffff",
    "../../etc/passwd",
    "C:\\Windows",
    "HTTP/1.1 200\r\nSet-Cookie: a=b",
)
"""Texts to be exported; each also serves as a name."""

FORMULA = re.compile("(?:[\t\r\n\0]|\\s*[=+\\-@＝＋－＠])")
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
ALLOWED_LINKS = re.compile(r"(https?://|#|data:image/|mailto:|[\w./-]*$)")


def runs(cell: str) -> bool:
    """Whether a spreadsheet would take a cell for a formula."""
    return bool(FORMULA.match(cell)) and not NUMBER.fullmatch(cell)


def running_cells(table: str) -> list[str]:
    """Cells of a CSV that a spreadsheet would run."""
    return [cell for row in csv.reader(io.StringIO(table, newline="")) for cell in row if runs(cell)]


def steering(shown: str, allowed: str = "\n") -> list[str]:
    """Characters that steer a terminal or hide others."""
    kinds = ("Cc", "Cf", "Cs", "Zl", "Zp")
    joiners = "\u200c\u200d"
    isolates = "\u2068\u2069"  # what the report puts round foreign names
    return [c for c in shown if unicodedata.category(c) in kinds and c not in allowed + joiners + isolates]


class Page(HTMLParser):
    """What a page does beyond showing words: scripts, event handlers, links, frames."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.scripts, self.found, self.policy = 0, [], ""  # type: ignore[var-annotated]
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Count scripts, note what runs or leads out."""
        self.scripts += tag == "script"
        if tag in ("iframe", "object", "embed", "base", "form", "foreignobject", "applet", "link"):
            self.found.append(tag)
        for key, value in attrs:
            if key.startswith("on") or key == "srcdoc":
                self.found.append(f"{tag} {key}")
            leads = key in ("href", "src", "action", "xlink:href", "formaction") and value is not None
            if leads and (not ALLOWED_LINKS.match(value.strip().lower()) or "javascript:" in value.lower()):
                self.found.append(f"{tag} {key}={value[:60]}")
            if key == "content" and value and "script-src" in value:
                self.policy = value


def drawn_wrong(picture: str) -> list[str]:
    """What an SVG holds that is no picture. Raises where it is no XML."""
    found = []
    for element in ET.fromstring(picture).iter():
        name = str(element.tag).rpartition("}")[2].lower()
        if name in ("script", "foreignobject", "iframe", "a", "image", "use", "animate", "set"):
            found.append(name)
        found += [f"{name} {key}" for key in element.attrib if key.lower().startswith("on") or "href" in key]
    return found
