"""What a function does as text: equal in every process for the same code, and another for other code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import partial

import pytest

from gridloom.authoring.from_python.code_parts import parts_of

SOURCE = '''
BESIDE = 1
def make(*things):
    return things
#---
import enum
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

import beside
from gridloom.authoring.from_python.code_parts import parts_of


class Kind(enum.Enum):
    A = 1


@dataclass
class Settings:
    size: int = 3


class Own:
    rate = 0.5

    def __init__(self):
        self.names = {"x", "y"}

    @property
    def half(self):
        return helper(self.rate)

    @staticmethod
    def two():
        return 2


WIDTH, NAMES, ARRAY, FRAME = 32, {"b", "a", "c"}, np.arange(4), pd.DataFrame({"a": [1]})
TABLE = {"one": (1, 2.5), "path": Path("x"), "kind": Kind.A, "settings": Settings(), "own": Own(), "model": LogisticRegression()}


def helper(value):
    return value + WIDTH if value in {"p", "q", "r"} else build


def build(task, width=WIDTH, *, names=("a", "b")):
    """Text."""
    own = Own()  # a remark
    made = [helper(item) for item in NAMES if item in {"x", "y", "z"}]
    return beside.make(made, own), ARRAY, FRAME, TABLE, LogisticRegression, np.zeros, lambda: partial(helper, 1)
'''


CHANGED = {
    "a default": ("width=WIDTH", "width=7"),
    "a function that is called": ("value + WIDTH", "value - WIDTH"),
    "a number": ("= 32,", "= 33,"),
    "a set": ('{"b", "a", "c"}', '{"b", "a", "d"}'),
    "a set in code": ('{"x", "y", "z"}', '{"x", "y", "w"}'),
    "an array": ("np.arange(4)", "np.arange(4.0)"),
    "a table": ('{"a": [1]}', '{"a": [2]}'),
    "a class of data": ("size: int = 3", "size: int = 4"),
    "an attribute of a class": ("rate = 0.5", "rate = 0.6"),
    "a static method": ("return 2", "return 3"),
    "a constructor": ('self.names = {"x", "y"}', 'self.names = {"x"}'),
    "a path": ('Path("x")', 'Path("y")'),
    "an estimator": ("LogisticRegression()", "LogisticRegression(C=2.0)"),
    "a function of a package": ("np.zeros, lambda", "np.ones, lambda"),
    "a lambda": ("partial(helper, 1)", "partial(helper, 2)"),
    "a module of yours": ("BESIDE = 1", "BESIDE = 2"),
}
SAME = {
    "a remark": ("  # a remark", ""),
    "lines": ("import enum\n", "\n\n\nimport enum\n"),
    "what is not used": ("WIDTH, NAMES", "UNUSED = 1\nWIDTH, NAMES"),
    "nothing": ("", ""),
}
SCRIPT = """
import json, sys, types
def states(source):
    for name in ("beside", "made"):
        text = source.partition("#---")[::2][name == "made"]
        with open(name + ".py", "w") as file:
            file.write(text)
        sys.modules[name] = module = types.ModuleType(name)
        module.__file__ = name + ".py"
        exec(compile(text, "whatever", "exec"), vars(module))
    parts = sys.modules["made"].parts_of(sys.modules["made"].build, "build")
    return [parts.version, sorted(parts.states.items())]
print(json.dumps([states(source) for source in json.load(sys.stdin)]))
"""


def in_a_process(folder, sources, seed):
    """The version and the states of the parts of `build` in each source, in a process with a seed of its own for hashes."""
    environment = os.environ | {"PYTHONHASHSEED": str(seed)}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=folder,
        env=environment,
        input=json.dumps(sources),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """The version and the states by what was changed; those of two other processes are `other`."""
    changes = {name: SOURCE.replace(old, new) for name, (old, new) in {**CHANGED, **SAME}.items()}
    folder = tmp_path_factory.mktemp("parts")
    states = in_a_process(folder, [*changes.values()], seed=0)
    return {
        **dict(zip(changes, states, strict=True)),
        "other": [in_a_process(folder, [SOURCE], seed)[0] for seed in (1, 2)],
    }


def test_parts_are_the_same_in_every_process(found):
    assert found["other"] == [found["nothing"], found["nothing"]]
    assert "0x" not in str(found["nothing"])


@pytest.mark.parametrize("name", CHANGED)
def test_another_code_or_value_is_another_version(name, found):
    assert CHANGED[name][0] in SOURCE
    assert found[name][0] != found["nothing"][0]


@pytest.mark.parametrize("name", SAME)
def test_remarks_and_what_is_not_used_do_not_count(name, found):
    assert SAME[name][0] in SOURCE
    assert found[name] == found["nothing"]


def test_what_surrounds_a_function_counts():
    def made(size, name):
        def build():
            return partial(int, size), name

        return build

    assert parts_of(made(1, "a"), "build").states["size"] == "1"
    versions = {parts_of(made(size, name), "build").version for size in (1, 2) for name in ("a", "b")}
    assert len(versions) == 4
