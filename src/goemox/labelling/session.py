"""One rater's way through the texts: keys in, what to write out. Knows no terminal and no file."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from goemox.labelling.keys import Control, assign_keys

__all__ = ["Save", "Session", "TakeBack"]


@dataclass(frozen=True, slots=True)
class Save:
    """Write these labels for a row, or in place of those that it has."""

    row: int
    labels: frozenset[str]


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Take a row's labels out again: it is unlabelled."""

    row: int


class Session:
    """Where a rater is, and what a key does there.

    keys: {label: its key}, in the order of the labels. saved: {row: its labels}.
    page: how many screens of a long text were turned; the screen takes it modulo what it needs.
    message: what to tell the rater now; "" = nothing.
    """

    def __init__(self, n_rows: int, labels: Sequence[str], saved: Mapping[int, frozenset[str]]) -> None:
        """Start at the first row, from 0, that is not saved; the saved ones lie behind it in their order."""
        self.n_rows, self.keys, self.saved = n_rows, assign_keys(labels), dict(saved)
        self.page, self.message, self.shows_help, self.is_over = 0, "", False, False
        self._labels = {key: label for label, key in self.keys.items()}
        self._ahead = deque(row for row in range(n_rows) if row not in saved)
        self._behind = list(saved)
        self._marks: dict[int, frozenset[str]] = {}
        self._skipped: set[int] = set()
        self._asked: Literal["none", "take back"] | None = None

    @property
    def row(self) -> int | None:
        """The row on the screen; None = all are labelled."""
        return self._ahead[0] if self._ahead else None

    @property
    def chosen(self) -> frozenset[str]:
        """The labels that are on for this row, saved or not."""
        return frozenset() if self.row is None else self._chosen(self.row)

    @property
    def n_skipped(self) -> int:
        """Rows that were skipped and are not labelled since."""
        return len(self._skipped)

    def press(self, key: str) -> Save | TakeBack | None:
        """Take one key, a character or a `Control`, and say what is to be written now; None = nothing."""
        asked, self._asked, self.message = self._asked, None, ""
        if key == Control.quit:
            self.is_over = True
        elif self.shows_help:
            self.shows_help = False  # whatever the key; it was meant for the help
        elif key == Control.help:
            self.shows_help = True
        elif key == Control.back:
            self._go_back()
        elif self.row is None:
            self.is_over = key == Control.save
        elif key == Control.save:
            return self._save(self.row, is_sure=asked == "none")
        elif key == Control.skip:
            return self._skip(self.row, is_sure=asked == "take back")
        elif key in (Control.more, Control.less):
            self.page += 1 if key == Control.more else -1
        else:
            self._toggle(self.row, key)
        return None

    def _chosen(self, row: int) -> frozenset[str]:
        return self._marks.get(row, self.saved.get(row, frozenset()))

    def _toggle(self, row: int, key: str) -> None:
        label = self._labels.get(key) or self._labels.get(key.lower())  # Caps Lock may be on
        if label is None:
            self.message = f"no label has the key {key!r}; {Control.help} shows all keys"
            return
        self._marks[row] = self._chosen(row) ^ {label}

    def _save(self, row: int, *, is_sure: bool) -> Save | None:
        labels = self._chosen(row)
        if not labels and not is_sure:
            self._asked = "none"
            self.message = f"no emotion at all? {Control.save} again says so; {Control.skip} skips the text"
            return None
        is_new = self.saved.get(row) != labels
        self.saved[row] = labels
        self._skipped.discard(row)
        self._go_on(row)
        return Save(row, labels) if is_new else None

    def _skip(self, row: int, *, is_sure: bool) -> TakeBack | None:
        was_saved = row in self.saved
        if was_saved and not is_sure:
            self._asked = "take back"
            self.message = f"this text is labelled; {Control.skip} again takes its labels back"
            return None
        if len(self._ahead) == 1:
            self.message = f"this is the only text left; {Control.quit} quits, and it comes again next time"
        self.saved.pop(row, None)
        self._skipped.add(row)
        self._go_on(row)
        self._ahead.append(row)  # it comes again when the others are done
        return TakeBack(row) if was_saved else None

    def _go_on(self, row: int) -> None:
        self._ahead.popleft()
        self._behind.append(row)
        self._marks.pop(row, None)
        self.page = 0

    def _go_back(self) -> None:
        if not self._behind:
            self.message = "this is the first text"
            return
        row = self._behind.pop()
        if row in self._ahead:  # it was skipped, and waits to come again
            self._ahead.remove(row)
        self._ahead.appendleft(row)
        self.page = 0
