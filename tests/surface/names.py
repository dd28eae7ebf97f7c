"""Public names of a Python module as text: signatures, fields with types and defaults, methods, members of enums."""

from __future__ import annotations

import ast
import dataclasses
import inspect
from collections.abc import Iterator, Sequence
from enum import Enum
from functools import cached_property
from types import ModuleType
from typing import Any

PLAIN = (str, int, float, bool, tuple, type(None))


def described(module: ModuleType) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every name in a module's `__all__`, and every public member of its classes, each with what it is."""
    for name in sorted(module.__all__):
        thing = getattr(module, name)
        yield (name,), what(thing)
        if isinstance(thing, type):
            for member, text in members(thing):
                yield (name, member), text


def what(thing: Any) -> str:
    """A function's signature, a class with its bases, or what else it is."""
    if isinstance(thing, type):
        bases = ", ".join(base.__name__ for base in thing.__bases__ if base is not object)
        made = signature(thing.__init__, skip=1) if has_own_init(thing) else ""
        return f"class({bases})" + (f", made as {made}" if made else "")
    if inspect.isroutine(thing):
        return signature(thing)
    return "text" if isinstance(thing, str) else "type"


def has_own_init(thing: type) -> bool:
    """Whether a class of ours says itself what it is made from, in place of its fields."""
    found = next((cls for cls in _ours(thing) if "__init__" in vars(cls)), None)
    return found is not None and not (dataclasses.is_dataclass(found) and found.__dataclass_params__.init)


def members(thing: type) -> Iterator[tuple[str, str]]:
    """The fields of a class, then its other public members as they stand in the source, each with what it is."""
    if issubclass(thing, Enum):
        yield from ((name, repr(member.value)) for name, member in thing.__members__.items())
    fields = {field.name: field for field in dataclasses.fields(thing)} if dataclasses.is_dataclass(thing) else {}
    yield from ((name, field_text(field)) for name, field in fields.items() if name[0] != "_")
    others: dict[str, str] = {}
    for cls in _ours(thing):
        others |= {name: annotation(given) for name, given in inspect.get_annotations(cls).items()}
        others |= {name: text for name, value in vars(cls).items() if (text := _member(value))}
    yield from ((name, text) for name, text in others.items() if name not in fields and name[0] != "_")


def field_text(field: dataclasses.Field[Any]) -> str:
    """A field's type and default."""
    keyword = "keyword only, " if field.kw_only else ""
    if field.default_factory is not dataclasses.MISSING:
        return f"{keyword}{annotation(field.type)} = {field.default_factory.__name__}()"
    default = "" if field.default is dataclasses.MISSING else f" = {value_text(field.default)}"
    return f"{keyword}{annotation(field.type)}{default}" if field.init else f"{annotation(field.type)}, computed"


def signature(function: Any, skip: int = 0) -> str:
    """The signature of a function, without its first `skip` parameters, the same in every version of Python."""
    found = inspect.signature(function)
    parameters = list(found.parameters.values())[skip:]
    parts: list[str] = []
    for place, item in enumerate(parameters):
        before = parameters[place - 1].kind if place else None
        if item.kind is item.KEYWORD_ONLY and before not in (item.KEYWORD_ONLY, item.VAR_POSITIONAL):
            parts.append("*")
        parts.append(_parameter(item))
    returns = "" if found.return_annotation is found.empty else f" -> {annotation(found.return_annotation)}"
    return f"({', '.join(parts)}){returns}"


def annotation(given: Any) -> str:
    """An annotation as it stands in the source, in one way of quoting and spacing."""
    text = given if isinstance(given, str) else inspect.formatannotation(given)
    stars = "*" if text.startswith("*") else ""  # of a TypeVarTuple that stands for all arguments
    return stars + ast.unparse(ast.parse(text.removeprefix("*"), mode="eval"))


def value_text(value: Any) -> str:
    """A default as one would write it."""
    if isinstance(value, Enum):
        return str(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type) and value == type(value)():
        return f"{type(value).__name__}()"
    return value.__name__ if inspect.isroutine(value) or isinstance(value, type) else repr(value)


def _parameter(item: inspect.Parameter) -> str:
    stars = {item.VAR_POSITIONAL: "*", item.VAR_KEYWORD: "**"}.get(item.kind, "")
    text = f"{stars}{item.name}" + ("" if item.annotation is item.empty else f": {annotation(item.annotation)}")
    return text if item.default is item.empty else f"{text} = {value_text(item.default)}"


def _member(value: Any) -> str:
    if isinstance(value, property | cached_property):
        function = value.fget if isinstance(value, property) else value.func
        return f"property{signature(function, skip=1).removeprefix('()')}"
    if isinstance(value, classmethod | staticmethod):
        return f"{type(value).__name__}{signature(value.__func__, skip=isinstance(value, classmethod))}"
    if inspect.isfunction(value):
        return f"method{signature(value, skip=1)}"
    return repr(value) if not isinstance(value, Enum) and isinstance(value, PLAIN) else ""


def _ours(thing: type) -> Sequence[type]:
    """The class and its bases that are Gridloom's, the most general first."""
    return [cls for cls in reversed(thing.__mro__) if cls.__module__.partition(".")[0] == "gridloom"]
