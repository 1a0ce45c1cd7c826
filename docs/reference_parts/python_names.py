"""The public names of `goemox`: their signatures as they are written, their docstrings, their methods.

A docstring here is prose in which `name: what it is.` explains an argument or a field; those become a list.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import goemox

__all__ = ["Named", "markdown", "public"]

LONG = 88  # characters of a signature that stands on one line
CALLED = "__call__"


@dataclass(frozen=True, slots=True)
class Named:
    """One public name or method. parameters: of the call, or the fields of a data class, without `self`."""

    name: str
    signature: str
    parameters: tuple[str, ...]
    gives: str | None
    docstring: str
    is_method: bool


def public() -> list[Named]:
    """Every name of `goemox.__all__` with a docstring of its own, each class followed by its methods."""
    return [named for name in goemox.__all__ if name != "__version__" for named in _of(name)]


def markdown() -> str:
    """A part for each name, a smaller one for each method."""
    return "".join(_part(each) for each in public())


def _of(name: str) -> Iterator[Named]:
    found = getattr(goemox, name)
    full = f"goemox.{name}"
    if not inspect.isclass(found):
        yield _function(full, found, is_method=False)
        return
    yield _class(full, found)
    for member, value in vars(found).items():
        if member.startswith("_") and member != CALLED:
            continue
        call = _call_of(value)
        if call is not None:
            is_value = isinstance(value, property | cached_property)
            yield _function(f"{name}.{member}", call, is_method=True, is_value=is_value)


def _call_of(value: Any) -> Any:
    if isinstance(value, property):
        return value.fget
    if isinstance(value, cached_property):
        return value.func
    call = getattr(value, "__func__", value)
    return call if inspect.isfunction(call) else None


def _class(full: str, found: type) -> Named:
    docstring = inspect.getdoc(found) or ""
    if dataclasses.is_dataclass(found):
        node = _node(found)
        written = [ast.unparse(each) for each in node.body if isinstance(each, ast.AnnAssign)]
        names = tuple(field.name for field in dataclasses.fields(found))
        return Named(full, _call(full, written, None), names, None, docstring, is_method=False)
    if "__init__" in vars(found):
        made = _function(full, vars(found)["__init__"], is_method=False)
        signature = made.signature.removesuffix(" -> None")
        both = f"{docstring}\n\n{made.docstring}"
        return dataclasses.replace(made, docstring=both, signature=signature)
    return Named(full, full, (), None, docstring, is_method=False)


def _function(full: str, call: Any, *, is_method: bool, is_value: bool = False) -> Named:
    node = _node(call)
    written = _arguments(node.args)
    gives = ast.unparse(node.returns) if node.returns else None
    names = tuple(name for name in inspect.signature(call).parameters if name not in ("self", "cls"))
    short = full.replace(f".{CALLED}", "")
    signature = f"{short}: {gives}" if is_value else _call(short, written, gives)
    return Named(full, signature, names, gives, inspect.getdoc(call) or "", is_method)


def _node(found: Any) -> Any:
    return ast.parse(textwrap.dedent(inspect.getsource(found))).body[0]


def _arguments(arguments: ast.arguments) -> list[str]:
    """Each as it stands in the source, without `self`."""
    whole = ast.parse(f"def f({ast.unparse(arguments)}): ...").body[0]
    alone = []
    plain = [*whole.args.posonlyargs, *whole.args.args]  # type: ignore[attr-defined]
    defaults: list[Any] = [None] * (len(plain) - len(arguments.defaults)) + list(arguments.defaults)
    for argument, default in zip(plain, defaults, strict=True):
        if argument.arg not in ("self", "cls"):
            alone.append(_argument(argument, default))
    if arguments.kwonlyargs and not arguments.vararg:
        alone.append("*")
    if arguments.vararg:
        alone.append(f"*{ast.unparse(arguments.vararg)}")
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        alone.append(_argument(argument, default))
    if arguments.kwarg:
        alone.append(f"**{ast.unparse(arguments.kwarg)}")
    return alone


def _argument(argument: ast.arg, default: Any) -> str:
    words = ast.unparse(argument)
    return words if default is None else f"{words} = {ast.unparse(default)}"


def _call(name: str, written: list[str], gives: str | None) -> str:
    end = f" -> {gives}" if gives else ""
    line = f"{name}({', '.join(written)}){end}"
    if len(line) <= LONG:
        return line
    lines = "".join(f"    {each},\n" for each in written)
    return f"{name}(\n{lines}){end}"


def _part(named: Named) -> str:
    title = f"### {named.name}" if named.is_method else f"## {named.name}"
    return f"{title}\n\n```python\n{named.signature}\n```\n\n{_prose(named)}"


def _prose(named: Named) -> str:
    """The docstring's paragraphs; explained names as list items, `Raises …` on a line of its own."""
    names = "|".join(map(re.escape, named.parameters)) or "(?!)"
    one = rf"(?:{names})(?:\([a-z, ]*\))?"  # progress(n), too
    start = re.compile(rf"(?:^|(?<=[.;] ))({one}(?:(?:, | and |, and ){one})*): ")
    found = []
    for paragraph in re.split(r"\n\s*\n", named.docstring):
        words = re.sub(r"(?<=[.;] )(Raises [A-Z])", r"\n\n\1", " ".join(paragraph.split()))
        for part in words.split("\n\n"):
            before, *explained = start.split(part)
            items = zip(explained[::2], explained[1::2], strict=True)
            listed = "".join(f"- `{name}`: {meaning.strip()}\n" for name, meaning in items)
            found.append("\n\n".join(each for each in (before.strip(), listed.strip()) if each))
    return "\n\n".join(found) + "\n\n"
