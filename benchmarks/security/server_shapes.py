"""Number 10, second part: requests that two readers read differently, that never end, or that are none.

    python benchmarks/security/server_shapes.py

A request is smuggled where a proxy sees one and the server two. So each shape that has two readings is sent
with a second request hidden behind it, and must be answered once, by a refusal, with the connection closed.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from lines import Line, publish
from running import Running, serving, status_of

HOST = b"Host: localhost\r\n"
POST = b"POST /v1/predict HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
HIDDEN = b"GET /v1/model HTTP/1.1\r\nHost: localhost\r\n\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
OK = b'{"texts": ["ok"]}'
MB = 10**6


def main() -> int:
    with serving() as server:
        server.send(POST + b"Connection: close\r\nContent-Length: 17\r\n\r\n" + OK)
        lines = [smuggling(server), trailers(server), *endless(server), expectations(server), others(server)]
    return publish("server_shapes", lines)


def smuggling(server: Running) -> Line:
    """Two readings of one request."""
    length = b"Content-Length: %d\r\n" % len(HIDDEN)
    shapes = {
        "both lengths": POST + length + CHUNKED + b"\r\n0\r\n\r\n" + HIDDEN,
        "both lengths, other order": POST + CHUNKED + length + b"\r\n0\r\n\r\n" + HIDDEN,
        "two lengths": POST + b"Content-Length: 0\r\n" + length + b"\r\n" + HIDDEN,
        "the same length twice": POST + length + length + b"\r\n" + HIDDEN + HIDDEN,
        "a list of lengths": POST + b"Content-Length: 0, %d\r\n\r\n" % len(HIDDEN) + HIDDEN,
        "length +0": POST + b"Content-Length: +0\r\n\r\n" + HIDDEN,
        "length -1": POST + b"Content-Length: -1\r\n\r\n" + HIDDEN,
        "length 0x0": POST + b"Content-Length: 0x0\r\n\r\n" + HIDDEN,
        "length 1e1": POST + b"Content-Length: 1e1\r\n\r\n" + HIDDEN,
        "length of 30 digits": POST + b"Content-Length: " + b"9" * 30 + b"\r\n\r\n" + HIDDEN,
        "length over 2^64": POST + b"Content-Length: 18446744073709551616\r\n\r\n" + HIDDEN,
        "length empty": POST + b"Content-Length: \r\n\r\n" + HIDDEN,
        "space before the colon": POST + b"Content-Length : 0\r\n\r\n" + HIDDEN,
        "folded field": POST
        + b"X: a\r\n Transfer-Encoding: chunked\r\nContent-Length\r\n : 0\r\n\r\n"
        + HIDDEN,
        "folded coding": POST + b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
        "coding xchunked": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + HIDDEN,
        "coding chunked, identity": POST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + HIDDEN,
        "coding chunked and a tab": POST + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n" + HIDDEN,
        "coding in HTTP/1.0": (POST + CHUNKED).replace(b"1.1", b"1.0") + b"\r\n0\r\n\r\n" + HIDDEN,
        "bare line feeds": b"POST /v1/predict HTTP/1.1\nHost: localhost\nContent-Length: 0\n\n" + HIDDEN,
        "bare carriage returns": b"POST /v1/predict HTTP/1.1\rHost: localhost\r\r" + HIDDEN,
        "a line feed in a field": POST + b"X: a\nContent-Length: 0\r\n\r\n" + HIDDEN,
        "NUL in a field": POST + b"X: a\x00b\r\nContent-Length: 0\r\n\r\n" + HIDDEN,
        "NUL in a name": POST + b"X\x00: a\r\nContent-Length: 0\r\n\r\n" + HIDDEN,
        "field without a name": POST + b": a\r\nContent-Length: 0\r\n\r\n" + HIDDEN,
        "chunk of size 0x2": POST + CHUNKED + b"\r\n0x2\r\n{}\r\n0\r\n\r\n" + HIDDEN,
        "chunk of size -1": POST + CHUNKED + b"\r\n-1\r\n{}\r\n0\r\n\r\n" + HIDDEN,
        "chunk of 17 digits": POST + CHUNKED + b"\r\n10000000000000002\r\n{}\r\n0\r\n\r\n" + HIDDEN,
        "chunk longer than it says": POST + CHUNKED + b"\r\n1\r\n{}\r\n0\r\n\r\n" + HIDDEN,
        "chunk ended by a line feed": POST + CHUNKED + b"\r\n2\r\n{}\n0\r\n\r\n" + HIDDEN,
        "chunk size ended by a line feed": POST + CHUNKED + b"\r\n2\n{}\r\n0\r\n\r\n" + HIDDEN,
        "chunk size with a space": POST + CHUNKED + b"\r\n2 \r\n{}\r\n0\r\n\r\n" + HIDDEN,
        "line feed in a chunk extension": POST + CHUNKED + b"\r\n2;a\nb\r\n{}\r\n0\r\n\r\n" + HIDDEN,
        "a tab in the request line": POST.replace(b" HTTP", b"\tHTTP")
        + b"Content-Length: 0\r\n\r\n"
        + HIDDEN,
        "HTTP/1.2": POST.replace(b"1.1", b"1.2") + b"Content-Length: 0\r\n\r\n" + HIDDEN,
        "HTTP/2.0": POST.replace(b"1.1", b"2.0") + b"Content-Length: 0\r\n\r\n" + HIDDEN,
    }
    wrong, told = [], {}
    with ThreadPoolExecutor(len(shapes)) as pool:
        answered = dict(zip(shapes, pool.map(server.send, shapes.values()), strict=True))
    for name, answer in answered.items():
        answers = answer.count(b"HTTP/1.1 ")
        told[name] = f"{status_of(answer)}" if answers == 1 else f"{answers} answers"
        if answers > 1 or (answers and not 400 <= status_of(answer) < 500):
            wrong.append(f"{name} ({told[name]})")
    n = len(shapes)
    return Line(
        10,
        f"{n} requests with two readings (two lengths, folded fields, bare line ends, NUL, sizes of "
        "chunks, codings, versions …) and a second request hidden behind",
        "one 4xx at most, then closed",
        f"{n - len(wrong)} of {n}" + (f"; not: {', '.join(wrong)}" if wrong else ""),
        not wrong,
        told,
    )


def trailers(server: Running) -> Line:
    """What comes after the body is no header."""
    body = b"%x\r\n%s\r\n0\r\n" % (len(OK), OK)
    start = b"POST /v1/predict HTTP/1.1\r\nConnection: close\r\n"
    given = {
        "content type": (
            start + HOST + CHUNKED + b"\r\n" + body + b"Content-Type: application/json\r\n\r\n",
            415,
        ),
        "origin": (POST + b"Connection: close\r\n" + CHUNKED + b"\r\n" + body + b"Origin: null\r\n\r\n", 200),
        "host": (start + CHUNKED + b"\r\n" + body + HOST + b"\r\n", 400),
    }
    found = {name: status_of(server.send(sent)) for name, (sent, _) in given.items()}
    holds = all(found[name] == wanted for name, (_, wanted) in given.items())
    wanted = ", ".join(str(wanted) for _, wanted in given.values())
    return Line(
        10,
        f"{', '.join(given)} in a trailer",
        f"ignored: {wanted}",
        ", ".join(map(str, found.values())),
        holds,
    )


def endless(server: Running) -> Iterator[Line]:
    """Parts of a request that have no end."""
    get = b"GET /health HTTP/1.1\r\n" + HOST
    parts = {
        "a target of 64 MB": (b"GET /", b"a" * MB, 431),
        "a field of 64 MB": (get + b"X: ", b"a" * MB, 431),
        "a field name of 64 MB": (get, b"a" * MB, 431),
        "a million fields": (get, b"X: a\r\n" * 20_000, 431),
        "64 MB of empty lines": (b"", b"\r\n" * (MB // 2), 431),
        "a method of 64 MB": (b"", b"G" * MB, 400),
        "a chunk extension of 64 MB": (POST + CHUNKED + b"\r\n1;", b"a" * MB, 413),
        "a chunk size of 64 MB": (POST + CHUNKED + b"\r\n", b"0" * MB, 413),
        "a trailer of 64 MB": (POST + CHUNKED + b"\r\n0\r\nX: ", b"a" * MB, 413),
        "64 MB of empty chunks' extensions": (POST + CHUNKED + b"\r\n", b"1;a=b\r\n \r\n" * 100_000, 413),
    }
    statuses, slowest, grown = {}, 0.0, 0.0
    for name, (first, then, _) in parts.items():
        before = server.rss_mb()
        server.forget_peak()
        status, seconds = _flood(server, first, then)
        statuses[name], slowest = status, max(slowest, seconds)
        grown = max(grown, server.peak_mb() - before)
    right = all(statuses[name] in (wanted, 400) for name, (_, _, wanted) in parts.items())
    yield Line(
        10,
        ", ".join(parts),
        "4xx in < .2 s; RSS + < 20 MB",
        f"{', '.join(map(str, statuses.values()))} in {slowest:.3f} s at most; RSS + {grown:.1f} MB at most",
        right and slowest < 0.2 and grown < 20,
        {"statuses": statuses, "seconds": slowest, "rss_grown_mb": grown},
    )


def _flood(server: Running, first: bytes, then: bytes) -> tuple[int, float]:
    answer = b""
    with server.connect() as line:
        began = time.perf_counter()
        line.sendall(first)

        def feed() -> None:
            with suppress(OSError):
                for _ in range(64):
                    line.sendall(then)

        feeding = threading.Thread(target=feed, daemon=True)
        feeding.start()
        with suppress(ConnectionError):
            while piece := line.recv(65_536):
                answer += piece
        took = time.perf_counter() - began
        feeding.join(10)
    return status_of(answer), took


def expectations(server: Running) -> Line:
    """`Expect: 100-continue` is answered when the body is wanted, and not before."""
    wanted = b"Expect: 100-continue\r\nConnection: close\r\n"
    large = server.send(POST + wanted + b"Content-Length: 2097153\r\n\r\n")
    foreign = server.send(
        POST.replace(b"localhost", b"evil.example") + wanted + b"Content-Length: 17\r\n\r\n"
    )
    fits = server.send(POST + wanted + b"Content-Length: 17\r\n\r\n" + OK)
    other = server.send(POST + b"Expect: 200-maybe\r\nConnection: close\r\nContent-Length: 17\r\n\r\n" + OK)
    found = [status_of(answer) for answer in (large, foreign, fits, other)]
    return Line(
        10,
        "Expect: 100-continue: too large, foreign Host, fitting; another expectation",
        "413 and 400 at once, 100 and then 200",
        ", ".join(map(str, found)),
        found[:3] == [413, 400, 100] and b"HTTP/1.1 200 " in fits and found[3] in (200, 417),
    )


def others(server: Running) -> Line:
    """Other protocols."""
    get = b"GET /health HTTP/1.1\r\n" + HOST
    upgrade = b"Connection: Upgrade\r\nUpgrade: %s\r\n\r\n"
    given = {
        "websocket": (
            get + b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: YQ==\r\n" + upgrade % b"websocket",
            200,
        ),
        "upgrade to HTTP/2": (get + b"HTTP2-Settings: AAMAAABk\r\n" + upgrade % b"h2c", 200),
        "HTTP/2 as known": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\x00" * 9, 400),
        "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 500, 400),
        "SSH": (b"SSH-2.0-OpenSSH_9.6\r\n", 400),
        "SMTP": (b"EHLO evil.example\r\n", 400),
        "PROXY": (b"PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n" + get + b"\r\n", 400),
        "an answer": (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 400),
        "noise": (bytes(range(256)) * 4, 400),
    }
    before = server.log.stat().st_size
    with ThreadPoolExecutor(len(given) * 20) as pool:
        asked = [name for name in given for _ in range(20)]
        answers = pool.map(lambda name: status_of(server.send(given[name][0])), asked)
        found = dict(zip(asked, answers, strict=True))
    lines = server.log.read_bytes()[before:].splitlines()
    log = sum(len(line) for line in lines if b" requests=" not in line)  # of refusals before, by the minute
    holds = all(found[name] == wanted for name, (_, wanted) in given.items()) and log == 0
    return Line(
        10,
        f"{', '.join(given)}: 20 times each",
        "upgrades are not taken (200 over HTTP/1.1), the rest 400; nothing to fill a log with",
        f"{', '.join(map(str, found.values()))}; log + {log} bytes",
        holds,
        found,
    )


if __name__ == "__main__":
    sys.exit(main())
