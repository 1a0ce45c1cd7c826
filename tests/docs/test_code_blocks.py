"""Every code block of README.md and the other pages is what it says: it runs here, or the reason is below.

A command that does not run is still parsed by the real commands. A comment behind an expression or a `print`
of a Python block is what it gives, and is compared; so is output below a command, `…` standing for whatever
is there. Blocks of one page share a folder and, in Python, their names. A file that a command reads and
nothing has made is made for it (`prepared_files`). Slow commands run again only where a flag is new.
"""

import ast
import io
import re
from contextlib import redirect_stdout
from fnmatch import fnmatch

import pytest
from prepared_files import prepare, stand_in
from reference_parts.blocks import ROOT, blocks_of, pages, typed
from typed_commands import OTHERS, check, commands_in, commands_in_sentences, words
from typer.main import get_command
from typer.testing import CliRunner

from goemox.cli.app import app
from goemox.cli.verbs import application, commands, settings_of

NOT_RUN = {
    "goemox train *": "trains; tests/training does, on little",
    "goemox reproduce *": "trains for minutes or hours; tests/reproduce does, on little",
    "goemox export *": "needs torch; tests/training does",
    "goemox collect *": "asks the network; tests/cli/test_collect_command.py asks servers on loopback",
    "goemox serve*": "runs until it is stopped; tests/serve runs it",
    "goemox label *": "needs a terminal; tests/cli/test_label_command.py has one",
    "goemox evaluate *feelings-model --against *": "needs a model with other labels; tests/cli has one",
    "goemox *--engine ray*": "starts a cluster; tests/scale/test_ray.py does",
    "goemox *--naive *": "needs a model that trains; tests/studies/test_naive_in_studies.py has one",
    "pip *": "asks the network",
    "make *": "sets up environments",
    "py *": "sets up environments",
    "python *": "parsed only: scripts that measure for minutes, tasks",
    "python3 *": "parsed only",
    ".venv-dev/bin/python *": "parsed only: parts of `make test`",
}
"""Pattern of a command: why it does not run here."""

RUN_ALL_THE_SAME = ("goemox label --agreement *",)

NOT_RUN_PYTHON = {
    ("docs/scaling.md", "pyspark"): "needs Spark; benchmarks/scale/spark_recipe.py runs it",
    (
        "docs/serving.md",
        "127.0.0.1:8000",
    ): "needs a server; tests/serve has one",
}
"""(Page, words in the block): why it does not run here."""

SHORTENED = ("MissingParameter", "BadOptionUsage")  # a sentence leaves out what is not its matter
READ = re.compile(r'(?<!output=)(?<!output=Path\()"([^"\n]+)"')  # words that may name what Python reads
LANGUAGES = ("", "console", "json", "python", "sh", "text", "toml", "yaml")
DIRECTIVES = ("{toctree}",)
SLOW = ("adapt", "calibrate", "evaluate", "shift", "study")  # a call with no flag that is new is only parsed
RAN = {"study": {"--data", "--domain", "--output-dir", "--offline"}}  # as the fixture does
ALL = [block for page in pages() for block in blocks_of(page)]


def of(language):
    """Blocks of a language by page, for `parametrize`."""
    found = {}
    for block in ALL:
        if block.language == language:
            found.setdefault(block.page, []).append(block)
    return [pytest.param(blocks, id=page) for page, blocks in found.items()]


def reason(command):
    """Why a command does not run here; None where it does."""
    if any(fnmatch(command, pattern) for pattern in RUN_ALL_THE_SAME):
        return None
    (program, *arguments), *more = words(command)
    alone = " ".join([program, *arguments])
    if program in OTHERS and program != "cat":
        return "a program of the system"
    found = next((why for pattern, why in NOT_RUN.items() if fnmatch(f"{alone} ", pattern)), None)
    return found or ("needs a shell" if more or ">" in command else None)


@pytest.mark.parametrize("language", sorted({block.language for block in ALL}))
def test_every_block_is_in_a_language_that_is_checked(language):
    assert language in LANGUAGES + DIRECTIVES


@pytest.mark.parametrize(
    "block", [block for block in ALL if commands_in(block)], ids=lambda b: f"{b.page}:{b.line}"
)
def test_every_command_of_the_pages_parses(block, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for command in commands_in(block):
        try:
            check(command)
        except Exception as error:
            raise AssertionError(f"{block.page}:{block.line}: {command}: {error!r} {error}") from None


def test_every_command_in_a_sentence_names_verbs_and_options_that_are_there(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    wrong = []
    for page in pages():
        for command in commands_in_sentences(page.read_text("utf-8")):
            try:
                check(command)
            except Exception as error:
                if type(error).__name__ not in SHORTENED:
                    wrong.append(f"{page.name}: {command}: {error!r} {error}")
    assert not wrong


@pytest.mark.parametrize("blocks", of("console"))
def test_every_command_that_can_run_here_does_and_shows_what_the_page_shows(
    blocks, tmp_path, study, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GOEMOX_OFFLINE", "1")
    monkeypatch.setenv("COLUMNS", "100")
    for block in blocks:
        for each in typed(block):
            if reason(each.command) is not None or ran_before(each):
                stand_in([word for program in words(each.command) for word in program], tmp_path, study)
            else:
                shown = run(each, tmp_path, study)
                assert shown is None or re.fullmatch(shown[0], shown[1], re.DOTALL), (
                    f"{block.page}:{block.line}: {each.command} shows something else:\n{shown[1]}"
                )


def ran_before(each):
    """Whether slow commands ran already with each of these flags; one whose output is shown runs again."""
    ((program, *arguments),) = words(each.command)
    if each.shown or program != "goemox" or arguments[0] not in SLOW or "--mapping" in arguments:
        return False
    flags, known = {word for word in arguments if word.startswith("-")}, RAN.setdefault(arguments[0], set())
    is_known = bool(known) and flags <= known
    known |= flags
    return is_known


def run(each, folder, study):
    """Run a command here: a pattern of what the page shows, and what it printed; None if nothing is."""
    ((program, *arguments),) = words(each.command)
    if program == "cat":  # the page shows the file, so it is the page that makes it
        (folder / arguments[0]).write_text("\n".join(each.shown) + "\n", "utf-8")
        return None
    prepare(arguments, folder, study)
    done = CliRunner().invoke(app, arguments)
    said = f"{done.output}{done.exception or ''}"
    assert done.exit_code == 0 or "--fail-if-worse" in arguments, f"{each.command}: {said}"
    if not each.shown:
        return None
    return re.escape("\n".join(each.shown).strip()).replace("…", ".*"), done.output.strip()


@pytest.mark.parametrize("blocks", of("python"))
def test_every_python_block_runs_and_gives_what_its_comments_say(blocks, tmp_path, study, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GOEMOX_OFFLINE", "1")
    monkeypatch.setenv("COLUMNS", "100")
    scope = {}
    for block in blocks:
        if any(page == block.page and part in block.text for page, part in NOT_RUN_PYTHON):
            compile(block.text, f"{block.page}:{block.line}", "exec")
            continue
        prepare(READ.findall(block.text), tmp_path, study)
        for statement in ast.parse(block.text).body:
            step(statement, block, scope)


def step(statement, block, scope):
    """Run one statement, and compare what it gives with the comment behind it."""
    where = f"{block.page}:{block.line + statement.end_lineno}"
    last = block.text.splitlines()[statement.end_lineno - 1]
    expected = last[statement.end_col_offset :].strip().removeprefix("#").strip()
    printed = io.StringIO()
    with redirect_stdout(printed):
        if isinstance(statement, ast.Expr):
            value = eval(compile(ast.Expression(statement.value), where, "eval"), scope)
        else:
            exec(compile(ast.Module([statement], []), where, "exec"), scope)
            return
    if expected:
        given = printed.getvalue().strip() or repr(value)
        assert re.fullmatch(re.escape(expected).replace("…", ".*"), given, re.DOTALL), (
            f"{where} gives {given}"
        )


@pytest.mark.parametrize("blocks", of("toml"))
def test_every_settings_file_of_the_pages_is_one(blocks, tmp_path):
    known = commands(get_command(application()))
    for block in blocks:
        path = tmp_path / "goemox.toml"
        path.write_text(block.text, "utf-8")
        assert settings_of(path, known), f"{block.page}:{block.line}"


def test_every_reason_is_needed():
    """A command that is gone from the pages takes its reason with it."""
    every = [
        f"{' '.join(program)} " for block in ALL for each in commands_in(block) for program in words(each)
    ]
    unused = [pattern for pattern in NOT_RUN if not any(fnmatch(each, pattern) for each in every)]
    assert not [pattern for pattern in unused if pattern.startswith("goemox")]
    for page, part in NOT_RUN_PYTHON:
        assert part in (ROOT / page).read_text("utf-8")
