"""Where words for a comparison begin: from how many texts, and from which share of them outside.

Every page and sentence takes them from here, so that no two of them call the same share by different names.
"""

from __future__ import annotations

__all__ = [
    "A_LITTLE_MORE",
    "FAR_SHARE",
    "FOREIGN",
    "KNOWN_SHARE",
    "LABEL_ROWS",
    "MIN_TEXTS",
    "TOLD_APART",
    "USUAL",
    "rows_to_label",
]

MIN_TEXTS = 50
"""Texts a side; with fewer, "nothing moved" would only mean "nobody could tell"."""

KNOWN_SHARE = 0.10
"""The share of texts that the model was adapted on from which a domain is no longer compared with those."""

USUAL = 0.05
"""The share of texts like those of training that lies outside, by construction of the flag."""

A_LITTLE_MORE = 0.07
"""The largest share outside that is still no more than usual; above it, somewhat more."""

FAR_SHARE = 0.20
"""The share outside from which scores are a ranking only and the prediction sets' promise is withdrawn."""

TOLD_APART = 0.65
"""How often the foreign one of two texts must be found (AUROC) before two sides count as different texts."""

LABEL_ROWS = 100
"""Labelled texts of a new domain that buy most of what labels can buy there; nobody is asked for more."""

FOREIGN = 0.05
"""The share of texts that the model cannot read from which it is the first thing to say."""


def rows_to_label(n_texts: float | None) -> int:
    """How many texts of a domain a reader is asked to label: `LABEL_ROWS`, or all where it has fewer."""
    return LABEL_ROWS if n_texts is None else min(LABEL_ROWS, round(n_texts))
