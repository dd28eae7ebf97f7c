"""Keys, options and types of an experiment file: what is wrong is located at its key or value, all at once."""

from __future__ import annotations

import pytest

from binding.texts import NETWORK, with_line
from gridloom.errors import InvalidInput


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("►sead: 3", "unknown option 'sead'; did you mean 'seed' or 'search'?"),
        (
            "►colour: red",
            (
                "unknown option 'colour'; known: dataset, description, engine, executor, model, name, preprocess, published, "
                "rank_by, refit, reporters, scoring, search, seed, test, time_limit, training, validation"
            ),
        ),
        ("time_limit: ►0.5 s", 'should be at least a second, not "0.5 s"'),
        ("time_limit: ►600", "should be a time with its unit, such as 90 s, 10 min or 2 h, not 600"),
        ("dataset: {name: iris, ►rows: 5}", "unknown option 'rows'; it takes none"),
        ("model: {name: mlp, ►hiden: [1]}", "unknown option 'hiden'; did you mean 'hidden'?"),
        ("engine: {name: scikeras, ►thread: 2}", "unknown option 'thread'; did you mean 'threads'?"),
        (
            "engine: ►{name: auto, threads: 2}",
            "'auto' takes no options, since it chooses the engine; name the engine",
        ),
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


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("►epochs: 10", "training:"),
        ("►folds: 3", "validation:"),
        ("►seeds: 3", "validation:"),
        ("►strategy: grid", "search:"),
        ("►dropout: default", "search: space:"),
        ("search: {►dropout: default, space: {neurons: default}}", "search: space:"),
        ("search: {►training: {epochs: [1]}, space: {neurons: default}}", "search: space:"),
        ("search: {►candidates: 20, space: {neurons: default}}", "search: strategy:"),
        ("search: {►no_gain: 20, space: {neurons: default}}", "search: stop:"),
    ],
)
def test_a_key_that_belongs_elsewhere_is_told_where(refused, line, place):
    name = line.partition("►")[2].partition(":")[0]
    text = NETWORK[: NETWORK.index("search:")] if line.startswith("search:") else NETWORK
    refused(text + line + "\n", f"unknown option '{name}'; it belongs under '{place}'")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("strategy: ►[random, zoom]", "write one strategy, or {then: [random, zoom]} for several in sequence"),
        ("first: ►{neurons: 5}", "write a list of candidates, such as [{dropout_rate: 0.2, neurons: 10}]"),
        ("stop: ►10", "write a mapping of limits, such as {trials: 100, time: 10 min}"),
    ],
)
def test_a_key_of_the_search_of_the_wrong_type_is_told_how_it_is_written(refused, line, message):
    text = NETWORK[: NETWORK.index("search:")]
    refused(f"{text}search: {{{line}, space: {{neurons: default}}}}\n", message)


def test_a_key_in_another_case_is_not_called_missing_as_well(refused):
    refused(
        "►Dataset: iris\n►MODEL: mlp\nsearch: {space: {neurons: {►Neurons: [5]}}}\n",
        "unknown option 'Dataset'; did you mean 'dataset'?",
        "unknown option 'MODEL'; did you mean 'model'?",
        "unknown parameter 'Neurons'; did you mean 'neurons'?",
    )


def test_unknown_keys_of_the_search_and_its_strategy_are_located_at_the_key(refused):
    text = NETWORK.replace("strategy: grid", "strategy: {name: grid, ►steps: 3}\n  ►spaces: {}")
    refused(text, "unknown option 'steps'; it takes none", "unknown option 'spaces'; did you mean 'space'?")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("seed: ►'7'", 'should be a whole number, not "7"'),
        ("seed: ►1.0", "should be a whole number, not 1.0"),
        ("seed: ►true", "should be a whole number, not true"),
        ("seed: ►-1", "should be greater than or equal to 0, not -1"),
        ("seed: ►4294967296", "should be less than 4294967296, not 4294967296"),
        ("description: ►5", "should be text, not 5"),
        ("scoring: ►3", "should be a list or a mapping or text, not 3"),
        ("training: ►4", "should be a mapping, not 4"),
        ("training: ►epochs:5", 'should be a mapping, not "epochs:5"; is a space missing behind the colon?'),
        ("reporters: ►csv", 'should be a list, not "csv"; write [csv]'),
        ("reporters: [csv, ►5]", "should be a mapping or text, not 5"),
        ("dataset: ►[iris]", 'should be a mapping or text, not ["iris"]'),
        ("model:►", "should be a mapping or text, not null"),
        ("model: {name: mlp, hidden: ►12}", "should be a list, not 12"),
        ("model: {name: mlp, hidden: [5, ►x, 7]}", 'should be a whole number, not "x"'),
        ("model: {name: mlp, activation: ►rlu}", "unknown activation 'rlu'; did you mean 'relu' or 'relu6' or 'elu'?"),
        ("model: {name: mlp, max_norm: ►high}", 'should be a number, not "high"'),
        ("model: {name: mlp, dropout: ►1.0}", "should be less than 1, not 1.0"),
        ("engine: {name: scikeras, threads: ►0}", "should be greater than or equal to 1, not 0"),
        ("training: {epochs: ►ten}", 'should be a whole number, not "ten"'),
        ("training: {learning_rate: ►0}", "should be greater than 0, not 0"),
        ("reporters: [{name: json, filename: ►3}]", "should be text, not 3"),
    ],
)
def test_a_value_of_the_wrong_type_or_size_is_located_at_the_value(refused, line, message):
    refused(with_line(line), message)


@pytest.mark.parametrize(
    ("optimizer", "message"),
    [
        ("adm", "unknown optimizer 'adm'; did you mean 'adam' or 'nadam' or 'adamw'?"),
        ("Adam", "unknown optimizer 'Adam'; did you mean 'adam'?"),
        ("{name: adagrd}", "unknown optimizer 'adagrd'; did you mean 'adagrad' or 'adam'?"),
        ("{momentum: 0.9}", "an optimizer needs a 'name' along with its settings, as in {name: sgd, momentum: 0.9}"),
        ("{name: sgd, momentm: 0.9}", "the optimizer sgd has no setting 'momentm'; did you mean 'momentum' or 'ema_momentum'?"),
    ],
)  # fmt: skip
def test_an_optimizer_that_keras_does_not_know_is_answered_with_the_nearest(refused, optimizer, message):
    refused(with_line(f"training: {{optimizer: ►{optimizer}}}"), message)


def test_an_optimizer_of_another_kind_lists_what_it_may_be(read, tmp_path):
    with pytest.raises(InvalidInput) as caught:
        read(with_line("training: {optimizer: 5}"))
    (message,) = str(caught.value).splitlines()
    assert message.startswith(f"{tmp_path}/small.yaml:8:23: should be a mapping or one of 'adadelta', 'adafactor', ")
    assert message.endswith("'rmsprop' or 'sgd', not 5")


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ("►blanced", "unknown class_weight 'blanced'; did you mean 'balanced'?"),
        ("{setosa: ►heavy}", 'should be a number, not "heavy"'),
        ("►[1, 2]", "should be a mapping or 'balanced', not [1, 2]"),
    ],
)
def test_the_branch_of_a_union_that_was_meant_is_the_one_that_is_told_of(refused, weights, message):
    refused(with_line(f"training: {{class_weight: {weights}}}"), message)


def test_a_mapping_whose_keys_are_names_of_types_is_still_refused_as_a_whole(read, tmp_path):
    with pytest.raises(InvalidInput) as caught:
        read(with_line("model: {name: mlp, max_norm: {int: x, float: 2}}"))
    assert {str(problem.location) for problem in caught.value.problems} == {f"{tmp_path}/small.yaml:7:30"}


@pytest.mark.parametrize("text", ["5", "[]", "hello", "null", "''", "- dataset: iris"])
def test_a_document_that_is_no_mapping_is_no_experiment(refused, text):
    refused("►" + text, "an experiment must be a mapping with keys such as 'dataset:' and 'model:'")


def test_missing_keys_are_all_named_with_their_types(refused):
    refused(
        "# an experiment\n\n►►►name: x\n",
        "option 'dataset' (text or mapping) is missing",
        "option 'model' (text or mapping) is missing",
        "option 'search' (mapping) is missing",
    )


SHORT = "name: x\ndataset: iris\nmodel: mlp\n"


def test_a_missing_space_is_located_at_the_search(refused):
    refused(with_line("search: ►{strategy: grid}", SHORT), "option 'space' (mapping or list of mapping) is missing")


def test_a_search_without_a_strategy_takes_the_default_one(read):
    assert read(with_line("search: {space: {neurons: default}}", SHORT)).strategies[0].name == "grid"


def test_missing_options_of_a_data_set_are_located_at_the_data_set(refused):
    refused(
        with_line("dataset: ►►{name: csv}"),
        "option 'path' (text) is missing",
        "option 'target' (text or whole number or list of text or whole number) is missing",
    )


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
        'should be a number, not "half"',
        "this list is empty; there is nothing to try",
        "unknown strategy 'gird'; did you mean 'grid'?",
        "should be greater than or equal to 1, not 0",
        "a sample must be a share of the rows (0.25 is a quarter of them), or a number of rows, at least 2, not 2.5",
        "should be greater than or equal to 0, not -1",
        "should be greater than or equal to 2, not 1",
        "should be greater than or equal to 1, not 0",
    )
