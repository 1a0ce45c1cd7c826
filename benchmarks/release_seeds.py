"""The release recipe with several seeds, on test, beside its goals; writes results/release_seeds.json.

    python benchmarks/release_seeds.py --data PATH/goemotions --unlabelled FILE --work-dir DIR [--seeds 5]

Each seed becomes a whole model folder DIR/seed-N as `goemox train --recipe release` writes it; a folder that
is there is not trained again, and the teachers in DIR are shared. Everything is chosen on train and dev; test
is only reported. `python benchmarks/results_page.py` then writes docs/results.md. Needs [train].
"""

from __future__ import annotations

import argparse
import json
import platform
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from scipy.stats import t as student_t

from goemox._version import __version__
from goemox.data.training_sets import read_training_set
from goemox.data.unlabelled import read_unlabelled
from goemox.release import train
from goemox.training.distil import Distillation

TARGET = Path(__file__).parent / "results" / "release_seeds.json"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", required=True)
    parser.add_argument("--unlabelled", type=Path, required=True)
    parser.add_argument("--work-dir", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--only", type=int, help="train this seed and stop: for two seeds side by side")
    arguments = parser.parse_args()
    splits = read_training_set(arguments.data)
    texts = read_unlabelled(arguments.unlabelled, (*splits.train, *splits.dev, *splits.test))
    plan = Distillation()
    seeds = range(arguments.seeds) if arguments.only is None else [arguments.only]
    for seed in seeds:
        folder = arguments.work_dir / f"seed-{seed}"
        if not folder.is_dir():
            recipe = replace(plan, student=replace(plan.student, seed=seed))
            train(splits, folder, recipe=recipe, unlabelled=texts, work=arguments.work_dir, say=told)
    if arguments.only is None:
        write([one(arguments.work_dir / f"seed-{seed}", seed) for seed in seeds])


def one(folder: Path, seed: int) -> dict[str, object]:
    """The figures of one finished folder: test from the int8 graph, dev from both."""
    evaluation = json.loads((folder / "evaluation.json").read_text("utf-8"))
    facts = json.loads((folder / "goemox.json").read_text("utf-8"))
    return {
        "seed": seed,
        "test": {name: metric["value"] for name, metric in evaluation["metrics"].items() if metric},
        "dev": {name: value for name, value in facts["dev"].items() if isinstance(value, float)},
        "parity": facts["parity"],
        "thresholds": evaluation["thresholds_compared"],
    }


def write(rows: list[dict[str, object]]) -> None:
    names = list(rows[0]["test"])  # type: ignore[call-overload]
    values = {name: np.array([row["test"][name] for row in rows]) for name in names}  # type: ignore[index]
    wide = student_t.ppf(0.975, len(rows) - 1) / np.sqrt(len(rows)) if len(rows) > 1 else float("nan")
    result = {
        "command": "benchmarks/release_seeds.py --data PATH/goemotions --unlabelled FILE --work-dir DIR",
        "goemox_version": __version__,
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.system()} {platform.machine()}",
        "n_test": 5_427,
        "seeds": rows,
        "mean": {
            name: {
                "mean": round(float(v.mean()), 6),
                "sd": round(float(v.std(ddof=1)), 6) if len(v) > 1 else None,
                "low": round(float(v.mean() - wide * v.std(ddof=1)), 6) if len(v) > 1 else None,
                "high": round(float(v.mean() + wide * v.std(ddof=1)), 6) if len(v) > 1 else None,
            }
            for name, v in values.items()
        },
    }
    TARGET.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result["mean"], indent=1))


def told(message: str) -> None:
    print(message, flush=True)


if __name__ == "__main__":
    main()
