"""Training on from the bundled model, and from any goemox folder."""

import shutil

import numpy as np
import pytest
import torch

import goemox
from goemox.data.samples import load_samples
from goemox.data.training_sets import TrainingSet
from goemox.labels import GOEMOTIONS
from goemox.model_folder import default_folder
from goemox.records import TextRecord
from goemox.release import train
from goemox.training.bases import load_base
from goemox.training.dequantise import full_model
from goemox.training.examples import Examples
from goemox.training.loop import Recipe, logits_of
from goemox.training.tokenizer import load_tokenizer

RECIPE = Recipe(epochs=1, batch_size=32, learning_rate=2e-3, max_length=48, precision="fp32")
TEXTS = [sample.text for sample in load_samples()][:20]
NEW = ("joy", "boredom", "grumpiness")
PRIOR = np.array([0.4, 0.05, 0.2])


def logits(model, tokenizer, texts=TEXTS):
    k = len(model.config.id2label)
    return logits_of(model, Examples.of(texts, np.zeros((len(texts), k)), tokenizer, 64, 0))


@pytest.fixture(scope="module")
def bundled():
    return full_model(default_folder()).eval()


@pytest.fixture(scope="module")
def renamed():
    """The bundled model as a base for three labels, of which it knows one."""
    return load_base("default", NEW, PRIOR, dropout=0.15, seed=0)


def test_the_same_labels_start_with_the_head_of_the_bundled_model(bundled):
    backwards = GOEMOTIONS[::-1]
    base = load_base("default", backwards, np.full(28, 0.5), dropout=0.15, seed=0)
    assert tuple(base.model.config.id2label.values()) == backwards
    expected = logits(bundled, load_tokenizer(default_folder()))
    assert logits(base.model, base.tokenizer)[:, ::-1] == pytest.approx(expected, abs=1e-5)


def test_other_labels_start_on_the_encoder_and_pooling_of_the_bundled_model(bundled, renamed):
    theirs, ours = bundled.state_dict(), renamed.model.state_dict()
    assert theirs.keys() == ours.keys()
    assert all(torch.equal(theirs[n], ours[n]) for n in theirs if not n.startswith("classifier."))
    assert tuple(renamed.model.config.id2label.values()) == NEW
    assert renamed.model.config.problem_type == "multi_label_classification"


def test_a_label_that_the_bundled_model_knows_starts_from_its_row_at_the_new_base_rate(bundled, renamed):
    known = GOEMOTIONS.index("joy")
    before = logits(bundled, renamed.tokenizer)[:, known]
    after = logits(renamed.model, renamed.tokenizer)[:, 0]
    assert np.corrcoef(before, after)[0, 1] > 0.9999
    share = goemox.load().folder.facts["training"]["label_share"]["joy"]
    moved = np.log(0.4 / 0.6) - np.log(share / (1 - share))
    assert (after - before).tolist() == pytest.approx([moved] * len(TEXTS), abs=1e-3)


def test_a_new_label_starts_at_its_base_rate(renamed):
    fresh = logits(renamed.model, renamed.tokenizer, [s.text for s in load_samples()][::3])[:, 1:]
    expected = np.log(PRIOR[1:] / (1 - PRIOR[1:]))
    assert fresh.mean(axis=0).tolist() == pytest.approx(expected.tolist(), abs=0.05)
    assert fresh.std(axis=0).max() < 1


def test_dropout_is_the_recipes_except_in_the_head_which_keeps_its_own(renamed):
    assert renamed.model.config.dropout == renamed.model.config.attention_dropout == 0.15
    assert renamed.model.dropout.p == 0.0


def test_the_tokenizer_is_the_bundled_one(renamed):
    tokens = renamed.tokenizer.encode("[NAME] is not [RELIGION]").tokens
    assert tokens == ["[CLS]", "[NAME]", "is", "not", "[RELIGION]", "[SEP]"]
    long = Examples.of(["word " * 600], np.zeros((1, 3)), renamed.tokenizer, 512, 0)
    assert len(long.ids[0]) == 512
    assert np.isfinite(logits_of(renamed.model, long)).all()


@pytest.fixture(scope="module")
def folder(tiny_base, tmp_path_factory):
    """A small goemox folder as `goemox train` writes it."""
    rows = load_samples()
    splits = TrainingSet("samples", GOEMOTIONS, rows[::2], rows[1::2], [])
    return train(splits, tmp_path_factory.mktemp("folder") / "mine", base=str(tiny_base), recipe=RECIPE)


def test_a_folder_with_weights_and_one_with_an_int8_graph_alone_start_alike(folder, tmp_path):
    slim = shutil.copytree(folder, tmp_path / "slim")
    (slim / "model.safetensors").unlink()
    (slim / "onnx/model.onnx").unlink()
    starts = [load_base(str(path), NEW, PRIOR, dropout=0.1, seed=0) for path in (folder, slim)]
    whole, quantised = (logits(base.model, base.tokenizer) for base in starts)
    assert quantised == pytest.approx(whole, abs=0.1)
    assert starts[0].name.endswith("via mine")


def test_training_goes_on_from_a_folder_to_labels_of_ones_own(folder, tmp_path):
    rows = [
        TextRecord(sample.id, sample.text, "test", labels=frozenset([NEW[i % 3]]))
        for i, sample in enumerate(load_samples())
    ]
    splits = TrainingSet("mine", NEW, rows[::2], rows[1::2], [])
    clf = goemox.load(train(splits, tmp_path / "out", base=str(folder), recipe=RECIPE))
    assert clf.labels == NEW
    assert clf.folder.facts["training"]["base"].endswith("via mine")
    assert set(clf("Thank you!").scores) == set(NEW)
