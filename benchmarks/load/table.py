"""The part "How fast" of docs/serving.md, and results/security/load.json, from results/load.json.

    python benchmarks/load/table.py [--check]

--check writes nothing and fails where the page is not what the file says.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

__all__ = ["RESULTS", "rendered", "write_all"]

ROOT = Path(__file__).parent.parent.parent
RESULTS = ROOT / "benchmarks" / "results" / "load.json"
AGAIN = ROOT / "benchmarks" / "results" / "load_again.json"  # some rows, on another day, on the same machine
SECURITY = ROOT / "benchmarks" / "results" / "security" / "load.json"
PAGE = ROOT / "docs" / "serving.md"
BEGIN, END = "<!-- load table: python benchmarks/load/table.py -->", "<!-- end of load table -->"

MOST_OTHERS = 0.05  # of all processors; above it the table says so
GOALS = {  # row: in words, goal
    "single": ("one client, one short text, p50 / p99", "≤ 3 / ≤ 8 ms"),
    "clients": ("64 clients, one text each", "≥ 70 % of the lower ceiling, p99 ≤ 120 ms"),
    "engines": ("the default engine beside the other", "as fast, with one client and with 64"),
    "steady": ("50 requests/s for 30 s", "0 failures, p99 ≤ 50 ms"),
    "soak": ("50 requests/s for 10 minutes", "the same, memory drift < 3 %"),
    "overload": (
        "10 × overload for 30 s, 8 texts a request",
        "accepted p99 ≤ 2 ×, the rest 429, health p99 ≤ 100 ms",
    ),
    "overload_by_ones": ("the same with one text a request, all of it on two cores", "the same"),
    "start": ("start to ready; resident memory", "≤ 1.5 s; ≤ 300 MB"),
    "peer": ("against a transformers pipeline behind FastAPI", "≥ 8 × throughput"),
    "neighbours": ("a text alone, in a list, among 64 clients", "scores differ by ≤ 1e-5"),
}
LINES = {  # line of the checklist: row, what was done, pass
    11: ("overload", "10 × capacity for 30 s, open loop, 8 texts a request",
         "extra gets 429 + Retry-After; accepted p99 ≤ 2 × unloaded; queue bounded; 0 of 500s"),
    12: ("overload", "/health, 20 a second, in the midst of the overload", "p99 ≤ 100 ms"),
    24: ("soak", "50 requests/s for 30 s and for 10 minutes; texts alone, in lists, among 64 clients",
         "0 failures; p99 ≤ 250 ms; RSS drift < 3 %; scores differ by ≤ 1e-5"),
}  # fmt: skip


def main() -> int:
    page = PAGE.read_text("utf-8")
    if "--check" in sys.argv[1:]:
        same = page == _with_table(page, _read())
        print("docs/serving.md is up to date" if same else "docs/serving.md: run benchmarks/load/table.py")
        return 0 if same else 1
    write_all()
    return 0


def write_all() -> None:
    """Both the table in the page and the lines of the security checklist."""
    found = _read()
    PAGE.write_text(_with_table(PAGE.read_text("utf-8"), found), encoding="utf-8", newline="\n")
    SECURITY.parent.mkdir(exist_ok=True)
    SECURITY.write_text(json.dumps(security(found), indent=1) + "\n", encoding="utf-8")


def rendered(found: dict[str, Any]) -> str:
    """Both tables in Markdown, and what they were measured with."""
    lines = ["| | goal | measured | |", "|---|---|---|---|"]
    for name, (words, goal) in GOALS.items():
        row = found["rows"].get(name, {"measured": "not measured yet", "holds": False})
        short = " (quick run)" if row.get("quick") else ""
        if row.get("others", 0) > MOST_OTHERS:
            short += f" (other programs used {row['others']:.0%} of the processors)"
        holds = "holds" if row["holds"] else "missed"
        lines.append(f"| {words} | {goal} | {row['measured']}{short} | {holds} |")
    lines += ["", "| 64 clients | texts a second | milliseconds of a processor a text |", "|---|---|---|"]
    lines += [f"| {words} | {_range(rates, 0)} | {_range(cpu, 2)} |" for words, rates, cpu in _costs(found)]
    versions = ", ".join(f"{name} {number}" for name, number in found["versions"].items())
    days = " and ".join(sorted({row["date"] for row in found["rows"].values()}))
    lines += ["", f"{found['machine']}; {days}; {versions}.", "", "```", found["command"], "```"]
    return "\n".join([*lines, *_again()])


def _again() -> list[str]:
    """What else was measured: machines that are lent are not as fast on each day."""
    if not AGAIN.exists():
        return []
    again = json.loads(AGAIN.read_text("utf-8"))
    rows = (f"{GOALS[name][0]}: {row['measured']}" for name, row in again["rows"].items())
    return ["", f"On {again['date']}, when the same kind of machine did less: {'. '.join(rows)}."]


def _costs(found: dict[str, Any]) -> Iterator[tuple[str, dict[str, float] | None, dict[str, float]]]:
    """What was measured side by side: in words, texts a second, and what one costs."""
    clients = found["rows"].get("clients", {}).get("figures", {})
    for path, figures in clients.items():
        yield f"`{path}`", figures["per_second"], figures["cpu_ms"]
        yield f"`{path}`, instant model", figures["instant_per_second"], figures["instant_cpu_ms"]
        yield "no server: all texts in one list", figures["offline_per_second"], figures["offline_cpu_ms"]
        yield "the 64 clients themselves", None, figures["generator_cpu_ms"]
    for name, figures in found["rows"].get("peer", {}).get("figures", {}).items():
        yield f"transformers pipeline {name}", figures["peer_per_second"], figures["peer_cpu_ms"]


def _range(spread: dict[str, float] | None, digits: int) -> str:
    """`1,020 (990 to 1,044)`: the median of the repeats, their least and most."""
    if spread is None:
        return "–"
    median, least, most = (f"{spread[name]:,.{digits}f}" for name in ("median", "least", "most"))
    return f"{median} ({least} to {most})"


def security(found: dict[str, Any]) -> dict[str, Any]:
    """The lines of the checklist that load answers."""
    rows = found["rows"]
    lines = []
    for number, (name, test, passes) in LINES.items():
        if name not in rows:
            continue
        measured, holds, figures = rows[name]["measured"], rows[name]["holds"], dict(rows[name]["figures"])
        if number == 12 and figures:
            figures = figures["health"]
            measured, holds = (
                f"p99 {figures['p99_ms']} ms",
                figures["p99_ms"] <= 100 and not figures["broken"],
            )
        if number == 24:
            others = [rows[each] for each in ("steady", "neighbours") if each in rows]
            measured = "; ".join([measured, *(row["measured"] for row in others)])
            holds = holds and len(others) == 2 and all(row["holds"] for row in others)
        lines.append({
            "number": number, "test": test, "pass": passes, "measured": measured, "holds": holds,
            "figures": figures,
        })  # fmt: skip
    date = max(rows[name]["date"] for name, *_ in LINES.values() if name in rows)
    return {"machine": found["machine"], "date": date, "command": found["command"], "lines": lines}


def _read() -> dict[str, Any]:
    return json.loads(RESULTS.read_text("utf-8"))


def _with_table(page: str, found: dict[str, Any]) -> str:
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{rendered(found)}\n\n{END}{after}"


if __name__ == "__main__":
    sys.exit(main())
