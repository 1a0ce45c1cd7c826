"""docs/trust.md from results/trust/*.json and trust/page.md, which holds the words.

    python benchmarks/trust_page.py [--check]

--check writes nothing and fails where the page is not what the files say. `make trust-results` measures all
of it again first.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "trust"))

import adapt_tables
import tables

PAGE = Path(__file__).parent.parent / "docs" / "trust.md"
TEMPLATE = Path(__file__).parent / "trust" / "page.md"
MEASURED = ("calibration", "conformal", "adapt", "shift_tests", "domain", "prevalence")


def main() -> int:
    page = render()
    if "--check" in sys.argv[1:]:
        same = PAGE.exists() and PAGE.read_text("utf-8") == page
        print("docs/trust.md is up to date" if same else "docs/trust.md is out of date: run without --check")
        return 0 if same else 1
    PAGE.write_text(page, encoding="utf-8", newline="\n")
    return 0


def render() -> str:
    """The whole page."""
    calibration, domain = tables.read("calibration"), tables.read("domain")
    trap = tables.read("shift_tests")["trap_target_drawn_with_replacement_from_500"]["any"][0]
    release = calibration["release"]
    far, beyond_length = (
        domain["fails"]["AUROC below .80"],
        domain["fails"]["less than .05 above length alone"],
    )
    plain = next(row for row in tables.read("titles")["rows"] if row["ways"])
    own = next(way for way in plain["ways"] if way["way"].startswith("softmax"))
    parts = {
        "date": calibration["date"],
        "goals": tables.goals(MEASURED),
        "maps": tables.maps(),
        "floor": tables.span(release["ece_floor"], 4),
        "ece": tables.span(release["ece"], 4),
        "uncalibrated": tables.number(release["ece_uncalibrated"], 4),
        "label": above(calibration),
        "cuts": tables.cuts(),
        "splits": tables.splits(),
        "hidden": tables.hidden(),
        "abroad": tables.abroad(),
        "distances": tables.distances(),
        "fails": listed(far),
        "lengths": listed(beyond_length),
        "alarms": tables.alarms("false_alarms"),
        "power": tables.alarms("power_neutral_.33_to_.60"),
        "trap": tables.percent(trap),
        "pure": tables.pure_shift(),
        "real": tables.real_shift(),
        "own_home": tables.percent(own["home"]),
        "people_home": tables.percent(plain["home"]),
        "titles": tables.titles(),
        "ways": tables.ways(),
        "said": tables.said(answer()),
        "zero_shot": adapt_tables.zero_shot(),
        "curve": adapt_tables.curve(),
        "sets": adapt_tables.sets(),
        "shares": adapt_tables.shares(),
    }
    return TEMPLATE.read_text("utf-8").format(**parts)


def above(calibration: dict) -> str:
    """Labels that are calibrated worse than chance explains."""
    labels = calibration["goals"]["labels above their own 99th percentile, Holm"].get("labels", [])
    if not labels:
        return "No label lies above its own 99th percentile of perfectly calibrated models."
    rows = {row["label"]: row for row in calibration["per_label"]}
    worse = [f"{n} ({tables.number(rows[n]['ece'], 4)}, {tables.number(rows[n]['p99'], 4)})" for n in labels]
    return f"Above its own 99th percentile of perfectly calibrated models: {', '.join(worse)}."


def answer() -> str:
    """The most telling of the answers: of the issue titles, with the naive model that collapsed least."""
    keys = [key for key in tables.read("titles")["answers"] if key.startswith("issue titles")]
    return keys[-1]


def listed(names: list[str]) -> str:
    text = f"{', '.join(names[:-1])} and {names[-1]}"
    return text[0].upper() + text[1:]


if __name__ == "__main__":
    sys.exit(main())
