"""A copy of advisories as the service that pip-audit asks (https://google.github.io/osv.dev/post-v1-query)."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import yaml
from packaging.utils import canonicalize_name
from packaging.version import Version

__all__ = ["Advisories"]


class Advisories:
    """Serves the files of a folder on loopback while entered. n, newest: how many, and the last date."""

    def __init__(self, folder: Path) -> None:
        files = [*folder.rglob("*.yaml"), *folder.rglob("*.json")]
        read = [yaml.safe_load(file.read_text("utf-8")) for file in files]
        self._all: list[dict[str, Any]] = json.loads(json.dumps(read, default=str))
        self.n = len(self._all)
        dates = [str(each.get("published") or each.get("modified")) for each in self._all]
        self.newest = max(dates, default="")[:10]

    def __enter__(self) -> Self:
        """Listen."""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                """One query of one package."""
                asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
                found = outer.known(asked["package"]["name"], asked["version"])
                body = json.dumps({"vulns": found} if found else {}).encode()
                self.send_response(200)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1/query"
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()

    def known(self, name: str, version: str) -> list[dict[str, Any]]:
        """The advisories that say something of this version of this package."""
        return [
            each for each in self._all
            if any(
                canonicalize_name(part["package"]["name"]) == canonicalize_name(name)
                and (version in part.get("versions", []) or _in_a_range(part.get("ranges", []), version))
                for part in each.get("affected", [])
            )
        ]  # fmt: skip


def _in_a_range(ranges: list[dict[str, Any]], version: str) -> bool:
    """Whether the last event up to this version says that it is affected (OSV's own rule)."""
    for one in ranges:
        if one["type"] != "ECOSYSTEM":
            continue
        affected = False
        for event in sorted(one["events"], key=lambda event: _version(next(iter(event.values())))):
            kind, at = next(iter(event.items()))
            if kind == "last_affected" and Version(version) > _version(at):
                affected = False
            elif kind in ("introduced", "fixed") and Version(version) >= _version(at):
                affected = kind == "introduced"
        if affected:
            return True
    return False


def _version(at: str) -> Version:
    return Version("0.dev0" if at == "0" else at)
