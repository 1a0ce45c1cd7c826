"""From labelled files to a folder that predicts: the real way, on a tiny base."""

import shutil

import numpy as np
import pytest
from transformers import AutoModelForSequenceClassification, AutoTokenizer, pipeline

import goemox
from goemox.data.samples import load_samples
from goemox.data.training_sets import read_training_set
from goemox.data.writers import write_records
from goemox.errors import GateFailed, InvalidInput
from goemox.model_folder import open_model
from goemox.release import train
from goemox.scores import sigmoid
from goemox.training.loop import Recipe

RECIPE = Recipe(epochs=2, batch_size=32, learning_rate=2e-3, max_length=48, precision="fp32")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    records = load_samples()
    for name, rows in (("train", records[::2]), ("dev", records[1::4]), ("test", records[3::4])):
        write_records(rows, folder / f"{name}.jsonl", "jsonl")
    return folder


@pytest.fixture(scope="module")
def model(data, tiny_base, tmp_path_factory):
    said = []
    output = tmp_path_factory.mktemp("m") / "model"
    folder = train(read_training_set(data), output, base=str(tiny_base), recipe=RECIPE, say=said.append)
    assert any("choosing thresholds" in line for line in said)
    return folder


def test_the_folder_is_whole_and_predicts_calibrated(model):
    clf = goemox.load(model)
    assert clf.rule.calibrated
    prediction = clf("Thank you so much!")
    assert set(prediction.scores) == set(clf.labels)
    assert prediction.domain_percentile is not None
    assert open_model(model).json("evaluation.json")["n"] > 20
    assert "per label" in (model / "README.md").read_text().lower()
    assert not list(model.parent.glob("*.checkpoint"))


def test_plain_transformers_loads_the_folder_and_agrees(model):
    texts = [sample.text for sample in load_samples("issue")][:20]
    plain = pipeline(
        "text-classification",
        model=AutoModelForSequenceClassification.from_pretrained(model),
        tokenizer=AutoTokenizer.from_pretrained(model),
        top_k=None,
        function_to_apply="sigmoid",
    )
    from goemox.labels import GOEMOTIONS
    from goemox.model_folder import file_sha256
    from goemox.runtime.session import Scorer

    graph = model / "onnx/model.onnx"
    scorer = Scorer(graph, model / "tokenizer.json", GOEMOTIONS, 64, file_sha256(graph))
    ours = sigmoid(scorer.score(texts).logits)
    theirs = [{row["label"]: row["score"] for row in rows} for rows in plain(texts)]
    for row, scores in zip(ours, theirs, strict=True):
        assert row.tolist() == pytest.approx([scores[label] for label in GOEMOTIONS], abs=1e-4)


def test_a_model_can_leave_out_what_is_not_needed_at_run_time(model, tmp_path):
    slim = tmp_path / "slim"
    shutil.copytree(model, slim)
    (slim / "model.safetensors").unlink()
    (slim / "onnx/model.onnx").unlink()
    texts = ["Thank you", "Oh no"]
    assert np.array_equal(goemox.load(slim).predict_proba(texts), goemox.load(model).predict_proba(texts))


def test_the_graphs_tell_nothing_of_the_machine_that_made_them(model):
    for name in ("model.onnx", "model_int8.onnx"):
        content = (model / "onnx" / name).read_bytes()
        assert b"stack_trace" not in content
        assert b"site-packages" not in content


def test_unlabelled_data_is_refused_before_anything_is_trained(tmp_path):
    (tmp_path / "train.csv").write_text("text\nfine\n")
    with pytest.raises(InvalidInput):
        read_training_set(tmp_path)


def test_a_model_that_int8_would_hurt_ships_its_fp32_graph_and_says_so(
    data, tiny_base, tmp_path, monkeypatch
):
    monkeypatch.setattr("goemox.training.gate.INT8_LIMIT", -1.0)  # no graph passes
    monkeypatch.setattr("goemox.training.gate.GATE_ROWS", 0)
    said = []
    settings = {"base": str(tiny_base), "recipe": RECIPE, "say": said.append}
    folder = train(read_training_set(data), tmp_path / "model", **settings)
    assert goemox.load(folder).folder.onnx.name == "model.onnx"
    assert not (folder / "onnx/model_int8.onnx").exists()
    assert any("the int8 graph loses" in line and "fp32 graph alone" in line for line in said)
    with pytest.raises(GateFailed, match="the int8 graph loses"):
        train(read_training_set(data), tmp_path / "bundle", bundle=True, **settings)
    assert not (tmp_path / "bundle").exists()
