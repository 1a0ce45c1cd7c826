"""What a stranger does first with an installed goemox, run by strangers.py in a fresh environment.

Standard library only. It takes the network away from this process and all that it starts, where the system
lets it, and prints one JSON object a step: {"step", "ok", "detail", "seconds"}; exit code 1 where one failed.
"""

from __future__ import annotations

import ctypes
import importlib.util
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

THANKS = "Thank you so much, this made my day! 😀"
NEWUSER_NEWNET = 0x10000000 | 0x40000000  # Linux: CLONE_NEWUSER, CLONE_NEWNET
LOOPBACK_UP = struct.pack("16sh14x", b"lo", 0x1 | 0x40)  # IFF_UP, IFF_RUNNING
# A guard of Python's own for the processes that are started, wherever the system has none.
GUARD = """
import sys
def look(event, arguments):
    if event in ("socket.connect", "socket.sendto") and isinstance(arguments[1], tuple):
        if arguments[1][0] not in ("127.0.0.1", "::1", "localhost"):
            raise OSError(f"no network here: {arguments[1]}")
sys.addaudithook(look)
"""
NO_TORCH = "import sys, goemox; goemox.load()('x'); sys.exit('torch' in sys.modules)"


def main(version: str, extra: str, work: Path) -> int:
    """Do all steps in the folder `work`; extra: "" or "serve", what is installed."""
    network = _take_away_network()
    (work / "guard").mkdir()
    (work / "guard" / "sitecustomize.py").write_text(GUARD, encoding="utf-8")
    os.chdir(work)
    steps: list[tuple[str, Callable[[], str]]] = [("network", lambda: network), *_steps(version)]
    steps.append(("serve", _served) if extra == "serve" else ("serve without its extra", _refused))
    code = 0
    for name, step in steps:
        began = time.perf_counter()
        try:
            detail, ok = step(), True
        except Exception as error:
            detail, ok = f"{type(error).__name__}: {error}", False
        code = code if ok else 1
        seconds = round(time.perf_counter() - began, 1)
        print(json.dumps({"step": name, "ok": ok, "detail": detail, "seconds": seconds}), flush=True)
    return code


def _steps(version: str) -> list[tuple[str, Callable[[], str]]]:
    return [
        ("goemox --version", lambda: _expect(_goemox("--version"), f"goemox {version}")),
        ("python -m goemox", lambda: _expect(_python("-m", "goemox", "--version"), f"goemox {version}")),
        ("predict", lambda: _expect(_goemox("predict", THANKS), '"gratitude"', THANKS)),
        ("predict a file", _predicted),
        ("predict on a cp1252 console", _narrow),
        ("study --offline", _studied),
        ("doctor", _examined),
        ("torch", lambda: (_absent("torch"), _python("-c", NO_TORCH))[0]),
    ]


def _take_away_network() -> str:
    """How it was taken away; loopback stays."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        alone = (NEWUSER_NEWNET & 0x40000000) if os.geteuid() == 0 else NEWUSER_NEWNET
        if libc.unshare(alone) == 0:
            import fcntl

            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
                fcntl.ioctl(any_socket, 0x8914, LOOPBACK_UP)
            try:
                socket.create_connection(("192.0.2.1", 443), timeout=2).close()
            except OSError:
                return "the network taken away by Linux"
            raise RuntimeError("the network is still there")
    return "the network refused by Python"


def _expect(told: str, *wanted: str) -> str:
    for words in wanted:
        if words not in told:
            raise AssertionError(f"{words!r} is not in {told[-500:]!r}")
    return told.strip()[:80]


def _python(*arguments: str, code: int = 0, **environment: str) -> str:
    """`_run` with the environment's Python."""
    return _run([sys.executable, *arguments], code, environment)


def _goemox(*arguments: str, code: int = 0, **environment: str) -> str:
    """`_run` with the command that was installed."""
    folder = Path(sys.executable).parent
    command = shutil.which("goemox", path=str(folder))
    assert command, f"no goemox in {folder}"
    return _run([command, *arguments], code, environment)


def _run(command: list[str], code: int, environment: dict[str, str]) -> str:
    """Standard output, or standard error where the exit code is not to be 0; no traceback in either."""
    done = subprocess.run(
        command, capture_output=True, env=_environment(**environment), timeout=300, check=False
    )
    told = done.stderr.decode("utf-8", "replace")
    if done.returncode != code or "Traceback" in told:
        raise AssertionError(f"exit code {done.returncode}: {told[-800:]}")
    return told if code else done.stdout.decode(environment.get("PYTHONIOENCODING", "utf-8"))


def _environment(**more: str) -> dict[str, str]:
    """Nothing of the caller's but what a process needs; a home of its own."""
    needed = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "LANG")
    home = str(Path.cwd())
    return {
        **{name: os.environ[name] for name in needed if name in os.environ},
        "HOME": home,
        "USERPROFILE": home,
        "PYTHONPATH": str(Path(home) / "guard"),
        "PYTHONUTF8": "1",
        **more,
    }


def _predicted() -> str:
    source, target = Path("Träume und Räume.csv"), Path("gelesen") / "answers 😀.csv"
    source.write_bytes(f'id,text\r\n1,"{THANKS}"\r\n2,"I am so sad,\nand angry"\r\n'.encode())
    _goemox("predict", "--input", str(source), "-o", str(target))
    return _expect(target.read_bytes().decode("utf-8"), "gratitude", "😀", "labels")


def _narrow() -> str:
    told = _goemox("predict", THANKS, "--format", "table", PYTHONIOENCODING="cp1252", PYTHONUTF8="0")
    return _expect(told, "gratitude", "\\U0001f600")


def _studied() -> str:
    _goemox("study", "--offline", "--output-dir", "out")
    page = Path("out/report.html").read_bytes()
    assert page.startswith(b"<!doctype html>") or page[:15].lower() == b"<!doctype html>", page[:40]
    content = json.loads(Path("out/report.json").read_text("utf-8"))
    return f"{content['schema']}, report.html of {len(page):,} bytes"


def _examined() -> str:
    document = json.loads(_goemox("doctor", "--json"))
    assert document["ok"], [finding for finding in document["findings"] if finding["state"] == "problem"]
    return f"{len(document['findings'])} findings, no problem"


def _absent(name: str) -> str:
    assert importlib.util.find_spec(name) is None, f"{name} is installed"
    return "not installed, not asked for"


def _refused() -> str:
    return _expect(_goemox("serve", code=1), "pip install 'goemox[serve]'")


def _served() -> str:
    """Start a server, ask every address of it once, end it as a service manager does."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "goemox", "serve", "--port", str(port)],
        env=_environment(),
        stderr=subprocess.PIPE,
    )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_until_ready(server, address)
        best = json.loads(_asked(address, "/predict", {"inputs": THANKS}))[0][0]
        assert best["label"] == "gratitude", best
        asked = [_asked(address, path) for path in ("/", "/docs", "/static/page.js")]
        asked += [_asked(address, *each) for each in _examples(address)]
    finally:
        server.terminate()
        told = server.communicate(timeout=60)[1].decode("utf-8", "replace")
    assert sys.platform == "win32" or server.returncode == 0, f"exit code {server.returncode}: {told[-500:]}"
    assert "Traceback" not in told, told[-800:]
    return f"POST /predict: {best['label']} {best['score']:.3f}; {len(asked)} addresses answered"


def _examples(address: str) -> list[tuple[str, object]]:
    """Every address of /openapi.json with the example of what is sent to it, None for a GET."""
    paths = json.loads(_asked(address, "/openapi.json"))["paths"]
    bodies = [(path, methods.get("post", {}).get("requestBody")) for path, methods in paths.items()]
    return [(path, body and body["content"]["application/json"]["example"]) for path, body in bodies]


def _asked(address: str, path: str, body: object = None) -> bytes:
    """The answer's body. Raises OSError for a refusal."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address + path, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return bytes(answer.read())


def _wait_until_ready(server: subprocess.Popen[bytes], address: str) -> None:
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"{address}/ready", timeout=5):
                return
        except OSError:
            assert server.poll() is None, server.communicate()[1].decode("utf-8", "replace")[-800:]
            time.sleep(0.1)
    raise AssertionError("not ready within a minute")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], Path(sys.argv[3]).resolve()))
