"""Files that are no honest weights: pickles under many names, and safetensors that lie about themselves."""

from __future__ import annotations

import json
import pickle
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
from safetensors.numpy import load, save

PICKLE_NAMES = (
    "pytorch_model.bin", "model.pt", "model.pth", "weights.pkl", "weights.pickle", "last.ckpt", "array.npy",
    "arrays.npz", "model.joblib", "tf_model.h5", "model.keras", "PYTORCH_MODEL.BIN", "modeling_own.py",
    "onnx/extra.bin", "checkpoint-500/optimizer.pt", "a/b/c/d/scaler.joblib",
)  # fmt: skip
MISNAMED = (
    "model.safetensors", "onnx/model_int8.onnx", "tokenizer.json", "goemox.json", "config.json",
    "reference.safetensors", "tokenizer_config.json", "SHA256SUMS",
)  # fmt: skip


class Bomb:
    """Unpickling it leaves a file behind."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return open, (str(self.path), "w")


def pickled(exploded: Path) -> bytes:
    """A pickle that makes the file `exploded` when it is read."""
    return pickle.dumps(Bomb(exploded))


def raw(header: object, data: bytes = b"", length: int | None = None) -> bytes:
    """A safetensors file as it would be with this header; length: what it says of the header's own."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


def entry(start: int, stop: int, shape: list[int], dtype: str = "F32") -> dict[str, object]:
    """What a header says of one tensor."""
    return {"dtype": dtype, "shape": shape, "data_offsets": [start, stop]}


def _changed(honest: bytes, change: Callable[[dict[str, np.ndarray]], object]) -> bytes:
    arrays = {name: array.copy() for name, array in load(honest).items()}
    change(arrays)
    return save(arrays)


def _with_nan(arrays: dict[str, np.ndarray]) -> None:
    first = next(name for name in sorted(arrays) if arrays[name].dtype == np.float32)
    arrays[first].reshape(-1)[0] = np.nan


def _other_type(arrays: dict[str, np.ndarray]) -> None:
    arrays[_of_the_encoder(arrays)] = np.zeros((2, 2, 2), dtype=np.int64)


def _without_one(arrays: dict[str, np.ndarray]) -> None:
    arrays.pop(_of_the_encoder(arrays))


def _of_the_encoder(arrays: dict[str, np.ndarray]) -> str:
    """A name that every folder has to have; a new head may be made, and a profile lack its newer arrays."""
    return (
        "mean"
        if "mean" in arrays
        else next(name for name in sorted(arrays) if ".layer." in name or name == "hidden")
    )


def _swapped_header(honest: bytes, change: Callable[[dict[str, dict[str, object]]], object]) -> bytes:
    length = struct.unpack("<Q", honest[:8])[0]
    header = json.loads(honest[8 : 8 + length])
    change(header)
    return raw(header, honest[8 + length :])


def _first(header: dict[str, dict[str, object]]) -> dict[str, object]:
    return header[next(name for name in header if name != "__metadata__")]


def safetensors_attacks(honest: bytes) -> dict[str, bytes]:
    """What each attack puts in the place of a file that is `honest`. The first eight are the checklist's."""
    return {name: make() for name, make in _attacks(honest).items()}


def safetensors_attack(name: str, honest: bytes) -> bytes:
    """One of them."""
    return _attacks(honest)[name]()


def _attacks(honest: bytes) -> dict[str, Callable[[], bytes]]:
    data = bytes(64)
    twice = b'{"mean":%s,"mean":%s}' % ((json.dumps(entry(0, 64, [16])).encode(),) * 2)
    shape_of = {"shape": [3, 3]}
    return {
        "a header of 2^63 bytes": lambda: raw({}, length=2**63),
        "a header that claims 4 GB": lambda: raw({}, data, length=4 * 10**9),
        "overlapping tensors": lambda: raw(
            {"mean": entry(0, 64, [16]), "whitener": entry(32, 96, [16])}, bytes(96)
        ),
        "a hole between tensors": lambda: raw(
            {"mean": entry(0, 32, [8]), "whitener": entry(40, 72, [8])}, bytes(72)
        ),
        "a shape that is not the data's": lambda: _swapped_header(
            honest, lambda h: _first(h).update(shape_of)
        ),
        "a name twice": lambda: raw(twice, data),
        "cut short": lambda: honest[: len(honest) * 2 // 3],
        "NaN among the weights": lambda: _changed(honest, _with_nan),
        "a shape whose product overflows": lambda: raw({"mean": entry(0, 64, [2**32, 2**32])}, data),
        "a dimension of 2^63": lambda: raw({"mean": entry(0, 64, [2**63])}, data),
        "a negative dimension": lambda: raw({"mean": entry(0, 64, [-16])}, data),
        "negative offsets": lambda: raw({"mean": entry(-64, 0, [16])}, data),
        "offsets backwards": lambda: raw({"mean": entry(64, 0, [16])}, data),
        "an unknown type": lambda: raw({"mean": entry(0, 64, [16], "F1024")}, data),
        "a type that numpy lacks": lambda: raw({"mean": entry(0, 64, [64], "F8_E4M3")}, data),
        "numbers of another type and shape": lambda: _changed(honest, _other_type),
        "an array less": lambda: _changed(honest, _without_one),
        "no arrays at all": lambda: raw({}),
        "9 MB of metadata": lambda: raw({"__metadata__": {str(n): "x" * 90 for n in range(90_000)}}, data),
        "90 MB of metadata": lambda: raw({"__metadata__": {"a": "x" * 90_000_000}}, data),
        "metadata that is no text": lambda: raw(
            {"__metadata__": {"a": {"b": []}}, "mean": entry(0, 64, [16])}, data
        ),
        "absurd nesting": lambda: raw(b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
        "a header that is a list": lambda: raw([]),
        "a header that is no UTF-8": lambda: raw(b'{"\xff\xfe": 1}'),
        "data behind the last tensor": lambda: honest + bytes(1_000),
        "empty": lambda: b"",
        "eight bytes": lambda: bytes(8),
    }


SAFETENSORS = tuple(_attacks(b""))
"""The names of `safetensors_attacks`."""

CHECKLIST = 8
"""How many of `safetensors_attacks` stand in the checklist."""
