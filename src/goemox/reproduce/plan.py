"""What is climbed: the eight rungs, and how much of each is trained."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FULL", "QUICK", "RUNGS", "STUDY_RATE", "Plan", "Rung"]

STUDY_RATE = 2e-5  # the usual learning rate for this encoder; the first study does not tell its own


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ladder; it differs from the rung below in its repair alone.

    repair: in words, with places for the numbers of rows.
    run: the training whose logits it decides on, shared by rungs that only decide differently.
    decision: "softmax" (the most probable label), "half" (sigmoid, cut at .5), "thresholds" (cuts from
    dev), or "calibrated" (probabilities and cuts from dev).
    """

    name: str
    title: str
    repair: str
    run: str
    decision: str


RUNGS = (
    Rung(
        "naive",
        "naive",
        "the first study's way: {naive_rows:,} rows, first label only, softmax",
        "naive",
        "softmax",
    ),
    Rung(
        "naive-best-rate",
        "naive, best rate",
        "learning rate chosen on the naive model's own validation part",
        "naive",
        "softmax",
    ),
    Rung(
        "all-labels",
        "all labels",
        "every label of the same rows counts: sigmoids, each cut at .5",
        "all-labels",
        "half",
    ),
    Rung(
        "all-rows",
        "all rows",
        "{all_rows:,} training rows, at the usual learning rate again",
        "all-rows",
        "half",
    ),
    Rung(
        "optimisation",
        "better optimisation",
        "pooling layer, head that starts at the base rates, averaged weights",
        "optimisation",
        "half",
    ),
    Rung("thresholds", "thresholds", "same weights; cuts from dev, not .5", "optimisation", "thresholds"),
    Rung(
        "calibration",
        "calibration",
        "same weights; probabilities and cuts from dev",
        "optimisation",
        "calibrated",
    ),
    Rung("release", "release", "the release model's weights, same decision", "release", "calibrated"),
)


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is trained and measured.

    base: of the first four rungs, better_base: of the three above them. rates: learning rates that the second
    rung chooses from. all_rows, better_epochs, evaluated: None = all of them, or the recipe's own.
    evaluated: labelled texts that are measured on. outside: titles of each outside source.
    """

    seeds: int = 3
    base: str = "minilm-stock"
    better_base: str = "minilm"
    naive_rows: int = 2_000
    naive_epochs: int = 3
    rates: tuple[float, ...] = (STUDY_RATE, 5e-5, 1e-4, 3e-4)
    all_rows: int | None = None
    all_rows_epochs: int = 3
    better_epochs: int | None = None
    evaluated: int | None = None
    outside: int = 2_000
    quick: bool = False


FULL = Plan()
QUICK = Plan(
    seeds=1,
    rates=(STUDY_RATE, 3e-4),
    all_rows=4_000,
    all_rows_epochs=1,
    better_epochs=1,
    evaluated=1_500,
    outside=300,
    quick=True,
)
