"""`/docs` and docs/serving.md name every address, and the commands on both run as they stand."""

import html
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from goemox.serve.problems import PROBLEMS

SERVING = (Path(__file__).parents[2] / "docs" / "serving.md").read_text("utf-8")
COMMENTS = "".join(f"Thank you for number {i}, it works\n" for i in range(60))


@pytest.fixture(scope="module")
def addresses(server):
    return server.ask("GET", "/openapi.json").json["paths"]


def run(command, folder):
    """What a shell prints for it; fails where curl is refused."""
    (folder / "comments.txt").write_text(COMMENTS)
    strict = command.replace("curl ", "curl -sS --fail-with-body ")
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", strict], cwd=folder, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_page_has_every_address_and_each_of_its_commands_runs(server, addresses, tmp_path):
    if shutil.which("curl") is None:
        pytest.skip("no curl on PATH")
    page = server.ask("GET", "/docs").body.decode()
    commands = [html.unescape(each) for each in re.findall(r"<pre[^>]*><code>(.*?)</code>", page, re.DOTALL)]
    assert len(commands) == len(addresses)
    for path in addresses:
        (command,) = [each for each in commands if re.search(rf":{server.port}{path}\s", f"{each}\n")]
        assert run(command, tmp_path)


def test_the_page_says_what_the_schema_says(server):
    page = server.ask("GET", "/docs").body.decode()
    assert "list of 1 to 512, each text of 1 to 10,000 characters" in page
    assert "list of at least 50" not in page  # it has both ends
    assert '="/' not in page  # it may stand below a path of a proxy's, and so may the other one
    assert b'="/' not in server.ask("GET", "/").body
    assert "one of 28 names" not in page  # it is open to those who may not know the labels
    assert "<code>parameters.top_k</code>" in page
    assert "a 503 without it does not pass" in page
    for code, (status, title) in PROBLEMS.items():
        assert f"<code>{status} {code}</code>" in page
        assert html.escape(title, quote=False) in page


def test_a_host_that_is_no_name_is_not_repeated_on_the_page(server):
    assert b'"><script>' not in server.ask("GET", "/docs", Host='localhost:"><script>').body
    assert "curl http://localhost:1/health" in server.ask("GET", "/docs", Host="localhost:1").body.decode()


def test_words_of_the_schema_are_shown_as_they_are_written(server):
    page = server.ask("GET", "/docs").body.decode()
    assert "&amp;" not in page.replace("&amp;&amp;", "")  # escaped once, not twice


def test_the_page_tells_of_the_token_only_where_one_is_needed(server, guarded):
    for path in ("/", "/docs", "/static/page.js", "/health"):
        assert guarded.ask("GET", path).status == 200
    for path in ("/openapi.json", "/metrics", "/v1/labels", "/static", "/docs/", "/stat"):
        assert guarded.ask("GET", path).status == 401
    page = html.unescape(guarded.ask("GET", "/docs").body.decode())
    assert '-H "Authorization: Bearer $GOEMOX_TOKEN"' in page
    assert "Bearer" not in server.ask("GET", "/docs").body.decode()


def test_the_guide_says_how_large_the_page_is(server):
    page = server.ask("GET", "/").body
    names = set(re.findall(rb'(?:href|src)="(static/[^"]+)"', page))
    loaded = len(page) + sum(len(server.ask("GET", f"/{name.decode()}").body) for name in names)
    most = int(re.search(r"its own files \(under (\d+) kB", SERVING)[1])
    assert most - 10 <= loaded / 1000 < most


def test_the_guide_names_every_address_and_code_and_its_commands_run(server, addresses, tmp_path):
    for path in addresses:
        assert f"{path}`" in SERVING, path
    for code in PROBLEMS:
        assert f"`{code}`" in SERVING, code
    (block,) = re.findall(r"```sh\n(.*?)```", SERVING, re.DOTALL)
    for path in addresses:
        assert re.search(rf"8000{path}\s", block), path
    if shutil.which("curl") is None:
        pytest.skip("no curl on PATH")
    said = run("set -e\n" + block.replace(":8000", f":{server.port}"), tmp_path)
    assert "gratitude" in said
