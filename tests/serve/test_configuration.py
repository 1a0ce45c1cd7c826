"""What a server may be told, and what is refused or found odd before it listens."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import typer
from forked import goemox

from goemox.cli.app import app
from goemox.errors import UsageError
from goemox.serve.configuration import RANGES, ServeSettings, door_of, oddities, prove
from goemox.serve.limits import Limits


def serve(*arguments, cwd=None, **variables):
    return goemox("serve", *arguments, cwd=cwd, **variables)


@pytest.mark.parametrize(
    ("limits", "flag"),
    [
        ({"body_bytes": 100_000}, "--max-body-mb 0.09"),  # less than one text of emoji, escaped
        ({"body_bytes": 2**40}, "--max-body-mb"),
        ({"body_s": float("nan")}, "--body-timeout nan"),
        ({"answer_s": 0}, "--answer-timeout 0"),
        ({"answer_s": float("inf")}, "--answer-timeout inf"),
        ({"queue_texts": 0}, "--queue 0"),
        ({"batch_texts": -1}, "--batch-texts -1"),
    ],
)
def test_a_limit_that_cannot_be_meant_is_refused_by_its_flag(limits, flag):
    with pytest.raises(UsageError, match=flag):
        prove(ServeSettings(limits=replace(Limits(), **limits)))


@pytest.mark.parametrize(("flag", "field", "divisor"), [row[:3] for row in RANGES])
def test_the_least_that_a_refusal_names_is_taken(flag, field, divisor):
    with pytest.raises(UsageError, match=f"{flag} 0: must be from") as refusal:
        prove(ServeSettings(limits=replace(Limits(), **{field: 0})))
    least = float(str(refusal.value).split("from ")[1].split(" ")[0])
    prove(ServeSettings(limits=replace(Limits(), **{field: round(least * divisor, 1)})))


@pytest.mark.parametrize("name", ["*", "https://example.org", "example.org:8000", "a b", "", "-x", "[::1"])
def test_a_name_that_never_matches_a_host_is_refused(name):
    with pytest.raises(UsageError, match="--allow-host"):
        prove(ServeSettings(allow_hosts=(name,)))


@pytest.mark.parametrize(
    "origin",
    [
        "*",
        "null",
        "example.org",
        "https://example.org/app",
        "https://",
        "ftp://example.org",
        "http://*",
        "https://a:65536",
    ],
)
def test_an_origin_that_no_browser_sends_is_refused(origin):
    with pytest.raises(UsageError, match="--allow-origin"):
        prove(ServeSettings(allow_origins=(origin,)))


@pytest.mark.parametrize(
    "token", [b"short", b"two words that are long enough", b"", b"x" * 5_000, b"\xff" * 20]
)
def test_a_token_that_can_be_guessed_or_never_matches_is_refused(tmp_path, token):
    (tmp_path / "token").write_bytes(token)
    with pytest.raises(UsageError, match="--token-file"):
        door_of(ServeSettings(token_file=str(tmp_path / "token")))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
def test_an_address_that_others_reach_is_refused_without_a_token(host):
    with pytest.raises(UsageError, match="--token-file"):
        door_of(ServeSettings(host=host))


def test_what_works_and_is_hardly_meant_is_said(tmp_path):
    token = tmp_path / "token"
    token.write_text("a-long-enough-token-for-this\n")
    token.chmod(0o644)
    odd = ServeSettings(
        host="0.0.0.0", token_file=str(token), workers=200, limits=Limits(queue_texts=10, batch_texts=64)
    )
    assert [sentence.split()[0] for sentence in oddities(odd)] == [
        "--workers",
        "--queue",
        "--host",
        "--token-file",
    ]
    token.chmod(0o600)
    assert oddities(ServeSettings(token_file=str(token))) == []


def test_a_flag_goes_before_a_variable_and_a_variable_before_the_file(served, tmp_path):
    (tmp_path / "goemox.toml").write_text(
        '[serve]\nlog-format = "json"\nqueue = 7\nbatch-texts = 7\nanswer-timeout = 7\nallow-origin = "https://a.org"\n'
    )
    server = served(
        "--queue", "9", GOEMOX_SERVE_QUEUE="8", GOEMOX_SERVE_BATCH_TEXTS="8", GOEMOX_SERVE_MAX_BODY_MB="0.5",
        GOEMOX_SERVE_ALLOW_HOST="one.example,two.example three.example",
    )  # fmt: skip
    told = server.told("listening")[0]
    assert (told["queue"], told["batch_texts"], told["answer_timeout"], told["max_body_mb"]) == (
        9,
        8,
        7.0,
        0.5,
    )
    assert {
        server.ask("GET", "/ready", Host=f"{name}.example").status for name in ("one", "two", "three")
    } == {200}
    assert server.ask("GET", "/ready", Host="four.example").status == 400
    assert server.ask("GET", "/ready", Origin="https://a.org").status == 200
    assert server.ask("POST", "/predict", b"", content_length="600000").status == 413  # by its head alone


@pytest.mark.parametrize(
    ("arguments", "variables"), [(("--runtime", "auto"), {}), ((), {"GOEMOX_SERVE_RUNTIME": "auto"})]
)
def test_the_runtime_auto_is_taken_at_its_word_beside_the_variable_of_all_verbs(arguments, variables):
    done = serve("--check", "--port", "0", *arguments, GOEMOX_RUNTIME="none such", **variables)
    assert "a text is read as gratitude" in done.stdout
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("arguments", "variables", "words"),
    [
        ((), {"GOEMOX_SERVE_QUEU": "4"}, "GOEMOX_SERVE_QUEU: no such setting"),
        (
            (),
            {"GOEMOX_SERVE_QUEU": "4"},
            "did you mean 'GOEMOX_SERVE_QUEUE'? Known after GOEMOX_SERVE_: ACCESS_LOG,",
        ),
        ((), {"GOEMOX_SERVE_MODEL": "m"}, "GOEMOX_SERVE_MODEL: no such setting: --model is GOEMOX_MODEL."),
        ((), {"GOEMOX_SERVE_CHECK": "1"}, "GOEMOX_SERVE_CHECK: no such setting: --check is a flag alone."),
        ((), {"GOEMOX_SERVE_PORT": "tcp://10.0.0.1:8000"}, "GOEMOX_SERVE_PORT='tcp://10.0.0.1:8000'"),
        (("--json",), {}, "--json goes with --check"),
        (("--check", "--health"), {}, "name one of them"),
        (("--allow-origin", "https://example.org/app"), {}, "without a path"),
        (("--host", "0.0.0.0"), {}, "--token-file"),
    ],
)
def test_a_call_that_cannot_be_meant_ends_before_anything_listens(arguments, variables, words):
    done = serve(*arguments, **({"GOEMOX_SERVE_PORT": "0"} | variables))
    assert done.returncode == 2
    assert words in done.stderr
    assert "serving" not in done.stderr


def test_check_says_what_it_found_part_by_part(tmp_path):
    done = serve("--check", "--port", "0")
    assert done.returncode == 0, done
    assert [line.split()[0] for line in done.stdout.splitlines()] == [
        "settings", "token", "model", "port", "reading", "settings",
    ]  # fmt: skip
    assert "files as in SHA256SUMS" in done.stdout


def test_check_looks_at_everything_also_where_something_is_wrong(tmp_path):
    done = serve("--check", "--json", "--port", "0", "--model", str(tmp_path), "--token-file", "nowhere")
    seen = json.loads(done.stdout)
    assert {part["part"]: part["ok"] for part in seen["parts"]} == {
        "settings": True, "token": False, "model": False, "port": True, "reading": False,
    }  # fmt: skip
    assert (done.returncode, seen["exit_code"], seen["ok"]) == (2, 2, False)


def test_every_flag_of_the_command_is_in_the_docs_and_has_a_variable():
    command = typer.main.get_command(app).commands["serve"]
    text = (Path(__file__).parents[2] / "docs" / "serving.md").read_text()
    options = [option for option in command.params if option.opts[0] not in ("--help",)]
    assert len(options) > 15
    for option in options:
        flag = option.opts[0]
        assert flag in text
        if flag not in ("--model", "--check", "--health", "--json"):
            assert option.envvar[0] == "GOEMOX_SERVE_" + flag[2:].replace("-", "_").upper()
