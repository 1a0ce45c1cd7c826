"""`Engine`: what runs a graph, and which there are. Loading one is the matter of `runtime.loading`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Literal, Protocol, get_args

import numpy as np
import numpy.typing as npt

from goemox.errors import MissingExtra, UsageError
from goemox.runtime.plan import RunCosts

__all__ = [
    "ENGINES",
    "Engine",
    "EngineName",
    "Outputs",
    "Runtime",
    "is_installed",
    "runtime_of",
]

EngineName = Literal["onnxruntime", "openvino"]
Runtime = Literal["auto", "onnxruntime", "openvino"]
"""An engine by name, or "auto": the faster one, once that is worth finding out (`runtime.choice`)."""

ENGINES: tuple[EngineName, ...] = get_args(EngineName)
RUNTIMES: tuple[Runtime, ...] = get_args(Runtime)
VARIABLE = "GOEMOX_RUNTIME"

Outputs = Mapping[str, npt.NDArray[np.float32]]


class Engine(Protocol):
    """A loaded graph. Safe to call from several threads; each call is one run, on one core.

    inputs, outputs: names as the graph has them. costs: what its runs cost, for `runtime.plan`.
    survives_fork: whether it runs in a forked process too; else it has threads, which are gone there.
    """

    name: EngineName
    survives_fork: bool
    costs: RunCosts
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]

    def run(self, tokens: npt.NDArray[np.int64], mask: npt.NDArray[np.int64]) -> Outputs:
        """Outputs by name, row i for row i; tokens and mask: (b, w), mask 1 where there is a token, else 0.

        Raises whatever the engine's library raises.
        """
        ...


def runtime_of(name: str | None) -> Runtime:
    """A runtime by its name; None is the one that GOEMOX_RUNTIME names, or "auto" where it names none.

    Raises UsageError for another name, MissingExtra where the runtime is not installed.
    """
    said = os.environ.get(VARIABLE, "").strip() if name is None else ""
    wanted = said or ("auto" if name is None else name)
    for known in RUNTIMES:
        if wanted == known:
            if known == "openvino" and not is_installed(known):
                raise MissingExtra("the runtime 'openvino'", "openvino")
            return known
    where = f" ({VARIABLE})" if said else ""
    raise UsageError(f"no runtime {wanted!r}{where}; there are {', '.join(RUNTIMES)}")


def is_installed(name: EngineName) -> bool:
    """Whether an engine's library can be found; it is not imported."""
    try:
        return find_spec(name) is not None
    except (ImportError, ValueError):
        return False
