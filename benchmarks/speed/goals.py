"""The goals of speed and what was measured of each, out of results/speed/*.json.

A goal is missed, reached, or not measured yet; nothing is rounded in its favour.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import told
from competitors import DEFAULT, FASTEST, PIPELINE
from told import Results, Verdict

__all__ = ["GOALS", "Goal", "Verdict", "best_peer", "fastest_of_ours", "rate", "ratio"]

NOT_THE_SAME_MODEL = ("DistilBERT-base, padded", "TF-IDF + logistic regression")


@dataclass(frozen=True, slots=True)
class Goal:
    """key: by which missed.md gives the reason of a miss. row: what `--only` measures it."""

    key: str
    words: str
    goal: str
    row: str
    judged: Callable[[Results], Verdict]


def rate(found: Mapping[str, Any], name: str) -> float:
    """Texts a second of a competitor, the median."""
    return float(found["competitors"][name]["texts_per_second"]["median"])


def ratio(found: Mapping[str, Any], name: str, other: str) -> dict[str, float]:
    """By the clock, of turns next to each other: median, least, most."""
    return found["ratios"][f"{name} / {other}"]["clock"]


def running(found: Mapping[str, Any]) -> list[str]:
    """The competitors that took part."""
    return [name for name, each in found["competitors"].items() if "failed" not in each]


def fastest_of_ours(found: Mapping[str, Any]) -> str:
    """That of goemox on whichever engine is the faster."""
    return max(
        (name for name in (DEFAULT, FASTEST) if name in running(found)), key=lambda name: rate(found, name)
    )


def best_peer(found: Mapping[str, Any]) -> str:
    """The fastest competitor that runs the same model and is not goemox."""
    peers = [
        each for each in running(found) if not each.startswith("goemox") and each not in NOT_THE_SAME_MODEL
    ]
    return max(peers, key=lambda name: rate(found, name))


def _times(found: Mapping[str, float]) -> str:
    return f"{found['median']:.2f} × ({found['least']:.2f} to {found['most']:.2f})"


def against_pipeline(results: Results) -> Verdict:
    found = results["short"]
    ours = fastest_of_ours(found)
    times = ratio(found, ours, PIPELINE)
    words = f"{_times(times)}: {rate(found, ours):,.0f} texts/s ({ours}) to {rate(found, PIPELINE):,.0f}"
    return Verdict(words, times["median"] >= 12)


def against_best(row: str) -> Callable[[Results], Verdict]:
    def judged(results: Results) -> Verdict:
        found = results[row]
        ours, peer = fastest_of_ours(found), best_peer(found)
        times = ratio(found, ours, peer)
        words = (
            f"{_times(times)}: {rate(found, ours):,.0f} texts/s ({ours}) to {rate(found, peer):,.0f} ({peer})"
        )
        return Verdict(words, times["median"] >= 1.3)

    return judged


def default_install(results: Results) -> Verdict:
    times = ratio(results["short"], DEFAULT, "onnxruntime int8")
    rates = [rate(results["short"], name) for name in (DEFAULT, "onnxruntime int8")]
    return Verdict(f"{_times(times)}: {rates[0]:,.0f} texts/s to {rates[1]:,.0f}", times["median"] >= 1.15)


def padding(results: Results) -> Verdict:
    shares = {
        f"{row}, {name}": results[row]["padding"][name]
        for row in ("short", "long", "mixed")
        for name in (DEFAULT, FASTEST)
        if row in results and name in results[row]["padding"]
    }
    worst = max(shares, key=shares.__getitem__)
    peers = max(results["mixed"]["padding"][f"sorted, batch {size}"] for size in (16, 32, 64))
    return Verdict(
        f"at most {shares[worst]:.1%} ({worst}); sorted batches by hand up to {peers:.1%} on mixed lengths",
        shares[worst] <= 0.05,
    )


def parity(results: Results) -> Verdict:
    """Within an engine nothing may change; between engines int8 rounds differently, within its gate."""
    found = results["parity"]
    ways = [each for each in found["ways"].values() if "failed" not in each]
    n = sum(each["texts"] for each in ways) * found["labels"]
    words = (
        f"{found['differing']:,} of {n:,} decisions differ in {len(ways)} ways of asking, "
        f"scores by {found['most_difference']:g} at most"
    )
    holds = not found["differing"] and found["most_difference"] <= found["limit"]
    between = found["between_engines"]
    if between:
        one, other = between["dev"].values()
        worst = max(abs(one[metric] - other[metric]) for metric in one)
        n_between = between["texts"] * found["labels"]
        words += (
            f"; between engines {between['differing']:,} of {n_between:,}, scores by "
            f"{between['most_difference']:g}, macro-F1 on dev {one['macro_f1']:.3f}, {other['macro_f1']:.3f}"
        )
        holds = holds and worst <= between["limit"]
    return Verdict(words, holds)


GOALS = (
    Goal("pipeline", "short texts, against the transformers pipeline at batch 32", "≥ 12 ×", "short",
         against_pipeline),
    Goal("best-short", "short texts, against the best runtime set up by hand", "≥ 1.3 ×", "short",
         against_best("short")),
    Goal("peak", "short texts, share of the matrix peak measured beside them", "≥ 50 %", "operators",
         told.peak),
    Goal("default", "default install, against onnxruntime int8 set up by hand", "≥ 1.15 ×", "short",
         default_install),
    Goal("best-long", "texts of 256 to 512 tokens, against the best other runtime", "≥ 1.3 ×", "long",
         against_best("long")),
    Goal("best-mixed", "mixed lengths, against the best other runtime", "≥ 1.3 ×", "mixed",
         against_best("mixed")),
    Goal("padding", "computed tokens that are padding", "≤ 5 %", "mixed", padding),
    Goal("memory", "10 million rows (fast tier), 1 million different texts (best tier)",
         "≤ 600 MB, flat; time linear within 5 %", "rows", told.memory),
    Goal("instruction-sets", "older instruction sets", "ahead of every peer; int8 accuracy the same",
         "instruction_sets", told.instruction_sets),
    Goal("training", "training, same quality", "≥ 8 × the stock Trainer, ≥ 2 × bucketed bf16", "training",
         told.training),
    Goal("cold-start", "start of the process to the first label; `--help`", "≤ .5 s; ≤ .25 s", "cold_start",
         told.cold_start),
    Goal("tiers", "fast tier; cascade", "≥ 15 × at macro-F1 ≥ .48; ≥ 2 × at ≤ .003 lost", "tiers",
         told.tiers),
    Goal("parity", "engine, threads, batch size, order", "no decision differs, scores within 1e-3; "
         "between engines int8's gate, .004 on dev", "parity",
         parity),
    Goal("kills", "killed runs that go on", "the same bytes; the part in flight lost", "kill_predict",
         told.kills),
    Goal("ray", "Ray against the local engine, 1 million rows (fast tier)", "≤ 15 % slower", "ray_overhead",
         told.ray),
)  # fmt: skip
