"""Who is asked over the network, and who is not: lines 15, 21 and 22 of the checklist.

    python benchmarks/security/sources.py

15: a real server, in whose process an audit hook writes down every connection and name look-up, gets
addresses in every place that takes a text or a name; and the downloader is sent, by a hub on loopback, to
private, odd and foreign places.
21, 22: the tests that bring faults of GitHub and Hacker News about on real sockets (docs/faults.md) are run.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "attacks"))

from foreign_places import PLACES
from lines import Line, publish
from pytest_httpserver import HTTPServer
from running import serving
from werkzeug import Response

from goemox.data.hub import REVISION, Pin, fetch_goemotions
from goemox.errors import SourceError, UsageError
from goemox.http import Politeness, check_base_url

ROOT = Path(__file__).parents[2]
FILE = "simplified/validation-00000-of-00001.parquet"
FAST = Politeness(per_second=1000, attempts=2, first_wait_s=0.01, longest_wait_s=0.02, silence_s=5.0)
HOOK = """
import os, sys
def look(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "urllib.Request"):
        with open(os.environ["CONNECTIONS"], "a") as told:
            told.write(f"{event} {arguments[-1] if event == 'socket.connect' else arguments}\\n")
sys.addaudithook(look)
"""


def main() -> int:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    lines = [server_fetches_nothing(), downloader(), bases()]
    lines += [faults(21, "GitHub", ["github_faults", "github_limits", "github_collecting"])]
    lines += [faults(22, "Hacker News", ["hn_faults", "hn_search"])]
    return publish("sources", lines, sys.argv[1:])


def server_fetches_nothing() -> Line:
    """Line 15, the server."""
    with tempfile.TemporaryDirectory() as place, HTTPServer(host="127.0.0.1", port=0) as bait:
        bait.expect_request(re.compile(".*")).respond_with_data("caught")
        (Path(place) / "sitecustomize.py").write_text(HOOK)
        told = Path(place) / "connections.txt"
        os.environ |= {"PYTHONPATH": place, "CONNECTIONS": str(told)}
        try:
            with serving() as server:
                before = len(connections(told))
                addresses = list(json.loads(server.ask("GET", "/openapi.json").body)["paths"])
                n_asked = sum(1 for _ in asked(server, addresses, bait.url_for("/secret")))
                made = connections(told)[before:]
        finally:
            del os.environ["PYTHONPATH"], os.environ["CONNECTIONS"]
        n_caught = len(bait.log)
    return Line(
        15,
        f"{n_asked} requests with addresses as texts, fields, queries and headers to all {len(addresses)} "
        "addresses of the server; its connections and name look-ups by an audit hook",
        "no endpoint fetches a URL",
        f"{len(made)} connections or look-ups by the server; {n_caught} requests at the bait",
        not made and not n_caught,
        {"requests": n_asked, "addresses": addresses, "made": made[:10], "caught": n_caught},
    )


def asked(server: object, addresses: list[str], url: str) -> Iterator[int]:
    """Send an address of ours in every way that comes to mind."""
    headers = {"Referer": url, "X-Forwarded-Host": urlsplit(url).netloc, "Location": url, "X-Callback": url}
    for address in addresses:
        for place in (url, "http://169.254.169.254/latest/meta-data/", "file:///etc/passwd"):
            query = f"{address}?url={quote(place)}&model={quote(place)}&callback={quote(place)}"
            yield server.ask("GET", query, headers=headers).status  # type: ignore[attr-defined]
            for body in (
                {"inputs": place}, {"inputs": [place, f"see {place}"]}, {"texts": [place]}, {"text": place},
                {"texts": [place] * 30, "reference": place}, {"url": place},
                {"inputs": place, "model": place},
                {"texts": [place], "model": place, "callback": place},
            ):  # fmt: skip
                yield server.ask("POST", address, body, headers).status  # type: ignore[attr-defined]


def connections(told: Path) -> list[str]:
    """What the hook wrote down, but for the server's own loop, which wakes itself on a socket pair."""
    return told.read_text().splitlines() if told.exists() else []


def downloader() -> Line:
    """Line 15, redirects: every connection of this process goes to the hub that was asked."""
    seen: list[tuple[str, str]] = []
    watching = [True]

    def look(event: str, arguments: tuple[object, ...]) -> None:
        if watching and event in ("socket.connect", "socket.getaddrinfo"):
            seen.append((event, str(arguments)))

    refused = []
    with (
        tempfile.TemporaryDirectory() as place,
        HTTPServer(host="127.0.0.1", port=0) as hub,
        HTTPServer(host="127.0.0.1", port=0) as inside,
    ):
        inside.expect_request(re.compile(".*")).respond_with_data("secret")
        os.environ |= {"GOEMOX_CACHE_DIR": place, "HF_ENDPOINT": hub.url_for("/").rstrip("/")}
        address = f"/datasets/google-research-datasets/go_emotions/resolve/{REVISION}/{FILE}"
        sys.addaudithook(look)
        for target in PLACES:
            hub.clear()
            location = target.format(port=inside.port)
            answer = Response(status=302)
            answer.headers["Location"] = location
            answer.autocorrect_location_header = False
            hub.expect_request(address).respond_with_response(answer)
            with contextlib.suppress(SourceError):
                fetch_goemotions("dev", pins={"dev": Pin(FILE, "0" * 64, 1)}, politeness=FAST)
                continue
            refused.append(location)
        watching.clear()
        others = [each for each in seen if str(hub.port) not in str(each)]
        n_inside = len(inside.log)
    return Line(
        15,
        f"a hub that redirects the downloader to {len(PLACES)} private, odd and foreign places",
        "downloader allows 2 hosts, https, no redirect to private IPs",
        f"{len(refused)}/{len(PLACES)} refused; {len(others)} connections or look-ups elsewhere, {n_inside} "
        "requests inside",
        len(refused) == len(PLACES) and not others and not n_inside,
        {"refused": refused, "elsewhere": [str(each) for each in others][:10]},
    )


def bases() -> Line:
    """Line 15, the addresses that settings may name."""
    wrong = (
        "http://10.0.0.1", "http://evil.example", "ftp://evil.example", "file:///etc", "https://a:b@evil.example",
        "https://evil.example?x=1", "https://evil.example#x", "javascript:1", "", "http://169.254.169.254",
        "http://127.0.0.1.evil.example", "http://localhost.evil.example",
    )  # fmt: skip
    n_refused = 0
    for url in wrong:
        try:
            check_base_url("HF_ENDPOINT", url)
        except UsageError:
            n_refused += 1
    return Line(
        15,
        f"{len(wrong)} base addresses in settings that are not https, or http on loopback, or hold passwords",
        "https, or loopback",
        f"{n_refused}/{len(wrong)} refused",
        n_refused == len(wrong),
        {"refused": n_refused},
    )


def faults(number: int, host: str, files: list[str]) -> Line:
    """Lines 21 and 22: the fault tests of a host, run now."""
    paths = [str(ROOT / "tests" / "sources" / f"test_{name}.py") for name in files]
    environment = {name: value for name, value in os.environ.items() if name not in ("HF_ENDPOINT",)}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *paths]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=ROOT, env=environment, timeout=900
    )
    last = done.stdout.strip().splitlines()[-1] if done.stdout.strip() else done.stderr[-200:]
    counted = {kind: int(n) for n, kind in re.findall(r"(\d+) (passed|failed|error|skipped)", last)}
    n_failed = counted.get("failed", 0) + counted.get("error", 0)
    table = (ROOT / "docs" / "faults.md").read_text("utf-8")
    rows = sum(f"tests/sources/test_{name}.py" in row for row in table.splitlines() for name in files)
    return Line(
        number,
        f"a fake {host} on loopback: {rows} faults of docs/faults.md (pytest tests/sources/test_"
        f"{{{','.join(files)}}}.py)",
        "waits as documented +-1 s; 0 PRs kept; 0 duplicates; stops after N tries"
        if number == 21
        else "0 crashes; exact kept count",
        f"{counted.get('passed', 0)} tests passed, {n_failed} failed",
        done.returncode == 0 and counted.get("passed", 0) > 0,
        {"faults": rows, **counted},
    )


if __name__ == "__main__":
    sys.exit(main())
