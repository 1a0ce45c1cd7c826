"""The stages of profile.json with the graph taken apart by operators.json: what a picture stacks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from competitors import BEFORE, DEFAULT, FASTEST

__all__ = ["FILLS", "parts_of"]

STAGES = {
    "tokens": ("tokens",),
    "padding, copies": ("plan", "padding and copies"),
    "graph": ("graph",),
    "labels, domain distance": ("labels", "domain distance"),
    "answers": ("answers",),
}
KINDS = (  # of operators, by the names that onnxruntime and OpenVINO give them; the first that fits
    ("int8 products", re.compile(r"MatMulInteger|QLinearMatMul|QGemm|_I8|_i8|_u8")),
    ("attention", re.compile(r"FusedMatMul|MatMul$|Softmax|Attention|Subgraph|Dot")),
    ("sums, norms, GELU", re.compile(r"Norm|MVN|Add|Mul|Div|Sub|Erf|Gelu|Eltwise|FullyConnected|Gemm")),
    ("quantising, moving", re.compile(r"Quant|Transpose|Reorder|Reshape|Convert|Cast|Gather|Concat|Split")),
)
REST = "rest of the graph"
FILLS = {  # class of the picture for each part
    "tokens": "good", "padding, copies": "watch", "graph": "others", "int8 products": "others",
    "attention": "calibrated", "sums, norms, GELU": "neutral", "quantising, moving": "edge", REST: "line",
    "labels, domain distance": "admiration", "answers": "bad",
}  # fmt: skip
MEASURED_AS = {
    DEFAULT: ("after", "onnxruntime"), FASTEST: ("after", "openvino"), BEFORE: ("before", "onnxruntime"),
}  # fmt: skip
SHAPE = (32, 18)  # rows and tokens of the run whose operators are told


def parts_of(name: str, stages: Mapping[str, float], operators: Mapping[str, Any] | None) -> dict[str, float]:
    """Microseconds of each part of a text; the graph is one part where its operators were not timed."""
    found = {part: sum(stages[each] for each in some) for part, some in STAGES.items()}
    shares = _shares(name, operators or {})
    if not shares:
        return found
    whole = {part: found["graph"] * share for part, share in shares.items()}
    return {"tokens": found["tokens"], "padding, copies": found["padding, copies"], **whole} | {
        part: found[part] for part in ("labels, domain distance", "answers")
    }


def _shares(name: str, operators: Mapping[str, Any]) -> dict[str, float]:
    """Of the kinds of operators in the graph's time, summing to one; empty where they were not timed."""
    when, runtime = MEASURED_AS[name]
    for run in operators.get(when, {}).get("runs", ()):
        if run["runtime"] == runtime and (run["rows"], run["tokens"]) == SHAPE:
            shares = dict.fromkeys([*(kind for kind, _ in KINDS), REST], 0.0)
            for each in run["operators"]:
                shares[_kind(each["kind"])] += each["share"]
            total = sum(shares.values())
            return {kind: share / total for kind, share in shares.items()}
    return {}


def _kind(operator: str) -> str:
    return next((kind for kind, names in KINDS if names.search(operator)), REST)
