"""One server process, or several that share a port: from settings to uvicorn, and to its end.

SIGTERM and SIGINT finish what was accepted and refuse what comes new. SIGTERM ends with exit code 0, since it
is how containers and systemd stop a server; SIGINT with 130.
"""

from __future__ import annotations

import errno
import math
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from functools import partial
from pathlib import Path
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.supervisors.multiprocess import Multiprocess, Process

from goemox.errors import GoemoxError, InvalidModel, UsageError
from goemox.model_folder import ModelFolder, default_folder, open_model
from goemox.runtime.engine import runtime_of
from goemox.serve.app import create_app
from goemox.serve.configuration import MEBIBYTE, ServeSettings, door_of, oddities
from goemox.serve.guard import Door
from goemox.serve.logs import begin, setup_of, tell
from goemox.tiers import rule_of_tier, sha256_of_tier

__all__ = ["HASH_DIGITS", "bound", "opened", "run"]

PROTOCOL = "goemox.serve.protocol:ImpatientProtocol"
HASH_DIGITS = 12  # hexadecimal, that are told
NOT_STARTED = 3  # the exit code of a uvicorn process that could not start: here, that cannot load the model
LOOK_S = 0.2  # between two looks for a signal, while a process ends
START_S = 60  # that a process has to load its model before SIGHUP gives it up and keeps those that are left
ANSWER_S = 5  # that a process has to say whether it is ready
AGAIN_S = 30  # until a process that could not start is tried again, while others answer


def run(settings: ServeSettings) -> None:
    """Serve until a signal; what was accepted is finished first.

    Raises UsageError for settings that would let strangers in, and where the address is taken; InvalidModel
    for a folder that cannot be opened, and MissingExtra for a runtime that is not installed, before anything
    listens. SystemExit with the exit code at the end.
    """
    asked = threading.Event()

    def end(*_: object) -> None:
        """SIGTERM: at once while nothing is answered yet; uvicorn sends it again when all is finished."""
        asked.set()
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs begin without one
    try:
        _serve(settings)
    except RuntimeError:  # what Python 3.11 makes of any end that comes while a class is made
        if asked.is_set():
            raise SystemExit(0) from None
        raise


def _serve(settings: ServeSettings) -> None:
    if settings.workers == 1:  # several are replaced, one after the other
        _end_at_hang_up()
    door = door_of(settings)
    folder = opened(settings)
    rule_of_tier(folder, settings.tier)  # a folder without that tier is told before anything listens
    runtime_of(settings.runtime)  # and a runtime that is not there
    begin(settings.log_format, settings.log_level)
    listening = bound(settings)
    listening.listen(2048)
    _tell_start(settings, folder, listening)
    shared: dict[str, Any] = {
        "http": PROTOCOL, "ws": "none", "server_header": False,
        "proxy_headers": False, "access_log": False, "lifespan": "on",
        "log_config": setup_of(settings.log_format, settings.log_level),
        "timeout_graceful_shutdown": math.ceil(settings.limits.answer_s),
    }  # fmt: skip
    if settings.workers == 1:
        _run_one(settings, door, listening, shared)
    else:
        _Workers(_config_of_workers(settings, door, shared), sockets=[listening]).run()


def opened(settings: ServeSettings) -> ModelFolder:
    """The model folder, its hashes verified. Raises InvalidModel."""
    return open_model(default_folder() if settings.model == "default" else Path(settings.model))


def bound(settings: ServeSettings) -> socket.socket:
    """A socket of the address, which nobody can reach yet. Raises UsageError where that is not to be had."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # TCP by name: asyncio switches Nagle's algorithm off for such sockets only, and with it a client that
    # acknowledges late would wait 40 ms for every answer.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if sys.platform != "win32":  # there, it would let two servers share the port
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
    except (OSError, UnicodeError) as error:
        listening.close()
        repair = "name an address of this machine: 127.0.0.1 for itself alone, 0.0.0.0 for all that it has"
        reason = getattr(error, "strerror", None) or "no name of a machine"
        if getattr(error, "errno", None) == errno.EADDRINUSE:
            repair = "name another port, or 0 for any that is free"
        elif isinstance(error, PermissionError):
            repair = "ports below 1024 are the system's: name a higher one, and put a proxy before it"
        raise UsageError(
            f"--host {settings.host} --port {settings.port}: cannot listen there ({reason}); {repair}"
        ) from None
    return listening


def _tell_start(settings: ServeSettings, folder: ModelFolder, listening: socket.socket) -> None:
    host, port = listening.getsockname()[:2]
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    limits = settings.limits
    tell(
        "info", "listening", f"serving on {address} (stop with Ctrl+C)",
        address=address, model=settings.model, tier=settings.tier,
        sha256=sha256_of_tier(folder, settings.tier)[:HASH_DIGITS], workers=settings.workers, pid=os.getpid(),
        token=settings.token_file is not None,
        max_body_mb=round(limits.body_bytes / MEBIBYTE, 3), body_timeout=limits.body_s,
        answer_timeout=limits.answer_s, queue=limits.queue_texts, batch_texts=limits.batch_texts,
    )  # fmt: skip
    for sentence in oddities(settings):
        tell("warning", "setting", sentence)


def _end_at_hang_up() -> None:
    """SIGHUP, of a terminal that is closed: as SIGTERM. Not under nohup, which has it ignored."""
    if sys.platform != "win32" and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))


def _run_one(settings: ServeSettings, door: Door, listening: socket.socket, shared: dict[str, Any]) -> None:
    errors: list[Exception] = []

    def failed(error: Exception) -> None:
        errors.append(error)
        server.should_exit = True

    app = create_app(
        settings.model, door, settings.limits, access_log=settings.access_log, tier=settings.tier,
        runtime=settings.runtime, failed=failed,
    )  # fmt: skip
    server = _Server(uvicorn.Config(app, **shared))
    server.run(sockets=[listening])
    if errors:
        raise SystemExit(errors[0].exit_code if isinstance(errors[0], GoemoxError) else 1)


def _config_of_workers(settings: ServeSettings, door: Door, shared: dict[str, Any]) -> uvicorn.Config:
    made = partial(_application, settings, door)  # pickled over a pipe to each process, the token with it
    return uvicorn.Config(
        made, factory=True, workers=settings.workers, timeout_worker_healthcheck=START_S, **shared
    )


class _Server(uvicorn.Server):
    """uvicorn's, which tells that it stops."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Refuse what is new, finish what was accepted."""
        tell("info", "stopping", "finishing what was accepted", requests=len(self.server_state.tasks))
        await super().shutdown(sockets)


def _application(settings: ServeSettings, door: Door) -> ASGIApp:
    """The application of a worker process; it ends with its parent, which alone would be asked to stop."""
    begin(settings.log_format, settings.log_level)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent,), daemon=True, name="goemox-parent").start()
    return create_app(
        settings.model, door, settings.limits, workers=settings.workers, load_first=True,
        access_log=settings.access_log, tier=settings.tier, runtime=settings.runtime,
    )  # fmt: skip


def _follow(parent: Any) -> None:
    parent.join()
    tell("warning", "parent-gone", "the process that started this one is gone; stopping")
    os.kill(os.getpid(), signal.SIGTERM)


class _Ends(threading.Event):
    """Set where all processes end, or a signal waits that will end them."""

    def __init__(self, workers: Multiprocess) -> None:
        super().__init__()
        self._workers = workers

    def is_set(self) -> bool:
        """Whether they do."""
        waiting = {signal.SIGTERM, signal.SIGINT} & {*self._workers.signal_queue}
        return self._workers.should_exit.is_set() or bool(waiting)


class _Workers(Multiprocess):
    """uvicorn's processes, with ends that are told and an exit code that says how it went."""

    def run(self) -> None:
        """Until a signal, or a process that cannot start. Raises SystemExit with the exit code."""
        self._ended_by = 0
        self._is_unable = False
        self._again: dict[Process, float] = {}  # ends that could not start; when others are tried for them
        super().run()
        if self._is_unable:
            raise SystemExit(InvalidModel.exit_code)
        tell("info", "stopped", "all processes have ended")
        if self._ended_by == signal.SIGINT:
            raise KeyboardInterrupt

    def restart_all(self) -> None:
        """Replace one process after the other; a signal that ends all ends this first.

        uvicorn queues signals and would look at them when the last has taken its place, minutes later.
        """
        ends = _Ends(self)
        for place, old in enumerate(self.processes):
            if ends.is_set():
                return
            new, began = Process(self.config, self.sockets), time.monotonic()
            new.start()
            if not new.wait_until_ready(START_S, ends):
                new.kill()
                new.join()
                if not ends.is_set():
                    tell(
                        "error", "worker-not-replaced", "a new worker process was not ready; the others stay",
                        kept=old.pid, seconds=round(time.monotonic() - began, 1),
                    )  # fmt: skip
                return
            self.processes[place] = new
            old.terminate()
            while old.process.is_alive() and not ends.is_set():
                old.process.join(LOOK_S)

    def handle_int(self) -> None:
        """Ctrl+C."""
        self._ended_by = signal.SIGINT
        super().handle_int()

    def terminate_all(self) -> None:
        """Close the port first: a connection that nobody accepts any more would wait for ever."""
        tell("info", "stopping", "finishing what was accepted", workers=len(self.processes))
        for listening in self.sockets:
            listening.close()
        super().terminate_all()

    def keep_subprocess_alive(self) -> None:
        """Replace processes that ended, and say so; all end where one cannot start and none answers.

        uvicorn would also wait for an answer of each, which comes late while one starts on a busy machine,
        and end the others where one cannot start.
        """
        for place, old in enumerate(self.processes):
            if self.should_exit.is_set() or old.process.is_alive():
                continue
            old.join()
            if old.exitcode == NOT_STARTED and not self._is_due(old):
                continue
            new = self.processes[place] = Process(self.config, self.sockets)
            new.start()
            tell(
                "error", "worker-replaced", "a worker process ended and was replaced",
                ended=old.pid, code=old.exitcode, started=new.pid,
            )  # fmt: skip

    def _is_due(self, failed: Process) -> bool:
        """Whether to try anew for a process that could not start; ends all where no other one answers."""
        if not any(other.is_ready(ANSWER_S) for other in self.processes if other.process.is_alive()):
            self._is_unable = True
            self.should_exit.set()
            return False
        if failed not in self._again:
            self._again[failed] = time.monotonic() + AGAIN_S
            tell(
                "error", "worker-not-replaced", "a new worker process could not start; the others stay",
                ended=failed.pid, again_s=AGAIN_S,
            )  # fmt: skip
        if time.monotonic() < self._again[failed]:
            return False
        del self._again[failed]
        return True
