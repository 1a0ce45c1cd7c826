"""Full weights of a model folder: its own, or worked back out of its ONNX graph.

`training.graph` names a graph's constants after the torch parameters, except the matrices of linear layers:
those are stored transposed and without a name, so that they are found through the bias that is added to
their product. `training.quantise` keeps them as int8 with a scale for each output column, and big lookup
tables as int8 with a scale for each row. What comes back is what the int8 graph multiplies with, exactly;
only its rounding of activations is gone.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import numpy_helper
from transformers import AutoConfig, AutoModelForSequenceClassification, PreTrainedModel

from goemox.errors import InvalidModel
from goemox.model_folder import ONNX_FP32, ONNX_INT8, WEIGHTS
from goemox.training.stored_weights import check_complete, check_weights
from goemox.wording import first_line

__all__ = ["full_model", "graph_weights", "only_graph", "stored_model"]

Floats32 = npt.NDArray[np.float32]

MODULE = "model."  # what `training.graph` calls the classifier inside the module that it exports


def full_model(folder: Path, **settings: object) -> PreTrainedModel:
    """The torch model of a folder: from its safetensors, else from its ONNX graph.

    settings: entries of config.json to replace, such as dropout. Only safetensors and ONNX are read, never a
    pickle. Raises InvalidModel where there are no weights, or they do not fit config.json.
    """
    graph = only_graph(folder)
    if graph is None:
        return stored_model(folder, **settings)
    try:
        config = AutoConfig.from_pretrained(folder, trust_remote_code=False, **settings)
        model: PreTrainedModel = AutoModelForSequenceClassification.from_config(config)
    except (OSError, ValueError, KeyError) as error:
        raise InvalidModel(f"{folder}: {_reason(error)}") from error
    _fill(model, graph_weights(graph), graph)
    return model


def stored_model(folder: Path, **settings: object) -> PreTrainedModel:
    """The torch model of a folder from its safetensors. Raises InvalidModel where it has none that fit."""
    check_weights(folder)
    try:
        model: PreTrainedModel
        model, told = AutoModelForSequenceClassification.from_pretrained(
            folder, use_safetensors=True, trust_remote_code=False, output_loading_info=True, **settings
        )
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise InvalidModel(f"{folder}: {_reason(error)}") from error
    check_complete(model, told["missing_keys"], str(folder), head=True)
    return model


def only_graph(folder: Path) -> Path | None:
    """The ONNX graph of a folder that has no other weights, fp32 before int8; None for any other folder."""
    if any(folder.glob("model*.safetensors")):
        return None
    return next((folder / name for name in (ONNX_FP32, ONNX_INT8) if (folder / name).is_file()), None)


def graph_weights(path: Path) -> dict[str, Floats32]:
    """The float weights of a graph that goemox exported, under their names in torch's state dict.

    A linear layer's matrix comes as torch has it, (outputs, inputs). Raises InvalidModel where the file is no
    ONNX graph or keeps its weights in other files.
    """
    try:
        graph = onnx.load(path, load_external_data=False).graph
        stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    except Exception as error:  # protobuf and onnx raise their own classes, without a common public base
        raise InvalidModel(f"{path}: not a whole ONNX graph ({first_line(error)})") from None
    weights = {
        name.removeprefix(MODULE): array for name, array in stored.items() if array.dtype == np.float32
    }
    for name, scale in stored.items():
        table = name.removesuffix("_scale")
        rows = stored.get(f"{table}_int8")
        if rows is not None:
            weights[table.removeprefix(MODULE)] = rows.astype(np.float32) * scale
    makers = {output: node for node in graph.node for output in node.output}
    for node in graph.node:
        bias = next((n for n in node.input if n in stored and n.endswith(".bias")), None)
        product = next((makers[n] for n in node.input if n in makers), None)
        if node.op_type == "Add" and bias and product is not None and product.op_type == "MatMul":
            matrix = _matrix(product.input[1], makers, stored)
            if matrix is not None:
                name = bias.removeprefix(MODULE).removesuffix("bias") + "weight"
                weights[name] = np.ascontiguousarray(matrix.T)
    return weights


def _matrix(
    name: str, makers: dict[str, onnx.NodeProto], stored: dict[str, npt.NDArray[np.generic]]
) -> npt.NDArray[np.floating] | None:
    """A constant factor (inputs, outputs), int8 times its scales where it was quantised; None for another."""
    if name in stored:
        return np.asarray(stored[name], dtype=np.float32)
    node = makers.get(name)
    if node is None or node.op_type != "DequantizeLinear" or node.input[0] not in stored:
        return None
    whole = np.asarray(stored[node.input[0]], dtype=np.float32)
    scale = np.asarray(stored[node.input[1]], dtype=np.float32)
    zero = np.asarray(stored[node.input[2]], dtype=np.float32) if len(node.input) > 2 else np.float32(0)
    axis = next((int(attribute.i) for attribute in node.attribute if attribute.name == "axis"), 1)
    across = (slice(None), None) if axis == 0 and scale.ndim else ()
    return np.asarray((whole - np.asarray(zero)[across]) * scale[across], dtype=np.float32)


def _fill(model: PreTrainedModel, weights: dict[str, Floats32], graph: Path) -> None:
    expected = {name: tuple(value.shape) for name, value in model.state_dict().items()}
    missing = next((name for name in expected if name not in weights), None)
    if missing:
        raise InvalidModel(
            f"{graph}: {missing} is not among its constants (equal weights are stored once), so that full "
            f"weights cannot be had from it; keep {WEIGHTS} with the model"
        )
    for name, shape in expected.items():
        if weights[name].shape != shape:
            raise InvalidModel(f"{graph}: {name} is {weights[name].shape}, config.json asks for {shape}")
    model.load_state_dict({name: torch.from_numpy(np.array(weights[name])) for name in expected})


def _reason(error: Exception) -> str:
    return f"transformers cannot load it: {first_line(error)}"
