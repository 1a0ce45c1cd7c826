"""`goemox serve` with a model that answers at once: what HTTP, checks, queue and answers cost by themselves.

    python benchmarks/load/instant.py [--port 8000] [any option of goemox serve]

Everything is the product's own but the function that the scoring thread calls; it gives every text the answer
to one text that was read before.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import lru_cache

import goemox.serve.service as service
from goemox.classifier import EmotionClassifier
from goemox.cli import main
from goemox.serve.scoring import Scored

EXAMPLE = "Thank you so much, this made my day!"
score_texts = service.score_texts


@lru_cache(maxsize=1)
def read_once(classifier: EmotionClassifier) -> Scored:
    return score_texts(classifier, [EXAMPLE])[0]


def score_at_once(classifier: EmotionClassifier, texts: Sequence[str]) -> list[Scored]:
    """The same answer for each text."""
    return [read_once(classifier)] * len(texts)


if __name__ == "__main__":
    service.score_texts = score_at_once
    sys.argv[:1] = ["goemox", "serve"]
    main()
