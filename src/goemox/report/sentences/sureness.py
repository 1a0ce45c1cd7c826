"""Where the model is surer than at home: a difference of two means that is worth a word, and its test."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

import numpy as np

from goemox.evaluation.significance import LEVEL, holm, p_of_error
from goemox.report.fields import Fields
from goemox.report.sentences.verdicts import too_few

__all__ = ["surer"]

SURER = 0.02  # difference of two mean top probabilities that is worth a word


def surer(report: Fields, domains: Sequence[Fields]) -> list[str]:
    """The names of the domains on which the top label gets more on average than at home, beyond chance.

    Holm over the domains; a set of fewer than 50 texts is compared with nothing.
    """
    home = report.fields("in_domain")
    tested = [(domain, found) for domain in domains if (found := _against(home, domain))]
    if not tested:
        return []
    p_values = holm(np.array([p_of_error(*found) for _, found in tested]))
    return [
        domain.text("name")
        for (domain, (difference, _)), p in zip(tested, p_values, strict=True)
        if difference >= SURER and p < LEVEL
    ]


def _against(home: Fields, domain: Fields) -> tuple[float, float] | None:
    """Mean there less mean at home, and its standard error; None where these are not known."""
    if too_few(home) or too_few(domain):
        return None
    here, there = _mean(domain), _mean(home)
    return None if here is None or there is None else (here[0] - there[0], sqrt(here[1] + there[1]))


def _mean(texts: Fields) -> tuple[float, float] | None:
    """The mean top probability and its squared standard error, from the histogram's spread."""
    block, n = texts.fields("confidence"), texts.number("n")
    mean, drawn = block.number("mean"), block.fields("histogram")
    counts = np.array([count or 0.0 for count in drawn.numbers("counts")])
    edges = np.array([edge or 0.0 for edge in drawn.numbers("edges")])
    if mean is None or not n or not counts.sum() or len(edges) != len(counts) + 1:
        return None
    share, middle = counts / counts.sum(), (edges[:-1] + edges[1:]) / 2
    within = float(share @ (np.diff(edges) ** 2)) / 12  # of values spread evenly over each bin
    return mean, (float(share @ (middle - share @ middle) ** 2) + within) / n
