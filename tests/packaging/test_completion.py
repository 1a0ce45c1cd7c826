"""Shells complete verbs, options and their values: what `goemox --install-completion` sets up answers."""

import os
import shutil
import subprocess
import sys

import pytest


@pytest.fixture
def goemox(command, monkeypatch):
    """What `goemox` says to a shell that asks by these variables."""

    monkeypatch.setattr(sys.modules["__main__"], "__package__", None)  # as in the script that pip makes

    def asked(**variables):
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return command()

    return asked


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("goemox pre", ["predict"]),
        ("goemox predict --long", ["--long-text"]),
        ("goemox predict --tier ", ["best", "fast", "cascade"]),
        ("goemox collect g", ["github"]),
        ("goemox study --off", ["--offline"]),
    ],
)
def test_bash_is_offered_what_can_stand_there(goemox, typed, offered):
    words = typed.split(" ")
    done = goemox(_GOEMOX_COMPLETE="complete_bash", COMP_WORDS=typed, COMP_CWORD=str(len(words) - 1))
    assert done.out.split() == offered, done.err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell", "pwsh"])
def test_the_script_of_every_shell_is_printed_and_calls_goemox(goemox, shell):
    done = goemox(_GOEMOX_COMPLETE=f"source_{shell}")
    assert done.code == 0, done.err
    assert f"complete_{'powershell' if shell == 'pwsh' else shell}" in done.out
    assert "goemox" in done.out


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_after_installing_it_a_new_bash_completes(tmp_path):
    code = "import sys; sys.argv = ['goemox', '--install-completion']; from goemox.cli import main; main()"
    script = f'{sys.executable} -c "$1" && source ~/.bashrc && complete -p goemox'
    done = subprocess.run(
        ["bash", "--norc", "-c", script, "bash", code],
        capture_output=True, encoding="utf-8", check=False, timeout=120,
        env={**os.environ, "HOME": str(tmp_path), "SHELL": "/bin/bash"},
    )  # fmt: skip
    assert "_goemox_completion goemox" in done.stdout, done.stdout + done.stderr
    assert (tmp_path / ".bash_completions" / "goemox.sh").is_file()
