"""Every error that goemox raises on purpose, and the exit code each one ends with.

GoemoxError                 1  something failed while running
├── MissingExtra            1  an optional part is not installed
├── ShapeError              1  an array does not fit the others (a bug in the calling code)
├── UsageError              2  the call itself is wrong (flags, arguments, settings)
├── GateFailed              3  a quality gate said no; nothing was written
├── InvalidInput            4  a file, row or folder of the user's cannot be used
│   ├── UnknownColumn          a column that the file does not have
│   ├── UnknownLabel           a label outside the model's label set
│   └── InvalidModel           a folder that is not a usable model
└── SourceError             5  a remote source failed, refused or is unreachable
    ├── SourceIncomplete       the source hides rows that were asked for
    └── OfflineError           the network was needed but is switched off

Messages are one line: what, where (file and row), and what to do about it.
"""

from __future__ import annotations

from collections.abc import Sequence

from goemox.wording import listed, near

__all__ = [
    "GateFailed",
    "GoemoxError",
    "InvalidInput",
    "InvalidModel",
    "MissingExtra",
    "OfflineError",
    "ShapeError",
    "SourceError",
    "SourceIncomplete",
    "UnknownColumn",
    "UnknownLabel",
    "UsageError",
]


class GoemoxError(Exception):
    """Base of all; `exit_code` is what the command line ends with."""

    exit_code = 1


class MissingExtra(GoemoxError):
    """A feature was asked for whose optional packages are not installed."""

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(f"{feature} needs packages that are not installed: pip install 'goemox[{extra}]'")
        self.extra = extra


class ShapeError(GoemoxError):
    """Two arrays that must describe the same rows or labels do not."""

    def __init__(self, name: str, expected: tuple[int, ...], found: tuple[int, ...]) -> None:
        super().__init__(f"{name} must have shape {expected}, found {found}")
        self.expected, self.found = expected, found


class UsageError(GoemoxError):
    """The call itself is wrong: an impossible flag, setting or argument."""

    exit_code = 2


class GateFailed(GoemoxError):
    """A quality gate refused a result; what it guards was not written."""

    exit_code = 3


class InvalidInput(GoemoxError):
    """Data that the user gave cannot be used; the message names file, row and remedy."""

    exit_code = 4


class NoRows(InvalidInput):
    """A file, or what is piped in, holds no row; one of several files may be like that."""

    def __init__(self, what: str, remedy: str = "name one with texts") -> None:
        super().__init__(f"{what}; {remedy}")
        self.what = what


class NoSuchSplit(InvalidInput):
    """A folder of labelled texts has no file for a split."""


class UnknownColumn(InvalidInput):
    """A column was named that the file does not have."""

    def __init__(self, where: str, column: str, columns: Sequence[str], flag: str) -> None:
        super().__init__(
            f"{where}: no column {column!r}{near(column, columns) or '.'} Columns here: {listed(columns)}. "
            f"Choose one with {flag}."
        )
        self.column, self.columns = column, tuple(columns)


class UnknownLabel(InvalidInput):
    """A row carries a label that the label set does not contain."""

    def __init__(
        self,
        label: str,
        where: str,
        known: Sequence[str],
        remedy: str = "Map others with a mapping file (--mapping).",
    ) -> None:
        meant = near(label, known) or "."
        names = ", ".join(known)
        super().__init__(f"{where}: unknown label {label!r}{meant} Known labels: {names}. {remedy}")
        self.label, self.where, self.known = label, where, tuple(known)


class InvalidModel(InvalidInput):
    """A folder is not a model, is damaged, or contradicts itself."""


class SourceError(GoemoxError):
    """A remote source failed, refused, or could not be reached."""

    exit_code = 5


class SourceIncomplete(SourceError):
    """The source cannot return all the rows that were asked for."""


class OfflineError(SourceError):
    """The network is needed but was switched off (`--offline`, `HF_HUB_OFFLINE`)."""
