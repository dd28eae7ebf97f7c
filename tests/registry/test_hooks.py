"""Hook specifications: every kind of record has its hook, whose example is a plugin that works."""

from __future__ import annotations

import inspect
import textwrap

import pytest

from gridloom import Draft, Layer, Part
from gridloom.registry import hookspecs
from gridloom.registry.records import KINDS, Dataset, Family
from gridloom.registry.registry import load_registry
from registry.plugins import only, provided_by


def example(hook: str) -> str:
    """The example in a hook's docstring: the indented block behind `Example::`."""
    _, found, block = (inspect.getdoc(getattr(hookspecs, hook)) or "").partition("Example::\n")
    assert found, f"{hook} has no example"
    lines = [line for line in block.splitlines() if not line or line.startswith("    ")]
    return textwrap.dedent("\n".join(lines)).strip() + "\n"


def test_every_kind_of_record_has_a_hook_of_its_own():
    hooks = {name for name in vars(hookspecs) if name.startswith("gridloom_")}
    assert {kind.hook for kind in KINDS} == hooks


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.hook)
def test_the_example_in_a_hooks_docstring_is_a_plugin_that_provides_its_kind(kind, file):
    registry = load_registry([file(example(kind.hook), "example.py")])
    assert only(registry, "file").hooks == (kind.hook,)
    (record,) = provided_by(registry, "example")
    assert type(record) is kind
    assert f'"{record.name}"' in example(kind.hook)


def test_the_data_set_of_the_example_loads(file):
    data = load_registry([file(example("gridloom_datasets"))]).find(Dataset, "mine:xor").record.load(rows=20)
    assert (data.X.shape, data.classes) == ((20, 2), ("equal", "different"))


def test_the_family_of_the_example_edits_hidden_layers_only(file):
    family = load_registry([file(example("gridloom_families"))]).find(Family, "mine:bias").record
    layers = [Layer("Dense", {"kernel_initializer": "zeros"}, path=(str(i),), is_output=i == 1) for i in range(2)]
    family.apply(Draft(layers, Part("Adam"), Part("MeanSquaredError")), use_bias=False)
    assert [layer.get("use_bias") for layer in layers] == [False, None]


def test_the_mark_of_a_hook_takes_no_arguments():
    with pytest.raises(TypeError, match="unexpected keyword argument 'hookwrapper'"):
        hookspecs.hookimpl(hookwrapper=True)
