import numpy as np
import pytest

from goemox.runtime.ngram_net import NgramNet
from goemox.training.fast_net import FastRecipe, train_net

RECIPE = FastRecipe(epochs=6, batch_size=32, width=8, window=3, channels=16, hidden=12, learning_rate=0.01)
PIECES = 40


@pytest.fixture(scope="module")
def task():
    """Texts of random pieces: label 0 is piece 7, label 1 is piece 3 right before piece 5."""
    random = np.random.default_rng(0)
    ids = [random.integers(0, PIECES, size=random.integers(1, 12)).astype(np.int32) for _ in range(3_000)]
    ids = [np.concatenate([row, [3, 5]]).astype(np.int32) if i % 4 == 0 else row for i, row in enumerate(ids)]
    targets = np.array([[7 in row, any((row[:-1] == 3) & (row[1:] == 5))] for row in ids], dtype=np.float32)
    return ids, targets, random.normal(size=(PIECES, 16))


def logits_of(arrays, ids):
    net = NgramNet.from_arrays(arrays, "here", 2)
    return net.logits(np.concatenate(ids), np.array([len(row) for row in ids]))


def test_a_network_learns_pieces_and_their_order(task):
    ids, targets, words = task
    told = []
    logits = logits_of(train_net(ids, targets, words, RECIPE, say=told.append), ids)
    assert ((logits > 0) == (targets > 0.5)).mean() > 0.97
    assert len(told) == RECIPE.epochs


def test_the_same_seed_gives_the_same_network(task):
    ids, targets, words = task
    few = ids[:200], targets[:200], words
    one, again = (train_net(*few, FastRecipe(epochs=1, width=8, channels=4, hidden=4)) for _ in range(2))
    assert all(np.array_equal(one[name], again[name]) for name in one)


def test_a_network_of_fewer_steps_than_its_average_waits_for_is_trained_all_the_same(task):
    ids, targets, words = task
    few = ids[:100], targets[:100], words
    small = {"batch_size": 100, "width": 8, "channels": 16, "hidden": 12, "learning_rate": 0.03}
    losses = []
    for epochs in (1, 9):
        z = logits_of(train_net(*few, FastRecipe(epochs=epochs, **small)), ids[:100])
        losses.append(np.logaddexp(0.0, np.where(targets[:100] > 0.5, -z, z)).mean())
    assert losses[1] < losses[0] - 0.02


def test_soft_targets_are_met_on_average(task):
    ids, _, words = task
    soft = np.full((len(ids), 2), [0.3, 0.8], dtype=np.float32)
    p = 1 / (1 + np.exp(-logits_of(train_net(ids, soft, words, RECIPE), ids)))
    assert p.mean(axis=0) == pytest.approx([0.3, 0.8], abs=0.05)
