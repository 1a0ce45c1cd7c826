"""Numbers 9 and 14: who may call, by which name, from which page.

    python benchmarks/security/server_doors.py

Requests are written byte by byte to sockets, since no HTTP client would send most of them.
"""

from __future__ import annotations

import re
import sys
from collections import Counter

from lines import Line, publish
from running import Running, request, serving, starts, status_of

METHODS = (
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "MKCOL",
    "PURGE", "QUERY", "BREW", "get",
)  # fmt: skip
ADDRESSES = (
    "/", "/docs", "/openapi.json", "/health", "/ready", "/metrics", "/predict", "/v1/predict", "/v1/explain",
    "/v1/shift", "/v1/drift", "/v1/labels", "/v1/model", "/v1/stream", "/static/none", "/none", "*",
)  # fmt: skip
HOSTS = (
    "evil.example", "127.0.0.1.evil.example", "evil.example:8000", "localhost.evil.example", "localhost.",
    "127.0.0.1.", "0.0.0.0", "127.1", "127.0.0.2", "2130706433", "0x7f000001", "0177.0.0.1", "[::]",
    "[::ffff:127.0.0.1]",
    "user@localhost", "localhost@evil.example", "localhost:80@evil.example", "localhost:evil", "[::1]evil",
    "[::1].evil.example", "localhost/evil", "localhost\\evil", "localhost evil", "localhost,evil.example",
    "localhost#", "localhost?", "", " ", "EVIL.EXAMPLE", "ⅼocalhost", "localhost\x00", "http://localhost",
)  # fmt: skip
OWN_HOSTS = ("localhost", "LOCALHOST", "127.0.0.1:80", "localhost:65535", "[::1]:8000", "localhost:")
ORIGINS = (
    "https://evil.example", "http://evil.example", "null", "http://localhost.evil.example", "file://",
    "http://localhost:9", "https://127.0.0.1:1", "http://localhost@evil.example", "*", "", "chrome-extension://x",
    "http://127.0.0.1.evil.example", "HTTP://EVIL.EXAMPLE", "http://localhost, http://evil.example",
)  # fmt: skip


def main() -> int:
    with serving() as server:
        lines = [hosts(server), own_names(server), shapes(server), origins(server), no_cors(server)]
    lines.append(allowed_origin())
    return publish("server_doors", lines)


def hosts(server: Running) -> Line:
    """Number 9: foreign names, by every method, at every address."""
    found = Counter(
        status_of(server.send(request(method, address, f"Host: {host}")))
        for host in HOSTS
        for method in METHODS
        for address in ADDRESSES
    )
    return _refused(f"{len(HOSTS)} foreign Host names", found)


def own_names(server: Running) -> Line:
    """Number 9: names of this machine come in: what is answered then is no refusal of the name."""
    wrong = [
        (host, address)
        for host in OWN_HOSTS
        for address in ADDRESSES[:6]
        if status_of(server.send(request("GET", address, f"Host: {host}"))) != 200
    ]
    n = len(OWN_HOSTS) * 6
    return Line(
        9, f"{len(OWN_HOSTS)} own Host names × 6 addresses", "200", f"{n - len(wrong)} of {n}", not wrong
    )


def shapes(server: Running) -> Line:
    """Number 9: other ways to name a host."""
    given = {
        "no Host": request("GET", "/health"),
        "two Hosts": request("GET", "/health", "Host: localhost", "Host: evil.example"),
        "the same Host twice": request("GET", "/health", "Host: localhost", "Host: localhost"),
        "HTTP/1.0 without Host": b"GET /health HTTP/1.0\r\n\r\n",
        "HTTP/0.9": b"GET /health\r\n\r\n",
        "another host in the target": request("GET", "http://evil.example/health", "Host: localhost"),
        "own host in the target, another in Host": request(
            "GET", "http://localhost/health", "Host: evil.example"
        ),
        "user in the target": request("GET", "http://localhost@evil.example/health", "Host: localhost"),
        "no scheme": request("GET", "evil.example/health", "Host: localhost"),
        "other scheme": request("GET", "file://localhost/health", "Host: localhost"),
        "X-Forwarded-Host names an own host": request(
            "GET", "/health", "Host: evil.example", "X-Forwarded-Host: localhost", "Forwarded: host=localhost"
        ),
        "folded Host": b"GET /health HTTP/1.1\r\nHost: localhost\r\n .evil.example\r\n\r\n",
        "space before the colon": b"GET /health HTTP/1.1\r\nHost : localhost\r\n\r\n",
        "Host in the trailer": b"POST /v1/predict HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"0\r\nHost: localhost\r\n\r\n",
    }
    found = {name: status_of(server.send(sent)) for name, sent in given.items()}
    let_in = [name for name, status in found.items() if status not in (400, 403)]
    return Line(
        9,
        f"{len(given)} other ways to name a host: none, two, HTTP/1.0 and 0.9, another one in the target, "
        "X-Forwarded-Host, folded, in the trailer …",
        "400 or 403",
        f"{len(given) - len(let_in)} of {len(given)}" + (f"; not: {', '.join(let_in)}" if let_in else ""),
        not let_in,
        found,
    )


def origins(server: Running) -> Line:
    """Number 9: pages of other origins."""
    found = Counter(
        status_of(server.send(request(method, address, "Host: localhost", f"Origin: {origin}")))
        for origin in ORIGINS
        for method in METHODS
        for address in ADDRESSES
    )
    embedded = Counter(
        status_of(server.send(request("GET", address, "Host: localhost", f"Sec-Fetch-Site: {site}", mode)))
        for site in ("cross-site", "same-site")
        for mode in ("Sec-Fetch-Mode: no-cors", "Sec-Fetch-Mode: cors", "Sec-Fetch-Mode: websocket")
        for address in ADDRESSES
    )
    return _refused(f"{len(ORIGINS)} foreign Origins, images and scripts of other sites", found + embedded)


def _refused(what: str, found: Counter[int]) -> Line:
    n, refused = found.total(), found[400] + found[403]
    return Line(
        9,
        f"{what} × {len(METHODS)} methods × {len(ADDRESSES)} addresses",
        "400 or 403",
        f"{refused:,} of {n:,} requests" + ("" if n == refused else f"; {dict(found)}"),
        n == refused,
        {str(status): count for status, count in sorted(found.items())},
    )


def no_cors(server: Running) -> Line:
    """Number 14: by default no header of CORS, whatever asks."""
    asked = 0
    with_header = Counter[str]()
    for origin in (*ORIGINS, f"http://127.0.0.1:{server.port}", "http://localhost"):
        for method in ("GET", "POST", "OPTIONS"):
            for address in ADDRESSES:
                fields = ["Host: localhost", f"Origin: {origin}"]
                if method == "OPTIONS":
                    fields.append("Access-Control-Request-Method: POST")
                with_header.update(_cors(server.send(request(method, address, *fields))))
                asked += 1
    return Line(
        14,
        f"{asked:,} requests with an Origin, by default",
        "no header of CORS",
        f"{with_header.total()} in the answers",
        not with_header,
        dict(with_header),
    )


def _cors(answer: bytes) -> list[str]:
    head = answer.partition(b"\r\n\r\n")[0].decode("latin-1").lower()
    return re.findall(r"^(access-control-[a-z-]+):", head, re.M)


def allowed_origin() -> Line:
    """Number 14: with --allow-origin, that page alone, and never with credentials."""
    page, wrong = "https://app.example", []
    with serving("--allow-origin", page) as server:
        for method in METHODS:
            for address in ADDRESSES:
                for origin in (page, *ORIGINS):
                    answer = server.send(request(method, address, "Host: localhost", f"Origin: {origin}"))
                    head = answer.partition(b"\r\n\r\n")[0].decode("latin-1").lower()
                    allowed = re.findall(r"^access-control-allow-origin: *(\S*)", head, re.M)
                    if allowed not in ([], [page]) or (allowed and origin != page) or "credentials" in head:
                        wrong.append((method, address, origin))
    refused = [
        origin
        for origin in ("*", "null", "a.example", "https://a.example/x")
        if starts("--allow-origin", origin)
    ]
    n = len(METHODS) * len(ADDRESSES) * (len(ORIGINS) + 1)
    return Line(
        14,
        "--allow-origin of one page; `*`, `null`, a bare name and a path as --allow-origin",
        "only that page, never `*`, never credentials; a start refused",
        f"{n - len(wrong):,} of {n:,} answers; {4 - len(refused)} of 4 starts refused",
        not wrong and not refused,
    )


if __name__ == "__main__":
    sys.exit(main())
