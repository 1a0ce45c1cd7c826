"""One key for each label, the same in every session with the same labels."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from string import ascii_lowercase, ascii_uppercase

from goemox.errors import UsageError

__all__ = ["MOST_LABELS", "Control", "assign_keys"]

_DIGITS = "1234567890"
_IN_ORDER = ascii_lowercase + _DIGITS + ascii_uppercase

MOST_LABELS = len(_IN_ORDER)
"""Labels that can have a key each."""


class Control(StrEnum):
    """Keys that are no label's, by what people call them."""

    save = "Enter"
    back = "Backspace"
    skip = "Tab"
    more = "Space"
    less = "Up"
    help = "?"
    quit = "Esc"


def assign_keys(labels: Sequence[str]) -> dict[str, str]:
    """The key of each label, by label.

    Of labels with one initial the shortest gets it, the first of equals; every other label, in turn, the
    first letter or digit of its name that is free, else the first that is free at all: a to z, 1 to 9, 0,
    A to Z. Raises UsageError for more labels than there are keys.
    """
    if len(labels) > MOST_LABELS:
        raise UsageError(
            f"{len(labels)} labels are more than the {MOST_LABELS} keys there are; name those to look for "
            "with --labels a,b,c, or group them in a file for --mapping"
        )
    keys: dict[str, str] = {}
    free = dict.fromkeys(_IN_ORDER)  # a set that keeps its order

    def give(label: str, among: str) -> None:
        key = next((character for character in among if character in free), None)
        if key is not None:
            keys[label] = key
            del free[key]

    for label in sorted(labels, key=len):
        give(label, label[:1].lower())
    for label in labels:
        if label not in keys:
            give(label, label.lower())
    for label in labels:
        if label not in keys:
            give(label, _IN_ORDER)
    return {label: keys[label] for label in labels}
