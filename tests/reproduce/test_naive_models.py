"""The model folders that a climb leaves of its naive rungs: whole, runnable without torch, made once."""

import json
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest
from safetensors.numpy import load_file

import goemox
from goemox.errors import UsageError
from goemox.model_folder import SUMS
from goemox.reproduce import reproduce
from goemox.reproduce.texts import read_texts

NAMES = ("naive", "naive-best-rate")
WITHOUT_TORCH = (
    "import sys\n"
    "for name in ('torch', 'transformers', 'onnx'): sys.modules[name] = None\n"
    "sys.argv[0] = 'goemox'; from goemox.cli import main; main()"
)


def trained(said):
    return [line.partition(":")[0] for line in said if "training on" in line]


@pytest.fixture(params=NAMES)
def kept(request, climbed):
    return climbed[0] / request.param


def test_a_kept_model_is_a_whole_folder_that_says_it_is_a_softmax(kept):
    names = {path.relative_to(kept).as_posix() for path in kept.rglob("*") if path.is_file()}
    assert names == {
        "README.md", "SHA256SUMS", "config.json", "goemox.json", "onnx/model.onnx", "tokenizer.json",
        "tokenizer_config.json",
    }  # fmt: skip
    assert len((kept / SUMS).read_text().splitlines()) == len(names) - 1
    assert json.loads((kept / "config.json").read_text())["problem_type"] == "single_label_classification"
    facts = json.loads((kept / "goemox.json").read_text())
    assert (facts["activation"], facts["fitted_on"], facts["conformal"]) == ("softmax", "", None)
    assert facts["training"]["rows"] == 48
    clf = goemox.load(kept)
    assert clf.folder.max_length == 64
    assert len(clf("Thank you so much!").labels) == 1
    assert "No model" not in (kept / "README.md").read_text()
    assert facts["name"] in (kept / "README.md").read_text()


def test_it_says_what_the_climb_measured_of_its_run(kept, climbed, data, plan):
    facts = json.loads((kept / "goemox.json").read_text())
    recipe = facts["training"]["recipe"]
    rung = next(rung for rung in climbed[2]["rungs"] if rung["name"] == kept.name)
    assert recipe["learning_rate"] == rung["seeds"][0]["learning_rate"]
    assert recipe["seed"] == 0
    cached = load_file(climbed[0] / "runs" / f"naive-{recipe['learning_rate']:g}-0.safetensors")
    texts = [record.text for record in read_texts(data, plan, "dev", offline=True).dev]
    np.testing.assert_allclose(goemox.load(kept).scores(texts).logits, cached["dev"], atol=0.02)
    assert facts["parity"]["ladder_max_logit_difference"] <= 0.02


def test_it_predicts_where_there_is_no_torch(kept):
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_TORCH, "predict", "--model", kept, "Thank you!"],
        capture_output=True, text=True, check=False, timeout=120, encoding="utf-8", env=dict(os.environ),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["labels"]) == 1
    assert "softmax over the labels" in done.stderr


def test_a_damaged_folder_is_made_again_and_nothing_else_is(climbed, data, plan, tmp_path):
    folder = shutil.copytree(climbed[0], tmp_path / "climb")
    graph = (folder / "naive" / "onnx" / "model.onnx").read_bytes()
    (folder / "naive" / "goemox.json").write_text("{}")
    said = []
    again = reproduce(data, folder, plan=plan, say=said.append)
    assert trained(said) == ["naive, as a model folder"]
    assert (folder / "naive" / "onnx" / "model.onnx").read_bytes() == graph
    assert again["rungs"] == climbed[2]["rungs"]
    assert any("kept in naive/" in line for line in said)


def test_something_else_in_its_place_is_left_alone(data, plan, tmp_path):
    (tmp_path / "naive").mkdir()
    (tmp_path / "naive" / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match="naive: is no model folder"):
        reproduce(data, tmp_path, plan=plan)
    assert (tmp_path / "naive" / "notes.txt").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["naive"]
