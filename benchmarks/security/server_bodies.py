"""Numbers 5, 6 and 7: bodies that are too large, that are no JSON, or that are wrong in 200,000 places.

    python benchmarks/security/server_bodies.py

Each attack is sent as fast as the loopback takes it, by a client that keeps sending until it is told to stop.
Seconds are from the first byte sent until the whole answer is read; memory is the peak of the server's
process during the attack, over what it held before.
"""

from __future__ import annotations

import gzip
import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

from lines import Line, publish
from running import Running, serving

CAP = 2 * 2**20  # bytes of a body, the default of `goemox serve`
ADDRESSES = ("/v1/predict", "/predict", "/v1/explain", "/v1/shift", "/v1/stream")
OK = b'{"texts": ["ok"]}'
TRIES = 5


def main() -> int:
    with serving() as server:
        _warm(server)
        lines = [*sizes(server), grammar(server), wrong_items(server)]
    return publish("server_bodies", lines)


def sizes(server: Running) -> list[Line]:
    """Number 5."""
    pieces = b"%x\r\n%s\r\n" % (65_536, b" " * 65_536)
    attacks = {
        "at the cap": (200, f"Content-Length: {CAP}", [b" " * (CAP - len(OK)) + OK]),
        "one byte more": (413, f"Content-Length: {CAP + 1}", [b" " * (CAP + 1 - len(OK)) + OK]),
        "64 MB, length given": (413, f"Content-Length: {64 * 10**6}", [b" " * 10**6] * 64),
        "64 MB in chunks": (413, "Transfer-Encoding: chunked", [pieces] * (64 * 10**6 // 65_536)),
        "3 MB in chunks of 1 byte": (413, "Transfer-Encoding: chunked", [b"1\r\n \r\n" * 1_000] * 3_000),
    }
    lines = []
    for name, (wanted, header, parts) in attacks.items():
        seconds, grown, statuses = [], [], set()
        for _ in range(TRIES):
            before = server.rss_mb()
            server.forget_peak()
            status, took = _upload(server, header, parts)
            statuses.add(status)
            seconds.append(took)
            grown.append(server.peak_mb() - before)
        in_time = wanted == 200 or max(seconds) < 0.2
        lines.append(
            Line(
                5,
                f"body: {name}, {TRIES} times",
                "200; RSS + < 20 MB" if wanted == 200 else "413 in < .2 s; RSS + < 20 MB",
                f"{_listed(statuses)} in {max(seconds):.3f} s at most; RSS + {max(grown):.1f} MB at most",
                statuses == {wanted} and in_time and max(grown) < 20,
                {"statuses": sorted(statuses), "seconds": seconds, "rss_grown_mb": grown},
            )
        )
    return lines


def _upload(server: Running, header: str, parts: list[bytes]) -> tuple[int, float]:
    """Send all parts, or as many as are taken; the status, and seconds until the answer is read."""
    answer = b""
    with server.connect() as line:
        began = time.perf_counter()
        line.sendall(
            f"POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"Connection: close\r\n{header}\r\n\r\n".encode()
        )
        feeding = threading.Thread(target=_feed, args=(line, parts), daemon=True)
        feeding.start()
        with suppress(ConnectionResetError):
            while piece := line.recv(65_536):
                answer += piece
        took = time.perf_counter() - began
        feeding.join(10)
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0, took


def _feed(line, parts: list[bytes]) -> None:  # type: ignore[no-untyped-def]
    with suppress(OSError):
        for part in parts:
            line.sendall(part)


def grammar(server: Running) -> Line:
    """Number 6: every body to every address that reads one."""
    statuses: dict[str, set[int]] = {}
    longest = 0
    for name, body, headers in _no_json():
        for address in ADDRESSES:
            answer = server.ask("POST", address, body, headers)
            statuses.setdefault(name, set()).add(answer.status)
            longest = max(longest, len(answer.body))
    counts = sorted(set.union(*statuses.values()))
    holds = all(400 <= status < 500 for status in counts) and longest <= 4_000
    return Line(
        6,
        f"{len(statuses)} kinds of bodies that are no request (NaN, 1e999, 6,000 digits, surrogates, wrong "
        "UTF-8, UTF-16, BOM, depth 200,000, gzip, duplicate keys, empty, 12 wrong types …), "
        f"to {len(ADDRESSES)} addresses",
        "4xx, never 500",
        f"{_listed(counts)} only; longest answer {longest} bytes",
        holds,
        {"statuses": {name: sorted(found) for name, found in statuses.items()}, "longest_answer": longest},
    )


def _no_json() -> Iterator[tuple[str, bytes, dict[str, str]]]:
    json_type = {"Content-Type": "application/json"}
    for name, value in {
        "NaN": b"NaN", "Infinity": b"Infinity", "-Infinity": b"-Infinity", "1e999": b"1e999",
        "-1e999": b"-1e999", "6,000 digits": b"1" * 6_000, "single quotes": b"'ok'", "0x10": b"0x10",
        "lone high surrogate": b'"\\ud800"', "lone low surrogate": b'"\\udc00"',
        "surrogates in the wrong order": b'"\\udc00\\ud800"', "UTF-8 of a surrogate": b'"\xed\xa0\x80"',
        "bytes that are no UTF-8": b'"\xff\xfe"', "overlong UTF-8": b'"\xc0\xaf"',
        "UTF-8 cut off": b'"\xe2\x82"', "UTF-8 over U+10FFFF": b'"\xf4\x90\x80\x80"',
        "control characters": b'"a\x00\x1fb"', "escape that is none": b'"\\x41"',
        "comma at the end": b'"ok",',
        "comment": b'"ok" /* */', "depth 200,000 in a field": b"[" * 200_000 + b"]" * 200_000,
    }.items():  # fmt: skip
        fields = (b'"texts": [%s], "inputs": [%s], "text": %s', b'"name": %s, "top_k": %s, "more": %s')
        for field in fields:
            yield name, b"{" + field % (value, value, value) + b"}", json_type
    for name, body in {
        "empty": b"", "spaces": b"   ", "null": b"null", "true": b"true", "a number": b"1",
        "a string": b'"ok"', "a list": b'["ok"]', "depth 200,000": b"[" * 200_000,
        "depth 200,000 closed": b"[" * 200_000 + b"]" * 200_000,
        "depth 200,000 of objects": b'{"a":' * 200_000,
        "BOM": b"\xef\xbb\xbf" + OK, "UTF-16": OK.decode().encode("utf-16"),
        "UTF-32": OK.decode().encode("utf-32"), "two documents": OK + OK, "cut off": OK[:-3],
        "duplicate keys, last one wrong": b'{"texts": ["ok"], "texts": 5, "inputs": "ok", "inputs": 5}',
        "100,000 unknown fields": json.dumps({f"key{i}": i for i in range(100_000)}).encode(),
        "form": b"texts=ok",
        "multipart": b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--',
    }.items():  # fmt: skip
        yield name, body, json_type
    squeezed = gzip.compress(OK)
    yield "gzip", squeezed, json_type | {"Content-Encoding": "gzip"}
    yield "deflate bomb", gzip.compress(b" " * 10**8), json_type | {"Content-Encoding": "gzip"}
    for kind in (
        "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/json",
        "application/json; charset=utf-16", "application/json, text/plain", "application/jsonp", "*/*", "",
        "application/octet-stream", "application/x-pickle", "application/json\x00",
    ):  # fmt: skip
        yield "wrong types", OK, {"Content-Type": kind}


def wrong_items(server: Running) -> Line:
    """Number 7."""
    kinds = {
        "numbers": b"5", "nulls": b"null", "empty texts": b'""', "lists": b"[]", "objects": b"{}",
    }  # fmt: skip
    seconds, longest, statuses, health = [], 0, set(), []
    stop = threading.Event()

    def watch() -> None:
        while not stop.is_set():
            health.append(server.ask("GET", "/health").seconds)

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        for item in kinds.values():
            for field in (b"texts", b"inputs"):
                body = b'{"%s": [' % field + (item + b",") * 199_999 + item + b"]}"
                for _ in range(TRIES):
                    address = "/predict" if field == b"inputs" else "/v1/predict"
                    answer = server.ask("POST", address, body)
                    statuses.add(answer.status)
                    longest = max(longest, len(answer.body))
                    seconds.append(answer.seconds)
    finally:
        stop.set()
        watching.join()
    holds = statuses == {422} and longest <= 4_000 and max(seconds) < 0.1 and max(health) < 0.1
    return Line(
        7,
        f"200,000 wrong items ({', '.join(kinds)}; {len(seconds)} requests)",
        "answer ≤ 4 kB in < .1 s; health < .1 s meanwhile",
        f"{_listed(statuses)}, {longest} bytes in {max(seconds):.3f} s at most; "
        f"health {max(health):.3f} s at most ({len(health)} asked)",
        holds,
        {"statuses": sorted(statuses), "bytes": longest, "seconds": max(seconds), "health_s": max(health)},
    )


def _warm(server: Running) -> None:
    """What the first requests of any kind allocate is no attack's."""
    for _ in range(3):
        server.ask("POST", "/v1/predict", b" " * (CAP - len(OK)) + OK)
        server.ask("POST", "/v1/predict", b"[")


def _listed(statuses: set[int] | list[int]) -> str:
    return ", ".join(str(status or "no answer") for status in sorted(statuses))


if __name__ == "__main__":
    sys.exit(main())
