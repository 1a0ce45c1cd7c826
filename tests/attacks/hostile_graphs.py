"""ONNX graphs that reach out, never end, or answer what no classifier does. Needs the onnx package."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

K = 28  # labels of the bundled model
N_TOKENS = 30_522  # of its tokenizer
OPSET = 17


def _model(
    nodes: Sequence[onnx.NodeProto],
    constants: Sequence[onnx.TensorProto] = (),
    *,
    inputs: Sequence[str] = ("input_ids", "attention_mask"),
    outputs: Sequence[str] = ("logits",),
    opset: int = OPSET,
    domains: Sequence[str] = (),
    functions: Sequence[onnx.FunctionProto] = (),
    kind: int = TensorProto.FLOAT,
) -> bytes:
    graph = helper.make_graph(
        list(nodes),
        "g",
        [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "tokens"]) for name in inputs],
        [helper.make_tensor_value_info(name, kind, None) for name in outputs],
        list(constants),
    )
    opsets = [helper.make_opsetid("", opset), *(helper.make_opsetid(name, 1) for name in domains)]
    return helper.make_model(
        graph, opset_imports=opsets, ir_version=8, functions=list(functions)
    ).SerializeToString()


def _constant(name: str, array: np.ndarray) -> onnx.TensorProto:
    return numpy_helper.from_array(array, name)


def _external(name: str, where: str, shape: Sequence[int]) -> onnx.TensorProto:
    tensor = TensorProto()
    tensor.name, tensor.data_type, tensor.data_location = name, TensorProto.FLOAT, TensorProto.EXTERNAL
    tensor.dims.extend(shape)
    for key, value in (("location", where), ("offset", "0")):
        told = tensor.external_data.add()
        told.key, told.value = key, value
    return tensor


def honest(width: int = K, value: float = 0.0) -> bytes:
    """A graph that answers the same logits for every text."""
    return _answer(np.full(width, value, dtype=np.float32))


def _answer(row: np.ndarray, **options: object) -> bytes:
    """Logits (batch, len(row)): the mean of the tokens' embeddings, which are 0, plus `row`."""
    return _model(
        [
            helper.make_node("Gather", ["table", "input_ids"], ["embedded"], axis=0),
            helper.make_node("ReduceMean", ["embedded"], ["mean"], axes=[1], keepdims=0),
            helper.make_node("Add", ["mean", "row"], ["logits"]),
        ],
        [_constant("table", np.zeros((N_TOKENS, 1), dtype=np.float32)), _constant("row", row)],
        **options,  # type: ignore[arg-type]
    )


def nan_for_long_texts(tokens: int = 12) -> bytes:
    """A graph that answers zeros, and NaN for texts of more than `tokens` tokens."""
    return _model(
        [
            helper.make_node("Cast", ["attention_mask"], ["f"], to=TensorProto.FLOAT),
            helper.make_node("ReduceSum", ["f", "one"], ["n"], keepdims=1),
            helper.make_node("Sub", ["most", "n"], ["left"]),
            helper.make_node("Sqrt", ["left"], ["root"]),  # of a negative number: NaN
            helper.make_node("Mul", ["root", "zeros"], ["logits"]),
        ],
        [
            _constant("one", np.array([1], dtype=np.int64)),
            _constant("most", np.array([tokens], dtype=np.float32)),
            _constant("zeros", np.zeros(K, dtype=np.float32)),
        ],
    )


def _loop(count: int) -> bytes:
    body = helper.make_graph(
        [helper.make_node("Identity", ["go"], ["again"]), helper.make_node("Add", ["x", "x"], ["y"])],
        "body",
        [
            helper.make_tensor_value_info("i", TensorProto.INT64, []),
            helper.make_tensor_value_info("go", TensorProto.BOOL, []),
            helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, K]),
        ],
        [
            helper.make_tensor_value_info("again", TensorProto.BOOL, []),
            helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, K]),
        ],
    )
    return _model(
        [helper.make_node("Loop", ["n", "yes", "start"], ["logits"], body=body)],
        [
            _constant("n", np.array(count, dtype=np.int64)),
            _constant("yes", np.array(True)),
            _constant("start", np.zeros((1, K), dtype=np.float32)),
        ],
    )


def _nested_ifs(depth: int) -> bytes:
    inner = helper.make_graph(
        [helper.make_node("Identity", ["row"], ["out0"])],
        "leaf",
        [],
        [helper.make_tensor_value_info("out0", TensorProto.FLOAT, [1, K])],
    )
    for level in range(1, depth):
        inner = helper.make_graph(
            [helper.make_node("If", ["yes"], [f"out{level}"], then_branch=inner, else_branch=_leaf(level))],
            f"level{level}",
            [],
            [helper.make_tensor_value_info(f"out{level}", TensorProto.FLOAT, [1, K])],
        )
    return _model(
        [helper.make_node("If", ["yes"], ["logits"], then_branch=inner, else_branch=_leaf(depth))],
        [_constant("yes", np.array(True)), _constant("row", np.zeros((1, K), dtype=np.float32))],
    )


def _leaf(level: int) -> onnx.GraphProto:
    return helper.make_graph(
        [helper.make_node("Identity", ["row"], [f"else{level}"])],
        f"else{level}",
        [],
        [helper.make_tensor_value_info(f"else{level}", TensorProto.FLOAT, [1, K])],
    )


def _doubling(depth: int) -> bytes:
    """Functions that each call the next one twice: 2^depth nodes when they are expanded."""
    functions = []
    for level in range(depth):
        inner = "Leaf" if level == 0 else f"F{level - 1}"
        domain = "" if level == 0 else "own"
        op = "Identity" if level == 0 else inner
        functions.append(
            helper.make_function(
                "own",
                f"F{level}",
                ["x"],
                ["y"],
                [
                    helper.make_node(op, ["x"], ["a"], domain=domain),
                    helper.make_node(op, ["a"], ["y"], domain=domain),
                ],
                [helper.make_opsetid("", OPSET), helper.make_opsetid("own", 1)],
            )
        )
    return _model(
        [helper.make_node(f"F{depth - 1}", ["row"], ["logits"], domain="own")],
        [_constant("row", np.zeros((1, K), dtype=np.float32))],
        domains=["own"],
        functions=functions,
    )


def _with_external(where: str) -> bytes:
    return _model([helper.make_node("Identity", ["row"], ["logits"])], [_external("row", where, [1, K])])


def _external_in_attribute(where: str) -> bytes:
    constant = helper.make_node("Constant", [], ["row"], value=_external("v", where, [1, K]))
    return _model([constant, helper.make_node("Identity", ["row"], ["logits"])])


def _external_in_subgraph(where: str) -> bytes:
    def branch(name: str) -> onnx.GraphProto:
        return helper.make_graph(
            [helper.make_node("Identity", [f"w{name}"], [name])],
            name,
            [],
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, K])],
            [_external(f"w{name}", where, [1, K])],
        )

    return _model(
        [helper.make_node("If", ["yes"], ["logits"], then_branch=branch("a"), else_branch=branch("b"))],
        [_constant("yes", np.array(True))],
    )


def graph_attacks() -> dict[str, bytes]:
    """What each attack puts in the place of the graph."""
    row = np.zeros(K, dtype=np.float32)
    big = _constant("shape", np.array([2**40], dtype=np.int64))
    return {
        "external data, ../../etc/passwd": _with_external("../../etc/passwd"),
        "external data, absolute": _with_external("/etc/passwd"),
        "external data in the same folder": _with_external("weights.data"),
        "external data in the working directory": _with_external("pyproject.toml"),
        "external data in an attribute": _external_in_attribute("weights.data"),
        "external data in a subgraph": _external_in_subgraph("weights.data"),
        "a loop of 2^62 turns": _loop(2**62),
        "ifs, 14 deep": _nested_ifs(14),
        "ifs, 25 deep": _nested_ifs(25),
        "functions that double 40 times": _doubling(40),
        "an operator of another library": _model(
            [helper.make_node("Run", ["input_ids"], ["logits"], domain="evil.example")],
            domains=["evil.example"],
        ),
        "an operator that does not exist": _model([helper.make_node("Execute", ["input_ids"], ["logits"])]),
        "an opset that does not exist": _answer(row, opset=999),
        "another input": _answer(row, inputs=("input_ids", "attention_mask", "token_type_ids")),
        "no input_ids": _model(
            [
                helper.make_node("Cast", ["attention_mask"], ["f"], to=TensorProto.FLOAT),
                helper.make_node("ReduceSum", ["f"], ["logits"]),
            ],
            inputs=("attention_mask",),
        ),
        "another output": _answer(row, outputs=("scores",)),
        "a label too few": honest(K - 1),
        "a label too many": honest(K + 1),
        "no labels": honest(0),
        "NaN for every text": honest(value=float("nan")),
        "infinity for every text": honest(value=float("inf")),
        "logits for the whole batch": _model(
            [helper.make_node("Identity", ["row"], ["logits"])],
            [_constant("row", np.zeros((3, K), dtype=np.float32))],
        ),
        "logits of three dimensions": _model(
            [helper.make_node("Identity", ["row"], ["logits"])],
            [_constant("row", np.zeros((1, 1, K), dtype=np.float32))],
        ),
        "logits that are words": _model(
            [helper.make_node("Identity", ["row"], ["logits"])],
            [helper.make_tensor("row", TensorProto.STRING, [1, K], [b"x"] * K)],
            kind=TensorProto.STRING,
        ),
        "fewer embeddings than tokens": _model(
            [
                helper.make_node("Gather", ["table", "input_ids"], ["all"], axis=0),
                helper.make_node("ReduceMean", ["all"], ["logits"], axes=[1], keepdims=0),
            ],
            [_constant("table", np.zeros((100, K), dtype=np.float32))],
        ),
        "a constant of 4 TB": _model(
            [
                helper.make_node("ConstantOfShape", ["shape"], ["huge"]),
                helper.make_node("ReduceSum", ["huge"], ["logits"], keepdims=1),
            ],
            [big],
        ),
        "a field that never ends": b"\x3a\xff\xff\xff\xff\x7f" + bytes(100),
        "half a graph": honest()[:-40],
        "no bytes": b"",
        "onnxruntime's own format": b"\x00\x00\x00\x00ORTM" + bytes(200),
    }
