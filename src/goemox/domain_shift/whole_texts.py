"""Tests that look at whole texts, not at one label: all scores together, what the encoder sees, the words."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from goemox.domain.words import hash_words
from goemox.domain_shift.classifier_test import classifier_test
from goemox.domain_shift.mmd import MmdTest, mmd_test
from goemox.domain_shift.sample import DomainSample, ReferenceSample
from goemox.domain_shift.telling_words import telling_words
from goemox.scores import Floats, logit

__all__ = ["joint_p", "log_odds", "whole_text_tests"]

SMALLEST = 1e-4  # probabilities nearer to 0 or 1 than this are alike


def whole_text_tests(reference: ReferenceSample, target: DomainSample, seed: int = 0) -> dict[str, Any]:
    """Each test as plain numbers, None where one side lacks what it needs or has fewer than 50 texts.

    None, too, where the model was adapted on many of the texts (`DomainSample.is_known`).

    - scores: maximum mean discrepancy of all labels' calibrated log odds.
    - embeddings: the same of the encoder's main directions.
    - classifier: how well a classifier tells the sides apart by their words.
    - words: which words tell them apart.
    - p_any: of the smallest of these p-values, Bonferroni over those that were made; None without any.
    """
    if target.is_known:
        return dict.fromkeys(("scores", "embeddings", "classifier", "words", "p_any"))
    scores = mmd_test(log_odds(reference.probabilities), log_odds(target.probabilities), seed=seed)
    embeddings = None
    if reference.coordinates is not None and target.coordinates is not None:
        embeddings = mmd_test(reference.coordinates, target.coordinates, seed=seed)
    classifier = words = None
    if reference.words is not None and target.texts is not None:
        classifier = classifier_test(reference.words, hash_words(target.texts), seed=seed)
        words = telling_words(reference.words, target.texts)
    made = [test.p_value for test in (scores, embeddings, classifier) if test is not None]
    return {
        "scores": _plain(scores),
        "embeddings": _plain(embeddings),
        "classifier": None if classifier is None else asdict(classifier),
        "words": None if words is None else asdict(words),
        "p_any": min(1.0, len(made) * min(made)) if made else None,
    }


def joint_p(p_labels: float | None, p_any: float | None) -> float | None:
    """One p for labels and whole texts together: twice the smaller (Bonferroni), at most 1.

    p_labels: the smallest of the label tests' p-values after Holm. p_any: of the whole texts. Each is a
    family of its own, so a reader who takes either for an alarm errs up to twice as often as each promises;
    with this, at most as often. Where one was not made, the other as it is; None without both.
    """
    made = [p for p in (p_labels, p_any) if p is not None]
    return min(1.0, len(made) * min(made)) if made else None


def log_odds(probabilities: Floats) -> Floats:
    """Calibrated probabilities (n, k) -> log odds (n, k), between -9.2 and 9.2.

    Of half precision, in which references are stored, so that both sides of a comparison are rounded alike.
    """
    return logit(probabilities.astype(np.float16), SMALLEST)


def _plain(test: MmdTest | None) -> dict[str, object] | None:
    return None if test is None else asdict(test)
