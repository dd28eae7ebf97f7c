"""Installed plugins: which are found, which are disabled and why, and how you disable one."""

from __future__ import annotations

import shutil
import sys
import textwrap

import pytest

from gridloom.errors import PluginError
from gridloom.registry.plugin_info import PluginInfo
from gridloom.registry.records import Family, Reporter
from gridloom.registry.registry import load_registry
from registry.plugins import BEST, HEADER, dropout, only, plugin, provided_by

# Installed plugins


def test_an_installed_plugin_is_found_with_where_it_comes_from_and_what_it_provides(install):
    folder = install("nice", plugin(), name="nice-reporters", version="1.2.3")
    registry = load_registry()
    file = str(folder / "nice.py")
    assert only(registry, "nice") == PluginInfo("nice-reporters", "nice", "1.2.3", file, ("gridloom_reporters",), None)
    found = registry.find(Reporter, "best")
    assert (found.record.name, found.full_name) == ("best", "nice-reporters:best")
    assert str(found.plugin) == f"'nice-reporters' (nice 1.2.3, {file})"


def test_the_hooks_may_be_methods_of_an_object_in_the_module(install):
    hook = plugin(parameters="self").removeprefix(HEADER)
    install(
        "nice", f"{HEADER}\nclass Plugin:\n{textwrap.indent(hook, '    ')}\nPLUGIN = Plugin()\n", value="nice:PLUGIN"
    )
    assert load_registry().find(Reporter, "best").plugin.name == "nice"


def test_a_hook_may_provide_nothing(install):
    install("nice", plugin("return None"))
    assert only(load_registry(), "nice").broken is None


def test_the_first_distribution_of_a_name_on_the_path_counts(install):
    install("nice", plugin(), version="1.0")
    install("nice", plugin(), version="2.0")
    assert only(load_registry(), "nice").version == "2.0"


def test_a_distribution_without_metadata_is_passed_over(install):
    folder = install("nice", plugin())
    (folder / "nice-1.0.dist-info" / "METADATA").unlink()
    registry = load_registry()
    assert registry.broken == []
    assert "nice" not in [info.distribution for info in registry.plugins]


def test_so_it_is_where_the_backport_of_importlib_metadata_has_taken_over(install):
    """MLflow imports it, and its distributions raise where those of Python return nothing."""
    import importlib_metadata

    assert importlib_metadata.MetadataPathFinder in map(type, sys.meta_path)
    test_a_distribution_without_metadata_is_passed_over(install)


def test_what_is_installed_and_uninstalled_while_python_runs_comes_and_goes(install):
    place = install("other", plugin())
    assert "late" not in [info.distribution for info in load_registry().plugins]
    folder = install("late", plugin())
    sys.path.remove(str(folder))
    for item in folder.iterdir():
        item.rename(place / item.name)  # into a folder that was on the path when plugins were looked for
    assert only(load_registry(), "late").name == "late"
    shutil.rmtree(place / "late-1.0.dist-info")
    assert "late" not in [info.distribution for info in load_registry().plugins]


BROKEN = {
    "raises at import": ("1 / 0", "it cannot be imported: ZeroDivisionError: division by zero"),
    "exits at import": ("raise SystemExit('no licence')", "it cannot be imported: SystemExit: no licence"),
    "imports what is missing": (
        "import not_there",
        "it cannot be imported: ModuleNotFoundError: No module named 'not_there'",
    ),
    "raises over several lines": (
        "raise ValueError('first\\n  second')",
        "it cannot be imported: ValueError: first second",
    ),
    "is no Python": ("def (", "it cannot be imported: SyntaxError: invalid syntax (bad.py, line 1)"),
    "yields no record": (
        plugin("yield 'best'"),
        "gridloom_reporters() must yield gridloom.Reporter records, not 'best'",
    ),
    "yields another kind": (
        plugin("yield Dataset('xor', 'Bits.', report)"),
        "gridloom_reporters() must yield gridloom.Reporter records, not Dataset(name='xor', summary='Bits.'",
    ),
    "yields nothing iterable": (
        plugin(BEST.replace("yield", "return")),
        "TypeError: 'Reporter' object is not iterable",
    ),
    "makes a wrong record": (
        plugin("yield Reporter('my best', 'Best.', report)"),
        "ValueError: reporter name 'my best' must match [A-Za-z0-9]",
    ),
    "raises after a good record": (plugin(f"{BEST}; 1 / 0"), "ZeroDivisionError: division by zero"),
    "exits in a hook": (plugin("raise SystemExit(3)"), "SystemExit: 3"),
    "provides a name twice": (plugin(f"{BEST}; {BEST}"), "it provides the reporter 'best' twice"),
    "misspells a hook": (
        plugin(hook="gridloom_reporter"),
        "there is no hook 'gridloom_reporter'; did you mean 'gridloom_reporters'",
    ),
    "has a hook with a default": (
        plugin(parameters="option=1"),
        "the hook 'gridloom_reporters' takes no arguments, not even with defaults",
    ),
    "has a hook with an argument": (
        plugin(parameters="option"),
        (
            "the hook 'gridloom_reporters' takes no arguments, not even with defaults, but here it has 'option' (the "
            "plugin may be made for another version of Gridloom)"
        ),
    ),
    "wraps a hook": (
        plugin("yield", mark="marker(wrapper=True)"),
        "the hook 'gridloom_reporters' cannot be wrapped: it only yields records",
    ),
    "wraps a hook the old way": (
        plugin("yield", mark="marker(hookwrapper=True)"),
        "the hook 'gridloom_reporters' cannot be wrapped: it only yields records",
    ),
    "has no hooks": (HEADER, "it implements no hook; mark a function such as gridloom_families() with @gridloom.hook"),
    "forgets to mark its hook": (
        plugin().replace("@gridloom.hookimpl", ""),
        "it implements no hook; mark a function such as gridloom_families() with @gridloom.hookimpl",
    ),
}


@pytest.mark.parametrize(("code", "reason"), BROKEN.values(), ids=BROKEN.keys())
def test_an_installed_plugin_is_set_aside_with_the_reason_when_it(code, reason, install):
    install("bad", code)
    registry = load_registry()
    (bad,) = registry.broken
    assert (bad.name, bad.distribution, bad.version) == ("bad", "bad", "1.0")
    assert reason in bad.broken
    assert "\n" not in bad.broken
    assert provided_by(registry, "bad") == []
    assert registry.find(Family, "dropout").plugin.name == "builtin-families"


RAISED_AT = {
    "a module": ("\n1 / 0", 2),
    "a missing import": ("import json\nimport not_there", 2),
    "a hook": (plugin("1 / 0"), plugin("1 / 0").count("\n")),
    "a record, in Gridloom": (plugin("yield Reporter('my best', 'Best.', report)"), plugin().count("\n")),
}


@pytest.mark.parametrize(("code", "line"), RAISED_AT.values(), ids=RAISED_AT.keys())
def test_the_reason_ends_with_the_line_of_the_plugin_that_raised_it_in(code, line, install):
    folder = install("bad", code)
    (bad,) = load_registry().broken
    assert bad.broken.endswith(f" ({folder / 'bad.py'}:{line})")


def test_an_entry_point_that_names_nothing_is_set_aside(install):
    install("bad", plugin(), value="bad:nothing")
    (bad,) = load_registry().broken
    assert bad.broken == "it cannot be imported: AttributeError: module 'bad' has no attribute 'nothing'"


def test_entry_points_that_cannot_be_read_set_their_distribution_aside_and_nothing_else(install):
    install("bad", plugin(), entry_points="[gridloom]\nthis line has no equals sign\n")
    registry = load_registry()
    assert registry.find(Family, "dropout").plugin.name == "builtin-families"
    assert only(registry, "bad").broken


def test_a_second_function_for_one_hook_is_not_dropped_in_silence(install):
    second = "@marker(specname='gridloom_reporters')\ndef more():\n    yield Reporter('worst', 'The worst.', report)\n"
    install("nice", f"{plugin()}\n{second}")
    registry = load_registry()
    names = {record.name for record in provided_by(registry, "nice")}
    assert names == {"best", "worst"} or only(registry, "nice").broken


def test_the_second_of_two_plugins_with_one_name_is_set_aside(install):
    install("aaa", plugin(), name="same")
    install("bbb", plugin(), name="same")
    registry = load_registry()
    assert only(registry, "aaa").broken is None
    assert only(registry, "bbb").broken == "another plugin has the same name"
    assert registry.find(Reporter, "best").plugin.distribution == "aaa"


# Leaving plugins out


def test_a_plugin_can_be_left_out(install):
    install("other", dropout())
    registry = load_registry(without=["other"])
    assert registry.find(Family, "dropout").plugin.name == "builtin-families"
    assert "other" not in [info.name for info in registry.plugins]


def test_a_plugin_that_is_left_out_is_not_imported(install):
    install("bad", "raise SystemExit('imported')")
    assert load_registry(without=["bad"]).broken == []


def test_leaving_out_an_unknown_plugin_is_an_error_with_the_nearest_name():
    with pytest.raises(PluginError, match=r"no plugin 'builtin-familys' to disable; did you mean 'builtin-families'"):
        load_registry(without=["builtin-familys"])
