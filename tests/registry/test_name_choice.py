"""Names of what plugins provide: the nearest ones, and how to choose between two providers."""

from __future__ import annotations

import pytest

from gridloom import InvalidInput
from gridloom.errors import UnknownName
from gridloom.experiment.bind import read_experiment
from gridloom.registry import records
from gridloom.registry.records import Dataset, Family, Reporter
from gridloom.registry.registry import load_registry
from registry.plugins import dropout, plugin


def test_an_unknown_name_gets_the_nearest_known_one(registry):
    with pytest.raises(UnknownName, match=r"^unknown family 'droput'; did you mean 'dropout'\?$"):
        registry.find(Family, "droput")


def test_an_unknown_name_far_from_all_gets_the_known_ones(registry):
    with pytest.raises(UnknownName, match=r"^unknown strategy 'zzz'; known: .*\bgrid\b"):
        registry.find(records.Strategy, "zzz")


def test_an_unknown_full_name_gets_the_nearest_full_name(registry):
    with pytest.raises(UnknownName, match=r"did you mean 'builtin-families:dropout'"):
        registry.find(Family, "builtin-families:droput")


def test_a_colon_without_a_plugin_before_it_chooses_nothing(registry):
    with pytest.raises(UnknownName, match=r"^unknown family ':dropout'; "):
        registry.find(Family, ":dropout")


def test_an_unknown_name_mentions_the_plugins_that_were_set_aside(install):
    folder = install("bad", "1 / 0")
    with pytest.raises(UnknownName) as caught:
        load_registry().find(Family, "bias")
    reason = f"it cannot be imported: ZeroDivisionError: division by zero ({folder / 'bad.py'}:1)"
    assert str(caught.value).endswith(f"\n  the plugin 'bad' (bad 1.0, bad) is disabled: {reason}")


def test_a_name_that_two_plugins_provide_is_an_error_that_names_both_and_how_to_choose(install):
    install("other", dropout())
    registry = load_registry()
    with pytest.raises(UnknownName) as caught:
        registry.find(Family, "dropout")
    message = str(caught.value)
    assert "family 'dropout' is provided by the plugins 'builtin-families' (gridloom " in message
    assert " and 'other' (other 1.0, " in message
    assert message.endswith("write 'builtin-families:dropout' or 'other:dropout'")
    assert registry.choices == [message]
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
