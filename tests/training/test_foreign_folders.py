import pickle
import re
import shutil

import numpy as np
import orjson
import pytest
import torch

import goemox
from goemox.data.samples import load_samples
from goemox.data.writers import write_records
from goemox.errors import GateFailed, InvalidModel
from goemox.records import TextRecord
from goemox.training.bases import load_base
from goemox.training.foreign import export_folder, export_weights

LABELS = ("calm", "cross", "keen")
TEXTS = [sample.text for sample in load_samples()]


@pytest.fixture(scope="module")
def plain(tiny_base, tmp_path_factory):
    """A plain three-label Hugging Face folder, as transformers saves it."""
    folder = tmp_path_factory.mktemp("plain") / "foreign"
    base = load_base(str(tiny_base), LABELS, np.full(3, 0.3), dropout=0.1, seed=0)
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in base.model.parameters():
            parameter.add_(torch.randn(parameter.shape, generator=generator) * 0.3)
    base.model.save_pretrained(folder)
    base.tokenizer.save(str(folder / "tokenizer.json"))
    return folder


@pytest.fixture(scope="module")
def exported(plain, tmp_path_factory):
    """The same with an fp32 graph."""
    return export_folder(plain, tmp_path_factory.mktemp("exported") / "out")


@pytest.fixture
def foreign(plain, tmp_path):
    """A copy of it, to be changed."""
    return shutil.copytree(plain, tmp_path / "foreign")


@pytest.fixture(scope="module")
def spoiled(plain, tmp_path_factory):
    """One that int8 spoils, and rows that its fp32 graph labelled."""
    folder = shutil.copytree(plain, tmp_path_factory.mktemp("spoiled") / "foreign")
    spoil(folder)
    return folder, labelled_by(export_folder(folder, folder.with_name("fp32")))


def labelled_by(folder):
    """The samples with the labels that the folder's fp32 graph gives, each to half of them."""
    logits = goemox.load(folder).scores(TEXTS).logits
    chosen = logits > np.median(logits, axis=0)
    return [
        TextRecord(str(i), text, "test", labels=frozenset(np.array(LABELS)[row].tolist()))
        for i, (text, row) in enumerate(zip(TEXTS, chosen, strict=True))
    ]


def spoil(folder):
    """Give the feed-forward columns one huge weight on an input that is always 0: int8 loses the others."""
    from safetensors.torch import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    weights["distilbert.transformer.layer.0.ffn.lin1.bias"][0] = -1000.0
    weights["distilbert.transformer.layer.0.ffn.lin2.weight"][:, 0] = 10_000.0
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def test_a_plain_folder_runs_after_its_export_and_says_it_is_uncalibrated(exported):
    clf = goemox.load(exported)
    assert clf.labels == LABELS
    assert not clf.rule.calibrated
    assert set(clf("What a lovely day").scores) == set(LABELS)


@pytest.mark.parametrize("name", ["training_args.bin", "checkpoint-500/optimizer.pt", "modeling_own.py"])
def test_what_can_carry_code_has_to_leave_the_folder_first(foreign, tmp_path, name):
    (foreign / name).parent.mkdir(exist_ok=True)
    (foreign / name).write_bytes(b"\x80\x04")
    with pytest.raises(InvalidModel, match="may carry code and is never read"):
        export_folder(foreign, tmp_path / "out")
    with pytest.raises(InvalidModel, match="may carry code and is never read"):
        load_base(str(foreign), LABELS, np.full(3, 0.3), dropout=0.1, seed=0)


def changed_weights(folder, change):
    from safetensors.torch import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    change(weights)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


ENCODER = "distilbert.transformer.layer.0.ffn.lin1.weight"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda weights: weights[ENCODER].fill_(np.nan), "NaN or infinite"),
        (lambda weights: weights.pop(ENCODER), "its weights lack distilbert"),
        (lambda weights: weights.update({ENCODER: weights[ENCODER][:3].clone()}), "."),
    ],
)
def test_weights_that_are_not_all_there_are_never_filled_up_at_random(foreign, tmp_path, change, told):
    changed_weights(foreign, change)
    with pytest.raises(InvalidModel, match=told):
        export_folder(foreign, tmp_path / "out")
    with pytest.raises(InvalidModel, match=told):
        load_base(str(foreign), LABELS, np.full(3, 0.3), dropout=0.1, seed=0)


def test_a_folder_that_lacks_its_head_is_a_base_but_no_classifier(foreign, tmp_path):
    changed_weights(foreign, lambda weights: weights.pop("classifier.weight"))
    with pytest.raises(InvalidModel, match=r"its weights lack classifier\.weight"):
        export_folder(foreign, tmp_path / "out")
    assert load_base(str(foreign), LABELS, np.full(3, 0.3), dropout=0.1, seed=0)


def say_problem_type(folder, value):
    config = orjson.loads((folder / "config.json").read_bytes())
    (folder / "config.json").write_bytes(orjson.dumps(config | {"problem_type": value}))


def test_a_single_label_model_answers_by_softmax_after_its_export(foreign, tmp_path):
    say_problem_type(foreign, "single_label_classification")
    clf = goemox.load(export_folder(foreign, tmp_path / "out"))
    assert clf.predict_proba(TEXTS).sum(axis=1) == pytest.approx(1)
    assert clf.predict(TEXTS).sum(axis=1).tolist() == [1] * len(TEXTS)


@pytest.mark.parametrize("problem_type", [None, "regression"])
def test_a_model_that_does_not_say_how_it_decides_is_refused_with_the_reason(foreign, tmp_path, problem_type):
    say_problem_type(foreign, problem_type)
    with pytest.raises(InvalidModel, match=f"problem_type {problem_type}; it must be multi_label"):
        export_folder(foreign, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_folder_without_safetensors_is_refused(foreign, tmp_path):
    (foreign / "model.safetensors").unlink()
    with pytest.raises(InvalidModel, match="transformers cannot load it"):
        export_folder(foreign, tmp_path / "out")


class Bomb:
    """Unpickling it leaves a file behind."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


@pytest.mark.parametrize("door", ["onnx", "hf", "base"])
def test_weights_in_a_pickle_are_never_read(foreign, tmp_path, door):
    (foreign / "model.safetensors").unlink()
    (foreign / "pytorch_model.bin").write_bytes(pickle.dumps(Bomb(tmp_path / "exploded")))
    with pytest.raises(InvalidModel):
        if door == "base":
            load_base(str(foreign), LABELS, np.full(3, 0.3), dropout=0.1, seed=0)
        else:
            (export_weights if door == "hf" else export_folder)(foreign, tmp_path / "out")
    assert not (tmp_path / "exploded").exists()
    assert not (tmp_path / "out").exists()


def test_an_int8_graph_that_loses_nothing_is_kept_and_its_figures_are_told(plain, exported, tmp_path):
    dev = labelled_by(exported)
    told = []
    clf = goemox.load(export_folder(plain, tmp_path / "out", dev=dev, say=told.append))
    assert clf.folder.onnx.name == "model_int8.onnx"
    assert set(clf("What a lovely day").scores) == set(LABELS)
    assert all(name in told[-1] for name in ("fp32_dev_macro_f1", "int8_dev_macro_f1", "int8_dev_map"))


def test_an_int8_graph_that_loses_quality_ends_in_exit_code_3_and_nothing_is_written(
    spoiled, tmp_path, command
):
    folder, dev = spoiled
    write_records(dev, tmp_path / "dev.jsonl", "jsonl")
    _, err, code = command(
        "export", "--model", folder, "--int8", "--data", tmp_path / "dev.jsonl",
        "--output-dir", tmp_path / "out",
    )  # fmt: skip
    assert code == GateFailed.exit_code == 3
    told = r"the int8 graph loses 0\.\d+ .*limit 0\.004.*nothing was written"
    assert re.search(told, err.splitlines()[-1]), err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "--model"),
        (["--model", "x", "--int8"], "--data"),
        (["--model", "x", "--data", "dev.jsonl"], "--int8"),
        (["--model", "out"], "--output-dir"),
    ],
)
def test_a_call_that_cannot_be_meant_is_a_usage_error(command, arguments, told):
    _, err, code = command("export", *arguments, "--output-dir", "out")
    assert code == 2
    assert told in err.splitlines()[-1]
