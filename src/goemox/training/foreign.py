"""A model folder written again: with the graph that goemox runs, or with its full weights.

`export_folder` gives any Hugging Face classifier's folder an ONNX graph; `export_weights` gives a goemox
folder, the bundled one too, the weights that plain transformers and further training need.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import orjson
from safetensors.torch import save
from transformers import PreTrainedModel

from goemox.atomic import write_bytes, write_text
from goemox.data.samples import load_samples
from goemox.decision.shipped import PROBLEM_TYPES, rule_of
from goemox.errors import GateFailed, InvalidModel
from goemox.model_card_texts import FP32_COPY
from goemox.model_folder import (
    CARD,
    FACTS,
    ONNX_FP32,
    ONNX_INT8,
    TOKENIZER,
    WEIGHTS,
    ModelFolder,
    file_sha256,
    open_model,
)
from goemox.model_place import write_folder
from goemox.records import TextRecord, truth_matrix
from goemox.runtime.session import Scorer
from goemox.runtime.tokenize import TextEncoder
from goemox.scores import Floats
from goemox.training.bases import Base
from goemox.training.dequantise import full_model, only_graph, stored_model
from goemox.training.export import CALIBRATION_TEXTS, EARLY, PARITY_LIMIT, scorer_of, spread, torch_parity
from goemox.training.gate import gate_int8
from goemox.training.graph import export_fp32
from goemox.training.quantise import write_int8
from goemox.training.tokenizer import load_tokenizer
from goemox.training.train import Trained

__all__ = ["export_folder", "export_weights"]

KEPT = (".json", ".safetensors", ".txt", ".md", ".model")
GRAPH_LIMIT = 0.25  # mean logit difference between weights and the graph they are from; rounding costs .06

Say = Callable[[str], None]


def export_folder(
    source: Path,
    output: Path,
    *,
    dev: Sequence[TextRecord] | None = None,
    say: Say = lambda message: None,
) -> Path:
    """Copy a model folder to `output` with an fp32 ONNX graph in it, proven equal to torch; returns it.

    dev: labelled rows; with them an int8 graph is made too, with activation ranges from at most 1,024 of
    their texts, and compared with the fp32 graph on all of them. `say` is told the figures.
    Calibration and thresholds are not made up: a folder without goemox.json predicts with plain sigmoids at
    .5, or the top label of a softmax, and says so. Raises InvalidModel where the folder is no classifier that
    transformers can load, or does not say of which kind, GateFailed where the graph and torch differ by more
    than PARITY_LIMIT or int8 loses more than `training.gate` allows; then nothing is written.
    """
    folder = _classifying(source)
    if only_graph(source):
        raise InvalidModel(
            f"{source}: a graph without {WEIGHTS}; goemox runs it as it is, and "
            f"goemox export --format hf --model {source} works full weights back out of it"
        )
    return _write(folder, stored_model(source), output, dev, say)


def export_weights(
    source: Path,
    output: Path,
    *,
    dev: Sequence[TextRecord] | None = None,
    say: Say = lambda message: None,
) -> Path:
    """Write `source` to `output` as a Hugging Face folder with full weights and the fp32 graph of them.

    Weights are copied where there are any, else worked back out of the folder's graph. Decision rule, domain
    profile, tokenizer and card are kept; the card tells where figures are an int8 graph's. Parameters and
    errors as for `export_folder`; GateFailed also where the weights do not say what the graph that
    they come from says.
    """
    folder = _classifying(source)
    return _write(folder, full_model(source), output, dev, say)


def _classifying(source: Path) -> ModelFolder:
    folder = open_model(source)
    problem = folder.config.get("problem_type")
    if problem not in PROBLEM_TYPES.values():
        raise InvalidModel(
            f"{source}: config.json says problem_type {problem}; it must be multi_label_classification where "
            "the model decides label by label, single_label_classification where it gives each text one label"
        )
    return folder


def _write(
    folder: ModelFolder, model: PreTrainedModel, output: Path, dev: Sequence[TextRecord] | None, say: Say
) -> Path:
    """The folder with weights and graphs, whole or not at all."""
    model.eval()
    source = folder.path
    texts = [sample.text for sample in load_samples()]
    trained = Trained(model, Base(source.name, model, load_tokenizer(source)), folder.labels, {})
    with write_folder(output) as target:
        for file in source.iterdir():
            if file.is_file() and file.suffix in KEPT:
                shutil.copyfile(file, target / file.name)
        origin = only_graph(source)
        if origin:
            write_bytes(target / WEIGHTS, save(model.state_dict(), metadata=_origin_of(origin)))
        export_fp32(model, target / ONNX_FP32, _early_layer(folder))
        logits = scorer_of(trained, target, ONNX_FP32).score(texts).logits
        difference = torch_parity(trained, logits, texts)
        if difference > PARITY_LIMIT:
            raise GateFailed(
                f"the graph differs from torch by {difference:.2g} in a logit (limit {PARITY_LIMIT:g}); "
                "nothing was written: this architecture is not exported faithfully, so take another model"
            )
        if origin:
            _compare(logits, _scorer(folder, origin).score(texts).logits)
        parity = {"fp32_max_logit_difference": difference}
        if dev is not None:
            parity |= _add_int8(folder, target, dev)
            say("  ".join(f"{name} {value:.4g}" for name, value in parity.items()))
        _tell_parity(folder, target, parity)
    return output


def _origin_of(graph: Path) -> dict[str, str]:
    """What a weights file worked out of a graph says of itself."""
    return {"format": "pt", "goemox": f"dequantised from {graph.name} {file_sha256(graph)}"}


def _early_layer(folder: ModelFolder) -> int:
    """The layer whose mean is the embedding: the one that the folder's domain profile was fitted on."""
    embedding = (folder.facts or {}).get("embedding")
    layer = embedding.get("layer") if isinstance(embedding, dict) else None
    return layer if isinstance(layer, int) else EARLY


def _scorer(folder: ModelFolder, graph: Path) -> Scorer:
    return Scorer(graph, folder.path / TOKENIZER, folder.labels, folder.max_length, file_sha256(graph))


def _compare(ours: Floats, theirs: Floats) -> None:
    """Refuse weights that do not say what the folder's own graph says of the same texts.

    The difference is measured in standard deviations of that graph's logits over the texts.
    """
    difference = np.abs(ours - theirs).mean() / max(theirs.std(axis=0).mean(), 1e-6)
    if difference > GRAPH_LIMIT:
        raise GateFailed(
            f"the full weights differ from the folder's graph by {difference:.2g} standard deviations of a "
            f"logit on average (limit {GRAPH_LIMIT:g}); nothing was written"
        )


def _add_int8(folder: ModelFolder, target: Path, dev: Sequence[TextRecord]) -> dict[str, float]:
    """The int8 graph, measured against the fp32 one with the folder's own rule, or that of its kind."""
    texts = [record.text for record in dev]
    encoder = TextEncoder(target / TOKENIZER, folder.max_length)
    ids = [row.tolist() for row in encoder.encode(spread(texts, CALIBRATION_TEXTS)).rows()]
    write_int8(target / ONNX_FP32, target / ONNX_INT8, ids, encoder.pad_id)
    scores = [_scorer(folder, target / name).score(texts) for name in (ONNX_FP32, ONNX_INT8)]
    try:
        return gate_int8(rule_of(folder), scores[0], scores[1], truth_matrix(dev, folder.labels))
    except GateFailed as failed:
        raise GateFailed(f"{failed}; nothing was written") from None


def _tell_parity(folder: ModelFolder, target: Path, parity: dict[str, float]) -> None:
    """Put the figures of the new graphs into goemox.json, where there is one, and tell a lost int8 graph."""
    card = target / CARD
    if folder.facts is not None:
        if (folder.path / ONNX_INT8).is_file() and not (target / ONNX_INT8).is_file() and card.is_file():
            write_text(card, card.read_text("utf-8") + FP32_COPY)
        facts = {**folder.facts, "parity": parity}
        write_bytes(target / FACTS, orjson.dumps(facts, option=orjson.OPT_INDENT_2))
