"""The Ray cluster that a command uses: connected to or started, kept quiet, and left as it was found."""

from __future__ import annotations

import io
import logging
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any

from goemox.data.file_lock import open_alone
from goemox.errors import GoemoxError, UsageError
from goemox.runtime.cores import n_cores
from goemox.wording import first_line

__all__ = ["SETTINGS", "cluster"]

OBJECT_STORE = 200_000_000  # bytes of a local cluster's: tasks and counts only pass through it
SETTINGS = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_DATA_DISABLE_PROGRESS_BARS": "1",
    "RAY_BACKEND_LOG_LEVEL": "fatal",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    "RAY_worker_niceness": "0",
}
"""Read by Ray when it is imported: nothing is reported to anybody, little is said, and the workers of a local
cluster get as much of the machine as the local engine would (Ray's own choice is 15)."""

TEMPORARY = "goemox-ray-"
PATIENCE = 10.0  # seconds until a machine that does not answer counts as not there
DEATHS = {
    "A worker died": "a worker died; its part is made again",
    "marked dead": "a machine was lost; its parts are made again on the others",
}
"""What Ray says at length -> what is told."""


@contextmanager
def cluster(ray: Any) -> Iterator[int]:
    """Yield the cores of the cluster, with this process connected; what is started here is ended here.

    ray: the library. Raises GoemoxError where the cluster of RAY_ADDRESS cannot be reached, or none started.
    """
    if ray.is_initialized():  # by who called us: theirs to end
        yield _cores(ray)
        return
    address = os.environ.get("RAY_ADDRESS") or "local"
    if address.startswith("ray://"):
        raise UsageError(
            f"RAY_ADDRESS={address}: Ray's client cannot run this; start the command on a machine of the "
            "cluster, with RAY_ADDRESS=HOST:6379"
        )
    with redirect_stdout(_Deaths()), _temporary() as scratch:  # Ray prints deaths to standard output
        started = {
            "num_cpus": n_cores(),
            "include_dashboard": False,
            "object_store_memory": OBJECT_STORE,
            "_temp_dir": str(scratch),
        }
        options = started if address == "local" else {}
        try:
            _check_port(address)
            with _silent():
                ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR, **options)
        except (ConnectionError, RuntimeError, ValueError, OSError) as error:
            where = "a local cluster" if address == "local" else f"RAY_ADDRESS={address}"
            raise GoemoxError(f"{where}: Ray cannot be reached or started ({first_line(error)})") from None
        try:
            yield _cores(ray)
        finally:
            ray.shutdown()


class _Deaths(io.TextIOBase):
    """Takes what Ray prints, and tells of deaths on stderr, a line each."""

    def write(self, words: str, /) -> int:
        for sign, told in DEATHS.items():
            if sign in words:
                sys.stderr.write(f"{told}\n")
        return len(words)


def _check_port(address: str) -> None:
    """Raise OSError where nobody listens at HOST:PORT, for which Ray would wait for minutes."""
    host, colon, port = address.rpartition(":")
    if colon and port.isdecimal():
        socket.create_connection((host.strip("[]"), int(port)), timeout=PATIENCE).close()


@contextmanager
def _silent() -> Iterator[None]:
    """Nothing reaches stderr, from libraries in C++ neither; what goes wrong is raised all the same."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _cores(ray: Any) -> int:
    return max(1, int(ray.cluster_resources().get("CPU", 1)))


@contextmanager
def _temporary() -> Iterator[Path]:
    """A folder for what a local cluster leaves, gone afterwards; those of runs that were killed go, too."""
    for old in Path(tempfile.gettempdir()).glob(f"{TEMPORARY}*"):
        try:
            lock = open_alone(old / "lock")
        except (OSError, GoemoxError):  # somebody else's, or still in use
            continue
        with lock:
            shutil.rmtree(old, ignore_errors=True)
    scratch = Path(tempfile.mkdtemp(prefix=TEMPORARY))
    try:
        with open_alone(scratch / "lock"):
            yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
