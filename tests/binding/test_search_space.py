"""The search space of an experiment: what is to be tried, in which order, and what makes no sense."""

from __future__ import annotations

from typing import Any

import pytest

from binding.texts import with_space
from gridloom.errors import InvalidInput
from gridloom.experiment.experiment import Experiment


@pytest.mark.parametrize(
    ("space", "message"),
    [
        ("►{}", "the space is empty; name a family, such as 'dropout: default'"),
        ("{neurons: {neurons: ►[]}}", "this list is empty; there is nothing to try"),
        ("{neurons: {neurons: [5, 1, ►5]}}", "5 is in this list twice"),
        ("{activation: {activation: [relu, tanh, ►relu]}}", '"relu" is in this list twice'),
        ("{model: {hidden: [[1, 2], ►[1, 2]]}}", "[1, 2] is in this list twice"),
        ("{dropout: {dropout_rate: [0.5, ►1.5]}}", "should be less than 1, not 1.5"),
        ("{dropout: {dropout_rate: [►-0.1]}}", "should be greater than or equal to 0, not -0.1"),
        ("{dropout: {dropout_rate: [►'0.1']}}", 'should be a number, not "0.1"'),
        ("{weight_init: {init_mode: [►othogonal]}}", "unknown init_mode 'othogonal'; did you mean 'orthogonal'?"),
        ("{neurons: {neurons: [►0]}}", "should be greater than or equal to 1, not 0"),
        ("{neurons: {neurons: [►on]}}", 'should be a whole number, not "on"'),
        ("{neurons: {neurons: [►1.5]}}", "should be a whole number, not 1.5"),
        (
            "{batch: {►epochs: [5, 9]}, training: {epochs: [5, 9], learning_rate: [0.1]}}",
            "'epochs' is also searched under 'training:', where the family would override it; search only one of them",
        ),
        ("{model: {hidden: [[12], [12, ►0]]}}", "should be greater than or equal to 1, not 0"),
        ("{training: {epochs: [5, ►0]}}", "should be greater than or equal to 1, not 0"),
        ("{neurons: {►neuron: [5], neurons: [5]}}", "unknown parameter 'neuron'; did you mean 'neurons'?"),
        (
            "{model: {►units: [5]}}",
            "unknown parameter 'units'; known: activation, dropout, hidden, initializer, max_norm",
        ),
        ("{training: {►epoch: [5]}}", "unknown parameter 'epoch'; did you mean 'epochs'?"),
        ("{►dropout_rate: [0.1]}", "'dropout_rate' is not a family; it belongs under 'dropout:'"),
        ("{►hidden: [[5]]}", "'hidden' is not a family; it belongs under 'model:'"),
        ("{►epochs: [5]}", "'epochs' is not a family; it belongs under 'training:'"),
        ("{neurons: {►neuron: [5]}}", "unknown parameter 'neuron'; did you mean 'neurons'?"),
        ("{►dropout: {weight_constraint: [1]}}", "'dropout_rate' is missing; give values to try, or 'default'"),
        (
            "{neurons: {neurons: ►null}}",
            "null is neither a list of values to try, such as [1, 2], nor a range, such as {low: 1, high: 9, step: 2} or {low: 0.001, high: 10, scale: log}, nor one fixed value",
        ),
        (
            "{training: {epochs: ►default}}",
            '"default" is neither a list of values to try, such as [1, 2], nor a range, such as {low: 1, high: 9, step: 2} or {low: 0.001, high: 10, scale: log}, nor one fixed value',
        ),
        ("{neurons: ►[5]}", "write 'default', or a mapping of 'neurons' to values to try: {neurons: [5]}"),
        ("{neurons: ►defualt}", "write 'default', or a mapping of 'neurons' to values to try"),
        ("{neurons: ►{}}", "write 'default', or a mapping of 'neurons' to values to try"),
        ("{neurons: ►{name: defualt, neurons: [5]}}", "write 'default', or a mapping of 'neurons' to values to try"),
        ("{dropout: ►~}", "write 'default', or a mapping of 'dropout_rate', 'weight_constraint' to values to try"),
        (
            "{training: ►default}",
            "write a mapping of parameters to values to try; known: epochs, batch_size, optimizer, learning_rate, class_weight, targets",
        ),
        (
            "{model: ►{}}",
            "write a mapping of parameters to values to try; known: hidden, activation, initializer, dropout, max_norm",
        ),
        ("[►dropout]", 'should be a mapping, not "dropout"'),
    ],
)
def test_what_is_to_be_tried_is_checked(refused, space, message):
    refused(with_space(space), message)


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
        (
            "►{low: 1, high: 9, step: 0}",
            "a step must be above 0, and cannot be combined with a count or a logarithmic scale",
        ),
        (
            "►{low: 1, high: 9, step: 2, count: 2}",
            "a step must be above 0, and cannot be combined with a count or a logarithmic scale",
        ),
        (
            "►{low: 1, high: 9, step: 2, scale: log}",
            "a step must be above 0, and cannot be combined with a count or a logarithmic scale",
        ),
        ("►{low: 1, high: 9, step: 1e-9}", "this step makes more than 100,000 values"),
        ("►{low: 1, high: 9, count: 1}", "count must be a number of values from 2 to 100,000"),
        ("►{low: 0, high: 9, count: 2, scale: log}", "a logarithmic range must start above 0"),
        ("►{low: 0, high: 9, step: 3}", "its value 0 should be greater than or equal to 1"),
        ("►{low: 1.5, high: 9, count: 2}", "its value 1.5 should be a whole number"),
        ("►{low: 1}", "option 'high' (number) is missing"),
        ("►{high: 1}", "option 'low' (number) is missing"),
        ("{low: 1, high: 9, ►stp: 2}", "unknown option 'stp'; did you mean 'step'?"),
        ("{low: ►one, high: 9}", 'should be a number, not "one"'),
        ("{low: 1, high: 9, count: ►2.5}", "should be a whole number, not 2.5"),
        ("{►min: 1, high: 9}", "a range has no 'min'; write 'low'"),
        ("{low: 1, ►max_value: 9}", "a range has no 'max_value'; write 'high'"),
        ("{low: 1, high: 9, ►steps: 3}", "a range has no 'steps'; write 'step' or 'count'"),
        ("{low: 1, high: 9, ►log: true}", "a range has no 'log'; write 'scale: log'"),
        ("{low: 1, high: 9, scale: ►lin}", "unknown scale 'lin'; did you mean 'linear'?"),
        (
            "►{step: 1}",
            '{"step": 1} is neither a list of values to try, such as [1, 2], nor a range, such as {low: 1, high: 9, step: 2} or {low: 0.001, high: 10, scale: log}, nor one fixed value',
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
        "this grid has 250,000 candidates; at most 100,000 are allowed",
    )
