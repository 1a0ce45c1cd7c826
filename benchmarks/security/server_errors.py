"""Number 8: what answers to bad requests give away.

    python benchmarks/security/server_errors.py [--cases 1000]

Cases are drawn with a fixed seed from addresses, methods, header fields and bodies, each with a word of its
own in the path, the query, a field, its name and the body. No answer, head or body, may hold that word, a
path or name of this machine, a version of anything, the name of a library, or a part of a traceback.
"""

from __future__ import annotations

import argparse
import getpass
import json
import platform
import random
import socket
import sys
from collections import Counter
from importlib.metadata import version
from pathlib import Path

from lines import Line, publish
from running import Running, serving, status_of

import goemox

ADDRESSES = (
    "/predict", "/v1/predict", "/v1/stream", "/v1/explain", "/v1/shift", "/v1/drift", "/v1/labels",
    "/v1/model", "/health", "/ready", "/metrics", "/docs", "/openapi.json", "/static/{word}", "/{word}",
    "/v1/{word}", "/static/../{word}", "/static/%2e%2e/{word}", "/%00{word}", "//{word}",
    "/v1/predict/{word}", "/{word}" * 50, "http://{word}/", "*", "{word}", "/static/..%5c..%5c{word}",
    "/v1/predict?{word}=1#{word}",
)  # fmt: skip
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "CONNECT", "BREW")
LIBRARIES = (
    "fastapi", "starlette", "uvicorn", "pydantic", "httptools", "orjson", "onnxruntime", "tokenizers",
    "numpy",
)  # fmt: skip
TELLTALE = (
    "Traceback",
    'File "',
    ", line ",
    ".py",
    "site-packages",
    "Error:",
    "Exception",
    "0x7f",
    "object at",
)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", type=int, default=1_000)
    cases = parser.parse_args().cases
    with serving() as server:
        line = errors(server, cases)
    return publish("server_errors", [line])


def errors(server: Running, cases: int) -> Line:
    """Send all cases; what any answer gave away."""
    told, statuses, longest, sent = [], Counter[int](), 0, 0
    drawn = random.Random(8)
    forbidden = places()
    while statuses.total() < cases:
        word = f"w{drawn.getrandbits(60):x}z"
        answer = server.send(case(drawn, word), 20)
        sent += 1
        if status_of(answer) < 400 and answer:
            continue  # not a bad request, after all
        statuses[status_of(answer)] += 1
        longest = max(longest, len(answer.partition(b"\r\n\r\n")[2]))
        said = answer.decode("latin-1").lower()
        told += [each for each in (word, *forbidden) if each.lower() in said]
    wrong = f"; given away: {', '.join(sorted(set(told)))}" if told else ""
    no_500 = all(status < 500 for status in statuses)
    return Line(
        8,
        f"{cases:,} different bad requests",
        "no input text, path, stack or version in any answer",
        f"{len(told)} in {statuses.total():,} answers{wrong}; statuses "
        + ", ".join(f"{status or 'closed'} {n}×" for status, n in sorted(statuses.items()))
        + f"; longest body {longest} bytes",
        not told and no_500 and longest <= 4_000,
        {"statuses": {str(status): n for status, n in statuses.items()}, "sent": sent},
    )


def places() -> list[str]:
    """Words that are this machine's, this process's, or those of what runs here."""
    versions = [goemox.__version__, platform.python_version(), *(version(name) for name in LIBRARIES)]
    roots = [str(Path(goemox.__file__).parent), str(Path.cwd()), str(Path.home()), sys.prefix, sys.executable]
    names = [socket.gethostname(), getpass.getuser()]
    shown = (
        [f"/{each}" for each in versions]
        + [f" {each}" for each in versions]
        + [f'"{each}"' for each in versions]
    )
    return [*shown, *LIBRARIES, *TELLTALE, *(each for each in [*roots, *names] if len(each) > 3), "server:"]


def case(drawn: random.Random, word: str) -> bytes:
    """One request with the word in most of its places."""
    method = drawn.choice(METHODS) if drawn.random() < 0.5 else "POST"
    target = drawn.choice(ADDRESSES).replace("{word}", word)
    if drawn.random() < 0.3 and target.startswith("/"):
        target += f"?{word}={word}"
    body = drawn.choice(BODIES)(word)
    fields = {
        "Host": drawn.choice(["localhost"] * 8 + [word, f"localhost:{word}"]),
        "Content-Type": drawn.choice(
            ["application/json"] * 6 + [f"text/{word}", f"application/json; {word}=1"]
        ),
        "Content-Length": str(len(body)),
        "Connection": "close",
    }
    for name in (
        "Origin",
        "Authorization",
        "Cookie",
        "User-Agent",
        "Referer",
        f"X-{word}",
        "Accept",
        "Range",
    ):
        if drawn.random() < 0.1:
            fields[name] = f"https://{word}" if name == "Origin" else word
    if drawn.random() < 0.05:
        fields["Expect"] = word
    head = "\r\n".join([f"{method} {target} HTTP/1.1", *(f"{name}: {said}" for name, said in fields.items())])
    return f"{head}\r\n\r\n".encode() + body


BODIES = (
    lambda word: word.encode(),
    lambda word: b"",
    lambda word: f'"{word}"'.encode(),
    lambda word: f"[{word}]".encode(),
    lambda word: json.dumps({word: word}).encode(),
    lambda word: json.dumps({"texts": word, "inputs": {word: 1}, "text": [word]}).encode(),
    lambda word: json.dumps({"texts": [{word: word}], "inputs": [[word]], "text": {word: word}}).encode(),
    lambda word: json.dumps({"texts": [word] * 600, "inputs": [word] * 600, "text": word * 200}).encode(),
    lambda word: json.dumps({"texts": [word], "inputs": word, "text": word, word: word}).encode(),
    lambda word: json.dumps({"text": word, "labels": [word]}).encode(),
    lambda word: json.dumps({"text": word, "labels": [{word: word}, 5, None]}).encode(),
    lambda word: json.dumps({"texts": [word] * 60, "name": word * 20}).encode(),
    lambda word: json.dumps({"texts": [word] * 60, "name": [word]}).encode(),
    lambda word: json.dumps({"inputs": word, "parameters": {word: word}}).encode(),
    lambda word: json.dumps({"inputs": word, "parameters": {"top_k": word}}).encode(),
    lambda word: json.dumps({"inputs": word, "parameters": {"function_to_apply": word}}).encode(),
    lambda word: json.dumps({"inputs": "", "texts": [f" {word}" * 3_000], "text": " "}).encode(),
    lambda word: f'{{"texts": ["{word}", "\\ud800"]}}'.encode(),
    lambda word: f'{{"texts": ["{word}", NaN]}}'.encode(),
    lambda word: f'{{"texts": ["{word}"'.encode(),
    lambda word: f'{{"texts": ["{word}\x00"]}}'.encode(),
    lambda word: word.encode("utf-16"),
)


if __name__ == "__main__":
    sys.exit(main())
