"""The model folder: its file names and its checks; `model_place` writes one.

A goemox folder is a plain Hugging Face folder with a few files of ours beside it. Nothing in it is
ever unpickled; `SHA256SUMS` is verified before anything else is parsed (`model_files`), and what is parsed
later is read and hashed in one go. Which folders need the sums, and what is refused: docs/decisions/0017.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
import numpy.typing as npt
import orjson

from goemox.errors import InvalidModel
from goemox.model_files import REFUSED, SUMS, check_files, file_sha256, read_checked, write_sums
from goemox.wording import JOINERS

__all__ = [
    "CARD", "CONFIG", "EVALUATION", "FACTS", "FAST", "ONNX_FP32", "ONNX_INT8", "REFERENCE", "REFUSED",
    "SCHEMA", "SUMS", "TOKENIZER", "WEIGHTS", "ModelFolder", "default_folder", "file_sha256", "open_model",
    "write_sums",
]  # fmt: skip

CARD = "README.md"
CONFIG = "config.json"
WEIGHTS = "model.safetensors"
TOKENIZER = "tokenizer.json"
ONNX_FP32 = "onnx/model.onnx"
ONNX_INT8 = "onnx/model_int8.onnx"
FACTS = "goemox.json"
EVALUATION = "evaluation.json"
REFERENCE = "reference.safetensors"
FAST = "fast.safetensors"
SCHEMA = "goemox.model/1"

MIN_LENGTH = 8  # tokens, of which two or three are no words
MAX_LENGTH = 512  # tokens; short texts are what goemox is for, and attention grows with the square

MAX_JSON_BYTES = 32_000_000  # the largest tokenizers in use have 17 MB
MAX_ARRAYS_BYTES = 500_000_000
MAX_NAME, MAX_MODEL_NAME = 100, 1_000  # characters; a model may be named after its folder
TABLES = (
    "mappings",
    "dev",
    "training",
    "parity",
    "embedding",
    "adapted",
    "tiers",
)  # in goemox.json, where given
OPTIONAL = (WEIGHTS, ONNX_FP32)  # for training alone; a slim copy without them is whole
CODE_OF_ITS_OWN = ("auto_map", "custom_pipelines", "trust_remote_code")  # entries of Hugging Face configs


@dataclass(frozen=True, slots=True, eq=False)
class ModelFolder:
    """A folder whose hashes, label names and schema were checked.

    facts: `goemox.json`, or None for a plain Hugging Face folder. sums: {file: its sha256}, as verified; None
    for a folder without SHA256SUMS.
    """

    path: Path
    labels: tuple[str, ...]
    max_length: int
    config: Mapping[str, object]
    facts: Mapping[str, object] | None
    sums: Mapping[str, str] | None = None

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
        return _read_json(self.path, name, self.sums) if (self.path / name).is_file() else None

    def sha256(self, file: Path) -> str:
        """The hash that a file of the folder has to have when it is read."""
        listed = (self.sums or {}).get(file.relative_to(self.path).as_posix())
        return listed or file_sha256(file)

    def arrays(self, name: str) -> dict[str, npt.NDArray[np.generic]] | None:
        """A safetensors file of the folder as numpy arrays, or None where it is missing."""
        path = self.path / name
        if not path.is_file():
            return None
        from safetensors import SafetensorError
        from safetensors.numpy import load

        content = read_checked(self.path, name, self.sums, MAX_ARRAYS_BYTES)
        try:
            arrays: dict[str, npt.NDArray[np.generic]] = load(content)
        except (
            SafetensorError,
            KeyError,
            TypeError,
            ValueError,
        ) as error:  # KeyError: no such type in numpy
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


def open_model(path: Path) -> ModelFolder:
    """Check a folder and read what describes it.

    Raises InvalidModel where it is no model folder, a hash differs, or its parts contradict each other.
    """
    if not path.is_dir():
        what = "is a file, not a model folder" if path.exists() else "no such model folder"
        raise InvalidModel(f"{path}: {what}; leave the model out for the bundled one")
    if not (path / CONFIG).is_file():
        raise InvalidModel(
            f"{path}: not a model folder (no {CONFIG}); name one that `goemox train` or `adapt` wrote, or a "
            "Hugging Face folder"
        )
    sums = check_files(path, OPTIONAL)
    if sums is None and (path / FACTS).is_file():
        raise InvalidModel(
            f"{path}: {FACTS} is there, but no {SUMS}: get the model again. If the changes in it are yours, "
            "write the sums anew with goemox.model_folder.write_sums(path)"
        )
    config = _read_json(path, CONFIG, sums)
    _check_no_code(path / CONFIG, config)
    labels = _labels(path, config)
    facts = _read_json(path, FACTS, sums) if (path / FACTS).is_file() else None
    if facts is not None:
        _check_facts(path, facts, labels)
    if not (path / TOKENIZER).is_file():
        raise InvalidModel(f"{path}: no {TOKENIZER}, the fast form of a tokenizer; save the tokenizer in it")
    return ModelFolder(path, labels, _max_length(path, config, sums), config, facts, sums)


def _read_json(path: Path, name: str, sums: Mapping[str, str] | None) -> dict[str, object]:
    try:
        value = orjson.loads(read_checked(path, name, sums, MAX_JSON_BYTES))
    except orjson.JSONDecodeError as error:
        raise InvalidModel(f"{path / name}: not JSON ({error}); get the model again") from None
    if not isinstance(value, dict):
        raise InvalidModel(f"{path / name}: expected a JSON object; get the model again")
    return value


def _check_no_code(file: Path, content: Mapping[str, object]) -> None:
    entry = next((name for name in CODE_OF_ITS_OWN if content.get(name)), None)
    if entry:
        raise InvalidModel(
            f"{file}: {entry} asks for code of the model's own, which goemox never runs; take a model of an "
            "architecture that transformers knows"
        )


def _labels(path: Path, config: Mapping[str, object]) -> tuple[str, ...]:
    names = config.get("id2label")
    if not isinstance(names, dict) or not names:
        raise InvalidModel(f"{path / CONFIG}: no id2label, so the labels have no names; write them in")
    try:
        labels = tuple(names[str(index)] for index in range(len(names)))
    except KeyError as missing:
        raise InvalidModel(
            f"{path / CONFIG}: id2label has no entry {missing}; number the labels from 0 on"
        ) from None
    for label in labels:
        if not _is_name(label):
            raise InvalidModel(
                f"{path / CONFIG}: {ascii(label)[:MAX_NAME]} is no name of a label: it has 1 to {MAX_NAME} "
                "characters that can be seen"
            )
    if len(set(labels)) < len(labels):
        twice = Counter(labels).most_common(1)[0][0]
        raise InvalidModel(f"{path / CONFIG}: id2label names {twice!r} twice; give each its own name")
    return labels


def _is_name(label: object, longest: int = MAX_NAME) -> bool:
    """Whether a name can be shown anywhere; control, direction and invisible characters cannot."""
    return (
        isinstance(label, str)
        and 0 < len(label.strip()) <= len(label) <= longest
        and not any(unicodedata.category(c)[0] == "C" and c not in JOINERS for c in label)
    )


def _max_length(path: Path, config: Mapping[str, object], sums: Mapping[str, str] | None) -> int:
    """Tokens the model reads; some architectures have more positions than they can use."""
    limits = [config.get("max_position_embeddings")]
    name = "tokenizer_config.json"
    if (path / name).is_file():
        settings = _read_json(path, name, sums)
        _check_no_code(path / name, settings)
        limits.append(settings.get("model_max_length"))
    longest = min([MAX_LENGTH, *(limit for limit in limits if isinstance(limit, int) and limit > 0)])
    if longest < MIN_LENGTH:
        raise InvalidModel(f"{path / CONFIG}: reads {longest} tokens at most; take a model that reads more")
    return longest


def _other_schema(found: object) -> str:
    """What to do about a folder of another goemox: `goemox.model/2` is newer than `goemox.model/1`."""
    kind, number = SCHEMA.split("/")
    known = re.fullmatch(rf"{re.escape(kind)}/(\d+)", found) if isinstance(found, str) else None
    said = f"schema {ascii(found)[:MAX_NAME]}, this goemox reads {SCHEMA!r}"
    if known is None:
        return f"{said}; the file is not of goemox: get the model again"
    if int(known[1]) > int(number):
        return f"{said}: the model is newer; pip install --upgrade goemox"
    return f"{said}: the model is older; train or export it again"


def _check_facts(path: Path, facts: Mapping[str, object], labels: tuple[str, ...]) -> None:
    if facts.get("schema") != SCHEMA:
        raise InvalidModel(f"{path / FACTS}: {_other_schema(facts.get('schema'))}")
    if facts.get("labels") != list(labels):
        raise InvalidModel(f"{path}: {FACTS} and {CONFIG} name different labels; export the model again")
    tables = [name for name in TABLES if not isinstance(facts.get(name) or {}, dict)]
    if tables:
        raise InvalidModel(f"{path / FACTS}: {tables[0]} is no table; export the model again")
    mappings = facts.get("mappings") or {}
    names = [facts.get("name", "none"), *(mappings if isinstance(mappings, dict) else ())]
    wrong = next((name for name in names if not _is_name(name, MAX_MODEL_NAME)), None)
    if wrong is not None:
        raise InvalidModel(
            f"{path / FACTS}: {ascii(wrong)[:MAX_NAME]} is no name, which has characters that can be seen"
        )
