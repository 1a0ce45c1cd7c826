"""Hostile inputs for a parser, as Hypothesis strategies: its seeds with pieces cut, doubled and put in."""

from __future__ import annotations

import json

from hypothesis import strategies as st
from parsers import JUNK, Target

__all__ = ["inputs"]

MOST_EDITS = 6
WORDS = [piece.decode("utf-8", "replace") for piece in JUNK]
STARTS = ["https://a.example/repos/", "2024-01-31", ""]
STRINGS = st.one_of(
    st.text(max_size=40),
    st.sampled_from([*WORDS, "\ud800", "x" * 10_000]),
    st.builds(str.__add__, st.sampled_from(STARTS), st.sampled_from(WORDS)),
)
EDGES = [0, -1, 1, 2**31, 2**63, 2**64, -(2**63), 10**400, 1e308, -1e308, 5e-324]
NUMBERS = st.one_of(st.integers(), st.floats(), st.sampled_from(EDGES))
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, STRINGS),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(STRINGS, inner, max_size=4),
    max_leaves=8,
)


@st.composite
def edited(draw: st.DrawFn, target: Target) -> bytes:
    """A seed after some edits of the kinds that break parsers."""
    data = draw(st.sampled_from(list(target.seeds)))
    for _ in range(draw(st.integers(0, MOST_EDITS))):
        at = draw(st.integers(0, len(data)))
        to = draw(st.integers(at, len(data)))
        kind = draw(st.sampled_from(("cut", "put", "over", "twice", "end", "bytes")))
        if kind == "cut":
            data = data[:at] + data[to:]
        elif kind == "put":
            data = data[:at] + draw(st.sampled_from(JUNK)) + data[at:]
        elif kind == "over":
            data = data[:at] + draw(st.sampled_from(JUNK)) + data[to:]
        elif kind == "twice":
            data = data[:to] + data[at:to] + data[to:]
        elif kind == "end":
            data = data[:at]
        else:
            data = data[:at] + draw(st.binary(max_size=8)) + data[at + draw(st.integers(0, 8)) :]
    return data


@st.composite
def rows(draw: st.DrawFn, target: Target) -> bytes:
    """A seed, which is a JSON object, with other values under the names that the parser looks at."""
    row = json.loads(draw(st.sampled_from(list(target.seeds))))
    for key in draw(st.lists(st.sampled_from(target.keys), max_size=4)):
        row[key] = draw(VALUES)
    return json.dumps(row).encode()


def inputs(target: Target) -> st.SearchStrategy[bytes]:
    """Bytes for one parser: edited seeds mostly, and bytes of all kinds."""
    kinds = [edited(target), edited(target), st.binary(max_size=300)]
    if target.keys:
        kinds += [rows(target), rows(target)]
    if not target.keys and target.name.endswith(("cells", "times")):
        kinds.append(VALUES.map(lambda value: json.dumps(value).encode()))
    return st.one_of(kinds)
