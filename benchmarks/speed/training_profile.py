"""Where the time of a training step goes, by kind of work, on one thread.

    OMP_NUM_THREADS=1 python benchmarks/speed/training_profile.py WAY --data PATH/goemotions [--steps 12]

WAY says which one it was ("before", "after"), as in `training_quality.py`. One thread, because two shares
then take turns in the thread that is watched. The row of WAY in results/speed/training_profile.json is
replaced: milliseconds a step of `torch.profiler`'s self time, by kind, with the dearest operators. What numpy
draws for dropout is not seen (a byte a state: about 1.5 ms a step). Needs [train].
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.profiler import ProfilerActivity, profile

sys.path.insert(0, str(Path(__file__).parents[1]))

from report_limits import processor

from goemox.data.training_sets import read_training_set
from goemox.records import truth_matrix
from goemox.training.bases import load_base
from goemox.training.loop import Recipe, train_loop
from goemox.training.train import examples_of, set_threads

TARGET = Path(__file__).parents[1] / "results" / "speed" / "training_profile.json"
KINDS = {
    "products of weights": ("aten::mm", "aten::addmm"),
    "products in attention": ("aten::bmm",),
    "softmax": ("aten::_softmax", "aten::_softmax_backward_data"),
    "GELU": ("aten::gelu", "aten::gelu_backward"),
    "layer norms": ("aten::native_layer_norm", "aten::native_layer_norm_backward"),
    "noise of dropout": ("aten::bernoulli_", "aten::ge", "aten::div_"),
    "copies and casts": ("aten::copy_", "aten::cat", "aten::fill_"),
    "elementwise": ("aten::add", "aten::add_", "aten::mul", "aten::mul_", "aten::addcmul", "aten::sum"),
    "AdamW, clipping, average": ("aten::_fused_adamw_", "aten::lerp_", "aten::linalg_vector_norm"),
}  # fmt: skip
WARM = 4  # steps before the first that counts
DEAREST = 12


class Enough(Exception):
    """Ends the run that is watched."""


def main() -> None:
    arguments = parse()
    set_threads()
    splits = read_training_set(arguments.data)
    chosen = [splits.train[row] for row in np.random.default_rng(0).permutation(len(splits.train))[:6_000]]
    truth = truth_matrix(chosen, splits.labels).astype(np.float32)
    base = load_base("minilm", splits.labels, truth.mean(axis=0), dropout=0.15, seed=0)
    examples = examples_of(base, [record.text for record in chosen], truth, 64)
    watch = profile(activities=[ProfilerActivity.CPU])

    def on_step(step: int, *_: object) -> None:
        if step == WARM:
            watch.start()
        if step == WARM + arguments.steps:
            watch.stop()
            raise Enough

    with suppress(Enough):
        train_loop(base.model, examples, Recipe(), on_step=on_step)
    row = summary(watch.key_averages(), arguments.steps) | {"way": arguments.way}
    kept = json.loads(TARGET.read_text("utf-8")) if TARGET.exists() else []
    rows = [*(other for other in kept if other["way"] != arguments.way), row]
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(row, indent=1))


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    found = os.environ.get("GOEMOX_DATA")
    parser.add_argument("way")
    parser.add_argument("--data", default=f"{found}/goemotions" if found else None, required=not found)
    parser.add_argument("--steps", type=int, default=12)
    return parser.parse_args()


def summary(events: Sequence[Any], steps: int) -> dict[str, Any]:
    """Milliseconds a step, by kind and by operator."""
    kind_of = {operator: kind for kind, operators in KINDS.items() for operator in operators}
    by_kind: dict[str, float] = defaultdict(float)
    for event in events:
        by_kind[kind_of.get(event.key, "everything else")] += event.self_cpu_time_total / 1e3 / steps
    total = sum(by_kind.values())
    dearest = sorted(events, key=lambda event: -event.self_cpu_time_total)[:DEAREST]
    return {
        "milliseconds_a_step": round(total, 1),
        "kinds": {
            kind: {"milliseconds": round(spent, 1), "share": round(spent / total, 3)}
            for kind, spent in sorted(by_kind.items(), key=lambda item: -item[1])
        },
        "operators": {
            event.key: {
                "milliseconds": round(event.self_cpu_time_total / 1e3 / steps, 1),
                "calls": round(event.count / steps),
            }
            for event in dearest
        },
        "rows_a_step": Recipe().batch_size,
        "steps": steps,
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "processor": processor(),
        "date": datetime.now(UTC).date().isoformat(),
    }


if __name__ == "__main__":
    main()
