"""The engine that is always there: onnxruntime."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime

from goemox.errors import InvalidModel
from goemox.runtime.engine import EngineName, Outputs
from goemox.runtime.plan import RunCosts
from goemox.wording import first_line

__all__ = ["SLOWER", "OnnxruntimeEngine"]

# Fused operators that take longer than what they stand for: four times as long for an addition and a
# normalisation, a quarter of all the time (benchmarks/load/fusions.py); a third longer for an addition and
# GELU, 3 % of all (benchmarks/results/speed/graph.json).
SLOWER = ("SkipLayerNormFusion", "BiasGeluFusion")


class OnnxruntimeEngine:
    """One session; runs side by side share it, each on the thread that calls."""

    name: EngineName = "onnxruntime"
    survives_fork = True
    costs = RunCosts()

    def __init__(self, graph: bytes, path: Path) -> None:
        """Load a checked graph. Raises InvalidModel where onnxruntime cannot."""
        try:
            self._session = onnxruntime.InferenceSession(
                graph, _options(), providers=["CPUExecutionProvider"], disabled_optimizers=[*SLOWER]
            )
        except Exception as error:  # onnxruntime raises its own classes, without a common public base
            raise InvalidModel(
                f"{path}: onnxruntime cannot load this model ({first_line(error)}); get it again"
            ) from None
        self.inputs = tuple(node.name for node in self._session.get_inputs())
        self.outputs = tuple(node.name for node in self._session.get_outputs())

    def run(self, tokens: npt.NDArray[np.int64], mask: npt.NDArray[np.int64]) -> Outputs:
        """As `Engine.run`."""
        feeds = {"input_ids": tokens, "attention_mask": mask}
        feeds = {name: feeds[name] for name in self.inputs}
        return dict(zip(self.outputs, self._session.run(self.outputs, feeds), strict=True))


def _options() -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # `Scorer` runs batches side by side
    options.enable_mem_pattern = False  # texts differ in length: patterns are planned for nothing
    options.log_severity_level = 3
    return options
