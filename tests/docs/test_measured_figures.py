"""Every measured figure of the methods' pages and of the limits is what the results file beside it says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"
METHODS = sorted((DOCS / "methods").glob("*.md"))
HEAD = "| figure | measured | from |"
ROW = re.compile(r"\| (?P<figure>.+?) \| (?P<shown>.+?) \| \[[^\]]+\]\((?P<file>[^)]+)\) `(?P<path>.+)` \|")
STEP = re.compile(r"(?:[^/\[]|\[[^\]]*\])+")  # a key, rows[key=value,key=value], or [key=value] of a list
NUMBER = re.compile(r"-?\d*\.?\d+")


def rows_of(page):
    """The rows of the tables of measured figures of a page; every one of them has to fit."""
    for table in page.read_text("utf-8").split(HEAD)[1:]:
        for line in table.strip().splitlines()[1:]:
            if not line.startswith("|"):
                break
            found = ROW.fullmatch(line)
            assert found, f"{page.name}: {line} is no row of figure, numbers, and [file](path) with a key"
            yield found


def value_at(data, path):
    """What stands at `path` in a JSON document: `sets[data=issue titles]/auroc`."""
    for step in STEP.findall(path):
        name, _, condition = step.partition("[")
        data = data[name] if name else data
        if condition:
            wanted = dict(part.split("=", 1) for part in re.split(r",(?=\w+=)", condition[:-1]))
            (data,) = [row for row in data if all(str(row[key]) == value for key, value in wanted.items())]
    return data


def numbers_of(value):
    """The numbers of a figure, as pages order them: value, low, high; or mean, deviation."""
    if isinstance(value, dict):
        return [value["value" if "value" in value else "mean"], value["low"], value["high"]]
    return value if isinstance(value, list) else [value]


def written(number, shown, is_percent):
    """A number as the page writes it, with as many digits as `shown`."""
    digits = len(shown.partition(".")[2])
    text = f"{number * (100 if is_percent else 1):.{digits}f}"
    return text if is_percent or not digits else re.sub(r"^(-?)0\.", r"\1.", text)


@pytest.mark.parametrize("page", [*METHODS, DOCS / "limits.md"], ids=lambda page: page.stem)
def test_every_figure_is_what_its_results_file_says(page):
    rows = list(rows_of(page))
    assert len(rows) >= 4
    for row in rows:
        data = json.loads((page.parent / row["file"]).read_text("utf-8"))
        shown = NUMBER.findall(row["shown"])
        measured = numbers_of(value_at(data, row["path"]))[: len(shown)]
        said = [
            written(value, text, "%" in row["shown"]) for value, text in zip(measured, shown, strict=True)
        ]
        assert shown == said, f"{page.name}: {row['figure']}: the page says {shown}, {row['path']} is {said}"


@pytest.mark.parametrize("page", METHODS, ids=lambda page: page.stem)
def test_a_methods_page_says_what_it_is_where_it_fails_and_where_it_is_from(page):
    text = page.read_text("utf-8")
    for part in (
        r"\*\*What (it|they) (is|are)\.\*\*",
        r"\*\*When .*(fails?|does not)\.\*\*",
        r"\*\*Source\.\*\*",
    ):
        assert re.search(part, text), part
    assert "\n## What we measured\n" in text
