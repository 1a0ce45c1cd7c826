"""Hostile words through every writer of goemox, and what came out wrong; nothing where all is well."""

from __future__ import annotations

import contextlib
import io
import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from hostile_words import WORDS, Page, drawn_wrong, running_cells, steering
from markdown_it import MarkdownIt

from goemox.cli.options import say
from goemox.data.columns import Columns
from goemox.data.files import read_records
from goemox.data.prediction_files import write_predictions
from goemox.data.table import write_table
from goemox.data.writers import write_records
from goemox.prediction import Prediction
from goemox.records import TextRecord
from goemox.report.files import figures
from goemox.report.markdown import markdown_summary
from goemox.report.page import render

LABELS = ("joy", "neutral")
TEXTS = tuple(word for word in WORDS if word.strip() and "\ud83d" not in word)  # no reader gives half a pair
NAME = "extra"


def records(names: bool = False) -> list[TextRecord]:
    """A record a word: as text, as id and as another cell; with `names` also as the name of its column."""
    return [
        TextRecord(f"{word}#{i}", word, "test", url=word, meta={(word if names else NAME): word})
        for i, word in enumerate(TEXTS)
    ]


def said(found: list[TextRecord]) -> Iterator[tuple[TextRecord, Prediction]]:
    """Each record with a prediction."""
    for record in found:
        scores = {"joy": 0.5, "neutral": 0.25}
        yield record, Prediction(id=record.id, text=record.text, labels=("joy",), scores=scores)


def tables_wrong(form: str) -> list[str]:
    """Predictions and collected records as "csv", "jsonl" or "parquet"; written, looked at, read again."""
    wrong = []
    for what in ("predictions", "records"):
        stream = io.BytesIO()
        if what == "predictions":
            columns = Columns(("id", "text", NAME), text="text", id="id")
            write_predictions(said(records()), None, form, labels=LABELS, columns=columns, stdout=stream)  # type: ignore[arg-type]
        else:
            write_records(records(), None, form, stdout=stream)  # type: ignore[arg-type]
        if form == "csv":
            wrong += [f"{what}: {cell!r} would run" for cell in running_cells(_text(stream))]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, f"out.{form}")
            path.write_bytes(stream.getvalue())
            back = list(read_records(path, text_column="text", id_column="id"))
        for one, other in zip(records(), back, strict=True):
            for was, now in ((one.text, other.text), (one.id, other.id), (one.text, str(other.meta[NAME]))):
                if was != now:
                    wrong.append(f"{what}: {was!r} came back as {now!r}")
    return wrong


def names_wrong() -> list[str]:
    """Every word as the name of a column of a CSV."""
    wrong = []
    for record in records(names=True):
        stream = io.BytesIO()
        columns = Columns(("id", "text", *record.meta), text="text", id="id")
        write_predictions(said([record]), None, "csv", labels=LABELS, columns=columns, stdout=stream)
        wrong += [f"{cell!r} would run" for cell in running_cells(_text(stream))]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "out.csv")
            path.write_bytes(stream.getvalue())
            (back,) = read_records(path, text_column="text", id_column="id")
        (name,) = record.meta
        if name not in back.meta:
            wrong.append(f"column {name!r} came back as one of {list(back.meta)!r}")
    return wrong


def _text(stream: io.BytesIO) -> str:
    return stream.getvalue().decode("utf-8")


def terminal_wrong() -> list[str]:
    """What is shown to people: the table, and messages about files and columns."""
    stream = io.BytesIO()
    write_table(said(records()), None, stream)
    wrong = [f"table: {c!r}" for c in steering(_text(stream))]
    told = io.StringIO()
    with contextlib.redirect_stderr(told):
        for word in WORDS:
            say(f"the file {word} has columns {word}")
    return wrong + [f"message: {c!r}" for c in steering(told.getvalue())]


def hostile_report(planted: Any, word: str) -> Mapping[str, Any]:
    """A report whose domain, label, texts, ids, addresses and model are called by one word."""
    row = planted.example("most typical", word, "curiosity .62, neutral .41", "curiosity", id=word, url=word)
    domain = planted.domain(word, description=word, examples=[row])
    report = planted.planted_report([domain, planted.samples()])
    report["model"]["name"] = report["model"]["trained_on"] = word
    report["warnings"] = [word]
    if word:
        report = json.loads(json.dumps(report).replace('"joy"', json.dumps(word)))
    return report  # type: ignore[no-any-return]


def page_wrong(planted: Any, word: str) -> list[str]:
    """The HTML report: as many scripts as with tame words, none of them let through but by its hash."""
    html = render(hostile_report(planted, word))
    tame, page = Page(render(hostile_report(planted, "tame"))), Page(html)
    wrong = [f"page: {found}" for found in page.found if found not in tame.found]
    if page.scripts != tame.scripts:
        wrong.append(f"page: {page.scripts} scripts, not {tame.scripts}")
    if "unsafe-inline" in page.policy.partition("script-src")[2].partition(";")[0] or not page.policy:
        wrong.append("page: no policy against scripts")
    if bad := set(steering(html, allowed="\n\t")):
        wrong.append(f"page: holds {sorted(bad)!r}")
    return wrong


def markdown_wrong(planted: Any, word: str) -> list[str]:
    """The summary for a comment: as HTML it holds what it holds with tame words, and no link."""
    reader = MarkdownIt("gfm-like", {"html": True, "linkify": False})
    source = markdown_summary(hostile_report(planted, word))
    shown = Page(reader.render(source))
    wrong = [f"markdown: {found}" for found in shown.found]
    if shown.scripts:
        wrong.append("markdown: a script")
    if re.search(r"\]\(\s*javascript:", source, re.I):
        wrong.append("markdown: a link that runs")
    if bad := set(steering(source)):
        wrong.append(f"markdown: holds {sorted(bad)!r}")
    return wrong


def figures_wrong(planted: Any, word: str) -> list[str]:
    """Every figure of the report as an SVG file of its own."""
    return [
        f"{key}: {found}"
        for key, picture in figures(hostile_report(planted, word)).items()
        for found in [*drawn_wrong(picture), *map(repr, steering(picture, allowed="\n\t"))]
    ]
