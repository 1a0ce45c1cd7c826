"""What Ray costs against the local engine on one machine; writes results/speed/ray_overhead.json.

    GOEMOX_DATA=... python benchmarks/scale/ray_overhead.py [--rows N] [--best-rows N] [--repeats N]

Both engines make the same folder of parts from the same Parquet file, as a user's command does, one after the
other in turns; a run lasts from the start of its process to its end, the local Ray cluster's start and end
included. Seconds of the processors are those of all processes that the command starts, read from /proc twice
a second. Every file of both folders is compared. The fast tier reads all rows; the best tier reads
fewer, for docs/scaling.md. `start_s` is what Ray adds to a file of one row. In five minutes where the machine
is quiet; exit code 1 where the goal is missed. The plan in docs/scaling.md is made anew.
"""

from __future__ import annotations

import argparse
import filecmp
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent.parent / "speed"))

from report_limits import processor
from texts import rows_of

CLAIM = "Ray takes at most 15 % longer than the local engine, on one machine, for a million rows (fast tier)"
MOST = 1.15
RESULTS = Path(__file__).parent.parent / "results" / "speed" / "ray_overhead.json"
ENGINES = ("local", "ray")
TICKS = os.sysconf("SC_CLK_TCK")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=1_000_000, help="of the fast tier; 0 leaves it out")
    parser.add_argument("--best-rows", type=int, default=40_000, help="of the best tier; 0 leaves it out")
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--output", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    tiers = {}
    with tempfile.TemporaryDirectory() as scratch:
        for tier, rows in (("fast", arguments.rows), ("best", arguments.best_rows)):
            if rows:
                tiers[tier] = compare(tier, rows, arguments.repeats, Path(scratch))
    judged = tiers.get("fast") or tiers["best"]
    wall, cpu = judged["overhead"]["wall"], judged["overhead"]["cpu"]
    document = {
        "claim": CLAIM,
        "holds": "fast" in tiers and wall <= MOST and all(tier["identical"] for tier in tiers.values()),
        "measured": (
            f"{100 * (wall - 1):+.1f} % of the clock, {100 * (cpu - 1):+.1f} % of the processors; "
            f"{judged['engines']['ray']['rows_per_second']:,.0f} against "
            f"{judged['engines']['local']['rows_per_second']:,.0f} rows/s, "
            + ("the same bytes" if all(tier["identical"] for tier in tiers.values()) else "**other bytes**")
        ),
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "machine": {"processor": processor(), "cores": len(os.sched_getaffinity(0))},
        "command": "python benchmarks/scale/ray_overhead.py",
        "tiers": tiers,
    }
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    print(document["measured"])
    if arguments.output == RESULTS:
        subprocess.run([sys.executable, Path(__file__).with_name("plan.py")], check=True)
    return 0 if document["holds"] else 1


def compare(tier: str, n_rows: int, repeats: int, scratch: Path) -> dict[str, Any]:
    """Both engines on the same rows, in turns."""
    source, one = scratch / f"{tier}.parquet", scratch / "one.parquet"
    write(source, n_rows)
    write(one, 1)
    starts = {
        engine: run(tier, engine, one, scratch / f"{tier}-{engine}-one")["wall_s"] for engine in ENGINES
    }
    runs: dict[str, list[dict[str, float]]] = {engine: [] for engine in ENGINES}
    identical = True
    for turn in range(repeats):
        for engine in ENGINES if turn % 2 == 0 else ENGINES[::-1]:
            runs[engine].append(run(tier, engine, source, scratch / f"{tier}-{engine}-{turn}"))
            print(tier, engine, runs[engine][-1], file=sys.stderr, flush=True)
        identical &= is_same(*(scratch / f"{tier}-{engine}-{turn}" for engine in ENGINES))
    parts = list((scratch / f"{tier}-local-0").glob("part-*"))
    return {
        "rows": n_rows,
        "parts": len(parts),
        "engines": {engine: spread(found, n_rows) for engine, found in runs.items()},
        "overhead": {
            "wall": ratio([found["wall_s"] for found in runs["ray"]], [f["wall_s"] for f in runs["local"]]),
            "cpu": ratio([found["cpu_s"] for found in runs["ray"]], [f["cpu_s"] for f in runs["local"]]),
        },
        "start_s": round(starts["ray"] - starts["local"], 2),
        "bytes_per_row": {
            "input": round(source.stat().st_size / n_rows, 1),
            "output": round(sum(part.stat().st_size for part in parts) / n_rows, 1),
        },
        "identical": identical,
    }


def write(path: Path, n_rows: int) -> None:
    """Short texts, each another as long as there are so many, with an id and a column that is carried."""
    import polars as pl

    texts = rows_of(n_rows)
    pl.DataFrame(
        {
            "id": [f"row {i}" for i in range(n_rows)],
            "text": [texts[i % len(texts)] for i in range(n_rows)],
            "score": list(range(n_rows)),
        }
    ).write_parquet(path)


def run(tier: str, engine: str, source: Path, folder: Path) -> dict[str, float]:
    """One command, from its start to its end: seconds of the clock and of the processors."""
    command = [
        sys.executable, "-m", "goemox", "predict", "--input", str(source), "-o", f"{folder}/",
        "--tier", tier, "--engine", engine,
    ]  # fmt: skip
    environment = {name: value for name, value in os.environ.items() if name != "RAY_ADDRESS"}
    started, used = time.monotonic(), {}
    with tempfile.TemporaryFile("w+") as told:
        with subprocess.Popen(command, stdout=told, stderr=told, env=environment) as process:
            while process.poll() is None:
                used.update(processors(process.pid))
                time.sleep(0.5)
        seconds = time.monotonic() - started
        told.seek(0)
        if process.returncode:
            raise SystemExit(f"{' '.join(command)}: exit code {process.returncode}\n{told.read()}")
    return {"wall_s": round(seconds, 2), "cpu_s": round(sum(used.values()), 2)}


def processors(ancestor: int) -> dict[int, float]:
    """Process id -> seconds of the processors so far, of a process and all that it started."""
    parents, seconds = {}, {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        number = int(entry.parent.name)
        parents[number], seconds[number] = int(fields[1]), (int(fields[11]) + int(fields[12])) / TICKS
    family, more = {ancestor}, {ancestor}
    while more:
        more = {number for number, parent in parents.items() if parent in more} - family
        family |= more
    return {number: seconds[number] for number in family if number in seconds}


def spread(runs: Sequence[dict[str, float]], n_rows: int) -> dict[str, Any]:
    """Least, median and most of the clock and the processors."""
    found: dict[str, Any] = {}
    for name in ("wall_s", "cpu_s"):
        values = sorted(each[name] for each in runs)
        found[name] = {"least": values[0], "median": statistics.median(values), "most": values[-1]}
    found["rows_per_second"] = round(n_rows / found["wall_s"]["median"], 1)
    found["cpu_us_per_row"] = round(1e6 * found["cpu_s"]["median"] / n_rows, 2)
    return found


def ratio(these: Sequence[float], those: Sequence[float]) -> float:
    """Of the medians of two lists of seconds."""
    return round(statistics.median(these) / statistics.median(those), 4)


def is_same(folder: Path, other: Path) -> bool:
    """Whether two folders hold the same files, byte for byte."""
    names = sorted(path.name for path in folder.iterdir())
    if names != sorted(path.name for path in other.iterdir()):
        return False
    return not any(map(bool, filecmp.cmpfiles(folder, other, names, shallow=False)[1:]))


if __name__ == "__main__":
    sys.exit(main())
