"""The exported graph: written so that runtimes are fast, without a number moved."""

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper
from onnxruntime import InferenceSession

from goemox.model_folder import default_folder
from goemox.training.bases import load_base
from goemox.training.graph import export_fp32, turn_keys_last
from goemox.training.quantise import write_int8

LABELS = ("calm", "cross", "keen")
AT_ONCE, HEADS_FIRST, KEYS_TURNED = [0, 2, 3, 1], [0, 2, 1, 3], [0, 1, 3, 2]


@pytest.fixture(scope="module")
def graphs(two_layer_base, tmp_path_factory):
    """The fp32 and the int8 graph of a small model."""
    folder = tmp_path_factory.mktemp("graphs")
    base = load_base(str(two_layer_base), LABELS, np.full(3, 0.3), dropout=0.1, seed=0)
    export_fp32(base.model, folder / "fp32.onnx", depth=1)
    random = np.random.default_rng(0)
    ids = [random.integers(0, 50, 12).tolist() for _ in range(8)]
    write_int8(folder / "fp32.onnx", folder / "int8.onnx", ids, pad_id=0)
    return folder


def transpositions(path):
    return [
        list(node.attribute[0].ints) for node in onnx.load(path).graph.node if node.op_type == "Transpose"
    ]


@pytest.mark.parametrize("name", ["fp32.onnx", "int8.onnx"])
def test_a_new_graph_has_gelu_as_one_operator_and_turns_keys_in_two_steps(graphs, name):
    kinds = [node.op_type for node in onnx.load(graphs / name).graph.node]
    turned = transpositions(graphs / name)
    assert "Gelu" in kinds
    assert "Erf" not in kinds
    assert AT_ONCE not in turned
    assert turned.count(KEYS_TURNED) > 0


def test_the_bundled_graph_is_written_the_same_way():
    turned = transpositions(default_folder() / "onnx/model_int8.onnx")
    assert turned.count(KEYS_TURNED) == 7  # layers
    assert AT_ONCE not in turned


def test_keys_turned_in_two_steps_are_the_same_keys(tmp_path):
    shape = (2, 3, 4, 5)
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        [helper.make_node("Transpose", ["x"], ["y"], perm=AT_ONCE)],
        "keys",
        [value("x", TensorProto.FLOAT, shape)],
        [value("y", TensorProto.FLOAT, (2, 4, 5, 3))],
    )
    turn_keys_last(graph)
    assert [list(node.attribute[0].ints) for node in graph.node] == [HEADS_FIRST, KEYS_TURNED]
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    x = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    (y,) = InferenceSession(model.SerializeToString()).run(None, {"x": x})
    assert np.array_equal(y, torch.from_numpy(x).permute(*AT_ONCE).numpy())
