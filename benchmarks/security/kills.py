"""SIGKILL at random moments of what writes files: line 20 of the checklist.

    python benchmarks/security/kills.py [--kills 200] [--seed 0]

A child does one thing again and again, with two contents in turn: download the data set (from a hub on
loopback), write a training's checkpoint, export a model folder over the one before, write a file of
predictions. It is killed after a random time; what then stands under the final name must be one of the two
contents, whole, or what a start puts back. Afterwards the same thing is done once more, and must end as an
unbroken one. `benchmarks/kill_collecting.py` and `benchmarks/kill_training.py` kill whole collections and
trainings; their results are told beside it. Needs POSIX; the checkpoint needs [train].
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import logging
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import torch
from lines import Line, publish
from pytest_httpserver import HTTPServer
from safetensors.torch import load_file, save

from goemox.atomic import clear_leftovers, write_bytes
from goemox.data.hub import REVISION, Pin, fetch_goemotions
from goemox.data.prediction_files import write_predictions
from goemox.http import Politeness
from goemox.model_folder import open_model
from goemox.model_place import write_folder
from goemox.prediction import Prediction
from goemox.records import TextRecord

RESULTS = Path(__file__).parents[1] / "results"
FILE = "simplified/validation-00000-of-00001.parquet"
LABELS = ("calm", "cross")
LONGEST_S = 0.12  # until a kill: some twenty turns of each thing
FAST = Politeness(per_second=1000, attempts=2, first_wait_s=0.01, longest_wait_s=0.02, silence_s=5.0)


@dataclass(frozen=True, slots=True)
class Thing:
    """What is killed. do: writes content 0 or 1. found: the hash of what stands there, None = nothing."""

    name: str
    do: Callable[[int], object]
    found: Callable[[], str | None]
    restart: Callable[[], object] = lambda: None


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    chance = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory() as place, HTTPServer(host="127.0.0.1", port=0) as hub:
        things = [
            download(Path(place), hub),
            checkpoint(Path(place)),
            export(Path(place)),
            predictions(Path(place)),
        ]
        each = -(-arguments.kills // len(things))
        found = {thing.name: killed(thing, each, chance) for thing in things}
    torn = sum(count["torn"] + count["resumed otherwise"] for count in found.values())
    n_kills = sum(count["kills"] for count in found.values())
    told = "; ".join(
        f"{name}: {count['kills']} kills, {count['old']} old, {count['new']} new"
        for name, count in found.items()
    )
    line = Line(
        20,
        f"SIGKILL at {n_kills} random points of download, checkpoint, export and predictions",
        "after restart: old or new file whole, 0 torn; resumed result hash equal",
        f"{torn} torn or different of {n_kills} ({told})",
        torn == 0 and n_kills >= arguments.kills,
        {name: dict(count) for name, count in found.items()},
    )
    return publish("kills", [line, collections(), trainings()], sys.argv[1:])


def killed(thing: Thing, kills: int, chance: random.Random) -> Counter[str]:
    """Kill it so often; count what stood there, and whether the next run ended as an unbroken one."""
    contents = []
    for content in (0, 1):
        thing.do(content)
        contents.append(thing.found())
    count: Counter[str] = Counter({"torn": 0, "resumed otherwise": 0, "old": 0, "new": 0, "nothing": 0})
    for turn in range(kills):
        child = os.fork()
        if child == 0:
            for number in range(10**9):
                thing.do((number + turn) % 2)
        time.sleep(chance.random() * LONGEST_S)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            raise SystemExit(f"{thing.name}: ended by itself")
        thing.restart()
        stood = thing.found()
        if stood is None:
            count["nothing"] += 1
        elif stood not in contents:
            count["torn"] += 1
        else:
            count["old" if stood == contents[0] else "new"] += 1
        thing.do(turn % 2)
        count["resumed otherwise"] += thing.found() != contents[turn % 2]
        count["kills"] += 1
    return count


def download(place: Path, hub: HTTPServer) -> Thing:
    """The data set, fetched into the cache; each turn finds the other content's pin, and fetches anew."""
    bodies, pins = [], []
    for content in (0, 1):
        stream = io.BytesIO()
        texts = [f"text {content} {row} {random.Random(row).random()}" for row in range(3_000)]
        frame = {
            "text": texts,
            "labels": [[row % 28] for row in range(3_000)],
            "id": list(map(str, range(3_000))),
        }
        pl.DataFrame(frame, schema_overrides={"labels": pl.List(pl.Int64)}).write_parquet(stream)
        bodies.append(stream.getvalue())
        pins.append({"dev": Pin(FILE, hashlib.sha256(bodies[-1]).hexdigest(), rows=3_000)})
    address = f"/datasets/google-research-datasets/go_emotions/resolve/{REVISION}/{FILE}"
    for content in (0, 1):
        hub.expect_request(f"/{content}{address}").respond_with_data(bodies[content])
    os.environ["GOEMOX_CACHE_DIR"] = str(place / "cache")
    path = place / "cache" / "datasets" / "go_emotions" / REVISION / FILE

    def do(content: int) -> None:
        os.environ["HF_ENDPOINT"] = hub.url_for(f"/{content}").rstrip("/")
        fetch_goemotions("dev", pins=pins[content], politeness=FAST)

    return Thing("download", do, lambda: sha256(path))


def checkpoint(place: Path) -> Thing:
    """A training's state of 2 MB."""
    path = place / "training" / "state.checkpoint"
    states = [
        {"weights": torch.full((500_000,), float(content)), "step": torch.tensor(content)}
        for content in (0, 1)
    ]

    def found() -> str | None:
        if not path.exists():
            return None
        load_file(path)
        return sha256(path)

    return Thing("checkpoint", lambda content: write_bytes(path, save(states[content])), found)


def export(place: Path) -> Thing:
    """A model folder over the one before."""
    path = place / "models" / "own"
    weights = [np.full(300_000, content, dtype=np.float32).tobytes() for content in (0, 1)]

    def do(content: int) -> None:
        with write_folder(path) as folder:
            (folder / "config.json").write_text(json.dumps({"id2label": {"0": "calm"}, "made": content}))
            (folder / "tokenizer.json").write_text("{}")
            (folder / "onnx").mkdir()
            (folder / "onnx" / "model.onnx").write_bytes(weights[content])

    def found() -> str | None:
        if not path.exists():
            return None
        sums = json.dumps(dict(open_model(path).sums or {}), sort_keys=True)
        return hashlib.sha256(sums.encode()).hexdigest()

    return Thing("export", do, found, lambda: clear_leftovers(path))


def predictions(place: Path) -> Thing:
    """A file of 500 predictions."""
    path = place / "predictions.csv"

    def do(content: int) -> None:
        pairs = (
            (
                TextRecord(str(row), f"text {content}", "test"),
                Prediction(id=str(row), labels=("calm",), scores={"calm": 0.5, "cross": content / 2}),
            )
            for row in range(500)
        )
        write_predictions(pairs, path, "csv", labels=LABELS)

    return Thing("predictions", do, lambda: sha256(path))


def sha256(path: Path) -> str | None:
    """The hash of what stands under the final name."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else None


def collections() -> Line:
    """What kill_collecting.py found."""
    found = json.loads((RESULTS / "kill_collecting.json").read_text("utf-8"))
    return Line(
        20,
        "SIGKILL at random points of whole collections (benchmarks/kill_collecting.py)",
        "every row once, none torn, none lost",
        f"{found['kills']} kills; {found['runs_finished_with_every_row_once']} runs finished, every row once",
        found["kills"] >= 200,
        found,
    )


def trainings() -> Line:
    """What kill_training.py found."""
    found = json.loads((RESULTS / "kill_training.json").read_text("utf-8"))
    return Line(
        20,
        "SIGKILL at random points of whole trainings with export (benchmarks/kill_training.py)",
        "no torn file; the resumed run ends with the same folder",
        f"{found['kills']} kills; {found['runs_finished_and_equal']} runs finished with equal hashes",
        found["kills"] > 0 and found["runs_finished_and_equal"] > 0,
        found,
    )


if __name__ == "__main__":
    sys.exit(main())
