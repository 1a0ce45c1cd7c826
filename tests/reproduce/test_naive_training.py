import numpy as np
import pytest
import torch

from goemox.errors import InvalidInput
from goemox.labels import GOEMOTIONS
from goemox.records import TextRecord, truth_matrix
from goemox.scores import sigmoid
from goemox.training.bases import load_base
from goemox.training.examples import Examples, batches
from goemox.training.naive import first_labels, naive_recipe, softmax_cross_entropy, tune

ADMIRATION, NEUTRAL = GOEMOTIONS.index("admiration"), GOEMOTIONS.index("neutral")


def test_the_first_label_is_the_lowest_in_goemotions_order():
    records = [TextRecord("1", "a", labels=frozenset({"joy", "admiration", "neutral"}))]
    assert first_labels(records, GOEMOTIONS).tolist() == [ADMIRATION]


def test_the_first_label_is_the_first_in_the_official_file(goemox_data):
    from goemox.data.goemotions import read_split

    path = goemox_data / "goemotions" / "train.tsv"
    ids = [line.split("\t")[1] for line in path.read_text("utf-8").split("\n") if line]
    first = first_labels(read_split(path.parent, "train"), GOEMOTIONS)
    assert first.tolist() == [int(cell.split(",")[0]) for cell in ids]


def test_a_row_without_a_label_is_refused_by_its_id():
    with pytest.raises(InvalidInput, match=r"row 2 .*'b'.* no label"):
        first_labels(
            [TextRecord("a", "x", labels=frozenset({"joy"})), TextRecord("b", "y", labels=frozenset())],
            GOEMOTIONS,
        )


def test_the_naive_loss_is_minus_the_log_softmax_of_the_target():
    logits = torch.tensor([[0.0, np.log(3.0)], [np.log(4.0), 0.0]])
    targets = torch.tensor([[0.0, 1.0], [0.0, 1.0]])
    expected = -(np.log(3 / 4) + np.log(1 / 5)) / 2
    assert float(softmax_cross_entropy(logits, targets)) == pytest.approx(expected, abs=1e-6)


@pytest.fixture(scope="module")
def two_labels():
    """Rows that all carry admiration first and neutral second."""
    texts = [f"{word} well done" for word in ("so", "very", "much", "now", "then", "here", "again")] * 8
    return [TextRecord(str(i), t, labels=frozenset({"admiration", "neutral"})) for i, t in enumerate(texts)]


def tuned(records, targets, base, **options):
    texts = [record.text for record in records]
    recipe = naive_recipe(1e-2, epochs=10)
    return tune(texts, targets, GOEMOTIONS, base=str(base), recipe=recipe, **options).logits(texts)


def test_a_naive_model_unlearns_every_label_but_the_first(two_labels, tiny_base):
    first = np.eye(28, dtype=np.float32)[first_labels(two_labels, GOEMOTIONS)]
    logits = tuned(two_labels, first, tiny_base, loss=softmax_cross_entropy)
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    assert shares[:, ADMIRATION].min() > 0.9
    assert shares[:, NEUTRAL].max() < 0.1


def test_with_sigmoids_the_same_rows_teach_both_labels(two_labels, tiny_base):
    truth = truth_matrix(two_labels, GOEMOTIONS).astype(np.float32)
    p = sigmoid(tuned(two_labels, truth, tiny_base))
    assert p[:, [ADMIRATION, NEUTRAL]].min() > 0.9
    assert np.delete(p, [ADMIRATION, NEUTRAL], axis=1).max() < 0.2


def test_the_stock_base_has_no_seventh_layer_and_a_head_that_knows_nothing():
    base = load_base("minilm-stock", GOEMOTIONS, np.full(28, 0.5), dropout=0.1, seed=0)
    assert base.model.config.n_layers == len(base.model.distilbert.transformer.layer) == 6
    assert float(base.model.classifier.bias.detach().abs().max()) == 0.0
    assert float(base.model.pre_classifier.bias.detach().abs().max()) == 0.0


def test_plain_shuffling_mixes_lengths_and_still_sees_every_row_once():
    lengths = np.tile(np.arange(1, 41), 10)
    spread = {}
    for bucket in (1, 50):
        examples = Examples([[0] * n for n in lengths], np.zeros((400, 2)), 0, bucket=bucket)
        planned = list(batches(examples, 16, seed=0, epoch=0))
        assert sorted(np.concatenate(planned)) == list(range(400))
        spread[bucket] = np.mean([lengths[rows].std() for rows in planned])
    assert spread[50] < 1 < 9 < spread[1]
