"""The ONNX graph of a model: what may stand in it, whichever engine runs it.

A graph is a program, and no engine is a sandbox. So before it is loaded its protobuf is walked, without
the onnx package, and refused where it reaches for other files (onnxruntime looks for them in the working
directory, even for a graph that is loaded from bytes), holds a loop, which might never end, functions of its
own, which can double each other up without limit when they are expanded, or operators of other libraries.
Field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3.

What is not covered: a graph without loops can still ask for more memory or time than there is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from goemox.errors import InvalidModel

__all__ = ["read_graph"]

MAX_ONNX_BYTES = 2**31  # the format's own limit; bigger ones keep data outside, which is refused
MAX_FIELDS = 1_000_000  # the bundled graph has 7,000
MAX_DEPTH = 12  # of graphs within graphs, three messages each
ENDLESS = ("Loop", "Scan")
LIBRARIES = ("", "ai.onnx", "ai.onnx.ml", "com.microsoft", "com.microsoft.nchwc")

# Which fields of each message lead to another one that may hold data or code.
_WITHIN: dict[str, dict[int, str]] = {
    "model": {7: "graph", 20: "training", 25: "function"},
    "training": {1: "graph", 2: "graph"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "node": {4: "operator", 5: "attribute", 7: "library"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
    "tensor": {13: "external", 14: "location"},
}


def read_graph(path: Path, sha256: str) -> bytes:
    """The bytes of a graph file, exactly those that `sha256` is the hash of, looked through.

    Raises InvalidModel for other bytes, for what is no graph, and for a graph that is not allowed.
    """
    if path.stat().st_size > MAX_ONNX_BYTES:
        raise InvalidModel(f"{path}: over 2 GB; models with weights in other files are refused")
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise InvalidModel(f"{path}: differs from its hash; the model is damaged, get it again")
    if content[4:8] == b"ORTM":
        raise InvalidModel(f"{path}: in onnxruntime's own format, which cannot be checked; export it as ONNX")
    try:
        _check(content, path)
    except ValueError as error:
        raise InvalidModel(f"{path}: onnxruntime cannot load this model ({error})") from None
    return content


def _check(content: bytes, path: Path) -> None:
    """Walk the messages of a model. Raises InvalidModel, or ValueError where they are no whole protobuf."""
    waiting: list[tuple[str, memoryview, int]] = [("model", memoryview(content), 0)]
    n_fields = 0
    while waiting:
        kind, message, depth = waiting.pop()
        if depth > 3 * MAX_DEPTH:
            raise InvalidModel(f"{path}: graphs within graphs, more than {MAX_DEPTH} deep")
        within = _WITHIN[kind]
        for number, value in _fields(message):
            n_fields += 1
            if n_fields > MAX_FIELDS:
                raise InvalidModel(f"{path}: more than {MAX_FIELDS:,} fields; text classifiers have fewer")
            found = within.get(number)
            if found in _WITHIN and isinstance(value, memoryview):
                waiting.append((found, value, depth + 1))
            elif found:
                _refuse(found, value, path)


def _refuse(found: str, value: int | memoryview, path: Path) -> None:
    """Raise InvalidModel where what a field says is not allowed."""
    said = bytes(value).decode("utf-8", "replace") if isinstance(value, memoryview) else str(value)
    if found == "external" or (found == "location" and value != 0):
        raise InvalidModel(f"{path}: keeps weights in other files, which are not read; export it as one")
    if found == "function":
        raise InvalidModel(f"{path}: has functions of its own; inline them (onnx.inliner) and export again")
    if found == "operator" and said in ENDLESS:
        raise InvalidModel(f"{path}: has a {said}, which might never end; text classifiers need none")
    if found == "library" and said not in LIBRARIES:
        raise InvalidModel(f"{path}: needs operators of {ascii(said)[:100]}, which onnxruntime lacks")


def _fields(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Number and value of each field: whole numbers, or bytes. Raises ValueError where they do not add up."""
    at, end = 0, len(message)
    while at < end:
        key, at = _varint(message, at)
        wire = key & 7
        if wire == 0:
            value, at = _varint(message, at)
            yield key >> 3, value
            continue
        size, at = _varint(message, at) if wire == 2 else ({1: 8, 5: 4}.get(wire, end + 1), at)
        if at + size > end:
            raise ValueError("not a whole ONNX graph")
        yield key >> 3, message[at : at + size]
        at += size


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    """A number of up to ten bytes of seven bits, and where it ends."""
    value = 0
    for place in range(10):
        if at + place >= len(message):
            break
        byte = message[at + place]
        value |= (byte & 0x7F) << 7 * place
        if byte < 0x80:
            return value, at + place + 1
    raise ValueError("not a whole ONNX graph")
