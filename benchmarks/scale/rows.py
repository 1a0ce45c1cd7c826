"""Millions of rows through `goemox predict -o DIR/`: rows a second, memory, and whether both are even.

    GOEMOX_DATA=... python benchmarks/scale/rows.py [--tier fast|best ...] [--rows N ...] [--output FILE]

Without flags: 1, 3 and 10 million rows with the fast tier, and a million with the best one, every text
another; some 5 and 10 minutes on two quiet cores. Texts are GOEMOX_DATA's unlabelled Reddit comments, with a
number behind each so that none repeats; `--repeats 10` gives each text ten times. Memory is what the system
counts as resident of the process and its children, four times a second. Evenness in time: the second half of
the parts over the first, by when they were written; between sizes, seconds of the rows that the next size has
more. Runs that are not made now keep their earlier figures. Writes benchmarks/results/speed/rows.json.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl

sys.path.insert(0, str(Path(__file__).parent.parent))

from report_limits import processor

CLAIM = "any number of rows is scored in at most 600 MB that do not grow, and in time that grows with them"
RESULTS = Path(__file__).parent.parent / "results" / "speed" / "rows.json"
MOST_MB, EVEN, FLAT = 600, 1.05, 1.10
FAST, BEST = (1_000_000, 3_000_000, 10_000_000), (1_000_000,)
BLOCK = 100_000


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tier", nargs="+", choices=["fast", "best"], default=["fast", "best"])
    parser.add_argument("--rows", nargs="+", type=int, help="else 1, 3 and 10 million; 1 million with best")
    parser.add_argument("--repeats", type=int, default=1, help="how often each text comes")
    parser.add_argument("--part-rows", type=int)
    parser.add_argument("--format", default="parquet", choices=["parquet", "csv", "jsonl"])
    parser.add_argument("--output", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    runs = {}
    if arguments.output.exists():
        earlier = json.loads(arguments.output.read_text("utf-8"))["runs"]
        runs = {(run["tier"], run["rows"], run["repeats"], run["format"]): run for run in earlier}
    with tempfile.TemporaryDirectory() as place:
        for tier in arguments.tier:
            for n_rows in arguments.rows or (FAST if tier == "fast" else BEST):
                source = Path(place, f"{n_rows}-{arguments.repeats}.parquet")
                if not source.exists():
                    write(source, n_rows, arguments.repeats)
                run = measure(source, Path(place, "out"), tier, n_rows, arguments)
                runs[tier, n_rows, arguments.repeats, arguments.format] = run
                print(
                    json.dumps({k: v for k, v in run.items() if k != "memory_mb"}),
                    file=sys.stderr,
                    flush=True,
                )
    rows = [runs[key] for key in sorted(runs)]
    document = {
        "claim": CLAIM,
        **verdict(rows),
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{os.cpu_count()} cores, {processor()}",
        "command": "python benchmarks/scale/rows.py",
        "runs": rows,
    }
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    return 0 if document["holds"] else 1


def texts() -> list[str]:
    path = Path(os.environ["GOEMOX_DATA"], "unlabelled", "reddit.jsonl")
    return pl.read_ndjson(path, schema={"text": pl.String})["text"].to_list()


def write(path: Path, n_rows: int, repeats: int) -> None:
    """A Parquet file of n_rows rows: id, text, score."""
    known = texts()

    def blocks() -> Iterator[pl.LazyFrame]:
        for start in range(0, n_rows, BLOCK):
            numbers = range(start, min(start + BLOCK, n_rows))
            yield pl.LazyFrame(
                {
                    "id": [f"r{i}" for i in numbers],
                    "text": [f"{known[i // repeats % len(known)]} {i // repeats}" for i in numbers],
                    "score": list(numbers),
                }
            )

    pl.concat(list(blocks())).sink_parquet(path, row_group_size=BLOCK)


def measure(source: Path, out: Path, tier: str, n_rows: int, arguments: argparse.Namespace) -> dict[str, Any]:
    """One run in a process of its own."""
    command = [
        sys.executable,
        "-m",
        "goemox",
        "predict",
        "--input",
        str(source),
        "-o",
        f"{out}/",
        "--tier",
        tier,
    ]
    command += ["--format", arguments.format]
    if arguments.part_rows:
        command += ["--part-rows", str(arguments.part_rows)]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started, start = time.monotonic(), time.time()
    memory: list[float] = []
    with tempfile.TemporaryFile() as told:
        process = subprocess.Popen(command, stderr=told)
        while process.poll() is None:
            memory.append(resident_mb(process.pid))
            time.sleep(0.25)
        told.seek(0)
        words = told.read().decode()
    seconds = time.monotonic() - started
    if process.returncode:
        raise SystemExit(f"the run failed ({process.returncode}): {words}")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = json.loads((out / "done.json").read_text("utf-8"))
    times = sorted(path.stat().st_mtime - start for path in out.glob("part-*"))
    megabytes = sum(path.stat().st_size for path in out.glob("part-*")) / 1e6
    shutil.rmtree(out)
    if done["rows"] != n_rows:
        raise SystemExit(f"{done['rows']} of {n_rows} rows came out")
    half = len(times) // 2
    cpu = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    return {
        "tier": tier,
        "rows": n_rows,
        "repeats": arguments.repeats,
        "format": arguments.format,
        "parts": len(times),
        "seconds": round(seconds, 2),
        "rows_per_second": round(n_rows / seconds),
        "cpu_seconds": round(cpu, 2),
        "rows_per_cpu_second": round(n_rows / cpu),
        "second_half_over_first": round((times[-1] - times[half]) / (times[half] - times[0]), 3)
        if half > 2
        else None,
        "peak_mb": round(max(memory)),
        "memory_growth": round(max(memory[len(memory) // 2 :]) / max(memory[: len(memory) // 2 + 1]), 3),
        "memory_mb": [round(mb) for mb in memory[:: max(1, len(memory) // 40)]],
        "input_mb": round(source.stat().st_size / 1e6, 1),
        "output_mb": round(megabytes, 1),
    }


def verdict(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """The goal's words, and whether it is reached."""
    plain = [run for run in runs if run["repeats"] == 1 and run["format"] == "parquet"]
    even = {}
    for tier in ("fast", "best"):
        sizes = [run for run in plain if run["tier"] == tier]
        steps = [
            (b["seconds"] - a["seconds"]) / (b["rows"] - a["rows"]) for a, b in pairwise(sizes)
        ]  # seconds a row, without what a start costs
        even |= {f"{tier}, {run['rows']:,} rows": run["second_half_over_first"] for run in sizes}
        if len(steps) > 1:
            even[f"{tier}, between sizes"] = round(steps[-1] / steps[0], 3)
    peak, growth = max(run["peak_mb"] for run in plain), max(run["memory_growth"] for run in plain)
    worst = max((value for value in even.values() if value is not None), default=1.0)
    words = "; ".join(
        f"{run['rows']:,} rows, {run['tier']}: {run['rows_per_second']:,} rows/s, {run['peak_mb']} MB"
        for run in plain
    )
    return {
        "measured": f"{words}; memory grows × {growth:.2f}, time a row × {worst:.2f}",
        "holds": peak <= MOST_MB and growth <= FLAT and worst <= EVEN,
        "evenness": even,
    }


def resident_mb(pid: int) -> float:
    """Memory of a process and its children now."""
    total, waiting = 0, [pid]
    while waiting:
        process = Path("/proc", str(waiting.pop()))
        try:
            total += int((process / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
            for thread in (process / "task").iterdir():
                waiting += map(int, (thread / "children").read_text().split())
        except (OSError, IndexError):
            continue
    return total / 1e6


if __name__ == "__main__":
    sys.exit(main())
