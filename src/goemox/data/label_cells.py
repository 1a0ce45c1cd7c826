"""What stands in a label cell -> a set of label names."""

from __future__ import annotations

import json
from collections.abc import Sequence

from goemox.data.rows import kind_of
from goemox.errors import InvalidInput, UnknownLabel
from goemox.labels import GOEMOTIONS, is_goemotions

__all__ = ["parse_labels"]


def parse_labels(cell: object, known: Sequence[str] | None, where: str) -> frozenset[str]:
    """Read a list, `a|b`, `a, b`, a written list (`["a", "b"]`) or a single name.

    An empty list or cell means that somebody looked and found none; null raises InvalidInput, since
    nobody looked. Numbers are GoEmotions' published label ids where `known` is that label set.
    Raises UnknownLabel for a name outside `known` (None = any name goes), with `where` in the message.
    """
    if known is not None and isinstance(cell, str) and cell.strip() in known:
        return frozenset({cell.strip()})
    names = [_name(part, known, where) for part in _parts(cell, where)]
    labels = frozenset(name for name in names if name)
    for label in sorted(labels):
        if known is not None and label not in known:
            raise UnknownLabel(label, where, known)
    return labels


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
        raise InvalidInput(f"{where}: label {part!r} is not a name; multi-hot columns are not read yet")
    name = str(part).strip()
    if known is None or name in known or not (name.isascii() and name.isdigit()) or not is_goemotions(known):
        return name
    if int(name) >= len(GOEMOTIONS):
        raise InvalidInput(f"{where}: label id {name} is not in 0 to {len(GOEMOTIONS) - 1}")
    return GOEMOTIONS[int(name)]
