"""A Sphinx extension: pages of the reference are completed from the code whenever the site is built.

A page in docs/reference says where: the line `<!-- made: commands -->` stands for what `PARTS` makes of it.
So nothing that is made is committed, and nothing that is committed can lag behind.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from reference_parts import commands, exit_codes, python_names, rest, variables

if TYPE_CHECKING:
    from pathlib import Path

    from sphinx.application import Sphinx

__all__ = ["PARTS", "completed", "made_pages", "setup"]

PARTS: Mapping[str, Callable[[], str]] = {
    "commands": commands.markdown,
    "python": python_names.markdown,
    "rest": rest.markdown,
    "variables": variables.markdown,
    "exit-codes": exit_codes.markdown,
}
"""What a marker may name: the function that makes its Markdown."""

MARKER = re.compile(r"^<!-- made: ([\w-]+) -->$", re.M)


def completed(page: str) -> str:
    """The page with every marker replaced. Raises KeyError for a marker that nothing makes."""
    return MARKER.sub(lambda found: PARTS[found[1]]().strip(), page)


def made_pages(docs: Path) -> list[str]:
    """The pages below `docs` that have a marker, as Sphinx names them."""
    found = sorted((docs / "reference").glob("*.md"))
    return [f"reference/{page.stem}" for page in found if MARKER.search(page.read_text("utf-8"))]


def setup(app: Sphinx) -> Mapping[str, Any]:
    """Called by Sphinx."""
    app.connect("source-read", _read)
    app.connect("env-get-outdated", _outdated)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def _read(_: Sphinx, name: str, source: list[str]) -> None:
    if name.startswith("reference/"):
        source[0] = completed(source[0])


def _outdated(app: Sphinx, *_: object) -> Sequence[str]:
    """They are read anew each time: the code may have changed where the page did not."""
    return made_pages(app.srcdir)
