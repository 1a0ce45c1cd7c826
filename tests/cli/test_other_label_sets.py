"""`goemox evaluate --against` for models whose labels differ: what is told, and what is measured then."""

import json
import re
import shutil

import pytest
from typer.testing import CliRunner

from goemox.cli.app import app
from goemox.errors import InvalidInput
from goemox.model_folder import default_folder, write_sums

ROWS = (("Thank you so much!", "thanks"), ("I love it", "affection"), ("Oh no, how sad", "sadness"))


def evaluate(*arguments):
    return CliRunner().invoke(app, ["evaluate", *map(str, arguments)])


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """(rows, model): the bundled model with two labels under names of its own, and rows with those."""
    here = tmp_path_factory.mktemp("own")
    folder = here / "model"
    shutil.copytree(default_folder(), folder)
    for name in ("goemox.json", "config.json"):
        content = (folder / name).read_text("utf-8")
        for old, new in (("love", "affection"), ("gratitude", "thanks")):
            content = content.replace(f'"{old}"', f'"{new}"')
        (folder / name).write_text(content, "utf-8")
    write_sums(folder)
    rows = here / "rows.jsonl"
    rows.write_text("".join(json.dumps({"text": text, "labels": [label]}) + "\n" for text, label in ROWS))
    return rows, folder


def test_without_a_mapping_the_refusal_ends_with_one_to_begin_with(own, tmp_path):
    rows, folder = own
    refused = evaluate("--data", rows, "--model", folder, "--against", "default")
    assert isinstance(refused.exception, InvalidInput)
    told = str(refused.exception)
    assert "only this one has affection, thanks; only the other has gratitude, love" in told
    begun = json.loads(re.search(r"--mapping: (\{.*\})$", told).group(1))
    assert begun["sadness"] == ["sadness"]
    assert begun["affection"] is None
    mapping = tmp_path / "mapping.json"
    mapping.write_text(json.dumps(begun | {"affection": ["affection", "love"]}))
    done = evaluate("--data", rows, "--model", folder, "--against", "default", "--mapping", mapping, "--json")
    assert done.exit_code == 0, done.exception
    labels = [row["label"] for row in json.loads(done.stdout)["against"]["per_label"]]
    assert "affection" in labels
    assert "thanks" not in labels
    assert "1 of 3 rows carries labels that the mapping does not name (thanks 1)" in done.stderr


def test_a_label_that_one_model_lacks_is_told_with_the_labels_to_choose_from(own, tmp_path):
    rows, folder = own
    mapping = tmp_path / "mapping.json"
    mapping.write_text(json.dumps({"thanks": ["thanks"]}))
    refused = evaluate("--data", rows, "--model", folder, "--against", "default", "--mapping", mapping)
    assert "one of the models has no label for 'thanks'; add one of its labels (admiration, " in str(
        refused.exception
    )
    assert "or write null" in str(refused.exception)
