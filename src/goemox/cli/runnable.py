"""A model that `goemox evaluate` can run: as it is, or a plain Hugging Face folder exported for one call."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from goemox.classifier import EmotionClassifier
from goemox.cli.options import say
from goemox.errors import InvalidModel, MissingExtra
from goemox.runtime.engine import Runtime
from goemox.tiers import Tier

__all__ = ["runnable"]


def runnable(
    model: str, stack: ExitStack, tier: Tier = "best", runtime: Runtime = "onnxruntime"
) -> EmotionClassifier:
    """Open "default" or a folder; one without a graph gets its graph in a temporary folder of `stack`.

    tier, runtime: who answers and what runs it, as for `EmotionClassifier`.
    Raises InvalidModel for what is no model, and, where [train] is not installed, for a folder without a
    graph; GateFailed where the new graph does not say what torch says.
    """
    classifier = EmotionClassifier.from_pretrained(model, tier=tier, runtime=runtime)
    try:
        _ = classifier.folder.onnx
    except InvalidModel as no_graph:
        try:
            from goemox.training.foreign import export_folder
        except MissingExtra:
            raise no_graph from None
    else:
        return classifier
    say(
        f"{model}: no ONNX graph in it; making one for this call. "
        f"To keep it: goemox export --model {model} --output-dir DIR"
    )
    parent = Path(stack.enter_context(TemporaryDirectory(prefix="goemox-")))
    exported = export_folder(Path(model), parent / Path(model).resolve().name)
    return EmotionClassifier.from_pretrained(exported, runtime=runtime)
