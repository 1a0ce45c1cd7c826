"""A field of a prediction is spelt out in many places, and stands in all of them."""

import csv
import json
import re
from pathlib import Path

import pytest

from goemox.data.columns import TEXT_NAMES
from goemox.data.files import read_records
from goemox.data.prediction_files import line_keys, own_columns, write_predictions
from goemox.scale.batches import BatchScorer
from goemox.scale.local import run_local
from goemox.scale.plan import make_plan
from goemox.scale.resume import open_folder

ROOT = Path(__file__).parents[1]
ON_THE_PAGE = ["hints"]  # what a server says besides
OF_A_SERVER = {"why_no_set", "language", *ON_THE_PAGE}


@pytest.fixture(scope="module", params=["best", "cascade"])
def scorer(request):
    return BatchScorer(tier=request.param, threads=1)


@pytest.fixture(scope="module")
def prediction(scorer):
    """Of a text of which everything is known."""
    (found,) = scorer.classifier.predictions(["Thank you so much, this made my day!"])
    return found


def wide(prediction):
    """The columns that a prediction fills beside id and text, one for each label's score."""
    fields = [name for name in prediction.to_dict() if name not in ("id", "text", "scores")]
    return ["labels", *(f"score_{label}" for label in prediction.scores), *fields[1:]]


def same(place, found, expected):
    found, expected = list(found), list(expected)
    lacks, more = [n for n in expected if n not in found], [n for n in found if n not in expected]
    wrong = f"lacks {lacks}, has {more} too many" if lacks or more else "has another order"
    assert found == expected, f"{place} {wrong}; the fields of a prediction are those of prediction.py"


def test_every_writer_of_predictions_writes_all_fields(scorer, prediction, tmp_path):
    told, cascade = prediction.to_dict(), scorer.tier == "cascade"
    assert None not in told.values(), f"classifier/predictions.py gives no value to a field: {told}"
    assert ("tier" in told) == cascade
    same("LINE_KEYS in data/prediction_files.py", line_keys(cascade=cascade), told)
    same(
        "own_columns in data/prediction_files.py",
        own_columns(scorer.labels, cascade=cascade),
        wide(prediction),
    )
    same("columns in classifier/answers.py", scorer.answers([prediction.text]).columns(), wide(prediction))
    source = tmp_path / "in.csv"
    source.write_text(f'id,text\n1,"{prediction.text}"\n')
    stream = read_records(source)
    options = {"labels": scorer.labels, "columns": stream.columns, "cascade": cascade}
    for form in ("csv", "jsonl"):
        one, folder = tmp_path / f"one.{form}", tmp_path / form
        write_predictions([(record, prediction) for record in read_records(source)], one, form, **options)
        plan, opened = make_plan(source, scorer, form=form)
        with open_folder(folder, plan) as parts:
            parts.finish(run_local(parts, opened, scorer))
        (part,) = folder.glob("part-*")
        for place, path in (("data/prediction_files.py", one), ("scale/tables.py", part)):
            with path.open(encoding="utf-8", newline="") as file:
                (row,) = csv.DictReader(file) if form == "csv" else map(json.loads, file)
            same(place, row, told if form == "jsonl" else ["id", "text", *wide(prediction)])
            left = [name for name, value in row.items() if value in ("", None)]
            assert not left, f"{place} leaves {left} blank"


def test_a_server_and_its_page_tell_all_fields(scorer, prediction):
    schemas = pytest.importorskip("goemox.serve.schemas", reason="the serve extra is not installed")
    told = [name for name in prediction.to_dict() if name not in ("id", "text")]
    fields = [name for name in schemas.TextAnswer.model_fields if name not in OF_A_SERVER]
    same("TextAnswer in serve/schemas.py", fields, [*told, *({"tier"} - {*told})])
    script = (ROOT / "src/goemox/serve/static/download.js").read_text("utf-8")
    listed = json.loads(re.search(r"^const FIELDS = (\[.*\]);$", script, re.MULTILINE)[1])
    same("FIELDS in serve/static/download.js", listed, [*told, *({"tier"} - {*told}), *ON_THE_PAGE])


def test_the_pages_that_list_the_columns_list_all(prediction):
    told = [name for name in wide(prediction) if name != "tier"]  # of the bundled model as it is opened
    recipe = (ROOT / "docs/scaling.md").read_text("utf-8")
    added = re.findall(r'\.add\(f?"([^"]+)"', recipe)
    others = [name for name in told if not name.startswith("score_")]
    same("the schema in docs/scaling.md", added, [others[0], "score_{label}", *others[1:]])
    page = (ROOT / "docs/how-to/score-a-csv.md").read_text("utf-8")
    table = page[page.index("| column |") : page.index("The most angry")]
    named = [
        name
        for cell in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", cell)
    ]
    same("the table in docs/how-to/score-a-csv.md", named, [others[0], "score_joy", *others[1:]])


def test_the_page_takes_the_columns_for_texts_that_the_command_line_takes():
    script = (ROOT / "src" / "goemox" / "serve" / "static" / "csv.js").read_text("utf-8")
    names = re.search(r"const KNOWN = \[([^\]]+)\]", script)[1]
    assert tuple(re.findall(r'"([^"]+)"', names)) == TEXT_NAMES
