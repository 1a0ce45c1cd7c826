"""The tables of docs/trust.md about adapting, from results/trust/adapt.json."""

from __future__ import annotations

from tables import number, percent, read, span, spread, table

__all__ = ["curve", "sets", "shares", "zero_shot"]

WAYS = {
    "any": "any of a label's labels given",
    "top": "the same, and the most probable label where none is",
    "unlabelled_cuts": "cuts by the F1 to be expected",
    "second_mapping": "any, by a second mapping",
}


def zero_shot() -> str:
    found = read("adapt")["sets"]
    head = ("macro-F1 without a label", *(f"{name}, {row['labels']} labels" for name, row in found.items()))
    rows = [
        [
            words,
            *(span(row["zero_shot"][way]) if way in row["zero_shot"] else "–" for row in found.values()),
        ]
        for way, words in WAYS.items()
        if any(way in row["zero_shot"] for row in found.values())
    ]
    return table(head, rows)


def curve() -> str:
    rows = []
    for name, found in read("adapt")["sets"].items():
        start = found["curve"]["100"]["zero_shot"]
        rows.append([name, "0", *measured(start), "", ""])
        for n, row in found["curve"].items():
            low_high = f"{row['gain'][0]:+.3f} [{row['gain'][1]:+.3f}, {row['gain'][2]:+.3f}]".replace(
                "0.", "."
            )
            scratch = spread(row["scratch_logits"]["macro_f1"])
            rows.append([name, n, *measured(row["adapted"]), low_high, scratch])
    head = (
        "texts", "labelled rows", "macro-F1", "NLL", "mean ECE15", "gain in macro-F1",
        "a regression on these rows alone, macro-F1",
    )  # fmt: skip
    return table(head, rows)


def measured(row: dict) -> list[str]:
    return [spread(row[metric]) for metric in ("macro_f1", "nll", "ece_mean")]


def sets() -> str:
    rows = []
    for name, found in read("adapt")["sets"].items():
        for n, row in found["sets"].items():
            if not row["promised"]:
                rows.append([name, n, "nothing promised: too few of the rows carry a label", "", "", ""])
                continue
            own, seen = row["adapted"], row["seen_rows"]
            size = f"{number(own['size'][0], 1)} of {found['labels']}"
            rows.append([name, n, spread(own["fnr"]), percent(own["within"]), size, number(seen["fnr"][0])])
    head = (
        "sets at α = .1", "labelled rows", "true labels missed", "draws within .1 ± .06", "labels a set",
        "trap: fitted on scores that saw the rows, missed",
    )  # fmt: skip
    return table(head, rows)


def shares() -> str:
    rows = [
        [
            name, percent(found["prevalence"]["coverage"]["labels_only"]),
            percent(found["prevalence"]["coverage"]["powered"]),
            number(found["prevalence"]["width_ratio"][0], 2),
        ]
        for name, found in read("adapt")["sets"].items()
    ]  # fmt: skip
    head = (
        "95 % intervals of shares, 100 rows", "hold the truth: labels alone", "prediction-powered",
        "its width beside the other's",
    )  # fmt: skip
    return table(head, rows)
