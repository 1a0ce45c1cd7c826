"""What a run is computed on, and in which precision its products are."""

from __future__ import annotations

import torch

__all__ = ["computed_on", "products", "training_device"]


def training_device() -> torch.device:
    """The graphics processor that CUDA shows, or the processor."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def products(precision: str, device: torch.device) -> torch.dtype:
    """The type that "fp32", "bf16" or "auto" stands for; auto: bfloat16 where `device` multiplies it."""
    if precision == "auto":
        native = torch.cuda.is_bf16_supported(False) if device.type == "cuda" else _processor_has_bf16()
        return torch.bfloat16 if native else torch.float32
    return torch.bfloat16 if precision == "bf16" else torch.float32


def computed_on(precision: str) -> str:
    """What a run with this precision is computed on, for whoever waits: "NVIDIA H200, bfloat16"."""
    device = training_device()
    if device.type == "cuda":
        where = torch.cuda.get_device_name(device)
    else:
        n = torch.get_num_threads()
        where = f"the processor with {n} {'thread' if n == 1 else 'threads'}"
    return f"{where}, {str(products(precision, device)).removeprefix('torch.')}"


def _processor_has_bf16() -> bool:
    capability = torch.backends.cpu.get_cpu_capability()
    return "AMX" in capability or bool(torch.cpu._is_avx512_bf16_supported())
