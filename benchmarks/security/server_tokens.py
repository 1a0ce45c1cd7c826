"""Number 13: where a server listens, and that nobody without its token comes in.

python benchmarks/security/server_tokens.py
"""

from __future__ import annotations

import random
import re
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from lines import Line, publish
from running import Running, request, serving, starts, status_of

ADDRESSES = (
    "/openapi.json", "/metrics", "/predict", "/v1/predict", "/v1/explain", "/v1/shift", "/v1/drift",
    "/v1/labels", "/v1/model", "/v1/stream", "/none", "//", "/health/", "/%68ealth/x", "/static",
    "/docs/..", "*",
)  # fmt: skip
"""None of them is one that answers without a token (/, /static/…, /docs, /health, /ready)."""
TOKEN = "correct-horse-battery-staple"
TIMED = 3_000


def main() -> int:
    return publish("server_tokens", [listens(), *tokens()])


def listens() -> Line:
    """Number 13: where it listens, and where it does not."""
    with serving() as server:
        listening = _listening(server.process.pid)
    short, empty, good = (_file(words) for words in ("short", "", TOKEN))
    refused = {
        "0.0.0.0": ("--host", "0.0.0.0"), "::": ("--host", "::"), "10.0.0.1": ("--host", "10.0.0.1"),
        "a name": ("--host", "example.org"), "nothing": ("--host", ""),
        "0.0.0.0, two processes": ("--host", "0.0.0.0", "--workers", "2"),
        "a short token": ("--host", "0.0.0.0", "--token-file", short),
        "an empty token": ("--host", "0.0.0.0", "--token-file", empty),
        "a token file that is not there": ("--host", "0.0.0.0", "--token-file", good + ".none"),
    }  # fmt: skip
    started = [name for name, arguments in refused.items() if starts(*arguments)]
    with serving("--host", "0.0.0.0", "--token-file", good, ready=False) as server:
        with_token = _listening(server.process.pid)
    holds = listening == ["127.0.0.1"] and not started and with_token == ["0.0.0.0"]
    return Line(
        13,
        f"where it listens; {len(refused)} starts at other addresses without a token, or with a bad one",
        "127.0.0.1 by default; other addresses refuse to start without a token",
        f"listens on {', '.join(listening)}; {len(refused) - len(started)} of {len(refused)} starts refused",
        holds,
        {"listening": listening, "started": started},
    )


def _listening(pid: int) -> list[str]:
    """The IPv4 and IPv6 addresses that a process listens on, from /proc."""
    inodes = {
        found[1]
        for entry in Path(f"/proc/{pid}/fd").iterdir()
        if (found := re.fullmatch(r"socket:\[(\d+)\]", str(entry.readlink())))
    }
    addresses = []
    for row in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        cells = row.split()
        if cells[3] == "0A" and cells[9] in inodes:
            number = cells[1].partition(":")[0]
            addresses.append(".".join(str(int(number[i : i + 2], 16)) for i in (6, 4, 2, 0)))
    for row in Path("/proc/net/tcp6").read_text().splitlines()[1:]:
        cells = row.split()
        if cells[3] == "0A" and cells[9] in inodes:
            addresses.append("IPv6 " + cells[1])
    return sorted(addresses)


def _file(words: str) -> str:
    path = Path(tempfile.mkdtemp()) / "token"
    path.write_text(words)
    return str(path)


def tokens() -> Iterator[Line]:
    """Number 13: wrong tokens are refused, before the body, in a time that tells nothing of the right one."""
    with serving("--token-file", _file(TOKEN)) as server:
        wrong = [
            "", "Bearer", "Bearer ", f"Bearer {TOKEN[:-1]}", f"Bearer {TOKEN}x", f"Bearer {TOKEN.upper()}",
            TOKEN, f"Basic {TOKEN}", f"bearer {TOKEN} ", f"Bearer  {TOKEN}", "Bearer é" + TOKEN,
            f"Bearer {TOKEN}, Bearer x", f"Bearer {TOKEN}\r\nAuthorization: Bearer x",
        ]  # fmt: skip
        body = f"Content-Type: application/json\r\nContent-Length: {2**20}\r\nExpect: 100-continue"
        statuses, longest, continued = Counter[int](), 0.0, 0
        for given in wrong:
            for address in ADDRESSES:
                began = time.perf_counter()
                answer = server.send(
                    request("POST", address, "Host: localhost", f"Authorization: {given}", body)
                )
                longest = max(longest, time.perf_counter() - began)
                statuses[status_of(answer)] += 1
                continued += b" 100 " in answer[:20]
        right = server.ask("POST", "/v1/predict", {"texts": ["ok"]}, {"Authorization": f"Bearer {TOKEN}"})
        n = len(wrong) * len(ADDRESSES)
        yield Line(
            13,
            f"{len(wrong)} wrong tokens at {len(ADDRESSES)} addresses, 1 MiB announced and not sent",
            "401 before the body is read; the right one 200",
            f"{statuses[401]} of {n} in {longest:.3f} s at most; right: {right.status}",
            statuses[401] == n and not continued and longest < 1 and right.status == 200,
            {"statuses": {str(status): count for status, count in statuses.items()}},
        )
        yield _timed(server)


def _timed(server: Running) -> Line:
    """Tokens wrong at the first character, at the last, and everywhere, asked in turn in a random order."""
    tokens = {"first": "x" + TOKEN[1:], "last": TOKEN[:-1] + "x", "all": "x" * len(TOKEN)}
    seconds: dict[str, list[float]] = {name: [] for name in tokens}
    order = [*tokens] * TIMED
    random.Random(13).shuffle(order)
    for name in order:
        with server.connect() as line:
            sent = request("GET", "/v1/labels", "Host: localhost", f"Authorization: Bearer {tokens[name]}")
            began = time.perf_counter()
            line.sendall(sent)
            line.recv(4_096)
            seconds[name].append(time.perf_counter() - began)
    quartile = {name: statistics.quantiles(found, n=4)[0] * 1e6 for name, found in seconds.items()}
    apart = max(quartile.values()) - min(quartile.values())
    return Line(
        13,
        f"{TIMED:,} times each: token wrong at its first character, at its last, everywhere",
        "no difference: under 5 µs of the lower quartiles",
        f"{apart:.1f} µs apart at {min(quartile.values()):.0f} µs",
        apart < 5,
        {"lower_quartile_us": quartile},
    )


if __name__ == "__main__":
    sys.exit(main())
