"""The map of texts: each domain's texts over the reference's, as points, and how far they really mix.

Each domain has a picture of its own (`domain_shift.projection`): across, the direction that tells its texts
from the reference's best, learned on other texts than the ones it places; upward, the direction in which they
spread most besides. Of the flat pictures tried it shows best how far the sides mix
(docs/decisions/0016-text-map.md). What is said about a domain comes from all directions
(`domain_shift.neighbours`), never from the picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from goemox.domain_shift.neighbours import NEIGHBOURS, neighbour_mixing, reference_share
from goemox.domain_shift.projection import telling_projection
from goemox.domain_shift.sample import DomainSample
from goemox.evaluation.numbers import plain
from goemox.evaluation.significance import holm
from goemox.scores import Floats, Ints
from goemox.studies.references import Reference

__all__ = ["text_map"]

METHOD = "cross-fitted shrunken discriminant across, principal component of the rest upward"
LEARNED = 1_000  # most texts a side that directions are learned on
SHOWN = 400  # most texts of a domain that are drawn
SHOWN_TOGETHER = 1_200  # most texts of all domains
MIN_SHOWN = 10
TEXT_CHARACTERS = 90
CENTRAL = 0.99  # share of the points that a picture's frame is made for; the others stand at its edge
MARGIN = 1.04


def text_map(
    reference: Reference, samples: Sequence[DomainSample], seed: int = 0
) -> dict[str, object] | None:
    """The `map` of report.json; None where the model brings no coordinates, or no domain has ten texts.

    sets: per domain of ten texts or more the places of its texts, x and y, and of reference texts, all in
    [0, 1] on one scale; of each of its texts the top label, its probability, domain percentile, beginning and
    id. mixing: per domain of 50 texts or more, but for those that the model was adapted on, the share of
    reference texts among the nearest neighbours of its texts, what would be expected if it were like the
    reference, with a 95 % interval, Holm's p, and the same share in the picture.
    left_out: names of domains with too few texts to be drawn.
    """
    home = reference.sample.coordinates
    drawn = [sample for sample in samples if sample.coordinates is not None and len(sample) >= MIN_SHOWN]
    if home is None or len(home) < MIN_SHOWN or not drawn:
        return None
    most = max(MIN_SHOWN, min(SHOWN, SHOWN_TOGETHER // len(drawn)))
    pictures = [_picture(home, sample, most, seed) for sample in drawn]
    shown = {sample.name for sample in drawn}
    content: dict[str, object] = {
        "method": METHOD,
        "neighbours": NEIGHBOURS,
        "sets": [_set(sample, *picture) for sample, picture in zip(drawn, pictures, strict=True)],
        "mixing": _mixing(home, drawn, pictures, seed),
        "left_out": [sample.name for sample in samples if sample.name not in shown],
    }
    return {name: plain(value) for name, value in content.items()}


Picture = tuple[Ints, Floats, Floats]  # rows of the domain's texts (s,), their places (s, 2), the reference's


def _picture(home: Floats, sample: DomainSample, most: int, seed: int) -> Picture:
    coordinates = np.asarray(sample.coordinates)
    generator = np.random.default_rng(seed)
    home_rows = generator.permutation(len(home))[:LEARNED]
    rows = generator.permutation(len(coordinates))[:LEARNED]
    behind, places = telling_projection(home[home_rows], coordinates[rows], seed=seed)
    kept = np.argsort(rows[:most])
    behind, places = _framed(behind[:most], places[kept])
    return rows[kept], places, behind


def _framed(behind: Floats, places: Floats) -> tuple[Floats, Floats]:
    """Both in [0, 1], on the same scale across and upward, rounded to what a picture can show."""
    both = np.concatenate([behind, places])
    outer = (1.0 - CENTRAL) / 2.0
    low, high = np.quantile(both, [outer, 1.0 - outer], axis=0)
    half = max(float((high - low).max()) / 2.0 * MARGIN, 1e-9)
    both = np.clip(0.5 + (both - (low + high) / 2.0) / (2.0 * half), 0.0, 1.0).round(3)
    return both[: len(behind)], both[len(behind) :]


def _set(sample: DomainSample, rows: Ints, places: Floats, behind: Floats) -> dict[str, Any]:
    labels, probabilities = sample.scores.labels, sample.probabilities[rows]
    percentiles, texts = sample.domain_percentile, sample.texts
    return {
        "name": sample.name,
        "n": len(sample),
        "shown": len(rows),
        "x": places[:, 0],
        "y": places[:, 1],
        "label": [labels[column] for column in probabilities.argmax(axis=1).tolist()],
        "score": probabilities.max(axis=1).astype(np.float64).round(3),
        "percentile": None if percentiles is None else percentiles[rows].round(1),
        "text": None if texts is None else [_beginning(texts[i]) for i in rows.tolist()],
        "id": [sample.scores.ids[i] for i in rows.tolist()],
        "reference_x": behind[:, 0],
        "reference_y": behind[:, 1],
    }


def _beginning(text: str) -> str:
    """The first characters on one line, with a mark where something is missing."""
    line = " ".join(text[: 4 * TEXT_CHARACTERS].split())
    return line if len(line) <= TEXT_CHARACTERS else f"{line[: TEXT_CHARACTERS - 1].rstrip()}…"


def _mixing(
    home: Floats, drawn: Sequence[DomainSample], pictures: Sequence[Picture], seed: int
) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    p_values = []
    for sample, (_, places, behind) in zip(drawn, pictures, strict=True):
        found = None if sample.is_known else neighbour_mixing(home, np.asarray(sample.coordinates), seed=seed)
        if found is None:
            continue
        p_values.append(found.p_value)
        rows.append(
            {
                "name": sample.name,
                "n": found.n,
                "neighbours_reference": found.share,
                "expected": found.expected,
                "low": found.low,
                "high": found.high,
                "in_picture": reference_share(behind, places, seed=seed),
                "p_at_floor": found.at_floor,
            }
        )
    adjusted = holm(np.array(p_values)).tolist()
    return [row | {"p_adjusted": p} for row, p in zip(rows, adjusted, strict=True)]
