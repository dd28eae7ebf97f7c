"""Public names of Python as Markdown: signatures, docstrings, and the members of classes with what is written about them."""

from __future__ import annotations

import ast
import importlib
import inspect
import textwrap
from collections.abc import Callable, Iterator
from enum import Enum
from functools import cache
from itertools import pairwise
from types import ModuleType
from typing import Any

from surface import names

import gridloom
from gridloom.registry.record import Record
from gridloom.testing.contract import Contract


def listed(*chosen: str, module: str = "gridloom") -> Callable[[], str]:
    """What makes the part about these names of a module, or all that are public."""

    def part() -> str:
        home = importlib.import_module(module)
        home = importlib.import_module("gridloom.public") if home is gridloom else home
        things = {name: getattr(home, name) for name in chosen or home.__all__}
        return "\n\n".join("\n\n".join([f"### {name}", *about(name, thing, home)]) for name, thing in things.items())

    return part


def about(name: str, thing: Any, module: ModuleType) -> Iterator[str]:
    """A signature, the documentation, and the members of a class."""
    if inspect.isroutine(thing):
        yield f"`{name}{names.signature(thing)}`"
    elif not isinstance(thing, type):
        yield _written(module, name)
        return
    elif names.has_own_init(thing):
        yield f"`{name}{names.signature(thing.__init__, skip=1).removesuffix(' -> None')}`"
    yield without_doctests(inspect.getdoc(thing))
    if isinstance(thing, type):
        checks = tests(thing)
        yield from ["It checks:"] if checks else []
        items = checks or list(_members(thing))
        yield from ["\n".join(items)] if items else []


def without_doctests(documentation: str | None) -> str:
    """A docstring without its doctests."""
    paragraphs = (documentation or "").split("\n\n")
    return "\n\n".join(paragraph for paragraph in paragraphs if not paragraph.startswith(">>>"))


def tests(contract: type) -> list[str]:
    """What a contract checks, one item each, but for what all of them do; empty for other classes."""
    checks = [name for name in dir(contract) if name.startswith("test_")]
    own = [name for name in checks if contract is Contract or not hasattr(Contract, name)]
    said = {name: without_doctests(inspect.getdoc(getattr(contract, name))) for name in own}
    return [
        f"- *{name.removeprefix('test_').replace('_', ' ')}*: {' '.join(text.split())}" for name, text in said.items()
    ]


def fixtures(module: ModuleType) -> str:
    """The pytest fixtures of a module, one item each."""
    functions = [node for node in ast.parse(inspect.getsource(module)).body if isinstance(node, ast.FunctionDef)]
    found = {node.name: ast.get_docstring(node) or "" for node in functions if node.decorator_list}
    return "\n".join(f"- `{name}`: {' '.join(text.split())}" for name, text in found.items())


def _members(thing: type) -> Iterator[str]:
    """The fields, the members of an enum, and the methods and properties that are documented, one item each."""
    fields = getattr(thing, "__dataclass_fields__", {})
    for member, text in names.members(thing):
        is_field = member in fields or issubclass(thing, Enum)
        said = _said_of(thing, member, is_field=is_field)
        if not is_field and (not said or (issubclass(thing, Record) and member in vars(Record))):
            continue
        kind, parenthesis, rest = text.partition("(")
        if parenthesis and kind in ("method", "classmethod", "staticmethod"):
            head = f"{'' if kind == 'method' else f'{thing.__name__}.'}{member}({rest}"
        else:
            head = f"{member}: {text.removeprefix('keyword only, ').removeprefix('property -> ')}"
        yield f"- `{head}`" + (f": {said}" if said else "")


def _said_of(thing: type, member: str, *, is_field: bool) -> str:
    """The first paragraph about a member: of its docstring, or for a field of what stands below it in the source."""
    if is_field:
        sources = [inspect.getsource(cls) for cls in thing.__mro__ if cls.__module__.startswith("gridloom")]
        said = next((text for source in sources if (text := _below(source).get(member))), "")
    else:
        value = inspect.getattr_static(thing, member, None)
        function = getattr(value, "fget", None) or getattr(value, "func", None) or getattr(value, "__func__", value)
        said = inspect.getdoc(function) if inspect.isfunction(function) else ""
    return " ".join((said or "").split("\n\n")[0].split())


def _written(module: ModuleType, name: str) -> str:
    """What stands below a name where the module that it comes from defines it."""
    tree = ast.parse(inspect.getsource(module))
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    home = next(node.module for node in imports if name in [alias.asname or alias.name for alias in node.names])
    return _below(inspect.getsource(importlib.import_module(str(home)))).get(name, "")


@cache
def _below(source: str) -> dict[str, str]:
    """The strings that stand below assignments in the body of a module or class, by what is assigned."""
    tree = ast.parse(textwrap.dedent(source))
    (body,) = [tree.body[0].body] if len(tree.body) == 1 and isinstance(tree.body[0], ast.ClassDef) else [tree.body]
    found = {}
    for node, after in pairwise(body):
        target = node.target if isinstance(node, ast.AnnAssign) else getattr(node, "targets", [None])[0]
        if isinstance(target, ast.Name) and isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            found[target.id] = inspect.cleandoc(str(after.value.value))
    return found
