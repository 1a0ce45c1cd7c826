import json
import shutil
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from transformers import BertConfig, BertForSequenceClassification

from goemox.data.samples import load_samples
from goemox.labels import GOEMOTIONS
from goemox.records import truth_matrix
from goemox.training.bases import load_base
from goemox.training.examples import Examples, batches
from goemox.training.loop import Recipe, logits_of, train_loop

RECIPE = Recipe(epochs=3, batch_size=16, learning_rate=2e-3, average_decay=0.9, seed=5, precision="fp32")


@pytest.fixture(scope="module")
def fresh(tiny_base):
    """A model and its examples, the same at every call."""

    def make():
        records = load_samples("reddit")
        truth = truth_matrix(records, GOEMOTIONS).astype(np.float32)
        base = load_base(str(tiny_base), GOEMOTIONS, truth.mean(0), dropout=0.1, seed=5)
        return base.model, Examples.of([r.text for r in records], truth, base.tokenizer, 64, 0)

    return make


def weights(model):
    return torch.cat([p.detach().flatten() for p in model.parameters()])


@pytest.fixture(scope="module")
def unbroken(fresh, tmp_path_factory):
    """One whole run: its losses, the weights that it ended with, and its checkpoint."""
    model, examples = fresh()
    losses, path = [], tmp_path_factory.mktemp("unbroken") / "run.checkpoint"
    train_loop(
        model, examples, RECIPE, checkpoint=path, on_step=lambda step, total, loss, _: losses.append(loss)
    )
    return SimpleNamespace(losses=losses, weights=weights(model), checkpoint=path)


@pytest.fixture
def path(unbroken, tmp_path):
    """A copy of the whole run's checkpoint."""
    return shutil.copyfile(unbroken.checkpoint, tmp_path / "run.checkpoint")


def test_each_epoch_sees_every_row_once_in_an_order_of_its_own(fresh):
    _, examples = fresh()
    epochs = [[r for rows in batches(examples, 16, seed=1, epoch=e) for r in rows.tolist()] for e in (0, 1)]
    assert sorted(epochs[0]) == sorted(epochs[1]) == list(range(len(examples)))
    assert epochs[0] != epochs[1]
    assert epochs[0] == [r for rows in batches(examples, 16, seed=1, epoch=0) for r in rows.tolist()]


def test_the_loss_falls(unbroken):
    assert np.mean(unbroken.losses[-5:]) < 0.95 * np.mean(unbroken.losses[:2])


def test_the_same_seed_gives_the_same_weights(fresh, unbroken):
    model, examples = fresh()
    train_loop(model, examples, RECIPE)
    assert torch.equal(weights(model), unbroken.weights)


class Killed(Exception):
    pass


def first_step(model, examples, recipe, path):
    """The first step that is taken from this checkpoint on."""
    steps = []

    def kill(step, total, loss, speed):
        steps.append(step)
        raise Killed

    with pytest.raises(Killed):
        train_loop(model, examples, recipe, checkpoint=path, on_step=kill)
    return steps[0]


@pytest.mark.parametrize("last", [1, 4, 11])
def test_a_killed_run_ends_with_the_weights_of_an_unbroken_one(fresh, unbroken, tmp_path, last):
    def kill(step, total, loss, speed):
        if step == last:
            raise Killed

    path = tmp_path / "run.checkpoint"
    model, examples = fresh()
    with pytest.raises(Killed):
        train_loop(model, examples, RECIPE, checkpoint=path, checkpoint_every=2, on_step=kill)
    torch.manual_seed(999)  # a new process starts from another random state
    model, examples = fresh()
    steps = []
    train_loop(
        model, examples, RECIPE, checkpoint=path, checkpoint_every=2, on_step=lambda s, *_: steps.append(s)
    )
    assert steps[0] == last - last % 2 + 1
    assert torch.equal(weights(model), unbroken.weights)


def test_a_checkpoint_of_another_recipe_is_not_continued(fresh, path):
    assert first_step(*fresh(), replace(RECIPE, learning_rate=1e-3), path) == 1


def test_a_checkpoint_of_another_start_is_not_continued(fresh, path):
    model, examples = fresh()
    with torch.no_grad():
        model.get_input_embeddings().weight[7] += 0.1  # of a base that has other words: they are not trained
    assert first_step(model, examples, RECIPE, path) == 1


def test_a_checkpoint_of_another_way_of_computing_is_not_continued(fresh, path):
    with safe_open(path, framework="pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        facts = json.loads(file.metadata()["goemox"])
    del facts["run"]["way"]  # as those that were written before shares
    save_file(tensors, path, metadata={"goemox": json.dumps(facts)})
    assert first_step(*fresh(), RECIPE, path) == 1


def test_logits_come_in_the_order_of_the_examples(fresh):
    model, examples = fresh()
    model.eval()
    together = logits_of(model, examples, batch_size=7)
    one = examples.batch(np.array([3]))
    with torch.no_grad():
        alone = model(input_ids=one.ids, attention_mask=one.mask).logits.numpy()[0]
    assert together[3] == pytest.approx(alone, abs=1e-5)


def test_a_checkpoint_of_other_rows_or_targets_is_not_continued(fresh, path):
    model, examples = fresh()
    assert first_step(model, replace(examples, targets=0.5 * examples.targets), RECIPE, path) == 1


def test_a_killed_run_of_another_architecture_ends_with_the_weights_of_an_unbroken_one(fresh, tmp_path):
    _, examples = fresh()
    recipe = replace(RECIPE, epochs=1, dropout=0.1)

    def bert():
        torch.manual_seed(0)
        return BertForSequenceClassification(
            BertConfig(
                vocab_size=30522,
                hidden_size=24,
                num_hidden_layers=1,
                num_attention_heads=4,
                intermediate_size=48,
                num_labels=examples.targets.shape[1],
            )
        )

    def kill(step, total, loss, speed):
        if step == 3:
            raise Killed

    unbroken, path = bert(), tmp_path / "run.checkpoint"
    train_loop(unbroken, examples, recipe)
    with pytest.raises(Killed):
        train_loop(bert(), examples, recipe, checkpoint=path, checkpoint_every=2, on_step=kill)
    torch.manual_seed(999)
    resumed = bert()
    steps = []
    train_loop(resumed, examples, recipe, checkpoint=path, on_step=lambda s, *_: steps.append(s))
    assert steps[0] == 3
    assert torch.equal(weights(resumed), weights(unbroken))
