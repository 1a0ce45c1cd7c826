"""The ladder that was measured for the bundled model, in short: what a report tells of the way there.

`ladder.json` beside this file is made from docs/results/ladder.json by benchmarks/ship_ladder.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from typing import Any

import orjson

__all__ = ["FILE", "SCHEMA", "bundled_ladder", "short_ladder"]

SCHEMA = "goemox.ladder-short/1"
FILE = "ladder.json"
SHARES = ("neutral_share", "no_label_share")
FIGURES = ("macro_f1", "micro_f1", "top1_accuracy", "ece_mean")


def bundled_ladder(sha256: str) -> dict[str, Any] | None:
    """The shipped ladder; None for a graph of another SHA-256, whose way nobody measured."""
    content: dict[str, Any] = orjson.loads((resources.files("goemox.studies") / FILE).read_bytes())
    return content if content["model_sha256"] == sha256 else None


def short_ladder(ladder: Mapping[str, Any], sha256: str) -> dict[str, object]:
    """A ladder of `goemox reproduce` without its single seeds: means, and the lowest and highest seed.

    ladder: the content of ladder.json. sha256: of the graph that the report must be about. Shares are of
    texts given neutral alone and given nothing, on the evaluated split and on each outside source.
    """
    places = [{key: source[key] for key in ("key", "title", "n")} for source in ladder["outside"]]
    return {
        "schema": SCHEMA,
        "model_sha256": sha256,
        **{key: ladder[key] for key in ("goemox_version", "quick", "date", "command", "machine", "split")},
        "evaluated": {key: ladder["evaluated"][key] for key in ("n", *SHARES)},
        "outside": places,
        "n_seeds": len(ladder["seeds"]),
        "findings": [dict(finding) for finding in ladder["findings"]],
        "rungs": [_rung(rung) for rung in ladder["rungs"]],
    }


def _rung(rung: Mapping[str, Any]) -> dict[str, object]:
    summary = rung["summary"]
    return {
        **{key: rung[key] for key in ("number", "name", "title", "repair", "decision")},
        "n_models": len(rung["seeds"]),
        **{key: _spread(summary[key]) for key in (*FIGURES, *SHARES)},
        "outside": {
            place: {key: _spread(shares[key]) for key in SHARES}
            for place, shares in summary["outside"].items()
        },
    }


def _spread(found: Mapping[str, float]) -> dict[str, float]:
    return {key: found[key] for key in ("mean", "low", "high")}
