import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import AutoModel, RobertaConfig, RobertaForSequenceClassification

from goemox.data.samples import load_samples
from goemox.errors import InvalidModel
from goemox.labels import GOEMOTIONS
from goemox.training.bases import _minilm_folder, load_base
from goemox.training.examples import Examples
from goemox.training.export import _tokenizer_config
from goemox.training.train import Trained

PRIOR = np.linspace(0.01, 0.3, 28)


@pytest.fixture(scope="module")
def base():
    loaded = load_base("minilm", GOEMOTIONS, PRIOR, dropout=0.15, seed=0)
    loaded.model.eval()
    return loaded


@pytest.fixture(scope="module")
def batch(base):
    texts = [sample.text for sample in load_samples()][:64]
    return Examples.of(texts, np.zeros((64, 28)), base.tokenizer, 64, 0).batch(np.arange(64))


@torch.no_grad()
def test_the_encoder_is_carried_over_exactly(base, batch):
    original = AutoModel.from_pretrained(_minilm_folder()).eval()
    expected = original(input_ids=batch.ids, attention_mask=batch.mask).last_hidden_state
    states = base.model.distilbert(input_ids=batch.ids, attention_mask=batch.mask, output_hidden_states=True)
    difference = (states.hidden_states[6] - expected)[batch.mask.bool()].abs().max()
    assert float(difference) < 1e-5


@torch.no_grad()
def test_the_seventh_layer_starts_as_the_mean_of_all_tokens(base, batch):
    states = base.model.distilbert(input_ids=batch.ids, attention_mask=batch.mask, output_hidden_states=True)
    weight = batch.mask.unsqueeze(-1)
    mean = (states.hidden_states[6] * weight).sum(1) / weight.sum(1)
    similarity = torch.nn.functional.cosine_similarity(mean, states.hidden_states[7][:, 0])
    assert float(similarity.min()) > 0.9


@torch.no_grad()
def test_the_head_starts_linear_and_at_the_base_rates(base, batch):
    hidden = base.model.distilbert(input_ids=batch.ids, attention_mask=batch.mask)[0][:, 0]
    assert float((base.model.pre_classifier(hidden) > 0).float().mean()) > 0.999
    logits = base.model(input_ids=batch.ids, attention_mask=batch.mask).logits.mean(0)
    assert np.corrcoef(logits.numpy(), np.log(PRIOR / (1 - PRIOR)))[0, 1] > 0.9


def test_masks_are_one_token_each_and_the_vocabulary_keeps_its_size(base):
    tokens = base.tokenizer.encode("[NAME] is not [RELIGION]").tokens
    assert tokens == ["[CLS]", "[NAME]", "is", "not", "[RELIGION]", "[SEP]"]
    assert base.tokenizer.get_vocab_size() == base.model.config.vocab_size == 30522


def test_a_base_that_does_not_exist_is_refused_in_one_line(tmp_path):
    with pytest.raises(InvalidModel, match="cannot be loaded"):
        load_base(str(tmp_path / "nothing"), GOEMOTIONS, PRIOR, dropout=0.1, seed=0)


def test_any_local_folder_can_be_a_base(tiny_base):
    loaded = load_base(str(tiny_base), ("a", "b", "c"), np.full(3, 0.3), dropout=0.1, seed=0)
    assert loaded.model.config.id2label == {0: "a", 1: "b", 2: "c"}
    assert loaded.model.config.problem_type == "multi_label_classification"


@pytest.fixture
def roberta(tmp_path):
    """A tiny RoBERTa with a head for anger, joy and sad, as a local folder, and that head's rows."""
    words = Tokenizer(models.BPE(vocab={"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, "a": 4}, merges=[]))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    words.save(str(tmp_path / "tokenizer.json"))
    (tmp_path / "tokenizer_config.json").write_text(
        '{"tokenizer_class": "PreTrainedTokenizerFast", "pad_token": "<pad>", "unk_token": "<unk>"}'
    )
    config = RobertaConfig(
        vocab_size=5, hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8,
        max_position_embeddings=20, id2label={0: "anger", 1: "joy", 2: "sad"},
    )  # fmt: skip
    model = RobertaForSequenceClassification(config)
    model.save_pretrained(tmp_path)
    return tmp_path, model.classifier.out_proj.weight.detach()


def test_a_head_with_as_many_labels_in_another_order_is_taken_by_name(roberta):
    folder, rows = roberta
    loaded = load_base(str(folder), ("sad", "new", "anger"), np.full(3, 0.3), dropout=0.1, seed=0)
    mine = loaded.model.classifier.out_proj.weight
    assert torch.equal(mine[0], rows[2])
    assert torch.equal(mine[2], rows[0])
    assert not any(torch.equal(mine[1], row) for row in rows)


def test_a_trained_model_calls_its_padding_as_its_base_does(roberta):
    loaded = load_base(str(roberta[0]), ("a", "b"), np.full(2, 0.3), dropout=0.1, seed=0)
    said = _tokenizer_config(Trained(loaded.model, loaded, ("a", "b"), {}), 16)
    assert (said["pad_token"], said["unk_token"]) == ("<pad>", "<unk>")
