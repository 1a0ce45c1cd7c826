"""Training and export killed with SIGKILL at random moments: no torn file, and the same weights in the end.

    python benchmarks/kill_training.py [--kills 20] [--epochs 60] [--seed 0] [--output FILE]

A small model learns by the release recipe (teachers, a student, export, evaluation) from the embedded
samples, first unbroken, then killed at random moments and started again until it ends. After every kill each
file that is there is read whole. Prints a JSON document; fails where a file is torn or the hashes of the
finished folders differ. Needs [train] and a POSIX system.

Every run is a process of its own, forked from one that has loaded what all of them need: the moments fall
into the work, not into the imports before it.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import shutil
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from safetensors import safe_open

from goemox.cli import main as goemox
from goemox.data.samples import load_samples
from goemox.data.writers import write_records
from goemox.model_folder import file_sha256, open_model

COMPARED = (
    "model.safetensors",
    "onnx/model.onnx",
    "onnx/model_int8.onnx",
    "goemox.json",
    "reference.safetensors",
)
LONGEST = 600  # seconds that one start may take
FORKS = multiprocessing.get_context("forkserver")
LOADED = [
    "__main__",
    "goemox.cli.train",
    "goemox.release",
    "goemox.training.distil",
    "goemox.training.export",
]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path)
    arguments = parser.parse_args()
    generator = np.random.default_rng(arguments.seed)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        FORKS.set_forkserver_preload(LOADED)
        preparing = FORKS.Process(target=prepare, args=(folder,))
        preparing.start()
        preparing.join()
        data, base = str(folder / "data"), str(folder / "base")
        command = ["train", "--recipe", "release", "--data", data, "--base", base,
                   "--epochs", str(arguments.epochs), "--batch-size", "8", "--output-dir"]  # fmt: skip
        started = time.monotonic()
        run_until(command, folder / "whole" / "model", None)
        seconds = time.monotonic() - started
        expected = hashes(folder / "whole" / "model")
        moments: Counter[str] = Counter()
        starts = finished = 0
        while sum(moments.values()) < arguments.kills or finished == 0:
            output = folder / "broken" / "model"
            killing = sum(moments.values()) < arguments.kills
            moment = run_until(command, output, generator.uniform(0.1, seconds) if killing else None)
            starts += 1
            read_everything(output.parent)
            if moment is not None:
                moments[moment] += 1
                continue
            finished += 1
            if (found := hashes(output)) != expected:
                print(f"the resumed run ended differently: {found} instead of {expected}", file=sys.stderr)
                return 1
            left = [path.name for path in output.parent.iterdir()]
            if left != ["model"]:
                print(f"left beside the finished folder: {left}", file=sys.stderr)
                return 1
            shutil.rmtree(output.parent)
    result = {
        "claim": "SIGKILL leaves no torn file, and a resumed run ends with the same folder",
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.system()} {platform.machine()}",
        "kills": sum(moments.values()),
        "killed_while": dict(moments),
        "starts": starts,
        "runs_finished_and_equal": finished,
        "seconds_unbroken": round(seconds, 1),
        "compared": list(COMPARED),
    }
    document = json.dumps(result, indent=1) + "\n"
    print(document, end="")
    if arguments.output:
        arguments.output.write_text(document, encoding="utf-8")
    return 0


def prepare(folder: Path) -> None:
    """Data and a tiny base in `folder`."""
    import torch
    from transformers import DistilBertConfig, DistilBertForSequenceClassification

    from goemox.training.bases import _minilm_folder
    from goemox.training.tokenizer import load_tokenizer

    records = load_samples()
    data, base = folder / "data", folder / "base"
    data.mkdir()
    for name, rows in (("train", records[::2]), ("dev", records[1::4]), ("test", records[3::4])):
        write_records(rows, data / f"{name}.jsonl", "jsonl")
    torch.manual_seed(0)
    config = DistilBertConfig(
        vocab_size=30522, dim=24, hidden_dim=48, n_layers=1, n_heads=4, max_position_embeddings=64
    )
    DistilBertForSequenceClassification(config).save_pretrained(base)
    load_tokenizer(_minilm_folder()).save(str(base / "tokenizer.json"))
    (base / "tokenizer_config.json").write_text(
        '{"tokenizer_class": "PreTrainedTokenizerFast", "pad_token": "[PAD]", "unk_token": "[UNK]", '
        '"cls_token": "[CLS]", "sep_token": "[SEP]", "mask_token": "[MASK]"}'
    )


def run_until(command: list[str], output: Path, seconds: float | None) -> str | None:
    """Start the command and kill it after `seconds`; what it was doing then, or None where it had ended."""
    output.parent.mkdir(exist_ok=True)
    told = output.parent.parent / "told.txt"
    process = FORKS.Process(target=run, args=([*command, str(output)], told))
    process.start()
    process.join(seconds or LONGEST)
    if process.is_alive():
        process.kill()  # SIGKILL
        process.join()
        lines = told.read_text("utf-8", "replace").splitlines()
        return stage_of(lines[-1]) if lines else "starting"
    if process.exitcode != 0:
        raise SystemExit(f"the command failed ({process.exitcode}): {told.read_text('utf-8')}")
    return None


def run(command: list[str], told: Path) -> None:
    """The command in this process, which says what it does in the file `told`."""
    with told.open("wb") as stream:
        os.dup2(stream.fileno(), 1)
        os.dup2(stream.fileno(), 2)
    sys.argv = ["goemox", *command]
    goemox()


def stage_of(line: str) -> str:
    """The stage that a progress line belongs to."""
    known = {"teacher": "teachers", "student": "student", "choosing": "export and choices on dev"}
    return next((name for start, name in known.items() if line.startswith(start)), "evaluation or start")


def read_everything(folder: Path) -> None:
    """Read each file below `folder` that has its final name; raises where one is torn."""
    for path in folder.rglob("*"):
        inside_part = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if inside_part or not path.is_file():
            continue
        if path.suffix in (".safetensors", ".checkpoint"):
            with safe_open(path, framework="np") as file:
                for name in file.keys():  # noqa: SIM118
                    file.get_tensor(name)
        elif path.suffix == ".json":
            json.loads(path.read_text("utf-8"))
    if (folder / "model").is_dir():
        open_model(folder / "model")


def hashes(folder: Path) -> dict[str, str]:
    """Of the files that are there: after very few epochs int8 may lose too much to be kept."""
    return {name: file_sha256(folder / name) for name in COMPARED if (folder / name).is_file()}


if __name__ == "__main__":
    sys.exit(main())
