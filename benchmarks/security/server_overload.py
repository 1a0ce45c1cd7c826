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
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "load"))

import endurance
from answers import Outcome, percentile
from connections import request_bytes
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
WHY_LATE = "the queue is bounded by texts, not by the time that they wait, which depends on the machine"
WHY_HEALTH = "clients that never pause fill the loop, beside a comparison of texts in the same interpreter"
WHY_503 = "texts are accepted whatever they cost, so that some of them are not read within 30 s"


class Lists(Workload):
    """Requests of several texts: with one each, the clients cost this machine as much as the server."""

    size = 8  # the most that goes before those who send more

    def requests(self, port: int, path: str, *, close: bool = False) -> list[bytes]:  # noqa: ARG002
        """One request for each `size` texts."""
        return self.lists(port, path, self.size)


class LongLists(Lists):
    """Requests such as those of a file, which wait longer."""

    size = 64


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=4.0)
    seconds = parser.parse_args().seconds
    endurance.CLIENTS = 16  # at capacity: 128 texts at a time, enough for two cores
    lines = [overloaded(Lists, "p99 ≤ 2 × unloaded; "), overloaded(LongLists, "")]
    statuses = Counter[int]()
    with serving() as server:
        for name, clients in KINDS.items():
            line, seen = health(server, name, clients, seconds)
            lines.append(line)
            statuses += seen
    errors = sum(n for status, n in statuses.items() if status >= 500)
    lines.append(
        Line(
            11,
            f"all answers while clients sent the dearest requests: {len(KINDS)} kinds, {seconds:g} s each",
            "no 5xx",
            ", ".join(f"{n:,} × {status}" for status, n in sorted(statuses.items())),
            not errors,
            {str(status): n for status, n in statuses.items()},
            WHY_503,
        )
    )
    return publish("server_overload", lines)


def overloaded(kind: type[Lists], promise: str) -> Line:
    """Number 11 with one kind of requests; what is promised of those that are accepted, if anything."""
    told = endurance.overload(
        kind([f"{text} {i}" for i in range(200) for text in TEXTS], QUICK, ""), print, endurance.CLIENTS
    )
    figures: dict[str, object] = told["figures"]  # type: ignore[assignment]
    seen: dict[str, int] = figures["overloaded"]["statuses"]  # type: ignore[index]
    bounded = set(seen) == {"200", "429"} and not figures["without_retry_after"]
    return Line(
        11,
        f"requests of {kind.size} texts, 10 × as many as are answered at capacity, 5 s",
        f"429 + Retry-After; {promise}queue bounded; no 5xx",
        str(told["measured"]), bool(told["holds"]) if promise else bounded, figures, WHY_LATE,
    )  # fmt: skip


def health(
    server: Running, name: str, clients: Sequence[tuple[int, str, object]], seconds: float
) -> tuple[Line, Counter[int]]:
    """How long /health takes while clients send one kind of request, or all kinds; and their statuses."""
    server.forget_peak()
    before = server.rss_mb()
    health = [request_bytes(server.port, "/health")]
    with ProcessPoolExecutor(1) as pool:  # in a process of its own, whose work is not /health's time
        load = pool.submit(_load, server.port, clients, seconds)
        asked = asyncio.run(open_loop(server.port, health, HEALTH_RATE, seconds, connections=8))
        statuses = load.result()
    times = [*asked.accepted]
    slowest, p99 = max(times, default=float("inf")), percentile(times, 99) or float("inf")
    grown = server.peak_mb() - before
    line = Line(
        12,
        f"/health while {name}",
        "p99 ≤ 100 ms",
        f"p99 {p99 * 1e3:.0f} ms, {slowest * 1e3:.0f} ms at most ({len(times)} asked); RSS + {grown:.0f} MB",
        p99 <= HEALTH_S and not asked.failures,
        {"p99_s": p99, "most_s": slowest, "rss_grown_mb": grown},
        WHY_HEALTH,
    )
    return line, statuses


def _load(port: int, clients: Sequence[tuple[int, str, object]], seconds: float) -> Counter[int]:
    """Clients that send each their request again and again; the statuses of their answers."""

    async def sent() -> list[Outcome]:
        made = [
            (n, [request_bytes(port, path, json.dumps(document).encode())]) for n, path, document in clients
        ]
        return await asyncio.gather(
            *(closed_loop(port, requests, n, seconds, warm_s=0.0) for n, requests in made)
        )

    return sum((outcome.statuses for outcome in asyncio.run(sent())), Counter[int]())


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
