"""The processor: cores, and the instructions that make reading fast, or possible."""

from __future__ import annotations

import os
import platform
from collections.abc import Set as AbstractSet

from goemox.doctor.finding import Finding
from goemox.runtime.cores import instructions, n_cores

__all__ = ["processor"]

FAST_INSTRUCTIONS = (
    "avx2", "avx512f", "avx512_vnni", "avx_vnni", "avx512_bf16", "amx_tile", "amx_int8", "amx_bf16",
)  # fmt: skip
X86 = ("x86_64", "AMD64", "i686", "x86")


def processor(flags: AbstractSet[str] | None = None, machine: str | None = None) -> Finding:
    """flags: its instruction sets as Linux lists them; machine: its kind. Both of this machine where None."""
    flags, machine = instructions() if flags is None else flags, machine or platform.machine()
    cores = os.cpu_count() or 1
    allowed = n_cores()
    told = f"{cores} cores"
    if allowed != cores:
        told += (
            f", {allowed} of them for goemox"
            if allowed < cores
            else f", {allowed} threads by OMP_NUM_THREADS"
        )
    if flags is None:
        return Finding("processor", "ok", f"{told}, {platform.processor() or machine}")
    fast = [flag for flag in FAST_INSTRUCTIONS if flag in flags]
    detail = f"{told}, {', '.join(fast) or 'no vector instructions known to help'}"
    if machine in X86 and "avx" not in flags:
        return Finding(
            "processor", "problem", f"{detail}; without AVX the runtimes of the model stop at once",
            "take another machine, or a virtual one that passes the host's processor on",
        )  # fmt: skip
    if machine in X86 and "avx2" not in flags:
        return Finding(
            "processor", "warning", f"{detail}; without AVX2 reading is several times slower",
            "take a newer machine, or --tier fast, which needs no graph",
        )  # fmt: skip
    return Finding("processor", "ok", detail)
