"""`goemox predict -o DIR/` killed with SIGKILL at 200 random points: what is done stays, bytes are the same.

    python benchmarks/scale/kill_predict.py [--kills 200] [--rows 4000] [--output FILE]

A run into a folder is started, killed after a random number of new parts and a random moment more (sometimes
before its first part), and started again, over formats in turn; when it is complete the folder is compared,
byte for byte, with that of a run nobody disturbed. After each kill every part is compared, too. Fails where a
part is lost, torn, made twice or different, or where more is lost than the parts in flight. Some 6 minutes.
Writes benchmarks/results/speed/kill_predict.json. Needs POSIX.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

sys.path.insert(0, str(Path(__file__).parent.parent))

from report_limits import processor

from goemox.data.samples import load_samples
from goemox.scale.local import SIDE_BY_SIDE

RESULTS = Path(__file__).parent.parent / "results" / "speed" / "kill_predict.json"
PART_ROWS = 20
FORMS = (("parquet", "parquet"), ("jsonl", "csv"), ("csv", "jsonl"))
MOST_NEW_PARTS = 3


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--rows", type=int, default=4_000)
    parser.add_argument("--tier", default="best")
    parser.add_argument("--output", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    counts = dict.fromkeys(
        ("kills", "before the first new part", "between parts", "runs that ended the same"), 0
    )
    chance, most_in_flight = random.Random(0), 0
    with tempfile.TemporaryDirectory() as place:
        turn = 0
        while counts["kills"] < arguments.kills:
            kind, form = FORMS[turn % len(FORMS)]
            folder = Path(place, str(turn))
            source = folder / f"in.{kind}"
            folder.mkdir()
            write(source, arguments.rows)
            whole = folder / "whole"
            start(source, whole, form, arguments.tier).wait()
            killed = folder / "killed"
            is_done = False
            while not is_done:
                is_killing = counts["kills"] < arguments.kills
                before = parts_in(killed)
                is_done, in_flight = run(source, killed, form, arguments.tier, chance if is_killing else None)
                after = parts_in(killed)
                check(before, after, killed, whole)
                if not is_done:
                    counts["kills"] += 1
                    most_in_flight = max(most_in_flight, in_flight)
                    counts["between parts" if len(after) > len(before) else "before the first new part"] += 1
            if content(killed) != content(whole):
                raise SystemExit(f"{form}: the folder differs from that of an unbroken run")
            counts["runs that ended the same"] += 1
            turn += 1
            print(counts, file=sys.stderr, flush=True)
    document = {
        "claim": "SIGKILL costs at most the parts in flight, and the resumed run ends in the same bytes",
        "measured": (
            f"{counts['kills']} kills: no part lost or made anew, at most {most_in_flight} half written; "
            f"all {counts['runs that ended the same']} folders the same bytes in the end"
        ),
        "holds": most_in_flight <= SIDE_BY_SIDE,
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{os.cpu_count()} cores, {processor()}",
        "command": "python benchmarks/scale/kill_predict.py",
        "rows": arguments.rows,
        "part_rows": PART_ROWS,
        "formats": [f"{kind} to {form}" for kind, form in FORMS],
        "most_parts_in_flight": most_in_flight,
        **counts,
    }
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(document, indent=1))
    return 0 if document["holds"] else 1


def write(path: Path, n_rows: int) -> None:
    """Sample texts, each with a number; some rows have none."""
    texts = [record.text for record in load_samples()]
    rows = [
        {"id": f"c{i}", "text": None if i % 97 == 5 else f"{texts[i % len(texts)]} {i}", "score": i}
        for i in range(n_rows)
    ]
    frame = pl.DataFrame(rows)
    {"parquet": frame.write_parquet, "jsonl": frame.write_ndjson, "csv": frame.write_csv}[path.suffix[1:]](
        path
    )


def start(source: Path, folder: Path, form: str, tier: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "goemox", "predict", "--input", str(source), "-o", f"{folder}/"]
    command += ["--part-rows", str(PART_ROWS), "--format", form, "--tier", tier]
    return subprocess.Popen(command, stderr=subprocess.DEVNULL)


def run(source: Path, folder: Path, form: str, tier: str, chance: random.Random | None) -> tuple[bool, int]:
    """Start, kill where there is a chance. Did it end by itself, and how many parts were half written?"""
    n_new = chance.randint(0, MOST_NEW_PARTS) if chance else 0
    wanted = len(parts_in(folder)) + n_new
    process = start(source, folder, form, tier)
    while chance and process.poll() is None and len(parts_in(folder)) < wanted:
        time.sleep(0.002)
    if chance:
        time.sleep(chance.random() * (0.05 if n_new else 0.8))
        process.kill()
    code = process.wait()
    if code == -signal.SIGKILL:
        unfinished = (
            {path.name.split(".")[1] for path in folder.glob(".part-*.part")} if folder.exists() else set()
        )
        return False, len(unfinished)
    if code != 4:  # there are bad rows
        raise SystemExit(f"the run failed ({code})")
    return True, 0


def parts_in(folder: Path) -> dict[str, int]:
    """When each part was written."""
    return {path.name: path.stat().st_mtime_ns for path in folder.glob("part-*")} if folder.exists() else {}


def check(before: dict[str, int], after: dict[str, int], killed: Path, whole: Path) -> None:
    if not before.items() <= after.items():
        raise SystemExit("a part that was done was lost or made again")
    for name in after.keys() - before.keys():
        if (killed / name).read_bytes() != (whole / name).read_bytes():
            raise SystemExit(f"{name} is torn or different")


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.startswith(".")}


if __name__ == "__main__":
    sys.exit(main())
