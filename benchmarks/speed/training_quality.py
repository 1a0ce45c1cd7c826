"""Whether a faster way of training learns as much: one run by the plain recipe, measured on dev.

    python benchmarks/speed/training_quality.py WAY --data PATH [--rows 12000] [--epochs 2] [--seed 0] …

WAY is a peer of `training.py` ("plain", "stock"), or says which goemox it was ("before", "after"): the
package that Python finds is measured, so a run of an older version is one with that version on PYTHONPATH.
The same rows and seed are the same batches in every version. Each run adds a line to
results/speed/training_quality.json: average precision and likelihood of the fp32 model on dev, F1 by
cross-fitted rules (five folds). Needs [train].
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).parents[1]))

from levers import on_dev
from report_limits import processor

from goemox.data.training_sets import read_training_set
from goemox.records import TextRecord, truth_matrix
from goemox.training.bases import Base, load_base
from goemox.training.loop import Recipe, logits_of
from goemox.training.train import examples_of, fine_tune, set_threads

TARGET = Path(__file__).parents[1] / "results" / "speed" / "training_quality.json"


def main() -> None:
    arguments = parse()
    splits = read_training_set(arguments.data)
    chosen = np.random.default_rng(0).permutation(len(splits.train))[: arguments.rows]
    records = [splits.train[row] for row in chosen]
    before = seconds()
    base = trained_by(arguments, records, splits.labels)
    spent = seconds() - before
    texts = [record.text for record in splits.dev]
    blank = np.zeros((len(texts), len(splits.labels)), dtype=np.float32)
    dev = on_dev(logits_of(base.model, examples_of(base, texts, blank, 512)), splits)
    row = {
        "way": arguments.way,
        "seed": arguments.seed,
        "rows": len(chosen),
        "epochs": arguments.epochs,
        "rows_per_processor_second": round(len(chosen) * arguments.epochs / spent, 1),
        "base": Path(arguments.base).name,
        "threads": torch.get_num_threads(),
        "n_dev": len(texts),
        "dev": dev,
        "date": datetime.now(UTC).date().isoformat(),
        "processor": torch.cuda.get_device_name() if torch.cuda.is_available() else processor(),
        "torch": torch.__version__,
    }
    target: Path = arguments.output
    rows = json.loads(target.read_text("utf-8")) if target.exists() else []
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps([*rows, row], indent=1) + "\n", encoding="utf-8")
    print(row)


def trained_by(arguments: argparse.Namespace, records: list[TextRecord], labels: tuple[str, ...]) -> Base:
    if arguments.way not in ("plain", "stock"):
        recipe = Recipe(epochs=arguments.epochs, seed=arguments.seed)
        return fine_tune(records, labels, base=arguments.base, recipe=recipe).base
    import training

    set_threads()
    truth = truth_matrix(records, labels).astype(np.float32)
    base = load_base(arguments.base, labels, truth.mean(axis=0), dropout=0.15, seed=arguments.seed)
    examples = examples_of(base, [record.text for record in records], truth, 64)
    getattr(training, arguments.way)(base, examples, lambda rows: None, arguments.epochs)
    return base


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("way")
    parser.add_argument("--data", required=True)
    parser.add_argument("--rows", type=int, default=12_000)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--base", default="minilm", help="as `goemox train --base`")
    parser.add_argument("--output", type=Path, default=TARGET)
    return parser.parse_args()


def seconds() -> float:
    """Processor time of this process until now, all threads."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
