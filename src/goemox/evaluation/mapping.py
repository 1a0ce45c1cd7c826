"""Other taxonomies: groups of the model's labels that stand for one label each.

A group's probability is the largest among its members (a lower bound of "any of them"), its decision is
"any member was given", its truth is "any member is true". A mapping is arguable: read scores across
taxonomies as a range.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from goemox.errors import InvalidInput, UnknownLabel
from goemox.records import TextRecord
from goemox.wording import listed, nearest, plural, refusal

__all__ = [
    "LabelMapping",
    "in_groups",
    "mapping_to_write",
    "only_named",
    "read_groups",
    "read_mapping",
    "read_mappings",
]


@dataclass(frozen=True, slots=True)
class LabelMapping:
    """Outside labels (g), and for each the columns of the model's labels that count for it."""

    labels: tuple[str, ...]
    columns: tuple[tuple[int, ...], ...]

    @classmethod
    def of(
        cls, groups: Mapping[str, Sequence[str]], labels: Sequence[str], where: str = "mapping"
    ) -> LabelMapping:
        """Check the groups against the model's labels.

        Raises UnknownLabel for a member the model does not have, InvalidInput for no group or an empty one.
        """
        column = {label: index for index, label in enumerate(labels)}
        if not groups:
            raise InvalidInput(f"{where}: no labels in it; write {_FORM}")
        for name, members in groups.items():
            if not members:
                raise InvalidInput(
                    f"{where}: {name!r} has no labels of the model; list at least one, or write null: "
                    "then it counts as no label"
                )
            for member in members:
                if member not in column:
                    raise UnknownLabel(member, f"{where}, {name!r}", labels)
        return cls(tuple(groups), tuple(tuple(column[m] for m in members) for members in groups.values()))

    def probabilities(self, probabilities: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """The largest probability in each group: (n, k) -> (n, g)."""
        return np.stack([probabilities[:, list(group)].max(axis=1) for group in self.columns], axis=1)

    def decisions(self, decided: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Whether any member of each group was given, or is true: bool (n, k) -> bool (n, g)."""
        return np.stack([decided[:, list(group)].any(axis=1) for group in self.columns], axis=1)


def only_named(
    records: Sequence[TextRecord], labels: Sequence[str], what: str, notice: Callable[[str], None]
) -> list[TextRecord]:
    """The records without the labels that `labels` does not name; a row of those alone has none of the named.

    what: names the labels in words, such as "the mapping". What is left out is told through `notice`.
    Raises InvalidInput where no record carries a named label.
    """
    named = frozenset(labels)
    others = Counter(label for record in records for label in record.labels or () if label not in named)
    if not others:
        return list(records)
    if not any(record.labels and record.labels & named for record in records):
        raise InvalidInput(
            f"no row carries a label that {what} names ({', '.join(labels)}); the rows have "
            f"{', '.join(label for label, _ in others.most_common(5))}"
        )
    n = sum(bool(record.labels and record.labels - named) for record in records)
    counted = ", ".join(f"{label} {count:,}" for label, count in others.most_common())
    carry = "carries" if n == 1 else "carry"
    notice(
        f"{n:,} of {plural(len(records), 'row')} {carry} labels that {what} does not name ({counted}); these "
        "count as none of its labels"
    )
    return [
        record if record.labels is None else replace(record, labels=record.labels & named)
        for record in records
    ]


def in_groups(
    records: Sequence[TextRecord],
    members: Mapping[str, Sequence[str]],
    labels: Sequence[str],
    notice: Callable[[str], None],
) -> list[TextRecord]:
    """Labelled records with groups for labels: they carry the groups' names, or labels of the model.

    members: {group: its labels}; labels: the model's. A group is true where any of its labels is, and judged
    where all of them were, or it is true. Otherwise as `only_named`.
    """
    given = frozenset(label for record in records for label in record.labels or ())
    if given <= frozenset(members) or not given <= frozenset(labels):
        return only_named(records, tuple(members), "the grouping", notice)
    return [_grouped(record, members) for record in records]


def _grouped(record: TextRecord, members: Mapping[str, Sequence[str]]) -> TextRecord:
    if record.labels is None:
        return record
    true = frozenset(name for name, group in members.items() if record.labels & frozenset(group))
    if record.judged is None:
        return replace(record, labels=true)
    looked = frozenset(name for name, group in members.items() if frozenset(group) <= record.judged)
    return replace(record, labels=true, judged=looked | true)


def read_mapping(path: Path, labels: Sequence[str]) -> LabelMapping:
    """Read `{"outside label": ["label of the model", ...], ...}` from a JSON file.

    An outside label with null instead of a list counts as none, like one that is not there.
    Raises InvalidInput where the file is not of that form, UnknownLabel for a name outside `labels`.
    """
    return LabelMapping.of(read_groups(path), labels, where=str(path))


def read_mappings(path: Path, *label_sets: Sequence[str]) -> tuple[LabelMapping, ...]:
    """Read a file as `read_mapping` does for several models: of each group, each takes the labels it has.

    Raises InvalidInput also where a model has no label of a group, UnknownLabel for a name no model has.
    """
    groups = read_groups(path)
    LabelMapping.of(groups, tuple(dict.fromkeys(chain(*label_sets))), where=str(path))
    return tuple(LabelMapping.of(_those_of(labels, groups, path), labels, str(path)) for labels in label_sets)


def _those_of(labels: Sequence[str], groups: Mapping[str, list[str]], path: Path) -> dict[str, list[str]]:
    """The groups with one model's labels alone."""
    own = {name: [member for member in members if member in labels] for name, members in groups.items()}
    empty = next((name for name, members in own.items() if not members), None)
    if empty is not None:
        raise InvalidInput(
            f"{path}: one of the models has no label for {empty!r}; add one of its labels "
            f"({listed(sorted(labels))}), or write null, and {empty!r} is not compared"
        )
    return own


def mapping_to_write(labels: Sequence[str], others: Sequence[str]) -> str:
    """A mapping file to begin with, as JSON: labels of one model with those of another, by their names.

    What the other one has no like name for is null; a person may know better.
    """
    found = {label: label if label in others else nearest(label, others) for label in labels}
    groups = {label: list(dict.fromkeys((label, other))) if other else None for label, other in found.items()}
    return json.dumps(groups, ensure_ascii=False)


def read_groups(path: Path) -> dict[str, list[str]]:
    """Read a mapping file as it is, whatever labels it names; names with null are left out.

    Raises InvalidInput as `read_mapping`.
    """
    try:
        content = json.loads(path.read_text("utf-8"), object_pairs_hook=lambda pairs: _unique(pairs, path))
    except OSError as error:
        raise InvalidInput(f"{path}: cannot be read {refusal(error)}") from error
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{path}: not JSON ({error}); write {_FORM}") from error
    groups = content.items() if isinstance(content, dict) else ()
    if not groups or not all(
        group is None or (isinstance(group, list) and all(isinstance(member, str) for member in group))
        for _, group in groups
    ):
        raise InvalidInput(f"{path}: not a mapping of labels; write {_FORM}")
    named = [(name.strip(), group) for name, group in groups]
    twice = next((name for name, _ in named if [other for other, _ in named].count(name) > 1), None)
    if twice is not None or not all(name for name, _ in named):
        raise InvalidInput(
            f"{path}: {f'{twice!r} stands there twice' if twice else 'a label without a name'}"
        )
    return {name: group for name, group in named if group is not None}


_FORM = '{"outside label": ["label of the model", ...], "one that counts as none": null}'


def _unique(pairs: list[tuple[str, object]], path: Path) -> dict[str, object]:
    """A JSON object whose keys differ; the standard reader would keep only the last of two."""
    content = dict(pairs)
    if len(content) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise InvalidInput(f"{path}: {twice!r} is there twice; join its lists")
    return content
