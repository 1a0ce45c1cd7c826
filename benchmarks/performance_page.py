"""docs/performance.md and its pictures from results/speed/*.json, and the headline in the README.

    python benchmarks/performance_page.py [--check]

--check writes nothing and fails where a page or picture is not what the files say. What is not measured yet
is said to be; the reason and the next step of a missed goal stand in speed/missed.md, by hand.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent / "speed"))

from charts import Bar, Curve, Stack, bars, curves, stacks
from competitors import BEFORE, DEFAULT, FASTEST, PIPELINE
from goals import GOALS, Verdict, best_peer, fastest_of_ours, rate, ratio
from parts import FILLS, parts_of
from scripts import SCALE, SCRIPTS

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
RESULTS = HERE / "results" / "speed"
TEMPLATE, MISSED = HERE / "speed" / "page.md", HERE / "speed" / "missed.md"
PAGE, README = ROOT / "docs" / "performance.md", ROOT / "README.md"
IMAGES = ROOT / "docs" / "images"
BEGIN, END = "<!-- speed -->", "<!-- end of speed -->"
MOST_OTHERS = 0.05  # of all processors; above it the page says so
NOT_YET = "not measured"


def main() -> int:
    written = files()
    if "--check" in sys.argv[1:]:
        other = [path.name for path, words in written.items() if not _same(path, words)]
        print(f"out of date, run this without --check: {', '.join(other)}" if other else "all is up to date")
        return 1 if other else 0
    for path, words in written.items():
        path.write_text(words, encoding="utf-8", newline="\n")
    return 0


def files() -> dict[Path, str]:
    """Everything that is made, by its path."""
    found = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(RESULTS.glob("*.json"))}
    drawn = pictures(found)
    page = TEMPLATE.read_text("utf-8")
    parts = {
        "goals": goal_table(found),
        "missed": missed(found),
        **{f"{name}-table": table(found.get(name)) for name in ("short", "long", "mixed")},
        "parity-table": parity_table(found.get("parity")),
        "where": where(found),
        **{f"picture:{name}": shown(name, drawn) for name in WORDS},
    }
    for name, words in parts.items():
        page = page.replace(f"{{{{{name}}}}}", words)
    readme = README.read_text("utf-8")
    before, _, rest = readme.partition(BEGIN)
    told = f"{before}{BEGIN}\n{headline(found)}\n{END}{rest.partition(END)[2]}" if rest else readme
    return {PAGE: page, README: told} | {IMAGES / f"{name}.svg": words for name, words in drawn.items()}


def goal_table(found: dict[str, Any]) -> str:
    """Every goal with what was measured."""
    lines = ["| | goal | measured | |", "|---|---|---|---|"]
    for goal in GOALS:
        verdict = judged(goal, found)
        state = NOT_YET if verdict is None else "reached" if verdict.holds else "**missed**"
        words = f'`make bench ARGS="--only {goal.row}"`' if verdict is None else verdict.measured
        noisy = found.get(goal.row, {}).get("others") or 0
        if verdict and noisy > MOST_OTHERS:
            words += f" (other programs used {noisy:.0%} of the processors)"
        lines.append(f"| {goal.words} | {goal.goal} | {words} | {state} |")
    return "\n".join(lines)


def judged(goal: Any, found: dict[str, Any]) -> Verdict | None:
    """The verdict, or None where its files are not there or do not hold it."""
    try:
        verdict: Verdict = goal.judged(found)
    except (KeyError, ValueError, TypeError):
        return None
    return verdict


def missed(found: dict[str, Any]) -> str:
    """Reason and next step of each goal that is missed."""
    reasons = dict(re.findall(r"^## (\S+)\n+(.*?)(?=^## |\Z)", MISSED.read_text("utf-8"), re.M | re.S))
    told = []
    for goal in GOALS:
        verdict = judged(goal, found)
        if verdict is not None and not verdict.holds:
            why = reasons.get(goal.key, "The reason is not known yet.").strip()
            told.append(f"- **{goal.words}** ({goal.goal}). {why}")
    return "\n".join(told) or "None of those that are measured."


def table(row: dict[str, Any] | None) -> str:
    """A comparison: texts a second, cost, and how many times as fast goemox is."""
    if row is None:
        return NOT_YET
    ours = fastest_of_ours(row)
    lines = [f"| | texts a second | processor time a text | {ours} is | |", "|---|---|---|---|---|"]
    for name, each in row["competitors"].items():
        if "failed" in each:
            lines.append(f"| {name} | – | – | – | it failed: {_cell(each['failed'])} |")
            continue
        size = f"; batch {each['batch']}, {each['texts_a_turn']:,} texts a turn" if each["batch"] else ""
        times = "" if name == ours else f"{ratio(row, ours, name)['median']:.2f} ×"
        lines.append(
            f"| {name} | {_range(each['texts_per_second'])} | {each['cpu_us']['median']:,.0f} µs | {times} "
            f"| {_cell(each['words'])}{size} |"
        )
    wasted = ", ".join(f"{name} {share:.1%}" for name, share in row["padding"].items())
    noisy = row["others"]
    lines += ["", f"{row['texts']:,} texts of {row['tokens_a_text']:g} tokens; padding: {wasted}. "
              f"Other programs used {noisy:.0%} of the processors meanwhile."]  # fmt: skip
    return "\n".join(lines)


def parity_table(row: dict[str, Any] | None) -> str:
    """Every way of asking beside one list on the same engine, and the engines beside each other."""
    if row is None:
        return NOT_YET
    lines = ["| | texts | decisions that differ | most a score differs |", "|---|---|---|---|"]
    for name, each in row["ways"].items():
        told = each.get("failed")
        rest = f"{_cell(told)} | – | –" if told else (
            f"{each['texts']:,} | {each['differing']} | {each['most_difference']:g}"
        )  # fmt: skip
        lines.append(f"| {name} | {rest} |")
    if between := row["between_engines"]:
        most = between["most_difference"]
        lines.append(
            f"| **between the engines** | {between['texts']:,} | {between['differing']} | {most:g} |"
        )
        dev = "; ".join(
            f"{name} {each['macro_f1']:.4f} and {each['map']:.4f}" for name, each in between["dev"].items()
        )
        lines += ["", f"Macro-F1 and mean average precision on dev: {dev}."]
    return "\n".join(lines)


WORDS = {
    "speed": "Bars: texts a second of goemox and of each peer on short texts",
    "profile": "Stacked bars: microseconds of a processor that each stage takes for a text, before and now",
    "scaling": "Curves: texts a second over texts in a call, threads, rows and length",
}


def pictures(found: dict[str, Any]) -> dict[str, str]:
    """The pictures whose figures are there, by name."""
    drawn = {}
    if "short" in found:
        rows = [
            Bar(name, *(each["texts_per_second"][key] for key in ("median", "least", "most")), _kind(name))
            for name, each in found["short"]["competitors"].items()
            if "failed" not in each and name != "TF-IDF + logistic regression"
        ]
        drawn["speed"] = bars("Short texts, texts a second (two cores)", WORDS["speed"], rows)
    if "profile" in found:
        stages, operators = found["profile"]["stages"], found.get("operators")
        rows = [
            Stack(name, parts_of(name, stages[name], operators))
            for name in (BEFORE, DEFAULT, FASTEST)
            if name in stages and "failed" not in stages[name]
        ]
        title = "Where the time goes, a short text on one thread"
        drawn["profile"] = stacks(title, WORDS["profile"], rows, "µs", FILLS)
    if "scaling" in found:
        drawn["scaling"] = curves("How speed scales", WORDS["scaling"], _panels(found["scaling"]))
    return drawn


def _panels(row: dict[str, Any]) -> list[tuple[str, list[Curve]]]:
    words = {
        "calls": "texts/s, texts in a call", "lengths": "tokens/s, tokens of a text",
        "threads": "texts/s, threads", "rows": "texts/s, rows of a list",
    }  # fmt: skip
    panels = []
    for key, title in words.items():
        some = [
            Curve(name, {float(x): y["median"] if isinstance(y, dict) else y for x, y in rates.items()},
                  not name.startswith("goemox"))
            for name, rates in row[key].items()
        ]  # fmt: skip
        panels.append((title, some))
    return panels


def shown(name: str, drawn: dict[str, str]) -> str:
    return f"![{WORDS[name]}](images/{name}.svg)" if name in drawn else NOT_YET


def where(found: dict[str, Any]) -> str:
    """Command, day, machine and versions of each file."""
    lines = ["| command | day | machine | other programs |", "|---|---|---|---|"]
    for name in [*("short", "long", "mixed", "scaling", "parity", "profile"), *SCRIPTS, *SCALE]:
        row = found.get(name)
        if row is None:
            lines.append(f'| `make bench ARGS="--only {name}"` | {NOT_YET} | | |')
            continue
        others = row.get("others")
        used = f"{others:.0%}" if isinstance(others, float) else ""
        said = [_cell(words) for words in (_date(row), _machine(row))]
        lines.append(f"| `{row.get('command', name)}` | {said[0]} | {said[1]} | {used} |")
    versions = found.get("short", {}).get("versions", {})
    if versions:
        lines += ["", "Versions: " + ", ".join(f"{name} {number}" for name, number in versions.items()) + "."]
    return "\n".join(lines)


def _date(row: dict[str, Any]) -> str:
    return str(row.get("date", row.get("after", {}).get("date", "")))


def _machine(row: dict[str, Any]) -> str:
    """As a file has it: words, a table of facts, or the processor alone."""
    machine = row.get("machine", row.get("processor", ""))
    if isinstance(machine, dict):
        return f"{machine.get('cores', '')} cores, {machine.get('processor', '')}"
    return f"{row['cores']} cores, {machine}" if "cores" in row else str(machine)


def headline(found: dict[str, Any]) -> str:
    """The README's sentence."""
    row = found.get("short")
    if row is None:
        return "Not measured yet."
    ours, peer = fastest_of_ours(row), best_peer(row)
    alone = f", {rate(row, DEFAULT):,.0f} with onnxruntime alone" if ours == FASTEST else ""
    how = " with `pip install 'goemox[openvino]'`" if ours == FASTEST else ""
    return (
        f"{rate(row, ours):,.0f} short texts a second on two cores{how}{alone}: "
        f"{ratio(row, ours, PIPELINE)['median']:.1f} times a transformers pipeline at batch 32 and "
        f"{ratio(row, ours, peer)['median']:.2f} times the best runtime set up by hand ({peer}), with the "
        f"same weights, in the same run ({row['date']}, {row['machine']})."
    )


def _kind(name: str) -> str:
    return "before" if name == BEFORE else "ours" if name.startswith("goemox") else "peer"


def _range(spread: dict[str, float]) -> str:
    return f"{spread['median']:,.0f} ({spread['least']:,.0f} to {spread['most']:,.0f})"


def _cell(words: str) -> str:
    """Words that cannot end a cell, nor begin markup."""
    return " ".join(words.split()).replace("|", "\\|").replace("<", "&lt;")


def _same(path: Path, words: str) -> bool:
    return path.exists() and path.read_text("utf-8") == words


if __name__ == "__main__":
    sys.exit(main())
