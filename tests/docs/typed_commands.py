"""What a line of a page asks for: which programs, whether they exist, whether their flags do."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator

from reference_parts.blocks import ROOT, Block, typed
from typer.main import get_command

from goemox.cli.app import app

WHOLE = get_command(app)
SETTING = re.compile(r"[A-Za-z_]+=.*")
# Programs of the system.
OTHERS = ("cat", "cd", "chmod", "curl", "docker", "head", "ls", "ray", "sort", "source", "sudo", "tee", "wc")
SENTENCE = re.compile(r"(?<!`)`(?=(?:goemox|make|pip|py|python3?|\.venv[\w-]*/bin/python) )([^`]+)`(?!`)")
BLOCK = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
PLACEHOLDER = re.compile(r"\b(?:VERB|WORD)\b|…")
BEGINS = re.compile(r"\s*(?:- run: )?((?:[A-Z_]+=\S+ )*(?:goemox|make|pip|py|python3?) .*)")
ENDS = ("|", "||", "&&", ";", "&")


def commands_in(block: Block) -> list[str]:
    """Every command line of a block; without prompts, the lines that begin with a program of ours."""
    if block.language == "console":
        return [each.command for each in typed(block)]
    if block.language in ("python", "toml", "json"):
        return []
    joined = re.sub(r"\\\n|(?<=\|)\n", " ", block.text)
    return [found[1] for line in joined.splitlines() if (found := BEGINS.fullmatch(line))]


def commands_in_sentences(text: str) -> list[str]:
    """Commands between backticks outside the blocks of a page, but those with a word to be filled in."""
    found = (" ".join(each.split()) for each in SENTENCE.findall(BLOCK.sub("", text)))
    return [command for command in found if not PLACEHOLDER.search(command)]


def words(command: str) -> Iterator[list[str]]:
    """The words of each program in a command line, parted by pipes, without redirections and settings."""
    lexer = shlex.shlex(command, posix=True, punctuation_chars="|&;<>")
    lexer.wordchars += "*?[]{}!:@^+$%,"
    found: list[str] = []
    skipped = False
    for word in lexer:
        if word in ENDS:
            yield found
            found = []
        elif skipped or set(word) <= {"<", ">"}:  # a redirection, and then its file
            skipped = not skipped
        elif found or not SETTING.fullmatch(word):
            found.append(word)
    yield found


def check(command: str) -> None:
    """Parse a command line against the real commands. Raises ValueError, or what the parser raises."""
    for path, *arguments in words(command):
        program = path.rpartition("/")[2] if path.startswith(".venv") else path
        match program:
            case "goemox":
                parse(arguments)
            case "pip":
                check_extras(arguments)
            case "make":
                assert f" {arguments[0]}" in (ROOT / "Makefile").read_text("utf-8"), command
            case "python" | "python3" | "py":
                check_python(arguments)
            case _:
                assert program in OTHERS, f"{command}: what is {program}?"


def check_python(arguments: list[str]) -> None:
    """What Python is asked to run: a module, a script of the repository, or words."""
    if re.fullmatch(r"-3(\.\d+)?", arguments[0]):
        del arguments[0]  # which Python, as Windows' `py` is told
    match arguments:
        case ["-m", "pip", *_]:
            check_extras(arguments)
        case ["-m", "tasks", task, *_]:
            assert f'"{task}": ' in (ROOT / "tasks.py").read_text("utf-8"), f"no task {task}"
        case ["-m", "goemox", *rest]:
            parse(rest)
        case ["-m" | "-c", _, *_]:
            pass
        case [script, *_]:
            assert (ROOT / script).is_file(), f"there is no {script}"


def check_extras(arguments: list[str]) -> None:
    """Fail for an extra in `goemox[extra]` or `.[extra]` that the package does not have."""
    known = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    for extras in re.findall(r"(?:goemox|\.)\[([\w,]+)\]", " ".join(arguments)):
        assert set(extras.split(",")) <= set(known), f"no extra {extras}"


def parse(arguments: list[str]) -> None:
    """Let the real command read its arguments; nothing runs."""
    command, name = WHOLE, "goemox"
    while getattr(command, "commands", None) and arguments and not arguments[0].startswith("-"):
        name, *arguments = arguments
        command = command.commands[name]
    if command is not WHOLE and not {"--help", "-h", "--version"} & set(arguments):
        command.make_context(name, arguments)
