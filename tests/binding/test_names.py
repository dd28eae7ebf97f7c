"""Names in an experiment: unknown ones get the nearest, bare ones stand for mappings, and runs are named."""

from __future__ import annotations

import pytest

from binding.texts import NETWORK, with_line, with_space
from gridloom.errors import InvalidInput
from gridloom.experiment.bind import read_experiment
from gridloom.experiment.keys import A_NAME
from gridloom.registry.registry import load_registry

WAY_OUT = "; if a plugin provides it, install that or name its file with -p"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("dataset: ►irsi", "unknown data set 'irsi'; did you mean 'iris'?"),
        ("dataset: {name: ►irsi}", "unknown data set 'irsi'; did you mean 'iris'?"),
        ("model: ►mpl", "unknown model builder 'mpl'; did you mean 'mlp'?"),
        ("engine: ►skikeras", "unknown engine 'skikeras'; did you mean 'scikeras'?"),
        ("engine: ►atuo", "unknown engine 'atuo'; did you mean 'auto'?"),
        ("engine: ►torch", f"unknown engine 'torch'; known: auto, fused, scikeras, sklearn{WAY_OUT}"),
        ("reporters: [console, ►cvs, json]", "unknown reporter 'cvs'; did you mean 'csv'?"),
        (
            "reporters: [{name: ►xml}]",
            "unknown reporter 'xml'; known: console, csv, histories, html, json, markdown, mlflow, optuna, plots, tensorboard"
            + WAY_OUT,
        ),
        ("validation: ►kfld", "unknown validation method 'kfld'; did you mean 'kfold'?"),
        ("validation: {folds: 3, method: ►kfld}", "unknown validation method 'kfld'; did you mean 'kfold'?"),
        ("scoring: ►acc", "unknown scorer 'acc'; did you mean 'accuracy' or 'jaccard'?"),
        ("model: ►MLP", "unknown model builder 'MLP'; did you mean 'mlp'?"),
        ("model: {name: ►[mlp]}", 'the name of a model builder should be text, not ["mlp"]'),
        ("►\u200bseed: 3", "unknown option '\\u200bseed'; did you mean 'seed'?"),
        ("scoring: ►acuracy", "unknown scorer 'acuracy'; did you mean 'accuracy' or 'top_k_accuracy'?"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest_ones(refused, line, message):
    refused(with_line(line), message)


def test_an_unknown_strategy_is_answered_with_the_nearest_ones(refused):
    refused(NETWORK.replace("grid", "►gird"), "unknown strategy 'gird'; did you mean 'grid'?")


def test_an_unknown_family_is_located_at_its_key(refused):
    refused(with_space("{►neuron: default}"), "unknown family 'neuron'; did you mean 'neurons'?")


def test_a_name_of_a_plugin_that_does_not_provide_it_lists_full_names(refused):
    refused(
        with_line("engine: ►builtin-models:sklearn"),
        "unknown engine 'builtin-models:sklearn'; did you mean 'builtin-engines:sklearn' or "
        "'builtin-engines:scikeras' or 'builtin-engines:fused'?",
    )


@pytest.mark.parametrize("key", ["scoring", "validation", "engine"])
def test_an_empty_text_is_no_name(read, key):
    with pytest.raises(InvalidInput, match=r"small\.yaml:7:\d+: "):
        read(with_line(f"{key}: ''").replace("name: small\n", ""))


@pytest.mark.parametrize(
    ("key", "bare", "name"),
    [
        ("dataset", "iris", "builtin-datasets:iris"),
        ("model", "mlp", "builtin-models:mlp"),
        ("engine", "scikeras", "builtin-engines:scikeras"),
        ("engine", "auto", "builtin-engines:fused"),
    ],
)
def test_a_bare_name_stands_for_a_mapping_with_that_name(read, key, bare, name):
    short, long = read(with_line(f"{key}: {bare}")), read(with_line(f"{key}: {{name: {bare}}}"))
    assert short.resolved == long.resolved
    assert short.resolved[key]["name"] == name
    assert read(with_line(f"{key}: {name}")).resolved == short.resolved


def test_a_bare_strategy_method_or_reporter_stands_for_a_mapping_too(read):
    short = read(with_line("validation: kfold") + "reporters: [csv]\n")
    long = read(with_line("validation: {name: kfold}").replace("grid", "{name: grid}") + "reporters: [{name: csv}]\n")
    assert short.resolved == long.resolved
    assert read(with_line("validation: {method: kfold}") + "reporters: [csv]\n").resolved == short.resolved


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "dataset: ►{sample: 0.5}",
            "this data set has no 'name'; known: arrays, breast_cancer, csv, diabetes, digits, images, iris, openml, parquet, ",
        ),
        ("model: ►{}", "this model builder has no 'name'; known: logistic_regression, mlp, random_forest"),
        ("engine: ►{threads: 2}", "this engine has no 'name'; known: auto, fused, scikeras, sklearn"),
        (
            "reporters: [csv, ►{filename: x.csv}]",
            "this reporter has no 'name'; known: console, csv, histories, html, json, markdown, mlflow, optuna, plots, tensorboard",
        ),
    ],
)
def test_a_mapping_without_a_name_is_told_the_names(refused, line, message):
    refused(with_line(line), message + ("pima, wine" if message.endswith(", ") else ""))


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("dataset: {►csv: {path: a.csv}, sample: 60}", '{name: csv, path: "a.csv"}'),
        ("model: {►mlp: {hidden: [3]}}", "{name: mlp, hidden: [3]}"),
        ("engine: {►fused: }", "{name: fused}"),
        ("validation: {►kfold: {folds: 3}, seeds: 2}", "{method: kfold, folds: 3, seeds: 2}"),
        ("reporters: [csv, {►json: {filename: x.json}}]", '{name: json, filename: "x.json"}'),
    ],
)
def test_options_below_a_name_are_told_to_stand_beside_it(refused, line, written):
    refused(with_line(line), f"options go next to the name: {written}")


def test_so_are_those_of_a_strategy(refused):
    text = NETWORK.replace("strategy: grid", "strategy: {►random: {count: 3}}")
    refused(text, "options go next to the name: {name: random, count: 3}")


def test_an_experiment_without_a_name_is_named_for_its_file(read):
    assert read(NETWORK.replace("name: small\n", "")).name == "small"


def test_a_file_name_that_cannot_name_a_run_asks_for_a_name(registry, tmp_path):
    file = tmp_path / "my experiment.yaml"
    file.write_text(NETWORK.replace("name: small\n", ""))
    with pytest.raises(InvalidInput) as caught:
        read_experiment(file, registry)
    assert (
        str(caught.value)
        == f"{file}:1:1: give the experiment a 'name:', since 'my experiment' cannot name a run: {A_NAME}"
    )


@pytest.mark.parametrize("name", ["a b", "''", "../x", "é", "-x", "x" * 65, "a/b", '"a\\n"'])
def test_a_name_that_is_no_file_name_is_refused(read, tmp_path, name):
    with pytest.raises(InvalidInput) as caught:
        read(NETWORK.replace("small", name))
    (message,) = str(caught.value).splitlines()
    assert message.startswith(f"{tmp_path}/small.yaml:1:7: ")
    assert message.endswith(f" cannot name a run: {A_NAME}")


@pytest.mark.parametrize(
    ("engine", "message"),
    [
        ("►skikeras", "unknown engine 'skikeras'; did you mean 'scikeras'?"),
        ("{name: ►torch, device: gpu}", f"unknown engine 'torch'; known: auto, fused, scikeras, sklearn{WAY_OUT}"),
    ],
)
def test_an_unknown_engine_hides_no_mistake_of_the_training(refused, engine, message):
    refused(
        with_space("{training: {epochs: [►0]}}") + f"engine: {engine}\ntraining: {{►epoch: 5}}\n",
        "should be greater than or equal to 1, not 0",
        message,
        "unknown option 'epoch'; did you mean 'epochs'?",
    )


def test_an_unknown_model_builder_hides_no_mistake_of_the_training(refused):
    text = NETWORK.replace("mlp", "►mpl") + "training: {►epoch: 5, batch_size: ►0}\n"
    refused(
        text,
        "unknown model builder 'mpl'; did you mean 'mlp'?",
        "unknown option 'epoch'; did you mean 'epochs'?",
        "should be greater than or equal to 1, not 0",
    )


@pytest.mark.parametrize(
    ("settings", "messages"),
    [
        (
            "{method: ►kfld, folds: ►1, ►shufle: true, seeds: ►0}",
            [
                "unknown validation method 'kfld'; did you mean 'kfold'?",
                "should be greater than or equal to 2, not 1",
                "unknown option 'shufle'; did you mean 'shuffle'?",
                "should be greater than or equal to 1, not 0",
            ],
        ),
        (
            "{name: ►holdout, test_share: ►2.0}",
            [
                (
                    "unknown validation method 'holdout'; known: group_kfold, kfold, leave_one_out, predefined, "
                    "shuffle_split, stratified_group_kfold, stratified_kfold, time_series"
                ),
                "should be less than 1, not 2.0",
            ],
        ),
    ],
)
def test_an_unknown_validation_method_hides_no_mistake_of_its_settings(refused, settings, messages):
    refused(with_line(f"validation: {settings}"), *messages)


def test_a_grid_that_is_too_large_is_told_of_beside_other_mistakes(refused):
    refused(
        with_space("►{neurons: {neurons: {low: 1, high: 500}}, training: {epochs: {low: 1, high: 500}}}")
        + "►sead: 3\nvalidation: {folds: ►1}\n",
        "this grid has 250,000 candidates; at most 100,000 are allowed",
        "unknown option 'sead'; did you mean 'seed' or 'search'?",
        "should be greater than or equal to 2, not 1",
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("reporters: [►mine]", "unknown reporter 'mine'; known: console"),
        ("reporters: [►cvs]", "unknown reporter 'cvs'; did you mean 'csv'?"),
    ],
)
def test_a_file_beside_the_experiment_that_looks_like_a_plugin_is_named(read, tmp_path, line, message):
    (tmp_path / "no_plugin.py").write_text("print()")
    (tmp_path / "plugin.py").write_text("import gridloom\n\n@gridloom.hookimpl\ndef gridloom_reporters(): ...\n")
    with pytest.raises(InvalidInput) as caught:
        read(with_line(line.replace("►", "")))
    assert message in str(caught.value)
    assert str(caught.value).endswith(f"; if a plugin in this folder provides it, add -p {tmp_path / 'plugin.py'}")


def test_a_file_that_is_loaded_is_not_named_again(tmp_path):
    (plugin := tmp_path / "plugin.py").write_text(
        "import gridloom\n\n@gridloom.hookimpl\ndef gridloom_reporters(): return []\n"
    )
    (file := tmp_path / "e.yaml").write_text(with_line("reporters: [mine]"))
    with pytest.raises(InvalidInput, match=f"{WAY_OUT}$"):
        read_experiment(file, load_registry([str(plugin)]), plugins=[str(plugin)])
