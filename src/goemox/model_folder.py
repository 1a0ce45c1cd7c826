"""The model folder: its file names, its checks, and how one is written whole or not at all.

A goemox folder is a plain Hugging Face folder with a few files of ours beside it. Nothing in it is
ever unpickled; `SHA256SUMS` is verified before anything else is parsed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
import numpy.typing as npt
import orjson

from goemox.atomic import new_folder, write_bytes
from goemox.errors import InvalidModel

__all__ = [
    "CONFIG", "EVALUATION", "FACTS", "ONNX_FP32", "ONNX_INT8", "REFERENCE", "SCHEMA", "SUMS", "TOKENIZER",
    "WEIGHTS", "ModelFolder", "default_folder", "file_sha256", "open_model", "write_folder",
]  # fmt: skip

CONFIG = "config.json"
WEIGHTS = "model.safetensors"
TOKENIZER = "tokenizer.json"
ONNX_FP32 = "onnx/model.onnx"
ONNX_INT8 = "onnx/model_int8.onnx"
FACTS = "goemox.json"
EVALUATION = "evaluation.json"
REFERENCE = "reference.safetensors"
SUMS = "SHA256SUMS"
SCHEMA = "goemox.model/1"

MAX_LENGTH = 512  # tokens; short texts are what goemox is for, and attention grows with the square

REFUSED = (".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".npy")  # formats that can carry code


@dataclass(frozen=True, slots=True, eq=False)
class ModelFolder:
    """A folder whose hashes, label names and schema were checked.

    facts: `goemox.json`, or None for a plain Hugging Face folder.
    """

    path: Path
    labels: tuple[str, ...]
    max_length: int
    config: Mapping[str, object]
    facts: Mapping[str, object] | None

    @property
    def onnx(self) -> Path:
        """The ONNX file to run: int8 where there is one. Raises InvalidModel where there is none."""
        for name in (ONNX_INT8, ONNX_FP32):
            if (self.path / name).is_file():
                return self.path / name
        raise InvalidModel(
            f"{self.path}: no {ONNX_INT8} or {ONNX_FP32}. Make one with: goemox export --model {self.path} "
            "--output-dir DIR (needs pip install 'goemox[train]')"
        )

    def json(self, name: str) -> dict[str, object] | None:
        """A JSON file of the folder, or None where it is missing."""
        path = self.path / name
        return _read_json(path) if path.is_file() else None

    def arrays(self, name: str) -> dict[str, npt.NDArray[np.generic]] | None:
        """A safetensors file of the folder as numpy arrays, or None where it is missing."""
        path = self.path / name
        if not path.is_file():
            return None
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        try:
            arrays: dict[str, npt.NDArray[np.generic]] = load_file(path)
        except SafetensorError as error:
            raise InvalidModel(
                f"{path}: not a whole safetensors file ({error}); get the model again"
            ) from None
        for key, array in arrays.items():
            if array.dtype.kind == "f" and not np.isfinite(array).all():
                raise InvalidModel(f"{path}: {key} holds NaN or infinite numbers; get the model again")
        return arrays


def default_folder() -> Path:
    """The bundled model."""
    return Path(str(files("goemox") / "models" / "default"))


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's content, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def open_model(path: Path) -> ModelFolder:
    """Check a folder and read what describes it.

    Raises InvalidModel where it is no model folder, a hash differs, or its parts contradict each other.
    """
    if not path.is_dir():
        raise InvalidModel(f"{path}: no such model folder; leave the model out for the bundled one")
    if not (path / CONFIG).is_file():
        raise InvalidModel(f"{path}: not a model folder (no {CONFIG})")
    _verify_sums(path)
    config = _read_json(path / CONFIG)
    labels = _labels(path, config)
    facts = _read_json(path / FACTS) if (path / FACTS).is_file() else None
    if facts is not None:
        _check_facts(path, facts, labels)
    if not (path / TOKENIZER).is_file():
        raise InvalidModel(f"{path}: no {TOKENIZER}; goemox needs a fast tokenizer")
    return ModelFolder(path, labels, _max_length(path, config), config, facts)


@contextmanager
def write_folder(path: Path) -> Iterator[Path]:
    """Yield an empty folder that becomes `path`, with its SHA256SUMS, when the block ends well."""
    with new_folder(path) as folder:
        yield folder
        names = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
        lines = [f"{file_sha256(folder / name)}  {name}\n" for name in names if name != SUMS]
        write_bytes(folder / SUMS, "".join(lines).encode())


def _verify_sums(path: Path) -> None:
    unsafe = sorted(p.name for p in path.iterdir() if p.suffix in REFUSED)
    if unsafe and not (path / WEIGHTS).is_file():
        raise InvalidModel(f"{path}: {unsafe[0]} may carry code and is never read; convert it to {WEIGHTS}")
    sums = path / SUMS
    if not sums.is_file():
        return
    for line in sums.read_text("utf-8").splitlines():
        expected, _, name = line.partition("  ")
        file = path / name
        if not file.resolve().is_relative_to(path.resolve()):
            raise InvalidModel(f"{sums}: {name!r} points outside the folder")
        # The full weights and the fp32 graph are for training; a slim copy without them is whole.
        if not file.is_file() and name in (WEIGHTS, ONNX_FP32):
            continue
        if not file.is_file() or file_sha256(file) != expected:
            state = "differs from" if file.is_file() else "is missing, but stands in"
            raise InvalidModel(f"{file}: {state} {SUMS}; the model is damaged, get it again")


def _read_json(path: Path) -> dict[str, object]:
    try:
        value = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise InvalidModel(f"{path}: not JSON ({error})") from None
    if not isinstance(value, dict):
        raise InvalidModel(f"{path}: expected a JSON object")
    return value


def _labels(path: Path, config: Mapping[str, object]) -> tuple[str, ...]:
    names = config.get("id2label")
    if not isinstance(names, dict) or not names:
        raise InvalidModel(f"{path / CONFIG}: no id2label, so the labels have no names")
    try:
        return tuple(str(names[str(index)]) for index in range(len(names)))
    except KeyError as missing:
        raise InvalidModel(f"{path / CONFIG}: id2label has no entry {missing}") from None


def _max_length(path: Path, config: Mapping[str, object]) -> int:
    """Tokens the model reads; some architectures have more positions than they can use."""
    limits = [config.get("max_position_embeddings")]
    if (path / "tokenizer_config.json").is_file():
        limits.append(_read_json(path / "tokenizer_config.json").get("model_max_length"))
    return min([MAX_LENGTH, *(limit for limit in limits if isinstance(limit, int) and limit > 0)])


def _check_facts(path: Path, facts: Mapping[str, object], labels: tuple[str, ...]) -> None:
    if facts.get("schema") != SCHEMA:
        raise InvalidModel(f"{path / FACTS}: schema {facts.get('schema')!r}, this goemox reads {SCHEMA!r}")
    if tuple(facts.get("labels") or ()) != labels:  # type: ignore[arg-type]
        raise InvalidModel(f"{path}: {FACTS} and {CONFIG} name different labels; export the model again")
