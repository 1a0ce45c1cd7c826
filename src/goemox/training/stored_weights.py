"""Safetensors weights of a folder, looked at before transformers loads them.

The format promises that its header tells where each tensor lies, not that the numbers are any; and
transformers fills what is missing with random numbers, so that a model can be nobody's.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from transformers import PreTrainedModel

from goemox.errors import InvalidModel
from goemox.model_files import check_files
from goemox.model_folder import OPTIONAL

__all__ = ["check_complete", "check_weights"]


def check_weights(folder: Path) -> None:
    """Raises InvalidModel where a file of the folder can carry code, or a weight is not a finite number."""
    check_files(folder, OPTIONAL)
    for path in sorted(folder.glob("model*.safetensors")):
        try:
            with safe_open(path, framework="pt") as file:
                for name in file.keys():  # noqa: SIM118 - the file is no mapping
                    if not _is_finite(file.get_tensor(name)):
                        raise InvalidModel(f"{path}: {name} holds NaN or infinite numbers")
        except (SafetensorError, OSError, TypeError, ValueError, RuntimeError) as error:
            reason = str(error).strip().splitlines()[0]
            raise InvalidModel(f"{path}: not a whole safetensors file ({reason})") from None


def check_complete(model: PreTrainedModel, missing: Iterable[str], where: str, *, head: bool) -> None:
    """Raises InvalidModel where weights of the encoder, or with `head` any at all, were not in the file.

    missing: names of weights that the file lacks or has in another shape, which transformers made up.
    """
    encoder = f"{model.base_model_prefix}."
    lost = sorted(name for name in missing if head or name.startswith(encoder))
    if lost:
        more = f" and {len(lost) - 1} more" if len(lost) > 1 else ""
        raise InvalidModel(
            f"{where}: its weights lack {lost[0]}{more}, or have it in another shape; get the model again"
        )


def _is_finite(tensor: torch.Tensor) -> bool:
    return not tensor.is_floating_point() or bool(torch.isfinite(tensor.float()).all())
