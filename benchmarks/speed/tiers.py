"""The tiers' speed and quality beside each other; writes results/speed/tiers.json in under five minutes.

    GOEMOX_DATA=... python benchmarks/speed/tiers.py [--model DIR] [--rounds 5] [--output FILE]

Texts in, labels, calibrated scores, prediction sets and domain percentiles out, as `goemox predict` has
them: 5,427 GoEmotions test texts, and for the fast tier 40,000 tweets as well, which it never learned from
and whose words are new to it at first. Rounds are interleaved: best, cascade, fast, best, …; ratios are taken
within a round, of the clock and of the processors' seconds; these say more where other programs run. Quality
is what benchmarks/fast_tier.py measured; nothing is looked at anew.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from report_limits import processor

from goemox._version import __version__
from goemox.data.goemotions import read_split
from goemox.data.unlabelled import read_unlabelled
from goemox.scale.batches import BatchScorer

RESULTS = Path(__file__).parents[1] / "results"
GOALS = {"fast": 15.0, "cascade": 2.0}  # times the best tier's texts a second
TIERS = ("best", "cascade", "fast")
REPEATS = {"best": 1, "cascade": 1, "fast": 5}  # of the same texts, so that a run takes long enough


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="default")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--output", type=Path, default=RESULTS / "speed" / "tiers.json")
    arguments = parser.parse_args()
    data = Path(os.environ["GOEMOX_DATA"])
    texts = [record.text for record in read_split(data / "goemotions", "test")]
    others = list(read_unlabelled(data / "unlabelled" / "tweets.jsonl", ()).texts)
    scorers = {tier: BatchScorer(arguments.model, tier=tier) for tier in TIERS}
    first = timed(scorers["fast"], others, 1)  # with every word new; opens the tier, too
    for scorer in scorers.values():
        scorer.answers(texts[:256])
    rounds: dict[str, list[dict[str, float]]] = {name: [] for name in (*TIERS, "fast on tweets")}
    for _ in range(arguments.rounds):
        for tier, scorer in scorers.items():
            rounds[tier].append(timed(scorer, texts, REPEATS[tier]))
        rounds["fast on tweets"].append(timed(scorers["fast"], others, 1))
    ratios = {
        tier: {
            unit: spread([b[unit] / f[unit] for b, f in zip(rounds["best"], rounds[tier], strict=True)])
            for unit in ("seconds", "cpu_seconds")
        }
        for tier in GOALS
    }
    result = {
        "claim": "the fast tier reads >= 15 times, the cascade >= 2 times the best tier's texts a second",
        "command": "benchmarks/speed/tiers.py",
        "goemox_version": __version__,
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{os.cpu_count()} cores, {processor()}",
        "n_texts": len(texts),
        "per_text_microseconds": {
            name: {unit: spread([run[unit] * 1e6 for run in runs]) for unit in ("seconds", "cpu_seconds")}
            for name, runs in rounds.items()
        },
        "texts_per_second": {
            name: spread([1.0 / run["seconds"] for run in runs]) for name, runs in rounds.items()
        },
        "fast_first_reading_texts_per_second": round(1.0 / first["seconds"], 1),
        "times_best": ratios,
        "goals": GOALS,
        "held": {tier: ratios[tier]["seconds"]["median"] >= goal for tier, goal in GOALS.items()},
        "quality": quality(),
    }
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=1))
    return 0 if all(result["held"].values()) else 1  # type: ignore[attr-defined]


def timed(scorer: BatchScorer, texts: Sequence[str], repeats: int) -> dict[str, float]:
    """Seconds a text, by the clock and of all processors together."""
    started, cpu = time.perf_counter(), time.process_time()
    for _ in range(repeats):
        scorer.answers(texts)
    n = len(texts) * repeats
    return {"seconds": (time.perf_counter() - started) / n, "cpu_seconds": (time.process_time() - cpu) / n}


def quality() -> dict[str, object] | None:
    """Figures of the tiers on GoEmotions test, as they were measured once."""
    file = RESULTS / "fast_tier.json"
    if not file.is_file():
        return None
    tiers = json.loads(file.read_text("utf-8"))["tiers"]
    return {
        tier: {"macro_f1": found["test"]["macro_f1"], "sent_on": found["sent_on"]}
        for tier, found in tiers.items()
    }


def spread(values: Sequence[float]) -> dict[str, float]:
    """Median, least and most."""
    kinds = {"median": statistics.median, "min": min, "max": max}
    return {name: round(take(values), 3) for name, take in kinds.items()}


if __name__ == "__main__":
    sys.exit(main())
