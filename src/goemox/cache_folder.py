"""Where everything is kept that can be made or fetched again."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["cache_dir"]


def cache_dir() -> Path:
    """GOEMOX_CACHE_DIR, or the system's place for caches; it need not exist."""
    chosen = os.environ.get("GOEMOX_CACHE_DIR")
    if chosen:
        return Path(chosen).expanduser()
    import platformdirs  # only where it is needed: every start would pay for it

    return Path(platformdirs.user_cache_dir("goemox", appauthor=False))
