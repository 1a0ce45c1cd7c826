"""Code blocks of Markdown pages, and what a reader would type of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["ROOT", "Block", "Typed", "blocks_of", "pages", "typed"]

ROOT = Path(__file__).resolve().parents[2]
OTHERS = ("CONTRIBUTING.md", "SECURITY.md", "examples/README.md", "deploy/README.md")
"""Pages that do not belong to the site."""
FENCE = re.compile(r"^(?P<fence>```+)(?P<language>[^\n`]*)\n(?P<text>.*?)^(?P=fence)[ \t]*$", re.M | re.S)
PROMPT = "$ "


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block. page: from the repository's root, with `/`; line: of its fence, from 1."""

    page: str
    line: int
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Typed:
    """A command behind a prompt, continued lines joined, and the lines that are shown below it."""

    command: str
    shown: tuple[str, ...]


def pages() -> list[Path]:
    """README.md, every page of the documentation, and `OTHERS`, in a fixed order."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *(ROOT / name for name in OTHERS)]


def blocks_of(page: Path) -> list[Block]:
    """Every fenced block of a page, in its order."""
    text = page.read_text("utf-8")
    name = page.relative_to(ROOT).as_posix()
    return [
        Block(name, text.count("\n", 0, found.start()) + 1, found["language"].strip(), found["text"])
        for found in FENCE.finditer(text)
    ]


def typed(block: Block) -> Iterator[Typed]:
    """The commands of a `console` block. Raises ValueError where output comes before the first one."""
    command = ""
    shown: list[str] = []
    is_open = False  # whether the last line ended in a backslash
    for line in block.text.splitlines():
        if is_open:
            command += " " + line.strip().removesuffix("\\").rstrip()
        elif line.startswith(PROMPT):
            if command:
                yield Typed(command, tuple(shown))
            command, shown = line.removeprefix(PROMPT).removesuffix("\\").rstrip(), []
        elif command:
            shown.append(line)
            continue
        elif line.strip():
            raise ValueError(f"{block.page}:{block.line}: {line!r} comes before any command")
        is_open = line.endswith("\\")
    if command:
        yield Typed(command, tuple(shown))
