"""`export_folder`: any Hugging Face multi-label folder, given the graph that goemox runs."""

from __future__ import annotations

import shutil
from pathlib import Path

from transformers import AutoModelForSequenceClassification

from goemox.data.samples import load_samples
from goemox.errors import GateFailed, InvalidModel
from goemox.model_folder import ONNX_FP32, open_model, write_folder
from goemox.training.bases import Base
from goemox.training.export import PARITY_LIMIT, scorer_of, torch_parity
from goemox.training.graph import export_fp32
from goemox.training.tokenizer import load_tokenizer
from goemox.training.train import Trained

__all__ = ["export_folder"]

KEPT = (".json", ".safetensors", ".txt", ".md", ".model")
EARLY = 1  # the layer whose mean a domain profile could be fitted on later


def export_folder(source: Path, output: Path) -> Path:
    """Copy a model folder to `output` with an fp32 ONNX graph in it, proven equal to torch; returns it.

    Calibration and thresholds are not made up: such a folder predicts with plain sigmoids at .5 and says so.
    Raises InvalidModel where the folder is no multi-label classifier that transformers can load, GateFailed
    where the graph and torch differ by more than PARITY_LIMIT.
    """
    folder = open_model(source)
    if folder.config.get("problem_type") != "multi_label_classification":
        raise InvalidModel(
            f"{source}: config.json does not say problem_type multi_label_classification; a model trained to "
            "give one label a text has scores that cannot be read label by label"
        )
    try:
        model = AutoModelForSequenceClassification.from_pretrained(
            source, use_safetensors=True, trust_remote_code=False
        )
    except (OSError, ValueError) as error:
        first = str(error).strip().splitlines()[0]
        raise InvalidModel(f"{source}: transformers cannot load it: {first}") from error
    model.eval()
    trained = Trained(model, Base(source.name, model, load_tokenizer(source)), folder.labels, {})
    with write_folder(output) as target:
        for file in source.iterdir():
            if file.is_file() and file.suffix in KEPT:
                shutil.copyfile(file, target / file.name)
        export_fp32(model, target / ONNX_FP32, EARLY)
        scorer = scorer_of(trained, target, ONNX_FP32)
        difference = torch_parity(trained, scorer, [sample.text for sample in load_samples()])
        if difference > PARITY_LIMIT:
            raise GateFailed(
                f"the graph differs from torch by {difference:.2g} in a logit (limit {PARITY_LIMIT:g})"
            )
    return output
