"""The files of a ladder: ladder.json, ladder.md and ladder.svg, each whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path

import orjson

from goemox.atomic import write_bytes, write_text
from goemox.report.charts.ladder import LadderRow, Spoken, ladder_chart
from goemox.report.fields import Fields
from goemox.report.formats import count, decimal
from goemox.report.palette import resolved
from goemox.wording import MISSING, join, percent, plural

__all__ = ["ladder_markdown", "ladder_picture", "write_ladder"]

QUICK = (
    "Quick version: fewer rows, seeds and texts. It shows the shape of the ladder; its figures are no result."
)


def write_ladder(content: Mapping[str, object], folder: Path) -> Path:
    """Write a ladder's files into `folder` and return the Markdown's path."""
    folder.mkdir(parents=True, exist_ok=True)
    document = orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    write_bytes(folder / "ladder.json", document)
    write_text(folder / "ladder.svg", ladder_picture(content))
    write_text(folder / "ladder.md", ladder_markdown(content))
    return folder / "ladder.md"


def ladder_picture(content: Mapping[str, object]) -> str:
    """The picture as a file of its own, readable on white."""
    ladder = Fields(content, "ladder.json")
    truth = ladder.fields("evaluated").number("neutral_share")
    places: list[tuple[str, float | None]] = [(f"GoEmotions {ladder.text('split')}", truth)]
    places += [(source.text("title"), None) for source in ladder.rows("outside")]
    keys = [source.text("key") for source in ladder.rows("outside")]
    rows = [_row(rung, keys) for rung in ladder.rows("rungs")]
    title = "From the naive model to the release model, one repair at a time"
    said = " ".join(finding.text("text") for finding in ladder.rows("findings"))
    style = (resources.files("goemox.report") / "templates" / "charts.css").read_text(encoding="utf-8")
    note = QUICK if ladder.flag("quick") else _measured(ladder)
    return str(ladder_chart(title, said, note, places, rows, resolved(style))) + "\n"


def _row(rung: Fields, keys: Sequence[str]) -> LadderRow:
    seeds = rung.rows("seeds")
    return LadderRow(
        rung.text("title"),
        rung.text("repair"),
        _mean(rung.fields("summary"), "macro_f1") or 0.0,
        tuple(seed.number("macro_f1") or 0.0 for seed in seeds),
        (
            _spoken(rung.fields("summary"), seeds),
            *(
                _spoken(
                    rung.fields("summary").fields("outside").fields(key),
                    [seed.fields("outside").fields(key) for seed in seeds],
                )
                for key in keys
            ),
        ),
    )


def _spoken(summary: Fields, seeds: Sequence[Fields]) -> Spoken:
    shares = [
        (seed.number("neutral_share") or 0.0) + (seed.number("no_label_share") or 0.0) for seed in seeds
    ]
    return Spoken(
        _mean(summary, "neutral_share") or 0.0, _mean(summary, "no_label_share") or 0.0, tuple(shares)
    )


def _mean(summary: Fields, name: str) -> float | None:
    return summary.fields(name).number("mean")


def _measured(ladder: Fields) -> str:
    texts = count(ladder.fields("evaluated").number("n"))
    return f"{texts} GoEmotions {ladder.text('split')} texts; {plural(len(ladder.numbers('seeds')), 'seed')}"


def ladder_markdown(content: Mapping[str, object]) -> str:
    """The ladder as tables, with what it shows in sentences and the command that repeats it."""
    ladder = Fields(content, "ladder.json")
    parts = ["# The ladder: from the naive model to the release model"]
    if ladder.flag("quick"):
        parts.append(f"> **{QUICK}**")
    parts.append(f"Measured on {_measured(ladder)}; mean ± standard deviation over seeds.")
    parts += [_rungs(ladder), _shares(ladder), "## What it shows"]
    parts.append("\n".join(f"- {finding.text('text')}" for finding in ladder.rows("findings")))
    parts += ["## The first study's own figures", _study(ladder), *_confusions(ladder), _made(ladder)]
    return "\n\n".join(parts) + "\n"


def _rungs(ladder: Fields) -> str:
    rows = []
    for rung in ladder.rows("rungs"):
        summary = rung.fields("summary")
        figures = [
            _spread(summary.fields(name), digits)
            for name, digits in (
                ("macro_f1", 3), ("micro_f1", 3), ("top1_accuracy", 3), ("mean_average_precision", 3),
                ("ece_mean", 4),
            )
        ]  # fmt: skip
        rates = {seed.number("learning_rate") or 0.0 for seed in rung.rows("seeds")}
        rate = join([f"{rate:g}" for rate in sorted(rates) if rate]) or MISSING
        seeds = str(len(rung.rows("seeds")))
        rows.append(
            (str(rung.count("number")), rung.text("title"), rung.text("repair"), rate, seeds, *figures)
        )
    head = (
        "",
        "rung",
        "what changed",
        "rate",
        "models",
        "macro-F1",
        "micro-F1",
        "top-1",
        "mAP",
        "ECE, 15 bins",
    )
    return _table(head, rows, n_words=3)


def _shares(ladder: Fields) -> str:
    """Texts that get no emotion: neutral alone + no label, at home and elsewhere."""
    places: list[tuple[str, str | None]] = [(f"GoEmotions {ladder.text('split')}", None)]
    places += [(source.text("title"), source.text("key")) for source in ladder.rows("outside")]
    rows = []
    for rung in ladder.rows("rungs"):
        cells = []
        for _, key in places:
            summary = rung.fields("summary")
            summary = summary if key is None else summary.fields("outside").fields(key)
            cells += [
                percent(_mean(summary, name))
                for name in ("neutral_share", "no_label_share", "top_neutral_share")
            ]
        rows.append((str(rung.count("number")), rung.text("title"), *cells))
    truth = ladder.fields("evaluated")
    blank = [""] * (3 * len(places) - 2)
    people = [percent(truth.number("neutral_share")), percent(truth.number("no_label_share"))]
    rows.append(("", "what people said", *people, *blank))
    head = ["", "rung"]
    for name, _ in places:
        head += [f"{name}: neutral alone", "no label", "top label neutral"]
    return _table(head, rows, n_words=2)


def _study(ladder: Fields) -> str:
    said = (
        "One true label a row, the first, on the validation part of the naive rows (a fifth of them); "
        "macro-F1 over labels that occur or are predicted. The first study reported .395 and .077, and "
        "no learning rate."
    )
    rows = []
    for rung in ladder.rows("rungs"):
        study = rung.fields("summary").fields("study")
        if study:
            names = ("validation_accuracy", "validation_macro_f1", "training_accuracy")
            rows.append((rung.text("title"), *(_spread(study.fields(name), 3) for name in names)))
    head = ("", "validation accuracy", "validation macro-F1", "training accuracy")
    return said + "\n\n" + _table(head, rows, n_words=1)


def _confusions(ladder: Fields) -> list[str]:
    """One table for each naive rung: rows of all seeds together, true label down, answer across."""
    tables = []
    for rung in ladder.rows("rungs"):
        found = [seed.fields("study").fields("confusion") for seed in rung.rows("seeds")]
        if not found or not found[0]:
            continue
        labels = found[0].texts("labels")
        total = [[0.0] * (len(labels) + 1) for _ in labels]
        for confusion in found:
            others = confusion.numbers("others")
            for i, line in enumerate(confusion.matrix("counts")):
                for j, cell in enumerate((*line, others[i])):
                    total[i][j] += cell or 0.0
        rows = [
            (f"**{label}**", *(count(cell) for cell in line))
            for label, line in zip(labels, total, strict=True)
        ]
        head = ("true ↓ called →", *labels, "others")
        tables.append(f"Confusions of “{rung.text('title')}”:\n\n" + _table(head, rows, n_words=1))
    return tables


def _made(ladder: Fields) -> str:
    machine = ladder.fields("machine")
    sample = (
        " Titles marked as samples were written for goemox and are no evidence."
        if any(source.text("source") == "sample" for source in ladder.rows("outside"))
        else ""
    )
    cores = plural(machine.number("cores") or 0, "core")
    return (
        f"Made by `{ladder.text('command')}` with goemox {ladder.text('goemox_version')} on "
        f"{ladder.text('date')}; {machine.text('processor')}, {cores}, "
        f"torch {machine.text('torch')}. On dev, what is fitted on dev (rungs 6 to 8) is cross-fitted over "
        f"five folds.{sample}"
    )


def _spread(metric: Fields, digits: int) -> str:
    mean, sd = metric.number("mean"), metric.number("sd")
    return decimal(mean, digits) if sd is None else f"{decimal(mean, digits)} ± {decimal(sd, digits)}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], n_words: int) -> str:
    """A Markdown table whose first `n_words` columns hold words and the others numbers."""
    rule = ["---" if index < n_words else "---:" for index in range(len(head))]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (head, rule, *rows))
