"""The rows of a set of texts that a report shows: some drawn at random, and those that tell most.

What each kind means, exactly (p: a text's score for a label, as the model's rule gives it):

- drawn at random: without replacement, by the study's seed, from the texts that no other kind took.
- surest mistakes: the label given with the largest p that people did not give, the text of the largest p for
  each label. missed: the label that people gave and the model did not, where p is the smallest part of the
  label's mean p over all texts. Both need people's labels.
- most certain emotion: of each label but neutral the text with the largest p, the largest of these first.
- most typical: the smallest mean distance of its scores to the mean scores of all texts, over labels.
- most surprising: the largest sum over the labels given of p times the surprisal of the label, -log2 of the
  share of these texts that are given it: sure of what is rare here. One text for each label that adds most,
  and none below 1 bit: what half of the texts are given surprises nobody.
- most doubtful: the smallest largest p.
- farthest out: the largest domain percentile.

A text stands under the first of these kinds that takes it, and once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from goemox.labels import NEUTRAL
from goemox.records import TextRecord
from goemox.scores import Bools, Floats

__all__ = ["Kind", "telling_rows"]

EACH = 3  # as many as stand side by side on the page
MISTAKES = 6
DRAWN = 6
PERCENTILE_DIGITS = 2  # what lies behind them depends on the number of BLAS threads
LEAST_BITS = 1.0
NEVER = -np.inf  # the value of a text that a kind may not take

Found = Iterator[tuple[int, str]]


class Kind(StrEnum):
    """Why a row stands among the examples, as report.json writes it."""

    RANDOM = "drawn at random"
    MISTAKE = "surest mistakes"
    MISSED = "missed"
    CERTAIN = "most certain emotion"
    TYPICAL = "most typical"
    SURPRISING = "most surprising"
    DOUBTFUL = "most doubtful"
    FARTHEST = "farthest out"


@dataclass(frozen=True, slots=True, eq=False)
class _Texts:
    """n texts as scored: p, decided, truth and judged are (n, k); percentiles (n,)."""

    labels: Sequence[str]
    p: Floats
    decided: Bools
    percentiles: Floats | None
    truth: Bools | None
    judged: Bools | None


def telling_rows(
    records: Sequence[TextRecord],
    labels: Sequence[str],
    probabilities: Floats,
    decided: Bools,
    percentiles: Floats | None,
    in_domain: Bools | None,
    *,
    truth: Bools | None = None,
    judged: Bools | None = None,
    seed: int = 0,
) -> list[dict[str, object]]:
    """Up to `EACH` rows of each kind, `DRAWN` at random before them, no text twice: the report's `examples`.

    probabilities, decided: (n, k). percentiles, in_domain: (n,) or None. truth, judged: what people said, and
    which labels they looked for (None = all), (n, k). Each row says why it stands there: its kind (`why`) and
    its own numbers (`note`); it carries all its scores, the largest first.
    """
    texts = _Texts(labels, probabilities, decided, percentiles, truth, judged)
    drawn = np.random.default_rng(seed).permutation(len(records)).tolist()
    chosen: list[tuple[Kind, int, str]] = []
    taken: set[str] = set()
    for why, most, found in (*_kinds(texts), (Kind.RANDOM, DRAWN, ((i, "") for i in drawn))):
        left = most
        for i, note in found:
            if not left:
                break
            if records[i].text not in taken:
                taken.add(records[i].text)
                chosen.append((why, i, note))
                left -= 1
    chosen.sort(key=lambda row: row[0] != Kind.RANDOM)  # stable: the others keep their order
    return [
        {"why": why.value, "note": note, **_row(records[i], i, texts)}
        | {"in_domain": None if in_domain is None else bool(in_domain[i])}
        for why, i, note in chosen
    ]


def _row(record: TextRecord, i: int, texts: _Texts) -> dict[str, object]:
    falling = np.argsort(-texts.p[i], kind="stable").tolist()
    row: dict[str, object] = {
        "id": record.id,
        "text": record.text,
        "url": record.url,
        "labels": [texts.labels[j] for j in falling if texts.decided[i, j]],
        "scores": {texts.labels[j]: round(float(texts.p[i, j]), 6) for j in falling},
        "domain_percentile": None
        if texts.percentiles is None
        else round(float(texts.percentiles[i]), PERCENTILE_DIGITS),
    }
    if texts.truth is not None:
        row["true_labels"] = [texts.labels[j] for j in np.flatnonzero(texts.truth[i]).tolist()]
    return row


def _kinds(texts: _Texts) -> Iterator[tuple[Kind, int, Found]]:
    """Each kind, how many rows it may show, and its rows in falling order with the reason for each."""
    if not texts.p.size:
        return
    if texts.truth is not None:
        yield Kind.MISTAKE, MISTAKES, _mistakes(texts, texts.truth)
        yield Kind.MISSED, MISTAKES, _missed(texts, texts.truth)
    yield Kind.CERTAIN, EACH, _certain(texts)
    yield Kind.TYPICAL, EACH, _typical(texts)
    yield Kind.SURPRISING, EACH, _surprising(texts)
    yield Kind.DOUBTFUL, EACH, _doubtful(texts)
    if texts.percentiles is not None:
        yield Kind.FARTHEST, EACH, _farthest(texts.percentiles)


def _one_a_label(values: Floats) -> Iterator[tuple[int, int]]:
    """The row of the largest value in each column of (n, k), the largest first: (row, column)."""
    best = values.argmax(axis=0)
    largest = values[best, np.arange(values.shape[1])]
    for j in np.argsort(-largest, kind="stable").tolist():
        if largest[j] > NEVER:
            yield int(best[j]), j


def _mistakes(texts: _Texts, truth: Bools) -> Found:
    wrong = texts.decided & ~truth if texts.judged is None else texts.decided & ~truth & texts.judged
    for i, j in _one_a_label(np.where(wrong, texts.p, NEVER)):
        yield i, f"{texts.labels[j]} at {texts.p[i, j]:.2f}; people said {_people(texts.labels, truth[i])}"


def _missed(texts: _Texts, truth: Bools) -> Found:
    mean = np.maximum(texts.p.mean(axis=0), 1e-12)
    missed = np.where(truth & ~texts.decided, -texts.p / mean, NEVER)
    for i, j in _one_a_label(missed):
        yield (
            i,
            f"people said {texts.labels[j]}; here it scores {_score(texts.p[i, j])}, "
            f"on average {_score(mean[j])}",
        )


def _certain(texts: _Texts) -> Found:
    is_emotion = np.array([label != NEUTRAL for label in texts.labels])
    for i, j in _one_a_label(np.where(is_emotion, texts.p, NEVER)):
        yield i, f"no other text scores higher for {texts.labels[j]}: {_score(texts.p[i, j])}"


def _typical(texts: _Texts) -> Found:
    apart = np.abs(texts.p - texts.p.mean(axis=0)).mean(axis=1)
    for i in np.argsort(apart, kind="stable").tolist():
        yield i, f"each score is {_score(apart[i])} from that label's mean, on average"


def _surprising(texts: _Texts) -> Found:
    n, counts = len(texts.p), texts.decided.sum(axis=0)
    bits = np.where(texts.decided, -texts.p * np.log2(np.maximum(counts, 1) / n), 0.0)
    total, adds_most = bits.sum(axis=1), bits.argmax(axis=1)
    values = np.where(np.arange(bits.shape[1]) == adds_most[:, None], total[:, None], NEVER)
    values[total < LEAST_BITS] = NEVER
    for i, _ in _one_a_label(values):
        given = [j for j in np.argsort(-bits[i], kind="stable").tolist() if texts.decided[i, j]]
        first, *others = (f"{texts.labels[j]} ({_score(texts.p[i, j])})" for j in given)
        said = f"{first} is given to {counts[given[0]]:,} of {n:,} texts"
        said += "".join(f", {name} to {counts[j]:,}" for name, j in zip(others, given[1:], strict=True))
        yield i, f"{said}; surprise {total[i]:.1f} bits"


def _doubtful(texts: _Texts) -> Found:
    top = texts.p.max(axis=1)
    for i in np.argsort(top, kind="stable").tolist():
        yield i, f"no label scores more than {_score(top[i])} ({texts.labels[texts.p[i].argmax()]})"


def _farthest(percentiles: Floats) -> Found:
    for i in np.argsort(-percentiles, kind="stable").tolist():
        yield i, f"farther out than {min(percentiles[i], 99.99):.2f}% of the texts that it knows"


def _people(labels: Sequence[str], given: Bools) -> str:
    return ", ".join(labels[j] for j in np.flatnonzero(given).tolist()) or "none of the labels"


def _score(p: float) -> str:
    return f"{p:.2f}" if p >= 0.01 else f"{p:.4f}" if p >= 0.0001 else "less than 0.0001"
