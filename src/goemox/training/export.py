"""`export_model`: a trained model to the files of a folder, with proof that they say the same."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import orjson

from goemox.atomic import write_bytes
from goemox.errors import GateFailed
from goemox.model_folder import CONFIG, ONNX_FP32, ONNX_INT8, TOKENIZER, file_sha256
from goemox.runtime.session import Scorer
from goemox.scores import Floats, ScoreMatrix
from goemox.training.examples import Examples
from goemox.training.graph import export_fp32
from goemox.training.loop import logits_of
from goemox.training.quantise import write_int8
from goemox.training.train import Trained

__all__ = ["PARITY_LIMIT", "export_model", "scorer_of", "torch_parity"]

PARITY_LIMIT = 1e-4  # largest logit difference between torch and the fp32 graph
CALIBRATION_TEXTS = 1_024
PARITY_TEXTS = 256


def export_model(
    trained: Trained, folder: Path, texts: Sequence[str], *, embedding_depth: int
) -> dict[str, float]:
    """Write weights, tokenizer and both graphs into `folder`, and return the parity figures.

    texts: training texts that the int8 activation ranges are taken from. Raises GateFailed where the
    fp32 graph and torch differ by more than PARITY_LIMIT.
    """
    trained.model.save_pretrained(folder)
    trained.base.tokenizer.save(str(folder / TOKENIZER))
    write_bytes(
        folder / "tokenizer_config.json", orjson.dumps(_tokenizer_config(trained), option=orjson.OPT_INDENT_2)
    )
    export_fp32(trained.model, folder / ONNX_FP32, embedding_depth)
    pad = trained.base.tokenizer.token_to_id("[PAD]") or 0
    sample = Examples.of(
        texts[:CALIBRATION_TEXTS],
        np.zeros((min(len(texts), CALIBRATION_TEXTS), 1)),
        trained.base.tokenizer,
        512,
        pad,
    )
    write_int8(folder / ONNX_FP32, folder / ONNX_INT8, sample.ids, pad)
    difference = torch_parity(trained, scorer_of(trained, folder, ONNX_FP32), texts[:PARITY_TEXTS])
    if difference > PARITY_LIMIT:
        raise GateFailed(
            f"the ONNX graph differs from torch by {difference:.2g} in a logit (limit {PARITY_LIMIT:g})"
        )
    return {"fp32_max_logit_difference": difference}


def scorer_of(trained: Trained, folder: Path, onnx: str) -> Scorer:
    """The runtime on one of the folder's graphs."""
    path = folder / onnx
    config = orjson.loads((folder / CONFIG).read_bytes())
    length = int(config.get("max_position_embeddings", 512))
    return Scorer(path, folder / TOKENIZER, trained.labels, length, file_sha256(path))


def torch_parity(trained: Trained, scorer: Scorer, texts: Sequence[str]) -> float:
    """Largest difference of a logit between torch and `scorer` over `texts`."""
    pad = trained.base.tokenizer.token_to_id("[PAD]") or 0
    examples = Examples.of(
        texts, np.zeros((len(texts), len(trained.labels))), trained.base.tokenizer, 512, pad
    )
    expected: Floats = logits_of(trained.model, examples)
    found: ScoreMatrix = scorer.score(texts)
    return float(np.abs(expected - found.logits).max())


def _tokenizer_config(trained: Trained) -> dict[str, object]:
    special = {"pad": "[PAD]", "unk": "[UNK]", "cls": "[CLS]", "sep": "[SEP]", "mask": "[MASK]"}
    known = {
        f"{name}_token": token for name, token in special.items() if trained.base.tokenizer.token_to_id(token)
    }
    known |= {"pad_token": "[PAD]"} if trained.base.tokenizer.token_to_id("[PAD]") is not None else {}
    length = getattr(trained.model.config, "max_position_embeddings", 512)
    return {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": length} | known
