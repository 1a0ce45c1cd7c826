"""The bundled fast tier and cascade, from data to a folder; and how good they are, in results/fast_tier.json.

    GOEMOX_DATA=... GOEMOX_BENCHMARK_DIR=... python benchmarks/fast_tier.py --output-dir DIR [--seed 0]
        [--teachers DIR] [--texts 143410] [--test]

What teachers say of the unlabelled texts is kept in GOEMOX_BENCHMARK_DIR/fast_tier, 20,000 texts a file, and
so is each trained network: a run that was killed goes on from there. A folder that is there is not made anew.
--teachers: the work folder of `goemox train --recipe release`; the mean of its teachers is used for the texts
that they have read (train and 100,000 others), the best tier's word for the rest. Everything is chosen on
train and dev. --test also evaluates the folder's tiers on GoEmotions test: log each such look. Needs [train].
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from report_limits import processor
from safetensors.numpy import load_file, save_file
from sklearn.metrics import roc_auc_score

from goemox._version import __version__
from goemox.assessment import assess
from goemox.classifier import EmotionClassifier
from goemox.data.training_sets import TrainingSet, read_training_set
from goemox.data.unlabelled import read_unlabelled
from goemox.domain import ACCEPTED
from goemox.evaluation.paired import paired_bootstrap
from goemox.model_folder import default_folder, open_model
from goemox.release_tiers import add_tiers, fast_arrays
from goemox.scores import sigmoid
from goemox.training.distil import Distillation
from goemox.training.fast_net import FastRecipe

TARGET = Path(__file__).parent / "results" / "fast_tier.json"
PART = 20_000
TIERS = ("best", "fast", "cascade")
OUTSIDE = {
    "story titles": "hackernews/titles_2015_2016.jsonl",
    "issue titles": "github_issues/titles.jsonl",
    "headlines": "outside/headlines.jsonl",
    "story comments": "hackernews/comments_2007_2015.jsonl",
    "tweets": "unlabelled/tweets.jsonl",
}
TOLD = (
    "macro_f1", "micro_f1", "mean_average_precision", "top1_accuracy", "brier", "nll", "ece_mean",
    "ekman_macro_f1", "sentiment_macro_f1",
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--output-dir", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--texts", type=int, default=143_410, help="in all, labelled ones included")
    parser.add_argument("--teachers", type=Path)
    parser.add_argument("--test", action="store_true")
    arguments = parser.parse_args()
    splits = read_training_set(Path(os.environ["GOEMOX_DATA"]) / "goemotions")
    if not arguments.output_dir.is_dir():
        make(arguments, splits)
    if arguments.test:
        write(arguments.output_dir, splits)


def make(arguments: argparse.Namespace, splits: TrainingSet) -> None:
    """The folder with both tiers; what is kept from earlier runs is not made again."""
    data, kept = Path(os.environ["GOEMOX_DATA"]), Path(os.environ["GOEMOX_BENCHMARK_DIR"]) / "fast_tier"
    kept.mkdir(parents=True, exist_ok=True)
    every = (*splits.train, *splits.dev, *splits.test)
    pool = read_unlabelled(data / "unlabelled" / "reddit.jsonl", every).texts
    texts, taught = teach(splits, pool, arguments.texts - len(splits.train), arguments.teachers, kept)
    recipe = replace(FastRecipe(), seed=arguments.seed)
    teachers = "the release recipe's three, then the best tier" if arguments.teachers else "the best tier"
    said = {"recipe": asdict(recipe), "teachers": teachers}
    network = kept / f"network-{sha(json.dumps(asdict(recipe)).encode(), taught.tobytes())}.safetensors"
    if not network.is_file():
        arrays = fast_arrays(open_model(default_folder()), splits, texts, taught, recipe, told)
        save_file(dict(arrays), network)
    add_tiers(
        default_folder(), arguments.output_dir, splits, texts, arrays=load_file(network), said=said, say=told
    )


def teach(
    splits: TrainingSet, pool: tuple[str, ...], n: int, teachers: Path | None, kept: Path
) -> tuple[list[str], np.ndarray]:
    """So many unlabelled texts, and what is said of train and of them, (rows, k) float32."""
    labelled = [record.text for record in splits.train]
    chosen: list[str] = []
    parts: list[np.ndarray] = []
    if teachers:
        plan = Distillation()
        order = np.random.default_rng(0).permutation(len(pool))[: plan.unlabelled]  # as `training.distil`
        chosen = [pool[row] for row in order]
        files = [teachers / f"said-{number}.safetensors" for number in range(plan.n_teachers)]
        said = [load_file(file)["probabilities"] for file in files]
        parts.append(np.mean(said, axis=0, dtype=np.float32))
    else:
        parts.append(best_tier(labelled, kept))
    known = set(chosen)
    more = [text for text in pool if text not in known][: max(0, n - len(chosen))]
    parts.append(best_tier(more, kept))
    return [*chosen, *more], np.concatenate(parts)


def best_tier(texts: list[str], kept: Path) -> np.ndarray:
    """What the bundled model says of texts, (n, k) float32; a part that is kept is not read again."""
    classifier = EmotionClassifier.from_pretrained()
    parts = [np.zeros((0, len(classifier.labels)), dtype=np.float32)]
    for start in range(0, len(texts), PART):
        some = texts[start : start + PART]
        name = sha(classifier.scorer.sha256.encode(), "\0".join(some).encode("utf-8", "surrogatepass"))
        file = kept / f"said-{name}.safetensors"
        if not file.is_file():
            logits = classifier.scores(some).logits.astype(np.float16)
            save_file({"logits": logits}, file)
            told(f"the best tier has read {start + len(some):,} of {len(texts):,}")
        parts.append(sigmoid(load_file(file)["logits"].astype(np.float32)).astype(np.float32))
    return np.concatenate(parts)


def write(folder: Path, splits: TrainingSet) -> None:
    """Figures of every tier on test and dev, with intervals, beside a bag of words."""
    found, best = {}, None
    for tier in TIERS:
        classifier = EmotionClassifier.from_pretrained(folder, tier=tier)
        assessed = assess(classifier, splits.test)
        report = assessed.report.to_dict()
        sent = assessed.scores.sent_on
        best = best or assessed
        paired = paired_bootstrap(assessed.sample, best.sample, n_bootstrap=1000, seed=0).to_dict()
        found[tier] = {
            "test": {name: report["metrics"][name] for name in TOLD},
            "less_best": {name: paired["metrics"][name] for name in TOLD},
            "dev": classifier.dev,
            "sent_on": None if sent is None else float(sent.mean()),
        }
        told(f"{tier}: test macro-F1 {report['metrics']['macro_f1']}")
    words = [row for row in report["baselines"] if "TF-IDF" in row["name"]]
    result = {
        "claim": "macro-F1 of the fast tier >= .48, of the cascade within .003 of the best tier",
        "command": "benchmarks/fast_tier.py --output-dir DIR --teachers DIR --test",
        "goemox_version": __version__,
        "date": datetime.now(UTC).date().isoformat(),
        "machine": processor(),
        "training": open_model(folder).facts["tiers"]["fast"]["training"],  # type: ignore[index]
        "tiers": found,
        "baselines": words,
        "domain": told_apart(EmotionClassifier.from_pretrained(folder, tier="fast"), splits),
    }
    TARGET.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def told_apart(fast: EmotionClassifier, splits: TrainingSet) -> dict[str, object]:
    """How well the fast tier's distance tells outside texts from dev: area under the curve, flags at 95 %.

    The best tier's stand in results/trust/domain.json, of test.
    """
    data = Path(os.environ["GOEMOX_DATA"])

    def percentiles(texts: list[str]) -> np.ndarray:
        found = fast.percentiles(fast.scores(texts))
        assert found is not None
        return found

    near = percentiles([record.text for record in splits.dev])
    found: dict[str, object] = {"dev": {"flagged": float((near > ACCEPTED).mean())}}
    for name, file in OUTSIDE.items():
        far = percentiles(list(read_unlabelled(data / file, ()).texts[:5_000]))
        truth = np.repeat([0, 1], [len(near), len(far)])
        area = float(roc_auc_score(truth, np.concatenate([near, far])))
        found[name] = {"auroc": round(area, 4), "flagged": round(float((far > ACCEPTED).mean()), 4)}
    return found


def sha(*parts: bytes) -> str:
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:24]


def told(message: str) -> None:
    print(message, flush=True)


if __name__ == "__main__":
    main()
