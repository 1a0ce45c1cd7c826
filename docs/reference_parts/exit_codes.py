"""Exit codes, and the errors that lead to each: from `goemox.errors`."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from goemox import errors
from goemox.cli import INTERRUPTED
from reference_parts.markdown import table

__all__ = ["by_code", "markdown"]

MEANINGS = {
    0: "done",
    1: "something failed while running, or an error of the system (a full disk, a file that may not be read)",
    2: "the call itself is wrong: flags, arguments, variables, `goemox.toml`",
    3: "a gate said no; what it guards was not written",
    4: "a file, row or folder cannot be used; with `predict`, the rows that could be read are written",
    5: "a remote source failed, refused, or is unreachable",
    INTERRUPTED: "stopped by Ctrl+C",
}


def by_code() -> dict[int, list[type[errors.GoemoxError]]]:
    """Each code: the errors that end with it, the most general first."""
    found: dict[int, list[type[errors.GoemoxError]]] = {code: [] for code in MEANINGS}
    for error in _tree(errors.GoemoxError):
        found.setdefault(error.exit_code, []).append(error)
    return found


def markdown() -> str:
    """The codes as a table, then each error with its words."""
    codes = (
        (f"`{code}`", MEANINGS[code], ", ".join(f"`{each.__name__}`" for each in found))
        for code, found in by_code().items()
    )
    kinds = (
        (f"`{each.__name__}`", f"`{(each.__base__ or object).__name__}`", f"`{each.exit_code}`", _words(each))
        for each in _tree(errors.GoemoxError)
    )
    return (
        table(("code", "what happened", "errors"), codes)
        + "## Errors\n\nIn Python they are in `goemox.errors`.\n\n"
        + table(("error", "a kind of", "code", "what it says"), kinds)
    )


def _tree(kind: type[errors.GoemoxError]) -> Iterator[type[errors.GoemoxError]]:
    """The error and all kinds of it that are public, in the order of their module."""
    yield kind
    for each in kind.__subclasses__():
        if each.__name__ in errors.__all__:
            yield from _tree(each)


def _words(kind: type[errors.GoemoxError]) -> str:
    return " ".join((inspect.getdoc(kind) or "").split())
