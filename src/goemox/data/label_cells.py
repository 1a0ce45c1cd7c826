"""What stands in a label cell, or in a column for each label -> a set of label names."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from goemox.data.rows import kind_of
from goemox.errors import InvalidInput, UnknownLabel
from goemox.labels import GOEMOTIONS, is_goemotions

__all__ = ["OFF", "ON", "is_number", "parse_labels", "parse_multi_hot"]

ON = ("1", "true", "yes")
"""Cells of a label's own column that say that the label applies; upper and lower case are the same."""

OFF = ("0", "false", "no")
"""Cells that say that it does not."""

_SHOWN = 40  # characters of a cell that an error repeats
_OTHER_MARKS = (r"[;/+]", r"[;/+\s]")  # what others put between labels; names may have spaces within


def parse_labels(cell: object, known: Sequence[str] | None, where: str) -> frozenset[str]:
    """Read a list, `a|b`, `a, b`, a written list (`["a", "b"]`) or a single name.

    An empty list or cell means that somebody looked and found none; null raises InvalidInput, since
    nobody looked. Numbers are GoEmotions' published label ids where `known` is that label set.
    Raises UnknownLabel for a name outside `known` (None = any name goes), with `where` in the message, and
    InvalidInput where it is several known ones with another mark between them.
    """
    if known is not None and isinstance(cell, str) and cell.strip() in known:
        return frozenset({cell.strip()})
    parts = _parts(cell, where)
    numbers = [str(part).strip() for part in parts if is_number(part)]
    if len(set(numbers)) < len(numbers) and set(numbers) <= {"0", "1"}:  # an id stands once
        raise InvalidInput(
            f"{where}: labels {str(cell)[:_SHOWN]!r} look like a 1 or 0 for each label; write the names of "
            "those that apply (joy|anger), or a column for each label"
        )
    names = [_name(part, known, where) for part in parts]
    labels = frozenset(name for name in names if name)
    for label in sorted(labels):
        if known is not None and label not in known:
            if parts := _known_parts(label, known):
                several = (
                    f"names several labels; write them as {'|'.join(parts)}, with | or a comma between them"
                )
                raise InvalidInput(
                    f"{where}: {label[:_SHOWN]!r} "
                    + (several if parts[1:] else f"is no label; write it as {parts[0]}")
                )
            raise UnknownLabel(label, where, known)
    return labels


def _known_parts(label: str, known: Sequence[str]) -> list[str]:
    """The known names that one label is made of with `;` and the like between them; none where it is not."""
    for marks in _OTHER_MARKS:
        parts = [name for part in re.split(marks, label) if (name := part.strip())]
        if parts and all(name in known for name in parts):
            return parts
    return []


def is_number(part: object) -> bool:
    """Whether a label is written as a whole number, such as an id."""
    written = str(part).strip()
    return (
        isinstance(part, (str, int))
        and not isinstance(part, bool)
        and written.isascii()
        and written.isdigit()
    )


def parse_multi_hot(values: Mapping[str, object], columns: Sequence[str], where: str) -> frozenset[str]:
    """Read one column per label, named after it, whose cells say whether it applies (see `ON` and `OFF`).

    Raises InvalidInput, naming the column, for any other cell and for an empty one.
    """
    return frozenset(column for column in columns if _applies(values.get(column), column, where))


def _applies(cell: object, column: str, where: str) -> bool:
    if isinstance(cell, (bool, int, float)) and cell in (0, 1):
        return bool(cell)
    word = cell.strip().casefold() if isinstance(cell, str) else None
    if word in ON:
        return True
    if word in OFF:
        return False
    shown = "nothing" if cell is None or word == "" else repr(cell)[:_SHOWN]
    raise InvalidInput(
        f"{where}: column {column!r} holds {shown}; the column of a label says 1 or 0 (or true/false, yes/no)"
    )


def _parts(cell: object, where: str) -> Sequence[object]:
    if cell is None:
        raise InvalidInput(f"{where}: no labels (null); an empty list says that no label applies")
    if isinstance(cell, str):
        written = cell.strip()
        if written.startswith("["):
            return _written_list(written, where)
        return written.split("|" if "|" in written else ",")
    if isinstance(cell, int):
        return [cell]
    if isinstance(cell, (list, tuple)):
        return cell
    raise InvalidInput(f"{where}: labels must be a list or text, found {kind_of(cell)}")


def _written_list(written: str, where: str) -> Sequence[object]:
    parts = None
    for spelling in (written, written.replace("'", '"')):  # JSON's way, then Python's
        try:
            parts = json.loads(spelling)
            break
        except (ValueError, RecursionError):
            continue
    if not isinstance(parts, list):
        raise InvalidInput(f"{where}: labels {written!r} cannot be read; write them as a|b")
    return parts


def _name(part: object, known: Sequence[str] | None, where: str) -> str:
    if isinstance(part, bool) or not isinstance(part, (str, int)):
        raise InvalidInput(
            f"{where}: label {part!r} is not a name; where each label has a column of its own, "
            "name them all: --label-column A --label-column B"
        )
    name = str(part).strip()
    if known is None or name in known or not (name.isascii() and name.isdigit()) or not is_goemotions(known):
        return name
    short = name.lstrip("0") or "0"
    if len(short) > 2 or int(short) >= len(GOEMOTIONS):
        raise InvalidInput(f"{where}: label id {name[:_SHOWN]} is not in 0 to {len(GOEMOTIONS) - 1}")
    return GOEMOTIONS[int(short)]
