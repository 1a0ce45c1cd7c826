"""Number 23: requests made from /openapi.json by Schemathesis, sent to a real server, judged by the document.

    python benchmarks/security/schemathesis_cases.py --cases 10000

All of its checks, on every operation, in all phases (examples, coverage, fuzzing, stateful), to a server that
asks for no token and to one that does. Cases are counted by Schemathesis, requests by the server itself
(/metrics). 10,000 cases take a quarter of an hour on two cores; fewer than 1,000 go to the server with a
token alone, as the tests send 500.
Not part of `make security`.

What JSON Schema cannot say is said in HOOKS: there a body is dropped that fits the document and may yet be
refused, and each function says why. No check is switched off.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from lines import Line, publish
from running import Running, serving

SECONDS = 30  # that an answer may take, as docs/serving.md promises
WANTED = 10_000  # cases
FEW = 1_000  # cases, below which one server is asked
COVERAGE = 400  # cases that each run has before the first one is drawn
SHARES: Mapping[str, float] = {
    "/v1/explain": 0.6, "/v1/predict": 0.14, "/predict": 0.12, "/v1/stream": 0.05, "/v1/shift": 0.01,
}  # fmt: skip
"""Address: its share of the cases; the rest is for links, and for addresses that take no body."""

HOOKS = Path(__file__).with_name("schemathesis_hooks.py")
LEAST, MOST_RUNS = 5, 6
UNICODE = Path(__file__).parents[2] / ".hypothesis" / "unicode_data"
"""Hypothesis's own list of all characters, which it makes anew, in seconds, for a folder that lacks it."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of Schemathesis told. by: (address, status) and the requests that were answered so."""

    cases: int
    failures: Mapping[str, int]
    errors: int
    phases: Mapping[str, str]
    by: Mapping[tuple[str, str], int]
    told: str


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=WANTED)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-results", action="store_true", help="print, and write no file")
    given = parser.parse_args()
    runs = both(given.cases, given.seed)
    line = told(runs)
    for each in runs:
        if each.failures or each.errors:
            print(each.told)
    if given.no_results:
        print(line.measured)
        return 1 if any(run.failures or run.errors for run in runs) else 0
    return publish("schemathesis_cases", [line], [f"--cases {given.cases}"])


def both(cases: int, seed: int) -> list[Run]:
    """Runs without and with a token until so many cases were sent, or something fails."""
    token = secrets.token_urlsafe(24)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "token"
        file.write_text(token)
        file.chmod(0o600)
        with ExitStack() as servers:
            guarded = servers.enter_context(serving("--token-file", str(file)))
            if cases < FEW:
                return [checked(guarded, cases, seed, token)]
            free = servers.enter_context(serving())
            with ThreadPoolExecutor(2) as pool:
                asked = [(free, cases // 2, seed), (guarded, cases // 2, seed, token)]
                runs = [done.result() for done in [pool.submit(checked, *each) for each in asked]]
            while (sent := sum(run.cases for run in runs)) < cases and len(runs) < MOST_RUNS:
                if any(run.failures or run.errors for run in runs):
                    break
                runs.append(checked(free, cases - sent, seed + len(runs)))
            return runs


def checked(server: Running, cases: int, seed: int, token: str = "") -> Run:
    """One run of about so many cases; token: what the server asks for."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    before = _counted(server, headers)
    UNICODE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "schemathesis.toml").write_text(_settings(cases, seed, token))
        (Path(folder) / UNICODE.parent.name).mkdir()
        (Path(folder) / UNICODE.parent.name / UNICODE.name).symlink_to(UNICODE)
        done = subprocess.run(
            [Path(sys.executable).with_name("schemathesis"), "run", f"http://127.0.0.1:{server.port}/openapi.json",
             *(["--header", f"Authorization: Bearer {token}"] if token else [])],
            cwd=folder, capture_output=True, text=True,
            env=os.environ | {"SCHEMATHESIS_HOOKS": "", "PYTHONPATH": str(HOOKS.parent)},
        )  # fmt: skip
        report = Path(folder) / "report.json"
        if not report.exists():
            raise SystemExit(f"schemathesis did not run:\n{done.stdout}\n{done.stderr}")
        found = json.loads(report.read_text("utf-8"))
    failures = {each["title"]: each["count"] for each in found["failures"]}
    if done.returncode and not failures and not found["errors"]:
        failures = {f"exit code {done.returncode}": 1}
    phases = {name: each["status"] for name, each in found["phases"].items()}
    return Run(
        found["test_cases"]["generated"], failures, len(found["errors"]), phases,
        Counter(_counted(server, headers)) - Counter(before), done.stdout,
    )  # fmt: skip


def _settings(cases: int, seed: int, token: str) -> str:
    """schemathesis.toml: all checks, all phases, and each address's share of the cases."""
    drawn = max(0, cases - COVERAGE)
    lines = [
        f"seed = {seed}", "continue-on-failure = true", "color = false", f"hooks = {json.dumps(HOOKS.stem)}",
        'suppress-health-check = ["all"]  # of Hypothesis: how fast it makes data is not what is judged',
        "request-timeout = 60",
        "[generation]", f"max-examples = {max(LEAST, drawn // 50)}", 'mode = "all"', "deterministic = false",
        "[checks]", "enabled = true", f"max_response_time = {SECONDS}",
        "[phases.stateful]", f"generation.max-examples = {max(LEAST, drawn // 50)}",
        "[reports.json]", 'path = "report.json"',
    ]  # fmt: skip
    if token:
        lines += ["[auth.openapi.token]", f"bearer = {json.dumps(token)}"]
    for path, share in SHARES.items():
        most = max(LEAST, round(drawn * share))
        lines += [
            "[[operations]]",
            f"include-path = {json.dumps(path)}",
            f"phases.fuzzing.generation.max-examples = {most}",
        ]
    return "\n".join(lines)


def _counted(server: Running, headers: Mapping[str, str]) -> dict[tuple[str, str], int]:
    """Requests that the server answered, by address and status, as it counts them for Prometheus."""
    text = server.ask("GET", "/metrics", headers=headers).body.decode()
    rows = re.findall(r"^goemox_requests_total\{([^}]*)\} (\S+)$", text, re.M)
    found: Counter[tuple[str, str]] = Counter()
    for names, count in rows:
        said = dict(re.findall(r'(\w+)="([^"]*)"', names))
        found[said["path"], said["status"]] += int(float(count))
    return found


def told(runs: list[Run]) -> Line:
    """Number 23, its part that sends requests."""
    cases, requests = sum(run.cases for run in runs), sum(sum(run.by.values()) for run in runs)
    failures = sum((Counter(run.failures) for run in runs), Counter())
    errors = sum(run.errors for run in runs)
    statuses: Counter[str] = Counter()
    addresses: Counter[str] = Counter()
    for run in runs:
        for (path, status), n in run.by.items():
            statuses[status] += n
            addresses[path] += n
    phases = {name for run in runs for name, status in run.phases.items() if status == "success"}
    of_500 = sum(n for status, n in statuses.items() if status.startswith("5"))
    return Line(
        23,
        "Schemathesis, all checks, all phases, every operation, without and with a token",
        f"{WANTED:,} cases, 0 failures",
        f"{cases:,} cases ({requests:,} requests), {sum(failures.values())} failures, {errors} errors, "
        f"{of_500} answers of 500 or above",
        cases >= WANTED and not failures and not errors and len(phases) == 4,
        {
            "cases": cases, "requests": requests, "failures": dict(failures), "errors": errors,
            "phases": sorted(phases), "max_response_time_s": SECONDS,
            "statuses": dict(sorted(statuses.items())), "addresses": dict(sorted(addresses.items())),
        },
        "fewer cases than that were sent, or something failed",
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
