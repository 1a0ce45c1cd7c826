"""Tables of docs/trust.md, one function each, from the JSON that the scripts beside this one wrote."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "results" / "trust"
CUTS = {"500": "500 rows", "2000": "2,000", "all": "all of the folds"}


def read(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def number(value: float | None, digits: int = 3) -> str:
    """As in the field: no zero before the point."""
    if value is None:
        return "–"
    written = f"{value:.{digits}f}"
    return written.replace("0.", ".", 1) if written.startswith(("0.", "-0.")) else written


def span(values: Sequence[float | None], digits: int = 3) -> str:
    """[value, low, high]."""
    value, low, high = values
    return f"{number(value, digits)} [{number(low, digits)}, {number(high, digits)}]"


def spread(values: Sequence[float | None], digits: int = 3) -> str:
    """[mean, standard deviation]."""
    return f"{number(values[0], digits)} ± {number(values[1], digits)}"


def percent(value: float) -> str:
    return f"{100 * value:.1f} %"


def goals(names: Sequence[str]) -> str:
    """Every goal of every measurement: what was wanted, what was found, whether it is so."""
    rows = []
    for name in names:
        for what, goal in (read(name).get("goals") or {}).items():
            wanted = str(goal["goal"]).replace(">=", "≥").replace("<=", "≤")
            rows.append([what, wanted, found(goal), "yes" if goal["reached"] else "**no**"])
    time = read("shift_time")
    rows.append(
        [
            f"shift of {time['n']:,} texts, seconds beyond scoring",
            f"≤ {time['goal_s']:g}",
            f"{time['seconds'][1]:.1f} (most: {time['seconds'][-1]:.1f})",
            "yes" if time["reached"] else "**no**",
        ]
    )
    return table(("", "goal", "found", "reached"), rows)


def found(goal: Any) -> str:
    value = goal["value"]
    if isinstance(value, dict):
        return ", ".join(f"{name} {number(part)}" for name, part in value.items())
    if isinstance(value, list):
        text = span(value) if len(value) == 3 else ", ".join(map(str, value)) or "none"
    else:
        text = "none promised" if value is None else number(value, 4) if value % 1 else str(int(value))
    if interval := goal.get("interval"):
        text += f" [{number(interval[0], 4)}, {number(interval[1], 4)}]"
    if labels := goal.get("labels"):
        text += f" ({', '.join(labels)})"
    return text


def maps() -> str:
    rows = [
        [row["map"], *(f"{number(1000 * row[n]['nll'], 1)} / {number(row[n]['ece'], 4)}" for n in CUTS)]
        for row in read("calibration")["maps"]
    ]
    return table(("NLL × 1000 / mean ECE15", *CUTS.values()), rows)


def cuts() -> str:
    rows = [
        [
            row["cuts"],
            *(
                f"{number(row[n]['macro_f1'][0])} ({row[n]['optimism'][0]:+.3f})".replace("0.", ".")
                for n in CUTS
            ),
            number(row["all"]["micro_f1"][0]),
        ]
        for row in read("calibration")["cuts"]
    ]
    head = ("macro-F1 (optimism)", *CUTS.values(), "micro-F1, all")
    return table(head, rows)


def splits() -> str:
    rows = [
        [
            number(row["alpha"], 1), f"{row['n']:,}", spread(row["fnr"]),
            f"{number(row['fnr_5_95'][0])} – {number(row['fnr_5_95'][1])}", number(row["set_size"][0], 2),
        ]
        for row in read("conformal")["random_splits"]
    ]  # fmt: skip
    return table(
        ("α", "rows it is fitted on", "FNR elsewhere in the pool", "5 to 95 %", "labels a set"), rows
    )


def hidden() -> str:
    rows = read("conformal")["per_label"]
    worst = [f"{row['label']} {percent(row['0.2'])}" for row in rows[:8]]
    best = [f"{row['label']} {percent(row['0.2'])}" for row in rows[-3:]]
    return f"At α = .2, missed most: {', '.join(worst)}; least: {', '.join(best)}.\n"


def abroad() -> str:
    rows = [
        [row["set"], number(row["alpha"], 1), f"{row['n']:,}", span(row["fnr"]), span(row["inside"])]
        for row in read("conformal")["outside"]
    ]
    return table(("texts", "α", "n", "FNR there", "FNR of GoEmotions test, same mapping"), rows)


def distances() -> str:
    rows = [
        [
            row["data"], f"{row['n']:,}", span(row["auroc"]), number(row["length_alone"]),
            "–" if row["length_matched"] is None else span(row["length_matched"]),
            percent(row["flagged"][0]), number(row["highest_probability"]),
            number(row["evidence_of_emotion"]), number(row["tenth_neighbour"]),
        ]
        for row in read("domain")["sets"]
    ]  # fmt: skip
    head = (
        "texts", "n", "distance, AUROC", "length alone", "distance, same lengths", "flagged",
        "highest probability", "evidence of emotion", "10th neighbour",
    )  # fmt: skip
    return table(head, rows)


def alarms(key: str) -> str:
    tests = {
        "labels": "28 labels, Holm", "scores": "scores, MMD", "embeddings": "embeddings, MMD",
        "classifier": "words, classifier", "any": "the last three, Bonferroni",
        "words": "any telling word", "joint": "all, jointly", "labels or any": "either family",
    }  # fmt: skip
    found = read("shift_tests")[key]
    rows = found if isinstance(found, list) else [found]
    shown = [test for test in tests if test in rows[0]]
    lines = [
        [
            f"{row['n']:,} against {row['n_reference']:,}", str(row["draws"]),
            *(percent(row[test][0]) for test in shown),
        ]
        for row in rows
    ]  # fmt: skip
    return table(("target against reference", "draws", *(tests[test] for test in shown)), lines)


METHODS = ("nothing", "CC", "PCC", "ACC", "PACC", "EM")


def pure_shift() -> str:
    rows = [
        [
            f"{row['neutral']:g}", *(number(row["mae"][method]) for method in METHODS),
            percent(row["rejected_for_neutral"][0]),
        ]
        for row in read("prevalence")["pure_label_shift_of_neutral"]
    ]  # fmt: skip
    return table(("true share of neutral", *METHODS, "assumption rejected for neutral"), rows)


def real_shift() -> str:
    rows = [
        [row["data"], *(number(row["mae"][m]) for m in METHODS), "yes" if row["rejected"] else "no"]
        for row in read("prevalence")["real_shift"]
    ]
    return table(("texts", *METHODS, "assumption rejected"), rows)


def titles() -> str:
    rows = [
        [
            row["data"], row["naive"], percent(row["naive_share"]), _maybe(row["naive_at_home"]),
            between(row["remaining"]), between(row["collapse"]), row["verdict"] or "–",
            percent(row["adds"]), span([row["disagreement"], *row["disagreement_interval"]]),
        ]
        for row in read("titles")["rows"]
    ]  # fmt: skip
    head = (
        "titles", "naive way", "calls neutral", "at home", "remains with goemox", "collapse", "verdict",
        "of its neutral, goemox adds an emotion", "goemox says an emotion instead",
    )  # fmt: skip
    return table(head, rows)


def _maybe(share: float | None) -> str:
    return "–" if share is None else percent(share)


def between(ends: Sequence[float]) -> str:
    low, high = (percent(end) for end in ends)
    return low if low == high else f"{low} to {high}"


def ways() -> str:
    rows = [
        [
            row["data"], way["way"], percent(way["share"]), percent(way["alone"]), percent(way["nothing"]),
            _maybe(way["home"]),
        ]
        for row in read("titles")["rows"]
        for way in row["ways"]
    ]  # fmt: skip
    head = (
        "titles",
        "way of deciding, same scores",
        "neutral",
        "nothing else",
        "no label",
        "neutral at home",
    )
    return table(head, rows)


def said(which: str) -> str:
    return "".join(f"> {answer}\n>\n" for answer in read("titles")["answers"][which]).removesuffix(">\n")
