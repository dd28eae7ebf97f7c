"""Data sets, engines, training and validation of an experiment: what is chosen, refused and filled in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from binding.texts import ESTIMATOR, NETWORK, with_line, with_space
from gridloom import Engine
from gridloom.errors import InvalidInput
from gridloom.experiment.bind import read_experiment
from gridloom.registry.registry import Provided, Registry


def test_a_csv_file_is_looked_for_beside_the_experiment_file(registry, tmp_path, monkeypatch):
    folder = tmp_path / "study"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "rows.csv").write_text("a,y\n" + "1,0\n2,1\n" * 10)
    (folder / "x.yaml").write_text(with_line("dataset: {name: csv, path: data/rows.csv, target: y}"))
    monkeypatch.chdir(tmp_path)
    experiment = read_experiment(Path("study/x.yaml"), registry)
    assert experiment.resolved["dataset"]["path"] == str(folder / "data" / "rows.csv")
    assert experiment.load_data().X.shape == (20, 1)


def test_a_csv_file_that_is_not_there_is_named_in_full(read, tmp_path):
    with pytest.raises(InvalidInput) as caught:
        read(with_line("dataset: {name: csv, path: no.csv, target: y}"))
    (message,) = str(caught.value).splitlines()
    assert message.startswith(f"{tmp_path}/small.yaml:7:28: there is no file {tmp_path}/no.csv")


def test_a_path_that_no_file_can_have_is_refused(read, tmp_path):
    with pytest.raises(InvalidInput) as caught:
        read(with_line(f"dataset: {{name: csv, path: {'a' * 5000}, target: y}}"))
    assert str(caught.value).startswith(f"{tmp_path}/small.yaml:7:28: ")


@pytest.mark.parametrize("sample", [0.5, 1.0, 0.001, 2, 150])
def test_a_sample_is_a_share_or_a_number_of_rows(read, sample):
    experiment = read(with_line(f"dataset: {{name: iris, sample: {sample}}}"))
    assert experiment.sample == sample
    assert type(experiment.sample) is type(sample)


@pytest.mark.parametrize(
    ("sample", "text"),
    [
        ("0", "0"),
        ("1", "1"),
        ("0.0", "0.0"),
        ("1.5", "1.5"),
        ("-3", "-3"),
        ("true", "true"),
        ("half", '"half"'),
        ("~", "null"),
    ],
)
def test_any_other_sample_is_refused(refused, sample, text):
    refused(
        with_line(f"dataset: {{name: iris, sample: ►{sample}}}"),
        f"a sample must be a share of the rows (0.25 is a quarter of them), or a number of rows, at least 2, not {text}",
    )


@pytest.mark.parametrize(
    ("base", "engine", "message"),
    [
        (
            NETWORK,
            "sklearn",
            (
                "engine 'sklearn' trains models of the kind 'estimator', but 'mlp' makes the kind 'network'; "
                "write 'engine: auto'"
            ),
        ),
        (
            ESTIMATOR,
            "scikeras",
            (
                "engine 'scikeras' trains models of the kind 'network, tensorflow network', but 'logistic_regression' "
                "makes the kind 'estimator'; write 'engine: auto'"
            ),
        ),
    ],
)
def test_an_engine_that_cannot_train_the_model_is_refused(refused, base, engine, message):
    refused(with_line(f"engine: ►{engine}", base), message)


def test_the_engine_is_chosen_by_the_model_and_says_why(read):
    network, estimator, named = read(NETWORK), read(ESTIMATOR), read(with_line("engine: scikeras"))
    assert (network.engine.name, network.engine_reason) == (
        "fused",
        "auto: it trains models of the kind 'network'; scikeras if it cannot",
    )
    assert (estimator.engine.name, estimator.engine_reason) == (
        "sklearn",
        "auto: it trains models of the kind 'estimator'",
    )
    assert named.engine_reason == "named by the experiment"


def test_of_several_engines_the_preferred_one_is_chosen(registry, tmp_path):
    (scikeras,) = (item for item in registry.of_kind(Engine) if item.record.name == "scikeras")
    others = [
        Provided(replace(scikeras.record, name=name, preference=preference), scikeras.plugin)
        for name, preference in (("a", 11), ("b", 12), ("c", -1))
    ]
    file = tmp_path / "small.yaml"
    file.write_text(NETWORK)
    experiment = read_experiment(file, Registry(registry.plugins, [*registry.provided, *others]))
    assert (experiment.engine.name, experiment.engine_reason) == (
        "b",
        "auto: it trains models of the kind 'network'; a if it cannot",
    )


def test_a_named_engine_takes_options(read):
    assert read(with_line("engine: {name: scikeras, threads: 2}")).resolved["engine"] == {
        "name": "builtin-engines:scikeras",
        "threads": 2,
    }


def test_training_settings_are_refused_by_an_engine_that_has_none(refused):
    message = "engine 'sklearn' has no training settings; remove them"
    refused(with_line("training: ►{epochs: 5}", ESTIMATOR), message)


def test_training_settings_cannot_be_searched_with_an_engine_that_has_none(refused):
    message = "engine 'sklearn' has no training settings to search"
    refused(with_space("{►training: {epochs: [1, 2]}}", ESTIMATOR), message)


def test_families_edit_networks_only(refused):
    refused(
        with_space("{►dropout: default}", ESTIMATOR),
        "family 'dropout' edits networks, but 'logistic_regression' makes another kind of model; search its options "
        "under 'model:'",
    )


@pytest.mark.parametrize(
    ("validation", "resolved"),
    [
        ("kfold", {"method": "kfold", "folds": 5, "shuffle": True, "repeats": 1, "seeds": 1}),
        (
            "{method: kfold, folds: 10, shuffle: true, repeats: 2, seeds: 4}",
            {"method": "kfold", "folds": 10, "shuffle": True, "repeats": 2, "seeds": 4},
        ),
        ("stratified_kfold", {"method": "stratified_kfold", "folds": 5, "shuffle": True, "repeats": 1, "seeds": 1}),
        ("shuffle_split", {"method": "shuffle_split", "folds": 5, "test_share": 0.2, "repeats": 1, "seeds": 1}),
    ],
)
def test_a_validation_method_has_defaults(read, validation, resolved):
    assert read(with_line(f"validation: {validation}")).resolved["validation"] == resolved


@pytest.mark.parametrize("validation", ["kfold", "{method: kfold}", "{name: kfold}", "{folds: 5}", "{seeds: 1}", "{}"])
def test_an_experiment_that_does_not_say_is_validated_as_one_that_names_kfold(read, validation):
    assert read(NETWORK).resolved == read(with_line(f"validation: {validation}")).resolved


@pytest.mark.parametrize(
    ("validation", "message"),
    [
        ("{method: kfold, folds: ►1}", "should be greater than or equal to 2, not 1"),
        ("{method: kfold, folds: ►2.5}", "should be a whole number, not 2.5"),
        ("{method: shuffle_split, test_share: ►1.0}", "should be less than 1, not 1.0"),
        ("{method: kfold, seeds: ►two}", 'should be a whole number, not "two"'),
        ("{method: kfold, seeds: ►0}", "should be greater than or equal to 1, not 0"),
        ("{method: kfold, shuffle: ►yes}", 'should be true or false, not "yes"'),
        (
            "{method: ►5}",
            (
                "unknown validation method 5; known: group_kfold, kfold, leave_one_out, predefined, "
                "shuffle_split, stratified_group_kfold, stratified_kfold, time_series"
            ),
        ),
        (
            "{shuffle: false, repeats: ►2}",
            "repeats of folds without shuffling are all the same; remove 'shuffle: false'",
        ),
        (
            "{shuffle: false, nested: {repeats: ►2}}",
            "repeats of folds without shuffling are all the same; remove 'shuffle: false'",
        ),
        ("►~", "should be a mapping or text, not null"),
        ("►[kfold]", 'should be a mapping or text, not ["kfold"]'),
    ],
)
def test_validation_settings_are_checked(refused, validation, message):
    refused(with_line(f"validation: {validation}"), message)


@pytest.mark.parametrize("method", ["[kfold]", "{a: 1}"])
def test_a_validation_method_that_is_no_text_is_refused(read, tmp_path, method):
    with pytest.raises(InvalidInput) as caught:
        read(with_line(f"validation: {{method: {method}}}"))
    assert str(caught.value).startswith(f"{tmp_path}/small.yaml:8:22: unknown validation method ")


@pytest.mark.parametrize("options", ["folds: 10000000000", "repeats: 10000000000", "folds: 10000, repeats: 10000"])
def test_a_number_of_splits_that_no_machine_can_train_is_refused(read, options):
    with pytest.raises(InvalidInput, match=r"small\.yaml:8:\d+: "):
        read(with_line(f"validation: {{method: kfold, shuffle: true, {options}}}"))


def test_settings_of_a_validation_without_a_method_are_those_of_the_default(read):
    validation = read(with_line("validation: {folds: 4}")).validation
    expected = {"method": "kfold", "folds": 4, "shuffle": True, "repeats": 1, "seeds": 1}
    assert validation.resolved == expected
