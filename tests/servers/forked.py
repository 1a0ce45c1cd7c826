"""`goemox` in processes of their own that start at once: forks of one that has loaded what the verbs load.

A fork has its own streams, folder, environment, signals and exit code, as a process has that a shell starts;
what it saves is half a second of imports. What is said of the start itself, of what is loaded by then, or
with variables that Python reads when it starts, needs `subprocess` and `python -m goemox`. So does a system
that has no forks: there `start` does that.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import pkgutil
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import IO, Any

__all__ = ["Goemox", "goemox", "start"]

UNNEEDED = ("goemox.__main__", "goemox.release", "goemox.reproduce", "goemox.scale.ray", "goemox.training")
LIBRARIES = (
    "httpx2", "jinja2", "onnxruntime", "polars", "rich.table", "scipy.optimize", "scipy.sparse",
    "scipy.special", "scipy.stats", "sklearn.feature_extraction.text", "sklearn.linear_model",
    "sklearn.metrics", "sklearn.model_selection", "sklearn.pipeline", "tokenizers",
)  # fmt: skip
MOST = 2**20  # bytes of a call: its arguments and variables
ENDED = os.WEXITED | os.WNOHANG | os.WNOWAIT
_source: tuple[subprocess.Popen[bytes], socket.socket] | None = None  # the process that is forked


class Goemox:
    """A running fork, with what `subprocess.Popen` says of a process."""

    def __init__(
        self, *arguments: object, stdin: IO[Any] | None = None, stdout: IO[Any] | None = None,
        stderr: IO[Any] | None = None, cwd: object = None, env: Mapping[str, str] | None = None,
        leads: bool = False,
    ) -> None:  # fmt: skip
        """Streams that are not given lead nowhere. leads: a session, whose terminal is stdin."""
        self.returncode: int | None = None
        self._end, theirs = _told_apart()
        call = {"arguments": [str(each) for each in arguments], "cwd": str(cwd or Path.cwd()), "leads": leads}
        call["env"] = dict(os.environ if env is None else env)
        with theirs, Path(os.devnull).open("r+b") as nothing:
            streams = [(each or nothing).fileno() for each in (stdin, stdout, stderr)]
            socket.send_fds(_forking(), [json.dumps(call).encode()], [*streams, theirs.fileno()])
        self.pid = int(self._end.recv(20))

    def poll(self) -> int | None:
        if self.returncode is None and select.select([self._end], [], [], 0)[0]:
            self.wait()
        return self.returncode

    def wait(self, timeout: float = 240) -> int:
        if self.returncode is None:
            if not select.select([self._end], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(f"goemox, process {self.pid}", timeout)
            self.returncode = int(self._end.recv(20))
            self._end.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def start(*arguments: object, **options: Any) -> Goemox | subprocess.Popen[bytes]:
    """Start `goemox` with these arguments. options: of `Goemox`."""
    if hasattr(os, "fork"):
        return Goemox(*arguments, **options)
    return subprocess.Popen([sys.executable, "-m", "goemox", *map(str, arguments)], **options)


def goemox(
    *arguments: object, stdin: str | bytes = b"", encoding: str | None = "utf-8", timeout: float = 240,
    cwd: object = None, env: Mapping[str, str] | None = None, **variables: str,
) -> subprocess.CompletedProcess[Any]:  # fmt: skip
    """Run `goemox` with these arguments to its end, and what it printed: text, or bytes without an encoding.

    variables: of its environment, beside those of `env` or of this process. What it writes is UTF-8 there.
    """
    sent = stdin if isinstance(stdin, bytes) else stdin.encode()
    given, giving = os.pipe()
    writer = threading.Thread(target=_give, args=(giving, sent))
    with os.fdopen(given, "rb") as reader, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        whole = {"PYTHONIOENCODING": "utf-8", **(os.environ if env is None else env), **variables}
        running = start(*arguments, stdin=reader, stdout=out, stderr=err, cwd=cwd, env=whole)
        reader.close()
        writer.start()
        try:
            code = running.wait(timeout)
        except subprocess.TimeoutExpired:
            running.kill()
            raise
        finally:
            writer.join()
        shown = [each.seek(0) or each.read() for each in (out, err)]
    said = shown if encoding is None else [each.decode(encoding).replace("\r\n", "\n") for each in shown]
    return subprocess.CompletedProcess(["goemox", *arguments], code, *said)


def _give(descriptor: int, content: bytes) -> None:
    with suppress(BrokenPipeError), os.fdopen(descriptor, "wb") as pipe:
        pipe.write(content)


def _told_apart() -> tuple[socket.socket, socket.socket]:
    """Two ends between which what is sent comes as it was sent: a number is not joined to the next one."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def _forking() -> socket.socket:
    """The line to the process that is forked, which begins with the first call and ends with this one."""
    global _source
    if _source is None:
        ours, theirs = _told_apart()
        for end in (ours, theirs):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, MOST)
        with theirs:
            command = [sys.executable, __file__, str(theirs.fileno())]
            environment = {name: value for name, value in os.environ.items() if "GOEMOX_" not in name}
            forking = subprocess.Popen(
                command, pass_fds=[theirs.fileno()], env=environment, cwd=Path(__file__).parent
            )
            _source = forking, ours
        atexit.register(_end)
    return _source[1]


def _end() -> None:
    assert _source is not None
    process, line = _source
    line.close()
    process.wait(60)


def _serve(line: socket.socket) -> dict[str, Any]:
    """Fork for each call that comes in; comes back in the forks, with the call."""
    awake, wakes = socket.socketpair()
    for end in (awake, wakes):
        end.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wakes.fileno(), warn_on_full_buffer=False)
    running: dict[int, socket.socket] = {}
    while True:
        ready = select.select([line, awake], [], [])[0]
        if awake in ready:
            awake.recv(1_000)
            for pid in [pid for pid in running if os.waitid(os.P_PID, pid, ENDED)]:
                code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
                with running.pop(pid) as asker:
                    _tell(asker, code)
        if line in ready:
            asked, streams, _, _ = socket.recv_fds(line, MOST, 4)
            if not asked:
                sys.exit()
            if (pid := os.fork()) == 0:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                for each in (line, awake, wakes, *running.values()):
                    each.close()
                return {**json.loads(asked), "streams": streams}
            running[pid] = socket.socket(fileno=streams[3])
            _tell(running[pid], pid)
            for each in streams[:3]:
                os.close(each)


def _tell(asker: socket.socket, number: int) -> None:
    with suppress(OSError):  # who asked may have gone
        asker.send(str(number).encode())


def _become(arguments: list[str], cwd: str, env: dict[str, str], leads: bool, streams: list[int]) -> None:
    """Be the process that was asked for."""
    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    os.chdir(cwd)
    for number, stream in enumerate(streams[:3]):
        os.dup2(stream, number)
    for stream in streams:
        os.close(stream)
    if leads:
        import fcntl
        import termios

        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    encoding, _, errors = env.get("PYTHONIOENCODING", "utf-8").partition(":")
    sys.stdin = os.fdopen(0, encoding=encoding, errors=errors or "strict", closefd=False)
    sys.stdout = os.fdopen(1, "w", encoding=encoding, errors=errors or "strict", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding=encoding, errors="backslashreplace", closefd=False, buffering=1)
    sys.argv = ["goemox", *arguments]
    code: object = 1
    try:
        runpy.run_module("goemox", run_name="__main__", alter_sys=True)
        code = 0
    except SystemExit as end:
        code = end.code or 0
    except BaseException:
        traceback.print_exc()
    threading._shutdown()  # type: ignore[attr-defined]  # as at an end of Python's, but for the modules:
    atexit._run_exitfuncs()  # to take them apart would copy the memory of all of them
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 1)


if __name__ == "__main__":
    import goemox as package

    sys.path.pop(0)  # the folder of this file
    for module in [*pkgutil.walk_packages(package.__path__, "goemox.")]:
        if not module.name.startswith(UNNEEDED):
            import_module(module.name)
    for library in LIBRARIES:
        import_module(library)
    from goemox.errors import MissingExtra
    from goemox.profiling.language import LanguageReader

    with suppress(MissingExtra):
        LanguageReader()  # half a second for each server, which reads its file beside its first requests
    from goemox.model_folder import default_folder, open_model
    from goemox.runtime import session
    from goemox.runtime.graph import read_graph
    from goemox.runtime.loading import open_engine

    folder = open_model(default_folder())
    sha256 = folder.sha256(folder.onnx)
    graph = open_engine("onnxruntime", read_graph(folder.onnx, sha256), folder.onnx, 1)
    session._SHARED[sha256] = graph  # as in a process that has opened the bundled model before
    gc.freeze()  # forks that looked through it for garbage would copy its memory
    _become(**_serve(socket.socket(fileno=int(sys.argv[1]))))
