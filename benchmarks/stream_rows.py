"""How many rows stream through `read_records` in how little memory; writes results/stream_rows.json.

    python benchmarks/stream_rows.py [--rows 10_000_000] [--formats csv jsonl parquet] [--output FILE]

Makes one file a format in a temporary folder (id, text of 4 to 24 words, time, score), reads it in a process
of its own and counts. Seconds are the reader's own processor time, so that other programs on the machine do
not count; memory is resident memory as the system counts it, Python and the libraries included. Linearity is
the seconds of the last tenth of the rows over those of the second tenth: 1 where nothing slows down. Formats
that are not measured now keep their earlier figures.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

CLAIM = "rows stream in at most 500 MB of memory, which does not grow once a million ids are remembered"
RESULTS = Path(__file__).parent / "results" / "stream_rows.json"
WORDS = ("the", "I", "you", "a", "to", "it", "and", "is", "of", "for", "thank", "so", "not", "love", "people")
BLOCK = 100_000


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--formats", nargs="+", default=["csv", "jsonl", "parquet"])
    parser.add_argument("--output", type=Path, default=RESULTS)
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.read:
        print(json.dumps(read(arguments.read, arguments.rows)))
        return 0
    rows = []
    for form in arguments.formats:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, f"rows.{form}")
            write(path, arguments.rows)
            command = [sys.executable, __file__, "--read", path, "--rows", str(arguments.rows)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            size = path.stat().st_size
        rows.append({"format": form, "file_mb": round(size / 1e6, 1), **json.loads(done.stdout)})
        print(rows[-1], file=sys.stderr, flush=True)
    earlier = json.loads(arguments.output.read_text())["formats"] if arguments.output.exists() else []
    rows = [row for row in earlier if row["format"] not in arguments.formats] + rows
    document = {
        "claim": CLAIM,
        "holds": all(row["peak_mb"] <= 500 for row in rows),
        "measured": datetime.now(UTC).strftime("%Y-%m-%d"),
        "python": platform.python_version(),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}",
        "formats": sorted(rows, key=lambda row: row["format"]),
    }
    arguments.output.write_text(json.dumps(document, indent=2) + "\n")
    return 0


def texts() -> list[str]:
    """As many texts as a block has rows; every block has the same ones."""
    draw = random.Random(0)
    return [" ".join(draw.choices(WORDS, k=draw.randint(4, 24))) + "." for _ in range(BLOCK)]


def blocks(n_rows: int) -> Iterator[Iterator[tuple[int, str, int]]]:
    """(number, text, score) of every row, a block at a time."""
    block = texts()
    for start in range(0, n_rows, BLOCK):
        yield ((start + i, block[i], (start + i) % 97) for i in range(min(BLOCK, n_rows - start)))


def write(path: Path, n_rows: int) -> None:
    """A file of n_rows rows in the format that its ending says; Parquet is made from a CSV file."""
    if path.suffix == ".parquet":
        import polars as pl

        table = path.with_suffix(".csv")
        write(table, n_rows)
        pl.scan_csv(table).sink_parquet(path)
        table.unlink()
        return
    with path.open("w", encoding="utf-8") as file:
        if path.suffix == ".csv":
            file.write("id,text,created_at,score\n")
        for block in blocks(n_rows):
            if path.suffix == ".csv":
                file.writelines(f'c{n},"{text}",2024-01-01T00:00:00Z,{score}\n' for n, text, score in block)
            else:
                file.writelines(
                    f'{{"id":"c{n}","text":"{text}","created_at":"2024-01-01T00:00:00Z","score":{score}}}\n'
                    for n, text, score in block
                )


def read(path: Path, n_rows: int) -> dict[str, object]:
    """Stream all rows and count them; seconds and memory at every tenth."""
    from goemox.data.files import read_records

    tenth = max(1, n_rows // 10)
    started, wall = time.process_time(), time.monotonic()
    marks, memory, n = [], [], 0
    for _ in read_records(path):
        n += 1
        if n % tenth == 0:
            marks.append(time.process_time() - started)
            memory.append(resident_mb())
    seconds = time.process_time() - started
    tenths = [later - earlier for earlier, later in zip([0.0, *marks], marks, strict=False)]
    return {
        "rows": n,
        "rows_per_second": round(n / seconds),
        "seconds": round(seconds, 1),
        "wall_seconds": round(time.monotonic() - wall, 1),
        "peak_mb": round(peak_mb(), 1),
        "resident_mb_at_each_tenth": memory,
        "linearity": round(tenths[-1] / tenths[1], 2),
    }


def resident_mb() -> float:
    """Memory of this process now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 1e6, 1)


def peak_mb() -> float:
    """The most memory this process had."""
    line = next(row for row in Path("/proc/self/status").read_text().splitlines() if row.startswith("VmHWM"))
    return int(line.split()[1]) * 1024 / 1e6


if __name__ == "__main__":
    sys.exit(main())
