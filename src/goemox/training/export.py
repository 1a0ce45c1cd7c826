"""A trained model to the files of a folder, with proof that they say the same.

`export_model` writes all that a model of goemox's has, `export_softmax` what a naive one needs to run.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import orjson
from safetensors import SafetensorError

from goemox.atomic import write_bytes
from goemox.decision.shipped import PROBLEM_TYPES
from goemox.errors import GateFailed
from goemox.model_folder import (
    MAX_LENGTH,
    ONNX_FP32,
    ONNX_INT8,
    TOKENIZER,
    WEIGHTS,
    file_sha256,
)
from goemox.runtime.session import Scorer
from goemox.scores import Floats
from goemox.training.examples import Examples
from goemox.training.graph import export_fp32
from goemox.training.loop import logits_of
from goemox.training.naive import Tuned
from goemox.training.quantise import write_int8
from goemox.training.train import Trained, examples_of
from goemox.wording import first_line

__all__ = [
    "EARLY",
    "PARITY_LIMIT",
    "export_model",
    "export_softmax",
    "scorer_of",
    "spread",
    "torch_parity",
]

PARITY_LIMIT = 1e-4  # largest logit difference between torch and the fp32 graph
EARLY = 1  # the layer whose mean is the embedding where no domain profile asks for another
CALIBRATION_TEXTS = 1_024
PARITY_TEXTS = 256
AFTER_PAD = frozenset(
    {"camembert", "roberta", "roberta-prelayernorm", "xlm-roberta", "xlm-roberta-xl", "xmod"}
)
"""Architectures that count positions from the padding's id + 1 on, so that those before it are never used."""


def export_model(
    trained: Trained, folder: Path, texts: Sequence[str], *, embedding_depth: int
) -> dict[str, float]:
    """Write weights, tokenizer and both graphs into `folder`, and return the parity figures.

    texts: training texts that the int8 activation ranges are taken from. Raises GateFailed where the
    fp32 graph and torch differ by more than PARITY_LIMIT, OSError where the disk is full.
    """
    try:
        trained.model.save_pretrained(folder)
    except SafetensorError as error:  # what a full disk raises there
        raise OSError(f"{folder / WEIGHTS}: cannot be written: {first_line(error)}") from error
    parity = _write_graph(trained, folder, texts, embedding_depth, _max_length(trained))
    sample = _examples(trained, spread(texts, CALIBRATION_TEXTS))
    write_int8(folder / ONNX_FP32, folder / ONNX_INT8, sample.ids, sample.pad_id)
    return parity


def spread(texts: Sequence[str], n: int) -> Sequence[str]:
    """At most n of them, as far apart as they can be: files may be sorted."""
    return texts[:: max(1, -(-len(texts) // n))]


def export_softmax(
    tuned: Tuned, labels: Sequence[str], folder: Path, texts: Sequence[str]
) -> dict[str, float]:
    """Write a model that gives one label a text into `folder`, and return the parity figure.

    Config, tokenizer and fp32 graph: all that is needed to run it; its weights are in the graph alone. It
    reads as many tokens of a text as it was trained on. texts, errors: as for `export_model`.
    """
    config = copy.deepcopy(tuned.model.config)
    config.problem_type = PROBLEM_TYPES["softmax"]
    config.architectures = [type(tuned.model).__name__]
    config.save_pretrained(folder)
    trained = Trained(tuned.model, tuned.base, tuple(labels), {})
    return _write_graph(trained, folder, texts, EARLY, tuned.max_length)


def _write_graph(
    trained: Trained, folder: Path, texts: Sequence[str], embedding_depth: int, max_length: int
) -> dict[str, float]:
    """Tokenizer and fp32 graph, proven equal to torch."""
    trained.base.tokenizer.save(str(folder / TOKENIZER))
    settings = _tokenizer_config(trained, max_length)
    write_bytes(folder / "tokenizer_config.json", orjson.dumps(settings, option=orjson.OPT_INDENT_2))
    export_fp32(trained.model, folder / ONNX_FP32, embedding_depth)
    texts = spread(texts, PARITY_TEXTS)
    difference = torch_parity(trained, scorer_of(trained, folder, ONNX_FP32).score(texts).logits, texts)
    if difference > PARITY_LIMIT:
        raise GateFailed(
            f"the ONNX graph differs from torch by {difference:.2g} in a logit (limit {PARITY_LIMIT:g}); "
            "nothing was written: try another --seed, or tell us, since the export is at fault"
        )
    return {"fp32_max_logit_difference": difference}


def scorer_of(trained: Trained, folder: Path, onnx: str) -> Scorer:
    """The runtime on one of the folder's graphs."""
    path = folder / onnx
    return Scorer(path, folder / TOKENIZER, trained.labels, _max_length(trained), file_sha256(path))


def torch_parity(trained: Trained, logits: Floats, texts: Sequence[str]) -> float:
    """Largest difference between the logits that torch gives `texts` and these, of the graph."""
    expected = logits_of(trained.model, _examples(trained, texts))
    return float(np.abs(expected - logits).max())


def _examples(trained: Trained, texts: Sequence[str]) -> Examples:
    """Texts as the runtime reads them; their targets are not looked at."""
    nothing = np.zeros((len(texts), len(trained.labels)))
    return examples_of(trained.base, texts, nothing, _max_length(trained))


def _max_length(trained: Trained) -> int:
    """Tokens of a text that a reader of the folder takes (see `model_folder`), where positions allow."""
    config = trained.model.config
    positions = int(getattr(config, "max_position_embeddings", MAX_LENGTH))
    if config.model_type in AFTER_PAD:
        positions -= (config.pad_token_id or 0) + 1
    return min(MAX_LENGTH, positions)


def _tokenizer_config(trained: Trained, max_length: int) -> dict[str, object]:
    names = {f"{name}_token": f"[{name.upper()}]" for name in ("pad", "unk", "cls", "sep", "mask")}
    known = {key: token for key, token in {**names, **trained.base.special}.items() if _knows(trained, token)}
    return {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": max_length} | known


def _knows(trained: Trained, token: str) -> bool:
    return trained.base.tokenizer.token_to_id(token) is not None
