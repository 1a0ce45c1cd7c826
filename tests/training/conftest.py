"""Training needs the [train] extra; where torch is missing, this folder is skipped as a whole."""

from importlib.util import find_spec

import pytest

collect_ignore_glob = [] if find_spec("torch") and find_spec("transformers") else ["test_*.py"]


@pytest.fixture(scope="session")
def tiny_base(tmp_path_factory):
    """A DistilBERT of one layer and 24 dimensions with a real vocabulary, as a local folder."""
    return make_base(tmp_path_factory.mktemp("tiny"), layers=1)


@pytest.fixture(scope="session")
def two_layer_base(tmp_path_factory):
    """The same with two layers, for what is said of layers; an export of it takes half as long again."""
    return make_base(tmp_path_factory.mktemp("two"), layers=2)


def make_base(folder, *, layers):
    """Write a small DistilBERT with random weights and the tokenizer of the default base to `folder`."""
    import torch
    from transformers import DistilBertConfig, DistilBertForSequenceClassification

    from goemox.training.bases import _minilm_folder
    from goemox.training.tokenizer import load_tokenizer

    torch.manual_seed(0)
    config = DistilBertConfig(
        vocab_size=30522, dim=24, hidden_dim=48, n_layers=layers, n_heads=4, max_position_embeddings=64
    )
    DistilBertForSequenceClassification(config).save_pretrained(folder)
    load_tokenizer(_minilm_folder()).save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(
        '{"tokenizer_class": "PreTrainedTokenizerFast", "pad_token": "[PAD]", "unk_token": "[UNK]", '
        '"cls_token": "[CLS]", "sep_token": "[SEP]", "mask_token": "[MASK]"}'
    )
    return folder
