"""The engine that is faster on some processors, where it is installed: OpenVINO.

Importing OpenVINO tells its makers so, through openvino_telemetry, which also leaves files in the home
folder. Here it is imported without that package, as OpenVINO itself provides for.

What is not covered: an OpenVINO that somebody else has imported in this process before.
"""

from __future__ import annotations

import io
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from goemox.errors import GoemoxError, InvalidModel
from goemox.runtime.cores import instructions
from goemox.runtime.engine import EngineName, Outputs
from goemox.runtime.plan import RunCosts
from goemox.wording import first_line

__all__ = ["OpenvinoEngine"]

BFLOAT16 = frozenset({"avx512_bf16", "amx_bf16"})  # instruction sets with products of bf16
PREPARED = 1_000  # operators of a kind kept ready, of some sixty shapes; 5,000 by default: 1.5 GB in time
TELEMETRY = "openvino_telemetry"
_IMPORTING = threading.Lock()


class OpenvinoEngine:
    """One compiled graph with a stream for each caller; requests are lent to calls and given back."""

    name: EngineName = "openvino"
    survives_fork = False
    costs = RunCosts(run_tokens=12, shape_tokens=40)

    def __init__(self, graph: bytes, path: Path, n_callers: int) -> None:
        """Compile a checked graph for `n_callers` runs side by side. Raises InvalidModel where it cannot."""
        openvino = _openvino()
        settings = {
            "NUM_STREAMS": n_callers,
            "INFERENCE_NUM_THREADS": n_callers,
            "INFERENCE_PRECISION_HINT": _precision(graph),
            "CPU_RUNTIME_CACHE_CAPACITY": PREPARED,
            "ENABLE_CPU_PINNING": False,  # other programs' threads have cores, too
        }
        try:
            core = openvino.Core()
            read = core.read_model(io.BytesIO(graph))
            self._compiled = core.compile_model(read, "CPU", settings)
        except Exception as error:  # of several classes, without a common public base
            raise InvalidModel(
                f"{path}: openvino cannot load this model ({first_line(error)}); take --runtime onnxruntime"
            ) from None
        self.inputs = tuple(port.get_any_name() for port in read.inputs)
        self.outputs = tuple(port.get_any_name() for port in read.outputs)
        self._idle: list[Any] = []  # requests; adding and taking one need no lock

    def run(self, tokens: npt.NDArray[np.int64], mask: npt.NDArray[np.int64]) -> Outputs:
        """As `Engine.run`."""
        feeds = {"input_ids": tokens, "attention_mask": mask}
        try:
            request = self._idle.pop()
        except IndexError:
            request = self._compiled.create_infer_request()
        request.infer({name: feeds[name] for name in self.inputs}, share_inputs=True)
        outputs = {name: np.array(request.get_tensor(name).data) for name in self.outputs}
        self._idle.append(request)
        return outputs


def _precision(graph: bytes) -> str:
    """What is computed with between the integers: bf16 where the processor multiplies it, f32 elsewhere.

    A graph without integers stays in f32: all of its products would be rounded, which no gate has judged.
    """
    is_int8 = b"DequantizeLinear" in graph
    return "bf16" if is_int8 and BFLOAT16 & (instructions() or frozenset()) else "f32"


def _openvino() -> Any:
    """The library, imported without its telemetry."""
    with _IMPORTING:
        if "openvino" in sys.modules:
            return sys.modules["openvino"]
        before = sys.modules.get(TELEMETRY)
        sys.modules[TELEMETRY] = None  # type: ignore[assignment]  # makes importing it fail
        try:
            import openvino
        except (ImportError, OSError) as error:
            raise GoemoxError(
                f"openvino cannot be imported ({first_line(error)}): pip install --force-reinstall openvino"
            ) from None
        finally:
            del sys.modules[TELEMETRY]
            if before is not None:
                sys.modules[TELEMETRY] = before
        return openvino
