"""What a second run over unchanged GitHub data costs: a GitHub on loopback counts the points.

    python benchmarks/github_revalidation.py [--issues 1975] [--output FILE]

Issues and their comments are collected with a token, again unchanged, and again after one new issue. Prints
a JSON document and, with --output, writes it; fails where the second run costs a point or brings other rows.
(A last page that is exactly full costs a point: whether another follows it now, only a whole answer says.)
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "servers"))

from fake_github import FakeGitHub, comment, issue

from goemox.http import Politeness
from goemox.sources.github import collect_github

CLAIM = "a second run on unchanged GitHub data costs no point of the rate limit"
# The allowed rate would only make it longer.
FAST = Politeness(concurrency=1, per_second=10_000.0)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--issues", type=int, default=1975)
    parser.add_argument("--output", type=Path)
    arguments = parser.parse_args()
    rows = [
        issue(number, body=f"It *burns*, {number}.", comments=2) for number in range(1, arguments.issues + 1)
    ]
    below = [comment(2 * n + i, n, body="Same here.") for n in range(1, arguments.issues + 1) for i in (0, 1)]
    with tempfile.TemporaryDirectory() as place, FakeGitHub({"a/b": rows}, {"a/b": below}) as server:
        os.environ |= {"GITHUB_API_URL": server.url, "GITHUB_TOKEN": "t", "GOEMOX_CACHE_DIR": place}
        first, ids = run(server)
        second, ids_again = run(server)
        server.repositories["a/b"].append(issue(arguments.issues + 1, comments=0))
        third, _ = run(server)
    result = {
        "claim": CLAIM,
        "issues": arguments.issues,
        "first_run": first,
        "second_run_unchanged": second,
        "third_run_one_new_issue": third,
        "same_rows": ids == ids_again,
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "environment": {"python": platform.python_version(), "system": platform.system()},
    }
    text = json.dumps(result, indent=1)
    print(text)
    if arguments.output is not None:
        arguments.output.write_text(f"{text}\n", encoding="utf-8", newline="\n")
    is_true = second["points"] == 0 and set(second["statuses"]) == {"304"} and ids == ids_again
    return 0 if is_true else 1


def run(server: FakeGitHub) -> tuple[dict[str, object], list[str]]:
    """Requests, points and statuses of one collection, and the ids it brought."""
    server.forget()
    started = time.monotonic()
    ids = [record.id for record in collect_github("a/b", comments=True, politeness=FAST)]
    return {
        "rows": len(ids),
        "requests": len(server.requests),
        "points": server.points,
        "statuses": {str(status): n for status, n in sorted(Counter(server.statuses).items())},
        "seconds": round(time.monotonic() - started, 1),
    }, ids


if __name__ == "__main__":
    sys.exit(main())
