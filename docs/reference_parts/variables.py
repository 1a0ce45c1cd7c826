"""The environment variables that goemox's source reads or sets, found in the source itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain
from pathlib import Path

from reference_parts.blocks import ROOT
from reference_parts.commands import variables as of_options
from reference_parts.markdown import code, table

__all__ = ["in_source", "markdown"]

OURS = re.compile(r"GOEMOX(_[A-Z0-9]+)+")
CAPITALS = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+")
BY_NAME = ("doctor/network.py", "doctor/packages.py", "cli/doctor_settings.py")
"""Modules that are handed the environment: every name in capitals that stands there counts."""

OF_PARAMETERS = ("cli/usage.py",)
"""Modules that ask for the variables of the command line's own parameters, and for no other."""

READERS = ("os.environ.get", "os.getenv", "os.environ.setdefault", "os.environ.pop", "os.environ.update")
MOST_NAMED = 3  # commands that are named one by one


def in_source(folder: Path = ROOT / "src" / "goemox") -> dict[str, list[str]]:
    """Each variable that the source names: the places, as `file:line`.

    Raises ValueError for one whose name cannot be read off: it must be a string, a constant of its module,
    or come from a tuple or dict of strings that stands there.
    """
    found: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("*.py")):
        place = path.relative_to(folder).as_posix()
        try:
            for name, line in _of_module(ast.parse(path.read_text("utf-8")), place):
                found.setdefault(name, []).append(f"{place}:{line}")
        except ValueError as error:
            raise ValueError(f"{place}, {error}") from None
    for name, options in of_options().items():
        found.setdefault(name, []).extend(options)
    return found


def markdown() -> str:
    """The variables that stand for an option, as a table."""
    rows = ((code(name), _options(options)) for name, options in sorted(of_options().items()))
    return table(("variable", "stands for"), rows)


def _options(options: list[str]) -> str:
    flags = {option.rpartition(" ")[2] for option in options}
    if len(options) > MOST_NAMED and len(flags) == 1:
        return f"{code(flags.pop())} of every command that has it"
    return ", ".join(map(code, options))


def _of_module(module: ast.Module, place: str) -> Iterator[tuple[str, int]]:
    wanted = CAPITALS if place in BY_NAME else OURS
    parts = [list(ast.walk(part)) for part in module.body]
    everywhere = _constants(module.body, _imported(chain.from_iterable(parts)))
    for nodes in parts:  # a function knows its own names and the module's
        known = _constants(nodes, everywhere)
        for node in nodes:
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and wanted.fullmatch(node.value)
            ):
                yield node.value, node.lineno
            for named in _named(node):
                names = _strings(named, known)
                if not names and place not in BY_NAME + OF_PARAMETERS:
                    what = ast.unparse(named)
                    raise ValueError(f"line {named.lineno}: which variable is {what!r}? Name it as a string")
                yield from ((name, named.lineno) for name in names)


def _named(node: ast.AST) -> Iterator[ast.expr]:
    """Expressions that name a variable: in a call, a subscript, or a question whether it is set."""
    if isinstance(node, ast.Call) and _dotted(node.func) in READERS and node.args:
        yield node.args[0]
    elif isinstance(node, ast.Subscript) and _dotted(node.value) == "os.environ":
        yield node.slice
    elif isinstance(node, ast.Compare) and _dotted(node.comparators[0]) == "os.environ":
        yield node.left


def _dotted(node: ast.expr) -> str:
    """`os.environ.get` as it is written, nothing for what is no name; `ast.unparse` takes far longer."""
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _imported(nodes: Iterable[ast.AST]) -> dict[str, tuple[str, ...]]:
    """Strings that stand in other modules of goemox, by the names that they have here."""
    known: dict[str, tuple[str, ...]] = {}
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("goemox."):
            path = (ROOT / "src" / str(node.module).replace(".", "/")).with_suffix(".py")
            wanted = {each.name: each.asname or each.name for each in node.names if each.name.isupper()}
            if wanted and path.exists():
                there = _constants_of(path)
                known |= {here: there[name] for name, here in wanted.items() if name in there}
    return known


@cache
def _constants_of(path: Path) -> dict[str, tuple[str, ...]]:
    return _constants(ast.parse(path.read_text("utf-8")).body, {})


def _constants(nodes: Sequence[ast.AST], before: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Names that stand for strings: assigned in one of these nodes, run through in one, or known before."""
    known = dict(before)
    for node in nodes:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            known |= {each.id: _strings(node.value, known) for each in targets if isinstance(each, ast.Name)}
    for node in nodes:
        if isinstance(node, ast.For | ast.comprehension):
            each = node.target.elts[0] if isinstance(node.target, ast.Tuple) else node.target
            if isinstance(each, ast.Name):
                known[each.id] = _strings(node.iter, known)
    return known


def _strings(node: ast.expr, known: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    if isinstance(node, ast.Constant):
        return (node.value,) if isinstance(node.value, str) else ()
    if isinstance(node, ast.Name):
        return known.get(node.id, ())
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return tuple(name for each in node.elts for name in _strings(each, known))
    if isinstance(node, ast.Dict):
        return tuple(name for each in node.keys if each is not None for name in _strings(each, known))
    if isinstance(node, ast.Call):  # dict.fromkeys((…), "1"), NAMES.items()
        inner = [*node.args[:1], *([node.func.value] if isinstance(node.func, ast.Attribute) else [])]
        return tuple(name for each in inner for name in _strings(each, known))
    return ()
