"""`goemox evaluate` as a stranger types it, in a process of its own."""

import json
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from xml.etree import ElementTree

import pytest
from forked import goemox
from typer.testing import CliRunner

from goemox.cli.app import app
from goemox.data.splits import text_keys
from goemox.evaluation.metrics import METRICS
from goemox.labels import GOEMOTIONS
from goemox.model_folder import default_folder, write_sums

ROWS = (
    ("Thank you so much!", "gratitude"),
    ("Ok", "neutral"),
    ("I love it", "love"),
    ("Oh no, how sad", "sadness"),
)
WITHOUT_TORCH = (
    "import sys, importlib.util as u; real = u.find_spec\n"
    "u.find_spec = lambda name, *a: None if name == 'torch' else real(name, *a)\n"
    "sys.argv[0] = 'goemox'; from goemox.cli import main; main()"
)


def evaluate(*arguments, **variables):
    return goemox("evaluate", *arguments, **variables)


@pytest.fixture
def rows(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps({"text": text, "labels": [label]}) + "\n" for text, label in ROWS))
    return path


@pytest.fixture
def changed(tmp_path):
    """A copy of the bundled model with some of goemox.json replaced, and a label renamed where asked."""

    def make(rename=None, **facts):
        folder = tmp_path / "changed"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(default_folder(), folder)
        for name, changes in (("goemox.json", facts), ("config.json", {})):
            content = json.dumps(json.loads((folder / name).read_text()) | changes)
            for old, new in (rename or {}).items():
                content = content.replace(f'"{old}"', f'"{new}"')
            (folder / name).write_text(content)
        write_sums(folder)
        return folder

    return make


@pytest.fixture
def plain_folder(tmp_path):
    """A small multi-label folder as transformers saves it: no graph, no decision rule."""
    if not (find_spec("torch") and find_spec("transformers")):
        pytest.skip("needs the [train] extra to make a Hugging Face folder")
    import torch
    from transformers import DistilBertConfig, DistilBertForSequenceClassification

    torch.manual_seed(0)
    folder = tmp_path / "plain"
    config = DistilBertConfig(
        vocab_size=30522, dim=24, hidden_dim=48, n_layers=2, n_heads=4, max_position_embeddings=64,
        problem_type="multi_label_classification", id2label=dict(enumerate(GOEMOTIONS)),
    )  # fmt: skip
    DistilBertForSequenceClassification(config).save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(default_folder() / name, folder / name)
    return folder


def test_a_comparison_has_the_promised_keys_and_finds_no_difference_to_itself(rows):
    done = evaluate("--data", rows, "--against", "default", "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    against = document["against"]
    assert set(against) == {"model", "n_fitted_on", "metrics", "per_label"}
    assert (against["model"], against["n_fitted_on"]) == (document["model"], 0)
    assert list(against["metrics"]) == list(METRICS)
    for name, ends, p in (("micro_f1", 0.0, 1.0), ("macro_f1", None, None)):  # of labels without a row: none
        value = document["metrics"][name]["value"]
        assert against["metrics"][name] == {
            "value": value, "other": value, "difference": 0.0, "low": ends, "high": ends, "p_not_better": p,
        }  # fmt: skip
    assert "micro-F1 stands on more" in done.stderr
    assert [row["label"] for row in against["per_label"]] == list(GOEMOTIONS)
    assert "against" not in json.loads(evaluate("--data", rows, "--json").stdout)


def test_that_the_other_model_was_fitted_on_these_rows_is_told_too(rows, changed):
    keys = text_keys(text for text, _ in ROWS)
    fitted = {"by": "calibrate", "n": 4, "name": "rows", "texts": keys, "rows_sha256": "0" * 64}
    done = evaluate("--data", rows, "--against", changed(name="fitted", adapted=fitted))
    assert "fitted, beside it: 4 of 4 rows were used to fit this model's rule" in " ".join(
        done.stderr.split()
    )


def test_a_grouping_that_the_other_model_lacks_is_told_with_its_name_before_anything_is_scored(rows, changed):
    done = evaluate("--data", rows, "--grouping", "ekman", "--against", changed(mappings={}))
    assert done.returncode == 2
    assert "the model in changed has no grouping 'ekman'" in done.stderr


def test_the_table_has_every_metric_that_was_measured(rows):
    table = evaluate("--data", rows).stdout.partition("baseline ")[0]
    shown = [line.split()[0] for line in table.splitlines() if line.split()]
    unmeasured = "macro_f1_common"  # no label has 30 rows here
    assert [name for name in shown if name in METRICS] == [name for name in METRICS if name != unmeasured]


def test_a_comparison_is_printed_as_a_table(rows):
    done = evaluate("--data", rows, "--against", "default")
    assert "against goemox" in done.stdout
    assert "+0.0000" in done.stdout
    assert "brier (lower is better)" in done.stdout


def test_models_of_different_labels_are_refused_unless_both_are_mapped(rows, changed, tmp_path):
    folder = changed(rename={"love": "affection"})
    done = evaluate("--data", rows, "--against", folder)
    assert done.returncode == 4
    assert "only this one has love; only the other has affection" in done.stderr
    mapping = tmp_path / "mapping.json"
    rest = [label for label in GOEMOTIONS if label not in ("love", "gratitude", "neutral", "sadness")]
    groups = {"love": ["love", "affection"], "gratitude": ["gratitude"], "neutral": ["neutral", *rest]}
    mapping.write_text(json.dumps(groups | {"sadness": ["sadness"]}))
    done = evaluate("--data", rows, "--against", folder, "--mapping", mapping, "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["against"]
    assert [row["label"] for row in found["per_label"]] == ["love", "gratitude", "neutral", "sadness"]
    assert {row["f1"]["difference"] for row in found["per_label"]} == {0.0}


def test_the_cuts_are_shown_beside_dev_where_the_folder_knows_it(rows, changed):
    folder = changed(
        dev={"n": 9, "thresholds_compared": [{"rule": "chosen", "macro_f1": 0.75, "micro_f1": 0.5}]}
    )
    (line,) = [
        row for row in evaluate("--data", rows, "--model", folder).stdout.splitlines()
        if row.startswith("chosen")
    ]  # fmt: skip
    rule, dev, here, optimism, *_ = line.split()
    assert (rule, dev) == ("chosen", "0.7500")
    assert float(optimism) == pytest.approx(0.75 - float(here), abs=1e-4)
    unknown = evaluate("--data", rows, "--model", changed(dev=None))
    assert "optimism:" not in unknown.stdout  # a label is called so, too
    assert not [row for row in unknown.stdout.splitlines() if "macro-F1 dev" in row]


def test_the_model_stands_first_among_its_baselines(rows):
    table = evaluate("--data", rows).stdout.partition("baseline ")[2]
    head, first, *others = table.splitlines()
    assert head.split() == ["macro-F1", "micro-F1", "top-1", "mAP", "Brier"]
    assert first.startswith("this model")
    assert [row.split()[0] for row in others[:3]] == ["random", "majority", "prior"]


def test_reliability_curves_go_to_a_picture_that_stands_alone(rows, tmp_path):
    picture = tmp_path / "curves.svg"
    done = evaluate("--data", rows, "--reliability", picture, "--json")
    assert done.returncode == 0, done.stderr
    root = ElementTree.fromstring(picture.read_text("utf-8"))
    space = "{http://www.w3.org/2000/svg}"
    assert root.tag == f"{space}svg"
    assert "var(" not in root.find(f"{space}style").text
    assert root.find(f"{space}rect").get("fill") == "#ffffff"
    (curve,) = json.loads(done.stdout)["reliability"]
    assert len(list(root.iter(f"{space}circle"))) == len(curve["bins"])


@pytest.mark.parametrize(
    ("arguments", "code", "expected"),
    [
        (["--reliability", "curves.png"], 2, "ends in .svg"),
        (["--reliability", "a.svg", "-o", "a.svg"], 2, "are the same file"),
        (["--against", "nowhere"], 4, "no such model folder"),
    ],
)
def test_wrong_calls_say_what_is_wrong_and_write_nothing(rows, tmp_path, arguments, code, expected):
    here = [str(tmp_path / part) if part.endswith((".svg", ".png")) else part for part in arguments]
    done = evaluate("--data", rows, *here)
    assert done.returncode == code, done.stderr
    assert expected in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == [rows]


def test_a_hugging_face_folder_is_exported_for_the_call_and_claims_no_chosen_cut(
    rows, plain_folder, tmp_path, monkeypatch
):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    before = sorted(plain_folder.iterdir())
    both = ["--model", str(plain_folder), "--against", "default"]
    done = CliRunner().invoke(app, ["evaluate", "--data", str(rows), *both, "--json"])  # torch is loaded here
    assert done.exit_code == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["model"]["name"] == "plain"
    assert document["model"]["calibrated"] is False
    assert [row["rule"] for row in document["thresholds_compared"]] == ["0.5"]
    assert document["against"]["model"]["calibrated"] is True
    assert "making one for this call" in done.stderr
    assert "plain is uncalibrated" in done.stderr
    assert list(scratch.iterdir()) == []
    assert sorted(plain_folder.iterdir()) == before


def test_without_the_extra_a_folder_without_a_graph_names_the_export_command(rows, plain_folder):
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_TORCH, "evaluate", "--data", rows, "--model", plain_folder],
        capture_output=True, text=True, check=False, timeout=240,
    )  # fmt: skip
    assert done.returncode == 4
    assert f"goemox export --model {plain_folder}" in done.stderr


def test_the_table_says_what_the_sets_promise_and_miss(rows):
    table = evaluate("--data", rows).stdout
    assert "prediction sets: miss at most 20% of a text's true labels on average; " in table
    assert " in 4 texts, with " in table
