"""The map of texts: reference and outside texts as points in one picture, and how far they really mix.

The picture is a projection: of the encoder's main whitened directions (64 in the bundled profile), in which the
domain distance is measured, it keeps the two principal components of all sets together, each set counting alike.
Which set a text is from is not used, so that a picture of one cloud twice shows one cloud; texts may look closer
than they are, never farther apart (docs/decisions/0015-text-map.md). What is said about a domain comes from all
directions (`domain_shift.neighbours`), never from the picture.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from goemox.domain_shift.neighbours import NEIGHBOURS, NeighbourMixing, neighbour_mixing
from goemox.domain_shift.sample import DomainSample
from goemox.evaluation.numbers import plain
from goemox.evaluation.significance import holm
from goemox.scores import Floats, Ints
from goemox.studies.outside import Reference

__all__ = ["text_map"]

METHOD = "two principal components of the main whitened directions, all sets together"
SHOWN = 400  # most texts of a set
SHOWN_OUTSIDE = 1_200  # most texts of all domains together
MIN_SHOWN = 10
TEXT_CHARACTERS = 90
CENTRAL = 0.99  # share of the points that the picture's frame is made for; the others stand at its edge
MARGIN = 1.04


def text_map(
    reference: Reference, samples: Sequence[DomainSample], seed: int = 0
) -> dict[str, object] | None:
    """The `map` of report.json; None where the model brings no coordinates, or no domain has ten texts.

    sets: the reference first, without its texts, then each domain: x and y in [0, 1] on one scale, and for
    each text its top label, that label's probability, its domain percentile, its beginning and its id.
    mixing: per domain of 50 texts or more the share of reference texts among the nearest neighbours of its
    texts, what would be expected if it were like the reference, with a 95 % interval, and Holm's p.
    kept: share of the spread that the picture keeps. left_out: names of domains with too few texts.
    """
    home = reference.sample.coordinates
    drawn = [sample for sample in samples if sample.coordinates is not None and len(sample) >= MIN_SHOWN]
    if home is None or len(home) < MIN_SHOWN or not drawn:
        return None
    generator = np.random.default_rng(seed)
    each = max(MIN_SHOWN, min(SHOWN, SHOWN_OUTSIDE // len(drawn)))
    rows = [_drawn(len(home), SHOWN, generator), *(_drawn(len(s), each, generator) for s in drawn)]
    clouds = [side[kept] for side, kept in zip((home, *(s.coordinates for s in drawn)), rows, strict=True)]
    places, kept_share = _picture([cloud.astype(np.float64) for cloud in clouds])
    sets = [_reference_set(reference, rows[0], places[0])]
    sets += [_domain_set(s, kept, at) for s, kept, at in zip(drawn, rows[1:], places[1:], strict=True)]
    shown = {sample.name for sample in drawn}
    content = {
        "method": METHOD,
        "neighbours": NEIGHBOURS,
        "kept": kept_share,
        "sets": sets,
        "mixing": _mixing(home, drawn, seed),
        "left_out": [sample.name for sample in samples if sample.name not in shown],
    }
    return plain(content)  # type: ignore[return-value]  # a mapping stays one


def _drawn(n: int, most: int, generator: np.random.Generator) -> Ints:
    if n <= most:
        return np.arange(n)
    return np.sort(generator.choice(n, most, replace=False))


def _picture(clouds: Sequence[Floats]) -> tuple[list[Floats], float]:
    """Places in [0, 1] of each cloud's rows, (n, 2) each, and the share of the spread that they keep.

    clouds: (n, d) each, the reference first. Each weighs the same, however many rows it has. The reference
    lies left of the others, or in their middle where there is nothing to tell.
    """
    rows = np.concatenate(clouds)
    weights = np.concatenate([np.full(len(cloud), 1.0 / len(cloud)) for cloud in clouds])
    weights /= weights.sum()
    centred = rows - weights @ rows
    values, vectors = np.linalg.eigh((centred * weights[:, None]).T @ centred)
    directions = vectors[:, :-3:-1]
    directions = directions * np.where(directions.sum(axis=0) < 0, -1.0, 1.0)  # eigh leaves the sign open
    if (clouds[0].mean(axis=0) - weights @ rows) @ directions[:, 0] > 0:
        directions[:, 0] *= -1.0
    flat = centred @ directions
    outer = (1.0 - CENTRAL) / 2.0
    low, high = np.quantile(flat, [outer, 1.0 - outer], axis=0)
    half = max(float((high - low).max()) / 2.0 * MARGIN, 1e-9)
    places = np.clip(0.5 + (flat - (low + high) / 2.0) / (2.0 * half), 0.0, 1.0)
    kept = float(values[-2:].sum() / values.sum()) if values.sum() > 0 else 1.0
    return np.split(places, np.cumsum([len(cloud) for cloud in clouds])[:-1]), kept


def _reference_set(reference: Reference, rows: Ints, places: Floats) -> dict[str, object]:
    sample = reference.sample
    return _points(reference.name, len(sample.probabilities), places) | {
        "label": _top(sample.labels, sample.probabilities[rows]),
        "score": None,
        "percentile": None,
        "text": None,
        "id": None,
    }


def _domain_set(sample: DomainSample, rows: Ints, places: Floats) -> dict[str, object]:
    probabilities, percentiles = sample.probabilities[rows], sample.domain_percentile
    texts = sample.texts
    return _points(sample.name, len(sample), places) | {
        "label": _top(sample.scores.labels, probabilities),
        "score": probabilities.max(axis=1).round(3),
        "percentile": None if percentiles is None else percentiles[rows].round(1),
        "text": None if texts is None else [_beginning(texts[i]) for i in rows.tolist()],
        "id": [sample.scores.ids[i] for i in rows.tolist()],
    }


def _points(name: str, n: int, places: Floats) -> dict[str, Any]:
    rounded = places.round(4)
    return {"name": name, "n": n, "shown": len(places), "x": rounded[:, 0], "y": rounded[:, 1]}


def _top(labels: Sequence[str], probabilities: Floats) -> list[str]:
    return [labels[column] for column in probabilities.argmax(axis=1).tolist()]


def _beginning(text: str) -> str:
    """The first characters on one line; the page marks what is missing."""
    line = " ".join(text[: 4 * TEXT_CHARACTERS].split())
    return line if len(line) <= TEXT_CHARACTERS else f"{line[: TEXT_CHARACTERS - 1].rstrip()}…"


def _mixing(home: Floats, drawn: Sequence[DomainSample], seed: int) -> list[Mapping[str, object]]:
    found: list[tuple[str, NeighbourMixing]] = []
    for sample in drawn:
        mixing = None if sample.coordinates is None else neighbour_mixing(home, sample.coordinates, seed=seed)
        if mixing is not None:
            found.append((sample.name, mixing))
    adjusted = holm(np.array([mixing.p_value for _, mixing in found]))
    return [
        {
            "name": name,
            "n": mixing.n,
            "neighbours_reference": mixing.share,
            "expected": mixing.expected,
            "low": mixing.low,
            "high": mixing.high,
            "p_adjusted": p,
        }
        for (name, mixing), p in zip(found, adjusted.tolist(), strict=True)
    ]
