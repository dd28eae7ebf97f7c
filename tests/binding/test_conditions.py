"""What parameters of a space say of each other, unions of spaces, what is tried first, and when the search ends."""

from __future__ import annotations

import pytest

from binding.texts import ESTIMATOR, with_space
from gridloom import Choices, Range, When
from gridloom.experiment.bind import read_experiment
from gridloom.experiment.yaml_document import write_text

SPACE = """{{training: {{optimizer: [sgd, adam], learning_rate: {0}}}, neurons: {{neurons: {1}}}}}"""


def conditional(rate="[0.1]", neurons="[5]"):
    """An experiment with these values for two parameters, beside an optimizer."""
    return with_space(SPACE.format(rate, neurons))


def with_search(lines, space="{neurons: {neurons: [1, 5]}, training: {epochs: [1, 2]}}"):
    """An experiment with this space and more keys of the search."""
    return with_space(space) + "".join(f"  {line}\n" for line in lines.splitlines())


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("{values: [0.1], when: {►optimiser: sgd}}", "no parameter 'optimiser' is searched together with this one; did you mean 'optimizer'?"),
        ("{values: [0.1], when: {optimizer: ►rmsprop}}", "this is never the case: 'rmsprop' is not one of 'sgd', 'adam'"),
        ("{values: [0.1], when: ►sgd}", "write a mapping of other parameters to their values, such as {optimizer: sgd}"),
        ("{values: [0.1], when: {optimizer: ►[]}}", "this list is empty, so the condition is never met"),
        ("{values: [►-0.1], when: {optimizer: sgd}}", "should be greater than 0, not -0.1"),
        ("►{values: {low: 0.1, high: 0.2}, when: {optimizer: sgd}}", "write 'values', or 'low' and 'high', along with 'when', such as {values: [0.0, 0.9], when: {optimizer: sgd}}"),
        ("►null", "null is neither a list of values to try, such as [1, 2], nor a range, such as {low: 1, high: 9, step: 2} or {low: 0.001, high: 10, scale: log}, nor one fixed value"),
        ("►true", "should be a number, not true"),
    ],
)  # fmt: skip
def test_a_condition_or_value_that_makes_no_sense_is_refused(refused, given, message):
    refused(conditional(given), message)


def test_conditions_in_a_circle_are_refused_where_they_stand(refused):
    told = "the conditions go in a circle: '{}' depends on itself"
    refused(
        conditional("{values: [0.1], when: ►{neurons: 5}}", "{values: [5], when: ►{learning_rate: 0.1}}"),
        told.format("learning_rate"),
        told.format("neurons"),
    )


def test_a_condition_that_two_others_rule_out_is_refused(refused):
    refused(
        conditional("{values: [0.1], when: {optimizer: sgd}}", "{values: [5], when: ►{learning_rate: 0.1, optimizer: adam}}"),
        "this is never the case: 'learning_rate' is there only for other values of 'optimizer'",
    )  # fmt: skip


def test_a_condition_on_one_number_of_a_range_is_refused(refused):
    space = conditional("{low: 0.01, high: 0.1}", "{values: [5], when: {learning_rate: ►0.05}}")
    refused(
        space.replace("strategy: grid", "strategy: random"),
        "a continuous 'learning_rate' hardly ever equals this value; give its range a step or a count, or list its values",
    )


@pytest.mark.parametrize(
    "space",
    [
        "{training: {epochs: [1, 2]}, model: {►activation: {values: [relu], when: {epochs: 1}}}, activation: {►activation: [tanh]}}",
        "[{training: {►batch_size: [8]}}, {batch: {batch_size: [8], epochs: [1]}}]",
    ],
)
def test_a_name_in_two_groups_is_refused_where_not_every_candidate_has_both(refused, space):
    name = "activation" if "activation" in space else "batch_size"
    told = f"'{name}' is searched in two groups, and not every candidate has both, so tables could not distinguish them"
    refused(with_space(space), *[told] * space.count("►"))


def test_a_family_is_there_as_a_whole_or_not_at_all(refused, read):
    dropout = "{{training: {{optimizer: [sgd, adam]}}, dropout: {{dropout_rate: {}, weight_constraint: {}}}}}"
    only_sgd = "{{values: {}, when: {{optimizer: sgd}}}}"
    rate, constraint = only_sgd.format("[0.2, 0.4]"), only_sgd.format("[1]")
    refused(
        with_space(dropout.format(f"►{rate}", "[1]")),
        "the family 'dropout' needs 'dropout_rate' whenever it edits a network; give its other parameters the same condition",
    )
    for other in (constraint, "{values: [1], when: {dropout_rate: 0.2}}"):
        experiment = read(with_space(dropout.format(rate, other)))
        assert [*experiment.first_wave()[-1].values] == ["training"]
    assert [*read(with_space(dropout.format("[0.2]", constraint))).first_wave()[-1].flat] == ["optimizer", "dropout_rate"]  # fmt: skip


@pytest.mark.parametrize(
    ("space", "message"),
    [
        ("►[]", "this list is empty; give the mappings of a union, or one mapping without a list"),
        ("[{neurons: {neurons: [5]}}, ►{}]", "the space is empty; name a family, such as 'dropout: default'"),
        ("[{neurons: {neurons: [►0]}}]", "should be greater than or equal to 1, not 0"),
        ("[{neurons: {neurons: {values: [1], when: {►epochs: 3}}}}, {training: {epochs: [3]}}]",
         "no parameter 'epochs' is searched together with this one; known: neurons"),
    ],
)  # fmt: skip
def test_each_mapping_of_a_union_is_checked_in_its_place(refused, space, message):
    refused(with_space(space), message)


def test_values_ranges_and_conditions_are_read(read):
    experiment = read(conditional("{low: 0.1, high: 0.3, count: 3, when: {optimizer: [sgd]}}", "5"))
    (domains,) = experiment.space.subspaces
    assert domains["training"]["learning_rate"] == When(Range(0.1, 0.3, count=3), {"optimizer": ("sgd",)})
    assert domains["neurons"]["neurons"] == Choices(5)
    assert [candidate.flat for candidate in experiment.first_wave()] == [
        *({"optimizer": "sgd", "learning_rate": rate, "neurons": 5} for rate in (0.1, 0.2, 0.3)),
        {"optimizer": "adam", "neurons": 5},
    ]


def test_a_step_that_one_mapping_may_leave_out_may_be_left_out(read):
    space = "[{preprocess: {standardize: [standardize, null]}}, {preprocess: {standardize: [robust]}}]"
    experiment = read(with_space(space) + "preprocess: [standardize]\n")
    (step,) = experiment.preprocess
    assert step.may_be_left_out
    assert [*step.ways] == ["standardize", "robust"]
    conditional = "{training: {epochs: [1, 2]}, preprocess: {standardize: {values: [robust, null], when: {epochs: 2}}}}"
    experiment = read(with_space(conditional) + "preprocess: [standardize]\n")
    assert [candidate.flat for candidate in experiment.first_wave()] == [
        {"epochs": 1},
        {"epochs": 2, "standardize": "robust"},
        {"epochs": 2, "standardize": None},
    ]


def test_a_callback_that_is_searched_in_a_union_monitors_rows_that_are_there(refused):
    told = (
        "'early_stopping' monitors 'val_loss', but no rows are held out; write 'validation: 0.2' under "
        "'training:', or monitor 'loss'"
    )
    callbacks = "training: {callbacks: [►early_stopping]}\n"
    refused(
        with_space("[{callbacks: {early_stopping: {monitor: ►val_loss}}}]") + callbacks,
        told,
        told,
    )


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("first: [►{neurons: 5}]", "this is not in the space: training.epochs is missing"),
        ("first: [►{neurons: 9, epochs: 1}]", "this is not in the space: neurons.neurons: 9 is not one of 1, 5"),
        ("first: [{►neuron: 5, epochs: 1}]", "no parameter 'neuron' is searched; did you mean 'neurons'?"),
        ("first: [{neurons: 5, epochs: 1}, ►{epochs: 1, neurons: 5.0}]", "this candidate is listed twice"),
        ("require: [{less: ►[epochs]}]", "'less' needs two or more different parameters"),
        ("require: [{less: [epochs, ►neuron]}]", "no parameter 'neuron' is searched; did you mean 'neurons'?"),
        ("require: [{►les: [epochs, neurons]}]", "unknown relation 'les'; did you mean 'less'?"),
        ("stop: {time: ►10 m}", 'should be a time with its unit, such as 90 s, 10 min or 2 h, not "10 m"'),
        ("stop: {score: ►high}", 'should be a number, not "high"'),
        ("stop: {fits: ►2}", "the first candidate alone needs 5 fits, more than this limit"),
    ],
)  # fmt: skip
def test_what_is_tried_first_or_required_and_when_it_ends_is_checked(refused, lines, message):
    refused(with_search(lines), message)


def test_texts_are_not_compared(refused):
    refused(
        with_search("require: [{less: [epochs, ►optimizer]}]", "{training: {epochs: [1, 2], optimizer: [sgd]}}"),
        "'optimizer' may be \"sgd\", which is not a number to compare",
    )


def test_a_space_that_nothing_is_in_is_refused(refused):
    refused(
        with_search("require: [{less: [epochs, neurons]}]", "►{neurons: {neurons: [1]}, training: {epochs: [1, 2]}}"),
        "no candidate of this space meets the requirements: of epochs, neurons, each must be less than the next",
    )


def test_draws_that_meet_no_requirement_are_told_of_that_and_not_of_ranges_without_steps(refused):
    space = "►{neurons: {neurons: [1, 2]}, training: {learning_rate: {low: 3.0, high: 4.0}}}"
    refused(
        with_search("require: [{less: [learning_rate, neurons]}]", space).replace("strategy: grid", "strategy: random"),
        "none of 10,000 drawn candidates meets the requirements: of learning_rate, neurons, each must be less than the next",
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [("stop: {time: ►10 min}", "nested cross-validation cannot be combined with a limit of time; remove one of them"),
     ("warm_start: ►runs/other", "the other run chose its best candidates with rows that the outer folds test, so nested cross-validation would be too optimistic; remove one of them, or list candidates under 'first:' that were chosen on other data")],
)  # fmt: skip
def test_nested_cross_validation_goes_with_neither_a_limit_of_time_nor_a_warm_start(refused, line, message):
    refused(with_search(line) + "validation: {folds: 3, nested: {folds: 3}}\n", message)


@pytest.mark.parametrize(
    ("then", "message"),
    [("{►then: []}", "write only a list of strategies here, such as {then: [random, zoom]}"),
     ("{►then: [random], candidates: 3}", "write only a list of strategies here, such as {then: [random, zoom]}"),
     ("{then: [grid, ►randon]}", "unknown strategy 'randon'; did you mean 'random'?"),
     ("{then: [►5]}", "write the name of a strategy, or a mapping of its name and options")],
)  # fmt: skip
def test_strategies_that_follow_each_other_are_checked(refused, then, message):
    refused(with_space("{neurons: {neurons: [1]}}").replace("strategy: grid", f"strategy: {then}"), message)


ALL = """\
dataset: iris
model: mlp
search:
  strategy: {then: [{name: random, candidates: 3}, grid]}
  first: [{hidden: [4], epochs: 2, patience: 2}]
  require: [{at_most: [patience, epochs]}, {differ: [epochs, neurons]}]
  stop: {trials: 30, fits: 100, time: 1 d 1.5 s, score: 0.99, no_gain: 12}
  space:
  - model: {hidden: [[4], [8, 4]]}
    training: {epochs: 2}
    neurons: {neurons: {values: [3, 9], when: {hidden: [[8, 4]], epochs: 2}}}
    early_stopping: {patience: 2}
  - training:
      epochs: {low: 1, high: 4}
      optimizer: [sgd, adam]
      learning_rate: {low: 0.01, high: 0.1, count: 2, scale: log, when: {optimizer: adam}}
    callbacks: {early_stopping: {mode: {values: [min], when: {epochs: [1, 4]}}}}
    preprocess: {standardize: {values: [null, robust], when: {epochs: [1]}}}
preprocess: [standardize]
training: {validation: 0.2, callbacks: [early_stopping]}
"""


def test_what_an_experiment_says_is_what_its_run_reads_again(read, registry, tmp_path):
    experiment = read(ALL)
    (tmp_path / "again").mkdir()
    file = tmp_path / "again" / "experiment.yaml"
    file.write_text(write_text(experiment.resolved))
    again = read_experiment(file, registry)
    assert again.resolved == experiment.resolved
    assert again.space == experiment.space
    assert (again.first, again.stop) == (experiment.first, experiment.stop)
    assert again.first_wave() == experiment.first_wave()
    assert again.stop.seconds == 86_401.5


def test_a_warm_start_is_found_beside_the_experiment_file(read, tmp_path):
    experiment = read(ESTIMATOR.replace("search:\n", "search:\n  warm_start: other\n"))
    assert experiment.warm_start == tmp_path / "other"


def test_a_score_that_cannot_be_reached_never_stops_a_search(refused):
    scored = with_search("stop: {score: ►1.01}") + "scoring: [roc_auc, accuracy]\n"
    refused(scored, "'roc_auc' is at most 1, so this would never stop a search")
