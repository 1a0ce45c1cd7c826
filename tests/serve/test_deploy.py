"""The files in deploy/ say what is so: what they start starts, what they ask answers."""

import inspect
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from goemox.serve.limits import Limits

yaml = pytest.importorskip("yaml")
uvicorn = pytest.importorskip("uvicorn")
ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
SERVING = (ROOT / "docs" / "serving.md").read_text("utf-8")
TOKEN = "a-long-enough-token-for-this"
# Runs `goemox` as in the image, where [language] is not installed (it takes a temporary file to open), and
# ends the process where Python opens a file for writing, or makes one.
WRITES_NOTHING = """
import os, sys
MAKING = ("os.mkdir", "os.rename", "os.link", "os.symlink", "tempfile.mkstemp", "tempfile.mkdtemp")
sys.modules["py3langid"] = None
def look(event, arguments):
    if event == "open" and isinstance(arguments[2], int) and isinstance(arguments[0], str):
        if arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) and arguments[0] != os.devnull:
            os.write(2, f"written: {arguments[0]}\\n".encode()); os._exit(70)
    if event in MAKING:
        os.write(2, f"written: {event}\\n".encode()); os._exit(70)
sys.addaudithook(look)
from goemox.cli import main
main()
"""


def instructions(name="Dockerfile"):
    """(keyword, rest) of each instruction, continued lines joined."""
    lines = [line for line in (DEPLOY / name).read_text().splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    return [tuple(line.split(maxsplit=1)) for line in joined.splitlines() if line.strip()]


def last(keyword):
    return [rest for word, rest in instructions() if word == keyword][-1]


def command(rest):
    """The exec form `["goemox", "serve"]` as a list."""
    assert rest.startswith("["), "a shell would stand between signals and the server"
    return yaml.safe_load(rest)


def test_the_image_is_of_named_versions_and_holds_no_secret():
    (base,) = [rest for word, rest in instructions() if word == "ARG"]
    assert re.fullmatch(r"BASE=python:3\.\d+\.\d+-slim-\w+", base)
    assert {rest.split()[0] for word, rest in instructions() if word == "FROM"} == {"${BASE}"}
    installing = [rest for word, rest in instructions() if word == "RUN" and " install " in rest]
    assert installing
    pinned = re.compile("--constraint constraints.txt|--require-hashes --requirement|--no-deps")
    for rest in installing:
        assert all(pinned.search(each) for each in rest.split("&&") if " install " in each), rest
    assert "latest" not in (DEPLOY / "Dockerfile").read_text()
    assert not any(
        re.search("TOKEN|SECRET|PASSWORD", rest) for word, rest in instructions() if word in ("ENV", "ARG")
    )


def test_the_image_runs_as_a_user_and_not_as_root():
    stage = instructions()[[word for word, _ in instructions()].index("FROM", 4) :]
    words = [word for word, _ in stage]
    assert words.index("USER") < words.index("CMD")
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", last("USER"))
    assert last("STOPSIGNAL") == "SIGTERM"


def test_all_that_the_image_copies_is_let_through_and_is_there():
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    let = {line.removeprefix("!") for line in lines if line.startswith("!")}
    copied = {
        source for word, rest in instructions() if word == "COPY" and not rest.startswith("--from")
        for source in rest.split()[:-1]
    }  # fmt: skip
    assert copied == let
    assert all((ROOT / source).exists() for source in copied)


def test_what_the_image_starts_answers_writes_nothing_and_is_found_healthy(tmp_path):
    """Nor does it measure which engine is faster, where there are two: that would be kept in the cache."""
    start, health = command(last("ENTRYPOINT")), command(last("HEALTHCHECK").split("CMD ")[1])
    start += command(last("CMD"))
    assert (start[0], health[0]) == ("goemox", "goemox")
    shutil.copy(DEPLOY / "goemox.toml", tmp_path)
    (tmp_path / "token").write_text(TOKEN)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {  # the port is the test's own; an environment without HOME, as the image's user has
        "PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", "GOEMOX_SERVE_PORT": str(port),
        "GOEMOX_SERVE_TOKEN_FILE": str(tmp_path / "token"), "GOEMOX_CACHE_DIR": str(tmp_path / "cache"),
    }  # fmt: skip
    guarded = [sys.executable, "-c", WRITES_NOTHING]

    def ask():
        return subprocess.run(
            [*guarded, *health[1:]], cwd=tmp_path, env=settings, capture_output=True, timeout=30, check=False
        )  # fmt: skip

    server = subprocess.Popen([*guarded, *start[1:]], cwd=tmp_path, env=settings, stderr=subprocess.PIPE)
    try:
        deadline = time.monotonic() + 60
        while (done := ask()).returncode != 0:
            assert server.poll() is None
            assert done.returncode == 1, done
            assert time.monotonic() < deadline, done
    finally:
        server.terminate()
        log = server.communicate(timeout=30)[1].decode()
    assert server.returncode == 0, log
    assert "written" not in log
    assert '"event": "listening"' in log
    assert ask().returncode == 1


def test_the_container_may_write_nothing_and_is_reached_from_this_machine_only():
    service = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]["goemox"]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    assert {"mem_limit", "pids_limit"} <= service.keys()
    assert service["secrets"] == ["goemox_token"]


def test_the_proxies_let_through_what_the_server_takes_as_it_comes():
    caddy, nginx = (DEPLOY / "Caddyfile").read_text(), (DEPLOY / "nginx.conf").read_text()
    assert Limits().body_bytes == 2 * 2**20
    for told in ("max_size 2MiB", "flush_interval -1", "@within path /metrics /v1/drift"):
        assert told in caddy
    for told in ("client_max_body_size 2m;", "proxy_buffering off;", "Host $http_host;", "= /v1/drift {"):
        assert told in nginx


def test_the_proxies_give_up_an_idle_connection_before_the_server_does():
    own = inspect.signature(uvicorn.Config).parameters["timeout_keep_alive"].default
    assert f"| an idle connection | {own} s after its last answer" in SERVING
    for told in ((DEPLOY / "Caddyfile").read_text(), SERVING):
        (kept,) = re.findall(r"\bkeepalive (\d+)s", told)
        assert int(kept) < own
    nginx = re.sub("#.*", "", (DEPLOY / "nginx.conf").read_text())
    assert "upstream" not in nginx  # without one it keeps none


def test_the_unit_starts_what_is_installed_and_may_do_little():
    unit = dict(
        line.split("=", 1) for line in (DEPLOY / "goemox.service").read_text().splitlines()
        if "=" in line and not line.startswith("#")
    )  # fmt: skip
    assert shlex.split(unit["ExecStart"])[1:] == ["serve"]
    assert unit["DynamicUser"] == "yes"
    assert unit["ProtectSystem"] == "strict"
    assert unit["CapabilityBoundingSet"] == ""
    assert "MemoryMax" in unit


def test_alerts_ask_for_what_metrics_tell(server):
    text = server.ask("GET", "/metrics").body.decode()
    told = set(re.findall(r"^# TYPE (\S+)", text, re.MULTILINE))
    rules = yaml.safe_load((DEPLOY / "goemox.rules.yml").read_text())["groups"][0]["rules"]
    asked = {name for rule in rules for name in re.findall(r"\b(?:goemox|process)_[a-z_]+", rule["expr"])}
    assert asked
    assert {name.removesuffix("_bucket") for name in asked} <= told
