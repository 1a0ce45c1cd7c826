"""The exported graph: written so that runtimes are fast, without a number moved."""

import hashlib

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper
from onnxruntime import InferenceSession
from transformers import BertConfig, BertForSequenceClassification, DistilBertForSequenceClassification

from goemox.model_folder import default_folder
from goemox.training.bases import load_base
from goemox.training.distilbert_graph import is_written_down
from goemox.training.forward import distilbert_forward, masked_mean
from goemox.training.graph import export_fp32, traced_graph, turn_keys_last
from goemox.training.quantise import write_int8

LABELS = ("calm", "cross", "keen")
AT_ONCE, HEADS_FIRST, KEYS_TURNED = [0, 2, 3, 1], [0, 2, 1, 3], [0, 1, 3, 2]


@pytest.fixture(scope="module")
def model(two_layer_base):
    """A small one, of whose weights no two are equal."""
    model = load_base(str(two_layer_base), LABELS, np.full(3, 0.3), dropout=0.1, seed=0).model
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn(parameter.shape) * 0.1)
    return model.eval()


@pytest.fixture(scope="module")
def graphs(model, tmp_path_factory):
    """Its fp32 and its int8 graph."""
    folder = tmp_path_factory.mktemp("graphs")
    export_fp32(model, folder / "fp32.onnx", depth=1)
    random = np.random.default_rng(0)
    ids = [random.integers(0, 50, 12).tolist() for _ in range(8)]
    write_int8(folder / "fp32.onnx", folder / "int8.onnx", ids, pad_id=0)
    return folder


def what_it_says(graph):
    """Of each output: by which operators, with which settings, it is made of which inputs and constants."""
    said = {value.name: value.name for value in graph.input}
    for tensor in graph.initializer:
        array = numpy_helper.to_array(tensor)
        said[tensor.name] = (array.dtype, array.shape, array.tobytes())
    for node in graph.node:
        defaults = [a.default_value for a in onnx.defs.get_schema(node.op_type, 20, "").attributes.values()]
        given = {a.name: helper.get_attribute_value(a) for a in (*defaults, *node.attribute) if a.name}
        whole = node.op_type, sorted(given.items()), [said[name] for name in node.input]
        (output,) = node.output
        said[output] = hashlib.sha256(repr(whole).encode()).hexdigest()
    return {value.name: said[value.name] for value in graph.output}


def test_the_graph_that_is_written_down_is_the_one_that_torch_makes_of_the_forward_pass(model, graphs):
    written, traced = onnx.load(graphs / "fp32.onnx"), traced_graph(model, depth=1)
    assert what_it_says(written.graph) == what_it_says(traced.graph)
    assert list(written.graph.input) == list(traced.graph.input)
    assert list(written.graph.output) == list(traced.graph.output)
    assert written.opset_import == traced.opset_import
    assert written.ir_version == traced.ir_version
    for told in (b"stack_trace", b"site-packages"):  # of the machine that traced it
        assert told not in traced.SerializeToString()


@pytest.mark.parametrize("depth", [0, 2])
def test_the_embedding_is_the_mean_after_the_layer_that_is_asked_for(model, tmp_path, depth):
    export_fp32(model, tmp_path / "model.onnx", depth=depth)
    ids = torch.randint(0, 50, (3, 7), generator=torch.Generator().manual_seed(0))
    mask = torch.tensor([[1] * 7, [1] * 4 + [0] * 3, [1] + [0] * 6])
    session = InferenceSession(tmp_path / "model.onnx")
    found = session.run(None, {"input_ids": ids.numpy(), "attention_mask": mask.numpy()})
    with torch.no_grad():
        logits, states = distilbert_forward(model, ids, mask, early=depth)
    for array, expected in zip(found, (logits, masked_mean(states, mask)), strict=True):
        assert array == pytest.approx(expected.numpy(), abs=1e-5)


def test_what_is_not_written_down_is_traced(model, two_layer_base):
    config = {"activation": "relu"}, {"dtype": torch.float16}
    others = [DistilBertForSequenceClassification.from_pretrained(two_layer_base, **each) for each in config]
    config = BertConfig(hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8)
    assert is_written_down(model)
    assert not any(map(is_written_down, [*others, BertForSequenceClassification(config)]))


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
