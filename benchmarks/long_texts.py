"""How to read texts longer than the training texts: the measurement behind `--long-text chunk`.

    GOEMOX_DATA=... python benchmarks/long_texts.py

Composed rows: k random comments of GoEmotions dev joined by a space, each comment in one row at most; labels
= union of the parts' labels, `neutral` only where all parts are. The same rows for all candidates. Thresholds
and calibration are the bundled model's, fitted on dev, for all candidates alike. Real rows: the self-reports
(ISEAR) over 64 tokens, seven emotions by mapping. Under every rule `neutral` takes its lowest window.
Distance: rows composed of dev comments against rows composed of titles, and against real comments over 128
tokens. Prints every row and writes results/long_texts.json.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from sklearn.metrics import average_precision_score, roc_auc_score

import goemox
from goemox.classifier import EmotionClassifier
from goemox.counts import count
from goemox.data.files import read_records
from goemox.data.goemotions import read_split
from goemox.data.labelled import load_labelled_file
from goemox.decision.calibration import calibrate
from goemox.domain import ACCEPTED
from goemox.evaluation.mapping import LabelMapping, read_mapping
from goemox.labels import NEUTRAL
from goemox.records import truth_matrix
from goemox.runtime.plan import RunCosts, batches
from goemox.runtime.session import Scorer
from goemox.runtime.windows import WINDOW_TOKENS

N_ROWS, N_COMMENTS = 300, 2_400  # rows for each k and seed, and comments in all of them, at most
SEEDS, PARTS = (0, 1, 2), (1, 2, 4, 8, 16)
SIZES = (24, 48, 64, 128)  # tokens of a window
REAL_OVER, COMMENTS_OVER = 64, 128  # tokens
N_DISTANCE = 100
FIGURES = ("map", "micro_f1", "macro_f1", "nll", "labels_per_text")


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """Logits (m, k), embeddings (m, d), tokens (m,) of windows in the order of their n texts; first: (n,)."""

    logits: np.ndarray
    embeddings: np.ndarray
    n_tokens: np.ndarray
    first: np.ndarray

    @property
    def text(self) -> np.ndarray:
        """The row of each window's text, (m,)."""
        return np.repeat(np.arange(len(self.first)), np.diff(np.append(self.first, len(self.n_tokens))))


class Reader:
    """Windows of texts under any size; a window that was scored before is not scored again."""

    def __init__(self, scorer: Scorer) -> None:
        self._scorer = scorer
        self._known: dict[tuple[int, ...], tuple[np.ndarray, np.ndarray]] = {}

    def read(self, texts: Sequence[str], size: int | None) -> Windows:
        """The windows of `texts`, at most `size` tokens each; None = one each, cut where the model ends."""
        encoded = self._scorer._encoder.encode(texts, size)
        keys = [tuple(ids) for ids in encoded.rows()]
        new = np.array([i for i, key in enumerate(keys) if key not in self._known], dtype=np.int64)
        for batch in batches(encoded.n_tokens[new], RunCosts()):
            output = self._scorer._run(self._scorer._engine, encoded, new[batch])
            for i, logits, embedding in zip(new[batch], output["logits"], output["embedding"], strict=True):
                self._known[keys[i]] = (logits.astype(np.float64), embedding)
        logits, embeddings = (
            np.stack(part) for part in zip(*(self._known[key] for key in keys), strict=True)
        )
        return Windows(
            logits,
            embeddings,
            encoded.n_tokens.astype(np.float64),
            np.searchsorted(encoded.text, np.arange(len(texts))),
        )


def main() -> None:
    data = Path(os.environ["GOEMOX_DATA"])
    classifier = goemox.load()
    reader = Reader(classifier.scorer)
    result = {
        "claim": "windows of whole sentences, each label by its strongest one, read long texts better",
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.system()} {platform.machine()}",
        "model": classifier.scorer.sha256,
        "n": {"composed": {k: min(N_ROWS, N_COMMENTS // k) for k in PARTS}, "distance": N_DISTANCE},
        "seeds": SEEDS,
        "composed": composed(classifier, reader, data),
        "self_reports": self_reports(classifier, reader, data),
        "comments": comments(classifier, reader, data),
        "distance": distance(classifier, reader, data),
    }
    target = Path(__file__).parent / "results" / "long_texts.json"
    target.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def composed(classifier: EmotionClassifier, reader: Reader, data: Path) -> list[dict[str, object]]:
    """Every candidate on rows of k comments; mean over seeds, and the range of the mAP."""
    dev, neutral, rows = read_split(data / "goemotions", "dev"), classifier.labels.index(NEUTRAL), []
    texts, truth = [record.text for record in dev], truth_matrix(dev, classifier.labels)
    for k in PARTS:
        found: dict[tuple[str, int | None], list[dict[str, float]]] = {}
        for seed in SEEDS:
            parts = draw(len(texts), k, min(N_ROWS, N_COMMENTS // k), seed)
            labels = truth[parts].any(axis=1)
            if k > 1:
                labels[:, neutral] = ~np.delete(labels, neutral, axis=1).any(axis=1)
            for key, p in candidates(classifier, reader, joined(texts, parts)):
                found.setdefault(key, []).append(figures(p, classifier.rule.decide(p), labels, neutral))
        for (rule, size), by_seed in found.items():
            means = {name: round(float(np.mean([f[name] for f in by_seed])), 4) for name in FIGURES}
            spread = [round(pick(f["map"] for f in by_seed), 4) for pick in (min, max)]
            rows.append(shown(k=k, rule=rule, window=size, **means, map_range=spread))
    return rows


def self_reports(classifier: EmotionClassifier, reader: Reader, data: Path) -> list[dict[str, object]]:
    """Every candidate on the long ones among the self-reports, by the seven emotions' mapping."""
    mapping = read_mapping(data / "outside" / "isear.mapping.json", classifier.labels)
    records = load_labelled_file(data / "outside" / "isear.jsonl")
    n_tokens = classifier.scorer._encoder.encode([record.text for record in records]).n_tokens
    long = [record for record, n in zip(records, n_tokens, strict=True) if n > REAL_OVER]
    truth = truth_matrix(long, mapping.labels)
    rows = []
    for (rule, size), p in candidates(classifier, reader, [record.text for record in long]):
        found = figures(p, classifier.rule.decide(p), truth, classifier.labels.index(NEUTRAL), mapping)
        rows.append(
            {"n": len(long), "rule": rule, "window": size} | {name: round(found[name], 4) for name in FIGURES}
        )
        print(rows[-1], flush=True)
    return rows


def comments(classifier: EmotionClassifier, reader: Reader, data: Path) -> list[dict[str, object]]:
    """Labels other than neutral that every candidate gives to real long comments; nobody labelled them."""
    texts, neutral = long_comments(classifier, data), classifier.labels.index(NEUTRAL)
    rows = []
    for (rule, size), p in candidates(classifier, reader, texts):
        given = np.delete(classifier.rule.decide(p), neutral, axis=1).sum(axis=1).mean()
        rows.append(shown(n=len(texts), rule=rule, window=size, labels_per_text=round(float(given), 3)))
    return rows


def long_comments(classifier: EmotionClassifier, data: Path) -> list[str]:
    """The first ones over COMMENTS_OVER tokens in the file."""
    texts = [r.text for r in read_records(data / "hackernews" / "comments_2007_2015.jsonl")]
    n_tokens = classifier.scorer._encoder.encode(texts).n_tokens
    return [text for text, n in zip(texts, n_tokens, strict=True) if n > COMMENTS_OVER][:N_DISTANCE]


def distance(classifier: EmotionClassifier, reader: Reader, data: Path) -> list[dict[str, object]]:
    """Share flagged as far, and AUROC against dev rows, of three ways to a long text's distance.

    The mean of the windows' embeddings, by tokens, the mean of their distances, by tokens, or the distance of
    the longest window. The comments are real ones, the same for every k.
    """
    sources = {
        "dev": [record.text for record in read_split(data / "goemotions", "dev")],
        "story titles": [r.text for r in read_records(data / "hackernews" / "titles_2015_2016.jsonl")],
        "issue titles": [r.text for r in read_records(data / "github_issues" / "titles.jsonl")],
    }
    real = long_comments(classifier, data)
    rows = []
    for k in (1, 4, 8):
        texts = {name: joined(own, draw(len(own), k, N_DISTANCE, 0)) for name, own in sources.items()}
        texts |= {"comments": real}
        for size in (None, WINDOW_TOKENS):
            read = {name: percentiles(classifier, reader.read(own, size)) for name, own in texts.items()}
            for way in read["dev"]:
                found = {name: by_way[way] for name, by_way in read.items()}
                flagged = {name: round(float((p > ACCEPTED).mean()), 3) for name, p in found.items()}
                areas = {name: auroc(found["dev"], p) for name, p in found.items() if name != "dev"}
                rows.append(shown(k=k, window=size, way=way, flagged=flagged, auroc=areas))
    return rows


def percentiles(classifier: EmotionClassifier, windows: Windows) -> dict[str, np.ndarray]:
    profile, weights = classifier.profile, np.add.reduceat(windows.n_tokens, windows.first)
    assert profile is not None
    sums = np.add.reduceat(windows.embeddings * windows.n_tokens[:, None], windows.first)
    mean = (
        np.add.reduceat(profile.placed(windows.embeddings).distances * windows.n_tokens, windows.first)
        / weights
    )
    m = len(profile.distances)
    order = np.lexsort((-windows.n_tokens, windows.text))
    return {
        "mean embedding": profile.placed((sums / weights[:, None]).astype(np.float32)).percentiles,
        "mean distance": np.interp(mean, profile.distances, (np.arange(m) + 0.5) / m * 100.0),
        "longest": profile.placed(windows.embeddings[order][windows.first]).percentiles,
    }


def shown(**row: object) -> dict[str, object]:
    print(row, flush=True)
    return row


def auroc(inside: np.ndarray, outside: np.ndarray) -> float:
    truth = np.repeat([0, 1], [len(inside), len(outside)])
    return round(float(roc_auc_score(truth, np.r_[inside, outside])), 3)


def draw(n: int, k: int, n_rows: int, seed: int) -> np.ndarray:
    """Rows of k different ones out of n, none twice: (n_rows, k)."""
    return np.random.default_rng([seed, k]).permutation(n)[: n_rows * k].reshape(n_rows, k)


def joined(texts: Sequence[str], parts: np.ndarray) -> list[str]:
    return [" ".join(texts[i] for i in row) for row in parts]


def candidates(
    classifier: EmotionClassifier, reader: Reader, texts: Sequence[str]
) -> list[tuple[tuple[str, int | None], np.ndarray]]:
    """((rule, window), calibrated probabilities (n, k)) of every candidate."""
    found: list[tuple[tuple[str, int | None], np.ndarray]] = []
    neutral = classifier.labels.index(NEUTRAL)
    for size in (None, *SIZES):
        windows = reader.read(texts, size)
        for rule, combine in {"truncate": highest}.items() if size is None else RULES.items():
            p = combine(classifier, windows)
            lowest = np.minimum.reduceat(windows.logits, windows.first)
            p[:, neutral] = calibrated(classifier, lowest)[:, neutral]
            found.append(((rule, size), p))
    return found


def calibrated(classifier: EmotionClassifier, logits: np.ndarray) -> np.ndarray:
    return calibrate(logits, classifier.rule.maps)


def highest(classifier: EmotionClassifier, windows: Windows) -> np.ndarray:
    return calibrated(classifier, np.maximum.reduceat(windows.logits, windows.first))


def noisy_or(classifier: EmotionClassifier, windows: Windows) -> np.ndarray:
    """1 - product of (1 - p): any window has it, were they independent."""
    none = np.log1p(-calibrated(classifier, windows.logits))
    return -np.expm1(np.add.reduceat(none, windows.first))


def power_mean(temperature: float, by_length: bool) -> Callable[[EmotionClassifier, Windows], np.ndarray]:
    """Temperature * ln(mean(exp(logit / temperature))): 0 is the highest logit, infinity the mean."""

    def combine(classifier: EmotionClassifier, windows: Windows) -> np.ndarray:
        weights = windows.n_tokens if by_length else np.ones(len(windows.n_tokens))
        share = (weights / np.add.reduceat(weights, windows.first)[windows.text])[:, None]
        if np.isinf(temperature):
            return calibrated(classifier, np.add.reduceat(windows.logits * share, windows.first))
        top = np.maximum.reduceat(windows.logits, windows.first)
        lifted = np.exp((windows.logits - top[windows.text]) / temperature) * share
        return calibrated(classifier, top + temperature * np.log(np.add.reduceat(lifted, windows.first)))

    return combine


RULES: dict[str, Callable[[EmotionClassifier, Windows], np.ndarray]] = {
    "mean logit": power_mean(np.inf, by_length=False),
    "mean logit by length": power_mean(np.inf, by_length=True),
    "soft max, T 2": power_mean(2.0, by_length=False),
    "soft max, T 1": power_mean(1.0, by_length=False),
    "soft max, T 1, by length": power_mean(1.0, by_length=True),
    "soft max, T .5": power_mean(0.5, by_length=False),
    "max logit": highest,
    "noisy-or": noisy_or,
}


def figures(
    p: np.ndarray, decided: np.ndarray, truth: np.ndarray, neutral: int, mapping: LabelMapping | None = None
) -> dict[str, float]:
    """The mAP over labels that occur, F1, NLL in nats a cell, labels other than neutral given to a text."""
    given = float(np.delete(decided, neutral, axis=1).sum(axis=1).mean())
    if mapping:
        p, decided = mapping.probabilities(p), mapping.decisions(decided)
    counts = count(decided, truth)
    occur = np.flatnonzero(truth.any(axis=0))
    happened = np.clip(np.where(truth, p, 1.0 - p), 1e-12, 1.0)
    return {
        "map": float(np.mean([average_precision_score(truth[:, j], p[:, j]) for j in occur])),
        "micro_f1": counts.micro_f1,
        "macro_f1": counts.macro_f1,
        "nll": float(-np.log(happened).mean()),
        "labels_per_text": given,
    }


if __name__ == "__main__":
    main()
