"""What a function does, as text that is equal in every process: its code, and what it refers to, part by part."""

from __future__ import annotations

import dis
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any

from gridloom.authoring.from_python.values_as_text import as_text, digest
from gridloom.authoring.from_python.whose_module import is_installed, name_of_module, state_of_module

LONGEST = 60
"""Longer texts of values are kept as their hash."""


@dataclass
class Parts:
    """What a function refers to: the state of each part by its name, the modules it touches, and the objects by name."""

    states: dict[str, str] = field(default_factory=dict)
    modules: set[str] = field(default_factory=set)
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def version(self) -> str:
        """Twelve hexadecimal digits over all parts."""
        return digest(repr(sorted(self.states.items())))


def parts_of(function: Callable[..., Any], name: str) -> Parts:
    """The parts of a function: its own code and that of functions and classes that it uses, and values of variables around it.

    Code is compared without comments, line numbers and names of files. What other packages define counts by name: a run keeps
    their versions where scores depend on them. Of objects of other kinds, only the type counts.
    """
    parts = Parts()
    _Walk(parts, inspect.getmodule(behind(function))).add(name, function)
    return parts


def behind(function: Any) -> Any:
    """The function or class behind partials and methods."""
    while isinstance(function, partial | MethodType):
        function = function.func if isinstance(function, partial) else function.__func__
    return function


class _Walk:
    """Goes from one object to those that it refers to, each once."""

    def __init__(self, parts: Parts, home: ModuleType | None) -> None:
        self.parts = parts
        self.home = getattr(home, "__name__", "__main__")
        self.seen: dict[int, Any] = {}
        """The objects that were gone through, which keeps them and their ids."""

    def add(self, name: str, value: Any) -> None:
        """Note the state of an object under this name."""
        if name not in self.parts.states:
            self.parts.values[name] = value
            self.parts.states[name] = "..."  # a function may refer to itself
            text = self.text(value)
            self.parts.states[name] = text if len(text) <= LONGEST and "\n" not in text else digest(text)

    def text(self, value: Any) -> str:
        """What an object is, as text; what it refers to becomes a part of its own."""
        module = name_of_module(value)
        if module:
            self.parts.modules.add(module.partition(".")[0])
        if isinstance(value, ModuleType):
            return f"module {module} {'' if is_installed(value) else state_of_module(value)}".strip()
        if isinstance(value, partial):
            return f"partial {as_text((value.func, value.args, value.keywords), self.text)}"
        if isinstance(value, MethodType):
            return f"method {as_text((value.__func__, value.__self__), self.text)}"
        if isinstance(value, BuiltinFunctionType | FunctionType | type):
            return self._defined(module, value)
        return as_text(value, self.text)

    def _defined(self, module: str, value: BuiltinFunctionType | FunctionType | type) -> str:
        """A function or class: its name where its package says what it does, else its code, told once."""
        if isinstance(value, BuiltinFunctionType) or is_installed(value):
            return f"{module}.{value.__qualname__}"
        if id(value) in self.seen:
            return f"{value.__name__} again"
        self.seen[id(value)] = value
        return self._function(value) if isinstance(value, FunctionType) else self._class(value)

    def _function(self, function: FunctionType) -> str:
        for name, value in _referred(function):
            self.add(self._full_name(function, name), value)
        defaults = as_text((function.__defaults__, function.__kwdefaults__), self.text)
        return f"code {digest(self._code(function.__code__) + defaults)}"

    def _full_name(self, function: FunctionType, name: str) -> str:
        """The name of a variable, with its module where that is not the one the walk began in."""
        return name if function.__module__ == self.home else f"{function.__module__}.{name}"

    def _code(self, code: CodeType) -> str:
        self.parts.modules.update(_imported(code))
        constants = [
            self._code(constant) if isinstance(constant, CodeType) else as_text(constant, self.text)
            for constant in code.co_consts
        ]
        shape = (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags)
        names = (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
        return repr((code.co_code.hex(), code.co_exceptiontable.hex(), shape, names, constants))

    def _class(self, found: type) -> str:
        bases = [self.text(base) for base in found.__bases__]
        members = {name: self._member(value) for name, value in vars(found).items() if name not in _NOT_CODE}
        return f"class {bases} {sorted(members.items())}"

    def _member(self, value: Any) -> str:
        if isinstance(value, staticmethod | classmethod):
            return f"{type(value).__name__} {self._member(value.__func__)}"
        if isinstance(value, property):
            return f"property {[self._member(one) for one in (value.fget, value.fset, value.fdel)]}"
        return self.text(value)


_NOT_CODE = {
    "__dict__",
    "__weakref__",
    "__module__",
    "__doc__",
    "__firstlineno__",
    "__static_attributes__",
    "__qualname__",
}
"""Attributes of classes that say nothing of what they do."""


def _referred(function: FunctionType) -> Iterator[tuple[str, Any]]:
    """The variables around a function that its code refers to, with their values: global ones, and those of functions around it."""
    for name in sorted(set(_global_names(function.__code__))):
        if name in function.__globals__:
            yield name, function.__globals__[name]
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    for name, cell in cells:
        try:
            yield name, cell.cell_contents
        except ValueError:  # it is not set yet
            continue


def _global_names(code: CodeType) -> Iterator[str]:
    for instruction in dis.get_instructions(code):
        if instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            yield instruction.argval
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _global_names(constant)


def _imported(code: CodeType) -> Iterator[str]:
    """The packages that code imports."""
    for instruction in dis.get_instructions(code):
        if instruction.opname == "IMPORT_NAME":
            yield str(instruction.argval).partition(".")[0]


def file_and_line(function: Any) -> str:
    """Where a function is defined, `train.py:12`; a dash where that is not known."""
    code = getattr(behind(function), "__code__", None)
    return f"{code.co_filename}:{code.co_firstlineno}" if code else "-"
