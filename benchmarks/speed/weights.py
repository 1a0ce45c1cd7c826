"""The same weights for every peer: made once, kept in build/speed/ under a hash of the bundled graph.

Full weights and the fp32 graph are worked out of the bundled int8 graph (`goemox export --format hf`); the
peers' own formats are made by `peer_formats.py` in their environment.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from goemox.model_folder import CONFIG, ONNX_INT8, TOKENIZER, default_folder

__all__ = ["add_earlier_graph", "peer_folder"]

ROOT = Path(__file__).resolve().parent.parent.parent
FORMATS = Path(__file__).parent / "peer_formats.py"


def peer_folder(peer_python: str, data: Path) -> Path:
    """A transformers folder of the bundled model with all formats that the peers read.

    data: GOEMOX_DATA, whose training texts calibrate OpenVINO's int8 and fit the TF-IDF baseline. Raises
    SystemExit where a step fails.
    """
    bundled = default_folder()
    deciding = (bundled / ONNX_INT8, bundled / CONFIG, bundled / TOKENIZER, FORMATS)
    key = hashlib.sha256(b"".join(file.read_bytes() for file in deciding)).hexdigest()[:12]
    folder = ROOT / "build" / "speed" / key
    if folder.exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        made = Path(scratch) / "made"  # whole or not at all, whoever else makes it meanwhile
        _run([sys.executable, "-m", "goemox", "export", "--format", "hf", "--output-dir", str(made)])
        shutil.copyfile(bundled / ONNX_INT8, made / ONNX_INT8)
        _run([peer_python, str(FORMATS), str(made), str(data / "goemotions" / "train.tsv")])
        if not folder.exists():
            made.rename(folder)
    return folder


def add_earlier_graph(folder: Path, source: Path | None) -> None:
    """The graph of an older goemox beside the bundled one, where there is an older one and it is another.

    source: src of the older goemox.
    """
    earlier = folder / "onnx" / "earlier_int8.onnx"
    if source is None or earlier.exists():
        return
    old = source / "goemox" / "models" / "default" / ONNX_INT8
    if old.read_bytes() != (default_folder() / ONNX_INT8).read_bytes():
        shutil.copyfile(old, earlier)


def _run(command: list[str]) -> None:
    done = subprocess.run(command, check=False, stdout=sys.stderr, cwd=ROOT)
    if done.returncode:
        raise SystemExit(f"failed: {' '.join(command)}")
