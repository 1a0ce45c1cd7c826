"""20,000 stories from a Hacker News on loopback, one request each, at the allowed rate, with random faults.

    python benchmarks/collect_stories.py [--stories 20000] [--faults 0.05] [--seed 0] [--output FILE]

The server runs here, `goemox collect hackernews` in a process of its own. Prints a JSON document and, with
--output, writes it; fails where a row is lost or doubled, where more than 1.1 times the fewest requests were
made, or where the collector took more than 300 MB. Takes at least a second for 50 stories. Needs POSIX.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "servers"))

from fake_hacker_news import FakeHackerNews, story

from goemox.sources.hacker_news import POLITENESS

FAULTS = ("500", "503", "reset", "hang up", "truncated", "html", "429", "429 1")
MOST_REQUESTS, MOST_MEGABYTES = 1.1, 300


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--stories", type=int, default=20_000)
    parser.add_argument("--faults", type=float, default=0.05)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path)
    arguments = parser.parse_args()
    result = measure(arguments.stories, arguments.faults, arguments.seed)
    document = json.dumps(result, indent=1) + "\n"
    print(document, end="")
    if arguments.output:
        arguments.output.write_text(document, encoding="utf-8")
    is_well = (
        result["exit_code"] == result["lost"] == result["doubled"] == 0
        and result["requests_by_minimum"] <= MOST_REQUESTS
        and result["peak_megabytes"] <= MOST_MEGABYTES
        and result["requests_per_second"] <= POLITENESS.per_second * 1.02
    )
    return 0 if is_well else 1


def measure(n_stories: int, share: float, seed: int) -> dict[str, Any]:
    """Collect once; what came, what it cost, and which faults there were."""
    chance = random.Random(seed)
    made: Counter[str] = Counter()

    def fault(_target: str, _n: int) -> str | None:
        if chance.random() >= share:
            return None
        kind = chance.choice(FAULTS)
        made[kind] += 1
        return kind

    items = (story(n, text=f"Words <i>of</i> {n}") for n in range(1, n_stories + 1))
    with tempfile.TemporaryDirectory() as place, FakeHackerNews(items, fault=fault) as server:
        started = time.monotonic()
        code, megabytes = collect(server, Path(place))
        seconds = time.monotonic() - started
        rows = [json.loads(line)["id"] for line in (Path(place) / "hn.jsonl").read_text("utf-8").splitlines()]
        n_requests = len(server.requests)
    return {
        "claim": "every story once, none lost, with few more requests than stories and in little memory",
        "command": f"benchmarks/collect_stories.py --stories {n_stories} --faults {share} --seed {seed}",
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "exit_code": code,
        "stories": n_stories,
        "unique_rows": len(set(rows)),
        "doubled": len(rows) - len(set(rows)),
        "lost": n_stories - len(set(rows)),
        "faults": dict(sorted(made.items())),
        "requests": n_requests,
        "requests_by_minimum": round(n_requests / (n_stories + 1), 4),
        "allowed_per_second": POLITENESS.per_second,
        "requests_per_second": round(n_requests / seconds, 1),
        "peak_megabytes": round(megabytes, 1),
        "seconds": round(seconds, 1),
    }


def collect(server: FakeHackerNews, place: Path) -> tuple[int, float]:
    """Run the command; its exit code and the most memory it held, in megabytes."""
    environment = {**os.environ, **server.environment, "GOEMOX_CACHE_DIR": str(place / "cache")}
    command = [sys.executable, "-m", "goemox", "collect", "hackernews", "-o", str(place / "hn.jsonl")]
    process = os.posix_spawn(sys.executable, command, environment)
    _, status, usage = os.wait4(process, 0)
    kilobytes = usage.ru_maxrss / (1024 if sys.platform == "darwin" else 1)
    return os.waitstatus_to_exitcode(status), kilobytes / 1024


if __name__ == "__main__":
    sys.exit(main())
