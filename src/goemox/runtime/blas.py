"""BLAS on one thread: beside scorers' own threads, and where rules and tests are fitted on few rows.

Products of a few rows do not gain by the threads that BLAS starts for them; these wait busily for each other,
and burn up to twice what the whole work takes on a busy machine.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from threading import Lock
from typing import Any

from threadpoolctl import ThreadpoolController

__all__ = ["one_blas_thread"]

_lock = Lock()
_users = 0
_limit: Any = None


@cache
def _controller(_with_scipy: bool) -> ThreadpoolController:
    """The libraries that are loaded by now; scipy brings a BLAS of its own, later than numpy's."""
    return ThreadpoolController()


@contextmanager
def one_blas_thread(*, with_scipy: bool = False) -> Iterator[None]:
    """Keep BLAS to the calling thread until the last of those who asked for it has left the block.

    with_scipy: it will be used inside, so that it is loaded first.
    """
    global _users, _limit
    if with_scipy:
        import_module("scipy.linalg")
    with _lock:
        _users += 1
        if _users == 1:
            _limit = _controller("scipy.linalg" in sys.modules).limit(limits=1, user_api="blas")
    try:
        yield
    finally:
        with _lock:
            _users -= 1
            if _users == 0:
                _limit.restore_original_limits()
