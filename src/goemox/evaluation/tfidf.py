"""The bag-of-words baseline: a model that does not beat it learned no more than words.

It gets the same decision rules as the model (calibration, thresholds, fallback, groups, fitted on dev), so
that only the scores differ. Not covered: tuning beyond the one setting below, chosen on dev.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from goemox.decision.groups import fit_groupings
from goemox.decision.rule import fit_decisions
from goemox.errors import InvalidInput
from goemox.evaluation.baselines import baseline_row
from goemox.evaluation.sample import LabelledSample
from goemox.scores import Bools, Floats, ScoreMatrix

__all__ = ["tfidf_baseline"]

TOKEN = r"[^\W_]+|[!?]"  # noqa: S105 - a pattern of words, no password
PENALTY = 3.0  # inverse L2 strength; 1, 2, 5 and 10 gave less on dev
NEVER = -30.0  # the logit of a label without a single training example


def tfidf_baseline(
    train_texts: Sequence[str],
    train_truth: Bools,
    dev_texts: Sequence[str],
    dev_truth: Bools,
    test_texts: Sequence[str],
    test_truth: Bools,
    labels: Sequence[str],
) -> dict[str, object]:
    """Train TF-IDF (words, pairs of words, ! and ?) with one logistic regression a label; a baseline row.

    Truths are bool (n, k). About a minute for GoEmotions on two cores: run when a release is built, kept in
    its `evaluation.json`. Raises InvalidInput where a split is empty.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    for name, texts in (("train", train_texts), ("dev", dev_texts), ("test", test_texts)):
        if not texts:
            raise InvalidInput(f"TF-IDF baseline: the {name} split has no texts")
    words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, token_pattern=TOKEN)
    try:
        train = words.fit_transform(train_texts)
    except ValueError:  # few texts, no word of which occurs twice: there is nothing to go by but the shares
        words = TfidfVectorizer(analyzer=lambda text: ["text"])
        train = words.fit_transform(train_texts)
    on_dev, on_test = _logits(train, train_truth, (words.transform(dev_texts), words.transform(test_texts)))
    dev = _scores(on_dev, labels)
    rule = fit_decisions(dev.labels, dev.logits, dev_truth, fitted_on="dev")
    probabilities, known = rule.probabilities(_scores(on_test, labels)), rule.probabilities(dev)
    groupings = fit_groupings(labels, known, dev_truth, fitted_on="dev")
    sample = LabelledSample(
        tuple(labels),
        probabilities,
        rule.decide(probabilities),
        test_truth,
        np.ones(test_truth.shape, dtype=np.bool_),
        {name: groups.decide(probabilities) for name, groups in groupings.items()},
    )
    return baseline_row("TF-IDF + logistic regression", sample)


def _logits(train: Any, truth: Bools, others: Sequence[Any]) -> list[Floats]:
    """Fit on sparse rows (n, f) with truth (n, k); logits (m, k) of each of the other sparse matrices."""
    from sklearn.linear_model import LogisticRegression

    found = [np.full((other.shape[0], truth.shape[1]), NEVER) for other in others]
    for column, hits in enumerate(truth.T):
        if not hits.any():
            continue
        if hits.all():
            for logits in found:
                logits[:, column] = -NEVER
            continue
        model = LogisticRegression(C=PENALTY, solver="liblinear").fit(train, hits)
        for logits, other in zip(found, others, strict=True):
            logits[:, column] = model.decision_function(other)
    return found


def _scores(logits: Floats, labels: Sequence[str]) -> ScoreMatrix:
    n = len(logits)
    return ScoreMatrix(
        ids=tuple(str(row + 1) for row in range(n)),
        labels=tuple(labels),
        logits=logits.astype(np.float32),
        embeddings=None,
        truncated=np.zeros(n, dtype=np.bool_),
        n_tokens=np.zeros(n, dtype=np.int64),
        model="",
    )
