"""What one change to the training recipe is worth on dev; each run adds a line to results/levers.json.

    python benchmarks/levers.py NAME --data PATH/goemotions [--set KEY=VALUE …]
    python benchmarks/levers.py NAME --data PATH/goemotions --unlabelled FILE --work-dir DIR --set KEY=VALUE …
    python benchmarks/levers.py NAME --data PATH/goemotions --model DIR …

With --model nothing is trained: the mean of the probabilities of these folders is measured, one folder or an
ensemble. Without --work-dir it is a plain run and the keys are those of `Recipe`; with it a distillation, and
the keys are those of `Distillation`, or of `Recipe` behind `student.` and `teacher.`. Dev alone is looked at:
average precision and likelihood of the fp32 model (with --model, of the folder's own graph), F1 by
cross-fitted rules (five folds), so that no row is decided by a rule that saw it. Needs [train].
"""

from __future__ import annotations

import argparse
import ast
import json
import platform
import shlex
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

import goemox
from goemox.data.training_sets import TrainingSet, read_training_set
from goemox.data.unlabelled import read_unlabelled
from goemox.evaluation.metrics import measure
from goemox.evaluation.sample import LabelledSample
from goemox.records import truth_matrix
from goemox.reproduce.decisions import FITS, cross_fitted
from goemox.scores import Floats, sigmoid
from goemox.training.distil import Distillation, distil
from goemox.training.log import TrainingLog
from goemox.training.loop import Recipe, logits_of
from goemox.training.train import Trained, examples_of, fine_tune

TARGET = Path(__file__).parent / "results" / "levers.json"
SHOWN = ("mean_average_precision", "nll", "brier", "macro_f1", "micro_f1", "top1_accuracy", "ece_mean")


def main() -> None:
    arguments = parse()
    splits = read_training_set(arguments.data)
    sets = dict(pair.split("=", 1) for pair in arguments.set)
    started = time.monotonic()
    if arguments.model:
        logits = ensemble(arguments.model, splits)
    elif arguments.work_dir is None:
        recipe = Recipe(**{key: ast.literal_eval(value) for key, value in sets.items()})
        log = TrainingLog(None, told)
        logits = dev_logits(
            fine_tune(
                splits.train, splits.labels, recipe=recipe, dev=splits.dev, stage=log.stage(arguments.name)
            ),
            splits,
        )
    else:
        logits = dev_logits(distilled(arguments, splits, sets), splits)
    row = {
        "name": arguments.name,
        "command": " ".join(["python benchmarks/levers.py", *(quoted(part) for part in sys.argv[1:])]),
        "date": datetime.now(UTC).date().isoformat(),
        "processor": platform.processor() or platform.machine(),
        "minutes": round((time.monotonic() - started) / 60, 1),
        "settings": sets,
        "n_dev": len(splits.dev),
        "dev": on_dev(logits, splits),
    }
    rows = json.loads(TARGET.read_text("utf-8")) if TARGET.exists() else []
    TARGET.write_text(json.dumps([*rows, row], indent=1) + "\n", encoding="utf-8")
    print(row)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("name")
    parser.add_argument("--data", required=True)
    parser.add_argument("--model", type=Path, nargs="+", default=[])
    parser.add_argument("--unlabelled", type=Path)
    parser.add_argument("--work-dir", type=Path)
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    return parser.parse_args()


def distilled(arguments: argparse.Namespace, splits: TrainingSet, sets: dict[str, str]) -> Trained:
    texts: tuple[str, ...] = ()
    if arguments.unlabelled:
        texts = read_unlabelled(arguments.unlabelled, (*splits.train, *splits.dev, *splits.test)).texts
    plan = Distillation(unlabelled=min(Distillation().unlabelled, len(texts)))
    for key, written in sets.items():
        value = ast.literal_eval(written)
        part, _, field = key.rpartition(".")
        change = {part: replace(getattr(plan, part), **{field: value})} if part else {field: value}
        plan = replace(plan, **change)
    log = TrainingLog(arguments.work_dir / f"{arguments.name}.jsonl", told)
    return distil(splits.train, splits.labels, texts, plan, work=arguments.work_dir, dev=splits.dev, log=log)


def ensemble(folders: list[Path], splits: TrainingSet) -> Floats:
    """Logits (n, k) on dev of the mean probability."""
    said = [sigmoid(goemox.load(folder).scores(splits.dev).logits) for folder in folders]
    mean = np.clip(np.mean(said, axis=0), 1e-7, 1 - 1e-7)
    return np.asarray(np.log(mean) - np.log1p(-mean))


def dev_logits(trained: Trained, splits: TrainingSet) -> Floats:
    texts, nothing = [record.text for record in splits.dev], np.zeros((len(splits.dev), len(splits.labels)))
    return logits_of(trained.model, examples_of(trained.base, texts, nothing.astype(np.float32), 512))


def on_dev(logits: Floats, splits: TrainingSet) -> dict[str, float]:
    truth = truth_matrix(splits.dev, splits.labels)
    texts = [record.text for record in splits.dev]
    decided = cross_fitted(FITS["calibrated"], logits, truth, texts)
    sample = LabelledSample(
        splits.labels, decided.probabilities, decided.given, truth, np.ones(truth.shape, dtype=np.bool_)
    )
    found = measure(sample, np.ones((1, len(truth)))).overall
    raw = LabelledSample(
        splits.labels, 1 / (1 + np.exp(-logits.astype(np.float64))), decided.given, truth, sample.judged
    )
    figures = {name: round(float(found[name][0]), 5) for name in SHOWN}
    precision = measure(raw, np.ones((1, len(truth)))).overall["mean_average_precision"]
    return figures | {"mean_average_precision": round(float(precision[0]), 5)}


def quoted(part: str) -> str:
    """Arguments as typed, with the folders that only this machine has left out."""
    return Path(part).name if part.startswith("/") else shlex.quote(part)


def told(message: str) -> None:
    print(message, flush=True)


if __name__ == "__main__":
    main()
