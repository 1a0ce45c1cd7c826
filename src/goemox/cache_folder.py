"""Where everything is kept that can be made or fetched again."""

from __future__ import annotations

import os
from pathlib import Path

from goemox.errors import UsageError

__all__ = ["cache_dir"]


def cache_dir() -> Path:
    """GOEMOX_CACHE_DIR, or the system's place for caches; it need not exist.

    Raises UsageError where the variable begins with the home of somebody who has none here.
    """
    chosen = os.environ.get("GOEMOX_CACHE_DIR")
    if chosen:
        try:
            return Path(chosen).expanduser()
        except RuntimeError:
            raise UsageError(
                f"GOEMOX_CACHE_DIR={chosen!r}: nobody here has such a home; write the whole path of a folder"
            ) from None
    import platformdirs  # only where it is needed: every start would pay for it

    return Path(platformdirs.user_cache_dir("goemox", appauthor=False))
