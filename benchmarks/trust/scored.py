"""What a model says of the data sets that docs/trust.md is measured on, scored once and kept.

    python benchmarks/trust/scored.py [MODEL_DIR]

Finds the data through GOEMOX_DATA and keeps logits and embeddings in GOEMOX_BENCHMARK_DIR (a temporary folder
where it is not set), by the hash of the graph and of the texts. Exact repeats, and outside texts that also
stand in GoEmotions, are dropped before anything is measured.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from goemox.classifier import EmotionClassifier
from goemox.data.files import read_records
from goemox.data.goemotions import read_split
from goemox.data.splits import normalised
from goemox.domain import DomainProfile
from goemox.records import TextRecord
from goemox.scores import ScoreMatrix

TRAIN_ROWS = (
    12_000  # of the training texts, drawn with seed 0: what the release fits the domain's Gaussian on
)
LARGEST = 20_000  # texts of one outside set

GOEMOTIONS = ("train", "dev", "test")
FAR = {
    "story titles 2015-16": "hackernews/titles_2015_2016.jsonl",
    "story titles 2007-15": "hackernews/titles_2007_2015.jsonl",
    "story titles 2026": "hackernews/titles_2026.jsonl",
    "issue titles": "github_issues/titles.jsonl",
    "headlines": "outside/headlines.jsonl",
    "self-reports": "outside/isear.jsonl",
    "developers' comments": "outside/jira.jsonl",
    "story comments": "hackernews/comments_2007_2015.jsonl",
    "tweets": "unlabelled/tweets.jsonl",
    "dialogue": "unlabelled/dialogue.jsonl",
    "other Reddit comments": "unlabelled/reddit.jsonl",
}
LABELLED = {
    "self-reports": ("outside/isear.jsonl", "outside/isear.mapping.json"),
    "headlines": ("outside/headlines.jsonl", "outside/headlines.mapping.json"),
    "developers' comments": ("outside/jira.jsonl", "outside/jira.mapping.json"),
}


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """n different texts of one set, with what the model says of them."""

    records: tuple[TextRecord, ...]
    scores: ScoreMatrix

    @property
    def n_words(self) -> np.ndarray:
        """Words of each text, (n,)."""
        return np.array([len(record.text.split()) for record in self.records])


def data_folder() -> Path:
    """The data sets. Exits where nobody says where they are."""
    if "GOEMOX_DATA" not in os.environ:
        sys.exit(
            "GOEMOX_DATA is not set: point it at the folder with goemotions/, hackernews/ and the others"
        )
    return Path(os.environ["GOEMOX_DATA"])


@cache
def goemotions(split: str, model: str = "default") -> Scored:
    """A split of GoEmotions, labelled; of train a random part. Every row of dev and test, as published."""
    records = read_split(data_folder() / "goemotions", split)
    if split == "train":
        order = np.random.default_rng(0).permutation(len(records))[:TRAIN_ROWS]
        records = [records[i] for i in order]
    return _scored(records, model)


@cache
def outside(name: str, model: str = "default") -> Scored:
    """One of `FAR`: different texts, none of GoEmotions, a random 20,000 where there are more.

    Rows keep their labels where the set has some.
    """
    labelled = name in LABELLED
    rows = read_records(data_folder() / FAR[name], label_column="labels" if labelled else None)
    known = _goemotions_texts()
    first: dict[str, TextRecord] = {}
    for record in rows:
        key = normalised(record.text)
        if key not in known:
            first.setdefault(key, record)
    records = list(first.values())
    order = np.random.default_rng(0).permutation(len(records))[:LARGEST]
    return _scored([records[i] for i in sorted(order)], model)


@cache
def classifier(model: str = "default") -> EmotionClassifier:
    """The model that is measured."""
    return EmotionClassifier.from_pretrained(model)


@cache
def profile(model: str = "default") -> DomainProfile:
    """Its domain profile."""
    found = classifier(model).profile
    assert found is not None
    return found


@cache
def _goemotions_texts() -> frozenset[str]:
    folder = data_folder() / "goemotions"
    return frozenset(normalised(r.text) for split in GOEMOTIONS for r in read_split(folder, split))


def _scored(records: Sequence[TextRecord], model: str) -> Scored:
    opened = classifier(model)
    digest = hashlib.sha256(opened.scorer.sha256.encode())
    for record in records:
        digest.update(record.text.encode("utf-8", "surrogatepass") + b"\0")
    folder = Path(os.environ.get("GOEMOX_BENCHMARK_DIR", Path(tempfile.gettempdir()) / "goemox-benchmarks"))
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{digest.hexdigest()[:24]}.npz"
    if not path.is_file():
        scores = opened.scores(records)
        assert scores.embeddings is not None
        part = path.with_suffix(f".{os.getpid()}.npz")
        np.savez(
            part,
            logits=scores.logits,
            embeddings=scores.embeddings.astype(np.float16),
            truncated=scores.truncated,
            n_tokens=scores.n_tokens,
        )
        part.replace(path)
    kept = np.load(path, allow_pickle=False)
    ids = tuple(record.id for record in records)
    return Scored(
        tuple(records),
        ScoreMatrix(
            ids, opened.labels, kept["logits"], kept["embeddings"].astype(np.float32), kept["truncated"],
            kept["n_tokens"], opened.scorer.sha256,
        ),
    )  # fmt: skip


if __name__ == "__main__":
    chosen = sys.argv[1] if len(sys.argv) > 1 else "default"
    for split in GOEMOTIONS:
        print(split, len(goemotions(split, chosen).records), flush=True)
    for name in FAR:
        print(name, len(outside(name, chosen).records), flush=True)
