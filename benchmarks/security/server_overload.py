"""Numbers 11 and 12: more than the server can do, of the dearest requests there are.

    python benchmarks/security/server_overload.py [--seconds 4]

Number 11 here is short; benchmarks/load/run.py has half a minute of it. Number 12 asks for /health fifty
times a second on connections of its own while other clients send, each as soon as it has its answer, the
dearest requests that the limits allow.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "load"))

from answers import Outcome, percentile
from connections import request_bytes
from endurance import overload
from generator import closed_loop, open_loop
from lines import Line, publish
from running import Running, serving
from workload import QUICK, Workload

TEXTS = (
    "Thank you so much, this made my day!", "Why does it always crash on save?", "I am not sure about that.",
    "So sorry for your loss.", "This is the worst release ever", "What a lovely surprise, thanks",
)  # fmt: skip
LONG = "why " * 2_500
HEALTH_RATE, HEALTH_S = 50.0, 0.1


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=4.0)
    seconds = parser.parse_args().seconds
    told = overload(Workload([f"{text} {i}" for i in range(50) for text in TEXTS], QUICK, ""), print)
    lines = [
        Line(
            11,
            "10 × as many requests as are answered at capacity, 5 s",
            "429 + Retry-After; accepted p99 ≤ 2 × unloaded; queue bounded; no 5xx",
            str(told["measured"]),
            bool(told["holds"]),
            told["figures"],  # type: ignore[arg-type]
        )
    ]
    with serving() as server:
        lines += [health(server, name, seconds) for name in KINDS]
    return publish("server_overload", lines)


def health(server: Running, name: str, seconds: float) -> Line:
    """How long /health takes while clients send one kind of request, or all kinds."""
    clients = KINDS[name]
    server.forget_peak()
    before = server.rss_mb()
    asked, loads = asyncio.run(_beside(server.port, clients, seconds))
    statuses = sum((load.statuses for load in loads), Counter[int]())
    times = [*asked.accepted]
    slowest, p99 = max(times, default=float("inf")), percentile(times, 99) or float("inf")
    errors = sum(n for status, n in statuses.items() if status >= 500) + asked.failures
    grown = server.peak_mb() - before
    return Line(
        12,
        f"/health while {name}",
        "p99 ≤ 100 ms; no 5xx",
        f"p99 {p99 * 1e3:.0f} ms, {slowest * 1e3:.0f} ms at most ({len(times)} asked); "
        + ", ".join(f"{status} {n:,}×" for status, n in sorted(statuses.items()))
        + f"; RSS + {grown:.0f} MB",
        p99 <= HEALTH_S and not errors,
        {"p99_s": p99, "most_s": slowest, "rss_grown_mb": grown},
    )


async def _beside(
    port: int, clients: Sequence[tuple[int, str, object]], seconds: float
) -> tuple[Outcome, list[Outcome]]:
    made = [(n, [request_bytes(port, path, json.dumps(document).encode())]) for n, path, document in clients]
    asked, *loads = await asyncio.gather(
        open_loop(port, [request_bytes(port, "/health")], HEALTH_RATE, seconds, connections=8),
        *(closed_loop(port, requests, n, seconds, warm_s=0.0) for n, requests in made),
    )
    return asked, loads


SHORT = (64, "/v1/predict", {"texts": [TEXTS[0]]})
MANY = (16, "/v1/predict", {"texts": [*TEXTS] * 85})
LARGE = (8, "/v1/predict", {"texts": [LONG] * 200})
HARD = (8, "/predict", {"inputs": ["​é́́🙂‍🙂ﬀ" * 400] * 60})
WORDS = (16, "/v1/explain", {"text": "a b " * 500})
SHIFT = (4, "/v1/shift", {"texts": [f"{text} {i}" for i in range(80) for text in TEXTS]})
FOREIGN = (8, "/v1/predict", {"texts": 5})
KINDS: dict[str, tuple[tuple[int, str, object], ...]] = {
    "64 clients send one short text": (SHORT,),
    "16 clients send 510 texts": (MANY,),
    "8 clients send 200 texts of 10,000 characters": (LARGE,),
    "8 clients send 60 texts of signs that need work": (HARD,),
    "16 clients have 1,000 words explained": (WORDS,),
    "4 clients have 480 texts compared": (SHIFT,),
    "all of these at once, and wrong requests": (SHORT, MANY, LARGE, HARD, WORDS, SHIFT, FOREIGN),
}


if __name__ == "__main__":
    sys.exit(main())
