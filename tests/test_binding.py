"""Binding: what an experiment file may say, and what is said about one that is wrong, and where.

In the texts below a ► stands before each place that a problem is located at.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import pytest
from annotated_types import Ge, Gt, Lt

from gridloom import Data, Engine
from gridloom.binding import read_experiment
from gridloom.errors import InvalidInput
from gridloom.experiment import Experiment
from gridloom.options import REQUIRED, Finding, Option, Options, shorten
from gridloom.registry import Provided, Registry
from gridloom.runs import open_run

EXPERIMENTS = Path(__file__).parents[1] / "experiments"

NETWORK = """\
name: small
dataset: iris
model: mlp
search:
  strategy: grid
  space:
    neurons: {neurons: [1, 5]}
"""
ESTIMATOR = """\
name: small
dataset: iris
model: logistic_regression
search:
  strategy: grid
  space:
    model:
      C: [0.1, 1.0]
"""

Read = Callable[..., Experiment]
Refused = Callable[..., None]


@pytest.fixture
def read(registry, tmp_path) -> Read:
    """Bind the experiment of a text, with settings over it."""

    def read(text: str, *settings: str) -> Experiment:
        file = tmp_path / "small.yaml"
        file.write_text(text, encoding="utf-8")
        return read_experiment(file, registry, settings=settings)

    return read


@pytest.fixture
def refused(read, tmp_path) -> Refused:
    """Check that a text is refused with exactly these messages, one for each ► in it, in this order."""

    def refused(marked: str, *messages: str) -> None:
        places = []
        for part in range(1, len(pieces := marked.split("►"))):
            before = "".join(pieces[:part])
            places.append((before.count("\n") + 1, len(before) - before.rfind("\n")))
        assert len(places) == len(messages)
        with pytest.raises(InvalidInput) as caught:
            read(marked.replace("►", ""))
        assert str(caught.value).replace(f"{tmp_path}/", "").splitlines() == [
            f"small.yaml:{line}:{column}: {message}" for (line, column), message in zip(places, messages, strict=True)
        ]

    return refused


def with_space(space: str, base: str = NETWORK) -> str:
    """An experiment with another search space, written on one line."""
    return base[: base.index("  space:")] + f"  space: {space}\n"


def with_line(line: str, base: str = NETWORK) -> str:
    """An experiment with one key more, or another value for a key that it has."""
    key = line.replace("►", "").partition(":")[0]
    return "".join(kept for kept in base.splitlines(keepends=True) if not kept.startswith(f"{key}:")) + line + "\n"


# --- names ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("dataset: ►irsi", "unknown data set 'irsi'; did you mean 'iris'?"),
        ("dataset: {name: ►irsi}", "unknown data set 'irsi'; did you mean 'iris'?"),
        ("model: ►mpl", "unknown model builder 'mpl'; did you mean 'mlp'?"),
        ("engine: ►skikeras", "unknown engine 'skikeras'; did you mean 'scikeras'?"),
        ("engine: ►torch", "unknown engine 'torch'; known: scikeras, sklearn"),
        ("reporters: [console, ►cvs, json]", "unknown reporter 'cvs'; did you mean 'csv'?"),
        ("reporters: [{name: ►xml}]", "unknown reporter 'xml'; known: console, csv, json"),
        ("validation: ►kfld", "unknown validation method \"kfld\"; did you mean 'kfold'?"),
        ("validation: {folds: 3, method: ►kfld}", "unknown validation method \"kfld\"; did you mean 'kfold'?"),
        ("scoring: ►acuracy", "scikit-learn has no scorer 'acuracy'; did you mean 'accuracy' or 'top_k_accuracy'?"),
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
        "'builtin-engines:scikeras'?",
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
        ("engine", "auto", "builtin-engines:scikeras"),
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
        ("dataset: ►{sample: 0.5}", "this data set has no 'name'; known: breast_cancer, csv, diabetes, digits, iris, "),
        ("model: ►{}", "this model builder has no 'name'; known: logistic_regression, mlp, random_forest"),
        ("engine: ►{threads: 2}", "this engine has no 'name'; known: scikeras, sklearn"),
        ("reporters: [csv, ►{filename: x.csv}]", "this reporter has no 'name'; known: console, csv, json"),
    ],
)
def test_a_mapping_without_a_name_is_told_the_names(refused, line, message):
    refused(with_line(line), message + ("pima, wine" if message.endswith(", ") else ""))


def test_an_experiment_without_a_name_is_named_for_its_file(read):
    assert read(NETWORK.replace("name: small\n", "")).name == "small"


def test_a_file_name_that_cannot_name_a_run_asks_for_a_name(registry, tmp_path):
    file = tmp_path / "my experiment.yaml"
    file.write_text(NETWORK.replace("name: small\n", ""))
    with pytest.raises(InvalidInput) as caught:
        read_experiment(file, registry)
    (message,) = str(caught.value).splitlines()
    assert message.startswith(f"{file}:1:1: 'my experiment' cannot name a run (it must match ")
    assert message.endswith("); give the experiment a 'name:'")


@pytest.mark.parametrize("name", ["a b", "''", "../x", "é", "-x", "x" * 65, "a/b", '"a\\n"'])
def test_a_name_that_is_no_file_name_is_refused(read, tmp_path, name):
    with pytest.raises(InvalidInput) as caught:
        read(NETWORK.replace("small", name))
    (message,) = str(caught.value).splitlines()
    assert message.startswith(f"{tmp_path}/small.yaml:1:7: ")
    assert "[A-Za-z0-9][A-Za-z0-9._-]{0,63}" in message


# --- keys, options and types ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("►sead: 3", "unknown option 'sead'; did you mean 'seed' or 'search'?"),
        (
            "►colour: red",
            (
                "unknown option 'colour'; known: dataset, description, engine, model, name, reporters, scoring, search, "
                "seed, training, validation"
            ),
        ),
        ("dataset: {name: iris, ►rows: 5}", "unknown option 'rows'; there is none"),
        ("model: {name: mlp, ►hiden: [1]}", "unknown option 'hiden'; did you mean 'hidden'?"),
        ("engine: {name: scikeras, ►thread: 2}", "unknown option 'thread'; did you mean 'threads'?"),
        ("engine: {name: auto, ►thread: 2}", "unknown option 'thread'; did you mean 'threads'?"),
        ("training: {►epoch: 5}", "unknown option 'epoch'; did you mean 'epochs'?"),
        ("reporters: [{name: csv, ►filenam: x}]", "unknown option 'filenam'; did you mean 'filename'?"),
        ("validation: {method: kfold, ►shufle: true}", "unknown option 'shufle'; did you mean 'shuffle'?"),
        (
            "validation: {method: kfold, ►test_share: 0.5}",
            "unknown option 'test_share'; known: folds, repeats, shuffle",
        ),
    ],
)
def test_an_option_that_a_thing_lacks_is_located_at_its_key(refused, line, message):
    refused(with_line(line), message)


def test_unknown_keys_of_the_search_and_its_strategy_are_located_at_the_key(refused):
    text = NETWORK.replace("strategy: grid", "strategy: {name: grid, ►steps: 3}\n  ►spaces: {}")
    refused(text, "unknown option 'steps'; there is none", "unknown option 'spaces'; did you mean 'space'?")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("seed: ►'7'", 'should be a valid integer, not "7"'),
        ("seed: ►1.0", "should be a valid integer, not 1.0"),
        ("seed: ►true", "should be a valid integer, not true"),
        ("seed: ►-1", "should be greater than or equal to 0, not -1"),
        ("seed: ►4294967296", "should be less than 4294967296, not 4294967296"),
        ("description: ►5", "should be a valid string, not 5"),
        ("scoring: ►3", "should be a valid string, not 3"),
        ("training: ►4", "should be an object, not 4"),
        ("reporters: ►csv", 'should be a valid array, not "csv"'),
        ("reporters: [csv, ►5]", "should be a valid string or should be an object, not 5"),
        ("dataset: ►[iris]", 'should be a valid string or should be an object, not ["iris"]'),
        ("model:►", "should be a valid string or should be an object, not null"),
        ("model: {name: mlp, hidden: ►12}", "should be a valid array, not 12"),
        ("model: {name: mlp, hidden: [5, ►x, 7]}", 'should be a valid integer, not "x"'),
        ("model: {name: mlp, dropout: ►1.0}", "should be less than 1, not 1.0"),
        ("engine: {name: scikeras, threads: ►0}", "should be greater than or equal to 1, not 0"),
        ("training: {epochs: ►ten}", 'should be a valid integer, not "ten"'),
        ("training: {learning_rate: ►0}", "should be greater than 0, not 0"),
        ("reporters: [{name: json, filename: ►3}]", "should be a valid string, not 3"),
    ],
)
def test_a_value_of_the_wrong_type_or_size_is_located_at_the_value(refused, line, message):
    refused(with_line(line), message)


@pytest.mark.parametrize(
    ("optimizer", "ending"),
    [("adm", 'should be an object, not "adm"'), ("{name: adm}", 'rmsprop, sgd, not {"name": "adm"}')],
)
def test_an_unknown_optimizer_lists_the_known_ones(read, tmp_path, optimizer, ending):
    with pytest.raises(InvalidInput) as caught:
        read(with_line(f"training: {{optimizer: {optimizer}}}"))
    (message,) = str(caught.value).splitlines()
    assert message.startswith(f"{tmp_path}/small.yaml:8:23: should be 'adadelta', ")
    assert message.endswith(ending)


def test_a_mapping_whose_keys_are_names_of_types_is_still_refused_as_a_whole(read, tmp_path):
    with pytest.raises(InvalidInput) as caught:
        read(with_line("model: {name: mlp, max_norm: {int: x, float: 2}}"))
    assert {str(problem.location) for problem in caught.value.problems} == {f"{tmp_path}/small.yaml:7:30"}


@pytest.mark.parametrize("text", ["5", "[]", "hello", "null", "''", "- dataset: iris"])
def test_a_document_that_is_no_mapping_is_no_experiment(refused, text):
    refused("►" + text, "an experiment is a mapping of keys such as 'dataset:' and 'model:'")


def test_missing_keys_are_all_named_with_their_types(refused):
    refused(
        "# an experiment\n\n►►►name: x\n",
        "option 'dataset' (text or mapping) is missing",
        "option 'model' (text or mapping) is missing",
        "option 'search' (mapping) is missing",
    )


@pytest.mark.parametrize(
    ("search", "message"),
    [
        ("{space: {neurons: default}}", "option 'strategy' (text or mapping) is missing"),
        ("{strategy: grid}", "option 'space' (mapping) is missing"),
    ],
)
def test_missing_keys_of_the_search_are_located_at_the_search(refused, search, message):
    refused(with_line(f"search: ►{search}", "name: x\ndataset: iris\nmodel: mlp\n"), message)


def test_missing_options_of_a_data_set_are_located_at_the_data_set(refused):
    refused(with_line("dataset: ►►{name: csv}"), "option 'path' (text) is missing", "option 'target' (text) is missing")


def test_all_problems_of_a_file_are_told_at_once_in_its_order(refused):
    refused(
        """\
reporters: [►cvs, {name: csv, ►filenam: x}]
►sead: 1
training: {epochs: ►0, ►epoch: 2}
search:
  space:
    ►neuron: default
    dropout:
      dropout_rate: [0.5, ►1.5, ►half]
      weight_constraint: ►[]
  strategy: ►gird
model: {name: mlp, hidden: [5, ►0]}
dataset: {name: iris, sample: ►2.5}
seed: ►-1
validation: {method: kfold, folds: ►1, seeds: ►0}
""",
        "unknown reporter 'cvs'; did you mean 'csv'?",
        "unknown option 'filenam'; did you mean 'filename'?",
        "unknown option 'sead'; did you mean 'seed' or 'search'?",
        "should be greater than or equal to 1, not 0",
        "unknown option 'epoch'; did you mean 'epochs'?",
        "unknown family 'neuron'; did you mean 'neurons'?",
        "should be less than 1, not 1.5",
        'should be a valid number, not "half"',
        "this list is empty; there is nothing to try",
        "unknown strategy 'gird'; did you mean 'grid'?",
        "should be greater than or equal to 1, not 0",
        "a sample is a share of the rows above 0.0 up to 1.0, or a whole number of rows from 2, not 2.5",
        "should be greater than or equal to 0, not -1",
        "should be greater than or equal to 2, not 1",
        "should be greater than or equal to 1, not 0",
    )


# --- data sets, engines, training, validation -----------------------------------------------------------------------


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
        f"a sample is a share of the rows above 0.0 up to 1.0, or a whole number of rows from 2, not {text}",
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
                "engine 'scikeras' trains models of the kind 'network', but 'logistic_regression' makes the kind "
                "'estimator'; write 'engine: auto'"
            ),
        ),
    ],
)
def test_an_engine_that_cannot_train_the_model_is_refused(refused, base, engine, message):
    refused(with_line(f"engine: ►{engine}", base), message)


def test_the_engine_is_chosen_by_the_model_and_says_why(read):
    network, estimator, named = read(NETWORK), read(ESTIMATOR), read(with_line("engine: scikeras"))
    assert (network.engine.name, network.engine_reason) == ("scikeras", "auto: it trains models of the kind 'network'")
    assert (estimator.engine.name, estimator.engine_reason) == (
        "sklearn",
        "auto: it trains models of the kind 'estimator'",
    )
    assert named.engine_reason == "named by the experiment"


def test_of_several_engines_the_preferred_one_is_chosen(registry, tmp_path):
    (scikeras,) = (item for item in registry.of_kind(Engine) if item.record.name == "scikeras")
    others = [
        Provided(replace(scikeras.record, name=name, preference=preference), scikeras.plugin)
        for name, preference in (("a", 1), ("b", 2), ("c", -1))
    ]
    file = tmp_path / "small.yaml"
    file.write_text(NETWORK)
    experiment = read_experiment(file, Registry(registry.plugins, [*registry.provided, *others]))
    assert (experiment.engine.name, experiment.engine_reason) == ("b", "auto: it trains models of the kind 'network'")


def test_the_chosen_engine_takes_options(read):
    assert read(with_line("engine: {name: auto, threads: 2}")).resolved["engine"] == {
        "name": "builtin-engines:scikeras",
        "threads": 2,
    }


def test_training_settings_are_refused_by_an_engine_that_has_none(refused):
    message = "engine 'sklearn' has no training settings; leave them out"
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
        ("kfold", {"method": "kfold", "folds": 3, "shuffle": False, "repeats": 1, "seeds": 1}),
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


def test_an_experiment_that_does_not_say_is_validated_by_five_shuffled_folds(read):
    assert read(NETWORK).resolved["validation"] == {
        "method": "kfold",
        "folds": 5,
        "shuffle": True,
        "repeats": 1,
        "seeds": 1,
    }


@pytest.mark.parametrize(
    ("validation", "message"),
    [
        ("{method: kfold, folds: ►1}", "should be greater than or equal to 2, not 1"),
        ("{method: kfold, folds: ►2.5}", "should be a valid integer, not 2.5"),
        ("{method: shuffle_split, test_share: ►1.0}", "should be less than 1, not 1.0"),
        ("{method: kfold, seeds: ►two}", 'should be a valid integer, not "two"'),
        ("{method: kfold, seeds: ►0}", "should be greater than or equal to 1, not 0"),
        ("{method: kfold, shuffle: ►yes}", 'should be a valid boolean, not "yes"'),
        ("{method: ►5}", "unknown validation method 5; known: kfold, shuffle_split, stratified_kfold"),
        ("►~", "should be a valid string or should be an object, not null"),
        ("►{}", "unknown validation method null; known: kfold, shuffle_split, stratified_kfold"),
        ("►[kfold]", 'should be a valid string or should be an object, not ["kfold"]'),
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


# --- the search space -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("space", "message"),
    [
        ("►{}", "the space is empty; name a family, such as 'dropout: default'"),
        ("{neurons: {neurons: ►[]}}", "this list is empty; there is nothing to try"),
        ("{neurons: {neurons: [5, 1, ►5]}}", "5 stands in this list twice"),
        ("{activation: {activation: [relu, tanh, ►relu]}}", '"relu" stands in this list twice'),
        ("{model: {hidden: [[1, 2], ►[1, 2]]}}", "[1, 2] stands in this list twice"),
        ("{dropout: {dropout_rate: [0.5, ►1.5]}}", "should be less than 1, not 1.5"),
        ("{dropout: {dropout_rate: [►-0.1]}}", "should be greater than or equal to 0, not -0.1"),
        ("{dropout: {dropout_rate: [►'0.1']}}", 'should be a valid number, not "0.1"'),
        ("{neurons: {neurons: [►0]}}", "should be greater than or equal to 1, not 0"),
        ("{neurons: {neurons: [►on]}}", 'should be a valid integer, not "on"'),
        ("{neurons: {neurons: [►1.5]}}", "should be a valid integer, not 1.5"),
        ("{model: {hidden: [[12], [12, ►0]]}}", "should be greater than or equal to 1, not 0"),
        ("{training: {epochs: [5, ►0]}}", "should be greater than or equal to 1, not 0"),
        ("{neurons: {►neuron: [5], neurons: [5]}}", "unknown parameter 'neuron'; did you mean 'neurons'?"),
        (
            "{model: {►units: [5]}}",
            "unknown parameter 'units'; known: activation, dropout, hidden, initializer, max_norm",
        ),
        ("{training: {►epoch: [5]}}", "unknown parameter 'epoch'; did you mean 'epochs'?"),
        ("{►dropout: {weight_constraint: [1]}}", "'dropout_rate' is missing; give values to try, or 'default'"),
        (
            "{neurons: {neurons: ►5}}",
            "5 is no list of values to try, such as [1, 2], nor a range such as {low: 1, high: 9, step: 2}",
        ),
        (
            "{training: {epochs: ►default}}",
            '"default" is no list of values to try, such as [1, 2], nor a range such as {low: 1, high: 9, step: 2}',
        ),
        ("{neurons: ►[5]}", "write 'default', or a mapping of 'neurons' to values to try"),
        ("{dropout: ►~}", "write 'default', or a mapping of 'dropout_rate', 'weight_constraint' to values to try"),
        (
            "{training: ►default}",
            "write a mapping of parameters to values to try; known: epochs, batch_size, optimizer, learning_rate",
        ),
        (
            "{model: ►{}}",
            "write a mapping of parameters to values to try; known: hidden, activation, initializer, dropout, max_norm",
        ),
        ("►[dropout]", 'should be an object, not ["dropout"]'),
    ],
)
def test_what_is_to_be_tried_is_checked(refused, space, message):
    refused(with_space(space), message)


def test_a_misspelt_initializer_is_answered_with_all_of_them(read, tmp_path):
    with pytest.raises(InvalidInput) as caught:
        read(with_space("{weight_init: {init_mode: [uniform, unifrom]}}"))
    (message,) = str(caught.value).splitlines()
    assert message.startswith(f"{tmp_path}/small.yaml:6:46: should be 'glorot_normal', 'glorot_uniform', ")
    assert message.endswith("'uniform', 'variance_scaling', 'zero' or 'zeros', not \"unifrom\"")


def test_a_family_cannot_stand_in_a_space_under_two_names(read):
    with pytest.raises(InvalidInput, match=r"small\.yaml:6:36: .*neurons"):
        read(with_space("{neurons: {neurons: [1]}, builtin-families:neurons: {neurons: [5]}}"))


def values(experiment: Experiment, group: str, name: str) -> list[Any]:
    """The values of a parameter in the candidates that are tried first, each once, in order."""
    return list(dict.fromkeys(candidate.values[group][name] for candidate in experiment.first_wave()))


@pytest.mark.parametrize(
    ("group", "name", "given", "tried"),
    [
        ("neurons", "neurons", "{low: 1, high: 9, step: 4}", [1, 5, 9]),
        ("neurons", "neurons", "{low: 1, high: 3}", [1, 2, 3]),
        ("neurons", "neurons", "{low: 1, high: 10, count: 4}", [1, 4, 7, 10]),
        ("neurons", "neurons", "{low: 1, high: 100, count: 3, scale: log}", [1, 10, 100]),
        ("dropout", "dropout_rate", "{low: 0, high: 0.5, step: 0.25}", [0.0, 0.25, 0.5]),
        ("dropout", "dropout_rate", "{low: 0.1, high: 0.3, count: 3}", [0.1, 0.2, 0.3]),
        ("training", "learning_rate", "{low: 0.001, high: 0.1, count: 3, scale: log}", [0.001, 0.01, 0.1]),
        ("training", "epochs", "[30, 10]", [30, 10]),
        ("neurons", "neurons", "default", [1, 5, 10, 15, 20, 25, 30]),
    ],
)
def test_lists_ranges_and_defaults_are_tried_in_order(read, group, name, given, tried):
    assert values(read(with_space(f"{{{group}: {{{name}: {given}}}}}")), group, name) == tried


def test_the_default_of_a_family_is_all_its_parameters(read):
    experiment = read(with_space("{dropout: default, neurons: {neurons: [5]}}"))
    assert len(experiment.first_wave()) == 50
    assert values(experiment, "dropout", "weight_constraint") == [1, 2, 3, 4, 5]


def test_the_last_parameter_of_the_file_varies_fastest(read):
    experiment = read(with_space("{training: {epochs: [2, 1]}, neurons: {neurons: [9, 8]}}"))
    assert [str(candidate) for candidate in experiment.first_wave()] == [
        "{'epochs': 2, 'neurons': 9}",
        "{'epochs': 2, 'neurons': 8}",
        "{'epochs': 1, 'neurons': 9}",
        "{'epochs': 1, 'neurons': 8}",
    ]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("►{low: 5, high: 5}", "low must be below high, not 5 and 5"),
        ("►{low: 9, high: 5, step: 1}", "low must be below high, not 9 and 5"),
        ("►{low: 1, high: 9, step: 0}", "a step is above 0, and goes with neither count nor a logarithmic scale"),
        (
            "►{low: 1, high: 9, step: 2, count: 2}",
            "a step is above 0, and goes with neither count nor a logarithmic scale",
        ),
        (
            "►{low: 1, high: 9, step: 2, scale: log}",
            "a step is above 0, and goes with neither count nor a logarithmic scale",
        ),
        ("►{low: 1, high: 9, step: 1e-9}", "this step makes more than 100,000 values"),
        ("►{low: 1, high: 9, count: 1}", "count is a number of values from 2 to 100,000"),
        ("►{low: 0, high: 9, count: 2, scale: log}", "a logarithmic range starts above 0"),
        ("►{low: 0, high: 9, step: 3}", "0: should be greater than or equal to 1, not 0"),
        ("►{low: 1.5, high: 9, count: 2}", "1.5: should be a valid integer, not 1.5"),
        ("►{low: 1}", "option 'high' (number) is missing"),
        ("►{high: 1}", "option 'low' (number) is missing"),
        ("{low: 1, high: 9, ►stp: 2}", "unknown option 'stp'; did you mean 'step'?"),
        ("{low: ►one, high: 9}", 'should be a valid number, not "one"'),
        ("{low: 1, high: 9, count: ►2.5}", "should be a valid integer, not 2.5"),
        ("{low: 1, high: 9, scale: ►lin}", "should be 'linear' or 'log', not \"lin\""),
        (
            "►{step: 1}",
            '{"step": 1} is no list of values to try, such as [1, 2], nor a range such as {low: 1, high: 9, step: 2}',
        ),
    ],
)
def test_a_range_that_makes_no_sense_is_refused(refused, given, message):
    refused(with_space(f"{{neurons: {{neurons: {given}}}}}"), message)


def test_a_grid_needs_steps_in_every_range_of_floats(refused):
    refused(
        with_space("{neurons: default, training: {learning_rate: ►{low: 0.001, high: 0.1}}}"),
        "give the range a step or a count, so that it can be enumerated",
    )


@pytest.mark.parametrize("given", ["{low: 1, high: 1000000000000000}", f"{{low: 1, high: {'9' * 300}}}"])
def test_a_grid_over_more_whole_numbers_than_anyone_can_try_is_refused(read, given):
    with pytest.raises(InvalidInput, match=r"small\.yaml:6:"):
        read(with_space(f"{{neurons: {{neurons: {given}}}}}"))


@pytest.mark.parametrize("rest", ["step: 2", "count: 3", "count: 3, scale: log"])
def test_a_range_up_to_a_number_without_a_float_is_refused(read, rest):
    with pytest.raises(InvalidInput, match=r"small\.yaml:6:"):
        read(with_space(f"{{neurons: {{neurons: {{low: 1, high: {'9' * 399}, {rest}}}}}}}"))


def test_a_grid_of_too_many_candidates_is_refused(refused):
    refused(
        with_space("►{neurons: {neurons: {low: 1, high: 500}}, training: {epochs: {low: 1, high: 500}}}"),
        "this grid has 250,000 candidates; more than 100,000 are surely a mistake",
    )


# --- --set ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setting", "path", "value"),
    [
        ("seed=3", ("seed",), 3),
        (" seed = 3", ("seed",), 3),
        ("training.epochs=10", ("training", "epochs"), 10),
        ("training={epochs: 10}", ("training", "epochs"), 10),
        ("model.hidden=[7, 8]", ("model", "hidden"), [7, 8]),
        ("search.space.neurons.neurons=[2]", ("search", "space", "neurons", "neurons"), [2]),
        ("dataset.sample=0.5", ("dataset", "sample"), 0.5),
        ("description=a=b", ("description",), "a=b"),
        ("model.max_norm=null", ("model", "max_norm"), None),
    ],
)
def test_a_setting_is_put_over_the_file(read, setting, path, value):
    resolved: Any = read(with_line("model: {name: mlp, max_norm: 3}"), setting).resolved
    for key in path:
        resolved = resolved[key]
    assert resolved == value


def test_a_setting_through_a_bare_name_keeps_the_name(read):
    model = read(NETWORK, "model.hidden=[7]", "model.activation=tanh").resolved["model"]
    assert (model["name"], model["hidden"], model["activation"]) == ("builtin-models:mlp", [7], "tanh")


def test_the_last_of_equal_settings_counts(read):
    assert read(NETWORK, "seed=x", "seed=3").seed == 3


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("seed=x", '--set seed=x: should be a valid integer, not "x"'),
        ("sead=1", "--set sead=1: unknown option 'sead'; did you mean 'seed' or 'search'?"),
        ("dataset=irs", "--set dataset=irs: unknown data set 'irs'; did you mean 'iris'?"),
        ("model.dropout=1.5", "--set model.dropout=1.5: should be less than 1, not 1.5"),
        ("model.hiden=[1]", "--set model.hiden=[1]: unknown option 'hiden'; did you mean 'hidden'?"),
        (
            "model={name: mlp, hidden: [0]}",
            "--set model={name: mlp, hidden: [0]}:1:22: should be greater than or equal to 1, not 0",
        ),
        ("seed", "--set seed: write KEY=VALUE, such as training.epochs=10"),
        ("=3", "--set =3: write KEY=VALUE, such as training.epochs=10"),
        ("a..b=3", "--set a..b=3: write KEY=VALUE, such as training.epochs=10"),
        ("seed=&a 1", "--set seed=&a 1:1:1: anchors (&a) are not supported; write the value out"),
        (
            "search.space.neurons.neurons.0=5",
            "--set search.space.neurons.neurons.0=5: '0' cannot be set inside the value at small.yaml:7:24",
        ),
    ],
)
def test_a_wrong_setting_is_located_at_the_option_of_the_command_line(read, tmp_path, setting, message):
    with pytest.raises(InvalidInput) as caught:
        read(NETWORK, setting)
    assert str(caught.value).replace(f"{tmp_path}/", "") == message


def test_settings_and_file_are_told_about_together(read, tmp_path):
    with pytest.raises(InvalidInput) as caught:
        read(NETWORK.replace("iris", "irsi"), "seed=x", "sead=1")
    assert str(caught.value).replace(f"{tmp_path}/", "").splitlines() == [
        "--set sead=1: unknown option 'sead'; did you mean 'seed' or 'search'?",
        '--set seed=x: should be a valid integer, not "x"',
        "small.yaml:2:10: unknown data set 'irsi'; did you mean 'iris'?",
    ]


def test_a_setting_that_breaks_another_part_of_the_file_is_told_there(read, tmp_path):
    with pytest.raises(InvalidInput) as caught:
        read(NETWORK, "model=logistic_regression")
    assert str(caught.value).replace(f"{tmp_path}/", "").startswith("small.yaml:7:5: family 'neurons' edits networks")


def test_a_setting_without_a_value_is_not_called_an_empty_file(read):
    with pytest.raises(InvalidInput, match=r"^--set seed=") as caught:
        read(NETWORK, "seed=")
    assert "file" not in str(caught.value)


def test_a_setting_nested_beyond_reason_is_refused(read):
    with pytest.raises(InvalidInput, match=r"^--set a\.a\.a"):
        read(NETWORK, "a." * 3000 + "b=1")


# --- what a run keeps -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["1e5", "08", "0x1F", "on", "null", "012", "1:30", "2020-01-01", "é😀 #: x", "1_000"])
def test_an_experiment_kept_by_a_run_says_the_same_when_it_is_read_again(read, registry, tmp_path, text):
    experiment = read(with_line(f'description: "{text}"') + "reporters: [csv]\n")
    data = Data(np.arange(20.0).reshape(10, 2), np.arange(10) % 2, ("a", "b"), "y", ("no", "yes"))
    with open_run(experiment, data, tmp_path / "run", fresh=False):
        pass
    again = read_experiment(tmp_path / "run" / "experiment.yaml", registry)
    assert again.description == text
    assert again.resolved == experiment.resolved


# --- the command line -----------------------------------------------------------------------------------------------


def test_check_prints_the_plan_of_every_published_experiment(gridloom):
    done = gridloom("check", *sorted(EXPERIMENTS.glob("*.yaml")))
    assert (done.returncode, done.stderr) == (0, "")
    plans = {
        "activation": ("8 by grid: activation (8)", "8 x 3 x 1 = 24"),
        "dropout": ("50 by grid: dropout_rate (10) x weight_constraint (5)", "50 x 3 x 1 = 150"),
        "neurons": ("7 by grid: neurons (7)", "7 x 3 x 1 = 21"),
        "weight_init": ("8 by grid: init_mode (8)", "8 x 3 x 1 = 24"),
    }
    assert done.stdout == "".join(
        f"{EXPERIMENTS / name}.yaml: '{name}' is valid\n"
        "  data set    pima\n"
        "  model       mlp\n"
        f"  candidates  {candidates}\n"
        "  validation  kfold, 3 splits, 1 seed(s) each\n"
        f"  fits        {fits}\n"
        "  engine      scikeras (auto: it trains models of the kind 'network')\n"
        for name, (candidates, fits) in plans.items()
    )


def test_check_counts_repeats_and_seeds_and_names_the_sample(gridloom, tmp_path):
    text = with_line("validation: {method: kfold, folds: 4, shuffle: true, repeats: 2, seeds: 3}")
    (tmp_path / "small.yaml").write_text(text)
    done = gridloom("check", "small.yaml", "--set", "dataset.sample=0.5")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "small.yaml: 'small' is valid",
        "  data set    iris, a sample of 0.5",
        "  model       mlp",
        "  candidates  2 by grid: neurons (2)",
        "  validation  kfold, 8 splits, 3 seed(s) each",
        "  fits        2 x 8 x 3 = 48",
        "  engine      scikeras (auto: it trains models of the kind 'network')",
    ]


def test_check_tells_all_problems_of_all_files_and_exits_with_2(gridloom, tmp_path):
    (tmp_path / "one.yaml").write_text(NETWORK.replace("iris", "irsi").replace("mlp", "mpl"))
    (tmp_path / "two.yaml").write_text("seed: [1, 2\n")
    (tmp_path / "three.yaml").write_text(ESTIMATOR)
    done = gridloom("check", "one.yaml", "two.yaml", "three.yaml", "four.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "gridloom:",
        "one.yaml:2:10: unknown data set 'irsi'; did you mean 'iris'?",
        "one.yaml:3:8: unknown model builder 'mpl'; did you mean 'mlp'?",
        "two.yaml:2:1: this is not YAML: expected ',' or ']', but got '<stream end>' while parsing a flow sequence",
        "four.yaml: cannot be read: No such file or directory",
    ]


def test_check_says_that_a_file_name_is_too_long(gridloom):
    done = gridloom("check", "a" * 5000)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"gridloom: {'a' * 5000}: cannot be read: File name too long\n"


def test_check_tells_one_problem_on_one_line(gridloom, tmp_path):
    (tmp_path / "small.yaml").write_text(with_space("{neurons: {neurons: [0]}}"))
    done = gridloom("check", "small.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "gridloom: small.yaml:6:31: should be greater than or equal to 1, not 0\n"


# --- options of plugins ---------------------------------------------------------------------------------------------


def build(
    task: object,
    size: Annotated[int, Ge(1)],
    rates: tuple[Annotated[float, Ge(0), Lt(1)], ...] = (0.5,),
    mode: Literal["fast", "slow"] | None = None,
    folder: Path = Path("here"),
    anything=None,
) -> None:
    """What a plugin's callable looks like; the framework fills the first parameter."""


OPTIONS = Options(build, fixed=1)


def test_options_are_the_parameters_after_those_the_framework_fills():
    assert [option.name for option in OPTIONS] == ["size", "rates", "mode", "folder", "anything"]
    assert [option.is_required for option in OPTIONS] == [True, False, False, False, False]
    assert OPTIONS.known["size"].default is REQUIRED


def test_valid_options_become_what_the_annotations_say():
    given = {"size": 3, "rates": [0, 0.5], "mode": "slow", "folder": "x", "anything": {"a": [1]}}
    valid, findings = OPTIONS.validate(given, Path())
    assert findings == []
    assert valid == {"size": 3, "rates": (0.0, 0.5), "mode": "slow", "folder": Path("x"), "anything": {"a": [1]}}


def test_every_wrong_option_is_found():
    _, findings = OPTIONS.validate({"rates": [0.5, 1, "x"], "mod": 1, "mode": "medium"}, Path())
    assert findings == [
        Finding(("rates", 1), "should be less than 1, not 1"),
        Finding(("rates", 2), 'should be a valid number, not "x"'),
        Finding(("mod",), "unknown option 'mod'; did you mean 'mode'?", at_key=True),
        Finding(("mode",), "should be 'fast' or 'slow', not \"medium\""),
        Finding((), "option 'size' (whole number from 1) is missing"),
    ]


def test_resolved_options_are_plain_data_with_all_defaults():
    assert OPTIONS.resolve({"size": 3}) == {
        "size": 3,
        "rates": [0.5],
        "mode": None,
        "folder": "here",
        "anything": None,
    }


@pytest.mark.parametrize(
    ("annotation", "name"),
    [
        (int, "whole number"),
        (float, "number"),
        (str, "text"),
        (bool, "true or false"),
        (Path, "text"),
        (Any, "anything"),
        (dict[str, Any], "mapping"),
        (list[str], "list of text"),
        (tuple[int, ...], "list of whole number"),
        (int | None, "whole number or null"),
        (Literal["a", "b"], "one of a, b"),
        (Literal["a"], "a"),
        (Annotated[int, Ge(1)], "whole number from 1"),
        (Annotated[float, Gt(0), Lt(1)], "number above 0 below 1"),
        (Annotated[int, Gt(0)] | None, "whole number above 0 or null"),
    ],
)
def test_a_type_is_described_in_words_of_yaml(annotation, name):
    assert Option("x", annotation, None).type_name == name


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("é", '"é"'),
        ([1, None, True], "[1, null, true]"),
        ("x" * 100, '"' + "x" * 56 + "..."),
        ("x" * 58, f'"{"x" * 58}"'),
    ],
)
def test_a_value_in_a_message_is_json_of_at_most_60_characters(value, text):
    assert shorten(value) == text
    assert len(text) <= 60
