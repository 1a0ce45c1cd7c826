"""Rows of the table about speed: one client, many clients against two ceilings, and against a peer."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from answers import Outcome, spread
from generator import closed_loop, fresh_connections
from launch import HERE, Server, child_environment, goemox, instant, peer
from workload import PATHS, Workload

__all__ = ["Told", "clients", "engines", "single", "versus_peer"]

Told = dict[str, object]  # "measured" in words, whether it "holds", and "figures"
CLIENTS = 64
P50_MS, P99_MS = 3.0, 8.0
CLIENTS_P99_MS, LEAST_SHARE = 120.0, 0.70
LEAST_RATIO = 8.0
AS_IT_COMES = "as it comes"
DEFAULT, OTHER = "onnxruntime", "openvino"


def single(work: Workload, tell: Callable[[str], None]) -> Told:
    """One client that waits for each answer, on a connection that is kept; beside it, a new one each."""
    figures: dict[str, object] = {}
    with goemox() as server:
        asyncio.run(closed_loop(server.port, work.requests(server.port, PATHS[0]), 1, 1.0))
        for path in PATHS:
            kept, fresh = work.requests(server.port, path), work.requests(server.port, path, close=True)
            found: dict[str, list[Outcome]] = {"kept": [], "new": []}
            cpu = []
            for _ in range(work.plan.repeats):
                began = server.cpu_s()
                found["kept"].append(
                    asyncio.run(closed_loop(server.port, kept, 1, n=work.plan.single, warm_s=0))
                )
                cpu.append(1e3 * (server.cpu_s() - began) / work.plan.single)
                found["new"].append(asyncio.run(fresh_connections(server.port, fresh, work.plan.single)))
            for kind, outcomes in found.items():
                name = f"{path}, {kind} connection{'s' if kind == 'new' else ''}"
                figures[name] = _latencies(outcomes) | {"cpu_ms": spread(cpu) if kind == "kept" else None}
                tell(f"{name}: {_said(figures[name])}")
    return {
        "holds": all(_single_holds(figures[f"{path}, kept connection"]) for path in PATHS),
        "measured": "; ".join(
            f"`{path}` {_said(figures[f'{path}, kept connection'])}, on a new connection each "
            f"{_said(figures[f'{path}, new connections'])}"
            for path in PATHS
        ),
        "figures": figures,
    }


def clients(work: Workload, tell: Callable[[str], None]) -> Told:
    """64 clients with one text each, between runs of the two ceilings."""
    figures: dict[str, object] = {}
    with offline(work.texts) as score, goemox() as server, instant() as bare:
        for path in PATHS:
            here, there = work.requests(server.port, path), work.requests(bare.port, path)
            rows = []
            for _ in range(work.plan.repeats):
                alone = score()
                before = _batches(server)
                outcome, cpu = loaded(server, here, work.plan.window)
                n_texts, n_batches = (new - old for new, old in zip(_batches(server), before, strict=True))
                ceiling, ceiling_cpu = loaded(bare, there, work.plan.window)
                lower = min(alone["per_second"], ceiling.per_second)
                rows.append({
                    "per_second": outcome.per_second, "p50_ms": outcome.figures()["p50_ms"],
                    "p99_ms": outcome.figures()["p99_ms"], "failures": outcome.failures,
                    "cpu_ms": cpu, "generator_cpu_ms": 1e3 * outcome.generator_cpu_s / outcome.n_all,
                    "offline_per_second": alone["per_second"], "offline_cpu_ms": alone["cpu_ms"],
                    "instant_per_second": ceiling.per_second, "instant_cpu_ms": ceiling_cpu,
                    "share": outcome.per_second / lower, "texts_a_batch": n_texts / n_batches,
                })  # fmt: skip
                rows[-1]["cpu_share"] = max(alone["cpu_ms"], ceiling_cpu) / (
                    cpu + rows[-1]["generator_cpu_ms"]
                )
                tell(f"{path}: " + ", ".join(f"{name} {value:.2f}" for name, value in rows[-1].items()))
            figures[path] = {name: spread([row[name] for row in rows], 3) for name in rows[0]}
    return {
        "holds": all(_clients_hold(found) for found in figures.values()),
        "measured": "; ".join(f"{_clients_said(found)} (`{path}`)" for path, found in figures.items()),
        "figures": figures,
    }


def engines(work: Workload, tell: Callable[[str], None]) -> Told:
    """One client and 64 with each engine in turn: is the server's default the faster one?"""
    if find_spec(OTHER) is None:
        return {"holds": False, "measured": "not measured: pip install 'goemox[openvino]'", "figures": {}}
    rows, path = [], PATHS[0]
    with goemox("--runtime", DEFAULT) as ours, goemox("--runtime", OTHER) as other:
        for _ in range(work.plan.repeats):
            row = {}
            for name, server in ((DEFAULT, ours), (OTHER, other)):
                requests = work.requests(server.port, path)
                began = server.cpu_s()
                alone = asyncio.run(closed_loop(server.port, requests, 1, n=work.plan.single, warm_s=0))
                cpu = 1e3 * (server.cpu_s() - began) / work.plan.single
                many, many_cpu = loaded(server, requests, work.plan.window)
                row |= {
                    f"{name}_p50_ms": alone.figures()["p50_ms"], f"{name}_cpu_ms": cpu,
                    f"{name}_64_per_second": many.per_second, f"{name}_64_cpu_ms": many_cpu,
                }  # fmt: skip
            row["alone_ratio"] = row[f"{OTHER}_p50_ms"] / row[f"{DEFAULT}_p50_ms"]
            row["many_ratio"] = row[f"{DEFAULT}_64_per_second"] / row[f"{OTHER}_64_per_second"]
            rows.append(row)
            tell(", ".join(f"{name} {value:.2f}" for name, value in row.items()))
        memory = {f"{name}_rss_mb": server.rss_mb() for name, server in ((DEFAULT, ours), (OTHER, other))}
    found = {name: spread([row[name] for row in rows], 3) for name in rows[0]}
    return {
        "holds": all(found[name]["median"] >= 1 for name in ("alone_ratio", "many_ratio")),
        "measured": "; ".join(
            f"{name}: one client p50 {found[f'{name}_p50_ms']['median']:.2f} ms, 64 clients "
            f"{found[f'{name}_64_per_second']['median']:.0f} requests/s, {memory[f'{name}_rss_mb']:.0f} MB"
            for name in (DEFAULT, OTHER)
        ),
        "figures": found | memory,
    }  # fmt: skip


def versus_peer(work: Workload, tell: Callable[[str], None]) -> Told:
    """The same clients and weights against a transformers pipeline behind FastAPI."""
    if work.weights is None:
        return {"holds": False, "measured": f"not measured: {work.why_no_weights}", "figures": {}}
    rows, path = [], "/predict"
    variants = {AS_IT_COMES: (), "with one thread a request": ("--threads", "1")}
    singles: dict[str, float] = {}
    with goemox() as server:
        here = work.requests(server.port, path)
        for name, arguments in variants.items():
            with peer(work.peer_python, work.weights, *arguments) as other:
                there = work.requests(other.port, path)
                n_alone = max(50, work.plan.single // 5)
                alone = asyncio.run(closed_loop(other.port, there, 1, n=n_alone, warm_s=0.5))
                singles[name] = alone.figures()["p50_ms"]
                for _ in range(max(2, work.plan.repeats // 2 + 1)):
                    ours, cpu = loaded(server, here, work.plan.window)
                    theirs, their_cpu = loaded(other, there, 2 * work.plan.window)
                    rows.append({
                        "peer": name, "per_second": ours.per_second, "cpu_ms": cpu,
                        "peer_per_second": theirs.per_second, "peer_cpu_ms": their_cpu,
                        "peer_p99_ms": theirs.figures()["p99_ms"], "peer_failures": theirs.failures,
                        "ratio": ours.per_second / theirs.per_second, "peer_rss_mb": other.rss_mb(),
                    })  # fmt: skip
                    tell(f"{name}: {ours.per_second:.0f} and {theirs.per_second:.0f} requests/s")
    figures = {}
    for name in variants:
        own = [row for row in rows if row["peer"] == name]
        figures[name] = {key: spread([row[key] for row in own], 3) for key in own[0] if key != "peer"}
        figures[name]["peer_single_p50_ms"] = singles[name]
    ratios = {name: found["ratio"]["median"] for name, found in figures.items()}
    return {
        "holds": ratios[AS_IT_COMES] >= LEAST_RATIO,
        "measured": "; ".join(
            f"{ratio:.1f} × (peer {name}: {figures[name]['peer_per_second']['median']:.0f} requests/s, alone "
            f"{singles[name]:.1f} ms)" for name, ratio in ratios.items()
        ),
        "figures": figures,
    }  # fmt: skip


def loaded(server: Server, requests: Sequence[bytes], seconds: float) -> tuple[Outcome, float]:
    """The outcome of 64 clients, and the server's milliseconds of the processors a request."""
    began = server.cpu_s()
    outcome = asyncio.run(closed_loop(server.port, requests, CLIENTS, seconds))
    return outcome, 1e3 * (server.cpu_s() - began) / outcome.n_all


def _batches(server: Server) -> tuple[float, float]:
    """Texts and batches that were scored so far, by /metrics."""
    text = server.ask("/metrics")[1].decode()
    found = dict(re.findall(r"^goemox_batch_texts_(sum|count) (\S+)", text, re.M))
    return float(found["sum"]), float(found["count"])


@contextmanager
def offline(texts: Sequence[str]) -> Iterator[Callable[[], dict[str, float]]]:
    """A process that scores all texts in one list whenever it is asked to."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "texts.json"
        file.write_text(json.dumps(list(texts)), encoding="utf-8")
        process = subprocess.Popen(
            [sys.executable, str(HERE / "offline.py"), str(file)], env=child_environment(), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        asked, told = process.stdin, process.stdout
        told.readline()

        def score() -> dict[str, float]:
            asked.write("\n")
            asked.flush()
            found = json.loads(told.readline())
            return {
                "per_second": found["n"] / found["seconds"], "cpu_ms": 1e3 * found["cpu_s"] / found["n"],
            }  # fmt: skip

        try:
            yield score
        finally:
            asked.close()
            process.wait(30)


def _latencies(outcomes: Sequence[Outcome]) -> dict[str, object]:
    found = [outcome.figures() for outcome in outcomes]
    return {
        **{name: spread([each[name] for each in found], 3) for name in ("p50_ms", "p99_ms")},
        "failures": sum(outcome.failures for outcome in outcomes),
    }


def _single_holds(found: dict[str, dict[str, float]]) -> bool:
    return (
        found["p50_ms"]["median"] <= P50_MS and found["p99_ms"]["median"] <= P99_MS and not found["failures"]
    )


def _said(found: dict[str, dict[str, float]]) -> str:
    return f"{found['p50_ms']['median']:.2f} / {found['p99_ms']['median']:.2f} ms"


def _clients_hold(found: dict[str, dict[str, float]]) -> bool:
    return (
        found["share"]["median"] >= LEAST_SHARE
        and found["p99_ms"]["median"] <= CLIENTS_P99_MS
        and found["failures"]["most"] == 0
    )


def _clients_said(found: dict[str, dict[str, float]]) -> str:
    lower = min(found["offline_per_second"]["median"], found["instant_per_second"]["median"])
    return (
        f"{found['per_second']['median']:.0f} requests/s, {found['share']['median']:.0%} of {lower:.0f}; "
        f"p50 {found['p50_ms']['median']:.0f}, p99 {found['p99_ms']['median']:.0f} ms"
    )
