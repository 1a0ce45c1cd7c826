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
OTHERS = ("cat", "chmod", "curl", "head", "ls", "ray", "sort", "source", "wc")  # programs of the system
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
    for program, *arguments in words(command):
        match program:
            case "goemox":
                parse(arguments)
            case "pip":
                check_extras(arguments)
            case "python" | "python3" | "py" if arguments[:2] == ["-m", "pip"]:
                check_extras(arguments)
            case "make":
                assert f" {arguments[0]}" in (ROOT / "Makefile").read_text("utf-8"), command
            case "python" | "python3" | "py" if arguments[:2] == ["-m", "tasks"]:
                assert f'"{arguments[2]}": ' in (ROOT / "tasks.py").read_text("utf-8"), command
            case "python" | "python3" if arguments[:2] == ["-m", "goemox"]:
                parse(arguments[2:])
            case "python" | "python3" if arguments[0].endswith(".py"):
                assert (ROOT / arguments[0]).is_file(), f"{command}: there is no such file"
            case "python" | "python3" | "py" if arguments[0] in ("-c", "-m"):
                assert arguments[1:], command
            case _:
                assert program in OTHERS, f"{command}: what is {program}?"


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
    if not {"--help", "-h", "--version"} & set(arguments):
        command.make_context(name, arguments)
