"""`goemox collect` killed with SIGKILL at 200 random points: every row once, none torn, none lost.

    python benchmarks/kill_collecting.py [--kills 200] [--workers 1] [--stories 400] [--output FILE]

A Hacker News on loopback with 5 % faults serves; the collector is started, killed after a random number of
new rows and a random moment more (sometimes before the first row), and started again on the same file. After
each kill all lines but a torn last one are read. Prints a JSON document; fails where in the end a row is
missing, doubled or torn. The collector is forked from this process: a start costs no imports. Several workers
share the kills, each with a file of its own. Needs POSIX.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import signal
import sys
import tempfile
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "servers"))

from fake_hacker_news import FakeHackerNews, story

import goemox.cli.app
import goemox.data.collected
import goemox.sources.hacker_news  # noqa: F401  # loaded once, before the forks
from goemox.cli import main as goemox_main

FAULTS = ("500", "reset", "hang up", "truncated")
MOST_NEW_ROWS = 6
LONGEST = 600  # seconds that one start may take


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--stories", type=int, default=400)
    parser.add_argument("--output", type=Path)
    arguments = parser.parse_args()
    server, environment = serve(arguments.stories)
    try:
        with tempfile.TemporaryDirectory() as place:
            parts = work(environment, Path(place), arguments)
    finally:
        os.kill(server, signal.SIGKILL)
        os.waitpid(server, 0)
    result = {
        "claim": "SIGKILL costs no row and doubles none; a torn last row is cut off by the next start",
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.system()} {platform.machine()}",
        "workers": arguments.workers,
        "stories": arguments.stories,
        "kills": sum(part["before the first new row"] + part["between rows"] for part in parts),
        **{name: sum(part[name] for part in parts) for name in parts[0]},
    }
    document = json.dumps(result, indent=1) + "\n"
    print(document, end="")
    if arguments.output:
        arguments.output.write_text(document, encoding="utf-8")
    return 0


def work(environment: Mapping[str, str], place: Path, arguments: argparse.Namespace) -> list[dict[str, int]]:
    """What each worker counted; raises SystemExit where one of them found a row lost, doubled or torn."""
    workers = []
    for number in range(arguments.workers):
        folder = place / str(number)
        folder.mkdir()
        n_kills = (arguments.kills + number) // arguments.workers
        child = os.fork()
        if child == 0:
            try:
                counted = kill_often(environment, folder / "hn.jsonl", arguments.stories, n_kills, number)
                (folder / "counted.json").write_text(json.dumps(counted), encoding="utf-8")
                os._exit(0)
            except BaseException as error:
                print(error, file=sys.stderr, flush=True)
                os._exit(1)
        workers.append((child, folder))
    failed = [folder for child, folder in workers if os.waitpid(child, 0)[1]]
    if failed:
        raise SystemExit(f"{len(failed)} worker(s) failed")
    return [json.loads((folder / "counted.json").read_text("utf-8")) for _, folder in workers]


def kill_often(
    environment: Mapping[str, str], file: Path, n_stories: int, n_kills: int, seed: int
) -> dict[str, int]:
    """Start, kill, look, start again; raises SystemExit where a row is lost, doubled or torn."""
    chance = random.Random(seed)
    kills = {"before the first new row": 0, "between rows": 0}
    n_torn = n_finished = 0
    expected = {f"hn-{n}" for n in range(1, n_stories + 1)}
    while sum(kills.values()) < n_kills or n_finished == 0:
        before = whole_rows(file)
        is_killing = sum(kills.values()) < n_kills
        wanted = len(before) + chance.randint(0, MOST_NEW_ROWS) if is_killing else None
        was_killed = run(environment, file, wanted, chance.random() * 0.05)
        after = whole_rows(file)
        if len(after) != len(set(after)) or not set(before) <= set(after):
            raise SystemExit("a row was lost or doubled")
        if was_killed:
            kills["between rows" if len(after) > len(before) else "before the first new row"] += 1
            n_torn += is_torn(file)
            continue
        if set(after) != expected or is_torn(file):
            raise SystemExit("a run ended with other rows than the list's")
        n_finished += 1
        file.unlink()
    return kills | {
        "torn_last_rows_repaired": n_torn,
        "runs_finished_with_every_row_once": n_finished,
    }


def serve(n_stories: int) -> tuple[int, Mapping[str, str]]:
    """The server's process and the settings that lead to it."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        chance = random.Random(0)
        items = [story(n, text=f"Words of {n} " * (n % 50)) for n in range(1, n_stories + 1)]

        def fault(_target: str, _n: int) -> str | None:
            return chance.choice(FAULTS) if chance.random() < 0.05 else None

        with FakeHackerNews(items, fault=fault) as server:
            os.write(writing, json.dumps(server.environment).encode() + b"\n")
            while True:
                server.requests.clear()
                time.sleep(1)
    os.close(writing)
    with os.fdopen(reading) as stream:
        return child, json.loads(stream.readline())


def run(environment: Mapping[str, str], file: Path, wanted: int | None, more_s: float) -> bool:
    """Start the collector; kill it once the file has `wanted` rows and a moment has passed. Was it killed?"""
    child = os.fork()
    if child == 0:
        os.environ.update(environment, GOEMOX_CACHE_DIR=str(file.parent / "cache"))
        sys.argv = ["goemox", "collect", "hackernews", "-o", str(file)]
        with Path(os.devnull).open("w") as silence:
            os.dup2(silence.fileno(), 2)
        try:
            goemox_main()
        except SystemExit as end:
            os._exit(end.code if isinstance(end.code, int) else 0)
        os._exit(0)
    deadline = time.monotonic() + LONGEST
    while wanted is not None and time.monotonic() < deadline:
        if os.waitpid(child, os.WNOHANG)[0]:
            return False
        if count_rows(file) >= wanted:
            break
        time.sleep(0.002)
    if wanted is not None:
        time.sleep(more_s)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return True
    if os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit(f"the collector failed ({os.waitstatus_to_exitcode(status)})")
    return False


def count_rows(file: Path) -> int:
    return file.read_bytes().count(b"\n") if file.exists() else 0


def is_torn(file: Path) -> bool:
    content = file.read_bytes() if file.exists() else b""
    return bool(content) and not content.endswith(b"\n")


def whole_rows(file: Path) -> list[str]:
    """The ids of all whole rows; raises where one that is not the last cannot be read."""
    if not file.exists():
        return []
    lines = file.read_bytes().split(b"\n")[:-1]
    return [json.loads(line)["id"] for line in lines]


if __name__ == "__main__":
    sys.exit(main())
