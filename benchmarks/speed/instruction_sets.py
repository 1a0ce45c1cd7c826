"""Older instruction sets: whether int8 scores stay, and whether goemox is still ahead of its peers there.

    GOEMOX_DATA=... python benchmarks/speed/instruction_sets.py [--texts 200] [--peers PYTHON] [--output FILE]

Three parts, in about five minutes on two cores:
- scores: texts of GoEmotions dev are read in an emulator of older processors (qemu-user, `apt-get install
  qemu-user`) and compared with this one's. Without VNNI two products are added in 16 bits, which weights of
  the full range overflow: the same weights quantised as onnxruntime does it by itself stand beside.
- cost: competitors in the emulator, where none of them finds more than AVX2. Its processor seconds follow the
  number of instructions, not the time that a real processor takes, but they do so for all alike.
- speed: texts a second on this processor with newer instructions switched off, for libraries that can be
  told (oneDNN in OpenVINO and torch, CTranslate2). onnxruntime asks the processor itself and cannot be told;
  faults of CPUID, by which the system could answer instead, are not to be had on every machine.

Prints and writes results/speed/instruction_sets.json.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from cold_start import PEERS, has_transformers
from competitors import Competitor
from full_range import with_full_range
from interleaved import Places, opened, spread
from report_limits import processor
from texts import data_folder, short_texts
from weights import peer_folder

from goemox.model_folder import ONNX_INT8, default_folder, write_sums

RESULT = Path(__file__).parent.parent / "results" / "speed" / "instruction_sets.json"
CHILD = Path(__file__).parent / "emulated.py"
EMULATOR = "qemu-x86_64"
PROCESSORS = {"Haswell": "AVX2, no VNNI (2013)", "SandyBridge": "AVX, no AVX2 (2011)"}
N_COST, N_SPEED, ROUNDS = 32, 512, 3
SCORE_LIMIT = 1e-3  # of scores with AVX2; where there is no FMA, last bits of the rest differ, and where one
DECISION_LIMIT = 1e-3  # tips the rounding of an int8 input, a score moves: there the share of other decisions
EMULATED = (
    ("goemox", "ours", "goemox"), ("onnxruntime int8", "graphs", "onnxruntime int8"),
    ("OpenVINO int8", "graphs", "openvino int8"), ("CTranslate2 int8", "graphs", "ctranslate2 int8"),
)  # fmt: skip
OPENVINO = "goemox[openvino]"
RESTRICTED = tuple(
    Competitor(name, "one thread", opener, table, 16, 1)
    for name, opener, table in (
        (OPENVINO, "ours", "goemox openvino"), ("OpenVINO int8", "graphs", "openvino int8"),
        ("CTranslate2 int8", "graphs", "ctranslate2 int8"), ("torch fp32", "torch", "torch fp32"),
    )
)  # fmt: skip
LEVELS: dict[str, dict[str, str]] = {
    "all of this processor": {},
    "AVX-512, no VNNI": {
        "ONEDNN_MAX_CPU_ISA": "AVX512_CORE", "MKL_ENABLE_INSTRUCTIONS": "AVX512",
        "ATEN_CPU_CAPABILITY": "avx512", "CT2_FORCE_CPU_ISA": "AVX512",
    },
    "AVX2": {
        "ONEDNN_MAX_CPU_ISA": "AVX2", "MKL_ENABLE_INSTRUCTIONS": "AVX2", "ATEN_CPU_CAPABILITY": "avx2",
        "CT2_FORCE_CPU_ISA": "AVX2",
    },
}  # fmt: skip
QUIET = {
    "OMP_NUM_THREADS": "1",
    "RAYON_NUM_THREADS": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "HF_HUB_OFFLINE": "1",
}


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--texts", type=int, default=200, help="read in the emulator, a fifth of a second each"
    )
    parser.add_argument("--peers", default=str(PEERS), metavar="PYTHON")
    parser.add_argument("--output", type=Path, default=RESULT)
    arguments = parser.parse_args()
    if shutil.which(EMULATOR) is None:
        raise SystemExit(f"no {EMULATOR} on the path: apt-get install qemu-user")
    if not has_transformers(arguments.peers):
        raise SystemExit(f"{arguments.peers}: no transformers there; make bench makes the peers' environment")
    weights = peer_folder(arguments.peers, data_folder())
    with tempfile.TemporaryDirectory() as folder:
        places = Places(sys.executable, arguments.peers, weights, Path(folder))
        result: dict[str, Any] = {
            "claim": "int8 scores stay on older processors, and goemox is ahead of its peers there",
            "machine": processor(), "date": datetime.now(UTC).date().isoformat(),
            "command": "python benchmarks/speed/instruction_sets.py", "emulator": _version(),
            "scores": scores(places, arguments.texts), "cost": cost(places), "speed": speed(places),
        }  # fmt: skip
    result |= judged(result)
    print(result["measured"])
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return 0 if result["holds"] else 1


def scores(places: Places, n: int) -> dict[str, Any]:
    """What older processors answer beside this one: the bundled weights, and those of the full range."""
    texts = places.written("dev", dev_texts(n))
    models = {"goemox": default_folder(), "full-range weights": places.scratch / "full-range"}
    shutil.copytree(models["goemox"], models["full-range weights"])
    with_full_range(models["full-range weights"] / ONNX_INT8)
    write_sums(models["full-range weights"])

    def answered(task: tuple[str, str]) -> Mapping[str, Any]:
        model, cpu = task
        out = places.scratch / f"{model} {cpu}.npz"
        _run(cpu, [places.python, str(CHILD), "scores", str(models[model]), texts, str(out)])
        return np.load(out)

    tasks = [(model, cpu) for cpu in ("", *PROCESSORS) for model in models]
    found = dict(zip(tasks, _side_by_side(answered, tasks), strict=True))
    told: dict[str, Any] = {"texts": n, "decisions": int(found[tasks[0]]["decided"].size)}
    for model in models:
        here = found[model, ""]
        told[model] = {
            cpu: {
                "words": words,
                "scores_differ_by": float(
                    np.abs(here["probabilities"] - found[model, cpu]["probabilities"]).max()
                ),
                "logits_differ_by": float(np.abs(here["logits"] - found[model, cpu]["logits"]).max()),
                "other_decisions": int((here["decided"] != found[model, cpu]["decided"]).sum()),
            }
            for cpu, words in PROCESSORS.items()
        }
        print(f"scores, {model}: {told[model]}")
    return told


def dev_texts(n: int) -> list[str]:
    """The first n of GoEmotions dev."""
    with (data_folder() / "goemotions" / "dev.tsv").open(encoding="utf-8", newline="") as rows:
        return [row[0] for row in csv.reader(rows, delimiter="\t", quoting=csv.QUOTE_NONE)][:n]


def cost(places: Places) -> dict[str, Any]:
    """Emulated seconds a text where no competitor finds more than AVX2, and the same on this processor."""
    texts = places.written("cost", short_texts()[:N_COST])

    def spent(task: tuple[str, str, str, str]) -> float | None:
        cpu, _, opener, table = task
        python = places.python if opener == "ours" else places.peer_python
        line = _run(cpu, [python, str(CHILD), "cost", opener, table, str(places.weights), texts])
        return float(json.loads(line)["cpu_s_a_text"])

    tasks = [(cpu, *each) for cpu in ("", "Haswell") for each in EMULATED]
    found = dict(zip(tasks, _side_by_side(spent, tasks), strict=True))
    told = {
        each[0]: {
            "here_ms": round(1e3 * found[("", *each)], 3),
            "avx2_ms": round(1e3 * found[("Haswell", *each)], 1),
        }
        for each in EMULATED
    }
    print(f"cost, ms a text here and emulated: {told}")
    return {"texts": N_COST, "ms_a_text": told}


def speed(places: Places) -> dict[str, Any]:
    """Texts a second with one thread, newer instructions switched off where a library can be told."""
    file = places.written("speed", short_texts()[:N_SPEED])
    told: dict[str, Any] = {}
    for level, variables in LEVELS.items():
        rates: dict[str, list[float]] = {}
        failed: dict[str, str] = {}
        before = dict(os.environ)
        os.environ.update(QUIET | variables)
        for competitor in RESTRICTED:
            with opened(competitor, places) as worker:
                if worker.failed:
                    failed[competitor.name] = worker.failed
                    continue
                worker.ask(file, None, 16)
                runs = [worker.ask(file, None, 16) for _ in range(ROUNDS)]
                rates[competitor.name] = [run["n"] / run["seconds"] for run in runs]
        os.environ.clear()
        os.environ.update(before)
        told[level] = {
            "texts_per_second": {name: spread(each) for name, each in rates.items()},
            "failed": failed,
        }
        print(f"speed, {level}: {told[level]}")
    return {"texts": N_SPEED, "threads": 1, "levels": told}


def judged(result: Mapping[str, Any]) -> dict[str, Any]:
    """The verdict in words, and whether all of it holds."""
    avx2, avx = (result["scores"]["goemox"][cpu] for cpu in PROCESSORS)
    plain = result["scores"]["full-range weights"]["Haswell"]
    emulated = {name: each["avx2_ms"] for name, each in result["cost"]["ms_a_text"].items()}
    peer = min((name for name in emulated if name != "goemox"), key=lambda name: emulated[name])
    rates = {
        name: each["median"]
        for name, each in result["speed"]["levels"]["AVX-512, no VNNI"]["texts_per_second"].items()
    }
    best = max((name for name in rates if name != OPENVINO), key=lambda name: rates[name])
    times, mine = emulated[peer] / emulated["goemox"], rates.get(OPENVINO, 0)
    overflow, tipped = plain["scores_differ_by"], plain["other_decisions"]
    n, decisions = result["scores"]["texts"], result["scores"]["decisions"]
    words = (
        f"scores of {n} texts differ by {avx2['scores_differ_by']:.2g} at most with AVX2 alone, "
        f"{avx2['other_decisions']} of {decisions:,} decisions (weights of the full range: {overflow:.2g}, "
        f"{tipped}), and by {avx['scores_differ_by']:.2g}, {avx['other_decisions']}, with AVX alone; "
        f"emulated with AVX2, a text costs {times:.2f} × as much with {peer}, the next; with AVX-512 but no "
        f"VNNI, one thread, {mine:,.0f} texts/s against {rates[best]:,.0f} ({best})"
    )
    holds = (
        avx2["scores_differ_by"] <= SCORE_LIMIT and not avx2["other_decisions"]
        and avx["other_decisions"] <= DECISION_LIMIT * decisions and emulated["goemox"] < emulated[peer]
        and mine > rates[best]
    )  # fmt: skip
    return {"measured": words, "holds": holds}


def _side_by_side(one: Callable[[Any], Any], tasks: Sequence[Any]) -> list[Any]:
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        return list(pool.map(one, tasks))


def _run(cpu: str, command: Sequence[str]) -> str:
    """The last line of what a command says, on this processor or, by name, in the emulator of another."""
    emulated = [EMULATOR, "-cpu", cpu] if cpu else []
    done = subprocess.run(
        [*emulated, *command], env=os.environ | QUIET, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{cpu}: {' '.join(command)}: {done.stderr[-2_000:]}")
    return done.stdout.strip().rpartition("\n")[2]


def _version() -> str:
    return subprocess.run(
        [EMULATOR, "--version"], capture_output=True, text=True, check=True
    ).stdout.splitlines()[0]


if __name__ == "__main__":
    sys.exit(main())
