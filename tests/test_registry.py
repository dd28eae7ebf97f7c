"""Plugins: what is found, what is set aside and why, how names are chosen, which records and hooks are right."""

from __future__ import annotations

import inspect
import sys
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from gridloom import Candidate, Choices, Draft, Fit, InvalidInput, Layer, Parameter, Part, Range, hookspecs, records
from gridloom.binding import read_experiment
from gridloom.errors import PluginError, UnknownName
from gridloom.records import KINDS, Dataset, Engine, Family, ModelBuilder, Record, Reporter, by_candidate
from gridloom.registry import PluginInfo, Registry, load_registry

Install = Callable[..., Path]

HEADER = """
import gridloom
import pluggy
from gridloom import Choices, Dataset, Family, Parameter, Reporter

marker = pluggy.HookimplMarker("gridloom")

def report(result, filename: str = "best.txt"):
    '''Write the best candidate.'''

def apply_rate(draft, rate: float): ...
"""

BEST = "yield Reporter('best', 'The best candidate.', report)"
"""The body of a good `gridloom_reporters`."""


def plugin(
    body: str = BEST, *, hook: str = "gridloom_reporters", mark: str = "gridloom.hookimpl", parameters: str = ""
) -> str:
    """The text of a plugin module with one hook function."""
    return f"{HEADER}\n@{mark}\ndef {hook}({parameters}):\n    {body}\n"


def dropout() -> str:
    """The text of a plugin with a family of the name of a built-in one."""
    return plugin(
        "yield Family('dropout', 'Another.', apply_rate, (Parameter('rate', Choices(0.25)),))", hook="gridloom_families"
    )


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Put a distribution first on the path: `install("nice", plugin())` has the plugin `nice` in the module `nice`."""
    installed = []

    def install(
        distribution: str,
        code: str,
        *,
        name: str = "",
        version: str = "1.0",
        value: str = "",
        entry_points: str | None = None,
    ) -> Path:
        folder = tmp_path / f"site-{distribution}-{version}"
        info = folder / f"{distribution}-{version}.dist-info"
        info.mkdir(parents=True)
        (folder / f"{distribution}.py").write_text(code)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n")
        text = f"[gridloom]\n{name or distribution} = {value or distribution}\n"
        (info / "entry_points.txt").write_text(text if entry_points is None else entry_points)
        monkeypatch.syspath_prepend(folder)
        installed.append(distribution)
        return folder

    yield install
    for module in installed:
        sys.modules.pop(module, None)


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., str]:
    """Write a plugin file and return its path as text."""

    def file(code: str, name: str = "mine.py") -> str:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code)
        return str(path)

    return file


def only(registry: Registry, distribution: str) -> PluginInfo:
    """The one plugin of a distribution."""
    (info,) = [info for info in registry.plugins if info.distribution == distribution]
    return info


def provided_by(registry: Registry, plugin: str) -> list[Record]:
    """What a plugin provides."""
    return [item.record for item in registry.provided if item.plugin.name == plugin]


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
        "Argument(s) {'option'} are declared in the hookimpl but can not be found in the hookspec",
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


# Names


def test_an_unknown_name_gets_the_nearest_known_one(registry):
    with pytest.raises(UnknownName, match=r"^unknown family 'droput'; did you mean 'dropout'\?$"):
        registry.find(Family, "droput")


def test_an_unknown_name_far_from_all_gets_the_known_ones(registry):
    with pytest.raises(UnknownName, match=r"^unknown strategy 'zzz'; known: .*\bgrid\b"):
        registry.find(records.Strategy, "zzz")


def test_an_unknown_full_name_gets_the_nearest_full_name(registry):
    with pytest.raises(UnknownName, match=r"did you mean 'builtin-families:dropout'"):
        registry.find(Family, "builtin-families:droput")


def test_an_unknown_name_mentions_the_plugins_that_were_set_aside(install):
    install("bad", "1 / 0")
    with pytest.raises(UnknownName) as caught:
        load_registry().find(Family, "bias")
    reason = "it cannot be imported: ZeroDivisionError: division by zero"
    assert str(caught.value).endswith(f"\n  the plugin 'bad' (bad 1.0, bad) was set aside: {reason}")


def test_a_name_that_two_plugins_provide_is_an_error_that_names_both_and_how_to_choose(install):
    install("other", dropout())
    registry = load_registry()
    with pytest.raises(UnknownName) as caught:
        registry.find(Family, "dropout")
    message = str(caught.value)
    assert "family 'dropout' is provided by the plugins 'builtin-families' (gridloom " in message
    assert " and 'other' (other 1.0, " in message
    assert message.endswith("write 'builtin-families:dropout' or 'other:dropout'")
    assert registry.find(Family, "other:dropout").record.summary == "Another."
    assert registry.find(Family, "builtin-families:dropout").plugin.name == "builtin-families"


def test_nearest_names_are_said_once_though_two_plugins_provide_them(install):
    install("other", dropout())
    with pytest.raises(UnknownName, match=r"did you mean 'dropout'\?$"):
        load_registry().find(Family, "droput")


def test_things_of_two_kinds_may_share_a_name(registry):
    assert registry.find(Dataset, "csv").record.kind == "data set"
    assert registry.find(Reporter, "csv").record.kind == "reporter"


def test_what_is_of_one_kind_comes_by_name(install):
    install("other", dropout())
    found = [item.full_name for item in load_registry().of_kind(Family)]
    assert found == sorted(found, key=lambda name: name.split(":")[::-1])
    assert {"builtin-families:dropout", "other:dropout"} <= set(found)


def test_yaml_must_choose_between_two_providers_and_can(install, write):
    install("other", plugin("yield Dataset('iris', 'Mine.', lambda: None)", hook="gridloom_datasets"))
    registry = load_registry()
    with pytest.raises(InvalidInput) as caught:
        read_experiment(write(), registry)
    (problem,) = caught.value.problems
    assert (problem.location.line, problem.location.column) == (2, 10)
    assert problem.message.endswith("write 'builtin-datasets:iris' or 'other:iris'")
    chosen = read_experiment(write(dataset="other:iris"), registry)
    assert chosen.dataset.provided.plugin.name == "other"


def test_yaml_can_choose_the_provider_of_a_family(install, write):
    install("other", dropout())
    file = write(model="mlp", search={"strategy": "grid", "space": {"other:dropout": "default"}})
    experiment = read_experiment(file, load_registry())
    assert experiment.families["other:dropout"].record.summary == "Another."
    assert [candidate.flat for candidate in experiment.first_wave()] == [{"rate": 0.25}]


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
    with pytest.raises(PluginError, match=r"no plugin 'builtin-familys' to leave out; did you mean 'builtin-families'"):
        load_registry(without=["builtin-familys"])


# Plugins that are asked for: files and modules


def test_a_file_is_a_plugin_named_as_the_file_whose_version_is_its_hash(file):
    path = file(plugin())
    registry = load_registry([path])
    info = only(registry, "file")
    assert (info.name, info.file, info.hooks) == ("mine", path, ("gridloom_reporters",))
    assert len(info.version) == 12
    assert registry.find(Reporter, "mine:best").plugin == info


def test_the_version_of_a_file_changes_with_its_text(file):
    texts = {"a/mine.py": plugin(), "b/mine.py": plugin() + "#", "c/mine.py": plugin()}
    a, b, c = (only(load_registry([file(text, name)]), "file").version for name, text in texts.items())
    assert a == c != b


def test_a_file_that_was_edited_is_read_again(file):
    load_registry([file(plugin())])
    edited = load_registry([file(plugin(BEST.replace("The best", "The very best")))])
    assert edited.find(Reporter, "best").record.summary == "The very best candidate."


def test_a_file_that_was_mended_can_be_loaded(file):
    with pytest.raises(PluginError):
        load_registry([file("1 / 0")])
    assert load_registry([file(plugin())]).find(Reporter, "best")


def test_a_module_is_a_plugin_with_its_version(tmp_path, file, monkeypatch):
    monkeypatch.setattr(sys, "path", sys.path.copy())
    monkeypatch.chdir(tmp_path)
    file("__version__ = '4.5'\n" + plugin(), "mine_as_module.py")
    info = only(load_registry(["mine_as_module"]), "module")
    assert (info.name, info.version, info.hooks) == ("mine_as_module", "4.5", ("gridloom_reporters",))
    assert Path(info.file) == tmp_path / "mine_as_module.py"


REFUSED = {
    "a missing file": ("not_there.py", r"^plugin 'not_there\.py' cannot be imported: there is no file not_there\.py$"),
    "a missing module": (
        "not_there",
        r"^plugin 'not_there' cannot be imported: ModuleNotFoundError: No module named 'not_there'$",
    ),
    "a module without hooks": (
        "textwrap",
        r"^plugin 'textwrap' cannot be used: it implements no hook; mark a function",
    ),
    "no name": ("", r"^plugin '' cannot be imported: ValueError: Empty module name$"),
}


@pytest.mark.parametrize(("source", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_asking_for_this_is_an_error(source, message, monkeypatch):
    monkeypatch.setattr(sys, "path", sys.path.copy())
    with pytest.raises(PluginError, match=message):
        load_registry([source])


def test_asking_for_a_folder_is_an_error(tmp_path):
    (tmp_path / "mine.py").mkdir()
    with pytest.raises(PluginError, match="cannot be imported: there is no file"):
        load_registry([str(tmp_path / "mine.py")])


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("1 / 0", "cannot be imported: ZeroDivisionError: division by zero"),
        ("raise SystemExit(3)", "cannot be imported: SystemExit: 3"),
        (plugin("yield 3"), "cannot be used: gridloom_reporters() must yield gridloom.Reporter records, not 3"),
    ],
)
def test_a_broken_file_that_was_asked_for_is_an_error(code, reason, file):
    path = file(code)
    with pytest.raises(PluginError) as caught:
        load_registry([path])
    assert str(caught.value) == f"plugin '{path}' {reason}"


@pytest.mark.parametrize("again", ["mine.py", "./mine.py", "other/../mine.py"])
def test_the_same_file_asked_for_twice_counts_once(again, file):
    path = file(plugin())
    file("", "other/empty.py")
    registry = load_registry([path, path.replace("mine.py", again)])
    assert registry.broken == []
    assert only(registry, "file").hooks == ("gridloom_reporters",)


def test_asking_for_two_files_of_one_name_is_an_error_since_one_would_not_be_used(file):
    with pytest.raises(PluginError, match="another plugin has the same name"):
        load_registry([file(plugin()), file(dropout(), "sub/mine.py")])


# Hook specifications


def example(hook: str) -> str:
    """The example in a hook's docstring: the indented block behind `Example::`."""
    _, found, block = (inspect.getdoc(getattr(hookspecs, hook)) or "").partition("Example::\n")
    assert found, f"{hook} has no example"
    lines = [line for line in block.splitlines() if not line or line.startswith("    ")]
    return textwrap.dedent("\n".join(lines)).strip() + "\n"


def test_every_kind_of_record_has_a_hook_of_its_own():
    hooks = {name for name in vars(hookspecs) if name.startswith("gridloom_")}
    assert {kind.hook for kind in KINDS} == hooks
    assert len(hooks) == 6


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


# Records


def good(result, filename: str = "best.txt"):
    """Write the best."""


@pytest.mark.parametrize("name", ["", "my best", "-best", ".best", "a:b", "größe", "best\n", "x" * 65, 3, None])
def test_a_record_refuses_a_name_that_yaml_could_not_write(name):
    with pytest.raises(ValueError, match=r"^reporter name .* must match \[A-Za-z0-9\]"):
        Reporter(name, "The best.", good)


@pytest.mark.parametrize("name", ["a", "7", "weight_init", "x.y-z", "x" * 64])
def test_a_record_takes_a_name_of_letters_digits_and_joints(name):
    assert Reporter(name, "The best.", good).name == name


@pytest.mark.parametrize("summary", ["", " \n", None, "The best.\nAnd more."])
def test_a_record_refuses_a_summary_that_is_not_one_line(summary):
    with pytest.raises(ValueError, match=r"^reporter 'best' needs a summary of one line"):
        Reporter("best", summary, good)


@pytest.mark.parametrize(
    "function",
    [lambda result, filename, /: None, lambda result, *names: None, lambda result, **names: None],
    ids=["positional", "star", "two stars"],
)
def test_a_record_refuses_a_function_whose_options_have_no_names(function):
    with pytest.raises(TypeError, match="the function of reporter 'best' must name each of its parameters"):
        Reporter("best", "The best.", function)


def test_a_record_refuses_a_function_that_does_not_take_what_the_framework_gives_it():
    with pytest.raises(TypeError, match="the function of reporter 'best' must take 1 argument at least"):
        Reporter("best", "The best.", lambda: None)


def test_a_record_refuses_a_function_that_takes_by_name_alone_what_the_framework_gives_by_place():
    with pytest.raises(TypeError, match="the function of reporter 'best'"):
        Reporter("best", "The best.", lambda *, result: None)


def test_a_record_refuses_what_is_no_function():
    with pytest.raises(TypeError, match=r"^reporter 'best' needs a function, not 'best\.txt'$"):
        Reporter("best", "The best.", "best.txt")


def test_a_data_set_may_have_no_options():
    assert list(Dataset("none", "Nothing.", lambda: None).options) == []


def test_a_record_cannot_be_changed():
    record = Reporter("best", "The best.", good)
    with pytest.raises(FrozenInstanceError):
        record.name = "worst"


def test_the_documentation_of_a_record_is_its_functions_docstring_or_the_summary():
    assert Reporter("best", "The best.", good).documentation == "Write the best."
    assert Reporter("best", "The best.", lambda result: None).documentation == "The best."


def apply_two(draft, rate: float, units: int = 3): ...


def parameters(*names: str) -> tuple[Parameter, ...]:
    """Parameters of these names."""
    return tuple(Parameter(name, Choices(1, 2)) for name in names)


@pytest.mark.parametrize(
    "names", [(), ("rate",), ("rate", "unit"), ("rate", "units", "more"), ("rate", "units", "rate")]
)
def test_a_family_refuses_parameters_that_its_apply_function_does_not_take(names):
    message = r"^family 'two' declares the parameters \[.*\], but its apply function takes \['rate', 'units'\]$"
    with pytest.raises(TypeError, match=message):
        Family("two", "Two.", apply_two, parameters(*names))


def test_a_family_without_parameters_is_refused_since_there_is_nothing_to_search():
    with pytest.raises(
        TypeError, match=r"^family 'none' declares the parameters \[\], but its apply function takes \[\]"
    ):
        Family("none", "None.", lambda draft: None, ())


def test_a_family_may_declare_its_parameters_in_any_order():
    family = Family("two", "Two.", apply_two, parameters("units", "rate"))
    assert [option.name for option in family.options] == ["rate", "units"]


@pytest.mark.parametrize("name", ["model", "training"])
def test_a_family_refuses_the_name_of_a_group_that_is_no_family(name):
    with pytest.raises(ValueError, match=f"^a family cannot be named '{name}': that is a group of its own"):
        Family(name, "Two.", apply_two, parameters("rate", "units"))


def tried(default: object) -> Family:
    """A family whose only parameter has this default."""
    return Family("one", "One.", lambda draft, rate: None, (Parameter("rate", default),))


@pytest.mark.parametrize("default", [[1, 2], {"low": 1, "high": 3}, 3, "relu", None])
def test_a_family_refuses_a_default_that_is_no_domain(default):
    with pytest.raises(TypeError, match="rate"):
        tried(default)


class Primes:
    """A domain of a plugin's own."""

    def values(self):
        return (2, 3, 5)

    def sample(self, rng):
        return 2


@pytest.mark.parametrize("default", [Choices(1), Range(1, 3), Range(0.1, 1.0, scale="log"), Primes()])
def test_a_family_takes_any_domain_for_a_default(default):
    assert tried(default).parameters[0].default is default


def test_an_engine_has_the_training_settings_that_its_callable_names():
    def settings(epochs: int, patience: int = 3): ...

    engine = Engine("e", "An engine.", lambda work: [], trains="network", training=settings)
    assert [option.name for option in engine.training_options] == ["epochs", "patience"]
    assert Engine("e", "An engine.", lambda work: [], trains="network").training_options is None


def test_builders_make_networks_unless_they_say_otherwise():
    assert ModelBuilder("m", "A model.", lambda task: None).makes == "network"


def test_fits_are_cut_into_batches_of_one_candidate_in_their_order():
    fits = [Fit(Candidate({"model": {"C": c}}), 0, fold) for c in (1, 2) for fold in range(records.MAX_BATCH + 2)]
    batches = by_candidate(fits)
    assert [len(batch) for batch in batches] == [records.MAX_BATCH, 2] * 2
    assert [fit for batch in batches for fit in batch] == fits
    assert all(len({fit.candidate.key for fit in batch}) == 1 for batch in batches)
