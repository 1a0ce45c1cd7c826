"""What other scripts measured, out of their own files: tiers, training, start, memory, Ray and the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from competitors import DEFAULT, FASTEST

__all__ = [
    "Results",
    "Verdict",
    "cold_start",
    "instruction_sets",
    "kills",
    "memory",
    "peak",
    "ray",
    "tiers",
    "training",
]

Results = Mapping[str, Mapping[str, Any]]  # by the name of the file
LEAST_F1, MOST_LOST = 0.48, 0.003
LEAST_SHARE, CORES = 0.5, 2


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was measured, in words, and whether it reaches the goal."""

    measured: str
    holds: bool


def tiers(results: Results) -> Verdict:
    """Times the best tier's texts a second, and macro-F1 as benchmarks/fast_tier.py measured it once."""
    found = results["tiers"]
    f1 = {tier: _value(each["macro_f1"]) for tier, each in found["quality"].items()}
    times = {tier: found["times_best"][tier]["seconds"]["median"] for tier in ("fast", "cascade")}
    words = "; ".join(f"{tier} {n:.1f} × at macro-F1 {f1[tier]:.3f}" for tier, n in times.items())
    holds = all(found["held"].values()) and f1["fast"] >= LEAST_F1 and f1["best"] - f1["cascade"] <= MOST_LOST
    return Verdict(f"{words} (best tier {f1['best']:.3f})", holds)


def training(results: Results) -> Verdict:
    """Rows a second against a stock Trainer and a plain loop in bfloat16."""
    found = results["training"]
    stock, plain = (found["ratio"][name]["median"] for name in ("stock", "plain"))
    rates = {name: found["rows_per_second"][name]["median"] for name in ("goemox", "stock", "plain")}
    words = (
        f"{stock:.2f} × the stock Trainer, {plain:.2f} × bucketed bf16: {rates['goemox']:,.0f}, "
        f"{rates['stock']:,.0f} and {rates['plain']:,.0f} rows/s"
    )
    return Verdict(words, all(found["met"].values()))


def cold_start(results: Results) -> Verdict:
    """Seconds until the first label, and until the help."""
    return _of_its_own(results["cold_start"])


def instruction_sets(results: Results) -> Verdict:
    """Against the peers with newer instructions switched off."""
    return _of_its_own(results["instruction_sets"])


def memory(results: Results) -> Verdict:
    """Of millions of rows."""
    return _of_its_own(results["rows"])


def kills(results: Results) -> Verdict:
    """Runs that were killed and went on."""
    return _of_its_own(results["kill_predict"])


def ray(results: Results) -> Verdict:
    """Against the local engine."""
    return _of_its_own(results["ray_overhead"])


def peak(results: Results) -> Verdict:
    """Share of the fastest int8 product of any runtime on one core, times the cores."""
    tops = results["operators"]["peak_tops_one_core"]
    name = max((each for each in tops if "int8" in each), key=tops.__getitem__)
    found = results["short"]
    rates = {
        each: found["competitors"][each]["texts_per_second"]["median"]
        for each in (DEFAULT, FASTEST)
        if "failed" not in found["competitors"][each]
    }
    ours = max(rates, key=rates.__getitem__)
    done = rates[ours] * found["operations_a_text"] / 1e12
    share = done / (CORES * tops[name])
    words = (
        f"{share:.0%} ({ours}): {done:.2f} of {CORES} × {tops[name]:.2f} TOPS, a large product of {name}; "
        f"{found['operations_a_text'] / 1e9:.2f} GFLOP a text"
    )
    return Verdict(words, share >= LEAST_SHARE)


def _of_its_own(found: Mapping[str, Any]) -> Verdict:
    """Where a script words its own verdict."""
    return Verdict(str(found["measured"]), bool(found["holds"]))


def _value(figure: Any) -> float:
    return float(figure["value"] if isinstance(figure, dict) else figure)
