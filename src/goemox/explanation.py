"""Which words of a text carry a label: how much less likely the label is without them.

Occlusion: the text is read again without each word in turn (erasure, Li, Monroe and Jurafsky 2016,
https://arxiv.org/abs/1612.08220). It asks the model itself, needs no gradients, and so runs where it runs.

Not covered: words that stand in for each other ("thanks, thank you") each lose little when they are taken
away alone. The effect is on what the model says, not on what is true, and nothing is said of its causes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from goemox.classifier import EmotionClassifier
from goemox.errors import InvalidInput
from goemox.prediction import Prediction
from goemox.records import TextRecord
from goemox.wording import near

__all__ = ["MAX_PARTS", "Explanation", "WordEvidence", "explain", "explained", "occlusions"]

MAX_PARTS = 64
"""Parts that a text is taken apart into; longer texts have several words a part."""

WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class WordEvidence:
    """One part of a text, a word or several, and what taking it away does.

    text[start:end] is the part, in characters. effect: {label: calibrated probability with the part less that
    without it}, in [-1, 1]: above 0 where the part speaks for the label.
    """

    word: str
    start: int
    end: int
    effect: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A prediction and the evidence for it.

    words: the parts of the text (`WordEvidence`), in reading order.
    """

    prediction: Prediction
    words: tuple[WordEvidence, ...]

    def strongest(self, label: str, n: int = 5) -> tuple[WordEvidence, ...]:
        """The at most n parts that speak for `label`, strongest first; none that speaks against it.

        Raises InvalidInput for a label that the model does not have.
        """
        if label not in self.prediction.scores:
            known = ", ".join(self.prediction.scores)
            meant = near(label, self.prediction.scores) or "."
            raise InvalidInput(f"the model has no label {label!r}{meant} Its labels: {known}")
        falling = sorted(self.words, key=lambda part: -part.effect[label])
        return tuple(part for part in falling[:n] if part.effect[label] > 0)

    def to_dict(self) -> dict[str, object]:
        """JSON types: the prediction as `goemox predict` writes it, and "words"."""
        return {
            **self.prediction.to_dict(),
            "words": [
                {"word": part.word, "start": part.start, "end": part.end, "effect": dict(part.effect)}
                for part in self.words
            ],
        }


def explain(classifier: EmotionClassifier, text: str) -> Explanation:
    """Let `classifier` read `text` once whole and once without each of its parts, at most MAX_PARTS of them.

    Raises InvalidInput for what is no text, and for a text without a word.
    """
    if not isinstance(text, str):
        kind = type(text).__name__
        raise InvalidInput(
            f"{kind} is no text; texts are explained one at a time: [explain(model, text) for text in texts]"
        )
    records = [TextRecord(str(i), part) for i, part in enumerate(occlusions(text))]  # the last word leaves ""
    return explained(text, classifier.predictions(records))


def occlusions(text: str) -> list[str]:
    """`text`, and then `text` without each of its parts. Raises InvalidInput for a text without a word."""
    parts = _parts(text)
    if not parts:
        raise InvalidInput("there is no word in this text; give one with at least one word")
    return [text, *(_without(text, start, end) for start, end in parts)]


def _without(text: str, start: int, end: int) -> str:
    """The text less text[start:end] and the spaces around it: one space stands there, none at an end."""
    return " ".join(rest for rest in (text[:start].rstrip(), text[end:].lstrip()) if rest)


def explained(text: str, predictions: Sequence[Prediction]) -> Explanation:
    """The evidence from what a model says of each of `occlusions(text)`, in their order."""
    whole, *without = predictions
    words = tuple(
        WordEvidence(
            text[start:end],
            start,
            end,
            {label: round(p - rest.scores[label], 6) for label, p in whole.scores.items()},
        )
        for (start, end), rest in zip(_parts(text), without, strict=True)
    )
    return Explanation(whole, words)


def _parts(text: str) -> list[tuple[int, int]]:
    """(start, end) of words, or of runs of words where there are more than MAX_PARTS."""
    words = [(found.start(), found.end()) for found in WORD.finditer(text)]
    runs = np.array_split(np.arange(len(words)), min(len(words), MAX_PARTS)) if words else []
    return [(words[run[0]][0], words[run[-1]][1]) for run in runs]
