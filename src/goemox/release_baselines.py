"""The baselines of a release that have to be trained: a bag of words, and the first study's naive model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import orjson

from goemox.atomic import write_bytes
from goemox.data.training_sets import TrainingSet
from goemox.evaluation.baselines import baseline_row
from goemox.evaluation.numbers import plain
from goemox.evaluation.sample import LabelledSample
from goemox.evaluation.tfidf import tfidf_baseline
from goemox.labels import GOEMOTIONS
from goemox.records import TextRecord, rows_sha256, truth_matrix

__all__ = ["naive_rows", "trained_baselines"]

NAIVE_ROWS, NAIVE_RATE = 2_000, 2e-5  # of the first study, as `goemox reproduce` climbs from it


def trained_baselines(splits: TrainingSet, work: Path, say: Callable[[str], None]) -> list[dict[str, object]]:
    """Train them on the same splits; a row of figures on test for each, kept in `work` for further seeds.

    The naive model is trained for GoEmotions' labels alone, where there are rows enough.
    """
    path = work / "baselines.json"
    hashes = [rows_sha256(part) for part in (splits.train, splits.dev, splits.test)]
    if path.is_file() and (kept := orjson.loads(path.read_bytes()))["rows"] == hashes:
        found: list[dict[str, object]] = kept["baselines"]
        return found
    say("training the bag-of-words baseline")
    found = [_words_baseline(splits)]
    if splits.labels == GOEMOTIONS and (rows := naive_rows(splits.train)):
        say("training the naive baseline")
        found.append(_naive_baseline(splits, rows))
    found = [{name: plain(value) for name, value in row.items()} for row in found]
    write_bytes(path, orjson.dumps({"rows": hashes, "baselines": found}))
    return found


def _words_baseline(splits: TrainingSet) -> dict[str, object]:
    texts = [[record.text for record in rows] for rows in (splits.train, splits.dev, splits.test)]
    truths = [truth_matrix(rows, splits.labels) for rows in (splits.train, splits.dev, splits.test)]
    return tfidf_baseline(texts[0], truths[0], texts[1], truths[1], texts[2], truths[2], splits.labels)


def naive_rows(train: Sequence[TextRecord]) -> list[TextRecord]:
    """The 2,000 rows that the naive model learns from, drawn from those with a label; none of fewer."""
    labelled = [record for record in train if record.labels]  # a softmax must name something
    if len(labelled) <= NAIVE_ROWS:
        return []
    order = np.random.default_rng(0).permutation(len(labelled))[:NAIVE_ROWS]
    return [labelled[row] for row in order]


def _naive_baseline(splits: TrainingSet, rows: Sequence[TextRecord]) -> dict[str, object]:
    """The first study's model on the test split: 2,000 rows, first label, softmax; see `goemox reproduce`."""
    from goemox.training.naive import first_labels, naive_recipe, softmax_cross_entropy, tune

    first = np.eye(len(splits.labels), dtype=np.float32)[first_labels(rows, splits.labels)]
    model = tune(
        [record.text for record in rows],
        first,
        splits.labels,
        base="minilm-stock",
        recipe=naive_recipe(NAIVE_RATE),
        loss=softmax_cross_entropy,
    )
    truth = truth_matrix(splits.test, splits.labels)
    logits = model.logits([record.text for record in splits.test]).astype(np.float64)
    top = np.eye(len(splits.labels))[logits.argmax(axis=1)]
    sample = LabelledSample(splits.labels, top, top.astype(bool), truth, np.ones(truth.shape, dtype=np.bool_))
    return baseline_row("naive (first study)", sample, scores_mean_something=False)
