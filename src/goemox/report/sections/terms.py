"""The words that the page uses, each with one meaning."""

from __future__ import annotations

from goemox.report.blocks import Facts

__all__ = ["terms"]

TERMS = (
    (
        "F1",
        "How right and how complete the model is with one label, 0 to 1. Macro-F1 is the mean over labels, "
        "micro-F1 is over all decisions together.",
    ),
    ("Top label", "The most probable label of a text; every text has one."),
    (
        "Given",
        "A label is given where its probability passes its own cut (threshold); a text can be given several.",
    ),
    (
        "Neutral, five ways",
        "As top label; given; given alone; and by probabilities: the mean probability of neutral, which is "
        "its share if calibration holds. And by the largest softmax, which allows one label a text.",
    ),
    (
        "In domain, at home",
        "Texts like those that the model learned from; figures in domain are of labelled texts of your own "
        "where a study was given some.",
    ),
    (
        "Held-out texts, adaptation texts",
        "What distances, neighbours and the map of texts are measured from: texts held out from training or, "
        "with an adapted model, those that it was adapted on.",
    ),
    (
        "Far out",
        "Farther from the training texts than 95% of held-out texts like those are; with an adapted model, "
        "farther from the texts that it was adapted on than 95% of those.",
    ),
    (
        "Calibrated",
        "Of the cases that are called 30% probable, 30% are true. Shown in domain, unproven elsewhere.",
    ),
    (
        "Brier skill",
        "How much closer to the truth than a label's share, said of every text: 0 no closer, 1 perfect.",
    ),
    ("Softmax", "Probabilities that must sum to 1 over all labels, as if only one could be true."),
    (
        "Naive model",
        "The first study's way: 2,000 rows, the first label of each, softmax, one label a text. It was "
        "trained more than once: for the baselines, for the ladder, and the one that --naive names.",
    ),
    ("Collapse", "Calling a text neutral because of the model or its rule, not because of the text."),
    (
        "Beyond chance",
        "The p of a test, adjusted by Holm's method over all tests of its family, is below 0.05. With many "
        "texts nearly any difference is: look at its size.",
    ),
)


def terms() -> Facts:
    """Names and meanings, those that a reader meets first before the others."""
    return Facts("Words on this page", TERMS)
