"""Training needs the [train] extra; where torch is missing, this folder is skipped as a whole."""

from importlib.util import find_spec

import pytest

collect_ignore_glob = [] if find_spec("torch") and find_spec("transformers") else ["test_*.py"]


@pytest.fixture(scope="session")
def tiny_base(tmp_path_factory):
    """A two-layer DistilBERT of 24 dimensions with a real vocabulary, as a local folder."""
    import torch
    from transformers import DistilBertConfig, DistilBertForSequenceClassification

    from goemox.training.bases import _minilm_folder
    from goemox.training.tokenizer import load_tokenizer

    folder = tmp_path_factory.mktemp("tiny")
    torch.manual_seed(0)
    config = DistilBertConfig(
        vocab_size=30522, dim=24, hidden_dim=48, n_layers=2, n_heads=4, max_position_embeddings=64
    )
    DistilBertForSequenceClassification(config).save_pretrained(folder)
    load_tokenizer(_minilm_folder()).save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(
        '{"tokenizer_class": "PreTrainedTokenizerFast", "pad_token": "[PAD]", "unk_token": "[UNK]", '
        '"cls_token": "[CLS]", "sep_token": "[SEP]", "mask_token": "[MASK]"}'
    )
    return folder
