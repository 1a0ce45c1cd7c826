"""A plan for a billion rows out of measured figures: machines, hours, what is slowest, what it costs.

    python benchmarks/scale/plan.py [--rows 1_000_000_000] [--machines 1 10 50] [--cores 16] [--check]

Reads results/speed/ray_overhead.json (rows a second with Ray, bytes a row, what a start takes) and
results/stream_rows.json (rows a second of one reader), and writes the section between two marks in
docs/scaling.md. Parts depend on nothing but the input, so rows a second grow with the cores: that is
computed, not measured on so many machines. --check writes nothing and fails where the page says otherwise.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
RESULTS = HERE.parent / "results"
PAGE = HERE.parent.parent / "docs" / "scaling.md"
BEGIN, END = "<!-- plan -->", "<!-- end of plan -->"
PART_ROWS = 32_768
TIERS = ("best", "fast")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=1_000_000_000)
    parser.add_argument("--machines", type=int, nargs="+", default=[1, 10, 50])
    parser.add_argument("--cores", type=int, default=16, help="of each machine")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    words = section(arguments.rows, arguments.machines, arguments.cores)
    page = PAGE.read_text("utf-8")
    before, rest = page.split(BEGIN)
    made = f"{before}{BEGIN}\n{words}{END}{rest.split(END)[1]}"
    if arguments.check:
        if made != page:
            print(f"{PAGE.name} is out of date; run this without --check")
        return int(made != page)
    PAGE.write_text(made, encoding="utf-8", newline="\n")
    print(words)
    return 0


def section(n_rows: int, machines: Sequence[int], cores: int) -> str:
    """What the page says; where nothing is measured yet, that."""
    file = RESULTS / "speed" / "ray_overhead.json"
    if not file.exists():
        return "not measured: `python benchmarks/scale/ray_overhead.py`\n"
    measured = json.loads(file.read_text("utf-8"))
    tiers = {name: measured["tiers"][name] for name in TIERS if name in measured["tiers"]}
    readers = json.loads((RESULTS / "stream_rows.json").read_text("utf-8"))["formats"]
    rates = {name: per_core(tier, measured["machine"]["cores"]) for name, tier in tiers.items()}
    lines = [
        f"{n_rows:,} short texts, on machines of {cores} cores like the measured one "
        f"({measured['machine']['processor']}, {measured['machine']['cores']} cores, {measured['date']}):",
        "",
        f"| tier | rows/s a core | core-hours | {' | '.join(hours_of(count) for count in machines)} |",
        f"|---|---|---|{'---|' * len(machines)}",
    ]
    for name, rate in rates.items():
        times = [n_rows / (rate * count * cores) + tiers[name]["start_s"] for count in machines]
        shown = " | ".join(duration(seconds) for seconds in times)
        lines.append(f"| {name} | {rate:,.0f} | {n_rows / rate / 3600:,.0f} | {shown} |")
    lines += ["", *bottlenecks(n_rows, machines, cores, rates, tiers, readers)]
    return "\n".join(lines) + "\n"


def hours_of(machines: int) -> str:
    """The head of a column."""
    return "1 machine" if machines == 1 else f"{machines} machines"


def per_core(tier: Mapping[str, Any], cores: int) -> float:
    """Rows a second that one core makes under Ray, its start taken off."""
    wall = tier["engines"]["ray"]["wall_s"]["median"] - tier["start_s"]
    return float(tier["rows"] / max(wall, 1e-9) / cores)


def bottlenecks(
    n_rows: int,
    machines: Sequence[int],
    cores: int,
    rates: Mapping[str, float],
    tiers: Mapping[str, Mapping[str, Any]],
    readers: Sequence[Mapping[str, Any]],
) -> list[str]:
    """What is slowest, and what costs: a list."""
    most = machines[-1] * cores
    per_row = next(iter(tiers.values()))["bytes_per_row"]
    quickest, rate = max(rates.items(), key=lambda each: each[1])
    written = rate * most * per_row["output"] / 1e6
    slowest = {row["format"]: row["rows_per_second"] for row in readers if row["format"] != "parquet"}
    text = min(slowest.values())
    reached = "; ".join(f"{text / each:,.0f} ({name} tier)" for name, each in rates.items())
    read, made = (n_rows * per_row[way] / 1e9 for way in ("input", "output"))
    return [
        "- **Slowest: the processors.** Parts share nothing, so twice the cores take half the time, as long "
        f"as storage takes what they write: {written:,.0f} MB/s from {most} cores in the {quickest} tier.",
        f"- **One reader of CSV and JSON Lines.** It gives {text:,.0f} rows a second, "
        f"{duration(n_rows / text)} for all rows, whatever the machines; more cores than {reached} wait for "
        "it. Parquet is read by the workers themselves: convert first.",
        f"- **Storage**: {read:,.0f} GB are read and {made:,.0f} GB written (Parquet), in "
        f"{-(-n_rows // PART_ROWS):,} parts of {PART_ROWS:,} rows.",
        f"- **What costs**: core-hours above all. {tier_words(rates)}Long texts cost in proportion to their "
        "tokens; `--top-k` saves storage, not time. Machines that may be taken away at any time are fine: "
        "what is lost is the part in flight.",
    ]


def tier_words(rates: Mapping[str, float]) -> str:
    """How much the tier decides; empty where only one is measured."""
    if len(rates) < len(TIERS):
        return ""
    return f"The fast tier takes {rates['best'] / rates['fast']:.1%} of the best tier's. "


def duration(seconds: float) -> str:
    """Minutes, hours or days, whichever reads best."""
    if seconds < 5_400:
        return f"{max(1, round(seconds / 60))} min"
    return f"{seconds / 3600:,.1f} h" if seconds < 172_800 else f"{seconds / 86_400:,.1f} days"


if __name__ == "__main__":
    sys.exit(main())
