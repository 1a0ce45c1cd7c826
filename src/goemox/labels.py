"""The 28 GoEmotions labels and the two groupings their authors published.

Source: Demszky et al. 2020, "GoEmotions: A Dataset of Fine-Grained Emotions"
(https://arxiv.org/abs/2005.00547); the order is the data set's own, `neutral` last.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

__all__ = [
    "EKMAN", "GOEMOTIONS", "GROUPINGS", "NEUTRAL", "SENTIMENT", "display_group", "is_goemotions",
]  # fmt: skip

NEUTRAL = "neutral"

GOEMOTIONS: tuple[str, ...] = (
    "admiration", "amusement", "anger", "annoyance", "approval", "caring", "confusion",
    "curiosity", "desire", "disappointment", "disapproval", "disgust", "embarrassment",
    "excitement", "fear", "gratitude", "grief", "joy", "love", "nervousness", "optimism",
    "pride", "realization", "relief", "remorse", "sadness", "surprise", NEUTRAL,
)  # fmt: skip

EKMAN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "anger": ("anger", "annoyance", "disapproval"),
        "disgust": ("disgust",),
        "fear": ("fear", "nervousness"),
        "joy": (
            "admiration", "amusement", "approval", "caring", "desire", "excitement",
            "gratitude", "joy", "love", "optimism", "pride", "relief",
        ),
        "sadness": ("disappointment", "embarrassment", "grief", "remorse", "sadness"),
        "surprise": ("confusion", "curiosity", "realization", "surprise"),
        NEUTRAL: (NEUTRAL,),
    }
)  # fmt: skip

SENTIMENT: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "positive": EKMAN["joy"],
        "negative": (*EKMAN["anger"], *EKMAN["disgust"], *EKMAN["fear"], *EKMAN["sadness"]),
        "ambiguous": EKMAN["surprise"],
        NEUTRAL: (NEUTRAL,),
    }
)

GROUPINGS: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"ekman": EKMAN, "sentiment": SENTIMENT}
)


def display_group(label: str) -> str:
    """The first study's three groups of top labels: neutral, admiration, all others."""
    return label if label in (NEUTRAL, "admiration") else "others"


def is_goemotions(labels: Sequence[str]) -> bool:
    """Whether this is the GoEmotions taxonomy, in any order."""
    return len(labels) == len(GOEMOTIONS) and set(labels) == set(GOEMOTIONS)
