"""Which encoder layer tells other domains apart best: the measurement behind EMBEDDING_DEPTH.

    GOEMOX_DATA=... python benchmarks/domain_depth.py MODEL_DIR

For each layer of the fine-tuned model (0 = the embeddings): one Gaussian on 6,000 GoEmotions training texts,
AUROC of the Mahalanobis distance between GoEmotions dev and each outside set, beside length alone. Needs
[train] and a folder with model.safetensors. Writes results/domain_depth.json.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch
from sklearn.metrics import roc_auc_score
from transformers import AutoModelForSequenceClassification

from goemox.data.files import read_records
from goemox.data.goemotions import read_split
from goemox.domain import DomainProfile
from goemox.training.examples import Examples
from goemox.training.graph import masked_mean
from goemox.training.tokenizer import load_tokenizer

N_TRAIN, N_DEV, N_OUTSIDE, SEED = 6_000, 1_500, 1_000, 0
OUTSIDE = {
    "story titles 2015-16": "hackernews/titles_2015_2016.jsonl",
    "story titles 2007-15": "hackernews/titles_2007_2015.jsonl",
    "issue titles": "github_issues/titles.jsonl",
    "headlines": "outside/headlines.jsonl",
    "developers' comments": "outside/jira.jsonl",
    "tweets": "unlabelled/tweets.jsonl",
    "self-reports": "outside/isear.jsonl",
}


def main(folder: Path) -> None:
    data = Path(os.environ["GOEMOX_DATA"])
    rng = np.random.default_rng(SEED)

    def draw(texts: list[str], n: int) -> list[str]:
        return [texts[i] for i in rng.permutation(len(texts))[:n]]

    train = draw([r.text for r in read_split(data / "goemotions", "train")], N_TRAIN)
    dev = draw([r.text for r in read_split(data / "goemotions", "dev")], N_DEV)
    outside = {name: draw([r.text for r in read_records(data / f)], N_OUTSIDE) for name, f in OUTSIDE.items()}
    near, held_out = embed(folder, train), embed(folder, dev)
    far = {name: embed(folder, texts) for name, texts in outside.items()}
    rows = [
        {"layer": "length alone"}
        | {name: auroc(-words(dev), -words(texts)) for name, texts in outside.items()}
    ]
    for layer in range(len(near)):
        profile = DomainProfile.fit(near[layer], held_out[layer], np.zeros((len(dev), 1)), words(dev))
        inside = profile.placed(held_out[layer]).distances
        rows.append(
            {"layer": layer} | {n: auroc(inside, profile.placed(e[layer]).distances) for n, e in far.items()}
        )
    result = {
        "claim": "an early layer's mean tells other domains apart best",
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.system()} {platform.machine()}",
        "n": {"train": N_TRAIN, "dev": N_DEV, "outside": N_OUTSIDE},
        "seed": SEED,
        "auroc": rows,
    }
    target = Path(__file__).parent / "results" / "domain_depth.json"
    target.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    for row in rows:
        print(row)


@torch.no_grad()
def embed(folder: Path, texts: list[str]) -> np.ndarray:
    """Token means after each layer, (layers + 1, n, d)."""
    model = AutoModelForSequenceClassification.from_pretrained(folder).eval()
    examples = Examples.of(texts, np.zeros((len(texts), 1)), load_tokenizer(folder), 128, 0)
    order = np.argsort([len(ids) for ids in examples.ids], kind="stable")
    means: np.ndarray | None = None
    for start in range(0, len(order), 128):
        rows = order[start : start + 128]
        batch = examples.batch(rows)
        output = model.distilbert(input_ids=batch.ids, attention_mask=batch.mask, output_hidden_states=True)
        layers = np.stack([masked_mean(h, batch.mask).numpy() for h in output.hidden_states])
        if means is None:
            means = np.zeros((len(layers), len(texts), layers.shape[-1]), dtype=np.float32)
        means[:, rows] = layers
    assert means is not None
    return means


def words(texts: list[str]) -> np.ndarray:
    return np.array([len(text.split()) for text in texts], dtype=np.int32)


def auroc(inside: np.ndarray, outside: np.ndarray) -> float:
    truth = np.r_[np.zeros(len(inside)), np.ones(len(outside))]
    return round(float(roc_auc_score(truth, np.r_[inside, outside])), 4)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
