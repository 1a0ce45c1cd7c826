"""A REST API over one model: dynamic batches, strict bodies, allow-lists in front. Needs `goemox[serve]`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from goemox.serve.app import create_app
    from goemox.serve.guard import Door
    from goemox.serve.limits import Limits

__all__ = ["Door", "Limits", "create_app"]

# Where each public name lives; it is imported when it is first used: what asks for a server's health, and
# what compares texts, begin without a framework for the web.
_HOMES = {"Door": "goemox.serve.guard", "Limits": "goemox.serve.limits", "create_app": "goemox.serve.app"}


if not TYPE_CHECKING:  # to type checkers, a name that is not public does not exist

    def __getattr__(name: str) -> object:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(_HOMES[name]), name)
