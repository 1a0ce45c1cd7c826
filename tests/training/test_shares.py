"""Training's own forward pass says what `distilbert_forward` says, and finds the same gradients."""

import numpy as np
import pytest
import torch

from goemox.data.samples import load_samples
from goemox.labels import GOEMOTIONS
from goemox.records import truth_matrix
from goemox.training import flat as flat_weights
from goemox.training.bases import load_base
from goemox.training.examples import Examples
from goemox.training.flat import FlatWeights, by_kind, sum_gradients, take, update
from goemox.training.forward import distilbert_forward
from goemox.training.gradients import gradient_of, side_by_side
from goemox.training.loop import Recipe, binary_cross_entropy, logits_of, train_loop
from goemox.training.shares import Dropout


@pytest.fixture
def fresh(tiny_base):
    def make():
        records = load_samples("reddit")
        truth = truth_matrix(records, GOEMOTIONS).astype(np.float32)
        base = load_base(str(tiny_base), GOEMOTIONS, truth.mean(0), dropout=0.0, seed=5)
        return base.model, Examples.of([r.text for r in records], truth, base.tokenizer, 64, 0)

    return make


def expected_of(model, examples, rows):
    """Loss, and gradients by name, of `distilbert_forward` on all rows at once in float32."""
    batch = examples.batch(rows)
    value = binary_cross_entropy(distilbert_forward(model, batch.ids, batch.mask)[0], batch.targets)
    value.backward()
    found = {name: p.grad.clone() for name, p in model.named_parameters()}
    model.zero_grad()
    return float(value.detach()), found


@pytest.mark.parametrize(("precision", "limit"), [("fp32", 1e-4), ("bf16", 0.1)])
@pytest.mark.parametrize("train_words", [False, True])
def test_the_gradients_are_those_of_the_plain_forward_pass(fresh, precision, limit, train_words):
    model, examples = fresh()
    model.dropout.p = 0.0
    rows = np.arange(30)
    loss, expected = expected_of(model, examples, rows)
    model.get_input_embeddings().weight.requires_grad_(train_words)
    with side_by_side() as run:
        gradient = gradient_of(model, binary_cross_entropy, run, dropout=0.0, seed=0, precision=precision)
        value, found = gradient(examples, rows, 1)
    assert value == pytest.approx(loss, rel=limit)
    sum_gradients(gradient.flat.pieces, found)
    names = [name for piece in gradient.flat.pieces for name in piece.names]
    assert sorted(names) == sorted(name for name, p in model.named_parameters() if p.requires_grad)
    longest = max(g.norm() for g in expected.values())
    for piece in gradient.flat.pieces:
        wanted = torch.cat([expected[name] for name in piece.names])
        assert (piece.gradient - wanted).norm() <= limit * wanted.norm() + 1e-5 * longest, piece.names


def test_one_row_makes_a_batch_too(fresh):
    model, examples = fresh()
    with side_by_side() as run:
        gradient = gradient_of(model, binary_cross_entropy, run, dropout=0.1, seed=0, precision="fp32")
        value, found = gradient(examples, np.array([3]), 1)
    assert np.isfinite(value)
    assert len(found) == 1


def test_one_thread_ends_with_the_weights_of_two(fresh):
    recipe = Recipe(epochs=1, batch_size=16, learning_rate=1e-3, seed=3, precision="fp32")
    threads, results = torch.get_num_threads(), []
    try:
        for number in (1, 2):
            torch.set_num_threads(number)
            model, examples = fresh()
            train_loop(model, examples, recipe)
            results.append(torch.cat([p.detach().flatten() for p in model.parameters()]))
    finally:
        torch.set_num_threads(threads)
    assert torch.equal(*results)


def test_bfloat16_learns_as_float32_does(fresh):
    logits = {}
    for precision in ("fp32", "bf16"):
        model, examples = fresh()
        train_loop(model, examples, Recipe(epochs=3, batch_size=16, learning_rate=2e-3, precision=precision))
        logits[precision] = logits_of(model, examples)
    spread = logits["fp32"].std()
    assert np.abs(logits["fp32"] - logits["bf16"]).mean() < 0.1 * spread


def test_dropout_keeps_the_mean_and_follows_from_seed_step_and_share():
    states = torch.ones(400, 500)
    mask = Dropout(1, 2, 0).mask(states, 0.15)
    assert float((mask == 0).float().mean()) == pytest.approx(0.15, abs=0.005)
    assert float(mask.mean()) == pytest.approx(1.0, abs=0.005)
    assert torch.equal(mask, Dropout(1, 2, 0).mask(states, 0.15))
    for other in (Dropout(1, 2, 1), Dropout(1, 3, 0), Dropout(2, 2, 0)):
        assert not torch.equal(mask, other.mask(states, 0.15))


def test_all_pieces_of_a_kind_at_once_are_changed_as_one_by_one(fresh, monkeypatch):
    ended = []
    for together in (False, True):  # the second is a graphics processor's way, which any processor can go
        generator = torch.Generator().manual_seed(2)
        flat = FlatWeights(fresh()[0], torch.float32)
        if together:
            monkeypatch.setattr(flat_weights, "_at_once", by_kind)
        for step in (1, 2, 3):
            found = [torch.randn(piece.weights.shape, generator=generator) for piece in flat.pieces]
            length = take(flat.pieces, found) if together else sum_gradients(flat.pieces, [found])
            scale = 0.5 / length**0.5 if step > 1 else 2.0  # clipped, and not
            update(flat.pieces, step=step, rate=1e-2, decay=0.1, scale=scale, keep=0.9)
        ended.append(flat.vectors)
    for name, vector in ended[0].items():
        torch.testing.assert_close(vector, ended[1][name], msg=name)


def test_what_nothing_depends_on_has_no_part_in_the_length(fresh):
    flat = FlatWeights(fresh()[0], torch.float32)
    found = [torch.ones(piece.weights.shape) for piece in flat.pieces]
    without = [None, *found[1:]]
    assert take(flat.pieces, without) == pytest.approx(sum_gradients(flat.pieces, [without]))
    assert take(flat.pieces, without) < take(flat.pieces, found)


def test_a_model_has_memory_of_its_own_before_and_after(fresh):
    model, examples = fresh()
    recipe = Recipe(epochs=1, batch_size=64, precision="fp32")
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    flat = FlatWeights(model, torch.float32)
    for name, parameter in model.named_parameters():
        assert torch.equal(parameter.detach(), before[name])
    flat.release()
    train_loop(model, examples, recipe)
    places = {p.untyped_storage().data_ptr() for p in model.parameters()}
    assert len(places) == len(list(model.parameters()))
