"""Number 17: what a running server writes while somebody tries to write for it.

    python benchmarks/security/server_logs.py

The same requests to a server for each form and level of log, with and without --access-log: words, line ends
and terminal sequences in every place that a client fills, in requests that are refused and in some that are
not.
"""

from __future__ import annotations

import itertools
import json
import re
import sys
import time
from urllib.parse import quote

from lines import Line, publish
from running import Running, serving

WORD = "qzxtext"
EVIL = (
    "\r\n2026-01-01 00:00:00Z error forged", "\n{\"level\": \"error\"}", "\x1b[31mred",
    "\x1b]0;title\x07", "\x9b31m", "\x00", "\x08\x7f", "\u2028", "\u202e", "\ud83d\ude00",
    "%s%n%(levelname)s", "{0.__class__}",
)  # fmt: skip
CONTROL = re.compile(rb"[\x00-\x09\x0b-\x1f\x7f-\xff]")


def main() -> int:
    found = {}
    for form, level, access in itertools.product(("text", "json"), ("info", "debug"), (False, True)):
        options = ["--log-format", form, "--log-level", level, *(["--access-log"] if access else [])]
        with serving(*options) as server:
            sent = attack(server)
            time.sleep(0.3)
            log = server.log.read_bytes()
        found[" ".join(options)] = judged(log, form, sent if access else None)
    wrong = {options: why for options, (_, why) in found.items() if why}
    rows = sum(n for n, _ in found.values())
    line = Line(
        17,
        f"{len(found)} settings of the log × {sent} requests, text, CR, LF, ESC, bidi and NUL everywhere",
        "no text; CR, LF and ESC cannot get in; a line a request only with --access-log",
        f"{rows:,} lines written, " + (f"wrong: {wrong}" if wrong else "none with any of it"),
        not wrong,
        {options: n for options, (n, _) in found.items()},
    )
    return publish("server_logs", [line])


def attack(server: Running) -> int:
    """Requests with words and signs in all places; how many of them are HTTP, and so have a line each."""
    sent = 0
    for evil in EVIL:
        word = WORD + evil
        for body in ({"texts": [word]}, {"texts": word}, {word: word}, {"text": word, "labels": [word]}):
            for address in ("/v1/predict", "/predict", "/v1/explain", "/v1/stream"):
                server.ask("POST", address, body)
                sent += 1
        texts = [f"{word} {i}" for i in range(60)]
        server.ask("POST", "/v1/shift", {"texts": texts, "name": word[:50]})
        own = WORD.encode()
        raw = own + evil.encode("utf-8", "surrogatepass").replace(b"\r", b"").replace(b"\n", b"")
        for target in (quote(f"/{word}", errors="replace"), f"/v1/predict?{quote(word, errors='replace')}"):
            server.ask("GET", target)
            sent += 1
        sent += 1
        for head in (
            b"GET /%s HTTP/1.1\r\nHost: localhost\r\nUser-Agent: %s\r\nReferer: %s\r\n" % (own, raw, raw),
            b"%s /health HTTP/1.1\r\nHost: localhost\r\n" % raw,
            b"GET /health HTTP/1.1\r\nHost: %s\r\nX-Forwarded-For: %s\r\n" % (raw, raw),
            b"GET /health HTTP/1.1\r\nHost: localhost\r\n%s: 1\r\n" % raw,
            b"GET /health HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n" % raw,
        ):
            server.send(head + b"Connection: close\r\n\r\n")
    return sent


def judged(log: bytes, form: str, least: int | None) -> tuple[int, str]:
    """Lines, and what is wrong with them: nothing, where it is empty. least: lines that have to be there."""
    lines = log.splitlines()
    if WORD.encode() in log or b"forged" in log:
        return len(lines), "text of a client"
    if CONTROL.search(log):
        return len(lines), f"control characters: {sorted(set(CONTROL.findall(log)))}"
    if form == "json":
        try:
            for line in lines:
                json.loads(line)
        except ValueError:
            return len(lines), f"no JSON: {line[:80]!r}"
    if least is not None and len(lines) < least:
        return len(lines), f"{len(lines)} lines for {least} requests or more"
    if least is None and len(lines) > 20:
        return len(lines), f"{len(lines)} lines, though no access log was asked for"
    return len(lines), ""


if __name__ == "__main__":
    sys.exit(main())
